#include "search/query_node_boolean.h"

#include <string.h>

#include "base/assert.h"
#include "base/number.h"

struct qd_node *qd_node_boolean_make(struct qd_arena *arena)
{
    struct qd_boolean_node *self = QD_NEW(arena, struct qd_boolean_node);
    self->node.kind = &qd_boolean_node_kind;
    return &self->node;
}

bool qd_node_is_boolean(const struct qd_node *node) { return node->kind == &qd_boolean_node_kind; }

void qd_node_boolean_add(struct qd_node *boolean, struct qd_arena *arena, enum qd_occur occur,
                         struct qd_node *node)
{
    qd_assert(qd_node_is_boolean(boolean));
    struct qd_boolean_node *self = (struct qd_boolean_node *)boolean;
    *QD_PUSH(arena, self) = (struct qd_clause){ occur, node };
}

void qd_node_boolean_set_minimum(struct qd_node *boolean, int64_t minimum)
{
    qd_assert(qd_node_is_boolean(boolean));
    ((struct qd_boolean_node *)boolean)->minimum = minimum;
}

const struct qd_clause *qd_node_boolean_clauses(const struct qd_node *boolean, size_t *count,
                                                int64_t *minimum)
{
    qd_assert(qd_node_is_boolean(boolean));
    const struct qd_boolean_node *self = (const struct qd_boolean_node *)boolean;
    *count = self->count;
    if (minimum != NULL) *minimum = self->minimum;
    return self->data;
}

static void boolean_text(const struct qd_node *node, struct qd_buffer *out)
{
    static const char *const marks[] = {
        [QD_MUST] = "+", [QD_FILTER] = "#", [QD_SHOULD] = "", [QD_MUST_NOT] = "-"
    };
    const struct qd_boolean_node *self = (const struct qd_boolean_node *)node;
    if (self->minimum > 0) qd_buffer_byte(out, '(');
    for (size_t i = 0; i < self->count; i++) {
        if (i > 0) qd_buffer_byte(out, ' ');
        qd_buffer_text(out, marks[self->data[i].occur]);
        bool parentheses = qd_node_is_boolean(self->data[i].node);
        if (parentheses) qd_buffer_byte(out, '(');
        qd_node_text(self->data[i].node, out);
        if (parentheses) qd_buffer_byte(out, ')');
    }
    if (self->minimum > 0) qd_buffer_format(out, ")~%lld", (long long)self->minimum);
}

static enum qd_status boolean_prepare(struct qd_node *node, struct qd_query_context *context,
                                      struct qd_error *error)
{
    struct qd_boolean_node *self = (struct qd_boolean_node *)node;
    for (size_t i = 0; i < self->count; i++) {
        bool scoring = self->data[i].occur == QD_MUST || self->data[i].occur == QD_SHOULD;
        struct qd_weight_input input = { scoring ? node->boost : 1.0f, node->scores && scoring };
        QD_TRY(qd_node_prepare(self->data[i].node, context, input, error));
    }
    return QD_OK;
}

/* The scorers of a segment, by what they do. */
struct sorted_scorers {
    struct qd_scorers required; /* must and filter */
    struct qd_scorers scoring;  /* must */
    struct qd_scorers should;
    struct qd_scorers excluded;
    bool impossible;
};

static enum qd_status sort_scorers(struct qd_boolean_node *self, const struct qd_segment_context *segment,
                                   struct sorted_scorers *sorted, struct qd_error *error)
{
    struct qd_arena *arena = segment->arena;
    for (size_t i = 0; i < self->count; i++) {
        enum qd_occur occur = self->data[i].occur;
        struct qd_scorer *sub;
        QD_TRY(qd_node_scorer(self->data[i].node, segment, &sub, error));
        if (sub == NULL) {
            if (occur != QD_MUST && occur != QD_FILTER) continue;
            sorted->impossible = true;
            return QD_OK;
        }
        if (occur == QD_MUST || occur == QD_FILTER) *QD_PUSH(arena, &sorted->required) = sub;
        if (occur == QD_MUST) *QD_PUSH(arena, &sorted->scoring) = sub;
        if (occur == QD_SHOULD) *QD_PUSH(arena, &sorted->should) = sub;
        if (occur == QD_MUST_NOT) *QD_PUSH(arena, &sorted->excluded) = sub;
    }
    return QD_OK;
}

