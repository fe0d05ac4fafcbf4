#include "aggregation/metric_quantiles.h"

#include "base/number.h"

/* ---- parsing ---- */

static enum qd_status set_compression(struct qd_aggregation_parser *parser, void *target,
                                      struct qd_slice owner, const struct qd_json *value,
                                      struct qd_error *error)
{
    double *compression = &((struct qd_quantiles_options *)target)->compression;
    (void)owner;
    QD_TRY(qd_option_double(value, compression, error));
    if (*compression >= 0) return QD_OK;
    struct qd_slice text = qd_metric_double_text(*compression, parser->arena);
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "[compression] must be greater than or equal to 0. Found [%.*s]", QD_SLICE_ARG(text));
}

static enum qd_status set_digits(struct qd_aggregation_parser *parser, void *target, struct qd_slice owner,
                                 const struct qd_json *value, struct qd_error *error)
{
    int64_t digits;
    (void)owner;
    QD_TRY(qd_option_int(parser, value, &digits, error));
    if (digits < 0 || digits > 5) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "[numberOfSignificantValueDigits] must be between 0 and 5");
    }
    ((struct qd_quantiles_options *)target)->digits = (uint8_t)digits;
    return QD_OK;
}

static const struct qd_option tdigest_rows[] = {
    { "compression", QD_OPTION_NUMBER | QD_OPTION_STRING, set_compression, false },
};

static const struct qd_option hdr_rows[] = {
    { "number_of_significant_value_digits", QD_OPTION_NUMBER | QD_OPTION_STRING, set_digits, false },
};

static const struct qd_option_table tdigest_table = { "tdigest", tdigest_rows, 1, NULL };
static const struct qd_option_table hdr_table = { "hdr", hdr_rows, 1, NULL };

static enum qd_status set_tdigest(struct qd_aggregation_parser *parser, void *target, struct qd_slice owner,
                                  const struct qd_json *value, struct qd_error *error)
{
    ((struct qd_quantiles_options *)target)->is_tdigest = true;
    return qd_options_parse(parser, &tdigest_table, owner, value, target, error);
}

static enum qd_status set_hdr(struct qd_aggregation_parser *parser, void *target, struct qd_slice owner,
                              const struct qd_json *value, struct qd_error *error)
{
    ((struct qd_quantiles_options *)target)->is_hdr = true;
    return qd_options_parse(parser, &hdr_table, owner, value, target, error);
}

static enum qd_status set_keyed(struct qd_aggregation_parser *parser, void *target, struct qd_slice owner,
                                const struct qd_json *value, struct qd_error *error)
{
    (void)parser, (void)owner;
    return qd_option_boolean(value, &((struct qd_quantiles_options *)target)->keyed, error);
}

enum qd_status qd_quantiles_set_values(struct qd_aggregation_parser *parser, void *target,
                                       struct qd_slice owner, const struct qd_json *value,
                                       struct qd_error *error)
{
    struct qd_quantiles_options *options = target;
    struct qd_json_iterator at = qd_json_iterate(value);
    (void)owner;
    options->has_values = true;
    options->values = QD_NEW_ARRAY(parser->arena, double, qd_json_size(value) + 1);
    options->count = 0;
    if (!qd_json_is_array(value)) return qd_option_double(value, &options->values[options->count++], error);
    while (qd_json_next(&at)) {
        double number;
        parser->fail = at.value;
        QD_TRY(qd_option_double(at.value, &number, error));
        size_t place = options->count++;
        for (; place > 0 && options->values[place - 1] > number; place--) {
            options->values[place] = options->values[place - 1];
        }
        options->values[place] = number;
    }
    parser->fail = NULL;
    return QD_OK;
}

static enum qd_status set_missing(struct qd_aggregation_parser *parser, void *target, struct qd_slice owner,
                                  const struct qd_json *value, struct qd_error *error)
{
    struct qd_quantiles_options *options = target;
    options->null_missing = qd_json_is_null(value) ? value : NULL;
    if (options->null_missing != NULL) return QD_OK;
    return qd_options_set_missing(parser, target, owner, value, error);
}

static const struct qd_option rows[] = {
    { "missing", QD_OPTION_VALUE | QD_OPTION_NULL, set_missing, false },
    { "tdigest", QD_OPTION_OBJECT, set_tdigest, false },
    { "hdr", QD_OPTION_OBJECT, set_hdr, false },
    { "keyed", QD_OPTION_BOOLEAN | QD_OPTION_STRING, set_keyed, false },
};

const struct qd_option_table qd_options_quantiles = { "", rows, 4, &qd_options_source_format };

enum qd_status qd_quantiles_failed(struct qd_error *error, const char *type)
{
    return qd_error_wrap(error, QD_X_CONTENT_PARSE, "Failed to build [%s] after last required field arrived",
                         type);
}

