#include "data/contexts.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/units.h"

#define BUCKETS 256

struct qd_reader_contexts {
    struct qd_env *env;
    struct qd_reader_context *buckets[BUCKETS]; /* by id modulo BUCKETS */
    uint64_t next_id;
    size_t count;
    void (*changed)(void *owner, const struct qd_reader_context *context, bool open);
    void *owner;
};

struct qd_reader_contexts *qd_reader_contexts_create(
    struct qd_env *env, void (*changed)(void *owner, const struct qd_reader_context *context, bool open),
    void *owner)
{
    struct qd_reader_contexts *contexts = calloc(1, sizeof(*contexts));
    qd_assert(contexts != NULL);
    contexts->env = env;
    /* An id that was given out before a restart must not name a context that was made after it. */
    uint64_t start;
    env->random(env, &start, sizeof(start));
    if (qd_planted(env, "context_ids_reused")) start = 0;
    contexts->next_id = 1 + (start & (((uint64_t)1 << 52) - 1));
    contexts->changed = changed;
    contexts->owner = owner;
    return contexts;
}

static void dispose(struct qd_reader_context *context)
{
    struct qd_reader_context **at = &context->family->buckets[context->id % BUCKETS];
    while (*at != context) at = &(*at)->next;
    *at = context->next;
    context->family->count--;
    if (context->counted) context->family->changed(context->family->owner, context, false);
    if (context->timer != NULL) context->family->env->clock->timer_stop(context->family->env, context->timer);
    qd_shard_reader_release(&context->reader);
    qd_arena_destroy(context->cursor_arena);
    qd_arena_destroy(context->arena);
}

void qd_reader_contexts_destroy(struct qd_reader_contexts *contexts)
{
    if (contexts == NULL) return;
    for (size_t i = 0; i < BUCKETS; i++) {
        while (contexts->buckets[i] != NULL) {
            qd_assert(contexts->buckets[i]->users == 0);
            dispose(contexts->buckets[i]);
        }
    }
    free(contexts);
}

static void expired(void *argument)
{
    struct qd_reader_context *context = argument;
    context->timer = NULL;
    qd_assert(context->users == 0);
    dispose(context);
}

static void start_timer(struct qd_reader_context *context)
{
    struct qd_env *env = context->family->env;
    int64_t keep_alive_ms = context->keep_alive_ms;
    qd_assert(context->timer == NULL);
    if (context->for_pit && qd_planted(env, "pit_freed_early")) keep_alive_ms /= 10000;
    context->timer = env->clock->timer_start(env, qd_duration_ms(keep_alive_ms), expired, context);
}

struct qd_reader_context *qd_reader_context_add(struct qd_reader_contexts *contexts,
                                                struct qd_shard_reader *reader, int64_t keep_alive_ms)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_reader_context *context = QD_NEW(arena, struct qd_reader_context);
    context->arena = arena;
    context->family = contexts;
    context->id = contexts->next_id++;
    context->reader = *reader;
    reader->snapshot = NULL;
    context->keep_alive_ms = keep_alive_ms;
    context->next = contexts->buckets[context->id % BUCKETS];
    contexts->buckets[context->id % BUCKETS] = context;
    contexts->count++;
    context->users = 1;
    return context;
}

void qd_reader_context_opened(struct qd_reader_context *context)
{
    struct qd_env *env = context->family->env;
    context->counted = true;
    context->opened_ns = env->clock->monotonic(env).nanoseconds;
    context->family->changed(context->family->owner, context, true);
}

static struct qd_reader_context *find(struct qd_reader_contexts *contexts, uint64_t id)
{
    struct qd_reader_context *context = contexts->buckets[id % BUCKETS];
    while (context != NULL && context->id != id) context = context->next;
    return context == NULL || context->dead ? NULL : context;
}

struct qd_reader_context *qd_reader_context_use(struct qd_reader_contexts *contexts, uint64_t id,
                                                int64_t keep_alive_ms)
{
    struct qd_reader_context *context = find(contexts, id);
    if (context == NULL) return NULL;
    if (keep_alive_ms > 0) context->keep_alive_ms = keep_alive_ms;
    if (context->timer != NULL) {
        contexts->env->clock->timer_stop(contexts->env, context->timer);
        context->timer = NULL;
    }
    context->users++;
    return context;
}

void qd_reader_context_unuse(struct qd_reader_context *context)
{
    qd_assert(context->users > 0);
    if (--context->users > 0) return;
    if (context->dead) {
        dispose(context);
    } else {
        start_timer(context);
    }
}

static void kill_context(struct qd_reader_context *context)
{
    if (context->users > 0) {
        context->dead = true;
    } else {
        dispose(context);
    }
}

bool qd_reader_context_free(struct qd_reader_contexts *contexts, uint64_t id)
{
    struct qd_reader_context *context = find(contexts, id);
    if (context == NULL) return false;
    kill_context(context);
    return true;
}

size_t qd_reader_contexts_free_scrolls(struct qd_reader_contexts *contexts)
{
    size_t count = 0;
    for (size_t i = 0; i < BUCKETS; i++) {
        struct qd_reader_context *context = contexts->buckets[i];
        while (context != NULL) {
            struct qd_reader_context *next = context->next;
            if (!context->dead && context->for_scroll) {
                kill_context(context);
                count++;
            }
            context = next;
        }
    }
    return count;
}

void qd_reader_contexts_drop_index(struct qd_reader_contexts *contexts, struct qd_slice index_uuid)
{
    for (size_t i = 0; i < BUCKETS; i++) {
        struct qd_reader_context *context = contexts->buckets[i];
        while (context != NULL) {
            struct qd_reader_context *next = context->next;
            if (!context->dead && qd_slice_equal(context->index_uuid, index_uuid)) kill_context(context);
            context = next;
        }
    }
}

size_t qd_reader_contexts_count(const struct qd_reader_contexts *contexts, bool scroll, bool pit)
{
    size_t count = 0;
    if (!scroll && !pit) return contexts->count;
    for (size_t i = 0; i < BUCKETS; i++) {
        for (const struct qd_reader_context *at = contexts->buckets[i]; at != NULL; at = at->next) {
            if ((scroll && at->for_scroll) || (pit && at->for_pit)) count++;
        }
    }
    return count;
}

enum qd_status qd_keep_alive_check(int64_t asked_ms, int64_t max_ms, const char *setting,
                                   struct qd_error *error)
{
    struct qd_buffer asked = { 0 };
    struct qd_buffer most = { 0 };
    if (asked_ms <= max_ms) return QD_OK;
    qd_time_print_millis(&asked, asked_ms);
    qd_time_print_millis(&most, max_ms);
    enum qd_status status = qd_error_set(
        error, QD_ILLEGAL_ARGUMENT,
        "Keep alive for request (%.*s) is too large. It must be less than (%.*s). This limit can be set by "
        "changing the [%s] cluster level setting.",
        (int)asked.size, asked.data, (int)most.size, most.data, setting);
    qd_buffer_deinit(&asked);
    qd_buffer_deinit(&most);
    return status;
}
