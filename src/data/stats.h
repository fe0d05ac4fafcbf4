/* Statistics: what a shard has counted, as an array of numbers, so that sums need no code per statistic.
 *
 * Filled by data/report_action.c, carried by data/report_messages.h, summed and printed by the coordinator.
 * data/stats_table.h says what each number is and where it is shown.
 */
#ifndef QD_DATA_STATS_H
#define QD_DATA_STATS_H

#include <stddef.h>
#include <stdint.h>

#include "data/stats_table.h"

/* The families in the order of the answer; a set of them is a bit mask of 1u << family. */
enum qd_stat_family {
    QD_STATS_DOCS,
    QD_STATS_STORE,
    QD_STATS_INDEXING,
    QD_STATS_GET,
    QD_STATS_SEARCH,
    QD_STATS_MERGES,
    QD_STATS_REFRESH,
    QD_STATS_FLUSH,
    QD_STATS_WARMER,
    QD_STATS_QUERY_CACHE,
    QD_STATS_FIELDDATA,
    QD_STATS_COMPLETION,
    QD_STATS_SEGMENTS,
    QD_STATS_TRANSLOG,
    QD_STATS_REQUEST_CACHE,
    QD_STATS_RECOVERY,
    QD_STATS_FAMILY_COUNT
};
#define QD_STATS_ALL ((1u << QD_STATS_FAMILY_COUNT) - 1)

enum qd_stat {
#define QD_STAT_ENUM(id, family, kind, name, human) QD_STAT_##id,
    QD_STAT_TABLE(QD_STAT_ENUM)
#undef QD_STAT_ENUM
    QD_STAT_COUNT
};

/* Statistics of one shard or a sum. Zero-initialise with qd_stats_init. */
struct qd_stats {
    int64_t value[QD_STAT_COUNT]; /* by enum qd_stat */
};

/* Searches of a shard: all, or those of one group. */
struct qd_search_counters {
    uint64_t query_total;            /* query phases that have ended well */
    uint64_t query_ns;               /* time that they ran */
    uint64_t query_failed;           /* that have failed while they ran */
    uint64_t fetch_total;            /* likewise for fetch phases */
    uint64_t fetch_ns;               /* time that they ran */
};

/* An empty sum. */
void qd_stats_init(struct qd_stats *stats);

/* Adds one sum to another. Points of time give the latest. */
void qd_stats_add(struct qd_stats *sum, const struct qd_stats *other);

/* Sets all statistics of a family back to those of nothing. */
void qd_stats_clear(struct qd_stats *stats, enum qd_stat_family family);

/* Sets those that searches give; others stay as they are. */
void qd_stats_set_searches(struct qd_stats *stats, const struct qd_search_counters *search);

#endif
