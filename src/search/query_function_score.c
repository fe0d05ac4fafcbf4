/* function_score without scripts. Source: OpenSearch FunctionScoreQueryBuilder, FunctionScoreQuery,
 * CombineFunction. */
#include <float.h>
#include <math.h>

#include "base/number.h"
#include "base/text.h"
#include "search/query_function.h"
#include "search/scorer.h"

enum score_mode { SCORE_FIRST, SCORE_AVG, SCORE_MAX, SCORE_SUM, SCORE_MIN, SCORE_MULTIPLY };
enum boost_mode { BOOST_MULTIPLY, BOOST_REPLACE, BOOST_SUM, BOOST_AVG, BOOST_MIN, BOOST_MAX };

struct filtered_function {
    const struct qd_query *filter; /* NULL: every document */
    struct qd_function function;
};
QD_VECTOR_TYPE(function_list, struct filtered_function);

struct function_query {
    struct qd_query query;
    const struct qd_query *inner; /* NULL: match_all */
    struct function_list functions;
    enum score_mode score_mode;
    enum boost_mode boost_mode;
    float max_boost, min_score;
    bool has_min_score;
};

static enum qd_status enum_of(struct qd_slice text, const char *const *names, int count, int *result,
                              const char *what, struct qd_error *error)
{
    for (*result = 0; *result < count; (*result)++) {
        if (qd_equal_ignore_case(text, qd_slice_from_string(names[*result]))) return QD_OK;
    }
    return qd_error_set(
        error, QD_ILLEGAL_ARGUMENT, "No enum constant org.opensearch.common.lucene.search.function.%s.%.*s",
        what, QD_SLICE_ARG(error == NULL || error->arena == NULL ? text : qd_uppercase(error->arena, text)));
}

static enum qd_status unknown_function(struct qd_query_parser *parser, const struct qd_json_iterator *at,
                                       struct qd_error *error)
{
    /* The reference asks its registry for "function_score" by mistake and proposes what is like that. */
    enum qd_status status =
        qd_query_error_at(parser, at->value, error,
                          "unknown query [function_score] did you mean any of [random_score, script_score]?");
    return qd_query_add_unknown_name(parser, at, status, error);
}

/* One member of an entry of "functions"; `before` is the name of the function that was found already. */
static enum qd_status parse_entry(struct qd_query_parser *parser, const struct qd_json_iterator *at,
                                  struct filtered_function *one, struct qd_slice *before,
                                  struct qd_error *error)
{
    enum qd_function_kind kind;
    struct qd_query *filter;
    if (qd_json_is_object(at->value) && qd_slice_is(at->key, "filter")) {
        QD_TRY(qd_query_parse_inner(parser, at->value, &filter, error));
        one->filter = filter;
        return QD_OK;
    }
    if (qd_json_is_object(at->value)) {
        if (before->data != NULL)
            return qd_query_error_at(parser, at->value, error,
                                     "failed to parse function_score functions. already found [%.*s], now "
                                     "encountering [%.*s].",
                                     QD_SLICE_ARG(*before), QD_SLICE_ARG(at->key));
        if (!qd_function_known(at->key, &kind)) return unknown_function(parser, at, error);
        *before = at->key;
        return qd_function_parse(parser, kind, at->value, &one->function, error);
    }
    if (!qd_query_is_value(at->value)) return QD_OK;
    if (!qd_slice_is(at->key, "weight"))
        return qd_query_error_at(parser, at->value, error,
                                 "failed to parse [function_score] query. field [%.*s] is not supported",
                                 QD_SLICE_ARG(at->key));
    one->function.has_weight = true;
    return qd_query_float(parser, at->value, &one->function.weight, error);
}

static enum qd_status check_weight(const struct qd_function *function, struct qd_error *error)
{
    if (!function->has_weight || !(function->weight < 0)) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "[weight] cannot be negative for a filtering function");
}

