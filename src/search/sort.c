#include "search/sort.h"

#include <math.h>
#include <stdlib.h>

#include "base/json_writer.h"
#include "base/number.h"
#include "base/text.h"
#include "codec/segment.h"

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

static enum qd_status parse_order(struct qd_slice text, struct qd_sort *sort, struct qd_error *error)
{
    if (qd_equal_ignore_case(text, QD_SLICE("asc"))) sort->descending = false;
    else if (qd_equal_ignore_case(text, QD_SLICE("desc"))) sort->descending = true;
    else return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Unknown SortOrder [%.*s]", QD_SLICE_ARG(text));
    return QD_OK;
}

static enum qd_status parse_mode(struct qd_slice text, struct qd_sort *sort, struct qd_error *error)
{
    static const char *const names[] = { "", "min", "max", "sum", "avg", "median" };
    for (int i = QD_SORT_MODE_MIN; i <= QD_SORT_MODE_MEDIAN; i++) {
        if (!qd_equal_ignore_case(text, qd_slice_from_string(names[i]))) continue;
        sort->mode = (enum qd_sort_mode)i;
        return QD_OK;
    }
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Unknown SortMode [%.*s]", QD_SLICE_ARG(text));
}

static enum qd_status parse_sort_options(const struct qd_json *options, struct qd_sort *sort, struct qd_error *error)
{
    struct qd_json_iterator at = qd_json_iterate(options);
    while (qd_json_next(&at)) {
        struct qd_slice text = qd_json_text(at.value);
        if (qd_slice_is(at.key, "order")) QD_TRY(parse_order(text, sort, error));
        else if (qd_slice_is(at.key, "mode")) QD_TRY(parse_mode(text, sort, error));
        else if (qd_slice_is(at.key, "missing")) sort->missing = at.value;
        else if (qd_slice_is(at.key, "unmapped_type")) sort->unmapped_type = text;
        else if (qd_slice_is(at.key, "numeric_type")) sort->numeric_type = text;
        else if (qd_slice_is(at.key, "format")) sort->format = text;
        else
            return qd_error_set(error, QD_X_CONTENT_PARSE, "[field_sort] unknown field [%.*s]", QD_SLICE_ARG(at.key));
    }
    return QD_OK;
}

static enum qd_status parse_one(const struct qd_json *json, struct qd_arena *arena, struct sort_list *list,
                                struct qd_error *error)
{
    if (qd_json_is_string(json)) {
        *QD_PUSH(arena, list) = named_sort(qd_json_text(json));
        return QD_OK;
    }
    if (!qd_json_is_object(json))
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "malformed sort format, within the sort array, an object, or an actual string are allowed");
    struct qd_json_iterator at = qd_json_iterate(json);
    while (qd_json_next(&at)) {
        struct qd_sort sort = named_sort(at.key);
        if (qd_json_is_object(at.value)) QD_TRY(parse_sort_options(at.value, &sort, error));
        else QD_TRY(parse_order(qd_json_text(at.value), &sort, error));
        *QD_PUSH(arena, list) = sort;
    }
    return QD_OK;
}

enum qd_status qd_sort_parse(const struct qd_json_document *document, const struct qd_json *json,
                             struct qd_arena *arena, struct qd_search_request *request, struct qd_error *error)
{
    (void)document;
    struct sort_list list = { 0 };
    if (qd_json_is_array(json)) {
        struct qd_json_iterator at = qd_json_iterate(json);
        while (qd_json_next(&at)) QD_TRY(parse_one(at.value, arena, &list, error));
    } else {
        QD_TRY(parse_one(json, arena, &list, error));
    }
    request->sorts = list.data;
    request->sort_count = list.count;
    return QD_OK;
}

enum qd_status qd_search_parse_uri_sort(struct qd_slice text, struct qd_arena *arena,
                                        struct qd_search_request *request, struct qd_error *error)
{
    struct sort_list list = { 0 };
    struct qd_slice part;
    while (qd_split_next(&text, ',', &part)) {
        size_t colon = part.size;
        while (colon > 0 && part.data[colon - 1] != ':') colon--;
        struct qd_slice name = colon == 0 ? part : (struct qd_slice){ part.data, colon - 1 };
        struct qd_sort sort = named_sort(name);
        if (colon > 0) {
            struct qd_slice order = { part.data + colon, part.size - colon };
            if (qd_slice_is(order, "asc")) sort.descending = false;
            else if (qd_slice_is(order, "desc")) sort.descending = true;
        }
        *QD_PUSH(arena, &list) = sort;
    }
    (void)error;
    request->sorts = list.data;
    request->sort_count = list.count;
    return QD_OK;
}

