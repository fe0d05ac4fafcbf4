#include "coordinator/write_documents.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/text.h"
#include "base/units.h"
#include "base/wildcard.h"
#include "coordinator/active_shards.h"
#include "coordinator/blocks.h"
#include "coordinator/cluster_service.h"
#include "coordinator/create_index.h"
#include "coordinator/resolve.h"
#include "data/data.h"

/* The writes that go to one shard. */
struct group {
    struct qd_document_writes *writes;
    struct qd_slice index_uuid;
    uint32_t shard;
    size_t *places;  /* places[count]: indexes into writes->writes */
    size_t count;
};

const char *qd_result_name(enum qd_operation_result result)
{
    switch (result) {
    case QD_RESULT_CREATED: return "created";
    case QD_RESULT_UPDATED: return "updated";
    case QD_RESULT_DELETED: return "deleted";
    case QD_RESULT_NOT_FOUND: return "not_found";
    case QD_RESULT_NOOP: return "noop";
    }
    qd_unreachable();
}

int qd_outcome_http(const struct qd_write_outcome *outcome)
{
    if (outcome->status != QD_OK) return qd_status_http(outcome->status);
    if (outcome->result == QD_RESULT_CREATED) return 201;
    return outcome->result == QD_RESULT_NOT_FOUND ? 404 : 200;
}

enum qd_status qd_call_refresh(const struct qd_call *call, enum qd_refresh_policy *policy,
                               struct qd_error *error)
{
    struct qd_slice text = qd_call_parameter(call, "refresh");
    *policy = QD_REFRESH_NONE;
    if (text.data == NULL || qd_slice_is(text, "false")) return QD_OK;
    if (text.size == 0 || qd_slice_is(text, "true")) {
        *policy = QD_REFRESH_IMMEDIATE;
    } else if (qd_slice_is(text, "wait_for")) {
        *policy = QD_REFRESH_WAIT_UNTIL;
    } else {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Unknown value for refresh: [%.*s].",
                            QD_SLICE_ARG(text));
    }
    return QD_OK;
}

enum qd_status qd_call_active_shards(const struct qd_call *call, int64_t *wanted, struct qd_error *error)
{
    struct qd_active_wait wait = { 0 };
    QD_TRY(qd_active_wait_parse(&wait, qd_call_parameter(call, "wait_for_active_shards"), error));
    *wanted = wait.wanted;
    return QD_OK;
}

static void fail_write(struct qd_document_writes *writes, struct qd_document_write *write,
                       const struct qd_error *error)
{
    qd_error_copy(&write->outcome.error, writes->call->arena, error);
    write->outcome.status = error->status;
    write->routed_ = false;
    if (write->index.data == NULL) write->index = write->target;
}

static bool failed(const struct qd_document_write *write)
{
    return write->outcome.status != QD_OK;
}

static const struct qd_cluster_state *state_of(const struct qd_document_writes *writes)
{
    return qd_cluster_service_state(writes->coordinator->cluster);
}

/* ---- the end ---- */

static void finish(struct qd_document_writes *writes)
{
    struct qd_counters *counters = &writes->coordinator->counters;
    qd_indexing_pressure_coordinated(qd_data_pressure(writes->coordinator->data), writes->bytes_);
    for (size_t i = 0; i < writes->count && !writes->rejected; i++) {
        counters->documents[qd_answer_class_of(qd_outcome_http(&writes->writes[i].outcome))]++;
    }
    writes->done(writes);
}

static void finish_later(void *context)
{
    finish(context);
}

/* ---- fan out ---- */

