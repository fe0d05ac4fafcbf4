/* bool. Source: OpenSearch BoolQueryBuilder. */
#include "base/units.h"
#include "search/query_tree.h"

enum clause_kind { CLAUSE_MUST, CLAUSE_MUST_NOT, CLAUSE_SHOULD, CLAUSE_FILTER, CLAUSE_COUNT };

QD_VECTOR_TYPE(clause_list, const struct qd_query *);

struct bool_query {
    struct qd_query query;
    struct clause_list clauses[CLAUSE_COUNT];
    struct qd_slice minimum; /* data NULL: none */
    bool adjust_pure_negative;
};

static bool clause_of(struct qd_slice key, enum clause_kind *kind)
{
    static const struct {
        const char *name;
        enum clause_kind kind;
    } names[] = { { "must", CLAUSE_MUST },
                  { "should", CLAUSE_SHOULD },
                  { "filter", CLAUSE_FILTER },
                  { "must_not", CLAUSE_MUST_NOT },
                  { "mustNot", CLAUSE_MUST_NOT } };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (!qd_slice_is(key, names[i].name)) continue;
        *kind = names[i].kind;
        return true;
    }
    return false;
}

static enum qd_status parse_clause(struct qd_query_parser *parser, struct bool_query *self,
                                   enum clause_kind kind, const struct qd_json *json, struct qd_error *error)
{
    struct qd_query *clause;
    QD_TRY(qd_query_parse_inner(parser, json, &clause, error));
    *QD_PUSH(parser->arena, &self->clauses[kind]) = clause;
    return QD_OK;
}

static enum qd_status parse_clauses(struct qd_query_parser *parser, struct bool_query *self,
                                    enum clause_kind kind, const struct qd_json *json, struct qd_error *error)
{
    if (qd_json_is_object(json)) return parse_clause(parser, self, kind, json, error);
    struct qd_json_iterator elements = qd_json_iterate(json);
    while (qd_json_next(&elements)) QD_TRY(parse_clause(parser, self, kind, elements.value, error));
    return QD_OK;
}

static enum qd_status wrong_type(struct qd_query_parser *parser, const struct qd_json_iterator *at,
                                 struct qd_error *error)
{
    int64_t line;
    int64_t column;
    qd_json_position(parser->document, at->value, &line, &column);
    return qd_error_set(error, QD_X_CONTENT_PARSE,
                        "[%lld:%lld] [bool] %.*s doesn't support values of type: %s", (long long)line,
                        (long long)column, QD_SLICE_ARG(at->key), qd_query_token_name(at->value));
}

static enum qd_status parse_scalar(struct bool_query *self, const struct qd_json_iterator *at,
                                   struct qd_error *error)
{
    bool taken;
    if (qd_slice_is(at->key, "minimum_should_match")) {
        self->minimum = qd_json_is_null(at->value) ? (struct qd_slice){ 0 } : qd_json_text(at->value);
        return QD_OK;
    }
    if (qd_slice_is(at->key, "adjust_pure_negative"))
        return qd_query_boolean(at->value, &self->adjust_pure_negative, error);
    return qd_query_parse_common(&self->query, at->key, at->value, &taken, error);
}

static enum qd_status bool_parse(struct qd_query_parser *parser, const struct qd_json *body,
                                 struct qd_query **query, struct qd_error *error)
{
    static const struct qd_slice names[] = { QD_SLICE_INIT("must"),
                                             QD_SLICE_INIT("should"),
                                             QD_SLICE_INIT("filter"),
                                             QD_SLICE_INIT("must_not"),
                                             QD_SLICE_INIT("mustNot"),
                                             QD_SLICE_INIT("minimum_should_match"),
                                             QD_SLICE_INIT("adjust_pure_negative"),
                                             QD_SLICE_INIT("boost"),
                                             QD_SLICE_INIT("_name") };
    size_t name_count = sizeof(names) / sizeof(names[0]);
    struct bool_query *self = QD_QUERY_NEW(parser->arena, struct bool_query, &qd_query_kind_bool);
    self->adjust_pure_negative = true;
    struct qd_json_iterator at = qd_json_iterate(body);
    while (qd_json_next(&at)) {
        enum clause_kind kind = CLAUSE_MUST;
        bool clause = clause_of(at.key, &kind);
        bool known = clause;
        for (size_t i = 0; i < name_count; i++) known = known || qd_slice_equal(at.key, names[i]);
        if (!known) return qd_query_unknown_field(parser, &at, "bool", names, name_count, error);
        bool container = qd_json_is_object(at.value) || qd_json_is_array(at.value);
        if (clause != container) return wrong_type(parser, &at, error);
        enum qd_status status =
            clause ? parse_clauses(parser, self, kind, at.value, error) : parse_scalar(self, &at, error);
        if (status != QD_OK) return qd_query_field_failed(parser, &at, "bool", error);
    }
    *query = &self->query;
    return QD_OK;
}

static bool any_none(const struct clause_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->data[i]->kind == &qd_query_kind_match_none) return true;
    }
    return false;
}

