/* simple_query_string. Source: Lucene 10.5 SimpleQueryParser, OpenSearch SimpleQueryStringQueryParser. */
#include <stddef.h>

#include "base/number.h"
#include "base/text.h"
#include "base/wildcard.h"
#include "search/query_string.h"

enum simple_flag {
    FLAG_AND = 1,
    FLAG_NOT = 2,
    FLAG_OR = 4,
    FLAG_PREFIX = 8,
    FLAG_PHRASE = 16,
    FLAG_PRECEDENCE = 32,
    FLAG_ESCAPE = 64,
    FLAG_WHITESPACE = 128,
    FLAG_FUZZY = 256,
    FLAG_NEAR = 512,
    FLAG_ALL = 1023
};

struct simple_query {
    struct qd_query query;
    struct qd_slice text, analyzer, operator, flags_text, minimum, quote_suffix, ignored;
    const struct qd_json *fields_json, *lenient, *flags_json;
    bool lenient_value, analyze_wildcard, synonyms_phrase, fuzzy_transpositions;
    int64_t fuzzy_prefix_length, fuzzy_max_expansions;
    unsigned flags;
};

/* Edits of a fuzzy term. */
#define EDITS_MAX 2

#define AT(member) offsetof(struct simple_query, member)

static const struct qd_query_option options_table[] = {
    { "query", QD_OPTION_TEXT, AT(text), 0 },
    { "fields", QD_OPTION_FIELDS, AT(fields_json), QD_TAKES_CONTAINERS | QD_TAKES_ALL_FIRST },
    { "analyzer", QD_OPTION_TEXT, AT(analyzer), 0 },
    { "default_operator", QD_OPTION_TEXT, AT(operator), 0 },
    { "flags", QD_OPTION_JSON, AT(flags_json), 0 },
    { "lenient", QD_OPTION_JSON, AT(lenient), 0 },
    { "analyze_wildcard", QD_OPTION_BOOLEAN, AT(analyze_wildcard), 0 },
    { "minimum_should_match", QD_OPTION_TEXT, AT(minimum), 0 },
    { "quote_field_suffix", QD_OPTION_TEXT, AT(quote_suffix), 0 },
    { "auto_generate_synonyms_phrase_query", QD_OPTION_BOOLEAN, AT(synonyms_phrase), 0 },
    { "fuzzy_prefix_length", QD_OPTION_INT, AT(fuzzy_prefix_length), 0 },
    { "fuzzy_max_expansions", QD_OPTION_INT, AT(fuzzy_max_expansions), 0 },
    { "fuzzy_transpositions", QD_OPTION_BOOLEAN, AT(fuzzy_transpositions), 0 },
    /* Both are taken and have no effect. */
    { "locale", QD_OPTION_TEXT, AT(ignored), 0 },
    { "lowercase_expanded_terms", QD_OPTION_TEXT, AT(ignored), 0 },
};

static enum qd_status flags_of(const struct qd_json *json, unsigned *flags, struct qd_error *error)
{
    static const struct {
        const char *name;
        unsigned flag;
    } names[] = { { "ALL", FLAG_ALL },       { "NONE", 0 },
                  { "AND", FLAG_AND },       { "NOT", FLAG_NOT },
                  { "OR", FLAG_OR },         { "PREFIX", FLAG_PREFIX },
                  { "PHRASE", FLAG_PHRASE }, { "PRECEDENCE", FLAG_PRECEDENCE },
                  { "ESCAPE", FLAG_ESCAPE }, { "WHITESPACE", FLAG_WHITESPACE },
                  { "FUZZY", FLAG_FUZZY },   { "NEAR", FLAG_NEAR },
                  { "SLOP", FLAG_NEAR } };
    int64_t number;
    *flags = FLAG_ALL;
    if (json == NULL) return QD_OK;
    if (qd_json_is_number(json) && qd_json_int64(json, &number)) {
        if (number >= 0) *flags = (unsigned)number & FLAG_ALL;
        return QD_OK;
    }
    struct qd_slice text = qd_json_text(json);
    if (text.size == 0) return QD_OK;
    *flags = 0;
    struct qd_slice part;
    while (qd_split_next(&text, '|', &part)) {
        bool known = false;
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
            if (!qd_equal_ignore_case(part, qd_slice_from_string(names[i].name))) continue;
            known = true;
            if (names[i].flag == 0 || names[i].flag == FLAG_ALL) {
                *flags = names[i].flag;
                return QD_OK;
            }
            *flags |= names[i].flag;
        }
        if (!known)
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Unknown simple_query_string flag [%.*s]",
                                QD_SLICE_ARG(part));
    }
    return QD_OK;
}