/* ---- on a shard ---- */
static struct qd_sort_value extreme(const struct qd_sort_key *key)
{
    bool high = key->missing_first == key->sort.descending;
    if (key->bytes) return (struct qd_sort_value){ .kind = QD_SORT_VALUE_MISSING };
    if (key->real) return (struct qd_sort_value){ .kind = QD_SORT_VALUE_DOUBLE, .real = high ? INFINITY : -INFINITY };
    return (struct qd_sort_value){ .kind = QD_SORT_VALUE_LONG, .number = high ? INT64_MAX : INT64_MIN };
}

static enum qd_status resolve_missing(const struct qd_shard_view *view, struct qd_sort_key *key,
                                      struct qd_error *error)
{
    const struct qd_json *missing = key->sort.missing;
    key->missing_first = missing != NULL && qd_slice_is(qd_json_text(missing), "_first");
    key->missing = extreme(key);
    if (missing == NULL || key->missing_first || qd_slice_is(qd_json_text(missing), "_last")) return QD_OK;
    if (key->bytes) {
        key->missing = (struct qd_sort_value){ .kind = QD_SORT_VALUE_BYTES, .bytes = qd_json_text(missing) };
        return QD_OK;
    }
    if (key->real) {
        key->missing.kind = QD_SORT_VALUE_DOUBLE;
        if (qd_json_double(missing, &key->missing.real)) return QD_OK;
        return qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(qd_json_text(missing)));
    }
    key->missing.kind = QD_SORT_VALUE_LONG;
    if (key->field == NULL) return QD_OK;
    struct qd_value_format format;
    QD_TRY(qd_value_format_of(key->field, (struct qd_slice){ 0 }, (struct qd_slice){ 0 }, error->arena, &format, error));
    return qd_value_parse_number(&format, missing, view->now_ms, &key->missing.number, error);
}

static bool is_real(enum qd_field_type type)
{
    return type == QD_FIELD_HALF_FLOAT || type == QD_FIELD_FLOAT || type == QD_FIELD_DOUBLE ||
           type == QD_FIELD_SCALED_FLOAT;
}

static enum qd_status resolve_key(const struct qd_shard_view *view, struct qd_sort_key *key, struct qd_arena *arena,
                                  struct qd_error *error)
{
    struct qd_slice name = key->sort.field;
    key->field = qd_mapping_field(view->mapping, name);
    if (key->field == NULL && key->sort.unmapped_type.data == NULL)
        return qd_error_set(error, QD_QUERY_SHARD, "No mapping found for [%.*s] in order to sort on",
                            QD_SLICE_ARG(name));
    if (key->field == NULL) {
        key->bytes = qd_slice_is(key->sort.unmapped_type, "keyword");
        return resolve_missing(view, key, error);
    }
    if (key->field->column == QD_COLUMN_NONE)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Can't load fielddata on [%.*s] because fielddata is unsupported on fields of type [%s]. "
                            "Use doc values instead.",
                            QD_SLICE_ARG(name), key->field->type_name);
    key->bytes = key->field->column == QD_COLUMN_ORDINALS;
    key->real = is_real(key->field->type);
    key->formatted = key->sort.format.data != NULL || key->field->type == QD_FIELD_IP;
    if (key->formatted)
        QD_TRY(qd_value_format_of(key->field, key->sort.format, (struct qd_slice){ 0 }, arena, &key->format, error));
    return resolve_missing(view, key, error);
}

enum qd_status qd_sort_plan_make(const struct qd_shard_view *view, const struct qd_search_request *request,
                                 struct qd_arena *arena, struct qd_sort_plan *plan, struct qd_error *error)
{
    *plan = (struct qd_sort_plan){ .keys = QD_NEW_ARRAY(arena, struct qd_sort_key, request->sort_count + 1),
                                   .count = request->sort_count };
    for (size_t i = 0; i < request->sort_count; i++) {
        struct qd_sort_key *key = &plan->keys[i];
        key->sort = request->sorts[i];
        if (key->sort.kind == QD_SORT_SCORE) {
            plan->needs_scores = true;
            key->real = true;
        } else if (key->sort.kind == QD_SORT_FIELD) {
            QD_TRY(resolve_key(view, key, arena, error));
        }
    }
    return QD_OK;
}

