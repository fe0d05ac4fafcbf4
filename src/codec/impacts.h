/* Impacts: the pairs of frequency and norm that can reach the best score of a run of documents.
 *
 * Used by the postings writer and reader. A pair is competitive unless another has at least its frequency and
 * at most its norm (a smaller norm byte stands for a shorter field). Format: spec/formats/postings.md.
 * Source: Lucene CompetitiveImpactAccumulator (idea).
 */
#ifndef QD_CODEC_IMPACTS_H
#define QD_CODEC_IMPACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "codec/postings.h"

/* Pairs that a run can have: one per norm byte. */
#define QD_IMPACTS_MAX 256
/* The most bytes that qd_impacts_write gives. */
#define QD_IMPACTS_BYTES_MAX (QD_IMPACTS_MAX * 7)

/* Collects the pairs of a run. { 0 } is empty. */
struct qd_impacts {
    uint32_t freq_max[256]; /* per norm the greatest frequency seen, 0: none */
    unsigned norm_end;      /* one more than the greatest norm seen; 0: nothing seen */
};

/* Adds a document's pair; freq >= 1. */
static inline void qd_impacts_add(struct qd_impacts *impacts, uint32_t freq, uint8_t norm)
{
    if (impacts->freq_max[norm] < freq) impacts->freq_max[norm] = freq;
    if (impacts->norm_end <= norm) impacts->norm_end = (unsigned)norm + 1;
}

/* Forgets everything. */
void qd_impacts_clear(struct qd_impacts *impacts);

/* The competitive pairs to pairs[QD_IMPACTS_MAX], ascending by both members; returns how many. */
size_t qd_impacts_list(const struct qd_impacts *impacts, struct qd_impact *pairs);

/* Encodes pairs[count] as qd_impacts_list orders them to out[QD_IMPACTS_BYTES_MAX]; returns the bytes. */
size_t qd_impacts_write(const struct qd_impact *pairs, size_t count, uint8_t *out);

/* Decodes bytes to pairs[QD_IMPACTS_MAX]; returns how many, 0 when they are malformed. */
size_t qd_impacts_read(struct qd_slice bytes, struct qd_impact *pairs);

#endif
