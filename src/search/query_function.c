#include "search/query_function.h"

#include <math.h>

#include "base/java_order.h"
#include "base/json_writer.h"
#include "base/murmur3.h"
#include "base/number.h"
#include "base/text.h"
#include "base/units.h"
#include "mapping/values.h"
#include "search/sort.h"

bool qd_function_known(struct qd_slice name, enum qd_function_kind *kind)
{
    static const char *const names[] = { [QD_FUNCTION_RANDOM] = "random_score",
                                         [QD_FUNCTION_FIELD] = "field_value_factor",
                                         [QD_FUNCTION_GAUSS] = "gauss",
                                         [QD_FUNCTION_EXP] = "exp",
                                         [QD_FUNCTION_LINEAR] = "linear" };
    for (int i = QD_FUNCTION_RANDOM; i <= QD_FUNCTION_LINEAR; i++) {
        if (!qd_slice_is(name, names[i])) continue;
        *kind = (enum qd_function_kind)i;
        return true;
    }
    return false;
}

static enum qd_status number_of(const struct qd_json *json, double *value, struct qd_error *error)
{
    if (qd_json_double(json, value)) return QD_OK;
    return qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"",
                        QD_SLICE_ARG(qd_json_text(json)));
}

static enum qd_status parse_random(struct qd_query_parser *parser, const struct qd_json *body,
                                   struct qd_function *function, struct qd_error *error)
{
    struct qd_json_iterator at = qd_json_iterate(body);
    while (qd_json_next(&at)) {
        if (!qd_query_is_value(at.value)) continue;
        if (qd_slice_is(at.key, "seed") && qd_json_is_number(at.value) && !qd_json_is_integral(at.value))
            return qd_query_error_at(parser, at.value, error,
                                     "random_score seed must be an int, long or string, not 'VALUE_NUMBER'");
        if (qd_slice_is(at.key, "seed")) function->seed = at.value;
        else if (qd_slice_is(at.key, "field")) function->field = qd_json_text(at.value);
        else
            return qd_query_error_at(parser, at.value, error, "random_score query does not support [%.*s]",
                                     QD_SLICE_ARG(at.key));
    }
    return QD_OK;
}

static enum qd_status parse_modifier(struct qd_query_parser *parser, struct qd_slice text,
                                     struct qd_function *function, struct qd_error *error)
{
    static const char *const names[] = { "none", "log",  "log1p",  "log2p", "ln",
                                         "ln1p", "ln2p", "square", "sqrt",  "reciprocal" };
    for (int i = 0; i <= QD_MODIFIER_RECIPROCAL; i++) {
        if (!qd_equal_ignore_case(text, qd_slice_from_string(names[i]))) continue;
        function->modifier = (enum qd_function_modifier)i;
        return QD_OK;
    }
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "No enum constant org.opensearch.common.lucene.search.function."
                        "FieldValueFactorFunction.Modifier.%.*s",
                        QD_SLICE_ARG(qd_uppercase(parser->arena, text)));
}

/* A scalar, or those in an array: the reference's loop knows neither brackets nor null and walks over
 * them. */
static enum qd_status parse_field_member(struct qd_query_parser *parser, struct qd_slice key,
                                         const struct qd_json *value, struct qd_function *function,
                                         struct qd_error *error)
{
    bool scalar = qd_query_is_value(value) || qd_json_is_null(value);
    if (qd_slice_is(key, "factor") && !scalar)
        return qd_query_error_at(parser, value, error,
                                 "[field_value_factor] field 'factor' does not support lists or objects");
    if (qd_json_is_array(value)) {
        struct qd_json_iterator element = qd_json_iterate(value);
        while (qd_json_next(&element))
            QD_TRY(parse_field_member(parser, key, element.value, function, error));
        return QD_OK;
    }
    if (qd_json_is_null(value)) return QD_OK;
    if (qd_slice_is(key, "field") && qd_query_is_value(value)) {
        function->field = qd_json_text(value);
        return QD_OK;
    }
    if (qd_slice_is(key, "factor")) return qd_query_float(parser, value, &function->factor, error);
    if (qd_slice_is(key, "modifier")) return parse_modifier(parser, qd_json_text(value), function, error);
    if (qd_slice_is(key, "missing")) {
        function->has_missing = true;
        return number_of(value, &function->missing, error);
    }
    return qd_query_error_at(parser, value, error, "field_value_factor query does not support [%.*s]",
                             QD_SLICE_ARG(key));
}

