/* The write action: documents are parsed in the pool, new fields go through the master, then the shard's lane
 * applies all waiting requests and makes them durable with one sync (group commit). */
#include "data/broken_document.h"
#include "data/write_request.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/vector.h"
#include "data/actions.h"
#include "data/shards.h"
#include "data/update_source.h"
#include "index/engine_run.h"

/* How often a document may be parsed again because its new fields had to be mapped first. */
#define MAPPING_ROUNDS_MAX 10

/* One operation on its way. */
struct slot {
    const struct qd_write_item *item;
    struct qd_document document;   /* parsed, for INDEX and CREATE */
    bool parsed;
    bool finished;                 /* outcome is set */
    uint64_t id_hash;              /* what qd_engine_expect gave; 0: nothing yet */
    struct qd_write_outcome outcome;
};

struct qd_write_request {
    struct qd_shard_job job;         /* the lane job of the first request of a batch */
    struct qd_write_request *next;   /* in the queue or the batch */
    struct qd_transport_call *call;
    struct qd_data *data;
    struct qd_shard *shard;
    struct qd_schema *schema;        /* that documents are parsed with now; a reference */
    QD_VECTOR(struct qd_schema *)
    older;                           /* that some documents were parsed with: these still point into them */
    struct qd_arena *arena;          /* the call's */
    struct qd_write_message message;
    struct slot *slots;              /* slots[message.count] */
    struct qd_parse_memo *memo;      /* for all parsing in the pool; may be NULL */
    struct qd_slice mapping_update;  /* what the first unmapped document asks for; empty: none */
    int mapping_rounds;
    bool refreshed;                  /* a refresh was made for it */
    bool refresh_waits;              /* the refresh that it asks for waits for a build */
    bool visible;                    /* its batch ended with a refresh */
    uint64_t batch;                  /* the number of the batch that applied it */
    int64_t now_ms;
    int64_t bytes;                   /* counted as pressure on the primary */
    bool inside;                     /* of the gate of writes */
};

static void release_schemas(struct qd_write_request *request)
{
    for (size_t i = 0; i < request->older.count; i++) qd_schema_release(request->older.data[i]);
    qd_schema_release(request->schema);
}

static void leave_gate(struct qd_write_request *request)
{
    if (request->inside) qd_gate_leave(qd_data_gates(request->data), QD_GATE_WRITE);
    request->inside = false;
}

static void leave(struct qd_write_request *request)
{
    leave_gate(request);
    qd_indexing_pressure_primary_done(qd_data_pressure(request->data), request->bytes);
    release_schemas(request);
}

static void answer(struct qd_write_request *request)
{
    struct qd_buffer buffer = { 0 };
    struct qd_write_outcome *outcomes = QD_NEW_ARRAY(request->arena, struct qd_write_outcome,
                                                     request->message.count);
    for (size_t i = 0; i < request->message.count; i++) outcomes[i] = request->slots[i].outcome;
    qd_write_outcomes_write(outcomes, request->message.count, request->refreshed, &buffer);
    leave(request);
    qd_transport_answer(request->call, &buffer);
}

static void fail(struct qd_write_request *request, const struct qd_error *error)
{
    leave(request);
    qd_transport_fail(request->call, error);
}

static void set_failed(struct slot *slot, enum qd_status status)
{
    qd_assert(status != QD_OK);
    slot->outcome.status = status;
    slot->outcome.error.status = status;
    slot->finished = true;
}

/* ---- parsing (pool) ---- */

/* What only the parser needs stays in the scratch arena: the lane that reads the document later finds it in
 * less memory. */
struct parsing {
    const struct qd_write_request *request;
    struct qd_arena *scratch;
    struct qd_parse_memo *memo;
};

static enum qd_status parse_document(const struct parsing *parsing, struct qd_slice source,
                                     const struct qd_write_item *item, struct qd_document *document,
                                     struct qd_slice *update, struct qd_error *error)
{
    const struct qd_write_request *request = parsing->request;
    struct qd_json_document json;
    *update = (struct qd_slice){ 0 };
    enum qd_status status = qd_json_parse_view(request->arena, parsing->scratch, source, &json, error);
    struct qd_document_input input = { .id = item->id, .routing = item->routing, .json = &json,
                                       .now_ms = request->now_ms, .scratch = parsing->scratch,
                                       .memo = parsing->memo };
    if (status != QD_OK) {
        return qd_broken_document(request->schema->mapping, &input, source, request->arena, error);
    }
    return qd_document_parse(request->schema->mapping, &input, request->arena, document, update, error);
}