static enum qd_status parse_function(struct qd_query_parser *parser, struct function_query *self,
                                     const struct qd_json *body, struct qd_error *error)
{
    struct filtered_function one = { 0 };
    struct qd_slice before = { 0 };
    struct qd_json_iterator at = qd_json_iterate(body);
    if (!qd_json_is_object(body))
        return qd_query_error_at(parser, body, error,
                                 "failed to parse [START_OBJECT]. malformed query, expected a [%s] while "
                                 "parsing functions but got a [function_score] instead",
                                 qd_json_token_name(body));
    while (qd_json_next(&at)) QD_TRY(parse_entry(parser, &at, &one, &before, error));
    if (before.data == NULL && !one.function.has_weight)
        return qd_query_error_end(
            parser, body, error,
            "failed to parse [function_score] query. an entry in functions list is missing a "
            "function.");
    QD_TRY(check_weight(&one.function, error));
    *QD_PUSH(parser->arena, &self->functions) = one;
    return QD_OK;
}

/* What the query's members have given so far besides itself. */
struct singles {
    struct qd_function function;
    struct qd_slice name; /* of the function or "weight"; data NULL: none */
    bool array;           /* "functions" was given */
};

static enum qd_status not_both(struct qd_query_parser *parser, const struct qd_json_iterator *at,
                               struct qd_slice before, const char *what, struct qd_error *error)
{
    return qd_query_error_at(
        parser, at->value, error,
        "failed to parse [function_score] query. [you can either define [functions] array or a single "
        "function, not both. already found [%.*s]%s, now encountering [%.*s].]",
        QD_SLICE_ARG(before), what, QD_SLICE_ARG(at->key));
}

/* A query has one function outside of the array, and a weight of its own is one. */
static enum qd_status single_found(struct qd_query_parser *parser, const struct qd_json_iterator *at,
                                   struct qd_slice before, struct qd_error *error)
{
    return qd_query_error_at(
        parser, at->value, error,
        "failed to parse [function_score] query. already found function [%.*s], now encountering [%.*s]. use "
        "[functions] array if you want to define several functions.",
        QD_SLICE_ARG(before), QD_SLICE_ARG(at->key));
}

/* Scalars of the query itself. */
static enum qd_status parse_scalar(struct qd_query_parser *parser, struct function_query *self,
                                   const struct qd_json_iterator *at, struct singles *singles,
                                   struct qd_error *error)
{
    static const char *const score_modes[] = { "first", "avg", "max", "sum", "min", "multiply" };
    static const char *const boost_modes[] = { "multiply", "replace", "sum", "avg", "min", "max" };
    struct qd_slice text = qd_json_text(at->value);
    int mode = 0;
    bool taken = true;
    if (qd_slice_is(at->key, "score_mode")) {
        QD_TRY(enum_of(text, score_modes, 6, &mode, "FunctionScoreQuery.ScoreMode", error));
        self->score_mode = (enum score_mode)mode;
    } else if (qd_slice_is(at->key, "boost_mode")) {
        QD_TRY(enum_of(text, boost_modes, 6, &mode, "CombineFunction", error));
        self->boost_mode = (enum boost_mode)mode;
    } else if (qd_slice_is(at->key, "max_boost")) {
        QD_TRY(qd_query_float(parser, at->value, &self->max_boost, error));
    } else if (qd_slice_is(at->key, "min_score")) {
        self->has_min_score = true;
        QD_TRY(qd_query_float(parser, at->value, &self->min_score, error));
    } else if (qd_slice_is(at->key, "weight") && !singles->array) {
        if (singles->name.data != NULL) return single_found(parser, at, singles->name, error);
        singles->function.has_weight = true;
        singles->name = at->key;
        QD_TRY(qd_query_float(parser, at->value, &singles->function.weight, error));
    } else {
        QD_TRY(qd_query_parse_common(parser, &self->query, at->key, at->value, &taken, error));
        if (!taken && singles->array) return not_both(parser, at, QD_SLICE("functions"), " array", error);
    }
    if (taken) return QD_OK;
    return qd_query_error_at(parser, at->value, error,
                             "failed to parse [function_score] query. field [%.*s] is not supported",
                             QD_SLICE_ARG(at->key));
}

