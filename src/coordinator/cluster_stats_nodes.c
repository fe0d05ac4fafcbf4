#include "coordinator/cluster_stats_nodes.h"

#include "base/product.h"
#include "coordinator/stats_json.h"

/* Facts of several nodes, summed up. */
struct totals {
    int64_t count;                /* nodes */
    int64_t processors;           /* of their machines */
    int64_t parallelism;          /* threads that work, at most */
    uint64_t memory_total;        /* bytes, as all sizes here */
    uint64_t memory_free;
    uint64_t memory_used;
    int64_t cpu_percent;
    uint64_t files_least;         /* open descriptors of a node */
    uint64_t files_most;
    uint64_t files_sum;
    int64_t uptime_most_ms;
    int64_t heap_used;
    int64_t heap_max;
    uint64_t disk_total;
    uint64_t disk_free;
    uint64_t disk_available;
};

static void add(struct totals *totals, const struct qd_node_facts *facts)
{
    const struct qd_machine_facts *machine = &facts->machine;
    uint64_t files = machine->open_files;
    totals->processors += machine->processors;
    totals->parallelism += facts->parallelism;
    totals->memory_total += machine->memory_total_bytes;
    totals->memory_free += machine->memory_free_bytes;
    totals->memory_used += facts->memory_used;
    totals->cpu_percent += machine->process_cpu_percent;
    if (totals->count == 0 || files < totals->files_least) totals->files_least = files;
    if (files > totals->files_most) totals->files_most = files;
    totals->files_sum += files;
    if (facts->uptime_ms > totals->uptime_most_ms) totals->uptime_most_ms = facts->uptime_ms;
    totals->heap_used += facts->heap_used;
    totals->heap_max += facts->heap_max;
    totals->disk_total += facts->disk_total;
    totals->disk_free += machine->volume.free_bytes;
    totals->disk_available += facts->disk_available;
    totals->count++;
}

static void write_node_counts(const struct qd_cluster_state *state, const bool *wanted,
                              struct qd_json_writer *writer)
{
    int64_t total = 0, manager = 0, data = 0, ingest = 0, remote = 0, plain = 0;
    for (size_t i = 0; i < state->node_count; i++) {
        const struct qd_node_info *node = &state->nodes[i];
        if (!wanted[i]) continue;
        total++;
        manager += node->cluster_manager;
        data += node->data;
        ingest += node->ingest;
        remote += node->remote_cluster_client;
        plain += !node->cluster_manager && !node->data && !node->ingest && !node->remote_cluster_client;
    }
    qd_json_member_object(writer, "count");
    qd_json_member_int(writer, "total", total);
    qd_json_member_int(writer, "cluster_manager", manager);
    qd_json_member_int(writer, "coordinating_only", plain);
    qd_json_member_int(writer, "data", data);
    qd_json_member_int(writer, "ingest", ingest);
    qd_json_member_int(writer, "master", manager);
    qd_json_member_int(writer, "remote_cluster_client", remote);
    qd_json_member_int(writer, "search", 0);
    qd_json_member_int(writer, "warm", 0);
    qd_json_end_object(writer);
}

/* Whose facts are summed up. */
struct sample {
    const struct qd_nodes_facts *facts; /* of all nodes */
    const bool *wanted;                 /* by place in the state's nodes */
};

/* The facts of a node that is part of a sample, or NULL. */
static const struct qd_node_facts *at(const struct sample *sample, size_t node)
{
    return sample->wanted[node] ? sample->facts->facts[node] : NULL;
}

/* The name of a node's system, short or long. */
static struct qd_slice system_name(const struct qd_node_facts *facts, bool pretty)
{
    return qd_slice_from_string(pretty ? facts->machine.os_pretty_name : facts->machine.os_name);
}

/* The names of systems with how many nodes have them, in the order of the nodes. */
static void write_systems(const struct sample *sample, bool pretty, struct qd_json_writer *writer)
{
    size_t node_count = sample->facts->state->node_count;
    qd_json_member_array(writer, pretty ? "pretty_names" : "names");
    for (size_t i = 0; i < node_count; i++) {
        const struct qd_node_facts *facts = at(sample, i);
        int64_t before = 0;
        int64_t all = 0;
        for (size_t n = 0; facts != NULL && n < node_count; n++) {
            const struct qd_node_facts *other = at(sample, n);
            bool same = other != NULL &&
                        qd_slice_equal(system_name(other, pretty), system_name(facts, pretty));
            all += same;
            before += same && n < i;
        }
        if (facts == NULL || before > 0) continue;
        qd_json_begin_object(writer);
        qd_json_member_string(writer, pretty ? "pretty_name" : "name", system_name(facts, pretty));
        qd_json_member_int(writer, "count", all);
        qd_json_end_object(writer);
    }
    qd_json_end_array(writer);
}

