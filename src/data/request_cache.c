#include "data/request_cache.h"

#include <string.h>

#include "base/map.h"

/* Chains of entries; a power of two. */
#define CHAINS 1024
/* What an entry takes besides its bytes, roughly. */
#define ENTRY_OVERHEAD 256

struct entry {
    struct qd_arena *arena;       /* holds the entry and its bytes */
    struct entry *next;           /* in its chain */
    struct entry *older, *newer;  /* by last use */
    struct qd_shard *shard;
    uint64_t version;             /* of the snapshot */
    struct qd_schema *schema;     /* one reference */
    enum qd_query_mode mode;
    uint64_t hash;
    struct qd_slice body, filter, answer;
    int64_t bytes;
};

struct qd_request_cache {
    struct qd_arena *arena;
    struct entry *chains[CHAINS];
    struct entry *oldest, *newest;
    int64_t bytes_max;                   /* the most the entries may take */
    struct qd_request_cache_facts facts; /* what is there now, and what was counted */
};

struct qd_request_cache *qd_request_cache_create(int64_t bytes_max)
{
    struct qd_arena *arena = qd_arena_create(sizeof(struct qd_request_cache));
    struct qd_request_cache *cache = QD_NEW(arena, struct qd_request_cache);
    cache->arena = arena;
    cache->bytes_max = bytes_max;
    return cache;
}

static void unlink_use(struct qd_request_cache *cache, struct entry *entry)
{
    if (entry->older == NULL) cache->oldest = entry->newer;
    else entry->older->newer = entry->newer;
    if (entry->newer == NULL) cache->newest = entry->older;
    else entry->newer->older = entry->older;
    entry->older = entry->newer = NULL;
}

static void link_newest(struct qd_request_cache *cache, struct entry *entry)
{
    entry->older = cache->newest;
    if (cache->newest == NULL) cache->oldest = entry;
    else cache->newest->newer = entry;
    cache->newest = entry;
}

static void forget(struct qd_request_cache *cache, struct entry *entry)
{
    struct entry **at = &cache->chains[entry->hash % CHAINS];
    while (*at != entry) at = &(*at)->next;
    *at = entry->next;
    unlink_use(cache, entry);
    cache->facts.bytes -= entry->bytes;
    cache->facts.items--;
    entry->shard->counters.request_cache_bytes -= (uint64_t)entry->bytes;
    qd_schema_release(entry->schema);
    qd_arena_destroy(entry->arena);
}

void qd_request_cache_destroy(struct qd_request_cache *cache)
{
    if (cache == NULL) return;
    while (cache->oldest != NULL) forget(cache, cache->oldest);
    qd_arena_destroy(cache->arena);
}

/* ---- what may be kept ---- */

static bool is_word(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           byte == '_';
}

/* True when `word` stands in the text by itself. Escapes may hide anything. */
static bool mentions(struct qd_slice text, const char *word)
{
    size_t size = strlen(word);
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '\\' && i + 1 < text.size && text.data[i + 1] == 'u') return true;
        if (text.size - i < size || memcmp(text.data + i, word, size) != 0) continue;
        bool starts = i == 0 || !is_word(text.data[i - 1]);
        bool ends = i + size == text.size || !is_word(text.data[i + size]);
        if (starts && ends) return true;
    }
    return false;
}

bool qd_request_cache_allows(const struct qd_request_key *key)
{
    static const char *const changing[] = { "now", "random_score", "script", "script_score", "profile" };
    const struct qd_query_message *message = key->message;
    bool phase = message->mode == QD_QUERY_ONLY || message->mode == QD_QUERY_AND_FETCH ||
                 message->mode == QD_QUERY_COUNT;
    if (!phase || message->context_id != 0 || message->keep_context || message->scroll) return false;
    if (message->cache == QD_REQUEST_CACHE_NEVER) return false;
    if (message->cache == QD_REQUEST_CACHE_DEFAULT && !key->reader->schema->caches_requests) return false;
    for (size_t i = 0; i < sizeof(changing) / sizeof(changing[0]); i++) {
        if (mentions(message->body, changing[i])) return false;
        if (mentions(message->alias_filter, changing[i])) return false;
    }
    return true;
}

