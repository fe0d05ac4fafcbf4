/* BooleanQuery.rewrite: the steps of Lucene in Lucene's order, so that scores add up in the same way. */
#include "base/assert.h"
#include "search/query_node_boolean.h"

/* One step: *result is another node when something changed. */
typedef enum qd_status boolean_step(struct qd_boolean_node *self, struct qd_query_context *context,
                                    struct qd_node **result, struct qd_error *error);

static struct qd_boolean_node *copy_head(const struct qd_boolean_node *self, struct qd_arena *arena)
{
    struct qd_boolean_node *copy = (struct qd_boolean_node *)qd_node_boolean_make(arena);
    copy->minimum = self->minimum;
    return copy;
}

static size_t count_occur(const struct qd_boolean_node *self, enum qd_occur occur)
{
    size_t count = 0;
    for (size_t i = 0; i < self->count; i++) count += self->data[i].occur == occur;
    return count;
}

static bool contains(const struct qd_boolean_node *self, enum qd_occur occur, const struct qd_node *node,
                     size_t end)
{
    for (size_t i = 0; i < end; i++) {
        if (self->data[i].occur == occur && qd_node_equal(self->data[i].node, node)) return true;
    }
    return false;
}

static enum qd_status step_trivial(struct qd_boolean_node *self, struct qd_query_context *context,
                                   struct qd_node **result, struct qd_error *error)
{
    (void)error;
    struct qd_arena *arena = context->arena;
    if (self->count == 0) {
        *result = qd_node_none(arena, "empty BooleanQuery");
        return QD_OK;
    }
    if (count_occur(self, QD_MUST_NOT) == self->count) {
        *result = qd_node_none(arena, "pure negative BooleanQuery");
        return QD_OK;
    }
    if (self->count != 1) return QD_OK;
    const struct qd_clause *clause = &self->data[0];
    if (self->minimum == 1 && clause->occur == QD_SHOULD) *result = clause->node;
    else if (self->minimum == 0 && (clause->occur == QD_SHOULD || clause->occur == QD_MUST))
        *result = clause->node;
    else if (self->minimum == 0 && clause->occur == QD_FILTER)
        *result = qd_node_boost(arena, qd_node_constant(arena, clause->node), 0.0f);
    return QD_OK;
}

/* Rewrites each clause; clauses that match nothing go, or make the whole match nothing. */
static enum qd_status step_clauses(struct qd_boolean_node *self, struct qd_query_context *context,
                                   struct qd_node **result, struct qd_error *error)
{
    struct qd_arena *arena = context->arena;
    struct qd_boolean_node *copy = copy_head(self, arena);
    bool changed = false;
    for (size_t i = 0; i < self->count; i++) {
        struct qd_clause clause = self->data[i];
        bool filter = clause.occur == QD_FILTER || clause.occur == QD_MUST_NOT;
        struct qd_node *node = clause.node;
        struct qd_node *rewritten;
        if (filter) node = qd_node_constant(arena, node);
        QD_TRY(qd_node_rewrite(node, context, &rewritten, error));
        if (filter && qd_node_constant_inner(rewritten) != NULL)
            rewritten = qd_node_constant_inner(rewritten);
        if (qd_node_is_none(rewritten)) {
            if (clause.occur == QD_MUST || clause.occur == QD_FILTER) {
                *result = rewritten;
                return QD_OK;
            }
            changed = true;
            continue;
        }
        changed |= rewritten != clause.node;
        qd_node_boolean_add(&copy->node, arena, clause.occur, rewritten);
    }
    if (changed) *result = &copy->node;
    return QD_OK;
}

/* The same filter or exclusion twice is once. */
static enum qd_status step_duplicate_filters(struct qd_boolean_node *self, struct qd_query_context *context,
                                             struct qd_node **result, struct qd_error *error)
{
    (void)error;
    struct qd_boolean_node *copy = copy_head(self, context->arena);
    for (size_t i = 0; i < self->count; i++) {
        enum qd_occur occur = self->data[i].occur;
        bool filter = occur == QD_FILTER || occur == QD_MUST_NOT;
        if (filter && contains(self, occur, self->data[i].node, i)) continue;
        qd_node_boolean_add(&copy->node, context->arena, occur, self->data[i].node);
    }
    if (copy->count != self->count) *result = &copy->node;
    return QD_OK;
}