static void write_os(const struct totals *totals, const struct sample *sample, struct qd_json_writer *writer)
{
    int used = qd_node_facts_percent(totals->memory_used, totals->memory_total);
    qd_json_member_object(writer, "os");
    qd_json_member_int(writer, "available_processors", totals->processors);
    qd_json_member_int(writer, "allocated_processors", totals->parallelism);
    write_systems(sample, false, writer);
    write_systems(sample, true, writer);
    qd_json_member_object(writer, "mem");
    qd_json_member_bytes(writer, "total_in_bytes", "total", (int64_t)totals->memory_total);
    qd_json_member_bytes(writer, "free_in_bytes", "free", (int64_t)totals->memory_free);
    qd_json_member_bytes(writer, "used_in_bytes", "used", (int64_t)totals->memory_used);
    qd_json_member_int(writer, "free_percent", totals->count == 0 ? 0 : 100 - used);
    qd_json_member_int(writer, "used_percent", used);
    qd_json_end_object(writer);
    qd_json_end_object(writer);
}

static void write_process(const struct totals *totals, struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "process");
    qd_json_member_object(writer, "cpu");
    qd_json_member_int(writer, "percent", totals->cpu_percent);
    qd_json_end_object(writer);
    if (totals->count > 0) {
        qd_json_member_object(writer, "open_file_descriptors");
        qd_json_member_int(writer, "min", (int64_t)totals->files_least);
        qd_json_member_int(writer, "max", (int64_t)totals->files_most);
        qd_json_member_int(writer, "avg", (int64_t)totals->files_sum / totals->count);
        qd_json_end_object(writer);
    }
    qd_json_end_object(writer);
}

static void write_jvm(const struct totals *totals, struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "jvm");
    qd_json_member_millis(writer, "max_uptime_in_millis", "max_uptime", totals->uptime_most_ms);
    qd_json_member_array(writer, "versions");
    if (totals->count > 0) {
        qd_json_begin_object(writer);
        qd_json_member_text(writer, "version", "none");
        qd_json_member_text(writer, "vm_name", "Quidditch native code");
        qd_json_member_text(writer, "vm_version", QD_PRODUCT_VERSION);
        qd_json_member_text(writer, "vm_vendor", "Quidditch");
        qd_json_member_bool(writer, "bundled_jdk", false);
        qd_json_name(writer, "using_bundled_jdk");
        qd_json_null(writer);
        qd_json_member_int(writer, "count", totals->count);
        qd_json_end_object(writer);
    }
    qd_json_end_array(writer);
    qd_json_member_object(writer, "mem");
    qd_json_member_bytes(writer, "heap_used_in_bytes", "heap_used", totals->heap_used);
    qd_json_member_bytes(writer, "heap_max_in_bytes", "heap_max", totals->heap_max);
    qd_json_end_object(writer);
    /* The workers of each node and its loop. */
    qd_json_member_int(writer, "threads", totals->parallelism + totals->count);
    qd_json_end_object(writer);
}

static void write_fs(const struct totals *totals, struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "fs");
    if (totals->count > 0) {
        qd_json_member_bytes(writer, "total_in_bytes", "total", (int64_t)totals->disk_total);
        qd_json_member_bytes(writer, "free_in_bytes", "free", (int64_t)totals->disk_free);
        qd_json_member_bytes(writer, "available_in_bytes", "available", (int64_t)totals->disk_available);
        qd_json_member_bytes(writer, "cache_reserved_in_bytes", "cache_reserved", 0);
    } else {
        qd_json_member_int(writer, "cache_utilized", 0);
    }
    qd_json_end_object(writer);
}

/* {"what":count} as a member; empty when there is none. */
static void write_uses(const char *name, const char *what, int64_t count, struct qd_json_writer *writer)
{
    qd_json_member_object(writer, name);
    if (count > 0) qd_json_member_int(writer, what, count);
    qd_json_end_object(writer);
}

static void write_kinds(int64_t count, struct qd_json_writer *writer)
{
    qd_json_member_array(writer, "plugins");
    qd_json_end_array(writer);
    qd_json_member_object(writer, "network_types");
    write_uses("transport_types", "quidditch", count, writer);
    write_uses("http_types", "quidditch", count, writer);
    qd_json_end_object(writer);
    write_uses("discovery_types", "single-node", count, writer);
    qd_json_member_array(writer, "packaging_types");
    if (count > 0) {
        qd_json_begin_object(writer);
        qd_json_member_text(writer, "type", QD_OPENSEARCH_BUILD_TYPE);
        qd_json_member_int(writer, "count", count);
        qd_json_end_object(writer);
    }
    qd_json_end_array(writer);
    qd_json_name(writer, "ingest");
    qd_json_raw(writer, QD_SLICE("{\"number_of_pipelines\":0,\"processor_stats\":{}}"));
}

void qd_cluster_stats_write_nodes(const struct qd_nodes_facts *facts, const bool *wanted,
                                  struct qd_json_writer *writer)
{
    struct sample sample = { facts, wanted };
    struct totals totals = { 0 };
    for (size_t i = 0; i < facts->state->node_count; i++) {
        if (at(&sample, i) != NULL) add(&totals, at(&sample, i));
    }
    qd_json_member_object(writer, "nodes");
    write_node_counts(facts->state, wanted, writer);
    qd_json_member_array(writer, "versions");
    if (totals.count > 0) qd_json_string(writer, QD_SLICE(QD_OPENSEARCH_VERSION));
    qd_json_end_array(writer);
    write_os(&totals, &sample, writer);
    write_process(&totals, writer);
    write_jvm(&totals, writer);
    write_fs(&totals, writer);
    write_kinds(totals.count, writer);
    qd_json_end_object(writer);
}
