#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "platform/linux/linux_internal.h"
#include "platform/linux/proc_text.h"

/* Reads the beginning of a file of /proc; empty when it cannot be read. Long ones come in several pieces. */
static void read_text(const char *path, char *text, size_t size)
{
    text[0] = 0;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return;
    size_t length = 0;
    ssize_t count;
    while ((count = read(descriptor, text + length, size - 1 - length)) > 0) length += (size_t)count;
    close(descriptor);
    text[length] = 0;
}

/* A line "Name:   123 kB" in bytes. */
static uint64_t kilobytes_field(const char *text, const char *name)
{
    return qd_proc_field(text, name) * 1024;
}

static void read_memory(struct qd_linux_env *env, struct qd_machine_facts *facts)
{
    char text[4096];
    read_text("/proc/meminfo", text, sizeof(text));
    facts->memory_total_bytes = kilobytes_field(text, "MemTotal:");
    facts->memory_free_bytes = kilobytes_field(text, "MemFree:");
    facts->swap_total_bytes = kilobytes_field(text, "SwapTotal:");
    facts->swap_free_bytes = kilobytes_field(text, "SwapFree:");
    read_text("/proc/self/status", text, sizeof(text));
    facts->virtual_bytes = kilobytes_field(text, "VmSize:");
    facts->resident_bytes = kilobytes_field(text, "VmRSS:");
    facts->threads = (uint32_t)qd_proc_field(text, "Threads:");
    pthread_mutex_lock(&env->facts_mutex);
    if (facts->threads > env->facts_threads_peak) env->facts_threads_peak = facts->threads;
    facts->threads_peak = env->facts_threads_peak;
    pthread_mutex_unlock(&env->facts_mutex);
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
    facts->processors = uv_available_parallelism();
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

/* ---- control groups ---- */

/* Reads /sys/fs/cgroup/<controller><group>/<file>; a group of "/" is the root of the hierarchy. In a
 * container the group's path is one of the host: the hierarchy's root is then the group itself. */
static void read_group_file(const char *controller, const char *group, const char *file, char *text,
                            size_t size)
{
    char path[QD_CGROUP_NAME_SIZE + 96];
    const char *inner = strcmp(group, "/") == 0 ? "" : group;
    snprintf(path, sizeof(path), "/sys/fs/cgroup%s%s/%s", controller, inner, file);
    read_text(path, text, size);
    if (text[0] == 0 && inner[0] != 0) {
        snprintf(path, sizeof(path), "/sys/fs/cgroup%s/%s", controller, file);
        read_text(path, text, size);
    }
    size_t length = strlen(text);
    if (length > 0 && text[length - 1] == '\n') text[length - 1] = 0;
}

static void read_groups_1(struct qd_cgroup_facts *facts)
{
    char text[512];
    read_group_file("/cpuacct", facts->cpuacct_group, "cpuacct.usage", text, sizeof(text));
    facts->usage_ns = strtoull(text, NULL, 10);
    read_group_file("/cpu", facts->cpu_group, "cpu.cfs_period_us", text, sizeof(text));
    facts->period_us = strtoll(text, NULL, 10);
    read_group_file("/cpu", facts->cpu_group, "cpu.cfs_quota_us", text, sizeof(text));
    facts->quota_us = text[0] == 0 ? -1 : strtoll(text, NULL, 10);
    read_group_file("/cpu", facts->cpu_group, "cpu.stat", text, sizeof(text));
    facts->periods = qd_proc_field(text, "nr_periods");
    facts->throttled = qd_proc_field(text, "nr_throttled");
    facts->throttled_ns = qd_proc_field(text, "throttled_time");
    read_group_file("/memory", facts->memory_group, "memory.limit_in_bytes", facts->memory_limit,
                    sizeof(facts->memory_limit));
    read_group_file("/memory", facts->memory_group, "memory.usage_in_bytes", facts->memory_usage,
                    sizeof(facts->memory_usage));
}

static void read_groups_2(struct qd_cgroup_facts *facts)
{
    char text[2048];
    memcpy(facts->cpuacct_group, facts->memory_group, sizeof(facts->cpuacct_group));
    memcpy(facts->cpu_group, facts->memory_group, sizeof(facts->cpu_group));
    read_group_file("", facts->cpu_group, "cpu.stat", text, sizeof(text));
    facts->usage_ns = qd_proc_field(text, "usage_usec") * 1000;
    facts->periods = qd_proc_field(text, "nr_periods");
    facts->throttled = qd_proc_field(text, "nr_throttled");
    facts->throttled_ns = qd_proc_field(text, "throttled_usec") * 1000;
    read_group_file("", facts->cpu_group, "cpu.max", text, sizeof(text));
    char *end = text;
    facts->quota_us = strncmp(text, "max", 3) == 0 || text[0] == 0 ? -1 : strtoll(text, &end, 10);
    if (facts->quota_us < 0) end = text + strcspn(text, " ");
    facts->period_us = strtoll(end, NULL, 10);
    read_group_file("", facts->memory_group, "memory.max", facts->memory_limit, sizeof(facts->memory_limit));
    read_group_file("", facts->memory_group, "memory.current", facts->memory_usage,
                    sizeof(facts->memory_usage));
}

static void read_groups(struct qd_cgroup_facts *facts)
{
    char text[4096];
    read_text("/proc/self/cgroup", text, sizeof(text));
    if (qd_proc_cgroup(text, "memory", facts->memory_group) &&
        qd_proc_cgroup(text, "cpuacct", facts->cpuacct_group) &&
        qd_proc_cgroup(text, "cpu", facts->cpu_group)) {
        read_groups_1(facts);
    } else if (qd_proc_cgroup(text, "", facts->memory_group)) {
        read_groups_2(facts);
    }
    /* Without these there is no hierarchy where it is expected. */
    facts->known = facts->memory_limit[0] != 0 && facts->memory_usage[0] != 0;
}

/* ---- the file system of the data directory ---- */

/* Counters are told from the first measurement on, which the node makes when it starts. */
static void since_start(struct qd_linux_env *env, struct qd_device_facts *io)
{
    pthread_mutex_lock(&env->facts_mutex);
    if (!env->facts_device_known) {
        env->facts_device_known = true;
        env->facts_device = *io;
    }
    const struct qd_device_facts *first = &env->facts_device;
    io->reads -= first->reads;
    io->writes -= first->writes;
    io->read_kilobytes -= first->read_kilobytes;
    io->write_kilobytes -= first->write_kilobytes;
    io->read_ms -= first->read_ms;
    io->write_ms -= first->write_ms;
    io->io_ms -= first->io_ms;
    io->queue_ms -= first->queue_ms;
    pthread_mutex_unlock(&env->facts_mutex);
}

/* A machine with thousands of mounts or disks is told without this detail: the file is cut. */
#define LONG_TEXT_SIZE ((size_t)64 << 10)

static void read_volume(struct qd_linux_env *env, struct qd_volume_facts *volume)
{
    struct statvfs space;
    struct stat facts;
    char device[24];
    if (fstatvfs(env->data_directory, &space) == 0) {
        volume->free_bytes = (uint64_t)space.f_bfree * space.f_frsize;
    }
    if (fstat(env->data_directory, &facts) != 0) return;
    char *text = qd_linux_alloc(LONG_TEXT_SIZE);
    snprintf(device, sizeof(device), "%u:%u", major(facts.st_dev), minor(facts.st_dev));
    read_text("/proc/self/mountinfo", text, LONG_TEXT_SIZE);
    qd_proc_mount(text, device, volume);
    read_text("/proc/diskstats", text, LONG_TEXT_SIZE);
    if (qd_proc_disk(text, major(facts.st_dev), minor(facts.st_dev), volume)) since_start(env, &volume->io);
    free(text);
}

static void read_names(struct qd_machine_facts *facts)
{
    char text[2048];
    facts->os_name = "Linux";
    read_text("/etc/os-release", text, sizeof(text));
    qd_proc_pretty_name(text, facts->os_pretty_name, sizeof(facts->os_pretty_name));
    if (facts->os_pretty_name[0] == 0) memcpy(facts->os_pretty_name, "Linux", sizeof("Linux"));
    struct utsname names;
    if (uname(&names) != 0) return;
    snprintf(facts->os_version, sizeof(facts->os_version), "%.63s", names.release);
    snprintf(facts->host_name, sizeof(facts->host_name), "%.63s", names.nodename);
}

void qd_linux_machine_read(struct qd_env *base, struct qd_machine_facts *facts)
{
    struct qd_linux_env *env = qd_linux_env_of(base);
    memset(facts, 0, sizeof(*facts));
    read_memory(env, facts);
    read_files(facts);
    read_processors(env, facts);
    read_groups(&facts->cgroup);
    read_volume(env, &facts->volume);
    read_names(facts);
    if (getloadavg(facts->load_average, 3) != 3) memset(facts->load_average, 0, sizeof(facts->load_average));
    facts->process_id = getpid();
}