static struct qd_scorer *required_scorer(const struct sorted_scorers *sorted, bool scores,
                                         struct qd_arena *arena)
{
    if (sorted->required.count == 1) {
        struct qd_scorer *only = sorted->required.data[0];
        return scores && sorted->scoring.count == 0 ? qd_scorer_constant(arena, only, 0.0f) : only;
    }
    return qd_scorer_conjunction(arena, &sorted->required, &sorted->scoring);
}

static struct qd_scorer *optional_scorer(const struct sorted_scorers *sorted, uint32_t minimum,
                                         struct qd_arena *arena)
{
    if (sorted->should.count == 1) return sorted->should.data[0];
    return qd_scorer_disjunction(arena, &sorted->should, minimum == 0 ? 1 : minimum);
}

static struct qd_scorer *without_excluded(struct qd_scorer *scorer, const struct sorted_scorers *sorted,
                                          struct qd_arena *arena)
{
    if (sorted->excluded.count == 0) return scorer;
    struct qd_scorer *excluded = sorted->excluded.count == 1
                                     ? sorted->excluded.data[0]
                                     : qd_scorer_disjunction(arena, &sorted->excluded, 1);
    return qd_scorer_exclusion(arena, scorer, excluded);
}

static enum qd_status boolean_scorer(struct qd_node *node, const struct qd_segment_context *segment,
                                     struct qd_scorer **scorer, struct qd_error *error)
{
    struct qd_boolean_node *self = (struct qd_boolean_node *)node;
    struct sorted_scorers sorted = { 0 };
    struct qd_arena *arena = segment->arena;
    QD_TRY(sort_scorers(self, segment, &sorted, error));
    int64_t minimum = self->minimum;
    if (sorted.impossible || (int64_t)sorted.should.count < minimum) return QD_OK;
    if (minimum > 0 && (int64_t)sorted.should.count == minimum) {
        /* Every should clause that this segment has must match. */
        for (size_t i = 0; i < sorted.should.count; i++) {
            *QD_PUSH(arena, &sorted.required) = sorted.should.data[i];
            *QD_PUSH(arena, &sorted.scoring) = sorted.should.data[i];
        }
        sorted.should.count = 0;
        minimum = 0;
    }
    if (sorted.required.count == 0 && sorted.should.count == 0) return QD_OK;
    if (!node->scores && minimum == 0 && sorted.required.count > 0) sorted.should.count = 0;
    if (sorted.should.count == 0) {
        *scorer = without_excluded(required_scorer(&sorted, node->scores, arena), &sorted, arena);
        return QD_OK;
    }
    struct qd_scorer *optional = optional_scorer(&sorted, (uint32_t)minimum, arena);
    if (sorted.required.count == 0) {
        *scorer = without_excluded(optional, &sorted, arena);
        return QD_OK;
    }
    if (minimum > 0) {
        /* One conjunction over all, and what is excluded on top: parts with a second phase inside would be
         * asked document by document. */
        if (sorted.scoring.count > 1) {
            struct qd_scorer *required = required_scorer(&sorted, node->scores, arena);
            sorted.required.count = 0;
            sorted.scoring.count = 0;
            *QD_PUSH(arena, &sorted.required) = required;
            *QD_PUSH(arena, &sorted.scoring) = required;
        }
        *QD_PUSH(arena, &sorted.required) = optional;
        *QD_PUSH(arena, &sorted.scoring) = optional;
        *scorer =
            without_excluded(qd_scorer_conjunction(arena, &sorted.required, &sorted.scoring), &sorted, arena);
        return QD_OK;
    }
    struct qd_scorer *required = required_scorer(&sorted, node->scores, arena);
    *scorer = without_excluded(qd_scorer_optional(arena, required, optional), &sorted, arena);
    return QD_OK;
}

/* What an explanation gathers over the clauses. An explanation stands in one list only, so the two answers
 * have copies. */
struct explained {
    struct qd_explanation *result; /* when all is well */
    struct qd_explanation *missed; /* when too few match */
    struct qd_explanation *failed; /* when a required or prohibited clause decides */
    int64_t should_matches;
    bool fail;
    size_t matches;
};

static void add_copy(struct qd_explanation *list, const struct qd_explanation *sub, struct qd_arena *arena)
{
    struct qd_explanation *copy = QD_NEW(arena, struct qd_explanation);
    *copy = *sub;
    qd_explain_add(list, copy);
}

