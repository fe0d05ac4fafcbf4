#include "coordinator/thread_pools.h"

#include <limits.h>
#include <stdio.h>

#include "base/number.h"
#include "base/units.h"
#include "coordinator/node_facts.h"

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
} rows[] = {
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

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

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

static int gate_of(int work_class)
{
    if (work_class == QD_WORK_GET) return QD_GATE_GET;
    if (work_class == QD_WORK_SEARCH) return QD_GATE_SEARCH;
    return work_class == QD_WORK_WRITE ? QD_GATE_WRITE : -1;
}

static struct qd_thread_pool default_pool(size_t position, unsigned processors)
{
    bool generic = rows[position].sizing == SCALE_4_128;
    bool scaling = rows[position].type[0] == 's';
    int size = size_of(rows[position].sizing, processors == 0 ? 1 : (int)processors);
    struct qd_thread_pool pool = { .name = rows[position].name,
                                   .type = rows[position].type,
                                   .core = -1,
                                   .max = -1,
                                   .size = -1,
                                   .queue_size = rows[position].queue_size,
                                   .measured = rows[position].type[0] == 'r',
                                   .work_class = rows[position].work_class,
                                   .gate = gate_of(rows[position].work_class) };
    if (scaling) {
        pool.core = generic ? 4 : 1;
        pool.max = size;
        pool.keep_alive = generic ? QD_SLICE("30s") : QD_SLICE("5m");
    } else {
        pool.size = size;
    }
    return pool;
}

/* One of a pool's settings. */
struct option {
    const struct qd_map *settings;
    const char *pool;
    const char *what;   /* "size" */
    int least, most;    /* bounds */
};

static struct qd_slice text_of(const struct option *option, char key[static 96])
{
    int size = snprintf(key, 96, "thread_pool.%s.%s", option->pool, option->what);
    struct qd_slice name = qd_slice_make(key, (size_t)size);
    const struct qd_slice *text = option->settings == NULL ? NULL : qd_map_get(option->settings, name);
    return text == NULL ? (struct qd_slice){ 0 } : *text;
}

static enum qd_status read_number(const struct option *option, int *number, struct qd_error *error)
{
    char key[96];
    int64_t value;
    struct qd_slice text = text_of(option, key);
    if (text.data == NULL) return QD_OK;
    if (!qd_parse_int64(text, &value) || value < INT_MIN || value > INT_MAX) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Failed to parse value [%.*s] for setting [%s]",
                            QD_SLICE_ARG(text), key);
    }
    if (value < option->least || value > option->most) {
        bool low = value < option->least;
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Failed to parse value [%.*s] for setting [%s] must be %s %d", QD_SLICE_ARG(text),
                            key, low ? ">=" : "<=", low ? option->least : option->most);
    }
    *number = (int)value;
    return QD_OK;
}

static enum qd_status read_keep_alive(const struct option *option, struct qd_slice *keep_alive,
                                      struct qd_error *error)
{
    char key[96];
    struct qd_time_value value;
    struct qd_slice text = text_of(option, key);
    if (text.data == NULL) return QD_OK;
    QD_TRY(qd_time_parse(text, key, &value, error));
    *keep_alive = text;
    return QD_OK;
}

static enum qd_status read_options(const struct qd_map *settings, unsigned processors,
                                   struct qd_thread_pool *pool, struct qd_error *error)
{
    struct qd_slice name = qd_slice_from_string(pool->name);
    /* More writers than processors are of no use, which is the reference's rule too. */
    bool writes = qd_slice_is(name, "write") || qd_slice_is(name, "system_write");
    struct option option = { settings, pool->name, "size", 1, writes ? (int)processors + 1 : INT_MAX };
    if (pool->size >= 0) {
        QD_TRY(read_number(&option, &pool->size, error));
        option = (struct option){ settings, pool->name, "queue_size", INT_MIN, INT_MAX };
        return read_number(&option, &pool->queue_size, error);
    }
    option = (struct option){ settings, pool->name, "core", 0, INT_MAX };
    QD_TRY(read_number(&option, &pool->core, error));
    option = (struct option){ settings, pool->name, "max", 1, INT_MAX };
    QD_TRY(read_number(&option, &pool->max, error));
    option.what = "keep_alive";
    return read_keep_alive(&option, &pool->keep_alive, error);
}

enum qd_status qd_thread_pools_resolve(const struct qd_map *settings, unsigned processors,
                                       struct qd_arena *arena, struct qd_thread_pools *pools,
                                       struct qd_error *error)
{
    struct qd_thread_pool *list = QD_NEW_ARRAY(arena, struct qd_thread_pool, ROW_COUNT);
    for (size_t i = 0; i < ROW_COUNT; i++) {
        list[i] = default_pool(i, processors);
        QD_TRY(read_options(settings, processors, &list[i], error));
    }
    *pools = (struct qd_thread_pools){ list, ROW_COUNT };
    return QD_OK;
}

struct qd_gates qd_thread_pools_gates(const struct qd_thread_pools *pools, struct qd_slice node_name)
{
    struct qd_gates gates = { .node_name = node_name };
    for (size_t i = 0; i < pools->count; i++) {
        const struct qd_thread_pool *pool = &pools->pools[i];
        if (pool->gate < 0) continue;
        gates.gate[pool->gate] = (struct qd_gate){ .executor = pool->name,
                                                   .size = pool->size,
                                                   .queue_size = pool->queue_size };
    }
    return gates;
}

struct qd_thread_pool_counts qd_thread_pools_counts(const struct qd_thread_pool *pool,
                                                    const struct qd_node_facts *facts)
{
    struct qd_thread_pool_counts counts = { 0 };
    if (pool->work_class < 0) return counts;
    counts.work = facts->work[pool->work_class];
    counts.threads = facts->workers;
    if (pool->gate < 0) return counts;
    const struct qd_gate *gate = &facts->gates.gate[pool->gate];
    int64_t waiting = gate->inside - (int64_t)counts.work.active;
    /* What waits for a shard's turn is in no queue of the pool, but is waiting all the same. */
    if (waiting > (int64_t)counts.work.queued) counts.work.queued = (uint64_t)waiting;
    counts.rejected = gate->rejected;
    return counts;
}
