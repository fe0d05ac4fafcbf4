/* bool. Source: OpenSearch BoolQueryBuilder. */
#include "base/number.h"
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

static enum qd_status parse_clause(const struct qd_query_target *target, enum clause_kind kind,
                                   const struct qd_json *json, struct qd_error *error)
{
    struct bool_query *self = (struct bool_query *)target->query;
    struct qd_query *clause;
    QD_TRY(qd_query_parse_inner(target->parser, json, &clause, error));
    *QD_PUSH(target->parser->arena, &self->clauses[kind]) = clause;
    return QD_OK;
}

static enum qd_status each_clause(const struct qd_query_target *target, enum clause_kind kind,
                                  const struct qd_json *json, struct qd_error *error)
{
    if (qd_json_is_null(json)) return QD_OK;
    if (qd_json_is_object(json)) return parse_clause(target, kind, json, error);
    struct qd_json_iterator elements = qd_json_iterate(json);
    const struct qd_json *held = NULL;
    while (qd_json_next(&elements)) {
        /* Before an object the reference steps over one scalar. */
        bool scalar = !qd_json_is_object(elements.value);
        if (held != NULL && !qd_json_is_object(elements.value))
            return parse_clause(target, kind, held, error);
        if (qd_json_is_array(elements.value)) {
            target->parser->stand = elements.value;
            target->parser->at_end = false;
            return qd_error_set(error, QD_ILLEGAL_STATE, "expected value but got [START_ARRAY]");
        }
        held = scalar ? elements.value : NULL;
        if (!scalar) QD_TRY(parse_clause(target, kind, elements.value, error));
    }
    return held == NULL ? QD_OK : parse_clause(target, kind, held, error);
}

/* The reference reports where its parser stood, which an inner error knows better. */
static enum qd_status parse_clauses(struct qd_object_parser *parser, const void *target,
                                    enum clause_kind kind, const struct qd_json *json, struct qd_error *error)
{
    enum qd_status status = each_clause(target, kind, json, error);
    if (status == QD_OK || error == NULL) return status;
    int64_t line;
    int64_t column;
    qd_query_place(((const struct qd_query_target *)target)->parser, &line, &column);
    if (line > 0) {
        parser->line = line;
        parser->column = column;
    }
    qd_object_at_error(parser, error);
    return status;
}

static enum qd_status parse_must(struct qd_object_parser *parser, const struct qd_json *json, void *target,
                                 struct qd_error *error)
{
    return parse_clauses(parser, target, CLAUSE_MUST, json, error);
}

static enum qd_status parse_should(struct qd_object_parser *parser, const struct qd_json *json, void *target,
                                   struct qd_error *error)
{
    return parse_clauses(parser, target, CLAUSE_SHOULD, json, error);
}

static enum qd_status parse_filter(struct qd_object_parser *parser, const struct qd_json *json, void *target,
                                   struct qd_error *error)
{
    return parse_clauses(parser, target, CLAUSE_FILTER, json, error);
}

static enum qd_status parse_must_not(struct qd_object_parser *parser, const struct qd_json *json,
                                     void *target, struct qd_error *error)
{
    return parse_clauses(parser, target, CLAUSE_MUST_NOT, json, error);
}

static enum qd_status parse_minimum(struct qd_object_parser *parser, const struct qd_json *json, void *target,
                                    struct qd_error *error)
{
    (void)parser, (void)error;
    struct bool_query *self = (struct bool_query *)((struct qd_query_target *)target)->query;
    self->minimum = qd_json_is_null(json) ? (struct qd_slice){ 0 } : qd_json_text(json);
    return QD_OK;
}

static enum qd_status parse_pure_negative(struct qd_object_parser *parser, const struct qd_json *json,
                                          void *target, struct qd_error *error)
{
    struct bool_query *self = (struct bool_query *)((struct qd_query_target *)target)->query;
    return qd_object_boolean(parser, json, &self->adjust_pure_negative, error);
}

#define CLAUSE_TOKENS (QD_TOKEN_OBJECT | QD_TOKEN_ARRAY | QD_TOKEN_NULL)
#define MINIMUM_TOKENS QD_TOKENS_SCALAR

static enum qd_status bool_parse(struct qd_query_parser *parser, const struct qd_json *body,
                                 struct qd_query **query, struct qd_error *error)
{
    static const struct qd_object_member members[] = {
        { "must", CLAUSE_TOKENS, parse_must },
        { "should", CLAUSE_TOKENS, parse_should },
        { "filter", CLAUSE_TOKENS, parse_filter },
        { "must_not", CLAUSE_TOKENS, parse_must_not },
        { "mustNot", CLAUSE_TOKENS, parse_must_not },
        { "minimum_should_match", MINIMUM_TOKENS, parse_minimum },
        { "adjust_pure_negative", QD_TOKENS_BOOLEAN, parse_pure_negative },
        QD_QUERY_COMMON_MEMBERS
    };
    static const struct qd_object_spec spec = { "bool", members, sizeof(members) / sizeof(members[0]) };
    struct bool_query *self = QD_QUERY_NEW(parser->arena, struct bool_query, &qd_query_kind_bool);
    self->adjust_pure_negative = true;
    *query = &self->query;
    return qd_query_parse_object(parser, &spec, body, &self->query, false, error);
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
    if (self->minimum.data != NULL && !(negative && self->adjust_pure_negative)) {
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
