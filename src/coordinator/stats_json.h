/* Statistics of shards: summed and written as the families of _stats.
 *
 * Used by nodes stats, cluster stats, index stats and the cat tables. data/stats_table.h says what each
 * number is and where it is shown.
 */
#ifndef QD_COORDINATOR_STATS_JSON_H
#define QD_COORDINATOR_STATS_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json_writer.h"
#include "base/vector.h"
#include "coordinator/counters.h"
#include "data/report_messages.h"

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

/* Adds the groups that a shard has told of; the list is by name. Memory: `arena`. */
void qd_stats_add_groups(struct qd_stats_group_list *groups, const struct qd_shard_report *report,
                         struct qd_arena *arena);

/* Field data of several shards, by field. */
QD_VECTOR_TYPE(qd_stats_field_list, struct qd_report_field);

/* Adds the field data that a shard has told of; the list is by name. Memory: `arena`. */
void qd_stats_add_fields(struct qd_stats_field_list *fields, const struct qd_shard_report *report,
                         struct qd_arena *arena);

/* What is written of a set. */
struct qd_stats_writing {
    unsigned wanted;                          /* families, a mask as above */
    const struct qd_counters *counters;       /* a node's search statistics have the phases; NULL: others */
    const struct qd_stats_group_list *groups; /* NULL: none were asked for */
    const struct qd_stats_field_list *fields; /* with field data, if they are wanted; NULL: none */
};

/* Writes members "docs": {...} ... of the wanted families into an open object. */
void qd_stats_write(const struct qd_stats *stats, const struct qd_stats_writing *writing,
                    struct qd_json_writer *writer);

/* Writes constant JSON text about a feature that this program has not, so that its numbers are 0 by
 * definition; `human`: with the twins of bytes and milliseconds. */
void qd_zeros_write(const char *json, bool human, struct qd_buffer *out);

/* Writes what only the level of shards has: "commit", "seq_no", "retention_leases", "shard_path". The report
 * has a commit. */
void qd_stats_write_shard(const struct qd_shard_report *report, struct qd_arena *arena,
                          struct qd_json_writer *writer);

/* Writes one number of bytes or milliseconds with its human twin, which comes first. */
void qd_json_member_bytes(struct qd_json_writer *writer, const char *name, const char *human, int64_t bytes);
void qd_json_member_millis(struct qd_json_writer *writer, const char *name, const char *human,
                           int64_t millis);

#endif
