#include "coordinator/shard_reports.h"

#include "base/test.h"
#include "data/actions.h"
#include "simulation/fake/fake_env.h"

/* A cluster of three nodes of which n1 is this one, n2 has shards and does not answer, and n3 has none. */
struct bench {
    struct qd_env *env;
    struct qd_transport *transport;
    struct qd_arena *arena;
    struct qd_cluster_state *state;
    struct qd_coordinator coordinator;
    struct qd_call call;
    bool broken;                     /* the answer of n1 */
    uint32_t asked;                  /* requests that n1 got */
    size_t asked_indices;            /* that the last one named */
    struct qd_shard_reports reports; /* what came out; shards and problems are in the call's arena */
    struct qd_buffer text;           /* the header that was written for index a */
    bool done;
};

static struct qd_index_metadata *add_index(struct bench *bench, const char *name, uint32_t shard_count,
                                           uint32_t replica_count)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_index_metadata *index = QD_NEW(arena, struct qd_index_metadata);
    size_t copies = (size_t)shard_count * (1 + replica_count);
    index->arena = arena;
    index->references = 1;
    index->name = index->uuid = qd_slice_from_string(name);
    index->shard_count = shard_count;
    index->replica_count = replica_count;
    index->routing = QD_NEW_ARRAY(arena, struct qd_shard_routing, copies);
    for (size_t c = 0; c < copies; c++) {
        index->routing[c].shard = (uint32_t)(c / (1 + replica_count));
        index->routing[c].primary = c % (1 + replica_count) == 0;
    }
    qd_map_init(&index->settings, arena);
    qd_map_init(&index->aliases, arena);
    qd_cluster_state_put_index(bench->state, index);
    return index;
}

static void put_copy(struct qd_index_metadata *index, size_t copy, const char *node)
{
    index->routing[copy].node_id = qd_slice_from_string(node);
    index->routing[copy].state = QD_SHARD_STARTED;
}

/* The handler of n1: its shards, not in order, and one of an index that nobody knows. */
static void handle(void *context, struct qd_transport_call *call)
{
    struct bench *bench = context;
    struct qd_buffer buffer = { 0 };
    struct qd_stats stats;
    struct qd_report_message message;
    assert_ok(qd_report_message_read(call->payload, call->arena, &message, NULL));
    bench->asked++;
    bench->asked_indices = message.index_count;
    qd_stats_init(&stats);
    stats.value[QD_STAT_DOCS_COUNT] = 5;
    struct qd_shard_report reports[3] = {
        { .index_uuid = QD_SLICE("b"), .index_name = QD_SLICE("b"), .primary = true, .stats = &stats },
        { .index_uuid = QD_SLICE("new"), .index_name = QD_SLICE("a"), .primary = true, .stats = &stats },
        { .index_uuid = QD_SLICE("a"), .index_name = QD_SLICE("a"), .stats = &stats, .number = 1 },
    };
    qd_reports_write(reports, 3, &buffer);
    if (bench->broken) buffer.size--;
    qd_transport_answer(call, &buffer);
}

static void set_up(struct bench *bench)
{
    static const char *const names[] = { "n1", "n2", "n3" };
    *bench = (struct bench){ .env = qd_fake_env_create(1, NULL), .arena = qd_arena_create(0) };
    bench->transport = qd_transport_create(bench->env, QD_SLICE("n1"));
    qd_transport_register(bench->transport, QD_ACTION_REPORT, handle, bench);
    bench->state = qd_cluster_state_create(QD_SLICE("c"), QD_SLICE("u"));
    bench->state->nodes = QD_NEW_ARRAY(bench->arena, struct qd_node_info, 3);
    bench->state->node_count = 3;
    for (size_t i = 0; i < 3; i++) bench->state->nodes[i].id = qd_slice_from_string(names[i]);
    struct qd_index_metadata *a = add_index(bench, "a", 2, 1);
    put_copy(a, 0, "n2");
    put_copy(a, 2, "n2");
    put_copy(a, 3, "n1");
    put_copy(add_index(bench, "b", 1, 0), 0, "n1");
    bench->call.arena = bench->arena;
    bench->coordinator = (struct qd_coordinator){ .env = bench->env, .transport = bench->transport };
}

static void tear_down(struct bench *bench)
{
    assert_int_equal(bench->state->references, 1);
    qd_buffer_deinit(&bench->text);
    qd_cluster_state_release(bench->state);
    qd_transport_destroy(bench->transport);
    qd_fake_env_destroy(bench->env);
    qd_arena_destroy(bench->arena);
}

static void reported(void *context, const struct qd_shard_reports *reports)
{
    struct bench *bench = context;
    const struct qd_resolved a = { .index = reports->state->indices[0] };
    struct qd_json_writer writer = { .out = &bench->text };
    assert_false(bench->done);
    bench->done = true;
    bench->reports = *reports;
    qd_json_begin_object(&writer);
    qd_shard_reports_write_header(reports, &a, 1, &writer);
    qd_json_end_object(&writer);
}

