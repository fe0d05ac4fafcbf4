/* Sort values of documents: reading, comparing, printing. Source: OpenSearch MultiValueMode, Lucene
 * FieldComparator. */
#include "search/sort.h"

#include <math.h>

#include "base/json_writer.h"
#include "base/number.h"

#define NANOS_PER_MILLI 1000000

static struct qd_sort_value long_value(int64_t number)
{
    return (struct qd_sort_value){ .kind = QD_SORT_VALUE_LONG, .number = number };
}

static struct qd_sort_value real_value(double real)
{
    return (struct qd_sort_value){ .kind = QD_SORT_VALUE_DOUBLE, .real = real };
}

static bool is_real_key(const struct qd_sort_key *key)
{
    return key->type == QD_SORT_TYPE_FLOAT || key->type == QD_SORT_TYPE_DOUBLE;
}

static bool is_real_field(const struct qd_field *field)
{
    switch ((int)field->type) {
    case QD_FIELD_HALF_FLOAT:
    case QD_FIELD_FLOAT:
    case QD_FIELD_DOUBLE:
    case QD_FIELD_SCALED_FLOAT: return true;
    default: return false;
    }
}

static int64_t floor_divide(int64_t value, int64_t by)
{
    int64_t result = value / by;
    return value % by < 0 ? result - 1 : result;
}

static int64_t saturated_nanos(int64_t millis)
{
    int64_t result;
    if (!__builtin_mul_overflow(millis, (int64_t)NANOS_PER_MILLI, &result)) {
        return result;
    }
    return millis < 0 ? INT64_MIN : INT64_MAX;
}

/* ---- numbers of a column as the key wants them ---- */
static double as_real(const struct qd_sort_key *key, int64_t number)
{
    return qd_value_double(key->field, number);
}

/* The first one is told. */
static void refuse(int64_t *refused, int64_t number)
{
    if (*refused == 0) *refused = number;
}

static int64_t as_long(const struct qd_sort_key *key, int64_t number)
{
    if (key->scale == QD_SORT_SCALE_TO_NANOS) {
        if (number < 0 || number > INT64_MAX / NANOS_PER_MILLI) refuse(key->refused, number);
        return saturated_nanos(number);
    }
    if (key->scale == QD_SORT_SCALE_TO_MILLIS) {
        return floor_divide(number, NANOS_PER_MILLI);
    }
    if (key->scale == QD_SORT_SCALE_SIGNED) {
        return number ^ INT64_MIN;
    }
    if (!is_real_field(key->field)) {
        return number;
    }
    double real = qd_value_double(key->field, number);
    if (isnan(real)) {
        return 0;
    }
    if (real >= 0x1p63) {
        return INT64_MAX;
    }
    return real <= -0x1p63 ? INT64_MIN : (int64_t)real;
}

/* Number `i` of a document in the order of the key: signed bits begin with the numbers from 2^63 on. */
static int64_t number_at(const struct qd_sort_key *key, qd_doc_id doc, uint32_t i, uint32_t count)
{
    uint32_t first = 0;
    if (key->scale == QD_SORT_SCALE_SIGNED) {
        while (first < count && qd_numeric_at(key->numbers, doc, first) < 0) first++;
    }
    return qd_numeric_at(key->numbers, doc, (first + i) % count);
}

static struct qd_sort_value number_value(const struct qd_sort_key *key, int64_t number)
{
    return is_real_key(key) ? real_value(as_real(key, number)) : long_value(as_long(key, number));
}

/* Math.round */
static int64_t rounded(double value)
{
    return (int64_t)floor(value + 0.5);
}

static struct qd_sort_value summed_unsigned(const struct qd_sort_key *key, qd_doc_id doc, uint32_t count,
                                            bool average)
{
    const uint64_t flip = (uint64_t)1 << 63;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < count; i++) sum += (uint64_t)qd_numeric_at(key->numbers, doc, i) ^ flip;
    /* The sum wraps, as the reference's does; its quotient is rounded half up. */
    if (average && count > 1) sum = sum / count + (2 * (sum % count) >= count);
    return long_value((int64_t)(sum ^ flip));
}

static struct qd_sort_value summed(const struct qd_sort_key *key, qd_doc_id doc, uint32_t count, bool average)
{
    if (is_real_key(key)) {
        double real = 0;
        for (uint32_t i = 0; i < count; i++) {
            real += as_real(key, number_at(key, doc, i, count));
        }
        return real_value(average ? real / count : real);
    }
    if (key->type == QD_SORT_TYPE_UNSIGNED) {
        return summed_unsigned(key, doc, count, average);
    }
    uint64_t sum = 0;
    for (uint32_t i = 0; i < count; i++) {
        sum += (uint64_t)as_long(key, qd_numeric_at(key->numbers, doc, i));
    }
    int64_t total = (int64_t)sum;
    return long_value(average && count > 1 ? rounded((double)total / count) : total);
}