static enum qd_status check_member(struct qd_query_parser *parser, const struct qd_json_iterator *at,
                                   struct qd_error *error)
{
    unsigned flags;
    if (qd_slice_is(at->key, "flags")) return flags_of(at->value, &flags, error);
    if (!qd_slice_is(at->key, "fields")) return qd_text_check_member(parser, at, error);
    if (qd_json_is_array(at->value)) return QD_OK;
    if (qd_json_is_object(at->value))
        return qd_query_error_at(parser, at->value, error,
                                 "[simple_query_string] unknown token [START_OBJECT] after [fields]");
    return qd_query_error_at(parser, at->value, error, "[simple_query_string] unsupported field [fields]");
}

static enum qd_status simple_parse(struct qd_query_parser *parser, const struct qd_json *body,
                                   struct qd_query **query, struct qd_error *error)
{
    static const struct qd_query_spec spec = { .name = "simple_query_string",
        .options = options_table,
        .count = sizeof(options_table) / sizeof(options_table[0]),
        .tokens = QD_TOKENS_ARRAYS,
        .unknown = "unsupported field",
        .check = check_member };
    struct simple_query *self =
        QD_QUERY_NEW(parser->arena, struct simple_query, &qd_query_kind_simple_query_string);
    self->synonyms_phrase = self->fuzzy_transpositions = true;
    self->fuzzy_max_expansions = 50;
    QD_TRY(qd_query_parse_members(parser, &spec, body, &self->query, error));
    if (self->lenient != NULL) QD_TRY(qd_query_boolean(parser, self->lenient, &self->lenient_value, error));
    if (self->text.data == NULL)
        return qd_query_error_end(parser, body, error, "[simple_query_string] query text missing");
    QD_TRY(qd_boosted_fields_check_signs(
        self->fields_json, "simple_query_string", qd_boosted_fields_quote(parser->arena, self->text),
        "    \"flags\" : -1,\n    \"default_operator\" : \"or\",\n    \"analyze_wildcard\" : false,\n"
        "    \"auto_generate_synonyms_phrase_query\" : true,\n    \"fuzzy_prefix_length\" : 0,\n"
        "    \"fuzzy_max_expansions\" : 50,\n    \"fuzzy_transpositions\" : true,\n",
        error));
    QD_TRY(flags_of(self->flags_json, &self->flags, error));
    bool known = self->operator.data == NULL || qd_equal_ignore_case(self->operator, QD_SLICE("and")) ||
                 qd_equal_ignore_case(self->operator, QD_SLICE("or"));
    if (!known)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "No enum constant org.opensearch.index.query.Operator.%.*s",
                            QD_SLICE_ARG(qd_uppercase(parser->arena, self->operator)));
    *query = &self->query;
    return QD_OK;
}

/* ---- the grammar ---- every text is a query: what does not fit is taken as letters */
struct simple_state {
    const struct simple_query *query;
    struct qd_query_context *context;
    const struct qd_text_options *options;
    const struct qd_boosted_field *fields;
    size_t field_count;
    struct qd_slice text; /* what this level reads */
    size_t at;
    struct qd_node *top; /* what was read so far */
    bool has_current, has_previous;
    enum qd_occur current, previous;
    int nots; /* "-" signs before the next token */
    uint32_t depth;
};

static bool enabled(const struct simple_state *state, unsigned flag)
{
    return (state->query->flags & flag) != 0;
}

static bool is_operator(const struct simple_state *state, size_t at, char c, unsigned flag)
{
    return enabled(state, flag) && state->text.data[at] == c;
}

static bool is_blank(const struct simple_state *state, size_t at)
{
    char c = state->text.data[at];
    return enabled(state, FLAG_WHITESPACE) && (c == ' ' || c == '\t' || c == '\n' || c == '\r');
}

