#include "codec/ids.h"

#include <string.h>

#include "base/assert.h"
#include "base/map.h"
#include "base/vector.h"
#include "codec/little_endian.h"

#define FORMAT_VERSION 2u
#define FORMAT_VERSION_WIDE_SLOTS 1u /* still read */
#define HEADER_SIZE ((size_t)64)
#define FILTER_BLOCK_SIZE ((size_t)32)
#define FILTER_DOCS_PER_BLOCK 20u
#define WIDE_SLOT_SIZE ((size_t)8)
#define LINK_SIZE ((size_t)8)
#define SIZE_VARIES UINT32_MAX
#define AHEAD ((size_t)16) /* ids whose places the memory is asked for before they are written */

/* Of the fingerprint in a slot. The filter holds off what is not there; an id that is there meets four other
 * slots on its way, so that one look-up in sixteen reads the size of a wrong id, and nearly none its bytes.
 */
#define FINGERPRINT_BITS 6u
#define DOC_BITS_MAX 32u
#define FINGERPRINT_BITS_MAX 24u /* with the document and 7 bits before them within one 8-byte load */

/* Ids of up to 255 bytes: the size of each in a byte, and where the first of every 32 starts, with the bytes
 * of the first 16 above it. */
#define BLOCK_DOCS ((size_t)32)
#define BLOCK_HALF ((size_t)16)
#define BLOCK_START_BITS 48u
#define BLOCK_START_MAX (((uint64_t)1 << BLOCK_START_BITS) - 1)
#define BLOCK_SIZE (8 + BLOCK_DOCS)
#define BLOCK_ID_SIZE_MAX ((size_t)UINT8_MAX)

struct qd_ids {
    uint32_t doc_count;
    uint32_t slot_count;       /* 0 only without documents */
    uint32_t filter_count;     /* blocks of the filter */
    uint32_t chain_count;      /* documents whose id an older document has too */
    uint32_t fixed_size;       /* bytes of every id, or SIZE_VARIES */
    uint32_t offset_width;     /* bytes of an offset: 4 or 8; 1: blocks of sizes; 0 with a fixed size */
    uint32_t doc_bits;         /* of a slot; 0: slots are wide, those of version 1 */
    uint32_t slot_bits;        /* of the document and the fingerprint, unless slots are wide */
    uint32_t fingerprint_mask; /* which bits of an id's fingerprint a slot holds */
    const uint8_t *filter;     /* filter[filter_count * FILTER_BLOCK_SIZE] */
    const uint8_t *slots;      /* slot_count, and 8 more bytes unless they are wide */
    const uint8_t *chain;      /* chain_count of (u32 document, u32 next older document), ascending */
    const uint8_t *offsets;    /* offsets into text, or blocks of sizes, unless the size is fixed */
    struct qd_slice text;      /* the ids, one after another */
};

/* ---- filter: eight bits of one 32-byte block per id ---- */

static const uint32_t salts[8] = { 0x47b6137bu, 0x44974d91u, 0x8824ad5bu, 0xa2b7289du,
                                   0x705495c7u, 0x2df1424bu, 0x9efc4947u, 0x5c6bfb31u };

static size_t scale(uint64_t hash, uint32_t count)
{
    return (size_t)(((hash >> 32) * count) >> 32);
}

static void filter_add(uint8_t *block, uint32_t fingerprint)
{
    for (size_t i = 0; i < 8; i++) {
        uint32_t bit = (uint32_t)1 << (fingerprint * salts[i] >> 27);
        qd_store_u32(block + i * 4, qd_load_u32(block + i * 4) | bit);
    }
}

static uint32_t filter_misses(const uint8_t *block, uint32_t fingerprint, size_t i)
{
    return ~qd_load_u32(block + i * 4) >> (fingerprint * salts[i] >> 27) & 1u;
}