static enum qd_status parse_list(struct qd_query_parser *parser, struct function_query *self,
                                 const struct qd_json_iterator *at, struct singles *singles,
                                 struct qd_error *error)
{
    if (!qd_slice_is(at->key, "functions"))
        return qd_query_error_at(parser, at->value, error,
                                 "failed to parse [function_score] query. array [%.*s] is not supported",
                                 QD_SLICE_ARG(at->key));
    if (singles->name.data != NULL) return not_both(parser, at, singles->name, "", error);
    singles->array = true;
    struct qd_json_iterator element = qd_json_iterate(at->value);
    while (qd_json_next(&element)) QD_TRY(parse_function(parser, self, element.value, error));
    return QD_OK;
}

static enum qd_status parse_object(struct qd_query_parser *parser, struct function_query *self,
                                   const struct qd_json_iterator *at, struct singles *singles,
                                   struct qd_error *error)
{
    struct qd_query *inner;
    enum qd_function_kind kind;
    if (qd_slice_is(at->key, "query")) {
        QD_TRY(qd_query_parse_inner(parser, at->value, &inner, error));
        self->inner = inner;
        return QD_OK;
    }
    if (singles->array) return not_both(parser, at, QD_SLICE("functions"), " array", error);
    if (singles->name.data != NULL) return single_found(parser, at, singles->name, error);
    if (!qd_function_known(at->key, &kind)) return unknown_function(parser, at, error);
    singles->name = at->key;
    return qd_function_parse(parser, kind, at->value, &singles->function, error);
}

static enum qd_status function_parse(struct qd_query_parser *parser, const struct qd_json *body,
                                     struct qd_query **query, struct qd_error *error)
{
    struct function_query *self =
        QD_QUERY_NEW(parser->arena, struct function_query, &qd_query_kind_function_score);
    struct singles singles = { .function = { .kind = QD_FUNCTION_NONE } };
    self->score_mode = SCORE_MULTIPLY;
    self->max_boost = FLT_MAX;
    struct qd_json_iterator at = qd_json_iterate(body);
    while (qd_json_next(&at)) {
        if (qd_json_is_object(at.value)) QD_TRY(parse_object(parser, self, &at, &singles, error));
        else if (qd_json_is_array(at.value)) QD_TRY(parse_list(parser, self, &at, &singles, error));
        else if (qd_query_is_value(at.value)) QD_TRY(parse_scalar(parser, self, &at, &singles, error));
    }
    QD_TRY(check_weight(&singles.function, error));
    if (singles.name.data != NULL)
        *QD_PUSH(parser->arena, &self->functions) = (struct filtered_function){ NULL, singles.function };
    *query = &self->query;
    return QD_OK;
}

static enum qd_status function_rewrite(const struct qd_query *query, struct qd_query_context *context,
                                       const struct qd_query **result, struct qd_error *error)
{
    const struct function_query *self = (const struct function_query *)query;
    struct function_query *copy =
        QD_QUERY_NEW(context->arena, struct function_query, &qd_query_kind_function_score);
    *copy = *self;
    bool changed = false;
    if (self->inner != NULL) {
        QD_TRY(qd_query_rewrite(self->inner, context, &copy->inner, error));
        changed = copy->inner != self->inner;
        if (copy->inner->kind == &qd_query_kind_match_none) {
            *result = copy->inner;
            return QD_OK;
        }
    }
    copy->functions = (struct function_list){ 0 };
    for (size_t i = 0; i < self->functions.count; i++) {
        struct filtered_function one = self->functions.data[i];
        if (one.filter != NULL) QD_TRY(qd_query_rewrite(one.filter, context, &one.filter, error));
        changed |= one.filter != self->functions.data[i].filter;
        *QD_PUSH(context->arena, &copy->functions) = one;
    }
    if (changed) *result = &copy->query;
    return QD_OK;
}

/* ---- the node ---- */
struct node_function {
    struct qd_node *filter; /* NULL: every document */
    struct qd_function_value value;
};
struct function_node {
    struct qd_node node;
    const struct function_query *query;
    struct qd_node *inner;
    struct node_function *functions;
    size_t count;
};

