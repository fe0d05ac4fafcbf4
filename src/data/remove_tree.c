#include "data/remove_tree.h"

static enum qd_status remove_at(struct qd_env *env, struct qd_slice path, int depth, struct qd_arena *arena,
                                struct qd_error *error)
{
    struct qd_slice *names;
    size_t count;
    if (depth > QD_REMOVE_DEPTH_MAX) {
        return qd_error_set(error, QD_IO, "directories are nested too deep to be removed");
    }
    QD_TRY(env->disk->list(env, path, arena, &names, &count, error));
    for (size_t i = 0; i < count; i++) {
        struct qd_slice below = qd_arena_format(arena, "%.*s/%.*s", QD_SLICE_ARG(path),
                                                QD_SLICE_ARG(names[i]));
        /* A plain file goes at once; a directory refuses and is emptied first. */
        if (env->disk->remove(env, below, NULL) == QD_OK) continue;
        QD_TRY(remove_at(env, below, depth + 1, arena, error));
    }
    return env->disk->remove(env, path, error);
}

enum qd_status qd_remove_tree(struct qd_env *env, struct qd_slice path, struct qd_error *error)
{
    struct qd_arena *arena = qd_arena_create(0);
    enum qd_status status = remove_at(env, path, 0, arena, error);
    qd_arena_destroy(arena);
    return status;
}
