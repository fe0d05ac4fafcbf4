/* Synonyms, laid over the words (`synonym`) or as a token graph (`synonym_graph`). Source: Lucene
 * SynonymFilter, SynonymGraphFilter. */
#include "analysis/component.h"
#include "analysis/filters.h"
#include "analysis/synonym_map.h"

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    struct qd_synonym_map *map = NULL;
    QD_TRY(qd_synonym_map_create(settings, &map, error));
    *out = map;
    return QD_OK;
}

/* A word of a synonym that stands beside an input token. */
struct overlay {
    struct qd_slice term;
    uint32_t position_length;
    uint32_t end_offset; /* UINT32_MAX: the end of the token beside it */
};
QD_VECTOR_TYPE(overlays, struct overlay);

/* What happens at each input token; the places behind the last one take what sticks out. */
struct place {
    struct overlays overlays;
    bool matched;
    bool keep_original;
};

/* Lays the paths of a rule over the places from `at` on. */
static void lay(struct qd_arena *arena, const struct qd_synonym_rule *rule, struct place *at, size_t length,
                uint32_t match_end)
{
    for (size_t i = 0; i < rule->paths.count; i++) {
        const struct qd_synonym_path *path = &rule->paths.data[i];
        for (size_t j = 0; j < path->count; j++)
            *QD_PUSH(arena, &at[j].overlays) = (struct overlay){
                .term = path->words[j],
                .position_length = path->count == 1 && rule->keep_original ? (uint32_t)length : 1,
                .end_offset = path->count == 1 ? match_end : UINT32_MAX,
            };
    }
    for (size_t i = 0; i < length; i++) {
        at[i].matched = true;
        at[i].keep_original |= rule->keep_original;
    }
}

/* Emits the overlays of one place; `beside` is the token there, or the last one of the text. */
static void emit_overlays(struct qd_component_run *run, const struct place *place,
                          const struct qd_token *beside, bool kept, struct qd_token_list *result)
{
    for (size_t i = 0; i < place->overlays.count; i++) {
        const struct overlay *overlay = &place->overlays.data[i];
        struct qd_token *token = qd_component_push(run->arena, result);
        token->term = overlay->term;
        token->type = "SYNONYM";
        token->start_offset = beside->start_offset;
        token->end_offset = overlay->end_offset == UINT32_MAX ? beside->end_offset : overlay->end_offset;
        token->position_increment = i == 0 && !kept ? 1 : 0;
        token->position_length = overlay->position_length;
    }
}

static enum qd_status run_overlay(const void *data, struct qd_component_run *run)
{
    const struct qd_synonym_map *map = data;
    struct qd_token_list *tokens = run->tokens, result = { 0 };
    if (tokens->count == 0) return QD_OK;
    size_t places_count = tokens->count + map->longest + 1;
    struct place *places = QD_NEW_ARRAY(run->arena, struct place, places_count);
    for (size_t i = 0; i < tokens->count;) {
        size_t length = 1;
        const struct qd_synonym_rule *rule =
            qd_synonym_map_match(map, &tokens->data[i], tokens->count - i, &length);
        if (rule != NULL) lay(run->arena, rule, &places[i], length, tokens->data[i + length - 1].end_offset);
        i += rule == NULL ? 1 : length;
    }
    for (size_t i = 0; i < places_count; i++) {
        bool inside = i < tokens->count;
        struct qd_token beside = tokens->data[inside ? i : tokens->count - 1];
        bool kept = inside && (places[i].keep_original || !places[i].matched);
        if (kept) *qd_component_push(run->arena, &result) = beside;
        /* Beyond the text only the term and the increment are set. */
        for (size_t j = 0; !inside && j < places[i].overlays.count; j++) {
            places[i].overlays.data[j].end_offset = UINT32_MAX;
            places[i].overlays.data[j].position_length = 1;
        }
        emit_overlays(run, &places[i], &beside, kept, &result);
    }
    qd_component_replace(tokens, &result);
    return QD_OK;
}

/* A token of the graph under construction. */
struct edge {
    const struct qd_token *original; /* NULL: a synonym's word */
    struct qd_slice term;
    int64_t from;
    int64_t to;
};
QD_VECTOR_TYPE(edges, struct edge);

