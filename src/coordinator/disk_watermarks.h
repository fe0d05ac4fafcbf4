/* Disk watermarks: how full the data directory's file system may become.
 *
 * Used by coordinator/disk_monitor.c and by put cluster settings. A watermark is the share that may be used
 * ("95%", "0.95") or the room that must stay free ("500mb"); all three are of one kind.
 * Source: OpenSearch DiskThresholdSettings.
 */
#ifndef QD_COORDINATOR_DISK_WATERMARKS_H
#define QD_COORDINATOR_DISK_WATERMARKS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "base/status.h"

#define QD_WATERMARK_PREFIX "cluster.routing.allocation.disk.watermark."

/* One watermark. */
struct qd_watermark {
    struct qd_slice text; /* as given */
    bool in_bytes;        /* free_bytes counts, else used_percent */
    double used_percent;  /* at most so much is used: 0 to 100 */
    int64_t free_bytes;   /* at least so much is free */
};

/* The three of them. */
enum { QD_WATERMARK_LOW, QD_WATERMARK_HIGH, QD_WATERMARK_FLOOD_STAGE, QD_WATERMARK_COUNT };

/* Keys and defaults of the three, by number. */
extern const char *const qd_watermark_keys[QD_WATERMARK_COUNT];
extern const char *const qd_watermark_defaults[QD_WATERMARK_COUNT];

/* Parses one; views `text`. Errors: QD_ILLEGAL_ARGUMENT with the reference's text. */
QD_CHECKED enum qd_status qd_watermark_parse(struct qd_slice text, const char *key,
                                             struct qd_watermark *watermark, struct qd_error *error);

/* Checks that marks[QD_WATERMARK_COUNT] are of one kind and rise. Errors: QD_ILLEGAL_ARGUMENT. */
QD_CHECKED enum qd_status qd_watermarks_check(const struct qd_watermark *marks, struct qd_error *error);

/* True when a file system of `total` bytes with `available` free ones is fuller than the watermark allows. */
bool qd_watermark_passed(const struct qd_watermark *watermark, uint64_t total, uint64_t available);

#endif
