#include "codec/sections.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/checksum.h"
#include "base/vector.h"
#include "codec/little_endian.h"

#define FORMAT_VERSION 1u
#define PAGE_SIZE ((size_t)4096)
#define SMALL_ALIGNMENT ((size_t)64)
#define HEADER_SIZE ((size_t)64)
#define ENTRY_SIZE ((size_t)32)
#define TRAILER_SIZE ((size_t)48)
#define SECTIONS_MAX ((uint32_t)1 << 22)

static const char header_magic[8] = { 'Q', 'D', 'S', 'E', 'G', 'M', 'N', 'T' };
static const char trailer_magic[8] = { 'Q', 'D', 'S', 'E', 'G', 'E', 'N', 'D' };

/* One row of the table of contents. */
struct entry {
    uint32_t kind;  /* enum qd_section_kind */
    uint32_t field; /* field number or QD_SECTION_NO_FIELD */
    uint64_t offset;
    uint64_t size;
    uint32_t crc; /* CRC32C of the section's bytes */
};

/* ---- writing ---- */

struct qd_sections_writer {
    struct qd_arena *arena;
    struct qd_sink sink;
    uint64_t offset;       /* bytes sent to the sink */
    enum qd_status status; /* the sink's first error */
    struct qd_error error; /* its text, in `arena` */
    bool open;             /* between begin and end */
    bool spilled;          /* the open section outgrew a page and is being sent as it comes */
    struct entry current;  /* the open section */
    size_t held;           /* bytes of page[] in use while the section is smaller than a page */
    char page[PAGE_SIZE];  /* a section's first bytes, until it is known whether it is small */
    QD_VECTOR(struct entry) entries;
};

static void send(struct qd_sections_writer *writer, const void *data, size_t size)
{
    writer->offset += size;
    if (writer->status != QD_OK || size == 0) return;
    writer->status = writer->sink.append(writer->sink.context, data, size, &writer->error);
}

static void pad(struct qd_sections_writer *writer, size_t alignment)
{
    static const char zeros[PAGE_SIZE];
    size_t over = (size_t)(writer->offset & (alignment - 1));
    if (over != 0) send(writer, zeros, alignment - over);
}

struct qd_sections_writer *qd_sections_writer_create(struct qd_arena *arena, struct qd_sink sink)
{
    struct qd_sections_writer *writer = QD_NEW(arena, struct qd_sections_writer);
    writer->arena = arena;
    writer->sink = sink;
    qd_error_init(&writer->error, arena);
    char header[HEADER_SIZE] = { 0 };
    memcpy(header, header_magic, sizeof(header_magic));
    qd_store_u32(header + 8, FORMAT_VERSION);
    send(writer, header, sizeof(header));
    return writer;
}

void qd_sections_begin(struct qd_sections_writer *writer, enum qd_section_kind kind, uint32_t field)
{
    qd_assert(!writer->open);
    writer->open = true;
    writer->spilled = false;
    writer->held = 0;
    writer->current = (struct entry){ .kind = (uint32_t)kind, .field = field };
}

static void start_sending(struct qd_sections_writer *writer, size_t alignment)
{
    pad(writer, alignment);
    writer->current.offset = writer->offset;
    send(writer, writer->page, writer->held);
    writer->spilled = true;
}

void qd_sections_append(struct qd_sections_writer *writer, const void *data, size_t size)
{
    qd_assert(writer->open);
    if (size == 0) return;
    writer->current.crc = qd_crc32c_extend(writer->current.crc, data, size);
    writer->current.size += size;
    if (!writer->spilled && size <= PAGE_SIZE - writer->held) {
        memcpy(writer->page + writer->held, data, size);
        writer->held += size;
        return;
    }
    if (!writer->spilled) start_sending(writer, PAGE_SIZE);
    send(writer, data, size);
}

void qd_sections_end(struct qd_sections_writer *writer)
{
    qd_assert(writer->open);
    if (!writer->spilled) start_sending(writer, writer->held == PAGE_SIZE ? PAGE_SIZE : SMALL_ALIGNMENT);
    writer->open = false;
    *QD_PUSH(writer->arena, &writer->entries) = writer->current;
}

static int compare_keys(const struct entry *left, const struct entry *right)
{
    if (left->kind != right->kind) return left->kind < right->kind ? -1 : 1;
    if (left->field != right->field) return left->field < right->field ? -1 : 1;
    return 0;
}

