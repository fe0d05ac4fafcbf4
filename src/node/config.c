#include "node/config.h"

#include "base/number.h"
#include "base/text.h"
#include "base/units.h"
#include "base/xcontent.h"
#include "coordinator/cluster_settings_check.h"
#include "master/cluster_state.h"

#define THREADS_MAX 1024

/* What stands beside the table of the reference's settings and its families: the settings of the security
 * plugin that there are, and our own. */
static const char *const own[] = { "path.conf",
                                   "quidditch.documents.cache.size",
                                   "plugins.security.ssl.http.enabled",
                                   "plugins.security.ssl.http.pemcert_filepath",
                                   "plugins.security.ssl.http.pemkey_filepath",
                                   "plugins.security.ssl.http.pemkey_password",
                                   "plugins.security.ssl.http.pemtrustedcas_filepath",
                                   "plugins.security.ssl.http.clientauth_mode",
                                   "quidditch.http.header_timeout",
                                   "quidditch.http.body_timeout",
                                   "quidditch.http.idle_timeout",
                                   "quidditch.http.write_timeout" };

void qd_config_init(struct qd_config *config, struct qd_arena *arena)
{
    config->arena = arena;
    qd_map_init(&config->settings, arena);
}

static bool is_own(struct qd_slice key)
{
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        if (qd_slice_is(key, own[i])) return true;
    }
    return false;
}

enum qd_status qd_config_set(struct qd_config *config, struct qd_slice key, struct qd_slice value,
                             struct qd_error *error)
{
    const struct qd_cluster_setting_row *row = qd_cluster_setting_find(key);
    if (row == NULL && !qd_cluster_setting_in_family(key, QD_SETTING_OF_FILE) && !is_own(key)) {
        return qd_error_set(
            error, QD_SETTINGS,
            "unknown setting [%.*s] please check that any required plugins are installed, or check "
            "the breaking changes documentation for removed settings",
            QD_SLICE_ARG(key));
    }
    if (row != NULL) QD_TRY(qd_cluster_setting_check(row, value, error));
    struct qd_slice *text = QD_NEW(config->arena, struct qd_slice);
    *text = qd_arena_copy(config->arena, value);
    qd_map_put(&config->settings, key, text);
    return QD_OK;
}

static struct qd_slice lookup(const void *context, const char *key)
{
    return qd_config_get(context, key, NULL);
}

enum qd_status qd_config_check(const struct qd_config *config, struct qd_error *error)
{
    return qd_cluster_settings_check_together(lookup, config, QD_SETTING_OF_FILE, error);
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

enum qd_status qd_config_threads(const struct qd_config *config, unsigned *threads, struct qd_error *error)
{
    const char *key = qd_config_get(config, "node.processors", NULL).data == NULL ? "processors"
                                                                                   : "node.processors";
    struct qd_slice text = qd_config_get(config, key, NULL);
    int64_t number;
    *threads = 0;
    if (text.data == NULL) return QD_OK;
    QD_TRY(qd_config_int(config, key, 0, &number, error));
    if (number < 1 || number > THREADS_MAX) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Failed to parse value [%.*s] for setting [%s] must be %s [%d]",
                            QD_SLICE_ARG(text), key, number < 1 ? ">=" : "<=", number < 1 ? 1 : THREADS_MAX);
    }
    *threads = (unsigned)number;
    return QD_OK;
}