/* Adds a part below the operator that joins it. */
static void build_tree(struct simple_state *state, struct qd_node *branch)
{
    struct qd_arena *arena = state->context->arena;
    if (branch == NULL) return;
    if (state->nots % 2 == 1) {
        struct qd_node *negative = qd_node_boolean_make(arena);
        qd_node_boolean_add(negative, arena, QD_MUST_NOT, branch);
        qd_node_boolean_add(negative, arena, QD_SHOULD, qd_node_all(arena));
        branch = negative;
    }
    if (state->top == NULL) {
        state->top = branch;
    } else {
        enum qd_occur fallback =
            qd_equal_ignore_case(state->query->operator, QD_SLICE("and")) ? QD_MUST : QD_SHOULD;
        if (!state->has_current) {
            state->current = fallback;
            state->has_current = true;
        }
        if (!state->has_previous || state->previous != state->current) {
            struct qd_node *join = qd_node_boolean_make(arena);
            qd_node_boolean_add(join, arena, state->current, state->top);
            state->top = join;
        }
        qd_node_boolean_add(state->top, arena, state->current, branch);
        state->previous = state->current;
        state->has_previous = true;
    }
    state->has_current = false;
}

/* How the leaves of one token are made. */
enum leaf { LEAF_TERM, LEAF_PHRASE, LEAF_PREFIX, LEAF_FUZZY };

/* The field that phrases are looked for in: with quote_field_suffix, when there is one. */
static struct qd_slice quoted_name(const struct simple_state *state, struct qd_slice name)
{
    struct qd_slice suffix = state->query->quote_suffix;
    if (suffix.size == 0) return name;
    struct qd_slice other = qd_arena_format(state->context->arena, "%.*s%.*s", QD_SLICE_ARG(name),
                                            QD_SLICE_ARG(suffix));
    return qd_mapping_field(state->context->view->mapping, other) != NULL ? other : name;
}

static enum qd_status field_leaf(struct simple_state *state, const struct qd_boosted_field *field,
                                 enum leaf leaf, struct qd_slice text, int64_t number, struct qd_node **node,
                                 struct qd_error *error)
{
    struct qd_text_options options = *state->options;
    const struct qd_field *mapped = qd_mapping_field(state->context->view->mapping, field->name);
    const struct qd_analyzer *analyzer;
    *node = NULL;
    options.zero_terms = QD_ZERO_TERMS_NULL;
    if (leaf == LEAF_PHRASE) {
        options.type = QD_TEXT_PHRASE;
        options.slop = number;
    }
    if (leaf == LEAF_TERM || leaf == LEAF_PHRASE) {
        struct qd_slice name = leaf == LEAF_PHRASE ? quoted_name(state, field->name) : field->name;
        return qd_text_node(state->context, &options, name, text, node, error);
    }
    QD_TRY(qd_text_analyzer(state->context, &options, mapped, &analyzer, error));
    if (analyzer != NULL) text = qd_analyzer_normalize(analyzer, state->context->arena, text);
    if (leaf == LEAF_PREFIX) return qd_text_prefix(state->context, mapped, text, node, error);
    options.fuzzy = true;
    options.lenient = false;
    options.fuzziness = (struct qd_fuzziness){ .edits = (int)number };
    return qd_text_term(state->context, &options, mapped, text, node, error);
}

static enum qd_status leaf_node(struct simple_state *state, enum leaf leaf, struct qd_slice text,
                                int64_t number, struct qd_node **node, struct qd_error *error)
{
    struct qd_arena *arena = state->context->arena;
    struct qd_node **nodes = QD_NEW_ARRAY(arena, struct qd_node *, state->field_count + 1);
    size_t count = 0;
    *node = NULL;
    if (state->field_count == 0) {
        *node = qd_node_none(arena, "unmapped fields []");
        return QD_OK;
    }
    for (size_t i = 0; i < state->field_count; i++) {
        struct qd_error own;
        struct qd_node *one;
        qd_error_init(&own, arena);
        enum qd_status status = field_leaf(state, &state->fields[i], leaf, text, number, &one, &own);
        if (status == QD_CORRUPTION || (status != QD_OK && !state->options->lenient)) {
            if (error != NULL && error->arena != NULL) qd_error_copy(error, error->arena, &own);
            return status;
        }
        bool plain = leaf == LEAF_TERM || leaf == LEAF_PHRASE;
        if (status != QD_OK && plain)
            one = qd_text_lenient_none(state->context, state->fields[i].name, status, &own);
        else if (status != QD_OK)
            one = qd_node_none(arena, "failed query, caused by %.*s", QD_SLICE_ARG(own.reason));
        if (one == NULL) continue;
        one = qd_node_weigh(arena, one, state->fields[i].boost);
        nodes[count++] = one;
    }
    float tie_breaker = leaf == LEAF_PHRASE ? 0.0f : 1.0f;
    *node = count == 0 ? NULL : count == 1 ? nodes[0] : qd_node_dis_max(arena, nodes, count, tie_breaker);
    return QD_OK;
}

