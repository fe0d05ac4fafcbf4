/* The request cache: answers of shards to searches whose view has not changed since.
 *
 * Used by data/query_action.c. Loop only. An entry holds the whole answer of the query phase; it is found by
 * the request's bytes, the version of the shard's snapshot and its schema. The least recently used entries go
 * when the bytes exceed the limit (indices.requests.cache.size). Source: OpenSearch IndicesRequestCache,
 * IndicesService.canCache.
 */
#ifndef QD_DATA_REQUEST_CACHE_H
#define QD_DATA_REQUEST_CACHE_H

#include "data/read_messages.h"
#include "data/shard.h"

struct qd_request_cache;

/* An empty cache of `bytes_max` bytes at most. */
struct qd_request_cache *qd_request_cache_create(int64_t bytes_max);
void qd_request_cache_destroy(struct qd_request_cache *cache);

/* What an answer depends on. */
struct qd_request_key {
    struct qd_shard *shard;                 /* which answers */
    const struct qd_shard_reader *reader;   /* its view */
    const struct qd_query_message *message; /* body, alias filter and mode count */
};

/* True when the answer to a message may be kept at all: a query phase of a view of its own whose text does
 * not change its meaning with the clock or by chance. The size is looked at by the caller, who alone has read
 * it. */
bool qd_request_cache_allows(const struct qd_request_key *key);

/* The answer that was kept, or false. Valid until the next call. Counts a hit. */
bool qd_request_cache_find(struct qd_request_cache *cache, const struct qd_request_key *key,
                           struct qd_slice *answer);

/* Keeps a copy of an answer that was not found, and counts the miss. Older views of the shard are forgotten.
 */
void qd_request_cache_put(struct qd_request_cache *cache, const struct qd_request_key *key,
                          struct qd_slice answer);

/* Forgets everything of a shard; for _cache/clear, and before the shard goes away. */
void qd_request_cache_drop(struct qd_request_cache *cache, struct qd_shard *shard);

/* What the cache holds and has done since it was made, over all shards. */
struct qd_request_cache_facts {
    int64_t bytes;      /* of all entries */
    int64_t items;      /* entries */
    uint64_t hits;      /* answers that it gave */
    uint64_t misses;    /* answers that it could have given */
    uint64_t evictions; /* entries that made room for others */
};
struct qd_request_cache_facts qd_request_cache_facts(const struct qd_request_cache *cache);

#endif
