/* Every token twice: once protected from stemmers, once not. Source: Lucene KeywordRepeatFilter. */
#include "analysis/component.h"
#include "analysis/filters.h"

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    (void)data;
    struct qd_token_list result = { 0 };
    for (size_t i = 0; i < run->tokens->count; i++) {
        struct qd_token token = run->tokens->data[i];
        token.keyword = true;
        *qd_component_push(run->arena, &result) = token;
        token.keyword = false;
        token.position_increment = 0;
        *qd_component_push(run->arena, &result) = token;
    }
    qd_component_replace(run->tokens, &result);
    return QD_OK;
}

const struct qd_component_kind qd_filter_keyword_repeat = {
    .name = "keyword_repeat", .run = run, .keyword = qd_component_keyword, .no_synonyms = true,
};
