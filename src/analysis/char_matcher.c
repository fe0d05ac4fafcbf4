/* Sets of characters by class. */
#include "analysis/char_matcher.h"
#include "analysis/codepoint.h"
#include "analysis/component.h"
#include "analysis/unicode_table.h"
#include "base/buffer.h"
#include "base/text.h"

#define LETTERS (1u << 1 | 1u << 2 | 1u << 3 | 1u << 4 | 1u << 5)
#define PUNCTUATION (1u << 20 | 1u << 21 | 1u << 22 | 1u << 23 | 1u << 24 | 1u << 29 | 1u << 30)
#define SYMBOLS (1u << 25 | 1u << 26 | 1u << 27 | 1u << 28)

/* Names of classes and their categories, in the order in which the reference's message lists them. */
static const struct {
    const char *name;
    uint32_t categories;
} classes[] = {
    { "symbol", SYMBOLS },
    { "private_use", 1u << 18 },
    { "paragraph_separator", 1u << 14 },
    { "start_punctuation", 1u << 21 },
    { "unassigned", 1u << 0 },
    { "enclosing_mark", 1u << 7 },
    { "connector_punctuation", 1u << 23 },
    { "letter_number", 1u << 10 },
    { "other_number", 1u << 11 },
    { "math_symbol", 1u << 25 },
    { "lowercase_letter", 1u << 2 },
    { "space_separator", 1u << 12 },
    { "surrogate", 1u << 19 },
    { "initial_quote_punctuation", 1u << 29 },
    { "decimal_digit_number", 1u << 9 },
    { "digit", 1u << 9 },
    { "other_punctuation", 1u << 24 },
    { "dash_punctuation", 1u << 20 },
    { "currency_symbol", 1u << 26 },
    { "non_spacing_mark", 1u << 6 },
    { "custom", 0 },
    { "format", 1u << 16 },
    { "modifier_letter", 1u << 4 },
    { "control", 1u << 15 },
    { "uppercase_letter", 1u << 1 },
    { "other_symbol", 1u << 28 },
    { "end_punctuation", 1u << 22 },
    { "modifier_symbol", 1u << 27 },
    { "other_letter", 1u << 5 },
    { "line_separator", 1u << 13 },
    { "titlecase_letter", 1u << 3 },
    { "letter", LETTERS },
    { "punctuation", PUNCTUATION },
    { "combining_spacing_mark", 1u << 8 },
    { "final_quote_punctuation", 1u << 30 },
    { "whitespace", 0 },
};
#define CLASS_COUNT (sizeof(classes) / sizeof(*classes))

bool qd_char_matcher_add(struct qd_char_matcher *matcher, struct qd_slice name)
{
    for (size_t i = 0; i < CLASS_COUNT; i++) {
        if (!qd_slice_is(name, classes[i].name)) continue;
        matcher->categories |= classes[i].categories;
        matcher->whitespace |= strcmp(classes[i].name, "whitespace") == 0;
        return true;
    }
    return false;
}

static enum qd_status unknown_class(struct qd_slice name, struct qd_error *error)
{
    struct qd_buffer names = { 0 };
    for (size_t i = 0; i < CLASS_COUNT; i++) {
        qd_buffer_format(&names, "%s%s", i == 0 ? "" : ", ", classes[i].name);
    }
    enum qd_status status =
        qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Unknown token type: '%.*s', must be one of [%.*s]",
                     QD_SLICE_ARG(name), QD_SLICE_ARG(qd_buffer_view(&names)));
    qd_buffer_deinit(&names);
    return status;
}

static enum qd_status read_custom(const struct qd_component_settings *settings,
                                  struct qd_char_matcher *matcher, struct qd_error *error)
{
    bool found;
    struct qd_slice text = qd_component_text(settings, "custom_token_chars", &found);
    if (!found)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Token type: 'custom' requires setting `custom_token_chars`");
    matcher->custom = QD_NEW_ARRAY(settings->arena, uint32_t, text.size + 1);
    for (size_t at = 0; at < text.size;)
        at += qd_codepoint_read(text.data + at, text.data + text.size,
                                &matcher->custom[matcher->custom_count++]);
    return QD_OK;
}

enum qd_status qd_char_matcher_read(const struct qd_component_settings *settings,
                                    struct qd_char_matcher *matcher, struct qd_error *error)
{
    bool found;
    struct qd_component_list names = qd_component_list(settings, "token_chars", &found);
    matcher->all = names.count == 0;
    for (size_t i = 0; i < names.count; i++) {
        struct qd_slice name = qd_lowercase(settings->arena, qd_trim(names.items[i]));
        if (qd_slice_is(name, "custom")) QD_TRY(read_custom(settings, matcher, error));
        else if (!qd_char_matcher_add(matcher, name)) return unknown_class(names.items[i], error);
    }
    return QD_OK;
}

bool qd_char_matcher_has(const struct qd_char_matcher *matcher, uint32_t code_point)
{
    if (matcher->all || (matcher->categories >> qd_unicode_category(code_point) & 1) != 0) return true;
    if (matcher->whitespace && qd_unicode_is_whitespace(code_point)) return true;
    for (size_t i = 0; i < matcher->custom_count; i++)
        if (matcher->custom[i] == code_point) return true;
    return false;
}
