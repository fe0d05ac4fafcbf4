/* The cache of a segment's structures: opens each on first use, once, for any number of threads.
 *
 * Used by segment_structures.c and segment_terms.c only. A slot is empty, holds an opened structure, or a
 * mark that it was found corrupt. Readers of a filled slot take no lock.
 */
#ifndef QD_CODEC_SEGMENT_SLOTS_H
#define QD_CODEC_SEGMENT_SLOTS_H

#include "codec/segment.h"

/* A field has at most one kind of column, so columns share a slot. */
enum qd_segment_slot_kind {
    QD_SEGMENT_SLOT_TERMS,
    QD_SEGMENT_SLOT_NORMS,
    QD_SEGMENT_SLOT_COLUMN,
    QD_SEGMENT_SLOT_POINTS,
    QD_SEGMENT_SLOT_TALLY, /* documents per ordinal, computed */
    QD_SEGMENT_SLOTS_PER_FIELD,
    QD_SEGMENT_SLOT_STORED, /* of the whole segment */
    QD_SEGMENT_SLOT_IDS
};

/* What an opener gets: its arena is the segment's and belongs to it until it returns. */
struct qd_segment_opening {
    struct qd_arena *arena;
    const struct qd_sections *sections;
    const struct qd_segment_field *field; /* NULL for structures of the whole segment */
    uint32_t doc_count;
};

/* Opens a structure into *result. */
typedef enum qd_status qd_segment_open_function(const struct qd_segment_opening *opening, void **result,
                                                struct qd_error *error);

/* One structure: where it is cached, which section it needs, who opens it. */
struct qd_segment_structure {
    enum qd_segment_slot_kind slot;
    enum qd_section_kind section; /* missing in the container: the result is NULL */
    qd_segment_open_function *open;
};

/* The structure of `field` (NULL: of the whole segment), opened on first use. Errors: QD_CORRUPTION. */
QD_CHECKED enum qd_status qd_segment_slot_get(struct qd_segment *segment,
                                              const struct qd_segment_field *field,
                                              const struct qd_segment_structure *structure, void **result,
                                              struct qd_error *error);

#endif
