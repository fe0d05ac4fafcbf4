#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "platform/linux/linux_env.h"

enum qd_status qd_linux_lock_directory(struct qd_slice directory, int *lock, struct qd_error *error)
{
    char path[4096];
    int length = snprintf(path, sizeof(path), "%.*s/node.lock", QD_SLICE_ARG(directory));
    if (length < 0 || (size_t)length >= sizeof(path)) {
        return qd_error_set(error, QD_IO, "the path of the data directory is too long");
    }
    int descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor < 0) return qd_error_set(error, QD_IO, "cannot create [%s]: %s", path, strerror(errno));
    if (flock(descriptor, LOCK_EX | LOCK_NB) == 0) {
        *lock = descriptor;
        return QD_OK;
    }
    close(descriptor);
    return qd_error_set(error, QD_IO, "another process uses the data directory [%.*s]",
                        QD_SLICE_ARG(directory));
}

void qd_linux_unlock(int lock)
{
    close(lock);
}
