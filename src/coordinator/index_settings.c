#include "coordinator/index_settings.h"

#include "base/number.h"
#include "base/text.h"
#include "base/units.h"
#include "base/vector.h"
#include "base/wildcard.h"
#include "coordinator/setting_words.h"
#include "master/cluster_state.h"

/* Bounds as the reference's errors name them; the other settings take any value of their type. Recorded by
 * setting each of them to -1, -2, 2147483647 and the like. */
static const struct bound {
    const char *key;
    const char *least; /* NULL: none */
    const char *most;  /* NULL: none */
} bounds[] = {
    { "index.aggregation.streaming.min_segment_size", "1", NULL },
    { "index.allocation.max_retries", "0", NULL },
    { "index.analyze.max_token_count", "1", NULL },
    { "index.codec.compression_level", "1", NULL },
    { "index.composite_index.star_tree.default.max_leaf_docs", "1", NULL },
    { "index.composite_index.star_tree.field.max_base_metrics", "4", NULL },
    { "index.composite_index.star_tree.field.max_date_intervals", "1", NULL },
    { "index.composite_index.star_tree.field.max_dimensions", "2", NULL },
    { "index.composite_index.star_tree.max_fields", "1", NULL },
    { "index.context.created_version", "0", NULL },
    { "index.context.current_version", "0", NULL },
    { "index.context_aware.max_retry_on_lookup_map_acquisition_exception", "5", NULL },
    { "index.flush_after_merge", "0", NULL },
    { "index.highlight.max_analyzed_offset", "1", NULL },
    { "index.ingestion_source.internal_queue_size", "1", NULL },
    { "index.ingestion_source.num_processor_threads", "1", NULL },
    { "index.ingestion_source.pointer_based_lag_update_interval", "0ms", NULL },
    { "index.ingestion_source.poll.max_batch_size", "0", NULL },
    { "index.ingestion_source.poll.timeout", "0", NULL },
    { "index.ingestion_source.warmup.lag_threshold", "0", NULL },
    { "index.mapping.depth.limit", "1", NULL },
    { "index.mapping.dynamic_properties.lucene_field.limit", "0", NULL },
    { "index.mapping.field_name_length.limit", "1", NULL },
    { "index.mapping.nested_fields.limit", "0", NULL },
    { "index.mapping.nested_objects.limit", "0", NULL },
    { "index.mapping.total_fields.limit", "0", NULL },
    { "index.max_adjacency_matrix_filters", "2", NULL },
    { "index.max_docvalue_fields_search", "0", NULL },
    { "index.max_inner_result_window", "1", NULL },
    { "index.max_ngram_diff", "0", NULL },
    { "index.max_refresh_listeners", "0", NULL },
    { "index.max_regex_length", "1", NULL },
    { "index.max_rescore_window", "1", NULL },
    { "index.max_result_window", "1", NULL },
    { "index.max_script_fields", "0", NULL },
    { "index.max_shingle_diff", "0", NULL },
    { "index.max_slices_per_pit", "1", NULL },
    { "index.max_slices_per_scroll", "1", NULL },
    { "index.max_terms_count", "1", NULL },
    { "index.merge.log_byte_size_policy.merge_factor", "2", NULL },
    { "index.merge.policy.deletes_pct_allowed", "5.0", NULL },
    { "index.merge.policy.expunge_deletes_allowed", "0.0", NULL },
    { "index.merge.policy.max_merge_at_once", "2", NULL },
    { "index.merge.policy.reclaim_deletes_weight", "0.0", NULL },
    { "index.merge.policy.segments_per_tier", "2.0", NULL },
    { "index.merge.scheduler.max_force_merge_mb_per_sec", "0.0", NULL },
    { "index.merge.scheduler.max_merge_count", "1", NULL },
    { "index.merge.scheduler.max_thread_count", "1", NULL },
    { "index.merge_on_flush.max_full_flush_merge_wait_time", "1ms", NULL },
    { "index.number_of_replicas", "0", NULL },
    { "index.number_of_routing_shards", "1", NULL },
    { "index.number_of_search_replicas", "0", NULL },
    { "index.number_of_shards", "1", "1024" },
    { "index.optimize_doc_id_lookup.fuzzy_set.false_positive_probability", "0.01", NULL },
    { "index.priority", "0", NULL },
    { "index.query.max_nested_depth", "1", NULL },
    { "index.remote_store.translog.buffer_interval", "0ms", NULL },
    { "index.remote_store.translog.keep_extra_gen", "0", NULL },
    { "index.routing_partition_size", "1", NULL },
    { "index.search.concurrent.max_slice_count", "0", NULL },
    { "index.search.idle.after", "0m", NULL },
    { "index.segment_replication.publish_referenced_segments_interval", "1s", NULL },
    { "index.soft_deletes.retention.operations", "0", NULL },
    { "index.soft_deletes.retention_lease.period", "0ms", NULL },
    { "index.translog.flush_threshold_size", "56b", NULL },
    { "index.translog.generation_threshold_size", "56b", NULL },
    { "index.translog.sync_interval", "100ms", NULL },
    { "index.unassigned.node_left.delayed_timeout", "0ms", NULL },
};

