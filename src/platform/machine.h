/* Facts about the process and its machine, for statistics.
 *
 * Filled by env->machine (platform/env.h): from /proc and /sys in production, invented in simulation. What
 * cannot be read is 0 or empty.
 */
#ifndef QD_PLATFORM_MACHINE_H
#define QD_PLATFORM_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

/* Names of groups longer than this are cut. */
#define QD_CGROUP_NAME_SIZE 128

/* The control groups that the process is in. */
struct qd_cgroup_facts {
    bool known;                                /* the rest is filled */
    char cpuacct_group[QD_CGROUP_NAME_SIZE];   /* "/" or a path, of the group that counts processor time */
    char cpu_group[QD_CGROUP_NAME_SIZE];       /* the one that limits it */
    char memory_group[QD_CGROUP_NAME_SIZE];    /* the one that limits memory */
    uint64_t usage_ns;                         /* processor time of the group */
    int64_t period_us;                         /* length of an accounting period */
    int64_t quota_us;                          /* what the group may use of one; -1: no limit */
    uint64_t periods;                          /* that have passed */
    uint64_t throttled;                        /* of them those in which the quota was used up */
    uint64_t throttled_ns;                     /* time that the group has waited therefore */
    char memory_limit[24];                     /* bytes as the system writes them: a number or "max" */
    char memory_usage[24];                     /* bytes */
};

/* What a block device has done. */
struct qd_device_facts {
    uint64_t reads;            /* completed read operations */
    uint64_t writes;           /* completed write operations */
    uint64_t read_kilobytes;  /* brought by them */
    uint64_t write_kilobytes;  /* taken by them */
    uint64_t read_ms;          /* time spent reading, summed over operations */
    uint64_t write_ms;         /* time spent writing, summed over operations */
    uint64_t io_ms;            /* time during which anything was under way */
    uint64_t queue_ms;         /* the same, weighted by how much was under way */
};

/* The file system that holds the data directory. */
struct qd_volume_facts {
    uint64_t free_bytes;       /* those that only the superuser may take included */
    char mount[160];           /* "/ (/dev/vda)"; empty: not known */
    char type[32];             /* "ext4"; empty: not known */
    char device[32];           /* name of its block device; empty: none or not known */
    struct qd_device_facts io; /* since the environment was first asked */
};

/* All of it. */
struct qd_machine_facts {
    uint64_t resident_bytes;      /* of this process */
    uint64_t virtual_bytes;       /* address space of this process */
    uint64_t memory_total_bytes;  /* of the machine, as the next ones */
    uint64_t memory_free_bytes;  /* neither used nor a cache */
    uint64_t swap_total_bytes;  /* 0: no swap space */
    uint64_t swap_free_bytes;  /* of it, not used */
    uint64_t open_files;          /* descriptors of this process */
    uint64_t open_files_max;      /* most it may have */
    uint32_t threads;             /* of this process, now */
    uint32_t threads_peak;        /* most that were seen by a call */
    int64_t process_cpu_ms;       /* user + system */
    int process_cpu_percent;      /* since the last call; -1 unknown */
    int system_cpu_percent;       /* likewise, of the machine */
    double load_average[3];       /* of 1, 5, 15 minutes */
    uint32_t processors;          /* that this process may run on */
    int64_t process_id;  /* the system's */
    const char *os_name;          /* "Linux" */
    char os_pretty_name[64];      /* "Debian GNU/Linux 12 (bookworm)"; os_name when that is not known */
    char os_version[64];          /* of the kernel */
    char host_name[64];  /* as uname tells it */
    struct qd_cgroup_facts cgroup;  /* the limits it lives under */
    struct qd_volume_facts volume;  /* where its data are */
};

#endif
