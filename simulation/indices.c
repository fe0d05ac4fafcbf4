/* Indices as a whole: creation, deletion, opening, closing, aliases, settings, mappings, and their model. */
#include <stdio.h>

#include "base/number.h"
#include "simulation/client.h"

static const char *const names[QD_SIM_INDICES] = { "t", "u" };
static const char *const aliases[QD_SIM_ALIASES] = { "a", "b" };
static const char *const field_types[QD_SIM_FIELDS] = { "long", "keyword", "text", "boolean", "double" };

/* The model of an index whose refresh interval was not set: its refreshes may be skipped. */
#define INTERVAL_NOT_SET 0

/* ---- values that may be uncertain ---- */

static void value_set(struct qd_sim_value *value, int64_t candidate)
{
    value->candidates[0] = candidate;
    value->count = 1;
}

static bool value_may_be(const struct qd_sim_value *value, int64_t candidate)
{
    for (uint32_t i = 0; i < value->count; i++) {
        if (value->candidates[i] == candidate) return true;
    }
    return false;
}

static void value_add(struct qd_run *run, struct qd_sim_value *value, int64_t candidate)
{
    if (value_may_be(value, candidate)) return;
    if (value->count == QD_SIM_CANDIDATES) {
        run->end = QD_RUN_DETECTED;
    } else {
        value->candidates[value->count++] = candidate;
    }
}

/* ---- the model ---- */

void qd_indices_init(struct qd_run *run)
{
    for (uint32_t i = 0; i < QD_SIM_INDICES; i++) {
        struct qd_sim_index *index = &run->indices[i];
        index->name = names[i];
        index->ids = i == 0 ? QD_MODEL_IDS : QD_MODEL_IDS / 4;
        index->states = QD_SIM_MISSING;
        qd_model_init(&index->model);
    }
    value_set(&run->aliases, 0);
}

uint32_t qd_sim_index_named(struct qd_slice name)
{
    uint32_t i = 0;
    while (i < QD_SIM_INDICES && !qd_slice_is(name, names[i])) i++;
    return i;
}

bool qd_sim_is_open(const struct qd_sim_index *index)
{
    return index->states == QD_SIM_OPEN && !index->changing;
}

static uint32_t place_of(const struct qd_run *run, const struct qd_sim_index *index)
{
    return (uint32_t)(index - run->indices);
}

static int64_t members_of_index(uint32_t place)
{
    int64_t bits = 0;
    for (uint32_t a = 0; a < QD_SIM_ALIASES; a++) bits |= (int64_t)1 << (a * QD_SIM_INDICES + place);
    return bits;
}

/* The index was deleted: nothing is left of it. */
static void forget(struct qd_run *run, struct qd_sim_index *index)
{
    struct qd_sim_value before = run->aliases;
    qd_model_init(&index->model);
    index->generation++;
    index->fields = index->fields_maybe = 0;
    run->aliases.count = 0;
    for (uint32_t i = 0; i < before.count; i++) {
        value_add(run, &run->aliases, before.candidates[i] & ~members_of_index(place_of(run, index)));
    }
}

/* Indices of an alias, when that is certain; 0 when it is not, or has none, or one is not open. */
static uint32_t alias_members(const struct qd_run *run, uint32_t alias)
{
    uint32_t members = (uint32_t)(run->aliases.candidates[0] >> (alias * QD_SIM_INDICES));
    members &= (1u << QD_SIM_INDICES) - 1;
    if (run->aliases.count != 1 || run->aliasing) return 0;
    for (uint32_t i = 0; i < QD_SIM_INDICES; i++) {
        if ((members & (1u << i)) != 0 && !qd_sim_is_open(&run->indices[i])) return 0;
    }
    return members;
}