static enum qd_status step_contradiction(struct qd_boolean_node *self, struct qd_query_context *context,
                                         struct qd_node **result, struct qd_error *error)
{
    (void)error;
    for (size_t i = 0; i < self->count; i++) {
        const struct qd_clause *clause = &self->data[i];
        if (clause->occur != QD_MUST_NOT) continue;
        if (contains(self, QD_MUST, clause->node, self->count) ||
            contains(self, QD_FILTER, clause->node, self->count)) {
            *result = qd_node_none(context->arena, "FILTER or MUST clause also in MUST_NOT");
            return QD_OK;
        }
        if (qd_node_is_all(clause->node)) {
            *result = qd_node_none(context->arena, "MUST_NOT clause is MatchAllDocsQuery");
            return QD_OK;
        }
    }
    return QD_OK;
}

/* Filters that must clauses imply, and match-all filters, go. */
static enum qd_status step_needless_filters(struct qd_boolean_node *self, struct qd_query_context *context,
                                            struct qd_node **result, struct qd_error *error)
{
    (void)error;
    size_t filters = count_occur(self, QD_FILTER);
    size_t musts = count_occur(self, QD_MUST);
    if (filters == 0) return QD_OK;
    struct qd_boolean_node *copy = copy_head(self, context->arena);
    for (size_t i = 0; i < self->count; i++) {
        const struct qd_clause *clause = &self->data[i];
        bool drop =
            clause->occur == QD_FILTER && ((qd_node_is_all(clause->node) && (filters > 1 || musts > 0)) ||
                                           contains(self, QD_MUST, clause->node, self->count));
        if (!drop) qd_node_boolean_add(&copy->node, context->arena, clause->occur, clause->node);
    }
    if (copy->count != self->count) *result = &copy->node;
    return QD_OK;
}

/* A filter that is also a should clause is a must clause. */
static enum qd_status step_filter_and_should(struct qd_boolean_node *self, struct qd_query_context *context,
                                             struct qd_node **result, struct qd_error *error)
{
    (void)error;
    if (count_occur(self, QD_FILTER) == 0 || count_occur(self, QD_SHOULD) == 0) return QD_OK;
    struct qd_boolean_node *copy = copy_head(self, context->arena);
    bool changed = false;
    for (size_t i = 0; i < self->count; i++) {
        struct qd_clause clause = self->data[i];
        if (clause.occur == QD_FILTER && contains(self, QD_SHOULD, clause.node, self->count)) {
            changed = true;
            continue;
        }
        if (clause.occur == QD_SHOULD && contains(self, QD_FILTER, clause.node, self->count)) {
            clause.occur = QD_MUST;
            if (copy->minimum > 0) copy->minimum--;
        }
        qd_node_boolean_add(&copy->node, context->arena, clause.occur, clause.node);
    }
    if (changed) *result = &copy->node;
    return QD_OK;
}

/* The boosts of equal clauses add up; such clauses come first in a rewritten node. */
static enum qd_status merge_duplicates(struct qd_boolean_node *self, struct qd_query_context *context,
                                       enum qd_occur occur, struct qd_node **result)
{
    struct qd_arena *arena = context->arena;
    struct qd_boolean_node *copy = copy_head(self, arena);
    double *boosts = QD_NEW_ARRAY(arena, double, self->count);
    size_t seen = 0;
    for (size_t i = 0; i < self->count; i++) {
        if (self->data[i].occur != occur) continue;
        seen++;
        struct qd_node *node = self->data[i].node;
        float boost = 1.0f;
        for (float factor; qd_node_boosted(node, &factor) != NULL; node = qd_node_boosted(node, &factor))
            boost *= factor;
        size_t at = 0;
        while (at < copy->count && !qd_node_equal(copy->data[at].node, node)) at++;
        if (at == copy->count) qd_node_boolean_add(&copy->node, arena, occur, node);
        boosts[at] += (double)boost;
    }
    if (copy->count == seen) return QD_OK;
    for (size_t i = 0; i < copy->count; i++) {
        float boost = (float)boosts[i];
        if (boost != 1.0f) copy->data[i].node = qd_node_boost(arena, copy->data[i].node, boost);
    }
    for (size_t i = 0; i < self->count; i++) {
        if (self->data[i].occur != occur)
            qd_node_boolean_add(&copy->node, arena, self->data[i].occur, self->data[i].node);
    }
    *result = &copy->node;
    return QD_OK;
}

static enum qd_status step_duplicate_shoulds(struct qd_boolean_node *self, struct qd_query_context *context,
                                             struct qd_node **result, struct qd_error *error)
{
    (void)error;
    return self->minimum <= 1 ? merge_duplicates(self, context, QD_SHOULD, result) : QD_OK;
}

