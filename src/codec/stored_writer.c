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
/* With a dictionary a block is half as large. It still shrinks better than the large one without, and what
 * comes from the dictionary is slower to read: so a document is found as fast as in the large one. */
#define LZ4_DICTIONARY_BLOCK_SIZE ((size_t)8 << 10)
#define ZSTD_BLOCK_SIZE ((size_t)128 << 10)
#define BLOCK_DOCS_MAX 4096u
#define ZSTD_LEVEL_DEFAULT 3

/* A dictionary of lz4 is 64 KiB of records, the most that lz4 looks back; training one took too long for what
 * it gains. It is stored as it is, and a segment of less than 2 MiB would grow by that. */
#define LZ4_DICTIONARY_SIZE QD_STORED_LZ4_DICTIONARY_MAX
#define LZ4_DICTIONARY_RECORDS_MIN ((size_t)4 << 20)
/* What a block of lz4 and the sizes in front of it usually need at most. */
#define LZ4_WINDOW_SIZE ((size_t)40 << 10)

/* A dictionary of zstd is trained from SAMPLES_SIZE bytes; a segment with less than SAMPLES_SIZE_MIN gets
 * none. */
#define SAMPLES_SIZE ((size_t)1 << 20)
#define SAMPLES_SIZE_MIN ((size_t)256 << 10)
#define SAMPLES_COUNT_MIN 64u
#define DICTIONARY_SIZE ((size_t)32 << 10)
/* No sample that is drawn from many is more than this part of all. */
#define SAMPLE_PART 16u

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

/* Records of one block to be, or those that a dictionary will be made from. */
struct batch {
    struct bytes text;       /* records, one after another */
    QD_VECTOR(size_t) sizes; /* of each record */
};

/* What lz4 needs for blocks with a dictionary. A block is put right behind the dictionary: lz4 is faster
 * where both are one piece of memory. */
struct lz4 {
    char *window;          /* the dictionary, then LZ4_WINDOW_SIZE bytes for a block */
    size_t dictionary;     /* its size */
    LZ4_stream_t *loaded;  /* the state after the dictionary, never changed */
    LZ4_stream_t *running; /* a copy of it for one block */
};

