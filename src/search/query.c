#include "search/query.h"

#include <math.h>
#include <string.h>

#include "base/assert.h"
#include "base/bitset.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "search/query_node.h"
#include "search/query_node_bits.h"
#include "search/query_tree.h"

/* Documents whose matches are counted at once. */
#define COUNT_WINDOW 32768u

/* Every kind of query, in the order of names. */
static const struct qd_query_kind *const kinds[] = {
    &qd_query_kind_bool,
    &qd_query_kind_boosting,
    &qd_query_kind_combined_fields,
    &qd_query_kind_common,
    &qd_query_kind_constant_score,
    &qd_query_kind_dis_max,
    &qd_query_kind_exists,
    &qd_query_kind_function_score,
    &qd_query_kind_fuzzy,
    &qd_query_kind_ids,
    &qd_query_kind_match,
    &qd_query_kind_match_all,
    &qd_query_kind_match_bool_prefix,
    &qd_query_kind_match_none,
    &qd_query_kind_match_phrase,
    &qd_query_kind_match_phrase_prefix,
    &qd_query_kind_multi_match,
    &qd_query_kind_prefix,
    &qd_query_kind_query_string,
    &qd_query_kind_range,
    &qd_query_kind_regexp,
    &qd_query_kind_simple_query_string,
    &qd_query_kind_term,
    &qd_query_kind_terms,
    &qd_query_kind_wildcard,
    &qd_query_kind_wrapper,
};
#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

/* A query ready for one shard view. */
struct qd_prepared {
    const struct qd_shard_view *view;
    const struct qd_query *query;
    struct qd_node *node; /* rewritten and prepared */
    struct qd_slice
        approximation; /* "Approximate(...)" when the query is nothing else; data NULL: it is not */
    bool needs_scores;
    struct qd_named_queries names;
    bool names_ordered; /* and each once */
    struct qd_arena *arena;
};

static const struct qd_query_kind *find_kind(struct qd_slice name)
{
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (qd_slice_is(name, kinds[i]->name)) return kinds[i];
    }
    return NULL;
}

static enum qd_status unknown_kind(struct qd_query_parser *parser, const struct qd_json_iterator *at,
                                   struct qd_error *error)
{
    struct qd_slice names[KIND_COUNT];
    for (size_t i = 0; i < KIND_COUNT; i++) names[i] = qd_slice_from_string(kinds[i]->name);
    struct qd_slice hint = qd_did_you_mean(parser->arena, at->key, names, KIND_COUNT);
    enum qd_status status = qd_query_error_at(parser, at->value, error, "unknown query [%.*s]%.*s",
                                              QD_SLICE_ARG(at->key), QD_SLICE_ARG(hint));
    return qd_query_add_unknown_name(parser, at, status, error);
}

enum qd_status qd_query_add_unknown_name(struct qd_query_parser *parser, const struct qd_json_iterator *at,
                                         enum qd_status status, struct qd_error *error)
{
    if (error == NULL || error->arena == NULL || parser->document == NULL) return status;
    int64_t line;
    int64_t column;
    qd_json_position(parser->document, at->value, &line, &column);
    struct qd_error *cause = QD_NEW(error->arena, struct qd_error);
    qd_error_init(cause, error->arena);
    (void)qd_error_set(cause, QD_NAMED_OBJECT_NOT_FOUND, "[%lld:%lld] unknown field [%.*s]", (long long)line,
                       (long long)column, QD_SLICE_ARG(at->key));
    error->cause = cause;
    return status;
}

/* The reference names the place of the closing brace. */
static enum qd_status empty_clause(struct qd_query_parser *parser, const struct qd_json *json,
                                   struct qd_error *error)
{
    int64_t line = 1;
    int64_t column = 1;
    size_t start = 0;
    size_t end = 0;
    if (parser->document != NULL) {
        qd_json_position(parser->document, json, &line, &column);
        qd_json_extent(parser->document, json, &start, &end);
        for (size_t i = start; i + 1 < end; i++) {
            column = parser->document->source.data[i] == '\n' ? 1 : column + 1;
            line += parser->document->source.data[i] == '\n';
        }
    }
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "query malformed, empty clause found at [%lld:%lld]",
                        (long long)line, (long long)column);
}

