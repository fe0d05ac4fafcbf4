/* match, match_phrase, match_phrase_prefix, match_bool_prefix. Source: OpenSearch MatchQueryBuilder and its
 * relatives. */
#include <stddef.h>

#include "base/text.h"
#include "search/query_text.h"

struct match_query {
    struct qd_query query;
    struct qd_slice field;
    const struct qd_json *value;
    const struct qd_json *fuzziness;
    struct qd_slice type, operator, analyzer, minimum, fuzzy_rewrite;
    const struct qd_json *zero_terms;
    int64_t prefix_length, max_expansions, slop;
    bool transpositions, lenient, synonyms_phrase;
    float cutoff_frequency;
    struct qd_text_options options;
};

#define AT(member) offsetof(struct match_query, member)

static struct match_query *match_new(struct qd_arena *arena, const struct qd_query_kind *kind)
{
    struct match_query *self = QD_QUERY_NEW(arena, struct match_query, kind);
    self->max_expansions = 50;
    self->transpositions = true;
    self->synonyms_phrase = true;
    return self;
}

/* Turns what was parsed into options of the text. */
static enum qd_status match_finish(struct qd_query_parser *parser, struct match_query *self,
                                   enum qd_text_type type, struct qd_error *error)
{
    struct qd_text_options *options = &self->options;
    *options = qd_text_options_default();
    options->type = type;
    options->analyzer = self->analyzer;
    options->slop = self->slop;
    options->prefix_length = self->prefix_length;
    options->max_expansions = self->max_expansions;
    options->transpositions = self->transpositions;
    options->lenient = self->lenient;
    options->synonyms_phrase = self->synonyms_phrase;
    QD_TRY(qd_text_operator(parser, self->operator, &options->conjunction, error));
    QD_TRY(qd_text_zero_terms(parser, self->zero_terms, &options->zero_terms, error));
    if (self->fuzziness != NULL && !qd_json_is_null(self->fuzziness)) {
        options->fuzzy = true;
        QD_TRY(qd_text_fuzziness(self->fuzziness, &options->fuzziness, error));
    }
    bool empty_taken =
        self->query.kind == &qd_query_kind_match || self->query.kind == &qd_query_kind_match_phrase_prefix;
    if (self->field.data == NULL || (self->field.size == 0 && !empty_taken))
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "[%s] requires fieldName", self->query.kind->name);
    if (self->value == NULL || qd_json_is_null(self->value))
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "[%s] requires query value", self->query.kind->name);
    if (self->slop < 0) return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "No negative slop allowed.");
    if (self->max_expansions <= 0)
        return self->query.kind == &qd_query_kind_match_phrase_prefix
                   ? qd_error_set(error, QD_ILLEGAL_ARGUMENT, "No negative maxExpansions allowed.")
                   : qd_error_set(error, QD_ILLEGAL_ARGUMENT, "[%s] requires maxExpansions to be positive.",
                                  self->query.kind->name);
    if (self->prefix_length < 0)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "[%s] requires prefix length to be non-negative.",
                            self->query.kind->name);
    return QD_OK;
}

static enum qd_status match_build(const struct qd_query *query, struct qd_query_context *context,
                                  struct qd_node **node, struct qd_error *error)
{
    const struct match_query *self = (const struct match_query *)query;
    struct qd_text_options options = self->options;
    QD_TRY(qd_query_check_analyzer(context, query->kind->name, self->analyzer, error));
    QD_TRY(qd_rewrite_method_parse(self->fuzzy_rewrite, &options.fuzzy_rewrite, &options.fuzzy_rewrite_top,
                                   error));
    QD_TRY(qd_text_node(context, &options, self->field, qd_json_text(self->value), node, error));
    if (self->options.type == QD_TEXT_PHRASE || self->options.type == QD_TEXT_PHRASE_PREFIX) return QD_OK;
    return qd_text_minimum(*node, self->minimum, error);
}

