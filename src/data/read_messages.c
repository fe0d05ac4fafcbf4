#include "data/read_messages.h"

static enum qd_status malformed(struct qd_error *error)
{
    return qd_error_set(error, QD_ILLEGAL_STATE, "malformed message between nodes");
}

static void write_optional(struct qd_buffer *buffer, struct qd_slice text)
{
    qd_buffer_byte(buffer, text.data != NULL ? 1 : 0);
    if (text.data != NULL) qd_buffer_sized(buffer, text);
}

static struct qd_slice read_optional(struct qd_reader *reader)
{
    if (qd_reader_byte(reader) == 0) return (struct qd_slice){ 0 };
    struct qd_slice text = qd_reader_sized(reader);
    if (text.data == NULL) text.data = "";
    return text;
}

/* A count of things that take at least one byte each; a count that cannot be true is not believed. */
static size_t read_count(struct qd_reader *reader)
{
    uint64_t count = qd_reader_varint(reader);
    if (count > qd_reader_left(reader)) {
        reader->failed = true;
        return 0;
    }
    return (size_t)count;
}

void qd_get_message_write(const struct qd_get_message *message, struct qd_buffer *buffer)
{
    qd_buffer_sized(buffer, message->index_uuid);
    qd_buffer_varint(buffer, message->shard);
    qd_buffer_byte(buffer, message->realtime ? 1 : 0);
    qd_buffer_byte(buffer, message->refresh ? 1 : 0);
    qd_buffer_varint(buffer, message->count);
    for (size_t i = 0; i < message->count; i++) qd_buffer_sized(buffer, message->ids[i]);
}

enum qd_status qd_get_message_read(struct qd_slice bytes, struct qd_arena *arena,
                                   struct qd_get_message *message, struct qd_error *error)
{
    struct qd_reader reader = qd_reader_make(bytes);
    message->index_uuid = qd_reader_sized(&reader);
    message->shard = (uint32_t)qd_reader_varint(&reader);
    message->realtime = qd_reader_byte(&reader) != 0;
    message->refresh = qd_reader_byte(&reader) != 0;
    message->count = read_count(&reader);
    message->ids = QD_NEW_ARRAY(arena, struct qd_slice, message->count);
    for (size_t i = 0; i < message->count; i++) message->ids[i] = qd_reader_sized(&reader);
    return reader.failed ? malformed(error) : QD_OK;
}

void qd_get_results_write(const struct qd_get_result *results, size_t count, struct qd_buffer *buffer)
{
    qd_buffer_varint(buffer, count);
    for (size_t i = 0; i < count; i++) {
        qd_buffer_byte(buffer, results[i].found ? 1 : 0);
        if (!results[i].found) continue;
        qd_buffer_zigzag(buffer, results[i].version);
        qd_buffer_zigzag(buffer, results[i].seq_no);
        qd_buffer_zigzag(buffer, results[i].term);
        write_optional(buffer, results[i].source);
        write_optional(buffer, results[i].routing);
        write_optional(buffer, results[i].record);
    }
}

enum qd_status qd_get_results_read(struct qd_slice bytes, struct qd_arena *arena,
                                   struct qd_get_result **results, size_t *count, struct qd_error *error)
{
    struct qd_reader reader = qd_reader_make(bytes);
    *count = read_count(&reader);
    *results = QD_NEW_ARRAY(arena, struct qd_get_result, *count);
    for (size_t i = 0; i < *count; i++) {
        struct qd_get_result *result = &(*results)[i];
        result->found = qd_reader_byte(&reader) != 0;
        if (!result->found) continue;
        result->version = qd_reader_zigzag(&reader);
        result->seq_no = qd_reader_zigzag(&reader);
        result->term = qd_reader_zigzag(&reader);
        result->source = read_optional(&reader);
        result->routing = read_optional(&reader);
        result->record = read_optional(&reader);
    }
    return reader.failed ? malformed(error) : QD_OK;
}

enum { KEEP_CONTEXT = 1, SCROLL = 2 };