enum qd_status qd_sections_finish(struct qd_sections_writer *writer, uint64_t *size, struct qd_error *error)
{
    qd_assert(!writer->open);
    qd_assert(writer->entries.count <= SECTIONS_MAX);
    pad(writer, SMALL_ALIGNMENT);
    uint64_t footer_offset = writer->offset;
    size_t footer_size = writer->entries.count * ENTRY_SIZE + TRAILER_SIZE;
    char *footer = qd_arena_zalloc(writer->arena, footer_size);
    char *at = footer;
    for (size_t i = 0; i < writer->entries.count; i++, at += ENTRY_SIZE) {
        const struct entry *entry = &writer->entries.data[i];
        qd_store_u32(at, entry->kind);
        qd_store_u32(at + 4, entry->field);
        qd_store_u64(at + 8, entry->offset);
        qd_store_u64(at + 16, entry->size);
        qd_store_u32(at + 24, entry->crc);
    }
    qd_store_u64(at, footer_offset);
    qd_store_u64(at + 8, footer_offset + footer_size);
    qd_store_u32(at + 16, (uint32_t)writer->entries.count);
    qd_store_u32(at + 20, FORMAT_VERSION);
    memcpy(at + 40, trailer_magic, sizeof(trailer_magic));
    qd_store_u32(at + 32, qd_crc32c(footer, footer_size));
    send(writer, footer, footer_size);
    if (size != NULL) *size = writer->offset;
    if (writer->status != QD_OK && error != NULL) {
        if (error->arena != NULL) qd_error_copy(error, error->arena, &writer->error);
        error->status = writer->status;
    }
    return writer->status;
}

/* ---- reading ---- */

struct qd_sections {
    struct qd_slice name;
    const uint8_t *bytes;
    uint64_t size;          /* of the container */
    uint64_t footer_offset; /* end of the sections */
    uint32_t count;
    struct entry *entries; /* entries[count], by (kind, field) */
    atomic_uchar *good;    /* good[i]: the checksum of entries[i] was seen to be right */
};

struct qd_slice qd_sections_name(const struct qd_sections *sections)
{
    return sections->name;
}

static enum qd_status check_trailer(struct qd_sections *sections, struct qd_error *error)
{
    struct qd_slice name = sections->name;
    uint64_t size = sections->size;
    if (size < HEADER_SIZE + TRAILER_SIZE) return qd_corrupt(error, name, size, "the segment is cut off");
    if (memcmp(sections->bytes, header_magic, sizeof(header_magic)) != 0) {
        return qd_corrupt(error, name, 0, "not a segment");
    }
    if (qd_load_u32(sections->bytes + 8) != FORMAT_VERSION)
        return qd_corrupt(error, name, 8, "unknown version");
    const uint8_t *trailer = sections->bytes + size - TRAILER_SIZE;
    if (memcmp(trailer + 40, trailer_magic, sizeof(trailer_magic)) != 0) {
        return qd_corrupt(error, name, size, "the segment has no end mark");
    }
    if (qd_load_u32(trailer + 20) != FORMAT_VERSION) return qd_corrupt(error, name, size, "unknown version");
    if (qd_load_u64(trailer + 8) != size)
        return qd_corrupt(error, name, size, "the segment has another size");
    uint32_t count = qd_load_u32(trailer + 16);
    uint64_t footer_offset = qd_load_u64(trailer);
    if (count > SECTIONS_MAX || footer_offset < HEADER_SIZE || footer_offset > size ||
        size - footer_offset != count * ENTRY_SIZE + TRAILER_SIZE) {
        return qd_corrupt(error, name, size, "the table of contents lies outside of the segment");
    }
    static const uint8_t zeros[8];
    const uint8_t *footer = sections->bytes + footer_offset;
    size_t before = (size_t)(size - footer_offset) - TRAILER_SIZE + 32;
    uint32_t crc = qd_crc32c(footer, before);
    crc = qd_crc32c_extend(crc, zeros, 4);
    crc = qd_crc32c_extend(crc, trailer + 36, TRAILER_SIZE - 36);
    if (crc != qd_load_u32(trailer + 32))
        return qd_corrupt(error, name, footer_offset, "checksum of the footer");
    sections->count = count;
    sections->footer_offset = footer_offset;
    return QD_OK;
}

static int compare_entries(const void *left, const void *right)
{
    return compare_keys(left, right);
}

