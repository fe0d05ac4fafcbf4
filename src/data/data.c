#include "data/shards.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"
#include "base/vector.h"
#include "data/actions.h"
#include "data/contexts.h"
#include "data/remove_tree.h"
#include "data/request_cache.h"
#include "data/write_request.h"
#include "master/effective_settings.h"
#include "search/document_cache.h"

/* A schema and the index that it belongs to. */
struct index_entry {
    struct index_entry *next;
    struct qd_schema *schema; /* one reference */
};

struct qd_data {
    struct qd_data_options options;
    struct qd_arena *arena;            /* texts of options */
    struct qd_shard **shards;          /* shards[shard_count]: by index name, then number */
    size_t shard_count;
    size_t shard_capacity;
    size_t closing_count;              /* shards that are on their way out */
    struct qd_shard *closing;          /* these */
    struct qd_cluster_state *state;    /* applied last; a reference; NULL: none */
    struct qd_timer *report_timer;     /* NULL: nothing has to be reported again */
    bool stopping;                     /* qd_data_close was called */
    struct index_entry *indices;
    struct qd_reader_contexts *contexts;
    struct qd_indexing_pressure pressure;
    struct qd_gates gates;
    int64_t gate_sizes[QD_GATE_COUNT]; /* that the node started with */
    struct qd_data_limits limits;
    struct qd_request_cache *request_cache;
    struct qd_document_cache *documents; /* NULL: none */
    void (*closed)(void *context);
    void *closed_context;
};

/* ---- counting contexts ---- */

static struct qd_shard *find_shard(const struct qd_data *data, struct qd_slice index_uuid, uint32_t number);
static struct index_entry *find_index(const struct qd_data *data, struct qd_slice index_uuid);

/* A counter that has begun anew because the shard was closed meanwhile stays at 0. */
static void count_open(uint64_t *current, bool open)
{
    if (open) {
        ++*current;
    } else if (*current > 0) {
        --*current;
    }
}

static void context_changed(void *owner, const struct qd_reader_context *context, bool open)
{
    const struct qd_data *data = owner;
    struct qd_env *env = data->options.env;
    struct qd_shard *shard = find_shard(data, context->index_uuid, context->shard);
    if (shard == NULL) return;
    struct qd_shard_counters *counters = &shard->counters;
    uint64_t spent = (uint64_t)(env->clock->monotonic(env).nanoseconds - context->opened_ns);
    count_open(&counters->contexts_open, open);
    if (context->for_scroll) {
        count_open(&counters->scroll_current, open);
        counters->scroll_total += !open;
        counters->scroll_ns += open ? 0 : spent;
    } else if (context->for_pit) {
        count_open(&counters->pit_current, open);
        counters->pit_total += !open;
        counters->pit_ns += open ? 0 : spent;
    }
}
/* How long to wait with a report that the master could not take, because of a full disk perhaps. */
#define REPORT_PAUSE_MS 1000
/* search.default_keep_alive when nobody has set it: 5m. */
#define KEEP_ALIVE_DEFAULT_MS 300000
#define DAY_MS ((int64_t)86400000)

/* The sizes of pools may be changed while the node runs; without a setting they are those of its start. */
static void size_gates(struct qd_data *data, const struct qd_effective_settings *settings)
{
    for (size_t i = 0; i < QD_GATE_COUNT; i++) {
        struct qd_gate *gate = &data->gates.gate[i];
        char key[64];
        if (gate->executor == NULL) continue;
        snprintf(key, sizeof(key), "cluster.thread_pool.%s.size", gate->executor);
        gate->size = qd_effective_settings_int(settings, key, data->gate_sizes[i]);
    }
}