enum qd_status qd_query_parse_inner(struct qd_query_parser *parser, const struct qd_json *json,
                                    struct qd_query **query, struct qd_error *error)
{
    struct qd_json_iterator inner = qd_json_iterate(json);
    /* The reference has read on behind what it found. */
    if (qd_json_is_array(json) && qd_json_next(&inner))
        return qd_query_error_at(parser, inner.value, error,
                                 "[_na] query malformed, must start with start_object");
    if (!qd_json_is_object(json))
        return qd_query_error_after(parser, json, error,
                                    "[_na] query malformed, must start with start_object");
    struct qd_json_iterator at = qd_json_iterate(json);
    if (!qd_json_next(&at)) return empty_clause(parser, json, error);
    if (!qd_json_is_object(at.value))
        return qd_query_error_at(parser, at.value, error,
                                 "[%.*s] query malformed, no start_object after query name",
                                 QD_SLICE_ARG(at.key));
    const struct qd_query_kind *kind = find_kind(at.key);
    if (kind == NULL) return unknown_kind(parser, &at, error);
    if (++parser->depth > QD_QUERY_DEPTH_MAX)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "The query is nested too deep");
    const struct qd_json *stood = parser->stand;
    bool ended = parser->at_end;
    parser->stand = at.value;
    parser->at_end = true;
    QD_TRY(kind->parse(parser, at.value, query, error));
    QD_TRY(qd_query_check_boost(*query, error));
    parser->stand = stood;
    parser->at_end = ended;
    parser->depth--;
    if (qd_json_next(&at))
        return qd_query_error_at(parser, at.name, error,
                                 "[%s] malformed query, expected [END_OBJECT] but found [FIELD_NAME]",
                                 kind->name);
    return QD_OK;
}

enum qd_status qd_query_parse(const struct qd_json_document *document, const struct qd_json *json,
                              struct qd_arena *arena, struct qd_query **query, struct qd_error *error)
{
    struct qd_query_parser parser = { .document = document, .arena = arena };
    return qd_query_parse_inner(&parser, json, query, error);
}

enum qd_status qd_query_parse_placed(const struct qd_json_document *document, const struct qd_json *json,
                                     struct qd_arena *arena, int64_t *line, int64_t *column,
                                     struct qd_error *error)
{
    struct qd_query_parser parser = { .document = document, .arena = arena };
    struct qd_query *query;
    enum qd_status status = qd_query_parse_inner(&parser, json, &query, error);
    *line = *column = 0;
    if (status != QD_OK) qd_query_place(&parser, line, column);
    return status;
}

enum qd_status qd_query_parse_member(struct qd_object_parser *object, const struct qd_json *json,
                                     struct qd_query **query, struct qd_error *error)
{
    struct qd_query_parser parser = { .document = object->document, .arena = object->arena };
    enum qd_status status = qd_query_parse_inner(&parser, json, query, error);
    if (status == QD_OK || error == NULL) return status;
    int64_t line;
    int64_t column;
    qd_query_place(&parser, &line, &column);
    if (line > 0) {
        object->line = line;
        object->column = column;
    }
    qd_object_at_error(object, error);
    return status;
}

/* ---- building ---- */
enum qd_status qd_query_rewrite(const struct qd_query *query, struct qd_query_context *context,
                                const struct qd_query **result, struct qd_error *error)
{
    for (int pass = 0; pass < 16; pass++) {
        *result = query;
        if (query->kind->rewrite == NULL) return QD_OK;
        QD_TRY(query->kind->rewrite(query, context, result, error));
        if (*result == query) return QD_OK;
        query = *result;
    }
    return QD_OK;
}

