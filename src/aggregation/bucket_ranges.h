/* What range and date_range share.
 *
 * Source: OpenSearch RangeAggregator, InternalRange.
 */
#ifndef QD_AGGREGATION_BUCKET_RANGES_H
#define QD_AGGREGATION_BUCKET_RANGES_H

#include "aggregation/bucket_list.h"

/* One range as parsed. */
struct qd_range_bound {
    const struct qd_json *from, *to; /* numbers or texts; NULL: open */
    struct qd_slice key;             /* data NULL: made from the bounds */
};

/* As parsed. */
struct qd_ranges_options {
    struct qd_source_options source; /* first */
    bool keyed;
    struct qd_range_bound *ranges;   /* ranges[count], in the order of the request */
    size_t count;
};

/* Reads the body by `table`, whose rows are those of ranges and keyed. */
extern const struct qd_option qd_ranges_rows[2];

/* The kind's functions; date_range reads its bounds as dates. */
enum qd_status qd_ranges_create(struct qd_aggregation_run *run, const struct qd_aggregation *aggregation,
                                struct qd_collector **collector, struct qd_error *error);
void qd_ranges_render(const struct qd_aggregation_result *result, struct qd_render_context *context);

#endif
