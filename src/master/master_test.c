#include "master/master.h"

#include <string.h>

#include "base/test.h"

/* Services that accept everything; a mapping update replaces the mapping. */
static enum qd_status merge_mapping(void *context, const struct qd_index_metadata *index,
                                    struct qd_slice old_mapping, struct qd_slice update,
                                    struct qd_arena *arena, struct qd_slice *result, struct qd_error *error)
{
    (void)context;
    (void)index;
    (void)error;
    *result = qd_arena_copy(arena, update.size > 2 ? update : old_mapping);
    return QD_OK;
}

static enum qd_status check_settings(void *context, const struct qd_map *settings, struct qd_error *error)
{
    (void)context;
    if (qd_map_get(settings, QD_SLICE("index.bad")) == NULL) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "bad settings");
}

static enum qd_status check_filter(void *context, const struct qd_index_metadata *index,
                                   struct qd_slice filter, struct qd_error *error)
{
    (void)context;
    (void)index;
    (void)filter;
    (void)error;
    return QD_OK;
}

static const struct qd_master_services services = { NULL, merge_mapping, check_settings, check_filter };

/* A machine whose persist actions succeed at once. */
struct fixture {
    struct qd_arena *arena;
    struct qd_master *master;
    uint64_t next_id;
    struct qd_error error; /* of the last command */
    struct qd_slice answer; /* likewise */
    size_t published;
    int64_t now_ms;
};

static void feed(struct fixture *fixture, const struct qd_master_event *event, bool disk_fails)
{
    struct qd_master_actions actions = { 0 };
    qd_master_step(fixture->master, event, fixture->arena, &actions);
    for (size_t i = 0; i < actions.count; i++) {
        if (actions.data[i].kind == QD_MASTER_RESPOND) {
            fixture->error = actions.data[i].error;
            fixture->answer = actions.data[i].result;
        }
        if (actions.data[i].kind == QD_MASTER_PUBLISH) fixture->published++;
        if (actions.data[i].kind != QD_MASTER_PERSIST) continue;
        struct qd_error error;
        qd_error_init(&error, fixture->arena);
        (void)qd_error_set(&error, QD_NO_SPACE, "disk is full");
        struct qd_master_event next = { .kind = disk_fails ? QD_MASTER_PERSIST_FAILED : QD_MASTER_PERSISTED,
                                        .error = &error };
        feed(fixture, &next, disk_fails);
    }
}

static void submit(struct fixture *fixture, const char *command, bool disk_fails)
{
    struct qd_master_event event = { .kind = QD_MASTER_COMMAND,
                                     .command_id = fixture->next_id++,
                                     .priority = QD_PRIORITY_NORMAL,
                                     .source = QD_SLICE("test"),
                                     .command = qd_slice_from_string(command),
                                     .state_uuid = QD_SLICE("AAAAAAAAAAAAAAAAAAAAAA"),
                                     .now_ms = fixture->now_ms };
    qd_error_init(&fixture->error, fixture->arena);
    feed(fixture, &event, disk_fails);
}

static void setup(struct fixture *fixture)
{
    *fixture = (struct fixture){ .arena = qd_arena_create(0), .next_id = 1, .now_ms = 1000 };
    fixture->master = qd_master_create(qd_cluster_state_create(QD_SLICE("c"), QD_SLICE("u")), &services);
    submit(fixture,
           "{\"type\":\"node_started\",\"node\":{\"id\":\"n1\",\"name\":\"node\",\"roles\":[\"data\"],"
           "\"attributes\":{}}}",
           false);
}

static void teardown(struct fixture *fixture)
{
    qd_master_destroy(fixture->master);
    qd_arena_destroy(fixture->arena);
}

#define CREATE                                                                                               \
    "{\"type\":\"create_index\",\"name\":\"logs\",\"provided_name\":\"logs\",\"uuid\":\"uuid-of-logs\","     \
    "\"version_created\":\"1\",\"settings\":{\"number_of_shards\":2,\"index\":{\"number_of_replicas\":1}},"  \
    "\"aliases\":{\"b\":{},\"a\":{\"routing\":\"7\"}}}"

