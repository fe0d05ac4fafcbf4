/* What fields the indices of an expression have, and what can be done with them. */
#include "base/java_order.h"
#include "base/text.h"
#include "base/vector.h"
#include "base/wildcard.h"
#include "coordinator/blocks.h"
#include "coordinator/cluster_service.h"
#include "coordinator/operations.h"
#include "coordinator/query_body.h"
#include "coordinator/resolve.h"
#include "data/data.h"
#include "data/read_messages.h"

/* One type of one field over the indices that have it so. */
struct capability {
    struct qd_slice type;
    bool metadata;
    QD_VECTOR(const struct qd_index_metadata *) indices;
    QD_VECTOR(struct qd_slice) not_searchable;
    QD_VECTOR(struct qd_slice) not_aggregatable;
    struct qd_map meta; /* key -> struct values * */
};

struct field {
    struct qd_slice name;
    QD_VECTOR(struct capability *) types;
    size_t index_count; /* indices that have the field at all */
};

struct caps;

/* A shard that is asked whether index_filter can match. */
struct filter_leg {
    struct caps *caps;
    struct qd_slice index_uuid, node_id;
    uint32_t shard;
    bool can_match; /* the answer */
};

struct caps {
    struct qd_coordinator *coordinator;
    struct qd_call *call;
    struct qd_map fields; /* name -> struct field * */
    const struct qd_slice *patterns;
    size_t pattern_count;
    bool unmapped;           /* include_unmapped */
    struct qd_slice filter;  /* index_filter as text; empty: none */
    struct filter_leg *legs; /* legs[leg_count]: all shards, when there is a filter */
    size_t leg_count;
    size_t pending;          /* legs that have not answered */
};

/* Whether index_filter leaves an index in. */
static bool is_kept(const struct caps *caps, struct qd_slice index_uuid)
{
    if (caps->filter.size == 0) return true;
    for (size_t i = 0; i < caps->leg_count; i++) {
        if (caps->legs[i].can_match && qd_slice_equal(caps->legs[i].index_uuid, index_uuid)) return true;
    }
    return false;
}

static struct capability *find_type(struct caps *caps, struct qd_slice name, struct qd_slice type)
{
    struct qd_arena *arena = caps->call->arena;
    struct field *field = qd_map_get(&caps->fields, name);
    if (field == NULL) {
        field = QD_NEW(arena, struct field);
        field->name = name;
        qd_map_put(&caps->fields, name, field);
    }
    field->index_count++;
    for (size_t i = 0; i < field->types.count; i++) {
        if (qd_slice_equal(field->types.data[i]->type, type)) return field->types.data[i];
    }
    struct capability *made = QD_NEW(arena, struct capability);
    made->type = type;
    qd_map_init(&made->meta, arena);
    *QD_PUSH(arena, &field->types) = made;
    return made;
}

struct texts {
    struct qd_slice *data;
    size_t count;
    size_t capacity;
};

static void add_meta(struct caps *caps, struct capability *capability, const struct qd_json *meta)
{
    struct qd_json_iterator at = qd_json_iterate(meta);
    while (qd_json_next(&at)) {
        struct texts *values = qd_map_get(&capability->meta, at.key);
        bool known = false;
        if (values == NULL) {
            values = QD_NEW(caps->call->arena, struct texts);
            qd_map_put(&capability->meta, at.key, values);
        }
        for (size_t i = 0; i < values->count; i++) {
            if (qd_slice_equal(values->data[i], qd_json_text(at.value))) known = true;
        }
        if (!known) *QD_PUSH(caps->call->arena, values) = qd_json_text(at.value);
    }
}

/* Some metadata can be aggregated without a column, and some has a column that is nobody's. */
static bool is_aggregatable(const struct qd_field *field)
{
    if (field->type == QD_FIELD_ID || field->type == QD_FIELD_INDEX) return true;
    if (field->type == QD_FIELD_VERSION || field->type == QD_FIELD_DOC_COUNT) return false;
    return field->column != QD_COLUMN_NONE || field->fielddata;
}

