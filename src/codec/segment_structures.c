/* The structures of a segment that are opened on first use: one pair of functions each. */
#include "codec/columns.h"
#include "codec/ids.h"
#include "codec/norms.h"
#include "codec/points.h"
#include "codec/segment_slots.h"
#include "codec/stored.h"

static enum qd_status open_norms(const struct qd_segment_opening *opening, void **result,
                                 struct qd_error *error)
{
    struct qd_norms *opened = NULL;
    QD_TRY(qd_norms_open(opening->arena, opening->sections, opening->field->number, opening->doc_count,
                         &opened, error));
    *result = opened;
    return QD_OK;
}

enum qd_status qd_segment_norms(struct qd_segment *segment, struct qd_slice field, struct qd_norms **result,
                                struct qd_error *error)
{
    static const struct qd_segment_structure structure = { QD_SEGMENT_SLOT_NORMS, QD_SECTION_NORMS,
                                                           open_norms };
    const struct qd_segment_field *found = qd_segment_field(segment, field);
    void *opened = NULL;
    if (found != NULL && found->has_norms) {
        QD_TRY(qd_segment_slot_get(segment, found, &structure, &opened, error));
    }
    *result = opened;
    return QD_OK;
}

static enum qd_status open_numeric(const struct qd_segment_opening *opening, void **result,
                                   struct qd_error *error)
{
    struct qd_numeric_column *opened = NULL;
    QD_TRY(qd_numeric_open(opening->arena, opening->sections, opening->field->number, opening->doc_count,
                           &opened, error));
    *result = opened;
    return QD_OK;
}

enum qd_status qd_segment_numeric(struct qd_segment *segment, struct qd_slice field,
                                  struct qd_numeric_column **result, struct qd_error *error)
{
    static const struct qd_segment_structure structure = { QD_SEGMENT_SLOT_COLUMN, QD_SECTION_NUMERIC,
                                                           open_numeric };
    const struct qd_segment_field *found = qd_segment_field(segment, field);
    void *opened = NULL;
    if (found != NULL && found->column == QD_COLUMN_NUMERIC) {
        QD_TRY(qd_segment_slot_get(segment, found, &structure, &opened, error));
    }
    *result = opened;
    return QD_OK;
}

static enum qd_status open_ordinals(const struct qd_segment_opening *opening, void **result,
                                    struct qd_error *error)
{
    struct qd_ordinal_column *opened = NULL;
    QD_TRY(qd_ordinal_open(opening->arena, opening->sections, opening->field->number, opening->doc_count,
                           &opened, error));
    *result = opened;
    return QD_OK;
}

enum qd_status qd_segment_ordinals(struct qd_segment *segment, struct qd_slice field,
                                   struct qd_ordinal_column **result, struct qd_error *error)
{
    static const struct qd_segment_structure structure = { QD_SEGMENT_SLOT_COLUMN, QD_SECTION_ORDINALS,
                                                           open_ordinals };
    const struct qd_segment_field *found = qd_segment_field(segment, field);
    void *opened = NULL;
    if (found != NULL && found->column == QD_COLUMN_ORDINALS) {
        QD_TRY(qd_segment_slot_get(segment, found, &structure, &opened, error));
    } else if (found != NULL && found->column == QD_COLUMN_NONE) {
        const struct qd_loaded_column *loaded = qd_segment_loaded(segment, field);
        if (loaded != NULL) opened = loaded->column;
    }
    *result = opened;
    return QD_OK;
}

static enum qd_status open_tally(const struct qd_segment_opening *opening, void **result,
                                 struct qd_error *error)
{
    struct qd_ordinal_column *column = NULL;
    QD_TRY(qd_ordinal_open(opening->arena, opening->sections, opening->field->number, opening->doc_count,
                           &column, error));
    const struct qd_numeric_column *ordinals = qd_ordinal_numbers(column);
    uint32_t *counts = QD_NEW_ARRAY(opening->arena, uint32_t, qd_numeric_tally_size(ordinals));
    qd_numeric_tally(ordinals, counts);
    *result = counts;
    return QD_OK;
}

