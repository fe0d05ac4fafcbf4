/* The stemmers that are rules over the letters of a word, one function per language.
 *
 * Used by filter_stemmer.c, which names them. Each changes `word` in place and never makes it longer.
 */
#ifndef QD_ANALYSIS_RULE_STEMMERS_H
#define QD_ANALYSIS_RULE_STEMMERS_H

#include "analysis/stem_word.h"

/* Words arrive in lower case, as the language's analyzer prepares them. */
void qd_stemmer_arabic(struct qd_stem_word *word);
void qd_stemmer_bengali(struct qd_stem_word *word);
void qd_stemmer_bulgarian(struct qd_stem_word *word);
void qd_stemmer_czech(struct qd_stem_word *word);
void qd_stemmer_finnish_light(struct qd_stem_word *word);
void qd_stemmer_french_light(struct qd_stem_word *word);
void qd_stemmer_french_minimal(struct qd_stem_word *word);
void qd_stemmer_german_light(struct qd_stem_word *word);
void qd_stemmer_german_minimal(struct qd_stem_word *word);
void qd_stemmer_hindi(struct qd_stem_word *word);
void qd_stemmer_hungarian_light(struct qd_stem_word *word);
void qd_stemmer_indonesian(struct qd_stem_word *word);
void qd_stemmer_italian_light(struct qd_stem_word *word);
void qd_stemmer_latvian(struct qd_stem_word *word);
void qd_stemmer_norwegian_light(struct qd_stem_word *word);
void qd_stemmer_norwegian_minimal(struct qd_stem_word *word);
void qd_stemmer_nynorsk_light(struct qd_stem_word *word);
void qd_stemmer_nynorsk_minimal(struct qd_stem_word *word);
void qd_stemmer_persian(struct qd_stem_word *word);
void qd_stemmer_portuguese_light(struct qd_stem_word *word);
void qd_stemmer_portuguese_minimal(struct qd_stem_word *word);
void qd_stemmer_russian_light(struct qd_stem_word *word);
void qd_stemmer_sorani(struct qd_stem_word *word);
void qd_stemmer_spanish_light(struct qd_stem_word *word);
void qd_stemmer_swedish_light(struct qd_stem_word *word);

#endif