static enum qd_status parse_field_value(struct qd_query_parser *parser, const struct qd_json *body,
                                        struct qd_function *function, struct qd_error *error)
{
    function->factor = 1.0f;
    struct qd_json_iterator at = qd_json_iterate(body);
    while (qd_json_next(&at)) QD_TRY(parse_field_member(parser, at.key, at.value, function, error));
    if (function->field.data != NULL) return QD_OK;
    return qd_query_error_end(parser, body, error, "[field_value_factor] required field 'field' missing");
}

static enum qd_status parse_decay(struct qd_query_parser *parser, const struct qd_json *body,
                                  struct qd_function *function, struct qd_error *error)
{
    static const char *const modes[] = { "min", "max", "avg", "sum", "median" };
    const int count = (int)(sizeof(modes) / sizeof(modes[0]));
    struct qd_json_iterator at = qd_json_iterate(body);
    while (qd_json_next(&at)) {
        if (qd_json_is_object(at.value)) {
            function->field = at.key;
            function->decay = at.value;
        } else if (qd_slice_is(at.key, "multi_value_mode")) {
            int mode = 0;
            struct qd_slice text;
            QD_TRY(qd_query_text(parser, at.value, &text, error));
            while (mode < count &&
                   !qd_equal_ignore_case(qd_json_text(at.value), qd_slice_from_string(modes[mode])))
                mode++;
            if (mode == count)
                return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Illegal sort mode: %.*s",
                                    QD_SLICE_ARG(qd_json_text(at.value)));
            function->mode = (enum qd_function_mode)mode;
        } else {
            return qd_query_error_at(parser, at.value, error, "malformed score function score parameters.");
        }
    }
    if (function->field.data == NULL)
        return qd_query_error_end(parser, body, error, "malformed score function score parameters.");
    return QD_OK;
}

enum qd_status qd_function_parse(struct qd_query_parser *parser, enum qd_function_kind kind,
                                 const struct qd_json *body, struct qd_function *function,
                                 struct qd_error *error)
{
    function->kind = kind;
    if (kind == QD_FUNCTION_RANDOM) return parse_random(parser, body, function, error);
    if (kind == QD_FUNCTION_FIELD) return parse_field_value(parser, body, function, error);
    return parse_decay(parser, body, function, error);
}

/* ---- on a shard ---- */
static int32_t mix(int32_t value, int32_t seed)
{
    uint32_t k = (uint32_t)value ^ (uint32_t)seed;
    k = (k ^ k >> 16) * 0x85ebca6bu;
    k = (k ^ k >> 13) * 0xc2b2ae35u;
    return (int32_t)(k ^ k >> 16);
}

static int32_t murmur(struct qd_slice bytes, int32_t seed)
{
    return (int32_t)qd_murmur3_32(bytes, (uint32_t)seed);
}

/* Fields without a column cannot be read; the reference reads the numbers of any that have one. */
static enum qd_status check_column(const struct qd_field *field, struct qd_error *error)
{
    if (field->type == QD_FIELD_ID || field->column == QD_COLUMN_ORDINALS || field->fielddata) return QD_OK;
    bool kept_back = field->is_metadata && field->type != QD_FIELD_SEQ_NO;
    if (field->column != QD_COLUMN_NONE && field->type != QD_FIELD_BINARY && !kept_back) return QD_OK;
    return qd_sort_no_field_data(field, error);
}

