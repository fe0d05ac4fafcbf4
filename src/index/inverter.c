#include "index/inverter.h"

#include <string.h>

#include "base/assert.h"
#include "base/map.h"

#define MARK_DOCUMENT 1u
/* Terms in byte order lie anywhere in memory: so many steps before its turn a term's bytes and postings are
 * asked for, and its entry as many steps before that. */
#define AHEAD 6u

void qd_inverter_init(struct qd_inverter *inverter, struct qd_arena *arena, struct qd_byte_pool *pool,
                      uint64_t seed)
{
    *inverter = (struct qd_inverter){ .arena = arena, .pool = pool, .seed = seed };
}

static inline uint64_t read_up_to_8(const char *data, size_t size)
{
    uint64_t value = 0;
    if (size >= 4) {
        uint32_t low;
        uint32_t high;
        memcpy(&low, data, 4);
        memcpy(&high, data + size - 4, 4);
        return (uint64_t)high << 32 | low;
    }
    if (size > 0) {
        const uint8_t *bytes = (const uint8_t *)data;
        value = (uint64_t)bytes[0] << 16 | (uint64_t)bytes[size / 2] << 8 | bytes[size - 1];
    }
    return value;
}

__extension__ typedef unsigned __int128 wide;

static inline uint64_t mix(uint64_t left, uint64_t right)
{
    wide product = (wide)left * right;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t hash_term(struct qd_slice term, uint64_t seed)
{
    if (term.size > 16) return mix(qd_hash(term) ^ seed, 0x9e3779b97f4a7c15u);
    uint64_t low;
    uint64_t high = 0;
    if (term.size <= 8) {
        low = read_up_to_8(term.data, term.size);
    } else {
        memcpy(&low, term.data, 8);
        memcpy(&high, term.data + term.size - 8, 8);
    }
    return mix(low ^ seed ^ 0xa0761d6478bd642fu,
               mix(high ^ 0xe7037ed1a0b428dbu, seed ^ (term.size + 0x8ebc6af09c88c6e3u)));
}

struct qd_slice qd_inverter_term(const struct qd_inverter *inverter, uint32_t term)
{
    const struct qd_inverted_term *entry = &inverter->terms[term];
    return qd_slice_make(entry->size <= QD_INVERTER_INLINE ? entry->key.inlined : entry->key.data,
                         entry->size);
}

static void rehash(struct qd_inverter *inverter, uint32_t count)
{
    uint64_t *slots = qd_arena_zalloc(inverter->arena, count * sizeof(*slots));
    for (uint32_t i = 0; i < inverter->slot_count; i++) {
        uint64_t slot = inverter->slots[i];
        if (slot == 0) continue;
        uint32_t at = (uint32_t)(slot >> 32) & (count - 1);
        while (slots[at] != 0) at = (at + 1) & (count - 1);
        slots[at] = slot;
    }
    inverter->slots = slots;
    inverter->slot_count = count;
}

static uint32_t add_term(struct qd_inverter *inverter, struct qd_slice term)
{
    if (inverter->term_count == inverter->term_capacity) {
        uint32_t wanted = inverter->term_capacity < 8 ? 8 : inverter->term_capacity * 2;
        inverter->terms = qd_arena_grow(inverter->arena, inverter->terms,
                                        inverter->term_capacity * sizeof(*inverter->terms),
                                        wanted * sizeof(*inverter->terms));
        inverter->term_capacity = wanted;
    }
    struct qd_inverted_term *entry = &inverter->terms[inverter->term_count];
    *entry = (struct qd_inverted_term){ .size = (uint32_t)term.size, .last_document = UINT32_MAX };
    if (term.size > QD_INVERTER_INLINE) {
        entry->key.data = qd_arena_copy(inverter->arena, term).data;
    } else if (term.size > 0) {
        memcpy(entry->key.inlined, term.data, term.size);
    }
    return inverter->term_count++;
}

/* Two numbers that tell a term of 1 to 16 bytes from others of its size. */
static inline void read_short(const char *data, size_t size, uint64_t *low, uint64_t *high)
{
    *high = 0;
    if (size > 8) {
        memcpy(low, data, 8);
        memcpy(high, data + size - 8, 8);
    } else {
        *low = read_up_to_8(data, size);
    }
}

/* Nearly every term that is compared is short and equal. */
static inline bool is_term(const struct qd_inverted_term *entry, struct qd_slice term)
{
    if (entry->size != term.size) return false;
    const char *data = term.size <= QD_INVERTER_INLINE ? entry->key.inlined : entry->key.data;
    if (term.size > 16) return memcmp(data, term.data, term.size) == 0;
    uint64_t a[2];
    uint64_t b[2];
    read_short(data, term.size, &a[0], &a[1]);
    read_short(term.data, term.size, &b[0], &b[1]);
    return a[0] == b[0] && a[1] == b[1];
}

/* There is room for one more term. */
static inline uint32_t intern_hashed(struct qd_inverter *inverter, struct qd_slice term, uint64_t hash)
{
    uint32_t mask = inverter->slot_count - 1;
    uint32_t at = (uint32_t)hash & mask;
    while (inverter->slots[at] != 0) {
        uint64_t slot = inverter->slots[at];
        if (slot >> 32 == (uint32_t)hash) {
            uint32_t number = (uint32_t)slot - 1;
            if (is_term(&inverter->terms[number], term)) return number;
        }
        at = (at + 1) & mask;
    }
    uint32_t number = add_term(inverter, term);
    inverter->slots[at] = hash << 32 | (number + 1);
    return number;
}

static void make_room(struct qd_inverter *inverter, uint32_t count)
{
    while (((uint64_t)inverter->term_count + count) * 3 >= (uint64_t)inverter->slot_count * 2) {
        rehash(inverter, inverter->slot_count == 0 ? 16 : inverter->slot_count * 2);
    }
}

/* Half of the terms lie in two lines of the cache. */
static inline void expect_term(const struct qd_inverter *inverter, uint64_t slot)
{
    uint32_t number = (uint32_t)slot;
    if (number == 0) return;
    __builtin_prefetch(&inverter->terms[number - 1], 1);
    __builtin_prefetch((const char *)&inverter->terms[number] - 1, 1);
}

void qd_inverter_reserve(struct qd_inverter *inverter, uint32_t terms)
{
    uint32_t slots = 16;
    qd_assert(inverter->term_count == 0);
    while ((uint64_t)slots * 2 <= (uint64_t)terms * 3) slots *= 2;
    rehash(inverter, slots);
    inverter->terms = qd_arena_alloc(inverter->arena, terms * sizeof(*inverter->terms));
    inverter->term_capacity = terms;
}

uint64_t qd_inverter_expect(struct qd_inverter *inverter, struct qd_slice term)
{
    make_room(inverter, 1);
    uint64_t hash = hash_term(term, inverter->seed);
    __builtin_prefetch(&inverter->slots[(uint32_t)hash & (inverter->slot_count - 1)]);
    return hash;
}

void qd_inverter_expect_entry(const struct qd_inverter *inverter, uint64_t hash)
{
    expect_term(inverter, inverter->slots[(uint32_t)hash & (inverter->slot_count - 1)]);
}

uint32_t qd_inverter_intern_expected(struct qd_inverter *inverter, struct qd_slice term, uint64_t hash)
{
    return intern_hashed(inverter, term, hash);
}

/* The slots of a large buffer, the terms that they name and the ends of their postings are hardly ever in the
 * cache: asking for all of them first lets the misses of a batch overlap. */
void qd_inverter_intern_all(struct qd_inverter *inverter, const struct qd_slice *terms, uint32_t count,
                            uint32_t *numbers)
{
    uint64_t hashes[QD_INVERTER_BATCH];
    qd_assert(count <= QD_INVERTER_BATCH);
    make_room(inverter, count);
    uint32_t mask = inverter->slot_count - 1;
    for (uint32_t i = 0; i < count; i++) {
        hashes[i] = hash_term(terms[i], inverter->seed);
        __builtin_prefetch(&inverter->slots[(uint32_t)hashes[i] & mask]);
    }
    for (uint32_t i = 0; i < count; i++) {
        expect_term(inverter, inverter->slots[(uint32_t)hashes[i] & mask]);
    }
    for (uint32_t i = 0; i < count; i++) {
        numbers[i] = intern_hashed(inverter, terms[i], hashes[i]);
        qd_byte_stream_prefetch(inverter->pool, &inverter->terms[numbers[i]].stream);
    }
}

/* Below this a number takes at most four bytes as LEB128. */
#define FOUR_BYTES (UINT32_C(1) << 28)

/* Adds a LEB128 number below FOUR_BYTES to the *size bytes of *bytes. */
static inline void pack(uint64_t *bytes, unsigned *size, uint32_t value)
{
    unsigned shift = 8 * *size;
    for (; value >= 0x80; value >>= 7, shift += 8) *bytes |= (uint64_t)((value & 0x7f) | 0x80) << shift;
    *bytes |= (uint64_t)value << shift;
    *size = shift / 8 + 1;
}

/* The offsets of an occurrence. */
static void add_offsets(struct qd_byte_pool *pool, struct qd_inverted_term *entry,
                        const struct qd_occurrence *occurrence)
{
    int32_t step = (int32_t)(occurrence->start - entry->last_offset);
    qd_byte_stream_varint(pool, &entry->stream, ((uint32_t)step << 1) ^ (uint32_t)(step >> 31));
    qd_byte_stream_varint(pool, &entry->stream, occurrence->end - occurrence->start);
    entry->last_offset = occurrence->start;
}

/* Stream of a term. DOCS: document deltas. FREQS: delta * 2 + 1 for a document, 0 for each further
 * occurrence. POSITIONS: delta * 2 + 1 for a document, then position delta * 2 for each occurrence; with
 * OFFSETS each is followed by the zig-zag distance of the start offset and the length. */
bool qd_inverter_add(struct qd_inverter *inverter, uint32_t term, const struct qd_occurrence *occurrence)
{
    struct qd_inverted_term *entry = &inverter->terms[term];
    struct qd_byte_pool *pool = inverter->pool;
    bool positions = inverter->options >= QD_INDEX_POSITIONS;
    bool first = entry->last_document != occurrence->document;
    uint64_t bytes = 0;
    unsigned size = 0;
    if (first) {
        uint32_t before = entry->last_document == UINT32_MAX ? 0 : entry->last_document;
        uint32_t delta = occurrence->document - before;
        entry->last_document = occurrence->document;
        entry->last_position = 0;
        entry->last_offset = 0;
        if (inverter->options != QD_INDEX_DOCS) delta = delta * 2 + MARK_DOCUMENT;
        if (delta < FOUR_BYTES) {
            pack(&bytes, &size, delta);
        } else {
            qd_byte_stream_varint(pool, &entry->stream, delta);
        }
    }
    if (positions) {
        uint32_t distance = (occurrence->position - entry->last_position) * 2;
        entry->last_position = occurrence->position;
        if (distance < FOUR_BYTES) {
            pack(&bytes, &size, distance);
        } else {
            if (size > 0) qd_byte_stream_put_few(pool, &entry->stream, bytes, size);
            size = 0;
            qd_byte_stream_varint(pool, &entry->stream, distance);
        }
    } else if (!first && inverter->options == QD_INDEX_FREQS) {
        size = 1;
    }
    if (size > 0) qd_byte_stream_put_few(pool, &entry->stream, bytes, size);
    if (inverter->options == QD_INDEX_OFFSETS) add_offsets(pool, entry, occurrence);
    return first;
}

/* ---- sorting ---- */

/* A key's next eight bytes as a number that sorts as they do, and how many there are (9: more). */
struct sort_item {
    uint64_t chunk;
    uint32_t term;
    uint32_t left;
};

static void load_chunk(const struct qd_inverter *inverter, struct sort_item *item, size_t depth)
{
    struct qd_slice key = qd_inverter_term(inverter, item->term);
    size_t left = key.size - depth;
    uint64_t chunk = 0;
    if (left >= 8) {
        memcpy(&chunk, key.data + depth, 8);
    } else {
        if (left > 0) memcpy(&chunk, key.data + depth, left);
    }
    item->chunk = __builtin_bswap64(chunk);
    item->left = left > 8 ? 9 : (uint32_t)left;
}

/* Without branches: which way a comparison goes cannot be foretold. */
static inline bool item_less(const struct sort_item *left, const struct sort_item *right)
{
    return (left->chunk < right->chunk) | ((left->chunk == right->chunk) & (left->left < right->left));
}

static void insertion_sort(const struct qd_inverter *inverter, struct sort_item *items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct sort_item item = items[i];
        size_t at = i;
        while (at > 0) {
            const struct sort_item *before = &items[at - 1];
            bool less = item_less(&item, before);
            if (!less && !item_less(before, &item) && item.left == 9) {
                less = qd_slice_compare(qd_inverter_term(inverter, item.term),
                                        qd_inverter_term(inverter, before->term)) < 0;
            }
            if (!less) break;
            items[at] = *before;
            at--;
        }
        items[at] = item;
    }
}

