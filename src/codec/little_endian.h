/* Fixed-width little-endian numbers at any address.
 *
 * Used by the readers and writers of src/codec, whose sections promise no alignment inside. The formats are
 * little-endian and so are the machines that this program is built for: a load is one instruction.
 */
#ifndef QD_CODEC_LITTLE_ENDIAN_H
#define QD_CODEC_LITTLE_ENDIAN_H

#include <stdint.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the formats are read and written with plain loads and stores: this needs a little-endian machine"
#endif

/* Each reads a number from bytes that the caller has checked to be there. */
static inline uint16_t qd_load_u16(const void *at)
{
    uint16_t value;
    memcpy(&value, at, sizeof(value));
    return value;
}

/* See qd_load_u16. */
static inline uint32_t qd_load_u32(const void *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof(value));
    return value;
}

/* See qd_load_u16. */
static inline uint64_t qd_load_u64(const void *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof(value));
    return value;
}

/* Each writes a number to bytes that the caller owns. */
static inline void qd_store_u32(void *at, uint32_t value)
{
    memcpy(at, &value, sizeof(value));
}

/* See qd_store_u32. */
static inline void qd_store_u64(void *at, uint64_t value)
{
    memcpy(at, &value, sizeof(value));
}

#endif
