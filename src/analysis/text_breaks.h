/* Breaks of sentences and words in a text, as Java's BreakIterator places them (not as UAX#29 does).
 *
 * Used by the unified highlighter. Offsets are UTF-16 units. Source: the reference's answers to
 * every combination of blanks, signs and letters behind a period. In words: a sentence ends behind `!`, `?`
 * and their wide forms with what closes it and blanks; behind a paragraph separator; behind a period, what
 * closes it and blanks when a capital follows one blank, any letter follows two, or a sign and a letter
 * follow, but never before a digit. Line feeds are blanks. Words hold letters with single ' . - _ between
 * them, numbers with , . between digits; a run of blanks is one piece, everything else stands alone.
 */
#ifndef QD_ANALYSIS_TEXT_BREAKS_H
#define QD_ANALYSIS_TEXT_BREAKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* Ascending offsets of breaks, 0 and the end among them. Memory: the arena given. */
struct qd_text_breaks {
    const uint32_t *at; /* at[count] */
    size_t count;       /* at least 1 */
};

/* What Java calls DONE. */
#define QD_TEXT_BREAK_NONE (-1)

/* The breaks between sentences of units[count]. */
struct qd_text_breaks qd_text_breaks_sentences(const uint16_t *units, size_t count, struct qd_arena *arena);

/* The breaks between words of units[count]. */
struct qd_text_breaks qd_text_breaks_words(const uint16_t *units, size_t count, struct qd_arena *arena);

/* The last break before `offset`, or QD_TEXT_BREAK_NONE. */
int64_t qd_text_breaks_preceding(const struct qd_text_breaks *breaks, int64_t offset);

/* The first break behind `offset`, or QD_TEXT_BREAK_NONE. */
int64_t qd_text_breaks_following(const struct qd_text_breaks *breaks, int64_t offset);

#endif
