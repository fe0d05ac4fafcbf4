#include "search/phase_fetch_fields.h"

#include "base/java_order.h"
#include "base/text.h"
#include "base/vector.h"
#include "base/wildcard.h"
#include "codec/columns.h"
#include "codec/ids.h"
#include "index/fielddata.h"
#include "mapping/decimal_format.h"
#include "search/sort.h"

/* Nesting of _source that is looked through for one field. */
#define SOURCE_DEPTH_MAX 1000

/* A field to show and how. */
struct wanted_field {
    struct qd_slice name; /* as shown: an alias keeps its own */
    const struct qd_field *field;
    struct qd_value_format format;
};
QD_VECTOR_TYPE(wanted_fields, struct wanted_field);
QD_VECTOR_TYPE(value_texts, struct qd_slice);

struct qd_fetch_fields {
    struct qd_slice index_name;
    const struct qd_search_request *request;
    struct wanted_fields columns; /* docvalue_fields */
    struct wanted_fields sources; /* fields */
};

/* One entry of "fields" while it is collected. */
struct shown_field {
    struct qd_slice name;
    struct value_texts values; /* JSON texts */
};
QD_VECTOR_TYPE(shown_fields, struct shown_field);

/* What collecting works with. */
struct collection {
    struct qd_fetch_fields *fields;
    const struct qd_fetch_document *document;
    struct qd_arena *arena;
    struct shown_fields shown;
    struct qd_buffer text; /* of one value */
};

/* ---- resolving ---- */
static bool is_number(const struct qd_field *field)
{
    switch ((int)field->type) {
    case QD_FIELD_BYTE:
    case QD_FIELD_SHORT:
    case QD_FIELD_INTEGER:
    case QD_FIELD_LONG:
    case QD_FIELD_UNSIGNED_LONG:
    case QD_FIELD_HALF_FLOAT:
    case QD_FIELD_FLOAT:
    case QD_FIELD_DOUBLE:
    case QD_FIELD_SCALED_FLOAT:
    case QD_FIELD_DATE:
    case QD_FIELD_DATE_NANOS: return true;
    default: return false;
    }
}

static enum qd_status resolve_column(const struct qd_shard_view *view, struct qd_slice name,
                                     struct qd_slice format, struct qd_fetch_fields *fields,
                                     struct qd_arena *arena, struct qd_error *error)
{
    const struct qd_field *field = qd_mapping_field(view->mapping, name);
    if (field == NULL || field->type == QD_FIELD_PRIMARY_TERM) {
        return QD_OK;
    }
    bool special = field->type == QD_FIELD_ID || field->type == QD_FIELD_INDEX;
    bool column = field->column == QD_COLUMN_NUMERIC || field->column == QD_COLUMN_ORDINALS ||
                  field->fielddata;
    if (field->is_metadata && field->type != QD_FIELD_SEQ_NO) {
        column = false;
    }
    bool binary = field->column == QD_COLUMN_BINARY;
    /* Numbers and dates take a format, and are then found to have no column. */
    bool formattable = column || binary || (!field->is_metadata && is_number(field));
    bool unformatted = !formattable || field->type == QD_FIELD_SEQ_NO;
    if (format.data != NULL && !qd_slice_is(format, "use_field_mapping") && unformatted) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Field [%.*s] of type [%s] does not support custom formats",
                            QD_SLICE_ARG(field->name), field->type_name);
    }
    if (!special && !column && !binary) {
        return qd_sort_no_field_data(field, error);
    }
    QD_TRY(qd_fielddata_load(view->snapshot, field, view->fielddata, error));
    struct wanted_field *wanted = QD_PUSH(arena, &fields->columns);
    *wanted = (struct wanted_field){ .name = name, .field = field };
    bool ignored = field->type == QD_FIELD_UNSIGNED_LONG || binary;
    bool pattern = field->type == QD_FIELD_UNSIGNED_LONG && format.data != NULL;
    if (pattern && !qd_slice_is(format, "use_field_mapping")) QD_TRY(qd_decimal_format_check(format, error));
    if (ignored) {
        format = (struct qd_slice){ 0 }; /* the reference takes a pattern and ignores it */
    }
    return qd_value_format_of(field, format, (struct qd_slice){ 0 }, arena, &wanted->format, error);
}