const struct qd_index_setting *qd_index_setting_find(struct qd_slice key)
{
    const struct qd_index_setting *rows;
    size_t count = qd_index_settings(&rows);
    for (size_t i = 0; i < count; i++) {
        struct qd_slice name = qd_slice_from_string(rows[i].key);
        if (qd_slice_equal(name, key)) return &rows[i];
        bool group = qd_slice_ends_with(name, QD_SLICE(".*"));
        if (group && qd_slice_starts_with(key, qd_slice_sub(name, 0, name.size - 1))) return &rows[i];
    }
    return NULL;
}

static struct qd_slice unquote(struct qd_slice json, struct qd_arena *arena)
{
    struct qd_json_document document;
    if (qd_json_parse(arena, json, &document, NULL) != QD_OK) return json;
    if (!qd_json_is_array(document.root)) {
        return qd_json_is_string(document.root) ? qd_json_text(document.root) : json;
    }
    /* As java.util.List prints itself. */
    struct qd_buffer text = { 0 };
    struct qd_json_iterator at = qd_json_iterate(document.root);
    qd_buffer_byte(&text, '[');
    while (qd_json_next(&at)) {
        if (text.size > 1) qd_buffer_text(&text, ", ");
        qd_buffer_slice(&text, qd_json_text(at.value));
    }
    qd_buffer_byte(&text, ']');
    struct qd_slice list = qd_arena_copy(arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return list;
}

static enum qd_status no_number(const struct qd_index_setting *row, struct qd_slice text,
                                struct qd_error *error)
{
    (void)qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(text));
    return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT, "Failed to parse value [%.*s] for setting [%s]",
                         QD_SLICE_ARG(text), row->key);
}

/* The value as a number that can be compared with those of the bounds. */
static enum qd_status measure(const struct qd_index_setting *row, struct qd_slice text, double *value,
                              struct qd_error *error)
{
    int64_t whole = 0;
    if (row->type == QD_SETTING_TIME) {
        QD_TRY(qd_time_parse_nanos(text, row->key, &whole, error));
    } else if (row->type == QD_SETTING_SIZE) {
        QD_TRY(qd_bytes_parse(text, row->key, &whole, error));
    } else if (row->type == QD_SETTING_DOUBLE) {
        return qd_parse_double(text, value) ? QD_OK : no_number(row, text, error);
    } else if (!qd_parse_int64(text, &whole) || whole < INT32_MIN || whole > INT32_MAX) {
        return no_number(row, text, error);
    }
    *value = (double)whole;
    return QD_OK;
}

static enum qd_status out_of_bounds(const struct qd_index_setting *row, struct qd_slice text,
                                    const char *sign, const char *bound, struct qd_error *error)
{
    bool unit = row->type == QD_SETTING_TIME || row->type == QD_SETTING_SIZE;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "%s to parse value [%.*s] for setting [%s]%s must be %s %s%s%s",
                        unit ? "failed" : "Failed", QD_SLICE_ARG(text), row->key, unit ? "," : "", sign,
                        unit ? "[" : "", bound, unit ? "]" : "");
}

static enum qd_status check_bounds(const struct qd_index_setting *row, struct qd_slice text,
                                   struct qd_error *error)
{
    double value, bound;
    QD_TRY(measure(row, text, &value, error));
    for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
        if (strcmp(bounds[i].key, row->key) != 0) continue;
        const char *least = bounds[i].least, *most = bounds[i].most;
        if (least != NULL) {
            QD_TRY(measure(row, qd_slice_from_string(least), &bound, error));
            if (value < bound) return out_of_bounds(row, text, ">=", least, error);
        }
        if (most != NULL) {
            QD_TRY(measure(row, qd_slice_from_string(most), &bound, error));
            if (value > bound) return out_of_bounds(row, text, "<=", most, error);
        }
        return QD_OK;
    }
    return QD_OK;
}

