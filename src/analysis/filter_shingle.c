/* Word n-grams. Source: Lucene ShingleFilter. */
#include "analysis/component.h"
#include "analysis/filters.h"

struct state {
    int32_t min;
    int32_t max;
    bool unigrams;
    bool unigrams_if_none;
    struct qd_slice separator;
    struct qd_slice filler;
};

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    bool found;
    QD_TRY(qd_component_int(settings, "max_shingle_size", 2, &state->max, error));
    QD_TRY(qd_component_int(settings, "min_shingle_size", 2, &state->min, error));
    QD_TRY(qd_component_bool(settings, "output_unigrams", true, &state->unigrams, error));
    QD_TRY(qd_component_bool(settings, "output_unigrams_if_no_shingles", false, &state->unigrams_if_none,
                             error));
    int64_t difference = (int64_t)state->max - state->min + state->unigrams;
    if (difference > settings->limits->max_shingle_diff)
        return qd_error_set(
            error, QD_ILLEGAL_ARGUMENT,
            "In Shingle TokenFilter the difference between max_shingle_size and min_shingle_size "
            "(and +1 if outputting unigrams) must be less than or equal to: [%lld] but was [%lld]. "
            "This limit can be set by changing the [index.max_shingle_diff] index level setting.",
            (long long)settings->limits->max_shingle_diff, (long long)difference);
    state->separator = qd_component_text(settings, "token_separator", &found);
    if (!found) state->separator = QD_SLICE(" ");
    state->filler = qd_component_text(settings, "filler_token", &found);
    if (!found) state->filler = QD_SLICE("_");
    *out = state;
    return QD_OK;
}

bool qd_shingle_mixes_lengths(const void *data)
{
    const struct state *state = data;
    return state->unigrams || state->min != state->max;
}

static enum qd_status use(const void *data, struct qd_error *error)
{
    const struct state *state = data;
    if (state->max < 2) return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Max shingle size must be >= 2");
    if (state->min < 2) return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Min shingle size must be >= 2");
    if (state->min > state->max)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Min shingle size must be <= max shingle size");
    return QD_OK;
}

/* Words and fillers for holes, in order. */
struct unit {
    struct qd_token token;
    bool filler;
};
QD_VECTOR_TYPE(units, struct unit);

static void add_fillers(const struct state *state, struct qd_component_run *run, uint32_t holes,
                        uint32_t offset, struct units *units)
{
    uint32_t most = (uint32_t)state->max - 1;
    for (uint32_t i = 0; i < (holes < most ? holes : most); i++)
        *QD_PUSH(run->arena, units) = (struct unit){
            .token = { .term = state->filler, .start_offset = offset, .end_offset = offset, .type = "word" },
            .filler = true,
        };
}

static void add_units(const struct state *state, struct qd_component_run *run, struct units *units)
{
    const struct qd_token_list *tokens = run->tokens;
    for (size_t i = 0; i < tokens->count; i++) {
        const struct qd_token *token = &tokens->data[i];
        if (token->position_increment > 1)
            add_fillers(state, run, token->position_increment - 1, token->start_offset, units);
        *QD_PUSH(run->arena, units) = (struct unit){ .token = *token };
    }
    add_fillers(state, run, tokens->final_position_increment, tokens->final_offset, units);
}

static struct qd_slice join(const struct state *state, struct qd_arena *arena, const struct unit *units,
                            size_t count)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++) size += units[i].token.term.size + state->separator.size;
    char *out = qd_arena_alloc(arena, size);
    size = 0;
    for (size_t i = 0; i < count; i++) {
        struct qd_slice term = units[i].token.term, separator = state->separator;
        if (i > 0 && separator.size > 0) memcpy(out + size, separator.data, separator.size);
        if (i > 0) size += separator.size;
        if (term.size > 0) memcpy(out + size, term.data, term.size);
        size += term.size;
    }
    return qd_slice_make(out, size);
}

/* Emits the shingle of `length` units; unigrams are the words themselves. */
static void emit(const struct state *state, struct qd_component_run *run, const struct unit *units,
                 size_t length, struct qd_token_list *result)
{
    struct qd_token token = units[0].token;
    if (length > 1) {
        token.term = join(state, run->arena, units, length);
        token.type = "shingle";
        token.end_offset = units[length - 1].token.end_offset;
    }
    size_t least = (size_t)state->min;
    token.position_length = (uint32_t)(state->unigrams ? length : length < least ? 1 : length - least + 1);
    token.keyword = units[0].token.keyword;
    *qd_component_push(run->arena, result) = token;
}

static bool all_fillers(const struct unit *units, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!units[i].filler) return false;
    return true;
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    const struct state *state = data;
    struct units units = { 0 };
    struct qd_token_list result = { 0 };
    add_units(state, run, &units);
    bool single = state->unigrams;
    if (!single && state->unigrams_if_none && units.count < (size_t)state->min) single = true;
    for (size_t i = 0; i < units.count; i++) {
        bool first = true;
        size_t left = units.count - i;
        for (size_t length = single ? 1 : (size_t)state->min; length <= (size_t)state->max && length <= left;
             length = length == 1 ? (size_t)state->min : length + 1) {
            if (all_fillers(&units.data[i], length)) continue;
            emit(state, run, &units.data[i], length, &result);
            result.data[result.count - 1].position_increment = first ? 1 : 0;
            first = false;
        }
    }
    qd_component_replace(run->tokens, &result);
    return QD_OK;
}

const struct qd_component_kind qd_filter_shingle = {
    .name = "shingle", .create = create, .use = use, .run = run, .no_synonyms = true,
};
