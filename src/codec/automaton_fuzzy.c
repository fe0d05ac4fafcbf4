/* Levenshtein automata, built by following sets of positions.
 *
 * A position (i, e, swap) means: i code points of the term are used up with e edits; with `swap` the first of
 * two exchanged neighbours was just read. A state of the automaton is a set of positions. Source: Schulz and
 * Mihov, "Fast string correction with Levenshtein automata" (2002); the behaviour is Lucene's
 * LevenshteinAutomata and FuzzyQuery.
 */
#include <stdlib.h>

#include "base/assert.h"
#include "base/map.h"
#include "base/text.h"
#include "codec/automaton_graph.h"

typedef const struct qd_automaton_graph graph;

#define SCRATCH_BLOCK 65536
#define EDITS_MAX 2
/* Positions of a set: their spread is at most 2 edits + 1 places, with edits + 1 counts and two kinds each.
 * */
#define POSITIONS_MAX 64

struct position {
    uint32_t at;
    uint8_t edits;
    uint8_t swap;
    uint16_t zero; /* no padding: sets are compared by bytes */
};

struct set {
    struct position positions[POSITIONS_MAX];
    size_t count;
};

struct fuzzy {
    struct qd_automaton_build *build;
    const uint32_t *term; /* behind the exact prefix */
    uint32_t size;
    uint32_t edits;
    bool transpositions;
    struct qd_map numbers; /* set to state */
    struct qd_automaton_open open;
};

/* True when everything that `other` can still accept, `position` can too, with fewer edits. */
static bool covers(struct position position, struct position other)
{
    if (position.swap != 0 || other.swap != 0 || position.edits >= other.edits) return false;
    uint32_t distance = position.at > other.at ? position.at - other.at : other.at - position.at;
    return distance <= (uint32_t)(other.edits - position.edits);
}

static void add(struct set *set, uint32_t at, uint32_t edits, bool swap)
{
    struct position added = { at, (uint8_t)edits, swap, 0 };
    for (size_t i = 0; i < set->count; i++) {
        const struct position *old = &set->positions[i];
        if (old->at == at && old->edits == edits && old->swap == swap) return;
        if (covers(*old, added)) return;
    }
    size_t kept = 0;
    for (size_t i = 0; i < set->count; i++) {
        if (!covers(added, set->positions[i])) set->positions[kept++] = set->positions[i];
    }
    qd_assert(kept < POSITIONS_MAX);
    set->positions[kept++] = added;
    set->count = kept;
}

static bool is_at(const struct fuzzy *fuzzy, uint32_t at, uint32_t code_point)
{
    return at < fuzzy->size && fuzzy->term[at] == code_point;
}

/* Adds where reading `code_point` leads from `from`. */
static void follow(const struct fuzzy *fuzzy, struct position from, uint32_t code_point, struct set *to)
{
    if (from.swap != 0) {
        if (is_at(fuzzy, from.at, code_point)) add(to, from.at + 2, from.edits, false);
        return;
    }
    if (is_at(fuzzy, from.at, code_point)) {
        add(to, from.at + 1, from.edits, false);
        return; /* Whatever an edit could reach, this reaches too. */
    }
    if (from.edits == fuzzy->edits) return;
    uint32_t edits = from.edits + 1u;
    add(to, from.at, edits, false);
    if (from.at < fuzzy->size) add(to, from.at + 1, edits, false);
    for (uint32_t skip = 1; from.edits + skip <= fuzzy->edits; skip++) {
        if (is_at(fuzzy, from.at + skip, code_point)) add(to, from.at + skip + 1, from.edits + skip, false);
    }
    if (fuzzy->transpositions && is_at(fuzzy, from.at + 1, code_point)) add(to, from.at, edits, true);
}

static int by_position(const void *left, const void *right)
{
    const struct position *a = left, *b = right;
    if (a->at != b->at) return a->at < b->at ? -1 : 1;
    if (a->edits != b->edits) return a->edits < b->edits ? -1 : 1;
    return (int)a->swap - (int)b->swap;
}

/* The state of a set, UINT32_MAX for the empty one; a new set is queued in the map. */
static uint32_t state_of(struct fuzzy *fuzzy, struct set *set)
{
    if (set->count == 0) return UINT32_MAX;
    qsort(set->positions, set->count, sizeof(set->positions[0]), by_position);
    struct qd_slice key = qd_slice_make(set->positions, set->count * sizeof(set->positions[0]));
    struct qd_map_entry *entry = qd_map_find(&fuzzy->numbers, key);
    if (entry == NULL) {
        uint32_t *number = QD_NEW(fuzzy->build->arena, uint32_t);
        *number = (uint32_t)fuzzy->numbers.entry_count;
        entry = qd_map_put(&fuzzy->numbers, key, number);
    }
    return *(const uint32_t *)entry->value;
}

