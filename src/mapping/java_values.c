#include "mapping/java_values.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/java_order.h"
#include "base/number.h"
#include "base/text.h"

struct qd_java_entry *qd_java_entries(struct qd_arena *arena, const struct qd_json *object, size_t *count)
{
    size_t size = qd_json_is_object(object) ? qd_json_size(object) : 0;
    struct qd_slice *keys = QD_NEW_ARRAY(arena, struct qd_slice, size);
    struct qd_java_entry *members = QD_NEW_ARRAY(arena, struct qd_java_entry, size);
    struct qd_java_entry *entries = QD_NEW_ARRAY(arena, struct qd_java_entry, size + 1);
    struct qd_json_iterator at = qd_json_iterate(object);
    *count = 0;
    for (; *count < size && qd_json_next(&at); ++*count) {
        keys[*count] = at.key;
        members[*count] = (struct qd_java_entry){ at.key, at.value };
    }
    const size_t *order = qd_java_map_order(arena, keys, *count, 16);
    for (size_t i = 0; i < *count; i++) entries[i] = members[order[i]];
    return entries;
}

static int compare_names(const void *left, const void *right)
{
    const struct qd_java_entry *a = left;
    const struct qd_java_entry *b = right;
    return qd_utf16_compare(a->key, b->key);
}

struct qd_java_entry *qd_java_sorted_entries(struct qd_arena *arena, const struct qd_json *object,
                                             size_t *count)
{
    struct qd_java_entry *entries = qd_java_entries(arena, object, count);
    qsort(entries, *count, sizeof(*entries), compare_names);
    return entries;
}

/* The text of a number as Java prints the object that Jackson made of it. */
static struct qd_slice number_text(struct qd_arena *arena, const struct qd_json *node)
{
    double value = 0;
    if (qd_json_is_integral(node) || !qd_json_double(node, &value)) return qd_json_text(node);
    char text[QD_NUMBER_TEXT_MAX];
    size_t size = qd_double_to_text(value, text);
    return qd_arena_copy(arena, qd_slice_make(text, size));
}

static void append_text(struct qd_buffer *buffer, struct qd_arena *arena, const struct qd_json *node)
{
    if (qd_json_is_object(node)) {
        size_t count = 0;
        struct qd_java_entry *entries = qd_java_entries(arena, node, &count);
        qd_buffer_byte(buffer, '{');
        for (size_t i = 0; i < count; i++) {
            if (i > 0) qd_buffer_text(buffer, ", ");
            qd_buffer_slice(buffer, entries[i].key);
            qd_buffer_byte(buffer, '=');
            append_text(buffer, arena, entries[i].value);
        }
        qd_buffer_byte(buffer, '}');
    } else if (qd_json_is_array(node)) {
        qd_buffer_byte(buffer, '[');
        struct qd_json_iterator at = qd_json_iterate(node);
        for (bool first = true; qd_json_next(&at); first = false) {
            if (!first) qd_buffer_text(buffer, ", ");
            append_text(buffer, arena, at.value);
        }
        qd_buffer_byte(buffer, ']');
    } else if (qd_json_is_number(node)) {
        qd_buffer_slice(buffer, number_text(arena, node));
    } else {
        qd_buffer_slice(buffer, qd_json_text(node));
    }
}

struct qd_slice qd_java_text(struct qd_arena *arena, const struct qd_json *node)
{
    if (qd_json_type_of(node) == QD_JSON_MISSING) return QD_SLICE("null");
    if (qd_json_is_string(node)) return qd_json_text(node);
    struct qd_buffer buffer = { 0 };
    append_text(&buffer, arena, node);
    struct qd_slice text = qd_arena_copy(arena, qd_buffer_view(&buffer));
    qd_buffer_deinit(&buffer);
    return text;
}

void qd_java_write(struct qd_json_writer *writer, struct qd_arena *arena, const struct qd_json *node,
                   bool sorted)
{
    if (qd_json_is_object(node)) {
        size_t count = 0;
        struct qd_java_entry *entries =
            sorted ? qd_java_sorted_entries(arena, node, &count) : qd_java_entries(arena, node, &count);
        qd_json_begin_object(writer);
        for (size_t i = 0; i < count; i++) {
            qd_json_name_slice(writer, entries[i].key);
            qd_java_write(writer, arena, entries[i].value, false);
        }
        qd_json_end_object(writer);
    } else if (qd_json_is_array(node)) {
        qd_json_begin_array(writer);
        struct qd_json_iterator at = qd_json_iterate(node);
        while (qd_json_next(&at)) qd_java_write(writer, arena, at.value, false);
        qd_json_end_array(writer);
    } else if (qd_json_is_number(node)) {
        qd_json_raw(writer, number_text(arena, node));
    } else {
        qd_json_node(writer, node);
    }
}

const char *qd_java_class(const struct qd_json *node)
{
    int64_t value = 0;
    switch (qd_json_type_of(node)) {
    case QD_JSON_BOOLEAN: return "Boolean";
    case QD_JSON_STRING: return "String";
    case QD_JSON_ARRAY: return "ArrayList";
    case QD_JSON_OBJECT: return "HashMap";
    case QD_JSON_NUMBER:
        if (!qd_json_is_integral(node)) return "Double";
        if (!qd_json_int64(node, &value)) return "BigInteger";
        return value >= INT32_MIN && value <= INT32_MAX ? "Integer" : "Long";
    case QD_JSON_MISSING:
    case QD_JSON_NULL:
    default: return "null";
    }
}

static const char *package_of(const char *class)
{
    if (strcmp(class, "ArrayList") == 0 || strcmp(class, "HashMap") == 0) return "java.util";
    return strcmp(class, "BigInteger") == 0 ? "java.math" : "java.lang";
}

enum qd_status qd_java_no_map(const struct qd_json *node, struct qd_error *error)
{
    const char *class = qd_java_class(node);
    const char *package = package_of(class);
    return qd_error_set(error, QD_CLASS_CAST,
                        "class %s.%s cannot be cast to class java.util.Map (%s.%s and java.util.Map are in "
                        "module java.base of loader 'bootstrap')",
                        package, class, package, class);
}