uint32_t qd_sim_draw_indices(struct qd_run *run, char *expression, size_t size)
{
    uint32_t open = 0;
    bool certain = true;
    for (uint32_t i = 0; i < QD_SIM_INDICES; i++) {
        const struct qd_sim_index *index = &run->indices[i];
        if (qd_sim_is_open(index)) open |= 1u << i;
        if (index->changing || (index->states & (index->states - 1)) != 0) certain = false;
    }
    uint64_t choice = qd_draw(run, 8);
    uint32_t members = choice < 2 ? alias_members(run, (uint32_t)choice) : 0;
    if (members != 0) {
        snprintf(expression, size, "%s", aliases[choice]);
        return members;
    }
    if (choice == 2 && certain && open != 0) {
        snprintf(expression, size, "%s", qd_draw(run, 2) == 0 ? "*" : "_all");
        return open;
    }
    if ((open & 3) == 3 && choice < 6) {
        snprintf(expression, size, "%s", choice == 3 ? "u,t" : "t,u");
        return open;
    }
    uint32_t only = (open & 1) != 0 && (choice != 7 || (open & 2) == 0) ? 0 : 1;
    if ((open & (1u << only)) == 0) return 0;
    snprintf(expression, size, "%s", names[only]);
    return 1u << only;
}

/* ---- state changes ---- */

enum change_kind { CREATE, DELETE, OPEN, CLOSE };

struct change {
    enum change_kind kind;
    struct qd_sim_index *index;
    uint32_t before, after; /* states */
    int64_t interval;       /* CREATE */
};

/* What a certain change must be answered. */
static int expected_status(const struct change *change)
{
    bool missing = change->before == QD_SIM_MISSING;
    if (change->kind == CREATE) return missing ? 200 : 400;
    return missing ? 404 : 200;
}

static void change_answered(struct qd_request *request)
{
    struct change *change = request->context;
    struct qd_sim_index *index = change->index;
    struct qd_run *run = request->run;
    index->changing = false;
    index->epoch++;
    if (request->status >= 500 || request->status == 429) {
        if (!qd_run_excused(run)) {
            qd_run_fail(run, "index %s, change %d: status %d without a fault", index->name, change->kind,
                        request->status);
        }
        index->states |= change->after;
        if (change->kind == CREATE) value_add(run, &index->interval, change->interval);
        return;
    }
    if (request->status != expected_status(change)) {
        qd_run_fail(run, "index %s, change %d from state %u: status %d", index->name, change->kind,
                    change->before, request->status);
    }
    if (request->status != 200) {
        index->states = change->before;
        return;
    }
    index->states = change->after;
    if (change->kind == DELETE || change->kind == CLOSE) index->endings++;
    if (change->kind == DELETE) forget(run, index);
    if (change->kind == CREATE) value_set(&index->interval, change->interval);
}

static void creation_body(struct qd_run *run, struct change *change, struct qd_buffer *body)
{
    struct qd_sim_index *index = change->index;
    index->shards = 1 + (uint32_t)(qd_draw(run, 3) == 0 ? qd_draw(run, 3) : 0);
    change->interval = qd_draw(run, 3) == 0 ? INTERVAL_NOT_SET : 10 + (int64_t)qd_draw(run, 2000);
    qd_buffer_format(body, "{\"settings\":{\"number_of_shards\":%u,\"number_of_replicas\":0,",
                     index->shards);
    if (change->interval != INTERVAL_NOT_SET) {
        qd_buffer_format(body, "\"refresh_interval\":\"%lldms\",", (long long)change->interval);
    }
    qd_buffer_format(
        body,
        "\"search.idle.after\":\"%ums\","
        "\"translog.flush_threshold_size\":\"%ub\",\"translog.generation_threshold_size\":\"%ub\","
        "\"merge.policy.segments_per_tier\":%u,\"merge.policy.max_merge_at_once\":%u,"
        "\"merge.policy.floor_segment\":\"%ub\",\"codec\":\"%s\",\"allocation.max_retries\":1000000},"
        "\"mappings\":{\"properties\":{\"n\":{\"type\":\"long\"},\"k\":{\"type\":\"keyword\"},"
        "\"t\":{\"type\":\"text\"},\"p\":{\"type\":\"keyword\",\"index\":false,\"doc_values\":false}}}}",
        (unsigned)qd_draw(run, 2000), 200 + (unsigned)qd_draw(run, 20000),
        200 + (unsigned)qd_draw(run, 5000), 2 + (unsigned)qd_draw(run, 8), 2 + (unsigned)qd_draw(run, 8),
        1 + (unsigned)qd_draw(run, 100000), qd_draw(run, 2) == 0 ? "default" : "best_compression");
}

