/* JSON values as java.util collections hold and print them.
 *
 * The reference reads mappings and previews of values into HashMaps: their order decides which error comes
 * first and how _meta and previews are printed. Used by the files of this folder. Source: java.util.HashMap
 * (order of buckets), AbstractMap.toString, AbstractCollection.toString.
 */
#ifndef QD_MAPPING_JAVA_VALUES_H
#define QD_MAPPING_JAVA_VALUES_H

#include "base/arena.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "base/slice.h"

/* One member of an object. */
struct qd_java_entry {
    struct qd_slice key;
    const struct qd_json *value;
};

/* The members of `object` in the order in which a HashMap that took them in document order gives them.
 * Memory: the arena's. */
struct qd_java_entry *qd_java_entries(struct qd_arena *arena, const struct qd_json *object, size_t *count);

/* The same ascending by UTF-16 units (TreeMap). */
struct qd_java_entry *qd_java_sorted_entries(struct qd_arena *arena, const struct qd_json *object,
                                             size_t *count);

/* Object.toString of a value: {a=1, b=[x, null]}. Memory: the arena's. */
struct qd_slice qd_java_text(struct qd_arena *arena, const struct qd_json *node);

/* Writes a value as XContentBuilder does after it was read into a HashMap. `sorted`: the outermost object is
 * a TreeMap. */
void qd_java_write(struct qd_json_writer *writer, struct qd_arena *arena, const struct qd_json *node,
                   bool sorted);

/* Class.getSimpleName of what Jackson makes of the value: "Integer", "String", "HashMap", ... */
const char *qd_java_class(const struct qd_json *node);

/* Sets and returns the error of a value that stands where a map is expected. Errors: QD_CLASS_CAST. */
QD_CHECKED enum qd_status qd_java_no_map(const struct qd_json *node, struct qd_error *error);

#endif
