/* Configuration of a node: defaults, then quidditch.yml, then -E key=value.
 *
 * Used by main.c and the embedding API. Keys are OpenSearch's. Source: OpenSearch Settings, the reference's
 * opensearch.yml.
 */
#ifndef QD_NODE_CONFIG_H
#define QD_NODE_CONFIG_H

#include "base/arena.h"
#include "base/map.h"
#include "base/status.h"

#define QD_CONFIG_FILE_SIZE_MAX ((size_t)1 << 20)

/* A node's settings: flat key -> struct qd_slice *: text (lists as comma texts). */
struct qd_config {
    struct qd_arena *arena;
    struct qd_map settings;
};

/* An empty configuration. Memory: `arena`. */
void qd_config_init(struct qd_config *config, struct qd_arena *arena);

/* Sets one key. Errors: QD_SETTINGS for a key that no node knows, QD_ILLEGAL_ARGUMENT or QD_PARSE for a value
 * that is none of the setting's. */
QD_CHECKED enum qd_status qd_config_set(struct qd_config *config, struct qd_slice key, struct qd_slice value,
                                        struct qd_error *error);

/* Reads YAML text (nested or dotted keys); `name` is used in errors. Errors: QD_PARSE, QD_SETTINGS. */
QD_CHECKED enum qd_status qd_config_yaml(struct qd_config *config, struct qd_slice text, struct qd_slice name,
                                         struct qd_error *error);

/* Checks what has to fit together once everything is set. Errors: QD_ILLEGAL_ARGUMENT. */
QD_CHECKED enum qd_status qd_config_check(const struct qd_config *config, struct qd_error *error);

/* The text of a key, or `fallback` (may be NULL) when it is not set. */
struct qd_slice qd_config_get(const struct qd_config *config, const char *key, const char *fallback);

/* Numbers and booleans with their default. Errors: QD_ILLEGAL_ARGUMENT when the text is none. */
QD_CHECKED enum qd_status qd_config_int(const struct qd_config *config, const char *key, int64_t fallback,
                                        int64_t *value, struct qd_error *error);
QD_CHECKED enum qd_status qd_config_bool(const struct qd_config *config, const char *key, bool fallback,
                                         bool *value, struct qd_error *error);

/* Threads that work: node.processors, else processors, else 0 (as many as the machine has). Errors:
 * QD_ILLEGAL_ARGUMENT when that is no number from 1 to 1024. */
QD_CHECKED enum qd_status qd_config_threads(const struct qd_config *config, unsigned *threads,
                                            struct qd_error *error);

#endif
