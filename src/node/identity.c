#include "node/identity.h"

#include "coordinator/cluster_service.h"
#include "platform/new_file.h"

#define ID_SIZE 22

static const struct qd_slice directory = QD_SLICE_INIT("_state");
static const struct qd_slice path = QD_SLICE_INIT("_state/node-id");

static enum qd_status exists(struct qd_env *env, bool *there, struct qd_error *error)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_slice *names;
    size_t count;
    *there = false;
    enum qd_status status = env->disk->list(env, directory, arena, &names, &count, error);
    for (size_t i = 0; status == QD_OK && i < count; i++) {
        if (qd_slice_is(names[i], "node-id")) *there = true;
    }
    qd_arena_destroy(arena);
    return status;
}

static enum qd_status read_id(struct qd_env *env, char *id, struct qd_error *error)
{
    struct qd_file *file;
    size_t got = 0;
    QD_TRY(env->disk->open(env, path, QD_FILE_READ, &file, error));
    enum qd_status status = env->disk->read(env, file, 0, id, ID_SIZE, &got, error);
    env->disk->close(env, file);
    if (status == QD_OK && got != ID_SIZE) return qd_corrupt(error, path, got, "the node's id is cut off");
    id[ID_SIZE] = 0;
    return status;
}

static enum qd_status write_id(struct qd_env *env, const char *id, struct qd_error *error)
{
    struct qd_new_file file = { .path = path, .bytes = qd_slice_make(id, ID_SIZE) };
    bool unknown = false;
    QD_TRY(env->disk->make_directory(env, directory, error));
    return qd_new_file_replace(env, &file, &unknown, error);
}

enum qd_status qd_identity_load(struct qd_env *env, char *id, struct qd_error *error)
{
    bool there;
    QD_TRY(exists(env, &there, error));
    if (there) return read_id(env, id, error);
    qd_random_uuid(env, id);
    return write_id(env, id, error);
}
