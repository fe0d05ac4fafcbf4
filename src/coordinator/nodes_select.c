#include "coordinator/nodes_select.h"

#include "base/wildcard.h"

/* The roles in the order of answers. */
static const struct {
    const char *name;
    size_t offset; /* of the flag in struct qd_node_info */
} roles[] = {
    { "cluster_manager", offsetof(struct qd_node_info, cluster_manager) },
    { "data", offsetof(struct qd_node_info, data) },
    { "ingest", offsetof(struct qd_node_info, ingest) },
    { "remote_cluster_client", offsetof(struct qd_node_info, remote_cluster_client) },
};
#define ROLE_COUNT (sizeof(roles) / sizeof(roles[0]))

static bool has_role(const struct qd_node_info *node, size_t role)
{
    return *(const bool *)((const char *)node + roles[role].offset);
}

const struct qd_node_info *qd_nodes_find(const struct qd_cluster_state *state, struct qd_slice id)
{
    for (size_t i = 0; i < state->node_count; i++) {
        if (qd_slice_equal(state->nodes[i].id, id)) return &state->nodes[i];
    }
    return NULL;
}

void qd_nodes_write_roles(const struct qd_node_info *node, struct qd_json_writer *writer)
{
    qd_json_begin_array(writer);
    for (size_t i = 0; i < ROLE_COUNT; i++) {
        if (has_role(node, i)) qd_json_text_value(writer, roles[i].name);
    }
    qd_json_end_array(writer);
}

struct qd_slice qd_nodes_port(struct qd_slice address)
{
    for (size_t i = address.size; i > 0; i--) {
        if (address.data[i - 1] == ':') return qd_slice_from(address, i);
    }
    return address;
}

void qd_nodes_write_header(const struct qd_cluster_state *state, size_t count, struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "_nodes");
    qd_json_member_int(writer, "total", (int64_t)count);
    qd_json_member_int(writer, "successful", (int64_t)count);
    qd_json_member_int(writer, "failed", 0);
    qd_json_end_object(writer);
    qd_json_member_string(writer, "cluster_name", state->cluster_name);
}

static bool matches_address(const struct qd_node_info *node, struct qd_slice pattern)
{
    return qd_slice_equal(node->id, pattern) || qd_simple_match(pattern, node->name) ||
           qd_simple_match(pattern, node->host) || qd_simple_match(pattern, node->ip) ||
           qd_simple_match(pattern, node->transport_address);
}

static bool matches_attribute(const struct qd_node_info *node, struct qd_slice name, struct qd_slice value)
{
    for (size_t i = 0; i < node->attribute_count; i++) {
        if (qd_simple_match(name, node->attributes[2 * i]) &&
            qd_simple_match(value, node->attributes[2 * i + 1])) {
            return true;
        }
    }
    return false;
}

/* "data:true" adds, "data:false" takes away; false when it is no role. */
static bool apply_role(const struct qd_cluster_state *state, struct qd_slice name, bool add, bool *wanted)
{
    size_t role = ROLE_COUNT;
    bool coordinating = qd_slice_is(name, "coordinating_only");
    for (size_t r = 0; r < ROLE_COUNT; r++) {
        if (qd_slice_is(name, roles[r].name)) role = r;
    }
    if (qd_slice_is(name, "master")) role = 0;
    if (role == ROLE_COUNT && !coordinating) return false;
    for (size_t i = 0; i < state->node_count; i++) {
        const struct qd_node_info *node = &state->nodes[i];
        bool none = !node->cluster_manager && !node->data && !node->ingest;
        if (coordinating ? none : has_role(node, role)) wanted[i] = add;
    }
    return true;
}

static void apply_part(const struct qd_node_filter *filter, struct qd_slice part, bool *wanted)
{
    const struct qd_cluster_state *state = filter->state;
    size_t colon = qd_slice_find_byte(part, ':');
    struct qd_slice name = colon == SIZE_MAX ? part : qd_slice_sub(part, 0, colon);
    struct qd_slice value = colon == SIZE_MAX ? (struct qd_slice){ 0 } : qd_slice_from(part, colon + 1);
    bool on = qd_slice_is(value, "true");
    if (colon != SIZE_MAX && (on || qd_slice_is(value, "false")) && apply_role(state, name, on, wanted)) {
        return;
    }
    for (size_t i = 0; i < state->node_count; i++) {
        const struct qd_node_info *node = &state->nodes[i];
        bool manager = qd_slice_equal(node->id, state->master_node_id);
        if (qd_slice_is(part, "_all") ||
            (qd_slice_is(part, "_local") && qd_slice_equal(node->id, filter->local_id)) ||
            (manager && (qd_slice_is(part, "_master") || qd_slice_is(part, "_cluster_manager"))) ||
            matches_address(node, part) || (colon != SIZE_MAX && matches_attribute(node, name, value))) {
            wanted[i] = true;
        }
    }
}

bool *qd_nodes_select(const struct qd_node_filter *filter, struct qd_arena *arena)
{
    bool *wanted = QD_NEW_ARRAY(arena, bool, filter->state->node_count + 1);
    struct qd_slice rest = filter->text;
    if (rest.size == 0) {
        for (size_t i = 0; i < filter->state->node_count; i++) wanted[i] = true;
    }
    while (rest.size > 0) {
        size_t comma = qd_slice_find_byte(rest, ',');
        size_t size = comma == SIZE_MAX ? rest.size : comma;
        if (size > 0) apply_part(filter, qd_slice_sub(rest, 0, size), wanted);
        rest = qd_slice_from(rest, comma == SIZE_MAX ? rest.size : comma + 1);
    }
    return wanted;
}