/* About half of the bits are set: an id that is not there has nearly always gone after three of them. */
static bool filter_has(const uint8_t *block, uint32_t fingerprint)
{
    uint32_t missing = filter_misses(block, fingerprint, 0) | filter_misses(block, fingerprint, 1) |
                       filter_misses(block, fingerprint, 2);
    if (missing != 0) return false;
    for (size_t i = 3; i < 8; i++) missing |= filter_misses(block, fingerprint, i);
    return missing == 0;
}

/* ---- sizes ---- */

/* Narrow slots are loaded 8 bytes at a time, which the last ones need behind them. */
static uint64_t narrow_slots_size(uint64_t slot_count, uint32_t slot_bits)
{
    return ((slot_count * slot_bits + 63) / 64 + 1) * 8;
}

static uint64_t block_count(uint32_t doc_count)
{
    return ((uint64_t)doc_count + BLOCK_DOCS - 1) / BLOCK_DOCS;
}

/* A slot holds the document + 1: this many bits hold the last one's. */
static uint32_t bits_of(uint32_t doc_count)
{
    uint32_t bits = 1;
    while (bits < DOC_BITS_MAX && doc_count >> bits != 0) bits++;
    return bits;
}

/* ---- writing ---- */

struct slot {
    uint32_t fingerprint;
    uint32_t doc;
};

struct builder {
    const struct qd_slice *ids;
    struct slot *slots;
    uint32_t slot_count;
    uint8_t *filter;
    uint32_t filter_count;
    QD_VECTOR(struct slot) chain; /* (document, next older document) */
};

static void insert(struct qd_arena *scratch, struct builder *builder, qd_doc_id doc, uint64_t hash)
{
    uint32_t fingerprint = (uint32_t)hash;
    filter_add(builder->filter + scale(hash, builder->filter_count) * FILTER_BLOCK_SIZE, fingerprint);
    size_t at = scale(hash, builder->slot_count);
    while (builder->slots[at].doc != QD_DOC_END) {
        struct slot *slot = &builder->slots[at];
        if (slot->fingerprint == fingerprint && qd_slice_equal(builder->ids[slot->doc], builder->ids[doc])) {
            *QD_PUSH(scratch, &builder->chain) = (struct slot){ doc, slot->doc };
            slot->doc = doc;
            return;
        }
        if (++at == builder->slot_count) at = 0;
    }
    builder->slots[at] = (struct slot){ fingerprint, doc };
}

static void append_offsets(struct qd_sections_writer *sections, const struct qd_slice *ids,
                           uint32_t doc_count, size_t width)
{
    uint8_t chunk[1024];
    size_t held = 0;
    uint64_t offset = 0;
    for (uint32_t i = 0; i <= doc_count; i++) {
        if (held == sizeof(chunk)) {
            qd_sections_append(sections, chunk, held);
            held = 0;
        }
        memcpy(chunk + held, &offset, width);
        held += width;
        if (i < doc_count) offset += ids[i].size;
    }
    qd_sections_append(sections, chunk, held);
}

/* One block of `count` ids that start at *offset, which moves behind them. */
static void write_block(uint8_t *block, const struct qd_slice *ids, size_t count, uint64_t *offset)
{
    uint64_t start = *offset;
    uint64_t half = 0;
    memset(block, 0, BLOCK_SIZE);
    for (size_t i = 0; i < count; i++) {
        block[8 + i] = (uint8_t)ids[i].size;
        *offset += ids[i].size;
        if (i < BLOCK_HALF) half += ids[i].size;
    }
    qd_store_u64(block, start | half << BLOCK_START_BITS);
}

static void append_blocks(struct qd_sections_writer *sections, const struct qd_slice *ids, uint32_t doc_count)
{
    uint8_t chunk[BLOCK_SIZE * 25];
    size_t held = 0;
    uint64_t offset = 0;
    for (size_t first = 0; first < doc_count; first += BLOCK_DOCS) {
        if (held == sizeof(chunk)) {
            qd_sections_append(sections, chunk, held);
            held = 0;
        }
        size_t count = doc_count - first < BLOCK_DOCS ? doc_count - first : BLOCK_DOCS;
        write_block(chunk + held, ids + first, count, &offset);
        held += BLOCK_SIZE;
    }
    qd_sections_append(sections, chunk, held);
}

