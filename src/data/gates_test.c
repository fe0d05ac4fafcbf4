#include "base/test.h"
#include "data/gates.h"

static struct qd_gates small(void)
{
    return (struct qd_gates){ .node_name = QD_SLICE("n1"),
                              .gate = { [QD_GATE_SEARCH] = { "search", 2, 3, 0, 0, 0 } } };
}

TEST(gates, as_many_enter_as_run_and_wait)
{
    struct qd_gates gates = small();
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_error error;
    qd_error_init(&error, arena);
    for (int i = 0; i < 5; i++) assert_ok(qd_gate_enter(&gates, QD_GATE_SEARCH, "a", &error));
    assert_int_equal(qd_gate_queued(&gates.gate[QD_GATE_SEARCH]), 3);
    assert_int_equal(qd_gate_enter(&gates, QD_GATE_SEARCH, "a", &error), QD_REJECTED_EXECUTION);
    assert_slice(error.reason,
                 "rejected execution of a on OpenSearchThreadPoolExecutor[name = n1/search, queue "
                 "capacity = 3, [Running, pool size = 2, active threads = 2, queued tasks = 3, completed "
                 "tasks = 0]]");
    qd_gate_leave(&gates, QD_GATE_SEARCH);
    assert_ok(qd_gate_enter(&gates, QD_GATE_SEARCH, "a", &error));
    assert_int_equal(qd_gate_enter(&gates, QD_GATE_SEARCH, "a", &error), QD_REJECTED_EXECUTION);
    assert_int_equal(gates.gate[QD_GATE_SEARCH].rejected, 2);
    assert_int_equal(gates.gate[QD_GATE_SEARCH].completed, 1);
    qd_arena_destroy(arena);
}

TEST(gates, without_a_bound_everything_enters)
{
    struct qd_gates gates = small();
    gates.gate[QD_GATE_SEARCH].queue_size = -1;
    for (int i = 0; i < 100000; i++) assert_ok(qd_gate_enter(&gates, QD_GATE_SEARCH, "a", NULL));
    for (int i = 0; i < 100000; i++) assert_ok(qd_gate_enter(&gates, QD_GATE_WRITE, "a", NULL));
    assert_int_equal(gates.gate[QD_GATE_SEARCH].rejected, 0);
}
