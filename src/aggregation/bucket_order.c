#include "aggregation/bucket_order.h"

#include <math.h>

#include "base/number.h"
#include "base/text.h"

/* ---- parsing ---- */

static enum qd_status parse_element(struct qd_aggregation_parser *parser, const struct qd_json *json,
                                    struct qd_order *order, struct qd_error *error)
{
    struct qd_json_iterator at = qd_json_iterate(json);
    bool found = false;
    while (qd_json_next(&at)) {
        struct qd_slice direction = qd_json_text(at.value);
        if (!qd_json_is_string(at.value)) {
            return qd_aggregation_error_at(parser, at.value, error, "Unexpected token [%s] for [order]",
                                           qd_json_token_name(at.value));
        }
        *order = (struct qd_order){ .kind = QD_ORDER_PATH, .path = at.key };
        if (qd_equal_ignore_case(direction, QD_SLICE("desc"))) order->descending = true;
        else if (!qd_equal_ignore_case(direction, QD_SLICE("asc"))) {
            return qd_aggregation_error_at(parser, at.value, error, "Unknown order direction [%.*s]",
                                           QD_SLICE_ARG(direction));
        }
        if (qd_slice_is(at.key, "_count")) order->kind = QD_ORDER_COUNT;
        if (qd_slice_is(at.key, "_key") || qd_slice_is(at.key, "_term") || qd_slice_is(at.key, "_time")) {
            order->kind = QD_ORDER_KEY;
        }
        found = true;
    }
    if (found) return QD_OK;
    return qd_aggregation_error_at_end(parser, json, error, "Must specify at least one field for [order]");
}

/* The error where an element of the array should be but something else is: the reference reads on behind it.
 */
static enum qd_status no_element(struct qd_aggregation_parser *parser, const struct qd_json *array,
                                 struct qd_json_iterator at, struct qd_error *error)
{
    if (qd_json_is_array(at.value)) {
        parser->fail = at.value;
        return qd_error_set(error, QD_ILLEGAL_STATE, "expected value but got [START_ARRAY]");
    }
    while (qd_json_next(&at)) {
        struct qd_slice direction = qd_json_text(at.value);
        if (!qd_json_is_string(at.value)) {
            return qd_aggregation_error_at(parser, at.value, error, "Unexpected token [%s] for [order]",
                                           qd_json_token_name(at.value));
        }
        if (qd_equal_ignore_case(direction, QD_SLICE("desc"))) continue;
        if (qd_equal_ignore_case(direction, QD_SLICE("asc"))) continue;
        return qd_aggregation_error_at(parser, at.value, error, "Unknown order direction [%.*s]",
                                       QD_SLICE_ARG(direction));
    }
    return qd_aggregation_error_at_end(parser, array, error, "Unexpected token [END_ARRAY] for [order]");
}

/* Ties are broken by the key, ascending. */
static void add_tie_breaker(struct qd_orders *orders)
{
    if (orders->count > 0 && orders->items[orders->count - 1].kind == QD_ORDER_KEY) return;
    orders->items[orders->count++] = (struct qd_order){ .kind = QD_ORDER_KEY };
}

enum qd_status qd_orders_parse(struct qd_aggregation_parser *parser, const struct qd_json *json,
                               struct qd_orders *orders, struct qd_error *error)
{
    orders->count = 0;
    orders->items = QD_NEW_ARRAY(parser->arena, struct qd_order, qd_json_size(json) + 2);
    if (qd_json_is_object(json)) {
        QD_TRY(parse_element(parser, json, &orders->items[0], error));
        orders->count = 1;
    } else {
        struct qd_json_iterator at = qd_json_iterate(json);
        while (qd_json_next(&at)) {
            if (!qd_json_is_object(at.value)) return no_element(parser, json, at, error);
            QD_TRY(parse_element(parser, at.value, &orders->items[orders->count++], error));
        }
        if (orders->count == 0) {
            (void)qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Index 0 out of bounds for length 0");
            if (error != NULL) error->type_override = "index_out_of_bounds_exception";
            return QD_ILLEGAL_ARGUMENT;
        }
    }
    add_tie_breaker(orders);
    return QD_OK;
}

