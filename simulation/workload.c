/* Drawn operations: documents, bulks, maintenance, mappings. Each knows what the model must be after its
 * answer. */
#include <stdio.h>

#include "base/assert.h"
#include "simulation/client.h"

enum kind { INDEX, CREATE, UPDATE, DELETE, INDEX_IF };

/* One operation on one document. */
struct operation {
    enum kind kind;
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
};

static void draw_document(struct qd_run *run, struct qd_model_document *document)
{
    *document = (struct qd_model_document){ .exists = true,
                                            .number = (int64_t)qd_draw(run, 1000) - 100,
                                            .key = (uint32_t)qd_draw(run, QD_MODEL_KEYS),
                                            .words = (uint32_t)qd_draw(run, 1u << QD_MODEL_WORDS) };
    if (qd_draw(run, 10) == 0) document->extra = 1 + (int64_t)qd_draw(run, 40);
}

static bool certain(const struct operation *operation)
{
    return operation->before_certain;
}

/* What happened for sure, or what may have happened. */
static void settle(struct qd_run *run, const struct operation *operation, int status,
                   const struct qd_json *answer)
{
    struct qd_model_slot *slot = &run->model.slots[operation->id];
    int64_t seq_no = -2;
    int64_t term = 0;
    qd_json_int64(qd_json_get(answer, "_seq_no"), &seq_no);
    qd_json_int64(qd_json_get(answer, "_primary_term"), &term);
    slot->busy = false;
    if (status >= 500 || status == 429) {
        if (!run->faulty && !run->damaged && !qd_fake_env_crashed(run->env)) {
            qd_run_fail(run, "document %u: status %d without a fault", operation->id, status);
        }
        slot->seq_no = -2;
        if (!qd_model_may_be(slot, &operation->after)) run->end = QD_RUN_DETECTED;
        return;
    }
    if (status == 200 || status == 201) {
        if (operation->must_conflict) {
            qd_run_fail(run, "document %u: a conflict was not noticed", operation->id);
        }
        if (certain(operation) && operation->kind != DELETE &&
            (status == 201) == operation->before.exists) {
            qd_run_fail(run, "document %u: answered %d although it %s", operation->id, status,
                        operation->before.exists ? "was there" : "was not there");
        }
        bool noop = qd_slice_is(qd_json_text(qd_json_get(answer, "result")), "noop");
        qd_model_set(slot, &operation->after);
        slot->seq_no = operation->kind == DELETE || noop ? -2 : seq_no;
        slot->term = term;
        return;
    }
    /* Refused: nothing has changed. */
    bool legal = (status == 404 && (operation->kind == DELETE || operation->kind == UPDATE)) ||
                 (status == 409 && (operation->kind == CREATE || operation->kind == INDEX_IF));
    if (!legal) qd_run_fail(run, "document %u: unexpected status %d", operation->id, status);
    if (status == 404 && certain(operation) && operation->before.exists) {
        qd_run_fail(run, "document %u is lost: 404", operation->id);
    }
    if (status == 409 && operation->kind == CREATE && certain(operation) && !operation->before.exists) {
        qd_run_fail(run, "document %u: create conflicts with nothing", operation->id);
    }
    if (status == 409 && operation->kind == INDEX_IF && !operation->must_conflict) {
        qd_run_fail(run, "document %u: a conflict that is none", operation->id);
    }
    if (status == 404) {
        struct qd_model_document none = { 0 };
        qd_model_set(slot, &none);
    }
}

