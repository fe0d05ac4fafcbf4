#include "base/murmur3.h"

#include <stddef.h>

uint32_t qd_murmur3_32(struct qd_slice bytes, uint32_t seed)
{
    const uint8_t *data = (const uint8_t *)bytes.data;
    uint32_t hash = seed;
    size_t whole = bytes.size / 4 * 4;
    for (size_t i = 0; i < whole; i += 4) {
        uint32_t k = (uint32_t)data[i] | (uint32_t)data[i + 1] << 8 | (uint32_t)data[i + 2] << 16 |
                     (uint32_t)data[i + 3] << 24;
        k *= 0xcc9e2d51u;
        k = k << 15 | k >> 17;
        hash ^= k * 0x1b873593u;
        hash = (hash << 13 | hash >> 19) * 5 + 0xe6546b64u;
    }
    uint32_t tail = 0;
    for (size_t i = bytes.size; i > whole; i--) tail = tail << 8 | data[i - 1];
    tail *= 0xcc9e2d51u;
    tail = tail << 15 | tail >> 17;
    if (bytes.size > whole) hash ^= tail * 0x1b873593u;
    hash ^= (uint32_t)bytes.size;
    hash = (hash ^ hash >> 16) * 0x85ebca6bu;
    hash = (hash ^ hash >> 13) * 0xc2b2ae35u;
    return hash ^ hash >> 16;
}
