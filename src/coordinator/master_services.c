#include "coordinator/master_services.h"

#include "data/schema.h"
#include "search/query.h"

/* An index as it would be with other settings or mappings: enough for qd_schema_create. */
static enum qd_status parse(void *env, const struct qd_index_metadata *index, struct qd_slice mapping,
                            struct qd_schema **schema, struct qd_error *error)
{
    struct qd_index_metadata view = *index;
    view.mapping = mapping;
    return qd_schema_create(&view, NULL, env, schema, error);
}

static enum qd_status merge_with(const struct qd_schema *schema, const struct qd_index_metadata *index,
                                 struct qd_slice update,
                                 struct qd_arena *arena, struct qd_slice *result, struct qd_error *error)
{
    const struct qd_map *settings = &index->settings;
    bool creating = index->mapping.data == NULL;
    struct qd_json_document document;
    struct qd_mapping *merged;
    struct qd_mapping_update input = { .old = creating ? NULL : schema->mapping,
                                       .registry = schema->analysis,
                                       .limits = schema->mapping_limits };
    struct qd_buffer text = { 0 };
    struct qd_json_writer writer = { .out = &text };
    QD_TRY(qd_json_parse(arena, update, &document, error));
    QD_TRY(qd_settings_group(settings, "similarity", arena, &input.similarity_settings, error));
    QD_TRY(qd_mapping_merge(arena, &input, document.root, &merged, error));
    qd_mapping_write(merged, &writer);
    *result = qd_arena_copy(arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return QD_OK;
}

static enum qd_status merge_mapping(void *context, const struct qd_index_metadata *index,
                                    struct qd_slice old_mapping, struct qd_slice update,
                                    struct qd_arena *arena, struct qd_slice *result, struct qd_error *error)
{
    struct qd_schema *schema;
    QD_TRY(parse(context, index, old_mapping, &schema, error));
    enum qd_status status = merge_with(schema, index, update, arena, result, error);
    qd_schema_release(schema);
    return status;
}

static enum qd_status check_settings(void *context, const struct qd_map *settings, struct qd_error *error)
{
    struct qd_index_metadata index = { .settings = *settings, .mapping = QD_SLICE("{}"), .shard_count = 1 };
    struct qd_schema *schema;
    QD_TRY(qd_schema_create(&index, NULL, context, &schema, error));
    qd_schema_release(schema);
    return QD_OK;
}

static enum qd_status check_filter(void *context, const struct qd_index_metadata *index,
                                   struct qd_slice filter, struct qd_error *error)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_json_document document;
    struct qd_query *query;
    (void)context;
    (void)index;
    enum qd_status status = qd_json_parse(arena, filter, &document, error);
    if (status == QD_OK) status = qd_query_parse(&document, document.root, arena, &query, error);
    qd_arena_destroy(arena);
    return status;
}

struct qd_master_services qd_master_services(struct qd_env *env)
{
    return (struct qd_master_services){ env, merge_mapping, check_settings, check_filter };
}
