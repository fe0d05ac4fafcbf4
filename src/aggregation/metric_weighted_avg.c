/* weighted_avg: the mean of values by weights. Source: OpenSearch WeightedAvgAggregator, InternalWeightedAvg.
 */
#include "aggregation/aggregation_kinds.h"
#include "aggregation/metric.h"
#include "mapping/decimal_format.h"

struct options {
    bool has_value, has_weight;
    struct qd_source_options value, weight;
    struct qd_slice format; /* data NULL: none */
    struct qd_source_options typed; /* its hint: what value_type says */
};

static enum qd_status set_field(struct qd_aggregation_parser *parser, void *target, struct qd_slice owner,
                                const struct qd_json *value, struct qd_error *error)
{
    (void)parser, (void)owner, (void)error;
    ((struct qd_source_options *)target)->field = qd_json_text(value);
    return QD_OK;
}

static enum qd_status set_missing(struct qd_aggregation_parser *parser, void *target, struct qd_slice owner,
                                  const struct qd_json *value, struct qd_error *error)
{
    (void)parser, (void)owner, (void)error;
    ((struct qd_source_options *)target)->missing = qd_json_is_null(value) ? NULL : value;
    return QD_OK;
}

static const struct qd_option field_rows[] = {
    { "field", QD_OPTION_STRING, set_field, false },
    { "missing", QD_OPTION_VALUE | QD_OPTION_NULL, set_missing, false },
};

static const struct qd_option_table field_table = { "field_config", field_rows, 2, NULL };

static enum qd_status parse_field(struct qd_aggregation_parser *parser, struct qd_source_options *field,
                                  struct qd_slice owner, const struct qd_json *value, struct qd_error *error)
{
    QD_TRY(qd_options_parse(parser, &field_table, owner, value, field, error));
    if (field->field.data != NULL) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "[field] and [script] cannot both be null.  Please specify one or the other.");
}

static enum qd_status set_value(struct qd_aggregation_parser *parser, void *target, struct qd_slice owner,
                                const struct qd_json *value, struct qd_error *error)
{
    struct options *options = target;
    options->has_value = true;
    return parse_field(parser, &options->value, owner, value, error);
}

static enum qd_status set_weight(struct qd_aggregation_parser *parser, void *target, struct qd_slice owner,
                                 const struct qd_json *value, struct qd_error *error)
{
    struct options *options = target;
    options->has_weight = true;
    return parse_field(parser, &options->weight, owner, value, error);
}

static enum qd_status set_format(struct qd_aggregation_parser *parser, void *target, struct qd_slice owner,
                                 const struct qd_json *value, struct qd_error *error)
{
    (void)parser, (void)owner, (void)error;
    ((struct options *)target)->format = qd_json_text(value);
    return QD_OK;
}

static enum qd_status set_value_type(struct qd_aggregation_parser *parser, void *target,
                                     struct qd_slice owner, const struct qd_json *value,
                                     struct qd_error *error)
{
    struct qd_source_options *typed = &((struct options *)target)->typed;
    QD_TRY(qd_options_set_value_type(parser, typed, owner, value, error));
    if (typed->hint != QD_HINT_BYTES && typed->hint != QD_HINT_IP) return QD_OK;
    return qd_aggregation_error_at(
        parser, value, error,
        "Aggregation [weighted_avg] was configured with an incompatible value type [%.*s].  It can only work "
        "on value off type [numeric]",
        QD_SLICE_ARG(qd_json_text(value)));
}

static const struct qd_option rows[] = {
    { "value_type", QD_OPTION_STRING, set_value_type, false },
    { "value", QD_OPTION_OBJECT, set_value, false },
    { "weight", QD_OPTION_OBJECT, set_weight, false },
    { "format", QD_OPTION_STRING, set_format, false },
};

static const struct qd_option_table table = { "weighted_avg", rows, 4, NULL };

static enum qd_status parse(struct qd_aggregation_parser *parser, const struct qd_json *body,
                            struct qd_aggregation *aggregation, struct qd_error *error)
{
    aggregation->options = QD_NEW(parser->arena, struct options);
    return qd_options_parse(parser, &table, aggregation->name, body, aggregation->options, error);
}

