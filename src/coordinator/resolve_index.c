/* GET /_resolve/index/{name}: which indices and aliases an expression means; GET /_remote/info.
 *
 * Other than qd_resolve, this keeps aliases apart from what they stand for, and names that are not there are
 * left out. Source: OpenSearch ResolveIndexAction.
 */
#include <stdlib.h>

#include "base/wildcard.h"
#include "coordinator/cluster_service.h"
#include "coordinator/operations.h"
#include "coordinator/resolve.h"

/* The parts of an expression; a part that begins with a hyphen and follows a pattern takes out. */
struct names {
    struct qd_slice *parts; /* parts[count], date math resolved */
    size_t count;
    struct qd_indices_options options;
};

static bool reaches(const struct names *names, struct qd_slice pattern, struct qd_slice name, bool hidden)
{
    if (!qd_is_simple_pattern(pattern)) return qd_slice_equal(pattern, name);
    if (!names->options.expand_open && !names->options.expand_closed) return false;
    bool dotted = pattern.data[0] == '.' && name.data[0] == '.';
    if (hidden && !names->options.expand_hidden && !dotted) return false;
    return qd_simple_match(pattern, name);
}

/* Whether the expression means `name`. `allowed` tells whether patterns may reach it at all. */
static bool is_meant(const struct names *names, struct qd_slice name, bool allowed, bool hidden)
{
    bool meant = false, after_pattern = false;
    for (size_t i = 0; i < names->count; i++) {
        struct qd_slice part = names->parts[i];
        bool excludes = after_pattern && part.data[0] == '-';
        if (excludes) part = qd_slice_from(part, 1);
        bool pattern = qd_is_simple_pattern(part);
        after_pattern = after_pattern || pattern;
        if ((pattern && !allowed) || !reaches(names, part, name, hidden)) continue;
        meant = !excludes;
    }
    return meant;
}

static void write_index(const struct qd_index_metadata *index, struct qd_json_writer *writer)
{
    bool any = false;
    qd_json_begin_object(writer);
    qd_json_member_string(writer, "name", index->name);
    for (size_t i = 0; i < index->aliases.entry_count; i++) {
        if (index->aliases.entries[i].removed) continue;
        if (!any) qd_json_member_array(writer, "aliases");
        any = true;
        qd_json_string(writer, index->aliases.entries[i].key);
    }
    if (any) qd_json_end_array(writer);
    qd_json_member_array(writer, "attributes");
    if (index->closed) qd_json_string(writer, QD_SLICE("closed"));
    if (index->hidden) qd_json_string(writer, QD_SLICE("hidden"));
    if (!index->closed) qd_json_string(writer, QD_SLICE("open"));
    qd_json_end_array(writer);
    qd_json_end_object(writer);
}

static void write_indices(const struct qd_cluster_state *state, const struct names *names,
                          struct qd_json_writer *writer)
{
    qd_json_member_array(writer, "indices");
    for (size_t i = 0; i < state->index_count; i++) {
        const struct qd_index_metadata *index = state->indices[i];
        bool allowed = index->closed ? names->options.expand_closed : names->options.expand_open;
        if (is_meant(names, index->name, allowed, index->hidden)) write_index(index, writer);
    }
    qd_json_end_array(writer);
}

/* The alias of this name in any index before `end`. */
static bool is_told(const struct qd_cluster_state *state, struct qd_slice name, size_t end)
{
    for (size_t i = 0; i < end; i++) {
        if (qd_map_get(&state->indices[i]->aliases, name) != NULL) return true;
    }
    return false;
}

static void write_alias(const struct qd_cluster_state *state, struct qd_slice name,
                        struct qd_json_writer *writer)
{
    qd_json_begin_object(writer);
    qd_json_member_string(writer, "name", name);
    qd_json_member_array(writer, "indices");
    for (size_t i = 0; i < state->index_count; i++) {
        if (qd_map_get(&state->indices[i]->aliases, name) == NULL) continue;
        qd_json_string(writer, state->indices[i]->name);
    }
    qd_json_end_array(writer);
    qd_json_end_object(writer);
}

static int compare_slices(const void *left, const void *right)
{
    return qd_slice_compare(*(const struct qd_slice *)left, *(const struct qd_slice *)right);
}

static void write_aliases(const struct qd_cluster_state *state, const struct names *names,
                          struct qd_arena *arena, struct qd_json_writer *writer)
{
    size_t room = 0, count = 0;
    for (size_t i = 0; i < state->index_count; i++) room += state->indices[i]->aliases.entry_count;
    struct qd_slice *found = QD_NEW_ARRAY(arena, struct qd_slice, room + 1);
    for (size_t i = 0; i < state->index_count; i++) {
        const struct qd_map *aliases = &state->indices[i]->aliases;
        for (size_t a = 0; a < aliases->entry_count; a++) {
            const struct qd_alias *alias = aliases->entries[a].value;
            if (aliases->entries[a].removed || is_told(state, alias->name, i)) continue;
            if (is_meant(names, alias->name, true, alias->is_hidden == QD_YES)) found[count++] = alias->name;
        }
    }
    qsort(found, count, sizeof(*found), compare_slices);
    qd_json_member_array(writer, "aliases");
    for (size_t i = 0; i < count; i++) write_alias(state, found[i], writer);
    qd_json_end_array(writer);
}

static enum qd_status read_names(struct qd_call *call, struct names *names)
{
    names->options = qd_options_open();
    QD_TRY(qd_options_of_call(call, &names->options, &call->error));
    names->count = qd_call_list(call, "name", &names->parts);
    for (size_t i = 0; i < names->count; i++) {
        QD_TRY(qd_resolve_date_math(names->parts[i], call->start_ms, call->arena, &names->parts[i],
                                    &call->error));
    }
    return QD_OK;
}

void qd_coordinator_resolve_index(struct qd_coordinator *coordinator, struct qd_call *call)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(coordinator->cluster);
    struct names names;
    if (read_names(call, &names) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    struct qd_json_writer writer = qd_call_writer(call);
    qd_json_begin_object(&writer);
    write_indices(state, &names, &writer);
    write_aliases(state, &names, call->arena, &writer);
    qd_json_member_array(&writer, "data_streams");
    qd_json_end_array(&writer);
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}

/* No remote cluster can be configured: what there is of them is nothing. */
void qd_coordinator_remote_info(struct qd_coordinator *coordinator, struct qd_call *call)
{
    (void)coordinator;
    qd_buffer_text(&call->response, "{}");
    qd_call_finish(call, 200);
}