struct function_scorer {
    struct qd_scorer scorer;
    const struct function_node *node;
    struct qd_scorer *inner;
    struct qd_scorer **filters; /* filters[count]; NULL with applies false: never */
    bool *applies;
    struct qd_function_value *values;
    struct qd_error *error; /* filled by the first document whose score is none */
};

static double mode_of_functions(struct function_scorer *self)
{
    /* The reference takes one function without a filter as it is. */
    bool lone = self->node->count == 1 && self->node->functions[0].filter == NULL;
    enum score_mode mode = lone ? SCORE_FIRST : self->node->query->score_mode;
    double factor = 1.0;
    double sum = 0;
    double weights = 0;
    bool any = false;
    for (size_t i = 0; i < self->node->count; i++) {
        struct qd_scorer *filter = self->filters[i];
        if (!self->applies[i]) continue;
        if (filter != NULL &&
            (qd_scorer_seek(filter, self->scorer.doc) != self->scorer.doc || !qd_scorer_confirm(filter)))
            continue;
        double score = qd_function_score(&self->values[i], self->scorer.doc, self->error);
        const struct qd_function *function = self->values[i].function;
        if (mode == SCORE_FIRST) return score;
        if (mode == SCORE_MULTIPLY) factor *= score;
        if (mode == SCORE_MAX) factor = any ? fmax(factor, score) : score;
        if (mode == SCORE_MIN) factor = any ? fmin(factor, score) : score;
        sum += score;
        weights += function->has_weight ? (double)function->weight : 1.0;
        any = true;
    }
    if ((mode != SCORE_SUM && mode != SCORE_AVG) || weights == 0) return factor;
    return mode == SCORE_AVG ? sum / weights : sum;
}

static float combine(const struct function_query *query, float score, double factor)
{
    /* What is no number stays so, as with Java's min. */
    double limited = factor >= (double)query->max_boost ? (double)query->max_boost : factor;
    switch (query->boost_mode) {
    case BOOST_MULTIPLY: return (float)((double)score * limited);
    case BOOST_REPLACE: return (float)limited;
    case BOOST_SUM: return (float)((double)score + limited);
    case BOOST_AVG: return (float)((limited + (double)score) / 2.0);
    case BOOST_MIN: return (float)fmin((double)score, limited);
    case BOOST_MAX: return (float)fmax((double)score, limited);
    }
    return score;
}

/* A score must be a finite number that is not negative. Scorers cannot fail: the walk finds the error. */
static void refuse(struct function_scorer *self, float score)
{
    struct qd_error *error = self->error;
    char number[QD_NUMBER_TEXT_MAX];
    if (error == NULL || error->status != QD_OK) return;
    size_t size = isnan(score) ? 0 : isinf(score) ? 0 : qd_float_to_text(score, number);
    struct qd_slice text = isnan(score)   ? QD_SLICE("NaN")
                           : isinf(score) ? (score > 0 ? QD_SLICE("Infinity") : QD_SLICE("-Infinity"))
                                          : qd_slice_make(number, size);
    (void)qd_error_set(error, QD_EXCEPTION,
                       "function score query returned an invalid score: %.*s for doc: %u", QD_SLICE_ARG(text),
                       (unsigned)self->scorer.doc);
}

static float compute(struct function_scorer *self)
{
    float score = self->inner->operations->score(self->inner);
    if (self->node->count == 0) return score;
    float result = combine(self->node->query, score, mode_of_functions(self));
    if (result >= 0 && !isinf(result)) return result;
    refuse(self, result);
    return 0;
}

static qd_doc_id function_advance(struct qd_scorer *scorer, qd_doc_id target)
{
    scorer->started = true;
    return scorer->doc = qd_scorer_seek(((struct function_scorer *)scorer)->inner, target);
}

static qd_doc_id function_next(struct qd_scorer *scorer)
{
    if (scorer->started && scorer->doc == QD_DOC_END) return QD_DOC_END;
    return function_advance(scorer, scorer->started ? scorer->doc + 1 : 0);
}

