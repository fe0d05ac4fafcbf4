/* GET _cat/aliases: one row for each alias of each index. */
#include "base/wildcard.h"
#include "coordinator/blocks.h"
#include "coordinator/cluster_service.h"
#include "coordinator/resolve.h"
#include "rest/cat_tables.h"

static const struct qd_cat_column columns[] = {
    { "alias", "a", "alias name", QD_CAT_LEFT, 0 },
    { "index", "i,idx", "index alias points to", QD_CAT_LEFT, 0 },
    { "filter", "f,fi", "filter", QD_CAT_LEFT, 0 },
    { "routing.index", "ri,routingIndex", "index routing", QD_CAT_LEFT, 0 },
    { "routing.search", "rs,routingSearch", "search routing", QD_CAT_LEFT, 0 },
    { "is_write_index", "w,isWriteIndex", "write index", QD_CAT_LEFT, 0 },
};
static const struct qd_cat_table table = QD_CAT_TABLE(columns);

static struct qd_cat_cell or_dash(struct qd_slice text)
{
    return text.data == NULL ? qd_cat_string("-") : qd_cat_text(text);
}

/* Patterns take part in order: "a*,-ab" is what a* matches but not ab. */
static bool wanted_name(struct qd_slice *patterns, size_t count, struct qd_slice name)
{
    bool wanted = count == 0;
    for (size_t i = 0; i < count; i++) {
        bool exclude = i > 0 && patterns[i].size > 1 && patterns[i].data[0] == '-';
        struct qd_slice pattern = exclude ? qd_slice_from(patterns[i], 1) : patterns[i];
        if (qd_slice_is(pattern, "_all") || qd_simple_match(pattern, name)) wanted = !exclude;
    }
    return wanted;
}

static void add_row(struct qd_cat *cat, const struct qd_index_metadata *index, const struct qd_alias *alias)
{
    static const char *const write_index[] = { "-", "false", "true" };
    struct qd_cat_cell *cell = qd_cat_row(cat);
    *cell++ = qd_cat_text(alias->name);
    *cell++ = qd_cat_text(index->name);
    *cell++ = qd_cat_string(alias->filter.data == NULL ? "-" : "*");
    *cell++ = or_dash(alias->index_routing);
    *cell++ = or_dash(alias->search_routing);
    *cell++ = qd_cat_string(write_index[alias->is_write_index]);
}

/* The indices whose aliases are shown. */
static enum qd_status find_indices(struct qd_coordinator *coordinator, struct qd_call *call,
                                   struct qd_resolved **indices, size_t *count)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(coordinator->cluster);
    struct qd_indices_options options = qd_options_open_closed();
    options.expand_hidden = true;
    QD_TRY(qd_options_of_call(call, &options, &call->error));
    *indices = QD_NEW_ARRAY(call->arena, struct qd_resolved, state->index_count);
    *count = 0;
    for (size_t i = 0; i < state->index_count; i++) {
        const struct qd_index_metadata *index = state->indices[i];
        bool visible = (index->closed ? options.expand_closed : options.expand_open) &&
                       (!index->hidden || options.expand_hidden);
        if (visible) (*indices)[(*count)++].index = index;
    }
    return qd_check_all_blocks(*indices, *count, QD_BLOCK_METADATA_READ, call->arena, &call->error);
}

void qd_cat_aliases(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct qd_resolved *indices;
    struct qd_slice *patterns;
    struct qd_cat cat;
    size_t index_count;
    if (!qd_cat_begin(&cat, call, &table)) return;
    enum qd_status status = find_indices(coordinator, call, &indices, &index_count);
    size_t count = qd_call_list(call, "alias", &patterns);
    for (size_t i = 0; status == QD_OK && i < index_count; i++) {
        const struct qd_index_metadata *index = indices[i].index;
        for (size_t a = 0; a < index->aliases.entry_count; a++) {
            const struct qd_map_entry *entry = &index->aliases.entries[a];
            if (!entry->removed && wanted_name(patterns, count, entry->key)) {
                add_row(&cat, index, entry->value);
            }
        }
    }
    if (status == QD_OK) {
        status = qd_cat_check_limit(coordinator, "cat.aliases.response.limit.number_of_aliases",
                                    cat.rows.count, "aliases", &call->error);
    }
    if (status != QD_OK) {
        qd_call_fail(call);
        return;
    }
    qd_cat_finish(&cat);
}
