/* Scrolls and points in time: each must give every matching document of its snapshot exactly once, whatever
 * is written, merged or deleted meanwhile. */
#include <stdio.h>
#include <string.h>

#include "simulation/query.h"

#define ID_SIZE 4096
#define LONG_KEEP_ALIVE_MS 3600000

/* One scroll or point in time and what it must give. */
struct qd_sim_reader {
    struct qd_arena *arena;
    struct qd_run *run;
    uint32_t place;                       /* in run->readers */
    bool pit, sorted;
    bool busy;                            /* a request is under way */
    bool freed;                           /* by the client: nothing may be found any more */
    struct qd_sim_query query;
    uint32_t indices;                     /* bits */
    uint64_t epochs;                      /* sum over the indices when it was opened */
    uint64_t endings;                     /* likewise */
    bool must_be_gone;                    /* an index had been closed or deleted before the page */
    struct qd_model_slot *slots;          /* the snapshot: index * QD_MODEL_IDS + id */
    bool seen[QD_SIM_INDICES * QD_MODEL_IDS];
    uint32_t seen_count;
    uint32_t passes;                      /* a point in time is read more than once */
    bool at_start;                        /* of a pass */
    int64_t last[2];                      /* sort values of the last hit of a sorted point in time */
    uint32_t page_size;
    int64_t keep_alive_ms;
    struct qd_instant used;               /* when its last request was answered */
    char id[ID_SIZE];
};

static uint64_t epochs_now(const struct qd_run *run, uint32_t indices)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < QD_SIM_INDICES; i++) {
        if ((indices & (1u << i)) != 0) sum += run->indices[i].epoch;
    }
    return sum;
}

static uint64_t endings_now(const struct qd_run *run, uint32_t indices)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < QD_SIM_INDICES; i++) {
        if ((indices & (1u << i)) != 0) sum += run->indices[i].endings;
    }
    return sum;
}

static void drop(struct qd_sim_reader *reader)
{
    reader->run->readers[reader->place] = NULL;
    qd_arena_destroy(reader->arena);
}

/* True when the contexts may be gone: their time may be over, or an index was closed or deleted. */
static bool may_be_gone(const struct qd_sim_reader *reader)
{
    struct qd_env *env = reader->run->env;
    struct qd_duration idle = qd_instant_since(env->clock->monotonic(env), reader->used);
    if (reader->freed || qd_run_excused(reader->run)) return true;
    return idle.nanoseconds / 1000000 >= reader->keep_alive_ms ||
           epochs_now(reader->run, reader->indices) != reader->epochs;
}

/* ---- hits ---- */

static const struct qd_model_slot *slot_of_hit(struct qd_sim_reader *reader, const struct qd_json *hit)
{
    uint32_t index = qd_sim_index_named(qd_json_text(qd_json_get(hit, "_index")));
    int64_t id = -1;
    if (index == QD_SIM_INDICES || (reader->indices & (1u << index)) == 0 ||
        !qd_json_int64(qd_json_get(hit, "_id"), &id) || id < 0 || id >= QD_MODEL_IDS) {
        qd_run_fail(reader->run, "a page has a hit of an unknown index or id");
        return NULL;
    }
    size_t place = index * QD_MODEL_IDS + (size_t)id;
    if (reader->seen[place]) {
        qd_run_fail(reader->run, "document %lld comes twice in a %s", (long long)id,
                    reader->pit ? "point in time" : "scroll");
        return NULL;
    }
    reader->seen[place] = true;
    reader->seen_count++;
    return &reader->slots[place];
}

