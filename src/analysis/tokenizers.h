/* The kinds of tokenizers; one file each. Rows of component_table.c.
 *
 * Used inside src/analysis only.
 */
#ifndef QD_ANALYSIS_TOKENIZERS_H
#define QD_ANALYSIS_TOKENIZERS_H

#include "analysis/component.h"

extern const struct qd_component_kind qd_tokenizer_char_group;
extern const struct qd_component_kind qd_tokenizer_edge_ngram;
extern const struct qd_component_kind qd_tokenizer_keyword;
extern const struct qd_component_kind qd_tokenizer_letter;
extern const struct qd_component_kind qd_tokenizer_lowercase;
extern const struct qd_component_kind qd_tokenizer_ngram;
extern const struct qd_component_kind qd_tokenizer_old_edge_ngram;
extern const struct qd_component_kind qd_tokenizer_old_ngram;
extern const struct qd_component_kind qd_tokenizer_old_path_hierarchy;
extern const struct qd_component_kind qd_tokenizer_path_hierarchy;
extern const struct qd_component_kind qd_tokenizer_pattern;
extern const struct qd_component_kind qd_tokenizer_simple_pattern;
extern const struct qd_component_kind qd_tokenizer_simple_pattern_split;
extern const struct qd_component_kind qd_tokenizer_standard;
extern const struct qd_component_kind qd_tokenizer_uax_url_email;
extern const struct qd_component_kind qd_tokenizer_whitespace;

#endif
