/* Sort keys on a shard: fields, types, missing values. Source: OpenSearch FieldSortBuilder.build,
 * IndexNumericFieldData.sortField. */
#include <math.h>

#include "base/number.h"
#include "codec/segment.h"
#include "index/fielddata.h"
#include "mapping/java_values.h"
#include "mapping/type_number.h"
#include "search/phase_request.h"
#include "search/sort.h"

static enum qd_sort_type type_of_field(enum qd_field_type type)
{
    switch ((int)type) {
    case QD_FIELD_BYTE:
    case QD_FIELD_SHORT:
    case QD_FIELD_INTEGER:
    case QD_FIELD_TOKEN_COUNT:
    case QD_FIELD_BOOLEAN: return QD_SORT_TYPE_INT;
    case QD_FIELD_UNSIGNED_LONG: return QD_SORT_TYPE_UNSIGNED;
    case QD_FIELD_HALF_FLOAT:
    case QD_FIELD_FLOAT: return QD_SORT_TYPE_FLOAT;
    case QD_FIELD_DOUBLE:
    case QD_FIELD_SCALED_FLOAT: return QD_SORT_TYPE_DOUBLE;
    case QD_FIELD_KEYWORD:
    case QD_FIELD_TEXT:
    case QD_FIELD_IP:
    case QD_FIELD_ID:
    case QD_FIELD_INDEX: return QD_SORT_TYPE_BYTES;
    default: return QD_SORT_TYPE_LONG;
    }
}

/* ---- missing values ---- */
static struct qd_sort_value long_value(int64_t number)
{
    return (struct qd_sort_value){ .kind = QD_SORT_VALUE_LONG, .number = number };
}

static struct qd_sort_value real_value(double real)
{
    return (struct qd_sort_value){ .kind = QD_SORT_VALUE_DOUBLE, .real = real };
}

static struct qd_sort_value extreme(const struct qd_sort_key *key)
{
    bool high = key->missing_first == key->sort.descending;
    switch (key->type) {
    case QD_SORT_TYPE_LONG:
    case QD_SORT_TYPE_UNSIGNED: return long_value(high ? INT64_MAX : INT64_MIN);
    case QD_SORT_TYPE_INT: return long_value(high ? INT32_MAX : INT32_MIN);
    case QD_SORT_TYPE_FLOAT:
    case QD_SORT_TYPE_DOUBLE: return real_value(high ? (double)INFINITY : -(double)INFINITY);
    case QD_SORT_TYPE_BYTES: break;
    }
    return (struct qd_sort_value){ .kind = QD_SORT_VALUE_MISSING };
}

static int64_t unsigned_column(uint64_t value)
{
    return (int64_t)(value ^ ((uint64_t)1 << 63));
}

int64_t qd_sort_narrowed(double real)
{
    if (isnan(real)) {
        return 0;
    }
    if (real >= 0x1p63) {
        return INT64_MAX;
    }
    return real <= -0x1p63 ? INT64_MIN : (int64_t)real;
}

/* The lowest 64 bits of a whole number of any size; false for anything else. */
static bool low_bits(struct qd_slice text, int64_t *number)
{
    uint64_t bits = 0;
    bool minus = qd_slice_starts_with(text, QD_SLICE("-"));
    for (size_t i = minus; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') return false;
        bits = bits * 10 + (uint64_t)(text.data[i] - '0');
    }
    *number = (int64_t)(minus ? 0 - bits : bits);
    return text.size > minus;
}

/* A whole number; those of JSON are cut to it, a text must be one. */
static bool whole_missing(const struct qd_sort_key *key, const struct qd_json *json, int64_t *number)
{
    struct qd_slice text = qd_json_text(json);
    bool cut = qd_json_is_number(json);
    double real;
    if (!qd_parse_int64(text, number) && (!cut || !low_bits(text, number))) {
        if (!cut || !qd_parse_double(text, &real)) {
            return false;
        }
        if (key->type == QD_SORT_TYPE_INT) real = fmax(INT32_MIN, fmin(INT32_MAX, real));
        *number = qd_sort_narrowed(real);
    }
    if (key->type != QD_SORT_TYPE_INT) {
        return true;
    }
    bool fits = *number >= INT32_MIN && *number <= INT32_MAX;
    *number = (int32_t)(uint32_t)(uint64_t)*number;
    return fits || cut;
}

