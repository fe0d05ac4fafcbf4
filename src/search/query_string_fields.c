/* The leaves of query_string over one or many fields. Source: OpenSearch QueryStringQueryParser. */
#include "base/date.h"
#include "base/number.h"
#include "base/text.h"
#include "mapping/values.h"
#include "search/query_string.h"

/* Makes the node of one field. */
typedef enum qd_status leaf_maker(struct qd_string_parser *parser, const struct qd_field *field,
                                  const void *input, struct qd_node **node, struct qd_error *error);

/* The fields that a name in the text (data NULL: none) stands for. */
static enum qd_status fields_of(struct qd_string_parser *parser, struct qd_slice name, bool quoted,
                                struct qd_boosted_field **fields, size_t *count, struct qd_error *error)
{
    struct qd_query_context *context = parser->context;
    struct qd_boosted_field named = { name, 1.0f };
    const struct qd_boosted_field *given = name.data == NULL ? parser->fields : &named;
    size_t given_count = name.data == NULL ? parser->field_count : 1;
    struct qd_boosted_field *suffixed =
        QD_NEW_ARRAY(context->arena, struct qd_boosted_field, given_count + 1);
    for (size_t i = 0; i < given_count; i++) {
        suffixed[i] = given[i];
        if (!quoted || parser->options->quote_suffix.data == NULL) continue;
        struct qd_slice other = qd_arena_format(context->arena, "%.*s%.*s", QD_SLICE_ARG(given[i].name),
                                                QD_SLICE_ARG(parser->options->quote_suffix));
        if (qd_mapping_field(context->view->mapping, other) != NULL) suffixed[i].name = other;
    }
    return qd_boosted_fields_resolve(context, suffixed, given_count, fields, count, error);
}

static struct qd_node *unmapped(struct qd_string_parser *parser, struct qd_slice name)
{
    if (name.data == NULL) name = parser->field_count == 1 ? parser->fields[0].name : QD_SLICE("null");
    return qd_node_none(parser->context->arena, "unmapped fields [%.*s]", QD_SLICE_ARG(name));
}

/* One node per field, joined by dis_max. */
static enum qd_status over_fields(struct qd_string_parser *parser, struct qd_slice name, bool quoted,
                                  leaf_maker *make, const void *input, struct qd_node **node,
                                  struct qd_error *error)
{
    struct qd_boosted_field *fields;
    size_t count;
    struct qd_arena *arena = parser->context->arena;
    QD_TRY(fields_of(parser, name, quoted, &fields, &count, error));
    if (count == 0) {
        *node = unmapped(parser, name);
        return QD_OK;
    }
    struct qd_node **nodes = QD_NEW_ARRAY(arena, struct qd_node *, count + 1);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const struct qd_field *field = qd_mapping_field(parser->context->view->mapping, fields[i].name);
        struct qd_error own;
        struct qd_node *one = NULL;
        bool lenient = parser->options->text.lenient;
        qd_error_init(&own, arena);
        enum qd_status status = make(parser, field, input, &one, lenient ? &own : error);
        if (status != QD_OK && lenient && status != QD_CORRUPTION && status != QD_TOO_MANY_CLAUSES)
            one = qd_text_lenient_none(parser->context, fields[i].name, status, &own);
        else QD_TRY(status);
        if (one == NULL) continue;
        one = qd_node_weigh(arena, one, fields[i].boost);
        nodes[kept++] = one;
    }
    if (kept > 1) QD_TRY(qd_query_check_tie_breaker(parser->options->tie_breaker, error));
    *node = kept == 0   ? NULL
            : kept == 1 ? nodes[0]
                        : qd_node_dis_max(arena, nodes, kept, parser->options->tie_breaker);
    return QD_OK;
}

/* ---- text ---- */
struct text_input {
    struct qd_text_options options;
    struct qd_slice text;
};

static enum qd_status make_text(struct qd_string_parser *parser, const struct qd_field *field,
                                const void *input, struct qd_node **node, struct qd_error *error)
{
    const struct text_input *text = input;
    return qd_text_node(parser->context, &text->options, field->name, text->text, node, error);
}

/* ">=5" and its like in the place of a term. */
static bool range_operator(struct qd_slice text, struct qd_string_range *range)
{
    if (text.size < 2 || (text.data[0] != '<' && text.data[0] != '>')) return false;
    bool equal = text.data[1] == '=';
    if (equal && text.size < 3) return false;
    struct qd_slice value = { text.data + (equal ? 2 : 1), text.size - (equal ? 2 : 1) };
    *range = (struct qd_string_range){ .include_lower = true, .include_upper = true };
    if (text.data[0] == '>') {
        range->lower = value;
        range->include_lower = equal;
    } else {
        range->upper = value;
        range->include_upper = equal;
    }
    return true;
}