void qd_orders_single(struct qd_arena *arena, enum qd_order_kind kind, bool descending,
                      struct qd_orders *orders)
{
    orders->items = QD_NEW_ARRAY(arena, struct qd_order, 2);
    orders->items[0] = (struct qd_order){ .kind = kind, .descending = descending };
    orders->count = 1;
    add_tie_breaker(orders);
}

/* ---- paths ---- */

static enum qd_status invalid_path(struct qd_error *error, const struct qd_order *order, const char *why)
{
    (void)qd_error_set(error, QD_ILLEGAL_ARGUMENT, "%s", why);
    if (error == NULL) return QD_EXCEPTION;
    (void)qd_error_wrap(error, QD_EXCEPTION, "Invalid aggregation order path [%.*s]. %s",
                        QD_SLICE_ARG(order->path), why);
    error->type_override = "aggregation_execution_exception";
    return QD_EXCEPTION;
}

static enum qd_status invalid_element(struct qd_error *error, const struct qd_order *order,
                                      struct qd_slice element)
{
    return qd_aggregation_execution_error(error, "Invalid path element [%.*s] in path [%.*s]",
                                          QD_SLICE_ARG(element), QD_SLICE_ARG(order->path));
}

static size_t last_of(struct qd_slice text, char wanted)
{
    for (size_t i = text.size; i > 0; i--) {
        if (text.data[i - 1] == wanted) return i - 1;
    }
    return SIZE_MAX;
}

/* Splits the last part of a path into name and key. */
static enum qd_status split_key(const struct qd_order *order, struct qd_slice element, struct qd_slice *name,
                                struct qd_slice *key, struct qd_error *error)
{
    *name = element;
    *key = qd_slice_make(NULL, 0);
    size_t at = last_of(element, '[');
    if (at != SIZE_MAX) {
        if (at == 0 || at + 3 > element.size || element.data[element.size - 1] != ']') {
            return invalid_element(error, order, element);
        }
        *name = qd_slice_sub(element, 0, at);
        *key = qd_slice_sub(element, at + 1, element.size - at - 2);
        return QD_OK;
    }
    at = last_of(element, '.');
    if (at == SIZE_MAX) return QD_OK;
    if (at == 0 || at + 2 > element.size) return invalid_element(error, order, element);
    *name = qd_slice_sub(element, 0, at);
    *key = qd_slice_from(element, at + 1);
    return QD_OK;
}

static size_t find_child(const struct qd_aggregation *aggregation, struct qd_slice name)
{
    for (size_t i = 0; i < aggregation->children.count; i++) {
        if (qd_slice_equal(aggregation->children.items[i]->name, name)) return i;
    }
    return SIZE_MAX;
}

static const char only_single[] =
    "Buckets can only be sorted on a sub-aggregator path that is built out of zero or more single-bucket "
    "aggregations "
    "within the path and a final single-bucket or a metrics aggregation at the path end.";

static enum qd_status key_within(struct qd_error *error, const struct qd_order *order, struct qd_slice part,
                                 struct qd_arena *arena)
{
    struct qd_slice why = qd_arena_format(
        arena, "Key only allowed on last aggregation path element but got [%.*s]", QD_SLICE_ARG(part));
    return invalid_path(error, order, qd_arena_string(arena, why));
}

