#include "data/schema.h"

#include "base/units.h"
#include "data/config_files.h"
#include "master/effective_settings.h"

static const struct qd_slice every_field[] = { QD_SLICE_INIT("*") };

struct qd_schema *qd_schema_retain(struct qd_schema *schema)
{
    atomic_fetch_add_explicit(&schema->references, 1, memory_order_relaxed);
    return schema;
}

void qd_schema_release(struct qd_schema *schema)
{
    if (schema == NULL) return;
    if (atomic_fetch_sub_explicit(&schema->references, 1, memory_order_acq_rel) == 1) {
        qd_arena_destroy(schema->arena);
    }
}

enum qd_status qd_settings_group(const struct qd_map *settings, const char *group, struct qd_arena *arena,
                                 const struct qd_json **json, struct qd_error *error)
{
    struct qd_slice prefix = qd_arena_format(arena, "index.%s.", group);
    struct qd_map below;
    struct qd_buffer buffer = { 0 };
    struct qd_json_writer writer = { .out = &buffer };
    struct qd_json_document document;
    *json = NULL;
    qd_map_init(&below, arena);
    for (size_t i = 0; i < settings->entry_count; i++) {
        const struct qd_map_entry *entry = &settings->entries[i];
        if (entry->removed || !qd_slice_starts_with(entry->key, prefix)) continue;
        qd_map_put(&below, qd_slice_from(entry->key, prefix.size), entry->value);
    }
    if (below.live_count == 0) return QD_OK;
    qd_settings_write(&below, false, &writer);
    enum qd_status status = qd_json_parse(arena, qd_buffer_view(&buffer), &document, error);
    qd_buffer_deinit(&buffer);
    if (status == QD_OK) *json = document.root;
    return status;
}

static void read_mapping_limits(struct qd_schema *schema, const struct qd_map *settings)
{
    schema->mapping_limits = (struct qd_mapping_limits){
        .total_fields = qd_settings_int(settings, "index.mapping.total_fields.limit", 1000),
        .depth = qd_settings_int(settings, "index.mapping.depth.limit", 20),
        .nested_fields = qd_settings_int(settings, "index.mapping.nested_fields.limit", 50),
        .nested_objects = qd_settings_int(settings, "index.mapping.nested_objects.limit", 10000),
        .field_name_length = qd_settings_int(settings, "index.mapping.field_name_length.limit", 50000),
        .ignore_malformed = qd_settings_bool(settings, "index.mapping.ignore_malformed", false),
        .coerce = qd_settings_bool(settings, "index.mapping.coerce", true),
    };
}

/* index.query.default_field: one name or an array of names. */
static void read_default_fields(struct qd_schema *schema, const struct qd_map *settings)
{
    const struct qd_slice *json = qd_map_get(settings, QD_SLICE("index.query.default_field"));
    struct qd_json_document document;
    schema->limits.default_fields = every_field;
    schema->limits.default_field_count = 1;
    if (json == NULL || qd_json_parse(schema->arena, *json, &document, NULL) != QD_OK) return;
    size_t count = qd_json_is_array(document.root) ? qd_json_size(document.root) : 1;
    struct qd_slice *fields = QD_NEW_ARRAY(schema->arena, struct qd_slice, count + 1);
    struct qd_json_iterator at = qd_json_iterate(document.root);
    if (!qd_json_is_array(document.root)) {
        fields[0] = qd_arena_copy(schema->arena, qd_json_text(document.root));
    }
    for (size_t i = 0; qd_json_next(&at); i++) {
        fields[i] = qd_arena_copy(schema->arena, qd_json_text(at.value));
    }
    if (count == 0) return;
    schema->limits.default_fields = fields;
    schema->limits.default_field_count = count;
}

static void read_search_limits(struct qd_schema *schema, const struct qd_map *settings,
                               const struct qd_effective_settings *cluster)
{
    schema->limits = (struct qd_search_limits){
        .max_clause_count = qd_effective_settings_int(cluster, "indices.query.bool.max_clause_count", 1024),
        .max_terms_count = qd_settings_int(settings, "index.max_terms_count", 65536),
        .max_regex_length = qd_settings_int(settings, "index.max_regex_length", 1000),
        .max_query_string_length = qd_effective_settings_int(cluster, "search.query.max_query_string_length",
                                                             32000),
        .max_nested_depth = qd_settings_int(settings, "index.query.max_nested_depth", 20),
        .max_result_window = qd_settings_int(settings, "index.max_result_window", 10000),
        .max_docvalue_fields = qd_settings_int(settings, "index.max_docvalue_fields_search", 100),
        .max_script_fields = qd_settings_int(settings, "index.max_script_fields", 32),
        .max_slices = qd_settings_int(settings, "index.max_slices_per_scroll", 1024),
        .max_buckets = qd_effective_settings_int(cluster, "search.max_buckets", 65535),
        .max_analyzed_offset = qd_settings_int(settings, "index.highlight.max_analyzed_offset", 1000000),
        .allow_expensive_queries = qd_effective_settings_bool(cluster, "search.allow_expensive_queries",
                                                              true),
        .query_string_lenient = qd_settings_bool(settings, "index.query_string.lenient", false),
    };
    read_default_fields(schema, settings);
}

static int64_t time_setting(const struct qd_map *settings, const char *key, int64_t fallback)
{
    struct qd_slice text = qd_settings_get(settings, key);
    int64_t value;
    if (text.data == NULL || qd_time_parse_millis(text, key, &value, NULL) != QD_OK) return fallback;
    return value;
}

