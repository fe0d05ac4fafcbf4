#include "aggregation/metric_moments.h"

#include "aggregation/aggregation_kinds.h"

struct state {
    int64_t count;
    double min, max;
    struct qd_kahan sum;
    struct qd_kahan squares;
};

static inline void add_value(struct state *state, double value)
{
    if (state->count == 0) {
        state->min = INFINITY;
        state->max = -INFINITY;
    }
    state->count++;
    qd_kahan_add(&state->sum, value);
    qd_kahan_add(&state->squares, value * value);
    if (value < state->min || isnan(value)) state->min = value;
    if (value > state->max || isnan(value)) state->max = value;
}

static enum qd_status collect(struct qd_collector *collector, const struct qd_collect_batch *batch,
                              struct qd_error *error)
{
    struct qd_metric *metric = (struct qd_metric *)collector;
    struct qd_source_values values;
    QD_TRY(qd_metric_values(metric, batch, &values, error));
    struct state *states = metric->states;
    if (batch->buckets == NULL) {
        struct state state = states[0];
        for (size_t i = 0; i < values.count; i++) add_value(&state, values.reals[i]);
        states[0] = state;
        return QD_OK;
    }
    for (size_t i = 0; i < values.count; i++) {
        add_value(&states[qd_value_bucket(batch, &values, i)], values.reals[i]);
    }
    return QD_OK;
}

/* stats of whole numbers; its squares are never shown and stay out. */
static enum qd_status collect_window(struct qd_collector *collector, const struct qd_hit_window *window,
                                     bool *done, struct qd_error *error)
{
    struct qd_metric *metric = (struct qd_metric *)collector;
    int64_t whole;
    if (collector->aggregation->kind != &qd_metric_stats) return QD_OK;
    QD_TRY(qd_bucket_array_grow(collector, &metric->states, metric->state_size, &metric->capacity, 0, error));
    struct state *state = metric->states;
    *done = qd_metric_window_sum(&metric->source, collector->run, window, &state->sum, &whole);
    if (!*done) return QD_OK;
    struct qd_skip_entry group = qd_numeric_skip(metric->source.numbers, window->base);
    bool known = state->count > 0 && (double)group.min >= state->min && (double)group.max <= state->max;
    int64_t min = INT64_MAX;
    int64_t max = INT64_MIN;
    const int64_t *numbers = metric->source.longs;
    for (uint32_t i = 0; i < window->size && !known; i++) {
        if ((window->words[i / 64] >> (i % 64) & 1) == 0) continue;
        min = numbers[i] < min ? numbers[i] : min;
        max = numbers[i] > max ? numbers[i] : max;
    }
    if (state->count == 0 || (!known && (double)min < state->min)) state->min = (double)min;
    if (state->count == 0 || (!known && (double)max > state->max)) state->max = (double)max;
    state->sum.sum += (double)whole;
    state->count += window->count;
    return QD_OK;
}

static enum qd_status build(struct qd_collector *collector, uint32_t bucket,
                            struct qd_aggregation_result *result, struct qd_error *error)
{
    (void)error;
    struct qd_metric *metric = (struct qd_metric *)collector;
    struct qd_moments *moments = QD_NEW(collector->run->arena, struct qd_moments);
    const struct state *state = qd_metric_state(metric, bucket);
    *moments = (struct qd_moments){ .format = metric->source.format, .min = INFINITY, .max = -INFINITY };
    result->data = moments;
    if (state == NULL || state->count == 0) return QD_OK;
    moments->count = state->count;
    moments->min = state->min;
    moments->max = state->max;
    moments->sum = state->sum.sum;
    moments->squares = state->squares.sum;
    return QD_OK;
}

static const struct qd_collector_operations operations = {
    .begin_segment = qd_metric_begin_segment,
    .collect = collect,
    .collect_window = collect_window,
    .build = build,
};

