#include "data/stats.h"

#include <stdbool.h>

/* The family of each statistic. */
static const enum qd_stat_family families[QD_STAT_COUNT] = {
#define STAT_FAMILY(id, family, kind, name, human) QD_STATS_##family,
    QD_STAT_TABLE(STAT_FAMILY)
#undef STAT_FAMILY
};

void qd_stats_init(struct qd_stats *stats)
{
    *stats = (struct qd_stats){ 0 };
    stats->value[QD_STAT_SEGMENTS_MAX_UNSAFE_AUTO_ID_TIMESTAMP] = -1;
}

void qd_stats_clear(struct qd_stats *stats, enum qd_stat_family family)
{
    struct qd_stats empty;
    qd_stats_init(&empty);
    for (size_t i = 0; i < QD_STAT_COUNT; i++) {
        if (families[i] == family) stats->value[i] = empty.value[i];
    }
}

static bool is_latest(enum qd_stat stat)
{
    return stat == QD_STAT_INDEXING_MAX_LAST_INDEX_REQUEST_TIMESTAMP ||
           stat == QD_STAT_SEGMENTS_MAX_UNSAFE_AUTO_ID_TIMESTAMP;
}

void qd_stats_add(struct qd_stats *sum, const struct qd_stats *other)
{
    for (size_t i = 0; i < QD_STAT_COUNT; i++) {
        if (i == QD_STAT_TRANSLOG_EARLIEST_LAST_MODIFIED_AGE) {
            /* As the reference has it: the least of all that are not 0. */
            bool less = sum->value[i] == 0 || other->value[i] < sum->value[i];
            if (less && other->value[i] != 0) sum->value[i] = other->value[i];
        } else if (!is_latest((enum qd_stat)i)) {
            sum->value[i] += other->value[i];
        } else if (other->value[i] > sum->value[i]) {
            sum->value[i] = other->value[i];
        }
    }
}

static int64_t millis(uint64_t nanos)
{
    return (int64_t)(nanos / 1000000);
}

void qd_stats_set_searches(struct qd_stats *stats, const struct qd_search_counters *search)
{
    int64_t *v = stats->value;
    v[QD_STAT_SEARCH_QUERY_TOTAL] = (int64_t)search->query_total;
    v[QD_STAT_SEARCH_QUERY_TIME] = millis(search->query_ns);
    v[QD_STAT_SEARCH_QUERY_FAILED] = (int64_t)search->query_failed;
    v[QD_STAT_SEARCH_FETCH_TOTAL] = (int64_t)search->fetch_total;
    v[QD_STAT_SEARCH_FETCH_TIME] = millis(search->fetch_ns);
}