static enum qd_status resolve_path(struct qd_order *order, const struct qd_aggregation *aggregation,
                                   struct qd_arena *arena, struct qd_error *error)
{
    uint32_t *steps = QD_NEW_ARRAY(arena, uint32_t, order->path.size + 1);
    struct qd_slice rest = order->path;
    struct qd_slice part;
    const struct qd_aggregation *at = aggregation;
    while (qd_split_next(&rest, '>', &part)) {
        struct qd_slice name = part;
        bool last = rest.data == NULL;
        if (last) QD_TRY(split_key(order, part, &name, &order->key, error));
        else if (last_of(part, '[') != SIZE_MAX) return key_within(error, order, part, arena);
        if (at != aggregation && !at->kind->single_bucket) {
            struct qd_slice why = qd_arena_format(arena, "%s [%.*s] is not single-bucket.", only_single,
                                                  QD_SLICE_ARG(at->name));
            return invalid_path(error, order, qd_arena_string(arena, why));
        }
        size_t child = find_child(at, name);
        if (child == SIZE_MAX) {
            struct qd_slice why = qd_arena_format(
                arena,
                "The provided aggregation [%.*s] either does not exist, or is a "
                "pipeline aggregation and cannot be used to sort the buckets.",
                QD_SLICE_ARG(part));
            return invalid_path(error, order, qd_arena_string(arena, why));
        }
        steps[order->step_count++] = (uint32_t)child;
        at = at->children.items[child];
    }
    order->steps = steps;
    if (at->kind->check_key == NULL) return invalid_path(error, order, only_single);
    const char *why = at->kind->check_key(at, order->key, arena);
    return why == NULL ? QD_OK : invalid_path(error, order, why);
}

enum qd_status qd_orders_resolve(const struct qd_orders *orders, const struct qd_aggregation *aggregation,
                                 struct qd_arena *arena, struct qd_orders *resolved, struct qd_error *error)
{
    resolved->count = orders->count;
    resolved->items = QD_NEW_ARRAY(arena, struct qd_order, orders->count);
    memcpy(resolved->items, orders->items, orders->count * sizeof(struct qd_order));
    for (size_t i = 0; i < resolved->count; i++) {
        if (resolved->items[i].kind != QD_ORDER_PATH) continue;
        QD_TRY(resolve_path(&resolved->items[i], aggregation, arena, error));
    }
    return QD_OK;
}

bool qd_orders_by_key(const struct qd_orders *orders)
{
    return orders->items[0].kind == QD_ORDER_KEY;
}

bool qd_orders_by_count_descending(const struct qd_orders *orders)
{
    return orders->items[0].kind == QD_ORDER_COUNT && orders->items[0].descending;
}

bool qd_orders_have_path(const struct qd_orders *orders)
{
    for (size_t i = 0; i < orders->count; i++) {
        if (orders->items[i].kind == QD_ORDER_PATH) return true;
    }
    return false;
}

/* ---- comparing ---- */

static double path_value(const struct qd_order *order, const struct qd_aggregation_result *children)
{
    for (size_t i = 0; children != NULL; i++) {
        const struct qd_aggregation_result *result = &children[order->steps[i]];
        if (result->data == NULL) break;
        if (i + 1 == order->step_count) return result->aggregation->kind->sort_value(result, order->key);
        /* What lies between is a single bucket: its data is a struct qd_bucket. */
        children = ((const struct qd_bucket *)result->data)->children;
    }
    return (double)NAN;
}

void qd_orders_values(const struct qd_orders *orders, const struct qd_aggregation_result *children,
                      double *values)
{
    for (size_t i = 0; i < orders->count; i++) {
        if (orders->items[i].kind == QD_ORDER_PATH) values[i] = path_value(&orders->items[i], children);
    }
}

/* NaN comes last in either direction. */
static int compare_values(double left, double right, bool descending)
{
    if (isnan(left) || isnan(right)) return isnan(left) - isnan(right);
    int order = left < right ? -1 : left > right;
    return descending ? -order : order;
}

