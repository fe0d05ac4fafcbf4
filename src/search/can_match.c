#include "search/can_match.h"

#include "codec/points.h"
#include "search/query_tree.h"
#include "search/sort.h"

/* The value of a key that comes last on a shard. */
struct last_value {
    bool known;                 /* some document has one */
    struct qd_sort_value value;
};

static void keep_last(struct last_value *last, const struct qd_sort *sort, const struct qd_sort_value *value)
{
    if (last->known && qd_sort_compare(sort, value, &last->value) <= 0) return;
    last->known = true;
    last->value = *value;
}

static int64_t number_of(const uint8_t *bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++) value = value << 8 | bytes[i];
    return (int64_t)(value ^ (UINT64_C(1) << 63));
}

static struct qd_sort_value number_value(const struct qd_sort_key *key, int64_t number)
{
    bool real = key->type == QD_SORT_TYPE_FLOAT || key->type == QD_SORT_TYPE_DOUBLE;
    if (!real) return (struct qd_sort_value){ .kind = QD_SORT_VALUE_LONG, .number = number };
    double value = qd_value_double(key->field, number);
    return (struct qd_sort_value){ .kind = QD_SORT_VALUE_DOUBLE, .real = value };
}

static enum qd_status last_number(const struct qd_sort_key *key, struct qd_segment *segment,
                                  struct last_value *last, struct qd_error *error)
{
    struct qd_points *points;
    QD_TRY(qd_segment_points(segment, key->field->name, &points, error));
    if (points == NULL || qd_points_count(points) == 0) return QD_OK;
    const uint8_t *bytes = key->sort.descending ? qd_points_min(points) : qd_points_max(points);
    struct qd_sort_value value = number_value(key, number_of(bytes));
    keep_last(last, &key->sort, &value);
    return QD_OK;
}

static enum qd_status last_word(const struct qd_sort_key *key, struct qd_segment *segment,
                                struct qd_arena *arena, struct last_value *last, struct qd_error *error)
{
    struct qd_ordinal_column *column;
    QD_TRY(qd_segment_ordinals(segment, key->field->name, &column, error));
    uint32_t count = column == NULL ? 0 : qd_ordinal_term_count(column);
    if (count == 0) return QD_OK;
    struct qd_slice term = qd_ordinal_term(column, key->sort.descending ? 0 : count - 1, arena);
    struct qd_sort_value value = { .kind = QD_SORT_VALUE_BYTES, .bytes = term };
    keep_last(last, &key->sort, &value);
    return QD_OK;
}

/* Keys whose values the index itself knows the ends of. */
static bool has_ends(const struct qd_sort_key *key)
{
    if (key->sort.kind != QD_SORT_FIELD || key->field == NULL || !key->field->indexed) return false;
    if (key->scale != QD_SORT_SCALE_NONE || key->sort.numeric_type.data != NULL) return false;
    switch ((int)key->field->type) {
    case QD_FIELD_BYTE:
    case QD_FIELD_SHORT:
    case QD_FIELD_INTEGER:
    case QD_FIELD_LONG:
    case QD_FIELD_FLOAT:
    case QD_FIELD_DOUBLE:
    case QD_FIELD_DATE:
    case QD_FIELD_DATE_NANOS: return key->field->point_bytes == 8;
    case QD_FIELD_KEYWORD: return key->field->column == QD_COLUMN_ORDINALS;
    default: return false;
    }
}

/* Documents without a value must not get lost: the request may not say where they go. Those that come before
 * are counted where somebody counts. */
static bool after_decides(const struct qd_search_request *request)
{
    return request->search_after != NULL && request->sort_count > 0 && request->sorts[0].missing == NULL &&
           request->track_total_hits == QD_TRACK_TOTAL_HITS_DISABLED;
}

static enum qd_status all_before(const struct qd_shard_view *view, const struct qd_sort_key *key,
                                 const struct qd_sort_value *after, struct qd_arena *arena, bool *before,
                                 struct qd_error *error)
{
    struct last_value last = { .known = false };
    *before = false;
    if (!has_ends(key) || after->kind == QD_SORT_VALUE_MISSING) return QD_OK;
    for (uint32_t i = 0; i < view->snapshot->segment_count; i++) {
        struct qd_segment *segment = view->snapshot->segments[i].segment;
        if (key->field->type == QD_FIELD_KEYWORD) QD_TRY(last_word(key, segment, arena, &last, error));
        else QD_TRY(last_number(key, segment, &last, error));
    }
    *before = last.known && qd_sort_compare(&key->sort, &last.value, after) < 0;
    return QD_OK;
}

static enum qd_status query_can_match(const struct qd_shard_view *view, const struct qd_query *query,
                                      struct qd_arena *arena, bool *can, struct qd_error *error)
{
    struct qd_query_context context = { .view = view, .arena = arena };
    const struct qd_query *rewritten;
    enum qd_status status = qd_query_rewrite(query, &context, &rewritten, error);
    if (status != QD_OK) return status;
    *can = rewritten->kind != &qd_query_kind_match_none;
    return QD_OK;
}

enum qd_status qd_search_can_match(const struct qd_shard_view *view, const struct qd_search_request *request,
                                   bool by_query, struct qd_arena *arena, bool *can, struct qd_error *error)
{
    struct qd_sort_plan plan;
    struct qd_sort_value *after;
    bool before;
    *can = true;
    if (by_query && request->query != NULL) {
        QD_TRY(query_can_match(view, request->query, arena, can, error));
    }
    if (request->sort_count == 0) return QD_OK;
    QD_TRY(qd_sort_plan_make(view, request, arena, &plan, error));
    if (!after_decides(request)) return QD_OK;
    QD_TRY(qd_sort_after(view, &plan, request->search_after, arena, &after, error));
    QD_TRY(all_before(view, &plan.keys[0], &after[0], arena, &before, error));
    *can = *can && !before;
    return QD_OK;
}
