#include "data/write_request.h"

#include "transport/wire_error.h"

enum { HAS_ROUTING = 1, AUTO_ID = 2, WANT_SOURCE = 4 };

static void write_item(const struct qd_write_item *item, struct qd_buffer *buffer)
{
    unsigned flags = 0;
    if (item->routing.data != NULL) flags |= HAS_ROUTING;
    if (item->auto_id) flags |= AUTO_ID;
    if (item->want_source) flags |= WANT_SOURCE;
    qd_buffer_byte(buffer, (uint8_t)item->kind);
    qd_buffer_byte(buffer, (uint8_t)flags);
    qd_buffer_sized(buffer, item->id);
    if (item->routing.data != NULL) qd_buffer_sized(buffer, item->routing);
    qd_buffer_byte(buffer, (uint8_t)item->version_type);
    qd_buffer_zigzag(buffer, item->version);
    qd_buffer_zigzag(buffer, item->if_seq_no);
    qd_buffer_zigzag(buffer, item->if_primary_term);
    qd_buffer_zigzag(buffer, item->retry_on_conflict);
}

void qd_write_message_write(const struct qd_write_message *message, struct qd_buffer *buffer)
{
    qd_buffer_sized(buffer, message->index_uuid);
    qd_buffer_varint(buffer, message->shard);
    qd_buffer_byte(buffer, (uint8_t)message->refresh);
    qd_buffer_varint(buffer, message->count);
    for (size_t i = 0; i < message->count; i++) write_item(&message->items[i], buffer);
}

static void read_item(struct qd_reader *reader, struct qd_write_item *item)
{
    unsigned kind = qd_reader_byte(reader);
    unsigned flags = qd_reader_byte(reader);
    if (kind > QD_WRITE_UPDATE) reader->failed = true;
    item->kind = (enum qd_write_kind)(kind & 3);
    item->id = qd_reader_sized(reader);
    if ((flags & HAS_ROUTING) != 0) {
        item->routing = qd_reader_sized(reader);
        if (item->routing.data == NULL) item->routing.data = "";
    }
    item->auto_id = (flags & AUTO_ID) != 0;
    item->want_source = (flags & WANT_SOURCE) != 0;
    unsigned type = qd_reader_byte(reader);
    if (type > QD_VERSION_EXTERNAL_GTE) reader->failed = true;
    item->version_type = reader->failed ? QD_VERSION_INTERNAL : (enum qd_version_type)type;
    item->version = qd_reader_zigzag(reader);
    item->if_seq_no = qd_reader_zigzag(reader);
    item->if_primary_term = qd_reader_zigzag(reader);
    item->retry_on_conflict = qd_reader_zigzag(reader);
}

enum qd_status qd_write_message_read(const struct qd_write_frame *frame, struct qd_arena *arena,
                                     struct qd_write_message *message, struct qd_error *error)
{
    struct qd_reader reader = qd_reader_make(frame->bytes);
    message->index_uuid = qd_reader_sized(&reader);
    message->shard = (uint32_t)qd_reader_varint(&reader);
    unsigned refresh = qd_reader_byte(&reader);
    message->refresh = (enum qd_refresh_policy)(refresh % 3);
    uint64_t count = qd_reader_varint(&reader);
    /* Every item has its part: a count that cannot be true is not believed. */
    if (reader.failed || refresh > QD_REFRESH_WAIT_UNTIL || count != frame->part_count) {
        return qd_error_set(error, QD_ILLEGAL_STATE, "malformed write request");
    }
    message->count = (size_t)count;
    message->items = QD_NEW_ARRAY(arena, struct qd_write_item, count);
    for (size_t i = 0; i < message->count; i++) {
        read_item(&reader, &message->items[i]);
        message->items[i].source = frame->parts[i];
    }
    if (reader.failed) return qd_error_set(error, QD_ILLEGAL_STATE, "malformed write request");
    return QD_OK;
}

void qd_write_outcomes_write(const struct qd_write_outcome *outcomes, size_t count, bool forced_refresh,
                             struct qd_buffer *buffer)
{
    qd_buffer_byte(buffer, forced_refresh ? 1 : 0);
    qd_buffer_varint(buffer, count);
    for (size_t i = 0; i < count; i++) {
        const struct qd_write_outcome *outcome = &outcomes[i];
        qd_buffer_byte(buffer, outcome->status == QD_OK ? 0 : 1);
        if (outcome->status != QD_OK) {
            qd_error_write(&outcome->error, buffer);
            continue;
        }
        qd_buffer_byte(buffer, (uint8_t)outcome->result);
        qd_buffer_zigzag(buffer, outcome->version);
        qd_buffer_zigzag(buffer, outcome->seq_no);
        qd_buffer_zigzag(buffer, outcome->term);
        qd_buffer_byte(buffer, outcome->source.data != NULL ? 1 : 0);
        if (outcome->source.data != NULL) qd_buffer_sized(buffer, outcome->source);
    }
}

static void read_outcome(struct qd_reader *reader, struct qd_arena *arena, struct qd_write_outcome *outcome)
{
    if (qd_reader_byte(reader) != 0) {
        qd_error_read(reader, arena, &outcome->error);
        outcome->status = outcome->error.status;
        return;
    }
    unsigned result = qd_reader_byte(reader);
    if (result > QD_RESULT_NOOP) reader->failed = true;
    outcome->result = reader->failed ? QD_RESULT_NOOP : (enum qd_operation_result)result;
    outcome->version = qd_reader_zigzag(reader);
    outcome->seq_no = qd_reader_zigzag(reader);
    outcome->term = qd_reader_zigzag(reader);
    if (qd_reader_byte(reader) != 0) outcome->source = qd_arena_copy(arena, qd_reader_sized(reader));
}

enum qd_status qd_write_outcomes_read(struct qd_slice bytes, struct qd_arena *arena,
                                      struct qd_write_outcome **outcomes, size_t *count, bool *forced_refresh,
                                      struct qd_error *error)
{
    struct qd_reader reader = qd_reader_make(bytes);
    *forced_refresh = qd_reader_byte(&reader) != 0;
    uint64_t items = qd_reader_varint(&reader);
    if (reader.failed || items > bytes.size) {
        return qd_error_set(error, QD_ILLEGAL_STATE, "malformed write answer");
    }
    *count = (size_t)items;
    *outcomes = QD_NEW_ARRAY(arena, struct qd_write_outcome, items);
    for (size_t i = 0; i < *count; i++) read_outcome(&reader, arena, &(*outcomes)[i]);
    if (reader.failed) return qd_error_set(error, QD_ILLEGAL_STATE, "malformed write answer");
    return QD_OK;
}
