/* Drawn operations: documents, bulks, maintenance, mappings. Each knows what the model must be after its
 * answer. */
#include <stdio.h>

#include "base/assert.h"
#include "simulation/client.h"

enum kind { INDEX, CREATE, UPDATE, UPSERT, DELETE, INDEX_IF, UPDATE_IF, DELETE_IF };

/* One operation on one document. */
struct operation {
    enum kind kind;
    struct qd_sim_index *index;
    uint64_t epoch, generation;      /* of the index when it was sent */
    uint32_t id;
    struct qd_model_document after;  /* what the document is if it happens */
    struct qd_model_document before; /* what it was, when certain */
    bool before_certain;
    bool must_conflict;              /* the condition does not hold: 409 */
};

/* Operations of one request. */
struct batch {
    struct operation operations[8];
    uint32_t count;
    bool bulk;
    bool wait_for;  /* refresh=wait_for: after the answer a search finds it */
};

/* A document that must be found by a search, as long as nothing happens to it. */
struct visibility {
    struct qd_sim_index *index;
    uint32_t id;
    uint64_t epoch, generation, changes;
};

static void draw_document(struct qd_run *run, struct qd_model_document *document)
{
    *document = (struct qd_model_document){ .exists = true,
                                            .number = (int64_t)qd_draw(run, 1000) - 100,
                                            .key = (uint32_t)qd_draw(run, QD_MODEL_KEYS),
                                            .words = (uint32_t)qd_draw(run, 1u << QD_MODEL_WORDS) };
    if (qd_draw(run, 10) == 0) document->extra = 1 + (int64_t)qd_draw(run, 40);
    /* Long ones span several sectors of the disk: what a crash leaves of them is torn. */
    if (qd_draw(run, 6) == 0) document->padding = 1 + (uint32_t)qd_draw(run, 4000);
}

static bool conditional(const struct operation *operation)
{
    return operation->kind == INDEX_IF || operation->kind == UPDATE_IF || operation->kind == DELETE_IF;
}

static bool deletes(const struct operation *operation)
{
    return operation->kind == DELETE || operation->kind == DELETE_IF;
}

static bool updates(const struct operation *operation)
{
    return operation->kind == UPDATE || operation->kind == UPDATE_IF;
}

/* It was done: the model follows. */
static void applied(struct qd_run *run, const struct operation *operation, int status,
                    const struct qd_json *answer)
{
    struct qd_model_slot *slot = &operation->index->model.slots[operation->id];
    int64_t seq_no = -2;
    int64_t term = 0;
    qd_json_int64(qd_json_get(answer, "_seq_no"), &seq_no);
    qd_json_int64(qd_json_get(answer, "_primary_term"), &term);
    if (operation->must_conflict) qd_run_fail(run, "document %u: a conflict was not noticed", operation->id);
    if (operation->before_certain && !deletes(operation) && (status == 201) == operation->before.exists) {
        qd_run_fail(run, "document %u: answered %d although it %s", operation->id, status,
                    operation->before.exists ? "was there" : "was not there");
    }
    bool noop = qd_slice_is(qd_json_text(qd_json_get(answer, "result")), "noop");
    if (noop && operation->before_certain && !qd_model_equal(&operation->before, &operation->after)) {
        qd_run_fail(run, "document %u: a change was taken for none", operation->id);
    }
    qd_model_set(slot, &operation->after);
    slot->seq_no = deletes(operation) || noop ? -2 : seq_no;
    slot->term = term;
}

/* It was refused: nothing has changed. */
static void refused(struct qd_run *run, const struct operation *operation, int status)
{
    struct qd_model_slot *slot = &operation->index->model.slots[operation->id];
    bool no_index = operation->index->epoch != operation->epoch || operation->index->changing ||
                    operation->index->states != QD_SIM_OPEN;
    if (no_index && (status == 404 || status == 400)) return;
    bool legal = (status == 404 && (deletes(operation) || updates(operation))) ||
                 (status == 409 && (operation->kind == CREATE || conditional(operation)));
    if (!legal) qd_run_fail(run, "document %u: unexpected status %d", operation->id, status);
    if (status == 404 && operation->before_certain && operation->before.exists) {
        qd_run_fail(run, "document %u is lost: 404", operation->id);
    }
    if (status == 409 && operation->kind == CREATE && operation->before_certain &&
        !operation->before.exists) {
        qd_run_fail(run, "document %u: create conflicts with nothing", operation->id);
    }
    if (status == 409 && conditional(operation) && !operation->must_conflict) {
        qd_run_fail(run, "document %u: a conflict that is none", operation->id);
    }
    if (status == 404) {
        struct qd_model_document none = { 0 };
        qd_model_set(slot, &none);
    }
}