static struct qd_sort_value median(const struct qd_sort_key *key, qd_doc_id doc, uint32_t count)
{
    int64_t high = number_at(key, doc, count / 2, count);
    if (count % 2 == 1) {
        return number_value(key, high);
    }
    int64_t low = number_at(key, doc, count / 2 - 1, count);
    if (is_real_key(key)) {
        return real_value((as_real(key, low) + as_real(key, high)) / 2);
    }
    if (key->type == QD_SORT_TYPE_UNSIGNED) {
        /* The sum of the two wraps, as the reference's does. */
        const uint64_t flip = (uint64_t)1 << 63;
        uint64_t sum = ((uint64_t)low ^ flip) + ((uint64_t)high ^ flip);
        return long_value((int64_t)((sum / 2 + sum % 2) ^ flip));
    }
    return long_value(rounded(((double)as_long(key, low) + (double)as_long(key, high)) / 2));
}

static enum qd_sort_mode mode_of(const struct qd_sort_key *key)
{
    if (key->sort.mode != QD_SORT_MODE_DEFAULT) {
        return key->sort.mode;
    }
    return key->sort.descending ? QD_SORT_MODE_MAX : QD_SORT_MODE_MIN;
}

static struct qd_sort_value bytes_value(struct qd_slice bytes)
{
    return (struct qd_sort_value){ .kind = QD_SORT_VALUE_BYTES, .bytes = bytes };
}

static struct qd_sort_value field_value(const struct qd_sort_key *key, qd_doc_id doc, struct qd_arena *arena)
{
    if (key->constant.data != NULL) {
        return bytes_value(key->constant);
    }
    if (key->ids != NULL) {
        return bytes_value(qd_ids_at(key->ids, doc));
    }
    const struct qd_numeric_column *column = key->ordinals != NULL ? qd_ordinal_numbers(key->ordinals)
                                                                   : key->numbers;
    uint32_t count = column == NULL ? 0 : qd_numeric_count(column, doc);
    if (count == 0) {
        return key->missing;
    }
    enum qd_sort_mode mode = mode_of(key);
    uint32_t index = mode == QD_SORT_MODE_MAX ? count - 1 : 0;
    if (key->ordinals != NULL) {
        int64_t ordinal = qd_numeric_at(column, doc, index);
        return bytes_value(qd_ordinal_term(key->ordinals, (uint32_t)ordinal, arena));
    }
    int64_t number = number_at(key, doc, index, count);
    if (mode == QD_SORT_MODE_SUM || mode == QD_SORT_MODE_AVG) {
        return summed(key, doc, count, mode == QD_SORT_MODE_AVG);
    }
    return mode == QD_SORT_MODE_MEDIAN ? median(key, doc, count) : number_value(key, number);
}

struct qd_sort_value qd_sort_value_of(const struct qd_sort_plan *plan, size_t i, qd_doc_id doc,
                                      qd_doc_id global_doc, float score, struct qd_arena *arena)
{
    const struct qd_sort_key *key = &plan->keys[i];
    switch (key->sort.kind) {
    case QD_SORT_SCORE: return real_value((double)score);
    case QD_SORT_DOC: return long_value((int64_t)global_doc);
    case QD_SORT_SHARD_DOC: return long_value((int64_t)key->shard << 32 | (int64_t)global_doc);
    case QD_SORT_FIELD: break;
    }
    return field_value(key, doc, arena);
}

/* ---- what cannot compete ---- */
const struct qd_numeric_column *qd_sort_first_column(const struct qd_sort_plan *plan)
{
    const struct qd_sort_key *key = &plan->keys[0];
    return key->ordinals != NULL ? qd_ordinal_numbers(key->ordinals) : key->numbers;
}

bool qd_sort_missing_competes(const struct qd_sort_plan *plan, const struct qd_sort_value *bottom,
                              bool strict)
{
    int order = qd_sort_compare(&plan->keys[0].sort, &plan->keys[0].missing, bottom);
    return strict ? order < 0 : order <= 0;
}

/* The bounds for a keyword: `bottom` as an ordinal of this segment. */
static bool ordinal_bounds(const struct qd_sort_key *key, const struct qd_sort_value *bottom, bool strict,
                           int64_t *lower, int64_t *upper)
{
    bool missing = bottom->kind == QD_SORT_VALUE_MISSING;
    if (missing && key->missing_first) {
        *upper = -1; /* only missing ones are as good */
    }
    if (missing) {
        return true;
    }
    uint32_t ordinal;
    bool found = qd_ordinal_find(key->ordinals, bottom->bytes, &ordinal);
    if (key->sort.descending) {
        *lower = (int64_t)ordinal + (found && strict);
    } else {
        *upper = (int64_t)ordinal - (!found || strict);
    }
    return true;
}