struct qd_stored_writer {
    struct qd_arena *arena;
    struct qd_sections_writer *sections;
    enum qd_stored_codec codec;
    int level;
    uint32_t docs_expected; /* in the whole section */
    size_t block_size;      /* raw bytes that end a block */
    bool sampling;          /* records are held in `samples` until a dictionary can be made */
    struct batch samples;
    struct batch block;
    struct bytes raw;    /* sizes and records of a block that does not fit into a window */
    struct bytes packed; /* its header and payload */
    uint64_t offset;     /* bytes of blocks written */
    qd_doc_id next_doc;  /* documents in written blocks */
    QD_VECTOR(struct row) rows;
    struct qd_slice dictionaries[QD_STORED_DICTIONARIES_MAX];
    uint32_t dictionary_count;
    bool dictionary_in_use; /* blocks are written with dictionaries[0] */
    ZSTD_CCtx *context;     /* NULL until the first zstd block */
    ZSTD_CDict *dictionary; /* dictionaries[0] digested for zstd, or NULL */
    struct lz4 lz4;         /* dictionaries[0] loaded for lz4, or zeros */
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

static char *put_varint(char *at, uint64_t value)
{
    for (; value >= 0x80; value >>= 7) *at++ = (char)(uint8_t)(value | 0x80);
    *at++ = (char)(uint8_t)value;
    return at;
}

struct qd_stored_writer *qd_stored_writer_create(struct qd_arena *arena, struct qd_sections_writer *sections,
                                                 enum qd_stored_codec codec, int level,
                                                 uint32_t docs_expected)
{
    struct qd_stored_writer *writer = QD_NEW(arena, struct qd_stored_writer);
    writer->arena = arena;
    writer->sections = sections;
    writer->codec = codec;
    writer->level = level != 0 ? level : ZSTD_LEVEL_DEFAULT;
    writer->docs_expected = docs_expected;
    writer->block_size = codec == QD_STORED_LZ4 ? LZ4_BLOCK_SIZE : ZSTD_BLOCK_SIZE;
    writer->sampling = codec != QD_STORED_ZSTD_NO_DICTIONARY;
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

static size_t pack_lz4(struct qd_stored_writer *writer, struct qd_slice raw)
{
    int bound = LZ4_compressBound((int)raw.size);
    char *to = reserve(writer->arena, &writer->packed, (size_t)bound);
    struct lz4 *lz4 = &writer->lz4;
    if (!writer->dictionary_in_use) {
        return (size_t)LZ4_compress_default(raw.data, to, (int)raw.size, bound);
    }
    memcpy(lz4->running, lz4->loaded, sizeof(*lz4->running));
    return (size_t)LZ4_compress_fast_continue(lz4->running, raw.data, to, (int)raw.size, bound, 1);
}

static size_t pack_zstd(struct qd_stored_writer *writer, struct qd_slice raw)
{
    if (writer->context == NULL) {
        ZSTD_customMem memory = { arena_allocate, arena_release, writer->arena };
        writer->context = ZSTD_createCCtx_advanced(memory);
        qd_assert(writer->context != NULL);
    }
    size_t bound = ZSTD_compressBound(raw.size);
    char *to = reserve(writer->arena, &writer->packed, bound);
    size_t size =
        writer->dictionary == NULL
            ? ZSTD_compressCCtx(writer->context, to, bound, raw.data, raw.size, writer->level)
            : ZSTD_compress_usingCDict(writer->context, to, bound, raw.data, raw.size, writer->dictionary);
    return ZSTD_isError(size) ? 0 : size;
}

/* Appends the payload to writer->packed; returns the codec. What does not shrink stays as it is. */
static enum qd_stored_block_codec pack(struct qd_stored_writer *writer, struct qd_slice raw)
{
    bool lz4 = writer->codec == QD_STORED_LZ4;
    size_t size = lz4 ? pack_lz4(writer, raw) : pack_zstd(writer, raw);
    if (size == 0 || size >= raw.size) {
        append(writer->arena, &writer->packed, raw);
        return QD_STORED_BLOCK_RAW;
    }
    writer->packed.size += size;
    return lz4 ? QD_STORED_BLOCK_LZ4 : QD_STORED_BLOCK_ZSTD;
}

/* The sizes and records of the block that ends here. */
static struct qd_slice assemble(struct qd_stored_writer *writer)
{
    const struct batch *block = &writer->block;
    size_t bound = block->sizes.count * QD_STORED_SIZE_BYTES_MAX + block->text.size;
    char *raw;
    if (writer->lz4.window != NULL && bound <= LZ4_WINDOW_SIZE) {
        raw = writer->lz4.window + writer->lz4.dictionary;
    } else {
        writer->raw.size = 0;
        raw = reserve(writer->arena, &writer->raw, bound);
    }
    char *at = raw;
    for (size_t i = 0; i < block->sizes.count; i++) at = put_varint(at, block->sizes.data[i]);
    if (block->text.size != 0) memcpy(at, block->text.data, block->text.size);
    return qd_slice_make(raw, (size_t)(at - raw) + block->text.size);
}

static void flush_block(struct qd_stored_writer *writer)
{
    struct batch *block = &writer->block;
    if (block->sizes.count == 0) return;
    struct qd_slice raw = assemble(writer);
    qd_assert(raw.size <= QD_STORED_RAW_MAX);
    writer->packed.size = 0;
    memset(reserve(writer->arena, &writer->packed, QD_STORED_BLOCK_HEADER), 0, QD_STORED_BLOCK_HEADER);
    writer->packed.size = QD_STORED_BLOCK_HEADER;
    enum qd_stored_block_codec codec = pack(writer, raw);
    bool dictionary = codec != QD_STORED_BLOCK_RAW && writer->dictionary_in_use;
    char *header = writer->packed.data;
    header[4] = (char)codec;
    header[5] = (char)(uint8_t)(dictionary ? 0 : QD_STORED_NO_DICTIONARY);
    qd_store_u32(header + 8, (uint32_t)raw.size);
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

static void load_lz4(struct qd_stored_writer *writer)
{
    struct qd_slice bytes = writer->dictionaries[0];
    struct lz4 *lz4 = &writer->lz4;
    lz4->dictionary = bytes.size;
    lz4->window = qd_arena_alloc(writer->arena, bytes.size + LZ4_WINDOW_SIZE);
    memcpy(lz4->window, bytes.data, bytes.size);
    lz4->loaded = QD_NEW(writer->arena, LZ4_stream_t);
    lz4->running = QD_NEW(writer->arena, LZ4_stream_t);
    LZ4_stream_t *made = LZ4_initStream(lz4->loaded, sizeof(*lz4->loaded));
    qd_assert(made == lz4->loaded);
    (void)LZ4_loadDict(lz4->loaded, lz4->window, (int)bytes.size);
    writer->block_size = LZ4_DICTIONARY_BLOCK_SIZE;
}

static void digest_zstd(struct qd_stored_writer *writer)
{
    ZSTD_customMem memory = { arena_allocate, arena_release, writer->arena };
    struct qd_slice bytes = writer->dictionaries[0];
    ZSTD_compressionParameters parameters = ZSTD_getCParams(writer->level, ZSTD_BLOCK_SIZE, bytes.size);
    writer->dictionary =
        ZSTD_createCDict_advanced(bytes.data, bytes.size, ZSTD_dlm_byRef, ZSTD_dct_auto, parameters, memory);
    qd_assert(writer->dictionary != NULL);
}

static void use_dictionary(struct qd_stored_writer *writer)
{
    if (writer->codec == QD_STORED_LZ4) load_lz4(writer);
    else digest_zstd(writer);
    writer->dictionary_in_use = true;
}

/* A dictionary for lz4, or an empty slice when records of records_size bytes would not gain by it. */
static struct qd_slice cut(struct qd_stored_writer *writer, uint64_t records_size)
{
    const struct bytes *text = &writer->samples.text;
    if (records_size < LZ4_DICTIONARY_RECORDS_MIN || text->size < LZ4_DICTIONARY_SIZE / 2) {
        return (struct qd_slice){ NULL, 0 };
    }
    return qd_slice_make(text->data, text->size < LZ4_DICTIONARY_SIZE ? text->size : LZ4_DICTIONARY_SIZE);
}

/* A dictionary for zstd from the samples, or an empty slice when they are too few or too unlike. */
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

/* Makes a dictionary from the samples, for records of about records_size bytes, unless there is one. */
static void make_dictionary(struct qd_stored_writer *writer, uint64_t records_size)
{
    if (writer->dictionary_count == 0) {
        struct qd_slice made = writer->codec == QD_STORED_LZ4 ? cut(writer, records_size) : train(writer);
        if (made.size != 0) writer->dictionaries[writer->dictionary_count++] = made;
    }
    if (writer->dictionary_count != 0) use_dictionary(writer);
}

/* The bytes of all records that are still to come, if they are as large as the held ones. */
static uint64_t estimate(const struct qd_stored_writer *writer)
{
    const struct batch *samples = &writer->samples;
    if (samples->sizes.count == 0 || writer->docs_expected <= writer->next_doc) return 0;
    return samples->text.size / samples->sizes.count * (uint64_t)(writer->docs_expected - writer->next_doc);
}

/* Ends sampling: makes a dictionary and sends the held records on. */
static void end_sampling(struct qd_stored_writer *writer)
{
    struct batch *samples = &writer->samples;
    if (!writer->sampling) return;
    writer->sampling = false;
    make_dictionary(writer, estimate(writer));
    const char *at = samples->text.data;
    for (size_t i = 0; i < samples->sizes.count; i++) {
        add_to_block(writer, qd_slice_make(at, samples->sizes.data[i]));
        if (samples->sizes.data[i] != 0) at += samples->sizes.data[i];
    }
}

/* Bytes of samples that make a good dictionary. */
static size_t samples_wanted(const struct qd_stored_writer *writer)
{
    return writer->codec == QD_STORED_LZ4 ? LZ4_DICTIONARY_SIZE : SAMPLES_SIZE;
}

void qd_stored_writer_sample(struct qd_stored_writer *writer, const struct qd_slice *records, uint32_t count)
{
    size_t wanted = samples_wanted(writer);
    uint64_t total = 0;
    uint64_t at = 0;
    uint64_t next = 0;
    if (!writer->sampling) return;
    qd_assert(writer->samples.sizes.count == 0);
    writer->sampling = false;
    for (uint32_t i = 0; i < count; i++) total += records[i].size;
    if (total < (writer->codec == QD_STORED_LZ4 ? LZ4_DICTIONARY_RECORDS_MIN : SAMPLES_SIZE_MIN)) return;
    /* Every sample stands for as many bytes as it has a part in the wanted ones. */
    for (uint32_t i = 0; i < count; i++) {
        struct qd_slice sample = records[i];
        if (at >= next && sample.size != 0) {
            if (sample.size > wanted / SAMPLE_PART) sample.size = wanted / SAMPLE_PART;
            add_to_batch(writer, &writer->samples, sample);
            next += sample.size * (total > wanted ? total / wanted : 1);
        }
        at += records[i].size;
    }
    make_dictionary(writer, total);
}

void qd_stored_writer_add(struct qd_stored_writer *writer, struct qd_slice record)
{
    if (!writer->sampling) {
        add_to_block(writer, record);
        return;
    }
    add_to_batch(writer, &writer->samples, record);
    if (writer->samples.text.size >= samples_wanted(writer)) end_sampling(writer);
}

/* ---- copying ---- */

/* True when the blocks of `from` are worth keeping: of this writer's codec and not many small ones. Sets the
 * bits of the dictionaries that they need. */
static bool blocks_fit(struct qd_stored_writer *writer, const struct qd_stored *from, uint32_t *used,
                       struct qd_error *error)
{
    uint32_t count = qd_stored_block_count(from);
    uint64_t raw = 0;
    *used = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct qd_stored_block block;
        if (qd_stored_block_read(from, i, &block, error) != QD_OK) return false;
        bool lz4 = block.codec == QD_STORED_BLOCK_LZ4;
        if (block.codec != QD_STORED_BLOCK_RAW && lz4 != (writer->codec == QD_STORED_LZ4)) return false;
        if (block.dictionary != QD_STORED_NO_DICTIONARY) *used |= 1u << block.dictionary;
        raw += block.raw_size;
    }
    size_t usual = writer->codec != QD_STORED_LZ4 ? ZSTD_BLOCK_SIZE
                   : *used != 0                   ? LZ4_DICTIONARY_BLOCK_SIZE
                                                  : LZ4_BLOCK_SIZE;
    return raw / usual >= count / 2;
}

/* Maps the dictionaries of `from` that are `used` to this writer's; one that there is no room for is mapped
 * to QD_STORED_NO_DICTIONARY. */
static void adopt_dictionaries(struct qd_stored_writer *writer, const struct qd_stored *from, uint32_t used,
                               uint8_t *map)
{
    for (uint32_t i = 0; i < qd_stored_dictionary_count(from); i++) {
        struct qd_slice wanted = qd_stored_dictionary(from, i);
        uint32_t at = 0;
        map[i] = QD_STORED_NO_DICTIONARY;
        if ((used >> i & 1) == 0) continue;
        while (at < writer->dictionary_count && !qd_slice_equal(writer->dictionaries[at], wanted)) at++;
        if (at == QD_STORED_DICTIONARIES_MAX) continue;
        if (at == writer->dictionary_count) {
            writer->dictionaries[writer->dictionary_count++] = qd_arena_copy(writer->arena, wanted);
        }
        map[i] = (uint8_t)at;
    }
}

/* Where records are read from that are written anew. */
struct records {
    struct qd_arena *arena;         /* of the cache */
    struct qd_arena *scratch;       /* of one record */
    struct qd_stored_cache *cache; /* the block that is being read */
};

static struct records open_records(void)
{
    struct records records = { .arena = qd_arena_create(ZSTD_BLOCK_SIZE), .scratch = qd_arena_create(0) };
    records.cache = qd_stored_cache_create(records.arena);
    return records;
}

static void close_records(struct records *records)
{
    qd_arena_destroy(records->scratch);
    qd_arena_destroy(records->arena);
}

/* Writes documents `first` to `end` - 1 anew. */
static enum qd_status copy_records(struct qd_stored_writer *writer, const struct qd_stored *from,
                                   struct records *records, qd_doc_id first, qd_doc_id end,
                                   struct qd_error *error)
{
    for (qd_doc_id doc = first; doc < end; doc++) {
        struct qd_slice record;
        qd_arena_reset(records->scratch);
        QD_TRY(qd_stored_get(from, doc, records->scratch, records->cache, &record, error));
        qd_stored_writer_add(writer, record);
    }
    return QD_OK;
}

/* Sends a block as it is, but for the number of its dictionary. */
static void copy_block(struct qd_stored_writer *writer, const struct qd_stored_block *block,
                       uint8_t dictionary)
{
    struct qd_slice bytes = block->bytes;
    flush_block(writer);
    if (block->dictionary != dictionary) {
        writer->packed.size = 0;
        append(writer->arena, &writer->packed, bytes);
        char *header = writer->packed.data;
        header[5] = (char)dictionary;
        qd_store_u32(header, qd_crc32c(header + 4, writer->packed.size - 4));
        bytes = qd_slice_make(writer->packed.data, writer->packed.size);
    }
    send_block(writer, bytes.data, bytes.size, block->doc_count);
}

/* Copies the blocks; those of a dictionary that there was no room for are written anew. */
static enum qd_status copy_blocks(struct qd_stored_writer *writer, const struct qd_stored *from,
                                  const uint8_t *map, struct records *records, struct qd_error *error)
{
    qd_doc_id first = 0;
    for (uint32_t i = 0; i < qd_stored_block_count(from); i++) {
        struct qd_stored_block block;
        QD_TRY(qd_stored_block_read(from, i, &block, error));
        bool plain = block.dictionary == QD_STORED_NO_DICTIONARY;
        uint8_t dictionary = plain ? QD_STORED_NO_DICTIONARY : map[block.dictionary];
        if (plain || dictionary != QD_STORED_NO_DICTIONARY) copy_block(writer, &block, dictionary);
        else QD_TRY(copy_records(writer, from, records, first, first + block.doc_count, error));
        first += block.doc_count;
    }
    return QD_OK;
}

enum qd_status qd_stored_writer_copy(struct qd_stored_writer *writer, struct qd_stored *from,
                                     struct qd_error *error)
{
    uint8_t map[QD_STORED_DICTIONARIES_MAX] = { 0 };
    uint32_t used;
    struct records records = open_records();
    enum qd_status status;
    if (blocks_fit(writer, from, &used, error)) {
        adopt_dictionaries(writer, from, used, map);
        /* As long as nothing is held back, records that come later can still be given a dictionary. */
        if (writer->samples.sizes.count != 0 || writer->dictionary_count != 0) end_sampling(writer);
        status = copy_blocks(writer, from, map, &records, error);
    } else {
        status = copy_records(writer, from, &records, 0, qd_stored_doc_count(from), error);
    }
    close_records(&records);
    return status;
}

void qd_stored_writer_finish(struct qd_stored_writer *writer)
{
    end_sampling(writer);
    flush_block(writer);
    qd_sections_end(writer->sections);
    struct qd_buffer index = { 0 };
    bool lz4 = writer->codec == QD_STORED_LZ4 && writer->dictionary_count != 0;
    qd_buffer_u32(&index, lz4 ? QD_STORED_VERSION_LZ4 : QD_STORED_VERSION);
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