static enum qd_status step_duplicate_musts(struct qd_boolean_node *self, struct qd_query_context *context,
                                           struct qd_node **result, struct qd_error *error)
{
    (void)error;
    return merge_duplicates(self, context, QD_MUST, result);
}

/* One must clause that is match-all beside filters: a constant over the filters. */
static enum qd_status step_constant(struct qd_boolean_node *self, struct qd_query_context *context,
                                    struct qd_node **result, struct qd_error *error)
{
    (void)error;
    if (count_occur(self, QD_MUST) != 1 || count_occur(self, QD_FILTER) == 0) return QD_OK;
    struct qd_arena *arena = context->arena;
    struct qd_node *must = NULL;
    for (size_t i = 0; i < self->count && must == NULL; i++) {
        if (self->data[i].occur == QD_MUST) must = self->data[i].node;
    }
    qd_assert(must != NULL);
    float boost = 1.0f;
    if (qd_node_boosted(must, &boost) != NULL) must = qd_node_boosted(must, &boost);
    if (!qd_node_is_all(must)) return QD_OK;
    struct qd_node *filters = qd_node_boolean_make(arena);
    for (size_t i = 0; i < self->count; i++) {
        enum qd_occur occur = self->data[i].occur;
        if (occur == QD_FILTER || occur == QD_MUST_NOT)
            qd_node_boolean_add(filters, arena, occur, self->data[i].node);
    }
    struct qd_node *constant = qd_node_constant(arena, filters);
    if (boost != 1.0f) constant = qd_node_boost(arena, constant, boost);
    size_t shoulds = count_occur(self, QD_SHOULD);
    /* More should clauses may be asked for than there are: then nothing matches. */
    if (shoulds == 0 && self->minimum <= 0) {
        *result = constant;
        return QD_OK;
    }
    struct qd_boolean_node *copy = copy_head(self, arena);
    qd_node_boolean_add(&copy->node, arena, QD_MUST, constant);
    for (size_t i = 0; i < self->count; i++) {
        if (self->data[i].occur == QD_SHOULD)
            qd_node_boolean_add(&copy->node, arena, QD_SHOULD, self->data[i].node);
    }
    *result = &copy->node;
    return QD_OK;
}

static bool is_pure_disjunction(const struct qd_boolean_node *self)
{
    return count_occur(self, QD_SHOULD) == self->count && self->minimum <= 1;
}

/* Should clauses that are themselves plain disjunctions are taken in. */
static enum qd_status step_flatten(struct qd_boolean_node *self, struct qd_query_context *context,
                                   struct qd_node **result, struct qd_error *error)
{
    (void)error;
    if (self->minimum > 1) return QD_OK;
    struct qd_boolean_node *copy = copy_head(self, context->arena);
    bool changed = false;
    for (size_t i = 0; i < self->count; i++) {
        struct qd_clause clause = self->data[i];
        const struct qd_boolean_node *inner = (const struct qd_boolean_node *)clause.node;
        if (clause.occur != QD_SHOULD || !qd_node_is_boolean(clause.node) || !is_pure_disjunction(inner)) {
            qd_node_boolean_add(&copy->node, context->arena, clause.occur, clause.node);
            continue;
        }
        changed = true;
        for (size_t k = 0; k < inner->count; k++)
            qd_node_boolean_add(&copy->node, context->arena, QD_SHOULD, inner->data[k].node);
    }
    if (changed) *result = &copy->node;
    return QD_OK;
}

/* Required and prohibited clauses of required inner booleans without should clauses are taken in. */
static enum qd_status step_inline_required(struct qd_boolean_node *self, struct qd_query_context *context,
                                           struct qd_node **result, struct qd_error *error)
{
    (void)error;
    struct qd_boolean_node *copy = copy_head(self, context->arena);
    bool changed = false;
    for (size_t i = 0; i < self->count; i++) {
        struct qd_clause clause = self->data[i];
        const struct qd_boolean_node *inner = (const struct qd_boolean_node *)clause.node;
        bool required = clause.occur == QD_MUST || clause.occur == QD_FILTER;
        if (!required || !qd_node_is_boolean(clause.node) || count_occur(inner, QD_SHOULD) > 0 ||
            inner->minimum > 0) {
            qd_node_boolean_add(&copy->node, context->arena, clause.occur, clause.node);
            continue;
        }
        changed = true;
        for (size_t k = 0; k < inner->count; k++) {
            enum qd_occur occur = inner->data[k].occur;
            if (occur == QD_MUST && clause.occur == QD_FILTER) occur = QD_FILTER;
            qd_node_boolean_add(&copy->node, context->arena, occur, inner->data[k].node);
        }
    }
    if (changed) *result = &copy->node;
    return QD_OK;
}