static struct sort_item median(const struct sort_item *items, size_t count)
{
    const struct sort_item *a = &items[count / 4];
    const struct sort_item *b = &items[count / 2];
    const struct sort_item *c = &items[count / 4 * 3];
    if (item_less(b, a)) {
        const struct sort_item *keep = a;
        a = b;
        b = keep;
    }
    if (item_less(c, b)) b = item_less(c, a) ? a : c;
    return *b;
}

/* A run of items whose keys agree in their first `depth` bytes. */
struct part {
    struct sort_item *items;
    size_t count;
    size_t depth;
};

/* Splits a run at a pivot: less, equal (eight bytes further on), greater. Every item is written to all three
 * places, of which one moves on. */
static void split(const struct qd_inverter *inverter, const struct part *whole, struct sort_item *room,
                  struct part parts[3])
{
    struct sort_item *items = whole->items;
    struct sort_item *equals = room;
    struct sort_item *greaters = room + whole->count;
    struct sort_item pivot = median(items, whole->count);
    size_t less = 0;
    size_t equal = 0;
    size_t greater = 0;
    for (size_t i = 0; i < whole->count; i++) {
        struct sort_item item = items[i];
        bool below = item_less(&item, &pivot);
        bool above = item_less(&pivot, &item);
        items[less] = item;
        less += below;
        equals[equal] = item;
        equal += !(below | above);
        greaters[greater] = item;
        greater += above;
    }
    memcpy(items + less, equals, equal * sizeof(*items));
    if (greater > 0) memcpy(items + less + equal, greaters, greater * sizeof(*items));
    parts[0] = (struct part){ items, less, whole->depth };
    parts[1] = (struct part){ items + less, pivot.left == 9 ? equal : 0, whole->depth + 8 };
    parts[2] = (struct part){ items + less + equal, greater, whole->depth };
    const struct sort_item *next = parts[1].items;
    for (size_t i = 0; i < parts[1].count; i++) {
        if (i + AHEAD < parts[1].count) __builtin_prefetch(&inverter->terms[next[i + AHEAD].term]);
        load_chunk(inverter, &parts[1].items[i], parts[1].depth);
    }
}