static enum qd_status resolve_random(struct qd_query_context *context, const struct qd_function *function,
                                     struct qd_function_value *value, struct qd_error *error)
{
    uint32_t salt = qd_java_string_hash(context->view->index_name) << 10 | context->view->shard;
    int64_t seed = context->view->now_ms ^ (int64_t)((uint64_t)context->view->now_ms >> 32);
    bool numbered = function->seed != NULL && qd_json_is_number(function->seed);
    if (function->seed != NULL && (!numbered || !qd_json_int64(function->seed, &seed)))
        seed = (int32_t)qd_java_string_hash(qd_json_text(function->seed));
    else if (function->seed != NULL && (seed > INT32_MAX || seed < INT32_MIN))
        seed = (int32_t)(uint32_t)((uint64_t)seed ^ (uint64_t)seed >> 32);
    value->seed = (int32_t)(uint32_t)seed;
    value->salted_seed = mix((int32_t)(uint32_t)seed, (int32_t)salt);
    if (function->seed == NULL) return QD_OK;
    struct qd_slice name = function->field.data == NULL ? QD_SLICE("_id") : function->field;
    value->field = qd_mapping_field(context->view->mapping, name);
    if (value->field != NULL && value->field->type == QD_FIELD_INDEX) {
        value->constant = context->view->index_name;
        return QD_OK;
    }
    if (value->field != NULL) return check_column(value->field, error);
    return qd_error_set(
        error, QD_ILLEGAL_ARGUMENT,
        "Field [%.*s] is not mapped on [[%.*s/%.*s]] and cannot be used as a source of random numbers.",
        QD_SLICE_ARG(name), QD_SLICE_ARG(context->view->index_name), QD_SLICE_ARG(context->view->index_uuid));
}

static enum qd_status time_of(const struct qd_json *json, const char *name, double *value,
                              struct qd_error *error)
{
    int64_t millis;
    QD_TRY(qd_time_parse_millis(qd_json_text(json), name, &millis, error));
    *value = (double)millis;
    return QD_OK;
}

/* The function's body is read again on the shard, where its place in the request is not known. */
static enum qd_status placeless(struct qd_error *error, int64_t column)
{
    qd_error_add_number(error, "line", 1);
    qd_error_add_number(error, "col", column);
    return QD_PARSING;
}

/* A number of a decay, as the reference's parser reads it. */
static enum qd_status decay_number(struct qd_query_parser *parser, const struct qd_json *json, double *value,
                                   struct qd_error *error)
{
    float narrow;
    QD_TRY(qd_query_float(parser, json, &narrow, error));
    return number_of(json, value, error);
}

/* What the members of a decay's object say. */
struct decay_members {
    const struct qd_json *origin, *scale, *offset;
};

static enum qd_status read_decay(struct qd_query_parser *parser, const struct qd_json *object, bool date,
                                 struct qd_function_value *value, struct decay_members *members,
                                 struct qd_error *error)
{
    struct qd_json_iterator at = qd_json_iterate(object);
    while (qd_json_next(&at)) {
        struct qd_slice text;
        double number = 0;
        bool decay = qd_slice_is(at.key, "decay");
        bool known = decay || qd_slice_is(at.key, "origin") || qd_slice_is(at.key, "scale") ||
                     qd_slice_is(at.key, "offset");
        if (!known)
            return qd_error_set(error, QD_OPENSEARCH_PARSE, "parameter [%.*s] not supported!",
                                QD_SLICE_ARG(at.key));
        if (decay || !date) QD_TRY(decay_number(parser, at.value, &number, error));
        else QD_TRY(qd_query_text(parser, at.value, &text, error));
        if (decay) {
            value->decay = number;
        } else if (qd_slice_is(at.key, "origin")) {
            members->origin = at.value;
            value->origin = number;
        } else if (qd_slice_is(at.key, "scale")) {
            members->scale = at.value;
            value->scale = number;
        } else {
            members->offset = at.value;
            value->offset = number;
        }
    }
    return QD_OK;
}

/* Dates: a point in time and durations. */
static enum qd_status date_decay(struct qd_query_context *context, const struct decay_members *members,
                                 struct qd_function_value *value, struct qd_error *error)
{
    struct qd_value_format format;
    int64_t origin = context->view->now_ms;
    QD_TRY(qd_value_format_of(value->field, (struct qd_slice){ 0 }, (struct qd_slice){ 0 }, context->arena,
                              &format, error));
    if (members->origin != NULL) {
        QD_TRY(qd_value_parse_number(&format, members->origin, context->view->now_ms, &origin, error));
    }
    value->origin = (double)origin;
    if (members->scale == NULL)
        return qd_error_set(error, QD_OPENSEARCH_PARSE, "[scale] must be set for date fields.");
    QD_TRY(time_of(members->scale, "DecayFunctionParser.scale", &value->scale, error));
    if (members->offset == NULL) return QD_OK;
    return time_of(members->offset, "DecayFunctionParser.offset", &value->offset, error);
}

