/* prefix, wildcard, regexp, fuzzy. Source: OpenSearch PrefixQueryBuilder and its relatives. */
#include <stddef.h>

#include "base/text.h"
#include "search/query_index_field.h"
#include "search/query_text.h"

struct multi_query {
    struct qd_query query;
    struct qd_slice field;
    const struct qd_json *value;
    struct qd_slice rewrite, flags;
    bool case_insensitive, transpositions;
    int64_t flags_value, work_max, prefix_length, max_expansions;
    const struct qd_json *fuzziness;
    enum qd_multi_term_kind kind;
    enum qd_rewrite_method method;
    int64_t top;
    struct qd_fuzziness edits;
    unsigned regexp_flags;
    bool flags_numbered; /* flags_value comes after flags */
};

#define AT(member) offsetof(struct multi_query, member)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct qd_query_option prefix_options[] = {
    { "value", QD_OPTION_JSON, AT(value), QD_TAKES_NULL },
    { "rewrite", QD_OPTION_TEXT, AT(rewrite), QD_TAKES_NULL },
    { "case_insensitive", QD_OPTION_BOOLEAN, AT(case_insensitive), 0 },
};
static const struct qd_query_option wildcard_options[] = {
    { "wildcard", QD_OPTION_JSON, AT(value), 0 },
    { "value", QD_OPTION_JSON, AT(value), QD_TAKES_NULL },
    { "rewrite", QD_OPTION_TEXT, AT(rewrite), QD_TAKES_NULL },
    { "case_insensitive", QD_OPTION_BOOLEAN, AT(case_insensitive), 0 },
};
static const struct qd_query_option regexp_options[] = {
    { "value", QD_OPTION_JSON, AT(value), QD_TAKES_NULL },
    { "rewrite", QD_OPTION_TEXT, AT(rewrite), QD_TAKES_NULL },
    { "flags", QD_OPTION_TEXT, AT(flags), QD_TAKES_NULL },
    { "flags_value", QD_OPTION_INT, AT(flags_value), 0 },
    { "max_determinized_states", QD_OPTION_INT, AT(work_max), 0 },
    { "case_insensitive", QD_OPTION_BOOLEAN, AT(case_insensitive), 0 },
};
static const struct qd_query_option fuzzy_options[] = {
    { "term", QD_OPTION_JSON, AT(value), 0 },
    { "value", QD_OPTION_JSON, AT(value), 0 },
    { "fuzziness", QD_OPTION_JSON, AT(fuzziness), 0 },
    { "prefix_length", QD_OPTION_INT, AT(prefix_length), 0 },
    { "max_expansions", QD_OPTION_INT, AT(max_expansions), 0 },
    { "transpositions", QD_OPTION_BOOLEAN, AT(transpositions), 0 },
    { "rewrite", QD_OPTION_TEXT, AT(rewrite), QD_TAKES_NULL },
};

/* "A|B" to bits. */
static enum qd_status flags_of(struct qd_slice text, unsigned *flags, struct qd_error *error)
{
    static const struct {
        const char *name;
        unsigned flag;
    } names[] = { { "INTERSECTION", QD_REGEXP_INTERSECTION },
                  { "COMPLEMENT", QD_REGEXP_COMPLEMENT },
                  { "EMPTY", QD_REGEXP_EMPTY },
                  { "ANYSTRING", QD_REGEXP_ANYSTRING },
                  { "INTERVAL", QD_REGEXP_INTERVAL },
                  { "NONE", QD_REGEXP_NONE },
                  { "ALL", QD_REGEXP_ALL } };
    *flags = QD_REGEXP_ALL;
    if (text.data == NULL || text.size == 0) return QD_OK;
    *flags = 0;
    struct qd_slice part;
    while (qd_split_next(&text, '|', &part)) {
        bool known = part.size == 0;
        for (size_t i = 0; i < COUNT(names); i++) {
            if (!qd_equal_ignore_case(part, qd_slice_from_string(names[i].name))) continue;
            known = true;
            *flags |= names[i].flag;
        }
        if (!known)
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Unknown regexp flag [%.*s]", QD_SLICE_ARG(part));
    }
    return QD_OK;
}

static enum qd_status check_flags(struct qd_query_parser *parser, const struct qd_json_iterator *at,
                                  struct qd_error *error)
{
    unsigned flags;
    (void)parser;
    if (!qd_slice_is(at->key, "flags") || qd_json_is_null(at->value)) return QD_OK;
    return flags_of(qd_json_text(at->value), &flags, error);
}

