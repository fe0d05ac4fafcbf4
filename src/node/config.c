#include "node/config.h"

#include "base/number.h"
#include "base/text.h"
#include "base/units.h"
#include "base/xcontent.h"
#include "master/cluster_state.h"

/* Keys (or beginnings of keys, with a dot at the end) that a node's file and command line may hold. */
static const char *const known[] = {
    "cluster.",
    "node.",
    "path.",
    "http.",
    "transport.",
    "network.",
    "discovery.",
    "gateway.",
    "action.",
    "indices.",
    "search.",
    "script.",
    "ingest.",
    "thread_pool.",
    "bootstrap.",
    "logger.",
    "monitor.",
    "repositories.",
    "reindex.",
    "plugins.",
    "plugin.",
    "processors",
    "opensearch.",
    "quidditch.",
    "rest.",
    "cache.",
    "indexing_pressure.",
    "admission_control.",
    "search_backpressure.",
    "resource.",
    "task_resource_tracking.",
    "compatibility.",
};

void qd_config_init(struct qd_config *config, struct qd_arena *arena)
{
    config->arena = arena;
    qd_map_init(&config->settings, arena);
}

static bool is_known(struct qd_slice key)
{
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        struct qd_slice name = qd_slice_from_string(known[i]);
        bool group = name.data[name.size - 1] == '.';
        if (group ? qd_slice_starts_with(key, name) : qd_slice_equal(key, name)) return true;
    }
    return false;
}

enum qd_status qd_config_set(struct qd_config *config, struct qd_slice key, struct qd_slice value,
                             struct qd_error *error)
{
    if (!is_known(key)) {
        return qd_error_set(
            error, QD_SETTINGS,
            "unknown setting [%.*s] please check that any required plugins are installed, or check "
            "the breaking changes documentation for removed settings",
            QD_SLICE_ARG(key));
    }
    struct qd_slice *text = QD_NEW(config->arena, struct qd_slice);
    *text = qd_arena_copy(config->arena, value);
    qd_map_put(&config->settings, key, text);
    return QD_OK;
}

/* A JSON array of strings as a comma text, a JSON string without its quotes. */
static struct qd_slice plain_text(struct qd_slice json, struct qd_arena *arena)
{
    struct qd_json_document document;
    struct qd_buffer text = { 0 };
    if (qd_json_parse(arena, json, &document, NULL) != QD_OK) return json;
    if (!qd_json_is_array(document.root)) return qd_json_text(document.root);
    struct qd_json_iterator at = qd_json_iterate(document.root);
    while (qd_json_next(&at)) {
        if (text.size > 0) qd_buffer_byte(&text, ',');
        qd_buffer_slice(&text, qd_json_text(at.value));
    }
    struct qd_slice result = qd_arena_copy(arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return result;
}

enum qd_status qd_config_yaml(struct qd_config *config, struct qd_slice text, struct qd_slice name,
                              struct qd_error *error)
{
    struct qd_slice json;
    struct qd_json_document document;
    struct qd_setting_pair *pairs;
    if (qd_trim(text).size == 0) return QD_OK;
    if (qd_xcontent_to_json(config->arena, QD_XCONTENT_YAML, text, &json, error) != QD_OK) {
        return qd_error_wrap(error, QD_PARSE, "cannot read the configuration [%.*s]", QD_SLICE_ARG(name));
    }
    QD_TRY(qd_json_parse(config->arena, json, &document, error));
    size_t count = qd_settings_flatten(document.root, (struct qd_slice){ 0 }, config->arena, &pairs);
    for (size_t i = 0; i < count; i++) {
        QD_TRY(qd_config_set(config, pairs[i].key, plain_text(pairs[i].json, config->arena), error));
    }
    return QD_OK;
}

struct qd_slice qd_config_get(const struct qd_config *config, const char *key, const char *fallback)
{
    const struct qd_slice *text = qd_map_get(&config->settings, qd_slice_from_string(key));
    return text != NULL ? *text : qd_slice_from_string(fallback);
}

enum qd_status qd_config_int(const struct qd_config *config, const char *key, int64_t fallback,
                             int64_t *value, struct qd_error *error)
{
    struct qd_slice text = qd_config_get(config, key, NULL);
    *value = fallback;
    if (text.data == NULL || qd_parse_int64(text, value)) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Failed to parse value [%.*s] for setting [%s]",
                        QD_SLICE_ARG(text), key);
}

enum qd_status qd_config_bool(const struct qd_config *config, const char *key, bool fallback, bool *value,
                              struct qd_error *error)
{
    struct qd_slice text = qd_config_get(config, key, NULL);
    *value = fallback;
    return text.data == NULL ? QD_OK : qd_boolean_parse(text, value, error);
}