static bool function_matches(struct qd_scorer *scorer)
{
    struct function_scorer *self = (struct function_scorer *)scorer;
    if (!qd_scorer_confirm(self->inner)) return false;
    return !self->node->query->has_min_score || compute(self) >= self->node->query->min_score;
}

static float function_score(struct qd_scorer *scorer) { return compute((struct function_scorer *)scorer); }

static const struct qd_scorer_operations function_operations = {
    .next = function_next,
    .advance = function_advance,
    .matches = function_matches,
    .score = function_score,
};

static void function_text(const struct qd_node *node, struct qd_buffer *out)
{
    const struct function_node *self = (const struct function_node *)node;
    qd_buffer_text(out, "function score (");
    qd_node_text(self->inner, out);
    qd_buffer_text(out, ", functions: [");
    for (size_t i = 0; i < self->count; i++) {
        if (i > 0) qd_buffer_text(out, ", ");
        qd_buffer_byte(out, '{');
        if (self->functions[i].filter != NULL) {
            qd_buffer_text(out, "filter(");
            qd_node_text(self->functions[i].filter, out);
            qd_buffer_text(out, "), ");
        }
        qd_buffer_format(out, "function [%d]}", (int)self->query->functions.data[i].function.kind);
    }
    qd_buffer_text(out, "])");
}

static enum qd_status function_node_rewrite(struct qd_node *node, struct qd_query_context *context,
                                            struct qd_node **result, struct qd_error *error)
{
    (void)result;
    struct function_node *self = (struct function_node *)node;
    QD_TRY(qd_node_rewrite(self->inner, context, &self->inner, error));
    for (size_t i = 0; i < self->count; i++) {
        struct qd_node **filter = &self->functions[i].filter;
        if (*filter != NULL) QD_TRY(qd_node_rewrite(*filter, context, filter, error));
    }
    return QD_OK;
}

static enum qd_status function_prepare(struct qd_node *node, struct qd_query_context *context,
                                       struct qd_error *error)
{
    struct function_node *self = (struct function_node *)node;
    bool scores = node->scores || self->query->has_min_score;
    /* Where no score is asked for, the reference drops the boost and still compares what is left with the
     * least score. */
    float boost = node->scores ? node->boost : 1.0f;
    QD_TRY(qd_node_prepare(self->inner, context, (struct qd_weight_input){ boost, scores }, error));
    for (size_t i = 0; i < self->count; i++) {
        struct qd_node *filter = self->functions[i].filter;
        if (filter != NULL)
            QD_TRY(qd_node_prepare(filter, context, (struct qd_weight_input){ 1.0f, false }, error));
    }
    return QD_OK;
}

static enum qd_status function_scorer(struct qd_node *node, const struct qd_segment_context *segment,
                                      struct qd_scorer **scorer, struct qd_error *error)
{
    struct function_node *self = (struct function_node *)node;
    struct qd_arena *arena = segment->arena;
    struct qd_scorer *inner;
    QD_TRY(qd_node_scorer(self->inner, segment, &inner, error));
    if (inner == NULL || (!node->scores && !self->query->has_min_score)) {
        *scorer = inner;
        return QD_OK;
    }
    struct function_scorer *result = QD_NEW(arena, struct function_scorer);
    result->scorer.operations = &function_operations;
    result->scorer.cost = inner->cost;
    result->node = self;
    result->inner = inner;
    result->error = error;
    result->filters = QD_NEW_ARRAY(arena, struct qd_scorer *, self->count + 1);
    result->applies = QD_NEW_ARRAY(arena, bool, self->count + 1);
    result->values = QD_NEW_ARRAY(arena, struct qd_function_value, self->count + 1);
    for (size_t i = 0; i < self->count; i++) {
        result->values[i] = self->functions[i].value;
        QD_TRY(qd_function_segment(&result->values[i], segment, error));
        result->applies[i] = true;
        if (self->functions[i].filter == NULL) continue;
        QD_TRY(qd_node_scorer(self->functions[i].filter, segment, &result->filters[i], error));
        result->applies[i] = result->filters[i] != NULL;
    }
    *scorer = &result->scorer;
    return QD_OK;
}