static void check_hit(struct qd_sim_reader *reader, const struct qd_json *hit)
{
    struct qd_model_document document;
    const struct qd_model_slot *slot = slot_of_hit(reader, hit);
    bool found = false;
    if (slot == NULL) return;
    if (!qd_model_parse(qd_json_get(hit, "_source"), &document)) {
        qd_run_fail(reader->run, "a page has a hit with a wrong source");
        return;
    }
    for (uint32_t i = 0; i < slot->candidate_count; i++) {
        if (qd_model_equal(&slot->candidates[i], &document)) found = true;
    }
    if (!found || !qd_sim_query_matches(&reader->query, &document)) {
        qd_run_fail(reader->run, "a page has a hit that is not in the snapshot, or does not match");
    }
    struct qd_json_iterator value = qd_json_iterate(qd_json_get(hit, "sort"));
    int64_t sort[2] = { 0 };
    for (int i = 0; i < 2 && qd_json_next(&value); i++) qd_json_int64(value.value, &sort[i]);
    if (!reader->sorted) return;
    if (sort[0] != document.number || (!reader->at_start && sort[0] < reader->last[0])) {
        qd_run_fail(reader->run, "pages are not in order of n");
    }
    memcpy(reader->last, sort, sizeof(sort));
    reader->at_start = false;
}

/* At the end of a pass every certain match has come. */
static void check_complete(struct qd_sim_reader *reader)
{
    for (size_t place = 0; place < QD_SIM_INDICES * QD_MODEL_IDS; place++) {
        const struct qd_model_slot *slot = &reader->slots[place];
        if (slot->candidate_count != 1 || reader->seen[place]) continue;
        if (!qd_sim_query_matches(&reader->query, &slot->candidates[0])) continue;
        qd_run_fail(reader->run, "document %zu of index %zu never came in a %s", place % QD_MODEL_IDS,
                    place / QD_MODEL_IDS, reader->pit ? "point in time" : "scroll");
    }
}

static void start_pass(struct qd_sim_reader *reader)
{
    memset(reader->seen, 0, sizeof(reader->seen));
    reader->seen_count = 0;
    reader->at_start = true;
    reader->page_size = 1 + (uint32_t)qd_draw(reader->run, 20);
    reader->passes++;
}

/* Hits of a page; an empty one ends the pass. */
static void take_page(struct qd_sim_reader *reader, const struct qd_json *answer)
{
    const struct qd_json *hits = qd_json_get(answer, "hits");
    struct qd_json_iterator hit = qd_json_iterate(qd_json_get(hits, "hits"));
    uint32_t count = 0;
    int64_t total = -1;
    qd_json_int64(qd_json_get(qd_json_get(hits, "total"), "value"), &total);
    while (qd_json_next(&hit) && reader->run->end == QD_RUN_GOES_ON) {
        check_hit(reader, hit.value);
        count++;
    }
    if (count > reader->page_size) qd_run_fail(reader->run, "a page is larger than was asked for");
    if (count > 0 || reader->run->end != QD_RUN_GOES_ON) return;
    check_complete(reader);
    if (total != (int64_t)reader->seen_count) {
        qd_run_fail(reader->run, "the total of hits is %lld, but %u came", (long long)total,
                    reader->seen_count);
    }
    start_pass(reader);
}

static bool take_id(struct qd_sim_reader *reader, const struct qd_json *id)
{
    struct qd_slice text = qd_json_text(id);
    if (text.size == 0 || text.size >= ID_SIZE) return false;
    memcpy(reader->id, text.data, text.size);
    reader->id[text.size] = '\0';
    return true;
}

/* ---- requests ---- */

static void page_answered(struct qd_request *request)
{
    struct qd_sim_reader *reader = request->context;
    struct qd_run *run = request->run;
    const struct qd_json *answer = request->answer.root;
    int64_t failed = 0;
    reader->busy = false;
    qd_json_int64(qd_json_get(qd_json_get(answer, "_shards"), "failed"), &failed);
    if (request->status != 200 || failed > 0) {
        bool legal = request->status == 200 || request->status == 404 || request->status == 400 ||
                     (request->status >= 500 && qd_run_excused(run));
        if (!may_be_gone(reader) || !legal) {
            qd_run_fail(run, "a page of a %s: status %d, %lld shards failed",
                        reader->pit ? "point in time" : "scroll", request->status, (long long)failed);
        }
        drop(reader);
        return;
    }
    if (reader->freed || reader->must_be_gone) {
        qd_run_fail(run, "a %s goes on after it was freed%s", reader->pit ? "point in time" : "scroll",
                    reader->must_be_gone ? " with its index" : "");
        return;
    }
    reader->used = run->env->clock->monotonic(run->env);
    if (!reader->pit && !take_id(reader, qd_json_get(answer, "_scroll_id"))) {
        qd_run_fail(run, "a page has no _scroll_id");
    }
    take_page(reader, answer);
}