static void read_limits(struct qd_data *data, const struct qd_cluster_state *state)
{
    struct qd_effective_settings settings = { state, data->options.settings };
    struct qd_data_limits *limits = &data->limits;
    limits->scroll_contexts = qd_effective_settings_int(&settings, "search.max_open_scroll_context", 500);
    limits->pit_contexts = qd_effective_settings_int(&settings, "search.max_open_pit_context", 300);
    limits->default_keep_alive_ms = qd_effective_settings_ms(&settings, "search.default_keep_alive",
                                                             KEEP_ALIVE_DEFAULT_MS);
    limits->max_keep_alive_ms = qd_effective_settings_ms(&settings, "search.max_keep_alive", DAY_MS);
    limits->search_timeout_ms = qd_effective_settings_ms(&settings, "search.default_search_timeout", -1);
    limits->pit_max_keep_alive_ms = qd_effective_settings_ms(&settings, "point_in_time.max_keep_alive",
                                                             DAY_MS);
    size_gates(data, &settings);
}

struct qd_data *qd_data_create(const struct qd_data_options *options)
{
    struct qd_data *data = calloc(1, sizeof(*data));
    qd_assert(data != NULL);
    data->options = *options;
    data->arena = qd_arena_create(0);
    data->options.node_id = qd_arena_copy(data->arena, options->node_id);
    data->contexts = qd_reader_contexts_create(options->env, context_changed, data);
    data->pressure.limit = options->indexing_bytes_max;
    data->gates = options->gates;
    for (size_t i = 0; i < QD_GATE_COUNT; i++) data->gate_sizes[i] = options->gates.gate[i].size;
    read_limits(data, NULL);
    data->request_cache = qd_request_cache_create(options->request_cache_bytes_max);
    data->documents = qd_document_cache_create(options->documents_bytes_max);
    qd_transport_register(options->transport, QD_ACTION_WRITE, qd_action_write, data);
    qd_transport_register(options->transport, QD_ACTION_GET, qd_action_get, data);
    qd_transport_register(options->transport, QD_ACTION_QUERY, qd_action_query, data);
    qd_transport_register(options->transport, QD_ACTION_FETCH, qd_action_fetch, data);
    qd_transport_register(options->transport, QD_ACTION_FREE_CONTEXT, qd_action_free_context, data);
    qd_transport_register(options->transport, QD_ACTION_MAINTAIN, qd_action_maintain, data);
    qd_transport_register(options->transport, QD_ACTION_REPORT, qd_action_report, data);
    return data;
}

void qd_data_destroy(struct qd_data *data)
{
    if (data == NULL) return;
    qd_assert(data->shard_count == 0);
    qd_assert(data->closing_count == 0);
    qd_reader_contexts_destroy(data->contexts);
    qd_request_cache_destroy(data->request_cache);
    qd_document_cache_destroy(data->documents);
    qd_cluster_state_release(data->state);
    while (data->indices != NULL) {
        struct index_entry *next = data->indices->next;
        qd_schema_release(data->indices->schema);
        free(data->indices);
        data->indices = next;
    }
    free(data->shards);
    qd_arena_destroy(data->arena);
    free(data);
}

struct qd_env *qd_data_env(const struct qd_data *data)
{
    return data->options.env;
}

struct qd_breakers *qd_data_breakers(const struct qd_data *data)
{
    return data->options.breakers;
}

const struct qd_map *qd_data_settings(const struct qd_data *data)
{
    return data->options.settings;
}

struct qd_slice qd_data_node_id(const struct qd_data *data)
{
    return data->options.node_id;
}

const struct qd_data_events *qd_data_events(const struct qd_data *data)
{
    return &data->options.events;
}

struct qd_reader_contexts *qd_data_contexts(const struct qd_data *data)
{
    return data->contexts;
}

struct qd_document_cache *qd_data_documents(const struct qd_data *data)
{
    return data->documents;
}

struct qd_request_cache *qd_data_request_cache(const struct qd_data *data)
{
    return data->request_cache;
}

struct qd_gates *qd_data_gates(struct qd_data *data)
{
    return &data->gates;
}

struct qd_indexing_pressure *qd_data_pressure(struct qd_data *data)
{
    return &data->pressure;
}

size_t qd_data_shard_count(const struct qd_data *data)
{
    return data->shard_count;
}

struct qd_shard *qd_data_shard_at(const struct qd_data *data, size_t i)
{
    qd_assert(i < data->shard_count);
    return data->shards[i];
}

static struct qd_shard *find_shard(const struct qd_data *data, struct qd_slice index_uuid, uint32_t number)
{
    for (size_t i = 0; i < data->shard_count; i++) {
        struct qd_shard *shard = data->shards[i];
        if (shard->number == number && qd_slice_equal(shard->index_uuid, index_uuid)) return shard;
    }
    return NULL;
}