static void answered(struct qd_request *request)
{
    struct batch *batch = request->context;
    struct qd_run *run = request->run;
    if (!batch->bulk) {
        settle(run, &batch->operations[0], request->status, request->answer.root);
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
static bool free_id(struct qd_run *run, uint32_t *id)
{
    for (int tries = 0; tries < 20; tries++) {
        *id = (uint32_t)qd_draw(run, QD_MODEL_IDS);
        if (!run->model.slots[*id].busy) return true;
    }
    return false;
}

static bool draw_operation(struct qd_run *run, struct operation *operation, bool bulk)
{
    uint32_t id;
    if (!free_id(run, &id)) return false;
    struct qd_model_slot *slot = &run->model.slots[id];
    *operation = (struct operation){ .id = id, .before = slot->candidates[0],
                                     .before_certain = qd_model_certain(slot) };
    uint64_t choice = qd_draw(run, 10);
    operation->kind = choice < 4   ? INDEX
                      : choice < 5 ? CREATE
                      : choice < 7 ? UPDATE
                      : choice < 9 ? DELETE
                                   : INDEX_IF;
    if (operation->kind == INDEX_IF && (bulk || slot->seq_no < 0 || !operation->before_certain)) {
        operation->kind = INDEX;
    }
    /* An update's result depends on what is there: only certain documents are updated. */
    if (operation->kind == UPDATE && !operation->before_certain) operation->kind = DELETE;
    draw_document(run, &operation->after);
    if (operation->kind == DELETE) operation->after = (struct qd_model_document){ 0 };
    if (operation->kind == UPDATE) {
        int64_t number = operation->after.number;
        operation->after = operation->before;
        operation->after.number = number;
    }
    if (operation->kind == INDEX_IF) operation->must_conflict = qd_draw(run, 2) == 0;
    slot->busy = true;
    return true;
}

static void send_single(struct qd_run *run, struct batch *batch)
{
    const struct operation *operation = &batch->operations[0];
    const struct qd_model_slot *slot = &run->model.slots[operation->id];
    struct qd_buffer body = { 0 };
    char target[128];
    const char *refresh = qd_draw(run, 8) == 0 ? "refresh=true" : "refresh=false";
    const char *method = "PUT";
    snprintf(target, sizeof(target), "/t/_doc/%u?%s", operation->id, refresh);
    switch (operation->kind) {
    case INDEX: qd_model_source(&operation->after, &body); break;
    case CREATE:
        snprintf(target, sizeof(target), "/t/_create/%u?%s", operation->id, refresh);
        qd_model_source(&operation->after, &body);
        break;
    case UPDATE:
        method = "POST";
        snprintf(target, sizeof(target), "/t/_update/%u?%s", operation->id, refresh);
        qd_buffer_format(&body, "{\"doc\":{\"n\":%lld}}", (long long)operation->after.number);
        break;
    case DELETE: method = "DELETE"; break;
    case INDEX_IF:
        snprintf(target, sizeof(target), "/t/_doc/%u?if_seq_no=%lld&if_primary_term=%lld", operation->id,
                 (long long)slot->seq_no + (operation->must_conflict ? 1 + (long long)qd_draw(run, 3) : 0),
                 (long long)slot->term);
        qd_model_source(&operation->after, &body);
        break;
    }
    qd_client_send(run, method, target, qd_buffer_view(&body), answered, batch);
    qd_buffer_deinit(&body);
}

static void send_bulk(struct qd_run *run, struct batch *batch)
{
    struct qd_buffer body = { 0 };
    for (uint32_t i = 0; i < batch->count; i++) {
        const struct operation *operation = &batch->operations[i];
        static const char *const names[] = { "index", "create", "update", "delete", "index" };
        qd_buffer_format(&body, "{\"%s\":{\"_id\":\"%u\"}}\n", names[operation->kind], operation->id);
        if (operation->kind == UPDATE) {
            qd_buffer_format(&body, "{\"doc\":{\"n\":%lld}}\n", (long long)operation->after.number);
        } else if (operation->kind != DELETE) {
            qd_model_source(&operation->after, &body);
            qd_buffer_text(&body, "\n");
        }
    }
    qd_client_send(run, "POST", qd_draw(run, 6) == 0 ? "/t/_bulk?refresh=true" : "/t/_bulk",
                   qd_buffer_view(&body), answered, batch);
    qd_buffer_deinit(&body);
}

static void write_documents(struct qd_run *run)
{
    struct batch *batch = QD_NEW(run->arena, struct batch);
    uint32_t wanted = qd_draw(run, 3) == 0 ? 1 + (uint32_t)qd_draw(run, 8) : 0;
    batch->bulk = wanted > 0;
    for (uint32_t i = 0; i < (batch->bulk ? wanted : 1); i++) {
        if (draw_operation(run, &batch->operations[batch->count], batch->bulk)) batch->count++;
    }
    if (batch->count == 0) return;
    if (batch->bulk) {
        send_bulk(run, batch);
    } else {
        send_single(run, batch);
    }
}

/* Calls whose answer only must not be an error without a fault. */
static void maintained(struct qd_request *request)
{
    struct qd_run *run = request->run;
    int64_t failed = 0;
    qd_json_int64(qd_json_get(qd_json_get(request->answer.root, "_shards"), "failed"), &failed);
    bool fine = request->status == 200 && failed == 0;
    if (!fine && !run->faulty && !run->damaged && !qd_fake_env_crashed(run->env)) {
        qd_run_fail(run, "maintenance: status %d without a fault", request->status);
    }
}

static void maintain(struct qd_run *run)
{
    switch (qd_draw(run, 6)) {
    case 0:
    case 1: qd_client_send(run, "POST", "/t/_refresh", (struct qd_slice){ 0 }, maintained, NULL); break;
    case 2:
    case 3: qd_client_send(run, "POST", "/t/_flush", (struct qd_slice){ 0 }, maintained, NULL); break;
    case 4:
        qd_client_send(run, "POST", "/t/_forcemerge?max_num_segments=1", (struct qd_slice){ 0 }, maintained,
                       NULL);
        break;
    default: {
        char body[96];
        int size = snprintf(body, sizeof(body), "{\"properties\":{\"x%u\":{\"type\":\"long\"}}}",
                            (unsigned)qd_draw(run, 5));
        qd_client_send(run, "PUT", "/t/_mapping", qd_slice_make(body, (size_t)size), maintained, NULL);
        break;
    }
    }
}

void qd_workload_step(struct qd_run *run)
{
    uint64_t choice = qd_draw(run, 100);
    if (choice < 78) {
        write_documents(run);
    } else if (choice < 92) {
        maintain(run);
    } else if (choice < 97) {
        qd_client_drain(run);
        if (run->end == QD_RUN_GOES_ON) qd_check_documents(run, false);
    } else {
        qd_client_drain(run);
        if (run->end == QD_RUN_GOES_ON) qd_check_searches(run);
    }
}
