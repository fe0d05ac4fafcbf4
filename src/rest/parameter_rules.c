#include "rest/parameter_rules.h"

#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "base/units.h"
#include "coordinator/nodes_stats.h"
#include "coordinator/operations.h"
#include "rest/cat_tables.h"

/* What a value must be. */
enum type {
    TYPE_BOOL,
    TYPE_OPTION,        /* a bool of IndicesOptions, which has an error of its own */
    TYPE_INT,
    TYPE_LONG,
    TYPE_FLOAT,
    TYPE_NUMBER,        /* an int whose error is Java's */
    TYPE_TIME,
    TYPE_HITS,          /* track_total_hits: a bool or an int */
    TYPE_SHARDS,        /* wait_for_active_shards */
    TYPE_VERSION,       /* version_type */
    TYPE_SEARCH,        /* search_type */
    TYPE_CREATE,        /* op_type of _create */
    TYPE_WRITE,         /* op_type of a document */
    TYPE_NOT_EMPTY_PIPELINE,
    TYPE_NOT_EMPTY_SUGGESTION,
    TYPE_LEVEL,
    TYPE_SIZE,          /* an int that is not negative */
    TYPE_LIMIT,         /* the same with another text */
    TYPE_OPERATOR,
    TYPE_ANY            /* ends the search for a rule */
};

/* The type of a parameter, of all operations or of one. The first row that fits counts. */
struct rule {
    const char *name;
    enum type type;
    qd_operation_handler *handler; /* NULL: any */
    const char *setting;           /* what errors about a time call it; NULL: the name */
};

static const struct rule rules[] = {
    { "ignore_unavailable", TYPE_BOOL, qd_cat_snapshots, NULL },
    { "ignore_unavailable", TYPE_OPTION, NULL, NULL },
    { "allow_no_indices", TYPE_OPTION, NULL, NULL },
    { "ignore_throttled", TYPE_OPTION, NULL, NULL },
    { "active_only", TYPE_BOOL, NULL, NULL },
    { "ccs_minimize_roundtrips", TYPE_BOOL, NULL, NULL },
    { "detailed", TYPE_BOOL, NULL, NULL },
    { "full_id", TYPE_BOOL, NULL, NULL },
    { "include_segment_file_sizes", TYPE_BOOL, NULL, NULL },
    { "include_unloaded_segments", TYPE_BOOL, NULL, NULL },
    { "local", TYPE_BOOL, NULL, NULL },
    { "phase_took", TYPE_BOOL, NULL, NULL },
    { "request_cache", TYPE_BOOL, NULL, NULL },
    { "ts", TYPE_BOOL, qd_cat_count, NULL },
    { "ts", TYPE_BOOL, qd_cat_health, NULL },
    { "ts", TYPE_BOOL, qd_cat_tasks, NULL },
    { "verbose_pipeline", TYPE_BOOL, NULL, NULL },
    { "wait_for_completion", TYPE_BOOL, NULL, NULL },
    { "allow_partial_search_results", TYPE_BOOL, qd_coordinator_search, NULL },
    { "analyze_wildcard", TYPE_BOOL, qd_coordinator_search, NULL },
    { "lenient", TYPE_BOOL, qd_coordinator_search, NULL },
    { "default_operator", TYPE_OPERATOR, qd_coordinator_search, NULL },
    { "from", TYPE_SIZE, qd_coordinator_search, NULL },
    { "size", TYPE_SIZE, qd_coordinator_search, NULL },
    { "explain", TYPE_BOOL, qd_coordinator_search, NULL },
    { "version", TYPE_BOOL, qd_coordinator_search, NULL },
    { "seq_no_primary_term", TYPE_BOOL, qd_coordinator_search, NULL },
    { "terminate_after", TYPE_LIMIT, qd_coordinator_search, NULL },
    { "track_scores", TYPE_BOOL, qd_coordinator_search, NULL },
    { "include_named_queries_score", TYPE_BOOL, qd_coordinator_search, NULL },
    { "rest_total_hits_as_int", TYPE_BOOL, qd_coordinator_search, NULL },
    { "batched_reduce_size", TYPE_INT, NULL, NULL },
    { "max_concurrent_searches", TYPE_INT, NULL, NULL },
    { "max_concurrent_shard_requests", TYPE_INT, NULL, NULL },
    { "pre_filter_shard_size", TYPE_INT, NULL, NULL },
    { "shards", TYPE_NUMBER, qd_cat_segment_replication, NULL },
    { "wait_for_metadata_version", TYPE_LONG, NULL, NULL },
    { "min_score", TYPE_FLOAT, NULL, NULL },
    { "track_total_hits", TYPE_HITS, NULL, NULL },
    { "cancel_after_time_interval", TYPE_TIME, NULL, NULL },
    { "keep_alive", TYPE_TIME, NULL, NULL },
    { "scroll", TYPE_TIME, NULL, NULL },
    { "timeout", TYPE_TIME, qd_coordinator_search, NULL },
    { "timeout", TYPE_TIME, qd_coordinator_search_template, NULL },
    { "timeout", TYPE_TIME, qd_coordinator_list_tasks, NULL },
    { "timeout", TYPE_TIME, qd_coordinator_get_task, NULL },
    { "timeout", TYPE_TIME, qd_cat_tasks, NULL },
    { "timeout", TYPE_TIME, qd_coordinator_nodes_stats, "NodesStatsRequest.timeout" },
    { "timeout", TYPE_TIME, qd_cat_allocation, "NodesStatsRequest.timeout" },
    { "timeout", TYPE_TIME, qd_coordinator_nodes_info, "NodesInfoRequest.timeout" },
    { "timeout", TYPE_TIME, qd_cat_nodeattrs, "NodesInfoRequest.timeout" },
    { "timeout", TYPE_TIME, qd_cat_nodes, "NodesInfoRequest.timeout" },
    { "timeout", TYPE_TIME, qd_cat_plugins, "NodesInfoRequest.timeout" },
    { "timeout", TYPE_TIME, qd_cat_thread_pool, "NodesInfoRequest.timeout" },
    { "timeout", TYPE_TIME, qd_cat_recovery, "RecoveryRequest.timeout" },
    { "timeout", TYPE_TIME, qd_cat_segment_replication, "SegmentReplicationStatsRequest.timeout" },
    { "timeout", TYPE_TIME, qd_coordinator_reload_secure_settings,
      "NodesReloadSecureSettingsRequest.timeout" },
    { "timeout", TYPE_TIME, qd_coordinator_cluster_stats, "ClusterStatsRequest.timeout" },
    { "wait_for_active_shards", TYPE_SHARDS, NULL, NULL },
    { "version_type", TYPE_ANY, qd_coordinator_update, NULL },
    { "version_type", TYPE_VERSION, NULL, NULL },
    { "search_type", TYPE_SEARCH, NULL, NULL },
    { "op_type", TYPE_CREATE, qd_coordinator_create, NULL },
    { "op_type", TYPE_WRITE, NULL, NULL },
    { "pipeline", TYPE_NOT_EMPTY_PIPELINE, NULL, NULL },
    { "suggest_field", TYPE_NOT_EMPTY_SUGGESTION, NULL, NULL },
    { "level", TYPE_LEVEL, qd_coordinator_nodes_stats, NULL },
};

