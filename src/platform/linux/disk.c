#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/vector.h"
#include "platform/linux/linux_internal.h"

/* One system call writes at most this much; the kernel's own bound is a little under 2 GiB. */
#define WRITE_SIZE_MAX ((size_t)1 << 30)

struct qd_file {
    int descriptor;
    char *path; /* for error texts */
};

struct qd_mapping_handle {
    void *start; /* NULL for an empty file */
    size_t size;
};

/* A 0-terminated path. */
struct path_text {
    char text[PATH_MAX];
};

static enum qd_status fail(struct qd_error *error, int number, const char *call, const char *path)
{
    bool full = number == ENOSPC || number == EDQUOT;
    char text[128];
    const char *message = strerror_r(number, text, sizeof(text));
    return qd_error_set(error, full ? QD_NO_SPACE : QD_IO, "%s [%s]: %s", call, path, message);
}

static enum qd_status make_path(struct qd_slice path, struct path_text *out, struct qd_error *error)
{
    if (path.size >= sizeof(out->text)) return fail(error, ENAMETOOLONG, "path", "...");
    if (path.size > 0 && memchr(path.data, 0, path.size) != NULL) return fail(error, EINVAL, "path", "...");
    if (path.size == 0) {
        memcpy(out->text, ".", 2);
        return QD_OK;
    }
    memcpy(out->text, path.data, path.size);
    out->text[path.size] = 0;
    return QD_OK;
}

static int directory_of(struct qd_env *env)
{
    return qd_linux_env_of(env)->data_directory;
}

static int open_at(struct qd_env *env, const char *path, int flags)
{
    int descriptor;
    do {
        descriptor = openat(directory_of(env), path, flags | O_CLOEXEC, 0640);
    } while (descriptor < 0 && errno == EINTR);
    return descriptor;
}

static enum qd_status make_directory(struct qd_env *env, struct qd_slice path, struct qd_error *error)
{
    struct path_text text;
    QD_TRY(make_path(path, &text, error));
    for (char *at = text.text + 1;; at++) {
        char old = *at;
        if (old != '/' && old != 0) continue;
        *at = 0;
        if (mkdirat(directory_of(env), text.text, 0750) != 0 && errno != EEXIST) {
            return fail(error, errno, "mkdir", text.text);
        }
        *at = old;
        if (old == 0) break;
    }
    struct stat facts;
    if (fstatat(directory_of(env), text.text, &facts, 0) != 0) return fail(error, errno, "stat", text.text);
    return S_ISDIR(facts.st_mode) ? QD_OK : fail(error, ENOTDIR, "mkdir", text.text);
}

static int compare_names(const void *left, const void *right)
{
    return qd_slice_compare(*(const struct qd_slice *)left, *(const struct qd_slice *)right);
}

static enum qd_status list(struct qd_env *env, struct qd_slice path, struct qd_arena *arena,
                           struct qd_slice **names, size_t *count, struct qd_error *error)
{
    struct path_text text;
    QD_TRY(make_path(path, &text, error));
    *names = NULL;
    *count = 0;
    int descriptor = open_at(env, text.text, O_RDONLY | O_DIRECTORY);
    if (descriptor < 0) return errno == ENOENT ? QD_OK : fail(error, errno, "opendir", text.text);
    DIR *directory = fdopendir(descriptor);
    if (directory == NULL) {
        int number = errno;
        close(descriptor);
        return fail(error, number, "opendir", text.text);
    }
    QD_VECTOR(struct qd_slice) found = { 0 };
    struct dirent *entry;
    for (errno = 0; (entry = readdir(directory)) != NULL; errno = 0) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        *QD_PUSH(arena, &found) = qd_arena_copy(arena, qd_slice_from_string(entry->d_name));
    }
    int number = errno;
    closedir(directory);
    if (number != 0) return fail(error, number, "readdir", text.text);
    if (found.count > 1) qsort(found.data, found.count, sizeof(*found.data), compare_names);
    *names = found.data;
    *count = found.count;
    return QD_OK;
}

static enum qd_status open_file(struct qd_env *env, struct qd_slice path, enum qd_file_mode mode,
                                struct qd_file **file, struct qd_error *error)
{
    static const int flags[] = { [QD_FILE_READ] = O_RDONLY,
                                 [QD_FILE_APPEND] = O_RDWR | O_CREAT | O_APPEND,
                                 [QD_FILE_CREATE] = O_RDWR | O_CREAT | O_TRUNC | O_APPEND };
    struct path_text text;
    QD_TRY(make_path(path, &text, error));
    int descriptor = open_at(env, text.text, flags[mode]);
    if (descriptor < 0) return fail(error, errno, "open", text.text);
    *file = qd_linux_alloc(sizeof(**file));
    (*file)->descriptor = descriptor;
    (*file)->path = qd_linux_alloc(strlen(text.text) + 1);
    memcpy((*file)->path, text.text, strlen(text.text) + 1);
    return QD_OK;
}

static enum qd_status append(struct qd_env *env, struct qd_file *file, const void *data, size_t size,
                             struct qd_error *error)
{
    (void)env;
    const char *at = data;
    while (size > 0) {
        ssize_t written = write(file->descriptor, at, size < WRITE_SIZE_MAX ? size : WRITE_SIZE_MAX);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return fail(error, errno, "write", file->path);
        /* A short write means a full disk or a signal: the next turn tells which. */
        at += written;
        size -= (size_t)written;
    }
    return QD_OK;
}

