#include "base/test.h"
#include "data/stats.h"

TEST(stats, adds_sums_and_keeps_the_latest_time)
{
    struct qd_stats sum, one;
    qd_stats_init(&sum);
    qd_stats_init(&one);
    one.value[QD_STAT_DOCS_COUNT] = 3;
    one.value[QD_STAT_INDEXING_MAX_LAST_INDEX_REQUEST_TIMESTAMP] = 50;
    qd_stats_add(&sum, &one);
    one.value[QD_STAT_INDEXING_MAX_LAST_INDEX_REQUEST_TIMESTAMP] = 20;
    qd_stats_add(&sum, &one);
    assert_int_equal(sum.value[QD_STAT_DOCS_COUNT], 6);
    assert_int_equal(sum.value[QD_STAT_INDEXING_MAX_LAST_INDEX_REQUEST_TIMESTAMP], 50);
    assert_int_equal(sum.value[QD_STAT_SEGMENTS_MAX_UNSAFE_AUTO_ID_TIMESTAMP], -1);
}