/* True when the document needs a mapping update first. */
static bool prepare_slot(struct qd_write_request *request, struct slot *slot, struct qd_arena *scratch)
{
    struct parsing parsing = { request, scratch, request->memo };
    struct qd_slice update;
    qd_error_init(&slot->outcome.error, request->arena);
    enum qd_status status = parse_document(&parsing, slot->item->source, slot->item, &slot->document, &update,
                                           &slot->outcome.error);
    qd_arena_reset(scratch);
    if (status != QD_OK) {
        set_failed(slot, status);
        return false;
    }
    request->mapping_update = update;
    slot->parsed = update.size == 0;
    return update.size > 0;
}

/* Parses what is not parsed yet, up to the first document that needs a mapping update. */
static void prepare(void *context)
{
    struct qd_write_request *request = context;
    struct qd_arena *scratch = qd_arena_create(0);
    request->mapping_update = (struct qd_slice){ 0 };
    if (request->memo == NULL) request->memo = qd_parse_memo_create(request->arena, request->message.count);
    for (size_t i = 0; i < request->message.count; i++) {
        struct slot *slot = &request->slots[i];
        bool document = slot->item->kind == QD_WRITE_INDEX || slot->item->kind == QD_WRITE_CREATE;
        if (!document || slot->parsed || slot->finished) continue;
        if (prepare_slot(request, slot, scratch)) break;
    }
    qd_arena_destroy(scratch);
}

/* ---- applying (lane) ---- */

static void apply_operation(struct qd_write_request *request, struct slot *slot,
                            const struct qd_document *document, enum qd_operation_kind kind,
                            struct qd_slice source)
{
    struct qd_engine *engine = request->shard->engine;
    const struct qd_write_item *item = slot->item;
    struct qd_operation operation = { .kind = kind,
                                      .id = item->id,
                                      .document = document,
                                      .source = source,
                                      .version = item->version,
                                      .version_type = item->version_type,
                                      .if_seq_no = item->if_seq_no,
                                      .if_primary_term = item->if_primary_term,
                                      .auto_id = item->auto_id,
                                      .id_hash = slot->id_hash,
                                      .primary_term = request->shard->primary_term };
    qd_error_init(&operation.error, request->arena);
    qd_error_init(&slot->outcome.error, request->arena);
    enum qd_status status = qd_engine_apply(engine, &operation, &slot->outcome.error);
    if (status != QD_OK) {
        set_failed(slot, status);
        return;
    }
    if (operation.status != QD_OK) {
        slot->outcome.error = operation.error;
        if (operation.status == QD_VERSION_CONFLICT) {
            char number[16];
            int size = snprintf(number, sizeof(number), "%u", request->shard->number);
            qd_error_add(&slot->outcome.error, "index", request->shard->index_name);
            qd_error_add(&slot->outcome.error, "shard", qd_slice_make(number, (size_t)size));
            qd_error_add(&slot->outcome.error, "index_uuid", request->shard->index_uuid);
        }
        set_failed(slot, operation.status);
        return;
    }
    slot->outcome.result = operation.result;
    slot->outcome.version = operation.result_version;
    slot->outcome.seq_no = operation.seq_no;
    slot->outcome.term = operation.term;
    slot->finished = true;
}

static void finish_noop(struct slot *slot, const struct qd_get_result *got, const struct qd_update_plan *plan)
{
    slot->outcome.result = QD_RESULT_NOOP;
    slot->outcome.version = got->version;
    slot->outcome.seq_no = got->seq_no;
    slot->outcome.term = got->term;
    slot->outcome.source = slot->item->want_source ? plan->source : (struct qd_slice){ 0 };
    slot->finished = true;
}

