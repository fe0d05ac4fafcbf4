#include "coordinator/thread_pools.h"

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
} pools[] = {
    { "analyze", "fixed", ONE, 16 },
    { "fetch_shard_started", "scaling", TWO_P, -1 },
    { "fetch_shard_store", "scaling", TWO_P, -1 },
    { "flush", "scaling", HALF_MAX_5, -1 },
    { "force_merge", "fixed", ONE, -1 },
    { "generic", "scaling", SCALE_4_128, -1 },
    { "get", "fixed", P, 1000 },
    { "grpc", "fixed", TWO_P, 1000 },
    { "index_searcher", "resizable", TWO_P, 1000 },
    { "listener", "fixed", HALF, -1 },
    { "management", "scaling", MAX_5, -1 },
    { "merge", "scaling", P, -1 },
    { "refresh", "scaling", HALF_MAX_10, -1 },
    { "remote_download", "scaling", TWO_P, -1 },
    { "remote_purge", "scaling", HALF_MAX_5, -1 },
    { "remote_recovery", "scaling", TWO_P, -1 },
    { "remote_refresh_retry", "scaling", HALF_MAX_10, -1 },
    { "remote_state_checksum", "fixed", CHECKSUM, 1000 },
    { "remote_state_read", "fixed", FOUR_P, 120000 },
    { "rule_serial_executor", "fixed", ONE, 100 },
    { "search", "resizable", SEARCH, 1000 },
    { "search_throttled", "resizable", ONE, 100 },
    { "snapshot", "scaling", HALF_MAX_5, -1 },
    { "snapshot_deletion", "scaling", MAX_64, -1 },
    { "stream_search", "resizable", SEARCH, 1000 },
    { "system_read", "fixed", HALF_MAX_5, 2000 },
    { "system_write", "fixed", HALF_MAX_5, 1000 },
    { "translog_recovery", "fixed", P, -1 },
    { "translog_sync", "fixed", FOUR_P, 10000 },
    { "translog_transfer", "scaling", HALF_MAX_10, -1 },
    { "warmer", "scaling", HALF_MAX_5, -1 },
    { "write", "fixed", P, 10000 },
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
                                   .measured = pools[position].type[0] == 'r' };
    if (scaling) {
        pool.core = generic ? 4 : 1;
        pool.max = size;
        pool.keep_alive = generic ? "30s" : "5m";
    } else {
        pool.size = size;
    }
    return pool;
}