static void write_search(const struct qd_sim_reader *reader, struct qd_buffer *body)
{
    qd_buffer_format(body, "\"size\":%u,\"query\":", reader->page_size);
    qd_sim_query_write(&reader->query, body);
    if (reader->sorted) {
        qd_buffer_format(body, ",\"sort\":[{\"n\":\"asc\"}%s]",
                         reader->pit ? ",{\"_shard_doc\":\"asc\"}" : "");
    }
    if (reader->pit && !reader->at_start) {
        qd_buffer_format(body, ",\"search_after\":[%lld,%lld]", (long long)reader->last[0],
                         (long long)reader->last[1]);
    }
}

static void send_page(struct qd_sim_reader *reader)
{
    struct qd_buffer body = { 0 };
    long long keep_alive = (long long)reader->keep_alive_ms;
    if (reader->pit) {
        qd_buffer_format(&body, "{\"pit\":{\"id\":\"%s\",\"keep_alive\":\"%lldms\"},", reader->id,
                         keep_alive);
        write_search(reader, &body);
        qd_buffer_text(&body, "}");
    } else {
        qd_buffer_format(&body, "{\"scroll_id\":\"%s\",\"scroll\":\"%lldms\"}", reader->id, keep_alive);
    }
    reader->busy = true;
    reader->must_be_gone = endings_now(reader->run, reader->indices) != reader->endings;
    qd_client_send(reader->run, "POST", reader->pit ? "/_search" : "/_search/scroll", qd_buffer_view(&body),
                   page_answered, reader);
    qd_buffer_deinit(&body);
}

static void free_answered(struct qd_request *request)
{
    struct qd_sim_reader *reader = request->context;
    reader->busy = false;
    if (request->status != 200 && !may_be_gone(reader)) {
        qd_run_fail(request->run, "freeing a %s: status %d", reader->pit ? "point in time" : "scroll",
                    request->status);
    }
    reader->freed = true;
    /* Half of them are asked for another page, which must fail. */
    if (request->status != 200 || qd_draw(request->run, 2) == 0) drop(reader);
}

static void send_free(struct qd_sim_reader *reader)
{
    struct qd_buffer body = { 0 };
    qd_buffer_format(&body, reader->pit ? "{\"pit_id\":[\"%s\"]}" : "{\"scroll_id\":[\"%s\"]}", reader->id);
    reader->busy = true;
    qd_client_send(reader->run, "DELETE", reader->pit ? "/_search/point_in_time" : "/_search/scroll",
                   qd_buffer_view(&body), free_answered, reader);
    qd_buffer_deinit(&body);
}

/* ---- opening ---- */

static void take_snapshot(struct qd_sim_reader *reader)
{
    struct qd_run *run = reader->run;
    size_t count = QD_SIM_INDICES * QD_MODEL_IDS;
    reader->slots = QD_NEW_ARRAY(reader->arena, struct qd_model_slot, count);
    for (uint32_t i = 0; i < QD_SIM_INDICES; i++) {
        struct qd_model_slot *slots = &reader->slots[i * QD_MODEL_IDS];
        const struct qd_model_slot *from = run->indices[i].model.slots;
        bool in = (reader->indices & (1u << i)) != 0;
        for (uint32_t id = 0; id < QD_MODEL_IDS; id++) {
            if (in) slots[id] = from[id];
            else slots[id] = (struct qd_model_slot){ .candidate_count = 1 };
        }
    }
}