/* A parameter that is read only beside another one. */
static const struct {
    const char *name, *beside;
} companions[] = {
    { "analyze_wildcard", "q" },          { "analyzer", "q" },
    { "default_operator", "q" },          { "df", "q" },
    { "lenient", "q" },                   { "suggest_mode", "suggest_field" },
    { "suggest_size", "suggest_field" },  { "suggest_text", "suggest_field" },
};

/* A parameter of statistics that is read only when one of some metrics is asked for. */
static const struct {
    const char *name;
    const char *metrics[2];
} metric_needs[] = {
    { "completion_fields", { "completion", NULL } },
    { "fielddata_fields", { "fielddata", NULL } },
    { "fields", { "completion", "fielddata" } },
    { "include_segment_file_sizes", { "segments", NULL } },
    { "include_unloaded_segments", { "segments", NULL } },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static bool has(const struct qd_call *call, const char *name)
{
    return qd_call_parameter(call, name).data != NULL;
}

/* Whether a list of metrics is absent, is everything, or has `metric`. */
static bool asks_for(const struct qd_call *call, const char *list, const char *metric)
{
    struct qd_slice *metrics;
    size_t count = qd_call_list(call, list, &metrics);
    if (count == 0) return true;
    for (size_t i = 0; i < count; i++) {
        if (qd_slice_is(metrics[i], "_all") || qd_slice_is(metrics[i], metric)) return true;
    }
    return false;
}

static bool metric_is_asked(const struct qd_call *call, const struct qd_route *route, struct qd_slice name)
{
    bool of_nodes = route->handler == qd_coordinator_nodes_stats;
    const char *list = of_nodes ? "index_metric" : "metric";
    if (of_nodes && qd_slice_is(name, "groups")) {
        return asks_for(call, "metric", "indices") && asks_for(call, list, "search");
    }
    for (size_t i = 0; i < COUNT(metric_needs); i++) {
        if (!qd_slice_is(name, metric_needs[i].name)) continue;
        if (of_nodes && !asks_for(call, "metric", "indices")) return false;
        const char *second = metric_needs[i].metrics[1];
        return asks_for(call, list, metric_needs[i].metrics[0]) ||
               (second != NULL && asks_for(call, list, second));
    }
    return true;
}

/* The help of a cat table reads neither the path nor the index. */
static bool help_hides(const struct qd_call *call, const struct qd_route *route, struct qd_slice name)
{
    static const char *const hidden[] = { "alias", "nodes", "index", "fields", "repository", "name" };
    bool help = false;
    if ((route->flags & QD_ROUTE_TEXT) == 0 || !has(call, "help")) return false;
    if (qd_call_bool(call, "help", &help, NULL) != QD_OK || !help) return false;
    for (size_t i = 0; i < COUNT(hidden); i++) {
        if (qd_slice_is(name, hidden[i])) return true;
    }
    return false;
}

/* Only a task that nobody waits for has a timeout of its own. */
static bool runs_apart(const struct qd_call *call)
{
    bool wait = true;
    return qd_call_bool(call, "wait_for_completion", &wait, NULL) == QD_OK && !wait;
}

bool qd_parameter_is_read(const struct qd_call *call, const struct qd_route *route, struct qd_slice name)
{
    bool statistics = route->handler == qd_coordinator_index_stats ||
                      route->handler == qd_coordinator_nodes_stats;
    if (statistics && !metric_is_asked(call, route, name)) return false;
    if (help_hides(call, route, name)) return false;
    if (qd_slice_is(name, "task_execution_timeout")) return runs_apart(call);
    for (size_t i = 0; i < COUNT(companions); i++) {
        if (route->handler == qd_coordinator_analyze) break;
        if (qd_slice_is(name, companions[i].name)) return has(call, companions[i].beside);
    }
    return true;
}

static bool is_one_of(struct qd_slice text, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (qd_slice_is(text, *words)) return true;
    }
    return false;
}

