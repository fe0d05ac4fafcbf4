#include "base/units.h"
#include "coordinator/nodes_stats.h"
#include "coordinator/thread_pools.h"

/* ---- the machine and the process ---- */

static void write_cgroup(const struct qd_cgroup_facts *cgroup, struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "cgroup");
    qd_json_member_object(writer, "cpuacct");
    qd_json_member_text(writer, "control_group", cgroup->cpuacct_group);
    qd_json_member_int(writer, "usage_nanos", (int64_t)cgroup->usage_ns);
    qd_json_end_object(writer);
    qd_json_member_object(writer, "cpu");
    qd_json_member_text(writer, "control_group", cgroup->cpu_group);
    qd_json_member_int(writer, "cfs_period_micros", cgroup->period_us);
    qd_json_member_int(writer, "cfs_quota_micros", cgroup->quota_us);
    qd_json_member_object(writer, "stat");
    qd_json_member_int(writer, "number_of_elapsed_periods", (int64_t)cgroup->periods);
    qd_json_member_int(writer, "number_of_times_throttled", (int64_t)cgroup->throttled);
    qd_json_member_int(writer, "time_throttled_nanos", (int64_t)cgroup->throttled_ns);
    qd_json_end_object(writer);
    qd_json_end_object(writer);
    qd_json_member_object(writer, "memory");
    qd_json_member_text(writer, "control_group", cgroup->memory_group);
    qd_json_member_text(writer, "limit_in_bytes", cgroup->memory_limit);
    qd_json_member_text(writer, "usage_in_bytes", cgroup->memory_usage);
    qd_json_end_object(writer);
    qd_json_end_object(writer);
}

static void write_os(const struct qd_node_sections *node, struct qd_json_writer *writer)
{
    const struct qd_node_facts *facts = node->facts;
    const struct qd_machine_facts *machine = &facts->machine;
    qd_json_member_object(writer, "os");
    qd_json_member_int(writer, "timestamp", facts->now_ms);
    qd_json_member_object(writer, "cpu");
    qd_json_member_int(writer, "percent", machine->system_cpu_percent);
    qd_json_member_object(writer, "load_average");
    qd_json_member_double(writer, "1m", machine->load_average[0]);
    qd_json_member_double(writer, "5m", machine->load_average[1]);
    qd_json_member_double(writer, "15m", machine->load_average[2]);
    qd_json_end_object(writer);
    qd_json_end_object(writer);
    qd_json_member_object(writer, "mem");
    qd_json_member_bytes(writer, "total_in_bytes", "total", (int64_t)machine->memory_total_bytes);
    qd_json_member_bytes(writer, "free_in_bytes", "free", (int64_t)machine->memory_free_bytes);
    qd_json_member_bytes(writer, "used_in_bytes", "used", (int64_t)facts->memory_used);
    qd_json_member_int(writer, "free_percent", 100 - facts->memory_used_percent);
    qd_json_member_int(writer, "used_percent", facts->memory_used_percent);
    qd_json_end_object(writer);
    qd_json_member_object(writer, "swap");
    qd_json_member_bytes(writer, "total_in_bytes", "total", (int64_t)machine->swap_total_bytes);
    qd_json_member_bytes(writer, "free_in_bytes", "free", (int64_t)machine->swap_free_bytes);
    qd_json_member_bytes(writer, "used_in_bytes", "used",
                         (int64_t)(machine->swap_total_bytes - machine->swap_free_bytes));
    qd_json_end_object(writer);
    if (machine->cgroup.known) write_cgroup(&machine->cgroup, writer);
    qd_json_end_object(writer);
}