static void add_field(struct caps *caps, const struct qd_index_metadata *index, struct qd_slice name,
                      const struct qd_field *field)
{
    struct qd_arena *arena = caps->call->arena;
    const char *type = field->type == QD_FIELD_DOC_COUNT ? "long" : field->type_name;
    struct capability *capability = find_type(caps, name, qd_slice_from_string(type));
    bool aggregatable = is_aggregatable(field);
    capability->metadata = field->is_metadata;
    *QD_PUSH(arena, &capability->indices) = index;
    if (!field->indexed) *QD_PUSH(arena, &capability->not_searchable) = index->name;
    if (!aggregatable) *QD_PUSH(arena, &capability->not_aggregatable) = index->name;
    add_meta(caps, capability, field->meta);
}

static void add_object(struct caps *caps, const struct qd_index_metadata *index, struct qd_slice path)
{
    struct capability *capability = find_type(caps, path, QD_SLICE("object"));
    *QD_PUSH(caps->call->arena, &capability->indices) = index;
    *QD_PUSH(caps->call->arena, &capability->not_searchable) = index->name;
    *QD_PUSH(caps->call->arena, &capability->not_aggregatable) = index->name;
}

static bool wanted(const struct caps *caps, struct qd_slice name)
{
    return qd_simple_match_any(caps->patterns, caps->pattern_count, name);
}

/* A name that an index has, on its way into the answer. */
struct found {
    struct qd_slice name;
    const struct qd_field *field; /* NULL: an object */
};
QD_VECTOR_TYPE(found_list, struct found);

static void add_found(struct caps *caps, struct found_list *list, struct qd_slice name,
                      const struct qd_field *field)
{
    if (wanted(caps, name)) *QD_PUSH(caps->call->arena, list) = (struct found){ name, field };
}

static void find_fields(struct caps *caps, const struct qd_mapping *mapping, struct found_list *list)
{
    /* A metadata field of a kind that no mapping has yet. */
    static const struct qd_field feature = { .name = QD_SLICE_INIT("_feature"),
                                             .type_name = "_feature",
                                             .is_metadata = true };
    static const char *const metadata[] = {
        "_routing", "_doc_count",   "_index",       "_ignored",
        "_seq_no",  "_nested_path", "_field_names", "_data_stream_timestamp",
        "_source",  "_id",          "_version"
    };
    for (size_t i = 0; i < qd_mapping_field_count(mapping); i++) {
        struct qd_slice name;
        const struct qd_field *field = qd_mapping_field_at(mapping, i, &name);
        add_found(caps, list, name, field);
    }
    for (size_t i = 0; i < sizeof(metadata) / sizeof(metadata[0]); i++) {
        const struct qd_field *field = qd_mapping_field(mapping, qd_slice_from_string(metadata[i]));
        if (field != NULL) add_found(caps, list, field->name, field);
    }
    add_found(caps, list, feature.name, &feature);
}

/* Puts a list into the order in which a hash map of its names iterates. */
static void order_found(struct qd_arena *arena, struct found_list *list)
{
    struct qd_slice *names = QD_NEW_ARRAY(arena, struct qd_slice, list->count + 1);
    struct found *copy = QD_NEW_ARRAY(arena, struct found, list->count + 1);
    for (size_t i = 0; i < list->count; i++) {
        copy[i] = list->data[i];
        names[i] = copy[i].name;
    }
    const size_t *order = qd_java_map_order(arena, names, list->count, 16);
    for (size_t i = 0; i < list->count; i++) list->data[i] = copy[order[i]];
}

/* The objects above a field, from below, up to one that is known already. */
static void add_parents(const struct qd_mapping *mapping, struct qd_slice name, struct qd_map *known,
                        struct found_list *all, struct qd_arena *arena)
{
    for (size_t end = name.size; end > 0; end--) {
        if (name.data[end - 1] != '.') continue;
        struct qd_slice parent = qd_slice_sub(name, 0, end - 1);
        if (qd_map_find(known, parent) != NULL) return;
        if (!qd_mapping_is_object(mapping, parent)) continue;
        qd_map_put(known, parent, all);
        *QD_PUSH(arena, all) = (struct found){ .name = parent };
    }
}

