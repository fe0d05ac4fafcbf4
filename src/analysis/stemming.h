/* Stemmers: one function or one libstemmer algorithm per language.
 *
 * Used by filter_stemmer.c and filter_snowball.c.
 */
#ifndef QD_ANALYSIS_STEMMING_H
#define QD_ANALYSIS_STEMMING_H

#include "analysis/component.h"
#include "analysis/stem_word.h"

/* A stemmer of one language: one of `snowball` (a name of libstemmer), `stem` and `rules`. */
struct qd_stemmer {
    const char *language;                                                     /* setting */
    const char *snowball;                                                     /* "english", or NULL */
    struct qd_slice (*stem)(struct qd_arena *arena, struct qd_slice term); /* gives the stem */
    void (*rules)(struct qd_stem_word *word); /* stems in place; or NULL */
    /* What libstemmer does not do yet: changes before and after it; NULL: none. */
    struct qd_slice (*before)(struct qd_arena *arena, struct qd_slice term);
    struct qd_slice (*after)(struct qd_arena *arena, struct qd_slice term, struct qd_slice stem);
};

/* The stemmers that libstemmer makes, by its names, ended by a NULL language. */
extern const struct qd_stemmer qd_stemmer_snowball[];

/* The row of qd_stemmer_snowball, ASCII case ignored; or NULL. */
const struct qd_stemmer *qd_stemmer_find(struct qd_slice language);

/* Porter's English stemmer as Lucene has it. */
struct qd_slice qd_stemmer_porter(struct qd_arena *arena, struct qd_slice term);

/* Replaces the terms of all tokens that are not keywords. */
QD_CHECKED enum qd_status qd_stemmer_run(const struct qd_stemmer *stemmer, struct qd_component_run *run);

/* The reference's error for a language without a stemmer: its class loader's complaint. Returns its status.
 */
enum qd_status qd_stemmer_unknown(struct qd_slice language, struct qd_error *error);

#endif