static bool all_none(const struct clause_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->data[i]->kind != &qd_query_kind_match_none) return false;
    }
    return true;
}

static enum qd_status bool_rewrite(const struct qd_query *query, struct qd_query_context *context,
                                   const struct qd_query **result, struct qd_error *error)
{
    const struct bool_query *self = (const struct bool_query *)query;
    size_t total = 0;
    for (int kind = 0; kind < CLAUSE_COUNT; kind++) total += self->clauses[kind].count;
    if (total == 0) {
        struct qd_query *all = qd_query_match_all(context->arena);
        all->boost = query->boost;
        all->name = query->name;
        *result = all;
        return QD_OK;
    }
    struct bool_query *copy = QD_QUERY_NEW(context->arena, struct bool_query, &qd_query_kind_bool);
    copy->query = self->query;
    copy->minimum = self->minimum;
    copy->adjust_pure_negative = self->adjust_pure_negative;
    bool changed = false;
    for (int kind = 0; kind < CLAUSE_COUNT; kind++) {
        for (size_t i = 0; i < self->clauses[kind].count; i++) {
            const struct qd_query *clause;
            QD_TRY(qd_query_rewrite(self->clauses[kind].data[i], context, &clause, error));
            changed |= clause != self->clauses[kind].data[i];
            *QD_PUSH(context->arena, &copy->clauses[kind]) = clause;
        }
    }
    bool none = any_none(&copy->clauses[CLAUSE_MUST]) || any_none(&copy->clauses[CLAUSE_FILTER]) ||
                (copy->clauses[CLAUSE_MUST].count == 0 && copy->clauses[CLAUSE_FILTER].count == 0 &&
                 copy->clauses[CLAUSE_SHOULD].count > 0 && all_none(&copy->clauses[CLAUSE_SHOULD]));
    if (none) *result = qd_query_match_none(context->arena);
    else if (changed) *result = &copy->query;
    return QD_OK;
}

static enum qd_status add_clauses(const struct bool_query *self, struct qd_query_context *context,
                                  struct qd_node *node, struct qd_error *error)
{
    static const enum qd_occur occurs[CLAUSE_COUNT] = { QD_MUST, QD_MUST_NOT, QD_SHOULD, QD_FILTER };
    for (int kind = 0; kind < CLAUSE_COUNT; kind++) {
        for (size_t i = 0; i < self->clauses[kind].count; i++) {
            struct qd_node *clause;
            QD_TRY(qd_query_build(self->clauses[kind].data[i], context, &clause, error));
            if (clause == NULL) continue;
            size_t count;
            (void)qd_node_boolean_clauses(node, &count, NULL);
            int64_t max = context->view->limits.max_clause_count;
            if (max > 0 && (int64_t)count >= max)
                return qd_error_set(error, QD_TOO_MANY_CLAUSES, "maxClauseCount is set to %lld",
                                    (long long)max);
            qd_node_boolean_add(node, context->arena, occurs[kind], clause);
        }
    }
    return QD_OK;
}

static enum qd_status bool_build(const struct qd_query *query, struct qd_query_context *context,
                                 struct qd_node **node, struct qd_error *error)
{
    const struct bool_query *self = (const struct bool_query *)query;
    struct qd_node *boolean = qd_node_boolean_make(context->arena);
    QD_TRY(add_clauses(self, context, boolean, error));
    size_t count;
    const struct qd_clause *clauses = qd_node_boolean_clauses(boolean, &count, NULL);
    if (count == 0) {
        *node = qd_node_all(context->arena);
        return QD_OK;
    }
    int shoulds = 0;
    bool negative = true;
    for (size_t i = 0; i < count; i++) {
        shoulds += clauses[i].occur == QD_SHOULD;
        negative = negative && clauses[i].occur == QD_MUST_NOT;
    }
    if (self->minimum.data != NULL && shoulds > 0) {
        int required;
        QD_TRY(qd_minimum_should_match(shoulds, self->minimum, &required, error));
        if (required > 0) qd_node_boolean_set_minimum(boolean, required);
    }
    if (negative && self->adjust_pure_negative)
        qd_node_boolean_add(boolean, context->arena, QD_FILTER, qd_node_all(context->arena));
    *node = boolean;
    return QD_OK;
}

const struct qd_query_kind qd_query_kind_bool = { .name = "bool",
                                                  .parse = bool_parse,
                                                  .rewrite = bool_rewrite,
                                                  .build = bool_build };

struct qd_query *qd_query_with_filter(const struct qd_query *query, const struct qd_query *filter,
                                      struct qd_arena *arena)
{
    struct bool_query *self = QD_QUERY_NEW(arena, struct bool_query, &qd_query_kind_bool);
    self->adjust_pure_negative = true;
    *QD_PUSH(arena, &self->clauses[CLAUSE_MUST]) = query;
    *QD_PUSH(arena, &self->clauses[CLAUSE_FILTER]) = filter;
    return &self->query;
}