enum qd_status qd_moments_create(struct qd_aggregation_run *run, const struct qd_aggregation *aggregation,
                                 struct qd_collector **collector, struct qd_error *error)
{
    return qd_metric_create(run, aggregation, QD_ACCEPT_NUMERIC, sizeof(struct state), &operations, collector,
                            error);
}

void qd_moments_write(const struct qd_aggregation_result *result, struct qd_buffer *buffer)
{
    const struct qd_moments *moments = result->data;
    qd_format_write(&moments->format, buffer);
    qd_buffer_zigzag(buffer, moments->count);
    qd_buffer_double(buffer, moments->min);
    qd_buffer_double(buffer, moments->max);
    qd_buffer_double(buffer, moments->sum);
    qd_buffer_double(buffer, moments->squares);
}

void qd_moments_read(struct qd_reader *reader, struct qd_arena *arena, struct qd_aggregation_result *result)
{
    struct qd_moments *moments = QD_NEW(arena, struct qd_moments);
    qd_format_read(reader, arena, &result->aggregation->zone, &moments->format);
    moments->count = qd_reader_zigzag(reader);
    moments->min = qd_reader_double(reader);
    moments->max = qd_reader_double(reader);
    moments->sum = qd_reader_double(reader);
    moments->squares = qd_reader_double(reader);
    result->data = moments;
}

enum qd_status qd_moments_reduce(struct qd_reduce_context *context, const struct qd_aggregation_result *parts,
                                 size_t count, struct qd_aggregation_result *result, struct qd_error *error)
{
    (void)error;
    struct qd_moments *moments = QD_NEW(context->arena, struct qd_moments);
    struct qd_kahan sum = { 0 };
    struct qd_kahan squares = { 0 };
    uint64_t values = 0;
    moments->format = qd_metric_format(parts, count);
    moments->min = INFINITY;
    moments->max = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        const struct qd_moments *part = parts[i].data;
        values += (uint64_t)part->count;
        if (part->min < moments->min || isnan(part->min)) moments->min = part->min;
        if (part->max > moments->max || isnan(part->max)) moments->max = part->max;
        qd_kahan_add(&sum, part->sum);
        /* The reference adds the squares of the shards without compensation. */
        squares.sum += part->squares;
    }
    moments->count = (int64_t)values;
    moments->sum = sum.sum;
    moments->squares = squares.sum;
    result->data = moments;
    return QD_OK;
}

void qd_moments_render(const struct qd_moments *moments, struct qd_render_context *context)
{
    struct qd_json_writer *writer = context->writer;
    qd_json_member_int(writer, "count", moments->count);
    if (moments->count == 0) {
        qd_json_name(writer, "min");
        qd_json_null(writer);
        qd_json_name(writer, "max");
        qd_json_null(writer);
        qd_json_name(writer, "avg");
        qd_json_null(writer);
        qd_json_member_double(writer, "sum", 0);
        return;
    }
    double avg = moments->sum / (double)moments->count;
    qd_json_member_double(writer, "min", moments->min);
    qd_json_member_double(writer, "max", moments->max);
    qd_json_member_double(writer, "avg", avg);
    qd_json_member_double(writer, "sum", moments->sum);
    if (qd_format_is_raw(&moments->format)) return;
    qd_metric_render_text(&moments->format, "min_as_string", moments->min, context);
    qd_metric_render_text(&moments->format, "max_as_string", moments->max, context);
    qd_metric_render_text(&moments->format, "avg_as_string", avg, context);
    qd_metric_render_text(&moments->format, "sum_as_string", moments->sum, context);
}

bool qd_moments_value(const struct qd_moments *moments, struct qd_slice key, double *value)
{
    if (qd_slice_is(key, "count")) *value = (double)moments->count;
    else if (qd_slice_is(key, "min")) *value = moments->min;
    else if (qd_slice_is(key, "max")) *value = moments->max;
    else if (qd_slice_is(key, "sum")) *value = moments->sum;
    else if (qd_slice_is(key, "avg")) *value = moments->sum / (double)moments->count;
    else return false;
    return true;
}