/* Buckets of the reference's set of `count` names that a pattern means; a star means its metadata too. */
static size_t matched_capacity(struct qd_slice pattern, size_t count)
{
    enum { METADATA = 12 };
    size_t all = count + (qd_slice_is(pattern, "*") ? METADATA : 0);
    size_t capacity = 16;
    while (all > capacity * 3 / 4) capacity *= 2;
    return capacity;
}

static enum qd_status resolve_columns(const struct qd_shard_view *view, struct qd_fetch_fields *fields,
                                      struct qd_arena *arena, struct qd_error *error)
{
    const struct qd_search_request *request = fields->request;
    for (size_t i = 0; i < request->docvalue_field_count; i++) {
        const struct qd_field_and_format *asked = &request->docvalue_fields[i];
        if (!qd_is_simple_pattern(asked->field)) {
            QD_TRY(resolve_column(view, asked->field, asked->format, fields, arena, error));
            continue;
        }
        struct qd_slice *names;
        size_t count = qd_mapping_match(view->mapping, asked->field, arena, &names);
        const size_t *order = qd_java_map_order(arena, names, count, matched_capacity(asked->field, count));
        for (size_t k = 0; k < count; k++) {
            QD_TRY(resolve_column(view, names[order[k]], asked->format, fields, arena, error));
        }
    }
    return QD_OK;
}

static bool takes_format(const struct qd_field *field)
{
    return field->type == QD_FIELD_DATE || field->type == QD_FIELD_DATE_NANOS;
}

static enum qd_status resolve_source(const struct qd_shard_view *view, struct qd_slice name,
                                     struct qd_slice format, struct qd_fetch_fields *fields,
                                     struct qd_arena *arena, struct qd_error *error)
{
    const struct qd_field *field = qd_mapping_field(view->mapping, name);
    if (field == NULL || field->is_metadata) {
        return QD_OK;
    }
    bool untyped = qd_field_is_analyzed(field) || field->type == QD_FIELD_BINARY;
    if (format.data != NULL && untyped) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Field [%.*s] doesn't support formats.",
                            QD_SLICE_ARG(name));
    }
    if (format.data != NULL && !takes_format(field)) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Field [%.*s] of type [%s] doesn't support formats.",
                            QD_SLICE_ARG(field->name), field->type_name);
    }
    if (qd_slice_is(format, "use_field_mapping")) {
        /* Only docvalue_fields know that word: here it is a pattern, and a wrong one. */
        const struct qd_date_format *compiled;
        QD_TRY(qd_date_format_compile(arena, format, (struct qd_slice){ 0 }, &compiled, error));
    }
    struct wanted_field *wanted = QD_PUSH(arena, &fields->sources);
    *wanted = (struct wanted_field){ .name = name, .field = field };
    return qd_value_format_of(field, format, (struct qd_slice){ 0 }, arena, &wanted->format, error);
}

static enum qd_status resolve_sources(const struct qd_shard_view *view, struct qd_fetch_fields *fields,
                                      struct qd_arena *arena, struct qd_error *error)
{
    const struct qd_search_request *request = fields->request;
    if (request->field_count > 0 && !qd_mapping_source_enabled(view->mapping)) {
        return qd_error_set(
            error, QD_ILLEGAL_ARGUMENT,
            "Unable to retrieve the requested [fields] since _source is disabled in the mappings for "
            "index [%.*s]",
            QD_SLICE_ARG(view->index_name));
    }
    for (size_t i = 0; i < request->field_count; i++) {
        const struct qd_field_and_format *asked = &request->fields[i];
        struct qd_slice *names;
        size_t count = qd_mapping_match(view->mapping, asked->field, arena, &names);
        for (size_t k = 0; k < count; k++) {
            QD_TRY(resolve_source(view, names[k], asked->format, fields, arena, error));
        }
    }
    return QD_OK;
}