/* ---- finding and keeping ---- */

static uint64_t hash_of(const struct qd_request_key *key)
{
    uint64_t mixed = (key->reader->snapshot->version + 1) * 0x9E3779B97F4A7C15u;
    return qd_hash(key->message->body) ^ (uint64_t)key->message->mode ^ mixed ^ mixed >> 29;
}

static bool is_same(const struct entry *entry, const struct qd_request_key *key, uint64_t hash)
{
    return entry->hash == hash && entry->shard == key->shard && entry->mode == key->message->mode &&
           entry->version == key->reader->snapshot->version && entry->schema == key->reader->schema &&
           qd_slice_equal(entry->body, key->message->body) &&
           qd_slice_equal(entry->filter, key->message->alias_filter);
}

bool qd_request_cache_find(struct qd_request_cache *cache, const struct qd_request_key *key,
                           struct qd_slice *answer)
{
    uint64_t hash = hash_of(key);
    for (struct entry *entry = cache->chains[hash % CHAINS]; entry != NULL; entry = entry->next) {
        if (!is_same(entry, key, hash)) continue;
        unlink_use(cache, entry);
        link_newest(cache, entry);
        key->shard->counters.request_cache_hits++;
        cache->facts.hits++;
        *answer = entry->answer;
        return true;
    }
    return false;
}

/* Entries of other views of the shard than `reader`, NULL: all. */
static void drop_views(struct qd_request_cache *cache, const struct qd_shard *shard,
                       const struct qd_shard_reader *reader)
{
    for (struct entry *entry = cache->oldest; entry != NULL;) {
        struct entry *newer = entry->newer;
        bool current = reader != NULL && entry->version == reader->snapshot->version &&
                       entry->schema == reader->schema;
        if (entry->shard == shard && !current) forget(cache, entry);
        entry = newer;
    }
}

void qd_request_cache_drop(struct qd_request_cache *cache, struct qd_shard *shard)
{
    drop_views(cache, shard, NULL);
}

void qd_request_cache_put(struct qd_request_cache *cache, const struct qd_request_key *key,
                          struct qd_slice answer)
{
    const struct qd_query_message *message = key->message;
    struct qd_slice ignored;
    key->shard->counters.request_cache_misses++;
    cache->facts.misses++;
    int64_t bytes = (int64_t)(message->body.size + message->alias_filter.size + answer.size) + ENTRY_OVERHEAD;
    if (bytes > cache->bytes_max) return;
    if (key->shard->counters.request_cache_bytes > 0) drop_views(cache, key->shard, key->reader);
    /* Two equal searches may have run side by side. */
    if (qd_request_cache_find(cache, key, &ignored)) {
        key->shard->counters.request_cache_hits--;
        cache->facts.hits--;
        return;
    }
    while (cache->facts.bytes + bytes > cache->bytes_max) {
        cache->oldest->shard->counters.request_cache_evictions++;
        cache->facts.evictions++;
        forget(cache, cache->oldest);
    }
    struct qd_arena *arena = qd_arena_create((size_t)bytes);
    struct entry *entry = QD_NEW(arena, struct entry);
    *entry = (struct entry){ .arena = arena,
                             .shard = key->shard,
                             .version = key->reader->snapshot->version,
                             .schema = qd_schema_retain(key->reader->schema),
                             .mode = message->mode,
                             .hash = hash_of(key),
                             .body = qd_arena_copy(arena, message->body),
                             .filter = qd_arena_copy(arena, message->alias_filter),
                             .answer = qd_arena_copy(arena, answer),
                             .bytes = bytes };
    entry->next = cache->chains[entry->hash % CHAINS];
    cache->chains[entry->hash % CHAINS] = entry;
    link_newest(cache, entry);
    cache->facts.bytes += bytes;
    cache->facts.items++;
    key->shard->counters.request_cache_bytes += (uint64_t)bytes;
}

struct qd_request_cache_facts qd_request_cache_facts(const struct qd_request_cache *cache)
{
    return cache->facts;
}
