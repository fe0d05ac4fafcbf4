#include "coordinator/index_settings.h"

#include <math.h>

#include "base/number.h"
#include "base/text.h"
#include "base/units.h"
#include "base/vector.h"
#include "base/wildcard.h"
#include "master/cluster_state.h"

#define SHARDS_MAX 1024

/* Bounds of whole-number settings; the others take any int. */
static const struct {
    const char *key;
    int64_t min;
    int64_t max;
} bounds[] = {
    { "index.number_of_shards", 1, SHARDS_MAX },
    { "index.number_of_replicas", 0, INT32_MAX },
    { "index.number_of_search_replicas", 0, INT32_MAX },
    { "index.number_of_routing_shards", 1, INT32_MAX },
    { "index.routing_partition_size", 1, INT32_MAX },
    { "index.max_result_window", 1, INT32_MAX },
    { "index.max_inner_result_window", 1, INT32_MAX },
    { "index.max_rescore_window", 1, INT32_MAX },
    { "index.max_terms_count", 1, INT32_MAX },
    { "index.max_regex_length", 1, INT32_MAX },
    { "index.max_docvalue_fields_search", 0, INT32_MAX },
    { "index.max_script_fields", 0, INT32_MAX },
    { "index.max_ngram_diff", 0, INT32_MAX },
    { "index.max_shingle_diff", 0, INT32_MAX },
    { "index.max_slices_per_scroll", 1, INT32_MAX },
    { "index.max_slices_per_pit", 1, INT32_MAX },
    { "index.analyze.max_token_count", 1, INT32_MAX },
    { "index.highlight.max_analyzed_offset", 1, INT32_MAX },
    { "index.mapping.total_fields.limit", 0, INT32_MAX },
    { "index.mapping.depth.limit", 1, INT32_MAX },
    { "index.mapping.nested_fields.limit", 0, INT32_MAX },
    { "index.mapping.nested_objects.limit", 0, INT32_MAX },
    { "index.mapping.field_name_length.limit", 1, INT32_MAX },
    { "index.max_refresh_listeners", 0, INT32_MAX },
    { "index.max_adjacency_matrix_filters", 2, INT32_MAX },
    { "index.priority", 0, INT32_MAX },
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

static enum qd_status check_integer(const struct qd_index_setting *row, struct qd_slice text,
                                    struct qd_error *error)
{
    int64_t value;
    if (!qd_parse_int64(text, &value) || value < INT32_MIN || value > INT32_MAX) {
        (void)qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(text));
        return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT, "Failed to parse value [%.*s] for setting [%s]",
                             QD_SLICE_ARG(text), row->key);
    }
    for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
        if (strcmp(bounds[i].key, row->key) != 0) continue;
        if (value < bounds[i].min) {
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                                "Failed to parse value [%.*s] for setting [%s] must be >= %lld",
                                QD_SLICE_ARG(text), row->key, (long long)bounds[i].min);
        }
        if (value > bounds[i].max) {
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                                "Failed to parse value [%.*s] for setting [%s] must be <= %lld",
                                QD_SLICE_ARG(text), row->key, (long long)bounds[i].max);
        }
    }
    return QD_OK;
}

static enum qd_status bad_expand(struct qd_slice text, size_t dash, struct qd_slice number,
                                 struct qd_error *error)
{
    (void)qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(number));
    return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT,
                         "failed to parse [index.auto_expand_replicas] from value: [%.*s] at index %zu",
                         QD_SLICE_ARG(text), dash);
}

/* "0-1", "0-all" or "false". */
static enum qd_status check_expand(struct qd_slice text, struct qd_error *error)
{
    int64_t min;
    int64_t max = INT32_MAX;
    size_t dash = qd_slice_find_byte(text, '-');
    if (qd_slice_is(text, "false")) return QD_OK;
    if (dash == SIZE_MAX) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "failed to parse [index.auto_expand_replicas] from value: [%.*s] at index -1",
                            QD_SLICE_ARG(text));
    }
    struct qd_slice low = qd_slice_sub(text, 0, dash);
    struct qd_slice high = qd_slice_from(text, dash + 1);
    if (!qd_parse_int64(low, &min) || min > INT32_MAX) return bad_expand(text, dash, low, error);
    if (!qd_slice_is(high, "all") && (!qd_parse_int64(high, &max) || max > INT32_MAX)) {
        return bad_expand(text, dash, high, error);
    }
    if (min <= max) return QD_OK;
    return qd_error_set(
        error, QD_ILLEGAL_ARGUMENT,
        "[index.auto_expand_replicas] minReplicas must be =< maxReplicas but wasn't %lld > %lld",
        (long long)min, (long long)max);
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
    if (strcmp(row->key, "index.auto_expand_replicas") == 0) return check_expand(text, error);
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
    return QD_OK;
}

static enum qd_status check_size(const struct qd_index_setting *row, struct qd_slice text,
                                 struct qd_error *error)
{
    int64_t ignored;
    if (qd_bytes_parse(text, row->key, &ignored, error) == QD_OK) return QD_OK;
    if (error == NULL) return QD_ILLEGAL_ARGUMENT;
    struct qd_slice reason = error->reason;
    return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT, "%.*s", QD_SLICE_ARG(reason));
}

static enum qd_status check_value(const struct qd_index_setting *row, struct qd_slice text,
                                  struct qd_error *error)
{
    int64_t ignored;
    bool flag;
    double real;
    switch (row->type) {
    case QD_SETTING_BOOLEAN: return qd_boolean_parse(text, &flag, error);
    case QD_SETTING_INTEGER: return check_integer(row, text, error);
    case QD_SETTING_TIME: return qd_time_parse_millis(text, row->key, &ignored, error);
    case QD_SETTING_SIZE: return check_size(row, text, error);
    case QD_SETTING_DOUBLE:
        if (qd_parse_double(text, &real)) return QD_OK;
        (void)qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(text));
        return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT, "Failed to parse value [%.*s] for setting [%s]",
                             QD_SLICE_ARG(text), row->key);
    case QD_SETTING_TEXT: return check_words(row, text, error);
    case QD_SETTING_LIST: return QD_OK;
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
static enum qd_status check_known(const struct qd_setting_pair *pairs, size_t count, enum qd_settings_use use,
                                  struct qd_arena *arena, struct qd_error *error)
{
    struct qd_buffer suppressed = { 0 };
    enum qd_status status = QD_OK;
    for (size_t i = 0; i < count; i++) {
        /* The name that was asked for is recorded by the cluster and is no setting for requests. */
        bool own = use == QD_SETTINGS_CREATE && qd_slice_is(pairs[i].key, "index.provided_name");
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

enum qd_status qd_check_index_settings(const struct qd_json *settings, enum qd_settings_use use,
                                       struct qd_arena *arena, struct qd_error *error)
{
    struct qd_setting_pair *pairs;
    size_t count = qd_settings_flatten(settings, QD_SLICE("index."), arena, &pairs);
    sort_pairs(pairs, count);
    QD_TRY(check_known(pairs, count, use, arena, error));
    for (size_t i = 0; i < count; i++) {
        const struct qd_index_setting *row = qd_index_setting_find(pairs[i].key);
        if (row == NULL) continue;
        QD_TRY(check_scope(row, use, error));
        if (qd_slice_is(pairs[i].json, "null")) continue;
        QD_TRY(check_value(row, unquote(pairs[i].json, arena), error));
    }
    if (use == QD_SETTINGS_CREATE) QD_TRY(check_new(pairs, count, arena, error));
    return QD_OK;
}
