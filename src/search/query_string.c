/* query_string and the URI's q. Source: OpenSearch QueryStringQueryBuilder. */
#include "search/query_string.h"

#include <stddef.h>

#include "base/date.h"
#include "base/text.h"
#include "base/wildcard.h"
#include "search/query.h"

struct string_query {
    struct qd_query query;
    struct qd_slice text, default_field, operator, analyzer, quote_analyzer, minimum, quote_suffix, time_zone,
        type;
    struct qd_slice rewrite, fuzzy_rewrite;
    const struct qd_json *fields_json, *fuzziness, *tie_breaker, *lenient;
    float tie_breaker_value;
    bool lenient_value;
    int64_t work_max, fuzzy_prefix_length, fuzzy_max_expansions, phrase_slop;
    bool allow_leading_wildcard, position_increments, escape, fuzzy_transpositions, analyze_wildcard,
        synonyms_phrase;
};

#define AT(member) offsetof(struct string_query, member)

static const struct qd_query_option options_table[] = {
    { "query", QD_OPTION_TEXT, AT(text), 0 },
    { "fields", QD_OPTION_FIELDS, AT(fields_json),
      QD_TAKES_CONTAINERS | QD_TAKES_NULL_ENTRY | QD_TAKES_ALL_FIRST },
    { "default_field", QD_OPTION_TEXT, AT(default_field), 0 },
    { "default_operator", QD_OPTION_TEXT, AT(operator), 0 },
    { "analyzer", QD_OPTION_TEXT, AT(analyzer), 0 },
    { "quote_analyzer", QD_OPTION_TEXT, AT(quote_analyzer), 0 },
    { "allow_leading_wildcard", QD_OPTION_BOOLEAN, AT(allow_leading_wildcard), 0 },
    { "max_determinized_states", QD_OPTION_INT, AT(work_max), 0 },
    { "enable_position_increments", QD_OPTION_BOOLEAN, AT(position_increments), 0 },
    { "escape", QD_OPTION_BOOLEAN, AT(escape), 0 },
    { "fuzzy_prefix_length", QD_OPTION_INT, AT(fuzzy_prefix_length), 0 },
    { "fuzzy_max_expansions", QD_OPTION_INT, AT(fuzzy_max_expansions), 0 },
    { "fuzzy_rewrite", QD_OPTION_TEXT, AT(fuzzy_rewrite), 0 },
    { "phrase_slop", QD_OPTION_INT, AT(phrase_slop), 0 },
    { "fuzziness", QD_OPTION_JSON, AT(fuzziness), 0 },
    { "tie_breaker", QD_OPTION_JSON, AT(tie_breaker), 0 },
    { "analyze_wildcard", QD_OPTION_BOOLEAN, AT(analyze_wildcard), 0 },
    { "rewrite", QD_OPTION_TEXT, AT(rewrite), 0 },
    { "minimum_should_match", QD_OPTION_TEXT, AT(minimum), 0 },
    { "quote_field_suffix", QD_OPTION_TEXT, AT(quote_suffix), 0 },
    { "lenient", QD_OPTION_JSON, AT(lenient), 0 },
    { "time_zone", QD_OPTION_TEXT, AT(time_zone), 0 },
    { "type", QD_OPTION_TEXT, AT(type), 0 },
    { "auto_generate_synonyms_phrase_query", QD_OPTION_BOOLEAN, AT(synonyms_phrase), 0 },
    { "fuzzy_transpositions", QD_OPTION_BOOLEAN, AT(fuzzy_transpositions), 0 },
};

