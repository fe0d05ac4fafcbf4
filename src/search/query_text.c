#include "search/query_text.h"

#include "base/json_writer.h"
#include "base/number.h"
#include "base/text.h"
#include "search/query_index_field.h"

struct qd_text_options qd_text_options_default(void)
{
    return (struct qd_text_options){ .max_expansions = 50,
                                     .transpositions = true,
                                     .fuzzy_rewrite = QD_REWRITE_TOP_TERMS_BLENDED,
                                     .synonyms_phrase = true };
}

enum qd_status qd_text_fuzziness(const struct qd_json *json, struct qd_fuzziness *fuzziness,
                                 struct qd_error *error)
{
    struct qd_slice text = qd_json_text(json);
    if (!qd_json_is_string(json) && !qd_json_is_number(json))
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Can't parse fuzziness on token: [%s]",
                            qd_json_token_name(json));
    if (text.size > 0) {
        enum qd_status status = qd_fuzziness_parse(text, fuzziness, error);
        bool negative = status == QD_OK && !fuzziness->automatic && fuzziness->edits < 0;
        if (status != QD_NUMBER_FORMAT && !negative) return status;
    }
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Invalid fuzziness value: %.*s",
                        QD_SLICE_ARG(qd_json_text(json)));
}

enum qd_status qd_text_zero_terms(struct qd_query_parser *parser, const struct qd_json *json,
                                  enum qd_zero_terms *zero_terms, struct qd_error *error)
{
    struct qd_slice text = qd_json_text(json);
    *zero_terms = QD_ZERO_TERMS_NONE;
    if (json == NULL || qd_equal_ignore_case(text, QD_SLICE("none"))) return QD_OK;
    *zero_terms = QD_ZERO_TERMS_ALL;
    if (qd_equal_ignore_case(text, QD_SLICE("all"))) return QD_OK;
    return qd_query_error_at(parser, json, error, "Unsupported zero_terms_query value [%.*s]",
                             QD_SLICE_ARG(text));
}

enum qd_status qd_text_operator(struct qd_query_parser *parser, struct qd_slice text, bool *conjunction,
                                struct qd_error *error)
{
    *conjunction = qd_equal_ignore_case(text, QD_SLICE("and"));
    if (text.data == NULL || *conjunction || qd_equal_ignore_case(text, QD_SLICE("or"))) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "No enum constant org.opensearch.index.query.Operator.%.*s",
                        QD_SLICE_ARG(qd_uppercase(parser->arena, text)));
}

enum qd_status qd_text_check_member(struct qd_query_parser *parser, const struct qd_json_iterator *at,
                                    struct qd_error *error)
{
    struct qd_fuzziness fuzziness;
    enum qd_zero_terms zero_terms;
    bool conjunction;
    if (qd_json_is_null(at->value)) return QD_OK;
    if (qd_slice_is(at->key, "operator") || qd_slice_is(at->key, "default_operator"))
        return qd_text_operator(parser, qd_json_text(at->value), &conjunction, error);
    if (qd_slice_is(at->key, "zero_terms_query"))
        return qd_text_zero_terms(parser, at->value, &zero_terms, error);
    if (qd_slice_is(at->key, "fuzziness")) return qd_text_fuzziness(at->value, &fuzziness, error);
    return QD_OK;
}

const struct qd_json *qd_text_json(struct qd_arena *arena, struct qd_slice text)
{
    struct qd_buffer buffer = { 0 };
    struct qd_json_writer writer = { .out = &buffer };
    struct qd_json_document document = { 0 };
    qd_json_string(&writer, text);
    enum qd_status status = qd_json_parse(arena, qd_buffer_view(&buffer), &document, NULL);
    qd_buffer_deinit(&buffer);
    return status == QD_OK ? document.root : NULL;
}