enum qd_status qd_query_build(const struct qd_query *query, struct qd_query_context *context,
                              struct qd_node **node, struct qd_error *error)
{
    int64_t depth_max = context->view->limits.max_nested_depth;
    if (depth_max <= 0 || depth_max > QD_NODE_DEPTH_MAX) depth_max = QD_NODE_DEPTH_MAX;
    *node = NULL;
    if ((int64_t)context->depth >= depth_max + 1)
        return qd_error_set(
            error, QD_ILLEGAL_ARGUMENT,
            "The nested depth of the query exceeds the maximum nested depth for queries set in "
            "[index.query.max_nested_depth]");
    context->depth++;
    QD_TRY(query->kind->build(query, context, node, error));
    context->depth--;
    if (*node == NULL) return QD_OK;
    if (isnan(query->boost))
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "boost must be a positive float, got NaN");
    *node = qd_node_weigh(context->arena, *node, query->boost);
    if (query->name.data != NULL && context->names != NULL)
        *QD_PUSH(context->arena, context->names) =
            (struct qd_named_query){ .name = query->name, .query = query };
    return QD_OK;
}

enum qd_status qd_query_build_whole(const struct qd_query *query, struct qd_query_context *context,
                                    struct qd_node **node, struct qd_error *error)
{
    const struct qd_query *rewritten;
    QD_TRY(qd_query_rewrite(query, context, &rewritten, error));
    QD_TRY(qd_query_build(rewritten, context, node, error));
    if (*node == NULL) *node = qd_node_none(context->arena, "No query left after rewrite.");
    return QD_OK;
}

enum qd_status qd_query_shard_wrap(const struct qd_shard_view *view, enum qd_status status,
                                   struct qd_error *error)
{
    if (error == NULL || status == QD_QUERY_SHARD || status == QD_TASK_CANCELLED || status == QD_CORRUPTION ||
        status == QD_CIRCUIT_BREAKING || status == QD_TOO_MANY_CLAUSES || status == QD_PARSING)
        return status;
    struct qd_slice reason =
        error->arena == NULL ? error->reason : qd_arena_copy(error->arena, error->reason);
    (void)qd_error_wrap(error, QD_QUERY_SHARD, "failed to create query: %.*s", QD_SLICE_ARG(reason));
    qd_error_add(error, "index", view->index_name);
    qd_error_add(error, "index_uuid", view->index_uuid);
    return QD_QUERY_SHARD;
}

enum qd_status qd_query_shard_error(const struct qd_shard_view *view, struct qd_error *error,
                                    const char *format, ...)
{
    if (error != NULL && error->arena != NULL) {
        va_list arguments;
        va_start(arguments, format);
        struct qd_slice reason = qd_arena_vformat(error->arena, format, arguments);
        va_end(arguments);
        (void)qd_error_set(error, QD_QUERY_SHARD, "%.*s", QD_SLICE_ARG(reason));
        qd_error_add(error, "index", view->index_name);
        qd_error_add(error, "index_uuid", view->index_uuid);
    }
    return QD_QUERY_SHARD;
}

static enum qd_status build_node(const struct qd_query *query, struct qd_query_context *context,
                                 struct qd_node **node, struct qd_error *error)
{
    const struct qd_query *rewritten;
    QD_TRY(qd_query_rewrite(query, context, &rewritten, error));
    enum qd_status status = qd_query_build_whole(rewritten, context, node, error);
    return status == QD_OK ? QD_OK : qd_query_shard_wrap(context->view, status, error);
}

/* Builds, rewrites and prepares. */
static enum qd_status make_node(const struct qd_query *query, struct qd_query_context *context,
                                bool needs_scores, struct qd_node **node, struct qd_error *error)
{
    struct qd_node *built;
    QD_TRY(build_node(query, context, &built, error));
    QD_TRY(qd_node_rewrite(built, context, node, error));
    return qd_node_prepare(*node, context, (struct qd_weight_input){ 1.0f, needs_scores }, error);
}

