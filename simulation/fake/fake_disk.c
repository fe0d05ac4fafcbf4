#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "simulation/fake/fake_disk_internal.h"

#define PATH_SIZE_MAX 4096
/* Bytes that one call moves in a drawn latency's time; large ones take longer. */
#define BYTES_PER_MICROSECOND 1000

struct qd_file {
    struct qd_fake_node *node;
    uint64_t generation; /* of the world when it was opened */
    enum qd_file_mode mode;
    char *path;          /* for error texts */
};

struct qd_mapping_handle {
    char *bytes;
};

/* A path split into its directory and its last name. */
struct place {
    struct qd_fake_node *directory; /* NULL: a directory on the way is missing */
    char text[PATH_SIZE_MAX];       /* the whole path, for error texts */
    char name[PATH_SIZE_MAX];       /* empty: the path is the root of its kind */
};

enum call_kind { CALL_READ, CALL_WRITE, CALL_APPEND, CALL_SYNC };

static enum qd_status fail(struct qd_error *error, int number, const char *call, const char *path)
{
    enum qd_status status = number == ENOSPC ? QD_NO_SPACE : QD_IO;
    return qd_error_set(error, status, "%s [%s]: %s", call, path, strerror(number));
}

static enum qd_status crashed(struct qd_error *error)
{
    return qd_error_set(error, QD_CRASHED, "simulated crash");
}

static bool drawn_fault(struct qd_fake_env *env, enum call_kind kind, int *number)
{
    const struct qd_fake_faults *faults = &env->options.faults;
    *number = EIO;
    switch (kind) {
    case CALL_READ: return qd_fake_chance(env, faults->read_error);
    case CALL_SYNC: return qd_fake_chance(env, faults->sync_error);
    case CALL_WRITE:
    case CALL_APPEND: break;
    }
    if (qd_fake_chance(env, faults->write_error)) return true;
    if (!qd_fake_chance(env, faults->no_space)) return false;
    *number = ENOSPC;
    return true;
}

static bool planned_fault(const struct qd_fake_env *env, int *number)
{
    uint64_t at = env->options.fail_at_call;
    if (at == 0 || env->disk_calls < at || (env->disk_calls > at
                                            && !env->options.fail_for_ever)) return false;
    *number = env->options.fail_status == QD_NO_SPACE ? ENOSPC : EIO;
    return true;
}

/* Begins every call: counts it, lets time pass, and decides whether it fails. */
static enum qd_status enter(struct qd_fake_env *env, enum call_kind kind, const char *call, const char *path,
                            struct qd_error *error)
{
    qd_assert(!env->in_event || env->in_work || env->options.disk_on_loop);
    if (env->crashed) return crashed(error);
    env->disk_calls++;
    qd_fake_trace_bytes(env, env->disk_calls, qd_slice_from_string(path));
    env->now_ns += qd_fake_draw_ns(env, env->options.faults.disk_latency_max);
    bool crash = env->disk_calls == env->options.crash_at_call || qd_fake_chance(env,
                                                                                 env->options.faults.crash);
    if (crash) {
        qd_fake_env_crash(&env->base);
        return crashed(error);
    }
    int number;
    if (planned_fault(env, &number) || drawn_fault(env, kind, &number)) {
        qd_fake_trace(env, 'f', (uint64_t)number);
        return fail(error, number, call, path);
    }
    return QD_OK;
}

/* ---- paths ---- */

static enum qd_status find_place(struct qd_fake_env *env, struct qd_slice path, struct place *place,
                                 struct qd_error *error)
{
    if (path.size >= PATH_SIZE_MAX) return fail(error, ENAMETOOLONG, "path", "...");
    bool absolute = path.size > 0 && path.data[0] == '/';
    memcpy(place->text, path.size == 0 ? "." : path.data, path.size == 0 ? 1 : path.size);
    place->text[path.size == 0 ? 1 : path.size] = 0;
    place->name[0] = 0;
    struct qd_fake_node *node = qd_fake_names_find(&env->root->now, absolute ? "system" : "data");
    place->directory = node;
    char *rest = NULL;
    char copy[PATH_SIZE_MAX];
    memcpy(copy, place->text, strlen(place->text) + 1);
    for (char *name = strtok_r(copy, "/", &rest); name != NULL; name = strtok_r(NULL, "/", &rest)) {
        if (strcmp(name, ".") == 0) continue;
        if (strcmp(name, "..") == 0 || strlen(name) > NAME_MAX) return fail(error, EINVAL, "path",
                                                                            place->text);
        place->directory = node != NULL && node->is_directory ? node : NULL;
        memcpy(place->name, name, strlen(name) + 1);
        node = place->directory == NULL ? NULL : qd_fake_names_find(&node->now, name);
    }
    return QD_OK;
}