static enum qd_status type_of(struct qd_slice text, struct qd_string_options *options, struct qd_error *error)
{
    static const struct {
        const char *name;
        enum qd_text_type type;
        float tie_breaker;
        bool cross;
    } names[] = { { "best_fields", QD_TEXT_BOOLEAN, 0, false },
                  { "most_fields", QD_TEXT_BOOLEAN, 1, false },
                  { "cross_fields", QD_TEXT_BOOLEAN, 0, true },
                  { "phrase", QD_TEXT_PHRASE, 0, false },
                  { "phrase_prefix", QD_TEXT_PHRASE_PREFIX, 0, false },
                  { "bool_prefix", QD_TEXT_BOOLEAN_PREFIX, 1, false } };
    if (text.data == NULL) return QD_OK;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (!qd_slice_is(text, names[i].name)) continue;
        options->text.type = names[i].type;
        options->tie_breaker = names[i].tie_breaker;
        options->cross_fields = names[i].cross;
        return QD_OK;
    }
    return qd_error_set(error, QD_OPENSEARCH_PARSE,
                        "failed to parse [multi_match] query type [%.*s]. unknown type.",
                        QD_SLICE_ARG(text));
}

static struct string_query *string_new(struct qd_arena *arena)
{
    struct string_query *self = QD_QUERY_NEW(arena, struct string_query, &qd_query_kind_query_string);
    self->allow_leading_wildcard = self->fuzzy_transpositions = self->synonyms_phrase = true;
    self->work_max = QD_AUTOMATON_WORK_DEFAULT;
    self->fuzzy_max_expansions = 50;
    return self;
}

static enum qd_status check_member(struct qd_query_parser *parser, const struct qd_json_iterator *at,
                                   struct qd_error *error)
{
    struct qd_string_options options = { 0 };
    if (qd_slice_is(at->key, "type")) return type_of(qd_json_text(at->value), &options, error);
    if (!qd_slice_is(at->key, "fields")) return qd_text_check_member(parser, at, error);
    if (qd_json_is_array(at->value)) return QD_OK;
    if (qd_json_is_object(at->value))
        return qd_query_error_at(parser, at->value, error,
                                 "[query_string] unknown token [START_OBJECT] after [fields]");
    return qd_query_error_at(parser, at->value, error, "[query_string] query does not support [fields]");
}

static enum qd_status string_parse(struct qd_query_parser *parser, const struct qd_json *body,
                                   struct qd_query **query, struct qd_error *error)
{
    static const struct qd_query_spec spec = { .name = "query_string",
        .options = options_table,
        .count = sizeof(options_table) / sizeof(options_table[0]),
        .tokens = QD_TOKENS_ARRAYS,
        .check = check_member };
    struct string_query *self = string_new(parser->arena);
    QD_TRY(qd_query_parse_members(parser, &spec, body, &self->query, error));
    if (self->lenient != NULL) QD_TRY(qd_query_boolean(parser, self->lenient, &self->lenient_value, error));
    if (self->tie_breaker != NULL)
        QD_TRY(qd_query_float(parser, self->tie_breaker, &self->tie_breaker_value, error));
    struct qd_fuzziness fuzziness;
    if (self->fuzziness != NULL) QD_TRY(qd_text_fuzziness(self->fuzziness, &fuzziness, error));
    if (self->work_max < 0)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "[query_string] max_determinized_states cannot be negative but was [%lld]",
                            (long long)self->work_max);
    if (self->text.data == NULL)
        return qd_query_error_end(parser, body, error, "[query_string] must be provided with a [query]");
    struct qd_json_iterator at = qd_json_iterate(self->fields_json);
    while (qd_json_next(&at)) {
        if (qd_json_is_null(at.value))
            return qd_query_error_at(parser, at.value, error,
                                     "[query_string] field name in [fields] cannot be null");
        struct qd_slice entry;
        QD_TRY(qd_query_text(parser, at.value, &entry, error));
    }
    QD_TRY(qd_boosted_fields_check_signs(
        self->fields_json, "query_string", qd_boosted_fields_quote(parser->arena, self->text),
        "    \"fields\" : [ ],\n    \"type\" : \"best_fields\",\n    \"default_operator\" : \"or\",\n"
        "    \"max_determinized_states\" : 10000,\n    \"enable_position_increments\" : true,\n"
        "    \"fuzziness\" : \"AUTO\",\n    \"fuzzy_prefix_length\" : 0,\n"
        "    \"fuzzy_max_expansions\" : 50,\n    \"phrase_slop\" : 0,\n    \"escape\" : false,\n"
        "    \"auto_generate_synonyms_phrase_query\" : true,\n    \"fuzzy_transpositions\" : true,\n",
        error));
    struct qd_string_options options;
    QD_TRY(type_of(self->type, &options, error));
    if (self->time_zone.data != NULL) {
        enum qd_status status = qd_query_check_zone(parser, self->time_zone, error);
        if (error != NULL) error->http_override = 500;
        QD_TRY(status);
    }
    bool conjunction = qd_equal_ignore_case(self->operator, QD_SLICE("and"));
    if (self->operator.data != NULL && !conjunction && !qd_equal_ignore_case(self->operator, QD_SLICE("or")))
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "No enum constant org.opensearch.index.query.Operator.%.*s",
                            QD_SLICE_ARG(qd_uppercase(parser->arena, self->operator)));
    *query = &self->query;
    return QD_OK;
}