enum qd_status qd_rewrite_method_parse(struct qd_slice text, enum qd_rewrite_method *method, int64_t *top,
                                       struct qd_error *error)
{
    static const struct {
        const char *name;
        enum qd_rewrite_method method;
        bool numbered;
    } names[] = {
        { "constant_score", QD_REWRITE_CONSTANT_SCORE, false },
        { "constant_score_auto", QD_REWRITE_CONSTANT_SCORE, false },
        { "constant_score_filter", QD_REWRITE_CONSTANT_SCORE, false },
        { "constant_score_blended", QD_REWRITE_CONSTANT_SCORE, false },
        { "scoring_boolean", QD_REWRITE_SCORING_BOOLEAN, false },
        { "constant_score_boolean", QD_REWRITE_CONSTANT_SCORE_BOOLEAN, false },
        { "top_terms_boost_", QD_REWRITE_TOP_TERMS_BOOST, true },
        { "top_terms_blended_freqs_", QD_REWRITE_TOP_TERMS_BLENDED, true },
        { "top_terms_", QD_REWRITE_TOP_TERMS, true },
    };
    if (text.data == NULL) return QD_OK;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct qd_slice name = qd_slice_from_string(names[i].name);
        if (names[i].numbered ? !qd_slice_starts_with(text, name) : !qd_slice_equal(text, name)) continue;
        *method = names[i].method;
        if (!names[i].numbered) return QD_OK;
        struct qd_slice number = { text.data + name.size, text.size - name.size };
        if (qd_parse_int64(number, top) && *top >= 0) return QD_OK;
        return qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(number));
    }
    /* What begins with a digit, wherever it stands, is read as a number before the name is looked at. */
    size_t digit = 0;
    while (digit < text.size && (text.data[digit] < '0' || text.data[digit] > '9')) digit++;
    struct qd_slice number = qd_slice_from(text, digit);
    int64_t ignored;
    if (number.size > 0 && (!qd_parse_int64(number, &ignored) || ignored > INT32_MAX))
        return qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(number));
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Failed to parse rewrite_method [%.*s]",
                        QD_SLICE_ARG(text));
}

enum qd_status qd_text_minimum(struct qd_node *node, struct qd_slice spec, struct qd_error *error)
{
    if (spec.data == NULL || node == NULL || !qd_node_is_boolean(node)) return QD_OK;
    size_t count;
    const struct qd_clause *clauses = qd_node_boolean_clauses(node, &count, NULL);
    int optional = 0;
    for (size_t i = 0; i < count; i++) optional += clauses[i].occur == QD_SHOULD;
    int required;
    QD_TRY(qd_minimum_should_match(optional, spec, &required, error));
    if (required > 0) qd_node_boolean_set_minimum(node, required);
    return QD_OK;
}

struct qd_node *qd_text_lenient_none(struct qd_query_context *context, struct qd_slice field,
                                     enum qd_status status, const struct qd_error *error)
{
    const char *type = error->type_override != NULL ? error->type_override : qd_status_type(status);
    return qd_node_none(context->arena, "failed [%.*s] query, caused by %s:[%.*s]", QD_SLICE_ARG(field), type,
                        QD_SLICE_ARG(error->reason));
}

enum qd_status qd_text_analyzer(struct qd_query_context *context, const struct qd_text_options *options,
                                const struct qd_field *field, const struct qd_analyzer **analyzer,
                                struct qd_error *error)
{
    *analyzer = NULL;
    if (options->analyzer.data != NULL) {
        *analyzer = qd_analysis_analyzer(context->view->analysis, options->analyzer);
        if (*analyzer != NULL) return QD_OK;
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "No analyzer found for [%.*s]",
                            QD_SLICE_ARG(options->analyzer));
    }
    if (qd_field_is_analyzed(field)) {
        bool quote =
            options->type == QD_TEXT_PHRASE || options->type == QD_TEXT_PHRASE_PREFIX || options->quoted;
        *analyzer = quote ? field->search_quote_analyzer : field->search_analyzer;
        if (*analyzer == NULL) *analyzer = field->search_analyzer;
        if (*analyzer == NULL) *analyzer = qd_analysis_default_search(context->view->analysis);
    } else if (field->type == QD_FIELD_SOURCE) {
        *analyzer = qd_analysis_default_search(context->view->analysis);
    } else if (field->type == QD_FIELD_KEYWORD) {
        *analyzer = field->normalizer;
        if (field->split_queries_on_whitespace && *analyzer == NULL)
            *analyzer = qd_analysis_analyzer(context->view->analysis, QD_SLICE("whitespace"));
    } else if (field->type == QD_FIELD_BINARY || field->type == QD_FIELD_SOURCE ||
               field->type == QD_FIELD_DOC_COUNT) {
        /* Without words there is nothing to refuse. */
        *analyzer = qd_analysis_default_search(context->view->analysis);
    }
    return QD_OK;
}

enum qd_status qd_text_searchable(const struct qd_field *field, struct qd_error *error)
{
    bool text = qd_field_is_analyzed(field);
    if (field->indexed || (!text && field->type != QD_FIELD_KEYWORD)) return QD_OK;
    if (!text && field->column != QD_COLUMN_NONE) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Cannot search on field [%.*s] since it is %s.",
                        QD_SLICE_ARG(field->name),
                        text ? "not indexed" : "both not indexed, and does not have doc_values enabled");
}

