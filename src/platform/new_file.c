#include "platform/new_file.h"

/* Bytes written in one call. */
#define WRITE_CHUNK ((size_t)4 << 20)

static enum qd_status append(struct qd_env *env, struct qd_file *file, struct qd_slice bytes,
                             struct qd_error *error)
{
    for (size_t at = 0; at < bytes.size; at += WRITE_CHUNK) {
        size_t size = bytes.size - at < WRITE_CHUNK ? bytes.size - at : WRITE_CHUNK;
        QD_TRY(env->disk->append(env, file, bytes.data + at, size, error));
    }
    return QD_OK;
}

enum qd_status qd_new_file_write(struct qd_env *env, const struct qd_new_file *file, bool *unknown,
                                 struct qd_error *error)
{
    struct qd_file *opened;
    bool leave_unsynced = file->sync_bug != NULL && qd_planted(env, file->sync_bug);
    QD_TRY(env->disk->remove(env, file->path, error));
    QD_TRY(env->disk->open(env, file->path, QD_FILE_CREATE, &opened, error));
    enum qd_status status = append(env, opened, file->head, error);
    if (status == QD_OK) status = append(env, opened, file->bytes, error);
    if (status == QD_OK && !leave_unsynced) {
        status = env->disk->sync(env, opened, error);
        *unknown = *unknown || status != QD_OK;
    }
    env->disk->close(env, opened);
    return status;
}

static struct qd_slice directory_of(struct qd_slice path)
{
    size_t size = path.size;
    while (size > 0 && path.data[size - 1] != '/') size--;
    return qd_slice_sub(path, 0, size > 0 ? size - 1 : 0);
}

static enum qd_status put_in_place(struct qd_env *env, const struct qd_new_file *file,
                                   struct qd_slice temporary, bool *unknown, struct qd_error *error)
{
    QD_TRY(env->disk->rename(env, temporary, file->path, error));
    if (file->directory_bug != NULL && qd_planted(env, file->directory_bug)) return QD_OK;
    enum qd_status status = env->disk->sync_directory(env, directory_of(file->path), error);
    /* The new name may be durable or not: both files must stay usable, which only a fresh start sorts out. */
    *unknown = *unknown || status != QD_OK;
    return status;
}

enum qd_status qd_new_file_replace(struct qd_env *env, const struct qd_new_file *file, bool *unknown,
                                   struct qd_error *error)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_new_file written = *file;
    written.path = qd_arena_format(arena, "%.*s.tmp", QD_SLICE_ARG(file->path));
    enum qd_status status = qd_new_file_write(env, &written, unknown, error);
    if (status == QD_OK) status = put_in_place(env, file, written.path, unknown, error);
    qd_arena_destroy(arena);
    return status;
}
