#include "mapping/accumulate.h"

#include "mapping/java_values.h"

/* Accumulators are taken from the arena so many at a time. */
#define ACCUMULATORS 16

/* The first value of a field in this document. */
static struct qd_accumulator *begin_field(struct qd_parse_context *context, struct qd_field_mapper *mapper)
{
    if (context->spare_count == 0) {
        context->spare = qd_arena_alloc(context->scratch, ACCUMULATORS * sizeof(*context->spare));
        context->spare_count = ACCUMULATORS;
    }
    struct qd_accumulator *values = &context->spare[--context->spare_count];
    *values = (struct qd_accumulator){ .mapper = mapper,
                                       .numbers = &values->first_number,
                                       .number_capacity = 1,
                                       .terms = &values->first_term,
                                       .term_capacity = 1 };
    context->slots[mapper->slot] = values;
    context->touched[mapper->slot / 64] |= UINT64_C(1) << (mapper->slot % 64);
    return values;
}

static inline struct qd_accumulator *accumulate(struct qd_parse_context *context,
                                                struct qd_field_mapper *mapper)
{
    if (mapper->slot == UINT32_MAX) return NULL;
    struct qd_accumulator *values = context->slots[mapper->slot];
    return values != NULL ? values : begin_field(context, mapper);
}

struct qd_accumulator *qd_accumulate(struct qd_parse_context *context, struct qd_field_mapper *mapper)
{
    return accumulate(context, mapper);
}

/* Makes room for more elements; returns where they are now. */
static void *widen(struct qd_parse_context *context, void *data, size_t size, uint32_t count,
                   uint32_t *capacity)
{
    uint32_t wanted = *capacity == 0 ? 1 : *capacity * 2;
    void *grown = qd_arena_alloc(context->arena, wanted * size);
    if (count > 0) memcpy(grown, data, count * size);
    *capacity = wanted;
    return grown;
}

/* Makes room for one more element; returns where the elements are now. */
static inline void *grow(struct qd_parse_context *context, void *data, size_t size, uint32_t count,
                         uint32_t *capacity)
{
    return count < *capacity ? data : widen(context, data, size, count, capacity);
}

void qd_add_number(struct qd_parse_context *context, struct qd_field_mapper *mapper, int64_t number)
{
    struct qd_accumulator *to = accumulate(context, mapper);
    if (to == NULL) return;
    to->numbers = grow(context, to->numbers, sizeof(*to->numbers), to->number_count, &to->number_capacity);
    to->numbers[to->number_count++] = number;
}

void qd_add_term(struct qd_parse_context *context, struct qd_field_mapper *mapper, struct qd_slice term)
{
    struct qd_accumulator *to = accumulate(context, mapper);
    if (to == NULL) return;
    to->terms = grow(context, to->terms, sizeof(*to->terms), to->term_count, &to->term_capacity);
    to->terms[to->term_count++] = term;
    if (term.size > to->longest) to->longest = term.size;
}

void qd_add_stored(struct qd_parse_context *context, struct qd_field_mapper *mapper, struct qd_slice json)
{
    struct qd_accumulator *to = accumulate(context, mapper);
    if (to == NULL) return;
    to->stored = grow(context, to->stored, sizeof(*to->stored), to->stored_count, &to->stored_capacity);
    to->stored[to->stored_count++] = json;
}

struct qd_token_list *qd_add_token_list(struct qd_parse_context *context, struct qd_field_mapper *mapper)
{
    struct qd_accumulator *to = accumulate(context, mapper);
    if (to == NULL) return NULL;
    to->token_lists = grow(context, to->token_lists, sizeof(*to->token_lists), to->token_list_count,
                           &to->token_list_capacity);
    struct qd_token_list *list = &to->token_lists[to->token_list_count++];
    *list = (struct qd_token_list){ 0 };
    return list;
}

void qd_add_ignored(struct qd_parse_context *context, const struct qd_field_mapper *mapper)
{
    qd_map_put(&context->ignored, mapper->base.path, NULL);
}

void qd_add_field_name(struct qd_parse_context *context, struct qd_field_mapper *mapper)
{
    if (mapper->slot == UINT32_MAX) return;
    const struct qd_accumulator *names = context->slots[context->mapping->field_names->slot];
    /* Values of one field follow each other, so that comparing with the last name keeps most repeats out. */
    if (names != NULL && names->term_count > 0 &&
        names->terms[names->term_count - 1].data == mapper->base.path.data) {
        return;
    }
    qd_add_term(context, context->mapping->field_names, mapper->base.path);
}