static void group_replied(void *context, const struct qd_transport_reply *reply)
{
    struct group *group = context;
    struct qd_document_writes *writes = group->writes;
    struct qd_write_outcome *outcomes;
    size_t count = 0;
    bool refreshed = false;
    struct qd_error error;
    qd_error_init(&error, writes->call->arena);
    enum qd_status status = reply->status;
    if (status != QD_OK) {
        qd_error_copy(&error, writes->call->arena, reply->error);
    } else {
        status = qd_write_outcomes_read(reply->payload, writes->call->arena, &outcomes, &count, &refreshed,
                                        &error);
    }
    if (status == QD_OK) qd_assert(count == group->count);
    for (size_t i = 0; i < group->count; i++) {
        struct qd_document_write *write = &writes->writes[group->places[i]];
        if (status != QD_OK) {
            fail_write(writes, write, &error);
            continue;
        }
        write->outcome = outcomes[i];
        write->forced_refresh = refreshed;
    }
    if (--writes->pending_ == 0) finish(writes);
}

static void send_group(struct group *group)
{
    struct qd_document_writes *writes = group->writes;
    struct qd_buffer buffer = { 0 };
    struct qd_arena *arena = writes->call->arena;
    struct qd_write_item *items = qd_arena_alloc(arena, group->count * sizeof(*items));
    struct qd_slice *sources = qd_arena_alloc(arena, group->count * sizeof(*sources));
    struct qd_write_message message = { .index_uuid = group->index_uuid,
                                        .shard = group->shard,
                                        .refresh = writes->refresh,
                                        .items = items,
                                        .count = group->count };
    for (size_t i = 0; i < group->count; i++) {
        items[i] = writes->writes[group->places[i]].item;
        sources[i] = items[i].source;
    }
    qd_write_message_write(&message, &buffer);
    struct qd_transport_target target = { .node_id = writes->coordinator->local_node->id,
                                          .action = QD_ACTION_WRITE,
                                          .parts = sources,
                                          .part_count = group->count };
    qd_transport_send(writes->coordinator->transport, &target, &buffer, group_replied, group);
}

static bool same_shard(const struct qd_document_write *left, const struct qd_document_write *right)
{
    return left->shard_ == right->shard_ && qd_slice_equal(left->index_uuid_, right->index_uuid_);
}

/* Groups the routed writes by shard, in the order in which shards are first met. */
static void fan_out(struct qd_document_writes *writes)
{
    struct qd_arena *arena = writes->call->arena;
    struct qd_map groups;
    qd_map_init(&groups, arena);
    struct group *last = NULL;
    const struct qd_document_write *last_write = NULL;
    for (size_t i = 0; i < writes->count; i++) {
        struct qd_document_write *write = &writes->writes[i];
        if (!write->routed_) continue;
        if (last == NULL || !same_shard(last_write, write)) {
            struct qd_slice key = qd_arena_format(arena, "%.*s/%u", QD_SLICE_ARG(write->index_uuid_),
                                                  write->shard_);
            last = qd_map_get(&groups, key);
            if (last == NULL) {
                last = QD_NEW(arena, struct group);
                *last = (struct group){ .writes = writes,
                                        .index_uuid = write->index_uuid_,
                                        .shard = write->shard_ };
                last->places = qd_arena_alloc(arena, sizeof(size_t) * writes->count);
                qd_map_put(&groups, key, last);
            }
        }
        last_write = write;
        last->places[last->count++] = i;
    }
    writes->pending_ = groups.live_count;
    if (writes->pending_ == 0) {
        writes->coordinator->env->work->defer(writes->coordinator->env, finish_later, writes);
        return;
    }
    for (size_t i = 0; i < groups.entry_count; i++) send_group(groups.entries[i].value);
}

/* ---- waiting for copies ---- */

/* The index of a routed write, when it is still there. */
static const struct qd_index_metadata *index_of(const struct qd_cluster_state *state,
                                                const struct qd_document_write *write)
{
    const struct qd_index_metadata *index = qd_cluster_state_index(state, write->index);
    return index != NULL && qd_slice_equal(index->uuid, write->index_uuid_) ? index : NULL;
}

static bool primary_started(const struct qd_index_metadata *index, uint32_t shard)
{
    return index->routing[shard * (1 + index->replica_count)].state == QD_SHARD_STARTED;
}