static void start_change(struct qd_run *run, struct qd_sim_index *index, enum change_kind kind)
{
    struct change *change = QD_NEW(run->arena, struct change);
    struct qd_buffer body = { 0 };
    char target[32];
    *change = (struct change){ .kind = kind, .index = index, .before = index->states };
    const char *method = "POST";
    bool missing = index->states == QD_SIM_MISSING;
    switch (kind) {
    case CREATE:
        method = "PUT";
        snprintf(target, sizeof(target), "/%s", index->name);
        creation_body(run, change, &body);
        change->after = missing ? QD_SIM_OPEN : index->states;
        break;
    case DELETE:
        method = "DELETE";
        snprintf(target, sizeof(target), "/%s", index->name);
        change->after = QD_SIM_MISSING;
        break;
    case OPEN:
    case CLOSE:
        snprintf(target, sizeof(target), "/%s/%s", index->name, kind == OPEN ? "_open" : "_close");
        change->after = missing ? QD_SIM_MISSING : kind == OPEN ? QD_SIM_OPEN : QD_SIM_CLOSED;
        break;
    }
    index->changing = true;
    index->epoch++;
    qd_client_send(run, method, target, qd_buffer_view(&body), change_answered, change);
    qd_buffer_deinit(&body);
}

void qd_indices_make(struct qd_run *run, uint32_t place)
{
    start_change(run, &run->indices[place], CREATE);
    qd_client_drain(run);
}

/* ---- aliases ---- */

static void aliases_answered(struct qd_request *request)
{
    struct qd_run *run = request->run;
    int64_t wanted = *(int64_t *)request->context;
    run->aliasing = false;
    if (request->status == 200) {
        value_set(&run->aliases, wanted);
    } else if (!qd_run_excused(run)) {
        qd_run_fail(run, "change of aliases: status %d", request->status);
    } else {
        value_add(run, &run->aliases, wanted);
    }
}

/* Adds or removes members of an alias, several in one request: all of them change, or none. */
static void change_aliases(struct qd_run *run)
{
    struct qd_buffer body = { 0 };
    int64_t *wanted = QD_NEW(run->arena, int64_t);
    uint32_t actions = 0;
    if (run->aliasing || run->aliases.count != 1) return;
    *wanted = run->aliases.candidates[0];
    for (uint32_t i = 0; i < QD_SIM_INDICES; i++) {
        uint32_t states = run->indices[i].states;
        if (run->indices[i].changing || (states != QD_SIM_OPEN && states != QD_SIM_CLOSED)) return;
    }
    qd_buffer_text(&body, "{\"actions\":[");
    for (uint32_t bit = 0; bit < QD_SIM_ALIASES * QD_SIM_INDICES; bit++) {
        if (qd_draw(run, 2) == 0) continue;
        bool there = (*wanted & ((int64_t)1 << bit)) != 0;
        qd_buffer_format(&body, "%s{\"%s\":{\"index\":\"%s\",\"alias\":\"%s\"}}", actions > 0 ? "," : "",
                         there ? "remove" : "add", names[bit % QD_SIM_INDICES],
                         aliases[bit / QD_SIM_INDICES]);
        *wanted ^= (int64_t)1 << bit;
        actions++;
    }
    qd_buffer_text(&body, "]}");
    if (actions > 0) {
        run->aliasing = true;
        qd_client_send(run, "POST", "/_aliases", qd_buffer_view(&body), aliases_answered, wanted);
    }
    qd_buffer_deinit(&body);
}

/* ---- settings and mappings ---- */

struct update {
    struct qd_sim_index *index;
    uint64_t epoch, generation;
    int64_t interval;
    uint32_t field;
};

