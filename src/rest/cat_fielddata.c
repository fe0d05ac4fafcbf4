/* GET _cat/fielddata: memory of loaded field data, of the whole node and by field. */
#include "base/map.h"
#include "base/wildcard.h"
#include "data/data.h"
#include "data/shard.h"
#include "rest/cat_tables.h"

static const struct qd_cat_column columns[] = {
    { "id", NULL, "node id", QD_CAT_LEFT, 0 },
    { "host", "h", "host name", QD_CAT_LEFT, 0 },
    { "ip", NULL, "ip address", QD_CAT_LEFT, 0 },
    { "node", "n", "node name", QD_CAT_LEFT, 0 },
    { "field", "f", "field name", QD_CAT_LEFT, 0 },
    { "size", "s", "field data usage", QD_CAT_RIGHT, 0 },
};
static const struct qd_cat_table table = QD_CAT_TABLE(columns);

/* Adds what a segment has loaded: field -> int64_t *. */
static void add_segment(struct qd_map *fields, const struct qd_segment *segment, struct qd_arena *arena)
{
    const struct qd_loaded_column *at = qd_segment_loaded(segment, QD_SLICE(""));
    for (; at != NULL; at = at->next) {
        int64_t *bytes = qd_map_get(fields, at->field);
        if (bytes == NULL) {
            bytes = QD_NEW(arena, int64_t);
            qd_map_put(fields, qd_arena_copy(arena, at->field), bytes);
        }
        *bytes += at->bytes;
    }
}

static void add_shards(struct qd_map *fields, const struct qd_data *data, struct qd_arena *arena)
{
    size_t count = qd_data_shard_count(data);
    for (size_t i = 0; i < count; i++) {
        const struct qd_shard *shard = qd_data_shard_at(data, i);
        if (shard->engine == NULL || shard->phase != QD_SHARD_PHASE_STARTED) continue;
        struct qd_snapshot *snapshot = qd_engine_acquire(shard->engine);
        for (uint32_t s = 0; s < snapshot->segment_count; s++) {
            add_segment(fields, snapshot->segments[s].segment, arena);
        }
        qd_snapshot_release(snapshot);
    }
}

void qd_cat_fielddata(struct qd_coordinator *coordinator, struct qd_call *call)
{
    const struct qd_node_info *node = coordinator->local_node;
    struct qd_map fields;
    struct qd_slice *wanted;
    struct qd_cat cat;
    if (!qd_cat_begin(&cat, call, &table)) return;
    size_t wanted_count = qd_call_list(call, "fields", &wanted);
    qd_map_init(&fields, call->arena);
    add_shards(&fields, coordinator->data, call->arena);
    for (size_t i = 0; i < fields.entry_count; i++) {
        const struct qd_map_entry *entry = &fields.entries[i];
        if (wanted_count > 0 && !qd_simple_match_any(wanted, wanted_count, entry->key)) continue;
        struct qd_cat_cell *cell = qd_cat_row(&cat);
        *cell++ = qd_cat_text(node->id);
        *cell++ = qd_cat_text(node->host);
        *cell++ = qd_cat_text(node->ip);
        *cell++ = qd_cat_text(node->name);
        *cell++ = qd_cat_text(entry->key);
        *cell++ = qd_cat_bytes(*(const int64_t *)entry->value);
    }
    qd_cat_finish(&cat);
}