TEST(master, created_index_has_shards_that_start_on_the_node)
{
    struct fixture fixture;
    struct qd_shard_counts counts = { 0 };
    setup(&fixture);
    submit(&fixture, CREATE, false);
    assert_int_equal(fixture.error.status, QD_OK);
    struct qd_index_metadata *index = qd_cluster_state_index(qd_master_state(fixture.master),
                                                             QD_SLICE("logs"));
    assert_non_null(index);
    assert_int_equal(index->shard_count, 2);
    assert_int_equal(index->replica_count, 1);
    assert_int_equal(qd_index_health(index, &counts), 1);
    assert_int_equal(counts.initializing, 2);
    assert_slice(index->aliases.entries[0].key, "a");
    assert_slice(((struct qd_alias *)index->aliases.entries[0].value)->search_routing, "7");
    struct qd_slice command = qd_arena_format(fixture.arena,
                                              "{\"type\":\"shard_started\",\"shards\":[{\"index\":\"logs\","
                                              "\"shard\":1,\"allocation_id\":\"%.*s\"}]}",
                                              QD_SLICE_ARG(index->routing[2].allocation_id));
    submit(&fixture, command.data, false);
    index = qd_cluster_state_index(qd_master_state(fixture.master), QD_SLICE("logs"));
    assert_int_equal(index->routing[2].state, QD_SHARD_STARTED);
    assert_int_equal(index->routing[0].state, QD_SHARD_INITIALIZING);
    /* The replica has no second node to go to. */
    assert_int_equal(index->routing[3].state, QD_SHARD_UNASSIGNED);
    teardown(&fixture);
}

TEST(master, refused_commands_change_nothing)
{
    struct fixture fixture;
    setup(&fixture);
    submit(&fixture, CREATE, false);
    size_t published = fixture.published;
    int64_t version = qd_master_state(fixture.master)->version;
    submit(&fixture, CREATE, false);
    assert_int_equal(fixture.error.status, QD_RESOURCE_ALREADY_EXISTS);
    submit(&fixture, "{\"type\":\"delete_index\",\"indices\":[\"logs\",\"nothing\"]}", false);
    assert_int_equal(fixture.error.status, QD_INDEX_NOT_FOUND);
    submit(&fixture, "{\"type\":\"put_index_settings\",\"indices\":[\"logs\"],\"settings\":{\"bad\":1}}",
           false);
    assert_int_equal(fixture.error.status, QD_ILLEGAL_ARGUMENT);
    assert_int_equal(qd_master_state(fixture.master)->version, version);
    assert_int_equal(fixture.published, published);
    assert_non_null(qd_cluster_state_index(qd_master_state(fixture.master), QD_SLICE("logs")));
    teardown(&fixture);
}

TEST(master, state_that_cannot_be_written_is_not_published)
{
    struct fixture fixture;
    setup(&fixture);
    submit(&fixture, CREATE, true);
    assert_int_equal(fixture.error.status, QD_NO_SPACE);
    assert_null(qd_cluster_state_index(qd_master_state(fixture.master), QD_SLICE("logs")));
    submit(&fixture, CREATE, false);
    assert_int_equal(fixture.error.status, QD_OK);
    teardown(&fixture);
}

TEST(master, replica_count_can_grow_and_shrink)
{
    struct fixture fixture;
    setup(&fixture);
    submit(&fixture, CREATE, false);
    submit(&fixture,
           "{\"type\":\"put_index_settings\",\"indices\":[\"logs\"],\"settings\":{\"number_of_replicas\":0}}",
           false);
    struct qd_index_metadata *index = qd_cluster_state_index(qd_master_state(fixture.master),
                                                             QD_SLICE("logs"));
    assert_int_equal(index->replica_count, 0);
    assert_int_equal(index->routing[1].shard, 1);
    assert_int_equal(index->routing[1].state, QD_SHARD_INITIALIZING);
    teardown(&fixture);
}