/* What is at a place now, or NULL. */
static struct qd_fake_node *node_at(const struct place *place)
{
    if (place->directory == NULL) return NULL;
    return place->name[0] == 0 ? place->directory : qd_fake_names_find(&place->directory->now, place->name);
}

static enum qd_status make_directory(struct qd_env *base, struct qd_slice path, struct qd_error *error)
{
    struct qd_fake_env *env = qd_fake_env_of(base);
    struct place place;
    QD_TRY(find_place(env, path, &place, error));
    QD_TRY(enter(env, CALL_WRITE, "mkdir", place.text, error));
    /* Each prefix that ends at a name is made in turn. */
    for (size_t end = 1; end <= path.size; end++) {
        if (end < path.size && path.data[end] != '/') continue;
        QD_TRY(find_place(env, qd_slice_sub(path, 0, end), &place, error));
        struct qd_fake_node *node = node_at(&place);
        if (node != NULL && !node->is_directory) return fail(error, ENOTDIR, "mkdir", place.text);
        if (node != NULL) continue;
        qd_fake_node_change(place.directory, NULL, place.name, qd_fake_node_create(env, true));
    }
    return QD_OK;
}

static enum qd_status list(struct qd_env *base, struct qd_slice path, struct qd_arena *arena,
                           struct qd_slice **names, size_t *count, struct qd_error *error)
{
    struct qd_fake_env *env = qd_fake_env_of(base);
    struct place place;
    QD_TRY(find_place(env, path, &place, error));
    QD_TRY(enter(env, CALL_READ, "readdir", place.text, error));
    struct qd_fake_node *node = node_at(&place);
    *names = NULL;
    *count = 0;
    if (node == NULL) return QD_OK;
    if (!node->is_directory) return fail(error, ENOTDIR, "opendir", place.text);
    *names = QD_NEW_ARRAY(arena, struct qd_slice, node->now.count);
    for (; *count < node->now.count; (*count)++) {
        (*names)[*count] = qd_arena_copy(arena, qd_slice_from_string(node->now.entries[*count].name));
    }
    return QD_OK;
}

/* ---- files ---- */

static void may_flip_bit(struct qd_fake_env *env, struct qd_fake_node *node)
{
    if (node->size > 0 && qd_fake_chance(env, env->options.faults.bit_flip)) qd_fake_node_flip_bit(env, node);
}

static enum qd_status open_file(struct qd_env *base, struct qd_slice path, enum qd_file_mode mode,
                                struct qd_file **file, struct qd_error *error)
{
    struct qd_fake_env *env = qd_fake_env_of(base);
    struct place place;
    QD_TRY(find_place(env, path, &place, error));
    QD_TRY(enter(env, mode == QD_FILE_READ ? CALL_READ : CALL_WRITE, "open", place.text, error));
    struct qd_fake_node *node = node_at(&place);
    if (place.directory == NULL) return fail(error, ENOENT, "open", place.text);
    if (node != NULL && node->is_directory && mode != QD_FILE_READ) return fail(error, EISDIR, "open",
                                                                                place.text);
    if (node == NULL) {
        if (mode == QD_FILE_READ) return fail(error, ENOENT, "open", place.text);
        node = qd_fake_node_create(env, false);
        qd_fake_node_change(place.directory, NULL, place.name, node);
    }
    if (mode == QD_FILE_READ) may_flip_bit(env, node);
    if (mode == QD_FILE_CREATE) qd_fake_node_resize(env, node, 0);
    node->open_count++;
    *file = qd_fake_alloc(sizeof(**file));
    **file = (struct qd_file){ node, env->generation, mode, NULL };
    (*file)->path = memcpy(qd_fake_alloc(strlen(place.text) + 1), place.text, strlen(place.text) + 1);
    return QD_OK;
}

/* Begins a call on an open file. */
static enum qd_status enter_file(struct qd_fake_env *env, enum call_kind kind, const char *call,
                                 struct qd_file *file, struct qd_error *error)
{
    if (file->generation != env->generation) return crashed(error);
    QD_TRY(enter(env, kind, call, file->path, error));
    if (kind != CALL_READ && kind != CALL_SYNC) {
        if (file->mode == QD_FILE_READ) return fail(error, EBADF, call, file->path);
    }
    if (file->node->is_directory) return fail(error, EISDIR, call, file->path);
    return QD_OK;
}

