#include <lz4.h>
#include <string.h>
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

#include "base/assert.h"
#include "base/buffer.h"
#include "base/checksum.h"
#include "codec/little_endian.h"
#include "codec/stored_format.h"

/* Blocks in a row with one dictionary, after which it is worth copying: more than a page of ten hits has. */
#define DICTIONARY_USES 16u

/* The most that one compressed byte can stand for: bounds what a corrupt size can make us allocate. */
#define LZ4_RATIO_MAX ((uint64_t)256)
#define ZSTD_RATIO_MAX ((uint64_t)65536)

struct qd_stored {
    struct qd_slice name;   /* of the container */
    struct qd_slice blocks; /* the section of blocks */
    const uint8_t *rows;    /* block_count rows of the index */
    uint32_t doc_count;
    uint32_t block_count;
    uint32_t dictionary_count;
    uint8_t dictionary_codec; /* enum qd_stored_block_codec: the blocks that may use the dictionaries */
    struct qd_slice dictionaries[QD_STORED_DICTIONARIES_MAX];
    ZSTD_DDict *prepared[QD_STORED_DICTIONARIES_MAX]; /* those of zstd, digested; in the arena */
};

struct qd_stored_cache {
    struct qd_arena *arena;
    const struct qd_stored *stored; /* whose block is held; NULL: none */
    uint32_t block;
    bool dense; /* more than one record of it was asked for */
    char *raw;  /* raw[capacity]: the decompressed block */
    size_t capacity;
    size_t room;                /* bytes in front of raw, for a dictionary */
    struct qd_slice dictionary; /* of the last lz4 block that had one */
    uint32_t dictionary_uses;   /* by blocks in a row; from DICTIONARY_USES on it is in front of raw */
    size_t valid; /* bytes of raw that are decompressed; lz4 blocks only as far as records were asked for */
    uint32_t *offsets; /* offsets[doc count + 1] of its records in raw */
    size_t offsets_capacity;
    ZSTD_DCtx *context; /* NULL until the first zstd block */
};

static void *arena_allocate(void *opaque, size_t size)
{
    return qd_arena_alloc(opaque, size);
}

/* Memory of an arena goes back with the arena. */
static void arena_release(void *opaque, void *address)
{
    (void)opaque;
    (void)address;
}

static uint32_t first_doc(const struct qd_stored *stored, uint32_t block)
{
    return block == stored->block_count ? stored->doc_count
                                        : qd_load_u32(stored->rows + block * QD_STORED_ROW + 12);
}

static bool rows_are_valid(const struct qd_stored *stored)
{
    uint64_t end = 0;
    if (stored->block_count == 0) return stored->doc_count == 0;
    if (first_doc(stored, 0) != 0) return false;
    for (uint32_t i = 0; i < stored->block_count; i++) {
        const uint8_t *row = stored->rows + i * QD_STORED_ROW;
        uint64_t offset = qd_load_u64(row);
        uint32_t size = qd_load_u32(row + 8);
        if (offset != end || size < QD_STORED_BLOCK_HEADER || size > stored->blocks.size - offset)
            return false;
        if (first_doc(stored, i) >= first_doc(stored, i + 1)) return false;
        end = offset + size;
    }
    return end == stored->blocks.size;
}

/* Checks dictionaries of lz4, which are used as they are, and digests those of zstd. */
static bool prepare_dictionaries(struct qd_arena *arena, struct qd_stored *stored)
{
    ZSTD_customMem memory = { arena_allocate, arena_release, arena };
    for (uint32_t i = 0; i < stored->dictionary_count; i++) {
        struct qd_slice bytes = stored->dictionaries[i];
        if (stored->dictionary_codec == QD_STORED_BLOCK_LZ4) {
            if (bytes.size == 0 || bytes.size > QD_STORED_LZ4_DICTIONARY_MAX) return false;
            continue;
        }
        stored->prepared[i] =
            ZSTD_createDDict_advanced(bytes.data, bytes.size, ZSTD_dlm_byRef, ZSTD_dct_auto, memory);
        if (stored->prepared[i] == NULL) return false;
    }
    return true;
}

