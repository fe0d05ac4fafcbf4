/* The kinds of token filters; one file each. Rows of component_table.c.
 *
 * Used inside src/analysis only.
 */
#ifndef QD_ANALYSIS_FILTERS_H
#define QD_ANALYSIS_FILTERS_H

#include "analysis/component.h"

extern const struct qd_component_kind qd_filter_apostrophe;
extern const struct qd_component_kind qd_filter_arabic_normalization;
extern const struct qd_component_kind qd_filter_arabic_stem;
extern const struct qd_component_kind qd_filter_asciifolding;
extern const struct qd_component_kind qd_filter_bengali_normalization;
extern const struct qd_component_kind qd_filter_cjk_bigram;
extern const struct qd_component_kind qd_filter_cjk_width;
extern const struct qd_component_kind qd_filter_classic;
extern const struct qd_component_kind qd_filter_common_grams;
extern const struct qd_component_kind qd_filter_czech_stem;
extern const struct qd_component_kind qd_filter_decimal_digit;
extern const struct qd_component_kind qd_filter_delimited_payload;
extern const struct qd_component_kind qd_filter_dictionary_decompounder;
extern const struct qd_component_kind qd_filter_dutch_stem;
extern const struct qd_component_kind qd_filter_edge_ngram;
extern const struct qd_component_kind qd_filter_elision;
extern const struct qd_component_kind qd_filter_fingerprint;
extern const struct qd_component_kind qd_filter_french_stem;
extern const struct qd_component_kind qd_filter_german_normalization;
extern const struct qd_component_kind qd_filter_hindi_normalization;
extern const struct qd_component_kind qd_filter_hunspell;
extern const struct qd_component_kind qd_filter_hyphenation_decompounder;
extern const struct qd_component_kind qd_filter_indic_normalization;
extern const struct qd_component_kind qd_filter_keep;
extern const struct qd_component_kind qd_filter_keep_types;
extern const struct qd_component_kind qd_filter_keyword_marker;
extern const struct qd_component_kind qd_filter_keyword_repeat;
extern const struct qd_component_kind qd_filter_length;
extern const struct qd_component_kind qd_filter_limit;
extern const struct qd_component_kind qd_filter_lowercase;
extern const struct qd_component_kind qd_filter_multiplexer;
extern const struct qd_component_kind qd_filter_ngram;
extern const struct qd_component_kind qd_filter_old_edge_ngram;
extern const struct qd_component_kind qd_filter_old_ngram;
extern const struct qd_component_kind qd_filter_pairs; /* no row: see qd_analyzer_of_pairs */
extern const struct qd_component_kind qd_filter_pattern_capture;
extern const struct qd_component_kind qd_filter_pattern_replace;
extern const struct qd_component_kind qd_filter_persian_normalization;
extern const struct qd_component_kind qd_filter_persian_stem;
extern const struct qd_component_kind qd_filter_porter_stem;
extern const struct qd_component_kind qd_filter_remove_duplicates;
extern const struct qd_component_kind qd_filter_reverse;
extern const struct qd_component_kind qd_filter_russian_stem;
extern const struct qd_component_kind qd_filter_scandinavian_folding;
extern const struct qd_component_kind qd_filter_scandinavian_normalization;
extern const struct qd_component_kind qd_filter_serbian_normalization;
extern const struct qd_component_kind qd_filter_shingle;
extern const struct qd_component_kind qd_filter_snowball;
extern const struct qd_component_kind qd_filter_sorani_normalization;
extern const struct qd_component_kind qd_filter_stem_exclusion;
extern const struct qd_component_kind qd_filter_stemmer;
extern const struct qd_component_kind qd_filter_stemmer_override;
extern const struct qd_component_kind qd_filter_stop;
extern const struct qd_component_kind qd_filter_synonym;
extern const struct qd_component_kind qd_filter_synonym_graph;
extern const struct qd_component_kind qd_filter_trim;
extern const struct qd_component_kind qd_filter_truncate;
extern const struct qd_component_kind qd_filter_type_as_payload;
extern const struct qd_component_kind qd_filter_unique;
extern const struct qd_component_kind qd_filter_uppercase;
extern const struct qd_component_kind qd_filter_word_delimiter;
extern const struct qd_component_kind qd_filter_word_delimiter_graph;

/* The term in lower case by simple mappings. Memory: the arena or the term itself. */
struct qd_slice qd_filter_lowercase_term(struct qd_arena *arena, struct qd_slice term);

/* The state of an edge_ngram filter for pieces of min to max code points of a term's start. */
const void *qd_edge_ngram_state(struct qd_arena *arena, int32_t min, int32_t max);

/* Whether the state of a filter of this kind gives tokens of several lengths at one position. */
bool qd_shingle_mixes_lengths(const void *data);
bool qd_cjk_bigram_mixes_lengths(const void *data);

#endif
