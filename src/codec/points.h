/* Points: a block KD tree over fixed-width values.
 *
 * Used by range, term and distance queries on numbers, dates, ip and geo points. Values are unsigned
 * big-endian bytes that sort as the values do. Format: spec/formats/points.md. Source: Lucene BKD (idea),
 * Procopiuc et al. 2003.
 */
#ifndef QD_CODEC_POINTS_H
#define QD_CODEC_POINTS_H

#include "base/arena.h"
#include "base/status.h"
#include "codec/segment.h"

#define QD_POINT_DIMENSIONS_MAX 8
#define QD_POINT_BYTES_MAX 16

/* Writes points: values[count * dimensions * bytes] and docs[count], in any order; both are sorted in place.
 */
struct qd_points_input {
    uint8_t *values;
    qd_doc_id *docs;
    uint32_t count;
    uint8_t dimensions;
    uint8_t bytes; /* per dimension */
};
void qd_points_write(struct qd_arena *scratch, struct qd_sections_writer *sections, uint32_t field,
                     struct qd_points_input *input);

/* Opens a field's points. Errors: QD_CORRUPTION. */
QD_CHECKED enum qd_status qd_points_open(struct qd_arena *arena, const struct qd_sections *sections,
                                         const struct qd_segment_field *field, uint32_t doc_count,
                                         struct qd_points **points, struct qd_error *error);

/* Points, documents with a point, and the bounding box (views of dimensions * bytes). */
uint64_t qd_points_count(const struct qd_points *points);
uint32_t qd_points_doc_count(const struct qd_points *points);
const uint8_t *qd_points_min(const struct qd_points *points);
const uint8_t *qd_points_max(const struct qd_points *points);

/* Sets bits[doc] for documents with a point inside the box [lower, upper] (each dimensions * bytes,
 * inclusive). `words` covers all documents. Returns the number of points that matched. */
uint64_t qd_points_range(const struct qd_points *points, const uint8_t *lower, const uint8_t *upper,
                         uint64_t *words);

/* An estimate of how many points lie in the box, without reading leaves: for choosing how to run a query. */
uint64_t qd_points_estimate(const struct qd_points *points, const uint8_t *lower, const uint8_t *upper);

/* The exact number of points in the box of a one-dimensional tree; reads at most two leaves. */
uint64_t qd_points_count_range(const struct qd_points *points, const uint8_t *lower, const uint8_t *upper);

/* Walks a one-dimensional tree in order of value, forwards or backwards, over points inside [lower, upper]
 * (each may be NULL: no bound): visit returns false to stop. Equal values come by document, ascending;
 * descending when walking backwards. For sorted searches that end early. */
struct qd_points_walk {
    const uint8_t *lower;
    const uint8_t *upper;
    bool descending;
    bool (*visit)(void *context, const uint8_t *value, qd_doc_id doc);
    void *context;
};
void qd_points_in_order(const struct qd_points *points, const struct qd_points_walk *walk);

/* Walks a tree with a shape test: relate says whether a cell [min, max] is outside, inside or crossed; visit
 * gets single values. For geo. */
enum qd_points_relation { QD_POINTS_OUTSIDE, QD_POINTS_INSIDE, QD_POINTS_CROSSES };
struct qd_points_shape {
    enum qd_points_relation (*relate)(void *context, const uint8_t *min, const uint8_t *max);
    bool (*contains)(void *context, const uint8_t *value);
    void *context;
};
void qd_points_match_shape(const struct qd_points *points, const struct qd_points_shape *shape,
                           uint64_t *words);

#endif