/* The graph so far: the last node that a token left, and the node that the next one leaves. */
struct graph {
    struct qd_component_run *run;
    struct qd_token_list result;
    int64_t last;
    int64_t next;
};

static void add_edge(struct graph *graph, struct edges *edges, const struct qd_token *original,
                     struct qd_slice term, int64_t from, int64_t to)
{
    *QD_PUSH(graph->run->arena,
             edges) = (struct edge){ .original = original, .term = term, .from = from, .to = to };
}

/* First the edges that leave the start, then each path to its end; the original comes last, so that offsets
 * do not go backwards. */
static struct edges build_edges(struct graph *graph, const struct qd_synonym_rule *rule,
                                const struct qd_token *tokens, size_t length)
{
    struct edges edges = { 0 };
    int64_t inner = rule->keep_original ? (int64_t)length - 1 : 0, used = 0;
    size_t path_count = rule->paths.count;
    for (size_t i = 0; i < path_count; i++) inner += (int64_t)rule->paths.data[i].count - 1;
    int64_t start = graph->next, end = start + inner + 1;
    for (size_t i = 0; i < path_count; i++) {
        const struct qd_synonym_path *path = &rule->paths.data[i];
        add_edge(graph, &edges, NULL, path->words[0], start, path->count == 1 ? end : start + used + 1);
        used += (int64_t)path->count - 1;
    }
    if (rule->keep_original)
        add_edge(graph, &edges, &tokens[0], tokens[0].term, start, length == 1 ? end : start + used + 1);
    for (size_t i = 0; i < path_count; i++) {
        const struct qd_synonym_path *path = &rule->paths.data[i];
        int64_t node = edges.data[i].to;
        for (size_t j = 1; j < path->count; j++, node++)
            add_edge(graph, &edges, NULL, path->words[j], node, j + 1 == path->count ? end : node + 1);
    }
    if (rule->keep_original && length > 1) {
        int64_t node = edges.data[path_count].to;
        for (size_t j = 1; j < length; j++, node++)
            add_edge(graph, &edges, &tokens[j], tokens[j].term, node, j + 1 == length ? end : node + 1);
    }
    graph->next = end;
    return edges;
}

static void emit_edges(struct graph *graph, const struct edges *edges, const struct qd_token *tokens,
                       size_t length)
{
    for (size_t i = 0; i < edges->count; i++) {
        const struct edge *edge = &edges->data[i];
        struct qd_token *token = qd_component_push(graph->run->arena, &graph->result);
        if (edge->original != NULL) {
            *token = *edge->original;
        } else {
            token->term = edge->term;
            token->type = "SYNONYM";
            token->start_offset = tokens[0].start_offset;
            token->end_offset = tokens[length - 1].end_offset;
        }
        token->position_increment = (uint32_t)(edge->from - graph->last);
        token->position_length = (uint32_t)(edge->to - edge->from);
        graph->last = edge->from;
    }
}

static enum qd_status run_graph(const void *data, struct qd_component_run *run)
{
    const struct qd_synonym_map *map = data;
    struct qd_token_list *tokens = run->tokens;
    struct graph graph = { .run = run, .last = -1 };
    for (size_t i = 0; i < tokens->count;) {
        size_t length = 1;
        const struct qd_token *at = &tokens->data[i];
        const struct qd_synonym_rule *rule = qd_synonym_map_match(map, at, tokens->count - i, &length);
        if (rule != NULL) {
            struct edges edges = build_edges(&graph, rule, at, length);
            emit_edges(&graph, &edges, at, length);
            i += length;
            continue;
        }
        *qd_component_push(run->arena, &graph.result) = *at;
        graph.last += at->position_increment;
        graph.next = graph.last + at->position_length;
        i++;
    }
    qd_component_replace(tokens, &graph.result);
    return QD_OK;
}

const struct qd_component_kind qd_filter_synonym = {
    .name = "synonym",
    .create = create,
    .run = run_overlay,
    .needs_chain = true,
    .skip_synonyms = true,
    .named_only = true,
};

const struct qd_component_kind qd_filter_synonym_graph = {
    .name = "synonym_graph",
    .create = create,
    .run = run_graph,
    .needs_chain = true,
    .skip_synonyms = true,
    .named_only = true,
};
