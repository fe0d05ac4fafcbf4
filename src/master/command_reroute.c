/* POST _cluster/reroute: moving copies of shards by hand, and another try for copies that have failed.
 *
 * Each command either does its work, tells in an explanation why it cannot, or, when no explanation is asked
 * for, fails the whole request. Source: OpenSearch AllocationCommands and its commands.
 */
#include "base/assert.h"
#include "master/commands.h"
#include "master/deciders.h"

/* The commands. */
enum kind { CANCEL, MOVE, ALLOCATE_REPLICA, ALLOCATE_EMPTY, ALLOCATE_STALE };

static const struct {
    const char *name;
    const char *decider; /* whose decision an explanation tells */
    const char *subject; /* what an error begins with */
} kinds[] = {
    [CANCEL] = { "cancel", "cancel_allocation_command", "cancel_allocation" },
    [MOVE] = { "move", "move_allocation_command", "move_allocation" },
    [ALLOCATE_REPLICA] = { "allocate_replica", "allocate_replica (allocation command)", "allocate_replica" },
    [ALLOCATE_EMPTY] = { "allocate_empty_primary", "allocate_empty_primary (allocation command)",
                         "allocate_empty_primary" },
    [ALLOCATE_STALE] = { "allocate_stale_primary", "allocate_stale_primary (allocation command)",
                         "allocate_stale_primary" },
};

/* One command while it is carried out. */
struct step {
    struct qd_command *command;
    const struct qd_json *parameters; /* index, shard, node, ... with "node_id" and "to_node_id" resolved */
    enum kind kind;
    bool explain;
    struct qd_json_writer *writer; /* explanations; an array that is open */
    struct qd_slice index_name;
    int64_t number;                /* of the shard */
    const struct qd_node_info *node;
};

static struct qd_slice text_of(const struct step *step, const char *name)
{
    return qd_json_text(qd_json_get(step->parameters, name));
}

static const struct qd_node_info *find_node(const struct step *step, const char *name)
{
    const struct qd_cluster_state *state = step->command->state;
    struct qd_slice id = text_of(step, name);
    for (size_t i = 0; i < state->node_count; i++) {
        if (qd_slice_equal(state->nodes[i].id, id)) return &state->nodes[i];
    }
    return NULL;
}

static void begin_explanation(const struct step *step)
{
    struct qd_json_writer *writer = step->writer;
    bool move = step->kind == MOVE;
    qd_json_begin_object(writer);
    qd_json_member_text(writer, "command", kinds[step->kind].name);
    qd_json_member_object(writer, "parameters");
    qd_json_member_string(writer, "index", step->index_name);
    qd_json_member_int(writer, "shard", step->number);
    qd_json_member_string(writer, move ? "from_node" : "node", text_of(step, move ? "from_node" : "node"));
    if (move) qd_json_member_string(writer, "to_node", text_of(step, "to_node"));
    bool flag = qd_json_boolean(qd_json_get(step->parameters, "flag"));
    if (step->kind == CANCEL) qd_json_member_bool(writer, "allow_primary", flag);
    if (step->kind == ALLOCATE_EMPTY || step->kind == ALLOCATE_STALE) {
        qd_json_member_bool(writer, "accept_data_loss", flag);
    }
    qd_json_end_object(writer);
    qd_json_name(writer, "decisions");
}

/* Tells a decision of the command itself. */
static void explain(const struct step *step, bool yes, struct qd_slice text)
{
    struct qd_json_writer *writer = step->writer;
    begin_explanation(step);
    qd_json_begin_array(writer);
    qd_json_begin_object(writer);
    qd_json_member_text(writer, "decider", kinds[step->kind].decider);
    qd_json_member_text(writer, "decision", yes ? "YES" : "NO");
    qd_json_member_string(writer, "explanation", text);
    qd_json_end_object(writer);
    qd_json_end_array(writer);
    qd_json_end_object(writer);
}

/* Explains that the command cannot be done, or fails with it. */
static enum qd_status refuse(const struct step *step, struct qd_slice text, struct qd_error *error)
{
    if (step->explain) {
        explain(step, false, text);
        return QD_OK;
    }
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "[%s] %.*s", kinds[step->kind].subject,
                        QD_SLICE_ARG(text));
}

