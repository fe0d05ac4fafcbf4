#include "coordinator/cluster_settings_check.h"

#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "base/units.h"
#include "coordinator/disk_watermarks.h"
#include "coordinator/setting_words.h"
#include "coordinator/static_settings.h"

#define PLACES (QD_SETTING_OF_REQUEST | QD_SETTING_OF_FILE)

/* Families of settings whose names end in what the user makes up; none of them has a row. */
static const struct {
    const char *prefix;
    unsigned places; /* who may set them */
} families[] = {
    { "cluster.metadata.", QD_SETTING_OF_REQUEST },
    { "cluster.remote.", PLACES },
    { "cluster.routing.allocation.awareness.force.", PLACES },
    { "cluster.routing.allocation.exclude.", PLACES },
    { "cluster.routing.allocation.include.", PLACES },
    { "cluster.routing.allocation.require.", PLACES },
    { "cluster.thread_pool.", PLACES },
    { "logger.", PLACES },
    { "node.attr.", QD_SETTING_OF_FILE },
    { "transport.profiles.", QD_SETTING_OF_FILE },
};

bool qd_cluster_setting_in_family(struct qd_slice key, enum qd_setting_place place)
{
    for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
        struct qd_slice prefix = qd_slice_from_string(families[i].prefix);
        if ((families[i].places & (unsigned)place) == 0) continue;
        if (key.size > prefix.size && qd_slice_starts_with(key, prefix)) return true;
    }
    return false;
}

static int compare_row(const void *key, const void *row)
{
    const struct qd_cluster_setting_row *setting = row;
    return qd_slice_compare(*(const struct qd_slice *)key, qd_slice_from_string(setting->key));
}

const struct qd_cluster_setting_row *qd_cluster_setting_find(struct qd_slice key)
{
    return bsearch(&key, qd_cluster_settings_rows, qd_cluster_settings_row_count,
                   sizeof(qd_cluster_settings_rows[0]), compare_row);
}

static enum qd_status out_of_bounds(const struct qd_cluster_setting_row *row, struct qd_slice text,
                                    const char *sign, const char *bound, struct qd_error *error)
{
    if (row->type == QD_SETTING_TIME || row->type == QD_SETTING_BYTES) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "failed to parse value [%.*s] for setting [%s], must be %s [%s]",
                            QD_SLICE_ARG(text), row->key, sign, bound);
    }
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "Failed to parse value [%.*s] for setting [%s] must be %s %s", QD_SLICE_ARG(text),
                        row->key, sign, bound);
}

static enum qd_status check_number(const struct qd_cluster_setting_row *row, struct qd_slice text,
                                   struct qd_error *error)
{
    int64_t whole = 0;
    double value = 0;
    bool ok = row->type == QD_SETTING_DOUBLE ? qd_parse_double(text, &value) : qd_parse_int64(text, &whole);
    if (row->type == QD_SETTING_INTEGER && (whole > INT32_MAX || whole < INT32_MIN)) ok = false;
    if (!ok) {
        (void)qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(text));
        return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT, "Failed to parse value [%.*s] for setting [%s]",
                             QD_SLICE_ARG(text), row->key);
    }
    if (row->type != QD_SETTING_DOUBLE) value = (double)whole;
    double bound;
    if (row->least != NULL && qd_parse_double(qd_slice_from_string(row->least), &bound) && value < bound) {
        return out_of_bounds(row, text, ">=", row->least, error);
    }
    if (row->most != NULL && qd_parse_double(qd_slice_from_string(row->most), &bound) && value > bound) {
        return out_of_bounds(row, text, "<=", row->most, error);
    }
    return QD_OK;
}

static enum qd_status check_time(const struct qd_cluster_setting_row *row, struct qd_slice text,
                                 struct qd_error *error)
{
    int64_t value, least;
    QD_TRY(qd_time_parse_nanos(text, row->key, &value, error));
    if (row->least == NULL) return QD_OK;
    if (qd_time_parse_nanos(qd_slice_from_string(row->least), row->key, &least, NULL) != QD_OK) return QD_OK;
    return value < least ? out_of_bounds(row, text, ">=", row->least, error) : QD_OK;
}

static enum qd_status check_bytes(const struct qd_cluster_setting_row *row, struct qd_slice text,
                                  struct qd_error *error)
{
    int64_t bytes;
    if (qd_bytes_parse(text, row->key, &bytes, error) == QD_OK) return QD_OK;
    return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT, "%.*s", QD_SLICE_ARG(error->reason));
}

/* What a default ends with tells the type of a setting whose row has none: "true", "30s", "8192b". A number
 * alone tells nothing, and the cache of repositories may be a part of the memory. */