static struct qd_explanation *failed_clause(struct qd_arena *arena, const char *what,
                                            const struct qd_clause *clause, struct qd_explanation *sub)
{
    struct qd_slice text = qd_node_string(clause->node, arena);
    struct qd_explanation *failed = qd_explain_no_match(arena, "%s clause (%.*s)", what, QD_SLICE_ARG(text));
    qd_explain_add(failed, sub);
    return failed;
}

static enum qd_status explain_clause(const struct qd_clause *clause, const struct qd_segment_context *segment,
                                     qd_doc_id doc, struct explained *explained, struct qd_error *error)
{
    struct qd_arena *arena = segment->arena;
    struct qd_explanation *sub;
    QD_TRY(qd_node_explain(clause->node, segment, doc, &sub, error));
    if (!sub->match) {
        bool required = clause->occur == QD_MUST || clause->occur == QD_FILTER;
        if (required)
            qd_explain_add(explained->failed, failed_clause(arena, "no match on required", clause, sub));
        else if (clause->occur == QD_SHOULD)
            qd_explain_add(explained->missed, failed_clause(arena, "no match on optional", clause, sub));
        explained->fail = explained->fail || required;
        return QD_OK;
    }
    if (clause->occur == QD_MUST_NOT) {
        qd_explain_add(explained->failed, failed_clause(arena, "match on prohibited", clause, sub));
        explained->fail = true;
        return QD_OK;
    }
    explained->matches++;
    explained->should_matches += clause->occur == QD_SHOULD;
    if (clause->occur == QD_FILTER) {
        struct qd_explanation *filter = qd_explain_match(arena, 0, "match on required clause, product of:");
        qd_explain_add(filter, qd_explain_match(arena, 0, "# clause"));
        qd_explain_add(filter, sub);
        sub = filter;
    }
    add_copy(explained->result, sub, arena);
    add_copy(explained->missed, sub, arena);
    add_copy(explained->failed, sub, arena);
    return QD_OK;
}

static enum qd_status boolean_explain(struct qd_node *node, const struct qd_segment_context *segment,
                                      qd_doc_id doc, struct qd_explanation **explanation,
                                      struct qd_error *error)
{
    struct qd_boolean_node *self = (struct qd_boolean_node *)node;
    struct qd_arena *arena = segment->arena;
    struct explained explained = { .result = qd_explain_match(arena, 0, "sum of:"),
                                   .missed = qd_explain_no_match(arena, "No matching clauses"),
                                   .failed = qd_explain_no_match(
                                       arena,
                                       "Failure to meet condition(s) of required/prohibited clause(s)") };
    for (size_t i = 0; i < self->count; i++)
        QD_TRY(explain_clause(&self->data[i], segment, doc, &explained, error));
    *explanation = explained.missed;
    if (explained.fail) {
        *explanation = explained.failed;
        return QD_OK;
    }
    if (explained.matches == 0) return QD_OK;
    if (explained.should_matches < self->minimum) {
        explained.missed->description =
            qd_arena_format(arena, "Failure to match minimum number of optional clauses: %lld, matched: %lld",
                            (long long)self->minimum, (long long)explained.should_matches);
        return QD_OK;
    }
    bool matched;
    float score = 0;
    QD_TRY(qd_node_matches(node, segment, doc, &matched, &score, error));
    explained.result->value = (double)score;
    *explanation = explained.result;
    return QD_OK;
}

static void boolean_leaves(const struct qd_node *node, const struct qd_leaf_visitor *visitor)
{
    const struct qd_boolean_node *self = (const struct qd_boolean_node *)node;
    for (size_t i = 0; i < self->count; i++) {
        if (self->data[i].occur != QD_MUST_NOT) qd_node_leaves(self->data[i].node, visitor);
    }
}

/* Of the required clauses each may miss the documents that it does not match; a prohibited one takes away
 * what it matches, which must be known; of the should clauses one is enough. */