/* Fields whose names are wanted, and the objects above them whatever their names are. */
static void add_index(struct caps *caps, const struct qd_index_metadata *index,
                      const struct qd_mapping *mapping)
{
    struct qd_arena *arena = caps->call->arena;
    struct found_list fields = { 0 };
    struct found_list all = { 0 };
    struct qd_map known;
    qd_map_init(&known, arena);
    find_fields(caps, mapping, &fields);
    order_found(arena, &fields);
    for (size_t i = 0; i < fields.count; i++) {
        qd_map_put(&known, fields.data[i].name, &fields);
        *QD_PUSH(arena, &all) = fields.data[i];
        add_parents(mapping, fields.data[i].name, &known, &all, arena);
    }
    order_found(arena, &all);
    for (size_t i = 0; i < all.count; i++) {
        const struct found *found = &all.data[i];
        if (found->field != NULL) add_field(caps, index, found->name, found->field);
        else add_object(caps, index, found->name);
    }
}

/* ---- rendering ---- */

static void write_names(const char *name, const struct qd_slice *names, size_t count,
                        struct qd_json_writer *writer)
{
    qd_json_member_array(writer, name);
    for (size_t i = 0; i < count; i++) qd_json_string(writer, names[i]);
    qd_json_end_array(writer);
}

static void write_capability(const struct capability *capability, bool several, struct qd_json_writer *writer)
{
    size_t count = capability->indices.count;
    qd_json_name_slice(writer, capability->type);
    qd_json_begin_object(writer);
    qd_json_member_string(writer, "type", capability->type);
    qd_json_member_bool(writer, "searchable", capability->not_searchable.count == 0);
    qd_json_member_bool(writer, "aggregatable", capability->not_aggregatable.count == 0);
    if (several) {
        qd_json_member_array(writer, "indices");
        for (size_t i = 0; i < count; i++) qd_json_string(writer, capability->indices.data[i]->name);
        qd_json_end_array(writer);
    }
    if (capability->not_searchable.count > 0 && capability->not_searchable.count < count) {
        write_names("non_searchable_indices", capability->not_searchable.data,
                    capability->not_searchable.count, writer);
    }
    if (capability->not_aggregatable.count > 0 && capability->not_aggregatable.count < count) {
        write_names("non_aggregatable_indices", capability->not_aggregatable.data,
                    capability->not_aggregatable.count, writer);
    }
    if (capability->meta.live_count > 0) {
        qd_json_member_object(writer, "meta");
        for (size_t i = 0; i < capability->meta.entry_count; i++) {
            const struct texts *values = capability->meta.entries[i].value;
            qd_json_name_slice(writer, capability->meta.entries[i].key);
            qd_json_begin_array(writer);
            for (size_t v = 0; v < values->count; v++) qd_json_string(writer, values->data[v]);
            qd_json_end_array(writer);
        }
        qd_json_end_object(writer);
    }
    qd_json_end_object(writer);
}

static void write_unmapped(const struct field *field, const struct qd_resolved *resolved, size_t count,
                           struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "unmapped");
    qd_json_member_text(writer, "type", "unmapped");
    qd_json_member_bool(writer, "searchable", false);
    qd_json_member_bool(writer, "aggregatable", false);
    qd_json_member_array(writer, "indices");
    for (size_t i = 0; i < count; i++) {
        bool has = false;
        for (size_t t = 0; t < field->types.count; t++) {
            for (size_t k = 0; k < field->types.data[t]->indices.count; k++) {
                if (field->types.data[t]->indices.data[k] == resolved[i].index) has = true;
            }
        }
        if (!has) qd_json_string(writer, resolved[i].index->name);
    }
    qd_json_end_array(writer);
    qd_json_end_object(writer);
}