static bool enough_copies(const struct qd_document_writes *writes, const struct qd_index_metadata *index,
                          uint32_t shard)
{
    return qd_active_copies(index, shard) >= qd_active_needed(writes->active_shards, index);
}

/* Whether nothing has to be waited for: an index that has gone is found out later. */
static bool copies_active(void *context, const struct qd_cluster_state *state)
{
    const struct qd_document_writes *writes = context;
    for (size_t i = 0; i < writes->count; i++) {
        const struct qd_document_write *write = &writes->writes[i];
        const struct qd_index_metadata *index = write->routed_ ? index_of(state, write) : NULL;
        if (index == NULL) continue;
        if (!primary_started(index, write->shard_) || !enough_copies(writes, index, write->shard_)) {
            return false;
        }
    }
    return true;
}

static void explain_missing(const struct qd_document_writes *writes, const struct qd_index_metadata *index,
                            const struct qd_document_write *write, struct qd_error *error)
{
    struct qd_buffer timeout = { 0 };
    qd_time_print_millis(&timeout, writes->timeout_ms);
    if (!primary_started(index, write->shard_)) {
        (void)qd_error_set(error, QD_UNAVAILABLE_SHARDS,
                           "[%.*s][%u] primary shard is not active Timeout: [%.*s]",
                           QD_SLICE_ARG(write->index), write->shard_, (int)timeout.size, timeout.data);
    } else {
        int64_t asked = qd_active_asked(writes->active_shards, index);
        char name[24] = "ALL";
        if (asked != QD_ACTIVE_SHARDS_ALL) snprintf(name, sizeof(name), "%lld", (long long)asked);
        (void)qd_error_set(error, QD_UNAVAILABLE_SHARDS,
                           "[%.*s][%u] Not enough active copies to meet shard count of [%s] (have %lld, "
                           "needed %lld). Timeout: [%.*s]",
                           QD_SLICE_ARG(write->index), write->shard_, name,
                           (long long)qd_active_copies(index, write->shard_),
                           (long long)qd_active_needed(writes->active_shards, index), (int)timeout.size,
                           timeout.data);
    }
    qd_buffer_deinit(&timeout);
}

static void fail_without_copies(struct qd_document_writes *writes)
{
    for (size_t i = 0; i < writes->count; i++) {
        struct qd_document_write *write = &writes->writes[i];
        const struct qd_index_metadata *index = write->routed_ ? index_of(state_of(writes), write) : NULL;
        if (index == NULL) continue;
        if (primary_started(index, write->shard_) && enough_copies(writes, index, write->shard_)) continue;
        struct qd_error error;
        qd_error_init(&error, writes->call->arena);
        explain_missing(writes, index, write, &error);
        fail_write(writes, write, &error);
    }
}

static void waited(void *context, bool timed_out)
{
    struct qd_document_writes *writes = context;
    if (timed_out) fail_without_copies(writes);
    fan_out(writes);
}

/* ---- routing ---- */

static void make_id(struct qd_document_writes *writes, struct qd_document_write *write)
{
    /* Time-ordered like the reference's ids, 20 characters of url-safe base64: 15 bytes. */
    struct qd_env *env = writes->coordinator->env;
    uint8_t bytes[15];
    env->random(env, bytes, sizeof(bytes));
    uint64_t now = (uint64_t)env->clock->wall_ms(env);
    for (unsigned i = 0; i < 6; i++) bytes[2 + i] = (uint8_t)(now >> (8 * (5 - i)));
    write->item.id = qd_base64_url_encode(writes->call->arena, qd_slice_make(bytes, sizeof(bytes)));
    write->item.auto_id = true;
}

/* What the target of the write before has come to: in a bulk request nearly all have the same. */
struct route {
    struct qd_slice target;                /* data NULL: none yet */
    const struct qd_index_metadata *index;
    const struct qd_alias *alias;
    struct qd_slice name;                  /* of the index, in the call's arena */
    struct qd_slice uuid;
    bool unblocked;                        /* no block of the index forbids writing */
};