struct qd_shard *qd_data_shard(const struct qd_data *data, struct qd_slice index_uuid, uint32_t number)
{
    struct qd_shard *shard = find_shard(data, index_uuid, number);
    return shard != NULL && shard->phase == QD_SHARD_PHASE_STARTED ? shard : NULL;
}

struct qd_shard *qd_action_shard(struct qd_data *data, struct qd_transport_call *call,
                                 struct qd_slice index_uuid, uint32_t number)
{
    struct qd_shard *shard = qd_data_shard(data, index_uuid, number);
    struct qd_error error;
    if (shard != NULL && !shard->index_closed) return shard;
    qd_error_init(&error, call->arena);
    if (shard == NULL && find_index(data, index_uuid) != NULL) {
        (void)qd_error_set(&error, QD_NO_SHARD_AVAILABLE, "No shard available for [%.*s][%u]",
                           QD_SLICE_ARG(find_index(data, index_uuid)->schema->index_name), number);
        qd_transport_fail(call, &error);
        return NULL;
    }
    if (shard == NULL) {
        (void)qd_error_set(&error, QD_SHARD_NOT_FOUND, "no such shard");
        qd_error_add_number(&error, "shard", number);
    } else {
        (void)qd_error_set(&error, QD_INDEX_CLOSED, "closed");
        qd_error_add(&error, "index", shard->index_name);
    }
    qd_error_add(&error, "index_uuid", index_uuid);
    qd_transport_fail(call, &error);
    return NULL;
}

/* ---- schemas ---- */

static struct index_entry *find_index(const struct qd_data *data, struct qd_slice index_uuid)
{
    struct index_entry *entry = data->indices;
    while (entry != NULL && !qd_slice_equal(entry->schema->index_uuid, index_uuid)) entry = entry->next;
    return entry;
}

struct qd_schema *qd_data_schema(const struct qd_data *data, struct qd_slice index_uuid)
{
    struct index_entry *entry = find_index(data, index_uuid);
    return entry == NULL ? NULL : entry->schema;
}

static void forget_index(struct qd_data *data, struct qd_slice index_uuid)
{
    struct index_entry **at = &data->indices;
    while (*at != NULL && !qd_slice_equal((*at)->schema->index_uuid, index_uuid)) at = &(*at)->next;
    if (*at == NULL) return;
    struct index_entry *entry = *at;
    *at = entry->next;
    qd_schema_release(entry->schema);
    free(entry);
}

static bool cluster_settings_changed(const struct qd_cluster_state *old, const struct qd_cluster_state *state)
{
    struct qd_buffer before = { 0 };
    struct qd_buffer after = { 0 };
    struct qd_json_writer writer = { .out = &before };
    if (old == NULL) return true;
    qd_settings_write(&old->persistent_settings, true, &writer);
    qd_settings_write(&old->transient_settings, true, &writer);
    writer = (struct qd_json_writer){ .out = &after };
    qd_settings_write(&state->persistent_settings, true, &writer);
    qd_settings_write(&state->transient_settings, true, &writer);
    bool changed = !qd_slice_equal(qd_buffer_view(&before), qd_buffer_view(&after));
    qd_buffer_deinit(&before);
    qd_buffer_deinit(&after);
    return changed;
}

/* Makes or renews the schema of an index. A metadata that was accepted by the master always parses; if it
 * does not, the index is left without a schema and its shards are reported as failed. */
static struct index_entry *renew_schema(struct qd_data *data, const struct qd_index_metadata *index,
                                        const struct qd_cluster_state *state, bool force)
{
    struct index_entry *entry = find_index(data, index->uuid);
    struct qd_schema *schema;
    if (entry != NULL && !force && entry->schema->settings_version == index->settings_version &&
        entry->schema->aliases_version == index->aliases_version &&
        qd_slice_equal(entry->schema->mapping_text, index->mapping)) {
        return entry;
    }
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_error error;
    qd_error_init(&error, arena);
    struct qd_effective_settings settings = { state, data->options.settings };
    if (qd_schema_create(index, &settings, data->options.env, &schema, &error) != QD_OK) {
        data->options.env->log(data->options.env, error.reason);
        qd_arena_destroy(arena);
        return entry;
    }
    qd_arena_destroy(arena);
    if (entry == NULL) {
        entry = calloc(1, sizeof(*entry));
        qd_assert(entry != NULL);
        entry->next = data->indices;
        data->indices = entry;
    } else {
        qd_schema_release(entry->schema);
    }
    entry->schema = schema;
    return entry;
}

