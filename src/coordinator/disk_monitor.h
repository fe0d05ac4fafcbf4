/* Watches the file system of the data directory: at the flood stage indices may only be read and deleted.
 *
 * Used by node. Every cluster.info.update.interval the room is asked for in a work item; when less is left
 * than the flood-stage watermark wants, all open indices of this node get
 * index.blocks.read_only_allow_delete, and lose it again below the high watermark. Loop only. Source:
 * OpenSearch DiskThresholdMonitor.
 */
#ifndef QD_COORDINATOR_DISK_MONITOR_H
#define QD_COORDINATOR_DISK_MONITOR_H

#include "coordinator/coordinator.h"

struct qd_disk_monitor;

/* Begins to watch. `coordinator` lives as long. Memory: qd_disk_monitor_destroy. */
struct qd_disk_monitor *qd_disk_monitor_create(struct qd_coordinator *coordinator);

/* Ends it. True when nothing of it is under way any more; else ask again later. */
bool qd_disk_monitor_stop(struct qd_disk_monitor *monitor);

/* Gives it back; only after stop was true, or when the environment runs no more. NULL is allowed. */
void qd_disk_monitor_destroy(struct qd_disk_monitor *monitor);

#endif