void qd_query_message_write(const struct qd_query_message *message, struct qd_buffer *buffer)
{
    unsigned flags = (message->keep_context ? KEEP_CONTEXT : 0u) | (message->scroll ? SCROLL : 0u);
    qd_buffer_sized(buffer, message->index_uuid);
    qd_buffer_varint(buffer, message->shard);
    qd_buffer_byte(buffer, (uint8_t)message->mode);
    qd_buffer_sized(buffer, message->body);
    qd_buffer_sized(buffer, message->alias_filter);
    qd_buffer_varint(buffer, message->context_id);
    qd_buffer_byte(buffer, (uint8_t)flags);
    qd_buffer_zigzag(buffer, message->keep_alive_ms);
    qd_buffer_zigzag(buffer, message->now_ms);
    qd_buffer_sized(buffer, message->explain_id);
    qd_buffer_sized(buffer, message->node_id);
    qd_buffer_byte(buffer, (uint8_t)message->cache);
}

enum qd_status qd_query_message_read(struct qd_slice bytes, struct qd_query_message *message,
                                     struct qd_error *error)
{
    struct qd_reader reader = qd_reader_make(bytes);
    message->index_uuid = qd_reader_sized(&reader);
    message->shard = (uint32_t)qd_reader_varint(&reader);
    unsigned mode = qd_reader_byte(&reader);
    if (mode > QD_QUERY_VALIDATE_REWRITTEN) reader.failed = true;
    message->mode = reader.failed ? QD_QUERY_ONLY : (enum qd_query_mode)mode;
    message->body = qd_reader_sized(&reader);
    message->alias_filter = qd_reader_sized(&reader);
    message->context_id = qd_reader_varint(&reader);
    unsigned flags = qd_reader_byte(&reader);
    message->keep_context = (flags & KEEP_CONTEXT) != 0;
    message->scroll = (flags & SCROLL) != 0;
    message->keep_alive_ms = qd_reader_zigzag(&reader);
    message->now_ms = qd_reader_zigzag(&reader);
    message->explain_id = qd_reader_sized(&reader);
    message->node_id = qd_reader_sized(&reader);
    unsigned cache = qd_reader_byte(&reader);
    if (cache > QD_REQUEST_CACHE_ALWAYS) reader.failed = true;
    message->cache = reader.failed ? QD_REQUEST_CACHE_DEFAULT : (enum qd_request_cache_wish)cache;
    return reader.failed ? malformed(error) : QD_OK;
}

void qd_hits_write(const struct qd_slice *hits, size_t count, struct qd_buffer *buffer)
{
    qd_buffer_varint(buffer, count);
    for (size_t i = 0; i < count; i++) qd_buffer_sized(buffer, hits[i]);
}

static void read_hits(struct qd_reader *reader, struct qd_arena *arena, struct qd_slice **hits, size_t *count)
{
    *count = read_count(reader);
    *hits = QD_NEW_ARRAY(arena, struct qd_slice, *count);
    for (size_t i = 0; i < *count; i++) (*hits)[i] = qd_reader_sized(reader);
}

enum qd_status qd_hits_read(struct qd_slice bytes, struct qd_arena *arena, struct qd_slice **hits,
                            size_t *count, struct qd_error *error)
{
    struct qd_reader reader = qd_reader_make(bytes);
    read_hits(&reader, arena, hits, count);
    return reader.failed ? malformed(error) : QD_OK;
}

void qd_query_answer_write(const struct qd_query_answer *answer, struct qd_buffer *buffer)
{
    struct qd_buffer result = { 0 };
    qd_query_result_write(&answer->result, &result);
    qd_buffer_varint(buffer, answer->context_id);
    qd_buffer_sized(buffer, qd_buffer_view(&result));
    qd_buffer_byte(buffer, answer->hits != NULL ? 1 : 0);
    if (answer->hits != NULL) qd_hits_write(answer->hits, answer->result.doc_count, buffer);
    qd_buffer_sized(buffer, answer->text);
    qd_buffer_deinit(&result);
}