static const struct qd_query_option match_options[] = {
    { "query", QD_OPTION_JSON, AT(value), 0 },
    { "operator", QD_OPTION_TEXT, AT(operator), 0 },
    { "analyzer", QD_OPTION_TEXT, AT(analyzer), 0 },
    { "minimum_should_match", QD_OPTION_TEXT, AT(minimum), 0 },
    { "fuzziness", QD_OPTION_JSON, AT(fuzziness), 0 },
    { "prefix_length", QD_OPTION_INT, AT(prefix_length), 0 },
    { "max_expansions", QD_OPTION_INT, AT(max_expansions), 0 },
    { "fuzzy_rewrite", QD_OPTION_TEXT, AT(fuzzy_rewrite), 0 },
    { "fuzzy_transpositions", QD_OPTION_BOOLEAN, AT(transpositions), 0 },
    { "lenient", QD_OPTION_BOOLEAN, AT(lenient), 0 },
    { "cutoff_frequency", QD_OPTION_FLOAT, AT(cutoff_frequency), 0 },
    { "zero_terms_query", QD_OPTION_JSON, AT(zero_terms), 0 },
    { "auto_generate_synonyms_phrase_query", QD_OPTION_BOOLEAN, AT(synonyms_phrase), 0 },
};
static const struct qd_query_option bool_prefix_options[] = {
    { "query", QD_OPTION_JSON, AT(value), 0 },
    { "analyzer", QD_OPTION_TEXT, AT(analyzer), 0 },
    { "operator", QD_OPTION_TEXT, AT(operator), 0 },
    { "minimum_should_match", QD_OPTION_TEXT, AT(minimum), 0 },
    { "fuzziness", QD_OPTION_JSON, AT(fuzziness), 0 },
    { "prefix_length", QD_OPTION_INT, AT(prefix_length), 0 },
    { "max_expansions", QD_OPTION_INT, AT(max_expansions), 0 },
    { "fuzzy_transpositions", QD_OPTION_BOOLEAN, AT(transpositions), 0 },
    { "fuzzy_rewrite", QD_OPTION_TEXT, AT(fuzzy_rewrite), 0 },
};
static const struct qd_query_option phrase_options[] = {
    { "query", QD_OPTION_JSON, AT(value), 0 },
    { "analyzer", QD_OPTION_TEXT, AT(analyzer), 0 },
    { "slop", QD_OPTION_INT, AT(slop), 0 },
    { "zero_terms_query", QD_OPTION_JSON, AT(zero_terms), 0 },
};
static const struct qd_query_option phrase_prefix_options[] = {
    { "query", QD_OPTION_JSON, AT(value), 0 },
    { "analyzer", QD_OPTION_TEXT, AT(analyzer), 0 },
    { "slop", QD_OPTION_INT, AT(slop), 0 },
    { "max_expansions", QD_OPTION_INT, AT(max_expansions), 0 },
    { "zero_terms_query", QD_OPTION_JSON, AT(zero_terms), 0 },
};

static enum qd_status parse_as(struct qd_query_parser *parser, const struct qd_json *body,
                               const struct qd_query_kind *kind, const struct qd_query_spec *spec,
                               struct match_query **result, struct qd_error *error)
{
    struct match_query *self = match_new(parser->arena, kind);
    const struct qd_json *scalar;
    QD_TRY(qd_query_parse_field(parser, spec, body, &self->query, &self->field, &scalar, error));
    if (scalar != NULL) self->value = scalar;
    *result = self;
    return QD_OK;
}

static enum qd_status match_parse(struct qd_query_parser *parser, const struct qd_json *body,
                                  struct qd_query **query, struct qd_error *error)
{
    static const struct qd_query_spec spec = { .name = "match",
        .options = match_options,
        .count = sizeof(match_options) / sizeof(match_options[0]),
        .check = qd_text_check_member };
    struct match_query *self;
    QD_TRY(parse_as(parser, body, &qd_query_kind_match, &spec, &self, error));
    if (self->value == NULL || qd_json_is_null(self->value))
        return qd_query_error_end(parser, body, error, "No text specified for text query");
    *query = &self->query;
    return match_finish(parser, self, QD_TEXT_BOOLEAN, error);
}

static enum qd_status match_phrase_parse(struct qd_query_parser *parser, const struct qd_json *body,
                                         struct qd_query **query, struct qd_error *error)
{
    static const struct qd_query_spec spec = { .name = "match_phrase",
        .options = phrase_options,
        .count = sizeof(phrase_options) / sizeof(phrase_options[0]),
        .check = qd_text_check_member };
    struct match_query *self;
    QD_TRY(parse_as(parser, body, &qd_query_kind_match_phrase, &spec, &self, error));
    *query = &self->query;
    return match_finish(parser, self, QD_TEXT_PHRASE, error);
}

static enum qd_status match_phrase_prefix_parse(struct qd_query_parser *parser, const struct qd_json *body,
                                                struct qd_query **query, struct qd_error *error)
{
    static const struct qd_query_spec spec = { .name = "match_phrase_prefix",
        .options = phrase_prefix_options,
        .count = sizeof(phrase_prefix_options) / sizeof(phrase_prefix_options[0]),
        .check = qd_text_check_member };
    struct match_query *self;
    QD_TRY(parse_as(parser, body, &qd_query_kind_match_phrase_prefix, &spec, &self, error));
    *query = &self->query;
    return match_finish(parser, self, QD_TEXT_PHRASE_PREFIX, error);
}

static enum qd_status match_bool_prefix_parse(struct qd_query_parser *parser, const struct qd_json *body,
                                              struct qd_query **query, struct qd_error *error)
{
    static const struct qd_query_spec spec = { .name = "match_bool_prefix",
        .options = bool_prefix_options,
        .count = sizeof(bool_prefix_options) / sizeof(bool_prefix_options[0]),
        .check = qd_text_check_member };
    struct match_query *self;
    QD_TRY(parse_as(parser, body, &qd_query_kind_match_bool_prefix, &spec, &self, error));
    *query = &self->query;
    return match_finish(parser, self, QD_TEXT_BOOLEAN_PREFIX, error);
}

const struct qd_query_kind qd_query_kind_match = { .name = "match",
                                                   .parse = match_parse,
                                                   .build = match_build };
const struct qd_query_kind qd_query_kind_match_phrase = { .name = "match_phrase",
                                                          .parse = match_phrase_parse,
                                                          .build = match_build };
const struct qd_query_kind qd_query_kind_match_phrase_prefix = { .name = "match_phrase_prefix",
                                                                 .parse = match_phrase_prefix_parse,
                                                                 .build = match_build };
const struct qd_query_kind qd_query_kind_match_bool_prefix = { .name = "match_bool_prefix",
                                                               .parse = match_bool_prefix_parse,
                                                               .build = match_build };