static void write_field(const struct caps *caps, const struct field *field,
                        const struct qd_resolved *resolved, size_t count, struct qd_json_writer *writer)
{
    struct qd_arena *arena = caps->call->arena;
    bool missing = caps->unmapped && field->index_count < count;
    size_t type_count = field->types.count + missing;
    struct qd_slice *types = QD_NEW_ARRAY(arena, struct qd_slice, type_count);
    for (size_t t = 0; t < field->types.count; t++) types[t] = field->types.data[t]->type;
    if (missing) types[field->types.count] = QD_SLICE("unmapped");
    const size_t *order = qd_java_map_order(arena, types, type_count, 16);
    qd_json_name_slice(writer, field->name);
    qd_json_begin_object(writer);
    for (size_t t = 0; t < type_count; t++) {
        if (order[t] == field->types.count) write_unmapped(field, resolved, count, writer);
        else write_capability(field->types.data[order[t]], type_count > 1, writer);
    }
    qd_json_end_object(writer);
}

/* The fields as they come out of the reference: out of the hash map of an index, then out of that of all. */
static size_t *field_order(const struct caps *caps)
{
    struct qd_arena *arena = caps->call->arena;
    size_t count = caps->fields.entry_count;
    struct qd_slice *names = QD_NEW_ARRAY(arena, struct qd_slice, count + 1);
    struct qd_slice *again = QD_NEW_ARRAY(arena, struct qd_slice, count + 1);
    for (size_t i = 0; i < count; i++) names[i] = caps->fields.entries[i].key;
    size_t *first = qd_java_map_order(arena, names, count, 16);
    for (size_t i = 0; i < count; i++) again[i] = names[first[i]];
    size_t *order = qd_java_map_order(arena, again, count, 16);
    for (size_t i = 0; i < count; i++) order[i] = first[order[i]];
    return order;
}

static void render(struct caps *caps, const struct qd_resolved *resolved, size_t count)
{
    struct qd_json_writer writer = qd_call_writer(caps->call);
    qd_json_begin_object(&writer);
    qd_json_member_array(&writer, "indices");
    for (size_t i = 0; i < count; i++) qd_json_string(&writer, resolved[i].index->name);
    qd_json_end_array(&writer);
    qd_json_member_object(&writer, "fields");
    const size_t *order = field_order(caps);
    for (size_t i = 0; i < caps->fields.entry_count; i++) {
        write_field(caps, caps->fields.entries[order[i]].value, resolved, count, &writer);
    }
    qd_json_end_object(&writer);
    qd_json_end_object(&writer);
    qd_call_finish(caps->call, 200);
}

/* ---- index_filter ---- */

/* Has the caps of the indices that are still there. */
static void answer(struct caps *caps)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(caps->coordinator->cluster);
    struct qd_resolved *resolved;
    size_t count = 0;
    size_t kept = 0;
    if (qd_resolve_call(caps->call, state, qd_options_open(), &resolved, &count) != QD_OK) {
        qd_call_fail(caps->call);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const struct qd_schema *schema = qd_data_schema(caps->coordinator->data, resolved[i].index->uuid);
        if (!is_kept(caps, resolved[i].index->uuid)) continue;
        /* An index that must not be read is left out. */
        if (qd_check_blocks(resolved[i].index, QD_BLOCK_READ, NULL) != QD_OK) continue;
        if (schema != NULL) add_index(caps, resolved[i].index, schema->mapping);
        resolved[kept++] = resolved[i];
    }
    render(caps, resolved, kept);
}

static void filter_replied(void *context, const struct qd_transport_reply *reply)
{
    struct filter_leg *leg = context;
    struct caps *caps = leg->caps;
    struct qd_arena *arena = caps->call->arena;
    struct qd_query_answer told = { 0 };
    struct qd_error error;
    qd_error_init(&error, arena);
    /* A shard that cannot tell keeps no index. */
    bool well = reply->status == QD_OK &&
                qd_query_answer_read(qd_arena_copy(arena, reply->payload), arena, &told, &error) == QD_OK;
    leg->can_match = well && told.result.total != 0;
    if (--caps->pending == 0) answer(caps);
}

