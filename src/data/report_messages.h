/* What the action QD_ACTION_REPORT carries: the shards of one node and what they have counted, as plain data.
 *
 * Written and read on both sides: data answers, coordinator asks (coordinator/shard_reports.h). Readers fail
 * with QD_ILLEGAL_STATE on malformed frames. Slices that are read are views of the frame. Bytes:
 * spec/protocols/actions.md. Source: OpenSearch TransportIndicesStatsAction, TransportIndicesSegmentsAction,
 * TransportRecoveryAction, which ask each node once for all its shards.
 */
#ifndef QD_DATA_REPORT_MESSAGES_H
#define QD_DATA_REPORT_MESSAGES_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"
#include "data/stats.h"

/* Parts of a report beyond what a shard is; a set of them is a bit mask. */
enum qd_report_part {
    QD_REPORT_STATS = 1,    /* the numbers of data/stats_table.h */
    QD_REPORT_GROUPS = 2,   /* searches by the groups that they named */
    QD_REPORT_COMMIT = 4,   /* the newest commit, sequence numbers */
    QD_REPORT_SEGMENTS = 8, /* the segments that searches see */
    QD_REPORT_RECOVERY = 16, /* how the shard was opened */
    QD_REPORT_FIELDDATA = 32 /* memory of loaded field data, by field */
};
#define QD_REPORT_PARTS_ALL 63u

/* What is asked of a node. */
struct qd_report_message {
    unsigned parts;                 /* what is wanted, a mask of enum qd_report_part */
    const struct qd_slice *indices; /* uuids of the indices that are wanted: indices[index_count] */
    size_t index_count;             /* 0: all that have a shard on the node */
    const struct qd_slice *groups;  /* patterns of groups of searches: groups[group_count] */
    size_t group_count;             /* one pattern "_all" stands for all groups */
    const struct qd_slice *fields;  /* patterns of fields with field data: fields[field_count] */
    size_t field_count;             /* 0: all fields */
};

/* Searches of one group. */
struct qd_report_group {
    struct qd_slice name;               /* as searches name it */
    struct qd_search_counters counters; /* of its searches */
};

/* The newest commit of a shard and the numbers of its operations. */
struct qd_report_commit {
    struct qd_slice id;               /* base64 text */
    struct qd_slice history_uuid;     /* of the shard copy's history */
    uint64_t generation;              /* of the commit */
    uint64_t docs;                    /* live documents that it has */
    int64_t commit_max_seq_no;        /* newest operation that it has */
    int64_t commit_local_checkpoint;  /* all operations up to it are in the commit */
    int64_t max_seq_no;               /* newest operation of the shard */
    int64_t local_checkpoint;         /* all operations up to it are applied */
};

/* One segment. */
struct qd_report_segment {
    uint64_t generation; /* its number */
    uint64_t size;       /* bytes */
    uint32_t docs;       /* documents, deleted ones too */
    uint32_t live;       /* documents that are not deleted */
    bool committed;      /* the newest commit has it */
};

/* All segments that searches see. */
struct qd_report_segments {
    bool best_compression;                /* how the index compresses stored fields */
    const struct qd_report_segment *list; /* list[count] */
    size_t count;                         /* segments */
};

/* A file that a shard was opened from. */
struct qd_report_file {
    uint64_t generation; /* of the segment */
    uint64_t size;       /* bytes */
};

/* How a shard was opened last. */
struct qd_report_recovery {
    bool existing;                      /* from what was on disk; false: the shard was made */
    int64_t start_ms;                   /* wall clock when it began */
    int64_t stop_ms;                    /* and when it ended; 0: not yet */
    int64_t time_ms;                    /* that it took; until now when it has not ended */
    uint64_t bytes;                     /* of all files */
    uint64_t operations;                /* of the translog that were applied again */
    uint64_t index_ns;                  /* time for the files */
    uint64_t translog_ns;               /* time for the translog */
    const struct qd_report_file *files; /* files[file_count] */
    size_t file_count;                  /* segment files that were opened */
};

/* Field data of one field. */
struct qd_report_field {
    struct qd_slice name; /* full path */
    int64_t bytes;        /* memory that it takes */
};

/* One shard copy. A part that was not asked for, or that the shard cannot tell now, is NULL. */
struct qd_shard_report {
    struct qd_slice index_uuid;    /* of its index */
    struct qd_slice index_name;    /* likewise */
    struct qd_slice allocation_id; /* of the copy */
    struct qd_slice path;          /* of its files below the node's data directory */
    struct qd_slice data_path;     /* the node's data directory as its settings name it */
    uint32_t number;               /* of the shard in the index */
    bool primary;                  /* the copy is the primary */
    bool index_closed;             /* the index is closed */
    bool started;                  /* the shard was opened, and has not failed since */
    bool open;                     /* its engine is open */
    int64_t primary_term;          /* of the shard */
    const struct qd_stats *stats;  /* of a shard that is started and open */
    const struct qd_report_group *groups;       /* groups[group_count], by name */
    size_t group_count;                         /* groups that were asked for */
    const struct qd_report_commit *commit;      /* of a shard that is open */
    const struct qd_report_segments *segments;  /* likewise */
    const struct qd_report_recovery *recovery;  /* of every shard */
    const struct qd_report_field
        *fields; /* fields[field_count], by name; of a shard that is started and open */
    size_t field_count;                         /* fields that were asked for and have field data */
};

/* The request. Memory of what is read: `arena` and the frame. */
void qd_report_message_write(const struct qd_report_message *message, struct qd_buffer *buffer);
QD_CHECKED enum qd_status qd_report_message_read(struct qd_slice bytes, struct qd_arena *arena,
                                                 struct qd_report_message *message, struct qd_error *error);

/* The answer: reports[count]. Memory of what is read: `arena` and the frame. */
void qd_reports_write(const struct qd_shard_report *reports, size_t count, struct qd_buffer *buffer);
QD_CHECKED enum qd_status qd_reports_read(struct qd_slice bytes, struct qd_arena *arena,
                                                struct qd_shard_report **reports, size_t *count,
                                                struct qd_error *error);

#endif
