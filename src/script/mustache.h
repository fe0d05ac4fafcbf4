/* Mustache templates: text with tags that values of a JSON object fill.
 *
 * Used by coordinator/search_template.c for search templates: compile, then render. Answers as the reference
 * does: variables are escaped for JSON strings, arrays are reached by index, and there are the functions
 * toJson, join (with a delimiter) and url. Templates come from users: depth, work and output are bounded.
 * Source: the Mustache manual; recorded answers of OpenSearch 3.8.0's lang-mustache.
 */
#ifndef QD_SCRIPT_MUSTACHE_H
#define QD_SCRIPT_MUSTACHE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/json.h"
#include "base/slice.h"
#include "base/status.h"

/* Sections inside sections. */
#define QD_MUSTACHE_DEPTH_MAX 200
/* Bytes that one rendering may write. */
#define QD_MUSTACHE_OUTPUT_MAX ((size_t)64 << 20)
/* Tags that one rendering may come by, members looked through included. */
#define QD_MUSTACHE_STEPS_MAX ((uint64_t)5000000)

/* A compiled template; opaque. Lives in the arena that it was compiled in. */
struct qd_mustache;

/* Compiles `source`, which must live as long as the template. Errors: QD_ILLEGAL_ARGUMENT as the reference's
 * script_exception around a mustache_exception: tags that are not closed or closed in another order, empty
 * tags, partials, functions without exactly one name, delimiters that are not two, sections too deep. */
QD_CHECKED enum qd_status qd_mustache_compile(struct qd_arena *arena, struct qd_slice source,
                                              const struct qd_mustache **template, struct qd_error *error);

/* Appends what the template says with `params` (an object, or NULL for none) to `out`. Memory: scratch in
 * `arena`. Errors: QD_RUNTIME as the reference's mustache_exception (an index that an array does not have, a
 * null in join); QD_CIRCUIT_BREAKING beyond the limits of this file. `out` then holds a part. */
QD_CHECKED enum qd_status qd_mustache_render(const struct qd_mustache *template, const struct qd_json *params,
                                             struct qd_arena *arena, struct qd_buffer *out,
                                             struct qd_error *error);

#endif