static uint32_t target(struct fuzzy *fuzzy, const struct set *from, uint32_t code_point)
{
    struct set to = { .count = 0 };
    for (size_t i = 0; i < from->count; i++) follow(fuzzy, from->positions[i], code_point, &to);
    return state_of(fuzzy, &to);
}

static int by_number(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

/* The code points of the term that the set can meet, ascending; returns how many. */
static size_t alphabet(const struct fuzzy *fuzzy, const struct set *set, uint32_t *out)
{
    size_t count = 0, kept = 0;
    for (size_t i = 0; i < set->count; i++) {
        for (uint32_t k = 0; k <= fuzzy->edits + 1; k++) {
            if (set->positions[i].at + k < fuzzy->size) out[count++] = fuzzy->term[set->positions[i].at + k];
        }
    }
    qsort(out, count, sizeof(*out), by_number);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || out[kept - 1] != out[i]) out[kept++] = out[i];
    }
    return kept;
}

static void edge(struct fuzzy *fuzzy, uint32_t from, uint32_t to, uint32_t min, uint32_t max)
{
    if (to == UINT32_MAX || min > max) return;
    qd_automaton_graph_edge(&fuzzy->open, (struct qd_automaton_edge){ from, to, min, max });
}

/* Adds state `number`'s edges: one for each code point of the alphabet, and one target for all others. */
static void expand(struct fuzzy *fuzzy, uint32_t number, const struct set *set)
{
    uint32_t letters[POSITIONS_MAX * (EDITS_MAX + 2)], next = 0;
    size_t count = alphabet(fuzzy, set, letters);
    uint32_t other = target(fuzzy, set, UINT32_MAX);
    for (size_t i = 0; i < count; i++) {
        if (letters[i] > next) edge(fuzzy, number, other, next, letters[i] - 1);
        edge(fuzzy, number, target(fuzzy, set, letters[i]), letters[i], letters[i]);
        next = letters[i] + 1;
    }
    edge(fuzzy, number, other, next, QD_CODE_POINT_MAX);
}

static bool accepts(const struct fuzzy *fuzzy, const struct set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct position *position = &set->positions[i];
        if (position->swap == 0 && fuzzy->size - position->at + position->edits <= fuzzy->edits) return true;
    }
    return false;
}

/* The graph of strings within `edits` of the term. */
static graph *levenshtein(struct fuzzy *fuzzy)
{
    struct set start = { .count = 0 };
    add(&start, 0, 0, false);
    (void)state_of(fuzzy, &start);
    for (uint32_t i = 0; i < fuzzy->numbers.entry_count && !fuzzy->build->exhausted; i++) {
        struct qd_slice key = fuzzy->numbers.entries[i].key;
        struct set set = { .count = key.size / sizeof(struct position) };
        memcpy(set.positions, key.data, key.size);
        qd_automaton_graph_state(&fuzzy->open, accepts(fuzzy, &set));
        expand(fuzzy, i, &set);
    }
    return qd_automaton_graph_trim(fuzzy->build, qd_automaton_graph_close(&fuzzy->open));
}

static graph *exact(struct qd_automaton_build *build, const uint32_t *text, uint32_t size)
{
    struct qd_automaton_open open = qd_automaton_graph_open(build);
    for (uint32_t i = 0; i <= size; i++) {
        qd_automaton_graph_state(&open, i == size);
        if (i < size) {
            qd_automaton_graph_edge(&open, (struct qd_automaton_edge){ i, i + 1, text[i], text[i] });
        }
    }
    return qd_automaton_graph_close(&open);
}

enum qd_status qd_automaton_fuzzy(struct qd_arena *arena, struct qd_slice term,
                                  const struct qd_fuzzy_options *options,
                                  struct qd_automaton **automaton, struct qd_error *error)
{
    qd_assert(options->edits >= 0 && options->edits <= EDITS_MAX);
    struct qd_automaton_build build = { .arena = qd_arena_create(SCRATCH_BLOCK),
                                        .work_max = QD_AUTOMATON_WORK_DEFAULT };
    uint32_t *text = QD_NEW_ARRAY(build.arena, uint32_t, term.size + 1), size = 0;
    for (size_t at = 0; at < term.size;) text[size++] = qd_utf8_decode(term, &at);
    uint32_t prefix = options->prefix_length < 0 ? 0 : (uint32_t)options->prefix_length;
    if (prefix > size) prefix = size;
    struct fuzzy fuzzy = { .build = &build,
                           .term = text + prefix,
                           .size = size - prefix,
                           .edits = size == 0 ? 0 : (uint32_t)options->edits, /* "" is like "" only */
                           .transpositions = options->transpositions,
                           .open = qd_automaton_graph_open(&build) };
    qd_map_init(&fuzzy.numbers, build.arena);
    graph *parts[2] = { exact(&build, text, prefix), levenshtein(&fuzzy) };
    graph *whole = qd_automaton_graph_concatenate(&build, parts, 2);
    enum qd_status status = qd_automaton_compile(&build, whole, arena, automaton, error);
    qd_arena_destroy(build.arena);
    return status;
}
