/* GET _cat/fielddata: memory of loaded field data, by node and field. */
#include "coordinator/shard_reports.h"
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

static void add_row(struct qd_cat *cat, const struct qd_node_info *node, const struct qd_report_field *field)
{
    struct qd_cat_cell *cell = qd_cat_row(cat);
    *cell++ = qd_cat_text(node->id);
    *cell++ = qd_cat_text(node->host);
    *cell++ = qd_cat_text(node->ip);
    *cell++ = qd_cat_text(node->name);
    *cell++ = qd_cat_text(field->name);
    *cell++ = qd_cat_bytes(field->bytes);
}

static void answer(void *context, const struct qd_shard_reports *reports)
{
    struct qd_cat *cat = context;
    for (size_t n = 0; n < reports->state->node_count; n++) {
        const struct qd_node_info *node = &reports->state->nodes[n];
        struct qd_stats_field_list fields = { 0 };
        for (size_t i = 0; i < reports->count; i++) {
            const struct qd_reported_shard *shard = &reports->shards[i];
            if (shard->node == node) qd_stats_add_fields(&fields, &shard->report, cat->call->arena);
        }
        for (size_t i = 0; i < fields.count; i++) add_row(cat, node, &fields.data[i]);
    }
    qd_cat_finish(cat);
}

void qd_cat_fielddata(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct qd_cat *cat = QD_NEW(call->arena, struct qd_cat);
    struct qd_report_wish wish = { .parts = QD_REPORT_FIELDDATA, .all = true };
    struct qd_slice *wanted;
    if (!qd_cat_begin(cat, call, &table)) return;
    wish.field_count = qd_call_list(call, "fields", &wanted);
    wish.fields = wanted;
    qd_shard_reports_gather(coordinator, call, &wish, answer, cat);
}