/* Get, change, index: nothing can come between, since the lane runs one job at a time. */
static enum qd_status apply_update(struct qd_write_request *request, struct slot *slot,
                                   struct qd_error *error)
{
    const struct qd_write_item *item = slot->item;
    struct qd_get_result got = { 0 };
    struct qd_update_plan plan;
    struct qd_slice update;
    QD_TRY(qd_engine_get(request->shard->engine, item->id, request->arena, &got, error));
    struct qd_update_input input = { .body = item->source,
                                     .old = got.found ? got.source : (struct qd_slice){ 0 },
                                     .index = request->shard->index_name,
                                     .index_uuid = request->shard->index_uuid,
                                     .id = item->id,
                                     .shard = request->shard->number };
    if (got.found && got.source.data == NULL) {
        enum qd_status status = qd_error_set(error, QD_DOCUMENT_SOURCE_MISSING,
                                             "[%.*s]: document source missing", QD_SLICE_ARG(item->id));
        qd_error_add(error, "index", request->shard->index_name);
        return status;
    }
    QD_TRY(qd_update_plan_make(&input, request->arena, &plan, error));
    /* An update that changes nothing is refused too when its condition does not hold: the engine says so. */
    bool holds = item->if_seq_no == QD_SEQ_NO_NONE ||
                 qd_planted(request->shard->env, "noop_ignores_condition") ||
                 (item->if_seq_no == got.seq_no && item->if_primary_term == got.term);
    if (plan.action == QD_UPDATE_NOOP && holds) {
        finish_noop(slot, &got, &plan);
        return QD_OK;
    }
    struct qd_write_item as_index = *item;
    if (item->routing.data == NULL && got.found) as_index.routing = got.routing;
    struct parsing parsing = { request, request->arena, NULL };
    QD_TRY(parse_document(&parsing, plan.source, &as_index, &slot->document, &update, error));
    if (update.size > 0) {
        request->mapping_update = update;
        return QD_OK;
    }
    apply_operation(request, slot, &slot->document,
                    plan.action == QD_UPDATE_CREATE ? QD_OPERATION_CREATE : QD_OPERATION_INDEX, plan.source);
    if (slot->outcome.status == QD_OK && item->want_source) slot->outcome.source = plan.source;
    return QD_OK;
}

/* So many operations ahead the memory is asked for what they will need. */
#define OPERATIONS_AHEAD 6
#define CACHE_LINE ((size_t)64)
#define LINES_AHEAD_MAX ((size_t)32)

static void expect_bytes(const void *data, size_t size)
{
    for (size_t i = 0; i < size && i < LINES_AHEAD_MAX * CACHE_LINE; i += CACHE_LINE) {
        __builtin_prefetch((const char *)data + i);
    }
}

/* The parser's threads have left documents in their own caches. */
static void look_ahead(struct qd_write_request *request, size_t at)
{
    if (at + OPERATIONS_AHEAD < request->message.count) {
        struct slot *slot = &request->slots[at + OPERATIONS_AHEAD];
        slot->id_hash = qd_engine_expect(request->shard->engine, slot->item->id);
    }
    if (at + 1 < request->message.count) {
        const struct slot *slot = &request->slots[at + 1];
        const struct qd_document *document = &slot->document;
        if (slot->parsed) expect_bytes(document->fields, document->field_count * sizeof(*document->fields));
        expect_bytes(slot->item->source.data, slot->item->source.size);
    }
}

/* Applies a request's operations in order, up to an update that needs a new mapping first. */
static void apply_request(struct qd_write_request *request)
{
    request->mapping_update = (struct qd_slice){ 0 };
    for (size_t i = 0; i < request->message.count && request->mapping_update.size == 0; i++) {
        struct slot *slot = &request->slots[i];
        look_ahead(request, i);
        if (slot->finished) continue;
        qd_error_init(&slot->outcome.error, request->arena);
        switch (slot->item->kind) {
        case QD_WRITE_INDEX:
            apply_operation(request, slot, &slot->document, QD_OPERATION_INDEX, slot->item->source);
            break;
        case QD_WRITE_CREATE:
            apply_operation(request, slot, &slot->document, QD_OPERATION_CREATE, slot->item->source);
            break;
        case QD_WRITE_DELETE:
            apply_operation(request, slot, NULL, QD_OPERATION_DELETE, (struct qd_slice){ 0 });
            break;
        case QD_WRITE_UPDATE: {
            enum qd_status status = apply_update(request, slot, &slot->outcome.error);
            if (status != QD_OK) set_failed(slot, status);
            break;
        }
        }
    }
}

/* An operation must not be reported as done when its sync has failed. */
static void fail_finished(struct qd_write_request *request, const struct qd_error *error)
{
    for (size_t i = 0; i < request->message.count; i++) {
        struct slot *slot = &request->slots[i];
        if (slot->outcome.status != QD_OK) continue;
        qd_error_copy(&slot->outcome.error, request->arena, error);
        set_failed(slot, error->status);
    }
}

