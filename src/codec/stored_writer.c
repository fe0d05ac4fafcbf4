#include <lz4.h>
#include <string.h>
#define ZDICT_STATIC_LINKING_ONLY
#define ZSTD_STATIC_LINKING_ONLY
#include <zdict.h>
#include <zstd.h>

#include "base/assert.h"
#include "base/buffer.h"
#include "base/checksum.h"
#include "base/vector.h"
#include "codec/little_endian.h"
#include "codec/stored_format.h"

#define LZ4_BLOCK_SIZE ((size_t)16 << 10)
#define ZSTD_BLOCK_SIZE ((size_t)128 << 10)
#define BLOCK_DOCS_MAX 4096u
#define ZSTD_LEVEL_DEFAULT 3

/* A dictionary is trained from the first SAMPLES_SIZE bytes; a segment with less than SAMPLES_SIZE_MIN gets
 * none. */
#define SAMPLES_SIZE ((size_t)1 << 20)
#define SAMPLES_SIZE_MIN ((size_t)256 << 10)
#define SAMPLES_COUNT_MIN 64u
#define DICTIONARY_SIZE ((size_t)32 << 10)

/* Growable bytes in the writer's arena. */
struct bytes {
    char *data;
    size_t size;
    size_t capacity;
};

struct row {
    uint64_t offset;
    uint32_t size;
    qd_doc_id first;
};

/* Records of one block to be, or those that a dictionary will be trained from. */
struct batch {
    struct bytes text;       /* records, one after another */
    QD_VECTOR(size_t) sizes; /* of each record */
};