/* True when the answer says something about the index that there is now. */
static bool update_counts(struct qd_run *run, const struct update *update, int status)
{
    if (update->generation != update->index->generation) return false;
    bool raced = update->epoch != update->index->epoch || update->index->changing;
    if (status != 200 && !qd_run_excused(run) && !raced) {
        qd_run_fail(run, "index %s: an update of settings or mappings has status %d", update->index->name,
                    status);
    }
    return true;
}

static void setting_answered(struct qd_request *request)
{
    struct update *update = request->context;
    struct qd_run *run = request->run;
    update->index->setting = false;
    if (!update_counts(run, update, request->status)) return;
    if (request->status == 200) {
        value_set(&update->index->interval, update->interval);
    } else if (request->status >= 429) {
        value_add(run, &update->index->interval, update->interval);
    }
}

static void mapping_answered(struct qd_request *request)
{
    struct update *update = request->context;
    if (!update_counts(request->run, update, request->status)) return;
    if (request->status == 200) update->index->fields |= 1u << update->field;
}

static void start_update(struct qd_run *run, struct qd_sim_index *index, bool mapping)
{
    struct update *update = QD_NEW(run->arena, struct update);
    struct qd_buffer body = { 0 };
    char target[32];
    if (index->changing || index->states != QD_SIM_OPEN || (!mapping && index->setting)) return;
    snprintf(target, sizeof(target), "/%s/%s", index->name, mapping ? "_mapping" : "_settings");
    *update = (struct update){ .index = index, .epoch = index->epoch, .generation = index->generation };
    if (mapping) {
        update->field = (uint32_t)qd_draw(run, QD_SIM_FIELDS);
        index->fields_maybe |= 1u << update->field;
        qd_buffer_format(&body, "{\"properties\":{\"y%u\":{\"type\":\"%s\"}}}", update->field,
                         field_types[update->field]);
    } else {
        update->interval = 10 + (int64_t)qd_draw(run, 5000);
        index->setting = true;
        qd_buffer_format(&body, "{\"index\":{\"refresh_interval\":\"%lldms\"}}", (long long)update->interval);
    }
    qd_client_send(run, "PUT", target, qd_buffer_view(&body), mapping ? mapping_answered : setting_answered,
                   update);
    qd_buffer_deinit(&body);
}

/* Which change suits the state: sensible ones mostly, senseless ones at times. */
static enum change_kind draw_change(struct qd_run *run, const struct qd_sim_index *index)
{
    uint64_t choice = qd_draw(run, 10);
    if (choice == 0) return (enum change_kind)qd_draw(run, 4);
    if (index->states == QD_SIM_MISSING) return CREATE;
    if (index->states == QD_SIM_CLOSED) return choice < 8 ? OPEN : DELETE;
    return choice < 6 ? CLOSE : DELETE;
}

void qd_indices_change(struct qd_run *run)
{
    uint64_t choice = qd_draw(run, 12);
    if (choice < 2) {
        change_aliases(run);
        return;
    }
    struct qd_sim_index *index = &run->indices[qd_draw(run, 2)];
    if (choice < 6) {
        start_update(run, index, choice < 4);
        return;
    }
    /* The first index lives long, so that it grows old segments; the second one comes and goes. */
    if (place_of(run, index) == 0 && qd_draw(run, 6) != 0) index = &run->indices[1];
    bool certain = (index->states & (index->states - 1)) == 0;
    if (index->changing || run->aliasing || !certain) return;
    start_change(run, index, draw_change(run, index));
}

/* ---- checks ---- */

static void check_fields(struct qd_run *run, struct qd_sim_index *index, const struct qd_json *mappings,
                         bool settle)
{
    const struct qd_json *properties = qd_json_get(qd_json_get(mappings, "_doc"), "properties");
    uint32_t seen = 0;
    for (uint32_t i = 0; i < QD_SIM_FIELDS; i++) {
        char name[8];
        snprintf(name, sizeof(name), "y%u", i);
        const struct qd_json *field = qd_json_get(properties, name);
        if (field == NULL) continue;
        seen |= 1u << i;
        if (!qd_slice_is(qd_json_text(qd_json_get(field, "type")), field_types[i])) {
            qd_run_fail(run, "index %s: field %s has another type than it was given", index->name, name);
        }
    }
    if ((index->fields & ~seen) != 0) {
        qd_run_fail(run, "index %s: a field that was mapped is lost (fields %x, seen %x)", index->name,
                    index->fields, seen);
    }
    if ((seen & ~index->fields_maybe) != 0) {
        qd_run_fail(run, "index %s: a field is mapped that nobody has mapped", index->name);
    }
    if (settle) index->fields = index->fields_maybe = seen;
}