/* What happened for sure, or what may have happened. */
static void settle(struct qd_run *run, const struct operation *operation, int status,
                   const struct qd_json *answer)
{
    struct qd_sim_index *index = operation->index;
    struct qd_model_slot *slot = &index->model.slots[operation->id];
    /* The index that it went to is no more: whatever it did, it did there. */
    if (operation->generation != index->generation) return;
    slot->busy = false;
    if (status == 429 && run->narrow) return;
    if (status >= 500 || status == 429) {
        if (!qd_run_excused(run)) {
            qd_run_fail(run, "document %u: status %d without a fault", operation->id, status);
        }
        slot->seq_no = -2;
        if (!qd_model_may_be(slot, &operation->after)) run->end = QD_RUN_DETECTED;
    } else if (status == 200 || status == 201) {
        bool closed = index->epoch == operation->epoch && index->states == QD_SIM_CLOSED && !index->changing;
        if (closed) qd_run_fail(run, "a closed index takes documents");
        applied(run, operation, status, answer);
    } else {
        refused(run, operation, status);
    }
}

static void looked_up(struct qd_request *request)
{
    const struct visibility *visibility = request->context;
    const struct qd_sim_index *index = visibility->index;
    int64_t count = -1;
    if (request->status != 200 || qd_run_excused(request->run) || index->epoch != visibility->epoch) return;
    if (index->generation != visibility->generation) return;
    const struct qd_model_slot *slot = &index->model.slots[visibility->id];
    if (slot->changes != visibility->changes || slot->candidate_count != 1) return;
    qd_json_int64(qd_json_get(request->answer.root, "count"), &count);
    if ((count == 1) != slot->candidates[0].exists) {
        qd_run_fail(request->run, "document %u is not as visible as refresh=wait_for has promised",
                    visibility->id);
    }
}

/* Asks a search for the document, at once. */
static void look_up(struct qd_run *run, const struct operation *operation)
{
    struct visibility *visibility = QD_NEW(run->arena, struct visibility);
    const struct qd_model_document *after = &operation->after;
    struct qd_buffer body = { 0 };
    char target[32];
    *visibility = (struct visibility){ .index = operation->index,
                                       .id = operation->id,
                                       .epoch = operation->index->epoch,
                                       .generation = operation->index->generation,
                                       .changes = operation->index->model.slots[operation->id].changes };
    qd_buffer_format(&body, "{\"query\":{\"bool\":{\"filter\":[{\"ids\":{\"values\":[\"%u\"]}}",
                     operation->id);
    if (after->exists) qd_buffer_format(&body, ",{\"term\":{\"n\":%lld}}", (long long)after->number);
    qd_buffer_text(&body, "]}}}");
    snprintf(target, sizeof(target), "/%s/_count", operation->index->name);
    qd_client_send(run, "POST", target, qd_buffer_view(&body), looked_up, visibility);
    qd_buffer_deinit(&body);
}

static void answered(struct qd_request *request)
{
    struct batch *batch = request->context;
    struct qd_run *run = request->run;
    if (!batch->bulk) {
        settle(run, &batch->operations[0], request->status, request->answer.root);
        bool noop = qd_slice_is(qd_json_text(qd_json_get(request->answer.root, "result")), "noop");
        if (batch->wait_for && !noop && (request->status == 200 || request->status == 201)) {
            look_up(run, &batch->operations[0]);
        }
        return;
    }
    struct qd_json_iterator item = qd_json_iterate(qd_json_get(request->answer.root, "items"));
    for (uint32_t i = 0; i < batch->count; i++) {
        int64_t status = request->status;
        const struct qd_json *outcome = NULL;
        if (request->status == 200) {
            if (!qd_json_next(&item)) {
                qd_run_fail(run, "a bulk answer lacks items");
                return;
            }
            struct qd_json_iterator member = qd_json_iterate(item.value);
            if (qd_json_next(&member)) outcome = member.value;
            if (!qd_json_int64(qd_json_get(outcome, "status"), &status)) status = 0;
        }
        settle(run, &batch->operations[i], (int)status, outcome);
    }
}

