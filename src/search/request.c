/* The search body. Source: OpenSearch SearchSourceBuilder. */
#include <stdlib.h>

#include "base/text.h"
#include "base/units.h"
#include "search/search.h"
#include "search/sort.h"

/* What parsing works with. */
struct request_parser {
    const struct qd_json_document *document;
    struct qd_arena *arena;
    struct qd_search_request *request;
};

typedef enum qd_status parse_member(struct request_parser *parser, const struct qd_json *value, struct qd_error *error);

static enum qd_status error_at(struct request_parser *parser, const struct qd_json *at, struct qd_error *error,
                               const char *before, struct qd_slice name, const char *after)
{
    int64_t line;
    int64_t column;
    (void)qd_error_set(error, QD_PARSING, "%s%.*s%s", before, QD_SLICE_ARG(name), after);
    qd_json_position(parser->document, at, &line, &column);
    qd_error_add_number(error, "line", line);
    qd_error_add_number(error, "col", column);
    return QD_PARSING;
}

/* "START_OBJECT", "VALUE_STRING", ...: the first token of a value. */
static const char *token_name(const struct qd_json *value)
{
    switch (qd_json_type_of(value)) {
    case QD_JSON_OBJECT: return "START_OBJECT";
    case QD_JSON_ARRAY: return "START_ARRAY";
    case QD_JSON_STRING: return "VALUE_STRING";
    case QD_JSON_NUMBER: return "VALUE_NUMBER";
    case QD_JSON_BOOLEAN: return "VALUE_BOOLEAN";
    case QD_JSON_NULL: return "VALUE_NULL";
    case QD_JSON_MISSING: break;
    }
    return "END_OBJECT";
}

static enum qd_status unknown_key(struct request_parser *parser, const struct qd_json_iterator *at,
                                  struct qd_error *error)
{
    struct qd_slice tail = qd_arena_format(parser->arena, "] for a %s in [", token_name(at->value));
    struct qd_slice text = qd_arena_format(parser->arena, "%.*s%.*s%.*s", QD_SLICE_ARG(at->key), QD_SLICE_ARG(tail),
                                           QD_SLICE_ARG(at->key));
    return error_at(parser, at->value, error, "Unknown key [", text, "].");
}

static enum qd_status whole(const struct qd_json *value, int64_t *result, struct qd_error *error)
{
    double real;
    if (qd_json_int64(value, result)) return QD_OK;
    if (qd_json_is_number(value) && qd_json_double(value, &real)) {
        *result = (int64_t)real;
        return QD_OK;
    }
    return qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(qd_json_text(value)));
}

static enum qd_status truth(const struct qd_json *value, bool *result, struct qd_error *error)
{
    if (qd_json_is_boolean(value)) {
        *result = qd_json_boolean(value);
        return QD_OK;
    }
    return qd_boolean_parse(qd_json_text(value), result, error);
}

static enum qd_status parse_query(struct request_parser *parser, const struct qd_json *value, struct qd_error *error)
{
    struct qd_query *query;
    QD_TRY(qd_query_parse(parser->document, value, parser->arena, &query, error));
    parser->request->query = query;
    return QD_OK;
}

static enum qd_status parse_post_filter(struct request_parser *parser, const struct qd_json *value,
                                        struct qd_error *error)
{
    struct qd_query *query;
    QD_TRY(qd_query_parse(parser->document, value, parser->arena, &query, error));
    parser->request->post_filter = query;
    return QD_OK;
}

static enum qd_status parse_from(struct request_parser *parser, const struct qd_json *value, struct qd_error *error)
{
    QD_TRY(whole(value, &parser->request->from, error));
    if (parser->request->from >= 0) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "[from] parameter cannot be negative, found [%lld]",
                        (long long)parser->request->from);
}

static enum qd_status parse_size(struct request_parser *parser, const struct qd_json *value, struct qd_error *error)
{
    QD_TRY(whole(value, &parser->request->size, error));
    if (parser->request->size >= 0) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "[size] parameter cannot be negative, found [%lld]",
                        (long long)parser->request->size);
}

static enum qd_status parse_timeout(struct request_parser *parser, const struct qd_json *value, struct qd_error *error)
{
    return qd_time_parse_millis(qd_json_text(value), "timeout", &parser->request->timeout_ms, error);
}

static enum qd_status parse_terminate_after(struct request_parser *parser, const struct qd_json *value,
                                            struct qd_error *error)
{
    QD_TRY(whole(value, &parser->request->terminate_after, error));
    if (parser->request->terminate_after >= 0) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "terminateAfter must be > 0");
}

static enum qd_status parse_min_score(struct request_parser *parser, const struct qd_json *value,
                                      struct qd_error *error)
{
    double score;
    if (!qd_json_double(value, &score))
        return qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(qd_json_text(value)));
    parser->request->has_min_score = true;
    parser->request->min_score = (float)score;
    return QD_OK;
}