/* The table comes in order of offset, so that overlaps show by looking at neighbours. */
static enum qd_status read_entries(struct qd_arena *arena, struct qd_sections *sections,
                                   struct qd_error *error)
{
    struct qd_slice name = sections->name;
    const uint8_t *at = sections->bytes + sections->footer_offset;
    uint64_t end = HEADER_SIZE;
    sections->entries = QD_NEW_ARRAY(arena, struct entry, sections->count);
    for (uint32_t i = 0; i < sections->count; i++, at += ENTRY_SIZE) {
        struct entry *entry = &sections->entries[i];
        *entry = (struct entry){ qd_load_u32(at), qd_load_u32(at + 4), qd_load_u64(at + 8),
                                 qd_load_u64(at + 16), qd_load_u32(at + 24) };
        if (entry->offset < end || entry->offset > sections->footer_offset ||
            entry->size > sections->footer_offset - entry->offset) {
            return qd_corrupt(error, name, entry->offset, "a section lies outside of its place");
        }
        end = entry->offset + entry->size;
    }
    if (sections->count > 1) qsort(sections->entries, sections->count, sizeof(struct entry), compare_entries);
    for (uint32_t i = 1; i < sections->count; i++) {
        if (compare_keys(&sections->entries[i - 1], &sections->entries[i]) == 0) {
            return qd_corrupt(error, name, sections->entries[i].offset, "a section is there twice");
        }
    }
    return QD_OK;
}

enum qd_status qd_sections_open(struct qd_arena *arena, struct qd_slice name, struct qd_slice bytes,
                                struct qd_sections **sections, struct qd_error *error)
{
    struct qd_sections *opened = QD_NEW(arena, struct qd_sections);
    opened->name = qd_arena_copy(arena, name);
    opened->bytes = (const uint8_t *)bytes.data;
    opened->size = bytes.size;
    QD_TRY(check_trailer(opened, error));
    QD_TRY(read_entries(arena, opened, error));
    opened->good = qd_arena_alloc(arena, sizeof(atomic_uchar) * opened->count);
    for (uint32_t i = 0; i < opened->count; i++) atomic_init(&opened->good[i], 0);
    *sections = opened;
    return QD_OK;
}

static const struct entry *find_entry(const struct qd_sections *sections, enum qd_section_kind kind,
                                      uint32_t field)
{
    struct entry key = { .kind = (uint32_t)kind, .field = field };
    if (sections->count == 0) return NULL;
    return bsearch(&key, sections->entries, sections->count, sizeof(struct entry), compare_entries);
}

static enum qd_status check_section(const struct qd_sections *sections, const struct entry *entry,
                                    struct qd_error *error)
{
    if (qd_crc32c(sections->bytes + entry->offset, (size_t)entry->size) != entry->crc) {
        return qd_corrupt(error, sections->name, entry->offset, "checksum of a section");
    }
    return QD_OK;
}

enum qd_status qd_sections_find(const struct qd_sections *sections, enum qd_section_kind kind, uint32_t field,
                                struct qd_slice *bytes, struct qd_error *error)
{
    const struct entry *entry = find_entry(sections, kind, field);
    if (entry == NULL) {
        *bytes = (struct qd_slice){ NULL, 0 };
        return QD_OK;
    }
    atomic_uchar *good = &sections->good[entry - sections->entries];
    if (kind != QD_SECTION_STORED && atomic_load_explicit(good, memory_order_relaxed) == 0) {
        QD_TRY(check_section(sections, entry, error));
        atomic_store_explicit(good, 1, memory_order_relaxed);
    }
    *bytes = qd_slice_make(sections->bytes + entry->offset, (size_t)entry->size);
    return QD_OK;
}

uint64_t qd_sections_size(const struct qd_sections *sections, enum qd_section_kind kind, uint32_t field)
{
    const struct entry *entry = find_entry(sections, kind, field);
    return entry == NULL ? 0 : entry->size;
}

static enum qd_status check_zeros(const struct qd_sections *sections, uint64_t from, uint64_t to,
                                  struct qd_error *error)
{
    for (uint64_t i = from; i < to; i++) {
        if (sections->bytes[i] != 0) return qd_corrupt(error, sections->name, i, "padding is not zero");
    }
    return QD_OK;
}

enum qd_status qd_sections_verify(const struct qd_sections *sections, struct qd_error *error)
{
    QD_TRY(check_zeros(sections, sizeof(header_magic) + sizeof(uint32_t), HEADER_SIZE, error));
    /* The table on disk is in order of offset; what lies between two sections is padding. */
    const uint8_t *at = sections->bytes + sections->footer_offset;
    uint64_t end = HEADER_SIZE;
    for (uint32_t i = 0; i < sections->count; i++, at += ENTRY_SIZE) {
        const struct entry *entry =
            find_entry(sections, (enum qd_section_kind)qd_load_u32(at), qd_load_u32(at + 4));
        qd_assert(entry != NULL);
        QD_TRY(check_zeros(sections, end, entry->offset, error));
        QD_TRY(check_section(sections, entry, error));
        end = entry->offset + entry->size;
    }
    return check_zeros(sections, end, sections->footer_offset, error);
}