static enum qd_status find_route(struct qd_document_writes *writes, struct qd_slice target,
                                 struct route *route, struct qd_error *error)
{
    struct qd_arena *arena = writes->call->arena;
    if (route->target.data != NULL && qd_slice_equal(route->target, target)) return QD_OK;
    *route = (struct route){ 0 };
    QD_TRY(qd_resolve_write(state_of(writes), target, writes->call->start_ms, arena, &route->index,
                            &route->alias, error));
    route->name = qd_arena_copy(arena, route->index->name);
    route->uuid = qd_arena_copy(arena, route->index->uuid);
    route->unblocked = qd_check_blocks(route->index, QD_BLOCK_WRITE, NULL) == QD_OK;
    route->target = target;
    return QD_OK;
}

static enum qd_status route_write(struct qd_document_writes *writes, struct qd_document_write *write,
                                  struct route *route, struct qd_error *error)
{
    bool makes = write->item.kind == QD_WRITE_INDEX || write->item.kind == QD_WRITE_CREATE;
    if (makes && write->item.id.data != NULL && write->item.id.size == 0) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "if _id is specified it must not be empty");
    }
    if (makes && write->pipeline.size > 0 && !qd_slice_is(write->pipeline, "_none")) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "pipeline with id [%.*s] does not exist",
                            QD_SLICE_ARG(write->pipeline));
    }
    QD_TRY(find_route(writes, write->target, route, error));
    const struct qd_index_metadata *index = route->index;
    write->index = route->name;
    if (route->alias != NULL) {
        QD_TRY(qd_alias_routing(route->alias, write->target, &write->item.routing, error));
    }
    if (!route->unblocked) QD_TRY(qd_check_blocks(index, QD_BLOCK_WRITE, error));
    QD_TRY(qd_check_routing_required(writes->coordinator, index, write->item.id, write->item.routing, error));
    if (write->item.id.size == 0) make_id(writes, write);
    write->index_uuid_ = route->uuid;
    write->shard_ = qd_route_document(index, write->item.id, write->item.routing);
    write->copies = 1 + index->replica_count;
    write->routed_ = true;
    return QD_OK;
}

static void route_all(struct qd_document_writes *writes)
{
    struct route route = { 0 };
    for (size_t i = 0; i < writes->count; i++) {
        struct qd_document_write *write = &writes->writes[i];
        struct qd_error error;
        if (failed(write)) continue;
        qd_error_init(&error, writes->call->arena);
        if (route_write(writes, write, &route, &error) != QD_OK) fail_write(writes, write, &error);
    }
    if (copies_active(writes, state_of(writes))) {
        fan_out(writes);
        return;
    }
    struct qd_state_wait wait = { copies_active, waited, writes, writes->timeout_ms };
    qd_cluster_service_wait(writes->coordinator->cluster, &wait);
}

/* ---- creating missing indices ---- */

struct creation {
    struct qd_document_writes *writes;
    struct qd_slice name;
};

static void created(void *context, const struct qd_command_outcome *outcome)
{
    struct creation *creation = context;
    struct qd_document_writes *writes = creation->writes;
    bool exists = outcome->error != NULL && outcome->error->status == QD_RESOURCE_ALREADY_EXISTS;
    for (size_t i = 0; outcome->error != NULL && !exists && i < writes->count; i++) {
        if (!failed(&writes->writes[i]) && qd_slice_equal(writes->writes[i].target, creation->name)) {
            fail_write(writes, &writes->writes[i], outcome->error);
        }
    }
    if (--writes->pending_ == 0) route_all(writes);
}

/* Deletes never create an index, except with external versions, which need the tombstone. */
static bool may_create(const struct qd_document_write *write)
{
    return write->item.kind != QD_WRITE_DELETE || write->item.version_type != QD_VERSION_INTERNAL;
}