/* The bounds of a decay's numbers, and the scale as the formula wants it. */
static enum qd_status finish_decay(const struct qd_function *function, struct qd_function_value *value,
                                   struct qd_error *error)
{
    if (value->scale <= 0)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "function_score : scale must be > 0.0.");
    if (value->decay <= 0 || value->decay >= 1)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "function_score : decay must be in the range [0..1].");
    if (value->offset < 0)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "function_score : offset must be > 0.0");
    if (function->kind == QD_FUNCTION_GAUSS)
        value->scale = 0.5 * pow(value->scale, 2.0) / log(value->decay);
    else if (function->kind == QD_FUNCTION_EXP) value->scale = log(value->decay) / value->scale;
    else value->scale = value->scale / (1.0 - value->decay);
    return QD_OK;
}

/* Numbers of all kinds but scaled ones and those of metadata. */
static bool decays_over(const struct qd_field *field)
{
    switch ((int)field->type) {
    case QD_FIELD_BYTE:
    case QD_FIELD_SHORT:
    case QD_FIELD_INTEGER:
    case QD_FIELD_LONG:
    case QD_FIELD_UNSIGNED_LONG:
    case QD_FIELD_HALF_FLOAT:
    case QD_FIELD_FLOAT:
    case QD_FIELD_DOUBLE: return true;
    default: return false;
    }
}

/* The object as the shard reads it: written anew without blanks, which errors count their places in. */
static enum qd_status reread(struct qd_arena *arena, const struct qd_json *object,
                             struct qd_json_document *document, struct qd_error *error)
{
    struct qd_buffer out = { 0 };
    struct qd_json_writer writer = { .out = &out };
    qd_json_node(&writer, object);
    struct qd_slice text = qd_arena_copy(arena, qd_buffer_view(&out));
    qd_buffer_deinit(&out);
    return qd_json_parse(arena, text, document, error);
}

static enum qd_status resolve_decay(struct qd_query_context *context, const struct qd_function *function,
                                    struct qd_function_value *value, struct qd_error *error)
{
    value->field = qd_mapping_field(context->view->mapping, function->field);
    if (value->field == NULL) {
        (void)qd_error_set(error, QD_PARSING, "unknown field [%.*s]", QD_SLICE_ARG(function->field));
        return placeless(error, 0);
    }
    bool date = value->field->type == QD_FIELD_DATE || value->field->type == QD_FIELD_DATE_NANOS;
    if (!date && !decays_over(value->field)) {
        (void)qd_error_set(error, QD_PARSING,
                           "field [%.*s] is of type [%s], but only numeric types are supported.",
                           QD_SLICE_ARG(function->field), value->field->type_name);
        return placeless(error, 1);
    }
    struct qd_json_document *document = QD_NEW(context->arena, struct qd_json_document);
    struct decay_members members = { 0 };
    value->decay = 0.5;
    QD_TRY(reread(context->arena, function->decay, document, error));
    struct qd_query_parser parser = { .document = document, .arena = context->arena };
    QD_TRY(read_decay(&parser, document->root, date, value, &members, error));
    if (date) {
        QD_TRY(date_decay(context, &members, value, error));
    } else if (members.scale == NULL || members.origin == NULL) {
        return qd_error_set(error, QD_OPENSEARCH_PARSE,
                            "both [scale] and [origin] must be set for numeric fields.");
    }
    if (value->field->column == QD_COLUMN_NONE)
        return qd_sort_no_field_data(value->field, error);
    return finish_decay(function, value, error);
}