static void append_slots(struct qd_arena *scratch, struct qd_sections_writer *sections,
                         const struct builder *builder, uint32_t doc_bits)
{
    uint32_t slot_bits = doc_bits + FINGERPRINT_BITS;
    size_t size = (size_t)narrow_slots_size(builder->slot_count, slot_bits);
    uint8_t *packed = qd_arena_zalloc(scratch, size);
    uint64_t bit = 0;
    for (size_t i = 0; i < builder->slot_count; i++, bit += slot_bits) {
        const struct slot *slot = &builder->slots[i];
        if (slot->doc == QD_DOC_END) continue;
        uint64_t fingerprint = slot->fingerprint & (((uint32_t)1 << FINGERPRINT_BITS) - 1);
        uint64_t value = fingerprint << doc_bits | ((uint64_t)slot->doc + 1);
        uint8_t *at = packed + (bit >> 3);
        qd_store_u64(at, qd_load_u64(at) | value << (bit & 7));
    }
    qd_sections_append(sections, packed, size);
}

/* The ids one after another, many in one piece. */
static void append_text(struct qd_sections_writer *sections, const struct qd_slice *ids, uint32_t doc_count)
{
    char chunk[4096];
    size_t held = 0;
    for (uint32_t i = 0; i < doc_count; i++) {
        if (ids[i].size > sizeof(chunk) - held) {
            qd_sections_append(sections, chunk, held);
            held = 0;
        }
        if (ids[i].size > sizeof(chunk)) {
            qd_sections_append(sections, ids[i].data, ids[i].size);
        } else if (ids[i].size > 0) {
            memcpy(chunk + held, ids[i].data, ids[i].size);
            held += ids[i].size;
        }
    }
    qd_sections_append(sections, chunk, held);
}

static void build(struct qd_arena *scratch, struct builder *builder, uint32_t doc_count)
{
    builder->slot_count = doc_count == 0 ? 0 : doc_count + doc_count / 8 + 1;
    builder->filter_count = doc_count / FILTER_DOCS_PER_BLOCK + 1;
    builder->slots = QD_NEW_ARRAY(scratch, struct slot, builder->slot_count);
    builder->filter = qd_arena_zalloc(scratch, builder->filter_count * FILTER_BLOCK_SIZE);
    for (uint32_t i = 0; i < builder->slot_count; i++) builder->slots[i].doc = QD_DOC_END;
    uint64_t hashes[AHEAD];
    for (size_t doc = 0; doc < (size_t)doc_count + AHEAD; doc++) {
        uint64_t *hash = &hashes[doc % AHEAD];
        if (doc >= AHEAD) insert(scratch, builder, (qd_doc_id)(doc - AHEAD), *hash);
        if (doc >= doc_count) continue;
        *hash = qd_hash(builder->ids[doc]);
        __builtin_prefetch(&builder->slots[scale(*hash, builder->slot_count)], 1);
        __builtin_prefetch(builder->filter + scale(*hash, builder->filter_count) * FILTER_BLOCK_SIZE, 1);
    }
}