enum qd_rewrite_method qd_text_rewrite_method(const struct qd_field *field, enum qd_rewrite_method wanted)
{
    return field->type == QD_FIELD_KEYWORD && !field->indexed ? QD_REWRITE_CONSTANT_SCORE : wanted;
}

/* ---- single terms ---- */
static enum qd_status fuzzy_term(struct qd_query_context *context, const struct qd_text_options *options,
                                 const struct qd_field *field, struct qd_slice term, struct qd_node **node,
                                 struct qd_error *error)
{
    if (!qd_text_has_patterns(field))
        return qd_error_set(
            error, QD_ILLEGAL_ARGUMENT,
            "Can only use fuzzy queries on keyword and text fields - not on [%.*s] which is of type "
            "[%s]",
            QD_SLICE_ARG(field->name), field->type_name);
    QD_TRY(qd_text_searchable(field, error));
    struct qd_multi_term multi = { .kind = QD_MULTI_FUZZY,
                                   .field = field,
                                   .field_name = field->name,
                                   .pattern = term,
                                   .edits = qd_fuzziness_edits(&options->fuzziness, qd_utf8_count(term)),
                                   .prefix_length = (int)options->prefix_length,
                                   .transpositions = options->transpositions,
                                   .rewrite = qd_text_rewrite_method(field, options->fuzzy_rewrite),
                                   .top_terms = options->max_expansions };
    if (options->fuzzy_rewrite_top > 0) multi.top_terms = options->fuzzy_rewrite_top;
    struct qd_fuzzy_options fuzzy = { multi.edits, multi.prefix_length, multi.transpositions };
    QD_TRY(qd_automaton_fuzzy(context->arena, term, &fuzzy, &multi.automaton, error));
    *node = qd_node_multi_term(context->arena, &multi);
    return QD_OK;
}

static enum qd_status plain_term(struct qd_query_context *context, const struct qd_text_options *options,
                                 const struct qd_field *field, struct qd_slice term, struct qd_node **node,
                                 struct qd_error *error)
{
    if (options->hook != NULL)
        return options->hook->make(options->hook->hook_context, context, term, node, error);
    if (options->fuzzy) return fuzzy_term(context, options, field, term, node, error);
    if (field->index_options != QD_INDEX_NONE && qd_field_is_analyzed(field)) {
        *node = qd_node_field_boost(context->arena, field, qd_node_term(context->arena, field, term));
        return QD_OK;
    }
    const struct qd_json *value = qd_text_json(context->arena, term);
    if (value == NULL) {
        *node = qd_node_none(context->arena, "malformed text");
        return QD_OK;
    }
    return qd_query_term_node(context, field, value, node, error);
}

enum qd_status qd_text_term(struct qd_query_context *context, const struct qd_text_options *options,
                            const struct qd_field *field, struct qd_slice term, struct qd_node **node,
                            struct qd_error *error)
{
    struct qd_error own;
    qd_error_init(&own, context->arena);
    enum qd_status status = plain_term(context, options, field, term, node, options->lenient ? &own : error);
    if (status == QD_OK || !options->lenient || status == QD_CORRUPTION) return status;
    *node = qd_text_lenient_none(context, field->name, status, &own);
    return QD_OK;
}

/* The field of a text field's prefixes, NULL when it keeps none of that many letters, or of `shorter` fewer.
 * A field of prefixes is its own, whatever their lengths. */
static const struct qd_field *prefixes_of(struct qd_query_context *context, const struct qd_field *field,
                                          struct qd_slice term, int shorter)
{
    int64_t letters = (int64_t)qd_utf16_length(term);
    if (field->type == QD_FIELD_PREFIX) return field;
    if (field->type != QD_FIELD_TEXT || field->index_prefix_max == 0 ||
        letters < field->index_prefix_min - shorter || letters > field->index_prefix_max)
        return NULL;
    return qd_mapping_field(context->view->mapping, qd_arena_format(context->arena, "%.*s._index_prefix",
                                                                    QD_SLICE_ARG(field->name)));
}

/* An automaton over a field's terms; it prints nothing that could be compared. */
static struct qd_multi_term unnamed_automaton(const struct qd_field *field, enum qd_rewrite_method rewrite)
{
    return (struct qd_multi_term){ .kind = QD_MULTI_AUTOMATON,
                                   .field = field,
                                   .field_name = field->name,
                                   .pattern = QD_SLICE("org.apache.lucene.util.automaton.Automaton@0"),
                                   .rewrite = rewrite };
}

