/* The terms of a segment. */
#include "codec/postings.h"
#include "codec/segment_slots.h"

static enum qd_status open_terms(const struct qd_segment_opening *opening, void **result,
                                 struct qd_error *error)
{
    struct qd_terms *opened = NULL;
    QD_TRY(
        qd_terms_open(opening->arena, opening->sections, opening->field, opening->doc_count, &opened, error));
    *result = opened;
    return QD_OK;
}

enum qd_status qd_segment_terms(struct qd_segment *segment, struct qd_slice field, struct qd_terms **result,
                                struct qd_error *error)
{
    static const struct qd_segment_structure structure = { QD_SEGMENT_SLOT_TERMS, QD_SECTION_TERMS,
                                                           open_terms };
    const struct qd_segment_field *found = qd_segment_field(segment, field);
    void *opened = NULL;
    if (found != NULL && found->index_options != QD_INDEX_NONE) {
        QD_TRY(qd_segment_slot_get(segment, found, &structure, &opened, error));
    }
    *result = opened;
    return QD_OK;
}