static bool target_exists(const struct qd_cluster_state *state, struct qd_slice name)
{
    if (qd_cluster_state_index(state, name) != NULL) return true;
    for (size_t i = 0; i < state->index_count; i++) {
        if (qd_map_get(&state->indices[i]->aliases, name) != NULL) return true;
    }
    return false;
}

static bool is_alias(const struct qd_cluster_state *state, struct qd_slice name)
{
    return qd_cluster_state_index(state, name) == NULL && target_exists(state, name);
}

/* Resolves date math, checks require_alias, and lists the names that must be created. */
static void missing_targets(struct qd_document_writes *writes, struct qd_map *missing)
{
    const struct qd_cluster_state *state = state_of(writes);
    struct qd_slice present = { 0 }; /* the newest target that is an index or alias by the name it has */
    for (size_t i = 0; i < writes->count; i++) {
        struct qd_document_write *write = &writes->writes[i];
        struct qd_error error;
        if (failed(write)) continue;
        bool known = present.data != NULL && qd_slice_equal(present, write->target);
        if (known && !write->require_alias) continue;
        qd_error_init(&error, writes->call->arena);
        struct qd_slice given = write->target;
        enum qd_status status = qd_resolve_date_math(write->target, writes->call->start_ms,
                                                     writes->call->arena, &write->target, &error);
        if (status == QD_OK && write->require_alias && !is_alias(state, write->target)) {
            status = qd_error_set(&error, QD_INDEX_NOT_FOUND,
                                  "no such index [%.*s] and [require_alias] request flag is [true] and "
                                  "[%.*s] is not an alias",
                                  QD_SLICE_ARG(write->target), QD_SLICE_ARG(write->target));
            qd_error_add(&error, "index", write->target);
            qd_error_add(&error, "index_uuid", QD_SLICE("_na_"));
        }
        bool exists = status == QD_OK && target_exists(state, write->target);
        if (exists && qd_slice_equal(given, write->target)) present = given;
        if (status == QD_OK && !exists && may_create(write) && qd_map_find(missing, write->target) == NULL) {
            status = qd_may_auto_create(writes->coordinator, write->target, &error);
            if (status == QD_OK) qd_map_put(missing, write->target, write);
        }
        if (status != QD_OK) fail_write(writes, write, &error);
    }
}

/* ---- starting ---- */

/* What a set of writes holds in memory while it is under way. */
static int64_t bytes_of(const struct qd_document_writes *writes)
{
    size_t bytes = 0;
    for (size_t i = 0; i < writes->count; i++) {
        const struct qd_write_item *item = &writes->writes[i].item;
        bytes += sizeof(writes->writes[i]) + item->source.size + item->id.size + item->routing.size;
    }
    return (int64_t)bytes;
}

static bool reserve(struct qd_document_writes *writes)
{
    struct qd_error error;
    int64_t bytes = bytes_of(writes);
    qd_error_init(&error, writes->call->arena);
    if (qd_indexing_pressure_coordinate(qd_data_pressure(writes->coordinator->data), bytes, &error) ==
        QD_OK) {
        writes->bytes_ = bytes;
        return true;
    }
    writes->rejected = true;
    for (size_t i = 0; i < writes->count; i++) fail_write(writes, &writes->writes[i], &error);
    return false;
}

void qd_write_documents(struct qd_document_writes *writes)
{
    struct qd_map missing;
    if (!reserve(writes)) {
        writes->coordinator->env->work->defer(writes->coordinator->env, finish_later, writes);
        return;
    }
    qd_map_init(&missing, writes->call->arena);
    missing_targets(writes, &missing);
    if (missing.live_count == 0) {
        route_all(writes);
        return;
    }
    writes->pending_ = missing.live_count;
    for (size_t i = 0; i < missing.entry_count; i++) {
        struct creation *creation = QD_NEW(writes->call->arena, struct creation);
        creation->writes = writes;
        creation->name = missing.entries[i].key;
        qd_auto_create_index(writes->coordinator, creation->name, created, creation);
    }
}
