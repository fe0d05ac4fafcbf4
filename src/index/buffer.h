/* The index buffer of a shard: documents in memory before they are searchable.
 *
 * Used by the engine. Fields appear as documents bring them; each has terms and postings (inverter.h),
 * columns, points and norms (column_buffer.h) as its mapping asks. qd_image_build turns the buffer into a
 * segment. Source: Lucene IndexingChain (idea), BM25Similarity.computeNorm.
 */
#ifndef QD_INDEX_BUFFER_H
#define QD_INDEX_BUFFER_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/map.h"
#include "base/slice.h"
#include "base/status.h"
#include "codec/segment.h"
#include "index/byte_pool.h"
#include "index/column_buffer.h"
#include "index/inverter.h"
#include "mapping/document.h"

/* One field. */
struct qd_buffer_field {
    struct qd_slice name;            /* in the buffer's arena */
    enum qd_index_options index_options;
    bool has_norms;
    enum qd_column_kind column;
    uint8_t point_bytes;
    bool transposed;                 /* the inverter has no postings: they are made from the column */
    struct qd_inverter inverter;     /* terms of inverted fields and ordinal columns */
    struct qd_column_buffer values;  /* int64_t, uint32_t term numbers or slices, by `column` */
    struct qd_point_buffer points;
    struct qd_norm_buffer norms;
};

/* True when the field's points are not kept, because they are the numbers of its column. */
static inline bool qd_buffer_field_points_in_column(const struct qd_buffer_field *field)
{
    return field->point_bytes == sizeof(int64_t) && field->column == QD_COLUMN_NUMERIC;
}

/* What the engine adds to a document. */
struct qd_buffer_facts {
    int64_t version;
    int64_t seq_no;
    int64_t primary_term;
};

/* How much one field of a buffer came to. */
struct qd_field_shape {
    uint32_t terms;      /* in its inverter */
    uint32_t column;     /* documents in its column */
    uint32_t values;     /* values in its column */
    uint32_t points;     /* points */
    uint32_t norms;      /* documents that its norms cover */
};

/* How large a buffer became: the next one of the shard takes that much room at once, so that its arrays need
 * not be copied again and again into larger ones, which would also leave the smaller ones behind in the
 * arena. */
struct qd_buffer_shape {
    struct qd_arena *arena;          /* this struct */
    struct qd_map by_name;           /* name -> struct qd_field_shape */
    uint32_t doc_count;              /* documents, deleted ones too */
};

struct qd_index_buffer {
    struct qd_arena *arena;          /* everything below */
    const struct qd_buffer_shape *shape; /* what to expect; NULL: nothing is known */
    struct qd_byte_pool pool;
    uint64_t seed;                   /* of term hashes */
    struct qd_buffer_field **fields; /* fields[field_count], in order of appearance */
    uint32_t field_count;
    uint32_t field_capacity;
    struct qd_map by_name;           /* name -> struct qd_buffer_field */
    uint32_t guess;                  /* index after the field found last: documents are alike */
    struct qd_slice *ids;            /* ids[doc_count] */
    struct qd_slice *records;        /* records[doc_count] */
    uint64_t *live;                  /* bits[doc_capacity] */
    uint32_t doc_count;
    uint32_t deleted_count;
    uint32_t doc_capacity;           /* a multiple of 64 */
    struct qd_buffer record_scratch;
    struct qd_buffer_field *version; /* columns of every document */
    struct qd_buffer_field *seq_no;
    struct qd_buffer_field *primary_term;
};

/* An empty buffer that expects to become like `shape`, which must live as long as documents are added; NULL:
 * nothing is known. Memory: qd_index_buffer_destroy. */
struct qd_index_buffer *qd_index_buffer_create(uint64_t seed, const struct qd_buffer_shape *shape);
void qd_index_buffer_destroy(struct qd_index_buffer *buffer);

/* Checks what the index cannot take (terms longer than QD_TERM_SIZE_MAX); nothing is changed.
 * Errors: QD_ILLEGAL_ARGUMENT with the reference's texts. */
QD_CHECKED enum qd_status qd_index_buffer_check(const struct qd_document *document, struct qd_error *error);

/* Adds a checked document; returns its number. Everything is copied. */
qd_doc_id qd_index_buffer_add(struct qd_index_buffer *buffer, const struct qd_document *document,
                              const struct qd_buffer_facts *facts);

/* Marks a document as deleted; it must be live. */
void qd_index_buffer_delete(struct qd_index_buffer *buffer, qd_doc_id doc);

/* The shape of a buffer, or NULL when it is too small to matter. Memory: qd_buffer_shape_destroy. */
struct qd_buffer_shape *qd_index_buffer_shape(const struct qd_index_buffer *buffer);

/* Gives a shape back; NULL does nothing. */
void qd_buffer_shape_destroy(struct qd_buffer_shape *shape);

/* Bytes held. */
size_t qd_index_buffer_size(const struct qd_index_buffer *buffer);

#endif
