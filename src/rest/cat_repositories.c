/* GET _cat/repositories: snapshot repositories. */
#include "coordinator/cluster_service.h"
#include "coordinator/manager_timeout.h"
#include "rest/cat_tables.h"

static const struct qd_cat_column columns[] = {
    { "id", "id,repoId", "unique repository id", QD_CAT_LEFT, 0 },
    { "type", "t,type", "repository type", QD_CAT_RIGHT, 0 },
};
static const struct qd_cat_table table = QD_CAT_TABLE(columns);

void qd_cat_repositories(struct qd_coordinator *coordinator, struct qd_call *call)
{
    const struct qd_map *customs = &qd_cluster_service_state(coordinator->cluster)->customs;
    const struct qd_slice prefix = QD_SLICE("repository/");
    struct qd_cat cat;
    if (!qd_cat_begin(&cat, call, &table)) return;
    int64_t timeout = 0;
    if (qd_manager_timeout_of_call(call, &timeout, &call->error) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    for (size_t i = 0; i < customs->entry_count; i++) {
        const struct qd_map_entry *entry = &customs->entries[i];
        struct qd_json_document document;
        if (entry->removed || !qd_slice_starts_with(entry->key, prefix)) continue;
        if (qd_json_parse(call->arena, *(const struct qd_slice *)entry->value, &document, NULL) != QD_OK) {
            continue;
        }
        struct qd_cat_cell *cell = qd_cat_row(&cat);
        cell[0] = qd_cat_text(qd_slice_from(entry->key, prefix.size));
        cell[1] = qd_cat_text(qd_json_text(qd_json_get(document.root, "type")));
    }
    qd_cat_finish(&cat);
}
