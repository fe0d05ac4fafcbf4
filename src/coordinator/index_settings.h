/* Index settings: which exist, what they may hold, and which may change when.
 *
 * Used by create index, put settings, templates and get settings (defaults). One row per setting.
 * Source: IndexScopedSettings of OpenSearch 3.8.0, defaults as the reference returns them with
 * include_defaults.
 */
#ifndef QD_COORDINATOR_INDEX_SETTINGS_H
#define QD_COORDINATOR_INDEX_SETTINGS_H

#include "base/json.h"
#include "base/map.h"
#include "base/status.h"

enum qd_settings_use {
    QD_SETTINGS_CREATE, /* a new index */
    QD_SETTINGS_UPDATE  /* put settings */
};

enum qd_setting_type {
    QD_SETTING_TEXT,
    QD_SETTING_BOOLEAN,
    QD_SETTING_INTEGER,
    QD_SETTING_TIME,
    QD_SETTING_SIZE,
    QD_SETTING_DOUBLE,
    QD_SETTING_LIST
};

enum qd_setting_scope {
    QD_SETTING_DYNAMIC,         /* may change while the index is open */
    QD_SETTING_FIXED_WHEN_OPEN, /* at creation, and while the index is closed */
    QD_SETTING_FINAL,           /* at creation only */
    QD_SETTING_PRIVATE,         /* set by the cluster only */
    QD_SETTING_INTERNAL         /* set by the cluster only, through an API of its own */
};

/* A row. */
struct qd_index_setting {
    const char *key;          /* "index.refresh_interval"; a group ends with ".*" */
    enum qd_setting_type type;
    const char *fallback;     /* default as text (lists as JSON); NULL: none is shown */
    enum qd_setting_scope scope;
};

/* The rows, ascending by key. */
size_t qd_index_settings(const struct qd_index_setting **rows);

/* The row of a key, or NULL. */
const struct qd_index_setting *qd_index_setting_find(struct qd_slice key);

/* Checks the nested or flat settings of a request (NULL: nothing). Whether the scope of a setting fits the
 * state of each index (dynamic, final) is checked by put settings. Errors: QD_SETTINGS ("unknown setting
 * [index.x] ..."), QD_ILLEGAL_ARGUMENT ("Failed to parse value [x] for setting [y]", ...), QD_VALIDATION. */
QD_CHECKED enum qd_status qd_check_index_settings(const struct qd_json *settings, enum qd_settings_use use,
                                                  struct qd_arena *arena, struct qd_error *error);

#endif
