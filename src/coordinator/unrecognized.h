/* How the reference refuses names that it does not know: parameters, metrics.
 *
 * Used by rest/target.c and the statistics. Source: OpenSearch BaseRestHandler.unrecognized.
 */
#ifndef QD_COORDINATOR_UNRECOGNIZED_H
#define QD_COORDINATOR_UNRECOGNIZED_H

#include "base/slice.h"
#include "base/status.h"

/* What is refused. */
struct qd_unrecognized {
    struct qd_slice path;         /* of the request */
    const char *what;             /* "parameter" */
    struct qd_slice *bad;         /* the names, at least one; they are sorted here, and told once each */
    size_t bad_count;             /* how many */
    const struct qd_slice *known; /* what may have been meant */
    size_t known_count;           /* how many */
};

/* Sets *error to "request [/x] contains unrecognized parameters: [a], [b] -> did you mean [c]?". Memory: the
 * error's arena. Errors: always QD_ILLEGAL_ARGUMENT. */
QD_CHECKED enum qd_status qd_unrecognized(const struct qd_unrecognized *names, struct qd_arena *arena,
                                          struct qd_error *error);

#endif