static void write_process(const struct qd_node_sections *node, struct qd_json_writer *writer)
{
    const struct qd_machine_facts *machine = &node->facts->machine;
    qd_json_member_object(writer, "process");
    qd_json_member_int(writer, "timestamp", node->facts->now_ms);
    qd_json_member_int(writer, "open_file_descriptors", (int64_t)machine->open_files);
    qd_json_member_int(writer, "max_file_descriptors", (int64_t)machine->open_files_max);
    qd_json_member_object(writer, "cpu");
    qd_json_member_int(writer, "percent", machine->process_cpu_percent);
    qd_json_member_millis(writer, "total_in_millis", "total", machine->process_cpu_ms);
    qd_json_end_object(writer);
    qd_json_member_object(writer, "mem");
    qd_json_member_bytes(writer, "total_virtual_in_bytes", "total_virtual", (int64_t)machine->virtual_bytes);
    qd_json_end_object(writer);
    qd_json_end_object(writer);
}

/* The memory of the process stands for the heap; there is no collector and there are no classes. */
static void write_jvm(const struct qd_node_sections *node, struct qd_json_writer *writer)
{
    const struct qd_node_facts *facts = node->facts;
    qd_json_member_object(writer, "jvm");
    qd_json_member_int(writer, "timestamp", facts->now_ms);
    qd_json_member_millis(writer, "uptime_in_millis", "uptime", facts->uptime_ms);
    qd_json_member_object(writer, "mem");
    qd_json_member_bytes(writer, "heap_used_in_bytes", "heap_used", facts->heap_used);
    qd_json_member_int(writer, "heap_used_percent", facts->heap_percent);
    qd_json_member_bytes(writer, "heap_committed_in_bytes", "heap_committed", facts->heap_used);
    qd_json_member_bytes(writer, "heap_max_in_bytes", "heap_max", facts->heap_max);
    qd_json_member_bytes(writer, "non_heap_used_in_bytes", "non_heap_used", 0);
    qd_json_member_bytes(writer, "non_heap_committed_in_bytes", "non_heap_committed", 0);
    qd_json_member_object(writer, "pools");
    qd_json_end_object(writer);
    qd_json_end_object(writer);
    qd_json_member_object(writer, "threads");
    qd_json_member_int(writer, "count", facts->machine.threads);
    qd_json_member_int(writer, "peak_count", facts->machine.threads_peak);
    qd_json_end_object(writer);
    qd_json_name(writer, "gc");
    qd_json_raw(
        writer,
        QD_SLICE("{\"collectors\":{\"young\":{\"collection_count\":0,\"collection_time_in_millis\":0},"
                 "\"old\":{\"collection_count\":0,\"collection_time_in_millis\":0}}}"));
    qd_json_name(writer, "buffer_pools");
    qd_json_raw(writer,
                QD_SLICE("{\"mapped\":{\"count\":0,\"used_in_bytes\":0,\"total_capacity_in_bytes\":0},"
                         "\"direct\":{\"count\":0,\"used_in_bytes\":0,\"total_capacity_in_bytes\":0}}"));
    qd_json_name(writer, "classes");
    qd_json_raw(writer,
                QD_SLICE("{\"current_loaded_count\":0,\"total_loaded_count\":0,\"total_unloaded_count\":0}"));
    qd_json_end_object(writer);
}

static void write_wait_time(int64_t wait_ns, struct qd_json_writer *writer)
{
    struct qd_buffer text = { 0 };
    qd_time_print_nanos(&text, wait_ns);
    if (writer->human) qd_json_member_string(writer, "total_wait_time", qd_buffer_view(&text));
    qd_json_member_int(writer, "total_wait_time_in_nanos", wait_ns);
    qd_buffer_deinit(&text);
}

static void write_thread_pool(const struct qd_node_sections *node, struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "thread_pool");
    const struct qd_thread_pools *pools = &node->facts->pools;
    for (size_t i = 0; i < pools->count; i++) {
        struct qd_thread_pool pool = pools->pools[i];
        qd_json_member_object(writer, pool.name);
        struct qd_thread_pool_counts counts = qd_thread_pools_counts(&pool, node->facts);
        qd_json_member_int(writer, "threads", (int64_t)counts.threads);
        qd_json_member_int(writer, "queue", (int64_t)counts.work.queued);
        qd_json_member_int(writer, "active", (int64_t)counts.work.active);
        qd_json_member_int(writer, "rejected", (int64_t)counts.rejected);
        qd_json_member_int(writer, "largest", (int64_t)counts.work.largest);
        qd_json_member_int(writer, "completed", (int64_t)counts.work.completed);
        if (pool.measured) write_wait_time((int64_t)counts.work.wait_ns, writer);
        qd_json_end_object(writer);
    }
    qd_json_end_object(writer);
}