static void batch_run(struct qd_shard_job *job)
{
    struct qd_write_request *first = (struct qd_write_request *)job;
    struct qd_engine *engine = job->shard->engine;
    struct qd_error error;
    bool refresh = false;
    bool changed;
    qd_error_init(&error, first->arena);
    qd_engine_run(engine, true);
    for (struct qd_write_request *request = first; request != NULL; request = request->next) {
        apply_request(request);
        if (request->message.refresh == QD_REFRESH_IMMEDIATE && request->mapping_update.size == 0) {
            refresh = true;
        }
    }
    qd_engine_run(engine, false);
    job->shard->batches++;
    enum qd_status status = QD_OK;
    if (job->schema->engine.durability_request && !qd_planted(job->shard->env, "ack_before_sync")) {
        status = qd_engine_sync(engine, &error);
    }
    /* Behind a build that runs, the refresh has to wait, and the answer with it. */
    bool waits = refresh && status == QD_OK && qd_engine_building(engine);
    if (waits) refresh = false;
    if (status == QD_OK && refresh) status = qd_engine_refresh(engine, &changed, &error);
    for (struct qd_write_request *request = first; request != NULL; request = request->next) {
        if (status != QD_OK) fail_finished(request, &error);
        request->refresh_waits = waits && request->message.refresh == QD_REFRESH_IMMEDIATE;
        request->refreshed = refresh && request->message.refresh == QD_REFRESH_IMMEDIATE;
        request->visible = refresh && status == QD_OK;
        request->batch = job->shard->batches;
    }
}

/* ---- the loop's part ---- */

static void start_batch(struct qd_shard *shard);
static void enqueue(struct qd_write_request *request);
static void map_fields(struct qd_write_request *request, void (*then)(struct qd_write_request *request));

/* A refresh that was forced, because too many requests wait for one: the answer goes out after it. */
struct waited_refresh {
    struct qd_maintenance maintenance; /* first member */
    struct qd_write_request *request;
};

static void waited_refresh_done(struct qd_maintenance *maintenance)
{
    struct qd_write_request *request = ((struct waited_refresh *)maintenance)->request;
    if (maintenance->status != QD_OK) fail_finished(request, &maintenance->error);
    request->refreshed = true;
    answer(request);
}

static void refresh_then_answer(struct qd_write_request *request)
{
    struct waited_refresh *waited = QD_NEW(request->arena, struct waited_refresh);
    waited->request = request;
    qd_error_init(&waited->maintenance.error, request->arena);
    waited->maintenance.refresh = true;
    waited->maintenance.done = waited_refresh_done;
    qd_shard_maintain(request->shard, &waited->maintenance);
}

static void count_current(const struct qd_write_request *request, struct qd_shard *shard, bool begins)
{
    uint64_t deletes = 0;
    for (size_t i = 0; i < request->message.count; i++) {
        deletes += request->message.items[i].kind == QD_WRITE_DELETE;
    }
    uint64_t others = request->message.count - deletes;
    struct qd_shard_counters *counters = &shard->counters;
    if (begins) {
        counters->index_current += others;
        counters->delete_current += deletes;
        return;
    }
    /* A shard that was closed and opened meanwhile has begun to count anew. */
    counters->index_current -= others < counters->index_current ? others : counters->index_current;
    counters->delete_current -= deletes < counters->delete_current ? deletes : counters->delete_current;
}

void qd_write_refreshed(struct qd_shard *shard, uint64_t covers, const struct qd_error *error)
{
    struct qd_write_request **at = &shard->refresh_waiters;
    while (*at != NULL) {
        struct qd_write_request *request = *at;
        if (error == NULL && request->batch > covers) {
            at = &request->next;
            continue;
        }
        *at = request->next;
        shard->refresh_waiter_count--;
        request->next = NULL;
        if (error != NULL) fail_finished(request, error);
        answer(request);
    }
}

void qd_write_waiters_end(struct qd_shard *shard)
{
    qd_write_refreshed(shard, UINT64_MAX, NULL);
}

/* Operations that were refused, or that change nothing, have nothing to become visible. */
static bool changes_something(const struct qd_write_request *request)
{
    for (size_t i = 0; i < request->message.count; i++) {
        const struct qd_write_outcome *outcome = &request->slots[i].outcome;
        if (outcome->status == QD_OK && outcome->result != QD_RESULT_NOOP) return true;
    }
    return false;
}