/* A refusal of the rules about where copies may lie. */
static enum qd_status refuse_placement(const struct step *step, const struct qd_decision *decisions,
                                       struct qd_slice text, struct qd_error *error)
{
    if (!step->explain) return refuse(step, text, error);
    begin_explanation(step);
    qd_decisions_write(decisions, true, step->writer);
    qd_json_end_object(step->writer);
    return QD_OK;
}

static enum qd_status unresolved(const struct step *step, const char *name, struct qd_error *error)
{
    struct qd_slice given = text_of(step, name);
    (void)qd_error_set(error, QD_ILLEGAL_ARGUMENT, "failed to resolve [%.*s], no matching nodes",
                       QD_SLICE_ARG(given));
    return error->status;
}

static enum qd_status no_index(const struct step *step, struct qd_error *error)
{
    enum qd_status status = qd_error_set(error, QD_INDEX_NOT_FOUND, "no such index [%.*s]",
                                         QD_SLICE_ARG(step->index_name));
    qd_error_add(error, "index", step->index_name);
    qd_error_add(error, "index_uuid", QD_SLICE("_na_"));
    return status;
}

static enum qd_status no_shard(const struct step *step, const struct qd_index_metadata *index,
                               struct qd_error *error)
{
    enum qd_status status = qd_error_set(error, QD_SHARD_NOT_FOUND, "no such shard");
    qd_error_add(error, "index", index->name);
    qd_error_add(error, "shard", qd_arena_format(step->command->arena, "%lld", (long long)step->number));
    qd_error_add(error, "index_uuid", index->uuid);
    return status;
}

/* The copy of the shard that lies on the node; NULL: none. */
static struct qd_shard_routing *copy_on(const struct step *step, struct qd_index_metadata *index)
{
    size_t count = index == NULL ? 0 : (size_t)index->shard_count * (1 + index->replica_count);
    for (size_t i = 0; i < count; i++) {
        struct qd_shard_routing *copy = &index->routing[i];
        if (copy->shard != step->number || copy->node_id.data == NULL) continue;
        if (qd_slice_equal(copy->node_id, step->node->id)) return copy;
    }
    return NULL;
}

/* The copy goes and is placed anew at once: the node has its data, and takes it up again. */
static void cancel_copy(const struct step *step)
{
    struct qd_index_metadata *index = qd_command_edit_index(step->command, step->index_name);
    struct qd_shard_routing *copy = copy_on(step, index);
    qd_assert(copy != NULL);
    if (copy->primary && copy->state == QD_SHARD_STARTED) index->primary_terms[copy->shard]++;
    copy->state = QD_SHARD_UNASSIGNED;
    copy->node_id = (struct qd_slice){ 0 };
    copy->unassigned_reason = "REROUTE_CANCELLED";
    copy->unassigned_details = (struct qd_slice){ 0 };
    copy->unassigned_at_ms = step->command->event->now_ms;
    qd_allocate(step->command, index);
}

static enum qd_status run_cancel(struct step *step, struct qd_error *error)
{
    static const char *const states[] = { "unassigned", "initializing", "started", "relocating" };
    struct qd_arena *arena = step->command->arena;
    if (step->node == NULL) return unresolved(step, "node", error);
    struct qd_index_metadata *index = qd_cluster_state_index(step->command->state, step->index_name);
    if (index == NULL) return no_index(step, error);
    struct qd_slice node = qd_decider_node_text(step->node, arena);
    const struct qd_shard_routing *copy = copy_on(step, index);
    if (copy == NULL) {
        return refuse(step,
                      qd_arena_format(arena, "can't cancel %lld, failed to find it on node %.*s",
                                      (long long)step->number, QD_SLICE_ARG(node)),
                      error);
    }
    if (copy->primary && !qd_json_boolean(qd_json_get(step->parameters, "flag"))) {
        return refuse(step,
                      qd_arena_format(arena, "can't cancel %lld on node %.*s, shard is primary and %s",
                                      (long long)step->number, QD_SLICE_ARG(node), states[copy->state]),
                      error);
    }
    if (step->explain) {
        explain(step, true,
                qd_arena_format(arena, "shard %lld on node %.*s can be cancelled", (long long)step->number,
                                QD_SLICE_ARG(node)));
    }
    cancel_copy(step);
    return QD_OK;
}