static enum qd_status resolve_value(struct qd_query_context *context, const struct qd_function *function,
                                    struct qd_function_value *value, struct qd_error *error)
{
    value->field = qd_mapping_field(context->view->mapping, function->field);
    if (value->field == NULL && function->has_missing) return QD_OK;
    if (value->field == NULL)
        return qd_error_set(error, QD_EXCEPTION,
                            "Unable to find a field mapper for field [%.*s]. No 'missing' value defined.",
                            QD_SLICE_ARG(function->field));
    bool constant = value->field->type == QD_FIELD_INDEX;
    if (!constant) QD_TRY(check_column(value->field, error));
    if (value->field->column == QD_COLUMN_NUMERIC) return QD_OK;
    const char *own = constant ? "org.opensearch.index.fielddata.plain.ConstantIndexFieldData"
                      : value->field->type == QD_FIELD_ID
                          ? "org.opensearch.index.mapper.IdFieldMapper$IdFieldType$1$1"
                          : "org.opensearch.index.fielddata.plain.SortedSetOrdinalsIndexFieldData";
    const char *wanted = "org.opensearch.index.fielddata.IndexNumericFieldData";
    (void)qd_error_set(
        error, QD_EXCEPTION,
        "class %s cannot be cast to class %s (%s and %s are in unnamed module of loader 'app')", own, wanted,
        own, wanted);
    if (error != NULL) error->type_override = "class_cast_exception";
    return QD_EXCEPTION;
}

enum qd_status qd_function_resolve(struct qd_query_context *context, const struct qd_function *function,
                                   struct qd_function_value *value, struct qd_error *error)
{
    *value = (struct qd_function_value){ .function = function };
    if (function->kind == QD_FUNCTION_NONE) return QD_OK;
    if (function->kind == QD_FUNCTION_RANDOM) return resolve_random(context, function, value, error);
    if (function->kind != QD_FUNCTION_FIELD) return resolve_decay(context, function, value, error);
    return resolve_value(context, function, value, error);
}

enum qd_status qd_function_segment(struct qd_function_value *value, const struct qd_segment_context *segment,
                                   struct qd_error *error)
{
    value->doc_base = segment->view->snapshot->segments[segment->number].doc_base;
    value->arena = segment->arena;
    value->numbers = NULL;
    value->ordinals = NULL;
    value->ids = NULL;
    if (value->field == NULL) return QD_OK;
    if (value->field->type == QD_FIELD_ID) return qd_segment_ids(segment->segment, &value->ids, error);
    if (value->field->column == QD_COLUMN_ORDINALS)
        return qd_segment_ordinals(segment->segment, value->field->name, &value->ordinals, error);
    return qd_segment_numeric(segment->segment, value->field->name, &value->numbers, error);
}

/* ---- values ---- */
/* A number as the reference's field data prints it. */
static struct qd_slice number_text(const struct qd_field *field, int64_t number, char *text)
{
    size_t size;
    if (!qd_value_is_integral(field)) size = qd_double_to_text(qd_value_double(field, number), text);
    else if (field->type != QD_FIELD_UNSIGNED_LONG) size = qd_int64_to_text(number, text);
    else {
        uint64_t rest = (uint64_t)number ^ UINT64_C(1) << 63;
        size_t at = QD_NUMBER_TEXT_MAX;
        do text[--at] = (char)('0' + rest % 10);
        while ((rest /= 10) > 0);
        return qd_slice_make(text + at, QD_NUMBER_TEXT_MAX - at);
    }
    return qd_slice_make(text, size);
}

/* The hash of a document's numbers: of the text that sorts first. */
static int32_t number_hash(const struct qd_function_value *value, qd_doc_id doc)
{
    char texts[2][QD_NUMBER_TEXT_MAX];
    struct qd_slice first = { 0 };
    uint32_t count = qd_numeric_count(value->numbers, doc);
    for (uint32_t i = 0; i < count; i++) {
        bool taken = first.data >= texts[0] && first.data < texts[0] + sizeof(texts[0]);
        char *text = texts[taken];
        struct qd_slice one = number_text(value->field, qd_numeric_at(value->numbers, doc, i), text);
        if (first.data == NULL || qd_slice_compare(one, first) < 0) first = one;
    }
    return murmur(first, value->salted_seed);
}