enum qd_status qd_quantiles_parse(struct qd_aggregation_parser *parser, const struct qd_option_table *table,
                                  const struct qd_json *body, struct qd_aggregation *aggregation,
                                  struct qd_error *error)
{
    struct qd_quantiles_options *options = QD_NEW(parser->arena, struct qd_quantiles_options);
    options->keyed = true;
    options->compression = 100;
    options->digits = 3;
    aggregation->options = options;
    QD_TRY(qd_options_parse_source(parser, table, sizeof(*options), body, aggregation, error));
    if (options->null_missing != NULL) {
        /* The reference's builder exists only once all is read, and is told of the null then. */
        int64_t line, column;
        qd_aggregation_position(parser, options->null_missing, false, &line, &column);
        (void)qd_error_set(error, QD_ILLEGAL_ARGUMENT, "[missing] must not be null: [%.*s]",
                           QD_SLICE_ARG(aggregation->name));
        (void)qd_error_wrap(error, QD_X_CONTENT_PARSE, "[%lld:%lld] [%s] failed to parse field [missing]",
                            (long long)line, (long long)column, table->type);
        return qd_error_wrap(error, QD_X_CONTENT_PARSE,
                             "[%lld:%lld] failed to build [%s] after last required field arrived",
                             (long long)line, (long long)column, table->type);
    }
    if (!options->is_tdigest || !options->is_hdr) return QD_OK;
    (void)qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Only one percentiles method should be declared.");
    return qd_quantiles_failed(error, table->type);
}

/* ---- collecting ---- */

/* One bucket. */
struct state {
    struct qd_tdigest *digest;
    struct qd_hdr *hdr;
};

static enum qd_status refuse(double value, struct qd_arena *arena, struct qd_error *error)
{
    struct qd_slice text = qd_metric_double_text(value, arena);
    (void)qd_error_set(
        error, QD_EXCEPTION,
        "The value %.*s is out of bounds for histogram, current covered range [1.0, 8.0) cannot be "
        "extended any further.\nCaused by: java.lang.ArrayIndexOutOfBoundsException: Negative values "
        "cannot be recorded",
        QD_SLICE_ARG(text));
    if (error != NULL) error->type_override = "array_index_out_of_bounds_exception";
    return QD_EXCEPTION;
}

static enum qd_status add_hdr(struct qd_metric *metric, const struct qd_quantiles_options *options,
                              struct state *state, double value, struct qd_error *error)
{
    struct qd_arena *arena = metric->base.run->arena;
    if (!qd_hdr_accepts(value)) return refuse(value, arena, error);
    if (state->hdr == NULL) {
        state->hdr = QD_NEW(arena, struct qd_hdr);
        *state->hdr = qd_hdr_make(options->digits);
    }
    size_t taken = qd_hdr_add(state->hdr, value, 1, arena);
    return taken == 0 ? QD_OK : qd_run_reserve(&metric->base, taken, error);
}

static enum qd_status collect(struct qd_collector *collector, const struct qd_collect_batch *batch,
                              struct qd_error *error)
{
    struct qd_metric *metric = (struct qd_metric *)collector;
    const struct qd_quantiles_options *options = collector->aggregation->options;
    struct qd_source_values values;
    QD_TRY(qd_metric_values(metric, batch, &values, error));
    struct state *states = metric->states;
    for (size_t i = 0; i < values.count; i++) {
        struct state *state = &states[qd_value_bucket(batch, &values, i)];
        if (options->is_hdr) {
            QD_TRY(add_hdr(metric, options, state, values.reals[i], error));
            continue;
        }
        if (state->digest == NULL) {
            QD_TRY(qd_run_reserve(collector, qd_tdigest_size(options->compression), error));
            state->digest = qd_tdigest_create(collector->run->arena, options->compression);
        }
        if (isnan(values.reals[i])) return qd_error_set(error, QD_ILLEGAL_ARGUMENT, QD_TDIGEST_NAN);
        qd_tdigest_add(state->digest, values.reals[i], 1);
    }
    return QD_OK;
}

static enum qd_status build(struct qd_collector *collector, uint32_t bucket,
                            struct qd_aggregation_result *result, struct qd_error *error)
{
    struct qd_metric *metric = (struct qd_metric *)collector;
    struct qd_quantiles_result *data = QD_NEW(collector->run->arena, struct qd_quantiles_result);
    const struct state *state = qd_metric_state(metric, bucket);
    (void)error;
    data->format = metric->source.format;
    if (state != NULL) data->digest = state->digest;
    if (state != NULL) data->hdr = state->hdr;
    result->data = data;
    return QD_OK;
}

static const struct qd_collector_operations operations = {
    .begin_segment = qd_metric_begin_segment,
    .collect = collect,
    .build = build,
};

enum qd_status qd_quantiles_create(struct qd_aggregation_run *run, const struct qd_aggregation *aggregation,
                                   struct qd_collector **collector, struct qd_error *error)
{
    return qd_metric_create(run, aggregation, QD_ACCEPT_NUMERIC, sizeof(struct state), &operations, collector,
                            error);
}