static bool read_missing(const struct qd_sort_key *key, const struct qd_json *json,
                         struct qd_sort_value *value)
{
    struct qd_slice text = qd_json_text(json);
    float narrow;
    *value = (struct qd_sort_value){ .kind = QD_SORT_VALUE_LONG };
    switch (key->type) {
    case QD_SORT_TYPE_FLOAT:
        if (!qd_parse_float(text, &narrow)) {
            return false;
        }
        *value = real_value((double)narrow);
        return true;
    case QD_SORT_TYPE_DOUBLE: value->kind = QD_SORT_VALUE_DOUBLE; return qd_parse_double(text, &value->real);
    case QD_SORT_TYPE_UNSIGNED: return false;
    case QD_SORT_TYPE_LONG:
    case QD_SORT_TYPE_INT:
    case QD_SORT_TYPE_BYTES: break;
    }
    return whole_missing(key, json, &value->number);
}

/* Numbers.toUnsignedLongExact of a number, BigInteger's words for a text. */
static enum qd_status unsigned_missing(const struct qd_json *json, struct qd_arena *arena,
                                       struct qd_sort_value *value, struct qd_error *error)
{
    struct qd_slice text = qd_json_text(json);
    uint64_t positive;
    double real;
    int64_t bits;
    if (qd_parse_uint64(text, &positive)) {
        *value = long_value(unsigned_column(positive));
        return QD_OK;
    }
    if (!low_bits(text, &bits)) {
        bool number = qd_json_is_number(json) && qd_json_double(json, &real);
        if (number && real == floor(real) && real >= 0 && real < 0x1p64) {
            *value = long_value(unsigned_column((uint64_t)real));
            return QD_OK;
        }
        if (number) {
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "%.*s is not an integer value",
                                QD_SLICE_ARG(qd_java_text(arena, json)));
        }
        if (text.size == 0) return qd_error_set(error, QD_NUMBER_FORMAT, "Zero length BigInteger");
        if (qd_slice_find_byte(qd_slice_from(text, 1), '-') != SIZE_MAX ||
            qd_slice_find_byte(qd_slice_from(text, 1), '+') != SIZE_MAX) {
            return qd_error_set(error, QD_NUMBER_FORMAT, "Illegal embedded sign character");
        }
        return qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(text));
    }
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Value [%.*s] is out of range for an unsigned long",
                        QD_SLICE_ARG(text));
}

static bool averages(enum qd_sort_mode mode)
{
    return mode == QD_SORT_MODE_SUM || mode == QD_SORT_MODE_AVG || mode == QD_SORT_MODE_MEDIAN;
}

/* Whether the reference compares by values that it computes for each document: then a wrong `missing` is only
 * told where it begins to compare, after all keys were looked at. */
static bool is_computed(const struct qd_sort_key *key)
{
    return averages(key->sort.mode) || key->sort.numeric_type.data != NULL;
}

static enum qd_status resolve_missing(struct qd_sort_key *key, struct qd_arena *arena, struct qd_error *error)
{
    const struct qd_json *missing = key->sort.missing;
    key->missing_first = missing != NULL && qd_slice_is(qd_json_text(missing), "_first");
    key->missing = extreme(key);
    if (missing == NULL || key->missing_first || qd_slice_is(qd_json_text(missing), "_last")) {
        return QD_OK;
    }
    struct qd_slice text = qd_json_text(missing);
    if (key->type == QD_SORT_TYPE_UNSIGNED) return unsigned_missing(missing, arena, &key->missing, error);
    if (key->type != QD_SORT_TYPE_BYTES) {
        if (read_missing(key, missing, &key->missing)) {
            return QD_OK;
        }
        bool real = key->type == QD_SORT_TYPE_FLOAT || key->type == QD_SORT_TYPE_DOUBLE;
        if (real) return qd_text_to_double(text, &key->missing.real, error);
        return qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(text));
    }
    /* An address's text is taken for its bytes, as in the reference: only who shows it tells, see
     * qd_sort_check_shown. */
    key->missing = (struct qd_sort_value){ .kind = QD_SORT_VALUE_BYTES, .bytes = text };
    return QD_OK;
}

