#include "base/filter_path.h"

#include "base/filter_internal.h"
#include "base/vector.h"

#include "base/text.h"
#include "base/wildcard.h"

#define SEGMENTS_MAX 4096

/* One name of a path. */
struct segment {
    struct qd_slice name; /* `\.` already undone */
    bool any;             /* `*`: every name */
    bool any_number;      /* `**`: every name, any number of them */
    bool last;            /* the path ends here */
};

/* Paths of one kind, one after the other. */
struct paths {
    struct segment *segments; /* segments[count]; a path begins at 0 and after each last one */
    size_t count;
};

struct qd_filter_path {
    struct paths include;
    struct paths exclude;
    const struct qd_source_patterns *source; /* the same patterns, read the other way */
};

/* How one kind of path looks upon a value. */
enum verdict {
    VERDICT_ALL,    /* a path ended at or above the value */
    VERDICT_NONE,   /* no path leads on */
    VERDICT_PARTIAL /* paths lead on: active[count] are indexes of segments that the next name is compared
                       with */
};

struct view {
    enum verdict verdict;
    uint16_t *active;
    size_t count;
};

struct walk {
    const struct qd_filter_path *filter;
    struct qd_json_writer *writer;
    struct qd_arena *scratch;
};

static void add_path(struct qd_arena *arena, struct paths *paths, struct qd_slice path)
{
    struct qd_slice rest = path;
    while (paths->count < SEGMENTS_MAX) {
        char *name = qd_arena_alloc(arena, rest.size + 1);
        size_t size = 0, at = 0;
        for (; at < rest.size && rest.data[at] != '.'; at++) {
            if (rest.data[at] == '\\' && at + 1 < rest.size && rest.data[at + 1] == '.') at++;
            name[size++] = rest.data[at];
        }
        struct segment *segment = &paths->segments[paths->count++];
        segment->name = qd_slice_make(name, size);
        segment->any = qd_slice_is(segment->name, "*");
        segment->any_number = qd_slice_is(segment->name, "**");
        /* "a." is "a". */
        segment->last = at + 1 >= rest.size;
        if (segment->last) return;
        rest = qd_slice_from(rest, at + 1);
    }
    paths->segments[paths->count - 1].last = true;
}

static struct paths compile_paths(struct qd_arena *arena, const struct qd_slice *patterns, size_t count)
{
    size_t segments = 0;
    for (size_t i = 0; i < count; i++) segments += patterns[i].size + 1;
    if (segments > SEGMENTS_MAX) segments = SEGMENTS_MAX;
    struct paths paths = { .segments = QD_NEW_ARRAY(arena, struct segment, segments) };
    for (size_t i = 0; i < count && paths.count < SEGMENTS_MAX; i++) add_path(arena, &paths, patterns[i]);
    return paths;
}

struct qd_filter_path *qd_filter_path_create(struct qd_arena *arena, const struct qd_slice *includes,
                                             size_t include_count, const struct qd_slice *excludes,
                                             size_t exclude_count)
{
    struct qd_filter_path *filter = QD_NEW(arena, struct qd_filter_path);
    filter->include = compile_paths(arena, includes, include_count);
    filter->exclude = compile_paths(arena, excludes, exclude_count);
    filter->source = qd_source_patterns_compile(arena, includes, include_count, excludes, exclude_count);
    return filter;
}

struct qd_filter_path *qd_filter_path_parse(struct qd_arena *arena, struct qd_slice text)
{
    QD_VECTOR_TYPE(slices, struct qd_slice) kinds[2] = { { 0 }, { 0 } };
    struct qd_slice rest = text, path;
    while (rest.size > 0 && qd_split_next(&rest, ',', &path)) {
        path = qd_trim(path);
        if (path.size == 0) continue;
        bool exclude = path.data[0] == '-';
        *QD_PUSH(arena, &kinds[exclude]) = qd_slice_from(path, exclude ? 1 : 0);
    }
    return qd_filter_path_create(arena, kinds[0].data, kinds[0].count, kinds[1].data, kinds[1].count);
}

void qd_filter_source_write(const struct qd_filter_path *filter, const struct qd_json *node,
                            struct qd_json_writer *writer)
{
    qd_source_patterns_write(filter->source, node, writer);
}