struct qd_slice qd_json_quote(struct qd_arena *arena, struct qd_slice text)
{
    struct qd_buffer buffer = { 0 };
    struct qd_json_writer writer = { .out = &buffer };
    qd_json_string(&writer, text);
    struct qd_slice quoted = qd_arena_copy(arena, qd_buffer_view(&buffer));
    qd_buffer_deinit(&buffer);
    return quoted;
}

enum qd_status qd_value_refuse_object(struct qd_parse_context *context, const struct qd_json *value,
                                      struct qd_error *error)
{
    int64_t line = 0;
    int64_t column = 0;
    qd_json_position(context->input->json, value, &line, &column);
    return qd_error_set(error, QD_ILLEGAL_STATE, "Can't get text on a START_OBJECT at %lld:%lld",
                        (long long)line, (long long)column);
}

const char *qd_token_name(const struct qd_json *value)
{
    switch (qd_json_type_of(value)) {
    case QD_JSON_NULL: return "VALUE_NULL";
    case QD_JSON_BOOLEAN: return qd_json_boolean(value) ? "VALUE_TRUE" : "VALUE_FALSE";
    case QD_JSON_NUMBER: return qd_json_is_integral(value) ? "VALUE_NUMBER_INT" : "VALUE_NUMBER_FLOAT";
    case QD_JSON_STRING: return "VALUE_STRING";
    case QD_JSON_ARRAY: return "START_ARRAY";
    case QD_JSON_OBJECT: return "START_OBJECT";
    case QD_JSON_MISSING:
    default: return "NOT_AVAILABLE";
    }
}

/* The byte behind the token: containers end after their first character, an integer is only read up to its
 * start when Jackson refuses to take it as bytes. */
static size_t token_end(struct qd_parse_context *context, const struct qd_json *value)
{
    size_t start = 0;
    size_t end = 0;
    qd_json_extent(context->input->json, value, &start, &end);
    return qd_json_is_object(value) || qd_json_is_array(value) ? start + 1 : end;
}

static enum qd_status twice(struct qd_parse_context *context, const struct qd_json *value,
                            struct qd_slice reason, const char *inner_type, struct qd_error *error)
{
    struct qd_slice text =
        qd_arena_format(context->arena,
                        "%.*s\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` "
                        "disabled); byte offset: #%zu]",
                        QD_SLICE_ARG(reason), token_end(context, value));
    bool stream = inner_type != NULL;
    enum qd_status status = stream ? QD_JSON_PARSE : QD_INPUT_COERCION;
    (void)qd_error_set(error, status, "%.*s", QD_SLICE_ARG(text));
    if (error != NULL && stream) error->type_override = inner_type;
    return qd_error_wrap(error, status, "%.*s", QD_SLICE_ARG(text));
}

enum qd_status qd_coercion_error(struct qd_parse_context *context, const struct qd_json *value,
                                 struct qd_slice reason, struct qd_error *error)
{
    return twice(context, value, reason, NULL, error);
}

enum qd_status qd_stream_error(struct qd_parse_context *context, const struct qd_json *value,
                               struct qd_slice reason, struct qd_error *error)
{
    return twice(context, value, reason, "stream_read_exception", error);
}

enum qd_status qd_doc_count_parse(struct qd_parse_context *context, struct qd_field_mapper *mapper,
                                  const struct qd_json *value, struct qd_error *error)
{
    int64_t count = 0;
    if (!qd_json_is_number(value)) {
        int64_t line = 0;
        int64_t column = 0;
        qd_json_position(context->input->json, value, &line, &column);
        enum qd_status status =
            qd_error_set(error, QD_PARSING,
                         "Failed to parse object: expecting token of type [VALUE_NUMBER] but found [%s]",
                         qd_token_name(value));
        qd_error_add_number(error, "line", line);
        qd_error_add_number(error, "col", column);
        return status;
    }
    if (!qd_json_is_integral(value)) {
        struct qd_slice text = qd_java_text(context->arena, value);
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "%.*s cannot be converted to Long without data loss",
                            QD_SLICE_ARG(text));
    }
    if (!qd_json_int64(value, &count) || count < INT64_MIN) {
        return qd_coercion_error(context, value,
                                 qd_arena_format(context->arena,
                                                 "Numeric value (%.*s) out of range of `long` "
                                                 "(-9223372036854775808 - 9223372036854775807)",
                                                 QD_SLICE_ARG(qd_json_text(value))),
                                 error);
    }
    if (count <= 0) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Field [_doc_count] must be a positive integer.");
    }
    qd_add_number(context, mapper, count);
    return QD_OK;
}
