/* Errors as JSON objects.
 *
 * Used by operations whose answers hold errors of parts (bulk items, shard failures, mget, msearch) and by
 * rest for whole answers. Source: OpenSearchException.generateThrowableXContent, guessRootCauses.
 */
#ifndef QD_COORDINATOR_ERROR_JSON_H
#define QD_COORDINATOR_ERROR_JSON_H

#include "base/json_writer.h"
#include "base/status.h"

/* Writes {"type":..,"reason":..,<members>,"caused_by":{..}} as one value. */
void qd_error_json(const struct qd_error *error, struct qd_json_writer *writer);

/* Writes {"root_cause":[..],"type":..,...}: the value of "error" in a whole answer. `trace` (?error_trace)
 * adds a "stack_trace" to it and to the root causes: type and reason, as there are no frames to tell of. */
void qd_error_json_with_root(const struct qd_error *error, bool trace, struct qd_json_writer *writer);

/* What the reference guesses to be the root cause of an error: a part of its chain, borrowed. */
const struct qd_error *qd_error_root(const struct qd_error *error);

/* The root cause of a shard's failure as caused_by of the whole search. The reference puts plain Java
 * exceptions into one of its own with the same text, so that they are told twice.
 * Memory: the result borrows from `error` and lives in `arena`. */
const struct qd_error *qd_error_root_as_cause(const struct qd_error *error, struct qd_arena *arena);

/* The error as Java prints exceptions: "[index/uuid] Name[reason]; nested: Name[reason];; full.Name: reason".
 * Source: OpenSearchException.toString, ExceptionsHelper.detailedMessage. Memory: `arena`. */
struct qd_slice qd_error_java_text(const struct qd_error *error, struct qd_arena *arena);

#endif