static enum qd_status finish(struct multi_query *self, struct qd_error *error)
{
    const char *name = self->query.kind->name;
    QD_TRY(flags_of(self->flags, &self->regexp_flags, error));
    if (self->flags_numbered) {
        /* In the number, COMPLEMENT stands apart from the flags that "all" means. */
        enum { COMPLEMENT_BIT = 0x10000 };
        self->regexp_flags = (unsigned)self->flags_value & QD_REGEXP_ALL;
        if ((self->flags_value & COMPLEMENT_BIT) != 0) self->regexp_flags |= QD_REGEXP_COMPLEMENT;
    }
    self->method = self->kind == QD_MULTI_FUZZY ? QD_REWRITE_TOP_TERMS_BLENDED : QD_REWRITE_CONSTANT_SCORE;
    if (self->field.data == NULL || self->field.size == 0)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            self->kind == QD_MULTI_FUZZY ? "field name cannot be null or empty"
                                                         : "field name is null or empty");
    if (self->work_max < 0)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "[%s] max_determinized_states cannot be negative but was [%lld]", name,
                            (long long)self->work_max);
    if (self->value == NULL || qd_json_is_null(self->value)) {
        if (self->kind == QD_MULTI_FUZZY)
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "query value cannot be null");
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "value cannot be null");
    }
    if (self->kind == QD_MULTI_FUZZY) {
        if (self->fuzziness != NULL) QD_TRY(qd_text_fuzziness(self->fuzziness, &self->edits, error));
        else QD_TRY(qd_fuzziness_parse(QD_SLICE("AUTO"), &self->edits, error));
    }
    return QD_OK;
}

/* Of flags and flags_value the last one counts. */
static bool are_flags_numbered(const struct qd_json *body, struct qd_slice field)
{
    bool numbered = false;
    struct qd_json_iterator at = qd_json_iterate(body);
    while (qd_json_next(&at)) {
        struct qd_json_iterator member = qd_json_iterate(at.value);
        if (!qd_json_is_object(at.value) || !qd_slice_equal(at.key, field)) continue;
        while (qd_json_next(&member)) {
            if (qd_slice_is(member.key, "flags")) numbered = false;
            if (qd_slice_is(member.key, "flags_value")) numbered = true;
        }
    }
    return numbered;
}

static enum qd_status parse_as(struct qd_query_parser *parser, const struct qd_json *body,
                               const struct qd_query_spec *spec, const struct qd_query_kind *kind,
                               struct multi_query *defaults, struct qd_query **query, struct qd_error *error)
{
    struct multi_query *self = QD_QUERY_NEW(parser->arena, struct multi_query, kind);
    struct qd_query head = self->query;
    *self = *defaults;
    self->query = head;
    const struct qd_json *scalar;
    QD_TRY(qd_query_parse_field(parser, spec, body, &self->query, &self->field, &scalar, error));
    if (scalar != NULL) self->value = scalar;
    self->flags_numbered = are_flags_numbered(body, self->field);
    *query = &self->query;
    return finish(self, error);
}

static const struct qd_query_spec prefix_spec = { .name = "prefix",
        .options = prefix_options,
        .count = COUNT(prefix_options),
        .tokens = QD_TOKENS_UNASKED };
static const struct qd_query_spec wildcard_spec = { .name = "wildcard",
        .options = wildcard_options,
        .count = COUNT(wildcard_options),
        .tokens = QD_TOKENS_UNASKED };
static const struct qd_query_spec regexp_spec = { .name = "regexp",
        .options = regexp_options,
        .count = COUNT(regexp_options),
        .tokens = QD_TOKENS_UNASKED,
        .check = check_flags };
static const struct qd_query_spec fuzzy_spec = { .name = "fuzzy",
        .options = fuzzy_options,
        .count = COUNT(fuzzy_options),
        .tokens = QD_TOKENS_FUZZY,
        .check = qd_text_check_member };

static enum qd_status prefix_parse(struct qd_query_parser *parser, const struct qd_json *body,
                                   struct qd_query **query, struct qd_error *error)
{
    struct multi_query defaults = { .kind = QD_MULTI_PREFIX };
    return parse_as(parser, body, &prefix_spec, &qd_query_kind_prefix, &defaults, query, error);
}

static enum qd_status wildcard_parse(struct qd_query_parser *parser, const struct qd_json *body,
                                     struct qd_query **query, struct qd_error *error)
{
    struct multi_query defaults = { .kind = QD_MULTI_WILDCARD };
    return parse_as(parser, body, &wildcard_spec, &qd_query_kind_wildcard, &defaults, query, error);
}

static enum qd_status regexp_parse(struct qd_query_parser *parser, const struct qd_json *body,
                                   struct qd_query **query, struct qd_error *error)
{
    struct multi_query defaults = { .kind = QD_MULTI_REGEXP, .work_max = QD_AUTOMATON_WORK_DEFAULT };
    return parse_as(parser, body, &regexp_spec, &qd_query_kind_regexp, &defaults, query, error);
}

