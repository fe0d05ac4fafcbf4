/* A segment for reading: field table plus the readers of each field's structures.
 *
 * Used by search, aggregation, merging and the engine. Immutable and shared by threads. Doc ids are 0 ..
 * doc_count - 1. Deleted documents are not known here: the engine's snapshot carries a live-docs bitset
 * beside it. Structures open lazily by qd_segment_<kind>; opening verifies checksums, so a flipped bit gives
 * QD_CORRUPTION before a wrong answer.
 */
#ifndef QD_CODEC_SEGMENT_H
#define QD_CODEC_SEGMENT_H

#include "base/arena.h"
#include "base/breaker.h"
#include "base/buffer.h"
#include "base/field_kinds.h"
#include "base/slice.h"
#include "base/status.h"
#include "codec/sections.h"

typedef uint32_t qd_doc_id;
/* Past the last document: what iterators give at the end. */
#define QD_DOC_END UINT32_MAX
/* Documents a segment can hold. */
#define QD_SEGMENT_DOCS_MAX ((uint32_t)1 << 30)

/* A field as a segment knows it. */
struct qd_segment_field {
    struct qd_slice name;                /* full path, e.g. "user.name.keyword", or "_id", "_routing", ... */
    uint32_t number;                     /* index in the table */
    enum qd_index_options index_options; /* inverted index, or none */
    bool has_norms;                      /* one byte per document */
    enum qd_column_kind column;          /* doc values, or none */
    uint8_t point_dimensions;            /* 0: no points */
    uint8_t point_bytes;                 /* bytes per dimension, 1 to 16 */
};

struct qd_segment;        /* an opened segment */
struct qd_terms;          /* codec/postings.h */
struct qd_numeric_column; /* codec/columns.h */
struct qd_ordinal_column;
struct qd_binary_column;
struct qd_norms;  /* codec/norms.h */
struct qd_points; /* codec/points.h */
struct qd_stored; /* codec/stored.h */
struct qd_ids;    /* codec/ids.h */

/* Opens a segment over container bytes that outlive it. All readers that are opened later live in `arena`,
 * under a lock of the segment's own (opening is thread-safe; it happens once per structure). Errors:
 * QD_CORRUPTION. */
QD_CHECKED enum qd_status qd_segment_open(struct qd_arena *arena, struct qd_slice name, struct qd_slice bytes,
                                          struct qd_segment **segment, struct qd_error *error);

/* Documents, deleted ones included. */
uint32_t qd_segment_doc_count(const struct qd_segment *segment);

/* The container. */
const struct qd_sections *qd_segment_sections(const struct qd_segment *segment);

/* The name given at opening. */
struct qd_slice qd_segment_name(const struct qd_segment *segment);

/* Size of the container in bytes. */
uint64_t qd_segment_size(const struct qd_segment *segment);

/* Field table: count, by number, by name (NULL when the segment has no such field). */
uint32_t qd_segment_field_count(const struct qd_segment *segment);
const struct qd_segment_field *qd_segment_field_at(const struct qd_segment *segment, uint32_t number);
const struct qd_segment_field *qd_segment_field(const struct qd_segment *segment, struct qd_slice name);

/* The structures of a field. *result is NULL (and QD_OK) when the field does not exist in this segment or has
 * no such structure. Columns of ordinals may be loaded ones. */
QD_CHECKED enum qd_status qd_segment_terms(struct qd_segment *segment, struct qd_slice field,
                                           struct qd_terms **result, struct qd_error *error);
QD_CHECKED enum qd_status qd_segment_norms(struct qd_segment *segment, struct qd_slice field,
                                           struct qd_norms **result, struct qd_error *error);
QD_CHECKED enum qd_status qd_segment_numeric(struct qd_segment *segment, struct qd_slice field,
                                             struct qd_numeric_column **result, struct qd_error *error);
QD_CHECKED enum qd_status qd_segment_ordinals(struct qd_segment *segment, struct qd_slice field,
                                              struct qd_ordinal_column **result, struct qd_error *error);