enum qd_status qd_sort_plan_segment(struct qd_sort_plan *plan, struct qd_segment *segment, struct qd_error *error)
{
    for (size_t i = 0; i < plan->count; i++) {
        struct qd_sort_key *key = &plan->keys[i];
        key->numbers = NULL;
        key->ordinals = NULL;
        if (key->field == NULL) continue;
        if (key->bytes) QD_TRY(qd_segment_ordinals(segment, key->field->name, &key->ordinals, error));
        else QD_TRY(qd_segment_numeric(segment, key->field->name, &key->numbers, error));
    }
    return QD_OK;
}

static struct qd_sort_value number_value(const struct qd_sort_key *key, int64_t number)
{
    if (!key->real) return (struct qd_sort_value){ .kind = QD_SORT_VALUE_LONG, .number = number };
    return (struct qd_sort_value){ .kind = QD_SORT_VALUE_DOUBLE, .real = qd_value_double(key->field, number) };
}

static struct qd_sort_value summed(const struct qd_sort_key *key, qd_doc_id doc, uint32_t count, bool average)
{
    if (key->real) {
        double sum = 0;
        for (uint32_t i = 0; i < count; i++) sum += qd_value_double(key->field, qd_numeric_at(key->numbers, doc, i));
        return (struct qd_sort_value){ .kind = QD_SORT_VALUE_DOUBLE, .real = average ? sum / count : sum };
    }
    uint64_t sum = 0;
    for (uint32_t i = 0; i < count; i++) sum += (uint64_t)qd_numeric_at(key->numbers, doc, i);
    int64_t total = (int64_t)sum;
    if (average && count > 1) total = (int64_t)floor((double)total / count + 0.5);
    return (struct qd_sort_value){ .kind = QD_SORT_VALUE_LONG, .number = total };
}

static struct qd_sort_value median(const struct qd_sort_key *key, qd_doc_id doc, uint32_t count)
{
    int64_t high = qd_numeric_at(key->numbers, doc, count / 2);
    if (count % 2 == 1) return number_value(key, high);
    int64_t low = qd_numeric_at(key->numbers, doc, count / 2 - 1);
    if (key->real) {
        double sum = qd_value_double(key->field, low) + qd_value_double(key->field, high);
        return (struct qd_sort_value){ .kind = QD_SORT_VALUE_DOUBLE, .real = sum / 2 };
    }
    return (struct qd_sort_value){ .kind = QD_SORT_VALUE_LONG,
                                   .number = (int64_t)floor(((double)low + (double)high) / 2 + 0.5) };
}

static struct qd_sort_value field_value(const struct qd_sort_key *key, qd_doc_id doc, struct qd_arena *arena)
{
    enum qd_sort_mode mode = key->sort.mode;
    if (mode == QD_SORT_MODE_DEFAULT) mode = key->sort.descending ? QD_SORT_MODE_MAX : QD_SORT_MODE_MIN;
    const struct qd_numeric_column *column =
        key->ordinals != NULL ? qd_ordinal_numbers(key->ordinals) : key->numbers;
    uint32_t count = column == NULL ? 0 : qd_numeric_count(column, doc);
    if (count == 0) return key->missing;
    uint32_t index = mode == QD_SORT_MODE_MAX ? count - 1 : 0;
    if (key->ordinals != NULL) {
        uint32_t ordinal = (uint32_t)qd_numeric_at(column, doc, index);
        return (struct qd_sort_value){ .kind = QD_SORT_VALUE_BYTES,
                                       .bytes = qd_ordinal_term(key->ordinals, ordinal, arena) };
    }
    if (mode == QD_SORT_MODE_SUM || mode == QD_SORT_MODE_AVG)
        return summed(key, doc, count, mode == QD_SORT_MODE_AVG);
    if (mode == QD_SORT_MODE_MEDIAN) return median(key, doc, count);
    return number_value(key, qd_numeric_at(column, doc, index));
}

struct qd_sort_value qd_sort_value_of(const struct qd_sort_plan *plan, size_t i, qd_doc_id doc, qd_doc_id global_doc,
                                      float score, struct qd_arena *arena)
{
    const struct qd_sort_key *key = &plan->keys[i];
    if (key->sort.kind == QD_SORT_SCORE)
        return (struct qd_sort_value){ .kind = QD_SORT_VALUE_DOUBLE, .real = (double)score };
    if (key->sort.kind != QD_SORT_FIELD)
        return (struct qd_sort_value){ .kind = QD_SORT_VALUE_LONG, .number = (int64_t)global_doc };
    return field_value(key, doc, arena);
}

