/* dis_max, boosting, wrapper. Source: OpenSearch DisMaxQueryBuilder, BoostingQueryBuilder,
 * WrapperQueryBuilder. */
#include <stddef.h>

#include "base/text.h"
#include "search/query_tree.h"

QD_VECTOR_TYPE(query_list, const struct qd_query *);

/* ---- dis_max ---- */
struct dis_max_query {
    struct qd_query query;
    struct query_list queries;
    float tie_breaker;
};

static enum qd_status dis_max_parse(struct qd_query_parser *parser, const struct qd_json *body,
                                    struct qd_query **query, struct qd_error *error)
{
    struct dis_max_query *self = QD_QUERY_NEW(parser->arena, struct dis_max_query, &qd_query_kind_dis_max);
    bool found = false;
    struct qd_json_iterator at = qd_json_iterate(body);
    while (qd_json_next(&at)) {
        bool container = qd_json_is_object(at.value) || qd_json_is_array(at.value);
        if (container && qd_slice_is(at.key, "queries")) {
            found = true;
            struct qd_query *one;
            if (qd_json_is_object(at.value)) {
                QD_TRY(qd_query_parse_inner(parser, at.value, &one, error));
                *QD_PUSH(parser->arena, &self->queries) = one;
                continue;
            }
            struct qd_json_iterator element = qd_json_iterate(at.value);
            if (qd_json_size(at.value) == 0)
                return qd_query_error_end(parser, at.value, error,
                                          "[_na] query malformed, must start with start_object");
            while (qd_json_next(&element)) {
                /* The reference stands on the bracket and reads the first element by itself. */
                if (self->queries.count == 0 && !qd_json_is_object(element.value))
                    return qd_query_error_at(parser, element.value, error,
                                             "[_na] query malformed, must start with start_object");
                QD_TRY(qd_query_parse_inner(parser, element.value, &one, error));
                *QD_PUSH(parser->arena, &self->queries) = one;
            }
            continue;
        }
        bool taken = true;
        if (!container && qd_slice_is(at.key, "tie_breaker"))
            QD_TRY(qd_query_float(parser, at.value, &self->tie_breaker, error));
        else if (container) taken = false;
        else QD_TRY(qd_query_parse_common(parser, &self->query, at.key, at.value, &taken, error));
        if (!taken)
            return qd_query_error_at(parser, at.value, error, "[dis_max] query does not support [%.*s]",
                                     QD_SLICE_ARG(at.key));
    }
    if (!found)
        return qd_query_error_end(parser, body, error,
                                 "[dis_max] requires 'queries' field with at least one clause");
    *query = &self->query;
    return QD_OK;
}

static enum qd_status dis_max_rewrite(const struct qd_query *query, struct qd_query_context *context,
                                      const struct qd_query **result, struct qd_error *error)
{
    const struct dis_max_query *self = (const struct dis_max_query *)query;
    struct dis_max_query *copy = QD_QUERY_NEW(context->arena, struct dis_max_query, &qd_query_kind_dis_max);
    copy->query = self->query;
    copy->tie_breaker = self->tie_breaker;
    bool changed = false;
    for (size_t i = 0; i < self->queries.count; i++) {
        const struct qd_query *one;
        QD_TRY(qd_query_rewrite(self->queries.data[i], context, &one, error));
        changed |= one != self->queries.data[i];
        *QD_PUSH(context->arena, &copy->queries) = one;
    }
    if (changed) *result = &copy->query;
    return QD_OK;
}

static enum qd_status dis_max_build(const struct qd_query *query, struct qd_query_context *context,
                                    struct qd_node **node, struct qd_error *error)
{
    const struct dis_max_query *self = (const struct dis_max_query *)query;
    struct qd_node **subs = QD_NEW_ARRAY(context->arena, struct qd_node *, self->queries.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < self->queries.count; i++) {
        QD_TRY(qd_query_build(self->queries.data[i], context, &subs[count], error));
        if (subs[count] != NULL) count++;
    }
    if (count > 0) QD_TRY(qd_query_check_tie_breaker(self->tie_breaker, error));
    *node = count == 0 ? qd_node_none(context->arena, "no clauses for dismax query.")
                       : qd_node_dis_max(context->arena, subs, count, self->tie_breaker);
    return QD_OK;
}

const struct qd_query_kind qd_query_kind_dis_max = { .name = "dis_max",
                                                     .parse = dis_max_parse,
                                                     .rewrite = dis_max_rewrite,
                                                     .build = dis_max_build };

/* ---- wrapper ---- */
struct wrapper_query {
    struct qd_query query;
    const struct qd_query *inner;
};

static enum qd_status wrapper_parse(struct qd_query_parser *parser, const struct qd_json *body,
                                    struct qd_query **query, struct qd_error *error)
{
    struct wrapper_query *self = QD_QUERY_NEW(parser->arena, struct wrapper_query, &qd_query_kind_wrapper);
    struct qd_json_iterator at = qd_json_iterate(body);
    if (!qd_json_next(&at)) return qd_query_error_end(parser, body, error, "[wrapper] query malformed");
    if (!qd_slice_is(at.key, "query"))
        return qd_query_error_at(parser, at.name, error,
                                 "[wrapper] query malformed, expected `query` but was %.*s",
                                 QD_SLICE_ARG(at.key));
    struct qd_slice text;
    if (!qd_base64_decode(parser->arena, qd_json_text(at.value), &text))
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Illegal base64 character");
    if (text.size == 0)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "query source text cannot be null or empty");
    struct qd_json_document *document = QD_NEW(parser->arena, struct qd_json_document);
    QD_TRY(qd_json_parse(parser->arena, text, document, error));
    struct qd_query_parser inner = { .document = document, .arena = parser->arena, .depth = parser->depth };
    struct qd_query *parsed;
    QD_TRY(qd_query_parse_inner(&inner, document->root, &parsed, error));
    self->inner = parsed;
    *query = &self->query;
    return QD_OK;
}

static enum qd_status wrapper_rewrite(const struct qd_query *query, struct qd_query_context *context,
                                      const struct qd_query **result, struct qd_error *error)
{
    const struct wrapper_query *self = (const struct wrapper_query *)query;
    return qd_query_rewrite(self->inner, context, result, error);
}

static enum qd_status wrapper_build(const struct qd_query *query, struct qd_query_context *context,
                                    struct qd_node **node, struct qd_error *error)
{
    return qd_query_build(((const struct wrapper_query *)query)->inner, context, node, error);
}

const struct qd_query_kind qd_query_kind_wrapper = { .name = "wrapper",
                                                     .parse = wrapper_parse,
                                                     .rewrite = wrapper_rewrite,
                                                     .build = wrapper_build };