void qd_ids_write(struct qd_arena *scratch, struct qd_sections_writer *sections, const struct qd_slice *ids,
                  uint32_t doc_count)
{
    qd_assert(doc_count <= QD_SEGMENT_DOCS_MAX);
    uint64_t text_size = 0;
    size_t size_max = 0;
    bool fixed = doc_count > 0 && ids[0].size < SIZE_VARIES;
    for (uint32_t i = 0; i < doc_count; i++) {
        text_size += ids[i].size;
        if (ids[i].size > size_max) size_max = ids[i].size;
        fixed = fixed && ids[i].size == ids[0].size;
    }
    uint32_t width = text_size <= UINT32_MAX ? 4 : 8;
    if (size_max <= BLOCK_ID_SIZE_MAX && text_size <= BLOCK_START_MAX) width = 1;
    if (fixed) width = 0;
    uint32_t doc_bits = bits_of(doc_count);
    struct builder builder = { .ids = ids };
    build(scratch, &builder, doc_count);
    uint8_t header[HEADER_SIZE] = { 0 };
    qd_store_u32(header, FORMAT_VERSION);
    qd_store_u32(header + 4, doc_count);
    qd_store_u32(header + 8, builder.slot_count);
    qd_store_u32(header + 12, (uint32_t)builder.chain.count);
    qd_store_u32(header + 16, builder.filter_count);
    qd_store_u32(header + 20, fixed ? (uint32_t)ids[0].size : SIZE_VARIES);
    qd_store_u32(header + 24, width);
    qd_store_u32(header + 28, doc_bits);
    qd_store_u64(header + 32, text_size);
    qd_store_u32(header + 40, FINGERPRINT_BITS);
    qd_sections_begin(sections, QD_SECTION_IDS, QD_SECTION_NO_FIELD);
    qd_sections_append(sections, header, sizeof(header));
    qd_sections_append(sections, builder.filter, builder.filter_count * FILTER_BLOCK_SIZE);
    append_slots(scratch, sections, &builder, doc_bits);
    qd_sections_append(sections, builder.chain.data, builder.chain.count * LINK_SIZE);
    if (width == 1) append_blocks(sections, ids, doc_count);
    else if (width != 0) append_offsets(sections, ids, doc_count, width);
    append_text(sections, ids, doc_count);
    qd_sections_end(sections);
}

/* ---- reading ---- */

static bool slots_fit(struct qd_ids *ids, const uint8_t *header)
{
    uint32_t version = qd_load_u32(header);
    ids->doc_bits = 0;
    ids->slot_bits = 0;
    ids->fingerprint_mask = UINT32_MAX;
    if (version == FORMAT_VERSION_WIDE_SLOTS) return true;
    uint32_t fingerprint_bits = qd_load_u32(header + 40);
    ids->doc_bits = qd_load_u32(header + 28);
    if (version != FORMAT_VERSION || ids->doc_bits == 0 || ids->doc_bits > DOC_BITS_MAX) return false;
    if (fingerprint_bits > FINGERPRINT_BITS_MAX) return false;
    ids->slot_bits = ids->doc_bits + fingerprint_bits;
    ids->fingerprint_mask = ((uint32_t)1 << fingerprint_bits) - 1;
    return true;
}

static bool offsets_fit(struct qd_ids *ids, const uint8_t *header)
{
    ids->fixed_size = qd_load_u32(header + 20);
    ids->offset_width = qd_load_u32(header + 24);
    if (ids->fixed_size != SIZE_VARIES) return ids->offset_width == 0;
    if (ids->offset_width == 1) return ids->doc_bits != 0;
    return ids->offset_width == 4 || ids->offset_width == 8;
}

static uint64_t slots_size(const struct qd_ids *ids)
{
    if (ids->doc_bits == 0) return ids->slot_count * (uint64_t)WIDE_SLOT_SIZE;
    return narrow_slots_size(ids->slot_count, ids->slot_bits);
}

static uint64_t offsets_size(const struct qd_ids *ids)
{
    if (ids->offset_width == 1) return block_count(ids->doc_count) * BLOCK_SIZE;
    return ids->offset_width == 0 ? 0 : ((uint64_t)ids->doc_count + 1) * ids->offset_width;
}

