#include "codec/norms.h"

#include <string.h>

#include "base/assert.h"
#include "base/bitset.h"
#include "codec/little_endian.h"

/* Header: u8 flags, u8 value of a constant column, u16 0, u32 documents. Then the bitset of documents that
 * have the field (FLAG_PRESENT) and the bytes (without FLAG_CONSTANT). */
#define HEADER_SIZE ((size_t)8)
#define FLAG_PRESENT 1u
#define FLAG_CONSTANT 2u

/* Lengths below this many are exact; above it four bits of the number are kept. */
#define EXACT_COUNT 24u

struct qd_norms {
    const uint8_t *bytes;
    const uint64_t *present; /* NULL: all documents */
};

/* The number with its highest bit and the three after it, and how far they were shifted: as a small float. */
static uint32_t small_float_encode(uint32_t value)
{
    if (value < 8) return value;
    uint32_t shift = 28u - (uint32_t)__builtin_clz(value);
    return ((value >> shift) & 7u) | ((shift + 1) << 3);
}

static uint32_t small_float_decode(uint32_t code)
{
    uint32_t shift = code >> 3;
    return shift == 0 ? code : ((code & 7u) | 8u) << (shift - 1);
}

uint8_t qd_norm_encode(uint32_t length)
{
    if (length < EXACT_COUNT) return (uint8_t)length;
    if (length > INT32_MAX) length = INT32_MAX;
    return (uint8_t)(EXACT_COUNT + small_float_encode(length - EXACT_COUNT));
}

uint32_t qd_norm_decode(uint8_t norm)
{
    return norm < EXACT_COUNT ? norm : EXACT_COUNT + small_float_decode(norm - EXACT_COUNT);
}

static bool has(const uint64_t *present, uint32_t doc)
{
    return present == NULL || (present[doc >> 6] >> (doc & 63) & 1) != 0;
}

/* True when every document with the field has the same byte, which goes to *value. */
static bool is_constant(const uint8_t *norms, const uint64_t *present, uint32_t doc_count, uint8_t *value)
{
    bool seen = false;
    *value = 0;
    for (uint32_t doc = 0; doc < doc_count; doc++) {
        if (!has(present, doc)) continue;
        if (seen && norms[doc] != *value) return false;
        *value = norms[doc];
        seen = true;
    }
    return true;
}

static void append_present(struct qd_sections_writer *sections, uint32_t doc_count, const uint64_t *present)
{
    size_t words = qd_bitset_word_count(doc_count);
    if (words == 0) return;
    qd_sections_append(sections, present, (words - 1) * sizeof(uint64_t));
    uint64_t last = present[words - 1];
    if (doc_count % 64 != 0) last &= ((uint64_t)1 << (doc_count % 64)) - 1;
    qd_sections_append(sections, &last, sizeof(last));
}

static void append_bytes(struct qd_sections_writer *sections, uint32_t doc_count, const uint8_t *norms,
                         const uint64_t *present)
{
    uint8_t chunk[1024];
    uint32_t held = 0;
    for (uint32_t doc = 0; doc < doc_count; doc++) {
        chunk[held++] = has(present, doc) ? norms[doc] : 0;
        if (held == sizeof(chunk) || doc + 1 == doc_count) {
            qd_sections_append(sections, chunk, held);
            held = 0;
        }
    }
}

void qd_norms_write(struct qd_sections_writer *sections, uint32_t field, uint32_t doc_count,
                    const uint8_t *norms, const uint64_t *present)
{
    uint8_t header[HEADER_SIZE] = { 0 };
    bool constant = is_constant(norms, present, doc_count, &header[1]);
    if (present != NULL) header[0] |= FLAG_PRESENT;
    if (constant) header[0] |= FLAG_CONSTANT;
    else header[1] = 0;
    qd_store_u32(header + 4, doc_count);
    qd_sections_begin(sections, QD_SECTION_NORMS, field);
    qd_sections_append(sections, header, sizeof(header));
    if (present != NULL) append_present(sections, doc_count, present);
    if (!constant) append_bytes(sections, doc_count, norms, present);
    qd_sections_end(sections);
}

static const uint8_t *spread_constant(struct qd_arena *arena, const uint64_t *present, uint32_t doc_count,
                                      uint8_t value)
{
    uint8_t *bytes = qd_arena_alloc(arena, doc_count);
    if (present == NULL) {
        memset(bytes, value, doc_count);
        return bytes;
    }
    for (uint32_t doc = 0; doc < doc_count; doc++) bytes[doc] = has(present, doc) ? value : 0;
    return bytes;
}

enum qd_status qd_norms_open(struct qd_arena *arena, const struct qd_sections *sections, uint32_t field,
                             uint32_t doc_count, struct qd_norms **norms, struct qd_error *error)
{
    struct qd_slice name = qd_sections_name(sections);
    struct qd_slice bytes;
    QD_TRY(qd_sections_find(sections, QD_SECTION_NORMS, field, &bytes, error));
    if (bytes.size < HEADER_SIZE) return qd_corrupt(error, name, 0, "norms are cut off");
    const uint8_t *at = (const uint8_t *)bytes.data;
    uint8_t flags = at[0];
    uint8_t value = at[1];
    size_t words = (flags & FLAG_PRESENT) != 0 ? qd_bitset_word_count(doc_count) : 0;
    size_t values = (flags & FLAG_CONSTANT) != 0 ? 0 : doc_count;
    if (qd_load_u32(at + 4) != doc_count || (flags & ~(FLAG_PRESENT | FLAG_CONSTANT)) != 0 ||
        bytes.size != HEADER_SIZE + words * 8 + values) {
        return qd_corrupt(error, name, 0, "norms have a wrong size");
    }
    struct qd_norms *opened = QD_NEW(arena, struct qd_norms);
    at += HEADER_SIZE;
    if (words != 0) {
        /* A copy: the section may lie at any address, and callers read words. */
        uint64_t *present = qd_arena_alloc(arena, words * sizeof(uint64_t));
        memcpy(present, at, words * sizeof(uint64_t));
        if (doc_count % 64 != 0 && present[words - 1] >> (doc_count % 64) != 0) {
            return qd_corrupt(error, name, 0, "norms of documents that do not exist");
        }
        opened->present = present;
        at += words * 8;
    }
    opened->bytes = values != 0 ? at : spread_constant(arena, opened->present, doc_count, value);
    *norms = opened;
    return QD_OK;
}

const uint8_t *qd_norms_bytes(const struct qd_norms *norms)
{
    return norms->bytes;
}

const uint64_t *qd_norms_present(const struct qd_norms *norms)
{
    return norms->present;
}