/* ---- fields ---- */
enum qd_status qd_sort_no_field_data(const struct qd_field *field, struct qd_error *error)
{
    struct qd_slice name = field->name;
    bool hidden = field->type == QD_FIELD_PREFIX || field->type == QD_FIELD_PHRASE;
    if (field->is_metadata || hidden) {
        struct qd_slice type = hidden ? qd_slice_from_string(field->type_name) : name;
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Fielddata is not supported on field [%.*s] of type [%.*s]", QD_SLICE_ARG(name),
                            QD_SLICE_ARG(type));
    }
    bool text = field->type == QD_FIELD_TEXT || field->type == QD_FIELD_MATCH_ONLY_TEXT;
    if (text) {
        return qd_error_set(
            error, QD_ILLEGAL_ARGUMENT,
            "Text fields are not optimised for operations that require per-document field data like "
            "aggregations and sorting, so these operations are disabled by default. Please use a keyword "
            "field instead. Alternatively, set fielddata=true on [%.*s] in order to load field data by "
            "uninverting the inverted index. Note that this can use significant memory.",
            QD_SLICE_ARG(name));
    }
    return qd_error_set(
        error, QD_ILLEGAL_ARGUMENT,
        "Can't load fielddata on [%.*s] because fielddata is unsupported on fields of type [%s]. Use doc "
        "values instead.",
        QD_SLICE_ARG(name), field->type_name);
}

static enum qd_status shard_error(const struct qd_shard_view *view, struct qd_error *error,
                                  struct qd_slice reason)
{
    (void)qd_error_set(error, QD_QUERY_SHARD, "%.*s", QD_SLICE_ARG(reason));
    qd_error_add(error, "index", view->index_name);
    qd_error_add(error, "index_uuid", view->index_uuid);
    return QD_QUERY_SHARD;
}

static enum qd_status not_numeric(const struct qd_shard_view *view, const struct qd_sort_key *key,
                                  struct qd_arena *arena, struct qd_error *error)
{
    return shard_error(
        view, error,
        qd_arena_format(arena, "[numeric_type] option cannot be set on a non-numeric field, got %s",
                        key->field == NULL ? "keyword" : key->field->type_name));
}

/* numeric_type: the key is compared as another type. */
static enum qd_status apply_numeric_type(const struct qd_shard_view *view, struct qd_sort_key *key,
                                         struct qd_arena *arena, struct qd_error *error)
{
    struct qd_slice wanted = key->sort.numeric_type;
    enum qd_field_type type = key->field == NULL ? key->unmapped : key->field->type;
    bool date = type == QD_FIELD_DATE || type == QD_FIELD_DATE_NANOS;
    if (wanted.data == NULL) {
        return QD_OK;
    }
    if (key->type == QD_SORT_TYPE_BYTES) {
        return not_numeric(view, key, arena, error);
    }
    if (qd_slice_is(wanted, "date_nanos") && !date) {
        return qd_error_set(
            error, QD_ILLEGAL_ARGUMENT,
            "trying to convert a known date time formatter to a nanosecond one, wrong field used?");
    }
    if (qd_slice_is(wanted, "double")) {
        key->type = QD_SORT_TYPE_DOUBLE;
    } else {
        key->type = QD_SORT_TYPE_LONG;
    }
    if (key->field == NULL) return QD_OK;
    if (type == QD_FIELD_UNSIGNED_LONG) {
        key->scale = QD_SORT_SCALE_SIGNED;
    }
    if (qd_slice_is(wanted, "date") && type == QD_FIELD_DATE_NANOS) {
        key->scale = QD_SORT_SCALE_TO_MILLIS;
    }
    if (qd_slice_is(wanted, "date_nanos") && type == QD_FIELD_DATE) {
        key->scale = QD_SORT_SCALE_TO_NANOS;
        key->refused = QD_NEW(arena, int64_t);
    }
    return QD_OK;
}