static enum qd_status bad_expand(const char *key, struct qd_slice text, size_t dash, struct qd_slice number,
                                 struct qd_error *error)
{
    (void)qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(number));
    return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT,
                         "failed to parse [%s] from value: [%.*s] at index %zu", key,
                         QD_SLICE_ARG(text), dash);
}

/* "0-1", "0-all" or "false". */
static enum qd_status check_expand(const char *key, struct qd_slice text, struct qd_error *error)
{
    int64_t min;
    int64_t max = INT32_MAX;
    size_t dash = qd_slice_find_byte(text, '-');
    if (qd_slice_is(text, "false")) return QD_OK;
    if (dash == SIZE_MAX) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "failed to parse [%s] from value: [%.*s] at index -1", key,
                            QD_SLICE_ARG(text));
    }
    struct qd_slice low = qd_slice_sub(text, 0, dash);
    struct qd_slice high = qd_slice_from(text, dash + 1);
    if (!qd_parse_int64(low, &min) || min > INT32_MAX) return bad_expand(key, text, dash, low, error);
    if (!qd_slice_is(high, "all") && (!qd_parse_int64(high, &max) || max > INT32_MAX)) {
        return bad_expand(key, text, dash, high, error);
    }
    if (min <= max) return QD_OK;
    return qd_error_set(
        error, QD_ILLEGAL_ARGUMENT,
        "[%s] minReplicas must be =< maxReplicas but wasn't %lld > %lld", key,
        (long long)min, (long long)max);
}

/* "all" or a number of copies. */
static enum qd_status check_active_shards(struct qd_slice text, struct qd_error *error)
{
    int64_t number;
    if (qd_slice_is(text, "all")) return QD_OK;
    if (!qd_parse_int64(text, &number) || number < INT32_MIN || number > INT32_MAX) {
        (void)qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(text));
        return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT, "cannot parse ActiveShardCount[%.*s]",
                             QD_SLICE_ARG(text));
    }
    if (number >= 0) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "shard count cannot be a negative value");
}

/* A truth, or a share from 0 to 1. */
static enum qd_status check_compound(struct qd_slice text, struct qd_error *error)
{
    double share;
    if (qd_slice_is(text, "true") || qd_slice_is(text, "false")) return QD_OK;
    if (!qd_parse_double(text, &share)) {
        (void)qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(text));
        return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT,
                             "Expected a boolean or a value in the interval [0..1] but was: [%.*s]",
                             QD_SLICE_ARG(text));
    }
    if (share >= 0 && share <= 1) return QD_OK;
    struct qd_buffer shown = { 0 };
    struct qd_json_writer writer = { .out = &shown };
    qd_json_double_value(&writer, share);
    enum qd_status status = qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                                         "NoCFSRatio must be in the interval [0..1] but was: [%.*s]",
                                         (int)shown.size, shown.data);
    qd_buffer_deinit(&shown);
    return status;
}

/* Settings whose text must be one of a few words. */
static enum qd_status check_words(const struct qd_index_setting *row, struct qd_slice text,
                                  struct qd_error *error)
{
    if (strcmp(row->key, "index.codec") == 0) {
        static const char *const codecs[] = { "default", "lz4", "best_compression", "zlib" };
        for (size_t i = 0; i < 4; i++) {
            if (qd_slice_is(text, codecs[i])) return QD_OK;
        }
        return qd_error_set(
            error, QD_ILLEGAL_ARGUMENT,
            "unknown value for [index.codec] must be one of [default, lz4, best_compression, zlib] "
            "but was: %.*s",
            QD_SLICE_ARG(text));
    }
    if (strcmp(row->key, "index.auto_expand_replicas") == 0 ||
        strcmp(row->key, "index.auto_expand_search_replicas") == 0) {
        return check_expand(row->key, text, error);
    }
    /* How much of a source is told: all, nothing, or so many characters. */
    int64_t characters;
    bool all;
    if (strcmp(row->key, "index.indexing.slowlog.source") == 0) {
        return qd_parse_int64(text, &characters) ? QD_OK : qd_boolean_parse(text, &all, error);
    }
    if (strcmp(row->key, "index.write.wait_for_active_shards") == 0) return check_active_shards(text, error);
    if (strcmp(row->key, "index.compound_format") == 0 ||
        strcmp(row->key, "index.merge.log_byte_size_policy.no_cfs_ratio") == 0) {
        return check_compound(text, error);
    }
    if (strcmp(row->key, "index.store.type") == 0) {
        static const char *const stores[] = { "", "fs", "niofs", "mmapfs", "simplefs", "hybridfs" };
        for (size_t i = 0; i < sizeof(stores) / sizeof(stores[0]); i++) {
            if (qd_slice_is(text, stores[i])) return QD_OK;
        }
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Unknown store type [%.*s]", QD_SLICE_ARG(text));
    }
    if (strcmp(row->key, "index.translog.durability") == 0) {
        if (qd_equal_ignore_case(text, QD_SLICE("request")) ||
            qd_equal_ignore_case(text, QD_SLICE("async"))) {
            return QD_OK;
        }
        struct qd_arena *arena = qd_arena_create(0);
        struct qd_slice upper = qd_uppercase(arena, text);
        (void)qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                           "No enum constant org.opensearch.index.translog.Translog.Durability.%.*s",
                           QD_SLICE_ARG(upper));
        qd_arena_destroy(arena);
        return QD_ILLEGAL_ARGUMENT;
    }
    return qd_setting_words_check(row->key, text, error);
}