struct qd_stored_writer {
    struct qd_arena *arena;
    struct qd_sections_writer *sections;
    enum qd_stored_codec codec;
    int level;
    size_t block_size; /* raw bytes that end a block */
    bool sampling;     /* records are held in `samples` until a dictionary can be trained */
    struct batch samples;
    struct batch block;
    struct bytes raw;    /* sizes and records of the block that is being written */
    struct bytes packed; /* its header and payload */
    uint64_t offset;     /* bytes of blocks written */
    qd_doc_id next_doc;  /* documents in written blocks */
    QD_VECTOR(struct row) rows;
    struct qd_slice dictionaries[QD_STORED_DICTIONARIES_MAX];
    uint32_t dictionary_count;
    ZSTD_CCtx *context;     /* NULL until the first zstd block */
    ZSTD_CDict *dictionary; /* dictionaries[0] digested, or NULL */
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

static char *reserve(struct qd_arena *arena, struct bytes *bytes, size_t extra)
{
    size_t wanted = bytes->size + extra;
    if (wanted > bytes->capacity) {
        size_t capacity = bytes->capacity * 2 > wanted ? bytes->capacity * 2 : wanted;
        bytes->data = qd_arena_grow(arena, bytes->data, bytes->capacity, capacity);
        bytes->capacity = capacity;
    }
    return bytes->data + bytes->size;
}

static void append(struct qd_arena *arena, struct bytes *bytes, struct qd_slice slice)
{
    if (slice.size == 0) return;
    memcpy(reserve(arena, bytes, slice.size), slice.data, slice.size);
    bytes->size += slice.size;
}

static void append_varint(struct qd_arena *arena, struct bytes *bytes, uint64_t value)
{
    char *at = reserve(arena, bytes, 10);
    for (; value >= 0x80; value >>= 7) {
        *at++ = (char)(uint8_t)(value | 0x80);
        bytes->size++;
    }
    *at = (char)(uint8_t)value;
    bytes->size++;
}

struct qd_stored_writer *qd_stored_writer_create(struct qd_arena *arena, struct qd_sections_writer *sections,
                                                 enum qd_stored_codec codec, int level)
{
    struct qd_stored_writer *writer = QD_NEW(arena, struct qd_stored_writer);
    writer->arena = arena;
    writer->sections = sections;
    writer->codec = codec;
    writer->level = level != 0 ? level : ZSTD_LEVEL_DEFAULT;
    writer->block_size = codec == QD_STORED_LZ4 ? LZ4_BLOCK_SIZE : ZSTD_BLOCK_SIZE;
    writer->sampling = codec == QD_STORED_ZSTD;
    qd_sections_begin(sections, QD_SECTION_STORED, QD_SECTION_NO_FIELD);
    return writer;
}

/* ---- blocks ---- */

static void send_block(struct qd_stored_writer *writer, const char *data, size_t size, uint32_t doc_count)
{
    *QD_PUSH(writer->arena, &writer->rows) = (struct row){ writer->offset, (uint32_t)size, writer->next_doc };
    qd_sections_append(writer->sections, data, size);
    writer->offset += size;
    writer->next_doc += doc_count;
}

static size_t pack_lz4(struct qd_stored_writer *writer)
{
    int bound = LZ4_compressBound((int)writer->raw.size);
    char *to = reserve(writer->arena, &writer->packed, (size_t)bound);
    return (size_t)LZ4_compress_default(writer->raw.data, to, (int)writer->raw.size, bound);
}

static size_t pack_zstd(struct qd_stored_writer *writer)
{
    if (writer->context == NULL) {
        ZSTD_customMem memory = { arena_allocate, arena_release, writer->arena };
        writer->context = ZSTD_createCCtx_advanced(memory);
        qd_assert(writer->context != NULL);
    }
    size_t bound = ZSTD_compressBound(writer->raw.size);
    char *to = reserve(writer->arena, &writer->packed, bound);
    struct bytes raw = writer->raw;
    size_t size =
        writer->dictionary == NULL
            ? ZSTD_compressCCtx(writer->context, to, bound, raw.data, raw.size, writer->level)
            : ZSTD_compress_usingCDict(writer->context, to, bound, raw.data, raw.size, writer->dictionary);
    return ZSTD_isError(size) ? 0 : size;
}

/* Appends the payload to writer->packed; returns the codec. What does not shrink stays as it is. */
static enum qd_stored_block_codec pack(struct qd_stored_writer *writer)
{
    bool lz4 = writer->codec == QD_STORED_LZ4;
    size_t size = lz4 ? pack_lz4(writer) : pack_zstd(writer);
    if (size == 0 || size >= writer->raw.size) {
        append(writer->arena, &writer->packed, qd_slice_make(writer->raw.data, writer->raw.size));
        return QD_STORED_BLOCK_RAW;
    }
    writer->packed.size += size;
    return lz4 ? QD_STORED_BLOCK_LZ4 : QD_STORED_BLOCK_ZSTD;
}

static void flush_block(struct qd_stored_writer *writer)
{
    struct batch *block = &writer->block;
    if (block->sizes.count == 0) return;
    writer->raw.size = 0;
    for (size_t i = 0; i < block->sizes.count; i++)
        append_varint(writer->arena, &writer->raw, block->sizes.data[i]);
    append(writer->arena, &writer->raw, qd_slice_make(block->text.data, block->text.size));
    qd_assert(writer->raw.size <= QD_STORED_RAW_MAX);
    writer->packed.size = 0;
    memset(reserve(writer->arena, &writer->packed, QD_STORED_BLOCK_HEADER), 0, QD_STORED_BLOCK_HEADER);
    writer->packed.size = QD_STORED_BLOCK_HEADER;
    enum qd_stored_block_codec codec = pack(writer);
    bool dictionary = codec == QD_STORED_BLOCK_ZSTD && writer->dictionary != NULL;
    char *header = writer->packed.data;
    header[4] = (char)codec;
    header[5] = (char)(uint8_t)(dictionary ? 0 : QD_STORED_NO_DICTIONARY);
    qd_store_u32(header + 8, (uint32_t)writer->raw.size);
    qd_store_u32(header + 12, (uint32_t)block->sizes.count);
    qd_store_u32(header, qd_crc32c(header + 4, writer->packed.size - 4));
    send_block(writer, header, writer->packed.size, (uint32_t)block->sizes.count);
    block->text.size = 0;
    block->sizes.count = 0;
}

static void add_to_batch(struct qd_stored_writer *writer, struct batch *batch, struct qd_slice record)
{
    append(writer->arena, &batch->text, record);
    *QD_PUSH(writer->arena, &batch->sizes) = record.size;
}

static void add_to_block(struct qd_stored_writer *writer, struct qd_slice record)
{
    struct batch *block = &writer->block;
    /* A record that would make a block very large gets a block of its own. */
    if (block->text.size != 0 && record.size >= writer->block_size) flush_block(writer);
    add_to_batch(writer, block, record);
    if (block->text.size >= writer->block_size || block->sizes.count == BLOCK_DOCS_MAX) flush_block(writer);
}

/* ---- dictionary ---- */

static void use_dictionary(struct qd_stored_writer *writer)
{
    ZSTD_customMem memory = { arena_allocate, arena_release, writer->arena };
    struct qd_slice bytes = writer->dictionaries[0];
    ZSTD_compressionParameters parameters = ZSTD_getCParams(writer->level, ZSTD_BLOCK_SIZE, bytes.size);
    writer->dictionary =
        ZSTD_createCDict_advanced(bytes.data, bytes.size, ZSTD_dlm_byRef, ZSTD_dct_auto, parameters, memory);
    qd_assert(writer->dictionary != NULL);
}

/* A dictionary from the samples, or an empty slice when they are too few or too unlike. */
static struct qd_slice train(struct qd_stored_writer *writer)
{
    struct batch *samples = &writer->samples;
    if (samples->text.size < SAMPLES_SIZE_MIN || samples->sizes.count < SAMPLES_COUNT_MIN) {
        return (struct qd_slice){ NULL, 0 };
    }
    ZDICT_fastCover_params_t parameters = { .k = 1024, .d = 8, .f = 18, .accel = 4 };
    parameters.zParams.compressionLevel = writer->level;
    char *dictionary = qd_arena_alloc(writer->arena, DICTIONARY_SIZE);
    size_t size =
        ZDICT_trainFromBuffer_fastCover(dictionary, DICTIONARY_SIZE, samples->text.data, samples->sizes.data,
                                        (unsigned)samples->sizes.count, parameters);
    return ZDICT_isError(size) ? (struct qd_slice){ NULL, 0 } : qd_slice_make(dictionary, size);
}

/* Ends sampling: trains a dictionary unless there is one, and sends the held records on. */
static void end_sampling(struct qd_stored_writer *writer)
{
    struct batch *samples = &writer->samples;
    if (!writer->sampling) return;
    writer->sampling = false;
    if (writer->dictionary_count == 0) {
        struct qd_slice trained = train(writer);
        if (trained.size != 0) writer->dictionaries[writer->dictionary_count++] = trained;
    }
    if (writer->dictionary_count != 0) use_dictionary(writer);
    const char *at = samples->text.data;
    for (size_t i = 0; i < samples->sizes.count; i++) {
        add_to_block(writer, qd_slice_make(at, samples->sizes.data[i]));
        if (samples->sizes.data[i] != 0) at += samples->sizes.data[i];
    }
}

void qd_stored_writer_add(struct qd_stored_writer *writer, struct qd_slice record)
{
    if (!writer->sampling) {
        add_to_block(writer, record);
        return;
    }
    add_to_batch(writer, &writer->samples, record);
    if (writer->samples.text.size >= SAMPLES_SIZE) end_sampling(writer);
}

/* ---- copying ---- */

/* True when the blocks of `from` are worth keeping: of this writer's codec and not many small ones. */
static bool blocks_fit(struct qd_stored_writer *writer, const struct qd_stored *from, struct qd_error *error)
{
    uint32_t count = qd_stored_block_count(from);
    uint64_t raw = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct qd_stored_block block;
        if (qd_stored_block_read(from, i, &block, error) != QD_OK) return false;
        bool lz4 = block.codec == QD_STORED_BLOCK_LZ4;
        if (block.codec != QD_STORED_BLOCK_RAW && lz4 != (writer->codec == QD_STORED_LZ4)) return false;
        raw += block.raw_size;
    }
    return raw / writer->block_size >= count / 2;
}