static bool read_index(struct qd_stored *stored, struct qd_slice index, uint32_t doc_count)
{
    struct qd_reader reader = qd_reader_make(index);
    uint32_t version = qd_reader_u32(&reader);
    stored->doc_count = qd_reader_u32(&reader);
    stored->block_count = qd_reader_u32(&reader);
    stored->dictionary_count = qd_reader_u32(&reader);
    if (version != QD_STORED_VERSION && version != QD_STORED_VERSION_LZ4) return false;
    stored->dictionary_codec = version == QD_STORED_VERSION ? QD_STORED_BLOCK_ZSTD : QD_STORED_BLOCK_LZ4;
    if (reader.failed || stored->doc_count != doc_count) return false;
    if (stored->dictionary_count > QD_STORED_DICTIONARIES_MAX) return false;
    uint32_t sizes[QD_STORED_DICTIONARIES_MAX] = { 0 };
    for (uint32_t i = 0; i < stored->dictionary_count; i++) sizes[i] = qd_reader_u32(&reader);
    struct qd_slice rows = qd_reader_bytes(&reader, stored->block_count * QD_STORED_ROW);
    for (uint32_t i = 0; i < stored->dictionary_count; i++) {
        stored->dictionaries[i] = qd_reader_bytes(&reader, sizes[i]);
    }
    stored->rows = (const uint8_t *)rows.data;
    return !reader.failed && qd_reader_left(&reader) == 0;
}

enum qd_status qd_stored_open(struct qd_arena *arena, const struct qd_sections *sections, uint32_t doc_count,
                              struct qd_stored **stored, struct qd_error *error)
{
    struct qd_stored *opened = QD_NEW(arena, struct qd_stored);
    struct qd_slice index;
    opened->name = qd_sections_name(sections);
    QD_TRY(qd_sections_find(sections, QD_SECTION_STORED_INDEX, QD_SECTION_NO_FIELD, &index, error));
    QD_TRY(qd_sections_find(sections, QD_SECTION_STORED, QD_SECTION_NO_FIELD, &opened->blocks, error));
    if (!read_index(opened, index, doc_count) || !rows_are_valid(opened)) {
        return qd_corrupt(error, opened->name, 0, "the index of stored fields");
    }
    if (!prepare_dictionaries(arena, opened)) return qd_corrupt(error, opened->name, 0, "a dictionary");
    *stored = opened;
    return QD_OK;
}

uint32_t qd_stored_doc_count(const struct qd_stored *stored)
{
    return stored->doc_count;
}

uint32_t qd_stored_block_count(const struct qd_stored *stored)
{
    return stored->block_count;
}

uint32_t qd_stored_dictionary_count(const struct qd_stored *stored)
{
    return stored->dictionary_count;
}

struct qd_slice qd_stored_dictionary(const struct qd_stored *stored, uint32_t i)
{
    return stored->dictionaries[i];
}

static bool block_is_valid(const struct qd_stored *stored, uint32_t i, const struct qd_stored_block *block)
{
    uint64_t payload = block->payload.size;
    uint64_t ratio = block->codec == QD_STORED_BLOCK_LZ4 ? LZ4_RATIO_MAX : ZSTD_RATIO_MAX;
    if (block->doc_count != first_doc(stored, i + 1) - first_doc(stored, i)) return false;
    if (block->raw_size > QD_STORED_RAW_MAX || block->doc_count > block->raw_size) return false;
    if (block->codec >= QD_STORED_BLOCK_CODECS) return false;
    if (block->dictionary != QD_STORED_NO_DICTIONARY &&
        (block->codec != stored->dictionary_codec || block->dictionary >= stored->dictionary_count)) {
        return false;
    }
    if (block->codec == QD_STORED_BLOCK_RAW) return block->raw_size == payload;
    return block->raw_size <= payload * ratio;
}

enum qd_status qd_stored_block_read(const struct qd_stored *stored, uint32_t i, struct qd_stored_block *block,
                                    struct qd_error *error)
{
    const uint8_t *row = stored->rows + i * QD_STORED_ROW;
    uint64_t offset = qd_load_u64(row);
    uint32_t size = qd_load_u32(row + 8);
    const uint8_t *at = (const uint8_t *)stored->blocks.data + offset;
    if (qd_crc32c(at + 4, size - 4) != qd_load_u32(at)) {
        return qd_corrupt(error, stored->name, offset, "checksum of a block of stored fields");
    }
    block->bytes = qd_slice_make(at, size);
    block->payload = qd_slice_make(at + QD_STORED_BLOCK_HEADER, size - QD_STORED_BLOCK_HEADER);
    block->codec = at[4];
    block->dictionary = at[5];
    block->raw_size = qd_load_u32(at + 8);
    block->doc_count = qd_load_u32(at + 12);
    if (!block_is_valid(stored, i, block))
        return qd_corrupt(error, stored->name, offset, "header of a block");
    return QD_OK;
}

static bool unpack_zstd(const struct qd_stored *stored, const struct qd_stored_block *block,
                        ZSTD_DCtx *context, char *raw)
{
    size_t size;
    if (block->dictionary == QD_STORED_NO_DICTIONARY) {
        size = ZSTD_decompressDCtx(context, raw, block->raw_size, block->payload.data, block->payload.size);
    } else {
        size = ZSTD_decompress_usingDDict(context, raw, block->raw_size, block->payload.data,
                                          block->payload.size, stored->prepared[block->dictionary]);
    }
    return !ZSTD_isError(size) && size == block->raw_size;
}

