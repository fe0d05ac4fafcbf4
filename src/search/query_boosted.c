/* A whole query with a factor: what indices_boost makes of a request on one index. Source: Lucene BoostQuery.
 */
#include "search/query_boosted.h"

#include "search/query_tree.h"

struct boosted_query {
    struct qd_query head; /* its boost is the factor */
    const struct qd_query *inner;
};

static enum qd_status build_boosted(const struct qd_query *query, struct qd_query_context *context,
                                    struct qd_node **node, struct qd_error *error)
{
    return qd_query_build_whole(((const struct boosted_query *)query)->inner, context, node, error);
}

static const struct qd_query_kind boosted_kind = { .name = "boosted", .build = build_boosted };

const struct qd_query *qd_query_boosted(const struct qd_query *query, float boost, struct qd_arena *arena)
{
    struct boosted_query *boosted = QD_QUERY_NEW(arena, struct boosted_query, &boosted_kind);
    boosted->inner = query;
    boosted->head.boost = boost;
    return &boosted->head;
}
