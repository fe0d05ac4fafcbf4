/* Removing tokens from a list in place; what is removed leaves holes in the positions.
 *
 * Used by the filters that drop tokens. Source: Lucene FilteringTokenFilter.
 */
#ifndef QD_ANALYSIS_COMPACTION_H
#define QD_ANALYSIS_COMPACTION_H

#include "analysis/component.h"

/* `{ .tokens = list }` is ready; keep or drop every token in order, then end. */
struct qd_compaction {
    struct qd_token_list *tokens;
    size_t kept;      /* tokens that stay, at the front */
    uint32_t skipped; /* increments of dropped tokens since the last one kept */
};

/* The token stays and takes over the holes before it. */
static inline void qd_compaction_keep(struct qd_compaction *compaction, struct qd_token token)
{
    token.position_increment += compaction->skipped;
    compaction->skipped = 0;
    compaction->tokens->data[compaction->kept++] = token;
}

/* The token goes. */
static inline void qd_compaction_drop(struct qd_compaction *compaction, const struct qd_token *token)
{
    compaction->skipped += token->position_increment;
}

/* Cuts the list to what was kept. */
static inline void qd_compaction_end(struct qd_compaction *compaction)
{
    compaction->tokens->count = compaction->kept;
    compaction->tokens->final_position_increment += compaction->skipped;
}

#endif