/* ---- shards ---- */

static void open_shards(struct qd_data *data);
static void remove_leftovers(struct qd_data *data, struct qd_slice index_uuid);
static const struct qd_index_metadata *index_with_uuid(const struct qd_cluster_state *state,
                                                       struct qd_slice name, struct qd_slice uuid);

static void shard_closed(struct qd_shard *shard)
{
    struct qd_data *data = shard->data;
    struct qd_shard **at = &data->closing;
    while (*at != shard) at = &(*at)->next_closing;
    *at = shard->next_closing;
    data->closing_count--;
    if (data->state != NULL && index_with_uuid(data->state, shard->index_name, shard->index_uuid) == NULL) {
        remove_leftovers(data, shard->index_uuid);
    }
    /* It may have been asked for again meanwhile. */
    if (!data->stopping) open_shards(data);
    if (data->closed != NULL && data->closing_count == 0 && data->shard_count == 0) {
        data->closed(data->closed_context);
    }
}

static void close_shard_at(struct qd_data *data, size_t place, bool remove_files)
{
    struct qd_shard *shard = data->shards[place];
    for (size_t i = place; i + 1 < data->shard_count; i++) data->shards[i] = data->shards[i + 1];
    data->shard_count--;
    data->closing_count++;
    shard->next_closing = data->closing;
    data->closing = shard;
    if (!shard->writing) qd_write_queue_fail(shard);
    qd_write_waiters_end(shard);
    qd_request_cache_drop(data->request_cache, shard);
    qd_shard_close(shard, remove_files, shard_closed);
}

/* Two engines must not have the same files open. */
static bool is_closing(const struct qd_data *data, struct qd_slice index_uuid, uint32_t number)
{
    const struct qd_shard *shard = data->closing;
    while (shard != NULL && (shard->number != number || !qd_slice_equal(shard->index_uuid, index_uuid))) {
        shard = shard->next_closing;
    }
    return shard != NULL;
}

static void report(const struct qd_shard *shard)
{
    const struct qd_data_events *events = &shard->data->options.events;
    bool failed = shard->phase == QD_SHARD_PHASE_FAILED;
    if (failed && qd_planted(shard->env, "failed_shard_stays")) return;
    events->shard_opened(events->context, shard, failed ? shard->failure : (struct qd_slice){ 0 });
}

static void shard_opened(struct qd_shard *shard)
{
    if (shard->phase == QD_SHARD_PHASE_CLOSING) return;
    /* An engine that was opened anew counts its views from the start. */
    qd_request_cache_drop(shard->data->request_cache, shard);
    if (shard->phase == QD_SHARD_PHASE_FAILED) {
        shard->env->log(shard->env, shard->failure);
        /* What waits for being seen is durable, or the engine has refused it. */
        if (!shard->writing) qd_write_queue_fail(shard);
        qd_write_waiters_end(shard);
    }
    report(shard);
}

static void add_shard(struct qd_data *data, struct qd_shard *shard)
{
    size_t place = 0;
    if (data->shard_count == data->shard_capacity) {
        data->shard_capacity = data->shard_capacity == 0 ? 16 : data->shard_capacity * 2;
        data->shards = realloc(data->shards, data->shard_capacity * sizeof(*data->shards));
        qd_assert(data->shards != NULL);
    }
    while (place < data->shard_count) {
        int order = qd_slice_compare(data->shards[place]->index_name, shard->index_name);
        if (order > 0 || (order == 0 && data->shards[place]->number > shard->number)) break;
        place++;
    }
    for (size_t i = data->shard_count; i > place; i--) data->shards[i] = data->shards[i - 1];
    data->shards[place] = shard;
    data->shard_count++;
}