static enum qd_status not_averaged(const struct qd_shard_view *view, struct qd_error *error)
{
    return shard_error(view, error, QD_SLICE("we only support AVG, MEDIAN and SUM on number based fields"));
}

static enum qd_status resolve_unmapped(const struct qd_shard_view *view, struct qd_sort_key *key,
                                       struct qd_arena *arena, struct qd_error *error)
{
    static const struct {
        const char *name;
        enum qd_field_type type;
    } types[] = { { "byte", QD_FIELD_BYTE },
                  { "short", QD_FIELD_SHORT },
                  { "integer", QD_FIELD_INTEGER },
                  { "long", QD_FIELD_LONG },
                  { "double", QD_FIELD_DOUBLE },
                  { "float", QD_FIELD_FLOAT },
                  { "half_float", QD_FIELD_HALF_FLOAT },
                  { "scaled_float", QD_FIELD_SCALED_FLOAT },
                  { "unsigned_long", QD_FIELD_UNSIGNED_LONG },
                  { "boolean", QD_FIELD_BOOLEAN },
                  { "date", QD_FIELD_DATE },
                  { "date_nanos", QD_FIELD_DATE_NANOS },
                  { "keyword", QD_FIELD_KEYWORD },
                  { "ip", QD_FIELD_KEYWORD },
                  { "token_count", QD_FIELD_TOKEN_COUNT } };
    struct qd_slice name = key->sort.unmapped_type;
    static const struct qd_field text = { .name = QD_SLICE_INIT("__anonymous_text"),
                                          .type = QD_FIELD_TEXT,
                                          .type_name = "text" };
    if (qd_slice_is(name, "text")) {
        return qd_sort_no_field_data(&text, error);
    }
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (!qd_slice_is(name, types[i].name)) {
            continue;
        }
        key->unmapped = types[i].type;
        key->type = type_of_field(types[i].type);
        if (key->type == QD_SORT_TYPE_BYTES && averages(key->sort.mode)) return not_averaged(view, error);
        return apply_numeric_type(view, key, arena, error);
    }
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "No mapper found for type [%.*s]", QD_SLICE_ARG(name));
}

static enum qd_status resolve_field(const struct qd_shard_view *view, struct qd_sort_key *key,
                                    struct qd_arena *arena, struct qd_error *error)
{
    const struct qd_field *field = key->field;
    bool special = field->type == QD_FIELD_ID || field->type == QD_FIELD_INDEX;
    bool column = field->column == QD_COLUMN_ORDINALS ||
                  (field->column != QD_COLUMN_NONE && field->column != QD_COLUMN_BINARY);
    if (field->is_metadata && field->type != QD_FIELD_SEQ_NO) {
        column = false;
    }
    column = column || field->fielddata;
    if (field->column == QD_COLUMN_BINARY && key->sort.numeric_type.data != NULL) {
        if (averages(key->sort.mode)) return not_averaged(view, error);
        return not_numeric(view, key, arena, error);
    }
    if (field->column == QD_COLUMN_BINARY) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "can't sort on binary field");
    }
    if (!special && !column) {
        return qd_sort_no_field_data(field, error);
    }
    QD_TRY(qd_fielddata_load(view->snapshot, field, view->fielddata, error));
    key->type = type_of_field(field->type);
    if (field->type == QD_FIELD_INDEX) {
        key->constant = view->index_name;
    }
    if (key->type == QD_SORT_TYPE_BYTES && averages(key->sort.mode)) {
        return not_averaged(view, error);
    }
    key->formatted = field->type == QD_FIELD_IP;
    QD_TRY(qd_value_format_of(field, (struct qd_slice){ 0 }, (struct qd_slice){ 0 }, arena, &key->format,
                              error));
    return apply_numeric_type(view, key, arena, error);
}

