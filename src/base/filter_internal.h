/* What filter_path.c and filter_source.c share: the two readings of one set of patterns.
 *
 * Used by these two files only.
 */
#ifndef QD_BASE_FILTER_INTERNAL_H
#define QD_BASE_FILTER_INTERNAL_H

#include "base/filter_path.h"

/* The patterns read as _source filtering reads them: over whole dotted paths. */
struct qd_source_patterns;

/* Compiles patterns. Memory: the arena's. */
const struct qd_source_patterns *qd_source_patterns_compile(struct qd_arena *arena,
                                                            const struct qd_slice *includes,
                                                            size_t include_count,
                                                            const struct qd_slice *excludes,
                                                            size_t exclude_count);

/* Writes what is left of an object; see qd_filter_source_write. */
void qd_source_patterns_write(const struct qd_source_patterns *filter, const struct qd_json *root,
                              struct qd_json_writer *writer);

#endif