TEST(master, state_survives_encoding)
{
    struct fixture fixture;
    struct qd_buffer first = { 0 };
    struct qd_buffer second = { 0 };
    struct qd_cluster_state *copy;
    setup(&fixture);
    submit(&fixture, CREATE, false);
    submit(&fixture, "{\"type\":\"put_cluster_settings\",\"persistent\":{\"search\":{\"max_buckets\":7}}}",
           false);
    qd_cluster_state_encode(qd_master_state(fixture.master), &first);
    assert_ok(qd_cluster_state_decode(qd_buffer_view(&first), &copy, NULL));
    qd_cluster_state_encode(copy, &second);
    assert_true(qd_slice_equal(qd_buffer_view(&first), qd_buffer_view(&second)));
    assert_slice(qd_settings_get(&copy->persistent_settings, "search.max_buckets"), "7");
    qd_cluster_state_release(copy);
    for (size_t cut = 0; cut < first.size; cut += 7) {
        assert_int_equal(qd_cluster_state_decode(qd_slice_make(first.data, cut), &copy, NULL), QD_CORRUPTION);
    }
    qd_buffer_deinit(&first);
    qd_buffer_deinit(&second);
    teardown(&fixture);
}

TEST(settings_map, flat_and_nested_forms_are_the_same_settings)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_json_document document;
    struct qd_setting_pair *pairs;
    struct qd_map map;
    struct qd_buffer text = { 0 };
    struct qd_json_writer writer = { .out = &text };
    qd_map_init(&map, arena);
    assert_ok(qd_json_parse(
        arena, QD_SLICE("{\"b.c\":1,\"index\":{\"a\":{\"x\":true,\"l\":[\"p\",2]},\"b\":{\"d\":null}}}"),
        &document, NULL));
    size_t count = qd_settings_flatten(document.root, QD_SLICE("index."), arena, &pairs);
    assert_int_equal(count, 4);
    for (size_t i = 0; i < count; i++) {
        if (!qd_slice_is(pairs[i].json, "null")) qd_state_map_put(&map, arena, pairs[i].key, pairs[i].json);
    }
    qd_settings_write(&map, false, &writer);
    assert_slice(qd_buffer_view(&text),
                 "{\"index\":{\"a\":{\"l\":[\"p\",\"2\"],\"x\":\"true\"},\"b\":{\"c\":\"1\"}}}");
    qd_buffer_deinit(&text);
    qd_arena_destroy(arena);
}

TEST(master, open_shards_are_bounded)
{
    struct fixture fixture;
    setup(&fixture);
    submit(&fixture,
           "{\"type\":\"create_index\",\"name\":\"a\",\"uuid\":\"A\",\"max_shards_per_node\":3,"
           "\"settings\":{\"number_of_shards\":2,\"number_of_replicas\":0}}",
           false);
    assert_int_equal(fixture.error.status, QD_OK);
    submit(&fixture, "{\"type\":\"create_index\",\"name\":\"b\",\"uuid\":\"B\",\"max_shards_per_node\":3}",
           false);
    assert_slice(
        fixture.error.reason,
        "Validation Failed: 1: this action would add [2] total LOCAL_ONLY shards, but this cluster currently "
        "has [2]/[3] maximum LOCAL_ONLY shards open;");
    assert_null(qd_cluster_state_index(qd_master_state(fixture.master), QD_SLICE("b")));
    submit(&fixture,
           "{\"type\":\"put_index_settings\",\"indices\":[\"a\"],\"max_shards_per_node\":3,"
           "\"settings\":{\"number_of_replicas\":1}}",
           false);
    assert_int_equal(fixture.error.status, QD_VALIDATION);
    submit(&fixture, "{\"type\":\"close_index\",\"indices\":[\"a\"]}", false);
    submit(&fixture, "{\"type\":\"create_index\",\"name\":\"b\",\"uuid\":\"B\",\"max_shards_per_node\":3}",
           false);
    assert_int_equal(fixture.error.status, QD_OK);
    submit(&fixture, "{\"type\":\"open_index\",\"indices\":[\"a\"],\"max_shards_per_node\":3}", false);
    assert_int_equal(fixture.error.status, QD_VALIDATION);
    assert_true(qd_cluster_state_index(qd_master_state(fixture.master), QD_SLICE("a"))->closed);
    teardown(&fixture);
}

static const struct qd_shard_routing *first_shard(const struct fixture *fixture)
{
    return qd_cluster_state_index(qd_master_state(fixture->master), QD_SLICE("logs"))->routing;
}

