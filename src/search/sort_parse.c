/* Parsing of sort keys. Source: OpenSearch SortBuilder.fromXContent, FieldSortBuilder, ScoreSortBuilder. */
#include "base/text.h"
#include "search/request_object.h"
#include "search/sort.h"

QD_VECTOR_TYPE(sort_list, struct qd_sort);

static struct qd_sort named_sort(struct qd_slice name)
{
    struct qd_sort sort = { .kind = QD_SORT_FIELD, .field = name };
    if (qd_slice_is(name, "_score")) {
        sort.kind = QD_SORT_SCORE;
        sort.descending = true;
    } else if (qd_slice_is(name, "_doc")) {
        sort.kind = QD_SORT_DOC;
    } else if (qd_slice_is(name, "_shard_doc")) {
        sort.kind = QD_SORT_SHARD_DOC;
    }
    return sort;
}

/* SortOrder.fromString: a Java enum's valueOf of the upper case. */
static enum qd_status parse_order(struct qd_slice text, struct qd_arena *arena, struct qd_sort *sort,
                                  struct qd_error *error)
{
    bool ascending = qd_equal_ignore_case(text, QD_SLICE("asc"));
    sort->descending = qd_equal_ignore_case(text, QD_SLICE("desc"));
    if (ascending || sort->descending) {
        return QD_OK;
    }
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "No enum constant org.opensearch.search.sort.SortOrder.%.*s",
                        QD_SLICE_ARG(qd_uppercase(arena, text)));
}

static enum qd_status order_member(struct qd_object_parser *parser, const struct qd_json *value, void *target,
                                   struct qd_error *error)
{
    return parse_order(qd_json_text(value), parser->arena, target, error);
}

static enum qd_status mode_member(struct qd_object_parser *parser, const struct qd_json *value, void *target,
                                  struct qd_error *error)
{
    static const char *const names[] = { "", "min", "max", "sum", "avg", "median" };
    struct qd_sort *sort = target;
    struct qd_slice text = qd_json_text(value);
    (void)parser;
    for (int i = QD_SORT_MODE_MIN; i <= QD_SORT_MODE_MEDIAN; i++) {
        if (!qd_equal_ignore_case(text, qd_slice_from_string(names[i]))) {
            continue;
        }
        sort->mode = (enum qd_sort_mode)i;
        return QD_OK;
    }
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Unknown SortMode [%.*s]", QD_SLICE_ARG(text));
}

static enum qd_status missing_member(struct qd_object_parser *parser, const struct qd_json *value,
                                     void *target, struct qd_error *error)
{
    (void)parser, (void)error;
    ((struct qd_sort *)target)->missing = qd_json_is_null(value) ? NULL : value;
    return QD_OK;
}

static enum qd_status unmapped_member(struct qd_object_parser *parser, const struct qd_json *value,
                                      void *target, struct qd_error *error)
{
    (void)parser, (void)error;
    ((struct qd_sort *)target)->unmapped_type = qd_json_text(value);
    return QD_OK;
}

static enum qd_status numeric_member(struct qd_object_parser *parser, const struct qd_json *value,
                                     void *target, struct qd_error *error)
{
    struct qd_slice text = qd_json_text(value);
    struct qd_slice lower = qd_lowercase(parser->arena, text);
    if (!qd_slice_is(lower, "long") && !qd_slice_is(lower, "double") && !qd_slice_is(lower, "date") &&
        !qd_slice_is(lower, "date_nanos")) {
        return qd_error_set(
            error, QD_ILLEGAL_ARGUMENT,
            "invalid value for [numeric_type], must be [long, double, date, date_nanos], got %.*s",
            QD_SLICE_ARG(lower));
    }
    ((struct qd_sort *)target)->numeric_type = lower;
    return QD_OK;
}

static enum qd_status path_member(struct qd_object_parser *parser, const struct qd_json *value, void *target,
                                  struct qd_error *error)
{
    (void)parser, (void)error;
    ((struct qd_sort *)target)->nested_path = qd_json_text(value);
    return QD_OK;
}

/* A filter of nested objects is a query; no mapping has nested objects yet, so that it is only read. */
static enum qd_status filter_member(struct qd_object_parser *parser, const struct qd_json *value,
                                    void *target, struct qd_error *error)
{
    struct qd_query *query;
    (void)target;
    enum qd_status status = qd_query_parse_member(parser, value, &query, error);
    if (status == QD_OK || error == NULL || error->arena == NULL) return status;
    status = qd_error_wrap(error, QD_PARSING, "Expected nested_filter element.");
    qd_error_add_number(error, "line", parser->line);
    qd_error_add_number(error, "col", parser->column);
    return status;
}