enum qd_status qd_query_prepare(const struct qd_query *query, const struct qd_shard_view *view,
                                bool needs_scores, struct qd_arena *arena, struct qd_prepared **prepared,
                                struct qd_error *error)
{
    struct qd_prepared *self = QD_NEW(arena, struct qd_prepared);
    *self =
        (struct qd_prepared){ .view = view, .query = query, .needs_scores = needs_scores, .arena = arena };
    struct qd_query_context context = { .view = view, .arena = arena, .names = &self->names };
    struct qd_node *built;
    QD_TRY(build_node(query, &context, &built, error));
    struct qd_slice approximation = qd_node_approximation(built);
    if (approximation.data != NULL)
        self->approximation = qd_arena_format(arena, "Approximate(%.*s)", QD_SLICE_ARG(approximation));
    QD_TRY(qd_node_rewrite(built, &context, &self->node, error));
    QD_TRY(qd_node_prepare(self->node, &context, (struct qd_weight_input){ 1.0f, needs_scores }, error));
    *prepared = self;
    return QD_OK;
}

/* The tree as it was before rewriting, for texts and highlighting. */
static struct qd_node *plain_node(const struct qd_prepared *prepared, struct qd_arena *arena)
{
    struct qd_query_context context = { .view = prepared->view, .arena = arena };
    struct qd_node *node;
    if (build_node(prepared->query, &context, &node, NULL) != QD_OK) return NULL;
    return node;
}

struct qd_slice qd_prepared_text(const struct qd_prepared *prepared, struct qd_arena *arena)
{
    struct qd_node *node = plain_node(prepared, arena);
    return node == NULL ? (struct qd_slice){ 0 } : qd_node_string(node, arena);
}

struct qd_slice qd_prepared_rewritten_text(const struct qd_prepared *prepared, struct qd_arena *arena)
{
    /* A query that is nothing but an approximate one stays what it is, and so does one that becomes
     * nothing. */
    struct qd_node *node = plain_node(prepared, arena);
    struct qd_slice plain = node == NULL ? (struct qd_slice){ 0 } : qd_node_string(node, arena);
    bool stays = qd_slice_starts_with(plain, QD_SLICE("ApproximateScoreQuery(")) && !qd_node_is_boolean(node);
    if (stays || qd_node_is_none(prepared->node)) return plain;
    return qd_node_string(prepared->node, arena);
}

void qd_prepared_leaves(const struct qd_prepared *prepared,
                        void (*visit)(void *context, const struct qd_query_leaf *leaf), void *context)
{
    struct qd_node *node = plain_node(prepared, prepared->arena);
    struct qd_leaf_visitor visitor = { .visit = visit, .context = context, .boost = 1.0f };
    if (node != NULL) qd_node_leaves(node, &visitor);
}

/* What is left without the wrappers that do not change what matches. */
static const struct qd_node *unwrapped(const struct qd_node *node)
{
    float factor;
    for (;;) {
        const struct qd_node *inner = qd_node_boosted(node, &factor);
        if (inner == NULL) inner = qd_node_constant_inner(node);
        if (inner == NULL) return node;
        node = inner;
    }
}

bool qd_prepared_is_all(const struct qd_prepared *prepared)
{
    return qd_node_is_all(unwrapped(prepared->node));
}

bool qd_prepared_is_counted(const struct qd_prepared *prepared)
{
    const struct qd_node *node = unwrapped(prepared->node);
    const struct qd_snapshot *snapshot = prepared->view->snapshot;
    const struct qd_field *field;
    struct qd_slice term;
    if (prepared->approximation.data != NULL) return false;
    if (qd_node_is_all(node)) return true;
    if (snapshot->live_count != snapshot->doc_count) return false;
    field = qd_node_exists_field(node);
    return field != NULL ? field->indexed : qd_node_term_of(node, &field, &term);
}

bool qd_prepared_shortcut(const struct qd_prepared *prepared, uint64_t *count)
{
    return qd_prepared_is_counted(prepared) &&
           qd_node_exists_shortcut(unwrapped(prepared->node), prepared->view->snapshot, count);
}