QD_CHECKED enum qd_status qd_segment_binary(struct qd_segment *segment, struct qd_slice field,
                                            struct qd_binary_column **result, struct qd_error *error);
QD_CHECKED enum qd_status qd_segment_points(struct qd_segment *segment, struct qd_slice field,
                                            struct qd_points **result, struct qd_error *error);
QD_CHECKED enum qd_status qd_segment_stored(struct qd_segment *segment, struct qd_stored **result,
                                            struct qd_error *error);
QD_CHECKED enum qd_status qd_segment_ids(struct qd_segment *segment, struct qd_ids **result,
                                         struct qd_error *error);

#define QD_SEGMENT_TALLY_MAX 65536
/* How many documents, deleted ones included, have each term of a column of ordinals: counts[term_count].
 * Computed when it is first asked for; NULL also for columns of more than QD_SEGMENT_TALLY_MAX terms. */
QD_CHECKED enum qd_status qd_segment_tally(struct qd_segment *segment, struct qd_slice field,
                                           const uint32_t **counts, struct qd_error *error);

/* A column of ordinals that a segment was not written with, but that was made of its terms: field data. Twins
 * share it; it goes away with the last of them that has it. */
struct qd_loaded_column {
    struct qd_arena *arena;           /* this struct, `field` and the column's reader */
    struct qd_buffer image;           /* the column's bytes */
    struct qd_slice field;            /* full path */
    struct qd_ordinal_column *column; /* NULL: no document has a term */
    struct qd_breaker *breaker;       /* of which `bytes` are taken; may be NULL */
    int64_t bytes;                    /* memory that it takes */
    _Atomic uint32_t references;      /* segments that have it; set when it is added */
};

/* The loaded column of a field, NULL when there is none. */
const struct qd_loaded_column *qd_segment_loaded(const struct qd_segment *segment, struct qd_slice field);

/* Calls `visit` for each loaded column, the newest first. */
typedef void qd_loaded_visitor(void *context, const struct qd_loaded_column *loaded);
void qd_segment_visit_loaded(const struct qd_segment *segment, qd_loaded_visitor *visit, void *context);

/* Gives the segment a column and takes its bytes from the breaker; one too many for the field is destroyed.
 * Any thread. */
void qd_segment_add_loaded(struct qd_segment *segment, struct qd_loaded_column *loaded);

/* Gives up all loaded columns, when the segment goes away. */
void qd_segment_release_loaded(struct qd_segment *segment);

/* A segment over the same bytes and opened structures as `of`, which outlives it, with loaded columns of its
 * own: those of `of` but for the fields in `dropped` (names between commas; empty: all are dropped). So a
 * column is dropped while searches still use it in the older segment. Memory: `arena`. Any thread. */
struct qd_segment *qd_segment_twin(struct qd_arena *arena, struct qd_segment *of, struct qd_slice dropped);

/* Writes a whole segment: the order of calls is
 * create, then per field (ascending by name) begin_field and the field writers of postings.h / columns.h /
 * norms.h / points.h with qd_segment_writer_sections(), then the stored and id writers, then finish. */
struct qd_segment_writer;

/* Starts a segment of `doc_count` documents. */
struct qd_segment_writer *qd_segment_writer_create(struct qd_arena *arena, struct qd_sink sink,
                                                   uint32_t doc_count);

/* Adds a field to the table; its number is set by the writer and returned. */
uint32_t qd_segment_writer_begin_field(struct qd_segment_writer *writer,
                                       const struct qd_segment_field *field);

/* Where the field writers put their sections. */
struct qd_sections_writer *qd_segment_writer_sections(struct qd_segment_writer *writer);

/* Writes field table and footer. */
QD_CHECKED enum qd_status qd_segment_writer_finish(struct qd_segment_writer *writer, uint64_t *size,
                                                   struct qd_error *error);

#endif
