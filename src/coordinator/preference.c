#include "coordinator/preference.h"

#include "base/number.h"
#include "base/text.h"
#include "coordinator/cluster_service.h"
#include "coordinator/nodes_select.h"

enum kind {
    NO_PREFERENCE, /* also texts without an underscore, which only choose among equal copies */
    SHARDS,
    PREFER_NODES,
    LOCAL,
    PRIMARY,
    REPLICA,
    PRIMARY_FIRST,
    REPLICA_FIRST,
    ONLY_LOCAL,
    ONLY_NODES
};

static const struct {
    const char *name;
    bool has_value; /* after a colon */
} kinds[] = {
    [NO_PREFERENCE] = { "", false },
    [SHARDS] = { "_shards", true },
    [PREFER_NODES] = { "_prefer_nodes", true },
    [LOCAL] = { "_local", false },
    [PRIMARY] = { "_primary", false },
    [REPLICA] = { "_replica", false },
    [PRIMARY_FIRST] = { "_primary_first", false },
    [REPLICA_FIRST] = { "_replica_first", false },
    [ONLY_LOCAL] = { "_only_local", false },
    [ONLY_NODES] = { "_only_nodes", true },
};

static enum qd_status read_kind(struct qd_slice text, enum kind *kind, struct qd_slice *value,
                                struct qd_error *error)
{
    size_t colon = qd_slice_find_byte(text, ':');
    struct qd_slice name = qd_slice_sub(text, 0, colon == SIZE_MAX ? text.size : colon);
    *value = colon == SIZE_MAX ? QD_SLICE("") : qd_slice_from(text, colon + 1);
    for (size_t i = SHARDS; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (!qd_slice_is(name, kinds[i].name) || (kinds[i].has_value && colon == SIZE_MAX)) continue;
        *kind = (enum kind)i;
        return QD_OK;
    }
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "no Preference for [%.*s]", QD_SLICE_ARG(name));
}

/* "0,2" names shards, of every index. */
static enum qd_status is_named(struct qd_slice numbers, uint32_t shard, bool *named, struct qd_error *error)
{
    struct qd_slice part;
    *named = false;
    if (numbers.size == 0) return QD_OK;
    while (qd_split_next(&numbers, ',', &part)) {
        int64_t number;
        if (!qd_parse_int64(part, &number))
            return qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(part));
        *named = *named || number == (int64_t)shard;
    }
    return QD_OK;
}

/* One shard, and what its copies are judged by. */
struct choice {
    const struct qd_preference *preference;
    const struct qd_cluster_state *state;
    const struct qd_index_metadata *index;
    uint32_t shard;
    enum kind kind;
    const bool *nodes; /* nodes[state->node_count]: those that are named; only_nodes */
};

static bool is_on_named_node(const struct choice *choice, const struct qd_shard_routing *copy)
{
    for (size_t i = 0; i < choice->state->node_count; i++) {
        if (choice->nodes[i] && qd_slice_equal(choice->state->nodes[i].id, copy->node_id)) return true;
    }
    return false;
}

static bool is_allowed(const struct choice *choice, const struct qd_shard_routing *copy)
{
    struct qd_slice local = choice->preference->coordinator->local_node->id;
    if (copy->node_id.data == NULL) return false;
    if (choice->kind == PRIMARY) return copy->primary;
    if (choice->kind == REPLICA) return !copy->primary;
    if (choice->kind == ONLY_LOCAL) return qd_slice_equal(copy->node_id, local);
    return choice->kind != ONLY_NODES || is_on_named_node(choice, copy);
}

/* The first copy that is allowed, the primary before replicas. */
static struct qd_slice first_allowed(const struct choice *choice)
{
    uint32_t copies = 1 + choice->index->replica_count;
    for (uint32_t c = 0; c < copies; c++) {
        const struct qd_shard_routing *copy = &choice->index->routing[choice->shard * copies + c];
        if (is_allowed(choice, copy)) return copy->node_id;
    }
    return (struct qd_slice){ 0 };
}

static enum qd_status choose_on(struct choice *choice, struct qd_slice criteria, struct qd_slice *node_id,
                                struct qd_error *error)
{
    const struct qd_preference *preference = choice->preference;
    struct qd_node_filter filter = { choice->state, criteria, preference->coordinator->local_node->id };
    bool several = qd_slice_find_byte(criteria, ',') != SIZE_MAX;
    choice->nodes = qd_nodes_select(&filter, preference->arena);
    *node_id = criteria.size == 0 ? (struct qd_slice){ 0 } : first_allowed(choice);
    if (node_id->data != NULL) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "no data nodes with %s [%.*s] found for shard: [%.*s][%u]",
                        several ? "criterion" : "criteria", QD_SLICE_ARG(criteria),
                        QD_SLICE_ARG(choice->index->name), choice->shard);
}

/* After the shards a second preference may follow, behind a bar. */
static enum qd_status read_shards(struct qd_slice *text, enum kind *kind, struct qd_slice *value,
                                  uint32_t shard, bool *left_out, struct qd_error *error)
{
    struct qd_slice numbers = *value;
    size_t bar = qd_slice_find_byte(numbers, '|');
    bool named;
    *text = bar == SIZE_MAX ? QD_SLICE("") : qd_slice_from(numbers, bar + 1);
    if (bar != SIZE_MAX) numbers.size = bar;
    QD_TRY(is_named(numbers, shard, &named, error));
    *left_out = !named;
    *kind = NO_PREFERENCE;
    if (!named || text->size == 0) return QD_OK;
    QD_TRY(read_kind(*text, kind, value, error));
    if (*kind != SHARDS) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "unknown preference [SHARDS]");
}

enum qd_status qd_preference_choose(const struct qd_preference *preference,
                                    const struct qd_index_metadata *index, uint32_t shard,
                                    struct qd_preferred *preferred, struct qd_error *error)
{
    struct choice choice = { .preference = preference,
                             .state = qd_cluster_service_state(preference->coordinator->cluster),
                             .index = index,
                             .shard = shard };
    struct qd_slice text = preference->text;
    struct qd_slice value = QD_SLICE("");
    *preferred = (struct qd_preferred){ 0 };
    if (text.size > 0 && text.data[0] == '_') QD_TRY(read_kind(text, &choice.kind, &value, error));
    if (choice.kind == SHARDS) {
        QD_TRY(read_shards(&text, &choice.kind, &value, shard, &preferred->left_out, error));
        if (preferred->left_out) return QD_OK;
    }
    if (choice.kind == ONLY_NODES) return choose_on(&choice, value, &preferred->node_id, error);
    preferred->node_id = first_allowed(&choice);
    return QD_OK;
}