static bool send_open(struct qd_sim_reader *reader, const char *expression)
{
    struct qd_run *run = reader->run;
    struct qd_buffer body = { 0 };
    char target[128];
    bool fine = false;
    snprintf(target, sizeof(target), reader->pit ? "/%s/_search/point_in_time?keep_alive=%lldms"
                                                 : "/%s/_search?scroll=%lldms",
             expression, (long long)reader->keep_alive_ms);
    if (!reader->pit) {
        qd_buffer_text(&body, "{");
        write_search(reader, &body);
        qd_buffer_text(&body, "}");
    }
    struct qd_request *request = qd_client_call(run, "POST", target, qd_buffer_view(&body));
    if (qd_client_usable(run, request, "open reader") && run->end == QD_RUN_GOES_ON) {
        const struct qd_json *id = qd_json_get(request->answer.root, reader->pit ? "pit_id" : "_scroll_id");
        fine = request->status == 200 && take_id(reader, id);
        if (!fine) qd_run_fail(run, "opening a reader: status %d", request->status);
        reader->used = run->env->clock->monotonic(run->env);
        if (fine && !reader->pit) take_page(reader, request->answer.root);
    }
    qd_client_free(request);
    qd_buffer_deinit(&body);
    return fine && run->end == QD_RUN_GOES_ON;
}

/* Waits for all writes and refreshes, so that the snapshot is the model of this moment. */
static void open_reader(struct qd_run *run, uint32_t place)
{
    char expression[32];
    qd_client_drain(run);
    if (run->end != QD_RUN_GOES_ON) return;
    uint32_t indices = qd_sim_draw_indices(run, expression, sizeof(expression));
    if (indices == 0) return;
    char target[64];
    snprintf(target, sizeof(target), "/%s/_refresh", expression);
    struct qd_request *refresh = qd_client_call(run, "POST", target, (struct qd_slice){ 0 });
    bool fine = qd_client_usable(run, refresh, "refresh") && run->end == QD_RUN_GOES_ON;
    qd_client_free(refresh);
    if (!fine) return;
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_sim_reader *reader = QD_NEW(arena, struct qd_sim_reader);
    reader->arena = arena;
    reader->run = run;
    reader->place = place;
    reader->pit = qd_draw(run, 2) == 0;
    reader->sorted = reader->pit || qd_draw(run, 2) == 0;
    reader->query = qd_sim_query_draw(run);
    if (qd_draw(run, 2) == 0) reader->query.kind = 0;
    reader->indices = indices;
    reader->epochs = epochs_now(run, indices);
    reader->endings = endings_now(run, indices);
    reader->keep_alive_ms = qd_draw(run, 4) == 0 ? 200 + (int64_t)qd_draw(run, 3000) : LONG_KEEP_ALIVE_MS;
    run->readers[place] = reader;
    take_snapshot(reader);
    start_pass(reader);
    if (!send_open(reader, expression)) drop(reader);
}

void qd_readers_step(struct qd_run *run)
{
    uint32_t place = (uint32_t)qd_draw(run, QD_SIM_READERS);
    struct qd_sim_reader *reader = run->readers[place];
    if (reader == NULL) {
        if (qd_draw(run, 3) == 0) open_reader(run, place);
        return;
    }
    if (reader->busy) return;
    /* A scroll whose pass is over has nothing more to give, a point in time starts again. */
    bool over = reader->passes > (reader->pit ? 2 : 1) || qd_draw(run, 30) == 0;
    if (over && !reader->freed) {
        send_free(reader);
    } else {
        send_page(reader);
    }
}

void qd_readers_restarted(struct qd_run *run)
{
    for (uint32_t place = 0; place < QD_SIM_READERS; place++) {
        struct qd_sim_reader *reader = run->readers[place];
        if (reader == NULL) continue;
        reader->busy = false;
        reader->freed = true;
    }
}

void qd_readers_free(struct qd_run *run)
{
    for (uint32_t place = 0; place < QD_SIM_READERS; place++) {
        if (run->readers[place] != NULL) drop(run->readers[place]);
    }
}
