/* CRC32C (Castagnoli), the checksum of every stored section, translog record and frame.
 *
 * Pure functions. Uses the SSE4.2 instruction where the processor has it, a table elsewhere; both give the
 * same numbers. Check value: "123456789" gives 0xe3069283. Source: RFC 3720 appendix B.4.
 */
#ifndef QD_BASE_CHECKSUM_H
#define QD_BASE_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/* CRC32C of data[size]. */
uint32_t qd_crc32c(const void *data, size_t size);

/* Continues: qd_crc32c_extend(qd_crc32c(a), b) is the checksum of a followed by b; 0 starts. */
uint32_t qd_crc32c_extend(uint32_t crc, const void *data, size_t size);

/* The portable twin, for tests. */
uint32_t qd_crc32c_extend_table(uint32_t crc, const void *data, size_t size);

#endif
