#include "data/config_files.h"

static bool read_file(void *context, struct qd_arena *arena, struct qd_slice path, size_t size_max,
                      struct qd_slice *text)
{
    struct qd_env *env = context;
    struct qd_file *file;
    uint64_t size = 0;
    size_t got = 0;
    if (env->disk->open(env, path, QD_FILE_READ, &file, NULL) != QD_OK) return false;
    bool fine = env->disk->size(env, file, &size, NULL) == QD_OK && size <= size_max;
    if (fine) {
        char *bytes = qd_arena_alloc(arena, (size_t)size + 1);
        fine = env->disk->read(env, file, 0, bytes, (size_t)size, &got, NULL) == QD_OK;
        *text = qd_slice_make(bytes, got);
    }
    env->disk->close(env, file);
    return fine;
}

struct qd_analysis_files qd_config_files(struct qd_env *env)
{
    if (env == NULL) return (struct qd_analysis_files){ 0 };
    return (struct qd_analysis_files){
        .context = env, .directory = env->config_directory, .read = read_file
    };
}
