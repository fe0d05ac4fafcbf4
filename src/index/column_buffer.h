/* Doc values, points and norms of one field in memory: arrays that grow as documents arrive.
 *
 * Used by the index buffer; written out through codec/columns.h, points.h and norms.h. Documents come in
 * ascending order; each is added to a column at most once.
 */
#ifndef QD_INDEX_COLUMN_BUFFER_H
#define QD_INDEX_COLUMN_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"

/* A column whose values are `width` bytes each: int64_t numbers, uint32_t term numbers, slices. Most columns
 * have one value for every document so far; what they do not need to tell that is not kept. */
struct qd_column_buffer {
    uint32_t *docs;       /* docs[count], ascending; NULL: 0, 1, 2 ... */
    uint32_t *starts;     /* starts[count + 1]; NULL: every document has one value */
    uint32_t count;       /* documents with a value */
    uint32_t capacity;    /* documents that docs and starts have or will have room for */
    void *values;         /* values[value_count] */
    uint32_t value_count; /* values of all documents */
    uint32_t value_capacity; /* room of values */
};

/* How much a column is to have room for. */
struct qd_column_size {
    uint32_t docs;        /* documents with a value */
    uint32_t values;      /* values of all of them */
    size_t width;         /* bytes of a value */
};

/* Room in a column that is empty yet. */
void qd_column_buffer_reserve(struct qd_column_buffer *column, struct qd_arena *arena,
                              const struct qd_column_size *size);

/* Makes room for `count` >= 1 values of `width` bytes of a new document; returns where they go. */
void *qd_column_buffer_add(struct qd_column_buffer *column, struct qd_arena *arena, uint32_t doc,
                           uint32_t count, size_t width);

/* The column's documents, docs[count]. Memory: the column's own, or `arena`. */
const uint32_t *qd_column_buffer_docs(const struct qd_column_buffer *column, struct qd_arena *arena);

/* Sorts numbers ascending. */
void qd_sort_int64(int64_t *values, uint32_t count);

/* Points: fixed-width bytes with their documents. */
struct qd_point_buffer {
    uint8_t *values;    /* values[count * width] */
    uint32_t *docs;     /* docs[count] */
    uint32_t count;
    uint32_t capacity;
};

/* Room for `count` points of `width` bytes where none is yet. */
void qd_point_buffer_reserve(struct qd_point_buffer *points, struct qd_arena *arena, uint32_t count,
                             size_t width);

/* Makes room for one point of `width` bytes; returns where it goes. */
uint8_t *qd_point_buffer_add(struct qd_point_buffer *points, struct qd_arena *arena, uint32_t doc,
                             size_t width);

/* Norms: one byte per document, with a bit that tells who has the field. */
struct qd_norm_buffer {
    uint8_t *bytes;     /* bytes[capacity], 0 where absent */
    uint64_t *present;  /* bits[capacity] */
    uint32_t capacity;  /* a multiple of 64 */
    uint32_t count;     /* documents with a norm */
};

/* Sets the norm of a document. */
void qd_norm_buffer_set(struct qd_norm_buffer *norms, struct qd_arena *arena, uint32_t doc, uint8_t norm);

/* Makes the arrays cover doc_count documents. */
void qd_norm_buffer_cover(struct qd_norm_buffer *norms, struct qd_arena *arena, uint32_t doc_count);

#endif