bool qd_parameter_is_hint(const struct qd_call *call, const struct qd_route *route, struct qd_slice name)
{
    static const char *const asked[] = { "master_timeout",
                                         "version",
                                         "source",
                                         "pre_filter_shard_size",
                                         "max_concurrent_shard_requests",
                                         "max_concurrent_searches",
                                         "wait_for_relocating_shards",
                                         "wait_for_metadata_version",
                                         "wait_for_removal",
                                         "node_ids",
                                         "node_names",
                                         "task_execution_timeout",
                                         NULL };
    static const char *const of_statistics[] = { "completion_fields", "fielddata_fields", "fields", "groups",
                                                 NULL };
    static const char *const of_searches[] = { "allow_partial_search_results",
                                               "explain",
                                               "from",
                                               "phase_took",
                                               "seq_no_primary_term",
                                               "size",
                                               "terminate_after",
                                               "timeout",
                                               "track_scores",
                                               "track_total_hits",
                                               "verbose_pipeline",
                                               NULL };
    bool searches = route->handler == qd_coordinator_search ||
                    route->handler == qd_coordinator_search_template;
    bool statistics = route->handler == qd_coordinator_index_stats ||
                      route->handler == qd_coordinator_nodes_stats;
    if (qd_map_get(&call->parameters, name) != NULL) return true;
    bool metrics = qd_slice_is(name, "metrics") && has(call, "nodeId");
    if (route->handler == qd_coordinator_nodes_info && metrics) return false;
    if (route->handler == qd_coordinator_shard_stores && qd_slice_is(name, "status")) return false;
    if (route->handler == qd_cat_aliases && qd_slice_is(name, "alias")) return false;
    if (route->handler == qd_cat_templates && qd_slice_is(name, "name")) return false;
    if (is_one_of(name, asked)) return false;
    if (statistics && is_one_of(name, of_statistics)) return false;
    return !searches || !is_one_of(name, of_searches);
}

/* ---- values ---- */

static enum qd_status check_option(const struct qd_call *call, const char *name, struct qd_error *error)
{
    bool ignored;
    if (qd_call_bool(call, name, &ignored, error) == QD_OK) return QD_OK;
    return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT, "Could not convert [%s] to boolean", name);
}

static enum qd_status not_a_number(struct qd_slice text, struct qd_error *error)
{
    return qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(text));
}