static enum qd_status parse_track_total_hits(struct request_parser *parser, const struct qd_json *value,
                                             struct qd_error *error)
{
    struct qd_slice text = qd_json_text(value);
    parser->request->track_total_hits_given = true;
    if (qd_slice_is(text, "true")) parser->request->track_total_hits = QD_TRACK_TOTAL_HITS_ACCURATE;
    else if (qd_slice_is(text, "false")) parser->request->track_total_hits = QD_TRACK_TOTAL_HITS_DISABLED;
    else QD_TRY(whole(value, &parser->request->track_total_hits, error));
    return QD_OK;
}

static enum qd_status parse_track_scores(struct request_parser *parser, const struct qd_json *value,
                                         struct qd_error *error)
{
    return truth(value, &parser->request->track_scores, error);
}

static enum qd_status parse_explain(struct request_parser *parser, const struct qd_json *value, struct qd_error *error)
{
    return truth(value, &parser->request->explain, error);
}

static enum qd_status parse_version(struct request_parser *parser, const struct qd_json *value, struct qd_error *error)
{
    return truth(value, &parser->request->version, error);
}

static enum qd_status parse_seq_no(struct request_parser *parser, const struct qd_json *value, struct qd_error *error)
{
    return truth(value, &parser->request->seq_no_primary_term, error);
}

static enum qd_status parse_named_score(struct request_parser *parser, const struct qd_json *value,
                                        struct qd_error *error)
{
    return truth(value, &parser->request->include_named_queries_score, error);
}

static enum qd_status parse_sort(struct request_parser *parser, const struct qd_json *value, struct qd_error *error)
{
    return qd_sort_parse(parser->document, value, parser->arena, parser->request, error);
}

static enum qd_status parse_search_after(struct request_parser *parser, const struct qd_json *value,
                                         struct qd_error *error)
{
    if (!qd_json_is_array(value))
        return qd_error_set(error, QD_PARSING, "Expected [START_ARRAY] in search_after");
    parser->request->search_after = value;
    return QD_OK;
}

static enum qd_status strings(struct request_parser *parser, const struct qd_json *value,
                              const struct qd_slice **result, size_t *count, struct qd_error *error)
{
    struct qd_slice *list = QD_NEW_ARRAY(parser->arena, struct qd_slice, qd_json_size(value) + 1);
    *result = list;
    *count = 0;
    if (!qd_json_is_array(value)) {
        list[(*count)++] = qd_json_text(value);
        return QD_OK;
    }
    struct qd_json_iterator at = qd_json_iterate(value);
    while (qd_json_next(&at)) {
        if (!qd_json_is_string(at.value))
            return qd_error_set(error, QD_PARSING, "Unknown key for a %s", token_name(at.value));
        list[(*count)++] = qd_json_text(at.value);
    }
    return QD_OK;
}

static enum qd_status parse_source_object(struct request_parser *parser, const struct qd_json *value,
                                          struct qd_source_filter *filter, struct qd_error *error)
{
    struct qd_json_iterator at = qd_json_iterate(value);
    while (qd_json_next(&at)) {
        if (qd_slice_is(at.key, "includes") || qd_slice_is(at.key, "include"))
            QD_TRY(strings(parser, at.value, &filter->includes, &filter->include_count, error));
        else if (qd_slice_is(at.key, "excludes") || qd_slice_is(at.key, "exclude"))
            QD_TRY(strings(parser, at.value, &filter->excludes, &filter->exclude_count, error));
        else
            return unknown_key(parser, &at, error);
    }
    return QD_OK;
}

static enum qd_status parse_source(struct request_parser *parser, const struct qd_json *value, struct qd_error *error)
{
    struct qd_source_filter *filter = &parser->request->source;
    filter->given = true;
    filter->fetch = true;
    if (qd_json_is_boolean(value)) filter->fetch = qd_json_boolean(value);
    else if (qd_json_is_object(value)) return parse_source_object(parser, value, filter, error);
    else return strings(parser, value, &filter->includes, &filter->include_count, error);
    return QD_OK;
}

static enum qd_status parse_stored_fields(struct request_parser *parser, const struct qd_json *value,
                                          struct qd_error *error)
{
    parser->request->stored_fields_given = true;
    return strings(parser, value, &parser->request->stored_fields, &parser->request->stored_field_count, error);
}

