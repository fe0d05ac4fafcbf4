#include "coordinator/state_file.h"

#include "base/buffer.h"
#include "base/checksum.h"
#include "platform/new_file.h"

#define MAGIC 0x53434451u /* "QDCS" */
#define FORMAT_VERSION 1u
#define HEADER_SIZE 20u /* magic, version, size (u64), crc32c of the text */
#define STATE_SIZE_MAX ((uint64_t)1 << 32)

static const struct qd_slice directory = QD_SLICE_INIT("_state");
static const struct qd_slice path = QD_SLICE_INIT("_state/cluster-state");

enum qd_status qd_state_file_write(struct qd_env *env, struct qd_slice encoded, struct qd_error *error)
{
    QD_TRY(env->disk->make_directory(env, directory, error));
    struct qd_buffer header = { 0 };
    qd_buffer_u32(&header, MAGIC);
    qd_buffer_u32(&header, FORMAT_VERSION);
    qd_buffer_u64(&header, encoded.size);
    qd_buffer_u32(&header, qd_crc32c(encoded.data, encoded.size));
    struct qd_new_file file = { .path = path,
                                .head = qd_buffer_view(&header),
                                .bytes = encoded,
                                .sync_bug = "state_not_synced" };
    bool unknown = false;
    enum qd_status status = qd_new_file_replace(env, &file, &unknown, error);
    qd_buffer_deinit(&header);
    QD_TRY(status);
    return env->disk->sync_directory(env, QD_SLICE("."), error);
}

static enum qd_status parse(struct qd_slice bytes, struct qd_cluster_state **state, struct qd_error *error)
{
    struct qd_reader reader = qd_reader_make(bytes);
    uint32_t magic = qd_reader_u32(&reader);
    uint32_t version = qd_reader_u32(&reader);
    uint64_t size = qd_reader_u64(&reader);
    uint32_t crc = qd_reader_u32(&reader);
    if (reader.failed || magic != MAGIC || version != FORMAT_VERSION || size != qd_reader_left(&reader)) {
        return qd_corrupt(error, path, 0, "not a cluster state, or cut off");
    }
    struct qd_slice text = qd_reader_bytes(&reader, (size_t)size);
    if (qd_crc32c(text.data, text.size) != crc) {
        return qd_corrupt(error, path, HEADER_SIZE, "checksum is wrong");
    }
    return qd_cluster_state_decode(text, state, error);
}

static enum qd_status read_file(struct qd_env *env, struct qd_file *file, struct qd_cluster_state **state,
                                struct qd_error *error)
{
    uint64_t size;
    size_t got;
    QD_TRY(env->disk->size(env, file, &size, error));
    if (size > STATE_SIZE_MAX) return qd_corrupt(error, path, 0, "larger than any cluster state");
    struct qd_arena *arena = qd_arena_create((size_t)size + 64);
    char *bytes = qd_arena_alloc(arena, (size_t)size + 1);
    enum qd_status status = env->disk->read(env, file, 0, bytes, (size_t)size, &got, error);
    if (status == QD_OK) status = parse(qd_slice_make(bytes, got), state, error);
    qd_arena_destroy(arena);
    return status;
}

enum qd_status qd_state_file_read(struct qd_env *env, struct qd_cluster_state **state, struct qd_error *error)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_slice *names;
    size_t count;
    bool there = false;
    struct qd_file *file;
    *state = NULL;
    enum qd_status status = env->disk->list(env, directory, arena, &names, &count, error);
    for (size_t i = 0; status == QD_OK && i < count; i++) {
        if (qd_slice_is(names[i], "cluster-state")) there = true;
    }
    qd_arena_destroy(arena);
    if (status != QD_OK || !there) return status;
    QD_TRY(env->disk->open(env, path, QD_FILE_READ, &file, error));
    status = read_file(env, file, state, error);
    env->disk->close(env, file);
    return status;
}
