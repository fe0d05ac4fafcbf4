#include "search/query_index_field.h"

#include "base/text.h"
#include "base/wildcard.h"

bool qd_query_on_index(const struct qd_query_context *context, struct qd_slice name)
{
    const struct qd_field *field = qd_mapping_field(context->view->mapping, name);
    return field != NULL && field->type == QD_FIELD_INDEX;
}

static bool name_fits(struct qd_arena *arena, struct qd_slice pattern, struct qd_slice name, bool ignore_case)
{
    if (ignore_case) name = qd_lowercase(arena, name);
    return qd_simple_match(pattern, name);
}

bool qd_query_index_fits(const struct qd_query_context *context, struct qd_slice text,
                         enum qd_index_text reading, bool ignore_case)
{
    const struct qd_shard_view *view = context->view;
    struct qd_arena *arena = context->arena;
    if (reading == QD_INDEX_TEXT_PREFIX) text = qd_arena_format(arena, "%.*s*", QD_SLICE_ARG(text));
    if (ignore_case) text = qd_lowercase(arena, text);
    if (name_fits(arena, text, view->index_name, ignore_case)) return true;
    for (size_t i = 0; i < view->alias_count; i++) {
        if (name_fits(arena, text, view->aliases[i], ignore_case)) return true;
    }
    return false;
}

const struct qd_query *qd_query_all_or_none(const struct qd_query *query, bool all, struct qd_arena *arena)
{
    if (!all) return qd_query_match_none(arena);
    struct qd_query *everything = qd_query_match_all(arena);
    everything->boost = query->boost;
    everything->name = query->name;
    return everything;
}