enum qd_status qd_query_answer_read(struct qd_slice bytes, struct qd_arena *arena,
                                    struct qd_query_answer *answer, struct qd_error *error)
{
    struct qd_reader reader = qd_reader_make(bytes);
    size_t count = 0;
    *answer = (struct qd_query_answer){ .context_id = qd_reader_varint(&reader) };
    struct qd_slice result = qd_reader_sized(&reader);
    if (reader.failed) return malformed(error);
    QD_TRY(qd_query_result_read(result, arena, &answer->result, error));
    if (qd_reader_byte(&reader) != 0) {
        read_hits(&reader, arena, &answer->hits, &count);
        if (count != answer->result.doc_count) reader.failed = true;
    }
    answer->text = qd_reader_sized(&reader);
    return reader.failed ? malformed(error) : QD_OK;
}

void qd_fetch_message_write(const struct qd_fetch_message *message, struct qd_buffer *buffer)
{
    struct qd_buffer docs = { 0 };
    qd_query_result_write(&message->docs, &docs);
    qd_buffer_varint(buffer, message->context_id);
    qd_buffer_byte(buffer, message->free_context ? 1 : 0);
    qd_buffer_sized(buffer, message->body);
    qd_buffer_u64(buffer, (uint64_t)message->now_ms);
    qd_buffer_sized(buffer, qd_buffer_view(&docs));
    qd_buffer_deinit(&docs);
}

enum qd_status qd_fetch_message_read(struct qd_slice bytes, struct qd_arena *arena,
                                     struct qd_fetch_message *message, struct qd_error *error)
{
    struct qd_reader reader = qd_reader_make(bytes);
    message->context_id = qd_reader_varint(&reader);
    message->free_context = qd_reader_byte(&reader) != 0;
    message->body = qd_reader_sized(&reader);
    message->now_ms = (int64_t)qd_reader_u64(&reader);
    struct qd_slice docs = qd_reader_sized(&reader);
    if (reader.failed) return malformed(error);
    return qd_query_result_read(docs, arena, &message->docs, error);
}

enum { REFRESH = 1, FLUSH = 2, FORCE_MERGE = 4, ONLY_DELETES = 8, CLEAR_REQUESTS = 16, CLEAR_FIELDDATA = 32 };

void qd_maintain_message_write(const struct qd_maintain_message *message, struct qd_buffer *buffer)
{
    unsigned flags = (message->refresh ? REFRESH : 0u) | (message->flush ? FLUSH : 0u) |
                     (message->force_merge ? FORCE_MERGE : 0u) |
                     (message->only_deletes ? ONLY_DELETES : 0u) |
                     (message->clear_requests ? CLEAR_REQUESTS : 0u) |
                     (message->clear_fielddata ? CLEAR_FIELDDATA : 0u);
    qd_buffer_sized(buffer, message->index_uuid);
    qd_buffer_varint(buffer, message->shard);
    qd_buffer_byte(buffer, (uint8_t)flags);
    qd_buffer_varint(buffer, message->max_segments);
    qd_buffer_sized(buffer, message->clear_fields);
}

enum qd_status qd_maintain_message_read(struct qd_slice bytes, struct qd_maintain_message *message,
                                        struct qd_error *error)
{
    struct qd_reader reader = qd_reader_make(bytes);
    message->index_uuid = qd_reader_sized(&reader);
    message->shard = (uint32_t)qd_reader_varint(&reader);
    unsigned flags = qd_reader_byte(&reader);
    message->refresh = (flags & REFRESH) != 0;
    message->flush = (flags & FLUSH) != 0;
    message->force_merge = (flags & FORCE_MERGE) != 0;
    message->only_deletes = (flags & ONLY_DELETES) != 0;
    message->clear_requests = (flags & CLEAR_REQUESTS) != 0;
    message->clear_fielddata = (flags & CLEAR_FIELDDATA) != 0;
    message->max_segments = (uint32_t)qd_reader_varint(&reader);
    message->clear_fields = qd_reader_sized(&reader);
    return reader.failed ? malformed(error) : QD_OK;
}