static uint64_t size_setting(const struct qd_map *settings, const char *key, uint64_t fallback)
{
    struct qd_slice text = qd_settings_get(settings, key);
    int64_t value;
    if (text.data == NULL || qd_bytes_parse(text, key, &value, NULL) != QD_OK || value < 0) return fallback;
    return (uint64_t)value;
}

static enum qd_stored_codec codec_setting(const struct qd_map *settings)
{
    struct qd_slice codec = qd_settings_get(settings, "index.codec");
    if (qd_slice_is(codec, "best_compression") || qd_slice_is(codec, "zlib") || qd_slice_is(codec, "zstd")) {
        return QD_STORED_ZSTD;
    }
    return qd_slice_is(codec, "zstd_no_dict") ? QD_STORED_ZSTD_NO_DICTIONARY : QD_STORED_LZ4;
}

static void read_engine_options(struct qd_schema *schema, const struct qd_map *settings)
{
    schema->engine = (struct qd_engine_options){
        .durability_request = !qd_slice_is(qd_settings_get(settings, "index.translog.durability"), "async") &&
                              !qd_slice_is(qd_settings_get(settings, "index.translog.durability"), "ASYNC"),
        .codec = codec_setting(settings),
        .codec_level = (int)qd_settings_int(settings, "index.codec.compression_level", 0),
        .flush_threshold_bytes = size_setting(settings, "index.translog.flush_threshold_size",
                                              (uint64_t)512 << 20),
        .buffer_bytes_max = (uint64_t)64 << 20,
        .translog_generation_bytes = size_setting(settings, "index.translog.generation_threshold_size",
                                                  (uint64_t)64 << 20),
        .merge_segments_per_tier = (uint32_t)qd_settings_int(settings, "index.merge.policy.segments_per_tier",
                                                             10),
        .merge_at_once_max = (uint32_t)qd_settings_int(settings, "index.merge.policy.max_merge_at_once", 10),
        .merge_floor_bytes = size_setting(settings, "index.merge.policy.floor_segment", (uint64_t)16 << 20),
        .merge_segment_bytes_max = size_setting(settings, "index.merge.policy.max_merged_segment",
                                                (uint64_t)5 << 30),
        .gc_deletes_ms = time_setting(settings, "index.gc_deletes", 60000),
    };
    schema->refresh_interval_ms = time_setting(settings, "index.refresh_interval", 1000);
    schema->refresh_interval_explicit = qd_settings_get(settings, "index.refresh_interval").data != NULL;
    schema->search_idle_after_ms = time_setting(settings, "index.search.idle.after", 30000);
    schema->max_refresh_listeners = qd_settings_int(settings, "index.max_refresh_listeners", 1000);
    schema->sync_interval_ms = time_setting(settings, "index.translog.sync_interval", 5000);
    schema->caches_requests = qd_settings_bool(settings, "index.requests.cache.enable", true);
}

static enum qd_status fill(struct qd_schema *schema, const struct qd_index_metadata *index,
                           const struct qd_effective_settings *cluster, struct qd_env *env,
                           struct qd_error *error)
{
    struct qd_arena *arena = schema->arena;
    struct qd_analysis_files files = qd_config_files(env);
    const struct qd_json *analysis;
    struct qd_json_document mapping;
    struct qd_analysis_limits limits = {
        .max_ngram_diff = qd_settings_int(&index->settings, "index.max_ngram_diff", 1),
        .max_shingle_diff = qd_settings_int(&index->settings, "index.max_shingle_diff", 3),
        .files = &files,
    };
    read_mapping_limits(schema, &index->settings);
    read_search_limits(schema, &index->settings, cluster);
    read_engine_options(schema, &index->settings);
    schema->analyze_max_token_count = qd_settings_int(&index->settings, "index.analyze.max_token_count",
                                                      10000);
    QD_TRY(qd_settings_group(&index->settings, "analysis", arena, &analysis, error));
    QD_TRY(qd_analysis_create(arena, analysis, &limits, &schema->analysis, error));
    QD_TRY(qd_json_parse(arena, schema->mapping_text, &mapping, error));
    struct qd_mapping_update update = { .registry = schema->analysis,
                                        .limits = schema->mapping_limits,
                                        .accepted = true };
    QD_TRY(qd_settings_group(&index->settings, "similarity", arena, &update.similarity_settings, error));
    return qd_mapping_merge(arena, &update, mapping.root, &schema->mapping, error);
}

enum qd_status qd_schema_create(const struct qd_index_metadata *index,
                                const struct qd_effective_settings *cluster, struct qd_env *env,
                                struct qd_schema **schema, struct qd_error *error)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_schema *made = QD_NEW(arena, struct qd_schema);
    atomic_init(&made->references, 1);
    made->arena = arena;
    made->index_name = qd_arena_copy(arena, index->name);
    made->index_uuid = qd_arena_copy(arena, index->uuid);
    made->mapping_text = qd_arena_copy(arena, index->mapping);
    made->settings_version = index->settings_version;
    made->aliases_version = index->aliases_version;
    made->aliases = QD_NEW_ARRAY(arena, struct qd_slice, index->aliases.entry_count);
    for (size_t i = 0; i < index->aliases.entry_count; i++) {
        const struct qd_map_entry *alias = &index->aliases.entries[i];
        if (!alias->removed) made->aliases[made->alias_count++] = qd_arena_copy(arena, alias->key);
    }
    made->shard_count = index->shard_count;
    enum qd_status status = fill(made, index, cluster, env, error);
    if (status != QD_OK) {
        qd_arena_destroy(arena);
        return status;
    }
    *schema = made;
    return QD_OK;
}