bool qd_prepared_counts_segment(const struct qd_prepared *prepared, uint32_t segment, uint64_t *count)
{
    struct qd_segment_context context = qd_segment_context_of(prepared->view, segment, prepared->arena);
    const struct qd_node *node = prepared->node;
    if (qd_node_is_all(unwrapped(node))) {
        *count = prepared->view->snapshot->segments[segment].live_count;
        return true;
    }
    return context.live == NULL && node->kind->count != NULL && node->kind->count(node, &context, count);
}

/* ---- walking ---- */
enum qd_status qd_prepared_scorer(struct qd_prepared *prepared, uint32_t segment, struct qd_arena *arena,
                                  struct qd_scorer **scorer, struct qd_error *error)
{
    struct qd_segment_context context = qd_segment_context_of(prepared->view, segment, arena);
    return qd_node_scorer(prepared->node, &context, scorer, error);
}

enum qd_status qd_prepared_bits(struct qd_prepared *prepared, uint32_t segment, struct qd_arena *arena,
                                uint64_t **words, struct qd_error *error)
{
    struct qd_segment_context context = qd_segment_context_of(prepared->view, segment, arena);
    size_t count = qd_bitset_word_count(context.doc_count);
    uint64_t *bits = QD_NEW_ARRAY(arena, uint64_t, count + 1);
    struct qd_scorer *scorer;
    QD_TRY(qd_node_scorer(prepared->node, &context, &scorer, error));
    if (scorer != NULL) qd_scorer_into_bits(scorer, 0, context.doc_count, bits);
    for (size_t i = 0; context.live != NULL && i < count; i++) bits[i] &= context.live[i];
    *words = bits;
    return error != NULL && error->status != QD_OK ? error->status : QD_OK;
}

/* Counts the matches of a segment, at least until there are more than `limit`. */
static enum qd_status count_matches(const struct qd_prepared *prepared, struct qd_segment_context *context,
                                    uint64_t limit, uint64_t *count, struct qd_error *error)
{
    uint64_t words[COUNT_WINDOW / 64];
    struct qd_scorer *scorer;
    *count = 0;
    QD_TRY(qd_node_scorer(prepared->node, context, &scorer, error));
    for (qd_doc_id at = 0; scorer != NULL && at < context->doc_count && *count <= limit;) {
        qd_doc_id left = context->doc_count - at, to = at + (left < COUNT_WINDOW ? left : COUNT_WINDOW);
        memset(words, 0, sizeof(words));
        qd_scorer_into_bits(scorer, at, to, words);
        for (size_t i = 0; i < (to - at + 63) / 64; i++) {
            if (context->live != NULL) words[i] &= context->live[at / 64 + i];
            *count += (uint64_t)__builtin_popcountll(words[i]);
        }
        at = to;
    }
    /* What a function says of a value that it cannot take. */
    return error != NULL && error->status != QD_OK ? error->status : QD_OK;
}

enum qd_status qd_prepared_count(struct qd_prepared *prepared, struct qd_arena *arena, uint64_t limit,
                                 uint64_t *count, struct qd_error *error)
{
    if (qd_prepared_shortcut(prepared, count)) return QD_OK;
    *count = 0;
    for (uint32_t i = 0; i < prepared->view->snapshot->segment_count && *count <= limit; i++) {
        struct qd_segment_context context = qd_segment_context_of(prepared->view, i, arena);
        const struct qd_node *node = prepared->node;
        uint64_t part = 0;
        if (context.live == NULL && node->kind->count != NULL && node->kind->count(node, &context, &part)) {
            *count += part;
            continue;
        }
        if (qd_node_is_all(node)) {
            *count += prepared->view->snapshot->segments[i].live_count;
            continue;
        }
        context.arena = qd_arena_create(0);
        enum qd_status status = count_matches(prepared, &context, limit - *count, &part, error);
        qd_arena_destroy(context.arena);
        QD_TRY(status);
        *count += part;
    }
    return QD_OK;
}

