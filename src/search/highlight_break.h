/* Breaks of sentences and words in a text, as Java's BreakIterator places them (not as UAX#29 does).
 *
 * Used by the unified highlighter. Offsets are UTF-16 units. Source: the reference's answers to
 * every combination of blanks, signs and letters behind a period. In words: a sentence ends behind `!`, `?` and their wide forms with what
 * closes it and blanks; behind a paragraph separator; behind a period, what closes it and blanks when a capital follows one blank, any letter
 * follows two, or a sign and a letter follow, but never before a digit. Line feeds are blanks. Words hold letters with single ' . - _
 * between them, numbers with , . between digits; a run of blanks is one piece, everything else stands alone.
 */
#ifndef QD_SEARCH_HIGHLIGHT_BREAK_H
#define QD_SEARCH_HIGHLIGHT_BREAK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* Ascending offsets of breaks, 0 and the end among them. */
struct qd_breaks {
    const uint32_t *at; /* at[count] */
    size_t count;
};

/* What Java calls DONE. */
#define QD_BREAK_NONE (-1)

struct qd_breaks qd_breaks_of_sentences(const uint16_t *units, size_t count, struct qd_arena *arena);
struct qd_breaks qd_breaks_of_words(const uint16_t *units, size_t count, struct qd_arena *arena);

/* The last break before `offset` / the first one behind it, or QD_BREAK_NONE. */
int64_t qd_breaks_preceding(const struct qd_breaks *breaks, int64_t offset);
int64_t qd_breaks_following(const struct qd_breaks *breaks, int64_t offset);

#endif