static bool matches(const struct segment *segment, struct qd_slice name)
{
    return segment->any || segment->any_number || qd_simple_match(segment->name, name);
}

/* The paths' view of the whole document. */
static struct view view_root(const struct walk *walk, const struct paths *paths)
{
    struct view view = { .verdict = VERDICT_PARTIAL };
    view.active = QD_NEW_ARRAY(walk->scratch, uint16_t, paths->count);
    for (size_t i = 0; i < paths->count; i++) {
        if (i == 0 || paths->segments[i - 1].last) view.active[view.count++] = (uint16_t)i;
    }
    return view;
}

static void activate(struct view *view, size_t index)
{
    for (size_t i = 0; i < view->count; i++) {
        if (view->active[i] == index) return;
    }
    view->active[view->count++] = (uint16_t)index;
}

/* The view of a member. */
static struct view view_member(const struct walk *walk, const struct paths *paths, const struct view *above,
                               struct qd_slice name)
{
    if (above->verdict != VERDICT_PARTIAL) return *above;
    struct view view = { .verdict = VERDICT_NONE };
    view.active = QD_NEW_ARRAY(walk->scratch, uint16_t, paths->count);
    for (size_t i = 0; i < above->count; i++) {
        size_t index = above->active[i];
        const struct segment *segment = &paths->segments[index];
        if (!matches(segment, name)) continue;
        if (segment->last) return (struct view){ .verdict = VERDICT_ALL };
        if (segment->any_number) activate(&view, index);
        activate(&view, index + 1);
    }
    if (view.count > 0) view.verdict = VERDICT_PARTIAL;
    return view;
}

/* What the writer had before a value, to take an empty container back. */
struct mark {
    size_t size;
    bool comma;
};

static void take_back(struct qd_json_writer *writer, struct mark mark)
{
    writer->out->size = mark.size;
    writer->comma = mark.comma;
}

/* Writes what is left of a value; false when nothing was written. Recursion is bounded by the depth of
 * JSON. */
static bool write_value(const struct walk *walk, const struct qd_json *node, const struct view *include,
                        const struct view *exclude)
{
    struct qd_json_writer *writer = walk->writer;
    if (include->verdict == VERDICT_NONE || exclude->verdict == VERDICT_ALL) return false;
    if (include->verdict == VERDICT_ALL && exclude->verdict == VERDICT_NONE) {
        qd_json_node_copied(writer, node);
        return true;
    }
    bool object = qd_json_is_object(node);
    if (!object && !qd_json_is_array(node)) {
        if (include->verdict == VERDICT_PARTIAL) return false;
        qd_json_node_copied(writer, node);
        return true;
    }
    if (object) qd_json_begin_object(writer);
    else qd_json_begin_array(writer);
    bool any = false;
    struct qd_json_iterator at = qd_json_iterate(node);
    while (qd_json_next(&at)) {
        struct mark mark = { writer->out->size, writer->comma };
        struct view inner_include = *include, inner_exclude = *exclude;
        if (object) {
            inner_include = view_member(walk, &walk->filter->include, include, at.key);
            inner_exclude = view_member(walk, &walk->filter->exclude, exclude, at.key);
            qd_json_name_slice(writer, at.key);
        }
        bool written = write_value(walk, at.value, &inner_include, &inner_exclude);
        if (!written) take_back(writer, mark);
        any |= written;
    }
    if (object) qd_json_end_object(writer);
    else qd_json_end_array(writer);
    return any;
}

void qd_filter_path_write(const struct qd_filter_path *filter, const struct qd_json *node,
                          struct qd_json_writer *writer)
{
    struct walk walk = { .filter = filter, .writer = writer, .scratch = qd_arena_create(0) };
    struct view include = { .verdict = VERDICT_ALL }, exclude = { .verdict = VERDICT_NONE };
    if (filter->include.count > 0) include = view_root(&walk, &filter->include);
    if (filter->exclude.count > 0) exclude = view_root(&walk, &filter->exclude);
    struct mark mark = { writer->out->size, writer->comma };
    bool written = write_value(&walk, node, &include, &exclude);
    if (!written) take_back(writer, mark);
    if (!written && qd_json_is_object(node)) {
        qd_json_begin_object(writer);
        qd_json_end_object(writer);
    }
    qd_arena_destroy(walk.scratch);
}
