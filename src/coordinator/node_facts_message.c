/* The bytes of struct qd_node_facts. One function for each part both writes and reads it, so that the two
 * cannot drift apart. */
#include <limits.h>

#include "coordinator/node_facts.h"

/* Where values go to or come from. */
struct wire {
    struct qd_buffer *out;   /* NULL: values are read */
    struct qd_reader in;     /* else unused */
    struct qd_arena *arena;  /* of what is read */
};

static void wire_u64(struct wire *wire, uint64_t *value)
{
    if (wire->out != NULL) {
        qd_buffer_varint(wire->out, *value);
    } else {
        *value = qd_reader_varint(&wire->in);
    }
}

static void wire_i64(struct wire *wire, int64_t *value)
{
    if (wire->out != NULL) {
        qd_buffer_zigzag(wire->out, *value);
    } else {
        *value = qd_reader_zigzag(&wire->in);
    }
}

/* A number from `least` to `most`. */
static void wire_int(struct wire *wire, int *value, int least, int most)
{
    int64_t wide = *value;
    wire_i64(wire, &wide);
    if (wide < least || wide > most) wire->in.failed = true;
    *value = wire->in.failed ? least : (int)wide;
}

static void wire_u32(struct wire *wire, uint32_t *value)
{
    uint64_t wide = *value;
    wire_u64(wire, &wide);
    if (wide > UINT32_MAX) wire->in.failed = true;
    *value = wire->in.failed ? 0 : (uint32_t)wide;
}

static void wire_bool(struct wire *wire, bool *value)
{
    if (wire->out != NULL) {
        qd_buffer_byte(wire->out, *value ? 1 : 0);
    } else {
        *value = qd_reader_byte(&wire->in) != 0;
    }
}

static void wire_real(struct wire *wire, double *value)
{
    uint64_t bits;
    memcpy(&bits, value, sizeof(bits));
    if (wire->out != NULL) {
        qd_buffer_u64(wire->out, bits);
        return;
    }
    bits = qd_reader_u64(&wire->in);
    memcpy(value, &bits, sizeof(bits));
}

/* A missing text stays missing. */
static void wire_slice(struct wire *wire, struct qd_slice *text)
{
    bool there = text->data != NULL;
    wire_bool(wire, &there);
    if (!there) {
        *text = (struct qd_slice){ 0 };
    } else if (wire->out != NULL) {
        qd_buffer_sized(wire->out, *text);
    } else {
        *text = qd_reader_sized(&wire->in);
        if (text->data == NULL) text->data = "";
    }
}

/* A text with a 0 at its end, in room for `size` bytes. */
static void wire_chars(struct wire *wire, char *text, size_t size)
{
    struct qd_slice slice = qd_slice_from_string(text);
    if (wire->out != NULL) {
        qd_buffer_sized(wire->out, slice);
        return;
    }
    slice = qd_reader_sized(&wire->in);
    if (slice.size >= size) wire->in.failed = true;
    if (wire->in.failed) return;
    if (slice.size > 0) memcpy(text, slice.data, slice.size);
    text[slice.size] = 0;
}

static void wire_string(struct wire *wire, const char **text)
{
    struct qd_slice slice = { 0 };
    if (*text != NULL) slice = qd_slice_from_string(*text);
    wire_slice(wire, &slice);
    if (wire->out == NULL) {
        *text = slice.data == NULL ? NULL : qd_arena_format(wire->arena, "%.*s", QD_SLICE_ARG(slice)).data;
    }
}

/* A count of things that take at least `least` bytes each. */
static size_t wire_count(struct wire *wire, size_t count, size_t least)
{
    uint64_t wide = count;
    wire_u64(wire, &wide);
    if (wire->out != NULL) return count;
    if (wide > qd_reader_left(&wire->in) / least) wire->in.failed = true;
    return wire->in.failed ? 0 : (size_t)wide;
}

/* ---- parts ---- */

static void wire_cgroup(struct wire *wire, struct qd_cgroup_facts *cgroup)
{
    wire_bool(wire, &cgroup->known);
    wire_chars(wire, cgroup->cpuacct_group, sizeof(cgroup->cpuacct_group));
    wire_chars(wire, cgroup->cpu_group, sizeof(cgroup->cpu_group));
    wire_chars(wire, cgroup->memory_group, sizeof(cgroup->memory_group));
    wire_u64(wire, &cgroup->usage_ns);
    wire_i64(wire, &cgroup->period_us);
    wire_i64(wire, &cgroup->quota_us);
    wire_u64(wire, &cgroup->periods);
    wire_u64(wire, &cgroup->throttled);
    wire_u64(wire, &cgroup->throttled_ns);
    wire_chars(wire, cgroup->memory_limit, sizeof(cgroup->memory_limit));
    wire_chars(wire, cgroup->memory_usage, sizeof(cgroup->memory_usage));
}

