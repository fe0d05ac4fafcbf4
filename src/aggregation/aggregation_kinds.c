/* The table of kinds, and the order in which siblings are rendered. */
#include "aggregation/aggregation_kinds.h"

#include "base/java_order.h"
#include "base/text.h"

static const struct qd_aggregation_kind *const kinds[] = {
    &qd_metric_avg,         &qd_metric_sum,          &qd_metric_min,          &qd_metric_max,
    &qd_metric_value_count, &qd_metric_stats,        &qd_metric_extended_stats,
    &qd_metric_weighted_avg, &qd_metric_multivalue_doc_count,
    &qd_metric_cardinality,  &qd_metric_percentiles,  &qd_metric_percentile_ranks,
    &qd_metric_median_absolute_deviation,
    &qd_bucket_filter,      &qd_bucket_filters,      &qd_bucket_missing,      &qd_bucket_global,
    &qd_bucket_terms,       &qd_bucket_histogram,    &qd_bucket_date_histogram,
    &qd_bucket_range,       &qd_bucket_date_range,   &qd_bucket_ip_range,
};

#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

/* Kinds of the reference that are not there yet: known names for suggestions, and for a plain refusal. */
static const struct qd_slice absent[] = {
    QD_SLICE_INIT("adjacency_matrix"), QD_SLICE_INIT("auto_date_histogram"), QD_SLICE_INIT("avg_bucket"),
    QD_SLICE_INIT("bucket_script"), QD_SLICE_INIT("bucket_selector"), QD_SLICE_INIT("bucket_sort"),
    QD_SLICE_INIT("children"), QD_SLICE_INIT("composite"), QD_SLICE_INIT("cumulative_sum"),
    QD_SLICE_INIT("derivative"), QD_SLICE_INIT("diversified_sampler"), QD_SLICE_INIT("extended_stats_bucket"),
    QD_SLICE_INIT("geo_bounds"), QD_SLICE_INIT("geo_centroid"), QD_SLICE_INIT("geo_distance"),
    QD_SLICE_INIT("geohash_grid"), QD_SLICE_INIT("geotile_grid"), QD_SLICE_INIT("matrix_stats"),
    QD_SLICE_INIT("max_bucket"), QD_SLICE_INIT("min_bucket"), QD_SLICE_INIT("moving_avg"),
    QD_SLICE_INIT("moving_fn"), QD_SLICE_INIT("multi_terms"), QD_SLICE_INIT("nested"),
    QD_SLICE_INIT("parent"), QD_SLICE_INIT("percentiles_bucket"), QD_SLICE_INIT("rare_terms"),
    QD_SLICE_INIT("reverse_nested"), QD_SLICE_INIT("sampler"), QD_SLICE_INIT("scripted_metric"),
    QD_SLICE_INIT("serial_diff"), QD_SLICE_INIT("significant_terms"), QD_SLICE_INIT("significant_text"),
    QD_SLICE_INIT("stats_bucket"), QD_SLICE_INIT("sum_bucket"), QD_SLICE_INIT("top_hits"),
    QD_SLICE_INIT("variable_width_histogram"),
};

#define ABSENT_COUNT (sizeof(absent) / sizeof(absent[0]))

const struct qd_aggregation_kind *qd_aggregation_kind_find(struct qd_slice name)
{
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (qd_slice_is(name, kinds[i]->name)) return kinds[i];
    }
    return NULL;
}

enum qd_status qd_aggregation_kind_unknown(struct qd_aggregation_parser *parser, struct qd_slice name,
                                           const struct qd_json *at, struct qd_error *error)
{
    struct qd_slice names[KIND_COUNT + ABSENT_COUNT];
    for (size_t i = 0; i < ABSENT_COUNT; i++) {
        names[i] = absent[i];
        if (!qd_slice_equal(name, absent[i])) continue;
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "aggregation type [%.*s] is not supported",
                            QD_SLICE_ARG(name));
    }
    for (size_t i = 0; i < KIND_COUNT; i++) names[ABSENT_COUNT + i] = qd_slice_from_string(kinds[i]->name);
    struct qd_slice hint = qd_did_you_mean(parser->arena, name, names, KIND_COUNT + ABSENT_COUNT);
    int64_t line = 1;
    int64_t column = 1;
    if (parser->document != NULL) qd_json_position(parser->document, at, &line, &column);
    (void)qd_error_set(error, QD_NAMED_OBJECT_NOT_FOUND, "[%lld:%lld] unknown field [%.*s]", (long long)line,
                       (long long)column, QD_SLICE_ARG(name));
    (void)qd_error_wrap(error, QD_PARSING, "Unknown aggregation type [%.*s]%.*s", QD_SLICE_ARG(name),
                        QD_SLICE_ARG(hint));
    qd_error_add_number(error, "line", line);
    qd_error_add_number(error, "col", column);
    return QD_PARSING;
}

void qd_aggregations_order(struct qd_aggregations *aggregations, struct qd_arena *arena)
{
    struct qd_slice *names = QD_NEW_ARRAY(arena, struct qd_slice, aggregations->count);
    for (size_t i = 0; i < aggregations->count; i++) names[i] = aggregations->items[i]->name;
    aggregations->order = qd_java_map_order(arena, names, aggregations->count, 16);
}