/* Ints that have a smallest value, with what the reference calls them. */
static enum qd_status check_least(const char *name, struct qd_slice text, struct qd_error *error)
{
    static const struct {
        const char *name, *reason;
        int64_t least;
    } bounds[] = {
        { "batched_reduce_size", "batchedReduceSize must be >= 2", 2 },
        { "max_concurrent_shard_requests", "maxConcurrentShardRequests must be >= 1", 1 },
        { "pre_filter_shard_size", "preFilterShardSize must be >= 1", 1 },
    };
    int64_t value;
    for (size_t i = 0; i < COUNT(bounds); i++) {
        if (strcmp(name, bounds[i].name) != 0 || !qd_parse_int64(text, &value)) continue;
        if (value < bounds[i].least) return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "%s", bounds[i].reason);
    }
    return QD_OK;
}

static bool is_int(struct qd_slice text)
{
    int64_t value;
    return qd_parse_int64(text, &value) && value >= INT32_MIN && value <= INT32_MAX;
}

static enum qd_status check_number(enum type type, const char *name, struct qd_slice text,
                                   struct qd_error *error)
{
    int64_t whole;
    double number;
    const char *word = type == TYPE_LONG ? "long" : type == TYPE_FLOAT ? "float" : "int";
    bool good = type == TYPE_LONG    ? qd_parse_int64(text, &whole)
                : type == TYPE_FLOAT ? qd_parse_double(text, &number)
                                     : is_int(text);
    if (good) return check_least(name, text, error);
    if (type == TYPE_FLOAT && text.size == 0) {
        (void)qd_error_set(error, QD_NUMBER_FORMAT, "empty String");
    } else {
        (void)not_a_number(text, error);
    }
    if (type == TYPE_NUMBER) return error == NULL ? QD_NUMBER_FORMAT : error->status;
    return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT, "Failed to parse %s parameter [%s] with value [%.*s]",
                         word, name, QD_SLICE_ARG(text));
}

static enum qd_status check_active_shards(struct qd_slice text, struct qd_error *error)
{
    int64_t number;
    if (qd_slice_is(text, "all") || is_int(text)) {
        if (qd_parse_int64(text, &number) && number < 0) {
            (void)qd_error_set(error, QD_ILLEGAL_ARGUMENT, "shard count cannot be a negative value");
            return QD_ILLEGAL_ARGUMENT;
        }
        return QD_OK;
    }
    (void)not_a_number(text, error);
    return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT, "cannot parse ActiveShardCount[%.*s]",
                         QD_SLICE_ARG(text));
}

static enum qd_status check_word(enum type type, struct qd_slice text, struct qd_error *error)
{
    static const char *const versions[] = { "internal", "external", "external_gte", "force", NULL };
    static const char *const searches[] = { "query_then_fetch", "dfs_query_then_fetch", NULL };
    static const char *const old_searches[] = { "query_and_fetch", "dfs_query_and_fetch", NULL };
    const char *reason = NULL;
    if (type == TYPE_VERSION && !is_one_of(text, versions)) reason = "No version type match [%.*s]";
    if (type == TYPE_CREATE && !qd_slice_is(text, "create"))
        reason = "opType must be 'create', found: [%.*s]";
    if (type == TYPE_WRITE && text.size == 0) reason = "opType must be 'create' or 'index', found: [%.*s]";
    if (type == TYPE_SEARCH && !is_one_of(text, searches)) reason = "No search type for [%.*s]";
    if (type == TYPE_SEARCH && is_one_of(text, old_searches)) reason = "Unsupported search type [%.*s]";
    if (type == TYPE_LEVEL && text.size == 0) {
        reason = "level parameter must be one of [indices] or [node] or [shards] but was [%.*s]";
    }
    if (type == TYPE_NOT_EMPTY_SUGGESTION && text.size == 0) reason = "suggestion field name is empty%.*s";
    if (reason == NULL) return QD_OK;
    struct qd_slice filled = { 0 };
    const char *hole = strstr(reason, "%.*s");
    if (error != NULL) {
        filled = qd_arena_format(error->arena, "%.*s%.*s%s", (int)(hole - reason), reason, QD_SLICE_ARG(text),
                                 hole + 4);
    }
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "%.*s", QD_SLICE_ARG(filled));
}

static enum qd_status check_hits(const struct qd_call *call, struct qd_slice text, struct qd_error *error)
{
    if (qd_slice_is(text, "true") || qd_slice_is(text, "false")) return QD_OK;
    (void)call;
    return check_number(TYPE_INT, "track_total_hits", text, error);
}