static void write_bytes(struct qd_fake_env *env, struct qd_file *file, const void *data, size_t size)
{
    struct qd_fake_node *node = file->node;
    size_t old = node->size;
    qd_fake_node_resize(env, node, old + size);
    if (size > 0) memcpy(node->data + old, data, size);
}

static enum qd_status append(struct qd_env *base, struct qd_file *file, const void *data, size_t size,
                             struct qd_error *error)
{
    struct qd_fake_env *env = qd_fake_env_of(base);
    QD_TRY(enter_file(env, CALL_APPEND, "write", file, error));
    qd_fake_trace_bytes(env, size, qd_slice_make(data, size));
    if (env->options.faults.disk_latency_max.nanoseconds > 0) {
        env->now_ns += (int64_t)(size / BYTES_PER_MICROSECOND) * 1000;
    }
    uint64_t room = env->options.disk_size > env->disk_used ? env->options.disk_size - env->disk_used : 0;
    if (size > room) {
        write_bytes(env, file, data, (size_t)room);
        return fail(error, ENOSPC, "write", file->path);
    }
    if (size > 0 && qd_fake_chance(env, env->options.faults.short_append)) {
        write_bytes(env, file, data, (size_t)qd_fake_draw(env, size));
        return fail(error, qd_fake_draw(env, 2) == 0 ? ENOSPC : EIO, "write", file->path);
    }
    write_bytes(env, file, data, size);
    return QD_OK;
}

/* A sync that fails or crashes has worked, or not; and after a failure later syncs may have no effect. */
static enum qd_status sync_node(struct qd_fake_env *env, struct qd_fake_node *node, enum qd_status status)
{
    if (status == QD_OK) {
        qd_fake_node_sync(node);
    } else if (qd_fake_draw(env, 2) == 0) {
        qd_fake_node_sync(node);
    } else if (status != QD_CRASHED && !node->is_directory) {
        node->sync_lies = qd_fake_draw(env, 2) == 0;
    }
    return status;
}

static enum qd_status sync_file(struct qd_env *base, struct qd_file *file, struct qd_error *error)
{
    struct qd_fake_env *env = qd_fake_env_of(base);
    if (env->crashed || file->generation != env->generation) return crashed(error);
    return sync_node(env, file->node, enter_file(env, CALL_SYNC, "fdatasync", file, error));
}

static enum qd_status read_file(struct qd_env *base, struct qd_file *file, uint64_t offset, void *data,
                                size_t size, size_t *read_size, struct qd_error *error)
{
    struct qd_fake_env *env = qd_fake_env_of(base);
    QD_TRY(enter_file(env, CALL_READ, "read", file, error));
    size_t left = offset < file->node->size ? file->node->size - (size_t)offset : 0;
    *read_size = size < left ? size : left;
    if (*read_size > 0) memcpy(data, file->node->data + offset, *read_size);
    return QD_OK;
}

static enum qd_status size_of(struct qd_env *base, struct qd_file *file, uint64_t *size,
                              struct qd_error *error)
{
    QD_TRY(enter_file(qd_fake_env_of(base), CALL_READ, "stat", file, error));
    *size = file->node->size;
    return QD_OK;
}

static enum qd_status truncate_file(struct qd_env *base, struct qd_file *file, uint64_t size,
                                    struct qd_error *error)
{
    struct qd_fake_env *env = qd_fake_env_of(base);
    QD_TRY(enter_file(env, CALL_WRITE, "truncate", file, error));
    qd_fake_node_resize(env, file->node, (size_t)size);
    return QD_OK;
}

static void close_file(struct qd_env *base, struct qd_file *file)
{
    if (file == NULL) return;
    struct qd_fake_env *env = qd_fake_env_of(base);
    /* After a restart the node may be gone. */
    if (file->generation == env->generation) {
        qd_assert(file->node->open_count > 0);
        file->node->open_count--;
        if (file->node->open_count == 0 && !file->node->linked) env->disk_used -= file->node->size;
    }
    free(file->path);
    free(file);
}

/* The copy is of the exact size, so that ASan sees reads past the end, and stays valid over a restart. */
static enum qd_status map(struct qd_env *base, struct qd_slice path, struct qd_mapping_handle **handle,
                          struct qd_slice *bytes, struct qd_error *error)
{
    struct qd_fake_env *env = qd_fake_env_of(base);
    struct place place;
    QD_TRY(find_place(env, path, &place, error));
    QD_TRY(enter(env, CALL_READ, "mmap", place.text, error));
    struct qd_fake_node *node = node_at(&place);
    if (node == NULL) return fail(error, ENOENT, "open", place.text);
    if (node->is_directory) return fail(error, EISDIR, "mmap", place.text);
    may_flip_bit(env, node);
    *handle = qd_fake_alloc(sizeof(**handle));
    (*handle)->bytes = node->size == 0 ? NULL : memcpy(qd_fake_alloc(node->size), node->data, node->size);
    *bytes = qd_slice_make((*handle)->bytes, node->size);
    return QD_OK;
}