static void gather(struct bench *bench, struct qd_report_wish wish)
{
    wish.state = bench->state;
    wish.parts = QD_REPORT_STATS;
    qd_shard_reports_gather(&bench->coordinator, &bench->call, &wish, reported, bench);
    assert_false(bench->done);
    (void)qd_fake_env_run_until_idle(bench->env, 1000);
    assert_true(bench->done);
}

TEST(shard_reports, shards_of_all_nodes_come_in_order_and_silent_nodes_are_told)
{
    struct bench bench;
    set_up(&bench);
    gather(&bench, (struct qd_report_wish){ .all = true });
    const struct qd_shard_reports *reports = &bench.reports;
    assert_int_equal(bench.asked, 1);
    assert_int_equal(bench.asked_indices, 0);
    assert_int_equal(reports->count, 2);
    assert_slice(reports->shards[0].index->name, "a");
    assert_ptr_equal(reports->shards[0].routing, &bench.state->indices[0]->routing[3]);
    assert_slice(reports->shards[1].index->name, "b");
    assert_slice(reports->shards[1].node->id, "n1");
    assert_int_equal(reports->problem_count, 1);
    assert_slice(reports->problems[0].node->id, "n2");
    qd_buffer_byte(&bench.text, 0);
    const char *failure = "\"reason\":{\"type\":\"failed_node_exception\",\"reason\":\"Failed node [n2]\","
                          "\"node_id\":\"n2\",\"caused_by\":{\"type\":";
    assert_non_null(strstr(bench.text.data, failure));
    assert_non_null(strstr(bench.text.data,
                           "{\"_shards\":{\"total\":4,\"successful\":1,\"failed\":2,\"failures\":["
                           "{\"shard\":0,\"index\":\"a\",\"status\":\"INTERNAL_SERVER_ERROR\",\"reason\":"));
    assert_non_null(strstr(bench.text.data, "{\"shard\":1,\"index\":\"a\""));
    tear_down(&bench);
}

TEST(shard_reports, sums_are_by_index_and_node)
{
    struct bench bench;
    struct qd_stats sum;
    set_up(&bench);
    gather(&bench, (struct qd_report_wish){ .all = true });
    const struct qd_index_metadata *a = bench.state->indices[0];
    qd_stats_init(&sum);
    qd_shard_reports_add_index(&bench.reports, a, true, &sum);
    assert_int_equal(sum.value[QD_STAT_DOCS_COUNT], 0);
    qd_shard_reports_add_index(&bench.reports, a, false, &sum);
    assert_int_equal(sum.value[QD_STAT_DOCS_COUNT], 5);
    qd_shard_reports_add_node(&bench.reports, &bench.state->nodes[1], false, &sum);
    assert_int_equal(sum.value[QD_STAT_DOCS_COUNT], 5);
    qd_shard_reports_add_node(&bench.reports, NULL, false, &sum);
    assert_int_equal(sum.value[QD_STAT_DOCS_COUNT], 15);
    assert_non_null(qd_shard_reports_copy(&bench.reports, a, &a->routing[3]));
    assert_null(qd_shard_reports_copy(&bench.reports, a, &a->routing[2]));
    assert_null(qd_shard_reports_copy(&bench.reports, a, &a->routing[0]));
    tear_down(&bench);
}

TEST(shard_reports, only_nodes_with_wanted_shards_are_asked)
{
    struct bench bench;
    static const bool first[] = { true, false, false };
    static const bool third[] = { false, false, true };
    set_up(&bench);
    const struct qd_resolved b = { .index = bench.state->indices[1] };
    gather(&bench, (struct qd_report_wish){ .indices = &b, .index_count = 1 });
    assert_int_equal(bench.asked_indices, 1);
    assert_int_equal(bench.reports.problem_count, 0);
    bench.done = false;
    gather(&bench, (struct qd_report_wish){ .all = true, .nodes = first });
    assert_int_equal(bench.reports.problem_count, 0);
    bench.done = false;
    gather(&bench, (struct qd_report_wish){ .all = true, .nodes = third });
    assert_int_equal(bench.reports.count, 0);
    bench.done = false;
    gather(&bench, (struct qd_report_wish){ .indices = NULL });
    assert_int_equal(bench.reports.count, 0);
    assert_int_equal(bench.asked, 2);
    tear_down(&bench);
}

TEST(shard_reports, a_malformed_answer_is_a_failure_of_the_node)
{
    struct bench bench;
    set_up(&bench);
    bench.broken = true;
    gather(&bench, (struct qd_report_wish){ .all = true });
    assert_int_equal(bench.reports.count, 0);
    assert_int_equal(bench.reports.problem_count, 2);
    assert_int_equal(bench.reports.problems[0].error.status, QD_ILLEGAL_STATE);
    tear_down(&bench);
}
