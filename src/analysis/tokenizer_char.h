/* Tokens that are runs of one class of code points, the base of letter, whitespace and char_group.
 *
 * Used inside src/analysis only. Source: Lucene CharTokenizer.
 */
#ifndef QD_ANALYSIS_TOKENIZER_CHAR_H
#define QD_ANALYSIS_TOKENIZER_CHAR_H

#include "analysis/component.h"

/* Default of max_token_length. */
#define QD_TOKENIZER_CHAR_MAX 255

/* Emits every longest run of code points for which `inside` holds, cut when a token has reached max_length
 * UTF-16 units. */
void qd_tokenizer_char_run(struct qd_component_run *run, int32_t max_length,
                           bool (*inside)(const void *data, uint32_t code_point), const void *data);

#endif
