#include "aggregation/metric.h"

#include "base/number.h"

enum qd_status qd_metric_create(struct qd_aggregation_run *run, const struct qd_aggregation *aggregation,
                                unsigned accepts, size_t state_size,
                                const struct qd_collector_operations *operations,
                                struct qd_collector **collector, struct qd_error *error)
{
    struct qd_metric *metric = QD_NEW(run->arena, struct qd_metric);
    metric->base.operations = operations;
    metric->state_size = state_size;
    *collector = &metric->base;
    return qd_source_open(run, aggregation->options, aggregation, accepts, QD_SOURCE_DOUBLE, &metric->source,
                          error);
}

enum qd_status qd_metric_begin_segment(struct qd_collector *collector, uint32_t segment,
                                       struct qd_error *error)
{
    (void)segment;
    return qd_source_begin_segment(&((struct qd_metric *)collector)->source, collector->run, error);
}

enum qd_status qd_metric_values(struct qd_metric *metric, const struct qd_collect_batch *batch,
                                struct qd_source_values *values, struct qd_error *error)
{
    QD_TRY(qd_bucket_array_grow(&metric->base, &metric->states, metric->state_size, &metric->capacity,
                                qd_batch_bucket_max(batch), error));
    qd_source_reals(&metric->source, metric->base.run, batch, values);
    return QD_OK;
}

/* Doubles hold whole numbers up to this one exactly, so that no sum below it is ever rounded. */
#define WHOLE_MAX ((double)(INT64_C(1) << 53))

static double magnitude(double left, double right)
{
    return fabs(left) > fabs(right) ? fabs(left) : fabs(right);
}

bool qd_metric_window_sum(struct qd_source *source, struct qd_aggregation_run *run,
                          const struct qd_hit_window *window, const struct qd_kahan *sum, int64_t *whole)
{
    const int64_t *numbers;
    int64_t added = 0;
    if (source->kind != QD_SOURCE_LONG || source->has_missing || source->numbers == NULL ||
        source->field->type == QD_FIELD_DATE_NANOS || sum->delta != 0) {
        return false;
    }
    struct qd_skip_entry group = qd_numeric_skip(source->numbers, window->base);
    double most = magnitude((double)group.min, (double)group.max) * QD_COLLECT_MAX + fabs(sum->sum);
    if (!(most < WHOLE_MAX) || !qd_source_window(source, run, window, &numbers)) return false;
    if (window->count == window->size) {
        for (uint32_t i = 0; i < window->size; i++) added += numbers[i];
    } else {
        for (uint32_t i = 0; i < window->size; i++) {
            added += numbers[i] & -(int64_t)(window->words[i / 64] >> (i % 64) & 1);
        }
    }
    *whole = added;
    return true;
}

void qd_buffer_double(struct qd_buffer *buffer, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    qd_buffer_u64(buffer, bits);
}

double qd_reader_double(struct qd_reader *reader)
{
    uint64_t bits = qd_reader_u64(reader);
    double value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

void qd_metric_number_write(const struct qd_aggregation_result *result, struct qd_buffer *buffer)
{
    const struct qd_metric_number *number = result->data;
    qd_format_write(&number->format, buffer);
    qd_buffer_double(buffer, number->value);
    qd_buffer_zigzag(buffer, number->count);
}

void qd_metric_number_read(struct qd_reader *reader, struct qd_arena *arena,
                           struct qd_aggregation_result *result)
{
    struct qd_metric_number *number = QD_NEW(arena, struct qd_metric_number);
    qd_format_read(reader, arena, &result->aggregation->zone, &number->format);
    number->value = qd_reader_double(reader);
    number->count = qd_reader_zigzag(reader);
    result->data = number;
}

double qd_metric_number_sort_value(const struct qd_aggregation_result *result, struct qd_slice key)
{
    (void)key;
    return ((const struct qd_metric_number *)result->data)->value;
}

void qd_metric_render_value(const struct qd_aggregation_format *format, double value, bool there,
                            struct qd_render_context *context)
{
    qd_json_name(context->writer, "value");
    if (!there) {
        qd_json_null(context->writer);
        return;
    }
    qd_json_double_value(context->writer, value);
    if (qd_format_is_raw(format)) return;
    qd_json_name(context->writer, "value_as_string");
    qd_json_string(context->writer, qd_format_real(format, value, context->arena));
}

void qd_metric_render_text(const struct qd_aggregation_format *format, const char *name, double value,
                           struct qd_render_context *context)
{
    struct qd_json_writer *writer = context->writer;
    if (format->kind == QD_FORMAT_BOOLEAN) qd_json_member_bool(writer, name, value != 0);
    else if (format->kind == QD_FORMAT_UNSIGNED_LONG) qd_json_member_double(writer, name, value);
    else qd_json_member_string(writer, name, qd_format_real(format, value, context->arena));
}

struct qd_aggregation_format qd_metric_format(const struct qd_aggregation_result *parts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct qd_aggregation_format *format = parts[i].data;
        if (!qd_format_is_raw(format)) return *format;
    }
    return (struct qd_aggregation_format){ .kind = QD_FORMAT_RAW_DOUBLE };
}