enum qd_status qd_segment_tally(struct qd_segment *segment, struct qd_slice field, const uint32_t **counts,
                                struct qd_error *error)
{
    static const struct qd_segment_structure structure = { QD_SEGMENT_SLOT_TALLY, QD_SECTION_ORDINALS,
                                                           open_tally };
    struct qd_ordinal_column *column;
    void *opened = NULL;
    *counts = NULL;
    QD_TRY(qd_segment_ordinals(segment, field, &column, error));
    if (column == NULL || qd_ordinal_term_count(column) > QD_SEGMENT_TALLY_MAX) return QD_OK;
    if (qd_segment_field(segment, field)->column != QD_COLUMN_ORDINALS) return QD_OK;
    QD_TRY(qd_segment_slot_get(segment, qd_segment_field(segment, field), &structure, &opened, error));
    *counts = opened;
    return QD_OK;
}

static enum qd_status open_binary(const struct qd_segment_opening *opening, void **result,
                                  struct qd_error *error)
{
    struct qd_binary_column *opened = NULL;
    QD_TRY(qd_binary_open(opening->arena, opening->sections, opening->field->number, opening->doc_count,
                          &opened, error));
    *result = opened;
    return QD_OK;
}

enum qd_status qd_segment_binary(struct qd_segment *segment, struct qd_slice field,
                                 struct qd_binary_column **result, struct qd_error *error)
{
    static const struct qd_segment_structure structure = { QD_SEGMENT_SLOT_COLUMN, QD_SECTION_BINARY,
                                                           open_binary };
    const struct qd_segment_field *found = qd_segment_field(segment, field);
    void *opened = NULL;
    if (found != NULL && found->column == QD_COLUMN_BINARY) {
        QD_TRY(qd_segment_slot_get(segment, found, &structure, &opened, error));
    }
    *result = opened;
    return QD_OK;
}

static enum qd_status open_points(const struct qd_segment_opening *opening, void **result,
                                  struct qd_error *error)
{
    struct qd_points *opened = NULL;
    QD_TRY(qd_points_open(opening->arena, opening->sections, opening->field, opening->doc_count, &opened,
                          error));
    *result = opened;
    return QD_OK;
}

enum qd_status qd_segment_points(struct qd_segment *segment, struct qd_slice field, struct qd_points **result,
                                 struct qd_error *error)
{
    static const struct qd_segment_structure structure = { QD_SEGMENT_SLOT_POINTS, QD_SECTION_POINTS,
                                                           open_points };
    const struct qd_segment_field *found = qd_segment_field(segment, field);
    void *opened = NULL;
    if (found != NULL && found->point_dimensions != 0) {
        QD_TRY(qd_segment_slot_get(segment, found, &structure, &opened, error));
    }
    *result = opened;
    return QD_OK;
}

static enum qd_status open_stored(const struct qd_segment_opening *opening, void **result,
                                  struct qd_error *error)
{
    struct qd_stored *opened = NULL;
    QD_TRY(qd_stored_open(opening->arena, opening->sections, opening->doc_count, &opened, error));
    *result = opened;
    return QD_OK;
}

enum qd_status qd_segment_stored(struct qd_segment *segment, struct qd_stored **result,
                                 struct qd_error *error)
{
    static const struct qd_segment_structure structure = { QD_SEGMENT_SLOT_STORED, QD_SECTION_STORED_INDEX,
                                                           open_stored };
    void *opened = NULL;
    QD_TRY(qd_segment_slot_get(segment, NULL, &structure, &opened, error));
    *result = opened;
    return QD_OK;
}

static enum qd_status open_ids(const struct qd_segment_opening *opening, void **result,
                               struct qd_error *error)
{
    struct qd_ids *opened = NULL;
    QD_TRY(qd_ids_open(opening->arena, opening->sections, opening->doc_count, &opened, error));
    *result = opened;
    return QD_OK;
}

enum qd_status qd_segment_ids(struct qd_segment *segment, struct qd_ids **result, struct qd_error *error)
{
    static const struct qd_segment_structure structure = { QD_SEGMENT_SLOT_IDS, QD_SECTION_IDS, open_ids };
    void *opened = NULL;
    QD_TRY(qd_segment_slot_get(segment, NULL, &structure, &opened, error));
    *result = opened;
    return QD_OK;
}
