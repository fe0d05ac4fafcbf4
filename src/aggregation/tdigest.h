/* A t-digest: quantiles in little memory, exact for few values.
 *
 * Merging variant with scale function k2, alternating merge direction and two-level compression, so that the
 * same values in the same order give the reference's numbers. Used by percentiles, percentile_ranks and
 * median_absolute_deviation. Source: "Computing Extremely Accurate Quantiles Using t-Digests" (Dunning,
 * Ertl); t-digest 3.3 MergingDigest.
 */
#ifndef QD_AGGREGATION_TDIGEST_H
#define QD_AGGREGATION_TDIGEST_H

#include "base/arena.h"
#include "base/buffer.h"

#define QD_TDIGEST_COMPRESSION_MAX 10000

struct qd_tdigest;

/* An empty digest; compression is brought into 10 .. QD_TDIGEST_COMPRESSION_MAX. Memory: `arena`, which it
 * keeps. */
struct qd_tdigest *qd_tdigest_create(struct qd_arena *arena, double compression);

/* Bytes that a digest of this compression takes. */
size_t qd_tdigest_size(double compression);

/* What a caller that is given NaN says, which no digest takes. */
#define QD_TDIGEST_NAN "Cannot add NaN to t-digest"

/* Adds a value, which is not NaN, with a weight > 0. */
void qd_tdigest_add(struct qd_tdigest *digest, double value, double weight);

/* Adds the centroids of another digest, which is compressed before. */
void qd_tdigest_merge(struct qd_tdigest *digest, struct qd_tdigest *other);

/* Merges everything down to the compression that was asked for; the reference does so before it answers. */
void qd_tdigest_compress(struct qd_tdigest *digest);

/* Values seen. */
double qd_tdigest_count(struct qd_tdigest *digest);

/* The value at a quantile, 0 .. 1; NaN when the digest is empty. */
double qd_tdigest_quantile(struct qd_tdigest *digest, double quantile);

/* The part of the values that is not above `value`; NaN when the digest is empty. */
double qd_tdigest_cdf(struct qd_tdigest *digest, double value);

/* Median of the distances from the median; NaN when the digest is empty. Compresses the digest in between. */
double qd_tdigest_median_deviation(struct qd_tdigest *digest);

/* Bytes of a digest; a malformed one fails the reader and gives an empty digest. */
void qd_tdigest_write(struct qd_tdigest *digest, struct qd_buffer *buffer);
struct qd_tdigest *qd_tdigest_read(struct qd_reader *reader, struct qd_arena *arena);

#endif