/* Decompresses the first bytes of an lz4 block. lz4 is faster where the dictionary is in front of them. */
static bool unpack_lz4(const struct qd_stored *stored, const struct qd_stored_block *block,
                       const struct qd_stored_cache *cache, char *raw, size_t size)
{
    struct qd_slice dictionary = { NULL, 0 };
    if (block->dictionary != QD_STORED_NO_DICTIONARY) {
        dictionary = stored->dictionaries[block->dictionary];
        bool in_front = cache != NULL && cache->dictionary_uses >= DICTIONARY_USES;
        if (in_front) dictionary.data = raw - dictionary.size;
    }
    if (block->payload.size > QD_STORED_RAW_MAX) return false;
    int packed = (int)block->payload.size;
    int got = size == block->raw_size
                  ? LZ4_decompress_safe_usingDict(block->payload.data, raw, packed, (int)size,
                                                  dictionary.data, (int)dictionary.size)
                  : LZ4_decompress_safe_partial_usingDict(block->payload.data, raw, packed, (int)size,
                                                          (int)size, dictionary.data, (int)dictionary.size);
    return got >= 0 && (size_t)got == size;
}

/* The context of a cache, made on first use, or one of the caller's own. */
static ZSTD_DCtx *borrow_context(struct qd_stored_cache *cache)
{
    if (cache == NULL) return ZSTD_createDCtx();
    if (cache->context == NULL) {
        ZSTD_customMem memory = { arena_allocate, arena_release, cache->arena };
        cache->context = ZSTD_createDCtx_advanced(memory);
    }
    return cache->context;
}

/* Decompresses into raw[block->raw_size]. */
static bool unpack(const struct qd_stored *stored, const struct qd_stored_block *block,
                   struct qd_stored_cache *cache, char *raw)
{
    if (block->codec == QD_STORED_BLOCK_RAW) {
        memcpy(raw, block->payload.data, block->raw_size);
        return true;
    }
    if (block->codec == QD_STORED_BLOCK_LZ4) return unpack_lz4(stored, block, cache, raw, block->raw_size);
    ZSTD_DCtx *context = borrow_context(cache);
    qd_assert(context != NULL);
    bool good = unpack_zstd(stored, block, context, raw);
    if (cache == NULL) ZSTD_freeDCtx(context);
    return good;
}

/* Turns the sizes in front of a block of raw_size bytes, of which `start` is the beginning, into
 * offsets[doc_count + 1] of its records. */
static bool read_offsets(struct qd_slice start, size_t raw_size, uint32_t doc_count, uint32_t *offsets)
{
    struct qd_reader reader = qd_reader_make(start);
    uint64_t end = 0;
    for (uint32_t i = 0; i < doc_count; i++) {
        uint64_t size = qd_reader_varint(&reader);
        if (size > raw_size) return false;
        offsets[i] = (uint32_t)end;
        end += size;
        if (end > raw_size) return false;
    }
    uint32_t base = (uint32_t)(start.size - qd_reader_left(&reader));
    if (reader.failed || end != raw_size - base) return false;
    for (uint32_t i = 0; i < doc_count; i++) offsets[i] += base;
    offsets[doc_count] = (uint32_t)raw_size;
    return true;
}

struct qd_stored_cache *qd_stored_cache_create(struct qd_arena *arena)
{
    struct qd_stored_cache *cache = QD_NEW(arena, struct qd_stored_cache);
    cache->arena = arena;
    return cache;
}

static uint32_t find_block(const struct qd_stored *stored, qd_doc_id doc)
{
    uint32_t low = 0;
    uint32_t high = stored->block_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (first_doc(stored, middle) <= doc) low = middle;
        else high = middle;
    }
    return low;
}

/* Makes room in the cache for a block. */
static void reserve(struct qd_stored_cache *cache, const struct qd_stored_block *block)
{
    if (cache->capacity < block->raw_size) {
        cache->capacity = block->raw_size + (size_t)block->raw_size / 2;
        cache->raw = qd_arena_alloc(cache->arena, cache->capacity);
        cache->room = 0;
        cache->dictionary_uses = 0;
    }
    if (cache->offsets_capacity < (size_t)block->doc_count + 1) {
        cache->offsets_capacity = (size_t)block->doc_count * 2 + 1;
        cache->offsets = qd_arena_alloc(cache->arena, cache->offsets_capacity * sizeof(uint32_t));
    }
}

