/* Changes of the cluster state that wait too long for their turn, or take too long. */
#include <stdio.h>

#include "node/node_test_support.h"

/* A change: its request, and what the list of pending tasks calls it, up to the index's uuid. */
struct change {
    const char *method, *target, *body;
    const char *source;
    const char *late; /* the answer when it was made too late */
};

static const struct change changes[] = {
    { "PUT", "/b", "{}", "create-index [b], cause [api]",
      "{\"acknowledged\":false,\"shards_acknowledged\":false,\"index\":\"b\"}" },
    { "PUT", "/a/_block/write", "", "add-index-block-[write]-[[a/",
      "{\"acknowledged\":true,\"shards_acknowledged\":true,\"indices\":["
      "{\"name\":\"a\",\"blocked\":true}]}" },
    { "PUT", "/a/_settings", "{\"refresh_interval\":\"9s\"}", "update-settings [[a/",
      "{\"acknowledged\":false}" },
    { "PUT", "/a/_mapping", "{\"properties\":{\"k\":{\"type\":\"keyword\"}}}", "put-mapping [a/",
      "{\"acknowledged\":false}" },
    { "PUT", "/a/_alias/c", "", "index-aliases", "{\"acknowledged\":false}" },
    { "PUT", "/_scripts/s", "{\"script\":{\"lang\":\"mustache\",\"source\":\"{}\"}}", "put-script-s",
      "{\"acknowledged\":false}" },
    { "DELETE", "/_scripts/s", "", "delete-script-s", "{\"acknowledged\":false}" },
    { "PUT", "/_cluster/settings", "{\"transient\":{\"search.max_buckets\":7}}", "cluster_update_settings",
      "{\"acknowledged\":false,\"persistent\":{},\"transient\":{\"search\":{\"max_buckets\":\"7\"}}}" },
    { "POST", "/a/_close", "", "add-block-index-to-close [[a/",
      "{\"acknowledged\":false,\"shards_acknowledged\":false,\"indices\":{\"a\":{\"closed\":true}}}" },
    { "POST", "/a/_open", "", "open-indices [[a/", "{\"acknowledged\":false,\"shards_acknowledged\":false}" },
    { "DELETE", "/a", "", "delete-index [[a/", "{\"acknowledged\":false}" },
};
#define CHANGES (sizeof(changes) / sizeof(changes[0]))

static int send(struct world *world, const struct change *change, const char *parameters)
{
    char target[128];
    snprintf(target, sizeof(target), "%s?%s", change->target, parameters);
    return call(world, change->method, target, change->body);
}

static void ignore_answer(void *context, int status, struct qd_slice content_type, struct qd_slice body)
{
    (void)status;
    (void)content_type;
    (void)body;
    ++*(unsigned *)context;
}

/* Keeps the manager busy: a change whose state takes up to two seconds to be kept. */
static void start_slow_change(struct world *world, unsigned *answered)
{
    static unsigned value = 100;
    char body[96];
    snprintf(body, sizeof(body), "{\"persistent\":{\"search.max_buckets\":%u}}", ++value);
    struct qd_rest_direct direct = { .method = QD_SLICE("PUT"),
                                     .target = QD_SLICE("/_cluster/settings"),
                                     .body = qd_slice_from_string(body),
                                     .content_type = QD_SLICE("application/json"),
                                     .done = ignore_answer,
                                     .context = answered };
    qd_rest_call(qd_node_rest(world->node), &direct);
}

static void set_slow(struct world *world, bool slow)
{
    struct qd_fake_faults faults = { 0 };
    if (slow) faults.work_delay_max = qd_duration_ms(1000);
    qd_fake_env_set_faults(world->env, &faults);
}

static void start(struct world *world)
{
    start_world(world, NULL, NULL);
    assert_int_equal(call(world, "PUT", "/a", "{\"settings\":{\"number_of_replicas\":0}}"), 200);
}

TEST(manager_timeout, a_change_that_does_not_get_its_turn_fails)
{
    struct world world;
    char text[160];
    start(&world);
    unsigned sent = 0, answered = 0;
    for (size_t i = 0; i < CHANGES; i++) {
        set_slow(&world, true);
        /* More than one: closing flushes before it asks for its turn. */
        for (int slow = 0; slow < 20; slow++) start_slow_change(&world, &answered);
        sent += 20;
        assert_int_equal(send(&world, &changes[i], "cluster_manager_timeout=1ms"), 503);
        assert_has(&world, "\"type\":\"process_cluster_event_timeout_exception\"");
        snprintf(text, sizeof(text), "failed to process cluster event (%s", changes[i].source);
        assert_has(&world, text);
        assert_has(&world, ") within 1ms\"");
        set_slow(&world, false);
        pass_ms(&world, 60000);
        /* Nothing was changed, and without a bound it is. */
        assert_int_equal(send(&world, &changes[i], "cluster_manager_timeout=-1"), 200);
        assert_has(&world, "\"acknowledged\":true");
    }
    assert_int_equal(answered, sent);
    stop_world(&world);
}

