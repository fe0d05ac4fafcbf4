/* Filters over JSON: filter_path and the _source includes and excludes.
 *
 * Used by rest (filter_path) and fetch (_source). Patterns are dotted paths with `*` in names and `**` for
 * any depth. Arrays are looked through.
 * Source: Jackson FilterPathBasedFilter of OpenSearch, XContentMapValues.filter.
 */
#ifndef QD_BASE_FILTER_PATH_H
#define QD_BASE_FILTER_PATH_H

#include "base/json.h"
#include "base/json_writer.h"

struct qd_filter_path;

/* Compiles include and exclude patterns. Memory: `arena`. */
struct qd_filter_path *qd_filter_path_create(struct qd_arena *arena, const struct qd_slice *includes,
                                             size_t include_count, const struct qd_slice *excludes,
                                             size_t exclude_count);

/* Compiles ?filter_path=a,b.c,-d. */
struct qd_filter_path *qd_filter_path_parse(struct qd_arena *arena, struct qd_slice text);

/* Writes what is left of `node` (an object or array) as one value; an object of which nothing is left is
 * {}. This is filter_path's way: containers that become empty are dropped. */
void qd_filter_path_write(const struct qd_filter_path *filter, const struct qd_json *node,
                          struct qd_json_writer *writer);

/* The same by the rules of _source filtering (XContentMapValues: a matching object is kept whole, empty
 * containers behave as there). */
void qd_filter_source_write(const struct qd_filter_path *filter, const struct qd_json *node,
                            struct qd_json_writer *writer);

#endif
