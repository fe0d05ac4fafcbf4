#include "base/assert.h"
#include "base/number.h"
#include "base/vector.h"
#include "master/cluster_state.h"

#define SETTINGS_DEPTH_MAX 100

QD_VECTOR_TYPE(pair_list, struct qd_setting_pair);

struct qd_slice qd_settings_get(const struct qd_map *settings, const char *key)
{
    const struct qd_slice *json = qd_map_get(settings, qd_slice_from_string(key));
    if (json == NULL) return (struct qd_slice){ 0 };
    if (json->size >= 2 && json->data[0] == '"' && memchr(json->data, '\\', json->size) == NULL) {
        return qd_slice_sub(*json, 1, json->size - 2);
    }
    return *json;
}

int64_t qd_settings_int(const struct qd_map *settings, const char *key, int64_t fallback)
{
    int64_t value;
    return qd_parse_int64(qd_settings_get(settings, key), &value) ? value : fallback;
}

bool qd_settings_bool(const struct qd_map *settings, const char *key, bool fallback)
{
    struct qd_slice text = qd_settings_get(settings, key);
    return text.data == NULL ? fallback : qd_slice_is(text, "true");
}

/* A scalar as JSON string text: 1 -> "1". Settings keep strings only. */
static struct qd_slice scalar_text(const struct qd_json *node, struct qd_arena *arena)
{
    struct qd_buffer buffer = { 0 };
    struct qd_json_writer writer = { .out = &buffer };
    if (qd_json_is_null(node)) return QD_SLICE("null");
    qd_json_string(&writer, qd_json_text(node));
    struct qd_slice text = qd_arena_copy(arena, qd_buffer_view(&buffer));
    qd_buffer_deinit(&buffer);
    return text;
}

static struct qd_slice array_text(const struct qd_json *node, struct qd_arena *arena)
{
    struct qd_buffer buffer = { 0 };
    struct qd_json_writer writer = { .out = &buffer };
    struct qd_json_iterator at = qd_json_iterate(node);
    qd_json_begin_array(&writer);
    while (qd_json_next(&at)) qd_json_string(&writer, qd_json_text(at.value));
    qd_json_end_array(&writer);
    struct qd_slice text = qd_arena_copy(arena, qd_buffer_view(&buffer));
    qd_buffer_deinit(&buffer);
    return text;
}

static bool array_of_scalars(const struct qd_json *node)
{
    struct qd_json_iterator at = qd_json_iterate(node);
    while (qd_json_next(&at)) {
        if (qd_json_is_object(at.value) || qd_json_is_array(at.value)) return false;
    }
    return true;
}

static void flatten_at(const struct qd_json *node, struct qd_slice path, struct qd_arena *arena, int depth,
                       struct pair_list *pairs)
{
    struct qd_json_iterator at = qd_json_iterate(node);
    size_t place = 0;
    if (depth > SETTINGS_DEPTH_MAX) return;
    while (qd_json_next(&at)) {
        struct qd_slice part = at.name == NULL ? qd_arena_format(arena, "%zu", place++) : at.key;
        struct qd_slice key = path.size == 0 ? part
                                             : qd_arena_format(arena, "%.*s.%.*s", QD_SLICE_ARG(path),
                                                               QD_SLICE_ARG(part));
        bool nested = qd_json_is_object(at.value) || (qd_json_is_array(at.value) && !array_of_scalars(at.value));
        if (nested) {
            flatten_at(at.value, key, arena, depth + 1, pairs);
            continue;
        }
        struct qd_setting_pair *pair = QD_PUSH(arena, pairs);
        pair->key = key;
        pair->json = qd_json_is_array(at.value) ? array_text(at.value, arena) : scalar_text(at.value, arena);
    }
}

size_t qd_settings_flatten(const struct qd_json *settings, struct qd_slice prefix, struct qd_arena *arena,
                           struct qd_setting_pair **pairs)
{
    struct pair_list list = { 0 };
    flatten_at(settings, (struct qd_slice){ 0 }, arena, 0, &list);
    for (size_t i = 0; i < list.count; i++) {
        struct qd_slice *key = &list.data[i].key;
        if (prefix.size == 0 || qd_slice_starts_with(*key, prefix)) {
            *key = qd_arena_copy(arena, *key);
        } else {
            *key = qd_arena_format(arena, "%.*s%.*s", QD_SLICE_ARG(prefix), QD_SLICE_ARG(*key));
        }
    }
    *pairs = list.data;
    return list.count;
}

/* One level of the nested form: entries[from, to) share the first `depth` bytes of their keys. */
static size_t write_level(const struct qd_slice *keys, const struct qd_slice *values, size_t from, size_t count,
                          size_t depth, struct qd_json_writer *writer)
{
    size_t i = from;
    struct qd_slice prefix = qd_slice_sub(keys[from], 0, depth);
    qd_json_begin_object(writer);
    while (i < count && qd_slice_starts_with(keys[i], prefix)) {
        struct qd_slice rest = qd_slice_from(keys[i], depth);
        size_t dot = qd_slice_find_byte(rest, '.');
        if (dot == SIZE_MAX) {
            qd_json_name_slice(writer, rest);
            qd_json_raw(writer, values[i++]);
            continue;
        }
        struct qd_slice below = qd_slice_sub(keys[i], 0, depth + dot + 1);
        /* A key that is also a value ("a" and "a.b") stays flat below its parent, as the reference prints it. */
        if (i > from && qd_slice_equal(qd_slice_sub(below, 0, below.size - 1), keys[i - 1])) {
            while (i < count && qd_slice_starts_with(keys[i], below)) {
                qd_json_name_slice(writer, qd_slice_from(keys[i], depth));
                qd_json_raw(writer, values[i++]);
            }
            continue;
        }
        qd_json_name_slice(writer, qd_slice_sub(rest, 0, dot));
        i = write_level(keys, values, i, count, below.size, writer);
    }
    qd_json_end_object(writer);
    return i;
}

void qd_settings_write(const struct qd_map *settings, bool flat, struct qd_json_writer *writer)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_slice *keys = QD_NEW_ARRAY(arena, struct qd_slice, settings->entry_count);
    struct qd_slice *values = QD_NEW_ARRAY(arena, struct qd_slice, settings->entry_count);
    size_t count = 0;
    for (size_t i = 0; i < settings->entry_count; i++) {
        if (settings->entries[i].removed) continue;
        keys[count] = settings->entries[i].key;
        values[count++] = *(const struct qd_slice *)settings->entries[i].value;
    }
    if (flat || count == 0) {
        qd_json_begin_object(writer);
        for (size_t i = 0; i < count; i++) {
            qd_json_name_slice(writer, keys[i]);
            qd_json_raw(writer, values[i]);
        }
        qd_json_end_object(writer);
    } else {
        write_level(keys, values, 0, count, 0, writer);
    }
    qd_arena_destroy(arena);
}