static bool header_fits(struct qd_ids *ids, const uint8_t *header, struct qd_slice bytes, uint32_t doc_count)
{
    ids->doc_count = doc_count;
    ids->slot_count = qd_load_u32(header + 8);
    ids->chain_count = qd_load_u32(header + 12);
    ids->filter_count = qd_load_u32(header + 16);
    uint64_t text_size = qd_load_u64(header + 32);
    if (!slots_fit(ids, header) || !offsets_fit(ids, header)) return false;
    if (qd_load_u32(header + 4) != doc_count) return false;
    if (ids->offset_width == 0 && text_size != (uint64_t)ids->fixed_size * doc_count) return false;
    if (ids->filter_count == 0 || (ids->slot_count == 0) != (doc_count == 0)) return false;
    uint64_t tables = HEADER_SIZE + ids->filter_count * (uint64_t)FILTER_BLOCK_SIZE + slots_size(ids) +
                      ids->chain_count * (uint64_t)LINK_SIZE + offsets_size(ids);
    return tables <= bytes.size && text_size == bytes.size - tables;
}

enum qd_status qd_ids_open(struct qd_arena *arena, const struct qd_sections *sections, uint32_t doc_count,
                           struct qd_ids **ids, struct qd_error *error)
{
    struct qd_slice bytes;
    QD_TRY(qd_sections_find(sections, QD_SECTION_IDS, QD_SECTION_NO_FIELD, &bytes, error));
    struct qd_ids *opened = QD_NEW(arena, struct qd_ids);
    const uint8_t *at = (const uint8_t *)bytes.data;
    if (bytes.size < HEADER_SIZE || !header_fits(opened, at, bytes, doc_count)) {
        return qd_corrupt(error, qd_sections_name(sections), 0, "the id index has a wrong size");
    }
    const uint8_t *end = at + bytes.size;
    at += HEADER_SIZE;
    opened->filter = at;
    at += opened->filter_count * FILTER_BLOCK_SIZE;
    opened->slots = at;
    at += slots_size(opened);
    opened->chain = at;
    at += opened->chain_count * LINK_SIZE;
    opened->offsets = at;
    at += offsets_size(opened);
    opened->text = qd_slice_make(at, (size_t)(end - at));
    *ids = opened;
    return QD_OK;
}

static uint64_t offset_at(const struct qd_ids *ids, size_t i)
{
    return ids->offset_width == 4 ? qd_load_u32(ids->offsets + i * 4) : qd_load_u64(ids->offsets + i * 8);
}

/* The first `count` bytes of a word, 0 to 8, as lanes of 16 bits with their sums. */
static uint64_t lanes_of(const uint8_t *at, size_t count)
{
    const uint64_t even = 0x00ff00ff00ff00ffu;
    uint64_t mask = count >= 8 ? UINT64_MAX : ((uint64_t)1 << count * 8) - 1;
    uint64_t word = qd_load_u64(at) & mask;
    return (word & even) + (word >> 8 & even);
}

/* The sum of the first `count` of 16 sizes, 0 to 15: without a jump, for nobody could guess it. */
static uint64_t sizes_before(const uint8_t *sizes, size_t count)
{
    uint64_t lanes = lanes_of(sizes, count) + lanes_of(sizes + 8, count > 8 ? count - 8 : 0);
    return lanes * 0x0001000100010001u >> 48;
}

static struct qd_slice at_block(const struct qd_ids *ids, qd_doc_id doc)
{
    const uint8_t *block = ids->offsets + doc / BLOCK_DOCS * BLOCK_SIZE;
    uint64_t base = qd_load_u64(block);
    size_t half = doc % BLOCK_DOCS / BLOCK_HALF;
    const uint8_t *sizes = block + 8 + half * BLOCK_HALF;
    size_t within = doc % BLOCK_HALF;
    uint64_t start = (base & BLOCK_START_MAX) + (base >> BLOCK_START_BITS) * half;
    start += sizes_before(sizes, within);
    uint64_t size = sizes[within];
    if (start > ids->text.size) start = ids->text.size;
    if (size > ids->text.size - start) size = ids->text.size - start;
    return qd_slice_sub(ids->text, (size_t)start, (size_t)size);
}

