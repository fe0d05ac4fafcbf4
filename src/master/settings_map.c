#include "base/assert.h"
#include "base/java_order.h"
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
        bool nested = qd_json_is_object(at.value) ||
                      (qd_json_is_array(at.value) && !array_of_scalars(at.value));
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
        bool archived = qd_slice_starts_with(*key, QD_SLICE("archived."));
        if (prefix.size == 0 || archived || qd_slice_starts_with(*key, prefix)) {
            *key = qd_arena_copy(arena, *key);
        } else {
            *key = qd_arena_format(arena, "%.*s%.*s", QD_SLICE_ARG(prefix), QD_SLICE_ARG(*key));
        }
    }
    *pairs = list.data;
    return list.count;
}

/* ---- the nested form ---- As the reference builds it from sorted keys: objects are Java hash maps and come
 * in their order; a key below a name that is a value already ("a" and "a.b") stays flat beside it. */

struct level {
    struct qd_map entries; /* name -> struct entry *, in order of insertion */
};

struct entry {
    struct qd_slice json; /* data NULL: below is set */
    struct level *below;
};

static struct level *new_level(struct qd_arena *arena)
{
    struct level *level = QD_NEW(arena, struct level);
    qd_map_init(&level->entries, arena);
    return level;
}

static void insert(struct level *level, struct qd_slice key, struct qd_slice json, struct qd_arena *arena)
{
    size_t start = 0;
    for (;;) {
        size_t dot = qd_slice_find_byte(qd_slice_from(key, start), '.');
        struct qd_slice name = dot == SIZE_MAX ? key : qd_slice_sub(key, 0, start + dot);
        struct entry *entry = qd_map_get(&level->entries, name);
        if (entry == NULL) {
            entry = QD_NEW(arena, struct entry);
            qd_map_put(&level->entries, name, entry);
        }
        if (dot == SIZE_MAX) {
            entry->json = json;
            return;
        }
        if (entry->json.data != NULL) {
            start += dot + 1;
            continue;
        }
        if (entry->below == NULL) entry->below = new_level(arena);
        level = entry->below;
        key = qd_slice_from(key, start + dot + 1);
        start = 0;
    }
}

/* True when the names are 0 .. n-1: such an object is a list. */
static bool is_list(const struct level *level)
{
    int64_t max = -1;
    for (size_t i = 0; i < level->entries.entry_count; i++) {
        int64_t number;
        if (!qd_parse_int64(level->entries.entries[i].key, &number) || number < 0) return false;
        if (number > max) max = number;
    }
    return max + 1 == (int64_t)level->entries.entry_count;
}

static void write_level(const struct level *level, struct qd_arena *arena, struct qd_json_writer *writer);

static void write_entry(const struct entry *entry, struct qd_arena *arena, struct qd_json_writer *writer)
{
    if (entry->json.data != NULL) {
        qd_json_raw(writer, entry->json);
    } else {
        write_level(entry->below, arena, writer);
    }
}

static void write_list(const struct level *level, struct qd_arena *arena, struct qd_json_writer *writer)
{
    qd_json_begin_array(writer);
    for (size_t i = 0; i < level->entries.entry_count; i++) {
        const struct entry *entry = qd_map_get(&level->entries, qd_arena_format(arena, "%zu", i));
        if (entry != NULL) write_entry(entry, arena, writer);
    }
    qd_json_end_array(writer);
}

static void write_level(const struct level *level, struct qd_arena *arena, struct qd_json_writer *writer)
{
    size_t count = level->entries.entry_count;
    struct qd_slice *names = QD_NEW_ARRAY(arena, struct qd_slice, count);
    if (is_list(level)) {
        write_list(level, arena, writer);
        return;
    }
    for (size_t i = 0; i < count; i++) names[i] = level->entries.entries[i].key;
    size_t *order = qd_java_map_order(arena, names, count, 2);
    qd_json_begin_object(writer);
    for (size_t i = 0; i < count; i++) {
        qd_json_name_slice(writer, names[order[i]]);
        write_entry(level->entries.entries[order[i]].value, arena, writer);
    }
    qd_json_end_object(writer);
}

static void write_flat(const struct qd_map *settings, struct qd_json_writer *writer)
{
    qd_json_begin_object(writer);
    for (size_t i = 0; i < settings->entry_count; i++) {
        if (settings->entries[i].removed) continue;
        qd_json_name_slice(writer, settings->entries[i].key);
        qd_json_raw(writer, *(const struct qd_slice *)settings->entries[i].value);
    }
    qd_json_end_object(writer);
}

void qd_settings_write(const struct qd_map *settings, bool flat, struct qd_json_writer *writer)
{
    if (flat || settings->live_count == 0) {
        write_flat(settings, writer);
        return;
    }
    struct qd_arena *arena = qd_arena_create(0);
    struct level *root = new_level(arena);
    for (size_t i = 0; i < settings->entry_count; i++) {
        const struct qd_map_entry *entry = &settings->entries[i];
        if (!entry->removed) insert(root, entry->key, *(const struct qd_slice *)entry->value, arena);
    }
    write_level(root, arena, writer);
    qd_arena_destroy(arena);
}

struct qd_slice qd_effective_setting(const struct qd_effective_settings *settings, const char *key)
{
    struct qd_slice text = { 0 };
    if (settings == NULL) return text;
    if (settings->state != NULL) text = qd_settings_get(&settings->state->transient_settings, key);
    if (settings->state != NULL && text.data == NULL) {
        text = qd_settings_get(&settings->state->persistent_settings, key);
    }
    if (text.data != NULL || settings->file == NULL) return text;
    const struct qd_slice *own = qd_map_get(settings->file, qd_slice_from_string(key));
    return own == NULL ? text : *own;
}
