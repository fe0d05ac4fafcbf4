/* A word as code points, and suffix rules over it: what the rule stemmers are written in.
 *
 * Used by the stemmer_*.c files. A stemmer is tables of rules and the order in which they are tried.
 */
#ifndef QD_ANALYSIS_STEM_WORD_H
#define QD_ANALYSIS_STEM_WORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"

/* A word that is being stemmed; rules never make it longer. */
struct qd_stem_word {
    uint32_t *text; /* text[size], code points */
    size_t size;    /* code points */
};

/* One rule: a word of at least size_min code points that ends in `suffix` gets `replacement` instead. */
struct qd_stem_rule {
    const char *suffix;      /* UTF-8; NULL ends a table */
    uint8_t size_min;        /* of the whole word */
    const char *replacement; /* UTF-8, not longer than the suffix; NULL: nothing */
};

/* Letters that are written in another way: each code point of `from` becomes the one of `to` at its place. */
struct qd_stem_letters {
    const char *from; /* UTF-8; NULL ends a table */
    uint32_t to;      /* code point */
};

/* A word of a term, and back. Memory: the arena's. */
struct qd_stem_word qd_stem_word_read(struct qd_arena *arena, struct qd_slice term);
struct qd_slice qd_stem_word_write(struct qd_arena *arena, const struct qd_stem_word *word);

/* True when the word begins or ends with `text` (UTF-8). */
bool qd_stem_word_starts(const struct qd_stem_word *word, const char *text);
bool qd_stem_word_ends(const struct qd_stem_word *word, const char *text);

/* The code point `back` places before the end (1: the last one), or 0. */
static inline uint32_t qd_stem_word_at(const struct qd_stem_word *word, size_t back)
{
    return back > word->size ? 0 : word->text[word->size - back];
}

/* True when `letter` occurs in `letters` (UTF-8). */
bool qd_stem_word_among(uint32_t letter, const char *letters);

/* Applies the first rule of the table that fits. Returns false when none does. */
bool qd_stem_word_apply(struct qd_stem_word *word, const struct qd_stem_rule *rules);

/* Takes `count` code points from the front. */
void qd_stem_word_skip(struct qd_stem_word *word, size_t count);

/* Rewrites letters everywhere in the word. */
void qd_stem_word_fold(struct qd_stem_word *word, const struct qd_stem_letters *letters);

#endif