static enum qd_status check_size(const struct qd_index_setting *row, struct qd_slice text,
                                 struct qd_error *error)
{
    int64_t ignored;
    if (qd_bytes_parse(text, row->key, &ignored, error) == QD_OK) return check_bounds(row, text, error);
    if (error == NULL) return QD_ILLEGAL_ARGUMENT;
    struct qd_slice reason = error->reason;
    return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT, "%.*s", QD_SLICE_ARG(reason));
}

static enum qd_status check_value(const struct qd_index_setting *row, struct qd_slice text,
                                  struct qd_error *error)
{
    bool flag;
    bool list = text.size > 0 && text.data[0] == '[';
    switch (row->type) {
    case QD_SETTING_BOOLEAN: return qd_boolean_parse(text, &flag, error);
    case QD_SETTING_INTEGER:
    case QD_SETTING_TIME:
    case QD_SETTING_DOUBLE: return check_bounds(row, text, error);
    case QD_SETTING_SIZE: return check_size(row, text, error);
    case QD_SETTING_TEXT: return check_words(row, text, error);
    case QD_SETTING_LIST: return list ? QD_OK : qd_setting_words_check(row->key, text, error);
    }
    return QD_OK;
}

static struct qd_slice unknown_reason(struct qd_slice key, struct qd_arena *arena)
{
    const struct qd_index_setting *rows;
    size_t count = qd_index_settings(&rows);
    struct qd_slice *names = QD_NEW_ARRAY(arena, struct qd_slice, count);
    for (size_t i = 0; i < count; i++) names[i] = qd_slice_from_string(rows[i].key);
    struct qd_slice *found;
    size_t hints = qd_index_setting_find(key) != NULL
                       ? 0
                       : qd_suggest_names(arena, key, names, count, 0.7f, &found);
    if (hints > 0) {
        return qd_arena_format(arena, "unknown setting [%.*s]%.*s", QD_SLICE_ARG(key),
                               QD_SLICE_ARG(qd_did_you_mean(arena, key, found, hints)));
    }
    return qd_arena_format(
        arena,
        "unknown setting [%.*s] please check that any required plugins are installed, or check "
        "the breaking changes documentation for removed settings",
        QD_SLICE_ARG(key));
}

static void add_suppressed(struct qd_buffer *suppressed, struct qd_slice reason)
{
    struct qd_json_writer writer = { .out = suppressed };
    if (suppressed->size > 0) qd_buffer_byte(suppressed, ',');
    qd_json_begin_object(&writer);
    qd_json_member_text(&writer, "type", "settings_exception");
    qd_json_member_string(&writer, "reason", reason);
    qd_json_end_object(&writer);
}

/* All unknown keys are told: the first one as the error, the others as suppressed ones. */
static enum qd_status check_known(const struct qd_setting_pair *pairs, size_t count,
                                  struct qd_arena *arena, struct qd_error *error)
{
    struct qd_buffer suppressed = { 0 };
    enum qd_status status = QD_OK;
    for (size_t i = 0; i < count; i++) {
        /* The name that was asked for is recorded by the cluster and is no setting for requests. */
        bool own = qd_slice_is(pairs[i].key, "index.provided_name");
        if (!own && (qd_index_setting_find(pairs[i].key) != NULL || qd_is_simple_pattern(pairs[i].key))) {
            continue;
        }
        struct qd_slice reason = unknown_reason(pairs[i].key, arena);
        if (status == QD_OK) {
            status = qd_error_set(error, QD_SETTINGS, "%.*s", QD_SLICE_ARG(reason));
        } else {
            add_suppressed(&suppressed, reason);
        }
    }
    if (suppressed.size > 0) {
        qd_error_add_raw(error, "suppressed",
                         qd_arena_format(arena, "[%.*s]", (int)suppressed.size, suppressed.data));
    }
    qd_buffer_deinit(&suppressed);
    return status;
}