enum qd_status qd_string_text(struct qd_string_parser *parser, struct qd_slice field, struct qd_slice text,
                              bool quoted, int64_t slop, struct qd_node **node, struct qd_error *error)
{
    struct qd_string_range range;
    if (field.data != NULL && qd_slice_is(field, "_exists_"))
        return qd_string_exists(parser, text, node, error);
    if (!quoted && range_operator(text, &range)) return qd_string_range(parser, field, &range, node, error);
    struct text_input input = { parser->options->text, text };
    input.options.slop = slop;
    input.options.quoted = quoted;
    input.options.zero_terms = QD_ZERO_TERMS_NULL;
    input.options.fuzzy = false;
    if (quoted) {
        input.options.type =
            input.options.type == QD_TEXT_PHRASE_PREFIX ? QD_TEXT_PHRASE_PREFIX : QD_TEXT_PHRASE;
        if (parser->options->quote_analyzer.data != NULL)
            input.options.analyzer = parser->options->quote_analyzer;
    }
    if (!parser->options->cross_fields || quoted)
        return over_fields(parser, field, quoted, make_text, &input, node, error);
    struct qd_boosted_field *fields;
    size_t count;
    QD_TRY(fields_of(parser, field, false, &fields, &count, error));
    if (count == 0) {
        *node = unmapped(parser, field);
        return QD_OK;
    }
    struct qd_blend_input blend = {
        &input.options, fields, count, text, { 0 }, parser->options->tie_breaker
    };
    return qd_blend_fields(parser->context, &blend, node, error);
}

/* ---- ranges ---- */
static struct qd_slice normal_form(struct qd_string_parser *parser, const struct qd_field *field,
                                   struct qd_slice text)
{
    if (text.data == NULL || !qd_field_has_words(field)) return text;
    const struct qd_analyzer *analyzer;
    if (qd_text_analyzer(parser->context, &parser->options->text, field, &analyzer, NULL) != QD_OK ||
        analyzer == NULL)
        return text;
    return qd_analyzer_normalize(analyzer, parser->context->arena, text);
}

static enum qd_status make_range(struct qd_string_parser *parser, const struct qd_field *field,
                                 const void *input, struct qd_node **node, struct qd_error *error)
{
    const struct qd_string_range *range = input;
    struct qd_arena *arena = parser->context->arena;
    struct qd_query_range_input query = { .include_lower = range->include_lower,
                                          .include_upper = range->include_upper,
                                          .time_zone = parser->options->time_zone };
    if (range->lower.data != NULL) query.from = qd_text_json(arena, normal_form(parser, field, range->lower));
    if (range->upper.data != NULL) query.to = qd_text_json(arena, normal_form(parser, field, range->upper));
    return qd_query_range_node(parser->context, field, &query, node, error);
}

enum qd_status qd_string_range(struct qd_string_parser *parser, struct qd_slice field,
                               const struct qd_string_range *range, struct qd_node **node,
                               struct qd_error *error)
{
    return over_fields(parser, field, false, make_range, range, node, error);
}

/* ---- patterns ---- */
struct pattern_input {
    enum qd_multi_term_kind kind;
    struct qd_slice pattern;
};

/* Normalises what stands between wildcards. */
static struct qd_slice normal_wildcard(struct qd_string_parser *parser, const struct qd_field *field,
                                       struct qd_slice pattern)
{
    struct qd_buffer out = { 0 };
    size_t start = 0;
    for (size_t i = 0; i <= pattern.size; i++) {
        bool special = i < pattern.size && strchr("*?\\", pattern.data[i]) != NULL && pattern.data[i] != '\0';
        if (i < pattern.size && !special) continue;
        if (i > start)
            qd_buffer_slice(&out, normal_form(parser, field, qd_slice_sub(pattern, start, i - start)));
        if (i == pattern.size) break;
        qd_buffer_byte(&out, (uint8_t)pattern.data[i]);
        if (pattern.data[i] == '\\' && i + 1 < pattern.size) qd_buffer_byte(&out, (uint8_t)pattern.data[++i]);
        start = i + 1;
    }
    struct qd_slice result = qd_arena_copy(parser->context->arena, qd_buffer_view(&out));
    qd_buffer_deinit(&out);
    return result;
}