static void write_disk(const struct qd_node_facts *facts, struct qd_json_writer *writer)
{
    qd_json_member_bytes(writer, "total_in_bytes", "total", (int64_t)facts->disk_total);
    qd_json_member_bytes(writer, "free_in_bytes", "free", (int64_t)facts->machine.volume.free_bytes);
    qd_json_member_bytes(writer, "available_in_bytes", "available", (int64_t)facts->disk_available);
    qd_json_member_bytes(writer, "cache_reserved_in_bytes", "cache_reserved", 0);
}

static void write_device(const struct qd_device_facts *io, struct qd_json_writer *writer)
{
    qd_json_member_int(writer, "operations", (int64_t)(io->reads + io->writes));
    qd_json_member_int(writer, "read_operations", (int64_t)io->reads);
    qd_json_member_int(writer, "write_operations", (int64_t)io->writes);
    qd_json_member_int(writer, "read_kilobytes", (int64_t)io->read_kilobytes);
    qd_json_member_int(writer, "write_kilobytes", (int64_t)io->write_kilobytes);
    qd_json_member_int(writer, "read_time", (int64_t)io->read_ms);
    qd_json_member_int(writer, "write_time", (int64_t)io->write_ms);
    qd_json_member_int(writer, "queue_size", (int64_t)io->queue_ms);
    qd_json_member_int(writer, "io_time_in_millis", (int64_t)io->io_ms);
}

/* There is one data directory, so that the device and the total of all devices are the same. */
static void write_devices(const struct qd_volume_facts *volume, struct qd_json_writer *writer)
{
    qd_json_member_array(writer, "devices");
    qd_json_begin_object(writer);
    qd_json_member_text(writer, "device_name", volume->device);
    write_device(&volume->io, writer);
    qd_json_end_object(writer);
    qd_json_end_array(writer);
    qd_json_member_object(writer, "total");
    write_device(&volume->io, writer);
    qd_json_end_object(writer);
}

static void write_fs(const struct qd_node_sections *node, struct qd_json_writer *writer)
{
    struct qd_slice path = qd_node_facts_setting(node->facts, "path.data");
    const struct qd_volume_facts *volume = &node->facts->machine.volume;
    qd_json_member_object(writer, "fs");
    qd_json_member_int(writer, "timestamp", node->facts->now_ms);
    qd_json_member_object(writer, "total");
    write_disk(node->facts, writer);
    qd_json_end_object(writer);
    qd_json_member_array(writer, "data");
    qd_json_begin_object(writer);
    qd_json_member_string(writer, "path", path.data == NULL ? QD_SLICE("data") : path);
    qd_json_member_text(writer, "mount", volume->mount[0] == 0 ? "unknown" : volume->mount);
    qd_json_member_text(writer, "type", volume->type[0] == 0 ? "unknown" : volume->type);
    write_disk(node->facts, writer);
    qd_json_end_object(writer);
    qd_json_end_array(writer);
    qd_json_member_object(writer, "io_stats");
    if (volume->device[0] != 0) write_devices(volume, writer);
    qd_json_end_object(writer);
    qd_json_end_object(writer);
}

/* ---- what this node has counted ---- */

static void write_transport(const struct qd_node_sections *node, struct qd_json_writer *writer)
{
    const struct qd_transport_stats *stats = &node->facts->transport;
    qd_json_member_object(writer, "transport");
    qd_json_member_int(writer, "server_open", 0);
    qd_json_member_int(writer, "total_outbound_connections", 0);
    qd_json_member_int(writer, "rx_count", (int64_t)stats->rx_count);
    qd_json_member_bytes(writer, "rx_size_in_bytes", "rx_size", (int64_t)stats->rx_bytes);
    qd_json_member_int(writer, "tx_count", (int64_t)stats->tx_count);
    qd_json_member_bytes(writer, "tx_size_in_bytes", "tx_size", (int64_t)stats->tx_bytes);
    qd_json_end_object(writer);
}

