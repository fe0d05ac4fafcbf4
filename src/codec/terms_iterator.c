#include <string.h>

#include "codec/automaton_table.h"
#include "codec/terms_format.h"

/* First room for a term's bytes; doubled as needed. */
#define BYTES_MIN 256

struct qd_terms_iterator {
    struct qd_arena *arena;
    const struct qd_terms *terms;
    const struct qd_automaton *automaton; /* NULL: every term is wanted */
    uint32_t block_at;                    /* the open block */
    bool ended;
    struct qd_terms_block block;
    char *bytes;                          /* the term last read */
    size_t size;
    size_t capacity;
    struct qd_slice from;                 /* smaller terms are passed over; empty once one was found */
    /* states[i] is the automaton's state after i bytes, for i <= alive. When alive < size, byte `alive` led
     * nowhere. */
    int32_t *states;
    size_t alive;
};

static void open_block(struct qd_terms_iterator *iterator, uint32_t index)
{
    iterator->block_at = index;
    iterator->size = 0;
    iterator->alive = 0;
    if (index >= iterator->terms->block_count || !qd_terms_block_open(iterator->terms, index,
                                                                      &iterator->block)) {
        iterator->ended = true;
    }
}

static struct qd_terms_iterator *create(struct qd_arena *arena, const struct qd_terms *terms,
                                        const struct qd_automaton *automaton)
{
    struct qd_terms_iterator *iterator = QD_NEW(arena, struct qd_terms_iterator);
    iterator->arena = arena;
    iterator->terms = terms;
    iterator->automaton = automaton;
    iterator->capacity = BYTES_MIN;
    iterator->bytes = qd_arena_alloc(arena, BYTES_MIN);
    iterator->states = QD_NEW_ARRAY(arena, int32_t, BYTES_MIN + 1);
    return iterator;
}

struct qd_terms_iterator *qd_terms_iterate(struct qd_arena *arena, const struct qd_terms *terms,
                                           struct qd_slice from)
{
    struct qd_terms_iterator *iterator = create(arena, terms, NULL);
    iterator->from = qd_arena_copy(arena, from);
    open_block(iterator, terms->block_count == 0 ? 0 : qd_terms_block_of(terms, from));
    return iterator;
}

struct qd_terms_iterator *qd_terms_intersect(struct qd_arena *arena, const struct qd_terms *terms,
                                             const struct qd_automaton *automaton)
{
    struct qd_terms_iterator *iterator = create(arena, terms, automaton);
    struct qd_slice prefix = qd_automaton_prefix_of(automaton);
    open_block(iterator, terms->block_count == 0 ? 0 : qd_terms_block_of(terms, prefix));
    return iterator;
}

static void reserve(struct qd_terms_iterator *iterator, size_t size)
{
    if (size <= iterator->capacity) return;
    size_t capacity = iterator->capacity;
    while (capacity < size) capacity *= 2;
    iterator->bytes = qd_arena_grow(iterator->arena, iterator->bytes, iterator->capacity, capacity);
    iterator->states = qd_arena_grow(iterator->arena, iterator->states,
                                     (iterator->capacity + 1) * sizeof(int32_t),
                                     (capacity + 1) * sizeof(int32_t));
    iterator->capacity = capacity;
}

/* Where the automaton can accept again after the term that died: the least string after it that it may
 * accept, into `target`. False when there is none. */
static bool next_target(struct qd_terms_iterator *iterator, struct qd_slice *target)
{
    for (size_t at = iterator->alive + 1; at-- > 0;) {
        int byte = (uint8_t)iterator->bytes[at] + 1;
        if (byte <= 0xff) byte = qd_automaton_next_byte(iterator->automaton, iterator->states[at], byte);
        else byte = -1;
        if (byte < 0) continue;
        /* The old term is not needed any more: the block that holds it is left. */
        iterator->bytes[at] = (char)byte;
        *target = qd_slice_make(iterator->bytes, at + 1);
        return true;
    }
    return false;
}

static void leave_block(struct qd_terms_iterator *iterator)
{
    uint32_t next = iterator->block_at + 1;
    if (iterator->block.at < iterator->block.count) {
        iterator->ended = true; /* Malformed. */
        return;
    }
    if (iterator->automaton != NULL && iterator->alive < iterator->size) {
        struct qd_slice target;
        if (!next_target(iterator, &target)) {
            iterator->ended = true;
            return;
        }
        uint32_t block = qd_terms_block_of(iterator->terms, target);
        if (block > next) next = block;
    }
    open_block(iterator, next);
}

/* Steps the automaton over what changed; true when the whole term is accepted. */
static bool accept(struct qd_terms_iterator *iterator, size_t shared)
{
    const struct qd_automaton *automaton = iterator->automaton;
    size_t at = iterator->alive < shared ? iterator->alive : shared;
    if (iterator->alive < shared) return false; /* It shares the byte that led nowhere. */
    while (at < iterator->size) {
        int32_t state = qd_automaton_table_step(automaton, iterator->states[at],
                                                (uint8_t)iterator->bytes[at]);
        if (state < 0) break;
        iterator->states[++at] = state;
    }
    iterator->alive = at;
    return at == iterator->size && qd_automaton_table_accepts(automaton, iterator->states[at]);
}

/* Reads the next term of the open block into bytes[]. */
static bool read_term(struct qd_terms_iterator *iterator, size_t *shared)
{
    uint32_t same;
    struct qd_slice suffix;
    if (!qd_terms_block_next(&iterator->block, &same, &suffix)) return false;
    size_t size = same + suffix.size;
    if (same > iterator->size || size > QD_TERMS_BYTES_MAX) {
        iterator->ended = true;
        return false;
    }
    reserve(iterator, size);
    if (suffix.size > 0) memcpy(iterator->bytes + same, suffix.data, suffix.size);
    iterator->size = size;
    *shared = same;
    return true;
}

static bool wanted(struct qd_terms_iterator *iterator, size_t shared)
{
    if (iterator->automaton != NULL) return accept(iterator, shared);
    if (iterator->from.size == 0) return true;
    if (qd_slice_compare(qd_slice_make(iterator->bytes, iterator->size), iterator->from) < 0) return false;
    iterator->from.size = 0;
    return true;
}

bool qd_terms_next(struct qd_terms_iterator *iterator, struct qd_slice *term, struct qd_term_info *info)
{
    while (!iterator->ended) {
        size_t shared;
        if (!read_term(iterator, &shared)) {
            if (!iterator->ended) leave_block(iterator);
            continue;
        }
        if (!wanted(iterator, shared)) continue;
        if (!qd_terms_block_facts(iterator->terms, &iterator->block, iterator->block.at - 1, info)) break;
        *term = qd_slice_make(iterator->bytes, iterator->size);
        return true;
    }
    iterator->ended = true;
    return false;
}