/* Notes the dictionary of a block, and copies it to where lz4 likes it once it was often used. */
static void note_dictionary(struct qd_stored_cache *cache, const struct qd_stored *stored,
                            const struct qd_stored_block *block)
{
    if (block->codec != QD_STORED_BLOCK_LZ4 || block->dictionary == QD_STORED_NO_DICTIONARY) return;
    struct qd_slice dictionary = stored->dictionaries[block->dictionary];
    if (dictionary.data != cache->dictionary.data) {
        cache->dictionary = dictionary;
        cache->dictionary_uses = 0;
    }
    if (cache->dictionary_uses >= DICTIONARY_USES) return;
    cache->dictionary_uses++;
    if (cache->dictionary_uses < DICTIONARY_USES) return;
    if (cache->room == 0) {
        cache->room = QD_STORED_LZ4_DICTIONARY_MAX;
        cache->raw = (char *)qd_arena_alloc(cache->arena, cache->room + cache->capacity) + cache->room;
    }
    qd_assert(dictionary.size <= cache->room);
    memcpy(cache->raw - dictionary.size, dictionary.data, dictionary.size);
}

/* Reads the block's offsets; of an lz4 block no more than its sizes is decompressed for that,
 * unless the block before was `dense`. */
static bool begin_block(struct qd_stored_cache *cache, const struct qd_stored *stored,
                        const struct qd_stored_block *block, bool dense)
{
    size_t sizes = (size_t)block->doc_count * QD_STORED_SIZE_BYTES_MAX;
    cache->valid = block->raw_size;
    if (block->codec != QD_STORED_BLOCK_LZ4 || dense || sizes > block->raw_size / 2) {
        return unpack(stored, block, cache, cache->raw) &&
               read_offsets(qd_slice_make(cache->raw, block->raw_size), block->raw_size, block->doc_count,
                            cache->offsets);
    }
    cache->valid = sizes;
    return unpack_lz4(stored, block, cache, cache->raw, sizes) &&
           read_offsets(qd_slice_make(cache->raw, sizes), block->raw_size, block->doc_count, cache->offsets);
}

/* Decompresses up to record `at`, and the whole block when it is asked again. */
static bool reach_record(struct qd_stored_cache *cache, const struct qd_stored *stored,
                         const struct qd_stored_block *block, uint32_t at, bool again)
{
    size_t end = cache->offsets[at + 1];
    if (end <= cache->valid) return true;
    if (again || end == block->raw_size) {
        cache->valid = block->raw_size;
        return unpack(stored, block, cache, cache->raw);
    }
    cache->valid = end;
    return unpack_lz4(stored, block, cache, cache->raw, end);
}

/* Makes record `at` of block `i` readable. */
static enum qd_status fill_cache(struct qd_stored_cache *cache, const struct qd_stored *stored, uint32_t i,
                                 uint32_t at, struct qd_error *error)
{
    struct qd_stored_block block;
    bool again = cache->stored == stored && cache->block == i;
    bool dense = cache->dense;
    cache->dense = again;
    if (again && cache->offsets[at + 1] <= cache->valid) return QD_OK;
    cache->stored = NULL;
    QD_TRY(qd_stored_block_read(stored, i, &block, error));
    reserve(cache, &block);
    note_dictionary(cache, stored, &block);
    if ((!again && !begin_block(cache, stored, &block, dense)) ||
        !reach_record(cache, stored, &block, at, again)) {
        return qd_corrupt(error, stored->name, i, "content of a block of stored fields");
    }
    cache->stored = stored;
    cache->block = i;
    return QD_OK;
}

enum qd_status qd_stored_get(const struct qd_stored *stored, qd_doc_id doc, struct qd_arena *arena,
                             struct qd_stored_cache *cache, struct qd_slice *record, struct qd_error *error)
{
    qd_assert(doc < stored->doc_count);
    uint32_t i = find_block(stored, doc);
    uint32_t at = doc - first_doc(stored, i);
    if (cache != NULL) {
        QD_TRY(fill_cache(cache, stored, i, at, error));
        uint32_t start = cache->offsets[at];
        *record = qd_arena_copy(arena, qd_slice_make(cache->raw + start, cache->offsets[at + 1] - start));
        return QD_OK;
    }
    struct qd_stored_block block;
    QD_TRY(qd_stored_block_read(stored, i, &block, error));
    char *raw = qd_arena_alloc(arena, block.raw_size);
    uint32_t *offsets = qd_arena_alloc(arena, ((size_t)block.doc_count + 1) * sizeof(uint32_t));
    if (!unpack(stored, &block, NULL, raw) ||
        !read_offsets(qd_slice_make(raw, block.raw_size), block.raw_size, block.doc_count, offsets)) {
        return qd_corrupt(error, stored->name, i, "content of a block of stored fields");
    }
    *record = qd_slice_make(raw + offsets[at], offsets[at + 1] - offsets[at]);
    return QD_OK;
}
