/* Whole numbers of any size between decimal text and big-endian bytes, for the binary content types.
 *
 * Used by xcontent_cbor.c and xcontent_smile.c. Sizes are bounded by QD_JSON_NUMBER_SIZE_MAX digits.
 */
#ifndef QD_BASE_XCONTENT_BIGINT_H
#define QD_BASE_XCONTENT_BIGINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

#define QD_BIGINT_BYTES_MAX 420

/* The magnitude of decimal digits as big-endian bytes without leading zeros into
 * bytes[QD_BIGINT_BYTES_MAX]; returns how many, 0 for the number 0. digits.size <=
 * QD_JSON_NUMBER_SIZE_MAX. */
size_t qd_bigint_from_digits(struct qd_slice digits, uint8_t *bytes);

/* Appends the decimal digits of a big-endian magnitude; false when it is larger than QD_BIGINT_BYTES_MAX
 * bytes. */
bool qd_bigint_print(struct qd_buffer *out, const uint8_t *bytes, size_t size);

#endif
