#include "index/record.h"

#define HAS_SOURCE 1u
#define HAS_ROUTING 2u
#define HAS_FIELDS 4u
#define FLAGS_ALL 7u

static uint32_t stored_field_count(const struct qd_document *document)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < document->field_count; i++) count += document->fields[i].stored_count > 0;
    return count;
}

/* Everything but the bytes of the source, which come last. */
static void write_head(const struct qd_document *document, struct qd_buffer *out)
{
    uint32_t count = stored_field_count(document);
    unsigned flags = 0;
    if (document->source.data != NULL) flags |= HAS_SOURCE;
    if (document->routing.data != NULL) flags |= HAS_ROUTING;
    if (count > 0) flags |= HAS_FIELDS;
    qd_buffer_byte(out, (uint8_t)flags);
    if (document->routing.data != NULL) qd_buffer_sized(out, document->routing);
    if (count > 0) {
        qd_buffer_varint(out, count);
        for (uint32_t i = 0; i < document->field_count; i++) {
            const struct qd_document_field *field = &document->fields[i];
            if (field->stored_count == 0) continue;
            qd_buffer_sized(out, field->field->name);
            qd_buffer_varint(out, field->stored_count);
            for (uint32_t k = 0; k < field->stored_count; k++) qd_buffer_sized(out, field->stored[k]);
        }
    }
    if (document->source.data != NULL) qd_buffer_varint(out, document->source.size);
}

struct qd_slice qd_record_make(const struct qd_document *document, struct qd_arena *arena,
                               struct qd_buffer *scratch)
{
    scratch->size = 0;
    write_head(document, scratch);
    size_t size = scratch->size + document->source.size;
    char *record = qd_arena_alloc(arena, size);
    memcpy(record, scratch->data, scratch->size);
    if (document->source.size > 0) {
        memcpy(record + scratch->size, document->source.data, document->source.size);
    }
    return qd_slice_make(record, size);
}

static bool parse_fields(struct qd_reader *reader, struct qd_arena *arena, struct qd_record *record)
{
    uint64_t count = qd_reader_varint(reader);
    /* Every field takes at least two bytes, every value one: this bounds what a damaged count can ask for. */
    if (reader->failed || count > qd_reader_left(reader)) return false;
    struct qd_record_field *fields = QD_NEW_ARRAY(arena, struct qd_record_field, count);
    for (uint64_t i = 0; i < count; i++) {
        fields[i].name = qd_reader_sized(reader);
        uint64_t values = qd_reader_varint(reader);
        if (reader->failed || values > qd_reader_left(reader)) return false;
        struct qd_slice *texts = QD_NEW_ARRAY(arena, struct qd_slice, values);
        for (uint64_t k = 0; k < values; k++) texts[k] = qd_reader_sized(reader);
        fields[i].values = texts;
        fields[i].value_count = (uint32_t)values;
    }
    record->fields = fields;
    record->field_count = (uint32_t)count;
    return !reader->failed;
}

/* An empty text is present: its data must not be NULL. */
static struct qd_slice present(struct qd_slice text)
{
    return text.data == NULL ? QD_SLICE("") : text;
}

enum qd_status qd_record_parse(struct qd_slice bytes, struct qd_arena *arena, struct qd_record *record,
                               struct qd_error *error)
{
    *record = (struct qd_record){ 0 };
    struct qd_reader reader = qd_reader_make(bytes);
    unsigned flags = qd_reader_byte(&reader);
    if ((flags & ~FLAGS_ALL) != 0) return qd_corrupt(error, QD_SLICE("stored record"), 0, "unknown flags");
    if ((flags & HAS_ROUTING) != 0) record->routing = present(qd_reader_sized(&reader));
    if ((flags & HAS_FIELDS) != 0 && !parse_fields(&reader, arena, record)) {
        return qd_corrupt(error, QD_SLICE("stored record"), 0, "stored fields do not fit");
    }
    if ((flags & HAS_SOURCE) != 0) record->source = present(qd_reader_sized(&reader));
    if (reader.failed || qd_reader_left(&reader) != 0) {
        return qd_corrupt(error, QD_SLICE("stored record"), 0, "sizes do not fit");
    }
    return QD_OK;
}
