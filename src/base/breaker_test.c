#include "base/breaker.h"

#include "base/test.h"

TEST(breaker, refuses_with_the_references_words)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_error error;
    qd_error_init(&error, arena);
    struct qd_breakers breakers;
    qd_breakers_init(&breakers, 10000);
    struct qd_breaker *request = &breakers.child[QD_BREAKER_REQUEST];
    assert_ok(qd_breaker_reserve(request, 5000, "a", &error));
    assert_int_equal(qd_breaker_reserve(request, 1240, "<b>", &error), QD_CIRCUIT_BREAKING);
    assert_slice(error.reason, "[request] Data too large, data for [<b>] would be [6240/6kb], "
                               "which is larger than the limit of [6000/5.8kb]");
    assert_slice(error.first->key, "bytes_wanted");
    assert_slice(error.first->value, "6240");
    assert_slice(error.first->next->value, "6000");
    assert_slice(error.first->next->next->value, "TRANSIENT");
    assert_int_equal(qd_breakers_used(&breakers), 5000);
    assert_int_equal(request->trips, 1);
    qd_breaker_release(request, 5000);
    assert_int_equal(qd_breakers_used(&breakers), 0);
    qd_arena_destroy(arena);
}

TEST(breaker, parent_bounds_the_sum_and_nothing_stays_reserved)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_error error;
    qd_error_init(&error, arena);
    struct qd_breakers breakers;
    qd_breakers_init(&breakers, 10000);
    assert_ok(qd_breaker_reserve(&breakers.child[QD_BREAKER_REQUEST], 5000, "a", &error));
    struct qd_breaker *flight = &breakers.child[QD_BREAKER_IN_FLIGHT_REQUESTS];
    assert_int_equal(qd_breaker_reserve(flight, 2500, "<http_request>", &error), QD_CIRCUIT_BREAKING);
    assert_slice(
        error.reason,
        "[parent] Data too large, data for [<http_request>] would be [10000/9.7kb], which is larger than the "
        "limit of [9500/9.2kb], usages [request=5000/4.8kb, fielddata=0/0b, in_flight_requests=5000/4.8kb, "
        "accounting=0/0b]");
    assert_int_equal(flight->used, 0);
    assert_ok(qd_breaker_reserve(flight, 2200, "<http_request>", &error));
    assert_ok(qd_breaker_reserve(NULL, 1, "nothing", &error));
    qd_arena_destroy(arena);
}