static enum qd_status check_stored(const struct qd_shard_view *view, const struct qd_search_request *request,
                                   struct qd_error *error)
{
    for (size_t i = 0; i < request->stored_field_count; i++) {
        struct qd_slice name = request->stored_fields[i];
        if (!qd_mapping_is_object(view->mapping, name)) {
            continue;
        }
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "field [%.*s] isn't a leaf field",
                            QD_SLICE_ARG(name));
    }
    return QD_OK;
}

enum qd_status qd_fetch_fields_create(const struct qd_shard_view *view,
                                      const struct qd_search_request *request, struct qd_arena *arena,
                                      struct qd_fetch_fields **fields, struct qd_error *error)
{
    *fields = NULL;
    if (request->stored_field_count + request->docvalue_field_count + request->field_count == 0) {
        return QD_OK;
    }
    struct qd_fetch_fields *made = QD_NEW(arena, struct qd_fetch_fields);
    made->index_name = view->index_name;
    made->request = request;
    QD_TRY(check_stored(view, request, error));
    QD_TRY(resolve_columns(view, made, arena, error));
    QD_TRY(resolve_sources(view, made, arena, error));
    *fields = made;
    return QD_OK;
}

bool qd_fetch_fields_need_source(const struct qd_fetch_fields *fields)
{
    return fields != NULL && fields->sources.count > 0;
}

/* ---- collecting ---- */
static struct shown_field *shown_named(struct collection *collection, struct qd_slice name)
{
    for (size_t i = 0; i < collection->shown.count; i++) {
        if (qd_slice_equal(collection->shown.data[i].name, name)) {
            return &collection->shown.data[i];
        }
    }
    struct shown_field *shown = QD_PUSH(collection->arena, &collection->shown);
    *shown = (struct shown_field){ .name = name };
    return shown;
}

/* Ends a value that was written to collection->text. */
static void take_value(struct collection *collection, struct shown_field *shown)
{
    *QD_PUSH(collection->arena, &shown->values) = qd_arena_copy(collection->arena,
                                                                qd_buffer_view(&collection->text));
    collection->text.size = 0;
}

static void collect_stored(struct collection *collection)
{
    const struct qd_search_request *request = collection->fields->request;
    const struct qd_record *record = collection->document->record;
    for (uint32_t i = 0; i < record->field_count; i++) {
        const struct qd_record_field *field = &record->fields[i];
        if (!qd_simple_match_any(request->stored_fields, request->stored_field_count, field->name)) {
            continue;
        }
        struct shown_field *shown = shown_named(collection, field->name);
        for (uint32_t k = 0; k < field->value_count; k++) {
            *QD_PUSH(collection->arena, &shown->values) = field->values[k];
        }
    }
}

static enum qd_status collect_special(struct collection *collection, const struct wanted_field *wanted,
                                      struct qd_error *error)
{
    struct qd_json_writer writer = { .out = &collection->text };
    struct qd_slice text = collection->fields->index_name;
    if (wanted->field->type == QD_FIELD_ID) {
        struct qd_ids *ids;
        QD_TRY(qd_segment_ids(collection->document->segment, &ids, error));
        if (ids == NULL) {
            return QD_OK;
        }
        text = qd_ids_at(ids, collection->document->doc);
    }
    qd_json_string(&writer, text);
    take_value(collection, shown_named(collection, wanted->name));
    return QD_OK;
}

