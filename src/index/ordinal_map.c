#include "index/ordinal_map.h"

#include "base/assert.h"

/* A field that was asked for. Its memory, and that of its map, is the entry's arena. */
struct qd_ordinal_map_entry {
    struct qd_ordinal_map_entry *next;
    struct qd_arena *arena;
    struct qd_slice field;
    uint64_t cost;                 /* terms of all segments */
    _Atomic uint64_t spent;
    atomic_bool claimed;           /* somebody builds, or has built or failed to */
    _Atomic(const struct qd_ordinal_map *) map;
    struct qd_breaker *breaker;    /* of `reserved` */
    int64_t reserved;              /* written by the thread that claimed */
};

struct qd_ordinal_maps {
    _Atomic(struct qd_ordinal_map_entry *) first;
    _Atomic uint32_t count;
};

struct qd_ordinal_maps *qd_ordinal_maps_create(struct qd_arena *arena)
{
    struct qd_ordinal_maps *maps = QD_NEW(arena, struct qd_ordinal_maps);
    atomic_init(&maps->first, NULL);
    atomic_init(&maps->count, 0);
    return maps;
}

void qd_ordinal_maps_release(struct qd_ordinal_maps *maps)
{
    struct qd_ordinal_map_entry *next;
    for (struct qd_ordinal_map_entry *entry = atomic_load(&maps->first); entry != NULL; entry = next) {
        next = entry->next;
        if (entry->reserved > 0) qd_breaker_release(entry->breaker, entry->reserved);
        qd_arena_destroy(entry->arena);
    }
}

/* ---- entries ---- */

static struct qd_ordinal_map_entry *find_entry(struct qd_ordinal_map_entry *first, struct qd_slice field)
{
    for (struct qd_ordinal_map_entry *entry = first; entry != NULL; entry = entry->next) {
        if (qd_slice_equal(entry->field, field)) return entry;
    }
    return NULL;
}

static enum qd_status count_terms(const struct qd_snapshot *snapshot, struct qd_slice field, uint64_t *count,
                                  struct qd_error *error)
{
    *count = 0;
    for (uint32_t i = 0; i < snapshot->segment_count; i++) {
        struct qd_ordinal_column *column;
        QD_TRY(qd_segment_ordinals(snapshot->segments[i].segment, field, &column, error));
        if (column != NULL) *count += qd_ordinal_term_count(column);
    }
    return QD_OK;
}

/* The entry of a field, made when it is new; NULL when there are too many. */
static enum qd_status get_entry(const struct qd_snapshot *snapshot, struct qd_slice field,
                                struct qd_ordinal_map_entry **found, struct qd_error *error)
{
    struct qd_ordinal_maps *maps = snapshot->ordinal_maps;
    struct qd_ordinal_map_entry *first = atomic_load(&maps->first);
    uint64_t cost;
    *found = find_entry(first, field);
    if (*found != NULL || atomic_load(&maps->count) >= QD_ORDINAL_MAP_FIELDS_MAX) return QD_OK;
    QD_TRY(count_terms(snapshot, field, &cost, error));
    struct qd_arena *arena = qd_arena_create(512);
    struct qd_ordinal_map_entry *made = QD_NEW(arena, struct qd_ordinal_map_entry);
    made->arena = arena;
    made->field = qd_arena_copy(arena, field);
    made->cost = cost;
    made->next = first;
    while (!atomic_compare_exchange_weak(&maps->first, &made->next, made)) {
        /* Another thread was faster: with the same field, or with another one. */
        *found = find_entry(made->next, field);
        if (*found == NULL) continue;
        qd_arena_destroy(arena);
        return QD_OK;
    }
    atomic_fetch_add(&maps->count, 1);
    *found = made;
    return QD_OK;
}

/* ---- building ---- */

/* The next term of one segment. */
struct cursor {
    struct qd_ordinal_walk walk;
    struct qd_slice term; /* of ordinal walk.next - 1 */
    uint64_t prefix;      /* its first eight bytes, so that most comparisons end here */
    uint32_t segment;
};

struct build {
    struct qd_arena *scratch;
    struct cursor **heap; /* the least term on top */
    uint32_t count;
    uint32_t **numbers;   /* as in the map */
};

static void step(struct build *build, struct cursor *cursor)
{
    cursor->term = qd_ordinal_walk_next(&cursor->walk, build->scratch);
    cursor->prefix = 0;
    for (size_t i = 0; i < 8; i++) {
        uint8_t byte = i < cursor->term.size ? (uint8_t)cursor->term.data[i] : 0;
        cursor->prefix = cursor->prefix << 8 | byte;
    }
}

static inline int compare(const struct cursor *left, const struct cursor *right)
{
    if (left->prefix != right->prefix) return left->prefix < right->prefix ? -1 : 1;
    return qd_slice_compare(left->term, right->term);
}

static void sift_down(struct build *build, uint32_t at)
{
    struct cursor *moved = build->heap[at];
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= build->count) break;
        if (child + 1 < build->count && compare(build->heap[child + 1], build->heap[child]) < 0) child++;
        if (compare(moved, build->heap[child]) <= 0) break;
        build->heap[at] = build->heap[child];
        at = child;
    }
    build->heap[at] = moved;
}