struct qd_slice qd_ids_at(const struct qd_ids *ids, qd_doc_id doc)
{
    qd_assert(doc < ids->doc_count);
    if (ids->offset_width == 0) {
        return qd_slice_sub(ids->text, (size_t)doc * ids->fixed_size, ids->fixed_size);
    }
    if (ids->offset_width == 1) return at_block(ids, doc);
    uint64_t start = offset_at(ids, doc);
    uint64_t end = offset_at(ids, (size_t)doc + 1);
    if (end > ids->text.size) end = ids->text.size;
    if (start > end) start = end;
    return qd_slice_sub(ids->text, (size_t)start, (size_t)(end - start));
}

static bool is_live(const uint64_t *live, qd_doc_id doc)
{
    return live == NULL || (live[doc >> 6] >> (doc & 63) & 1) != 0;
}

/* The next older document with the same id, or QD_DOC_END. */
static qd_doc_id older(const struct qd_ids *ids, qd_doc_id doc)
{
    uint32_t low = 0;
    uint32_t high = ids->chain_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (qd_load_u32(ids->chain + middle * LINK_SIZE) < doc) low = middle + 1;
        else high = middle;
    }
    if (low == ids->chain_count || qd_load_u32(ids->chain + low * LINK_SIZE) != doc) return QD_DOC_END;
    qd_doc_id next = qd_load_u32(ids->chain + low * LINK_SIZE + 4);
    return next < doc ? next : QD_DOC_END;
}

/* A free slot has no document: QD_DOC_END. */
static struct slot slot_at(const struct qd_ids *ids, size_t i)
{
    if (ids->doc_bits == 0) {
        const uint8_t *wide = ids->slots + i * WIDE_SLOT_SIZE;
        return (struct slot){ qd_load_u32(wide), qd_load_u32(wide + 4) };
    }
    uint64_t bit = (uint64_t)i * ids->slot_bits;
    uint64_t value = qd_load_u64(ids->slots + (bit >> 3)) >> (bit & 7);
    uint64_t doc = value & (((uint64_t)1 << ids->doc_bits) - 1);
    return (struct slot){ (uint32_t)(value >> ids->doc_bits) & ids->fingerprint_mask, (uint32_t)doc - 1 };
}

void qd_ids_expect(const struct qd_ids *ids, uint64_t hash)
{
    __builtin_prefetch(ids->filter + scale(hash, ids->filter_count) * FILTER_BLOCK_SIZE);
}

qd_doc_id qd_ids_find(const struct qd_ids *ids, struct qd_slice id, const uint64_t *live)
{
    return qd_ids_find_hashed(ids, id, qd_hash(id), live);
}

qd_doc_id qd_ids_find_hashed(const struct qd_ids *ids, struct qd_slice id, uint64_t hash,
                             const uint64_t *live)
{
    if (ids->slot_count == 0) return QD_DOC_END;
    uint32_t fingerprint = (uint32_t)hash;
    const uint8_t *block = ids->filter + scale(hash, ids->filter_count) * FILTER_BLOCK_SIZE;
    if (!filter_has(block, fingerprint)) return QD_DOC_END;
    uint32_t wanted = fingerprint & ids->fingerprint_mask;
    size_t at = scale(hash, ids->slot_count);
    for (uint32_t probes = 0; probes < ids->slot_count; probes++) {
        struct slot slot = slot_at(ids, at);
        if (slot.doc >= ids->doc_count) return QD_DOC_END;
        if (slot.fingerprint == wanted && qd_slice_equal(qd_ids_at(ids, slot.doc), id)) {
            qd_doc_id doc = slot.doc;
            while (doc != QD_DOC_END && !is_live(live, doc)) doc = older(ids, doc);
            return doc;
        }
        if (++at == ids->slot_count) at = 0;
    }
    return QD_DOC_END;
}
