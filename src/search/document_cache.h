/* The document cache of a node: stored records of documents that pages of hits have shown lately.
 *
 * Used by the fetch phase; owned by data, which numbers the shards. Finding a record in its compressed block
 * costs as much as scoring a usual page, and searches show the same documents again and again. A table of
 * fixed size: each record has a few slots that it may be in, and takes the one that was used least recently.
 * A record that is larger than a slot is not kept. Segments never change, so that nothing is ever outdated;
 * what belonged to a closed shard or a merged segment is not asked for any more and makes room in time. Any
 * thread, without waiting: a slot has a version that is odd while it is written, and a reader takes nothing
 * that has changed meanwhile. Source of the idea: Solr's documentCache.
 */
#ifndef QD_SEARCH_DOCUMENT_CACHE_H
#define QD_SEARCH_DOCUMENT_CACHE_H

#include "base/arena.h"
#include "base/slice.h"
#include "codec/stored.h"

/* The largest record that is kept, bytes. */
#define QD_DOCUMENT_CACHE_RECORD_MAX ((size_t)4096)

struct qd_document_cache;

/* A cache of about `bytes_max` bytes, which become resident as slots are used; NULL, which keeps nothing,
 * when that is too little for a single set of slots. Memory: qd_document_cache_destroy, when no search runs.
 */
struct qd_document_cache *qd_document_cache_create(int64_t bytes_max);
void qd_document_cache_destroy(struct qd_document_cache *cache);

/* A number that no other opening of a shard has; 0 without a cache. Loop only. */
uint64_t qd_document_cache_owner(struct qd_document_cache *cache);

/* One document of one segment, for as long as the process lives. */
struct qd_document_key {
    uint64_t owner;      /* the opening of its shard */
    uint64_t generation; /* of its segment */
    qd_doc_id doc;       /* in the segment */
};

/* Copies the record of a document to `arena`; false when it is not there. */
bool qd_document_cache_find(struct qd_document_cache *cache, const struct qd_document_key *key,
                            struct qd_arena *arena, struct qd_slice *record);

/* Keeps a copy of a record, unless it is too large or another thread writes to the slot. */
void qd_document_cache_put(struct qd_document_cache *cache, const struct qd_document_key *key,
                           struct qd_slice record);

#endif