static enum qd_status fuzzy_parse(struct qd_query_parser *parser, const struct qd_json *body,
                                  struct qd_query **query, struct qd_error *error)
{
    struct multi_query defaults = { .kind = QD_MULTI_FUZZY, .transpositions = true, .max_expansions = 50 };
    return parse_as(parser, body, &fuzzy_spec, &qd_query_kind_fuzzy, &defaults, query, error);
}

static enum qd_status multi_rewrite(const struct qd_query *query, struct qd_query_context *context,
                                    const struct qd_query **result, struct qd_error *error)
{
    (void)error;
    const struct multi_query *self = (const struct multi_query *)query;
    if (qd_mapping_field(context->view->mapping, self->field) == NULL) {
        *result = qd_query_match_none(context->arena);
    } else if (self->kind != QD_MULTI_FUZZY && qd_query_on_index(context, self->field)) {
        enum qd_index_text reading = self->kind == QD_MULTI_PREFIX ? QD_INDEX_TEXT_PREFIX
                                                                   : QD_INDEX_TEXT_PATTERN;
        bool fits = qd_query_index_fits(context, qd_json_text(self->value), reading, self->case_insensitive);
        *result = qd_query_all_or_none(query, fits, context->arena);
    }
    return QD_OK;
}

/* The pattern as the index has it: a keyword's normalizer, or the search analyzer's normalising filters. */
static struct qd_slice normalized(struct qd_query_context *context, const struct multi_query *self,
                                  const struct qd_field *field)
{
    struct qd_slice text = qd_json_text(self->value);
    if (self->kind == QD_MULTI_FUZZY && field->normalizer == NULL) return text;
    if (self->kind == QD_MULTI_REGEXP && field->normalizer == NULL) return text;
    if (field->normalizer != NULL && self->kind != QD_MULTI_WILDCARD)
        return qd_analyzer_normalize(field->normalizer, context->arena, text);
    const struct qd_analyzer *analyzer = field->normalizer;
    if (self->kind != QD_MULTI_WILDCARD || analyzer == NULL) return text;
    /* Only what stands between the wildcards is normalised. */
    struct qd_buffer out = { 0 };
    size_t start = 0;
    for (size_t i = 0; i <= text.size; i++) {
        bool special = i < text.size && (text.data[i] == '*' || text.data[i] == '?' || text.data[i] == '\\');
        if (i < text.size && !special) continue;
        struct qd_slice part = { text.data + start, i - start };
        if (part.size > 0) qd_buffer_slice(&out, qd_analyzer_normalize(analyzer, context->arena, part));
        if (i == text.size) break;
        qd_buffer_byte(&out, (uint8_t)text.data[i]);
        if (text.data[i] == '\\' && i + 1 < text.size) qd_buffer_byte(&out, (uint8_t)text.data[++i]);
        start = i + 1;
    }
    struct qd_slice result = qd_arena_copy(context->arena, qd_buffer_view(&out));
    qd_buffer_deinit(&out);
    return result;
}

static enum qd_status refuse(struct qd_query_context *context, const struct multi_query *self,
                             const struct qd_field *field, struct qd_error *error)
{
    static const char *const texts[] = {
        [QD_MULTI_PREFIX] = "Can only use prefix queries on keyword and text fields - not on",
        [QD_MULTI_WILDCARD] = "Can only use wildcard queries on keyword and text fields - not on",
        [QD_MULTI_REGEXP] = "Can only use regexp queries on keyword and text fields - not on",
        [QD_MULTI_FUZZY] = "Can only use fuzzy queries on keyword and text fields - not on",
    };
    if (self->kind == QD_MULTI_FUZZY)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "%s [%.*s] which is of type [%s]", texts[self->kind],
                            QD_SLICE_ARG(field->name), field->type_name);
    return qd_query_shard_error(context->view, error, "%s [%.*s] which is of type [%s]", texts[self->kind],
                                QD_SLICE_ARG(field->name), field->type_name);
}

static enum qd_status build_automaton(struct qd_query_context *context, const struct multi_query *self,
                                      struct qd_multi_term *multi, struct qd_error *error)
{
    struct qd_arena *arena = context->arena;
    if (self->kind == QD_MULTI_WILDCARD && multi->pattern.size == 0) {
        /* The reference finds nothing with an empty pattern, not even empty words: "#" is the empty
         * language. */
        struct qd_regexp_options nothing = { QD_REGEXP_ALL, false, self->work_max };
        return qd_automaton_regexp(arena, QD_SLICE("#"), &nothing, &multi->automaton, error);
    }
    if (self->kind == QD_MULTI_WILDCARD)
        return qd_automaton_wildcard(arena, multi->pattern, self->case_insensitive, &multi->automaton, error);
    if (self->kind == QD_MULTI_FUZZY) {
        struct qd_fuzzy_options fuzzy = { multi->edits, multi->prefix_length, multi->transpositions };
        return qd_automaton_fuzzy(arena, multi->pattern, &fuzzy, &multi->automaton, error);
    }
    int64_t max = context->view->limits.max_regex_length;
    if (max > 0 && (int64_t)qd_utf16_length(multi->pattern) > max)
        return qd_error_set(
            error, QD_ILLEGAL_ARGUMENT,
            "The length of regex [%zu] used in the Regexp Query request has exceeded the allowed "
            "maximum of [%lld]. This maximum can be set by changing the [index.max_regex_length] index "
            "level setting.",
            qd_utf16_length(multi->pattern), (long long)max);
    struct qd_regexp_options options = { self->regexp_flags, self->case_insensitive, self->work_max };
    return qd_automaton_regexp(arena, multi->pattern, &options, &multi->automaton, error);
}