/* Multikey quicksort by chunks of eight bytes. The largest part is done by the loop, the others have at most
 * half of the items each, so that calls nest at most log2(count) deep however long the common prefixes
 * are. `room` has space for twice as many items. */
static void sort_items(const struct qd_inverter *inverter, struct part part, struct sort_item *room)
{
    while (part.count > 16) {
        struct part parts[3];
        split(inverter, &part, room, parts);
        int largest = parts[0].count >= parts[1].count ? 0 : 1;
        if (parts[2].count > parts[largest].count) largest = 2;
        for (int i = 0; i < 3; i++) {
            if (i != largest) sort_items(inverter, parts[i], room);
        }
        part = parts[largest];
    }
    insertion_sort(inverter, part.items, part.count);
}

uint32_t *qd_inverter_sort(const struct qd_inverter *inverter, struct qd_arena *arena)
{
    size_t size = ((size_t)inverter->term_count + 1) * sizeof(struct sort_item);
    struct sort_item *items = qd_arena_alloc(arena, size);
    struct sort_item *room = qd_arena_alloc(arena, 2 * size);
    for (uint32_t i = 0; i < inverter->term_count; i++) {
        items[i].term = i;
        load_chunk(inverter, &items[i], 0);
    }
    sort_items(inverter, (struct part){ items, inverter->term_count, 0 }, room);
    uint32_t *order = qd_arena_alloc(arena, (inverter->term_count + 1) * sizeof(*order));
    for (uint32_t i = 0; i < inverter->term_count; i++) order[i] = items[i].term;
    return order;
}

