#include "analysis/char_filters.h"
#include "analysis/component.h"
#include "analysis/filters.h"
#include "analysis/tokenizers.h"

/* The lists are built from pointers to the kinds' own rows, so that a kind is one file and one line here. */
static const struct qd_component_kind *const tokenizers[] = {
    &qd_tokenizer_char_group, &qd_tokenizer_edge_ngram, &qd_tokenizer_keyword, &qd_tokenizer_letter,
    &qd_tokenizer_lowercase, &qd_tokenizer_ngram, &qd_tokenizer_old_edge_ngram, &qd_tokenizer_old_ngram,
    &qd_tokenizer_old_path_hierarchy, &qd_tokenizer_path_hierarchy, &qd_tokenizer_pattern,
    &qd_tokenizer_simple_pattern, &qd_tokenizer_simple_pattern_split, &qd_tokenizer_standard,
    &qd_tokenizer_uax_url_email, &qd_tokenizer_whitespace, NULL,
};

static const struct qd_component_kind *const filters[] = {
    &qd_filter_apostrophe, &qd_filter_arabic_normalization, &qd_filter_arabic_stem,
    &qd_filter_asciifolding, &qd_filter_bengali_normalization, &qd_filter_cjk_bigram,
    &qd_filter_cjk_width, &qd_filter_classic, &qd_filter_common_grams, &qd_filter_czech_stem,
    &qd_filter_decimal_digit, &qd_filter_delimited_payload, &qd_filter_dictionary_decompounder,
    &qd_filter_dutch_stem, &qd_filter_edge_ngram, &qd_filter_elision, &qd_filter_fingerprint,
    &qd_filter_french_stem, &qd_filter_german_normalization, &qd_filter_hindi_normalization,
    &qd_filter_hunspell, &qd_filter_hyphenation_decompounder, &qd_filter_indic_normalization,
    &qd_filter_keep, &qd_filter_keep_types, &qd_filter_keyword_marker, &qd_filter_keyword_repeat,
    &qd_filter_length, &qd_filter_limit, &qd_filter_lowercase, &qd_filter_multiplexer, &qd_filter_ngram,
    &qd_filter_old_edge_ngram, &qd_filter_old_ngram, &qd_filter_pattern_capture,
    &qd_filter_pattern_replace, &qd_filter_persian_normalization, &qd_filter_persian_stem,
    &qd_filter_porter_stem, &qd_filter_remove_duplicates, &qd_filter_reverse, &qd_filter_russian_stem,
    &qd_filter_scandinavian_folding, &qd_filter_scandinavian_normalization,
    &qd_filter_serbian_normalization, &qd_filter_shingle, &qd_filter_snowball,
    &qd_filter_sorani_normalization, &qd_filter_stemmer, &qd_filter_stemmer_override, &qd_filter_stop,
    &qd_filter_synonym, &qd_filter_synonym_graph, &qd_filter_trim, &qd_filter_truncate,
    &qd_filter_type_as_payload, &qd_filter_unique, &qd_filter_uppercase, &qd_filter_word_delimiter,
    &qd_filter_word_delimiter_graph, NULL,
};

static const struct qd_component_kind *const char_filters[] = {
    &qd_char_filter_html_strip, &qd_char_filter_mapping, &qd_char_filter_pattern_replace, NULL,
};

const struct qd_component_kind *const *qd_component_table(enum qd_component_type type)
{
    switch (type) {
    case QD_COMPONENT_CHAR_FILTER: return char_filters;
    case QD_COMPONENT_TOKENIZER: return tokenizers;
    case QD_COMPONENT_FILTER: break;
    }
    return filters;
}
