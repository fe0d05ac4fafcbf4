/* Mappings of single fields. */
#include "base/java_order.h"
#include "base/vector.h"
#include "base/wildcard.h"
#include "coordinator/blocks.h"
#include "coordinator/index_call.h"
#include "coordinator/operations.h"
#include "data/data.h"

QD_VECTOR_TYPE(name_list, struct qd_slice);

/* Fields that every mapping has, in the order in which the reference registers them. */
static const char *const metadata_names[] = {
    "_ignored",   "_id",          "_routing",     "_index",  "_data_stream_timestamp",
    "_source",    "_nested_path", "_field_names", "_seq_no", "_version",
    "_doc_count", "_feature"
};

/* The table size of the reference's map of answers: a plain new HashMap. */
#define MAP_SIZE 16

struct request {
    struct qd_call *call;
    struct qd_slice *fields;
    size_t field_count;
    bool include_defaults;
};

static void add_name(struct name_list *names, struct qd_slice name, struct qd_arena *arena)
{
    for (size_t i = 0; i < names->count; i++) {
        if (qd_slice_equal(names->data[i], name)) return;
    }
    *QD_PUSH(arena, names) = name;
}

static bool is_metadata(struct qd_slice name)
{
    for (size_t i = 0; i < sizeof(metadata_names) / sizeof(metadata_names[0]); i++) {
        if (qd_slice_is(name, metadata_names[i])) return true;
    }
    return false;
}

/* The names of an index's fields that a part of the request means. */
static void add_matches(const struct qd_mapping *mapping, struct qd_slice field, struct qd_arena *arena,
                        struct name_list *names)
{
    struct qd_slice *found;
    struct qd_buffer scratch = { 0 };
    struct qd_json_writer writer = { .out = &scratch };
    if (!qd_is_simple_pattern(field)) {
        bool known = is_metadata(field) || qd_mapping_write_field(mapping, field, false, &writer);
        qd_buffer_deinit(&scratch);
        if (known) add_name(names, field, arena);
        return;
    }
    for (size_t i = 0; i < sizeof(metadata_names) / sizeof(metadata_names[0]); i++) {
        struct qd_slice name = qd_slice_from_string(metadata_names[i]);
        if (qd_simple_match(field, name)) add_name(names, name, arena);
    }
    size_t count = qd_mapping_match(mapping, field, arena, &found);
    for (size_t i = 0; i < count; i++) add_name(names, found[i], arena);
}

static void write_field(const struct qd_mapping *mapping, struct qd_slice name, const struct request *request,
                        struct qd_json_writer *writer)
{
    qd_json_name_slice(writer, name);
    if (is_metadata(name)) {
        struct qd_buffer *out = writer->out;
        size_t before = out->size;
        bool comma = writer->comma;
        if (qd_mapping_write_field(mapping, name, request->include_defaults, writer)) return;
        out->size = before;
        writer->comma = comma;
        qd_json_begin_object(writer);
        qd_json_member_string(writer, "full_name", name);
        qd_json_member_object(writer, "mapping");
        qd_json_end_object(writer);
        qd_json_end_object(writer);
        return;
    }
    qd_mapping_write_field(mapping, name, request->include_defaults, writer);
}

static void write_index(const struct qd_coordinator *coordinator, const struct request *request,
                        const struct qd_index_metadata *index, struct qd_json_writer *writer)
{
    struct qd_arena *arena = request->call->arena;
    const struct qd_schema *schema = qd_data_schema(coordinator->data, index->uuid);
    struct name_list names = { 0 };
    qd_json_name_slice(writer, index->name);
    qd_json_begin_object(writer);
    qd_json_member_object(writer, "mappings");
    /* An index without a mapping of its own has no fields at all here. */
    if (schema != NULL && !qd_slice_is(index->mapping, "{}")) {
        for (size_t i = 0; i < request->field_count; i++) {
            add_matches(schema->mapping, request->fields[i], arena, &names);
        }
        size_t *order = qd_java_map_order(arena, names.data, names.count, MAP_SIZE);
        for (size_t i = 0; i < names.count; i++) {
            write_field(schema->mapping, names.data[order[i]], request, writer);
        }
    }
    qd_json_end_object(writer);
    qd_json_end_object(writer);
}

static enum qd_status prepare(struct qd_coordinator *coordinator, struct request *request,
                              struct qd_resolved **indices, size_t *count)
{
    struct qd_call *call = request->call;
    bool local = false;
    request->field_count = qd_call_list(call, "fields", &request->fields);
    QD_TRY(qd_call_bool(call, "include_defaults", &request->include_defaults, &call->error));
    QD_TRY(qd_call_bool(call, "local", &local, &call->error));
    QD_TRY(qd_resolve_call(call, qd_cluster_service_state(coordinator->cluster), qd_options_open(), indices,
                           count));
    /* An index whose metadata may not be read, or that is closed, is left out, as if it were not there. */
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++) {
        struct qd_error ignored = { 0 };
        if ((*indices)[i].index->closed) continue;
        if (qd_check_blocks((*indices)[i].index, QD_BLOCK_METADATA_READ, &ignored) != QD_OK) continue;
        (*indices)[kept++] = (*indices)[i];
    }
    *count = kept;
    return QD_OK;
}

void qd_coordinator_get_field_mapping(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct request request = { .call = call };
    struct qd_resolved *indices;
    size_t count;
    struct qd_json_writer writer = qd_call_writer(call);
    if (prepare(coordinator, &request, &indices, &count) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    indices = qd_index_java_order(indices, count, call->arena);
    qd_json_begin_object(&writer);
    for (size_t i = 0; i < count; i++) write_index(coordinator, &request, indices[i].index, &writer);
    qd_json_end_object(&writer);
    qd_call_finish(call, count == 0 && request.field_count > 0 ? 404 : 200);
}
