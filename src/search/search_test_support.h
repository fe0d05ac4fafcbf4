/* One shard in memory for tests of search: a mapping, documents, requests.
 *
 * Used by the search tests. Memory: one arena per world; the engine runs over the fake environment.
 */
#ifndef QD_SEARCH_SEARCH_TEST_SUPPORT_H
#define QD_SEARCH_SEARCH_TEST_SUPPORT_H

#include "index/engine.h"
#include "search/search.h"

/* The world. */
struct search_world {
    struct qd_arena *arena;
    struct qd_env *env;
    struct qd_engine *engine;
    struct qd_mapping *mapping;
    struct qd_analysis_registry *analysis;
    struct qd_snapshot *snapshot; /* of the last refresh */
    struct qd_shard_view view;
    struct qd_error error;
};

/* Opens an empty shard; `mapping` and `analysis` are JSON texts, `analysis` may be NULL. */
void search_world_open(struct search_world *world, const char *mapping, const char *analysis);
void search_world_close(struct search_world *world);

/* Indexes, deletes, refreshes. */
void search_world_index(struct search_world *world, const char *id, struct qd_slice source);
void search_world_delete(struct search_world *world, const char *id);
void search_world_refresh(struct search_world *world);

/* Merges all segments into one. */
void search_world_merge(struct search_world *world);

/* Runs a search body; the answer is {"total":..,"relation":..,"max_score":..,"hits":[..]} or
 * {"error":type,"reason":..}. */
struct qd_slice search_world_search(struct search_world *world, struct qd_slice body);

/* The text of the body's query, as _validate/query?explain prints it; an error as "error: type: reason". */
struct qd_slice search_world_text(struct search_world *world, struct qd_slice body);

/* The explanation of a document. */
struct qd_slice search_world_explain(struct search_world *world, struct qd_slice body, const char *id);

#endif
