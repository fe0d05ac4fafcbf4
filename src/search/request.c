/* Parsing of search bodies: one row per key. Source: OpenSearch 3.8.0 SearchSourceBuilder.parseXContent. */
#include "base/units.h"
#include "search/highlight.h"
#include "search/request_parts.h"
#include "search/sort.h"

/* ---- queries ---- */
static enum qd_status parse_query(struct qd_object_parser *parser, const struct qd_json *value,
                                  struct qd_search_request *request, struct qd_error *error)
{
    struct qd_query *query;
    QD_TRY(qd_query_parse(parser->document, value, parser->arena, &query, error));
    request->query = query;
    return QD_OK;
}

static enum qd_status parse_post_filter(struct qd_object_parser *parser, const struct qd_json *value,
                                        struct qd_search_request *request, struct qd_error *error)
{
    struct qd_query *query;
    QD_TRY(qd_query_parse(parser->document, value, parser->arena, &query, error));
    request->post_filter = query;
    return QD_OK;
}

/* ---- numbers ---- */
static enum qd_status parse_from(struct qd_object_parser *parser, const struct qd_json *value,
                                 struct qd_search_request *request, struct qd_error *error)
{
    QD_TRY(qd_object_int(parser, value, &request->from, error));
    if (request->from >= 0) {
        return QD_OK;
    }
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "[from] parameter cannot be negative, found [%lld]",
                        (long long)request->from);
}

static enum qd_status parse_size(struct qd_object_parser *parser, const struct qd_json *value,
                                 struct qd_search_request *request, struct qd_error *error)
{
    QD_TRY(qd_object_int(parser, value, &request->size, error));
    if (request->size >= 0) {
        return QD_OK;
    }
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "[size] parameter cannot be negative, found [%lld]",
                        (long long)request->size);
}

static enum qd_status parse_timeout(struct qd_object_parser *parser, const struct qd_json *value,
                                    struct qd_search_request *request, struct qd_error *error)
{
    (void)parser;
    request->timeout_given = true;
    return qd_time_parse_millis(qd_json_text(value), "timeout", &request->timeout_ms, error);
}

static enum qd_status parse_terminate_after(struct qd_object_parser *parser, const struct qd_json *value,
                                            struct qd_search_request *request, struct qd_error *error)
{
    return qd_object_int(parser, value, &request->terminate_after, error);
}

static enum qd_status parse_min_score(struct qd_object_parser *parser, const struct qd_json *value,
                                      struct qd_search_request *request, struct qd_error *error)
{
    request->has_min_score = true;
    return qd_object_float(parser, value, &request->min_score, error);
}

static enum qd_status parse_track_total_hits(struct qd_object_parser *parser, const struct qd_json *value,
                                             struct qd_search_request *request, struct qd_error *error)
{
    struct qd_slice text = qd_json_text(value);
    request->track_total_hits_given = true;
    if (qd_slice_is(text, "true") || qd_slice_is(text, "false")) {
        request->track_total_hits = qd_slice_is(text, "true") ? QD_TRACK_TOTAL_HITS_ACCURATE
                                                              : QD_TRACK_TOTAL_HITS_DISABLED;
        return QD_OK;
    }
    QD_TRY(qd_object_int(parser, value, &request->track_total_hits, error));
    if (request->track_total_hits == INT32_MAX) {
        request->track_total_hits = QD_TRACK_TOTAL_HITS_ACCURATE;
    }
    if (request->track_total_hits >= QD_TRACK_TOTAL_HITS_DISABLED) {
        return QD_OK;
    }
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "value must be >= 0, got %lld",
                        (long long)request->track_total_hits);
}

/* ---- switches ---- */
static enum qd_status parse_track_scores(struct qd_object_parser *parser, const struct qd_json *value,
                                         struct qd_search_request *request, struct qd_error *error)
{
    return qd_object_boolean(parser, value, &request->track_scores, error);
}

static enum qd_status parse_explain(struct qd_object_parser *parser, const struct qd_json *value,
                                    struct qd_search_request *request, struct qd_error *error)
{
    return qd_object_boolean(parser, value, &request->explain, error);
}

static enum qd_status parse_version(struct qd_object_parser *parser, const struct qd_json *value,
                                    struct qd_search_request *request, struct qd_error *error)
{
    return qd_object_boolean(parser, value, &request->version, error);
}

static enum qd_status parse_seq_no(struct qd_object_parser *parser, const struct qd_json *value,
                                   struct qd_search_request *request, struct qd_error *error)
{
    return qd_object_boolean(parser, value, &request->seq_no_primary_term, error);
}

static enum qd_status parse_named_score(struct qd_object_parser *parser, const struct qd_json *value,
                                        struct qd_search_request *request, struct qd_error *error)
{
    return qd_object_boolean(parser, value, &request->include_named_queries_score, error);
}

