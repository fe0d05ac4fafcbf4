#include "index/translog.h"

#include <string.h>

#include "base/assert.h"
#include "base/checksum.h"
#include "base/number.h"

struct qd_slice qd_translog_path(struct qd_arena *arena, struct qd_slice directory, uint64_t generation)
{
    return qd_arena_format(arena, "%.*s/translog-%llu", QD_SLICE_ARG(directory),
                           (unsigned long long)generation);
}

uint64_t qd_translog_generation_of(struct qd_slice name)
{
    struct qd_slice prefix = QD_SLICE("translog-");
    uint64_t generation = 0;
    if (!qd_slice_starts_with(name, prefix)) return 0;
    if (!qd_parse_uint64(qd_slice_from(name, prefix.size), &generation)) return 0;
    return generation;
}

uint32_t qd_translog_checksum(uint64_t generation, uint64_t offset, struct qd_slice payload)
{
    uint64_t place[2] = { generation, offset };
    return qd_crc32c_extend(qd_crc32c(place, sizeof(place)), payload.data, payload.size);
}

static void write_header(const struct qd_translog *translog, uint64_t generation,
                         struct qd_translog_previous previous, struct qd_buffer *out)
{
    qd_buffer_u64(out, QD_TRANSLOG_MAGIC);
    qd_buffer_u32(out, QD_TRANSLOG_VERSION);
    qd_buffer_append(out, translog->uuid, QD_TRANSLOG_UUID_SIZE);
    qd_buffer_u64(out, generation);
    qd_buffer_u64(out, previous.generation);
    qd_buffer_u64(out, previous.size);
    qd_buffer_u32(out, qd_crc32c(out->data, out->size));
    qd_assert(out->size == QD_TRANSLOG_HEADER_SIZE);
}

/* A file whose header could not be written stays behind: without a whole header it counts as no generation,
 * and the next attempt empties it. After a failed sync nothing is known of the disk any more, so that the
 * translog has failed. */
static enum qd_status create_file(struct qd_translog *translog, struct qd_slice path, struct qd_slice header,
                                  struct qd_file **file, struct qd_error *error)
{
    struct qd_env *env = translog->env;
    /* A file of its own: after a failed sync nothing that is said about an old one can be believed. */
    QD_TRY(env->disk->remove(env, path, error));
    QD_TRY(env->disk->open(env, path, QD_FILE_CREATE, file, error));
    enum qd_status status = env->disk->append(env, *file, header.data, header.size, error);
    if (status == QD_OK) {
        status = env->disk->sync(env, *file, error);
        if (status == QD_OK) status = env->disk->sync_directory(env, translog->path, error);
        translog->failed = status != QD_OK;
    }
    if (status != QD_OK) env->disk->close(env, *file);
    return status;
}

enum qd_status qd_translog_create(struct qd_translog *translog, uint64_t generation,
                                  struct qd_translog_previous previous, struct qd_error *error)
{
    struct qd_arena *arena = qd_arena_create(512);
    struct qd_buffer header = { 0 };
    struct qd_file *file = NULL;
    write_header(translog, generation, previous, &header);
    enum qd_status status = create_file(translog, qd_translog_path(arena, translog->path, generation),
                                        qd_buffer_view(&header), &file, error);
    qd_buffer_deinit(&header);
    qd_arena_destroy(arena);
    if (status != QD_OK) return status;
    qd_assert(translog->buffer.size == 0);
    translog->file = file;
    translog->generation = generation;
    translog->size = translog->synced_size = QD_TRANSLOG_HEADER_SIZE;
    translog->operations = 0;
    translog->modified_ms = translog->env->clock->wall_ms(translog->env);
    translog->unmarked = false;
    translog->failed = false;
    return QD_OK;
}

static enum qd_status refuse(struct qd_error *error)
{
    return qd_error_set(error, QD_IO, "translog has failed before");
}

static enum qd_status write_through(struct qd_translog *translog, struct qd_error *error)
{
    if (translog->buffer.size == 0) return QD_OK;
    struct qd_env *env = translog->env;
    enum qd_status status =
        env->disk->append(env, translog->file, translog->buffer.data, translog->buffer.size, error);
    if (status != QD_OK) {
        translog->failed = true;
        return status;
    }
    translog->buffer.size = 0;
    translog->modified_ms = env->clock->wall_ms(env);
    if (translog->buffer.capacity > QD_TRANSLOG_BUFFER_MAX * 4) qd_buffer_deinit(&translog->buffer);
    return QD_OK;
}