static void write_size_text(struct qd_json_writer *writer, const char *name, int64_t bytes)
{
    struct qd_buffer text = { 0 };
    qd_bytes_print(&text, bytes);
    qd_json_member_string(writer, name, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
}

static void write_breaker(const struct qd_breaker_facts *breaker, struct qd_json_writer *writer)
{
    qd_json_name_slice(writer, breaker->name);
    qd_json_begin_object(writer);
    qd_json_member_int(writer, "limit_size_in_bytes", breaker->limit);
    write_size_text(writer, "limit_size", breaker->limit);
    qd_json_member_int(writer, "estimated_size_in_bytes", breaker->used);
    write_size_text(writer, "estimated_size", breaker->used);
    qd_json_member_double(writer, "overhead", breaker->overhead);
    qd_json_member_int(writer, "tripped", breaker->trips);
    qd_json_end_object(writer);
}

static void write_breakers(const struct qd_node_sections *node, struct qd_json_writer *writer)
{
    const struct qd_node_facts *facts = node->facts;
    qd_json_member_object(writer, "breakers");
    for (unsigned i = 0; i < QD_BREAKER_COUNT; i++) {
        if (i == QD_BREAKER_ACCOUNTING) continue; /* the reference has it no more */
        write_breaker(&facts->breakers[i], writer);
    }
    write_breaker(&facts->parent, writer);
    qd_json_end_object(writer);
}

static void write_resource_usage(const struct qd_node_sections *node, struct qd_json_writer *writer)
{
    const struct qd_node_facts *facts = node->facts;
    double memory = facts->heap_max == 0 ? 0 : 100.0 * (double)facts->heap_used / (double)facts->heap_max;
    const struct qd_machine_facts *machine = &facts->machine;
    double total = (double)machine->memory_total_bytes;
    double native = total <= 0 ? 0 : 100.0 * (double)machine->resident_bytes / total;
    /* The share of the node's life in which its disk was busy. */
    double uptime = (double)facts->uptime_ms;
    double io = uptime <= 0 ? 0 : 100.0 * (double)machine->volume.io.io_ms / uptime;
    if (io > 100) io = 100;
    qd_json_member_object(writer, "resource_usage_stats");
    qd_json_name_slice(writer, node->node->id);
    qd_json_begin_object(writer);
    qd_json_member_int(writer, "timestamp", facts->now_ms);
    qd_json_member_string(writer, "cpu_utilization_percent",
                          qd_arena_format(node->arena, "%.1f", (double)facts->machine.process_cpu_percent));
    qd_json_member_string(writer, "memory_utilization_percent", qd_arena_format(node->arena, "%.1f", memory));
    qd_json_member_string(writer, "native_memory_utilization_percent",
                          qd_arena_format(node->arena, "%.1f", native));
    qd_json_member_object(writer, "io_usage_stats");
    qd_json_member_string(writer, "max_io_utilization_percent", qd_arena_format(node->arena, "%.1f", io));
    qd_json_end_object(writer);
    qd_json_end_object(writer);
    qd_json_end_object(writer);
}

static void write_native_memory(const struct qd_node_sections *node, struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "native_memory");
    qd_json_member_int(writer, "total_estimated_bytes", (int64_t)node->facts->machine.resident_bytes);
    qd_json_end_object(writer);
}