struct state {
    struct qd_kahan sum;
    struct qd_kahan weight;
};

struct collector {
    struct qd_metric metric;    /* source: the values */
    struct qd_source weight;
    double *weights;            /* of the documents of a batch */
    uint8_t *weight_counts;     /* how many they have; 2: more than one */
};

static enum qd_status begin_segment(struct qd_collector *base, uint32_t segment, struct qd_error *error)
{
    QD_TRY(qd_metric_begin_segment(base, segment, error));
    return qd_source_begin_segment(&((struct collector *)base)->weight, base->run, error);
}

static void read_weights(struct collector *collector, const struct qd_collect_batch *batch)
{
    struct qd_source_values values;
    qd_source_reals(&collector->weight, collector->metric.base.run, batch, &values);
    memset(collector->weight_counts, 0, batch->count);
    for (size_t i = 0; i < values.count; i++) {
        size_t position = values.positions == NULL ? i : values.positions[i];
        if (collector->weight_counts[position] < 2) collector->weight_counts[position]++;
        collector->weights[position] = values.reals[i];
    }
}

static enum qd_status collect(struct qd_collector *base, const struct qd_collect_batch *batch,
                              struct qd_error *error)
{
    struct collector *collector = (struct collector *)base;
    struct qd_source_values values;
    read_weights(collector, batch);
    QD_TRY(qd_metric_values(&collector->metric, batch, &values, error));
    struct state *states = collector->metric.states;
    for (size_t i = 0; i < values.count; i++) {
        size_t position = values.positions == NULL ? i : values.positions[i];
        if (collector->weight_counts[position] == 0) continue;
        if (collector->weight_counts[position] > 1) {
            return qd_aggregation_execution_error(
                error, "Encountered more than one weight for a single document. Use "
                       "a script to combine multiple weights-per-doc into a single "
                       "value.");
        }
        struct state *state = &states[qd_value_bucket(batch, &values, i)];
        qd_kahan_add(&state->sum, values.reals[i] * collector->weights[position]);
        qd_kahan_add(&state->weight, collector->weights[position]);
    }
    return QD_OK;
}

/* The data of a result. */
struct result {
    struct qd_aggregation_format format; /* first */
    double sum;
    double weight;
};

static enum qd_status build(struct qd_collector *base, uint32_t bucket, struct qd_aggregation_result *result,
                            struct qd_error *error)
{
    struct collector *collector = (struct collector *)base;
    struct result *made = QD_NEW(base->run->arena, struct result);
    const struct state *state = qd_metric_state(&collector->metric, bucket);
    (void)error;
    made->format = collector->metric.source.format;
    made->sum = state == NULL ? 0 : state->sum.sum;
    made->weight = state == NULL ? 0 : state->weight.sum;
    result->data = made;
    return QD_OK;
}

static const struct qd_collector_operations operations = {
    .begin_segment = begin_segment,
    .collect = collect,
    .build = build,
};

static enum qd_status open_field(struct qd_aggregation_run *run, const struct qd_aggregation *aggregation,
                                 const struct qd_source_options *options, struct qd_source *source,
                                 struct qd_error *error)
{
    struct qd_source_options numeric = *options;
    const struct options *all = aggregation->options;
    numeric.hint = all->typed.hint == QD_HINT_NONE ? QD_HINT_DOUBLE : all->typed.hint;
    numeric.format = all->format;
    return qd_source_open(run, &numeric, aggregation, QD_ACCEPT_NUMERIC, QD_SOURCE_DOUBLE, source, error);
}