/* With one data node there is nowhere to go: the rule about two copies on a node always says no. */
static enum qd_status run_move(struct step *step, struct qd_error *error)
{
    struct qd_arena *arena = step->command->arena;
    const struct qd_node_info *to = find_node(step, "to_node_id");
    struct qd_decision decisions[QD_DECIDER_COUNT];
    if (step->node == NULL) return unresolved(step, "from_node", error);
    if (to == NULL) return unresolved(step, "to_node", error);
    struct qd_index_metadata *index = qd_cluster_state_index(step->command->state, step->index_name);
    struct qd_slice from = qd_decider_node_text(step->node, arena);
    const struct qd_shard_routing *copy = copy_on(step, index);
    if (copy == NULL) {
        return refuse(step,
                      step->explain
                          ? qd_arena_format(arena, "shard %lld not found", (long long)step->number)
                          : qd_arena_format(arena, "can't move %lld, failed to find it on node %.*s",
                                            (long long)step->number, QD_SLICE_ARG(from)),
                      error);
    }
    struct qd_placement placement = { index, copy, to, true };
    (void)qd_decide(&placement, arena, decisions);
    struct qd_slice target = qd_decider_node_text(to, arena), reason = qd_decisions_text(decisions, arena);
    return refuse_placement(step, decisions,
                            qd_arena_format(arena,
                                            "can't move %lld, from %.*s, to %.*s, since its not allowed, "
                                            "reason: %.*s",
                                            (long long)step->number, QD_SLICE_ARG(from),
                                            QD_SLICE_ARG(target), QD_SLICE_ARG(reason)),
                            error);
}

static enum qd_status allocate_replica(struct step *step, struct qd_index_metadata *index,
                                       struct qd_error *error)
{
    struct qd_arena *arena = step->command->arena;
    struct qd_shard_routing *first = &index->routing[step->number * (1 + index->replica_count)];
    const struct qd_shard_routing *copy = NULL;
    struct qd_decision decisions[QD_DECIDER_COUNT];
    for (uint32_t c = 1; c <= index->replica_count && copy == NULL; c++) {
        if (first[c].state == QD_SHARD_UNASSIGNED) copy = &first[c];
    }
    if (first->state != QD_SHARD_STARTED) {
        return refuse(step,
                      qd_arena_format(arena,
                                      "trying to allocate a replica shard [%.*s][%lld], while corresponding "
                                      "primary shard is still unassigned",
                                      QD_SLICE_ARG(index->name), (long long)step->number),
                      error);
    }
    if (copy == NULL) {
        return refuse(step,
                      qd_arena_format(arena,
                                      "all copies of [%.*s][%lld] are already assigned. Use the move "
                                      "allocation command instead",
                                      QD_SLICE_ARG(index->name), (long long)step->number),
                      error);
    }
    struct qd_placement placement = { index, copy, step->node, true };
    (void)qd_decide(&placement, arena, decisions);
    struct qd_slice node = qd_decider_node_text(step->node, arena),
                    reason = qd_decisions_text(decisions, arena);
    return refuse_placement(step, decisions,
                            qd_arena_format(arena,
                                            "allocation of [%.*s][%lld] on node %.*s is not allowed, "
                                            "reason: %.*s",
                                            QD_SLICE_ARG(index->name), (long long)step->number,
                                            QD_SLICE_ARG(node), QD_SLICE_ARG(reason)),
                            error);
}