/* Maps the dictionaries of `from` to this writer's; false when there is no room for them. */
static bool adopt_dictionaries(struct qd_stored_writer *writer, const struct qd_stored *from, uint8_t *map)
{
    uint32_t count = writer->dictionary_count;
    struct qd_slice added[QD_STORED_DICTIONARIES_MAX];
    memcpy(added, writer->dictionaries, sizeof(added));
    for (uint32_t i = 0; i < qd_stored_dictionary_count(from); i++) {
        struct qd_slice wanted = qd_stored_dictionary(from, i);
        uint32_t at = 0;
        while (at < count && !qd_slice_equal(added[at], wanted)) at++;
        if (at == QD_STORED_DICTIONARIES_MAX) return false;
        if (at == count) added[count++] = wanted;
        map[i] = (uint8_t)at;
    }
    for (uint32_t i = writer->dictionary_count; i < count; i++) {
        writer->dictionaries[i] = qd_arena_copy(writer->arena, added[i]);
    }
    writer->dictionary_count = count;
    return true;
}

static enum qd_status copy_blocks(struct qd_stored_writer *writer, const struct qd_stored *from,
                                  const uint8_t *map, struct qd_error *error)
{
    for (uint32_t i = 0; i < qd_stored_block_count(from); i++) {
        struct qd_stored_block block;
        QD_TRY(qd_stored_block_read(from, i, &block, error));
        struct qd_slice bytes = block.bytes;
        if (block.dictionary != QD_STORED_NO_DICTIONARY && block.codec == QD_STORED_BLOCK_ZSTD) {
            writer->packed.size = 0;
            append(writer->arena, &writer->packed, bytes);
            char *header = writer->packed.data;
            header[5] = (char)map[block.dictionary];
            qd_store_u32(header, qd_crc32c(header + 4, writer->packed.size - 4));
            bytes = qd_slice_make(writer->packed.data, writer->packed.size);
        }
        send_block(writer, bytes.data, bytes.size, block.doc_count);
    }
    return QD_OK;
}

