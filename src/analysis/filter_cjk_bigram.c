/* Pairs of neighbouring Chinese, Japanese and Korean letters. Source: Lucene CJKBigramFilter. */
#include "analysis/codepoint.h"
#include "analysis/component.h"
#include "analysis/filters.h"

/* The scripts that are paired, with the token types that the standard tokenizer gives them. */
static const struct {
    const char *setting;
    const char *type;
} scripts[] = {
    { "han", "<IDEOGRAPHIC>" },
    { "hiragana", "<HIRAGANA>" },
    { "katakana", "<KATAKANA>" },
    { "hangul", "<HANGUL>" },
};
#define SCRIPT_COUNT (sizeof(scripts) / sizeof(*scripts))

struct state {
    bool ignored[SCRIPT_COUNT];
    bool unigrams;
};

bool qd_cjk_bigram_mixes_lengths(const void *data)
{
    return ((const struct state *)data)->unigrams;
}

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    bool found, every = true;
    QD_TRY(qd_component_bool(settings, "output_unigrams", false, &state->unigrams, error));
    struct qd_component_list list = qd_component_list(settings, "ignored_scripts", &found);
    for (size_t i = 0; i < list.count; i++)
        for (size_t j = 0; j < SCRIPT_COUNT; j++)
            if (qd_slice_is(list.items[i], scripts[j].setting)) state->ignored[j] = true;
    for (size_t j = 0; j < SCRIPT_COUNT; j++) every = every && state->ignored[j];
    /* To ignore all of them is to ignore none. */
    for (size_t j = 0; every && j < SCRIPT_COUNT; j++) state->ignored[j] = false;
    *out = state;
    return QD_OK;
}

static bool is_paired(const struct state *state, const struct qd_token *token)
{
    for (size_t i = 0; i < SCRIPT_COUNT; i++)
        if (!state->ignored[i] && strcmp(token->type, scripts[i].type) == 0) return true;
    return false;
}

/* One letter of a run of letters without a gap. */
struct letter {
    struct qd_slice text;
    uint32_t start_offset;
    uint32_t end_offset;
};
QD_VECTOR_TYPE(letters, struct letter);

/* The letters of a token. A term that is not as long as its place in the text gives its letters all of it. */
static void add_letters(struct qd_component_run *run, const struct qd_token *token, struct letters *letters)
{
    struct qd_slice place = qd_slice_sub(run->original, token->start_offset,
                                         token->end_offset - token->start_offset);
    bool exact = qd_codepoint_unit_count(place) == qd_codepoint_unit_count(token->term);
    size_t byte = 0, units = 0, wanted = 0;
    for (size_t at = 0; at < token->term.size;) {
        uint32_t cp, original;
        size_t size = qd_codepoint_read(token->term.data + at, token->term.data + token->term.size, &cp);
        struct letter letter = { qd_slice_sub(token->term, at, size), token->start_offset,
                                 token->end_offset };
        at += size;
        wanted += qd_codepoint_units(cp);
        if (exact) letter.start_offset = token->start_offset + (uint32_t)byte;
        while (exact && units < wanted && byte < place.size) {
            byte += qd_codepoint_read(place.data + byte, place.data + place.size, &original);
            units += qd_codepoint_units(original);
        }
        if (exact) letter.end_offset = token->start_offset + (uint32_t)byte;
        *QD_PUSH(run->arena, letters) = letter;
    }
}

static struct qd_token *emit(struct qd_component_run *run, struct qd_token_list *result,
                             const struct letter *first, const struct letter *last)
{
    struct qd_token *token = qd_component_push(run->arena, result);
    token->type = first == last ? "<SINGLE>" : "<DOUBLE>";
    token->start_offset = first->start_offset;
    token->end_offset = last->end_offset;
    token->term = first->text;
    if (first == last) return token;
    token->term = qd_arena_format(run->arena, "%.*s%.*s", QD_SLICE_ARG(first->text),
                                  QD_SLICE_ARG(last->text));
    return token;
}

static void emit_letters(const struct state *state, struct qd_component_run *run,
                         const struct letters *letters, struct qd_token_list *result)
{
    for (size_t i = 0; i < letters->count; i++) {
        bool pair = i + 1 < letters->count;
        if (state->unigrams || letters->count == 1) {
            (void)emit(run, result, &letters->data[i], &letters->data[i]);
        }
        if (!pair) break;
        struct qd_token *token = emit(run, result, &letters->data[i], &letters->data[i + 1]);
        if (!state->unigrams) continue;
        token->position_increment = 0;
        token->position_length = 2;
    }
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    const struct state *state = data;
    struct qd_token_list *tokens = run->tokens, result = { 0 };
    for (size_t i = 0; i < tokens->count;) {
        struct letters letters = { 0 };
        if (!is_paired(state, &tokens->data[i])) {
            *qd_component_push(run->arena, &result) = tokens->data[i++];
            continue;
        }
        do {
            add_letters(run, &tokens->data[i++], &letters);
        } while (i < tokens->count && is_paired(state, &tokens->data[i]) &&
                 tokens->data[i].start_offset == tokens->data[i - 1].end_offset);
        emit_letters(state, run, &letters, &result);
    }
    qd_component_replace(tokens, &result);
    return QD_OK;
}

const struct qd_component_kind qd_filter_cjk_bigram = {
    .name = "cjk_bigram", .create = create, .run = run,
};
