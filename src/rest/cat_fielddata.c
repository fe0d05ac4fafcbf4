/* GET _cat/fielddata: memory of loaded field data, of the whole node and by field. */
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

void qd_cat_fielddata(struct qd_coordinator *coordinator, struct qd_call *call)
{
    const struct qd_node_info *node = coordinator->local_node;
    struct qd_fielddata_uses uses = { .arena = call->arena };
    struct qd_slice *wanted;
    struct qd_cat cat;
    if (!qd_cat_begin(&cat, call, &table)) return;
    size_t wanted_count = qd_call_list(call, "fields", &wanted);
    qd_data_fielddata(coordinator->data, &uses);
    for (size_t i = 0; i < uses.count; i++) {
        const struct qd_fielddata_use *use = &uses.data[i];
        if (wanted_count > 0 && !qd_simple_match_any(wanted, wanted_count, use->field)) continue;
        struct qd_cat_cell *cell = qd_cat_row(&cat);
        *cell++ = qd_cat_text(node->id);
        *cell++ = qd_cat_text(node->host);
        *cell++ = qd_cat_text(node->ip);
        *cell++ = qd_cat_text(node->name);
        *cell++ = qd_cat_text(use->field);
        *cell++ = qd_cat_bytes(use->bytes);
    }
    qd_cat_finish(&cat);
}