static enum qd_status check_size(enum type type, const char *name, struct qd_slice text,
                                 struct qd_error *error)
{
    int64_t value;
    QD_TRY(check_number(TYPE_INT, name, text, error));
    if (!qd_parse_int64(text, &value) || value >= 0) return QD_OK;
    if (type == TYPE_LIMIT) return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "terminateAfter must be > 0");
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "[%s] parameter cannot be negative, found [%.*s]", name,
                        QD_SLICE_ARG(text));
}

static enum qd_status check_operator(const struct qd_call *call, struct qd_slice text, struct qd_error *error)
{
    struct qd_slice upper = qd_uppercase(call->arena, text);
    if (text.size == 0 || qd_slice_is(upper, "AND") || qd_slice_is(upper, "OR")) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "No enum constant org.opensearch.index.query.Operator.%.*s", QD_SLICE_ARG(upper));
}

static enum qd_status check(const struct qd_call *call, const struct rule *rule, struct qd_slice text,
                            struct qd_error *error)
{
    bool ignored;
    int64_t milliseconds;
    switch (rule->type) {
    case TYPE_ANY: return QD_OK;
    case TYPE_BOOL: return qd_call_bool(call, rule->name, &ignored, error);
    case TYPE_OPTION: return check_option(call, rule->name, error);
    case TYPE_NUMBER:
        if (text.size == 0) return QD_OK;
        return check_number(rule->type, rule->name, text, error);
    case TYPE_INT:
    case TYPE_LONG:
    case TYPE_FLOAT:
        return check_number(rule->type, rule->name, text, error);
    case TYPE_TIME:
        return qd_time_parse_millis(text, rule->setting == NULL ? rule->name : rule->setting, &milliseconds,
                                    error);
    case TYPE_HITS: return check_hits(call, text, error);
    case TYPE_SIZE:
    case TYPE_LIMIT: return check_size(rule->type, rule->name, text, error);
    case TYPE_OPERATOR: return check_operator(call, text, error);
    case TYPE_SHARDS: return check_active_shards(text, error);
    case TYPE_NOT_EMPTY_PIPELINE:
        if (text.size > 0) return QD_OK;
        return qd_error_set(error, QD_ACTION_REQUEST_VALIDATION,
                            "Validation Failed: 1: pipeline cannot be an empty string;");
    case TYPE_LEVEL:
        if (!asks_for(call, "metric", "indices")) return QD_OK;
        return check_word(rule->type, text, error);
    case TYPE_VERSION:
    case TYPE_SEARCH:
    case TYPE_CREATE:
    case TYPE_WRITE:
    case TYPE_NOT_EMPTY_SUGGESTION: return check_word(rule->type, text, error);
    }
    return QD_OK;
}

static const struct rule *rule_of(const struct qd_route *route, struct qd_slice name)
{
    for (size_t i = 0; i < COUNT(rules); i++) {
        bool fits = rules[i].handler == NULL || rules[i].handler == route->handler;
        if (fits && qd_slice_is(name, rules[i].name)) return &rules[i];
    }
    return NULL;
}

/* "fields" was a parameter once, and its readers say what is in its place. */
static enum qd_status check_retired(const struct qd_call *call, const struct qd_route *route,
                                    struct qd_error *error)
{
    static const struct {
        qd_operation_handler *handler;
        const char *reason;
    } rows[] = {
        { qd_coordinator_get, "the parameter [fields] is no longer supported, please use [stored_fields] to "
                              "retrieve stored fields or [_source] to load the field from _source" },
        { qd_coordinator_mget, "The parameter [fields] is no longer supported, please use [stored_fields] to "
                               "retrieve stored fields or _source filtering if the field is not stored" },
        { qd_coordinator_explain, "The parameter [fields] is no longer supported, please use [stored_fields] "
                                  "to retrieve stored fields" },
    };
    if (!has(call, "fields")) return QD_OK;
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (rows[i].handler == route->handler) {
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "%s", rows[i].reason);
        }
    }
    return QD_OK;
}

enum qd_status qd_parameters_check(const struct qd_call *call, const struct qd_route *route,
                                   const struct qd_slice *names, size_t count, struct qd_error *error)
{
    QD_TRY(check_retired(call, route, error));
    for (size_t i = 0; i < count; i++) {
        const struct qd_slice *value = qd_map_get(&call->parameters, names[i]);
        if (value == NULL) continue;
        const struct rule *rule = rule_of(route, names[i]);
        if (rule != NULL) QD_TRY(check(call, rule, *value, error));
    }
    if (route->handler == qd_coordinator_nodes_stats) return qd_nodes_stats_check(call, error);
    return QD_OK;
}