static void write_caches(const struct qd_node_sections *node, struct qd_json_writer *writer)
{
    const struct qd_request_cache_facts *facts = &node->facts->request_cache;
    qd_json_member_object(writer, "caches");
    qd_json_member_object(writer, "request_cache");
    qd_json_member_int(writer, "size_in_bytes", facts->bytes);
    qd_json_member_int(writer, "evictions", (int64_t)facts->evictions);
    qd_json_member_int(writer, "hit_count", (int64_t)facts->hits);
    qd_json_member_int(writer, "miss_count", (int64_t)facts->misses);
    qd_json_member_int(writer, "item_count", facts->items);
    qd_json_member_text(writer, "store_name", "opensearch_onheap");
    qd_json_end_object(writer);
    qd_json_end_object(writer);
}

static void write_http(const struct qd_node_sections *node, struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "http");
    qd_json_member_int(writer, "current_open", (int64_t)node->facts->http_open);
    qd_json_member_int(writer, "total_opened", (int64_t)node->facts->http_opened);
    qd_json_end_object(writer);
}

static void write_discovery(const struct qd_node_sections *node, struct qd_json_writer *writer)
{
    const struct qd_cluster_counters *counters = &node->facts->states;
    qd_json_member_object(writer, "discovery");
    qd_json_member_object(writer, "cluster_state_queue");
    qd_json_member_int(writer, "total", (int64_t)counters->waiting);
    qd_json_member_int(writer, "pending", (int64_t)counters->waiting);
    /* What is committed is applied in the same turn of the loop. */
    qd_json_member_int(writer, "committed", 0);
    qd_json_end_object(writer);
    qd_json_member_object(writer, "published_cluster_states");
    qd_json_member_int(writer, "full_states", (int64_t)counters->published);
    qd_json_member_int(writer, "incompatible_diffs", 0);
    qd_json_member_int(writer, "compatible_diffs", 0);
    qd_json_end_object(writer);
    qd_json_member_object(writer, "cluster_state_stats");
    qd_json_member_object(writer, "overall");
    qd_json_member_int(writer, "update_count", (int64_t)counters->published);
    qd_json_member_int(writer, "total_time_in_millis", (int64_t)(counters->ns / 1000000));
    qd_json_member_int(writer, "failed_count", (int64_t)counters->failed);
    qd_json_end_object(writer);
    qd_json_end_object(writer);
    qd_json_end_object(writer);
}

static void write_pressure_bytes(int64_t coordinating, int64_t primary, struct qd_json_writer *writer)
{
    qd_json_member_bytes(writer, "combined_coordinating_and_primary_in_bytes",
                         "combined_coordinating_and_primary", coordinating);
    qd_json_member_bytes(writer, "coordinating_in_bytes", "coordinating", coordinating);
    qd_json_member_bytes(writer, "primary_in_bytes", "primary", primary);
    qd_json_member_bytes(writer, "replica_in_bytes", "replica", 0);
    qd_json_member_bytes(writer, "all_in_bytes", "all", coordinating);
}

static void write_indexing_pressure(const struct qd_node_sections *node, struct qd_json_writer *writer)
{
    const struct qd_indexing_pressure *pressure = &node->facts->pressure;
    qd_json_member_object(writer, "indexing_pressure");
    qd_json_member_object(writer, "memory");
    qd_json_member_object(writer, "current");
    write_pressure_bytes(pressure->coordinating, pressure->primary, writer);
    qd_json_end_object(writer);
    qd_json_member_object(writer, "total");
    write_pressure_bytes(pressure->coordinating_total, pressure->primary_total, writer);
    qd_json_member_int(writer, "coordinating_rejections", pressure->coordinating_rejections);
    qd_json_member_int(writer, "primary_rejections", 0); /* the node's own requests are not refused twice */
    qd_json_member_int(writer, "replica_rejections", 0);
    qd_json_end_object(writer);
    qd_json_member_bytes(writer, "limit_in_bytes", "limit", pressure->limit);
    qd_json_end_object(writer);
    qd_json_end_object(writer);
}

/* ---- sections about features that this program has not: what the reference tells of a node that does not
 * use them. compat-tests/differences.md lists them. ---- */

