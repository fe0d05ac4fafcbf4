/* Words between characters of a set. Source: CharGroupTokenizerFactory of OpenSearch 3.8.0. */
#include "analysis/char_matcher.h"
#include "analysis/codepoint.h"
#include "analysis/component.h"
#include "analysis/tokenizer_char.h"
#include "analysis/tokenizers.h"

struct state {
    struct qd_char_matcher separators;
    int32_t max_token_length;
};

static enum qd_status bad_escape(struct qd_slice text, struct qd_error *error)
{
    return qd_error_set(error, QD_RUNTIME, "Invalid escaped char in [%.*s]", QD_SLICE_ARG(text));
}

/* "x", "\\n", "\\u0058" to a code point. */
static enum qd_status read_char(struct qd_slice text, uint32_t *out, struct qd_error *error)
{
    static const char names[] = "\\trnbfs", values[] = "\\\t\r\n\b\f ";
    uint32_t cp;
    if (text.data[0] != '\\') {
        if (qd_codepoint_read(text.data, text.data + text.size, &cp) != text.size || cp > 0xFFFF)
            return bad_escape(text, error);
        *out = cp;
        return QD_OK;
    }
    if (text.size == 1) {
        *out = '\\';
        return QD_OK;
    }
    const char *name = text.size == 2 && text.data[1] != 0 ? strchr(names, text.data[1]) : NULL;
    if (name != NULL) {
        *out = (uint8_t)values[name - names];
        return QD_OK;
    }
    if (text.data[1] != 'u' || text.size < 3) return bad_escape(text, error);
    cp = 0;
    for (size_t i = 2; i < text.size; i++) {
        uint8_t letter = (uint8_t)text.data[i], lower = letter | 0x20;
        uint32_t digit = letter >= '0' && letter <= '9' ? letter - (uint32_t)'0'
                         : lower >= 'a' && lower <= 'f' ? lower - (uint32_t)'a' + 10
                                                        : 99;
        if (digit == 99 || i > 5) return bad_escape(text, error);
        cp = cp << 4 | digit;
    }
    *out = cp;
    return QD_OK;
}

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    bool found;
    struct qd_component_list chars = qd_component_list(settings, "tokenize_on_chars", &found);
    state->separators.custom = QD_NEW_ARRAY(settings->arena, uint32_t, chars.count + 1);
    QD_TRY(qd_component_int(settings, "max_token_length", QD_TOKENIZER_CHAR_MAX, &state->max_token_length,
                            error));
    for (size_t i = 0; i < chars.count; i++) {
        struct qd_slice item = chars.items[i];
        if (item.size == 0)
            return qd_error_set(error, QD_RUNTIME, "[tokenize_on_chars] cannot contain empty characters");
        bool class_name = qd_slice_is(item, "letter") || qd_slice_is(item, "digit") ||
                          qd_slice_is(item, "whitespace") || qd_slice_is(item, "punctuation") ||
                          qd_slice_is(item, "symbol");
        if (class_name) (void)qd_char_matcher_add(&state->separators, item);
        else
            QD_TRY(read_char(item, &state->separators.custom[state->separators.custom_count++], error));
    }
    *out = state;
    return QD_OK;
}

static bool inside(const void *data, uint32_t cp)
{
    const struct state *state = data;
    return !qd_char_matcher_has(&state->separators, cp);
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    const struct state *state = data;
    qd_tokenizer_char_run(run, state->max_token_length, inside, state);
    return QD_OK;
}

const struct qd_component_kind qd_tokenizer_char_group = { .name = "char_group", .no_frequency = true,
                                                           .create = create,
                                                           .run = run };