/* Reports the first shard of "logs", as data does. */
static void report_shard(struct fixture *fixture, bool failed)
{
    struct qd_slice id = qd_arena_copy(fixture->arena, first_shard(fixture)->allocation_id);
    struct qd_slice command = qd_arena_format(
        fixture->arena,
        failed ? "{\"type\":\"shard_failed\",\"index\":\"logs\",\"shard\":0,\"allocation_id\":\"%.*s\","
                 "\"message\":\"no room\"}%c"
               : "{\"type\":\"shard_started\",\"shards\":[{\"index\":\"logs\",\"shard\":0,"
                 "\"allocation_id\":\"%.*s\"}]}%c",
        QD_SLICE_ARG(id), 0);
    submit(fixture, (const char *)command.data, false);
}

TEST(master, failed_shards_are_assigned_again_until_it_was_tried_too_often)
{
    struct fixture fixture;
    setup(&fixture);
    submit(&fixture, CREATE, false);
    report_shard(&fixture, false);
    assert_int_equal(first_shard(&fixture)->state, QD_SHARD_STARTED);
    for (uint32_t failures = 1; failures <= 5; failures++) {
        report_shard(&fixture, true);
        assert_int_equal(first_shard(&fixture)->state, QD_SHARD_UNASSIGNED);
        assert_int_equal(first_shard(&fixture)->failed_allocations, failures);
        assert_slice(first_shard(&fixture)->unassigned_details, "failed shard on node [n1]: no room");
        /* A second report of the same failure does not count. */
        report_shard(&fixture, true);
        assert_int_equal(first_shard(&fixture)->failed_allocations, failures);
        /* Not before the pause is over. */
        submit(&fixture, "{\"type\":\"reroute\"}", false);
        assert_int_equal(first_shard(&fixture)->state, QD_SHARD_UNASSIGNED);
        fixture.now_ms += 16000;
        submit(&fixture, "{\"type\":\"reroute\"}", false);
        assert_int_equal(first_shard(&fixture)->state,
                         failures < 5 ? QD_SHARD_INITIALIZING : QD_SHARD_UNASSIGNED);
    }
    submit(&fixture,
           "{\"type\":\"put_index_settings\",\"indices\":[\"logs\"],"
           "\"settings\":{\"index.allocation.max_retries\":6}}",
           false);
    submit(&fixture, "{\"type\":\"reroute\"}", false);
    assert_int_equal(first_shard(&fixture)->state, QD_SHARD_INITIALIZING);
    report_shard(&fixture, false);
    assert_int_equal(first_shard(&fixture)->state, QD_SHARD_STARTED);
    assert_int_equal(first_shard(&fixture)->failed_allocations, 0);
    /* Only the failure of a started primary begins a new term. */
    const struct qd_cluster_state *state = qd_master_state(fixture.master);
    assert_int_equal(qd_cluster_state_index(state, QD_SLICE("logs"))->primary_terms[0], 2);
    teardown(&fixture);
}

TEST(master, commands_that_wait_too_long_are_withdrawn)
{
    struct fixture fixture;
    struct qd_master_actions actions = { 0 };
    setup(&fixture);
    struct qd_master_event first = { .kind = QD_MASTER_COMMAND, .command_id = 100,
                                     .source = QD_SLICE("create-index [logs], cause [api]"),
                                     .command = QD_SLICE(CREATE), .state_uuid = QD_SLICE("A") };
    struct qd_master_event second = { .kind = QD_MASTER_COMMAND, .command_id = 101,
                                      .source = QD_SLICE("index-aliases"),
                                      .command = QD_SLICE("{\"type\":\"reroute\"}"),
                                      .state_uuid = QD_SLICE("B") };
    struct qd_master_event withdraw = { .kind = QD_MASTER_WITHDRAW, .command_id = 100, .timeout_ms = 0 };
    qd_master_step(fixture.master, &first, fixture.arena, &actions);
    qd_master_step(fixture.master, &second, fixture.arena, &actions);
    /* The first one has begun. */
    qd_master_step(fixture.master, &withdraw, fixture.arena, &actions);
    assert_int_equal(actions.count, 1);
    withdraw.command_id = 101;
    qd_master_step(fixture.master, &withdraw, fixture.arena, &actions);
    assert_int_equal(actions.count, 2);
    assert_int_equal(actions.data[1].command_id, 101);
    assert_int_equal(actions.data[1].error.status, QD_PROCESS_CLUSTER_EVENT_TIMEOUT);
    assert_slice(actions.data[1].error.reason,
                 "failed to process cluster event (index-aliases) within 0s");
    struct qd_master_event persisted = { .kind = QD_MASTER_PERSISTED };
    qd_master_step(fixture.master, &persisted, fixture.arena, &actions);
    assert_int_equal(actions.count, 4);
    teardown(&fixture);
}

