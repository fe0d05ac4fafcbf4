/* Reading of search_after. Source: OpenSearch SearchAfterBuilder.convertValueFromSortType. */
#include <math.h>

#include "base/number.h"
#include "search/sort.h"

static struct qd_slice key_name(const struct qd_sort_key *key)
{
    return key->sort.kind == QD_SORT_FIELD ? key->sort.field : QD_SLICE("null");
}

static enum qd_status malformed(const struct qd_sort_key *key, struct qd_slice text, struct qd_error *error)
{
    (void)qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(text));
    return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT, "Failed to parse search_after value for field [%.*s].",
                         QD_SLICE_ARG(key_name(key)));
}

static enum qd_status after_long(const struct qd_shard_view *view, const struct qd_sort_key *key,
                                 const struct qd_json *json, struct qd_sort_value *value,
                                 struct qd_error *error)
{
    struct qd_slice text = qd_json_text(json);
    bool number = qd_json_is_number(json);
    bool date = key->field != NULL &&
                (key->field->type == QD_FIELD_DATE || key->field->type == QD_FIELD_DATE_NANOS);
    double real;
    value->kind = QD_SORT_VALUE_LONG;
    if (!number && date) {
        return qd_value_parse_number(&key->format, json, view->now_ms, &value->number, error);
    }
    bool truth = key->field != NULL && key->field->type == QD_FIELD_BOOLEAN;
    if (!number && truth && key->type == QD_SORT_TYPE_LONG) {
        value->number = qd_slice_is(text, "true");
        if (value->number == 1 || qd_slice_is(text, "false")) return QD_OK;
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Cannot parse boolean [%.*s], expected either [true] or [false]",
                            QD_SLICE_ARG(text));
    }
    if (qd_parse_int64(text, &value->number)) {
        bool fits = value->number >= INT32_MIN && value->number <= INT32_MAX;
        if (key->type != QD_SORT_TYPE_INT || fits) {
            return QD_OK;
        }
        if (!number) {
            return malformed(key, text, error);
        }
        value->number = (int32_t)(uint32_t)(uint64_t)value->number;
        return QD_OK;
    }
    if ((!number && key->type == QD_SORT_TYPE_INT) || !qd_parse_double(text, &real)) {
        return malformed(key, text, error);
    }
    value->number = qd_sort_narrowed(real);
    return QD_OK;
}

static enum qd_status after_unsigned(const struct qd_sort_key *key, const struct qd_json *json,
                                     struct qd_sort_value *value, struct qd_error *error)
{
    struct qd_slice text = qd_json_text(json);
    uint64_t positive;
    double real;
    (void)key;
    value->kind = QD_SORT_VALUE_LONG;
    if (qd_parse_uint64(text, &positive)) {
        value->number = (int64_t)(positive ^ (uint64_t)1 << 63);
        return QD_OK;
    }
    if (!qd_parse_double(text, &real)) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "For input string: \"%.*s\"", QD_SLICE_ARG(text));
    }
    if (real == floor(real) && real >= 0 && real < 0x1p64) {
        value->number = (int64_t)((uint64_t)real ^ (uint64_t)1 << 63);
        return QD_OK;
    }
    const char *what = real == floor(real) ? "is out of range for an unsigned long" : "has a decimal part";
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Value [%.*s] %s", QD_SLICE_ARG(text), what);
}

static enum qd_status after_real(const struct qd_sort_key *key, const struct qd_json *json,
                                 struct qd_sort_value *value, struct qd_error *error)
{
    struct qd_slice text = qd_json_text(json);
    float narrow;
    value->kind = QD_SORT_VALUE_DOUBLE;
    if (key->type == QD_SORT_TYPE_DOUBLE) {
        return qd_parse_double(text, &value->real) ? QD_OK : malformed(key, text, error);
    }
    if (!qd_parse_float(text, &narrow)) {
        return malformed(key, text, error);
    }
    value->real = (double)narrow;
    return QD_OK;
}

static enum qd_status after_bytes(const struct qd_shard_view *view, const struct qd_sort_key *key,
                                  const struct qd_json *json, struct qd_arena *arena,
                                  struct qd_sort_value *value, struct qd_error *error)
{
    *value = (struct qd_sort_value){ .kind = QD_SORT_VALUE_BYTES, .bytes = qd_json_text(json) };
    if (key->field == NULL || key->field->type != QD_FIELD_IP) {
        return QD_OK;
    }
    struct qd_term_value term;
    QD_TRY(qd_value_term(key->field, json, view->now_ms, arena, &term, error));
    value->bytes = term.bytes;
    return QD_OK;
}

static enum qd_status after_value(const struct qd_shard_view *view, const struct qd_sort_key *key,
                                  const struct qd_json *json, struct qd_arena *arena,
                                  struct qd_sort_value *value, struct qd_error *error)
{
    *value = (struct qd_sort_value){ .kind = QD_SORT_VALUE_MISSING };
    if (qd_json_is_null(json)) {
        if (key->type == QD_SORT_TYPE_BYTES) {
            return QD_OK;
        }
        return malformed(key, QD_SLICE("null"), error);
    }
    switch (key->type) {
    case QD_SORT_TYPE_LONG:
    case QD_SORT_TYPE_INT: return after_long(view, key, json, value, error);
    case QD_SORT_TYPE_UNSIGNED: return after_unsigned(key, json, value, error);
    case QD_SORT_TYPE_FLOAT:
    case QD_SORT_TYPE_DOUBLE: return after_real(key, json, value, error);
    case QD_SORT_TYPE_BYTES: break;
    }
    return after_bytes(view, key, json, arena, value, error);
}

enum qd_status qd_sort_after(const struct qd_shard_view *view, const struct qd_sort_plan *plan,
                             const struct qd_json *after, struct qd_arena *arena,
                             struct qd_sort_value **values, struct qd_error *error)
{
    if (plan->count == 0) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Sort must contain at least one field.");
    }
    if (qd_json_size(after) != plan->count) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "search_after has %zu value(s) but sort has %zu.",
                            qd_json_size(after), plan->count);
    }
    *values = QD_NEW_ARRAY(arena, struct qd_sort_value, plan->count);
    struct qd_json_iterator at = qd_json_iterate(after);
    for (size_t i = 0; qd_json_next(&at); i++) {
        if (qd_json_is_null(at.value) && !plan->compares) continue;
        QD_TRY(after_value(view, &plan->keys[i], at.value, arena, &(*values)[i], error));
    }
    return QD_OK;
}