static enum qd_setting_type type_of_default(const struct qd_cluster_setting_row *row)
{
    struct qd_slice text = qd_slice_from_string(row->fallback);
    if (qd_slice_is(text, "\"true\"") || qd_slice_is(text, "\"false\"")) return QD_SETTING_BOOLEAN;
    if (text.size < 4 || text.data[1] < '0' || text.data[1] > '9') return QD_SETTING_TEXT;
    if (strcmp(row->key, "snapshot.repository_data.cache.threshold") == 0) return QD_SETTING_TEXT;
    char unit = text.data[text.size - 2];
    if (unit == 's' || unit == 'm' || unit == 'h') return QD_SETTING_TIME;
    return unit == 'b' ? QD_SETTING_BYTES : QD_SETTING_TEXT;
}

static enum qd_status check_static(const struct qd_cluster_setting_row *row, struct qd_slice text,
                                   struct qd_error *error)
{
    bool flag;
    int64_t ms;
    enum qd_setting_type type = type_of_default(row);
    const struct qd_cluster_setting_row *typed = qd_static_setting_find(qd_slice_from_string(row->key));
    if (typed != NULL) return typed->type == QD_SETTING_TIME ? check_time(typed, text, error)
                                                             : check_number(typed, text, error);
    if (type == QD_SETTING_BOOLEAN) return qd_boolean_parse(text, &flag, error);
    if (type == QD_SETTING_TIME) return qd_time_parse_millis(text, row->key, &ms, error);
    return type == QD_SETTING_BYTES ? check_bytes(row, text, error) : QD_OK;
}

enum qd_status qd_cluster_setting_check(const struct qd_cluster_setting_row *row, struct qd_slice text,
                                        struct qd_error *error)
{
    bool flag;
    switch (row->type) {
    case QD_SETTING_BOOLEAN: return qd_boolean_parse(text, &flag, error);
    case QD_SETTING_INTEGER:
    case QD_SETTING_LONG:
    case QD_SETTING_DOUBLE: return check_number(row, text, error);
    case QD_SETTING_TIME: return check_time(row, text, error);
    case QD_SETTING_BYTES: return check_bytes(row, text, error);
    case QD_SETTING_CHOICE: return qd_setting_words_check(row->key, text, error);
    case QD_SETTING_STATIC: return check_static(row, text, error);
    case QD_SETTING_FINAL:
    case QD_SETTING_RATIO:
    case QD_SETTING_TEXT:
    case QD_SETTING_LIST: return QD_OK;
    }
    return QD_OK;
}

/* Settings that a function looks up. */
struct settings {
    qd_setting_lookup *lookup;
    const void *context;
};

/* A time setting as it would hold. */
static int64_t time_of(const struct settings *settings, const char *key, int64_t fallback)
{
    struct qd_slice text = settings->lookup(settings->context, key);
    int64_t ms;
    return text.data != NULL && qd_time_parse_millis(text, key, &ms, NULL) == QD_OK ? ms : fallback;
}

static enum qd_status check_order(const struct settings *settings, const char *max_key, const char *of,
                                  struct qd_error *error)
{
    int64_t keep_alive = time_of(settings, "search.default_keep_alive", 300000);
    int64_t max = time_of(settings, max_key, 86400000);
    struct qd_buffer left = { 0 };
    struct qd_buffer right = { 0 };
    if (keep_alive <= max) return QD_OK;
    qd_time_print_millis(&left, keep_alive);
    qd_time_print_millis(&right, max);
    enum qd_status status = qd_error_set(
        error, QD_ILLEGAL_ARGUMENT,
        "Default keep alive setting for request [search.default_keep_alive] should "
        "be smaller than max keep alive%s [%s], was (%.*s > %.*s)",
        of, max_key, (int)left.size, left.data, (int)right.size, right.data);
    qd_buffer_deinit(&left);
    qd_buffer_deinit(&right);
    return status;
}

/* The default keep-alive stays below what requests may ask for. The reference looks at the two limits in
 * another order when a node starts. */
static enum qd_status check_keep_alives(const struct settings *settings, enum qd_setting_place place,
                                        struct qd_error *error)
{
    if (place == QD_SETTING_OF_FILE) QD_TRY(check_order(settings, "search.max_keep_alive", "", error));
    QD_TRY(check_order(settings, "point_in_time.max_keep_alive", " for PIT", error));
    return check_order(settings, "search.max_keep_alive", "", error);
}

/* Watermarks rise from low to flood stage and are all of one kind. */
static enum qd_status check_watermarks(const struct settings *settings, struct qd_error *error)
{
    struct qd_watermark marks[QD_WATERMARK_COUNT];
    for (size_t i = 0; i < QD_WATERMARK_COUNT; i++) {
        struct qd_slice text = settings->lookup(settings->context, qd_watermark_keys[i]);
        if (text.data == NULL) text = qd_slice_from_string(qd_watermark_defaults[i]);
        QD_TRY(qd_watermark_parse(text, qd_watermark_keys[i], &marks[i], error));
    }
    return qd_watermarks_check(marks, error);
}

enum qd_status qd_cluster_settings_check_together(qd_setting_lookup *lookup, const void *context,
                                                  enum qd_setting_place place, struct qd_error *error)
{
    struct settings settings = { lookup, context };
    QD_TRY(check_keep_alives(&settings, place, error));
    return check_watermarks(&settings, error);
}
