/* Immutable sets of words: stop words, articles, protected words.
 *
 * Used inside src/analysis only. Source: Analysis.parseWords of OpenSearch 3.8.0.
 */
#ifndef QD_ANALYSIS_WORD_SET_H
#define QD_ANALYSIS_WORD_SET_H

#include "analysis/component.h"

/* words[count] in byte order. A word is looked for only when its size and first byte occur in the set. */
struct qd_word_set {
    const struct qd_slice *words;
    size_t count;
    uint64_t size_bits;      /* bit n: a word of n bytes; bit 63: of 63 bytes or more */
    uint32_t first_bits[8];  /* bit n: a word that begins with byte n */
    bool has_empty;          /* the empty word is in the set */
    bool ignore_case;        /* words are in lower case; so is every term before it is looked for */
};

/* A set of words[count]; the array is sorted in place unless it is already in order. Memory: the words'. */
void qd_word_set_init(struct qd_word_set *set, struct qd_slice *words, size_t count);

/* The stop words of a language ("english"), or false. Memory: static. */
bool qd_word_set_language(struct qd_word_set *set, const char *language);

/* Reads the list setting `key` ("_english_" names a language's stop words, "_none_" alone nothing); when it
 * is not set, the stop words of `fallback`, or nothing when that is NULL. With named false every word is
 * literal. A file that the setting of that name with _path names takes its place,
 * but not that of a `named` list. Errors: of that file. */
struct qd_word_set_source {
    const char *key;      /* "stopwords" */
    const char *fallback; /* a language or NULL */
    bool named;           /* "_english_" is a list */
    bool ignore_case;
    bool listed; /* entries that begin with '#' are comments, as they are in files */
};
QD_CHECKED enum qd_status qd_word_set_read(const struct qd_component_settings *settings,
                                           const struct qd_word_set_source *source, struct qd_word_set *set,
                                           struct qd_error *error);

/* True when the set holds the bytes of `term` (case already settled). */
bool qd_word_set_has_exact(const struct qd_word_set *set, struct qd_slice term);

/* True when the set holds `term`; needs memory when case is ignored. */
static inline bool qd_word_set_maybe(const struct qd_word_set *set, struct qd_slice term)
{
    if (term.size == 0) return set->has_empty;
    uint8_t first = (uint8_t)term.data[0];
    return (set->size_bits >> (term.size < 63 ? term.size : 63) & 1) != 0 &&
           (set->first_bits[first >> 5] >> (first & 31) & 1) != 0;
}

/* True when the set holds `term`. */
bool qd_word_set_has(const struct qd_word_set *set, struct qd_arena *arena, struct qd_slice term);

#endif