/* ---- building ---- */
QD_VECTOR_TYPE(field_list, struct qd_boosted_field);

static enum qd_status given_fields(const struct string_query *self, struct qd_query_context *context,
                                   struct field_list *list, struct qd_error *error)
{
    struct qd_boosted_field field;
    struct qd_json_iterator at = qd_json_iterate(self->fields_json);
    while (qd_json_next(&at)) {
        struct qd_slice entry = qd_json_text(at.value);
        QD_TRY(qd_boosted_field_parse(entry, &field, error));
        if (qd_boosted_field_says(list->data, list->count, &field, entry))
            *QD_PUSH(context->arena, list) = field;
    }
    if (list->count > 0) return QD_OK;
    if (self->default_field.data != NULL) {
        QD_TRY(qd_boosted_field_parse(self->default_field, &field, error));
        *QD_PUSH(context->arena, list) = field;
        return QD_OK;
    }
    for (size_t i = 0; i < context->view->limits.default_field_count; i++) {
        QD_TRY(qd_boosted_field_parse(context->view->limits.default_fields[i], &field, error));
        *QD_PUSH(context->arena, list) = field;
    }
    return QD_OK;
}

static enum qd_status options_of(const struct string_query *self, const struct qd_query_context *context,
                                 struct qd_string_options *options, struct qd_error *error)
{
    *options =
        (struct qd_string_options){ .text = qd_text_options_default(),
                                    .quote_analyzer = self->quote_analyzer,
                                    .quote_suffix = self->quote_suffix,
                                    .conjunction = qd_equal_ignore_case(self->operator, QD_SLICE("and")),
                                    .allow_leading_wildcard = self->allow_leading_wildcard,
                                    .analyze_wildcard = self->analyze_wildcard,
                                    .work_max = self->work_max,
                                    .time_zone = self->time_zone };
    struct qd_text_options *text = &options->text;
    text->analyzer = self->analyzer;
    text->conjunction = options->conjunction;
    text->slop = self->phrase_slop;
    text->prefix_length = self->fuzzy_prefix_length;
    text->max_expansions = self->fuzzy_max_expansions;
    text->transpositions = self->fuzzy_transpositions;
    text->synonyms_phrase = self->synonyms_phrase;
    text->lenient = self->lenient != NULL ? self->lenient_value : context->view->limits.query_string_lenient;
    QD_TRY(
        qd_rewrite_method_parse(self->fuzzy_rewrite, &text->fuzzy_rewrite, &text->fuzzy_rewrite_top, error));
    QD_TRY(qd_rewrite_method_parse(self->rewrite, &options->rewrite, &options->rewrite_top, error));
    struct qd_slice fuzziness = self->fuzziness == NULL ? QD_SLICE("AUTO") : qd_json_text(self->fuzziness);
    QD_TRY(qd_fuzziness_parse(fuzziness, &text->fuzziness, error));
    QD_TRY(type_of(self->type, options, error));
    if (self->tie_breaker != NULL) options->tie_breaker = self->tie_breaker_value;
    return QD_OK;
}