/* {} asks for nothing. */
static enum qd_status nested_member(struct qd_object_parser *parser, const struct qd_json *value,
                                    void *target, struct qd_error *error)
{
    struct qd_json_iterator at = qd_json_iterate(value);
    while (qd_json_next(&at)) {
        if (qd_slice_is(at.key, "path")) {
            QD_TRY(path_member(parser, at.value, target, error));
        } else if (qd_slice_is(at.key, "filter")) {
            QD_TRY(filter_member(parser, at.value, target, error));
        } else if (!qd_slice_is(at.key, "max_children")) {
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                                "[nested] is not supported by this version of Quidditch");
        }
    }
    return QD_OK;
}

static const struct qd_object_member field_members[] = {
    { "missing", QD_TOKENS_SCALAR, missing_member },
    { "nested_path", QD_TOKEN_STRING, path_member },
    { "unmapped_type", QD_TOKEN_STRING, unmapped_member },
    { "order", QD_TOKEN_STRING, order_member },
    { "mode", QD_TOKEN_STRING, mode_member },
    { "nested_filter", QD_TOKEN_OBJECT, filter_member },
    { "nested", QD_TOKEN_OBJECT, nested_member },
    { "numeric_type", QD_TOKEN_STRING, numeric_member },
};
static const struct qd_object_spec field_spec = { "field_sort", field_members,
                                                  sizeof(field_members) / sizeof(field_members[0]) };
static const struct qd_object_member order_members[] = { { "order", QD_TOKEN_STRING, order_member } };
static const struct qd_object_spec score_spec = { "_score", order_members, 1 };
static const struct qd_object_spec shard_doc_spec = { "_shard_doc", order_members, 1 };

static enum qd_status parse_keyed(struct qd_object_parser *parser, const struct qd_json_iterator *at,
                                  struct qd_sort *sort, struct qd_error *error)
{
    *sort = named_sort(at->key);
    if (qd_json_is_string(at->value)) {
        QD_TRY(parse_order(qd_json_text(at->value), parser->arena, sort, error));
    }
    if (qd_slice_is(at->key, "_geo_distance") || qd_slice_is(at->key, "_script")) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "sort by [%.*s] is not supported by this version of Quidditch",
                            QD_SLICE_ARG(at->key));
    }
    if (qd_json_is_string(at->value)) {
        return QD_OK;
    }
    const struct qd_object_spec *spec = sort->kind == QD_SORT_SCORE       ? &score_spec
                                        : sort->kind == QD_SORT_SHARD_DOC ? &shard_doc_spec
                                                                          : &field_spec;
    return qd_object_parse(parser, spec, at->value, sort, error);
}

static enum qd_status parse_one(struct qd_object_parser *parser, const struct qd_json *json,
                                struct sort_list *list, struct qd_error *error)
{
    if (qd_json_is_string(json)) {
        *QD_PUSH(parser->arena, list) = named_sort(qd_json_text(json));
        return QD_OK;
    }
    if (!qd_json_is_object(json)) {
        return qd_error_set(
            error, QD_ILLEGAL_ARGUMENT,
            "malformed sort format, within the sort array, an object, or an actual string are allowed");
    }
    struct qd_json_iterator at = qd_json_iterate(json);
    while (qd_json_next(&at)) {
        struct qd_sort sort;
        QD_TRY(parse_keyed(parser, &at, &sort, error));
        *QD_PUSH(parser->arena, list) = sort;
    }
    return QD_OK;
}

/* Descending score alone is the order without any sort. */
static void keep(struct qd_search_request *request, const struct sort_list *list)
{
    bool plain = list->count == 1 && list->data[0].kind == QD_SORT_SCORE && list->data[0].descending;
    request->sorts = list->data;
    request->sort_count = plain ? 0 : list->count;
}

enum qd_status qd_sort_parse(const struct qd_json_document *document, const struct qd_json *json,
                             struct qd_arena *arena, struct qd_search_request *request,
                             struct qd_error *error)
{
    struct qd_object_parser parser = { .document = document, .arena = arena };
    struct sort_list list = { 0 };
    if (qd_json_is_array(json)) {
        struct qd_json_iterator at = qd_json_iterate(json);
        while (qd_json_next(&at)) {
            QD_TRY(parse_one(&parser, at.value, &list, error));
        }
    } else if (qd_json_is_object(json)) {
        QD_TRY(parse_one(&parser, json, &list, error));
    } else {
        *QD_PUSH(arena, &list) = named_sort(qd_json_text(json));
    }
    keep(request, &list);
    return QD_OK;
}
