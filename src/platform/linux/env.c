#include "platform/env.h"

#include <errno.h>
#include <malloc.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/assert.h"
#include "platform/linux/linux_internal.h"

/* Bytes of freed memory that each thread's heap keeps. */
#define FREED_MEMORY_KEPT (16 << 20)
/* Allocations of so many bytes have pages of their own; the C library's own choice settles there as well. */
#define OWN_PAGES_MIN (32 << 20)

void *qd_linux_alloc(size_t size)
{
    void *memory = calloc(1, size);
    if (memory == NULL) {
        fputs("out of memory\n", stderr);
        abort();
    }
    return memory;
}

static void fill_random(struct qd_env *env, void *bytes, size_t size)
{
    (void)env;
    char *at = bytes;
    while (size > 0) {
        ssize_t count = getrandom(at, size, 0);
        if (count < 0) {
            qd_assert(errno == EINTR);
            continue;
        }
        at += count;
        size -= (size_t)count;
    }
}

/* One call per line, so that lines of several threads do not mix. */
static void write_log(struct qd_env *base, struct qd_slice line)
{
    char end[] = "\n";
    struct iovec parts[2] = { { (char *)(uintptr_t)line.data, line.size }, { end, 1 } };
    ssize_t written;
    do {
        written = writev(qd_linux_env_of(base)->log_descriptor, parts, 2);
    } while (written < 0 && errno == EINTR);
}

static void on_wake(uv_async_t *handle)
{
    struct qd_linux_env *env = handle->data;
    qd_linux_pool_finish(env);
    if (atomic_load(&env->stop)) uv_stop(&env->loop);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct qd_linux_env *env = handle->data;
    env->signal(env->signal_context, number);
}

static void start_loop(struct qd_linux_env *env)
{
    static const int numbers[] = { SIGTERM, SIGINT };
    qd_assert(uv_loop_init(&env->loop) == 0);
    qd_assert(uv_async_init(&env->loop, &env->wake, on_wake) == 0);
    qd_assert(uv_idle_init(&env->loop, &env->deferring) == 0);
    env->wake.data = env;
    env->deferring.data = env;
    if (env->signal == NULL) return;
    for (size_t i = 0; i < 2; i++) {
        qd_assert(uv_signal_init(&env->loop, &env->signals[i]) == 0);
        env->signals[i].data = env;
        qd_assert(uv_signal_start(&env->signals[i], on_signal, numbers[i]) == 0);
    }
}

/* Tens of thousands of connections and segments need descriptors; the soft limit is usually 1024. */
static void raise_file_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/* A request's arenas are freed when it ends. Giving that memory back to the system every time costs a tenth
 * of a search in system calls and page faults: some megabytes per thread are kept, as long as there is
 * work: idle threads give back everything (work.c). */
static void keep_freed_memory(void)
{
#ifdef M_TRIM_THRESHOLD
    mallopt(M_TRIM_THRESHOLD, FREED_MEMORY_KEPT);
    mallopt(M_MMAP_THRESHOLD, OWN_PAGES_MIN);
#endif
}

static enum qd_status open_data_directory(struct qd_linux_env *env, struct qd_slice path,
                                          struct qd_error *error)
{
    env->data_directory = AT_FDCWD;
    if (path.size == 0) path = QD_SLICE(".");
    QD_TRY(env->base.disk->make_directory(&env->base, path, error));
    char *text = qd_linux_alloc(path.size + 1);
    memcpy(text, path.data, path.size);
    env->data_directory = open(text, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int number = errno;
    free(text);
    if (env->data_directory >= 0) return QD_OK;
    return qd_error_set(error, QD_IO, "open [%.*s]: %s", QD_SLICE_ARG(path), strerror(number));
}

enum qd_status qd_linux_env_create(const struct qd_linux_env_options *options, struct qd_env **out,
                                   struct qd_error *error)
{
    struct qd_linux_env *env = qd_linux_alloc(sizeof(*env));
    env->base = (struct qd_env){
        .clock = &qd_linux_clock_operations,
        .work = &qd_linux_work_operations,
        .disk = &qd_linux_disk_operations,
        .network = &qd_linux_network_operations,
        .random = fill_random,
        .log = write_log,
        .machine = qd_linux_machine_read,
        .config_directory = options->config_directory,
    };
    enum qd_status status = open_data_directory(env, options->data_directory, error);
    if (status != QD_OK) {
        free(env);
        return status;
    }
    env->log_descriptor = options->log_descriptor == 0 ? STDERR_FILENO : options->log_descriptor;
    env->signal = options->signal;
    env->signal_context = options->signal_context;
    env->read_buffer = malloc(QD_LINUX_READ_SIZE);
    qd_assert(env->read_buffer != NULL);
    qd_assert(pthread_mutex_init(&env->facts_mutex, NULL) == 0);
    atomic_init(&env->stop, false);
    /* Those that this process may run on. */
    unsigned processors = uv_available_parallelism();
    qd_linux_pool_init(&env->pool, options->threads == 0 ? processors : options->threads);
    raise_file_limit();
    keep_freed_memory();
    signal(SIGPIPE, SIG_IGN);
    start_loop(env);
    *out = &env->base;
    return QD_OK;
}

void qd_linux_env_run(struct qd_env *base)
{
    struct qd_linux_env *env = qd_linux_env_of(base);
    while (!atomic_load(&env->stop)) uv_run(&env->loop, UV_RUN_DEFAULT);
    atomic_store(&env->stop, false);
}

void qd_linux_env_poll(struct qd_env *base, bool wait)
{
    uv_run(&qd_linux_env_of(base)->loop, wait ? UV_RUN_ONCE : UV_RUN_NOWAIT);
}

void qd_linux_env_stop(struct qd_env *base)
{
    struct qd_linux_env *env = qd_linux_env_of(base);
    atomic_store(&env->stop, true);
    uv_async_send(&env->wake);
}

static void close_handle(uv_handle_t *handle, void *context)
{
    (void)context;
    if (uv_is_closing(handle)) return;
    if (handle->type == UV_TIMER) {
        qd_linux_timer_drop(handle);
    } else if (handle->type == UV_TCP) {
        qd_linux_socket_drop(handle);
    } else {
        uv_close(handle, NULL);
    }
}

void qd_linux_env_destroy(struct qd_env *base)
{
    if (base == NULL) return;
    struct qd_linux_env *env = qd_linux_env_of(base);
    qd_linux_pool_deinit(&env->pool);
    for (struct qd_linux_deferred *next; env->deferred_first != NULL; env->deferred_first = next) {
        next = env->deferred_first->next;
        free(env->deferred_first);
    }
    uv_walk(&env->loop, close_handle, NULL);
    uv_run(&env->loop, UV_RUN_DEFAULT);
    qd_assert(uv_loop_close(&env->loop) == 0);
    pthread_mutex_destroy(&env->facts_mutex);
    close(env->data_directory);
    free(env->read_buffer);
    free(env);
}
