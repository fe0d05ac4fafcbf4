/* Remembers what an analyzer's filters have made of single words.
 *
 * Used by mapping while the documents of one request are parsed: words repeat, and running lower case, stop
 * words and a stemmer over each of them again costs more than all else that analysis does. Only analyzers
 * whose filters look at one word at a time are remembered (qd_component_kind.by_word); the others run as
 * always. What a run gives is the same with and without a memo.
 */
#ifndef QD_ANALYSIS_WORD_MEMO_H
#define QD_ANALYSIS_WORD_MEMO_H

#include "analysis/analysis.h"

struct qd_word_memo;

/* An empty memo for `words` words or a few more; the newest of those that collide stays. Memory: `arena`. */
struct qd_word_memo *qd_word_memo_create(struct qd_arena *arena, size_t words);

/* qd_analyzer_run with a memo. `arena` and `text` must live as long as the memo, since terms are shared
 * between runs. memo NULL: there is none. Errors: those of qd_analyzer_run. */
QD_CHECKED enum qd_status qd_word_memo_run(struct qd_word_memo *memo, const struct qd_analyzer *analyzer,
                                           struct qd_arena *arena, struct qd_slice text,
                                           struct qd_token_list *tokens, struct qd_error *error);

#endif