bool qd_sort_bounds(const struct qd_sort_plan *plan, const struct qd_sort_value *bottom, bool strict,
                    int64_t *lower, int64_t *upper)
{
    const struct qd_sort_key *key = &plan->keys[0];
    enum qd_sort_mode mode = mode_of(key);
    *lower = INT64_MIN;
    *upper = INT64_MAX;
    if (key->sort.kind != QD_SORT_FIELD ||
        mode != (key->sort.descending ? QD_SORT_MODE_MAX : QD_SORT_MODE_MIN)) {
        return false;
    }
    if (key->ordinals != NULL) {
        return ordinal_bounds(key, bottom, strict, lower, upper);
    }
    /* Only where the column's numbers are the key's own. */
    bool same = key->numbers != NULL && bottom->kind == QD_SORT_VALUE_LONG &&
                key->scale == QD_SORT_SCALE_NONE && !is_real_field(key->field);
    bool exact = key->numbers != NULL && bottom->kind == QD_SORT_VALUE_DOUBLE && is_real_field(key->field) &&
                 key->field->type != QD_FIELD_SCALED_FLOAT && isfinite(bottom->real);
    if (!same && !exact) {
        return false;
    }
    int64_t number = same ? bottom->number : qd_value_from_double(key->field, bottom->real);
    if (exact && qd_value_double(key->field, number) != bottom->real) {
        return false;
    }
    if (key->sort.descending) {
        *lower = strict && number < INT64_MAX ? number + 1 : number;
    } else {
        *upper = strict && number > INT64_MIN ? number - 1 : number;
    }
    return true;
}

/* ---- comparing ---- */
/* Java's order of doubles: -0.0 comes before 0.0, and what is no number last. */
static int compare_reals(double left, double right)
{
    if (left < right) return -1;
    if (left > right) return 1;
    if (isnan(left) || isnan(right)) return (isnan(left) != 0) - (isnan(right) != 0);
    return (signbit(right) != 0) - (signbit(left) != 0);
}

int qd_sort_compare(const struct qd_sort *sort, const struct qd_sort_value *left,
                    const struct qd_sort_value *right)
{
    bool left_missing = left->kind == QD_SORT_VALUE_MISSING;
    bool right_missing = right->kind == QD_SORT_VALUE_MISSING;
    if (left_missing || right_missing) {
        if (left_missing == right_missing) {
            return 0;
        }
        bool first = sort->missing != NULL && qd_slice_is(qd_json_text(sort->missing), "_first");
        return left_missing == first ? -1 : 1;
    }
    int order = 0;
    if (left->kind == QD_SORT_VALUE_BYTES || right->kind == QD_SORT_VALUE_BYTES) {
        if (left->kind == right->kind) {
            order = qd_slice_compare(left->bytes, right->bytes);
        } else {
            order = left->kind == QD_SORT_VALUE_BYTES ? 1 : -1; /* shards disagree about the type */
        }
    } else if (left->kind == QD_SORT_VALUE_LONG && right->kind == QD_SORT_VALUE_LONG) {
        order = left->number < right->number ? -1 : left->number > right->number;
    } else {
        double a = left->kind == QD_SORT_VALUE_LONG ? (double)left->number : left->real;
        double b = right->kind == QD_SORT_VALUE_LONG ? (double)right->number : right->real;
        order = compare_reals(a, b);
    }
    return sort->descending ? -order : order;
}

/* ---- printing ---- */
enum qd_status qd_sort_check_shown(const struct qd_sort_plan *plan, size_t i,
                                   const struct qd_sort_value *value, struct qd_error *error)
{
    bool address = value->kind == QD_SORT_VALUE_BYTES && plan->keys[i].formatted;
    if (!address || value->bytes.size == 4 || value->bytes.size == 16) return QD_OK;
    (void)qd_error_set(error, QD_ILLEGAL_ARGUMENT, "addr is of illegal length");
    if (error == NULL || error->arena == NULL) return QD_ILLEGAL_ARGUMENT;
    error->type_override = "unknown_host_exception";
    return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT, "encoded bytes are of incorrect length");
}

void qd_sort_write(const struct qd_sort_plan *plan, size_t i, const struct qd_sort_value *value,
                   struct qd_json_writer *writer)
{
    const struct qd_sort_key *key = &plan->keys[i];
    switch (value->kind) {
    case QD_SORT_VALUE_MISSING: qd_json_null(writer); break;
    case QD_SORT_VALUE_LONG:
        if (key->type == QD_SORT_TYPE_UNSIGNED) {
            qd_json_uint(writer, (uint64_t)value->number ^ (uint64_t)1 << 63);
        } else if (key->scale == QD_SORT_SCALE_SIGNED) {
            qd_json_uint(writer, (uint64_t)value->number);
        } else {
            qd_json_int(writer, value->number);
        }
        break;
    case QD_SORT_VALUE_DOUBLE:
        if (key->type == QD_SORT_TYPE_FLOAT) {
            qd_json_float_value(writer, (float)value->real);
        } else {
            qd_json_double_value(writer, value->real);
        }
        break;
    case QD_SORT_VALUE_BYTES:
        if (key->formatted) {
            qd_value_write_bytes(&key->format, value->bytes, writer);
        } else {
            qd_json_string(writer, value->bytes);
        }
        break;
    }
}