/* The number behind "~" at state->at; 0 without digits. */
static int64_t take_number(struct simple_state *state)
{
    int64_t number = 0;
    while (state->at < state->text.size && state->text.data[state->at] >= '0' &&
           state->text.data[state->at] <= '9') {
        if (number < 100000) number = number * 10 + (state->text.data[state->at] - '0');
        state->at++;
    }
    return number;
}

static bool ends_token(const struct simple_state *state, size_t at)
{
    return at >= state->text.size || is_blank(state, at) || is_operator(state, at, '"', FLAG_PHRASE) ||
           is_operator(state, at, '|', FLAG_OR) || is_operator(state, at, '+', FLAG_AND) ||
           is_operator(state, at, '(', FLAG_PRECEDENCE) || is_operator(state, at, ')', FLAG_PRECEDENCE);
}

/* What follows "~" up to the end of the token: as many edits as there may be when nothing does, none when it
 * is no number. */
static int64_t take_edits(struct simple_state *state)
{
    size_t start = ++state->at;
    int64_t number = 0;
    while (!ends_token(state, state->at)) state->at++;
    if (state->at == start) return EDITS_MAX;
    bool known = qd_parse_int64(qd_slice_sub(state->text, start, state->at - start), &number);
    if (!known || number < 0) return 0;
    return number > EDITS_MAX ? EDITS_MAX : number;
}

static enum qd_status take_token(struct simple_state *state, struct qd_error *error)
{
    struct qd_buffer out = { 0 };
    bool prefix = false;
    bool escaped = false;
    enum leaf leaf = LEAF_TERM;
    int64_t number = 0;
    while (state->at < state->text.size) {
        char c = state->text.data[state->at];
        if (!escaped) {
            if (c == '\\' && enabled(state, FLAG_ESCAPE)) {
                escaped = true;
                prefix = false;
                state->at++;
                continue;
            }
            if (ends_token(state, state->at)) break;
            if (out.size > 0 && c == '~' && enabled(state, FLAG_FUZZY)) {
                number = take_edits(state);
                leaf = number > 0 ? LEAF_FUZZY : LEAF_TERM;
                break;
            }
            prefix = enabled(state, FLAG_PREFIX) && out.size > 0 && c == '*';
        } else {
            prefix = false;
        }
        escaped = false;
        qd_buffer_byte(&out, (uint8_t)c);
        state->at++;
    }
    if (leaf == LEAF_TERM && prefix) {
        leaf = LEAF_PREFIX;
        out.size--;
    }
    struct qd_slice text = qd_arena_copy(state->context->arena, qd_buffer_view(&out));
    qd_buffer_deinit(&out);
    if (text.size == 0) return QD_OK;
    struct qd_node *node;
    QD_TRY(leaf_node(state, leaf, text, number, &node, error));
    build_tree(state, node);
    return QD_OK;
}

static enum qd_status take_phrase(struct simple_state *state, struct qd_error *error)
{
    size_t start = ++state->at;
    struct qd_buffer out = { 0 };
    bool escaped = false;
    while (state->at < state->text.size) {
        char c = state->text.data[state->at];
        if (!escaped && c == '\\' && enabled(state, FLAG_ESCAPE)) {
            escaped = true;
            state->at++;
            continue;
        }
        if (!escaped && c == '"') break;
        escaped = false;
        qd_buffer_byte(&out, (uint8_t)c);
        state->at++;
    }
    struct qd_slice text = qd_arena_copy(state->context->arena, qd_buffer_view(&out));
    qd_buffer_deinit(&out);
    if (state->at >= state->text.size) {
        /* A quote that nobody closes is dropped; what follows is read again. */
        state->at = start;
        return QD_OK;
    }
    bool empty = state->at == start;
    state->at++;
    int64_t slop = 0;
    if (empty) {
        state->has_current = false;
        return QD_OK;
    }
    if (state->at < state->text.size && is_operator(state, state->at, '~', FLAG_NEAR)) {
        state->at++;
        slop = take_number(state);
    }
    struct qd_node *node;
    QD_TRY(leaf_node(state, LEAF_PHRASE, text, slop, &node, error));
    build_tree(state, node);
    return QD_OK;
}

static enum qd_status parse_level(struct simple_state *state, struct qd_error *error);

