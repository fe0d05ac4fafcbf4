/* What an index is on a data node: parsed settings, analysis and mapping, shared by its shards and by work in
 * flight.
 *
 * Used by data (indexing, searching) and by coordinator operations that need a mapping. Immutable; a new
 * mapping or new settings make a new schema. References are atomic: work items hold one while they run.
 */
#ifndef QD_DATA_SCHEMA_H
#define QD_DATA_SCHEMA_H

#include "index/engine.h"
#include "mapping/mapping.h"
#include "master/cluster_state.h"
#include "search/query.h"

struct qd_schema {
    _Atomic uint32_t references;
    struct qd_arena *arena;                    /* holds everything below */
    struct qd_slice index_name;
    struct qd_slice index_uuid;
    struct qd_slice *aliases;                  /* aliases[alias_count], ascending */
    size_t alias_count;                        /* of aliases */
    int64_t aliases_version;                   /* of the metadata that they are from */
    struct qd_slice mapping_text;              /* the metadata's JSON text that `mapping` was made from */
    int64_t settings_version;
    struct qd_analysis_registry *analysis;
    struct qd_mapping *mapping;
    struct qd_mapping_limits mapping_limits;
    struct qd_search_limits limits;
    int64_t analyze_max_token_count;           /* index.analyze.max_token_count */
    struct qd_engine_options engine;
    int64_t refresh_interval_ms;               /* -1: never by itself */
    bool refresh_interval_explicit;            /* it was set: refreshes are never skipped */
    int64_t search_idle_after_ms;              /* index.search.idle.after */
    int64_t max_refresh_listeners;             /* writes that may wait; more force a refresh */
    int64_t sync_interval_ms;                  /* index.translog.sync_interval, for async durability */
    uint32_t shard_count;
    bool caches_requests;                      /* index.requests.cache.enable */
};

/* Parses an index's metadata; `cluster` gives node and cluster wide limits (search.max_buckets, ...), or
 * NULL; files that analyzers name are read through `env`, which may be NULL. One reference. Errors: those of
 * qd_analysis_create and qd_mapping_merge. */
QD_CHECKED enum qd_status qd_schema_create(const struct qd_index_metadata *index,
                                           const struct qd_effective_settings *cluster, struct qd_env *env,
                                           struct qd_schema **schema, struct qd_error *error);

/* References; any thread. */
struct qd_schema *qd_schema_retain(struct qd_schema *schema);
void qd_schema_release(struct qd_schema *schema);

/* The nested JSON object below "index.<group>." of flat settings as a parsed tree in `arena`, NULL when there
 * is none. */
QD_CHECKED enum qd_status qd_settings_group(const struct qd_map *settings, const char *group,
                                            struct qd_arena *arena, const struct qd_json **json,
                                            struct qd_error *error);

#endif
