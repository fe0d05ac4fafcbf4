/* Reads the texts of /proc and /sys that tell about the machine.
 *
 * Used by machine.c. Pure functions over text with a terminating 0; a text of another form gives nothing.
 * Source: proc(5), Documentation/admin-guide/{iostats,cgroup-v2}.rst and cgroup-v1 of Linux.
 */
#ifndef QD_PLATFORM_LINUX_PROC_TEXT_H
#define QD_PLATFORM_LINUX_PROC_TEXT_H

#include "platform/machine.h"

/* The unsigned number behind `name` ("MemFree:", "nr_periods") where that begins a line; 0 when missing. */
uint64_t qd_proc_field(const char *text, const char *name);

/* /proc/self/cgroup: the group of a version 1 controller ("cpuacct"), or with "" the one of version 2. False
 * when there is no such line. */
bool qd_proc_cgroup(const char *text, const char *controller, char *group);

/* /proc/self/mountinfo: mount point, source and type of the newest file system on a device ("254:0"). False
 * when there is none. */
bool qd_proc_mount(const char *text, const char *device, struct qd_volume_facts *volume);

/* /proc/diskstats: name and counters of a device. False when it is not there. */
bool qd_proc_disk(const char *text, unsigned major, unsigned minor, struct qd_volume_facts *volume);

/* /etc/os-release: the value of PRETTY_NAME without quotes, cut to size - 1 bytes; empty when missing. */
void qd_proc_pretty_name(const char *text, char *name, unsigned size);

#endif