/* The format of the mean: not that of a field, but what format and value_type say. */
static enum qd_status make_format(const struct options *options, struct qd_arena *arena,
                                  struct qd_aggregation_format *format, struct qd_error *error)
{
    *format = (struct qd_aggregation_format){ .kind = QD_FORMAT_RAW_DOUBLE };
    if (options->typed.hint == QD_HINT_DATE) {
        format->kind = QD_FORMAT_DATE;
        format->pattern = QD_SLICE(QD_DATE_FORMAT_DEFAULT);
        return qd_date_format_compile(arena, format->pattern, qd_slice_make(NULL, 0), &format->date, error);
    }
    if (options->typed.hint == QD_HINT_BOOLEAN) format->kind = QD_FORMAT_BOOLEAN;
    else if (options->format.data != NULL) format->kind = QD_FORMAT_DECIMAL;
    if (format->kind != QD_FORMAT_DECIMAL) return QD_OK;
    format->pattern = options->format;
    return qd_decimal_format_check(options->format, error);
}

static enum qd_status create(struct qd_aggregation_run *run, const struct qd_aggregation *aggregation,
                             struct qd_collector **made, struct qd_error *error)
{
    const struct options *options = aggregation->options;
    struct collector *collector = QD_NEW(run->arena, struct collector);
    collector->metric.base.operations = &operations;
    collector->metric.state_size = sizeof(struct state);
    collector->weights = QD_NEW_ARRAY(run->arena, double, QD_COLLECT_MAX);
    collector->weight_counts = QD_NEW_ARRAY(run->arena, uint8_t, QD_COLLECT_MAX);
    *made = &collector->metric.base;
    if (!options->has_value || !options->has_weight) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Could not find field name [%s] in multiValuesSource",
                            options->has_value ? "weight" : "value");
    }
    /* The weight comes first in the reference's map. */
    QD_TRY(open_field(run, aggregation, &options->weight, &collector->weight, error));
    QD_TRY(open_field(run, aggregation, &options->value, &collector->metric.source, error));
    return make_format(options, run->arena, &collector->metric.source.format, error);
}

static void write(const struct qd_aggregation_result *result, struct qd_buffer *buffer)
{
    const struct result *data = result->data;
    qd_format_write(&data->format, buffer);
    qd_buffer_double(buffer, data->sum);
    qd_buffer_double(buffer, data->weight);
}

static void read(struct qd_reader *reader, struct qd_arena *arena, struct qd_aggregation_result *result)
{
    struct result *data = QD_NEW(arena, struct result);
    qd_format_read(reader, arena, &result->aggregation->zone, &data->format);
    data->sum = qd_reader_double(reader);
    data->weight = qd_reader_double(reader);
    result->data = data;
}

static enum qd_status reduce(struct qd_reduce_context *context, const struct qd_aggregation_result *parts,
                             size_t count, struct qd_aggregation_result *result, struct qd_error *error)
{
    struct result *data = QD_NEW(context->arena, struct result);
    struct state state = { 0 };
    (void)error;
    for (size_t i = 0; i < count; i++) {
        const struct result *part = parts[i].data;
        qd_kahan_add(&state.sum, part->sum);
        qd_kahan_add(&state.weight, part->weight);
    }
    data->format = qd_metric_format(parts, count);
    data->sum = state.sum.sum;
    data->weight = state.weight.sum;
    result->data = data;
    return QD_OK;
}

static void render(const struct qd_aggregation_result *result, struct qd_render_context *context)
{
    static const struct qd_aggregation_format raw = { .kind = QD_FORMAT_RAW_DOUBLE };
    const struct result *data = result->data;
    double value = data->sum / data->weight;
    qd_metric_render_value(&raw, value, data->weight != 0, context);
    if (data->weight == 0 || qd_format_is_raw(&data->format)) return;
    qd_metric_render_text(&data->format, "value_as_string", value, context);
}

static double sort_value(const struct qd_aggregation_result *result, struct qd_slice key)
{
    const struct result *data = result->data;
    (void)key;
    return data->sum / data->weight;
}

const struct qd_aggregation_kind qd_metric_weighted_avg = {
    .name = "weighted_avg",
    .leaf = true,
    .parse = parse,
    .create = create,
    .write = write,
    .read = read,
    .reduce = reduce,
    .render = render,
    .sort_value = sort_value,
    .check_key = qd_metric_check_single,
};