int qd_sort_compare(const struct qd_sort *sort, const struct qd_sort_value *left, const struct qd_sort_value *right)
{
    bool left_missing = left->kind == QD_SORT_VALUE_MISSING;
    bool right_missing = right->kind == QD_SORT_VALUE_MISSING;
    if (left_missing || right_missing) {
        if (left_missing == right_missing) return 0;
        bool first = sort->missing != NULL && qd_slice_is(qd_json_text(sort->missing), "_first");
        return left_missing == first ? -1 : 1;
    }
    int order = 0;
    if (left->kind == QD_SORT_VALUE_BYTES && right->kind == QD_SORT_VALUE_BYTES)
        order = qd_slice_compare(left->bytes, right->bytes);
    else if (left->kind == QD_SORT_VALUE_LONG && right->kind == QD_SORT_VALUE_LONG)
        order = left->number < right->number ? -1 : left->number > right->number;
    else {
        double a = left->kind == QD_SORT_VALUE_LONG ? (double)left->number : left->real;
        double b = right->kind == QD_SORT_VALUE_LONG ? (double)right->number : right->real;
        order = a < b ? -1 : a > b;
    }
    return sort->descending ? -order : order;
}

static enum qd_status after_value(const struct qd_shard_view *view, const struct qd_sort_key *key,
                                  const struct qd_json *json, struct qd_arena *arena, struct qd_sort_value *value,
                                  struct qd_error *error)
{
    if (qd_json_is_null(json)) {
        *value = key->missing;
        return QD_OK;
    }
    if (key->bytes) {
        struct qd_slice text = qd_json_text(json);
        if (key->field != NULL && key->field->type == QD_FIELD_IP) {
            struct qd_term_value term;
            QD_TRY(qd_value_term(key->field, json, view->now_ms, arena, &term, error));
            text = term.bytes;
        }
        *value = (struct qd_sort_value){ .kind = QD_SORT_VALUE_BYTES, .bytes = text };
        return QD_OK;
    }
    *value = (struct qd_sort_value){ .kind = key->real ? QD_SORT_VALUE_DOUBLE : QD_SORT_VALUE_LONG };
    if (key->real) {
        if (qd_json_double(json, &value->real)) return QD_OK;
    } else if (qd_json_int64(json, &value->number)) {
        return QD_OK;
    } else if (key->field != NULL) {
        struct qd_value_format format;
        QD_TRY(qd_value_format_of(key->field, key->sort.format, (struct qd_slice){ 0 }, arena, &format, error));
        return qd_value_parse_number(&format, json, view->now_ms, &value->number, error);
    }
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Failed to parse search_after value for field [%.*s].",
                        QD_SLICE_ARG(key->sort.field));
}

enum qd_status qd_sort_after(const struct qd_shard_view *view, const struct qd_sort_plan *plan,
                             const struct qd_json *after, struct qd_arena *arena, struct qd_sort_value **values,
                             struct qd_error *error)
{
    if (qd_json_size(after) != plan->count)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "search_after has %zu value(s) but sort has %zu.",
                            qd_json_size(after), plan->count);
    *values = QD_NEW_ARRAY(arena, struct qd_sort_value, plan->count);
    struct qd_json_iterator at = qd_json_iterate(after);
    for (size_t i = 0; qd_json_next(&at); i++)
        QD_TRY(after_value(view, &plan->keys[i], at.value, arena, &(*values)[i], error));
    return QD_OK;
}

void qd_sort_write(const struct qd_sort_plan *plan, size_t i, const struct qd_sort_value *value,
                   struct qd_json_writer *writer)
{
    const struct qd_sort_key *key = &plan->keys[i];
    switch (value->kind) {
    case QD_SORT_VALUE_MISSING: qd_json_null(writer); break;
    case QD_SORT_VALUE_LONG:
        if (key->formatted) qd_value_write_number(&key->format, value->number, writer);
        else qd_json_int(writer, value->number);
        break;
    case QD_SORT_VALUE_DOUBLE:
        if (key->sort.kind == QD_SORT_SCORE || (key->field != NULL && (key->field->type == QD_FIELD_FLOAT ||
                                                                        key->field->type == QD_FIELD_HALF_FLOAT)))
            qd_json_float_value(writer, (float)value->real);
        else qd_json_double_value(writer, value->real);
        break;
    case QD_SORT_VALUE_BYTES:
        if (key->formatted) qd_value_write_bytes(&key->format, value->bytes, writer);
        else qd_json_string(writer, value->bytes);
        break;
    }
}