uint64_t qd_prepared_count_least(const struct qd_prepared *prepared, struct qd_arena *arena, bool *exact)
{
    uint64_t total = 0;
    *exact = true;
    for (uint32_t i = 0; i < prepared->view->snapshot->segment_count; i++) {
        struct qd_segment_context context = qd_segment_context_of(prepared->view, i, arena);
        uint32_t live = prepared->view->snapshot->segments[i].live_count;
        const struct qd_node *node = prepared->node;
        if (qd_node_is_all(node)) {
            total += live;
            continue;
        }
        bool known;
        uint64_t part = qd_node_count_least(node, &context, &known);
        uint64_t deleted = context.doc_count - live;
        total += part > deleted ? part - deleted : 0;
        *exact = *exact && known && context.live == NULL;
    }
    return total;
}

bool qd_prepared_bounds(const struct qd_prepared *prepared, struct qd_slice field, int64_t *lower,
                        int64_t *upper)
{
    return qd_node_bounds(prepared->node, field, lower, upper);
}

enum qd_status qd_prepared_explain(struct qd_prepared *prepared, uint32_t segment, qd_doc_id doc,
                                   struct qd_arena *arena, struct qd_json_writer *writer, bool *matched,
                                   struct qd_error *error)
{
    struct qd_segment_context context = qd_segment_context_of(prepared->view, segment, arena);
    struct qd_explanation *explanation;
    if (prepared->approximation.data != NULL) {
        /* The reference explains a lone approximate query by its approximation. */
        bool matches;
        QD_TRY(qd_node_matches(prepared->node, &context, doc, &matches, NULL, error));
        explanation =
            qd_explain_constant(&context, doc, matches, prepared->node->boost, prepared->approximation);
    } else {
        QD_TRY(qd_node_explain(prepared->node, &context, doc, &explanation, error));
    }
    *matched = explanation->match;
    qd_explain_write(explanation, writer);
    return QD_OK;
}

/* Of one name only the last query counts; names stand as in Java's hash map. */
static void order_names(struct qd_prepared *prepared)
{
    struct qd_named_queries *names = &prepared->names;
    struct qd_slice *order = QD_NEW_ARRAY(prepared->arena, struct qd_slice, names->count + 1);
    struct qd_named_query *kept = QD_NEW_ARRAY(prepared->arena, struct qd_named_query, names->count + 1);
    size_t count = 0;
    for (size_t i = 0; i < names->count; i++) {
        size_t at = 0;
        while (at < count && !qd_slice_equal(order[at], names->data[i].name)) at++;
        if (at == count) order[count++] = names->data[i].name;
    }
    qd_query_hash_order(order, count, prepared->arena);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < names->count; k++) {
            if (qd_slice_equal(order[i], names->data[k].name)) kept[i] = names->data[k];
        }
    }
    names->data = kept;
    names->count = names->capacity = count;
    prepared->names_ordered = true;
}

void qd_prepared_take_names(struct qd_prepared *prepared, const struct qd_prepared *other)
{
    for (size_t i = 0; i < other->names.count; i++)
        *QD_PUSH(prepared->arena, &prepared->names) = other->names.data[i];
}

enum qd_status qd_prepared_matched(struct qd_prepared *prepared, uint32_t segment, qd_doc_id doc,
                                   struct qd_arena *arena, struct qd_matched_query **matched, size_t *count,
                                   struct qd_error *error)
{
    QD_VECTOR(struct qd_matched_query) found = { 0 };
    struct qd_segment_context segment_context = qd_segment_context_of(prepared->view, segment, arena);
    if (!prepared->names_ordered) order_names(prepared);
    for (size_t i = 0; i < prepared->names.count; i++) {
        struct qd_named_query *named = &prepared->names.data[i];
        if (named->node == NULL) {
            struct qd_query_context context = { .view = prepared->view, .arena = prepared->arena };
            QD_TRY(make_node(named->query, &context, true, &named->node, error));
        }
        bool matches;
        float score = 0;
        QD_TRY(qd_node_matches(named->node, &segment_context, doc, &matches, &score, error));
        if (matches) *QD_PUSH(arena, &found) = (struct qd_matched_query){ named->name, score };
    }
    *matched = found.data;
    *count = found.count;
    return QD_OK;
}