/* Prefixes shorter than the shortest kept: any of these that begin with them, or the letters as a word. */
static enum qd_status shorter_prefix(struct qd_query_context *context, const struct qd_multi_term *prefix,
                                     const struct qd_field *prefixes, bool case_insensitive,
                                     struct qd_node **node, struct qd_error *error)
{
    struct qd_arena *arena = context->arena;
    struct qd_multi_term multi = unnamed_automaton(prefixes, prefix->rewrite);
    multi.top_terms = prefix->top_terms;
    struct qd_buffer pattern = { 0 };
    for (size_t i = 0; i < prefix->pattern.size; i++) {
        if (strchr("*?\\", prefix->pattern.data[i]) != NULL) qd_buffer_byte(&pattern, '\\');
        qd_buffer_byte(&pattern, (uint8_t)prefix->pattern.data[i]);
    }
    for (int64_t i = (int64_t)qd_utf16_length(prefix->pattern); i < prefixes->index_prefix_min; i++)
        qd_buffer_byte(&pattern, '?');
    struct qd_slice text = qd_arena_copy(arena, qd_buffer_view(&pattern));
    qd_buffer_deinit(&pattern);
    QD_TRY(qd_automaton_wildcard(arena, text, case_insensitive, &multi.automaton, error));
    struct qd_node *letters = qd_node_multi_term(arena, &multi);
    /* No letters in either case are an automaton without states. */
    if (case_insensitive && prefix->pattern.size == 0) letters = qd_node_none(arena, "no letters");
    *node = qd_node_boolean_make(arena);
    qd_node_boolean_add(*node, arena, QD_SHOULD, letters);
    const struct qd_field *words = prefix->field == prefixes ? prefixes->parent : prefix->field;
    qd_node_boolean_add(*node, arena, QD_SHOULD, qd_node_term(arena, words, prefix->pattern));
    return QD_OK;
}

enum qd_status qd_text_prefix_node(struct qd_query_context *context, const struct qd_multi_term *prefix,
                                   bool case_insensitive, struct qd_node **node, struct qd_error *error)
{
    struct qd_arena *arena = context->arena;
    QD_TRY(qd_text_searchable(prefix->field, error));
    const struct qd_field *prefixes = prefixes_of(context, prefix->field, prefix->pattern, 1);
    struct qd_multi_term multi = *prefix;
    multi.rewrite = qd_text_rewrite_method(prefix->field, prefix->rewrite);
    if (prefixes == NULL) {
        if (case_insensitive) {
            multi = unnamed_automaton(prefix->field, multi.rewrite);
            multi.top_terms = prefix->top_terms;
        }
        QD_TRY(qd_automaton_prefix(arena, prefix->pattern, case_insensitive, &multi.automaton, error));
        *node = qd_node_multi_term(arena, &multi);
        return QD_OK;
    }
    if ((int64_t)qd_utf16_length(prefix->pattern) < prefixes->index_prefix_min) {
        QD_TRY(shorter_prefix(context, prefix, prefixes, case_insensitive, node, error));
    } else if (case_insensitive) {
        multi = unnamed_automaton(prefixes, QD_REWRITE_CONSTANT_SCORE);
        QD_TRY(qd_automaton_term(arena, prefix->pattern, true, &multi.automaton, error));
        *node = qd_node_multi_term(arena, &multi);
    } else {
        *node = qd_node_term(arena, prefixes, prefix->pattern);
    }
    bool constant = prefix->rewrite == QD_REWRITE_CONSTANT_SCORE ||
                    prefix->rewrite == QD_REWRITE_CONSTANT_SCORE_BOOLEAN;
    if (constant && prefix->field != prefixes) *node = qd_node_constant(arena, *node);
    return QD_OK;
}

bool qd_text_has_patterns(const struct qd_field *field)
{
    return qd_field_has_words(field) || field->type == QD_FIELD_IGNORED || field->type == QD_FIELD_ROUTING ||
           field->type == QD_FIELD_NESTED_PATH;
}

enum qd_status qd_text_prefix(struct qd_query_context *context, const struct qd_field *field,
                              struct qd_slice term, struct qd_node **node, struct qd_error *error)
{
    if (field->type == QD_FIELD_INDEX) {
        bool fits = qd_query_index_fits(context, term, QD_INDEX_TEXT_PREFIX, false);
        *node = fits ? qd_node_all(context->arena) : qd_node_none(context->arena, "%s", "");
        return QD_OK;
    }
    if (!qd_text_has_patterns(field))
        return qd_query_shard_error(
            context->view, error,
            "Can only use prefix queries on keyword and text fields - not on [%.*s] which is "
            "of type [%s]",
            QD_SLICE_ARG(field->name), field->type_name);
    struct qd_multi_term multi = {
        .kind = QD_MULTI_PREFIX, .field = field, .field_name = field->name, .pattern = term
    };
    return qd_text_prefix_node(context, &multi, false, node, error);
}

