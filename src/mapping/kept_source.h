/* Which parts of a document are kept as _source.
 *
 * Used by the document parser. Source: OpenSearch XContentMapValues.filter (includes and excludes with
 * wildcards).
 */
#ifndef QD_MAPPING_KEPT_SOURCE_H
#define QD_MAPPING_KEPT_SOURCE_H

#include "base/arena.h"
#include "base/json.h"
#include "base/slice.h"

struct qd_kept_source;

/* A filter from two arrays of patterns (NULL: none); NULL when nothing is left out. Memory: the arena's. */
const struct qd_kept_source *qd_kept_source_make(struct qd_arena *arena, const struct qd_json *includes,
                                                 const struct qd_json *excludes);

/* The JSON text of what is left of the object `source`. Memory: the arena's. */
struct qd_slice qd_kept_source_apply(const struct qd_kept_source *filter, const struct qd_json *source,
                                     struct qd_arena *arena);

#endif