static void wire_volume(struct wire *wire, struct qd_volume_facts *volume)
{
    struct qd_device_facts *io = &volume->io;
    wire_u64(wire, &volume->free_bytes);
    wire_chars(wire, volume->mount, sizeof(volume->mount));
    wire_chars(wire, volume->type, sizeof(volume->type));
    wire_chars(wire, volume->device, sizeof(volume->device));
    wire_u64(wire, &io->reads);
    wire_u64(wire, &io->writes);
    wire_u64(wire, &io->read_kilobytes);
    wire_u64(wire, &io->write_kilobytes);
    wire_u64(wire, &io->read_ms);
    wire_u64(wire, &io->write_ms);
    wire_u64(wire, &io->io_ms);
    wire_u64(wire, &io->queue_ms);
}

static void wire_machine(struct wire *wire, struct qd_machine_facts *machine)
{
    wire_u64(wire, &machine->resident_bytes);
    wire_u64(wire, &machine->virtual_bytes);
    wire_u64(wire, &machine->memory_total_bytes);
    wire_u64(wire, &machine->memory_free_bytes);
    wire_u64(wire, &machine->swap_total_bytes);
    wire_u64(wire, &machine->swap_free_bytes);
    wire_u64(wire, &machine->open_files);
    wire_u64(wire, &machine->open_files_max);
    wire_u32(wire, &machine->threads);
    wire_u32(wire, &machine->threads_peak);
    wire_i64(wire, &machine->process_cpu_ms);
    wire_int(wire, &machine->process_cpu_percent, INT_MIN, INT_MAX);
    wire_int(wire, &machine->system_cpu_percent, INT_MIN, INT_MAX);
    for (int i = 0; i < 3; i++) wire_real(wire, &machine->load_average[i]);
    wire_u32(wire, &machine->processors);
    wire_i64(wire, &machine->process_id);
    wire_string(wire, &machine->os_name);
    wire_chars(wire, machine->os_pretty_name, sizeof(machine->os_pretty_name));
    wire_chars(wire, machine->os_version, sizeof(machine->os_version));
    wire_chars(wire, machine->host_name, sizeof(machine->host_name));
    wire_cgroup(wire, &machine->cgroup);
    wire_volume(wire, &machine->volume);
}

static void wire_work(struct wire *wire, struct qd_node_facts *facts)
{
    wire_u32(wire, &facts->workers);
    wire_u32(wire, &facts->parallelism);
    for (unsigned i = 0; i < QD_WORK_CLASS_COUNT; i++) {
        struct qd_work_counts *counts = &facts->work[i];
        wire_u64(wire, &counts->queued);
        wire_u64(wire, &counts->active);
        wire_u64(wire, &counts->largest);
        wire_u64(wire, &counts->completed);
        wire_u64(wire, &counts->wait_ns);
    }
    wire_slice(wire, &facts->gates.node_name);
    for (unsigned i = 0; i < QD_GATE_COUNT; i++) {
        struct qd_gate *gate = &facts->gates.gate[i];
        wire_string(wire, &gate->executor);
        wire_i64(wire, &gate->size);
        wire_i64(wire, &gate->queue_size);
        wire_i64(wire, &gate->inside);
        wire_u64(wire, &gate->completed);
        wire_u64(wire, &gate->rejected);
    }
}

static void wire_pool(struct wire *wire, struct qd_thread_pool *pool)
{
    wire_string(wire, &pool->name);
    wire_string(wire, &pool->type);
    wire_int(wire, &pool->core, -1, INT_MAX);
    wire_int(wire, &pool->max, -1, INT_MAX);
    wire_int(wire, &pool->size, -1, INT_MAX);
    wire_int(wire, &pool->queue_size, -1, INT_MAX);
    wire_slice(wire, &pool->keep_alive);
    wire_bool(wire, &pool->measured);
    wire_int(wire, &pool->work_class, -1, QD_WORK_CLASS_COUNT - 1);
    wire_int(wire, &pool->gate, -1, QD_GATE_COUNT - 1);
    if (pool->name == NULL || pool->type == NULL) wire->in.failed = true;
}

static void wire_pools(struct wire *wire, struct qd_thread_pools *pools)
{
    size_t count = wire_count(wire, pools->count, 10);
    struct qd_thread_pool *list = QD_NEW_ARRAY(wire->arena, struct qd_thread_pool, count);
    for (size_t i = 0; i < count; i++) {
        if (wire->out != NULL) list[i] = pools->pools[i];
        wire_pool(wire, &list[i]);
    }
    *pools = (struct qd_thread_pools){ list, count };
}