/* The last word as a prefix: whatever analyzer has made it, a keyword has it in its normal form. */
static enum qd_status last_word(struct qd_query_context *context, const struct qd_field *field,
                                struct qd_slice word, struct qd_node **node, struct qd_error *error)
{
    if (field->normalizer != NULL) word = qd_analyzer_normalize(field->normalizer, context->arena, word);
    return qd_text_prefix(context, field, word, node, error);
}

/* ---- tokens to nodes ---- */
/* A token at its position. */
struct placed {
    struct qd_slice term;
    uint32_t position; /* from 0 */
    uint32_t length;   /* positions it spans */
};

struct token_builder {
    struct qd_query_context *context;
    const struct qd_text_options *options;
    const struct qd_field *field;
    struct placed *tokens;
    size_t count;
    uint32_t positions; /* distinct */
    bool synonyms, graph;
    bool ends; /* the last token ends where the text does: only then is it the start of a word */
};

/* The nodes of tokens [from, to) that share a position: a term or a synonym. */
static enum qd_status position_node(struct token_builder *builder, size_t from, size_t to, bool last,
                                    struct qd_node **node, struct qd_error *error)
{
    struct qd_query_context *context = builder->context;
    bool prefix = last && builder->ends && builder->options->type == QD_TEXT_BOOLEAN_PREFIX;
    if (to - from == 1) {
        if (prefix) return last_word(context, builder->field, builder->tokens[from].term, node, error);
        return qd_text_term(context, builder->options, builder->field, builder->tokens[from].term, node,
                            error);
    }
    bool plain = !prefix && !builder->options->fuzzy && builder->options->hook == NULL;
    if (plain && qd_field_has_words(builder->field)) {
        struct qd_slice *terms = QD_NEW_ARRAY(context->arena, struct qd_slice, to - from);
        for (size_t i = from; i < to; i++) terms[i - from] = builder->tokens[i].term;
        *node = qd_node_synonym(context->arena, builder->field, terms, to - from);
        return QD_OK;
    }
    *node = qd_node_boolean_make(context->arena);
    for (size_t i = from; i < to; i++) {
        struct qd_node *one;
        QD_TRY(position_node(builder, i, i + 1, last, &one, error));
        qd_node_boolean_add(*node, context->arena, QD_SHOULD, one);
    }
    return QD_OK;
}

static enum qd_status boolean_of_tokens(struct token_builder *builder, struct qd_node **node,
                                        struct qd_error *error)
{
    if (builder->positions == 1) return position_node(builder, 0, builder->count, true, node, error);
    enum qd_occur occur = builder->options->conjunction ? QD_MUST : QD_SHOULD;
    *node = qd_node_boolean_make(builder->context->arena);
    for (size_t i = 0; i < builder->count;) {
        size_t end = i + 1;
        while (end < builder->count && builder->tokens[end].position == builder->tokens[i].position) end++;
        struct qd_node *one;
        QD_TRY(position_node(builder, i, end, end == builder->count, &one, error));
        qd_node_boolean_add(*node, builder->context->arena, occur, one);
        i = end;
    }
    return QD_OK;
}

static enum qd_status check_positions(const struct token_builder *builder, struct qd_error *error)
{
    const struct qd_field *field = builder->field;
    bool words = field->type == QD_FIELD_TEXT || field->type == QD_FIELD_KEYWORD;
    bool unplaced = field->index_options < QD_INDEX_POSITIONS && builder->positions > 1;
    if (builder->options->type == QD_TEXT_PHRASE_PREFIX && field->type != QD_FIELD_TEXT && !unplaced)
        return qd_error_set(
            error, QD_ILLEGAL_ARGUMENT,
            "Can only use phrase prefix queries on text fields - not on [%.*s] which is of type [%s]",
            QD_SLICE_ARG(field->name), field->type_name);
    if (!words && !unplaced)
        return qd_error_set(
            error, QD_ILLEGAL_ARGUMENT,
            "Can only use phrase queries on text fields - not on [%.*s] which is of type [%s]",
            QD_SLICE_ARG(field->name), field->type_name);
    if (field->index_options < QD_INDEX_POSITIONS)
        return qd_error_set(error, QD_ILLEGAL_STATE,
                            "field:[%.*s] was indexed without position data; cannot run PhraseQuery",
                            QD_SLICE_ARG(field->name));
    return QD_OK;
}