const char *qd_metric_check_single(const struct qd_aggregation *aggregation, struct qd_slice key,
                                   struct qd_arena *arena)
{
    if (key.data == NULL || qd_slice_is(key, "value")) return NULL;
    struct qd_slice text = qd_arena_format(arena,
                                           "Ordering on a single-value metrics aggregation can only be done "
                                           "on its value. Either drop the key (a "
                                           "la \"%.*s\") or change it to \"value\" (a la \"%.*s.value\")",
                                           QD_SLICE_ARG(aggregation->name), QD_SLICE_ARG(aggregation->name));
    return qd_arena_string(arena, text);
}

const char *qd_metric_check_names(const struct qd_aggregation *aggregation, struct qd_slice key,
                                  const char *const *names, size_t count, struct qd_arena *arena)
{
    if (key.data == NULL) {
        return "When ordering on a multi-value metrics aggregation a metric name must be specified.";
    }
    for (size_t i = 0; i < count; i++) {
        if (qd_slice_is(key, names[i])) return NULL;
    }
    struct qd_slice text = qd_arena_format(
        arena, "Unknown metric name [%.*s] on multi-value metrics aggregation [%.*s]", QD_SLICE_ARG(key),
        QD_SLICE_ARG(aggregation->name));
    return qd_arena_string(arena, text);
}

struct qd_slice qd_metric_double_text(double value, struct qd_arena *arena)
{
    char text[QD_NUMBER_TEXT_MAX];
    size_t size = qd_double_to_text(value, text);
    return qd_arena_copy(arena, qd_slice_make(text, size));
}

/* ---- metrics that count ---- */

enum qd_status qd_metric_count_build(struct qd_collector *collector, uint32_t bucket,
                            struct qd_aggregation_result *result, struct qd_error *error)
{
    (void)error;
    struct qd_metric *metric = (struct qd_metric *)collector;
    struct qd_metric_number *number = QD_NEW(collector->run->arena, struct qd_metric_number);
    const int64_t *count = qd_metric_state(metric, bucket);
    number->count = count == NULL ? 0 : *count;
    result->data = number;
    return QD_OK;
}

enum qd_status qd_metric_count_reduce(struct qd_reduce_context *context,
                                      const struct qd_aggregation_result *parts, size_t count,
                                      struct qd_aggregation_result *result, struct qd_error *error)
{
    (void)error;
    struct qd_metric_number *number = QD_NEW(context->arena, struct qd_metric_number);
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += (uint64_t)((const struct qd_metric_number *)parts[i].data)->count;
    }
    number->count = (int64_t)sum;
    result->data = number;
    return QD_OK;
}

void qd_metric_count_render(const struct qd_aggregation_result *result, struct qd_render_context *context)
{
    qd_json_member_int(context->writer, "value", ((const struct qd_metric_number *)result->data)->count);
}

double qd_metric_count_sort_value(const struct qd_aggregation_result *result, struct qd_slice key)
{
    (void)key;
    return (double)((const struct qd_metric_number *)result->data)->count;
}