/* ---- writing ---- */

/* Occurrences of the document that is being decoded. */
struct occurrences {
    struct qd_occurrence *data;
    size_t count;
    size_t capacity;
};

static uint32_t next_varint(const uint8_t **at)
{
    uint32_t value = *(*at)++;
    if (value < 0x80) return value;
    value &= 0x7f;
    for (int shift = 7;; shift += 7) {
        uint32_t byte = *(*at)++;
        value |= (byte & 0x7f) << shift;
        if (byte < 0x80) return value;
    }
}

/* Documents that are handed on together. */
struct run {
    uint32_t docs[QD_POSTINGS_BLOCK];
    uint32_t freqs[QD_POSTINGS_BLOCK];
    uint32_t count;        /* documents */
    uint32_t *distances;   /* distances[distance_count] of their positions */
    size_t distance_count;
    size_t distance_capacity;
};

static void flush_run(struct run *run, struct qd_postings_writer *writer)
{
    const struct qd_postings_docs full = { run->docs, run->freqs, run->count, run->distances };
    if (run->count > 0) qd_postings_writer_run(writer, &full);
    run->count = 0;
    run->distance_count = 0;
}

static void write_docs(struct qd_slice bytes, struct run *run, struct qd_postings_writer *writer)
{
    const uint8_t *at = (const uint8_t *)bytes.data;
    const uint8_t *end = at + bytes.size;
    uint32_t document = 0;
    while (at < end) {
        if (run->count == QD_POSTINGS_BLOCK) flush_run(run, writer);
        document += next_varint(&at);
        run->freqs[run->count] = 1;
        run->docs[run->count++] = document;
    }
    flush_run(run, writer);
}