static double random_score(const struct qd_function_value *value, qd_doc_id doc)
{
    int32_t hash = value->salted_seed;
    if (value->field == NULL) {
        hash = mix((int32_t)(value->doc_base + doc), value->salted_seed);
    } else if (value->constant.data != NULL) {
        hash = murmur(value->constant, value->salted_seed);
    } else if (value->ids != NULL) {
        hash = murmur(qd_ids_at(value->ids, doc), value->salted_seed);
    } else if (value->numbers != NULL && qd_numeric_count(value->numbers, doc) > 0) {
        hash = number_hash(value, doc);
    } else if (value->ordinals != NULL && qd_numeric_count(qd_ordinal_numbers(value->ordinals), doc) > 0) {
        uint32_t ordinal = (uint32_t)qd_numeric_at(qd_ordinal_numbers(value->ordinals), doc, 0);
        hash = murmur(qd_ordinal_term(value->ordinals, ordinal, value->arena), value->salted_seed);
    }
    return (double)((float)(hash & 0x00ffffff) / 16777216.0f);
}

static double modified(enum qd_function_modifier modifier, double number)
{
    switch (modifier) {
    case QD_MODIFIER_NONE: return number;
    case QD_MODIFIER_LOG: return log10(number);
    case QD_MODIFIER_LOG1P: return log10(number + 1);
    case QD_MODIFIER_LOG2P: return log10(number + 2);
    case QD_MODIFIER_LN: return log(number);
    case QD_MODIFIER_LN1P: return log1p(number);
    case QD_MODIFIER_LN2P: return log1p(number + 1);
    case QD_MODIFIER_SQUARE: return pow(number, 2);
    case QD_MODIFIER_SQRT: return sqrt(number);
    case QD_MODIFIER_RECIPROCAL: return 1.0 / number;
    }
    return number;
}

/* A value as the reference reads it here: of nanoseconds, unlike elsewhere, it takes the number as it is. */
static double real_of(const struct qd_field *field, int64_t number)
{
    return field->type == QD_FIELD_DATE_NANOS ? (double)number : qd_value_double(field, number);
}

static const char *advice_of(enum qd_function_modifier modifier)
{
    if (modifier == QD_MODIFIER_LN)
        return "; consider using ln1p or ln2p instead of ln to avoid negative scores";
    if (modifier == QD_MODIFIER_LOG)
        return "; consider using log1p or log2p instead of log to avoid negative scores";
    return "";
}

/* A document's first number. Those of an unsigned_long stand by their signed bits in the reference, beyond
 * 2^63 in front. */
static bool first_number(const struct qd_function_value *value, qd_doc_id doc, int64_t *number)
{
    if (value->numbers == NULL || !qd_numeric_first(value->numbers, doc, number)) return false;
    uint32_t count = value->field->type == QD_FIELD_UNSIGNED_LONG ? qd_numeric_count(value->numbers, doc) : 0;
    for (uint32_t i = 0; i < count; i++) {
        int64_t other = qd_numeric_at(value->numbers, doc, i);
        if ((other ^ INT64_MIN) < (*number ^ INT64_MIN)) *number = other;
    }
    return true;
}

static double field_score(const struct qd_function_value *value, qd_doc_id doc, struct qd_error *error)
{
    const struct qd_function *function = value->function;
    double number = function->missing;
    int64_t raw;
    if (first_number(value, doc, &raw)) {
        number = real_of(value->field, raw);
    } else if (!function->has_missing) {
        if (error != NULL && error->status == QD_OK)
            (void)qd_error_set(error, QD_EXCEPTION, "Missing value for field [%.*s]",
                               QD_SLICE_ARG(function->field));
        return 0;
    }
    double score = modified(function->modifier, number * (double)function->factor);
    if (!(score < 0)) return score;
    char of[QD_NUMBER_TEXT_MAX];
    char with[QD_NUMBER_TEXT_MAX];
    size_t of_size = qd_double_to_text(number, of);
    size_t with_size = qd_double_to_text(score, with);
    if (error != NULL && error->status == QD_OK)
        (void)qd_error_set(
            error, QD_ILLEGAL_ARGUMENT,
            "field value function must not produce negative scores, but got: [%.*s] for field value: "
            "[%.*s]%s",
            (int)with_size, with, (int)of_size, of, advice_of(function->modifier));
    return 0;
}

