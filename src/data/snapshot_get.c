#include "data/snapshot_get.h"

#include "codec/columns.h"
#include "codec/ids.h"
#include "codec/stored.h"
#include "index/record.h"

enum qd_status qd_snapshot_find(const struct qd_snapshot *snapshot, struct qd_slice id, uint32_t *segment,
                                qd_doc_id *doc, struct qd_error *error)
{
    *doc = QD_DOC_END;
    for (uint32_t s = snapshot->segment_count; s > 0 && *doc == QD_DOC_END; s--) {
        const struct qd_snapshot_segment *at = &snapshot->segments[s - 1];
        struct qd_ids *ids;
        QD_TRY(qd_segment_ids(at->segment, &ids, error));
        if (ids != NULL) *doc = qd_ids_find(ids, id, at->live);
        *segment = s - 1;
    }
    return QD_OK;
}

static enum qd_status read_number(struct qd_segment *segment, struct qd_slice field, qd_doc_id doc,
                                  int64_t *value, struct qd_error *error)
{
    struct qd_numeric_column *column;
    QD_TRY(qd_segment_numeric(segment, field, &column, error));
    if (column == NULL || !qd_numeric_first(column, doc, value)) *value = 0;
    return QD_OK;
}

enum qd_status qd_snapshot_get(const struct qd_snapshot *snapshot, struct qd_slice id, struct qd_arena *arena,
                               struct qd_get_result *result, struct qd_error *error)
{
    uint32_t number;
    qd_doc_id doc;
    struct qd_stored *stored;
    struct qd_record record;
    *result = (struct qd_get_result){ 0 };
    QD_TRY(qd_snapshot_find(snapshot, id, &number, &doc, error));
    if (doc == QD_DOC_END) return QD_OK;
    struct qd_segment *segment = snapshot->segments[number].segment;
    QD_TRY(qd_segment_stored(segment, &stored, error));
    QD_TRY(qd_stored_get(stored, doc, arena, NULL, &result->record, error));
    QD_TRY(qd_record_parse(result->record, arena, &record, error));
    QD_TRY(read_number(segment, QD_SLICE("_version"), doc, &result->version, error));
    QD_TRY(read_number(segment, QD_SLICE("_seq_no"), doc, &result->seq_no, error));
    QD_TRY(read_number(segment, QD_SLICE("_primary_term"), doc, &result->term, error));
    result->found = true;
    result->source = record.source;
    result->routing = record.routing;
    return QD_OK;
}