static void send_filter(struct filter_leg *leg, struct qd_slice body)
{
    struct caps *caps = leg->caps;
    struct qd_buffer buffer = { 0 };
    struct qd_query_message message = { .index_uuid = leg->index_uuid,
                                        .shard = leg->shard,
                                        .mode = QD_QUERY_CAN_MATCH,
                                        .body = body,
                                        .now_ms = caps->call->start_ms };
    qd_query_message_write(&message, &buffer);
    struct qd_transport_target target = { .node_id = leg->node_id, .action = QD_ACTION_QUERY,
                                          .cancelled = &caps->call->cancelled };
    qd_transport_send(caps->coordinator->transport, &target, &buffer, filter_replied, leg);
}

/* Asks every shard of the indices whether the filter can match there. */
static void filter_indices(struct caps *caps, const struct qd_resolved *resolved, size_t count)
{
    struct qd_arena *arena = caps->call->arena;
    struct qd_slice body = qd_arena_format(arena, "{\"query\":%.*s}", QD_SLICE_ARG(caps->filter));
    size_t total = 0;
    for (size_t i = 0; i < count; i++) total += resolved[i].index->shard_count;
    caps->legs = QD_NEW_ARRAY(arena, struct filter_leg, total + 1);
    for (size_t i = 0; i < count; i++) {
        const struct qd_index_metadata *index = resolved[i].index;
        for (uint32_t shard = 0; shard < index->shard_count; shard++) {
            const struct qd_shard_routing *primary = &index->routing[shard * (1 + index->replica_count)];
            struct filter_leg *leg = &caps->legs[caps->leg_count++];
            *leg = (struct filter_leg){ .caps = caps, .shard = shard,
                                        .index_uuid = qd_arena_copy(arena, index->uuid) };
            if (primary->node_id.data != NULL) leg->node_id = qd_arena_copy(arena, primary->node_id);
        }
    }
    caps->pending = caps->leg_count;
    for (size_t i = 0; i < total; i++) send_filter(&caps->legs[i], body);
}

static enum qd_status read_filter(struct caps *caps)
{
    struct qd_call *call = caps->call;
    struct qd_json_document body;
    size_t start, end;
    if (call->body.size == 0) return QD_OK;
    QD_TRY(qd_query_member_body(call, "index_filter", &body, &call->error));
    const struct qd_json *filter = body.root == NULL ? NULL : qd_json_get(body.root, "index_filter");
    if (filter == NULL) return QD_OK;
    qd_json_extent(&body, filter, &start, &end);
    caps->filter = qd_arena_copy(call->arena, qd_slice_sub(body.source, start, end - start));
    return QD_OK;
}

void qd_coordinator_field_caps(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct caps *caps = QD_NEW(call->arena, struct caps);
    struct qd_slice *patterns;
    struct qd_resolved *resolved;
    size_t count = 0;
    caps->coordinator = coordinator;
    caps->call = call;
    qd_map_init(&caps->fields, call->arena);
    caps->pattern_count = qd_call_list(call, "fields", &patterns);
    caps->patterns = patterns;
    enum qd_status status = qd_call_bool(call, "include_unmapped", &caps->unmapped, &call->error);
    if (status == QD_OK) status = read_filter(caps);
    if (status == QD_OK && caps->pattern_count == 0) {
        status = qd_error_set(&call->error, QD_ILLEGAL_ARGUMENT, "specified fields can't be null or empty");
    }
    if (status == QD_OK) {
        status = qd_resolve_call(call, qd_cluster_service_state(coordinator->cluster), qd_options_open(),
                                 &resolved, &count);
    }
    if (status != QD_OK) {
        qd_call_fail(call);
    } else if (caps->filter.size > 0 && count > 0) {
        filter_indices(caps, resolved, count);
    } else {
        answer(caps);
    }
}