static void write_freqs(struct qd_slice bytes, struct run *run, struct qd_postings_writer *writer)
{
    const uint8_t *at = (const uint8_t *)bytes.data;
    const uint8_t *end = at + bytes.size;
    uint32_t document = 0;
    while (at < end) {
        if (run->count == QD_POSTINGS_BLOCK) flush_run(run, writer);
        document += next_varint(&at) >> 1;
        uint32_t freq = 1;
        for (; at < end && *at == 0; at++) freq++;
        run->freqs[run->count] = freq;
        run->docs[run->count++] = document;
    }
    flush_run(run, writer);
}

static void grow_distances(struct qd_arena *scratch, struct run *run)
{
    size_t wanted = run->distance_capacity == 0 ? 1024 : run->distance_capacity * 2;
    run->distances =
        qd_arena_grow(scratch, run->distances, run->distance_capacity * sizeof(*run->distances),
                      wanted * sizeof(*run->distances));
    run->distance_capacity = wanted;
}

/* Positions without offsets: the stream has the very differences that the writer takes. */
static void write_positions(struct qd_slice bytes, struct qd_arena *scratch, struct run *run,
                            struct qd_postings_writer *writer)
{
    const uint8_t *at = (const uint8_t *)bytes.data;
    const uint8_t *end = at + bytes.size;
    uint32_t document = 0;
    while (at < end) {
        if (run->count == QD_POSTINGS_BLOCK) flush_run(run, writer);
        uint32_t head = next_varint(&at);
        qd_assert_slow((head & MARK_DOCUMENT) != 0);
        document += head >> 1;
        size_t first = run->distance_count;
        while (at < end && (*at & MARK_DOCUMENT) == 0) {
            if (run->distance_count == run->distance_capacity) grow_distances(scratch, run);
            run->distances[run->distance_count++] = next_varint(&at) >> 1;
        }
        run->freqs[run->count] = (uint32_t)(run->distance_count - first);
        run->docs[run->count++] = document;
    }
    flush_run(run, writer);
}

