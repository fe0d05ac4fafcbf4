/* The bytes of an identifier in the reference's index.
 *
 * Quidditch keeps identifiers as they are; these bytes decide which slice a document is in, and explanations
 * print them. Source: OpenSearch Uid.encodeId.
 */
#ifndef QD_SEARCH_ID_BYTES_H
#define QD_SEARCH_ID_BYTES_H

#include "base/buffer.h"
#include "base/slice.h"

/* Digits in nibbles, base64 as its bytes, else as it is, told apart by the first byte. Memory: `out`, whose
 * former content is dropped. */
struct qd_slice qd_id_bytes(struct qd_slice id, struct qd_buffer *out);

#endif