/* The last words of an exact phrase are found among the kept prefixes when these are long enough: a word
 * alone is a synonym of them, and after other words they stand where the word would. */
static bool kept_prefixes(const struct token_builder *builder, struct qd_phrase *phrase,
                          struct qd_node **node)
{
    struct qd_arena *arena = builder->context->arena;
    if (phrase->slop > 0 || phrase->count == 0) return false;
    size_t first = phrase->count - 1;
    while (first > 0 && phrase->terms[first - 1].position == phrase->terms[first].position) first--;
    const struct qd_field *prefixes = NULL;
    for (size_t i = first; i < phrase->count; i++) {
        prefixes = prefixes_of(builder->context, builder->field, phrase->terms[i].term, 0);
        if (prefixes == NULL) return false;
    }
    if (first == 0) {
        struct qd_slice *terms = QD_NEW_ARRAY(arena, struct qd_slice, phrase->count);
        for (size_t i = 0; i < phrase->count; i++) terms[i] = phrase->terms[i].term;
        *node = qd_node_synonym(arena, prefixes, terms, phrase->count);
        return true;
    }
    phrase->prefix = false;
    phrase->prefixes = prefixes->name;
    *node = qd_node_phrase(arena, phrase);
    return true;
}

QD_VECTOR_TYPE(phrase_terms, struct qd_phrase_term);

/* Each token with those that stand behind it, a blank between, as the field of pairs has them; they are
 * placed by the steps between tokens of which there are pairs. */
static struct phrase_terms pairs_of(struct qd_arena *arena, const struct placed *tokens, size_t count)
{
    struct phrase_terms pairs = { 0 };
    uint32_t position = 0;
    for (size_t i = 0; i < count; i++) {
        size_t next = i + 1;
        while (next < count && tokens[next].position < tokens[i].position + tokens[i].length) next++;
        if (next == count) continue;
        if (i > 0 && pairs.count > 0) position += tokens[i].position - tokens[i - 1].position;
        uint32_t place = tokens[next].position;
        for (; next < count && tokens[next].position == place; next++) {
            struct qd_slice text = qd_arena_format(arena, "%.*s %.*s", QD_SLICE_ARG(tokens[i].term),
                                                   QD_SLICE_ARG(tokens[next].term));
            *QD_PUSH(arena, &pairs) = (struct qd_phrase_term){ text, position };
        }
    }
    return pairs;
}

static enum qd_status phrase_of_tokens(struct token_builder *builder, const struct placed *tokens,
                                       size_t count, struct qd_node **node, struct qd_error *error)
{
    struct qd_arena *arena = builder->context->arena;
    bool prefix = builder->options->type == QD_TEXT_PHRASE_PREFIX;
    struct qd_phrase phrase = { .field = qd_term_field_of(builder->field),
                                .count = count,
                                .slop = builder->options->slop,
                                .prefix = prefix,
                                .max_expansions = builder->options->max_expansions };
    struct qd_phrase_term *terms = QD_NEW_ARRAY(arena, struct qd_phrase_term, count + 1);
    bool gaps = count == 0 || tokens[0].position > 0;
    for (size_t i = 0; i < count; i++) {
        terms[i] = (struct qd_phrase_term){ tokens[i].term, tokens[i].position };
        gaps = gaps || (i > 0 && tokens[i].position > tokens[i - 1].position + 1);
    }
    phrase.terms = terms;
    /* A prefix alone needs no positions. */
    bool alone = prefix && count > 0 && tokens[0].position == tokens[count - 1].position;
    if (!alone || builder->field->type != QD_FIELD_TEXT) QD_TRY(check_positions(builder, error));
    if (prefix && kept_prefixes(builder, &phrase, node)) return QD_OK;
    /* Pairs of words have a field of their own when index_phrases is on. */
    if (builder->field->index_phrases && !prefix && phrase.slop == 0 && !gaps && count > 1) {
        struct phrase_terms pairs = pairs_of(arena, tokens, count);
        phrase.terms = pairs.data;
        phrase.count = pairs.count;
        phrase.field.name = qd_arena_format(arena, "%.*s._index_phrase", QD_SLICE_ARG(builder->field->name));
    }
    *node = qd_node_phrase(arena, &phrase);
    return QD_OK;
}

/* ---- graphs: tokens that span several positions ---- */
#define GRAPH_PATHS_MAX 256

/* A way through the graph between two articulation points. */
struct graph_path {
    const struct placed *tokens[64];
    size_t count;
};
QD_VECTOR_TYPE(graph_paths, struct graph_path);

