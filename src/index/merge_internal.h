/* What the files of merging share: merge.c (whole segment), merge_postings.c, merge_columns.c. */
#ifndef QD_INDEX_MERGE_INTERNAL_H
#define QD_INDEX_MERGE_INTERNAL_H

#include "codec/segment.h"
#include "index/merge.h"

/* One input with its new doc ids. */
struct qd_merge_source {
    struct qd_segment *segment;
    const struct qd_live_docs *live; /* NULL: all live */
    uint32_t doc_count;
    uint32_t base;                   /* new id of the first live document */
    /* map[doc_count]: new doc ids, QD_DOC_END for deleted ones; NULL: base + doc */
    const uint32_t *map;
};

/* A merge in work. */
struct qd_merge_state {
    const struct qd_merge_source *sources; /* sources[source_count] */
    uint32_t source_count;
    uint32_t doc_count;                    /* of the result */
    struct qd_segment_writer *writer;
    struct qd_sections_writer *sections;
    struct qd_arena *scratch;              /* reset after each field */
};

/* The new id of a document, QD_DOC_END when it is deleted. */
static inline qd_doc_id qd_merge_map(const struct qd_merge_source *source, qd_doc_id doc)
{
    return source->map == NULL ? source->base + doc : source->map[doc];
}

/* Write one structure of the merged field (number set). Norms: *norms gets norms[doc_count] in scratch, for
 * impacts. */
QD_CHECKED enum qd_status qd_merge_norms(struct qd_merge_state *state, const struct qd_segment_field *field,
                                         const uint8_t **norms, struct qd_error *error);
QD_CHECKED enum qd_status qd_merge_postings(struct qd_merge_state *state,
                                            const struct qd_segment_field *field,
                                            const uint8_t *norms, struct qd_error *error);
QD_CHECKED enum qd_status qd_merge_numeric(struct qd_merge_state *state, const struct qd_segment_field *field,
                                           struct qd_error *error);
QD_CHECKED enum qd_status qd_merge_ordinals(struct qd_merge_state *state,
                                            const struct qd_segment_field *field, struct qd_error *error);
QD_CHECKED enum qd_status qd_merge_binary(struct qd_merge_state *state, const struct qd_segment_field *field,
                                          struct qd_error *error);
QD_CHECKED enum qd_status qd_merge_points(struct qd_merge_state *state, const struct qd_segment_field *field,
                                          struct qd_error *error);

#endif