static enum qd_status fields_and_formats(struct request_parser *parser, const struct qd_json *value,
                                         const struct qd_field_and_format **result, size_t *count,
                                         struct qd_error *error)
{
    struct qd_field_and_format *list =
        QD_NEW_ARRAY(parser->arena, struct qd_field_and_format, qd_json_size(value) + 1);
    *result = list;
    *count = 0;
    struct qd_json_iterator at = qd_json_iterate(value);
    while (qd_json_next(&at)) {
        struct qd_field_and_format *one = &list[(*count)++];
        one->field = qd_json_text(at.value);
        if (!qd_json_is_object(at.value)) continue;
        one->field = qd_json_text(qd_json_get(at.value, "field"));
        const struct qd_json *format = qd_json_get(at.value, "format");
        if (format != NULL) one->format = qd_json_text(format);
        const struct qd_json *unmapped = qd_json_get(at.value, "include_unmapped");
        if (unmapped != NULL) QD_TRY(truth(unmapped, &one->include_unmapped, error));
    }
    return QD_OK;
}

static enum qd_status parse_docvalue_fields(struct request_parser *parser, const struct qd_json *value,
                                            struct qd_error *error)
{
    return fields_and_formats(parser, value, &parser->request->docvalue_fields, &parser->request->docvalue_field_count,
                              error);
}

static enum qd_status parse_fields(struct request_parser *parser, const struct qd_json *value, struct qd_error *error)
{
    return fields_and_formats(parser, value, &parser->request->fields, &parser->request->field_count, error);
}

static enum qd_status parse_slice(struct request_parser *parser, const struct qd_json *value, struct qd_error *error)
{
    parser->request->has_slice = true;
    struct qd_json_iterator at = qd_json_iterate(value);
    while (qd_json_next(&at)) {
        if (qd_slice_is(at.key, "id")) QD_TRY(whole(at.value, &parser->request->slice_id, error));
        else if (qd_slice_is(at.key, "max")) QD_TRY(whole(at.value, &parser->request->slice_max, error));
        else if (qd_slice_is(at.key, "field")) parser->request->slice_field = qd_json_text(at.value);
    }
    return QD_OK;
}

/* Members that are kept as they are. */
static enum qd_status keep_json(struct qd_search_request *request, struct qd_slice key, const struct qd_json *value,
                                bool *kept)
{
    *kept = true;
    if (qd_slice_is(key, "aggs") || qd_slice_is(key, "aggregations")) request->aggregations = value;
    else if (qd_slice_is(key, "highlight")) request->highlight = value;
    else if (qd_slice_is(key, "indices_boost")) request->indices_boost = value;
    else if (qd_slice_is(key, "pit")) request->pit = value;
    else if (qd_slice_is(key, "stats")) request->stats = value;
    else if (qd_slice_is(key, "suggest")) request->suggest = value;
    else *kept = false;
    return QD_OK;
}

static const struct {
    const char *name;
    parse_member *parse;
} members[] = {
    { "query", parse_query },
    { "post_filter", parse_post_filter },
    { "from", parse_from },
    { "size", parse_size },
    { "timeout", parse_timeout },
    { "terminate_after", parse_terminate_after },
    { "min_score", parse_min_score },
    { "track_total_hits", parse_track_total_hits },
    { "track_scores", parse_track_scores },
    { "explain", parse_explain },
    { "version", parse_version },
    { "seq_no_primary_term", parse_seq_no },
    { "include_named_queries_score", parse_named_score },
    { "sort", parse_sort },
    { "search_after", parse_search_after },
    { "_source", parse_source },
    { "stored_fields", parse_stored_fields },
    { "docvalue_fields", parse_docvalue_fields },
    { "fields", parse_fields },
    { "slice", parse_slice },
};

static enum qd_status parse_body_member(struct request_parser *parser, const struct qd_json_iterator *at,
                                        struct qd_error *error)
{
    bool kept;
    QD_TRY(keep_json(parser->request, at->key, at->value, &kept));
    if (kept) return QD_OK;
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        if (qd_slice_is(at->key, members[i].name)) return members[i].parse(parser, at->value, error);
    }
    return unknown_key(parser, at, error);
}

enum qd_status qd_search_request_parse(const struct qd_json_document *document, struct qd_arena *arena,
                                       struct qd_search_request *request, struct qd_error *error)
{
    *request = (struct qd_search_request){ .document = document,
                                           .from = -1,
                                           .size = -1,
                                           .timeout_ms = -1,
                                           .track_total_hits = QD_TRACK_TOTAL_HITS_DEFAULT,
                                           .slice_field = QD_SLICE("_id") };
    request->source.fetch = true;
    if (document == NULL || document->root == NULL) return QD_OK;
    struct request_parser parser = { document, arena, request };
    if (!qd_json_is_object(document->root))
        return error_at(&parser, document->root, error, "Expected [START_OBJECT] but found [",
                        qd_slice_from_string(token_name(document->root)), "]");
    struct qd_json_iterator at = qd_json_iterate(document->root);
    while (qd_json_next(&at)) QD_TRY(parse_body_member(&parser, &at, error));
    return QD_OK;
}