static enum qd_status sync_file(struct qd_env *env, struct qd_file *file, struct qd_error *error)
{
    (void)env;
    /* Not repeated after an error other than EINTR: the kernel may have dropped the dirty pages already. */
    while (fdatasync(file->descriptor) != 0) {
        if (errno != EINTR) return fail(error, errno, "fdatasync", file->path);
    }
    return QD_OK;
}

static enum qd_status read_file(struct qd_env *env, struct qd_file *file, uint64_t offset, void *data,
                                size_t size, size_t *read_size, struct qd_error *error)
{
    (void)env;
    size_t total = 0;
    while (total < size) {
        size_t wanted = size - total < WRITE_SIZE_MAX ? size - total : WRITE_SIZE_MAX;
        ssize_t count = pread(file->descriptor, (char *)data + total, wanted, (off_t)(offset + total));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail(error, errno, "read", file->path);
        if (count == 0) break;
        total += (size_t)count;
    }
    *read_size = total;
    return QD_OK;
}

static enum qd_status size_of(struct qd_env *env, struct qd_file *file, uint64_t *size,
                              struct qd_error *error)
{
    (void)env;
    struct stat facts;
    if (fstat(file->descriptor, &facts) != 0) return fail(error, errno, "stat", file->path);
    *size = (uint64_t)facts.st_size;
    return QD_OK;
}

static enum qd_status truncate_file(struct qd_env *env, struct qd_file *file, uint64_t size,
                                    struct qd_error *error)
{
    (void)env;
    while (ftruncate(file->descriptor, (off_t)size) != 0) {
        if (errno != EINTR) return fail(error, errno, "truncate", file->path);
    }
    return QD_OK;
}

static void close_file(struct qd_env *env, struct qd_file *file)
{
    (void)env;
    if (file == NULL) return;
    close(file->descriptor);
    free(file->path);
    free(file);
}

static enum qd_status map(struct qd_env *env, struct qd_slice path, struct qd_mapping_handle **handle,
                          struct qd_slice *bytes, struct qd_error *error)
{
    struct path_text text;
    QD_TRY(make_path(path, &text, error));
    int descriptor = open_at(env, text.text, O_RDONLY);
    if (descriptor < 0) return fail(error, errno, "open", text.text);
    struct stat facts;
    void *start = NULL;
    int number = 0;
    if (fstat(descriptor, &facts) != 0) {
        number = errno;
    } else if (!S_ISREG(facts.st_mode)) {
        number = EISDIR;
    } else if (facts.st_size > 0) {
        start = mmap(NULL, (size_t)facts.st_size, PROT_READ, MAP_SHARED, descriptor, 0);
        if (start == MAP_FAILED) number = errno;
    }
    close(descriptor);
    if (number != 0) return fail(error, number, "mmap", text.text);
    *handle = qd_linux_alloc(sizeof(**handle));
    **handle = (struct qd_mapping_handle){ start, (size_t)facts.st_size };
    *bytes = qd_slice_make(start, (size_t)facts.st_size);
    return QD_OK;
}

static void unmap(struct qd_env *env, struct qd_mapping_handle *handle)
{
    (void)env;
    if (handle == NULL) return;
    if (handle->start != NULL) munmap(handle->start, handle->size);
    free(handle);
}

static enum qd_status rename_file(struct qd_env *env, struct qd_slice from, struct qd_slice to,
                                  struct qd_error *error)
{
    struct path_text old;
    struct path_text new;
    QD_TRY(make_path(from, &old, error));
    QD_TRY(make_path(to, &new, error));
    if (renameat(directory_of(env), old.text, directory_of(env), new.text) == 0) return QD_OK;
    return fail(error, errno, "rename", old.text);
}

static enum qd_status remove_path(struct qd_env *env, struct qd_slice path, struct qd_error *error)
{
    struct path_text text;
    QD_TRY(make_path(path, &text, error));
    if (unlinkat(directory_of(env), text.text, 0) == 0 || errno == ENOENT) return QD_OK;
    if (errno != EISDIR && errno != EPERM) return fail(error, errno, "unlink", text.text);
    if (unlinkat(directory_of(env), text.text, AT_REMOVEDIR) == 0 || errno == ENOENT) return QD_OK;
    return fail(error, errno, "rmdir", text.text);
}

static enum qd_status sync_directory(struct qd_env *env, struct qd_slice path, struct qd_error *error)
{
    struct path_text text;
    QD_TRY(make_path(path, &text, error));
    int descriptor = open_at(env, text.text, O_RDONLY | O_DIRECTORY);
    if (descriptor < 0) return fail(error, errno, "open", text.text);
    int number = 0;
    while (fsync(descriptor) != 0) {
        number = errno;
        if (number != EINTR) break;
        number = 0;
    }
    close(descriptor);
    return number == 0 ? QD_OK : fail(error, number, "fsync", text.text);
}

static enum qd_status space(struct qd_env *env, uint64_t *total, uint64_t *available, struct qd_error *error)
{
    struct statvfs facts;
    if (fstatvfs(directory_of(env), &facts) != 0) return fail(error, errno, "statvfs", ".");
    *total = (uint64_t)facts.f_blocks * facts.f_frsize;
    *available = (uint64_t)facts.f_bavail * facts.f_frsize;
    return QD_OK;
}

const struct qd_disk_operations qd_linux_disk_operations = {
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