/* Begins a record in the buffer; returns where its head of size and checksum goes. */
static size_t begin_record(struct qd_translog *translog)
{
    size_t head = translog->buffer.size;
    qd_buffer_reserve(&translog->buffer, QD_TRANSLOG_RECORD_HEADER);
    translog->buffer.size += QD_TRANSLOG_RECORD_HEADER;
    return head;
}

/* Fills the head of the record whose payload was appended since. */
static void end_record(struct qd_translog *translog, size_t head)
{
    struct qd_buffer *buffer = &translog->buffer;
    struct qd_slice payload = qd_slice_from(qd_buffer_view(buffer), head + QD_TRANSLOG_RECORD_HEADER);
    size_t end = buffer->size;
    buffer->size = head;
    qd_buffer_u32(buffer, (uint32_t)payload.size);
    qd_buffer_u32(buffer, qd_translog_checksum(translog->generation, translog->size, payload));
    buffer->size = end;
    translog->size += QD_TRANSLOG_RECORD_HEADER + payload.size;
}

/* The first record after a sync tells how much that sync had made durable: a reader that finds it knows that
 * damage before that size is no torn write. */
static void append_marker(struct qd_translog *translog)
{
    struct qd_buffer *payload = &translog->buffer;
    size_t head = begin_record(translog);
    qd_buffer_byte(payload, QD_TRANSLOG_MARKER);
    qd_buffer_u64(payload, QD_TRANSLOG_MARKER_MAGIC);
    qd_buffer_u64(payload, translog->synced_size);
    qd_assert(payload->size == head + QD_TRANSLOG_RECORD_HEADER + QD_TRANSLOG_MARKER_SIZE);
    end_record(translog, head);
    translog->unmarked = false;
}

enum qd_status qd_translog_append(struct qd_translog *translog, const struct qd_translog_operation *operation,
                                  struct qd_error *error)
{
    if (translog->failed) return refuse(error);
    if (translog->unmarked) append_marker(translog);
    struct qd_buffer *payload = &translog->buffer;
    size_t head = begin_record(translog);
    qd_buffer_byte(payload, (uint8_t)operation->kind);
    qd_buffer_zigzag(payload, operation->seq_no);
    qd_buffer_zigzag(payload, operation->primary_term);
    qd_buffer_zigzag(payload, operation->version);
    qd_buffer_sized(payload, operation->id);
    qd_buffer_byte(payload, operation->routing.data != NULL);
    if (operation->routing.data != NULL) qd_buffer_sized(payload, operation->routing);
    if (operation->kind == QD_TRANSLOG_INDEX) qd_buffer_sized(payload, operation->source);
    end_record(translog, head);
    translog->operations++;
    return translog->buffer.size < QD_TRANSLOG_BUFFER_MAX ? QD_OK : write_through(translog, error);
}

enum qd_status qd_translog_sync(struct qd_translog *translog, struct qd_error *error)
{
    if (translog->failed) return refuse(error);
    if (translog->synced_size == translog->size) return QD_OK;
    QD_TRY(write_through(translog, error));
    if (qd_planted(translog->env, "no_translog_sync")) {
        translog->synced_size = translog->size;
        return QD_OK;
    }
    enum qd_status status = translog->env->disk->sync(translog->env, translog->file, error);
    if (status != QD_OK) {
        translog->failed = true;
        return status;
    }
    translog->synced_size = translog->size;
    translog->unmarked = true;
    return QD_OK;
}

enum qd_status qd_translog_roll(struct qd_translog *translog, struct qd_error *error)
{
    QD_TRY(qd_translog_sync(translog, error));
    struct qd_file *old = translog->file;
    struct qd_translog_previous previous = { translog->generation, translog->size };
    QD_TRY(qd_translog_create(translog, translog->generation + 1, previous, error));
    translog->env->disk->close(translog->env, old);
    return QD_OK;
}

void qd_translog_close(struct qd_translog *translog)
{
    if (translog->file != NULL) translog->env->disk->close(translog->env, translog->file);
    translog->file = NULL;
    qd_buffer_deinit(&translog->buffer);
}
