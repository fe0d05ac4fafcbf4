#include "mapping/kept_source.h"

#include "base/json_writer.h"
#include "base/vector.h"
#include "base/wildcard.h"

struct qd_kept_source {
    QD_VECTOR(struct qd_slice) includes;
    QD_VECTOR(struct qd_slice) excludes;
};

const struct qd_kept_source *qd_kept_source_make(struct qd_arena *arena, const struct qd_json *includes,
                                                 const struct qd_json *excludes)
{
    if (qd_json_size(includes) == 0 && qd_json_size(excludes) == 0) return NULL;
    struct qd_kept_source *filter = QD_NEW(arena, struct qd_kept_source);
    struct qd_json_iterator at = qd_json_iterate(includes);
    while (qd_json_next(&at)) *QD_PUSH(arena, &filter->includes) = qd_json_text(at.value);
    at = qd_json_iterate(excludes);
    while (qd_json_next(&at)) *QD_PUSH(arena, &filter->excludes) = qd_json_text(at.value);
    return filter;
}

/* True when `path` is matched, or lies below something that is. */
static bool covers(struct qd_slice pattern, struct qd_slice path)
{
    if (qd_simple_match(pattern, path)) return true;
    for (size_t i = path.size; i > 0; i--) {
        if (path.data[i - 1] == '.' && qd_simple_match(pattern, qd_slice_sub(path, 0, i - 1))) return true;
    }
    return false;
}

/* True when something below the object `path` may match. */
static bool reaches_below(struct qd_slice pattern, struct qd_slice path)
{
    size_t at = 0;
    for (; at < path.size && at < pattern.size; at++) {
        if (pattern.data[at] == '*') return true;
        if (pattern.data[at] != path.data[at]) return false;
    }
    if (at < pattern.size && pattern.data[at] == '*') return true;
    return at == path.size && at < pattern.size && pattern.data[at] == '.';
}

enum verdict { LEAVE_OUT, KEEP_ALL, LOOK_INSIDE };

static enum verdict judge(const struct qd_kept_source *filter, struct qd_slice path, bool container)
{
    for (size_t i = 0; i < filter->excludes.count; i++) {
        if (covers(filter->excludes.data[i], path)) return LEAVE_OUT;
    }
    bool inside = false;
    for (size_t i = 0; i < filter->excludes.count && container; i++) {
        inside = inside || reaches_below(filter->excludes.data[i], path);
    }
    if (filter->includes.count == 0) return inside ? LOOK_INSIDE : KEEP_ALL;
    bool below = false;
    for (size_t i = 0; i < filter->includes.count; i++) {
        if (covers(filter->includes.data[i], path)) return inside ? LOOK_INSIDE : KEEP_ALL;
        below = below || (container && reaches_below(filter->includes.data[i], path));
    }
    return below ? LOOK_INSIDE : LEAVE_OUT;
}

static bool holds_objects(const struct qd_json *node)
{
    if (qd_json_is_object(node)) return true;
    if (!qd_json_is_array(node)) return false;
    struct qd_json_iterator at = qd_json_iterate(node);
    while (qd_json_next(&at)) {
        if (qd_json_is_object(at.value) || qd_json_is_array(at.value)) return true;
    }
    return false;
}

static void write_members(const struct qd_kept_source *filter, const struct qd_json *node,
                          struct qd_buffer *path, struct qd_json_writer *writer);

/* Objects are filtered, arrays keep the objects in them; scalars stay where the path itself is included. */
static void write_inside(const struct qd_kept_source *filter, const struct qd_json *node,
                         struct qd_buffer *path, struct qd_json_writer *writer)
{
    if (qd_json_is_object(node)) {
        write_members(filter, node, path, writer);
        return;
    }
    qd_json_begin_array(writer);
    struct qd_json_iterator at = qd_json_iterate(node);
    bool scalars = judge(filter, qd_buffer_view(path), false) == KEEP_ALL;
    while (qd_json_next(&at)) {
        if (qd_json_is_object(at.value) || qd_json_is_array(at.value))
            write_inside(filter, at.value, path, writer);
        else if (scalars)
            qd_json_node(writer, at.value);
    }
    qd_json_end_array(writer);
}

static void write_members(const struct qd_kept_source *filter, const struct qd_json *node,
                          struct qd_buffer *path, struct qd_json_writer *writer)
{
    qd_json_begin_object(writer);
    size_t parent_size = path->size;
    struct qd_json_iterator at = qd_json_iterate(node);
    while (qd_json_next(&at)) {
        if (parent_size > 0) qd_buffer_byte(path, '.');
        qd_buffer_slice(path, at.key);
        enum verdict verdict = judge(filter, qd_buffer_view(path), holds_objects(at.value));
        if (verdict != LEAVE_OUT) qd_json_name_slice(writer, at.key);
        if (verdict == KEEP_ALL) qd_json_node(writer, at.value);
        if (verdict == LOOK_INSIDE) write_inside(filter, at.value, path, writer);
        path->size = parent_size;
    }
    qd_json_end_object(writer);
}

struct qd_slice qd_kept_source_apply(const struct qd_kept_source *filter, const struct qd_json *source,
                                     struct qd_arena *arena)
{
    struct qd_buffer text = { 0 };
    struct qd_buffer path = { 0 };
    struct qd_json_writer writer = { .out = &text };
    write_members(filter, source, &path, &writer);
    struct qd_slice kept = qd_arena_copy(arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    qd_buffer_deinit(&path);
    return kept;
}
