/* For tests of the engine: documents from small texts, and an engine on the fake disk beside a naive model.
 *
 * A source is `words|tag|number`: words become the inverted field "body", tag a keyword with ordinals "tag",
 * number the numeric field "n" with points.
 */
#ifndef QD_INDEX_ENGINE_TEST_SUPPORT_H
#define QD_INDEX_ENGINE_TEST_SUPPORT_H

#include "base/test.h"
#include "index/engine.h"
#include "simulation/fake/fake_env.h"

#define MODEL_IDS 48
#define MODEL_SOURCE 96

/* One operation that was applied. */
struct model_operation {
    uint32_t id;
    bool is_delete;
    int64_t version;
    int64_t seq_no;
    char source[MODEL_SOURCE];
};

/* What an id is now. */
struct model_document {
    bool exists;
    int64_t version;
    int64_t seq_no;
    const char *source;
};

/* The engine and what it should know. */
struct world {
    struct qd_env *env;
    struct qd_engine *engine;         /* NULL: closed */
    struct qd_engine_options options;
    struct qd_arena *arena;           /* of the model */
    struct qd_error error;
    struct model_operation *log;      /* log[log_count], by seq_no from 0 */
    size_t log_count;
    size_t log_capacity;
    int64_t synced;                   /* greatest seq_no that must survive a crash; -1: none */
    bool restarted;                   /* since the beginning */
    uint64_t random;
};

/* Parses a source into `document`. */
enum qd_status test_document_parse(void *context, struct qd_slice id, struct qd_slice routing,
                                   struct qd_slice source,
                                   struct qd_arena *arena, struct qd_document *document,
                                       struct qd_error *error);

/* A world with an opened engine. */
void world_begin(struct world *world, uint64_t seed, const struct qd_fake_options *fakes);
void world_end(struct world *world);
enum qd_status world_open(struct world *world);
void world_close(struct world *world);

/* Crashes the process and starts it again; the log is cut to what survived, which is checked. */
void world_crash(struct world *world);
/* After opening: the recovered operations are a prefix of the log that holds all synced ones. */
void world_check_recovered(struct world *world);

/* Index, delete, sync; each returns the engine's status and keeps the log. */
enum qd_status world_index(struct world *world, uint32_t id, const char *source);
enum qd_status world_delete(struct world *world, uint32_t id);
enum qd_status world_sync(struct world *world);
/* Plans, runs and installs one merge; *did tells whether there was one. */
enum qd_status world_merge(struct world *world, uint32_t segments_max, bool *did);

/* The model's view of ids now. */
void world_model(const struct world *world, struct model_document documents[MODEL_IDS]);

/* Compares every get with the model. */
void world_check_gets(struct world *world);
/* After a refresh: compares live documents, postings, columns and points of the snapshot with the model. */
void world_check_snapshot(struct world *world);

/* A random number below bound; a random source. */
uint32_t world_below(struct world *world, uint32_t bound);
void world_source(struct world *world, char source[MODEL_SOURCE]);

#endif