/* Escapes what the grammar would take for itself. */
static struct qd_slice escaped(struct qd_arena *arena, struct qd_slice text)
{
    struct qd_buffer out = { 0 };
    for (size_t i = 0; i < text.size; i++) {
        if (strchr("\\+-!():^[]\"{}~*?|&/", text.data[i]) != NULL && text.data[i] != '\0')
            qd_buffer_byte(&out, '\\');
        qd_buffer_byte(&out, (uint8_t)text.data[i]);
    }
    struct qd_slice result = qd_arena_copy(arena, qd_buffer_view(&out));
    qd_buffer_deinit(&out);
    return result;
}

static enum qd_status check_length(const struct qd_query_context *context, struct qd_slice text,
                                   struct qd_error *error)
{
    int64_t max = context->view->limits.max_query_string_length;
    if (max <= 0 || (int64_t)qd_utf16_length(text) <= max) return QD_OK;
    return qd_error_set(
        error, QD_ILLEGAL_ARGUMENT,
        "Query string length exceeds max allowed length %lld (search.query.max_query_string_length); "
        "actual length: %zu",
        (long long)max, qd_utf16_length(text));
}

static enum qd_status parse_text(const struct string_query *self, struct qd_string_parser *parser,
                                 struct qd_node **node, struct qd_error *error)
{
    enum qd_status status = qd_string_parse(parser, node, error);
    if (status != QD_PARSE) return status;
    if (error != NULL && error->arena != NULL) {
        (void)qd_error_wrap(error, QD_QUERY_SHARD, "Failed to parse query [%.*s]", QD_SLICE_ARG(self->text));
        qd_error_add(error, "index", parser->context->view->index_name);
        qd_error_add(error, "index_uuid", parser->context->view->index_uuid);
    }
    return QD_QUERY_SHARD;
}

static enum qd_status string_build(const struct qd_query *query, struct qd_query_context *context,
                                   struct qd_node **node, struct qd_error *error)
{
    const struct string_query *self = (const struct string_query *)query;
    struct qd_string_options options;
    struct field_list fields = { 0 };
    QD_TRY(check_length(context, self->text, error));
    QD_TRY(qd_query_check_analyzer(context, "query_string", self->analyzer, error));
    struct qd_slice quote = self->quote_analyzer;
    if (quote.data != NULL && qd_analysis_analyzer(context->view->analysis, quote) == NULL)
        return qd_query_shard_error(context->view, error, "[query_string] quote_analyzer [%.*s] not found",
                                    QD_SLICE_ARG(quote));
    if (qd_json_size(self->fields_json) > 0 && self->default_field.data != NULL)
        return qd_error_set(
            error, QD_ILLEGAL_ARGUMENT,
            "Validation Failed: 1: [query_string] cannot use [fields] parameter in conjunction with "
            "[default_field];");
    QD_TRY(options_of(self, context, &options, error));
    QD_TRY(given_fields(self, context, &fields, error));
    struct qd_string_parser parser = { .context = context,
                                       .options = &options,
                                       .fields = fields.data,
                                       .field_count = fields.count,
                                       .text =
                                           self->escape ? escaped(context->arena, self->text) : self->text };
    for (size_t i = 0; i < fields.count; i++) {
        if (!qd_is_match_all_pattern(fields.data[i].name)) continue;
        parser.all_fields = fields.count == 1;
        if (self->lenient == NULL) options.text.lenient = true;
    }
    if (qd_trim(parser.text).size == 0) {
        *node = qd_node_none(context->arena, "Matching no documents because no terms present");
        return QD_OK;
    }
    QD_TRY(parse_text(self, &parser, node, error));
    /* Nothing but words that the analyzer drops: the reference's parser makes a boolean of no clauses. */
    if (*node == NULL) *node = qd_node_boolean_make(context->arena);
    struct qd_node *inner = *node;
    for (float boost; qd_node_boosted(inner, &boost) != NULL;) inner = qd_node_boosted(inner, &boost);
    qd_string_fix_negative(context, inner);
    return qd_text_minimum(inner, self->minimum, error);
}

const struct qd_query_kind qd_query_kind_query_string = { .name = "query_string",
                                                          .parse = string_parse,
                                                          .build = string_build };
