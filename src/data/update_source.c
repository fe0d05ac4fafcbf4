#include "data/update_source.h"

#include <stdio.h>

#include "base/json_writer.h"

#define MERGE_DEPTH_MAX QD_JSON_DEPTH_MAX

static bool same(const struct qd_json *left, const struct qd_json *right, int depth);

static bool same_members(const struct qd_json *left, const struct qd_json *right, int depth)
{
    struct qd_json_iterator at = qd_json_iterate(left);
    if (qd_json_size(left) != qd_json_size(right)) return false;
    while (qd_json_next(&at)) {
        const struct qd_json *other = qd_json_get_slice(right, at.key);
        if (other == NULL || !same(at.value, other, depth + 1)) return false;
    }
    return true;
}

static bool same_elements(const struct qd_json *left, const struct qd_json *right, int depth)
{
    struct qd_json_iterator a = qd_json_iterate(left);
    struct qd_json_iterator b = qd_json_iterate(right);
    if (qd_json_size(left) != qd_json_size(right)) return false;
    while (qd_json_next(&a) && qd_json_next(&b)) {
        if (!same(a.value, b.value, depth + 1)) return false;
    }
    return true;
}

/* Equality of values: objects without regard to order, numbers by value within their kind, as Java's
 * Map.equals sees them. */
static bool same(const struct qd_json *left, const struct qd_json *right, int depth)
{
    if (qd_json_type_of(left) != qd_json_type_of(right) || depth > MERGE_DEPTH_MAX) return false;
    if (qd_json_is_object(left)) return same_members(left, right, depth);
    if (qd_json_is_array(left)) return same_elements(left, right, depth);
    if (qd_json_is_number(left)) {
        double a;
        double b;
        if (qd_json_is_integral(left) != qd_json_is_integral(right)) return false;
        if (qd_json_is_integral(left)) return qd_slice_equal(qd_json_text(left), qd_json_text(right));
        return qd_json_double(left, &a) && qd_json_double(right, &b) && !(a < b) && !(a > b);
    }
    return qd_slice_equal(qd_json_text(left), qd_json_text(right));
}

/* Writes `old` with `changes` laid over it: objects are merged, everything else is replaced. True when
 * something changed. */
static bool merge(const struct qd_json *old, const struct qd_json *changes, int depth,
                  struct qd_json_writer *writer)
{
    bool changed = false;
    struct qd_json_iterator at = qd_json_iterate(old);
    qd_json_begin_object(writer);
    while (qd_json_next(&at)) {
        const struct qd_json *change = qd_json_get_slice(changes, at.key);
        qd_json_name_slice(writer, at.key);
        if (change == NULL) {
            qd_json_node(writer, at.value);
        } else if (qd_json_is_object(at.value) && qd_json_is_object(change) && depth < MERGE_DEPTH_MAX) {
            if (merge(at.value, change, depth + 1, writer)) changed = true;
        } else {
            if (!same(at.value, change, 0)) changed = true;
            qd_json_node(writer, change);
        }
    }
    at = qd_json_iterate(changes);
    while (qd_json_next(&at)) {
        if (qd_json_get_slice(old, at.key) != NULL) continue;
        qd_json_name_slice(writer, at.key);
        qd_json_node(writer, at.value);
        changed = true;
    }
    qd_json_end_object(writer);
    return changed;
}

static enum qd_status missing(const struct qd_update_input *input, struct qd_error *error)
{
    enum qd_status status = qd_error_set(error, QD_DOCUMENT_MISSING, "[%.*s]: document missing",
                                         QD_SLICE_ARG(input->id));
    qd_error_add(error, "index", input->index);
    char shard[16];
    int size = snprintf(shard, sizeof(shard), "%u", input->shard);
    qd_error_add(error, "shard", qd_slice_make(shard, (size_t)size));
    qd_error_add(error, "index_uuid", input->index_uuid);
    return status;
}

enum qd_status qd_update_plan_make(const struct qd_update_input *input, struct qd_arena *arena,
                                   struct qd_update_plan *plan, struct qd_error *error)
{
    struct qd_json_document body;
    struct qd_json_document old;
    QD_TRY(qd_json_parse(arena, input->body, &body, error));
    const struct qd_json *changes = qd_json_get(body.root, "doc");
    const struct qd_json *upsert = qd_json_get(body.root, "upsert");
    const struct qd_json *detect = qd_json_get(body.root, "detect_noop");
    if (input->old.data == NULL) {
        if (qd_slice_is(qd_json_text(qd_json_get(body.root, "doc_as_upsert")), "true")) upsert = changes;
        if (upsert == NULL) return missing(input, error);
        *plan = (struct qd_update_plan){ QD_UPDATE_CREATE, qd_json_node_text(upsert, arena) };
        return QD_OK;
    }
    QD_TRY(qd_json_parse(arena, input->old, &old, error));
    struct qd_buffer buffer = { 0 };
    struct qd_json_writer writer = { .out = &buffer };
    bool changed = merge(old.root, changes, 0, &writer);
    bool detect_noop = detect == NULL || qd_slice_is(qd_json_text(detect), "true");
    plan->action = changed || !detect_noop ? QD_UPDATE_INDEX : QD_UPDATE_NOOP;
    plan->source = changed ? qd_arena_copy(arena, qd_buffer_view(&buffer)) : input->old;
    if (!changed && detect_noop) plan->source = input->old;
    qd_buffer_deinit(&buffer);
    return QD_OK;
}