static uint64_t boolean_count_least(const struct qd_node *node, const struct qd_segment_context *segment)
{
    const struct qd_boolean_node *self = (const struct qd_boolean_node *)node;
    uint64_t any = 0, missing = 0;
    bool required = self->minimum > 0;
    if (self->minimum > 1) return 0;
    for (size_t i = 0; i < self->count; i++) {
        bool exact;
        uint64_t least = qd_node_count_least(self->data[i].node, segment, &exact);
        switch (self->data[i].occur) {
        case QD_MUST:
        case QD_FILTER:
            missing += least < segment->doc_count ? segment->doc_count - least : 0;
            required = true;
            break;
        case QD_MUST_NOT:
            if (!exact) return 0;
            missing += least;
            break;
        case QD_SHOULD: any = least > any ? least : any; break;
        }
    }
    bool optional = self->minimum == 0 && required;
    uint64_t most = optional ? segment->doc_count : any;
    return most > missing ? most - missing : 0;
}

static bool boolean_bounds(const struct qd_node *node, struct qd_slice field, int64_t *lower, int64_t *upper)
{
    const struct qd_boolean_node *self = (const struct qd_boolean_node *)node;
    bool exact = self->count > 0 && self->minimum == 0;
    for (size_t i = 0; i < self->count; i++) {
        bool required = self->data[i].occur == QD_MUST || self->data[i].occur == QD_FILTER;
        exact = required && qd_node_bounds(self->data[i].node, field, lower, upper) && exact;
    }
    return exact;
}

/* The matches of one clause, when they are known. */
static bool clause_count(const struct qd_clause *clause, const struct qd_segment_context *segment,
                         uint64_t *count)
{
    const struct qd_node *node = clause->node;
    return node->kind->count != NULL && node->kind->count(node, segment, count);
}

/* The matches of any clause of a kind: known when one clause decides it. */
static bool count_any(const struct qd_boolean_node *self, const struct qd_segment_context *segment,
                      enum qd_occur occur, uint64_t *count)
{
    bool known = true;
    *count = 0;
    for (size_t i = 0; i < self->count; i++) {
        uint64_t part;
        if (self->data[i].occur != occur) continue;
        bool counted = clause_count(&self->data[i], segment, &part);
        if (counted && part == segment->doc_count) {
            *count = part;
            return true;
        }
        if (!counted || (part != 0 && *count != 0)) known = false;
        else if (part != 0) *count = part;
    }
    return known;
}

/* The matches of all required clauses: known when all but one match everything. */
static bool count_required(const struct qd_boolean_node *self, const struct qd_segment_context *segment,
                           uint64_t *count)
{
    *count = segment->doc_count;
    for (size_t i = 0; i < self->count; i++) {
        uint64_t part;
        if (self->data[i].occur != QD_MUST && self->data[i].occur != QD_FILTER) continue;
        if (!clause_count(&self->data[i], segment, &part)) return false;
        if (part == 0) {
            *count = 0;
            return true;
        }
        if (part == segment->doc_count) continue;
        if (*count != segment->doc_count) return false;
        *count = part;
    }
    return true;
}

/* BooleanWeight.count. */
static bool boolean_count(const struct qd_node *node, const struct qd_segment_context *segment,
                          uint64_t *count)
{
    const struct qd_boolean_node *self = (const struct qd_boolean_node *)node;
    uint64_t excluded;
    bool required = false;
    bool excludes = false;
    for (size_t i = 0; i < self->count; i++) {
        required = required || self->data[i].occur == QD_MUST || self->data[i].occur == QD_FILTER;
        excludes = excludes || self->data[i].occur == QD_MUST_NOT;
    }
    if (required ? self->minimum > 0 : excludes || self->minimum > 1) return false;
    if (!(required ? count_required(self, segment, count) : count_any(self, segment, QD_SHOULD, count))) {
        return false;
    }
    if (*count == 0) return true;
    if (!count_any(self, segment, QD_MUST_NOT, &excluded)) return false;
    if (excluded == 0) return true;
    if (excluded != segment->doc_count && *count != segment->doc_count) return false;
    *count -= excluded == segment->doc_count ? *count : excluded;
    return true;
}

const struct qd_node_kind qd_boolean_node_kind = { .name = "BooleanQuery",
                                                   .text = boolean_text,
                                                   .rewrite = qd_boolean_rewrite,
                                                   .prepare = boolean_prepare,
                                                   .scorer = boolean_scorer,
                                                   .explain = boolean_explain,
                                                   .leaves = boolean_leaves,
                                                   .count_least = boolean_count_least,
                                                   .bounds = boolean_bounds,
                                                   .count = boolean_count };