/* The only must clause's should clauses come up, when nothing else is optional. */
static enum qd_status step_inline_should(struct qd_boolean_node *self, struct qd_query_context *context,
                                         struct qd_node **result, struct qd_error *error)
{
    (void)error;
    if (count_occur(self, QD_SHOULD) != 0 || count_occur(self, QD_MUST) != 1) return QD_OK;
    struct qd_arena *arena = context->arena;
    const struct qd_boolean_node *inner = NULL;
    for (size_t i = 0; i < self->count; i++) {
        if (self->data[i].occur == QD_MUST && qd_node_is_boolean(self->data[i].node))
            inner = (const struct qd_boolean_node *)self->data[i].node;
    }
    if (inner == NULL || count_occur(inner, QD_SHOULD) != inner->count || inner->count == 0) return QD_OK;
    struct qd_node *copy = qd_node_boolean_make(arena);
    for (size_t i = 0; i < self->count; i++) {
        if (self->data[i].occur != QD_MUST)
            qd_node_boolean_add(copy, arena, self->data[i].occur, self->data[i].node);
    }
    for (size_t i = 0; i < inner->count; i++)
        qd_node_boolean_add(copy, arena, QD_SHOULD, inner->data[i].node);
    qd_node_boolean_set_minimum(copy, inner->minimum > 1 ? inner->minimum : 1);
    *result = copy;
    return QD_OK;
}

/* Fewer should clauses than must match: nothing; exactly as many: all are required. */
static enum qd_status step_minimum(struct qd_boolean_node *self, struct qd_query_context *context,
                                   struct qd_node **result, struct qd_error *error)
{
    (void)error;
    int64_t shoulds = (int64_t)count_occur(self, QD_SHOULD);
    if (shoulds < self->minimum) {
        *result = qd_node_none(context->arena, "SHOULD clause count less than minimumNumberShouldMatch");
        return QD_OK;
    }
    if (shoulds == 0 || shoulds != self->minimum) return QD_OK;
    struct qd_node *copy = qd_node_boolean_make(context->arena);
    for (size_t i = 0; i < self->count; i++) {
        enum qd_occur occur = self->data[i].occur == QD_SHOULD ? QD_MUST : self->data[i].occur;
        qd_node_boolean_add(copy, context->arena, occur, self->data[i].node);
    }
    *result = copy;
    return QD_OK;
}

struct qd_node *qd_boolean_without_scores(struct qd_node *node, struct qd_arena *arena)
{
    struct qd_boolean_node *self = (struct qd_boolean_node *)node;
    bool optional = self->minimum == 0 && count_occur(self, QD_MUST) + count_occur(self, QD_FILTER) > 0;
    struct qd_boolean_node *copy = copy_head(self, arena);
    bool changed = false;
    for (size_t i = 0; i < self->count; i++) {
        struct qd_clause clause = self->data[i];
        float factor;
        struct qd_node *inner = qd_node_boosted(clause.node, &factor);
        if (inner == NULL) inner = clause.node;
        if (qd_node_constant_inner(inner) != NULL) inner = qd_node_constant_inner(inner);
        if (qd_node_is_boolean(inner)) inner = qd_boolean_without_scores(inner, arena);
        bool dropped = clause.occur == QD_SHOULD && optional;
        changed = changed || dropped || inner != clause.node || clause.occur == QD_MUST;
        if (dropped) continue;
        qd_node_boolean_add(&copy->node, arena, clause.occur == QD_MUST ? QD_FILTER : clause.occur, inner);
    }
    return changed ? &copy->node : node;
}

enum qd_status qd_boolean_rewrite(struct qd_node *node, struct qd_query_context *context,
                                  struct qd_node **result, struct qd_error *error)
{
    static boolean_step *const steps[] = {
        step_trivial,          step_clauses,           step_duplicate_filters, step_contradiction,
        step_needless_filters, step_filter_and_should, step_duplicate_shoulds, step_duplicate_musts,
        step_constant,         step_flatten,           step_inline_required,   step_minimum,
        step_inline_should,
    };
    struct qd_boolean_node *self = (struct qd_boolean_node *)node;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        QD_TRY(steps[i](self, context, result, error));
        if (*result != node) return QD_OK;
    }
    return QD_OK;
}