/* ---- reroute by hand, votes ---- */

static struct qd_cluster_state *state_of(const struct fixture *fixture)
{
    return qd_master_state(fixture->master);
}

static enum qd_status apply(struct fixture *fixture, const char *command)
{
    fixture->published = 0;
    submit(fixture, command, false);
    return fixture->error.status;
}

static bool changed(const struct fixture *fixture)
{
    return fixture->published > 0;
}

/* An index of one shard, started, and a replica that has no place. */
static void set_up_index(struct fixture *fixture)
{
    setup(fixture);
    assert_int_equal(apply(fixture, "{\"type\":\"create_index\",\"name\":\"i\",\"provided_name\":\"i\","
                                    "\"uuid\":\"0123456789012345678901\",\"settings\":{"
                                    "\"index.number_of_shards\":\"1\","
                                    "\"index.number_of_replicas\":\"1\"}}"),
                     QD_OK);
    struct qd_slice id = state_of(fixture)->indices[0]->routing[0].allocation_id;
    struct qd_slice started = qd_arena_format(fixture->arena,
                                              "{\"type\":\"shard_started\",\"shards\":[{\"index\":\"i\","
                                              "\"shard\":0,\"allocation_id\":\"%.*s\"}]}",
                                              QD_SLICE_ARG(id));
    assert_int_equal(apply(fixture, qd_arena_string(fixture->arena, started)), QD_OK);
    assert_int_equal(state_of(fixture)->indices[0]->routing[0].state, QD_SHARD_STARTED);
}

static bool answer_has(const struct fixture *fixture, const char *text)
{
    return strstr(qd_arena_string(fixture->arena, fixture->answer), text) != NULL;
}

static bool error_has(const struct fixture *fixture, const char *text)
{
    return strstr(qd_arena_string(fixture->arena, fixture->error.reason), text) != NULL;
}

TEST(master, cancelled_primary_is_placed_again_in_a_new_term)
{
    struct fixture fixture;
    set_up_index(&fixture);
    int64_t term = state_of(&fixture)->indices[0]->primary_terms[0];
    assert_int_equal(
        apply(&fixture, "{\"type\":\"reroute_by_hand\",\"commands\":[{\"command\":\"cancel\",\"index\":\"i\","
                        "\"shard\":0,\"node_id\":\"n1\",\"flag\":true}]}"),
        QD_OK);
    assert_true(changed(&fixture));
    assert_true(state_of(&fixture)->indices[0]->routing[0].state == QD_SHARD_INITIALIZING);
    assert_true(state_of(&fixture)->indices[0]->primary_terms[0] == term + 1);
    teardown(&fixture);
}

TEST(master, primary_is_cancelled_only_when_that_is_allowed)
{
    struct fixture fixture;
    set_up_index(&fixture);
    assert_int_equal(
        apply(&fixture, "{\"type\":\"reroute_by_hand\",\"commands\":[{\"command\":\"cancel\",\"index\":\"i\","
                        "\"shard\":0,\"node_id\":\"n1\"}]}"),
        QD_ILLEGAL_ARGUMENT);
    assert_true(error_has(&fixture, "shard is primary and started"));
    assert_int_equal(
        apply(&fixture,
              "{\"type\":\"reroute_by_hand\",\"explain\":true,\"commands\":[{\"command\":\"cancel\","
              "\"index\":\"i\",\"shard\":0,\"node_id\":\"n1\"}]}"),
        QD_OK);
    assert_true(!changed(&fixture));
    assert_true(answer_has(&fixture, "\"decision\":\"NO\""));
    assert_true(state_of(&fixture)->indices[0]->routing[0].state == QD_SHARD_STARTED);
    teardown(&fixture);
}