/* The reference looks for a regular expression in fields that it does not know, too. */
static enum qd_status unmapped_regexp(struct qd_query_context *context, const struct multi_query *self,
                                      struct qd_node **node, struct qd_error *error)
{
    struct qd_multi_term multi = { .kind = self->kind,
                                   .field_name = self->field,
                                   .pattern = qd_json_text(self->value),
                                   .rewrite = self->method,
                                   .index_only = true };
    int64_t top = -1;
    QD_TRY(qd_rewrite_method_parse(self->rewrite, &multi.rewrite, &top, error));
    if (top >= 0) multi.top_terms = top;
    QD_TRY(build_automaton(context, self, &multi, error));
    *node = qd_node_multi_term(context->arena, &multi);
    return QD_OK;
}

static enum qd_status multi_build(const struct qd_query *query, struct qd_query_context *context,
                                  struct qd_node **node, struct qd_error *error)
{
    const struct multi_query *self = (const struct multi_query *)query;
    const struct qd_field *field = qd_mapping_field(context->view->mapping, self->field);
    if (!context->view->limits.allow_expensive_queries && self->kind != QD_MULTI_FUZZY &&
        !(self->kind == QD_MULTI_PREFIX && field != NULL && field->index_prefix_max > 0))
        return qd_error_set(
            error, QD_ILLEGAL_ARGUMENT,
            "[%s] queries cannot be executed when 'search.allow_expensive_queries' is set to false.%s",
            query->kind->name,
            self->kind == QD_MULTI_PREFIX
                ? " For optimised prefix queries on text fields please enable [index_prefixes]."
                : "");
    if (field == NULL && self->kind == QD_MULTI_REGEXP) return unmapped_regexp(context, self, node, error);
    if (field == NULL) {
        *node = qd_node_none(context->arena, "unmapped field [%.*s]", QD_SLICE_ARG(self->field));
        return QD_OK;
    }
    if (!qd_text_has_patterns(field)) return refuse(context, self, field, error);
    QD_TRY(qd_text_searchable(field, error));
    struct qd_multi_term multi = { .kind = self->kind,
                                   .field = field,
                                   .field_name = field->name,
                                   .pattern = normalized(context, self, field),
                                   .rewrite = self->method,
                                   .top_terms = self->max_expansions };
    int64_t top = -1;
    QD_TRY(qd_rewrite_method_parse(self->rewrite, &multi.rewrite, &top, error));
    if (top >= 0) multi.top_terms = top;
    multi.index_only = self->kind == QD_MULTI_WILDCARD && self->case_insensitive;
    if (!multi.index_only) multi.rewrite = qd_text_rewrite_method(field, multi.rewrite);
    if (self->kind == QD_MULTI_FUZZY) {
        multi.edits = qd_fuzziness_edits(&self->edits, qd_utf8_count(multi.pattern));
        multi.prefix_length = (int)self->prefix_length;
        multi.transpositions = self->transpositions;
    }
    if (self->kind == QD_MULTI_PREFIX)
        return qd_text_prefix_node(context, &multi, self->case_insensitive, node, error);
    QD_TRY(build_automaton(context, self, &multi, error));
    *node = qd_node_multi_term(context->arena, &multi);
    return QD_OK;
}

const struct qd_query_kind qd_query_kind_prefix = { .name = "prefix",
                                                    .parse = prefix_parse,
                                                    .rewrite = multi_rewrite,
                                                    .build = multi_build };
const struct qd_query_kind qd_query_kind_wildcard = { .name = "wildcard",
                                                      .parse = wildcard_parse,
                                                      .rewrite = multi_rewrite,
                                                      .build = multi_build };
const struct qd_query_kind qd_query_kind_regexp = { .name = "regexp",
                                                    .parse = regexp_parse,
                                                    .build = multi_build };
const struct qd_query_kind qd_query_kind_fuzzy = { .name = "fuzzy",
                                                   .parse = fuzzy_parse,
                                                   .rewrite = multi_rewrite,
                                                   .build = multi_build };