TEST(manager_timeout, a_change_that_takes_too_long_is_made_and_not_acknowledged)
{
    for (int negative = 0; negative < 2; negative++) {
        struct world world;
        start(&world);
        for (size_t i = 0; i < CHANGES; i++) {
            assert_int_equal(send(&world, &changes[i], negative ? "timeout=-1" : "timeout=0s"), 200);
            assert_slice(world.body, changes[i].late);
        }
        assert_int_equal(call(&world, "HEAD", "/b", ""), 200);
        assert_int_equal(call(&world, "HEAD", "/a", ""), 404);
        stop_world(&world);
    }
}

TEST(tasks, a_list_waits_for_what_it_lists)
{
    static const char merges[] = "/_tasks?actions=*forcemerge&wait_for_completion=true&group_by=none";
    struct world world;
    start(&world);
    assert_int_equal(call(&world, "POST", "/a/_doc?refresh=true", "{\"a\":1}"), 201);
    assert_int_equal(call(&world, "GET", merges, ""), 200);
    assert_slice(world.body, "{\"tasks\":[]}");
    set_slow(&world, true);
    assert_int_equal(call(&world, "POST", "/a/_forcemerge?wait_for_completion=false", ""), 200);
    const char *soon = "/_tasks?wait_for_completion=true&timeout=1ms&group_by=none";
    assert_int_equal(call(&world, "GET", soon, ""), 200);
    assert_has(&world, "{\"node_failures\":[{\"type\":\"failed_node_exception\",\"reason\":\"Failed node [");
    assert_has(&world, "\"caused_by\":{\"type\":\"receive_timeout_transport_exception\",\"reason\":\"[");
    assert_has(&world, "[cluster:monitor/tasks/lists[n]] request_id [");
    assert_has(&world, "] timed out after [1ms]\"}}],\"tasks\":[]}");
    assert_int_equal(call(&world, "GET", merges, ""), 200);
    assert_has(&world, "{\"tasks\":[{\"node\":\"");
    assert_has(&world, "\"action\":\"indices:admin/forcemerge\",\"start_time_in_millis\":");
    /* It has ended before the list was answered. */
    assert_int_equal(call(&world, "GET", "/_tasks?actions=*forcemerge", ""), 200);
    assert_slice(world.body, "{\"nodes\":{}}");
    stop_world(&world);
}

TEST(tasks, cancelling_waits_for_the_end_when_asked)
{
    struct world world;
    unsigned answered = 0;
    start(&world);
    assert_int_equal(call(&world, "POST", "/a/_doc?refresh=true", "{\"a\":1}"), 201);
    set_slow(&world, true);
    struct qd_rest_direct search = { .method = QD_SLICE("GET"),
                                     .target = QD_SLICE("/a/_search"),
                                     .content_type = QD_SLICE("application/json"),
                                     .done = ignore_answer,
                                     .context = &answered };
    qd_rest_call(qd_node_rest(world.node), &search);
    const char *cancel = "/_tasks/_cancel?actions=*search&group_by=none";
    const char *waiting = "/_tasks/_cancel?actions=*search&wait_for_completion=true";
    assert_int_equal(call(&world, "POST", cancel, ""), 200);
    assert_has(&world, "\"action\":\"indices:data/read/search\"");
    assert_has(&world, "\"cancelled\":true,\"headers\":{},\"cancellation_time_millis\":");
    assert_int_equal(answered, 0);
    assert_int_equal(call(&world, "POST", waiting, ""), 200);
    assert_has(&world, "\"action\":\"indices:data/read/search\"");
    assert_has(&world, "\"cancelled\":true,\"headers\":{},\"cancellation_time_millis\":");
    assert_int_equal(answered, 1);
    assert_int_equal(call(&world, "POST", waiting, ""), 200);
    assert_slice(world.body, "{\"nodes\":{}}");
    assert_int_equal(call(&world, "POST", "/_tasks/x:1/_cancel?wait_for_completion=true", ""), 200);
    assert_has(&world, "\"type\":\"no_such_node_exception\"");
    stop_world(&world);
}
