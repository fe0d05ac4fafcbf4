#include "base/breaker.h"

#include "base/units.h"

/* The fixed facts of a child; limits are parts of the total in percent. */
static const struct child_row {
    const char *name;
    int percent;
    double overhead;
    bool permanent;
} children[QD_BREAKER_COUNT] = {
    [QD_BREAKER_REQUEST] = { "request", 60, 1.0, false },
    [QD_BREAKER_FIELDDATA] = { "fielddata", 40, 1.03, true },
    [QD_BREAKER_IN_FLIGHT_REQUESTS] = { "in_flight_requests", 100, 2.0, false },
    [QD_BREAKER_ACCOUNTING] = { "accounting", 100, 1.0, true },
};

#define PARENT_PERCENT 95 /* indices.breaker.total.limit */

static int64_t part_of(int64_t total, int percent)
{
    return total / 100 * percent + total % 100 * percent / 100;
}

void qd_breakers_init(struct qd_breakers *breakers, int64_t total_bytes)
{
    atomic_init(&breakers->limit, part_of(total_bytes, PARENT_PERCENT));
    atomic_init(&breakers->trips, 0);
    for (size_t i = 0; i < QD_BREAKER_COUNT; i++) {
        struct qd_breaker *child = &breakers->child[i];
        child->name = children[i].name;
        child->overhead = children[i].overhead;
        child->permanent = children[i].permanent;
        child->parent = breakers;
        atomic_init(&child->used, 0);
        atomic_init(&child->limit, part_of(total_bytes, children[i].percent));
        atomic_init(&child->trips, 0);
    }
}

static int64_t with_overhead(const struct qd_breaker *breaker, int64_t bytes)
{
    double estimate = (double)bytes * breaker->overhead;
    return estimate >= 0x1p63 ? INT64_MAX : (int64_t)estimate;
}

/* "1024/1kb" */
static void put_bytes(struct qd_buffer *text, int64_t bytes)
{
    qd_buffer_format(text, "%lld/", (long long)bytes);
    qd_bytes_print(text, bytes);
}

static enum qd_status refuse(struct qd_error *error, struct qd_buffer *text, int64_t wanted, int64_t limit,
                             bool permanent)
{
    enum qd_status status = qd_error_set(error, QD_CIRCUIT_BREAKING, "%.*s", (int)text->size, text->data);
    qd_buffer_deinit(text);
    qd_error_add_number(error, "bytes_wanted", wanted);
    qd_error_add_number(error, "bytes_limit", limit);
    qd_error_add(error, "durability", permanent ? QD_SLICE("PERMANENT") : QD_SLICE("TRANSIENT"));
    return status;
}

static void begin_message(struct qd_buffer *text, const char *name, const char *label, int64_t wanted,
                          int64_t limit)
{
    qd_buffer_format(text, "[%s] Data too large, data for [%s] would be [", name, label);
    put_bytes(text, wanted);
    qd_buffer_text(text, "], which is larger than the limit of [");
    put_bytes(text, limit);
    qd_buffer_text(text, "]");
}

static enum qd_status refuse_child(struct qd_breaker *breaker, int64_t wanted, const char *label,
                                   struct qd_error *error)
{
    atomic_fetch_add(&breaker->trips, 1);
    int64_t limit = atomic_load(&breaker->limit);
    struct qd_buffer text = { 0 };
    begin_message(&text, breaker->name, label, wanted, limit);
    return refuse(error, &text, wanted, limit, breaker->permanent);
}

static enum qd_status check_parent(struct qd_breakers *breakers, const char *label, struct qd_error *error)
{
    int64_t limit = atomic_load(&breakers->limit);
    int64_t kept[2] = { 0, 0 };
    for (size_t i = 0; i < QD_BREAKER_COUNT; i++) {
        const struct qd_breaker *child = &breakers->child[i];
        kept[child->permanent] += with_overhead(child, atomic_load(&child->used));
    }
    int64_t wanted = kept[false] + kept[true];
    if (limit < 0 || wanted <= limit) return QD_OK;
    atomic_fetch_add(&breakers->trips, 1);
    struct qd_buffer text = { 0 };
    begin_message(&text, "parent", label, wanted, limit);
    qd_buffer_text(&text, ", usages [");
    for (size_t i = 0; i < QD_BREAKER_COUNT; i++) {
        const struct qd_breaker *child = &breakers->child[i];
        qd_buffer_format(&text, "%s%s=", i == 0 ? "" : ", ", child->name);
        put_bytes(&text, with_overhead(child, atomic_load(&child->used)));
    }
    qd_buffer_text(&text, "]");
    return refuse(error, &text, wanted, limit, kept[true] > kept[false]);
}

enum qd_status qd_breaker_reserve(struct qd_breaker *breaker, int64_t bytes, const char *label,
                                  struct qd_error *error)
{
    if (breaker == NULL) return QD_OK;
    int64_t limit = atomic_load(&breaker->limit);
    if (limit == 0) return refuse_child(breaker, bytes, label, error);
    int64_t used = atomic_load(&breaker->used);
    int64_t wanted;
    do {
        if (__builtin_add_overflow(used, bytes, &wanted)) wanted = INT64_MAX;
        int64_t estimate = with_overhead(breaker, wanted);
        if (limit > 0 && estimate > limit) return refuse_child(breaker, estimate, label, error);
    } while (!atomic_compare_exchange_weak(&breaker->used, &used, wanted));
    if (breaker->parent == NULL) return QD_OK;
    enum qd_status status = check_parent(breaker->parent, label, error);
    if (status != QD_OK) qd_breaker_release(breaker, bytes);
    return status;
}

void qd_breaker_add(struct qd_breaker *breaker, int64_t bytes)
{
    if (breaker != NULL) atomic_fetch_add(&breaker->used, bytes);
}

void qd_breaker_release(struct qd_breaker *breaker, int64_t bytes)
{
    qd_breaker_add(breaker, -bytes);
}

int64_t qd_breakers_used(const struct qd_breakers *breakers)
{
    int64_t sum = 0;
    for (size_t i = 0; i < QD_BREAKER_COUNT; i++) sum += atomic_load(&breakers->child[i].used);
    return sum;
}
