/* The id index of a segment: _id to document and back.
 *
 * Used by version look-ups, get, ids queries and hits. A hash table over the segment's ids plus the ids
 * themselves in document order. An id can stand for several documents of a segment (older versions, deleted
 * ones). Format: spec/formats/ids.md.
 */
#ifndef QD_CODEC_IDS_H
#define QD_CODEC_IDS_H

#include "base/arena.h"
#include "base/status.h"
#include "codec/segment.h"

/* Writes ids[doc_count], in document order. */
void qd_ids_write(struct qd_arena *scratch, struct qd_sections_writer *sections, const struct qd_slice *ids,
                  uint32_t doc_count);

/* Opens the index. Errors: QD_CORRUPTION. */
QD_CHECKED enum qd_status qd_ids_open(struct qd_arena *arena, const struct qd_sections *sections,
                                      uint32_t doc_count, struct qd_ids **ids, struct qd_error *error);

/* The newest (greatest) live document with this id, or QD_DOC_END. `live` is a bitset over documents, or
 * NULL: all live. */
qd_doc_id qd_ids_find(const struct qd_ids *ids, struct qd_slice id, const uint64_t *live);

/* The same with the id's qd_hash, for one who looks in many segments. */
qd_doc_id qd_ids_find_hashed(const struct qd_ids *ids, struct qd_slice id, uint64_t hash,
                             const uint64_t *live);

/* Asks the memory for what a look-up of this hash reads first. */
void qd_ids_expect(const struct qd_ids *ids, uint64_t hash);

/* The id of a document: a view of the segment. */
struct qd_slice qd_ids_at(const struct qd_ids *ids, qd_doc_id doc);

#endif