static void wire_settings(struct wire *wire, struct qd_node_facts *facts)
{
    size_t count = wire_count(wire, facts->setting_count, 2);
    struct qd_setting_fact *list = QD_NEW_ARRAY(wire->arena, struct qd_setting_fact, count);
    for (size_t i = 0; i < count; i++) {
        if (wire->out != NULL) list[i] = facts->settings[i];
        wire_slice(wire, &list[i].key);
        wire_slice(wire, &list[i].text);
    }
    facts->settings = list;
    facts->setting_count = count;
}

static void wire_breaker(struct wire *wire, struct qd_breaker_facts *breaker)
{
    wire_slice(wire, &breaker->name);
    wire_i64(wire, &breaker->limit);
    wire_i64(wire, &breaker->used);
    wire_i64(wire, &breaker->trips);
    wire_real(wire, &breaker->overhead);
}

static void wire_traffic(struct wire *wire, struct qd_node_facts *facts)
{
    struct qd_transport_stats *transport = &facts->transport;
    wire_u64(wire, &transport->rx_count);
    wire_u64(wire, &transport->rx_bytes);
    wire_u64(wire, &transport->tx_count);
    wire_u64(wire, &transport->tx_bytes);
    wire_u32(wire, &transport->in_flight);
    wire_u64(wire, &facts->http_open);
    wire_u64(wire, &facts->http_opened);
    wire_u64(wire, &facts->states.published);
    wire_u64(wire, &facts->states.failed);
    wire_u64(wire, &facts->states.waiting);
    wire_u64(wire, &facts->states.ns);
}

static void wire_writes(struct wire *wire, struct qd_node_facts *facts)
{
    struct qd_indexing_pressure *pressure = &facts->pressure;
    struct qd_request_cache_facts *cache = &facts->request_cache;
    wire_i64(wire, &pressure->limit);
    wire_i64(wire, &pressure->coordinating);
    wire_i64(wire, &pressure->primary);
    wire_i64(wire, &pressure->coordinating_total);
    wire_i64(wire, &pressure->primary_total);
    wire_i64(wire, &pressure->coordinating_rejections);
    wire_i64(wire, &cache->bytes);
    wire_i64(wire, &cache->items);
    wire_u64(wire, &cache->hits);
    wire_u64(wire, &cache->misses);
    wire_u64(wire, &cache->evictions);
}

static void wire_counters(struct wire *wire, struct qd_counters *counters)
{
    for (unsigned i = 0; i < QD_ANSWER_CLASS_COUNT; i++) wire_u64(wire, &counters->documents[i]);
    for (unsigned i = 0; i < QD_ANSWER_CLASS_COUNT; i++) wire_u64(wire, &counters->searches[i]);
    for (unsigned i = 0; i < QD_SEARCH_PHASE_COUNT; i++) {
        wire_u64(wire, &counters->phases[i].total);
        wire_u64(wire, &counters->phases[i].current);
        wire_u64(wire, &counters->phases[i].ns);
    }
}

static void wire_facts(struct wire *wire, struct qd_node_facts *facts)
{
    wire_machine(wire, &facts->machine);
    wire_u64(wire, &facts->disk_total);
    wire_u64(wire, &facts->disk_available);
    wire_work(wire, facts);
    wire_pools(wire, &facts->pools);
    wire_i64(wire, &facts->now_ms);
    wire_i64(wire, &facts->started_ms);
    wire_i64(wire, &facts->uptime_ms);
    wire_i64(wire, &facts->heap_used);
    wire_i64(wire, &facts->heap_max);
    wire_int(wire, &facts->heap_percent, INT_MIN, INT_MAX);
    wire_u64(wire, &facts->memory_used);
    wire_int(wire, &facts->memory_used_percent, INT_MIN, INT_MAX);
    wire_settings(wire, facts);
    for (unsigned i = 0; i < QD_BREAKER_COUNT; i++) wire_breaker(wire, &facts->breakers[i]);
    wire_breaker(wire, &facts->parent);
    wire_traffic(wire, facts);
    wire_writes(wire, facts);
    wire_counters(wire, &facts->counters);
}

void qd_node_facts_write(const struct qd_node_facts *facts, struct qd_buffer *buffer)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct wire wire = { .out = buffer, .arena = arena };
    struct qd_node_facts copy = *facts;
    wire_facts(&wire, &copy);
    qd_arena_destroy(arena);
}

enum qd_status qd_node_facts_read(struct qd_slice bytes, struct qd_arena *arena, struct qd_node_facts *facts,
                                  struct qd_error *error)
{
    struct wire wire = { .in = qd_reader_make(bytes), .arena = arena };
    *facts = (struct qd_node_facts){ 0 };
    wire_facts(&wire, facts);
    if (!wire.in.failed && facts->machine.os_name == NULL) facts->machine.os_name = "";
    if (!wire.in.failed) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_STATE, "malformed message between nodes");
}
