/* Filtering of _source by include and exclude patterns. Source: OpenSearch XContentMapValues.filter. */
#include "base/json_writer.h"
#include "base/wildcard.h"
#include "search/search.h"

/* The state of a walk: the path so far. */
struct filter_walk {
    const struct qd_source_filter *filter;
    struct qd_json_writer *writer;
    struct qd_buffer path;
};

/* True when `pattern` or something below what it names matches `path`. */
static bool covers(struct qd_slice pattern, struct qd_slice path)
{
    if (qd_simple_match(pattern, path)) return true;
    /* A pattern that matches an ancestor takes in everything below. */
    for (size_t i = 0; i < path.size; i++) {
        if (path.data[i] == '.' && qd_simple_match(pattern, (struct qd_slice){ path.data, i })) return true;
    }
    return false;
}

/* True when something below `path` could match. */
static bool may_match_below(struct qd_slice pattern, struct qd_slice path)
{
    size_t i = 0;
    for (; i < pattern.size && i < path.size; i++) {
        if (pattern.data[i] == '*') return true;
        if (pattern.data[i] != path.data[i]) return false;
    }
    if (i < pattern.size && pattern.data[i] == '*') return true;
    return i == path.size && i < pattern.size && pattern.data[i] == '.';
}

static bool included(const struct qd_source_filter *filter, struct qd_slice path)
{
    for (size_t i = 0; i < filter->include_count; i++) {
        if (covers(filter->includes[i], path)) return true;
    }
    return filter->include_count == 0;
}

static bool excluded(const struct qd_source_filter *filter, struct qd_slice path)
{
    for (size_t i = 0; i < filter->exclude_count; i++) {
        if (covers(filter->excludes[i], path)) return true;
    }
    return false;
}

static bool included_below(const struct qd_source_filter *filter, struct qd_slice path)
{
    for (size_t i = 0; i < filter->include_count; i++) {
        if (may_match_below(filter->includes[i], path)) return true;
    }
    return false;
}

static void filter_object(struct filter_walk *walk, const struct qd_json *object);

static void filter_array(struct filter_walk *walk, const struct qd_json *array, bool whole)
{
    qd_json_begin_array(walk->writer);
    struct qd_json_iterator at = qd_json_iterate(array);
    while (qd_json_next(&at)) {
        if (qd_json_is_object(at.value)) filter_object(walk, at.value);
        else if (qd_json_is_array(at.value)) filter_array(walk, at.value, whole);
        else if (whole) qd_json_node(walk->writer, at.value);
    }
    qd_json_end_array(walk->writer);
}

static void filter_object(struct filter_walk *walk, const struct qd_json *object)
{
    qd_json_begin_object(walk->writer);
    struct qd_json_iterator at = qd_json_iterate(object);
    while (qd_json_next(&at)) {
        size_t mark = walk->path.size;
        if (mark > 0) qd_buffer_byte(&walk->path, '.');
        qd_buffer_slice(&walk->path, at.key);
        struct qd_slice path = qd_buffer_view(&walk->path);
        bool whole = included(walk->filter, path);
        bool wanted = !excluded(walk->filter, path) && (whole || included_below(walk->filter, path));
        bool container = qd_json_is_object(at.value) || qd_json_is_array(at.value);
        if (wanted && (whole || container)) {
            qd_json_name_slice(walk->writer, at.key);
            if (qd_json_is_object(at.value)) filter_object(walk, at.value);
            else if (qd_json_is_array(at.value)) filter_array(walk, at.value, whole);
            else qd_json_node(walk->writer, at.value);
        }
        walk->path.size = mark;
    }
    qd_json_end_object(walk->writer);
}

void qd_source_filter_write(const struct qd_source_filter *filter, struct qd_slice source, struct qd_arena *arena,
                            struct qd_json_writer *writer)
{
    struct qd_json_document document;
    bool everything = filter->include_count == 0 && filter->exclude_count == 0;
    if (everything || qd_json_parse(arena, source, &document, NULL) != QD_OK || !qd_json_is_object(document.root)) {
        qd_json_raw(writer, source);
        return;
    }
    struct filter_walk walk = { .filter = filter, .writer = writer };
    filter_object(&walk, document.root);
    qd_buffer_deinit(&walk.path);
}