/* A primary that has failed is tried once more with the data that the node has; it is never thrown away. */
static enum qd_status allocate_primary(struct step *step, struct qd_index_metadata *index,
                                       struct qd_error *error)
{
    struct qd_arena *arena = step->command->arena;
    bool empty = step->kind == ALLOCATE_EMPTY;
    size_t place = (size_t)step->number * (1 + index->replica_count);
    if (index->routing[place].state != QD_SHARD_UNASSIGNED) {
        return refuse(step,
                      qd_arena_format(arena, "primary [%.*s][%lld] is already assigned",
                                      QD_SLICE_ARG(index->name), (long long)step->number),
                      error);
    }
    if (!qd_json_boolean(qd_json_get(step->parameters, "flag"))) {
        return refuse(step,
                      qd_arena_format(
                          arena,
                          "allocating %s primary for [%.*s][%lld] can result in data loss. Please "
                          "confirm by setting the accept_data_loss parameter to true",
                          empty ? "an empty" : "a stale", QD_SLICE_ARG(index->name), (long long)step->number),
                      error);
    }
    if (empty) {
        return refuse(step,
                      QD_SLICE("the only node has data of this shard, which this version of Quidditch does "
                               "not throw away"),
                      error);
    }
    index = qd_command_edit_index(step->command, step->index_name);
    index->routing[place].failed_allocations = 0;
    qd_allocate(step->command, index);
    if (step->explain) explain(step, true, QD_SLICE("the shard is allocated with the data of the node"));
    return QD_OK;
}

static enum qd_status run_allocate(struct step *step, struct qd_error *error)
{
    struct qd_index_metadata *index = qd_cluster_state_index(step->command->state, step->index_name);
    struct qd_error local = { .arena = step->command->arena };
    enum qd_status status = QD_OK;
    if (step->node == NULL) {
        status = unresolved(step, "node", &local);
    } else if (index == NULL) {
        status = no_index(step, &local);
    } else if (step->number >= index->shard_count) {
        status = no_shard(step, index, &local);
    }
    if (status != QD_OK && step->explain) {
        explain(step, false, local.reason);
        return QD_OK;
    }
    if (status != QD_OK) {
        qd_error_copy(error, error->arena, &local);
        return status;
    }
    return step->kind == ALLOCATE_REPLICA ? allocate_replica(step, index, error)
                                          : allocate_primary(step, index, error);
}

static enum qd_status run_step(struct step *step, struct qd_error *error)
{
    struct qd_slice name = text_of(step, "command");
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (qd_slice_is(name, kinds[i].name)) step->kind = (enum kind)i;
    }
    step->index_name = text_of(step, "index");
    (void)qd_json_int64(qd_json_get(step->parameters, "shard"), &step->number);
    step->node = find_node(step, "node_id");
    if (step->kind == CANCEL) return run_cancel(step, error);
    if (step->kind == MOVE) return run_move(step, error);
    return run_allocate(step, error);
}

static void retry_failed(struct qd_command *command)
{
    struct qd_cluster_state *state = command->state;
    for (size_t i = 0; i < state->index_count; i++) {
        size_t count = (size_t)state->indices[i]->shard_count * (1 + state->indices[i]->replica_count);
        bool failed = false;
        for (size_t s = 0; s < count; s++) {
            const struct qd_shard_routing *copy = &state->indices[i]->routing[s];
            failed = failed || (copy->state == QD_SHARD_UNASSIGNED && copy->failed_allocations > 0);
        }
        if (!failed) continue;
        struct qd_index_metadata *index = qd_command_edit_index(command, state->indices[i]->name);
        for (size_t s = 0; s < count; s++) {
            if (index->routing[s].state == QD_SHARD_UNASSIGNED) index->routing[s].failed_allocations = 0;
        }
        qd_allocate(command, index);
    }
}

enum qd_status qd_command_reroute_by_hand(struct qd_command *command, struct qd_error *error)
{
    struct qd_json_iterator at = qd_json_iterate(qd_json_get(command->body, "commands"));
    struct qd_buffer text = { 0 };
    struct qd_json_writer writer = { .out = &text };
    enum qd_status status = QD_OK;
    qd_json_begin_array(&writer);
    while (status == QD_OK && qd_json_next(&at)) {
        struct step step = { .command = command,
                             .parameters = at.value,
                             .explain = qd_json_boolean(qd_json_get(command->body, "explain")),
                             .writer = &writer };
        status = run_step(&step, error);
    }
    qd_json_end_array(&writer);
    if (status == QD_OK && qd_json_boolean(qd_json_get(command->body, "retry_failed"))) {
        retry_failed(command);
    }
    command->answer = qd_arena_copy(command->arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return status;
}