/* ---- results ---- */

void qd_quantiles_write(const struct qd_aggregation_result *result, struct qd_buffer *buffer)
{
    const struct qd_quantiles_result *data = result->data;
    qd_format_write(&data->format, buffer);
    qd_buffer_byte(buffer, data->digest != NULL ? 1 : data->hdr != NULL ? 2 : 0);
    if (data->digest != NULL) qd_tdigest_write(data->digest, buffer);
    else if (data->hdr != NULL) qd_hdr_write(data->hdr, buffer);
}

void qd_quantiles_read(struct qd_reader *reader, struct qd_arena *arena, struct qd_aggregation_result *result)
{
    struct qd_quantiles_result *data = QD_NEW(arena, struct qd_quantiles_result);
    result->data = data;
    qd_format_read(reader, arena, &result->aggregation->zone, &data->format);
    uint8_t kind = qd_reader_byte(reader);
    if (reader->failed || kind == 0) return;
    if (kind == 1) {
        data->digest = qd_tdigest_read(reader, arena);
    } else {
        data->hdr = QD_NEW(arena, struct qd_hdr);
        qd_hdr_read(reader, arena, data->hdr);
    }
}

enum qd_status qd_quantiles_reduce(struct qd_reduce_context *context,
                                   const struct qd_aggregation_result *parts, size_t count,
                                   struct qd_aggregation_result *result, struct qd_error *error)
{
    const struct qd_quantiles_options *options = result->aggregation->options;
    struct qd_quantiles_result *data = QD_NEW(context->arena, struct qd_quantiles_result);
    (void)error;
    data->format = qd_metric_format(parts, count);
    result->data = data;
    if (count == 1) {
        /* A single result is not merged into another, as in the reference. */
        *data = *(const struct qd_quantiles_result *)parts[0].data;
        return QD_OK;
    }
    for (size_t i = 0; i < count; i++) {
        struct qd_quantiles_result *part = parts[i].data;
        if (part->digest != NULL) {
            if (data->digest == NULL) data->digest = qd_tdigest_create(context->arena, options->compression);
            qd_tdigest_merge(data->digest, part->digest);
        }
        if (part->hdr != NULL) {
            if (data->hdr == NULL) data->hdr = QD_NEW(context->arena, struct qd_hdr);
            if (data->hdr->keys == NULL) *data->hdr = qd_hdr_make(options->digits);
            if (part->hdr->digits == options->digits) qd_hdr_merge(data->hdr, part->hdr, context->arena);
        }
    }
    if (data->digest != NULL) qd_tdigest_compress(data->digest);
    return QD_OK;
}

const char *qd_quantiles_check_key(const struct qd_aggregation *aggregation, struct qd_slice key,
                                   struct qd_arena *arena)
{
    const struct qd_quantiles_options *options = aggregation->options;
    double asked;
    if (key.data != NULL && qd_parse_double(key, &asked)) {
        for (size_t i = 0; i < options->count; i++) {
            if (options->values[i] == asked) return NULL;
        }
    }
    return qd_metric_check_names(aggregation, key, NULL, 0, arena);
}

static void render_one(const struct qd_quantiles_result *data, struct qd_slice key, double value, bool keyed,
                       struct qd_render_context *context)
{
    struct qd_json_writer *writer = context->writer;
    qd_json_name_slice(writer, keyed ? key : QD_SLICE("value"));
    if (isnan(value)) {
        qd_json_null(writer);
        return;
    }
    qd_json_double_value(writer, value);
    if (qd_format_is_raw(&data->format)) return;
    struct qd_slice name = QD_SLICE("value_as_string");
    if (keyed) name = qd_arena_format(context->arena, "%.*s_as_string", QD_SLICE_ARG(key));
    qd_json_name_slice(writer, name);
    qd_json_string(writer, qd_format_real(&data->format, value, context->arena));
}

void qd_quantiles_render(const struct qd_aggregation_result *result, struct qd_render_context *context,
                         double (*answer)(const struct qd_quantiles_result *data, double asked))
{
    const struct qd_quantiles_result *data = result->data;
    const struct qd_quantiles_options *options = result->aggregation->options;
    struct qd_json_writer *writer = context->writer;
    if (options->keyed) qd_json_member_object(writer, "values");
    else qd_json_member_array(writer, "values");
    for (size_t i = 0; i < options->count; i++) {
        double value = data->digest == NULL && data->hdr == NULL ? (double)NAN
                                                                 : answer(data, options->values[i]);
        struct qd_slice key = qd_metric_double_text(options->values[i], context->arena);
        if (!options->keyed) {
            qd_json_begin_object(writer);
            qd_json_member_double(writer, "key", options->values[i]);
        }
        render_one(data, key, value, options->keyed, context);
        if (!options->keyed) qd_json_end_object(writer);
    }
    if (options->keyed) qd_json_end_object(writer);
    else qd_json_end_array(writer);
}