static void push_occurrence(struct qd_arena *scratch, struct occurrences *list,
                            struct qd_occurrence occurrence)
{
    if (list->count == list->capacity) {
        size_t wanted = list->capacity == 0 ? 64 : list->capacity * 2;
        list->data = qd_arena_grow(scratch, list->data, list->capacity * sizeof(*list->data),
                                   wanted * sizeof(*list->data));
        list->capacity = wanted;
    }
    list->data[list->count++] = occurrence;
}

static void write_offsets(struct qd_slice bytes, struct qd_arena *scratch, struct occurrences *list,
                          struct qd_postings_writer *writer)
{
    const uint8_t *at = (const uint8_t *)bytes.data;
    const uint8_t *end = at + bytes.size;
    uint32_t document = 0;
    while (at < end) {
        uint32_t head = next_varint(&at);
        qd_assert_slow((head & MARK_DOCUMENT) != 0);
        document += head >> 1;
        struct qd_occurrence now = { .document = document };
        list->count = 0;
        while (at < end && (*at & MARK_DOCUMENT) == 0) {
            now.position += next_varint(&at) >> 1;
            uint32_t step = next_varint(&at);
            now.start += (step >> 1) ^ (0 - (step & 1));
            now.end = now.start + next_varint(&at);
            push_occurrence(scratch, list, now);
        }
        qd_postings_writer_doc(writer, document, (uint32_t)list->count);
        for (size_t i = 0; i < list->count; i++) {
            qd_postings_writer_position(writer, list->data[i].position, list->data[i].start,
                                        list->data[i].end);
        }
    }
}

void qd_inverter_expect_terms(const struct qd_inverter *inverter, const uint32_t *order, uint32_t at)
{
    uint32_t count = inverter->term_count;
    if (at + 2 * AHEAD < count) __builtin_prefetch(&inverter->terms[order[at + 2 * AHEAD]]);
    if (at + AHEAD >= count) return;
    const struct qd_inverted_term *entry = &inverter->terms[order[at + AHEAD]];
    if (entry->size > QD_INVERTER_INLINE) __builtin_prefetch(entry->key.data);
    if (entry->stream.level > 0) __builtin_prefetch(qd_byte_stream_first(inverter->pool, &entry->stream));
}

void qd_inverter_write(const struct qd_inverter *inverter, const uint32_t *order, struct qd_arena *scratch,
                       struct qd_postings_writer *writer)
{
    struct qd_byte_scratch bytes_scratch = { 0 };
    struct occurrences list = { 0 };
    struct run *run = QD_NEW(scratch, struct run);
    for (uint32_t i = 0; i < inverter->term_count; i++) {
        const struct qd_inverted_term *entry = &inverter->terms[order[i]];
        qd_inverter_expect_terms(inverter, order, i);
        if (entry->stream.level == 0) continue;
        qd_postings_writer_term(writer, qd_inverter_term(inverter, order[i]));
        struct qd_slice bytes = qd_byte_stream_view(inverter->pool, &entry->stream, scratch, &bytes_scratch);
        switch (inverter->options) {
        case QD_INDEX_NONE: break;
        case QD_INDEX_DOCS: write_docs(bytes, run, writer); break;
        case QD_INDEX_FREQS: write_freqs(bytes, run, writer); break;
        case QD_INDEX_POSITIONS: write_positions(bytes, scratch, run, writer); break;
        case QD_INDEX_OFFSETS: write_offsets(bytes, scratch, &list, writer); break;
        }
    }
}
