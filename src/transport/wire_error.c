#include "transport/wire_error.h"

enum {
    HAS_CAUSE = 1,
    HAS_NEXT_ROOT = 2,
    HAS_TYPE = 4,
    NULL_REASON = 8
};

static void write_at(const struct qd_error *error, struct qd_buffer *buffer, int depth)
{
    unsigned flags = 0;
    size_t fields = 0;
    bool deeper = depth < QD_ERROR_CHAIN_MAX;
    if (error->cause != NULL && deeper) flags |= HAS_CAUSE;
    if (error->next_root != NULL && deeper) flags |= HAS_NEXT_ROOT;
    if (error->type_override != NULL) flags |= HAS_TYPE;
    if (error->null_reason) flags |= NULL_REASON;
    qd_buffer_varint(buffer, (uint64_t)error->status);
    qd_buffer_byte(buffer, (uint8_t)flags);
    if ((flags & HAS_TYPE) != 0) qd_buffer_sized(buffer, qd_slice_from_string(error->type_override));
    qd_buffer_sized(buffer, error->reason);
    for (const struct qd_error_field *field = error->first; field != NULL; field = field->next) fields++;
    qd_buffer_varint(buffer, fields);
    for (const struct qd_error_field *field = error->first; field != NULL; field = field->next) {
        qd_buffer_byte(buffer, field->raw ? 1 : 0);
        qd_buffer_sized(buffer, field->key);
        qd_buffer_sized(buffer, field->value);
    }
    if ((flags & HAS_CAUSE) != 0) write_at(error->cause, buffer, depth + 1);
    if ((flags & HAS_NEXT_ROOT) != 0) write_at(error->next_root, buffer, depth + 1);
}

void qd_error_write(const struct qd_error *error, struct qd_buffer *buffer)
{
    write_at(error, buffer, 0);
}

static void read_at(struct qd_reader *reader, struct qd_arena *arena, struct qd_error *error, int depth)
{
    *error = (struct qd_error){ .arena = arena };
    uint64_t status = qd_reader_varint(reader);
    unsigned flags = qd_reader_byte(reader);
    if (status == 0 || status >= QD_STATUS_COUNT || depth > QD_ERROR_CHAIN_MAX) reader->failed = true;
    error->status = reader->failed ? QD_ILLEGAL_STATE : (enum qd_status)status;
    if ((flags & HAS_TYPE) != 0) error->type_override = qd_arena_string(arena, qd_reader_sized(reader));
    error->null_reason = (flags & NULL_REASON) != 0;
    error->reason = qd_arena_copy(arena, qd_reader_sized(reader));
    uint64_t fields = qd_reader_varint(reader);
    for (uint64_t i = 0; i < fields && !reader->failed; i++) {
        bool raw = qd_reader_byte(reader) != 0;
        const char *key = qd_arena_string(arena, qd_reader_sized(reader));
        struct qd_slice value = qd_reader_sized(reader);
        if (raw) {
            qd_error_add_raw(error, key, value);
        } else {
            qd_error_add(error, key, value);
        }
    }
    if (reader->failed) return;
    if ((flags & HAS_CAUSE) != 0) {
        error->cause = QD_NEW(arena, struct qd_error);
        read_at(reader, arena, error->cause, depth + 1);
    }
    if ((flags & HAS_NEXT_ROOT) != 0) {
        error->next_root = QD_NEW(arena, struct qd_error);
        read_at(reader, arena, error->next_root, depth + 1);
    }
}

void qd_error_read(struct qd_reader *reader, struct qd_arena *arena, struct qd_error *error)
{
    read_at(reader, arena, error, 0);
    if (reader->failed && error->status == QD_OK) error->status = QD_ILLEGAL_STATE;
}