static enum qd_status make_pattern(struct qd_string_parser *parser, const struct qd_field *field,
                                   const void *input, struct qd_node **node, struct qd_error *error)
{
    const struct pattern_input *pattern = input;
    struct qd_arena *arena = parser->context->arena;
    const struct qd_string_options *options = parser->options;
    if (pattern->kind == QD_MULTI_PREFIX &&
        (options->rewrite == QD_REWRITE_CONSTANT_SCORE || !qd_field_has_words(field)))
        return qd_text_prefix(parser->context, field, normal_form(parser, field, pattern->pattern), node,
                              error);
    if (!qd_text_has_patterns(field))
        return qd_query_shard_error(
            parser->context->view, error,
            "Can only use %s queries on keyword and text fields - not on [%.*s] which is of "
            "type [%s]",
            pattern->kind == QD_MULTI_REGEXP ? "regexp" : "wildcard", QD_SLICE_ARG(field->name),
            field->type_name);
    /* A query string's wildcards do not know doc values. */
    if (pattern->kind == QD_MULTI_WILDCARD && field->type == QD_FIELD_KEYWORD && !field->indexed)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Cannot search on field [%.*s] since it is not indexed.",
                            QD_SLICE_ARG(field->name));
    QD_TRY(qd_text_searchable(field, error));
    struct qd_multi_term multi = { .kind = pattern->kind,
                                   .field = field,
                                   .field_name = field->name,
                                   .rewrite = qd_text_rewrite_method(field, options->rewrite),
                                   .top_terms = options->rewrite_top };
    if (pattern->kind == QD_MULTI_REGEXP) {
        struct qd_regexp_options regexp = { QD_REGEXP_ALL, false, options->work_max };
        multi.pattern = pattern->pattern;
        QD_TRY(qd_automaton_regexp(arena, multi.pattern, &regexp, &multi.automaton, error));
    } else if (pattern->kind == QD_MULTI_PREFIX) {
        multi.pattern = normal_form(parser, field, pattern->pattern);
        return qd_text_prefix_node(parser->context, &multi, false, node, error);
    } else {
        multi.pattern = normal_wildcard(parser, field, pattern->pattern);
        QD_TRY(qd_automaton_wildcard(arena, multi.pattern, false, &multi.automaton, error));
    }
    *node = qd_node_multi_term(arena, &multi);
    return QD_OK;
}

static enum qd_status make_exists(struct qd_string_parser *parser, const struct qd_field *field,
                                  const void *input, struct qd_node **node, struct qd_error *error)
{
    (void)input;
    return qd_string_exists(parser, field->name, node, error);
}

enum qd_status qd_string_pattern(struct qd_string_parser *parser, struct qd_slice field,
                                 enum qd_multi_term_kind kind, struct qd_slice pattern, struct qd_node **node,
                                 struct qd_error *error)
{
    struct pattern_input input = { kind, pattern };
    if (kind == QD_MULTI_WILDCARD && qd_slice_is(pattern, "*")) {
        bool everything = (field.data == NULL && parser->all_fields) || qd_slice_is(field, "*");
        if (everything) {
            *node = qd_node_all(parser->context->arena);
            return QD_OK;
        }
        if (field.data != NULL) return qd_string_exists(parser, field, node, error);
        if (parser->field_count == 1) return qd_string_exists(parser, parser->fields[0].name, node, error);
        return over_fields(parser, field, false, make_exists, NULL, node, error);
    }
    /* Patterns of names are looked for in a field of that name, which there is not. */
    if (field.data != NULL && qd_slice_is(field, "_exists_")) {
        *node = qd_node_none(parser->context->arena, "unmapped fields [%.*s]", QD_SLICE_ARG(pattern));
        return QD_OK;
    }
    bool leading = pattern.size > 0 && (pattern.data[0] == '*' || pattern.data[0] == '?');
    if (kind == QD_MULTI_WILDCARD && leading && !parser->options->allow_leading_wildcard)
        return qd_error_set(error, QD_PARSE,
                            "'*' or '?' not allowed as first character in WildcardQuery");
    QD_TRY(over_fields(parser, field, false, make_pattern, &input, node, error));
    /* Where no field is known, the pattern is told in place of its name. */
    struct qd_boosted_field *fields;
    size_t count;
    QD_TRY(fields_of(parser, field, false, &fields, &count, error));
    if (count == 0) *node = unmapped(parser, pattern);
    return QD_OK;
}

/* ---- fuzzy ---- */
static enum qd_status make_fuzzy(struct qd_string_parser *parser, const struct qd_field *field,
                                 const void *input, struct qd_node **node, struct qd_error *error)
{
    const struct text_input *text = input;
    return qd_text_term(parser->context, &text->options, field, normal_form(parser, field, text->text), node,
                        error);
}

enum qd_status qd_string_fuzzy(struct qd_string_parser *parser, struct qd_slice field, struct qd_slice term,
                               struct qd_slice slop, struct qd_node **node, struct qd_error *error)
{
    struct text_input input = { parser->options->text, term };
    struct qd_slice number = { slop.data + 1, slop.size - 1 };
    input.options.fuzzy = true;
    input.options.lenient = false;
    if (number.size > 0) {
        number = qd_uppercase(parser->context->arena, number);
        QD_TRY(qd_fuzziness_parse(number, &input.options.fuzziness, error));
    }
    return over_fields(parser, field, false, make_fuzzy, &input, node, error);
}

/* ---- exists ---- */
enum qd_status qd_string_exists(struct qd_string_parser *parser, struct qd_slice field, struct qd_node **node,
                                struct qd_error *error)
{
    return qd_query_exists_node(parser->context, field, node, error);
}