/* Numbers all terms; gives how many are distinct. */
static uint32_t merge_terms(struct build *build)
{
    uint32_t distinct = 0;
    struct qd_buffer last = { 0 };
    for (uint32_t i = build->count / 2; i-- > 0;) sift_down(build, i);
    while (build->count > 0) {
        struct cursor *top = build->heap[0];
        if (distinct == 0 || !qd_slice_equal(qd_buffer_view(&last), top->term)) {
            last.size = 0;
            qd_buffer_slice(&last, top->term);
            distinct++;
        }
        build->numbers[top->segment][top->walk.next - 1] = distinct - 1;
        if (top->walk.next < qd_ordinal_term_count(top->walk.column)) step(build, top);
        else build->heap[0] = build->heap[--build->count];
        if (build->count > 0) sift_down(build, 0);
    }
    qd_buffer_deinit(&last);
    return distinct;
}

static enum qd_status open_cursors(const struct qd_snapshot *snapshot, struct qd_ordinal_map_entry *entry,
                                   const struct qd_ordinal_column **columns, struct build *build,
                                   struct qd_error *error)
{
    for (uint32_t i = 0; i < snapshot->segment_count; i++) {
        struct qd_ordinal_column *column;
        QD_TRY(qd_segment_ordinals(snapshot->segments[i].segment, entry->field, &column, error));
        columns[i] = column;
        if (column == NULL || qd_ordinal_term_count(column) == 0) continue;
        build->numbers[i] = QD_NEW_ARRAY(entry->arena, uint32_t, qd_ordinal_term_count(column));
        struct cursor *cursor = QD_NEW(build->scratch, struct cursor);
        cursor->walk.column = column;
        cursor->segment = i;
        step(build, cursor);
        build->heap[build->count++] = cursor;
    }
    return QD_OK;
}

static void set_places(struct qd_ordinal_map *map, struct qd_ordinal_place *places, uint32_t segment)
{
    if (map->numbers[segment] == NULL) return;
    uint32_t count = qd_ordinal_term_count(map->columns[segment]);
    for (uint32_t i = 0; i < count; i++) {
        places[map->numbers[segment][i]] = (struct qd_ordinal_place){ segment, i };
    }
}

static enum qd_status build_map(const struct qd_snapshot *snapshot, struct qd_ordinal_map_entry *entry,
                                struct qd_arena *scratch, struct qd_ordinal_map **result,
                                struct qd_error *error)
{
    uint32_t segments = snapshot->segment_count;
    struct build build = { .scratch = scratch };
    struct qd_ordinal_map *map = QD_NEW(entry->arena, struct qd_ordinal_map);
    const struct qd_ordinal_column **columns = QD_NEW_ARRAY(entry->arena, const struct qd_ordinal_column *,
                                                            segments);
    build.numbers = QD_NEW_ARRAY(entry->arena, uint32_t *, segments);
    build.heap = QD_NEW_ARRAY(scratch, struct cursor *, segments);
    QD_TRY(open_cursors(snapshot, entry, columns, &build, error));
    map->term_count = merge_terms(&build);
    map->columns = columns;
    map->numbers = (const uint32_t *const *)build.numbers;
    struct qd_ordinal_place *places = QD_NEW_ARRAY(entry->arena, struct qd_ordinal_place, map->term_count);
    map->places = places;
    for (uint32_t i = segments; i-- > 0;) set_places(map, places, i);
    *result = map;
    return QD_OK;
}

/* Builds the map of an entry that this thread has claimed. */
static enum qd_status build_entry(const struct qd_snapshot *snapshot, struct qd_ordinal_map_entry *entry,
                                  struct qd_breaker *breaker, struct qd_error *error)
{
    const int64_t per_term = (int64_t)(sizeof(uint32_t) + sizeof(struct qd_ordinal_place));
    int64_t bytes = (int64_t)entry->cost * per_term;
    struct qd_ordinal_map *map;
    if (entry->cost > UINT32_MAX / 2 || qd_breaker_reserve(breaker, bytes, "<ordinal map>", NULL) != QD_OK) {
        return QD_OK;
    }
    entry->breaker = breaker;
    entry->reserved = breaker == NULL ? 0 : bytes;
    struct qd_arena *scratch = qd_arena_create(65536);
    enum qd_status status = build_map(snapshot, entry, scratch, &map, error);
    qd_arena_destroy(scratch);
    if (status == QD_OK) atomic_store_explicit(&entry->map, map, memory_order_release);
    return status;
}

enum qd_status qd_ordinal_map_get(const struct qd_snapshot *snapshot, struct qd_slice field,
                                  struct qd_breaker *breaker, struct qd_ordinal_map_entry **entry,
                                  const struct qd_ordinal_map **map, struct qd_error *error)
{
    *map = NULL;
    QD_TRY(get_entry(snapshot, field, entry, error));
    if (*entry == NULL) return QD_OK;
    bool due = atomic_load(&(*entry)->spent) * 2 >= (*entry)->cost;
    if (due && atomic_load(&(*entry)->map) == NULL && !atomic_exchange(&(*entry)->claimed, true)) {
        QD_TRY(build_entry(snapshot, *entry, breaker, error));
    }
    *map = atomic_load_explicit(&(*entry)->map, memory_order_acquire);
    return QD_OK;
}

void qd_ordinal_map_spent(struct qd_ordinal_map_entry *entry, uint64_t terms)
{
    atomic_fetch_add(&entry->spent, terms);
}

struct qd_slice qd_ordinal_map_term(const struct qd_ordinal_map *map, uint32_t number,
                                    struct qd_arena *arena)
{
    qd_assert(number < map->term_count);
    struct qd_ordinal_place place = map->places[number];
    return qd_ordinal_term(map->columns[place.segment], place.ordinal, arena);
}
