/* Statistics of shards: read, summed, and written as the families of _stats.
 *
 * Used by nodes stats, cluster stats, index stats and the cat tables. A set of statistics is an array of
 * numbers, so that sums need no code per statistic; coordinator/stats_table.h says what each is and where it
 * is shown.
 */
#ifndef QD_COORDINATOR_STATS_GATHER_H
#define QD_COORDINATOR_STATS_GATHER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json_writer.h"
#include "base/vector.h"
#include "coordinator/counters.h"
#include "coordinator/stats_table.h"
#include "data/shard.h"

/* The families in the order of the answer; a set of them is a bit mask of 1u << family. */
enum qd_stat_family {
    QD_STATS_DOCS,
    QD_STATS_STORE,
    QD_STATS_INDEXING,
    QD_STATS_GET,
    QD_STATS_SEARCH,
    QD_STATS_MERGES,
    QD_STATS_REFRESH,
    QD_STATS_FLUSH,
    QD_STATS_WARMER,
    QD_STATS_QUERY_CACHE,
    QD_STATS_FIELDDATA,
    QD_STATS_COMPLETION,
    QD_STATS_SEGMENTS,
    QD_STATS_TRANSLOG,
    QD_STATS_REQUEST_CACHE,
    QD_STATS_RECOVERY,
    QD_STATS_FAMILY_COUNT
};
#define QD_STATS_ALL ((1u << QD_STATS_FAMILY_COUNT) - 1)
/* More bits of such a set: fields were asked for, so that the families print an object for them. */
#define QD_STATS_FIELDDATA_FIELDS (1u << 30)
#define QD_STATS_COMPLETION_FIELDS (1u << 31)

/* How a statistic is printed. */
enum qd_stat_kind {
    QD_STAT_KIND_COUNT,
    QD_STAT_KIND_BYTES,
    QD_STAT_KIND_MILLIS,
    QD_STAT_KIND_FALSE,
    QD_STAT_KIND_ZERO
};

enum qd_stat {
#define QD_STAT_ENUM(id, family, kind, name, human) QD_STAT_##id,
    QD_STAT_TABLE(QD_STAT_ENUM)
#undef QD_STAT_ENUM
    QD_STAT_COUNT
};

/* Statistics of one shard or a sum. Zero-initialise with qd_stats_init. */
struct qd_stats {
    int64_t value[QD_STAT_COUNT];
};

/* An empty sum. */
void qd_stats_init(struct qd_stats *stats);

/* Adds what a shard of this node has counted. A shard whose engine is closed adds nothing. Loop only.
 * `now_ms`: wall clock. */
void qd_stats_add_shard(struct qd_stats *stats, const struct qd_shard *shard, int64_t now_ms);

/* Adds one sum to another. Points of time give the latest. */
void qd_stats_add(struct qd_stats *sum, const struct qd_stats *other);

/* Sets all statistics of a family back to those of nothing. */
void qd_stats_clear(struct qd_stats *stats, enum qd_stat_family family);

struct qd_data;

/* Sums all shards of this node that belong to an index (index_uuid.data NULL: all indices). */
void qd_stats_add_index(struct qd_stats *stats, const struct qd_data *data, struct qd_slice index_uuid,
                        bool primaries, int64_t now_ms);

/* The metric of a path that asks for a family ("merges" in answers is the metric "merge"). */
const char *qd_stats_family_metric(enum qd_stat_family family);

/* How a statistic is printed. */
enum qd_stat_kind qd_stats_kind(enum qd_stat stat);

/* One group of searches. */
struct qd_stats_group {
    struct qd_slice name;  /* as requests name it */
    struct qd_stats stats; /* of the family SEARCH */
};
QD_VECTOR_TYPE(qd_stats_group_list, struct qd_stats_group);

/* Groups of searches that were asked for, and what was found. */
struct qd_stats_groups {
    struct qd_slice *patterns;       /* patterns[pattern_count]; one "_all" stands for all */
    size_t pattern_count;            /* 0: no group is asked for */
    struct qd_stats_group_list list; /* by name */
};

/* Adds the groups of a shard that are asked for. Memory: `arena`. */
void qd_stats_add_groups(struct qd_stats_groups *groups, const struct qd_shard *shard,
                         struct qd_arena *arena);

/* What is written of a set. */
struct qd_stats_writing {
    unsigned wanted;                      /* families, a mask as above */
    const struct qd_counters *counters;   /* a node's search statistics have the phases; NULL: others */
    const struct qd_stats_groups *groups; /* NULL: none were asked for */
};

/* Writes members "docs": {...} ... of the wanted families into an open object. */
void qd_stats_write(const struct qd_stats *stats, const struct qd_stats_writing *writing,
                    struct qd_json_writer *writer);

/* Writes constant JSON text about a feature that this program has not, so that its numbers are 0 by
 * definition; `human`: with the twins of bytes and milliseconds. */
void qd_zeros_write(const char *json, bool human, struct qd_buffer *out);

/* Writes what only the level of shards has: "commit", "seq_no", "retention_leases", "shard_path". */
void qd_stats_write_shard(const struct qd_shard *shard, struct qd_arena *arena,
                          struct qd_json_writer *writer);

/* Writes one number of bytes or milliseconds with its human twin, which comes first. */
void qd_json_member_bytes(struct qd_json_writer *writer, const char *name, const char *human, int64_t bytes);
void qd_json_member_millis(struct qd_json_writer *writer, const char *name, const char *human,
                           int64_t millis);

#endif