static void check_setting(struct qd_run *run, struct qd_sim_index *index, const struct qd_json *settings,
                          bool settle)
{
    struct qd_slice text = qd_json_text(qd_json_get(qd_json_get(settings, "index"), "refresh_interval"));
    int64_t interval;
    bool number = text.size > 2 && qd_parse_int64(qd_slice_sub(text, 0, text.size - 2), &interval);
    if (text.size == 0) {
        interval = INTERVAL_NOT_SET;
        number = true;
    }
    if (!number || !value_may_be(&index->interval, interval)) {
        qd_run_fail(run, "index %s: refresh_interval is %.*s, expected %lldms", index->name,
                    QD_SLICE_ARG(text), (long long)index->interval.candidates[0]);
    } else if (settle) {
        value_set(&index->interval, interval);
    }
}

static int64_t seen_aliases(const struct qd_json *metadata, uint32_t place)
{
    int64_t bits = 0;
    struct qd_json_iterator at = qd_json_iterate(qd_json_get(metadata, "aliases"));
    while (qd_json_next(&at)) {
        for (uint32_t a = 0; a < QD_SIM_ALIASES; a++) {
            if (!qd_slice_is(qd_json_text(at.value), aliases[a])) continue;
            bits |= (int64_t)1 << (a * QD_SIM_INDICES + place);
        }
    }
    return bits;
}

static void check_index(struct qd_run *run, struct qd_sim_index *index, const struct qd_json *metadata,
                        bool settle)
{
    uint32_t state = QD_SIM_MISSING;
    if (metadata != NULL) {
        bool closed = qd_slice_is(qd_json_text(qd_json_get(metadata, "state")), "close");
        state = closed ? QD_SIM_CLOSED : QD_SIM_OPEN;
    }
    if ((index->states & state) == 0) {
        qd_run_fail(run, "index %s is in state %u, expected %u", index->name, state, index->states);
        return;
    }
    if (settle && state == QD_SIM_MISSING && index->states != QD_SIM_MISSING) forget(run, index);
    if (settle) index->states = state;
    if (metadata == NULL) return;
    if (settle) {
        int64_t shards = 0;
        const struct qd_json *settings = qd_json_get(qd_json_get(metadata, "settings"), "index");
        if (qd_parse_int64(qd_json_text(qd_json_get(settings, "number_of_shards")), &shards)) {
            index->shards = (uint32_t)shards;
        }
    }
    check_fields(run, index, qd_json_get(metadata, "mappings"), settle);
    check_setting(run, index, qd_json_get(metadata, "settings"), settle);
}

void qd_indices_check(struct qd_run *run, bool settle)
{
    struct qd_request *request = qd_client_call(run, "GET", "/_cluster/state/metadata",
                                                (struct qd_slice){ 0 });
    if (qd_client_usable(run, request, "cluster state") && run->end == QD_RUN_GOES_ON) {
        const struct qd_json *indices = qd_json_get(qd_json_get(request->answer.root, "metadata"), "indices");
        int64_t members = 0;
        for (uint32_t i = 0; i < QD_SIM_INDICES; i++) {
            const struct qd_json *metadata = qd_json_get(indices, names[i]);
            check_index(run, &run->indices[i], metadata, settle);
            members |= seen_aliases(metadata, i);
        }
        if (!value_may_be(&run->aliases, members)) {
            qd_run_fail(run, "aliases are %llx, expected %llx", (unsigned long long)members,
                        (unsigned long long)run->aliases.candidates[0]);
        }
        if (settle) value_set(&run->aliases, members);
    }
    qd_client_free(request);
}