static const struct qd_shard_routing *own_routing(const struct qd_data *data,
                                                  const struct qd_index_metadata *index, uint32_t number)
{
    uint32_t copies = 1 + index->replica_count;
    for (uint32_t copy = 0; copy < copies; copy++) {
        const struct qd_shard_routing *routing = &index->routing[number * copies + copy];
        if (routing->node_id.data != NULL && qd_slice_equal(routing->node_id, data->options.node_id)) {
            return routing;
        }
    }
    return NULL;
}

static void update_shard(struct qd_shard *shard, const struct qd_index_metadata *index,
                         const struct qd_shard_routing *routing, struct qd_schema *schema)
{
    bool reopened = shard->index_closed != index->closed && shard->phase == QD_SHARD_PHASE_STARTED;
    if (reopened) qd_shard_note_reopened(shard);
    shard->primary = routing->primary;
    shard->index_closed = index->closed;
    shard->primary_term = index->primary_terms[shard->number];
    if (shard->schema != schema) qd_shard_set_schema(shard, schema);
}

static void apply_index(struct qd_data *data, const struct qd_index_metadata *index,
                        struct index_entry *entry)
{
    /* Also when no shard is there at the moment, because it has failed. */
    if (index->closed && !qd_planted(data->options.env, "contexts_survive_close")) {
        qd_reader_contexts_drop_index(data->contexts, index->uuid);
    }
    for (uint32_t number = 0; number < index->shard_count; number++) {
        const struct qd_shard_routing *routing = own_routing(data, index, number);
        struct qd_shard *shard = find_shard(data, index->uuid, number);
        if (shard != NULL && routing != NULL) {
            update_shard(shard, index, routing, entry->schema);
            /* Re-opened indices and a restarted master ask again for a shard that is open already. */
            if (routing->state == QD_SHARD_INITIALIZING && shard->phase == QD_SHARD_PHASE_STARTED) {
                shard_opened(shard);
            }
        } else if (shard == NULL && routing != NULL && routing->state == QD_SHARD_INITIALIZING &&
                   !is_closing(data, index->uuid, number)) {
            add_shard(data, qd_shard_open(data, index, routing, entry->schema, shard_opened));
        }
    }
}

static const struct qd_index_metadata *index_with_uuid(const struct qd_cluster_state *state,
                                                       struct qd_slice name, struct qd_slice uuid)
{
    const struct qd_index_metadata *index = qd_cluster_state_index(state, name);
    return index != NULL && qd_slice_equal(index->uuid, uuid) ? index : NULL;
}

/* Removing what is left on disk of a deleted index. */
struct removal {
    struct qd_data *data;
    struct qd_arena *arena; /* holds this */
    struct qd_slice path;
};

static void removal_run(void *context)
{
    struct removal *removal = context;
    struct qd_env *env = removal->data->options.env;
    if (qd_remove_tree(env, removal->path, NULL) != QD_OK) {
        env->log(env, QD_SLICE("deleting an index: some files could not be removed"));
    }
}

static void removal_done(void *context)
{
    struct removal *removal = context;
    struct qd_data *data = removal->data;
    qd_arena_destroy(removal->arena);
    data->closing_count--;
    if (data->closed != NULL && data->closing_count == 0 && data->shard_count == 0) {
        data->closed(data->closed_context);
    }
}

/* The files of a shard that had failed are nobody's when its index is deleted. Shards that are being closed
 * come first: the last one asks again. */
static void remove_leftovers(struct qd_data *data, struct qd_slice index_uuid)
{
    struct qd_env *env = data->options.env;
    for (const struct qd_shard *shard = data->closing; shard != NULL; shard = shard->next_closing) {
        if (qd_slice_equal(shard->index_uuid, index_uuid)) return;
    }
    struct qd_arena *arena = qd_arena_create(0);
    struct removal *removal = QD_NEW(arena, struct removal);
    *removal = (struct removal){ data, arena,
                                 qd_arena_format(arena, "indices/%.*s", QD_SLICE_ARG(index_uuid)) };
    data->closing_count++;
    env->work->submit(env, QD_WORK_GENERIC, NULL, removal_run, removal_done, removal);
}

