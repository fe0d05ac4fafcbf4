#include "coordinator/thread_pools.h"

/* Nothing that runs in the pool of workers. */
#define NO_CLASS (-1)

/* How the size of a pool follows from the number of processors p. */
enum sizing {
    ONE,
    P,
    TWO_P,
    FOUR_P,
    HALF_MAX_5,
    HALF_MAX_10,
    SEARCH,
    HALF,
    SCALE_4_128,
    MAX_5,
    MAX_64,
    CHECKSUM
};

static const struct {
    const char *name;
    const char *type;
    enum sizing sizing;
    int queue_size;
    int work_class; /* -1: none */
} pools[] = {
    { "analyze", "fixed", ONE, 16, NO_CLASS },
    { "fetch_shard_started", "scaling", TWO_P, -1, NO_CLASS },
    { "fetch_shard_store", "scaling", TWO_P, -1, NO_CLASS },
    { "flush", "scaling", HALF_MAX_5, -1, QD_WORK_FLUSH },
    { "force_merge", "fixed", ONE, -1, QD_WORK_FORCE_MERGE },
    { "generic", "scaling", SCALE_4_128, -1, QD_WORK_GENERIC },
    { "get", "fixed", P, 1000, QD_WORK_GET },
    { "grpc", "fixed", TWO_P, 1000, NO_CLASS },
    { "index_searcher", "resizable", TWO_P, 1000, NO_CLASS },
    { "listener", "fixed", HALF, -1, NO_CLASS },
    { "management", "scaling", MAX_5, -1, QD_WORK_MANAGEMENT },
    { "merge", "scaling", P, -1, QD_WORK_MERGE },
    { "refresh", "scaling", HALF_MAX_10, -1, QD_WORK_REFRESH },
    { "remote_download", "scaling", TWO_P, -1, NO_CLASS },
    { "remote_purge", "scaling", HALF_MAX_5, -1, NO_CLASS },
    { "remote_recovery", "scaling", TWO_P, -1, NO_CLASS },
    { "remote_refresh_retry", "scaling", HALF_MAX_10, -1, NO_CLASS },
    { "remote_state_checksum", "fixed", CHECKSUM, 1000, NO_CLASS },
    { "remote_state_read", "fixed", FOUR_P, 120000, NO_CLASS },
    { "rule_serial_executor", "fixed", ONE, 100, NO_CLASS },
    { "search", "resizable", SEARCH, 1000, QD_WORK_SEARCH },
    { "search_throttled", "resizable", ONE, 100, NO_CLASS },
    { "snapshot", "scaling", HALF_MAX_5, -1, NO_CLASS },
    { "snapshot_deletion", "scaling", MAX_64, -1, NO_CLASS },
    { "stream_search", "resizable", SEARCH, 1000, NO_CLASS },
    { "system_read", "fixed", HALF_MAX_5, 2000, NO_CLASS },
    { "system_write", "fixed", HALF_MAX_5, 1000, NO_CLASS },
    { "translog_recovery", "fixed", P, -1, NO_CLASS },
    { "translog_sync", "fixed", FOUR_P, 10000, QD_WORK_TRANSLOG_SYNC },
    { "translog_transfer", "scaling", HALF_MAX_10, -1, NO_CLASS },
    { "warmer", "scaling", HALF_MAX_5, -1, NO_CLASS },
    { "write", "fixed", P, 10000, QD_WORK_WRITE },
};

size_t qd_thread_pools_count(void)
{
    return sizeof(pools) / sizeof(pools[0]);
}

static int at_most(int value, int most)
{
    return value < most ? value : most;
}

static int size_of(enum sizing sizing, int p)
{
    int half = (p + 1) / 2;
    switch (sizing) {
    case ONE: return 1;
    case P: return p;
    case TWO_P: return 2 * p;
    case FOUR_P: return 4 * p;
    case HALF: return half;
    case HALF_MAX_5: return at_most(half, 5);
    case HALF_MAX_10: return at_most(half, 10);
    case SEARCH: return p * 3 / 2 + 1;
    case SCALE_4_128: return 4 * p < 128 ? 128 : at_most(4 * p, 512);
    case MAX_5: return 5;
    case MAX_64: return 64;
    case CHECKSUM: return 11;
    }
    return 1;
}

struct qd_thread_pool qd_thread_pools_at(size_t position, uint32_t processors)
{
    bool generic = pools[position].sizing == SCALE_4_128;
    bool scaling = pools[position].type[0] == 's';
    int size = size_of(pools[position].sizing, processors == 0 ? 1 : (int)processors);
    struct qd_thread_pool pool = { .name = pools[position].name,
                                   .type = pools[position].type,
                                   .core = -1,
                                   .max = -1,
                                   .size = -1,
                                   .queue_size = pools[position].queue_size,
                                   .measured = pools[position].type[0] == 'r',
                                   .work_class = pools[position].work_class };
    if (scaling) {
        pool.core = generic ? 4 : 1;
        pool.max = size;
        pool.keep_alive = generic ? "30s" : "5m";
    } else {
        pool.size = size;
    }
    return pool;
}

struct qd_thread_pool_counts qd_thread_pools_counts(const struct qd_thread_pool *pool,
                                                    const struct qd_node_facts *facts)
{
    struct qd_thread_pool_counts counts = { 0 };
    if (pool->work_class < 0) return counts;
    counts.work = facts->work[pool->work_class];
    counts.threads = facts->workers;
    return counts;
}
