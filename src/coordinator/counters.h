/* What a node counts of the requests that it coordinates.
 *
 * Used by search_run.c and write_documents.c (count) and the statistics (show). Owned by struct
 * qd_coordinator; loop only, so that nothing here is atomic. Source: OpenSearch SearchRequestStats,
 * StatusCounterStats.
 */
#ifndef QD_COORDINATOR_COUNTERS_H
#define QD_COORDINATOR_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

/* Classes of answers. */
enum qd_answer_class {
    QD_ANSWER_SUCCESS,        /* HTTP status below 400 */
    QD_ANSWER_USER_ERROR,     /* below 500 */
    QD_ANSWER_SYSTEM_FAILURE, /* the rest */
    QD_ANSWER_CLASS_COUNT
};

/* The class of an HTTP status. */
enum qd_answer_class qd_answer_class_of(int http_status);

/* The phases of a search as its coordinator sees them, in the order of the answer. */
enum qd_search_phase {
    QD_SEARCH_PHASE_TOOK, /* all of it */
    QD_SEARCH_PHASE_DFS_PRE_QUERY,
    QD_SEARCH_PHASE_QUERY,
    QD_SEARCH_PHASE_FETCH,
    QD_SEARCH_PHASE_DFS_QUERY,
    QD_SEARCH_PHASE_EXPAND,
    QD_SEARCH_PHASE_CAN_MATCH,
    QD_SEARCH_PHASE_COUNT
};

/* Counts of one phase. */
struct qd_phase_counter {
    uint64_t total;   /* that have ended well */
    uint64_t current; /* under way */
    uint64_t ns;      /* wall time of those that have ended well */
};

/* All of a node. */
struct qd_counters {
    uint64_t documents[QD_ANSWER_CLASS_COUNT]; /* outcomes of single documents to write */
    uint64_t searches[QD_ANSWER_CLASS_COUNT];  /* searches */
    struct qd_phase_counter phases[QD_SEARCH_PHASE_COUNT]; /* of searches */
};

/* Counts a phase that begins. */
void qd_phase_begin(struct qd_phase_counter *phase);

/* Counts a phase that ends; `well` false: only that it is not under way any more. */
void qd_phase_end(struct qd_phase_counter *phase, bool well, int64_t nanoseconds);

/* The name of a phase in answers: "took", "query", ... */
const char *qd_search_phase_name(enum qd_search_phase phase);

#endif