/* An id without an operation under way; false when there is none. */
static bool free_id(struct qd_run *run, const struct qd_sim_index *index, uint32_t *id)
{
    for (int tries = 0; tries < 20; tries++) {
        *id = (uint32_t)qd_draw(run, index->ids);
        if (!index->model.slots[*id].busy) return true;
    }
    return false;
}

static enum kind draw_kind(struct qd_run *run, const struct operation *operation, bool bulk,
                           const struct qd_model_slot *slot)
{
    static const enum kind kinds[] = { INDEX,  INDEX,  INDEX,    INDEX,    CREATE,    UPDATE,
                                       UPDATE, UPSERT, INDEX_IF, INDEX_IF, UPDATE_IF, DELETE_IF };
    uint64_t choice = qd_draw(run, 14);
    enum kind kind = choice < 12 ? kinds[choice] : DELETE;
    bool if_seq_no = kind == INDEX_IF || kind == UPDATE_IF || kind == DELETE_IF;
    if (if_seq_no && (bulk || slot->seq_no < 0 || !operation->before_certain)) kind = INDEX;
    /* An update's result depends on what is there: only certain documents are updated. */
    bool update = kind == UPDATE || kind == UPSERT || kind == UPDATE_IF;
    return update && !operation->before_certain ? DELETE : kind;
}

static bool draw_operation(struct qd_run *run, struct qd_sim_index *index, struct operation *operation,
                           bool bulk)
{
    uint32_t id;
    if (!free_id(run, index, &id)) return false;
    struct qd_model_slot *slot = &index->model.slots[id];
    *operation = (struct operation){ .id = id,
                                     .index = index,
                                     .epoch = index->epoch,
                                     .generation = index->generation,
                                     .before = slot->candidates[0],
                                     .before_certain = qd_model_certain(slot) };
    operation->kind = draw_kind(run, operation, bulk, slot);
    draw_document(run, &operation->after);
    if (deletes(operation)) operation->after = (struct qd_model_document){ 0 };
    if (updates(operation) || (operation->kind == UPSERT && operation->before.exists)) {
        int64_t number = operation->after.number;
        operation->after = operation->before;
        /* At times nothing changes. */
        if (qd_draw(run, 8) != 0) operation->after.number = number;
    }
    if (conditional(operation)) operation->must_conflict = qd_draw(run, 2) == 0;
    slot->busy = true;
    slot->changes++;
    return true;
}

/* The body of an update or upsert. */
static void write_update(const struct operation *operation, struct qd_buffer *body)
{
    qd_buffer_format(body, "{\"doc\":{\"n\":%lld}", (long long)operation->after.number);
    if (operation->kind == UPSERT && operation->before.exists) {
        qd_buffer_text(body, ",\"upsert\":{\"n\":1,\"k\":\"k0\",\"t\":\"\"}");
    } else if (operation->kind == UPSERT) {
        qd_buffer_text(body, ",\"upsert\":");
        qd_model_source(&operation->after, body);
    }
    qd_buffer_text(body, "}");
}

static void send_single(struct qd_run *run, struct batch *batch)
{
    const struct operation *operation = &batch->operations[0];
    const struct qd_model_slot *slot = &operation->index->model.slots[operation->id];
    struct qd_buffer body = { 0 };
    char target[160];
    char condition[80] = "";
    bool update = updates(operation) || operation->kind == UPSERT;
    static const char *const refreshes[] = { "refresh=true", "refresh=wait_for", "refresh=false" };
    uint64_t choice = qd_draw(run, 14);
    const char *refresh = refreshes[choice < 2 ? choice : 2];
    batch->wait_for = choice == 1;
    const char *method = update ? "POST" : deletes(operation) ? "DELETE" : "PUT";
    const char *endpoint = update ? "_update" : operation->kind == CREATE ? "_create" : "_doc";
    if (conditional(operation)) {
        int64_t seq_no = slot->seq_no + (operation->must_conflict ? 1 + (int64_t)qd_draw(run, 3) : 0);
        snprintf(condition, sizeof(condition), "&if_seq_no=%lld&if_primary_term=%lld", (long long)seq_no,
                 (long long)slot->term);
    }
    snprintf(target, sizeof(target), "/%s/%s/%u?%s%s", operation->index->name, endpoint, operation->id,
             refresh, condition);
    if (update) {
        write_update(operation, &body);
    } else if (!deletes(operation)) {
        qd_model_source(&operation->after, &body);
    }
    qd_client_send(run, method, target, qd_buffer_view(&body), answered, batch);
    qd_buffer_deinit(&body);
}

