#include "codec/impacts.h"

#include <string.h>

#include "base/assert.h"
#include "codec/packing.h"

void qd_impacts_clear(struct qd_impacts *impacts)
{
    memset(impacts->freq_max, 0, impacts->norm_end * sizeof(impacts->freq_max[0]));
    impacts->norm_end = 0;
}

size_t qd_impacts_list(const struct qd_impacts *impacts, struct qd_impact *pairs)
{
    size_t count = 0;
    uint32_t freq_best = 0;
    for (unsigned norm = 0; norm < impacts->norm_end; norm++) {
        uint32_t freq = impacts->freq_max[norm];
        if (freq <= freq_best) continue;
        pairs[count++] = (struct qd_impact){ freq, (uint8_t)norm };
        freq_best = freq;
    }
    return count;
}

/* Both members ascend strictly, so differences less one are stored; a norm difference of one, the common
 * case, is told by the low bit of the first number. */
size_t qd_impacts_write(const struct qd_impact *pairs, size_t count, uint8_t *out)
{
    uint32_t freq = 0;
    unsigned norm = 0;
    uint8_t *start = out;
    for (size_t i = 0; i < count; i++) {
        uint32_t freq_step = pairs[i].freq - freq - 1;
        unsigned norm_step = pairs[i].norm - norm;
        qd_assert(pairs[i].freq > freq);
        bool plain = norm_step == 1;
        uint64_t first = (uint64_t)freq_step << 1 | !plain;
        while (first >= 0x80) {
            *out++ = (uint8_t)(first | 0x80);
            first >>= 7;
        }
        *out++ = (uint8_t)first;
        if (!plain) *out++ = (uint8_t)norm_step;
        freq = pairs[i].freq;
        norm = pairs[i].norm;
    }
    return (size_t)(out - start);
}

size_t qd_impacts_read(struct qd_slice bytes, struct qd_impact *pairs)
{
    struct qd_reader reader = qd_reader_make(bytes);
    uint64_t freq = 0;
    unsigned norm = 0;
    size_t count = 0;
    while (reader.at < reader.end) {
        uint64_t first = qd_packing_varint(&reader);
        freq += (first >> 1) + 1;
        norm += (first & 1) == 0 ? 1u : qd_reader_byte(&reader);
        if (reader.failed || first >> 33 != 0 || freq > UINT32_MAX || norm > UINT8_MAX ||
            count == QD_IMPACTS_MAX) {
            return 0;
        }
        pairs[count++] = (struct qd_impact){ (uint32_t)freq, (uint8_t)norm };
    }
    return count;
}
