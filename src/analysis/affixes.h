/* Affix stripping: a stemmer as tables of prefixes and suffixes with the conditions under which they go.
 *
 * Used by stemmer_affixes.c. A table is one step: of all its affixes that the word has and that leave enough
 * of it, the longest one goes, and what the affix did to the end of the stem is undone. A stemmer is a list
 * of steps, each taken once, in order.
 */
#ifndef QD_ANALYSIS_AFFIXES_H
#define QD_ANALYSIS_AFFIXES_H

#include "analysis/stem_word.h"

/* Affixes with one condition. */
struct qd_affix_row {
    const char *affixes;               /* UTF-8, with spaces between */
    size_t stem_min;                   /* code points that must be left */
    const char *vowels;                /* one of these must be left in the stem (UTF-8); NULL: no matter */
    const struct qd_stem_rule *mends;  /* endings of the stem that are rewritten afterwards; NULL: none */
};

/* One step. */
struct qd_affix_step {
    bool prefix;                       /* the affixes stand in front; otherwise at the end */
    const struct qd_affix_row *rows;   /* rows[count] */
    size_t count;                      /* of rows */
};

/* Takes the steps[count]. The word becomes shorter or stays; a mend never makes it longer than it was. */
void qd_affixes_strip(struct qd_stem_word *word, const struct qd_affix_step *steps, size_t count);

#endif