/* ---- the rest ---- */
static enum qd_status parse_sort(struct qd_object_parser *parser, const struct qd_json *value,
                                 struct qd_search_request *request, struct qd_error *error)
{
    return qd_sort_parse(parser->document, value, parser->arena, request, error);
}

static enum qd_status parse_aggregations(struct qd_object_parser *parser, const struct qd_json *value,
                                         struct qd_search_request *request, struct qd_error *error)
{
    (void)parser, (void)error;
    if (qd_json_size(value) > 0) request->aggregations = value;
    return QD_OK;
}

static enum qd_status parse_highlight(struct qd_object_parser *parser, const struct qd_json *value,
                                      struct qd_search_request *request, struct qd_error *error)
{
    request->highlight = value;
    return qd_highlight_check(parser->document, value, parser->arena, error);
}

#define SCALAR (QD_TOKEN_STRING | QD_TOKEN_NUMBER | QD_TOKEN_BOOLEAN)
#define OBJECT QD_TOKEN_OBJECT
#define ARRAY QD_TOKEN_ARRAY

static const struct body_key {
    const char *name;
    unsigned tokens; /* others are unknown keys */
    qd_request_part *parse;
} body_keys[] = {
    { "query", OBJECT, parse_query },
    { "post_filter", OBJECT, parse_post_filter },
    { "from", SCALAR, parse_from },
    { "size", SCALAR, parse_size },
    { "timeout", SCALAR, parse_timeout },
    { "terminate_after", SCALAR, parse_terminate_after },
    { "min_score", SCALAR, parse_min_score },
    { "track_total_hits", SCALAR, parse_track_total_hits },
    { "track_scores", SCALAR, parse_track_scores },
    { "explain", SCALAR, parse_explain },
    { "version", SCALAR, parse_version },
    { "seq_no_primary_term", SCALAR, parse_seq_no },
    { "include_named_queries_score", SCALAR, parse_named_score },
    { "sort", SCALAR | OBJECT | ARRAY, parse_sort },
    { "search_after", ARRAY, qd_request_search_after },
    { "_source", SCALAR | OBJECT | ARRAY, qd_request_source },
    { "stored_fields", SCALAR | ARRAY, qd_request_stored_fields },
    { "docvalue_fields", ARRAY, qd_request_docvalue_fields },
    { "fields", ARRAY, qd_request_fields },
    { "slice", OBJECT, qd_request_slice },
    { "pit", OBJECT, qd_request_pit },
    { "indices_boost", OBJECT | ARRAY, qd_request_indices_boost },
    { "stats", ARRAY, qd_request_stats },
    { "aggs", OBJECT, parse_aggregations },
    { "aggregations", OBJECT, parse_aggregations },
    { "highlight", OBJECT, parse_highlight },
    { "ext", OBJECT, qd_request_ext },
    { "suggest", OBJECT, qd_request_suggest },
    { "rescore", OBJECT | ARRAY, qd_request_rescore },
    { "collapse", OBJECT, qd_request_collapse },
    { "script_fields", OBJECT, qd_request_script_fields },
    { "derived", OBJECT, qd_request_derived },
    { "profile", SCALAR, qd_request_profile },
    { "search_pipeline", SCALAR | OBJECT, qd_request_search_pipeline },
    { "verbose_pipeline", SCALAR, qd_request_verbose_pipeline },
};

static enum qd_status parse_key(struct qd_object_parser *parser, const struct qd_json_iterator *at,
                                struct qd_search_request *request, struct qd_error *error)
{
    for (size_t i = 0; i < sizeof(body_keys) / sizeof(body_keys[0]); i++) {
        if (!qd_slice_is(at->key, body_keys[i].name)) {
            continue;
        }
        if ((body_keys[i].tokens & qd_object_token_bit(at->value)) == 0) {
            break;
        }
        return body_keys[i].parse(parser, at->value, request, error);
    }
    return qd_request_unknown_key(parser, at->value, at->key, error);
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
    if (document == NULL || document->root == NULL) {
        return QD_OK;
    }
    struct qd_object_parser parser = { .document = document, .arena = arena };
    if (!qd_json_is_object(document->root)) {
        qd_object_at(&parser, document->root);
        return qd_object_parsing_error(&parser, error, "Expected [START_OBJECT] but found [%s]",
                                       qd_json_token_name(document->root));
    }
    struct qd_json_iterator at = qd_json_iterate(document->root);
    while (qd_json_next(&at)) {
        QD_TRY(parse_key(&parser, &at, request, error));
    }
    for (size_t i = 0; i < request->sort_count && request->pit == NULL; i++) {
        if (request->sorts[i].kind != QD_SORT_SHARD_DOC) {
            continue;
        }
        return qd_error_set(
            error, QD_ACTION_REQUEST_VALIDATION,
            "Validation Failed: 1: _shard_doc is only supported with point-in-time (PIT). Add a PIT or "
            "remove _shard_doc.;");
    }
    return QD_OK;
}