static void walk_paths(const struct token_builder *builder, uint32_t at, uint32_t end,
                       struct graph_path *path, struct graph_paths *paths)
{
    if (at >= end) {
        *QD_PUSH(builder->context->arena, paths) = *path;
        return;
    }
    bool moved = false;
    for (size_t i = 0; i < builder->count; i++) {
        const struct placed *token = &builder->tokens[i];
        if (token->position != at || path->count == 64 || paths->count >= GRAPH_PATHS_MAX) continue;
        path->tokens[path->count++] = token;
        walk_paths(builder, at + token->length, end, path, paths);
        path->count--;
        moved = true;
    }
    if (!moved) walk_paths(builder, at + 1, end, path, paths);
}

/* True when no token spans over `position`. */
static bool is_articulation(const struct token_builder *builder, uint32_t position)
{
    for (size_t i = 0; i < builder->count; i++) {
        const struct placed *token = &builder->tokens[i];
        if (token->position < position && token->position + token->length > position) return false;
    }
    return true;
}

static uint32_t graph_end(const struct token_builder *builder)
{
    uint32_t end = 0;
    for (size_t i = 0; i < builder->count; i++) {
        if (builder->tokens[i].position + builder->tokens[i].length > end)
            end = builder->tokens[i].position + builder->tokens[i].length;
    }
    return end;
}

/* One path as a node: a term, a phrase, or all of its terms. */
static enum qd_status path_node(struct token_builder *builder, const struct graph_path *path, bool phrase,
                                struct qd_node **node, struct qd_error *error)
{
    struct qd_arena *arena = builder->context->arena;
    if (path->count == 1)
        return qd_text_term(builder->context, builder->options, builder->field, path->tokens[0]->term, node,
                            error);
    if (phrase) {
        struct placed *tokens = QD_NEW_ARRAY(arena, struct placed, path->count);
        for (size_t i = 0; i < path->count; i++) {
            tokens[i] = *path->tokens[i];
            tokens[i].position = (uint32_t)i;
            tokens[i].length = 1;
        }
        return phrase_of_tokens(builder, tokens, path->count, node, error);
    }
    *node = qd_node_boolean_make(arena);
    for (size_t i = 0; i < path->count; i++) {
        struct qd_node *one;
        QD_TRY(qd_text_term(builder->context, builder->options, builder->field, path->tokens[i]->term, &one,
                            error));
        qd_node_boolean_add(*node, arena, QD_MUST, one);
    }
    return QD_OK;
}

/* The alternatives between two articulation points. */
static enum qd_status side_paths(struct token_builder *builder, uint32_t from, uint32_t to, bool phrase,
                                 struct qd_node **node, struct qd_error *error)
{
    struct graph_paths paths = { 0 };
    struct graph_path path = { .count = 0 };
    struct qd_arena *arena = builder->context->arena;
    walk_paths(builder, from, to, &path, &paths);
    *node = NULL;
    bool single = paths.count > 0;
    for (size_t i = 0; i < paths.count; i++) single = single && paths.data[i].count == 1;
    if (single && paths.count > 1 && !builder->options->fuzzy) {
        struct qd_slice *terms = QD_NEW_ARRAY(arena, struct qd_slice, paths.count);
        for (size_t i = 0; i < paths.count; i++) terms[i] = paths.data[i].tokens[0]->term;
        *node = qd_node_synonym(arena, builder->field, terms, paths.count);
        return QD_OK;
    }
    if (paths.count == 1) return path_node(builder, &paths.data[0], phrase, node, error);
    if (paths.count == 0) return QD_OK;
    *node = qd_node_boolean_make(arena);
    for (size_t i = 0; i < paths.count; i++) {
        struct qd_node *one;
        QD_TRY(path_node(builder, &paths.data[i], phrase, &one, error));
        qd_node_boolean_add(*node, arena, QD_SHOULD, one);
    }
    return QD_OK;
}

static enum qd_status graph_of_tokens(struct token_builder *builder, struct qd_node **node,
                                      struct qd_error *error)
{
    bool quoted = builder->options->type == QD_TEXT_PHRASE || builder->options->type == QD_TEXT_PHRASE_PREFIX;
    bool phrase = quoted || builder->options->synonyms_phrase;
    uint32_t end = graph_end(builder);
    /* A quoted graph is the union of all phrases through it. */
    if (quoted) return side_paths(builder, 0, end, true, node, error);
    enum qd_occur occur = builder->options->conjunction ? QD_MUST : QD_SHOULD;
    struct qd_arena *arena = builder->context->arena;
    struct qd_node *boolean = qd_node_boolean_make(arena);
    for (uint32_t from = 0; from < end;) {
        uint32_t to = from + 1;
        while (to < end && !is_articulation(builder, to)) to++;
        struct qd_node *one;
        QD_TRY(side_paths(builder, from, to, phrase, &one, error));
        if (one != NULL) qd_node_boolean_add(boolean, arena, occur, one);
        from = to;
    }
    size_t count;
    const struct qd_clause *clauses = qd_node_boolean_clauses(boolean, &count, NULL);
    *node = count == 1 ? clauses[0].node : boolean;
    return QD_OK;
}