/* wait_for: the answer goes out after the refresh that makes the operations visible. */
static void answer_when_visible(struct qd_write_request *request)
{
    struct qd_shard *shard = request->shard;
    if (request->visible || !changes_something(request) || qd_planted(shard->env, "wait_for_answers_early")) {
        answer(request);
    } else if (shard->refresh_waiter_count >= shard->schema->max_refresh_listeners) {
        refresh_then_answer(request);
    } else {
        request->next = shard->refresh_waiters;
        shard->refresh_waiters = request;
        shard->refresh_waiter_count++;
        if (qd_shard_search_idle(shard)) qd_shard_reschedule(shard);
    }
}

static void finish_request(struct qd_write_request *request)
{
    struct qd_shard *shard = request->shard;
    for (size_t i = 0; i < request->message.count; i++) {
        if (request->slots[i].outcome.result == QD_RESULT_NOOP && request->slots[i].outcome.status == QD_OK) {
            shard->counters.noop_update_total++;
        }
    }
    count_current(request, shard, false);
    /* One that waits for a refresh does not wait for the pool. */
    leave_gate(request);
    shard->counters.last_write_ms = (uint64_t)request->now_ms;
    if (request->message.refresh == QD_REFRESH_WAIT_UNTIL && shard->phase == QD_SHARD_PHASE_STARTED) {
        answer_when_visible(request);
    } else if (request->refresh_waits) {
        refresh_then_answer(request);
    } else {
        answer(request);
    }
}

/* While the pool builds a segment of one full buffer, a second one may fill; then writes wait. */
static bool held_back(const struct qd_shard *shard)
{
    return shard->building && qd_engine_wants_refresh(shard->engine);
}

void qd_write_resume(struct qd_shard *shard)
{
    if (shard->phase != QD_SHARD_PHASE_STARTED) return;
    if (shard->write_queue != NULL && !shard->writing && !held_back(shard)) start_batch(shard);
}

static void batch_done(struct qd_shard_job *job)
{
    struct qd_write_request *request = (struct qd_write_request *)job;
    struct qd_shard *shard = job->shard;
    shard->writing = false;
    if (request->visible) qd_shard_refreshed(shard, request->batch, NULL);
    qd_shard_touched(shard, request->batch);
    while (request != NULL) {
        struct qd_write_request *next = request->next;
        request->next = NULL;
        if (request->mapping_update.size > 0) {
            map_fields(request, enqueue);
        } else {
            finish_request(request);
        }
        request = next;
    }
    if (shard->phase != QD_SHARD_PHASE_STARTED) {
        qd_write_queue_fail(shard);
    } else {
        qd_write_resume(shard);
    }
}

static void start_batch(struct qd_shard *shard)
{
    struct qd_write_request *first = shard->write_queue;
    shard->write_queue = NULL;
    shard->write_queue_end = &shard->write_queue;
    shard->writing = true;
    first->job.work_class = QD_WORK_WRITE;
    first->job.run = batch_run;
    first->job.done = batch_done;
    qd_shard_submit(shard, &first->job);
}

void qd_write_queue_fail(struct qd_shard *shard)
{
    struct qd_write_request *request = shard->write_queue;
    shard->write_queue = NULL;
    shard->write_queue_end = &shard->write_queue;
    while (request != NULL) {
        struct qd_write_request *next = request->next;
        struct qd_error error;
        qd_error_init(&error, request->arena);
        (void)qd_error_set(&error, QD_ENGINE_CLOSED, "shard is closed");
        fail(request, &error);
        request = next;
    }
}

static void enqueue(struct qd_write_request *request)
{
    struct qd_shard *shard = request->shard;
    *shard->write_queue_end = request;
    shard->write_queue_end = &request->next;
    if (!shard->writing && !held_back(shard)) start_batch(shard);
}

static void prepared(void *context);

static void submit_prepare(struct qd_write_request *request)
{
    struct qd_env *env = qd_data_env(request->data);
    env->work->submit(env, QD_WORK_WRITE, NULL, prepare, prepared, request);
}

/* After a round through the master: the shard may have gone, and its schema is a newer one. */
struct mapping_round {
    struct qd_write_request *request;
    struct qd_slice index_uuid;
    uint32_t shard;
    void (*then)(struct qd_write_request *request);
};