/* The values of a binary column, in base 64. */
static enum qd_status collect_binary(struct collection *collection, const struct wanted_field *wanted,
                                     struct qd_error *error)
{
    const struct qd_fetch_document *document = collection->document;
    struct qd_binary_column *column;
    QD_TRY(qd_segment_binary(document->segment, wanted->field->name, &column, error));
    uint32_t count = column == NULL ? 0 : qd_binary_count(column, document->doc);
    for (uint32_t i = 0; i < count; i++) {
        struct qd_json_writer writer = { .out = &collection->text };
        struct qd_slice bytes = qd_binary_at(column, document->doc, i);
        qd_value_write_bytes(&wanted->format, bytes, &writer);
        take_value(collection, shown_named(collection, wanted->name));
    }
    return QD_OK;
}

static enum qd_status collect_column(struct collection *collection, const struct wanted_field *wanted,
                                     struct qd_error *error)
{
    const struct qd_fetch_document *document = collection->document;
    const struct qd_field *field = wanted->field;
    struct qd_numeric_column *numbers = NULL;
    struct qd_ordinal_column *ordinals = NULL;
    if (field->type == QD_FIELD_ID || field->type == QD_FIELD_INDEX) {
        return collect_special(collection, wanted, error);
    }
    if (field->column == QD_COLUMN_BINARY) return collect_binary(collection, wanted, error);
    if (field->column == QD_COLUMN_ORDINALS || field->fielddata) {
        QD_TRY(qd_segment_ordinals(document->segment, field->name, &ordinals, error));
    } else {
        QD_TRY(qd_segment_numeric(document->segment, field->name, &numbers, error));
    }
    const struct qd_numeric_column *column = ordinals != NULL ? qd_ordinal_numbers(ordinals) : numbers;
    uint32_t count = column == NULL ? 0 : qd_numeric_count(column, document->doc);
    if (count == 0) {
        return QD_OK;
    }
    struct shown_field *shown = shown_named(collection, wanted->name);
    uint32_t first = 0;
    if (field->type == QD_FIELD_UNSIGNED_LONG) {
        /* In the order of signed numbers: those from 2^63 on come first. */
        while (first < count && qd_numeric_at(column, document->doc, first) < 0) first++;
    }
    for (uint32_t i = 0; i < count; i++) {
        struct qd_json_writer writer = { .out = &collection->text };
        int64_t value = qd_numeric_at(column, document->doc, (first + i) % count);
        if (ordinals == NULL) {
            qd_value_write_number(&wanted->format, value, &writer);
        } else {
            struct qd_slice term = qd_ordinal_term(ordinals, (uint32_t)value, collection->arena);
            qd_value_write_bytes(&wanted->format, term, &writer);
        }
        take_value(collection, shown);
    }
    return QD_OK;
}

/* ---- values of the source ---- */
QD_VECTOR_TYPE(json_nodes, const struct qd_json *);

/* The nodes at the rest of a path. As in the reference a name with dots in it is only tried when the path
 * through objects leads nowhere. */
static void find_nodes(const struct qd_json *node, struct qd_slice path, struct json_nodes *found,
                       struct qd_arena *arena, int depth)
{
    if (depth > SOURCE_DEPTH_MAX) {
        return;
    }
    if (path.size == 0) {
        *QD_PUSH(arena, found) = node;
        return;
    }
    if (qd_json_is_array(node)) {
        struct qd_json_iterator at = qd_json_iterate(node);
        while (qd_json_next(&at)) {
            find_nodes(at.value, path, found, arena, depth + 1);
        }
        return;
    }
    if (!qd_json_is_object(node)) {
        return;
    }
    for (size_t end = 0; end < path.size; end++) {
        if (end + 1 < path.size && path.data[end + 1] != '.') {
            continue;
        }
        size_t size = end + 1;
        const struct qd_json *value = qd_json_get_slice(node, qd_slice_sub(path, 0, size));
        size_t before = found->count;
        if (value != NULL) {
            find_nodes(value, qd_slice_from(path, size == path.size ? size : size + 1), found, arena,
                       depth + 1);
        }
        if (found->count > before) {
            return;
        }
    }
}