static enum qd_status analyse(struct token_builder *builder, const struct qd_analyzer *analyzer,
                              struct qd_slice text, struct qd_error *error)
{
    struct qd_token_list tokens = { 0 };
    struct qd_arena *arena = builder->context->arena;
    QD_TRY(qd_analyzer_run(analyzer, arena, text, &tokens, error));
    builder->tokens = QD_NEW_ARRAY(arena, struct placed, tokens.count + 1);
    uint32_t position = UINT32_MAX;
    for (size_t i = 0; i < tokens.count; i++) {
        const struct qd_token *token = &tokens.data[i];
        position += i == 0 && token->position_increment == 0 ? 1 : token->position_increment;
        if (token->position_increment == 0) builder->synonyms = builder->synonyms || i > 0;
        if (i == 0 || token->position_increment > 0) builder->positions++;
        if (token->position_length > 1) builder->graph = true;
        builder->tokens[i] = (struct placed){ token->term, position,
                                              token->position_length == 0 ? 1 : token->position_length };
    }
    builder->graph = builder->graph && !qd_analyzer_mixes_lengths(analyzer);
    builder->count = tokens.count;
    builder->ends = tokens.count > 0 && tokens.data[tokens.count - 1].end_offset == tokens.final_offset;
    return QD_OK;
}

static enum qd_status tokens_node(struct token_builder *builder, struct qd_node **node,
                                  struct qd_error *error)
{
    enum qd_text_type type = builder->options->type;
    if (builder->count == 0) {
        *node = NULL;
        return QD_OK;
    }
    if (builder->graph && builder->count > 1) return graph_of_tokens(builder, node, error);
    if (type == QD_TEXT_PHRASE_PREFIX)
        return phrase_of_tokens(builder, builder->tokens, builder->count, node, error);
    if (type == QD_TEXT_PHRASE && builder->positions > 1)
        return phrase_of_tokens(builder, builder->tokens, builder->count, node, error);
    return boolean_of_tokens(builder, node, error);
}

static enum qd_status unanalysed(struct qd_query_context *context, const struct qd_text_options *options,
                                 const struct qd_field *field, struct qd_slice text, struct qd_node **node,
                                 struct qd_error *error)
{
    struct token_builder builder = { .context = context, .options = options, .field = field };
    if (options->type == QD_TEXT_PHRASE_PREFIX) return check_positions(&builder, error);
    if (options->type == QD_TEXT_BOOLEAN_PREFIX && qd_field_has_words(field))
        return qd_text_prefix(context, field, text, node, error);
    return qd_text_term(context, options, field, text, node, error);
}

enum qd_status qd_text_node(struct qd_query_context *context, const struct qd_text_options *options,
                            struct qd_slice name, struct qd_slice text, struct qd_node **node,
                            struct qd_error *error)
{
    const struct qd_field *field = qd_mapping_field(context->view->mapping, name);
    if (field == NULL) {
        *node = qd_node_none(context->arena, "unmapped fields [%.*s]", QD_SLICE_ARG(name));
        return QD_OK;
    }
    const struct qd_analyzer *analyzer;
    QD_TRY(qd_text_analyzer(context, options, field, &analyzer, error));
    struct qd_error own;
    qd_error_init(&own, context->arena);
    struct qd_error *at = options->lenient ? &own : error;
    enum qd_status status;
    if (analyzer == NULL) {
        status = unanalysed(context, options, field, text, node, at);
    } else {
        struct token_builder builder = { .context = context, .options = options, .field = field };
        status = analyse(&builder, analyzer, text, at);
        if (status == QD_OK) status = tokens_node(&builder, node, at);
    }
    if (status != QD_OK && options->lenient && status != QD_CORRUPTION) {
        *node = qd_text_lenient_none(context, name, status, &own);
        return QD_OK;
    }
    QD_TRY(status);
    if (*node != NULL) return QD_OK;
    if (options->zero_terms == QD_ZERO_TERMS_NONE)
        *node = qd_node_none(context->arena, "Matching no documents because no terms present");
    else if (options->zero_terms == QD_ZERO_TERMS_ALL) *node = qd_node_all(context->arena);
    return QD_OK;
}
