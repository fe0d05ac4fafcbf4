/* Getting aliases, and whether they exist. */
#include "base/java_order.h"
#include "base/vector.h"
#include "base/wildcard.h"
#include "coordinator/blocks.h"
#include "coordinator/index_call.h"
#include "coordinator/index_view.h"
#include "coordinator/operations.h"

QD_VECTOR_TYPE(alias_list, const struct qd_alias *);
QD_VECTOR_TYPE(name_list, struct qd_slice);

struct request {
    struct qd_call *call;
    struct qd_slice *names; /* names[name_count]: patterns, "-x" excludes */
    size_t name_count;
    bool named; /* a name was given at all */
    struct qd_resolved *indices;
    size_t count;
    struct alias_list *found; /* found[count] */
};

static bool is_all(struct qd_slice name)
{
    return qd_slice_is(name, "_all");
}

static bool wants(const struct request *request, struct qd_slice alias)
{
    bool matched = request->name_count == 0;
    for (size_t i = 0; i < request->name_count; i++) {
        struct qd_slice name = request->names[i];
        if (name.data[0] == '-') {
            if (matched) matched = !qd_simple_match(qd_slice_from(name, 1), alias);
        } else if (!matched) {
            matched = is_all(name) || qd_simple_match(name, alias);
        }
    }
    return matched;
}

static void find(struct request *request)
{
    struct qd_arena *arena = request->call->arena;
    request->found = QD_NEW_ARRAY(arena, struct alias_list, request->count);
    for (size_t i = 0; i < request->count; i++) {
        const struct qd_map *aliases = &request->indices[i].index->aliases;
        for (size_t a = 0; a < aliases->entry_count; a++) {
            if (aliases->entries[a].removed || !wants(request, aliases->entries[a].key)) continue;
            *QD_PUSH(arena, &request->found[i]) = aliases->entries[a].value;
        }
    }
}

static bool was_found(const struct request *request, struct qd_slice name)
{
    for (size_t i = 0; i < request->count; i++) {
        for (size_t a = 0; a < request->found[i].count; a++) {
            if (qd_slice_equal(request->found[i].data[a]->name, name)) return true;
        }
    }
    return false;
}

static bool is_excluded(const struct request *request, size_t place, size_t first_pattern)
{
    size_t from = place + 1 > first_pattern ? place + 1 : first_pattern;
    for (size_t i = from; i < request->name_count; i++) {
        if (request->names[i].data[0] != '-') continue;
        struct qd_slice pattern = qd_slice_from(request->names[i], 1);
        if (is_all(pattern) || qd_simple_match(pattern, request->names[place])) return true;
    }
    return false;
}

static void add_missing(struct name_list *missing, struct qd_slice name, struct qd_arena *arena)
{
    size_t place = 0;
    while (place < missing->count && qd_slice_compare(missing->data[place], name) < 0) place++;
    if (place < missing->count && qd_slice_equal(missing->data[place], name)) return;
    (void)QD_PUSH(arena, missing);
    for (size_t i = missing->count - 1; i > place; i--) missing->data[i] = missing->data[i - 1];
    missing->data[place] = name;
}

/* Names that were asked for plainly, are not excluded again, and are not there; ascending. */
static void find_missing(const struct request *request, struct name_list *missing)
{
    size_t first_pattern = request->name_count;
    for (size_t i = request->name_count; i > 0; i--) {
        if (qd_is_simple_pattern(request->names[i - 1])) first_pattern = i - 1;
    }
    for (size_t i = 0; i < request->name_count; i++) {
        struct qd_slice name = request->names[i];
        if (is_all(name) || qd_is_simple_pattern(name) || (i > first_pattern && name.data[0] == '-')) {
            continue;
        }
        if (is_excluded(request, i, first_pattern) || was_found(request, name)) continue;
        add_missing(missing, name, request->call->arena);
    }
}

static void write_missing(const struct name_list *missing, struct qd_json_writer *writer)
{
    struct qd_buffer text = { 0 };
    qd_buffer_text(&text, missing->count == 1 ? "alias [" : "aliases [");
    for (size_t i = 0; i < missing->count; i++) {
        qd_buffer_format(&text, "%s%.*s", i == 0 ? "" : ",", QD_SLICE_ARG(missing->data[i]));
    }
    qd_buffer_text(&text, "] missing");
    qd_json_member_string(writer, "error", qd_buffer_view(&text));
    qd_json_member_int(writer, "status", 404);
    qd_buffer_deinit(&text);
}

/* The map holds what has aliases first, then, when no names were given, the others; so its order is that of
 * insertion. */
static size_t *java_order(const struct request *request, size_t *shown)
{
    struct qd_arena *arena = request->call->arena;
    struct qd_slice *names = QD_NEW_ARRAY(arena, struct qd_slice, request->count);
    size_t *places = QD_NEW_ARRAY(arena, size_t, request->count);
    size_t count = 0;
    for (int with = 1; with >= 0; with--) {
        for (size_t i = 0; i < request->count; i++) {
            bool has = request->found[i].count > 0;
            if (has != (with == 1) || (!has && request->name_count > 0)) continue;
            names[count] = request->indices[i].index->name;
            places[count++] = i;
        }
    }
    size_t *order = qd_java_map_order(arena, names, count, 16);
    for (size_t i = 0; i < count; i++) order[i] = places[order[i]];
    *shown = count;
    return order;
}

static void respond(const struct request *request)
{
    struct qd_json_writer writer = qd_call_writer(request->call);
    struct name_list missing = { 0 };
    size_t shown;
    find_missing(request, &missing);
    size_t *order = java_order(request, &shown);
    qd_json_begin_object(&writer);
    if (missing.count > 0) write_missing(&missing, &writer);
    for (size_t i = 0; i < shown; i++) {
        const struct alias_list *found = &request->found[order[i]];
        if (request->named && found->count == 0) continue;
        qd_json_name_slice(&writer, request->indices[order[i]].index->name);
        qd_json_begin_object(&writer);
        qd_json_member_object(&writer, "aliases");
        for (size_t a = 0; a < found->count; a++) qd_index_view_alias(found->data[a], &writer);
        qd_json_end_object(&writer);
        qd_json_end_object(&writer);
    }
    qd_json_end_object(&writer);
    qd_call_finish(request->call, missing.count > 0 ? 404 : 200);
}

static enum qd_status prepare(struct qd_coordinator *coordinator, struct request *request)
{
    struct qd_call *call = request->call;
    struct qd_slice name = qd_call_parameter(call, "name");
    struct qd_indices_options options = qd_options_open_closed();
    bool local = false;
    options.expand_hidden = true;
    request->named = name.data != NULL;
    if (!is_all(name)) request->name_count = qd_call_list(call, "name", &request->names);
    QD_TRY(qd_call_bool(call, "local", &local, &call->error));
    QD_TRY(qd_resolve_call(call, qd_cluster_service_state(coordinator->cluster), options, &request->indices,
                           &request->count));
    return qd_check_all_blocks(request->indices, request->count, QD_BLOCK_METADATA_READ, call->arena,
                               &call->error);
}

void qd_coordinator_get_alias(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct request request = { .call = call };
    if (prepare(coordinator, &request) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    find(&request);
    respond(&request);
}

void qd_coordinator_alias_exists(struct qd_coordinator *coordinator, struct qd_call *call)
{
    qd_coordinator_get_alias(coordinator, call);
}
