#include "search/document_cache.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"

/* Slots that a record may be in. */
#define WAYS 4
#define SLOT_WORDS (QD_DOCUMENT_CACHE_RECORD_MAX / sizeof(uint64_t))

/* Whose record a slot's words are. Every field is read while another thread may write it; the version tells
 * afterwards whether that has happened. */
struct slot {
    _Atomic uint64_t version; /* 0: empty; odd: being written */
    _Atomic uint64_t owner, generation;
    _Atomic uint64_t doc_size; /* document in the upper half, bytes of the record in the lower */
    _Atomic uint64_t used;     /* when it was found or put last, in ticks */
};

struct qd_document_cache {
    struct slot *slots;      /* slots[set_count * WAYS] */
    _Atomic uint64_t *words; /* SLOT_WORDS for each slot */
    uint64_t set_count;
    _Atomic uint64_t tick;   /* counts finds and puts */
    uint64_t owners;         /* numbers given out; loop only */
};

struct qd_document_cache *qd_document_cache_create(int64_t bytes_max)
{
    uint64_t sets = bytes_max <= 0 ? 0 : (uint64_t)bytes_max / (WAYS * QD_DOCUMENT_CACHE_RECORD_MAX);
    if (sets == 0) return NULL;
    struct qd_document_cache *cache = calloc(1, sizeof(*cache));
    qd_assert(cache != NULL);
    cache->set_count = sets;
    cache->slots = calloc(sets * WAYS, sizeof(*cache->slots));
    cache->words = calloc(sets * WAYS, QD_DOCUMENT_CACHE_RECORD_MAX);
    qd_assert(cache->slots != NULL && cache->words != NULL);
    return cache;
}

void qd_document_cache_destroy(struct qd_document_cache *cache)
{
    if (cache == NULL) return;
    free(cache->slots);
    free(cache->words);
    free(cache);
}

uint64_t qd_document_cache_owner(struct qd_document_cache *cache)
{
    return cache == NULL ? 0 : ++cache->owners;
}

/* The first slot of a key's set. */
static size_t set_of(const struct qd_document_cache *cache, const struct qd_document_key *key)
{
    uint64_t mixed = (key->owner * UINT64_C(0x9e3779b97f4a7c15) + key->generation) *
                         UINT64_C(0xbf58476d1ce4e5b9) +
                     key->doc;
    mixed *= UINT64_C(0x94d049bb133111eb);
    return (size_t)((mixed >> 32) % cache->set_count) * WAYS;
}

/* Acquiring: what is read later was not written before this. */
static uint64_t get(const _Atomic uint64_t *from)
{
    return atomic_load_explicit(from, memory_order_acquire);
}

/* Releasing: who reads this also sees what was written before, first of all the odd version. */
static void set(_Atomic uint64_t *to, uint64_t value)
{
    atomic_store_explicit(to, value, memory_order_release);
}

/* True when a slot has the record; *size is its bytes. */
static bool has(const struct slot *slot, const struct qd_document_key *key, size_t *size)
{
    uint64_t doc_size = get(&slot->doc_size);
    *size = (size_t)(doc_size & UINT32_MAX);
    return doc_size >> 32 == key->doc && get(&slot->owner) == key->owner &&
           get(&slot->generation) == key->generation;
}

static void touch(struct qd_document_cache *cache, struct slot *slot)
{
    uint64_t now = atomic_fetch_add_explicit(&cache->tick, 1, memory_order_relaxed);
    atomic_store_explicit(&slot->used, now + 1, memory_order_relaxed);
}

bool qd_document_cache_find(struct qd_document_cache *cache, const struct qd_document_key *key,
                            struct qd_arena *arena, struct qd_slice *record)
{
    if (cache == NULL) return false;
    size_t first = set_of(cache, key);
    for (size_t i = first; i < first + WAYS; i++) {
        struct slot *slot = &cache->slots[i];
        size_t size;
        uint64_t version = get(&slot->version);
        if (version == 0 || version % 2 != 0 || !has(slot, key, &size)) continue;
        if (size > QD_DOCUMENT_CACHE_RECORD_MAX) continue; /* of two writers' halves */
        size_t count = (size + sizeof(uint64_t) - 1) / sizeof(uint64_t);
        uint64_t *copy = qd_arena_alloc(arena, count * sizeof(*copy));
        for (size_t w = 0; w < count; w++) copy[w] = get(&cache->words[i * SLOT_WORDS + w]);
        if (get(&slot->version) != version) return false;
        touch(cache, slot);
        *record = qd_slice_make(copy, size);
        return true;
    }
    return false;
}

void qd_document_cache_put(struct qd_document_cache *cache, const struct qd_document_key *key,
                           struct qd_slice record)
{
    if (cache == NULL || record.size > QD_DOCUMENT_CACHE_RECORD_MAX) return;
    size_t first = set_of(cache, key), oldest = first;
    for (size_t i = first; i < first + WAYS; i++) {
        size_t size;
        if (get(&cache->slots[i].version) != 0 && has(&cache->slots[i], key, &size)) return;
        if (get(&cache->slots[i].used) < get(&cache->slots[oldest].used)) oldest = i;
    }
    struct slot *slot = &cache->slots[oldest];
    uint64_t version = get(&slot->version);
    if (version % 2 != 0 || !atomic_compare_exchange_strong(&slot->version, &version, version + 1)) return;
    set(&slot->owner, key->owner);
    set(&slot->generation, key->generation);
    set(&slot->doc_size, (uint64_t)key->doc << 32 | record.size);
    for (size_t at = 0; at < record.size; at += sizeof(uint64_t)) {
        uint64_t word = 0;
        size_t left = record.size - at;
        memcpy(&word, record.data + at, left < sizeof(word) ? left : sizeof(word));
        set(&cache->words[oldest * SLOT_WORDS + at / sizeof(word)], word);
    }
    set(&slot->version, version + 2);
    touch(cache, slot);
}
