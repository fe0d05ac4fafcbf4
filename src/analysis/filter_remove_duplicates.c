/* Drops tokens with the term of an earlier one at the same position. Source: Lucene
 * RemoveDuplicatesTokenFilter. */
#include "analysis/component.h"
#include "analysis/filters.h"
#include "base/map.h"

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    (void)data;
    struct qd_token_list *tokens = run->tokens;
    struct qd_map seen;
    qd_map_init(&seen, run->arena);
    size_t kept = 0;
    for (size_t i = 0; i < tokens->count; i++) {
        struct qd_token token = tokens->data[i];
        if (token.position_increment > 0) qd_map_init(&seen, run->arena);
        if (qd_map_find(&seen, token.term) != NULL) continue;
        qd_map_put(&seen, token.term, NULL);
        tokens->data[kept++] = token;
    }
    tokens->count = kept;
    return QD_OK;
}

const struct qd_component_kind qd_filter_remove_duplicates = { .name = "remove_duplicates", .run = run };
