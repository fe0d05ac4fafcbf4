#include "index/held_segment.h"

#include <string.h>

#include "base/assert.h"
#include "base/bitset.h"
#include "index/ordinal_map.h"

static struct qd_held_segment *create(struct qd_env *env, uint64_t generation)
{
    struct qd_arena *arena = qd_arena_create(2048);
    struct qd_held_segment *held = QD_NEW(arena, struct qd_held_segment);
    atomic_init(&held->references, 1);
    held->env = env;
    held->arena = arena;
    held->generation = generation;
    return held;
}

/* ---- what snapshots see ---- */

static struct qd_shown_segment *show(struct qd_segment *segment, struct qd_slice dropped)
{
    struct qd_arena *arena = qd_arena_create(512);
    struct qd_shown_segment *shown = QD_NEW(arena, struct qd_shown_segment);
    atomic_init(&shown->references, 1);
    shown->arena = arena;
    shown->segment = qd_segment_twin(arena, segment, dropped);
    return shown;
}

static void release_shown(struct qd_shown_segment *shown)
{
    if (shown == NULL) return;
    if (atomic_fetch_sub_explicit(&shown->references, 1, memory_order_acq_rel) != 1) return;
    qd_segment_release_loaded(shown->segment);
    qd_arena_destroy(shown->arena);
}

void qd_held_segment_drop_fielddata(struct qd_held_segment *held, struct qd_slice fields)
{
    struct qd_shown_segment *old = held->shown;
    held->shown = show(old->segment, fields);
    release_shown(old);
}

/* ---- the segment ---- */

static void destroy(struct qd_held_segment *held)
{
    release_shown(held->shown);
    if (held->mapping != NULL) held->env->disk->unmap(held->env, held->mapping);
    qd_buffer_deinit(&held->image);
    qd_arena_destroy(held->arena);
}

static enum qd_status open_bytes(struct qd_held_segment *held, struct qd_held_segment **result,
                                 struct qd_error *error)
{
    struct qd_slice name = qd_arena_format(held->arena, "seg-%llu", (unsigned long long)held->generation);
    enum qd_status status = qd_segment_open(held->arena, name, held->bytes, &held->segment, error);
    if (status != QD_OK) {
        destroy(held);
        return status;
    }
    held->doc_count = qd_segment_doc_count(held->segment);
    held->shown = show(held->segment, QD_SLICE(""));
    *result = held;
    return QD_OK;
}

enum qd_status qd_held_segment_open_image(struct qd_env *env, uint64_t generation, struct qd_buffer *image,
                                          struct qd_held_segment **held, struct qd_error *error)
{
    struct qd_held_segment *opened = create(env, generation);
    opened->image = *image;
    *image = (struct qd_buffer){ 0 };
    opened->bytes = qd_buffer_view(&opened->image);
    return open_bytes(opened, held, error);
}

enum qd_status qd_held_segment_open_file(struct qd_env *env, uint64_t generation, struct qd_slice path,
                                         struct qd_held_segment **held, struct qd_error *error)
{
    struct qd_held_segment *opened = create(env, generation);
    enum qd_status status = env->disk->map(env, path, &opened->mapping, &opened->bytes, error);
    if (status != QD_OK) {
        opened->mapping = NULL;
        destroy(opened);
        return status;
    }
    return open_bytes(opened, held, error);
}

void qd_held_segment_retain(struct qd_held_segment *held)
{
    atomic_fetch_add_explicit(&held->references, 1, memory_order_relaxed);
}

void qd_held_segment_release(struct qd_held_segment *held)
{
    if (held == NULL) return;
    if (atomic_fetch_sub_explicit(&held->references, 1, memory_order_acq_rel) == 1) destroy(held);
}

/* ---- live documents ---- */
static struct qd_live_docs *live_docs_make(uint32_t doc_count)
{
    size_t words = qd_bitset_word_count(doc_count);
    size_t size = sizeof(struct qd_live_docs) + words * sizeof(uint64_t);
    struct qd_arena *arena = qd_arena_create(size + 64);
    struct qd_live_docs *live = qd_arena_alloc(arena, size);
    atomic_init(&live->references, 1);
    live->arena = arena;
    live->doc_count = doc_count;
    live->live_count = doc_count;
    return live;
}

struct qd_live_docs *qd_live_docs_from_words(uint32_t doc_count, const uint64_t *words)
{
    struct qd_live_docs *live = live_docs_make(doc_count);
    struct qd_bitset bits = { live->words, doc_count };
    memcpy(live->words, words, qd_bitset_word_count(doc_count) * sizeof(*words));
    live->live_count = (uint32_t)qd_bitset_count(&bits);
    return live;
}

