/* What percentiles and percentile_ranks share: options, sketches, rendering.
 *
 * Source: OpenSearch PercentilesConfig, AbstractTDigestPercentilesAggregator,
 * AbstractHDRPercentilesAggregator.
 */
#ifndef QD_AGGREGATION_METRIC_QUANTILES_H
#define QD_AGGREGATION_METRIC_QUANTILES_H

#include "aggregation/hdr.h"
#include "aggregation/metric.h"
#include "aggregation/tdigest.h"

/* As parsed. */
struct qd_quantiles_options {
    struct qd_source_options source; /* first */
    bool keyed;
    const struct qd_json *null_missing; /* `missing` where it was null, or NULL */
    bool has_values;                 /* percents or values were given */
    double *values;                  /* values[count], ascending */
    size_t count;
    bool is_tdigest, is_hdr;         /* which was asked for */
    double compression;              /* 100 */
    uint8_t digits;                  /* 3 */
};

/* Rows for tdigest, hdr and keyed; a setter for the array of values. */
extern const struct qd_option_table qd_options_quantiles;
enum qd_status qd_quantiles_set_values(struct qd_aggregation_parser *parser, void *options,
                                       struct qd_slice owner, const struct qd_json *value,
                                       struct qd_error *error);

/* Reads the body and checks that one method was asked for at most. */
QD_CHECKED enum qd_status qd_quantiles_parse(struct qd_aggregation_parser *parser,
                                             const struct qd_option_table *table, const struct qd_json *body,
                                             struct qd_aggregation *aggregation, struct qd_error *error);

/* The error of a build that the reference does after the last field was read. Returns QD_X_CONTENT_PARSE. */
enum qd_status qd_quantiles_failed(struct qd_error *error, const char *type);

/* The data of a result: one of the two is there, or none (no value). */
struct qd_quantiles_result {
    struct qd_aggregation_format format; /* first */
    struct qd_tdigest *digest;
    struct qd_hdr *hdr;
};

/* The kind's functions. */
enum qd_status qd_quantiles_create(struct qd_aggregation_run *run, const struct qd_aggregation *aggregation,
                                   struct qd_collector **collector, struct qd_error *error);
void qd_quantiles_write(const struct qd_aggregation_result *result, struct qd_buffer *buffer);
void qd_quantiles_read(struct qd_reader *reader, struct qd_arena *arena,
                       struct qd_aggregation_result *result);
enum qd_status qd_quantiles_reduce(struct qd_reduce_context *context,
                                   const struct qd_aggregation_result *parts, size_t count,
                                   struct qd_aggregation_result *result, struct qd_error *error);
const char *qd_quantiles_check_key(const struct qd_aggregation *aggregation, struct qd_slice key,
                                   struct qd_arena *arena);

/* Renders "values": `answer` gives the number for one asked value. */
void qd_quantiles_render(const struct qd_aggregation_result *result, struct qd_render_context *context,
                         double (*answer)(const struct qd_quantiles_result *data, double asked));

#endif
