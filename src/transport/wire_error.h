/* Errors in frames between nodes.
 *
 * Used by the transport for failed calls and by actions that answer with errors for parts of a request (bulk
 * items, shards). Format: spec/protocols/transport.md.
 */
#ifndef QD_TRANSPORT_WIRE_ERROR_H
#define QD_TRANSPORT_WIRE_ERROR_H

#include "base/buffer.h"
#include "base/status.h"

/* Causes and root causes that are kept; deeper ones are cut. */
#define QD_ERROR_CHAIN_MAX 20

/* Appends an error with its causes. */
void qd_error_write(const struct qd_error *error, struct qd_buffer *buffer);

/* Reads what qd_error_write wrote; texts are copied into `arena`. A malformed frame gives QD_ILLEGAL_STATE
 * and marks the reader as failed. */
void qd_error_read(struct qd_reader *reader, struct qd_arena *arena, struct qd_error *error);

#endif