static void fail_unfinished(struct qd_write_request *request, const struct qd_error *error)
{
    for (size_t i = 0; i < request->message.count; i++) {
        struct slot *slot = &request->slots[i];
        if (slot->finished || slot->parsed) continue;
        qd_error_copy(&slot->outcome.error, request->arena, error);
        set_failed(slot, error->status);
        return;
    }
}

static void mapped(void *context, const struct qd_error *error)
{
    struct mapping_round *round = context;
    struct qd_write_request *request = round->request;
    struct qd_shard *shard = qd_data_shard(request->data, round->index_uuid, round->shard);
    if (shard == NULL) {
        struct qd_error gone;
        qd_error_init(&gone, request->arena);
        (void)qd_error_set(&gone, QD_ENGINE_CLOSED, "shard is closed");
        fail(request, &gone);
        return;
    }
    request->shard = shard;
    *QD_PUSH(request->arena, &request->older) = request->schema;
    request->schema = qd_schema_retain(shard->schema);
    /* The one document that could not be mapped fails, the others go on. */
    if (error != NULL) fail_unfinished(request, error);
    round->then(request);
}

static void map_fields(struct qd_write_request *request, void (*then)(struct qd_write_request *request))
{
    const struct qd_data_events *events = qd_data_events(request->data);
    struct mapping_round *round = QD_NEW(request->arena, struct mapping_round);
    *round = (struct mapping_round){ request, qd_arena_copy(request->arena, request->shard->index_uuid),
                                     request->shard->number, then };
    if (request->mapping_rounds++ >= MAPPING_ROUNDS_MAX * (int)request->message.count) {
        struct qd_error error;
        qd_error_init(&error, request->arena);
        (void)qd_error_set(&error, QD_MAPPER_PARSING, "timed out while waiting for a dynamic mapping update");
        mapped(round, &error);
        return;
    }
    events->update_mapping(events->context, request->shard->index_name, request->shard->index_uuid,
                           request->mapping_update, mapped, round);
}

static void prepared(void *context)
{
    struct qd_write_request *request = context;
    struct qd_shard *shard = qd_data_shard(request->data, request->message.index_uuid,
                                           request->message.shard);
    if (shard == NULL) {
        struct qd_error error;
        qd_error_init(&error, request->arena);
        (void)qd_error_set(&error, QD_ENGINE_CLOSED, "shard is closed");
        fail(request, &error);
        return;
    }
    request->shard = shard;
    if (request->mapping_update.size > 0) {
        map_fields(request, submit_prepare);
        return;
    }
    enqueue(request);
}

/* What a request holds in memory while it is under way. */
static int64_t bytes_of(const struct qd_write_message *message)
{
    size_t bytes = message->count * sizeof(struct slot);
    for (size_t i = 0; i < message->count; i++) {
        const struct qd_write_item *item = &message->items[i];
        bytes += item->source.size + item->id.size + item->routing.size;
    }
    return (int64_t)bytes;
}

void qd_action_write(void *context, struct qd_transport_call *call)
{
    struct qd_data *data = context;
    struct qd_error error;
    qd_error_init(&error, call->arena);
    struct qd_write_request *request = QD_NEW(call->arena, struct qd_write_request);
    request->call = call;
    request->arena = call->arena;
    request->data = data;
    struct qd_write_frame frame = { call->payload, call->parts, call->part_count };
    if (qd_write_message_read(&frame, call->arena, &request->message, &error) != QD_OK) {
        qd_transport_fail(call, &error);
        return;
    }
    struct qd_shard *shard = qd_action_shard(data, call, request->message.index_uuid, request->message.shard);
    if (shard == NULL) return;
    if (qd_gate_enter(qd_data_gates(data), QD_GATE_WRITE, QD_ACTION_WRITE, &error) != QD_OK) {
        qd_transport_fail(call, &error);
        return;
    }
    request->inside = true;
    request->shard = shard;
    request->schema = qd_schema_retain(shard->schema);
    request->now_ms = shard->env->clock->wall_ms(shard->env);
    request->slots = QD_NEW_ARRAY(call->arena, struct slot, request->message.count);
    for (size_t i = 0; i < request->message.count; i++) request->slots[i].item = &request->message.items[i];
    request->bytes = bytes_of(&request->message);
    qd_indexing_pressure_primary(qd_data_pressure(data), request->bytes);
    count_current(request, shard, true);
    submit_prepare(request);
}
