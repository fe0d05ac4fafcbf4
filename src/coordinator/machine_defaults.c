#include "coordinator/machine_defaults.h"

#include <stdio.h>

/* The smallest that the cache of repository data is, and the part of the heap that it is otherwise. */
#define REPOSITORY_CACHE_MIN ((int64_t)500 * 1024)
#define REPOSITORY_CACHE_PART 200

static unsigned merge_threads(unsigned processors)
{
    unsigned half = processors / 2;
    return half < 1 ? 1 : half > 4 ? 4 : half;
}

static unsigned merge_count(unsigned processors)
{
    return merge_threads(processors) + 5;
}

static bool number(const struct qd_machine_size *machine, struct qd_slice key, int64_t *value)
{
    const struct {
        const char *key;
        int64_t value;
    } rows[] = {
        { "cluster.index.merge.scheduler.max_merge_count", merge_count(machine->processors) },
        { "cluster.index.merge.scheduler.max_thread_count", merge_threads(machine->processors) },
        { "grpc.netty.executor_count", 2 * (int64_t)machine->online_processors },
        { "grpc.netty.worker_count", machine->online_processors },
        { "node.processors", machine->processors },
        { "processors", machine->online_processors },
        { "search.concurrent.max_slice_count", merge_threads(machine->online_processors) },
        { "transport.netty.worker_count", machine->online_processors },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (!qd_slice_is(key, rows[i].key)) continue;
        *value = rows[i].value;
        return true;
    }
    return false;
}

static bool bytes(const struct qd_machine_size *machine, struct qd_slice key, int64_t *value)
{
    int64_t cache = machine->heap_bytes / REPOSITORY_CACHE_PART;
    if (qd_slice_is(key, "node.native_memory.limit")) {
        /* Four fifths of what is not the heap's; there is no heap. */
        *value = machine->memory_bytes / 5 * 4;
        return true;
    }
    if (!qd_slice_is(key, "snapshot.repository_data.cache.threshold")) return false;
    *value = cache < REPOSITORY_CACHE_MIN ? REPOSITORY_CACHE_MIN : cache;
    return true;
}

static bool of_pool(const struct qd_thread_pools *pools, struct qd_slice key, int *value)
{
    char name[96];
    for (size_t i = 0; i < pools->count; i++) {
        const struct qd_thread_pool *pool = &pools->pools[i];
        const char *what = pool->size >= 0 ? "size" : "max";
        int size = snprintf(name, sizeof(name), "thread_pool.%s.%s", pool->name, what);
        if (!qd_slice_equal(key, qd_slice_make(name, (size_t)size))) continue;
        *value = pool->size >= 0 ? pool->size : pool->max;
        return true;
    }
    return false;
}

bool qd_machine_default(const struct qd_machine_size *machine, const struct qd_thread_pools *pools,
                        struct qd_slice key, struct qd_arena *arena, struct qd_slice *json)
{
    int64_t value = 0;
    int size = 0;
    if (bytes(machine, key, &value)) {
        *json = qd_arena_format(arena, "\"%lldb\"", (long long)value);
        return true;
    }
    if (of_pool(pools, key, &size)) {
        value = size;
    } else if (!number(machine, key, &value)) {
        return false;
    }
    *json = qd_arena_format(arena, "\"%lld\"", (long long)value);
    return true;
}

bool qd_machine_index_default(unsigned processors, struct qd_slice key, struct qd_arena *arena,
                              struct qd_slice *json)
{
    bool count = qd_slice_is(key, "index.merge.scheduler.max_merge_count");
    if (!count && !qd_slice_is(key, "index.merge.scheduler.max_thread_count")) return false;
    *json = qd_arena_format(arena, "\"%u\"", count ? merge_count(processors) : merge_threads(processors));
    return true;
}