/* Distances are taken between milliseconds and the origin, which of nanoseconds is in nanoseconds: so the
 * reference compares them.
 *
 * The middle one of ascending distances, or the mean of the two in the middle. */
static double median_distance(const struct qd_function_value *value, qd_doc_id doc, uint32_t count)
{
    double *distances = QD_NEW_ARRAY(value->arena, double, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        double number = qd_value_double(value->field, qd_numeric_at(value->numbers, doc, i));
        double distance = fmax(0, fabs(number - value->origin) - value->offset);
        uint32_t at = i;
        for (; at > 0 && distances[at - 1] > distance; at--) distances[at] = distances[at - 1];
        distances[at] = distance;
    }
    if (count == 0) return 0;
    if (count % 2 == 1) return distances[count / 2];
    return (distances[count / 2 - 1] + distances[count / 2]) / 2;
}

static double decay_distance(const struct qd_function_value *value, qd_doc_id doc)
{
    uint32_t count = value->numbers == NULL ? 0 : qd_numeric_count(value->numbers, doc);
    double result = 0;
    if (value->function->mode == QD_FUNCTION_MEDIAN) return median_distance(value, doc, count);
    for (uint32_t i = 0; i < count; i++) {
        double number = qd_value_double(value->field, qd_numeric_at(value->numbers, doc, i));
        double distance = fabs(number - value->origin) - value->offset;
        if (distance < 0) distance = 0;
        enum qd_function_mode mode = value->function->mode;
        if (i == 0) result = distance;
        else if (mode == QD_FUNCTION_MIN) result = distance < result ? distance : result;
        else if (mode == QD_FUNCTION_MAX) result = distance > result ? distance : result;
        else result += distance;
    }
    return value->function->mode == QD_FUNCTION_AVG && count > 0 ? result / count : result;
}

double qd_function_score(const struct qd_function_value *value, qd_doc_id doc, struct qd_error *error)
{
    double score = 1.0;
    switch (value->function->kind) {
    case QD_FUNCTION_NONE: break;
    case QD_FUNCTION_RANDOM: score = random_score(value, doc); break;
    case QD_FUNCTION_FIELD: score = field_score(value, doc, error); break;
    case QD_FUNCTION_GAUSS: score = exp(0.5 * pow(decay_distance(value, doc), 2.0) / value->scale); break;
    case QD_FUNCTION_EXP: score = exp(value->scale * decay_distance(value, doc)); break;
    case QD_FUNCTION_LINEAR:
        score = (value->scale - decay_distance(value, doc)) / value->scale;
        if (score < 0) score = 0;
        break;
    }
    return value->function->has_weight ? score * (double)value->function->weight : score;
}

/* ---- explanations ---- */
static struct qd_slice double_text(double number, struct qd_arena *arena)
{
    char text[QD_NUMBER_TEXT_MAX];
    return qd_arena_copy(arena, qd_slice_make(text, qd_double_to_text(number, text)));
}

static struct qd_explanation *explain_field(const struct qd_function_value *value, double score,
                                            struct qd_arena *arena)
{
    static const char *const names[] = { "none", "log",  "log1p",  "log2p", "ln",
                                         "ln1p", "ln2p", "square", "sqrt",  "reciprocal" };
    const struct qd_function *function = value->function;
    struct qd_slice missing = { 0 };
    char factor[QD_NUMBER_TEXT_MAX];
    size_t size = qd_float_to_text(function->factor, factor);
    if (function->has_missing) missing = double_text(function->missing, arena);
    return qd_explain_match(arena, (double)(float)score,
                            "field value function: %s(doc['%.*s'].value%s%.*s * factor=%.*s)",
                            names[function->modifier], QD_SLICE_ARG(function->field),
                            missing.size > 0 ? "?:" : "", QD_SLICE_ARG(missing), (int)size, factor);
}

