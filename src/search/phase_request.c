#include "search/phase_request.h"

#include "base/number.h"
#include "search/query_boosted.h"
#include "search/request_parts.h"

enum qd_status qd_phase_query_of(const struct qd_shard_view *view, const struct qd_search_request *request,
                                 struct qd_arena *arena, const struct qd_query **query,
                                 struct qd_error *error)
{
    *query = request->query == NULL ? qd_query_match_all(arena) : request->query;
    if (request->indices_boost == NULL) {
        return QD_OK;
    }
    float boost = qd_request_index_boost(request, view->index_name);
    if (boost < 0) {
        char text[QD_NUMBER_TEXT_MAX];
        size_t size = qd_float_to_text(boost, text);
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "boost must be a positive float, got %.*s", (int)size,
                            text);
    }
    if (boost != 1) {
        *query = qd_query_boosted(*query, boost, arena);
    }
    return QD_OK;
}

/* SearchException of the reference: HTTP 500 there and here. */
static enum qd_status search_error(struct qd_error *error, const char *reason)
{
    (void)qd_error_set(error, QD_ILLEGAL_STATE, "%s", reason);
    if (error != NULL) {
        error->type_override = "search_exception";
    }
    return QD_ILLEGAL_STATE;
}

static enum qd_status check_window(const struct qd_shard_view *view, const struct qd_search_request *request,
                                   struct qd_error *error)
{
    int64_t last = qd_phase_from(request) + qd_phase_size(request);
    int64_t max = view->limits.max_result_window;
    if (max <= 0 || last <= max) {
        return QD_OK;
    }
    if (request->scroll) {
        return qd_error_set(
            error, QD_ILLEGAL_ARGUMENT,
            "Batch size is too large, size must be less than or equal to: [%lld] but was [%lld]. "
            "Scroll batch sizes cost as much memory as result windows so they are controlled by the "
            "[index.max_result_window] index level setting.",
            (long long)max, (long long)last);
    }
    return qd_error_set(
        error, QD_ILLEGAL_ARGUMENT,
        "Result window is too large, from + size must be less than or equal to: [%lld] but was "
        "[%lld]. See the scroll api for a more efficient way to request large data sets. This limit "
        "can be set by changing the [index.max_result_window] index level setting.",
        (long long)max, (long long)last);
}

enum qd_status qd_phase_check_window(const struct qd_shard_view *view,
                                     const struct qd_search_request *request, struct qd_error *error)
{
    if (qd_phase_nothing_stored(request)) {
        if (request->source.given && request->source.fetch) {
            return search_error(error, "[stored_fields] cannot be disabled if [_source] is requested");
        }
        if (request->field_count > 0) {
            return search_error(error, "[stored_fields] cannot be disabled when using the [fields] option");
        }
    }
    return check_window(view, request, error);
}

enum qd_status qd_phase_check(const struct qd_shard_view *view, const struct qd_search_request *request,
                              struct qd_error *error)
{
    if (view->limits.max_docvalue_fields > 0 &&
        request->docvalue_field_count > (size_t)view->limits.max_docvalue_fields) {
        return qd_error_set(
            error, QD_ILLEGAL_ARGUMENT,
            "Trying to retrieve too many docvalue_fields. Must be less than or equal to: [%lld] but was "
            "[%zu]. This limit can be set by changing the [index.max_docvalue_fields_search] index level "
            "setting.",
            (long long)view->limits.max_docvalue_fields, request->docvalue_field_count);
    }
    if (request->search_after != NULL) {
        if (request->scroll) {
            return search_error(error, "`search_after` cannot be used in a scroll context.");
        }
        if (request->from > 0) {
            return search_error(error, "`from` parameter must be set to 0 when `search_after` is used.");
        }
    }
    return QD_OK;
}
