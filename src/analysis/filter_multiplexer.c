/* Gives each token through several chains of filters. Source: MultiplexerTokenFilterFactory of OpenSearch. */
#include "analysis/analyzer.h"
#include "analysis/component.h"
#include "analysis/filters.h"
#include "analysis/registry.h"
#include "analysis/word_list.h"
#include "base/text.h"

/* Filters that one copy of a token goes through. */
struct chain {
    struct qd_component *filters; /* filters[count] */
    size_t count;
};

struct state {
    struct chain *chains; /* chains[count] */
    size_t count;
    bool preserve_original;
};

/* A multiplexer may name another one; one that names itself would never end. */
#define DEPTH_MAX 8

/* "lowercase, reverse" */
static enum qd_status read_chain(const struct qd_component_settings *settings, struct qd_slice text,
                                 struct chain *chain, struct qd_error *error)
{
    struct qd_analyzer before = settings->chain == NULL ? (struct qd_analyzer){ 0 } : *settings->chain;
    struct qd_registry_scope scope = { settings->registry, settings->arena, settings->own,
                                       settings->depth + 1 };
    size_t capacity = 1;
    if (scope.depth > DEPTH_MAX)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Multiplexing filter [%.*s] is nested too deep",
                            QD_SLICE_ARG(settings->name));
    for (size_t i = 0; i < text.size; i++) capacity += text.data[i] == ',';
    chain->filters = QD_NEW_ARRAY(settings->arena, struct qd_component, capacity);
    for (size_t start = 0; start < text.size;) {
        size_t size = qd_slice_find_byte(qd_slice_from(text, start), ',');
        if (size == SIZE_MAX) size = text.size - start;
        struct qd_slice name = qd_trim(qd_slice_sub(text, start, size));
        bool found;
        start += size + 1;
        if (name.size == 0) continue;
        QD_TRY(qd_registry_component(&scope, QD_COMPONENT_FILTER, name, &before, &found,
                                     &chain->filters[chain->count], error));
        if (!found && !settings->own)
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "failed to find global filter under [%.*s]",
                                QD_SLICE_ARG(name));
        if (!found)
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                                "Multiplexing filter [%.*s] refers to undefined tokenfilter [%.*s]",
                                QD_SLICE_ARG(settings->name), QD_SLICE_ARG(name));
        chain->count++;
    }
    return QD_OK;
}

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    bool found;
    struct qd_component_list list = qd_component_list(settings, "filters", &found);
    QD_TRY(qd_component_bool(settings, "preserve_original", true, &state->preserve_original, error));
    state->chains = QD_NEW_ARRAY(settings->arena, struct chain, list.count + 1);
    for (; state->count < list.count; state->count++)
        QD_TRY(read_chain(settings, list.items[state->count], &state->chains[state->count], error));
    *out = state;
    return QD_OK;
}

/* A list of that token alone. */
static struct qd_token_list alone(struct qd_arena *arena, const struct qd_token_list *tokens, size_t i)
{
    struct qd_token_list list = { .final_offset = tokens->final_offset };
    *qd_component_push(arena, &list) = tokens->data[i];
    return list;
}

/* Appends what has come of a token; a term that stands at the position already is left out. */
static void merge(struct qd_arena *arena, const struct qd_token_list *from, size_t position_start,
                  uint32_t increment, struct qd_token_list *result)
{
    for (size_t i = 0; i < from->count; i++) {
        bool known = false;
        for (size_t j = position_start; j < result->count && !known; j++)
            known = qd_slice_equal(result->data[j].term, from->data[i].term);
        if (known) continue;
        struct qd_token *token = qd_component_push(arena, result);
        *token = from->data[i];
        token->position_increment = result->count - 1 == position_start ? increment : 0;
    }
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    const struct state *state = data;
    struct qd_token_list *tokens = run->tokens, result = { 0 };
    uint32_t skipped = 0;
    for (size_t i = 0; i < tokens->count; i++) {
        size_t start = result.count;
        uint32_t increment = tokens->data[i].position_increment + skipped;
        struct qd_token_list list = alone(run->arena, tokens, i);
        if (state->preserve_original || state->count == 0)
            merge(run->arena, &list, start, increment, &result);
        for (size_t j = 0; j < state->count; j++) {
            struct qd_component_run inner = *run;
            list = alone(run->arena, tokens, i);
            inner.tokens = &list;
            for (size_t k = 0; k < state->chains[j].count; k++) {
                const struct qd_component *filter = &state->chains[j].filters[k];
                QD_TRY(filter->kind->run(filter->state, &inner));
            }
            merge(run->arena, &list, start, increment, &result);
        }
        skipped = result.count == start ? increment : 0;
    }
    qd_component_replace(tokens, &result);
    tokens->final_position_increment = 0;
    return QD_OK;
}

/* Shown when one of the filters shows it. */
static bool keyword(const void *data)
{
    const struct state *state = data;
    for (size_t i = 0; i < state->count; i++) {
        for (size_t j = 0; j < state->chains[i].count; j++) {
            const struct qd_component *filter = &state->chains[i].filters[j];
            if (filter->kind->keyword != NULL && filter->kind->keyword(filter->state)) return true;
        }
    }
    return false;
}

const struct qd_component_kind qd_filter_multiplexer = {
    .name = "multiplexer",
    .create = create,
    .run = run,
    .keyword = keyword,
    .needs_chain = true,
    .no_synonyms = true,
};
