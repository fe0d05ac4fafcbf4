#include "coordinator/thread_pool_settings.h"

#include <limits.h>
#include <stdlib.h>

#include "base/java_order.h"
#include "base/json_writer.h"
#include "base/number.h"
#include "base/vector.h"

/* One setting. */
struct entry {
    struct qd_slice pool; /* before the dot; all of the key when there is none */
    struct qd_slice what; /* behind it; data NULL: there is no dot */
    struct qd_slice key, text;
};

QD_VECTOR_TYPE(entries, struct entry);

static int compare_entries(const void *left, const void *right)
{
    return qd_slice_compare(((const struct entry *)left)->key, ((const struct entry *)right)->key);
}

static void sorted_entries(const struct qd_map *map, struct qd_arena *arena, struct entries *list)
{
    for (size_t i = 0; i < map->entry_count; i++) {
        if (map->entries[i].removed) continue;
        struct qd_slice key = map->entries[i].key;
        size_t dot = qd_slice_find_byte(key, '.');
        struct entry *entry = QD_PUSH(arena, list);
        *entry = (struct entry){ .pool = key, .key = key };
        entry->text = *(const struct qd_slice *)map->entries[i].value;
        if (dot == SIZE_MAX) continue;
        entry->pool = qd_slice_sub(key, 0, dot);
        entry->what = qd_slice_from(key, dot + 1);
    }
    if (list->count > 1) qsort(list->data, list->count, sizeof(*list->data), compare_entries);
}

static bool same_entries(const struct entries *left, const struct entries *right)
{
    if (left->count != right->count) return false;
    for (size_t i = 0; i < left->count; i++) {
        if (!qd_slice_equal(left->data[i].key, right->data[i].key)) return false;
        if (!qd_slice_equal(left->data[i].text, right->data[i].text)) return false;
    }
    return true;
}

/* {"search.size":"5"} */
static struct qd_slice text_of(const struct entries *list, struct qd_arena *arena)
{
    struct qd_buffer text = { 0 };
    struct qd_json_writer writer = { .out = &text };
    qd_json_begin_object(&writer);
    for (size_t i = 0; i < list->count; i++) {
        qd_json_name_slice(&writer, list->data[i].key);
        qd_json_string(&writer, list->data[i].text);
    }
    qd_json_end_object(&writer);
    struct qd_slice kept = qd_arena_copy(arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return kept;
}

/* The settings of one pool. */
struct group {
    struct qd_slice pool;
    const struct entry *entries; /* entries[count] */
    size_t count;
    struct qd_arena *arena;
};

static const struct qd_thread_pool *find_pool(const struct qd_thread_pools *pools, struct qd_slice name)
{
    for (size_t i = 0; i < pools->count; i++) {
        if (qd_slice_is(name, pools->pools[i].name)) return &pools->pools[i];
    }
    return NULL;
}

static bool is_one_of(struct qd_slice what, bool scaling)
{
    return scaling ? qd_slice_is(what, "core") || qd_slice_is(what, "max") : qd_slice_is(what, "size");
}

/* Names are told with those that hold where they are not set. */
static enum qd_status check_names(const struct group *group, bool scaling, struct qd_error *error)
{
    bool known = true;
    struct qd_slice *names = QD_NEW_ARRAY(group->arena, struct qd_slice, group->count);
    for (size_t i = 0; i < group->count; i++) {
        names[i] = group->entries[i].what;
        known = known && is_one_of(names[i], scaling);
    }
    if (known) return QD_OK;
    const size_t *order = qd_java_map_order(group->arena, names, group->count, 16);
    struct qd_buffer text = { 0 };
    for (size_t i = 0; i < group->count; i++) {
        qd_buffer_format(&text, "%s%.*s", i > 0 ? ", " : "", QD_SLICE_ARG(names[order[i]]));
    }
    enum qd_status status = qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                                         "illegal thread_pool config : [%.*s] should only have [%s]",
                                         (int)text.size, text.data, scaling ? "core, max" : "size");
    qd_buffer_deinit(&text);
    return status;
}

static enum qd_status read_number(const struct group *group, const char *what, int64_t *number,
                                  struct qd_error *error)
{
    for (size_t i = 0; i < group->count; i++) {
        const struct entry *entry = &group->entries[i];
        if (!qd_slice_is(entry->what, what)) continue;
        if (qd_parse_int64(entry->text, number) && *number >= INT_MIN && *number <= INT_MAX) return QD_OK;
        (void)qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(entry->text));
        return qd_error_wrap(error, QD_SETTINGS, "Failed to parse int setting [%s] with value [%.*s]", what,
                             QD_SLICE_ARG(entry->text));
    }
    return QD_OK;
}

static enum qd_status check_group(const struct qd_thread_pools *pools, const struct group *group,
                                  struct qd_error *error)
{
    const struct qd_thread_pool *pool = find_pool(pools, group->pool);
    if (pool == NULL) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "illegal thread_pool name : %.*s",
                            QD_SLICE_ARG(group->pool));
    }
    bool scaling = pool->size < 0;
    int64_t low = scaling ? pool->core : pool->size;
    int64_t high = scaling ? pool->max : pool->size;
    QD_TRY(check_names(group, scaling, error));
    QD_TRY(read_number(group, scaling ? "core" : "size", &low, error));
    if (scaling) QD_TRY(read_number(group, "max", &high, error));
    if (low < 1 || high < 1) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "illegal value for [" QD_THREAD_POOL_SETTINGS "%s], has to be positive value",
                            pool->name);
    }
    if (!scaling || low <= high) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "core threadpool size cannot be greater than max");
}

static enum qd_status check_groups(const struct qd_thread_pools *pools, const struct entries *list,
                                   struct qd_arena *arena, struct qd_error *error)
{
    for (size_t i = 0; i < list->count;) {
        struct group group = { list->data[i].pool, &list->data[i], 0, arena };
        bool dotted = list->data[i].what.data != NULL;
        while (i < list->count && qd_slice_equal(list->data[i].pool, group.pool) &&
               (list->data[i].what.data != NULL) == dotted) {
            group.count++;
            i++;
        }
        if (dotted) QD_TRY(check_group(pools, &group, error));
    }
    return QD_OK;
}

enum qd_status qd_thread_pool_settings_check(const struct qd_thread_pool_change *change,
                                             struct qd_arena *arena, struct qd_error *error)
{
    struct entries before = { 0 };
    struct entries after = { 0 };
    sorted_entries(&change->before, arena, &before);
    sorted_entries(&change->after, arena, &after);
    if (same_entries(&before, &after)) return QD_OK;
    if (check_groups(change->pools, &after, arena, error) == QD_OK) return QD_OK;
    struct qd_slice from = text_of(&before, arena);
    struct qd_slice to = text_of(&after, arena);
    return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT,
                         "illegal value can't update [" QD_THREAD_POOL_SETTINGS "] from [%.*s] to [%.*s]",
                         QD_SLICE_ARG(from), QD_SLICE_ARG(to));
}