/* Arrays are looked through breadth first, as the reference's queue does. */
static void flatten(struct json_nodes *nodes, struct qd_arena *arena)
{
    struct json_nodes flat = { 0 };
    for (size_t i = 0; i < nodes->count; i++) {
        const struct qd_json *node = nodes->data[i];
        if (!qd_json_is_array(node)) {
            *QD_PUSH(arena, &flat) = node;
            continue;
        }
        struct qd_json_iterator at = qd_json_iterate(node);
        while (qd_json_next(&at)) {
            *QD_PUSH(arena, nodes) = at.value;
        }
    }
    *nodes = flat;
}

static bool is_ignored(const struct qd_fetch_document *document, struct qd_slice name)
{
    for (size_t i = 0; i < document->ignored_count; i++) {
        if (qd_slice_equal(document->ignored[i], name)) {
            return true;
        }
    }
    return false;
}

static enum qd_status collect_source(struct collection *collection, const struct wanted_field *wanted,
                                     struct qd_error *error)
{
    const struct qd_field *field = wanted->field;
    struct json_nodes nodes = { 0 };
    if (is_ignored(collection->document, field->name)) {
        return QD_OK;
    }
    if (field->type == QD_FIELD_TOKEN_COUNT) {
        return collect_column(collection, wanted, error);
    }
    const struct qd_field *holder = field->parent != NULL ? field->parent : field;
    find_nodes(collection->document->source, holder->name, &nodes, collection->arena, 0);
    flatten(&nodes, collection->arena);
    struct shown_field shown = { .name = wanted->name };
    for (size_t i = 0; i < nodes.count; i++) {
        struct qd_json_writer writer = { .out = &collection->text };
        const struct qd_json *value = qd_json_is_null(nodes.data[i]) ? field->null_value : nodes.data[i];
        if (value != NULL && qd_value_write_source(field, value, &wanted->format, &writer)) {
            take_value(collection, &shown);
        }
        collection->text.size = 0;
    }
    if (shown.values.count > 0) {
        *shown_named(collection, wanted->name) = shown;
    }
    return QD_OK;
}

static enum qd_status collect(struct collection *collection, struct qd_error *error)
{
    const struct qd_fetch_fields *fields = collection->fields;
    collect_stored(collection);
    for (size_t i = 0; i < fields->columns.count; i++) {
        QD_TRY(collect_column(collection, &fields->columns.data[i], error));
    }
    for (size_t i = 0; i < fields->sources.count && collection->document->source != NULL; i++) {
        QD_TRY(collect_source(collection, &fields->sources.data[i], error));
    }
    return QD_OK;
}

enum qd_status qd_fetch_fields_write(struct qd_fetch_fields *fields, const struct qd_fetch_document *document,
                                     struct qd_arena *arena, struct qd_json_writer *writer,
                                     struct qd_error *error)
{
    if (fields == NULL) {
        return QD_OK;
    }
    struct collection collection = { .fields = fields, .document = document, .arena = arena };
    enum qd_status status = collect(&collection, error);
    qd_buffer_deinit(&collection.text);
    if (status != QD_OK || collection.shown.count == 0) {
        return status;
    }
    struct qd_slice *names = QD_NEW_ARRAY(arena, struct qd_slice, collection.shown.count);
    for (size_t i = 0; i < collection.shown.count; i++) names[i] = collection.shown.data[i].name;
    const size_t *order = qd_java_map_order(arena, names, collection.shown.count, 16);
    qd_json_member_object(writer, "fields");
    for (size_t i = 0; i < collection.shown.count; i++) {
        const struct shown_field *shown = &collection.shown.data[order[i]];
        qd_json_name_slice(writer, shown->name);
        qd_json_begin_array(writer);
        for (size_t k = 0; k < shown->values.count; k++) {
            qd_json_raw(writer, shown->values.data[k]);
        }
        qd_json_end_array(writer);
    }
    qd_json_end_object(writer);
    return QD_OK;
}
