/* What a reader that streams has seen of a broken text before the place where it breaks.
 *
 * Used by handlers whose first error the reference tells before it reads on: qd_call_body_streamed. The
 * prefix is closed in two ways, so that errors of what was read can be told from errors of the closing.
 * Source: tools.jackson.core.json.UTF8StreamJsonParser (which tokens are handed out before an error).
 */
#ifndef QD_BASE_JSON_PREFIX_H
#define QD_BASE_JSON_PREFIX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/slice.h"

/* A broken text, cut. Both texts are JSON, and what was read is at its place in them. */
struct qd_json_prefix {
    bool whole;            /* the first value is whole and in both texts; what follows it is cut off */
    bool some;             /* there is something to look at: the texts are set */
    struct qd_slice plain; /* what was read, then the ends of what is open */
    struct qd_slice marked; /* the same with one more member or element before each of these ends */
    int64_t line;          /* where the last token began that was handed out; from 1 */
    int64_t column;        /* likewise */
};

/* Cuts `text`, which qd_json_parse refused. Memory: `arena`. */
void qd_json_prefix_cut(struct qd_arena *arena, struct qd_slice text, struct qd_json_prefix *prefix);

#endif