struct qd_live_docs *qd_live_docs_create(uint32_t doc_count, const struct qd_live_docs *from)
{
    struct qd_live_docs *live = live_docs_make(doc_count);
    size_t words = qd_bitset_word_count(doc_count);
    if (from != NULL) {
        memcpy(live->words, from->words, words * sizeof(*live->words));
        live->live_count = from->live_count;
        return live;
    }
    memset(live->words, 0xff, words * sizeof(*live->words));
    if (doc_count % 64 != 0) live->words[words - 1] = ((uint64_t)1 << (doc_count % 64)) - 1;
    return live;
}

void qd_live_docs_retain(struct qd_live_docs *live)
{
    if (live != NULL) atomic_fetch_add_explicit(&live->references, 1, memory_order_relaxed);
}

void qd_live_docs_release(struct qd_live_docs *live)
{
    if (live == NULL) return;
    if (atomic_fetch_sub_explicit(&live->references, 1, memory_order_acq_rel) == 1) {
        qd_arena_destroy(live->arena);
    }
}

bool qd_live_docs_clear(struct qd_live_docs *live, uint32_t doc)
{
    qd_assert(doc < live->doc_count);
    uint64_t bit = (uint64_t)1 << (doc % 64);
    if ((live->words[doc / 64] & bit) == 0) return false;
    live->words[doc / 64] &= ~bit;
    live->live_count--;
    return true;
}

/* ---- snapshots ---- */

/* A snapshot with what it holds; the public part comes first, so that both have one address. */
struct holder {
    struct qd_snapshot shown;
    _Atomic uint32_t references;
    struct qd_arena *arena;
    struct qd_snapshot_part *parts;          /* parts[shown.segment_count] */
    struct qd_shown_segment **shown_segments; /* shown_segments[shown.segment_count] */
};

struct qd_snapshot *qd_snapshot_create(const struct qd_snapshot_part *parts, uint32_t count, uint64_t version)
{
    struct qd_arena *arena = qd_arena_create(1024);
    struct holder *holder = QD_NEW(arena, struct holder);
    holder->arena = arena;
    atomic_init(&holder->references, 1);
    holder->parts = QD_NEW_ARRAY(arena, struct qd_snapshot_part, count);
    holder->shown_segments = QD_NEW_ARRAY(arena, struct qd_shown_segment *, count);
    holder->shown.segments = QD_NEW_ARRAY(arena, struct qd_snapshot_segment, count);
    holder->shown.segment_count = count;
    holder->shown.version = version;
    holder->shown.ordinal_maps = qd_ordinal_maps_create(arena);
    for (uint32_t i = 0; i < count; i++) {
        holder->parts[i] = parts[i];
        qd_held_segment_retain(parts[i].held);
        qd_live_docs_retain(parts[i].live);
        struct qd_snapshot_segment *to = &holder->shown.segments[i];
        struct qd_shown_segment *shown = parts[i].held->shown;
        atomic_fetch_add_explicit(&shown->references, 1, memory_order_relaxed);
        holder->shown_segments[i] = shown;
        to->segment = shown->segment;
        to->live = parts[i].live == NULL ? NULL : parts[i].live->words;
        to->live_count = parts[i].live == NULL ? parts[i].held->doc_count : parts[i].live->live_count;
        to->doc_base = holder->shown.doc_count;
        to->committed = parts[i].committed;
        to->generation = parts[i].held->generation;
        holder->shown.doc_count += parts[i].held->doc_count;
        holder->shown.live_count += to->live_count;
    }
    return &holder->shown;
}

void qd_snapshot_retain(struct qd_snapshot *snapshot)
{
    struct holder *holder = (struct holder *)snapshot;
    atomic_fetch_add_explicit(&holder->references, 1, memory_order_relaxed);
}

void qd_snapshot_release(struct qd_snapshot *snapshot)
{
    if (snapshot == NULL) return;
    struct holder *holder = (struct holder *)snapshot;
    if (atomic_fetch_sub_explicit(&holder->references, 1, memory_order_acq_rel) != 1) return;
    qd_ordinal_maps_release(holder->shown.ordinal_maps);
    for (uint32_t i = 0; i < holder->shown.segment_count; i++) {
        release_shown(holder->shown_segments[i]);
        qd_held_segment_release(holder->parts[i].held);
        qd_live_docs_release(holder->parts[i].live);
    }
    qd_arena_destroy(holder->arena);
}