int qd_orders_compare(const struct qd_orders *orders, const struct qd_bucket *left, const double *left_values,
                      const struct qd_bucket *right, const double *right_values,
                      int (*keys)(const struct qd_bucket *left, const struct qd_bucket *right))
{
    for (size_t i = 0; i < orders->count; i++) {
        const struct qd_order *order = &orders->items[i];
        int result = 0;
        if (order->kind == QD_ORDER_COUNT) {
            result = left->doc_count < right->doc_count ? -1 : left->doc_count > right->doc_count;
            if (order->descending) result = -result;
        } else if (order->kind == QD_ORDER_KEY) {
            result = keys(left, right);
            if (order->descending) result = -result;
        } else if (left_values != NULL && right_values != NULL) {
            result = compare_values(left_values[i], right_values[i], order->descending);
        }
        if (result != 0) return result;
    }
    return 0;
}

int qd_bucket_compare_number(const struct qd_bucket *left, const struct qd_bucket *right)
{
    return left->number < right->number ? -1 : left->number > right->number;
}

int qd_bucket_compare_real(const struct qd_bucket *left, const struct qd_bucket *right)
{
    int64_t a = qd_double_to_sortable(left->real);
    int64_t b = qd_double_to_sortable(right->real);
    return a < b ? -1 : a > b;
}

int qd_bucket_compare_bytes(const struct qd_bucket *left, const struct qd_bucket *right)
{
    return qd_slice_compare(left->bytes, right->bytes);
}

/* ---- sorting ---- */

struct sorted {
    uint32_t bucket;
    const double *values;
};

struct sorting {
    const struct qd_orders *orders;
    const struct qd_bucket *buckets;
    int (*keys)(const struct qd_bucket *left, const struct qd_bucket *right);
};

/* A stable merge sort: equal keys (which valid input does not have) keep their order on every machine. */
static void merge_sort(const struct sorting *sorting, struct sorted *items, struct sorted *scratch,
                       size_t count)
{
    if (count < 2) return;
    size_t half = count / 2;
    merge_sort(sorting, items, scratch, half);
    merge_sort(sorting, items + half, scratch + half, count - half);
    memcpy(scratch, items, count * sizeof(*items));
    size_t left = 0;
    size_t right = half;
    for (size_t i = 0; i < count; i++) {
        bool take_left = right == count;
        if (!take_left && left < half) {
            take_left = qd_orders_compare(sorting->orders, &sorting->buckets[scratch[left].bucket],
                                          scratch[left].values, &sorting->buckets[scratch[right].bucket],
                                          scratch[right].values, sorting->keys) <= 0;
        }
        items[i] = scratch[take_left ? left++ : right++];
    }
}

uint32_t *qd_orders_permutation(const struct qd_orders *orders, const struct qd_bucket *buckets, size_t count,
                                int (*keys)(const struct qd_bucket *left, const struct qd_bucket *right),
                                struct qd_arena *arena)
{
    struct sorted *items = QD_NEW_ARRAY(arena, struct sorted, count);
    struct sorted *scratch = QD_NEW_ARRAY(arena, struct sorted, count);
    uint32_t *permutation = QD_NEW_ARRAY(arena, uint32_t, count);
    bool paths = qd_orders_have_path(orders);
    for (size_t i = 0; i < count; i++) {
        items[i].bucket = (uint32_t)i;
        if (!paths) continue;
        double *values = QD_NEW_ARRAY(arena, double, orders->count);
        qd_orders_values(orders, buckets[i].children, values);
        items[i].values = values;
    }
    struct sorting sorting = { orders, buckets, keys };
    merge_sort(&sorting, items, scratch, count);
    for (size_t i = 0; i < count; i++) permutation[i] = items[i].bucket;
    return permutation;
}

void qd_orders_sort(const struct qd_orders *orders, struct qd_bucket *buckets, size_t count,
                    int (*keys)(const struct qd_bucket *left, const struct qd_bucket *right),
                    struct qd_arena *arena)
{
    if (count < 2) return;
    const uint32_t *permutation = qd_orders_permutation(orders, buckets, count, keys, arena);
    struct qd_bucket *copy = QD_NEW_ARRAY(arena, struct qd_bucket, count);
    for (size_t i = 0; i < count; i++) copy[i] = buckets[permutation[i]];
    memcpy(buckets, copy, count * sizeof(*buckets));
}