/* "MIN[Math.max(Math.abs(1.0(=doc value) - 3.0(=origin))) - 1.0(=offset), 0), ...]" */
static struct qd_slice distance_text(const struct qd_function_value *value, qd_doc_id doc,
                                     struct qd_arena *arena)
{
    static const char *const modes[] = { "MIN", "MAX", "AVG", "SUM", "MEDIAN" };
    uint32_t count = value->numbers == NULL ? 0 : qd_numeric_count(value->numbers, doc);
    struct qd_slice origin = double_text(value->origin, arena);
    struct qd_slice offset = double_text(value->offset, arena);
    struct qd_buffer text = { 0 };
    qd_buffer_format(&text, "%s[", modes[value->function->mode]);
    for (uint32_t i = 0; i < count; i++) {
        struct qd_slice number =
            double_text(qd_value_double(value->field, qd_numeric_at(value->numbers, doc, i)), arena);
        qd_buffer_format(
            &text, "%sMath.max(Math.abs(%.*s(=doc value) - %.*s(=origin))) - %.*s(=offset), 0)",
            i == 0 ? "" : ", ", QD_SLICE_ARG(number), QD_SLICE_ARG(origin), QD_SLICE_ARG(offset));
    }
    if (count == 0) qd_buffer_text(&text, "0.0");
    qd_buffer_text(&text, "]");
    struct qd_slice result = qd_arena_copy(arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return result;
}

static struct qd_explanation *explain_decay(const struct qd_function_value *value, qd_doc_id doc,
                                            double score, struct qd_arena *arena)
{
    const struct qd_function *function = value->function;
    struct qd_slice distance = distance_text(value, doc, arena);
    double factor = function->kind == QD_FUNCTION_LINEAR ? value->scale : -value->scale;
    struct qd_slice scale = double_text(factor, arena);
    struct qd_explanation *whole = qd_explain_match(arena, (double)(float)score, "Function for field %.*s:",
                                                    QD_SLICE_ARG(function->field));
    struct qd_explanation *formula = NULL;
    if (function->kind == QD_FUNCTION_GAUSS)
        formula = qd_explain_match(arena, (double)(float)score, "exp(-0.5*pow(%.*s,2.0)/%.*s)",
                                   QD_SLICE_ARG(distance), QD_SLICE_ARG(scale));
    else if (function->kind == QD_FUNCTION_EXP)
        formula = qd_explain_match(arena, (double)(float)score, "exp(- %.*s * %.*s)", QD_SLICE_ARG(distance),
                                   QD_SLICE_ARG(scale));
    else
        formula = qd_explain_match(arena, (double)(float)score, "max(0.0, ((%.*s - %.*s)/%.*s)",
                                   QD_SLICE_ARG(scale), QD_SLICE_ARG(distance), QD_SLICE_ARG(scale));
    qd_explain_add(whole, formula);
    return whole;
}

struct qd_explanation *qd_function_explain(const struct qd_function_value *value, qd_doc_id doc,
                                           struct qd_arena *arena, struct qd_error *error)
{
    const struct qd_function *function = value->function;
    struct qd_function plain = *function;
    struct qd_function_value own = *value;
    plain.has_weight = false;
    own.function = &plain;
    double score = qd_function_score(&own, doc, error);
    struct qd_explanation *result = NULL;
    struct qd_slice name;
    switch (function->kind) {
    case QD_FUNCTION_NONE:
        result = qd_explain_match(arena, 1, "constant score 1.0 - no function provided");
        break;
    case QD_FUNCTION_RANDOM:
        name = value->field == NULL ? QD_SLICE("null") : value->field->name;
        result = qd_explain_match(arena, (double)(float)score,
                                  "random score function (seed: %d, field: %.*s)", (int)value->seed,
                                  QD_SLICE_ARG(name));
        break;
    case QD_FUNCTION_FIELD: result = explain_field(value, score, arena); break;
    case QD_FUNCTION_GAUSS:
    case QD_FUNCTION_EXP:
    case QD_FUNCTION_LINEAR: result = explain_decay(value, doc, score, arena); break;
    }
    if (!function->has_weight) return result;
    struct qd_explanation *product =
        qd_explain_match(arena, (double)(float)(score * (double)function->weight), "product of:");
    qd_explain_add(product, result);
    qd_explain_add(product, qd_explain_match(arena, (double)function->weight, "weight"));
    return product;
}