static enum qd_status copy_records(struct qd_stored_writer *writer, const struct qd_stored *from,
                                   struct qd_error *error)
{
    struct qd_arena *arena = qd_arena_create(ZSTD_BLOCK_SIZE);
    struct qd_arena *records = qd_arena_create(0);
    struct qd_stored_cache *cache = qd_stored_cache_create(arena);
    enum qd_status status = QD_OK;
    for (qd_doc_id doc = 0; status == QD_OK && doc < qd_stored_doc_count(from); doc++) {
        struct qd_slice record;
        qd_arena_reset(records);
        status = qd_stored_get(from, doc, records, cache, &record, error);
        if (status == QD_OK) qd_stored_writer_add(writer, record);
    }
    qd_arena_destroy(records);
    qd_arena_destroy(arena);
    return status;
}

enum qd_status qd_stored_writer_copy(struct qd_stored_writer *writer, struct qd_stored *from,
                                     struct qd_error *error)
{
    uint8_t map[QD_STORED_DICTIONARIES_MAX] = { 0 };
    if (!blocks_fit(writer, from, error) || !adopt_dictionaries(writer, from, map)) {
        return copy_records(writer, from, error);
    }
    end_sampling(writer);
    flush_block(writer);
    return copy_blocks(writer, from, map, error);
}

void qd_stored_writer_finish(struct qd_stored_writer *writer)
{
    end_sampling(writer);
    flush_block(writer);
    qd_sections_end(writer->sections);
    struct qd_buffer index = { 0 };
    qd_buffer_u32(&index, QD_STORED_VERSION);
    qd_buffer_u32(&index, writer->next_doc);
    qd_buffer_u32(&index, (uint32_t)writer->rows.count);
    qd_buffer_u32(&index, writer->dictionary_count);
    for (uint32_t i = 0; i < writer->dictionary_count; i++) {
        qd_buffer_u32(&index, (uint32_t)writer->dictionaries[i].size);
    }
    for (size_t i = 0; i < writer->rows.count; i++) {
        const struct row *row = &writer->rows.data[i];
        qd_buffer_u64(&index, row->offset);
        qd_buffer_u32(&index, row->size);
        qd_buffer_u32(&index, row->first);
    }
    for (uint32_t i = 0; i < writer->dictionary_count; i++) qd_buffer_slice(&index, writer->dictionaries[i]);
    qd_sections_begin(writer->sections, QD_SECTION_STORED_INDEX, QD_SECTION_NO_FIELD);
    qd_sections_append(writer->sections, index.data, index.size);
    qd_sections_end(writer->sections);
    qd_buffer_deinit(&index);
}
