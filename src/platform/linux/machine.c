#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "platform/linux/linux_internal.h"

/* Reads the beginning of a small file of /proc; empty when it cannot be read. */
static void read_text(const char *path, char *text, size_t size)
{
    text[0] = 0;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return;
    ssize_t count = read(descriptor, text, size - 1);
    close(descriptor);
    text[count < 0 ? 0 : count] = 0;
}

/* The number after `name` in /proc/meminfo, in bytes. */
static uint64_t memory_field(const char *text, const char *name)
{
    const char *at = strstr(text, name);
    return at == NULL ? 0 : strtoull(at + strlen(name), NULL, 10) * 1024;
}

static void read_memory(struct qd_machine_facts *facts)
{
    char text[4096];
    read_text("/proc/meminfo", text, sizeof(text));
    facts->memory_total_bytes = memory_field(text, "MemTotal:");
    facts->memory_free_bytes = memory_field(text, "MemFree:");
    read_text("/proc/self/statm", text, sizeof(text));
    char *end = text;
    strtoull(text, &end, 10);
    facts->resident_bytes = strtoull(end, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void read_files(struct qd_machine_facts *facts)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) facts->open_files_max = limit.rlim_cur;
    DIR *directory = opendir("/proc/self/fd");
    if (directory == NULL) return;
    uint64_t count = 0;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) count += entry->d_name[0] != '.';
    closedir(directory);
    /* The directory's own descriptor was among them. */
    facts->open_files = count > 0 ? count - 1 : 0;
}

static int percent(int64_t part, int64_t whole)
{
    if (whole <= 0) return -1;
    int64_t value = part * 100 / whole;
    return value < 0 ? 0 : value > 100 ? 100 : (int)value;
}

/* Busy and total ticks since the machine's start. */
static void read_ticks(uint64_t *busy, uint64_t *total)
{
    char text[512];
    read_text("/proc/stat", text, sizeof(text));
    *busy = *total = 0;
    if (strncmp(text, "cpu ", 4) != 0) return;
    char *at = text + 4;
    for (int field = 0; field < 8; field++) {
        uint64_t ticks = strtoull(at, &at, 10);
        *total += ticks;
        /* Fields 3 and 4 are idle and waiting for input or output. */
        if (field != 3 && field != 4) *busy += ticks;
    }
}

static void read_processors(struct qd_linux_env *env, struct qd_machine_facts *facts)
{
    struct rusage usage = { 0 };
    getrusage(RUSAGE_SELF, &usage);
    int64_t seconds = (int64_t)usage.ru_utime.tv_sec + (int64_t)usage.ru_stime.tv_sec;
    int64_t used_ns = seconds * 1000000000 + ((int64_t)usage.ru_utime.tv_usec
                                              + (int64_t)usage.ru_stime.tv_usec) * 1000;
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    facts->processors = online < 1 ? 1 : (uint32_t)online;
    facts->process_cpu_ms = used_ns / 1000000;
    int64_t now_ns = env->base.clock->monotonic(&env->base).nanoseconds;
    uint64_t busy;
    uint64_t total;
    read_ticks(&busy, &total);
    pthread_mutex_lock(&env->facts_mutex);
    bool first = env->facts_wall_ns == 0;
    int64_t passed_ns = (now_ns - env->facts_wall_ns) * (int64_t)facts->processors;
    facts->process_cpu_percent = first ? -1 : percent(used_ns - env->facts_process_ns, passed_ns);
    facts->system_cpu_percent =
        first ? -1 : percent((int64_t)(busy - env->facts_busy), (int64_t)(total - env->facts_total));
    env->facts_wall_ns = now_ns;
    env->facts_process_ns = used_ns;
    env->facts_busy = busy;
    env->facts_total = total;
    pthread_mutex_unlock(&env->facts_mutex);
}

void qd_linux_machine_read(struct qd_env *base, struct qd_machine_facts *facts)
{
    memset(facts, 0, sizeof(*facts));
    read_memory(facts);
    read_files(facts);
    read_processors(qd_linux_env_of(base), facts);
    if (getloadavg(facts->load_average, 3) != 3) memset(facts->load_average, 0, sizeof(facts->load_average));
    facts->process_id = getpid();
    facts->os_name = "Linux";
    struct utsname names;
    if (uname(&names) == 0) {
        snprintf(facts->os_version, sizeof(facts->os_version), "%.63s", names.release);
        snprintf(facts->host_name, sizeof(facts->host_name), "%.63s", names.nodename);
    }
}