/* Forgets indices that are deleted, also those that have no shard here at the moment. */
static void drop_indices(struct qd_data *data, const struct qd_cluster_state *state)
{
    struct index_entry *next;
    for (struct index_entry *entry = data->indices; entry != NULL; entry = next) {
        struct qd_schema *schema = entry->schema;
        next = entry->next;
        if (index_with_uuid(state, schema->index_name, schema->index_uuid) != NULL) continue;
        qd_schema_retain(schema);
        qd_reader_contexts_drop_index(data->contexts, schema->index_uuid);
        forget_index(data, schema->index_uuid);
        remove_leftovers(data, schema->index_uuid);
        qd_schema_release(schema);
    }
}

/* Closes shards whose index or routing has gone; deleted indices lose their files and contexts. */
static void drop_shards(struct qd_data *data, const struct qd_cluster_state *state)
{
    for (size_t i = data->shard_count; i > 0; i--) {
        struct qd_shard *shard = data->shards[i - 1];
        const struct qd_index_metadata *index = index_with_uuid(state, shard->index_name, shard->index_uuid);
        if (index == NULL) {
            close_shard_at(data, i - 1, true);
        } else if (shard->number >= index->shard_count || own_routing(data, index, shard->number) == NULL) {
            close_shard_at(data, i - 1, false);
        }
    }
    drop_indices(data, state);
}

static void open_shards(struct qd_data *data)
{
    for (size_t i = 0; data->state != NULL && i < data->state->index_count; i++) {
        struct index_entry *entry = find_index(data, data->state->indices[i]->uuid);
        if (entry != NULL) apply_index(data, data->state->indices[i], entry);
    }
}

static void report_again(void *context)
{
    struct qd_data *data = context;
    data->report_timer = NULL;
    for (size_t i = 0; data->state != NULL && i < data->shard_count; i++) {
        const struct qd_shard *shard = data->shards[i];
        const struct qd_index_metadata *index = index_with_uuid(data->state, shard->index_name,
                                                                shard->index_uuid);
        const struct qd_shard_routing *routing = index == NULL || shard->number >= index->shard_count
                                                     ? NULL
                                                     : own_routing(data, index, shard->number);
        if (routing == NULL) continue;
        bool starting = routing->state == QD_SHARD_INITIALIZING && shard->phase == QD_SHARD_PHASE_STARTED;
        if (starting || shard->phase == QD_SHARD_PHASE_FAILED) report(shard);
    }
}

void qd_data_report_later(struct qd_data *data)
{
    struct qd_env *env = data->options.env;
    if (data->stopping || data->report_timer != NULL) return;
    data->report_timer = env->clock->timer_start(env, qd_duration_ms(REPORT_PAUSE_MS), report_again, data);
}

void qd_data_apply_state(struct qd_data *data, const struct qd_cluster_state *old,
                         struct qd_cluster_state *state)
{
    bool force = cluster_settings_changed(old, state);
    qd_cluster_state_release(data->state);
    data->state = qd_cluster_state_retain(state);
    if (force) read_limits(data, state);
    drop_shards(data, state);
    for (size_t i = 0; i < state->index_count; i++) {
        const struct qd_index_metadata *index = state->indices[i];
        bool same = old != NULL && !force && i < old->index_count && old->indices[i] == index;
        if (same) continue;
        struct index_entry *entry = renew_schema(data, index, state, force);
        if (entry != NULL) apply_index(data, index, entry);
    }
}

void qd_data_close(struct qd_data *data, void (*closed)(void *context), void *context)
{
    struct qd_env *env = data->options.env;
    data->closed = closed;
    data->closed_context = context;
    data->stopping = true;
    if (data->report_timer != NULL) env->clock->timer_stop(env, data->report_timer);
    data->report_timer = NULL;
    if (data->shard_count == 0 && data->closing_count == 0) {
        env->work->defer(env, closed, context);
        return;
    }
    while (data->shard_count > 0) close_shard_at(data, data->shard_count - 1, false);
}

const struct qd_data_limits *qd_data_limits(const struct qd_data *data)
{
    return &data->limits;
}