TEST(master, second_copy_on_a_node_is_refused_by_the_same_shard_rule)
{
    struct fixture fixture;
    set_up_index(&fixture);
    assert_int_equal(apply(&fixture,
                           "{\"type\":\"reroute_by_hand\",\"explain\":true,\"commands\":[{\"command\":"
                           "\"allocate_replica\",\"index\":\"i\",\"shard\":0,\"node_id\":\"n1\"}]}"),
                     QD_OK);
    assert_true(!changed(&fixture));
    assert_true(answer_has(&fixture, "{\"decider\":\"same_shard\",\"decision\":\"NO\""));
    assert_true(answer_has(&fixture, "{\"decider\":\"max_retry\",\"decision\":\"YES\""));
    teardown(&fixture);
}

TEST(master, retry_failed_tries_a_copy_that_has_failed_too_often)
{
    struct fixture fixture;
    set_up_index(&fixture);
    for (int i = 0; i < 5; i++) {
        const struct qd_shard_routing *copy = &state_of(&fixture)->indices[0]->routing[0];
        struct qd_slice failed = qd_arena_format(fixture.arena,
                                                 "{\"type\":\"shard_failed\",\"index\":\"i\",\"shard\":0,"
                                                 "\"allocation_id\":\"%.*s\",\"message\":\"m\"}",
                                                 QD_SLICE_ARG(copy->allocation_id));
        assert_int_equal(apply(&fixture, qd_arena_string(fixture.arena, failed)), QD_OK);
        fixture.now_ms += 100000;
        assert_int_equal(apply(&fixture, "{\"type\":\"reroute\"}"), QD_OK);
    }
    assert_false(changed(&fixture));
    assert_int_equal(apply(&fixture, "{\"type\":\"reroute_by_hand\",\"commands\":[]}"), QD_OK);
    assert_false(changed(&fixture));
    assert_int_equal(apply(&fixture, "{\"type\":\"reroute_by_hand\",\"retry_failed\":true}"), QD_OK);
    assert_int_equal(state_of(&fixture)->indices[0]->routing[0].state, QD_SHARD_INITIALIZING);
    assert_int_equal(state_of(&fixture)->indices[0]->routing[0].failed_allocations, 0);
    teardown(&fixture);
}

TEST(master, voting_exclusions_are_kept_once_each_and_bounded)
{
    struct fixture fixture;
    set_up_index(&fixture);
    assert_int_equal(apply(&fixture,
                           "{\"type\":\"add_voting_exclusions\",\"most\":2,\"names\":\"\",\"exclusions\":"
                           "[{\"node_id\":\"a\",\"node_name\":\"_absent_\"}]}"),
                     QD_OK);
    assert_true(changed(&fixture));
    assert_int_equal(apply(&fixture,
                           "{\"type\":\"add_voting_exclusions\",\"most\":2,\"names\":\"\",\"exclusions\":"
                           "[{\"node_id\":\"a\",\"node_name\":\"_absent_\"}]}"),
                     QD_OK);
    assert_true(!changed(&fixture));
    assert_int_equal(apply(&fixture,
                           "{\"type\":\"add_voting_exclusions\",\"most\":2,\"names\":\"\",\"exclusions\":"
                           "[{\"node_id\":\"b\",\"node_name\":\"_absent_\"},{\"node_id\":\"c\",\"node_name\":"
                           "\"_absent_\"}]}"),
                     QD_ILLEGAL_ARGUMENT);
    assert_true(error_has(&fixture, "would add [2] exclusions to the existing [1]"));
    assert_int_equal(apply(&fixture, "{\"type\":\"clear_voting_exclusions\"}"), QD_OK);
    assert_true(changed(&fixture));
    assert_true(qd_map_get(&state_of(&fixture)->customs, QD_VOTING_EXCLUSIONS_KEY) == NULL);
    teardown(&fixture);
}