static void send_bulk(struct qd_run *run, struct batch *batch)
{
    struct qd_buffer body = { 0 };
    for (uint32_t i = 0; i < batch->count; i++) {
        const struct operation *operation = &batch->operations[i];
        bool update = updates(operation) || operation->kind == UPSERT;
        const char *name = update ? "update" : deletes(operation) ? "delete"
                           : operation->kind == CREATE ? "create" : "index";
        qd_buffer_format(&body, "{\"%s\":{\"_index\":\"%s\",\"_id\":\"%u\"}}\n", name,
                         operation->index->name, operation->id);
        if (deletes(operation)) continue;
        if (update) {
            write_update(operation, &body);
        } else {
            qd_model_source(&operation->after, &body);
        }
        qd_buffer_text(&body, "\n");
    }
    qd_client_send(run, "POST", qd_draw(run, 6) == 0 ? "/_bulk?refresh=true" : "/_bulk",
                   qd_buffer_view(&body), answered, batch);
    qd_buffer_deinit(&body);
}

/* Mostly the first index; the second one also when it is closed, missing or just changes. */
static struct qd_sim_index *draw_index(struct qd_run *run)
{
    struct qd_sim_index *index = &run->indices[qd_draw(run, 4) == 0 ? 1 : 0];
    bool certain = (index->states & (index->states - 1)) == 0;
    if (!certain || (index->states != QD_SIM_OPEN && qd_draw(run, 3) != 0)) index = &run->indices[0];
    certain = (index->states & (index->states - 1)) == 0;
    return certain ? index : NULL;
}

static void write_documents(struct qd_run *run)
{
    struct batch *batch = QD_NEW(run->arena, struct batch);
    uint32_t wanted = qd_draw(run, 3) == 0 ? 1 + (uint32_t)qd_draw(run, 8) : 0;
    batch->bulk = wanted > 0;
    for (uint32_t i = 0; i < (batch->bulk ? wanted : 1); i++) {
        struct qd_sim_index *index = draw_index(run);
        if (index == NULL) continue;
        if (draw_operation(run, index, &batch->operations[batch->count], batch->bulk)) batch->count++;
    }
    if (batch->count == 0) return;
    if (batch->bulk) {
        send_bulk(run, batch);
    } else {
        send_single(run, batch);
    }
}

/* Calls whose answer only must not be an error without a fault. */
struct maintenance {
    const struct qd_sim_index *index;
    uint64_t epoch;
};

static void maintained(struct qd_request *request)
{
    const struct maintenance *maintenance = request->context;
    struct qd_run *run = request->run;
    int64_t failed = 0;
    qd_json_int64(qd_json_get(qd_json_get(request->answer.root, "_shards"), "failed"), &failed);
    if ((request->status == 200 && failed == 0) || qd_run_excused(run)) return;
    /* The index was closed or deleted meanwhile. */
    if (request->status < 500 && maintenance->epoch != maintenance->index->epoch) return;
    qd_run_fail(run, "maintenance: status %d, %lld shards failed, without a fault", request->status,
                (long long)failed);
}

static void maintain(struct qd_run *run)
{
    static const char *const calls[] = { "_refresh", "_refresh", "_flush", "_flush",
                                         "_forcemerge?max_num_segments=1" };
    struct maintenance *maintenance = QD_NEW(run->arena, struct maintenance);
    const struct qd_sim_index *index = &run->indices[qd_draw(run, 4) == 0 ? 1 : 0];
    char target[64];
    if (!qd_sim_is_open(index)) index = &run->indices[0];
    if (!qd_sim_is_open(index)) return;
    *maintenance = (struct maintenance){ .index = index, .epoch = index->epoch };
    snprintf(target, sizeof(target), "/%s/%s", index->name, calls[qd_draw(run, 5)]);
    qd_client_send(run, "POST", target, (struct qd_slice){ 0 }, maintained, maintenance);
}

void qd_workload_step(struct qd_run *run)
{
    uint64_t choice = qd_draw(run, 100);
    if (choice < 62) {
        write_documents(run);
    } else if (choice < 73) {
        maintain(run);
    } else if (choice < 79) {
        qd_indices_change(run);
    } else if (choice < 92) {
        qd_readers_step(run);
    } else {
        qd_client_drain(run);
        if (run->end != QD_RUN_GOES_ON) return;
        if (choice < 96) qd_check_documents(run, false);
        else if (choice < 99) qd_check_searches(run);
        else qd_indices_check(run, false);
    }
}