/* One function of the document: with its filter, when it has one. *explanation NULL: it does not apply. */
static enum qd_status explain_function(const struct node_function *function,
                                       const struct qd_segment_context *segment, qd_doc_id doc,
                                       struct qd_explanation **explanation, struct qd_error *error)
{
    struct qd_arena *arena = segment->arena;
    struct qd_function_value value = function->value;
    bool applies = true;
    *explanation = NULL;
    if (function->filter != NULL)
        QD_TRY(qd_node_matches(function->filter, segment, doc, &applies, NULL, error));
    if (!applies) return QD_OK;
    QD_TRY(qd_function_segment(&value, segment, error));
    struct qd_explanation *own = qd_function_explain(&value, doc, arena, error);
    if (function->filter == NULL) {
        *explanation = own;
        return QD_OK;
    }
    struct qd_slice name = qd_node_string(function->filter, arena);
    *explanation = qd_explain_match(arena, own->value, "function score, product of:");
    qd_explain_add(*explanation, qd_explain_match(arena, 1, "match filter: %.*s", QD_SLICE_ARG(name)));
    qd_explain_add(*explanation, own);
    return QD_OK;
}

/* What all functions together give. */
static enum qd_status explain_factor(const struct function_node *self, double factor,
                                     const struct qd_segment_context *segment, qd_doc_id doc,
                                     struct qd_explanation **explanation, struct qd_error *error)
{
    static const char *const modes[] = { "first", "avg", "max", "sum", "min", "multiply" };
    struct qd_arena *arena = segment->arena;
    struct qd_explanation *all = qd_explain_match(arena, factor, "function score, score mode [%s]",
                                                  modes[self->query->score_mode]);
    for (size_t i = 0; i < self->count; i++) {
        struct qd_explanation *one;
        QD_TRY(explain_function(&self->functions[i], segment, doc, &one, error));
        if (one != NULL) qd_explain_add(all, one);
    }
    *explanation = all;
    if (all->first == NULL) *explanation = qd_explain_match(arena, 1, "No function matched");
    else if (self->count == 1) *explanation = all->first;
    return QD_OK;
}

static struct qd_explanation *explain_combined(const struct function_query *query, float score,
                                               struct qd_explanation *inner, struct qd_explanation *factor,
                                               struct qd_arena *arena)
{
    static const char *const texts[] = { "function score, product of:", "", "sum of", "avg of", "min of",
                                         "max of:" };
    double limited = factor->value >= (double)query->max_boost ? (double)query->max_boost : factor->value;
    struct qd_explanation *least = qd_explain_match(arena, limited, "min of:");
    qd_explain_add(least, factor);
    qd_explain_add(least, qd_explain_match(arena, (double)query->max_boost, "maxBoost"));
    if (query->boost_mode == BOOST_REPLACE) return least;
    struct qd_explanation *whole = qd_explain_match(arena, (double)score, "%s", texts[query->boost_mode]);
    qd_explain_add(whole, inner);
    qd_explain_add(whole, least);
    return whole;
}

/* The score of one document, min_score not asked. */
static enum qd_status score_of(struct qd_node *node, const struct qd_segment_context *segment, qd_doc_id doc,
                               double *factor, float *score, struct qd_error *error)
{
    struct qd_scorer *scorer;
    QD_TRY(function_scorer(node, segment, &scorer, error));
    if (scorer == NULL || scorer->operations != &function_operations || function_advance(scorer, doc) != doc)
        return QD_OK;
    struct function_scorer *self = (struct function_scorer *)scorer;
    if (!qd_scorer_confirm(self->inner)) return QD_OK;
    *factor = self->node->count == 0 ? 1 : mode_of_functions(self);
    *score = compute(self);
    return QD_OK;
}