static void unmap(struct qd_env *env, struct qd_mapping_handle *handle)
{
    (void)env;
    if (handle == NULL) return;
    free(handle->bytes);
    free(handle);
}

static enum qd_status rename_file(struct qd_env *base, struct qd_slice from, struct qd_slice to,
                                  struct qd_error *error)
{
    struct qd_fake_env *env = qd_fake_env_of(base);
    struct place old;
    struct place new;
    QD_TRY(find_place(env, from, &old, error));
    QD_TRY(find_place(env, to, &new, error));
    QD_TRY(enter(env, CALL_WRITE, "rename", old.text, error));
    qd_fake_trace_bytes(env, 'n', to);
    struct qd_fake_node *node = node_at(&old);
    struct qd_fake_node *target = node_at(&new);
    if (node == NULL || new.directory == NULL) return fail(error, ENOENT, "rename", old.text);
    if (old.directory != new.directory) return fail(error, EXDEV, "rename", old.text);
    if (node == target) return QD_OK;
    if (target != NULL && target->is_directory && target->now.count > 0) {
        return fail(error, ENOTEMPTY, "rename", old.text);
    }
    if (target != NULL) qd_fake_node_unlink(env, target);
    qd_fake_node_change(old.directory, old.name, new.name, node);
    return QD_OK;
}

static enum qd_status remove_path(struct qd_env *base, struct qd_slice path, struct qd_error *error)
{
    struct qd_fake_env *env = qd_fake_env_of(base);
    struct place place;
    QD_TRY(find_place(env, path, &place, error));
    QD_TRY(enter(env, CALL_WRITE, "unlink", place.text, error));
    struct qd_fake_node *node = node_at(&place);
    if (node == NULL) return QD_OK;
    if (node->is_directory && node->now.count > 0) return fail(error, ENOTEMPTY, "rmdir", place.text);
    if (place.name[0] == 0) return fail(error, EINVAL, "rmdir", place.text);
    qd_fake_node_unlink(env, node);
    qd_fake_node_change(place.directory, place.name, NULL, NULL);
    return QD_OK;
}

static enum qd_status sync_directory(struct qd_env *base, struct qd_slice path, struct qd_error *error)
{
    struct qd_fake_env *env = qd_fake_env_of(base);
    struct place place;
    QD_TRY(find_place(env, path, &place, error));
    struct qd_fake_node *node = node_at(&place);
    if (env->crashed) return crashed(error);
    enum qd_status status = enter(env, CALL_SYNC, "fsync", place.text, error);
    if (node == NULL && status == QD_OK) return fail(error, ENOENT, "open", place.text);
    if (node == NULL) return status;
    if (!node->is_directory) return fail(error, ENOTDIR, "open", place.text);
    status = sync_node(env, node, status);
    qd_fake_node_sweep(env);
    return status;
}

static enum qd_status space(struct qd_env *base, uint64_t *total, uint64_t *available, struct qd_error *error)
{
    struct qd_fake_env *env = qd_fake_env_of(base);
    if (env->crashed) return crashed(error);
    *total = env->options.disk_size;
    *available = *total > env->disk_used ? *total - env->disk_used : 0;
    return QD_OK;
}

bool qd_fake_env_flip_bit(struct qd_env *base, struct qd_slice path)
{
    struct qd_fake_env *env = qd_fake_env_of(base);
    struct place place;
    if (find_place(env, path, &place, NULL) != QD_OK) return false;
    struct qd_fake_node *node = node_at(&place);
    if (node == NULL || node->is_directory || node->size == 0) return false;
    qd_fake_node_flip_bit(env, node);
    return true;
}

const struct qd_disk_operations qd_fake_disk_operations = {
    .make_directory = make_directory,
    .list = list,
    .open = open_file,
    .append = append,
    .sync = sync_file,
    .read = read_file,
    .size = size_of,
    .truncate = truncate_file,
    .close = close_file,
    .map = map,
    .unmap = unmap,
    .rename = rename_file,
    .remove = remove_path,
    .sync_directory = sync_directory,
    .space = space,
};