static enum qd_status take_group(struct simple_state *state, struct qd_error *error)
{
    size_t start = ++state->at;
    int open = 1;
    bool escaped = false;
    for (; state->at < state->text.size; state->at++) {
        char c = state->text.data[state->at];
        if (!escaped && c == '\\' && enabled(state, FLAG_ESCAPE)) {
            escaped = true;
            continue;
        }
        if (!escaped && c == '(') open++;
        if (!escaped && c == ')' && --open == 0) break;
        escaped = false;
    }
    if (state->at >= state->text.size) {
        state->at = start;
        return QD_OK;
    }
    if (state->at == start) {
        state->has_current = false;
        state->at++;
        return QD_OK;
    }
    if (state->depth + 1 >= QD_QUERY_STRING_DEPTH_MAX)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "query is nested too deep");
    struct simple_state inner = *state;
    inner.text = qd_slice_sub(state->text, start, state->at - start);
    inner.at = 0;
    inner.top = NULL;
    inner.has_current = inner.has_previous = false;
    inner.nots = 0;
    inner.depth++;
    QD_TRY(parse_level(&inner, error));
    build_tree(state, inner.top);
    state->at++;
    return QD_OK;
}

static enum qd_status parse_level(struct simple_state *state, struct qd_error *error)
{
    while (state->at < state->text.size) {
        size_t at = state->at;
        if (is_operator(state, at, '(', FLAG_PRECEDENCE)) {
            QD_TRY(take_group(state, error));
        } else if (is_operator(state, at, ')', FLAG_PRECEDENCE)) {
            state->at++;
        } else if (is_operator(state, at, '"', FLAG_PHRASE)) {
            QD_TRY(take_phrase(state, error));
        } else if (is_operator(state, at, '+', FLAG_AND) || is_operator(state, at, '|', FLAG_OR)) {
            if (!state->has_current && state->top != NULL) {
                state->has_current = true;
                state->current = state->text.data[at] == '+' ? QD_MUST : QD_SHOULD;
            }
            state->at++;
        } else if (is_operator(state, at, '-', FLAG_NOT)) {
            state->nots++;
            state->at++;
            continue;
        } else if (is_blank(state, at)) {
            state->at++;
        } else {
            QD_TRY(take_token(state, error));
        }
        state->nots = 0;
    }
    return QD_OK;
}

/* ---- building ---- */
QD_VECTOR_TYPE(field_list, struct qd_boosted_field);

static enum qd_status given_fields(const struct simple_query *self, struct qd_query_context *context,
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
    for (size_t i = 0; list->count < 1 && i < context->view->limits.default_field_count; i++) {
        QD_TRY(qd_boosted_field_parse(context->view->limits.default_fields[i], &field, error));
        *QD_PUSH(context->arena, list) = field;
    }
    return QD_OK;
}

static enum qd_status simple_build(const struct qd_query *query, struct qd_query_context *context,
                                   struct qd_node **node, struct qd_error *error)
{
    const struct simple_query *self = (const struct simple_query *)query;
    struct field_list given = { 0 };
    struct qd_boosted_field *fields;
    size_t count;
    QD_TRY(qd_query_check_analyzer(context, "simple_query_string", self->analyzer, error));
    QD_TRY(given_fields(self, context, &given, error));
    QD_TRY(qd_boosted_fields_resolve(context, given.data, given.count, &fields, &count, error));
    struct qd_text_options options = qd_text_options_default();
    options.analyzer = self->analyzer;
    options.conjunction = qd_equal_ignore_case(self->operator, QD_SLICE("and"));
    options.synonyms_phrase = self->synonyms_phrase;
    options.prefix_length = self->fuzzy_prefix_length;
    options.max_expansions = self->fuzzy_max_expansions;
    options.transpositions = self->fuzzy_transpositions;
    options.lenient =
        self->lenient != NULL ? self->lenient_value : context->view->limits.query_string_lenient;
    for (size_t i = 0; i < given.count && self->lenient == NULL; i++)
        options.lenient = options.lenient || qd_is_match_all_pattern(given.data[i].name);
    struct simple_state state = { .query = self,
                                  .context = context,
                                  .options = &options,
                                  .fields = fields,
                                  .field_count = count,
                                  .text = self->text };
    if (qd_slice_is(qd_trim(self->text), "*")) {
        *node = qd_node_all(context->arena);
        return QD_OK;
    }
    QD_TRY(parse_level(&state, error));
    *node = state.top == NULL
                ? qd_node_none(context->arena,
                               count == 0 ? "unmapped fields []" : "empty string passed to query parser")
                : state.top;
    return qd_text_minimum(*node, self->minimum, error);
}

const struct qd_query_kind qd_query_kind_simple_query_string = { .name = "simple_query_string",
                                                                 .parse = simple_parse,
                                                                 .build = simple_build };