/* Without scores only the least score matters. */
static struct qd_node *function_unscored(const struct qd_node *node)
{
    const struct function_node *self = (const struct function_node *)node;
    return self->query->has_min_score ? NULL : self->inner;
}

static enum qd_status function_explain(struct qd_node *node, const struct qd_segment_context *segment,
                                       qd_doc_id doc, struct qd_explanation **explanation,
                                       struct qd_error *error)
{
    struct function_node *self = (struct function_node *)node;
    struct qd_explanation *inner;
    struct qd_explanation *all;
    double factor = 1;
    float score = 0;
    QD_TRY(qd_node_explain(self->inner, segment, doc, &inner, error));
    const struct qd_query *named = self->query->inner;
    if (named != NULL && named->name.data != NULL)
        inner->description =
            qd_arena_format(segment->arena, "%.*s (_name: %.*s)", QD_SLICE_ARG(inner->description),
                            QD_SLICE_ARG(named->name));
    *explanation = inner;
    if (!inner->match) return QD_OK;
    score = (float)inner->value;
    QD_TRY(score_of(node, segment, doc, &factor, &score, error));
    if (self->count > 0) {
        QD_TRY(explain_factor(self, factor, segment, doc, &all, error));
        *explanation = explain_combined(self->query, score, inner, all, segment->arena);
    }
    if (!self->query->has_min_score || score >= self->query->min_score) return QD_OK;
    char least[QD_NUMBER_TEXT_MAX];
    char got[QD_NUMBER_TEXT_MAX];
    size_t least_size = qd_float_to_text(self->query->min_score, least);
    size_t got_size = qd_float_to_text(score, got);
    all = *explanation;
    *explanation = qd_explain_no_match(
        segment->arena, "Score value is too low, expected at least %.*s but got %.*s", (int)least_size, least,
        (int)got_size, got);
    qd_explain_add(*explanation, all);
    return QD_OK;
}

static void function_leaves(const struct qd_node *node, const struct qd_leaf_visitor *visitor)
{
    struct qd_leaf_visitor inner = *visitor;
    inner.in_function = true;
    qd_node_leaves(((const struct function_node *)node)->inner, &inner);
}

static const struct qd_node_kind function_node_kind = { .name = "FunctionScoreQuery",
                                                        .text = function_text,
                                                        .rewrite = function_node_rewrite,
                                                        .prepare = function_prepare,
                                                        .scorer = function_scorer,
                                                        .explain = function_explain,
                                                        .unscored = function_unscored,
                                                        .leaves = function_leaves };

static enum qd_status function_build(const struct qd_query *query, struct qd_query_context *context,
                                     struct qd_node **node, struct qd_error *error)
{
    const struct function_query *self = (const struct function_query *)query;
    struct qd_arena *arena = context->arena;
    struct function_node *result = QD_NEW(arena, struct function_node);
    result->node.kind = &function_node_kind;
    result->query = self;
    const struct qd_query *inner = self->inner == NULL ? qd_query_match_all(arena) : self->inner;
    result->count = self->functions.count;
    result->functions = QD_NEW_ARRAY(arena, struct node_function, result->count + 1);
    for (size_t i = 0; i < result->count; i++) {
        const struct filtered_function *one = &self->functions.data[i];
        QD_TRY(qd_function_resolve(context, &one->function, &result->functions[i].value, error));
        /* A filter that lets everything through is none to the reference. */
        if (one->filter != NULL && one->filter->kind != &qd_query_kind_match_all) {
            QD_TRY(qd_query_build(one->filter, context, &result->functions[i].filter, error));
            if (result->functions[i].filter == NULL)
                result->functions[i].filter = qd_node_none(arena, "no filter");
        }
    }
    /* The functions' errors come before those of the query. */
    QD_TRY(qd_query_build(inner, context, &result->inner, error));
    if (result->inner == NULL) result->inner = qd_node_all(arena);
    *node = &result->node;
    return QD_OK;
}

const struct qd_query_kind qd_query_kind_function_score = { .name = "function_score",
                                                            .parse = function_parse,
                                                            .rewrite = function_rewrite,
                                                            .build = function_build };
