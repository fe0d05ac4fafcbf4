#include "coordinator/index_view.h"

#include "base/date.h"
#include "base/product.h"
#include "base/wildcard.h"
#include "coordinator/index_settings.h"
#include "coordinator/machine_defaults.h"

bool qd_index_view_wants(const struct qd_index_view *view, struct qd_slice key)
{
    for (size_t i = 0; i < view->name_count; i++) {
        if (qd_simple_match(view->names[i], key)) return true;
    }
    return view->name_count == 0;
}

static void put(struct qd_map *map, struct qd_arena *arena, const char *key, struct qd_slice text)
{
    qd_state_map_put(map, arena, qd_slice_from_string(key),
                     qd_arena_format(arena, "\"%.*s\"", QD_SLICE_ARG(text)));
}

static struct qd_slice date_text(int64_t ms, struct qd_arena *arena)
{
    struct qd_buffer out = { 0 };
    qd_date_print_iso_millis(ms, &out);
    struct qd_slice text = qd_arena_copy(arena, qd_buffer_view(&out));
    qd_buffer_deinit(&out);
    return text;
}

void qd_index_view_select(const struct qd_index_view *view, const struct qd_index_metadata *index,
                          struct qd_arena *arena, struct qd_map *selected)
{
    qd_map_init(selected, arena);
    for (size_t i = 0; i < index->settings.entry_count; i++) {
        const struct qd_map_entry *entry = &index->settings.entries[i];
        if (!entry->removed && qd_index_view_wants(view, entry->key)) {
            qd_map_put(selected, entry->key, entry->value);
        }
    }
    if (!view->human) return;
    if (qd_map_get(selected, QD_SLICE("index.creation_date")) != NULL) {
        put(selected, arena, "index.creation_date_string", date_text(index->creation_date_ms, arena));
    }
    if (qd_map_get(selected, QD_SLICE("index.version.created")) != NULL) {
        put(selected, arena, "index.version.created_string", QD_SLICE(QD_OPENSEARCH_VERSION));
    }
}

void qd_index_view_settings(const struct qd_index_view *view, const struct qd_index_metadata *index,
                            struct qd_arena *arena, struct qd_json_writer *writer)
{
    struct qd_map selected;
    qd_index_view_select(view, index, arena, &selected);
    qd_settings_write(&selected, view->flat_settings, writer);
}

/* The default as JSON text. */
static struct qd_slice default_of(const struct qd_index_view *view, const struct qd_index_setting *row,
                                  struct qd_arena *arena)
{
    struct qd_slice key = qd_slice_from_string(row->key);
    struct qd_slice json;
    if (qd_machine_index_default(view->processors, key, arena, &json)) return json;
    return row->type == QD_SETTING_LIST ? qd_slice_from_string(row->fallback)
                                        : qd_arena_format(arena, "\"%s\"", row->fallback);
}

void qd_index_view_defaults(const struct qd_index_view *view, const struct qd_index_metadata *index,
                            struct qd_arena *arena, struct qd_json_writer *writer)
{
    const struct qd_index_setting *rows;
    struct qd_map defaults;
    size_t count = qd_index_settings(&rows);
    qd_map_init(&defaults, arena);
    for (size_t i = 0; i < count; i++) {
        struct qd_slice key = qd_slice_from_string(rows[i].key);
        if (rows[i].fallback == NULL || qd_map_get(&index->settings, key) != NULL) continue;
        if (!qd_index_view_wants(view, key)) continue;
        struct qd_slice *json = QD_NEW(arena, struct qd_slice);
        *json = default_of(view, &rows[i], arena);
        qd_map_put(&defaults, key, json);
    }
    qd_settings_write(&defaults, view->flat_settings, writer);
}

void qd_index_view_alias(const struct qd_alias *alias, struct qd_json_writer *writer)
{
    qd_json_name_slice(writer, alias->name);
    qd_json_begin_object(writer);
    if (alias->filter.data != NULL) {
        qd_json_name(writer, "filter");
        qd_json_raw(writer, alias->filter);
    }
    if (alias->index_routing.data != NULL) {
        qd_json_member_string(writer, "index_routing", alias->index_routing);
    }
    if (alias->search_routing.data != NULL) {
        qd_json_member_string(writer, "search_routing", alias->search_routing);
    }
    if (alias->is_write_index != QD_UNSET) {
        qd_json_member_bool(writer, "is_write_index", alias->is_write_index == QD_YES);
    }
    if (alias->is_hidden != QD_UNSET) qd_json_member_bool(writer, "is_hidden", alias->is_hidden == QD_YES);
    qd_json_end_object(writer);
}