static enum qd_status check_scope(const struct qd_index_setting *row, enum qd_settings_use use,
                                  struct qd_error *error)
{
    if (use == QD_SETTINGS_CREATE) {
        if (row->scope != QD_SETTING_PRIVATE && row->scope != QD_SETTING_INTERNAL) return QD_OK;
        return qd_error_set(error, QD_VALIDATION,
                            "Validation Failed: 1: private index setting [%s] can not be set explicitly;",
                            row->key);
    }
    if (row->scope == QD_SETTING_PRIVATE || row->scope == QD_SETTING_INTERNAL) {
        return qd_error_set(error, QD_SETTINGS, "can not update %s setting [%s]; this setting is managed %s",
                            row->scope == QD_SETTING_PRIVATE ? "private" : "internal", row->key,
                            row->scope == QD_SETTING_PRIVATE ? "by OpenSearch" : "via a dedicated API");
    }
    return QD_OK;
}

static void sort_pairs(struct qd_setting_pair *pairs, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        for (size_t j = i; j > 0 && qd_slice_compare(pairs[j - 1].key, pairs[j].key) > 0; j--) {
            struct qd_setting_pair swap = pairs[j];
            pairs[j] = pairs[j - 1];
            pairs[j - 1] = swap;
        }
    }
}

static bool find_number(const struct qd_setting_pair *pairs, size_t count, const char *key,
                        struct qd_arena *arena, int64_t *value)
{
    for (size_t i = 0; i < count; i++) {
        if (qd_slice_is(pairs[i].key, key)) return qd_parse_int64(unquote(pairs[i].json, arena), value);
    }
    return false;
}

/* What must fit together in a new index. */
static enum qd_status check_new(const struct qd_setting_pair *pairs, size_t count, struct qd_arena *arena,
                                struct qd_error *error)
{
    int64_t shards = 1;
    int64_t routing;
    (void)find_number(pairs, count, "index.number_of_shards", arena, &shards);
    for (size_t i = 0; i < count; i++) {
        if (!qd_slice_is(pairs[i].key, "index.soft_deletes.enabled") ||
            qd_slice_is(pairs[i].json, "\"true\"")) {
            continue;
        }
        return qd_error_set(
            error, QD_ILLEGAL_ARGUMENT,
            "Creating indices with soft-deletes disabled is no longer supported. Please do not "
            "specify a value for setting [index.soft_deletes.enabled].");
    }
    if (!find_number(pairs, count, "index.number_of_routing_shards", arena, &routing)) return QD_OK;
    if (routing < shards) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "index.number_of_routing_shards [%lld] must be >= index.number_of_shards [%lld]",
                            (long long)routing, (long long)shards);
    }
    if (routing % shards == 0) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "the number of source shards [%lld] must be a factor of [%lld]", (long long)shards,
                        (long long)routing);
}

/* What an upgrade has put away is nobody's to know; an update may remove it. */
static size_t drop_archived(struct qd_setting_pair *pairs, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (!qd_slice_starts_with(pairs[i].key, QD_SLICE("archived."))) pairs[kept++] = pairs[i];
    }
    return kept;
}

enum qd_status qd_check_index_settings(const struct qd_json *settings, enum qd_settings_use use,
                                       struct qd_arena *arena, struct qd_error *error)
{
    struct qd_setting_pair *pairs;
    size_t count = qd_settings_flatten(settings, QD_SLICE("index."), arena, &pairs);
    if (use == QD_SETTINGS_UPDATE) count = drop_archived(pairs, count);
    sort_pairs(pairs, count);
    QD_TRY(check_known(pairs, count, arena, error));
    for (size_t i = 0; i < count; i++) {
        const struct qd_index_setting *row = qd_index_setting_find(pairs[i].key);
        if (row == NULL) continue;
        if (use == QD_SETTINGS_UPDATE) QD_TRY(check_scope(row, use, error));
        if (qd_slice_is(pairs[i].json, "null")) continue;
        QD_TRY(check_value(row, unquote(pairs[i].json, arena), error));
    }
    for (size_t i = 0; use == QD_SETTINGS_CREATE && i < count; i++) {
        const struct qd_index_setting *row = qd_index_setting_find(pairs[i].key);
        if (row != NULL) QD_TRY(check_scope(row, use, error));
    }
    if (use == QD_SETTINGS_CREATE) QD_TRY(check_new(pairs, count, arena, error));
    return QD_OK;
}
