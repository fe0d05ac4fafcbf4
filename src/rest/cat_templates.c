/* GET _cat/templates: index templates, old and composable. */
#include "base/wildcard.h"
#include "coordinator/cluster_service.h"
#include "coordinator/manager_timeout.h"
#include "rest/cat_tables.h"

static const struct qd_cat_column columns[] = {
    { "name", "n", "template name", QD_CAT_LEFT, 0 },
    { "index_patterns", "t", "template index patterns", QD_CAT_LEFT, 0 },
    { "order", "o,p", "template application order/priority number", QD_CAT_LEFT, 0 },
    { "version", "v", "version", QD_CAT_LEFT, 0 },
    { "composed_of", "c", "component templates comprising index template", QD_CAT_LEFT, 0 },
};
static const struct qd_cat_table table = QD_CAT_TABLE(columns);

/* "[a, b]" of an array of strings. */
static struct qd_slice list_text(const struct qd_json *list, struct qd_arena *arena)
{
    struct qd_json_iterator at = qd_json_iterate(list);
    struct qd_buffer text = { 0 };
    qd_buffer_byte(&text, '[');
    for (size_t i = 0; qd_json_next(&at); i++) {
        if (i > 0) qd_buffer_text(&text, ", ");
        qd_buffer_slice(&text, qd_json_text(at.value));
    }
    qd_buffer_byte(&text, ']');
    struct qd_slice copy = qd_arena_copy(arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return copy;
}

static struct qd_cat_cell number_or_none(const struct qd_json *number, int64_t fallback, bool required)
{
    int64_t value = fallback;
    if (!qd_json_int64(number, &value) && !required) return (struct qd_cat_cell){ 0 };
    return qd_cat_number(value);
}

static void add_rows(struct qd_cat *cat, const struct qd_map *customs, struct qd_slice prefix,
                     bool composable)
{
    struct qd_call *call = cat->call;
    struct qd_slice pattern = qd_call_parameter(call, "name");
    for (size_t i = 0; i < customs->entry_count; i++) {
        const struct qd_map_entry *entry = &customs->entries[i];
        struct qd_json_document document;
        if (entry->removed || !qd_slice_starts_with(entry->key, prefix)) continue;
        struct qd_slice name = qd_slice_from(entry->key, prefix.size);
        if (pattern.data != NULL && !qd_simple_match(pattern, name)) continue;
        if (qd_json_parse(call->arena, *(const struct qd_slice *)entry->value, &document, NULL) != QD_OK) {
            continue;
        }
        struct qd_cat_cell *cell = qd_cat_row(cat);
        cell[0] = qd_cat_text(name);
        cell[1] = qd_cat_text(list_text(qd_json_get(document.root, "index_patterns"), call->arena));
        cell[2] = number_or_none(qd_json_get(document.root, composable ? "priority" : "order"), 0, true);
        cell[3] = number_or_none(qd_json_get(document.root, "version"), 0, false);
        cell[4] = composable ? qd_cat_text(list_text(qd_json_get(document.root, "composed_of"), call->arena))
                             : qd_cat_string("");
    }
}

void qd_cat_templates(struct qd_coordinator *coordinator, struct qd_call *call)
{
    const struct qd_map *customs = &qd_cluster_service_state(coordinator->cluster)->customs;
    struct qd_cat cat;
    if (!qd_cat_begin(&cat, call, &table)) return;
    int64_t timeout = 0;
    if (qd_manager_timeout_of_call(call, &timeout, &call->error) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    add_rows(&cat, customs, QD_SLICE("template/"), false);
    add_rows(&cat, customs, QD_SLICE("index_template/"), true);
    qd_cat_finish(&cat);
}
