#include "base/test.h"
#include "coordinator/node_facts.h"

/* Every byte of the numbers is another one, so that a part that is left out or mixed up shows. */
static void fill(struct qd_node_facts *facts, struct qd_arena *arena)
{
    struct qd_machine_facts *machine = &facts->machine;
    struct qd_thread_pool *pools = QD_NEW_ARRAY(arena, struct qd_thread_pool, 2);
    struct qd_setting_fact *settings = QD_NEW_ARRAY(arena, struct qd_setting_fact, 1);
    *machine = (struct qd_machine_facts){ .resident_bytes = 1,
                                          .threads = 70000,
                                          .process_cpu_percent = -1,
                                          .load_average = { 0.25, 1e9, 3 },
                                          .process_id = 4711,
                                          .os_name = "Linux",
                                          .os_pretty_name = "A system",
                                          .cgroup = { .known = true, .quota_us = -1, .memory_limit = "max" },
                                          .volume = { .mount = "/ (x)", .io = { .queue_ms = 77 } } };
    pools[0] = (struct qd_thread_pool){ .name = "get", .type = "fixed", .core = -1, .max = -1, .size = 4,
                                        .queue_size = 1000, .work_class = QD_WORK_GET, .gate = QD_GATE_GET };
    pools[1] = (struct qd_thread_pool){ .name = "x", .type = "scaling", .core = 1, .max = 5, .size = -1,
                                        .queue_size = -1, .keep_alive = QD_SLICE("5m"), .measured = true,
                                        .work_class = -1, .gate = -1 };
    settings[0] = (struct qd_setting_fact){ QD_SLICE("path.data"), QD_SLICE("/d") };
    facts->workers = 3;
    facts->work[QD_WORK_WRITE].wait_ns = 99;
    facts->gates.gate[QD_GATE_WRITE].rejected = 5;
    facts->pools = (struct qd_thread_pools){ pools, 2 };
    facts->uptime_ms = -12;
    facts->heap_percent = 42;
    facts->settings = settings;
    facts->setting_count = 1;
    facts->breakers[QD_BREAKER_FIELDDATA] = (struct qd_breaker_facts){ QD_SLICE("fielddata"), -1, 2, 3,
                                                                       1.03 };
    facts->parent = (struct qd_breaker_facts){ QD_SLICE("parent"), 10, 20, 30, 1 };
    facts->transport.in_flight = 6;
    facts->http_opened = 8;
    facts->states.ns = 1234567890123;
    facts->pressure.coordinating_rejections = 11;
    facts->request_cache.evictions = 13;
    facts->counters.searches[QD_ANSWER_USER_ERROR] = 17;
    facts->counters.phases[QD_SEARCH_PHASE_CAN_MATCH].ns = 19;
}

static void expect_filled(const struct qd_node_facts *facts)
{
    assert_int_equal(facts->machine.threads, 70000);
    assert_int_equal(facts->machine.process_cpu_percent, -1);
    assert_true(facts->machine.load_average[1] == 1e9);
    assert_string_equal(facts->machine.os_name, "Linux");
    assert_string_equal(facts->machine.os_pretty_name, "A system");
    assert_string_equal(facts->machine.cgroup.memory_limit, "max");
    assert_int_equal(facts->machine.volume.io.queue_ms, 77);
    assert_int_equal(facts->work[QD_WORK_WRITE].wait_ns, 99);
    assert_int_equal(facts->gates.gate[QD_GATE_WRITE].rejected, 5);
    assert_int_equal(facts->pools.count, 2);
    assert_string_equal(facts->pools.pools[0].name, "get");
    assert_int_equal(facts->pools.pools[0].gate, QD_GATE_GET);
    assert_null(facts->pools.pools[0].keep_alive.data);
    assert_slice(facts->pools.pools[1].keep_alive, "5m");
    assert_true(facts->pools.pools[1].measured);
    assert_int_equal(facts->uptime_ms, -12);
    assert_int_equal(facts->heap_percent, 42);
    assert_slice(qd_node_facts_setting(facts, "path.data"), "/d");
    assert_null(qd_node_facts_setting(facts, "path.logs").data);
    assert_true(facts->breakers[QD_BREAKER_FIELDDATA].overhead == 1.03);
    assert_int_equal(facts->parent.trips, 30);
    assert_int_equal(facts->transport.in_flight, 6);
    assert_int_equal(facts->http_opened, 8);
    assert_int_equal(facts->states.ns, 1234567890123);
    assert_int_equal(facts->pressure.coordinating_rejections, 11);
    assert_int_equal(facts->request_cache.evictions, 13);
    assert_int_equal(facts->counters.searches[QD_ANSWER_USER_ERROR], 17);
    assert_int_equal(facts->counters.phases[QD_SEARCH_PHASE_CAN_MATCH].ns, 19);
}

TEST(node_facts_message, round_trip_and_every_cut_is_refused)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_buffer buffer = { 0 };
    struct qd_node_facts facts = { 0 };
    struct qd_node_facts read;
    fill(&facts, arena);
    qd_node_facts_write(&facts, &buffer);
    assert_ok(qd_node_facts_read(qd_buffer_view(&buffer), arena, &read, NULL));
    expect_filled(&read);
    for (size_t cut = 0; cut < buffer.size; cut++) {
        assert_int_equal(qd_node_facts_read(qd_slice_make(buffer.data, cut), arena, &read, NULL),
                         QD_ILLEGAL_STATE);
    }
    qd_buffer_deinit(&buffer);
    qd_arena_destroy(arena);
}

TEST(node_facts_message, a_pool_of_an_unknown_class_is_refused)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_thread_pool pool = { .name = "p", .type = "fixed", .work_class = QD_WORK_CLASS_COUNT };
    struct qd_node_facts facts = { .pools = { &pool, 1 } };
    struct qd_node_facts read;
    struct qd_buffer buffer = { 0 };
    qd_node_facts_write(&facts, &buffer);
    assert_int_equal(qd_node_facts_read(qd_buffer_view(&buffer), arena, &read, NULL), QD_ILLEGAL_STATE);
    pool.work_class = -1;
    pool.gate = QD_GATE_COUNT;
    buffer.size = 0;
    qd_node_facts_write(&facts, &buffer);
    assert_int_equal(qd_node_facts_read(qd_buffer_view(&buffer), arena, &read, NULL), QD_ILLEGAL_STATE);
    qd_buffer_deinit(&buffer);
    qd_arena_destroy(arena);
}
