/* The compiled form of an automaton: states with sorted byte ranges, and a dense table when it is small.
 *
 * Used by automaton*.c and by the term dictionary's intersection, which steps in its inner loop.
 */
#ifndef QD_CODEC_AUTOMATON_TABLE_H
#define QD_CODEC_AUTOMATON_TABLE_H

#include "codec/automaton.h"

/* Cells that a dense table may have; larger automata are stepped by their ranges. */
#define QD_AUTOMATON_TABLE_CELLS_MAX ((size_t)1 << 18)

/* Bytes low..high lead to state `to`. */
struct qd_automaton_range {
    int32_t to;
    uint8_t low;
    uint8_t high;
};

struct qd_automaton {
    uint32_t state_count;             /* state 0 is the start */
    const uint32_t *starts;           /* starts[state_count + 1]: where the ranges of a state begin */
    const struct qd_automaton_range *ranges; /* of each state ascending, without overlap */
    const uint64_t *accepting;        /* bit per state */
    uint8_t classes[256];             /* bytes that no state tells apart have one class */
    uint32_t class_count;
    /* table[state * class_count + class], -1 for none; NULL when too large */
    const int32_t *table;
    struct qd_slice prefix;           /* what all accepted strings begin with */
};

/* See qd_automaton_step. */
static inline int32_t qd_automaton_table_step(const struct qd_automaton *automaton, int32_t state,
                                              uint8_t byte)
{
    if (automaton->table != NULL) {
        return automaton->table[(size_t)state * automaton->class_count + automaton->classes[byte]];
    }
    return qd_automaton_step(automaton, state, byte);
}

/* See qd_automaton_accepts. */
static inline bool qd_automaton_table_accepts(const struct qd_automaton *automaton, int32_t state)
{
    return (automaton->accepting[(uint32_t)state / 64] >> ((uint32_t)state % 64) & 1) != 0;
}

#endif