#define TRACKERS                                                                                             \
    "{\"resource_tracker_stats\":{\"cpu_usage_tracker\":{\"cancellation_count\":0,\"current_max_millis\":0," \
    "\"current_avg_millis\":0},\"elapsed_time_tracker\":{\"cancellation_count\":0,\"current_max_millis\":0," \
    "\"current_avg_millis\":0},\"heap_usage_tracker\":{\"cancellation_count\":0,\"current_max_bytes\":0,"    \
    "\"current_avg_bytes\":0,\"rolling_avg_bytes\":0}},\"completion_count\":0,\"cancellation_stats\":{"      \
    "\"cancellation_count\":0,\"cancellation_limit_reached_count\":0}}"

const struct qd_node_section qd_node_sections[] = {
    { "indices", NULL, NULL },
    { "os", write_os, NULL },
    { "process", write_process, NULL },
    { "jvm", write_jvm, NULL },
    { "thread_pool", write_thread_pool, NULL },
    { "fs", write_fs, NULL },
    { "transport", write_transport, NULL },
    { "http", write_http, NULL },
    { "breaker", write_breakers, NULL },
    { "script", NULL,
      "{\"compilations\":0,\"cache_evictions\":0,\"compilation_limit_triggered\":0}" },
    { "discovery", write_discovery, NULL },
    { "ingest", NULL,
      "{\"total\":{\"count\":0,\"time_in_millis\":0,\"current\":0,\"failed\":0},\"pipelines\":{}}" },
    { "adaptive_selection", NULL, "{}" },
    { "script_cache", NULL,
      "{\"sum\":{\"compilations\":0,\"cache_evictions\":0,\"compilation_limit_triggered\":0},"
      "\"contexts\":[]}" },
    { "indexing_pressure", write_indexing_pressure, NULL },
    { "shard_indexing_pressure", NULL,
      "{\"stats\":{},\"total_rejections_breakup_shadow_mode\":{\"node_limits\":0,"
      "\"no_successful_request_limits\":0,\"throughput_degradation_limits\":0},\"enabled\":false,"
      "\"enforced\":false}" },
    { "search_backpressure", NULL,
      "{\"search_task\":" TRACKERS ",\"search_shard_task\":" TRACKERS ",\"mode\":\"monitor_only\"}" },
    { "cluster_manager_throttling", NULL,
      "{\"stats\":{\"total_throttled_tasks\":0,\"throttled_tasks_per_task_type\":{}}}" },
    { "weighted_routing", NULL, "{\"stats\":{\"fail_open_count\":0}}" },
    { "task_cancellation", NULL,
      "{\"search_task\":{\"current_count_post_cancel\":0,\"total_count_post_cancel\":0},"
      "\"search_shard_task\":{\"current_count_post_cancel\":0,\"total_count_post_cancel\":0}}" },
    { "search_pipeline", NULL,
      "{\"total_request\":{\"count\":0,\"time_in_millis\":0,\"current\":0,\"failed\":0},\"total_response\":{"
      "\"count\":0,\"time_in_millis\":0,\"current\":0,\"failed\":0},\"pipelines\":{},"
      "\"system_generated_processors\":{\"request_processors\":[],\"response_processors\":[]},"
      "\"system_generated_factories\":{\"request_processor_factories\":[],"
      "\"response_processor_factories\":[]}}" },
    { "resource_usage_stats", write_resource_usage, NULL },
    { "segment_replication_backpressure", NULL, "{\"total_rejected_requests\":0}" },
    { "repositories", NULL, "[]" },
    { "admission_control", NULL,
      "{\"global_io_usage\":{\"transport\":{\"rejection_count\":{}}},\"global_cpu_usage\":{\"transport\":{"
      "\"rejection_count\":{}}},\"global_native_memory_usage\":{\"transport\":{\"rejection_count\":{}}}}" },
    { "caches", write_caches, NULL },
    { "remote_store", NULL, "{\"last_successful_fetch_of_pinned_timestamps\":-1}" },
    { "native_memory", write_native_memory, NULL },
};
const size_t qd_node_section_count = sizeof(qd_node_sections) / sizeof(qd_node_sections[0]);
