/* Reader contexts: views that are kept between calls for fetch, scroll and point in time.
 *
 * Used by data/query_action.c. Loop only. A context is dropped when it is freed, when its keep-alive has
 * passed without use, or with the node.
 */
#ifndef QD_DATA_CONTEXTS_H
#define QD_DATA_CONTEXTS_H

#include "data/shard.h"
#include "search/search.h"

/* search.max_open_scroll_context and search.max_open_pit_context guard the number kept for clients; this one
 * guards everything. */
#define QD_READER_CONTEXTS_MAX 100000

struct qd_reader_context {
    uint64_t id;                      /* > 0 */
    struct qd_reader_context *next;
    struct qd_reader_contexts *family;
    struct qd_arena *arena;           /* as long as the context */
    struct qd_shard_reader reader;
    struct qd_slice index_name, index_uuid;
    uint32_t shard;
    struct qd_slice body;             /* the search that made it, for fetch and scroll */
    struct qd_slice alias_filter;
    int64_t now_ms;                   /* of the search that made it */
    bool for_scroll, for_pit;
    struct qd_arena *cursor_arena;    /* holds last_sort_values; NULL: none */
    bool has_last;                    /* scroll: `last` is the end of the page before */
    struct qd_top_doc last;
    size_t last_sort_count;
    uint64_t total;                   /* scroll: hits of the first page, told on every page */
    bool total_is_lower_bound;
    int64_t keep_alive_ms;
    struct qd_timer *timer;
    uint32_t users;                   /* work items that use it now */
    bool dead;                        /* freed while in use */
    bool counted;                     /* `changed` was told that it is open */
    int64_t opened_ns;                /* monotonic time of that */
};

struct qd_reader_contexts;

/* changed(owner, context, open) hears of each context that was opened or is freed; the context is whole then.
 */
struct qd_reader_contexts *qd_reader_contexts_create(
    struct qd_env *env, void (*changed)(void *owner, const struct qd_reader_context *context, bool open),
    void *owner);

/* Tells `changed` about a new context, once it says what it is for. */
void qd_reader_context_opened(struct qd_reader_context *context);
/* Refuses a keep-alive above `max_ms`, naming the setting that says so. Errors: QD_ILLEGAL_ARGUMENT. */
QD_CHECKED enum qd_status qd_keep_alive_check(int64_t asked_ms, int64_t max_ms, const char *setting,
                                              struct qd_error *error);


/* Frees everything; no context may be in use. */
void qd_reader_contexts_destroy(struct qd_reader_contexts *contexts);

/* A new context that takes over the reader's references. */
struct qd_reader_context *qd_reader_context_add(struct qd_reader_contexts *contexts,
                                                struct qd_shard_reader *reader, int64_t keep_alive_ms);

/* The context with this id for use (users is raised, the keep-alive stands still), or NULL. keep_alive_ms > 0
 * replaces the old one. */
struct qd_reader_context *qd_reader_context_use(struct qd_reader_contexts *contexts, uint64_t id,
                                                int64_t keep_alive_ms);

/* Ends a use; the keep-alive begins anew. */
void qd_reader_context_unuse(struct qd_reader_context *context);

/* Frees a context (when its last use ends). False when there is none. */
bool qd_reader_context_free(struct qd_reader_contexts *contexts, uint64_t id);

/* Frees all contexts of scrolls; returns how many. */
size_t qd_reader_contexts_free_scrolls(struct qd_reader_contexts *contexts);

/* Frees all contexts of an index. */
void qd_reader_contexts_drop_index(struct qd_reader_contexts *contexts, struct qd_slice index_uuid);

/* Kept contexts: all, for scrolls, for points in time. */
size_t qd_reader_contexts_count(const struct qd_reader_contexts *contexts, bool scroll, bool pit);

#endif
