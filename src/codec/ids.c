#include "codec/ids.h"

#include <string.h>

#include "base/assert.h"
#include "base/map.h"
#include "base/vector.h"
#include "codec/little_endian.h"

#define FORMAT_VERSION 1u
#define HEADER_SIZE ((size_t)64)
#define FILTER_BLOCK_SIZE ((size_t)32)
#define FILTER_DOCS_PER_BLOCK 20u
#define SLOT_SIZE ((size_t)8)
#define SIZE_VARIES UINT32_MAX

struct qd_ids {
    uint32_t doc_count;
    uint32_t slot_count;    /* 0 only without documents */
    uint32_t filter_count;  /* blocks of the filter */
    uint32_t chain_count;   /* documents whose id an older document has too */
    uint32_t fixed_size;    /* bytes of every id, or SIZE_VARIES */
    uint32_t offset_width;  /* bytes of an offset: 4 or 8, 0 with a fixed size */
    const uint8_t *filter;  /* filter[filter_count * FILTER_BLOCK_SIZE] */
    const uint8_t *slots;   /* slot_count of (u32 fingerprint, u32 newest document or QD_DOC_END) */
    const uint8_t *chain;   /* chain_count of (u32 document, u32 next older document), ascending */
    const uint8_t *offsets; /* doc_count + 1 offsets into text, unless the size is fixed */
    struct qd_slice text;   /* the ids, one after another */
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

static void insert(struct qd_arena *scratch, struct builder *builder, qd_doc_id doc)
{
    uint64_t hash = qd_hash(builder->ids[doc]);
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
    builder->slot_count = doc_count == 0 ? 0 : doc_count + doc_count / 3 + 1;
    builder->filter_count = doc_count / FILTER_DOCS_PER_BLOCK + 1;
    builder->slots = QD_NEW_ARRAY(scratch, struct slot, builder->slot_count);
    builder->filter = qd_arena_zalloc(scratch, builder->filter_count * FILTER_BLOCK_SIZE);
    for (uint32_t i = 0; i < builder->slot_count; i++) builder->slots[i].doc = QD_DOC_END;
    for (uint32_t doc = 0; doc < doc_count; doc++) insert(scratch, builder, doc);
}

void qd_ids_write(struct qd_arena *scratch, struct qd_sections_writer *sections, const struct qd_slice *ids,
                  uint32_t doc_count)
{
    qd_assert(doc_count <= QD_SEGMENT_DOCS_MAX);
    uint64_t text_size = 0;
    bool fixed = doc_count > 0 && ids[0].size < SIZE_VARIES;
    for (uint32_t i = 0; i < doc_count; i++) {
        text_size += ids[i].size;
        fixed = fixed && ids[i].size == ids[0].size;
    }
    size_t width = fixed ? 0 : text_size <= UINT32_MAX ? 4 : 8;
    struct builder builder = { .ids = ids };
    build(scratch, &builder, doc_count);
    uint8_t header[HEADER_SIZE] = { 0 };
    qd_store_u32(header, FORMAT_VERSION);
    qd_store_u32(header + 4, doc_count);
    qd_store_u32(header + 8, builder.slot_count);
    qd_store_u32(header + 12, (uint32_t)builder.chain.count);
    qd_store_u32(header + 16, builder.filter_count);
    qd_store_u32(header + 20, fixed ? (uint32_t)ids[0].size : SIZE_VARIES);
    qd_store_u32(header + 24, (uint32_t)width);
    qd_store_u64(header + 32, text_size);
    qd_sections_begin(sections, QD_SECTION_IDS, QD_SECTION_NO_FIELD);
    qd_sections_append(sections, header, sizeof(header));
    qd_sections_append(sections, builder.filter, builder.filter_count * FILTER_BLOCK_SIZE);
    qd_sections_append(sections, builder.slots, builder.slot_count * SLOT_SIZE);
    qd_sections_append(sections, builder.chain.data, builder.chain.count * SLOT_SIZE);
    if (!fixed) append_offsets(sections, ids, doc_count, width);
    append_text(sections, ids, doc_count);
    qd_sections_end(sections);
}

/* ---- reading ---- */

static bool header_fits(struct qd_ids *ids, const uint8_t *header, struct qd_slice bytes, uint32_t doc_count)
{
    ids->doc_count = doc_count;
    ids->slot_count = qd_load_u32(header + 8);
    ids->chain_count = qd_load_u32(header + 12);
    ids->filter_count = qd_load_u32(header + 16);
    ids->fixed_size = qd_load_u32(header + 20);
    ids->offset_width = qd_load_u32(header + 24);
    uint64_t text_size = qd_load_u64(header + 32);
    bool fixed = ids->fixed_size != SIZE_VARIES;
    if (qd_load_u32(header) != FORMAT_VERSION || qd_load_u32(header + 4) != doc_count) return false;
    if (fixed ? ids->offset_width != 0 : ids->offset_width != 4 && ids->offset_width != 8) return false;
    if (fixed && text_size != (uint64_t)ids->fixed_size * doc_count) return false;
    if (ids->filter_count == 0 || (ids->slot_count == 0) != (doc_count == 0)) return false;
    uint64_t offsets_size = fixed ? 0 : ((uint64_t)doc_count + 1) * ids->offset_width;
    uint64_t tables = HEADER_SIZE + ids->filter_count * (uint64_t)FILTER_BLOCK_SIZE +
                      ((uint64_t)ids->slot_count + ids->chain_count) * SLOT_SIZE + offsets_size;
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
    at += opened->slot_count * SLOT_SIZE;
    opened->chain = at;
    at += opened->chain_count * SLOT_SIZE;
    opened->offsets = at;
    if (opened->offset_width != 0) at += ((size_t)doc_count + 1) * opened->offset_width;
    opened->text = qd_slice_make(at, (size_t)(end - at));
    *ids = opened;
    return QD_OK;
}

static uint64_t offset_at(const struct qd_ids *ids, size_t i)
{
    return ids->offset_width == 4 ? qd_load_u32(ids->offsets + i * 4) : qd_load_u64(ids->offsets + i * 8);
}

struct qd_slice qd_ids_at(const struct qd_ids *ids, qd_doc_id doc)
{
    qd_assert(doc < ids->doc_count);
    if (ids->offset_width == 0) {
        return qd_slice_sub(ids->text, (size_t)doc * ids->fixed_size, ids->fixed_size);
    }
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
        if (qd_load_u32(ids->chain + middle * SLOT_SIZE) < doc) low = middle + 1;
        else high = middle;
    }
    if (low == ids->chain_count || qd_load_u32(ids->chain + low * SLOT_SIZE) != doc) return QD_DOC_END;
    qd_doc_id next = qd_load_u32(ids->chain + low * SLOT_SIZE + 4);
    return next < doc ? next : QD_DOC_END;
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
    size_t at = scale(hash, ids->slot_count);
    for (uint32_t probes = 0; probes < ids->slot_count; probes++) {
        qd_doc_id doc = qd_load_u32(ids->slots + at * SLOT_SIZE + 4);
        if (doc >= ids->doc_count) return QD_DOC_END;
        if (qd_load_u32(ids->slots + at * SLOT_SIZE) == fingerprint &&
            qd_slice_equal(qd_ids_at(ids, doc), id)) {
            while (doc != QD_DOC_END && !is_live(live, doc)) doc = older(ids, doc);
            return doc;
        }
        if (++at == ids->slot_count) at = 0;
    }
    return QD_DOC_END;
}