static enum qd_status resolve_key(const struct qd_shard_view *view, struct qd_sort_key *key,
                                  struct qd_arena *arena, struct qd_error *error)
{
    struct qd_slice name = key->sort.field;
    key->field = qd_mapping_field(view->mapping, name);
    if (key->field != NULL && key->field->type == QD_FIELD_PRIMARY_TERM) {
        key->field = NULL;
    }
    if (key->field == NULL && key->sort.unmapped_type.data == NULL) {
        return shard_error(
            view, error,
            qd_arena_format(arena, "No mapping found for [%.*s] in order to sort on", QD_SLICE_ARG(name)));
    }
    struct qd_slice path = key->sort.nested_path;
    if (key->field != NULL && path.data != NULL) {
        bool object = qd_mapping_is_object(view->mapping, path);
        return shard_error(view, error,
                           qd_arena_format(arena, "[nested] %snested object under path [%.*s]%s",
                                           object ? "" : "failed to find ", QD_SLICE_ARG(path),
                                           object ? " is not of nested type" : ""));
    }
    if (key->field == NULL) {
        QD_TRY(resolve_unmapped(view, key, arena, error));
    } else {
        QD_TRY(resolve_field(view, key, arena, error));
    }
    return is_computed(key) ? QD_OK : resolve_missing(key, arena, error);
}

enum qd_status qd_sort_plan_make(const struct qd_shard_view *view, const struct qd_search_request *request,
                                 struct qd_arena *arena, struct qd_sort_plan *plan, struct qd_error *error)
{
    *plan = (struct qd_sort_plan){ .keys = QD_NEW_ARRAY(arena, struct qd_sort_key, request->sort_count + 1),
                                   .count = request->sort_count,
                                   .compares = qd_phase_size(request) > 0 };
    qd_error_init(&plan->late, arena);
    for (size_t i = 0; i < request->sort_count; i++) {
        struct qd_sort_key *key = &plan->keys[i];
        key->sort = request->sorts[i];
        key->shard = view->shard;
        if (key->sort.kind == QD_SORT_SCORE) {
            plan->needs_scores = true;
            key->type = QD_SORT_TYPE_FLOAT;
        } else if (key->sort.kind == QD_SORT_FIELD) {
            QD_TRY(resolve_key(view, key, arena, error));
        }
    }
    for (size_t i = 0; i < request->sort_count && plan->compares; i++) {
        struct qd_sort_key *key = &plan->keys[i];
        if (key->sort.kind != QD_SORT_FIELD || !is_computed(key)) continue;
        if (resolve_missing(key, arena, &plan->late) != QD_OK) break;
    }
    return QD_OK;
}

enum qd_status qd_sort_plan_late(const struct qd_sort_plan *plan, struct qd_arena *arena,
                                 struct qd_error *error)
{
    if (plan->late.status == QD_OK) return QD_OK;
    if (error != NULL) qd_error_copy(error, arena, &plan->late);
    return plan->late.status;
}

enum qd_status qd_sort_plan_check(const struct qd_sort_plan *plan, struct qd_error *error)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct qd_sort_key *key = &plan->keys[i];
        if (key->refused == NULL || *key->refused == 0) continue;
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "milliSeconds [%lld] are %s and cannot be converted to nanoseconds",
                            (long long)*key->refused,
                            *key->refused < 0 ? "before the epoch in 1970"
                                              : "after 2262-04-11T23:47:16.854775807");
    }
    return QD_OK;
}

enum qd_status qd_sort_plan_segment(struct qd_sort_plan *plan, struct qd_segment *segment,
                                    struct qd_error *error)
{
    for (size_t i = 0; i < plan->count; i++) {
        struct qd_sort_key *key = &plan->keys[i];
        key->numbers = NULL;
        key->ordinals = NULL;
        key->ids = NULL;
        if (key->field == NULL || key->constant.data != NULL) {
            continue;
        }
        if (key->field->type == QD_FIELD_ID) {
            QD_TRY(qd_segment_ids(segment, &key->ids, error));
        } else if (key->field->column == QD_COLUMN_ORDINALS || key->field->fielddata) {
            QD_TRY(qd_segment_ordinals(segment, key->field->name, &key->ordinals, error));
        } else {
            QD_TRY(qd_segment_numeric(segment, key->field->name, &key->numbers, error));
        }
    }
    return QD_OK;
}
