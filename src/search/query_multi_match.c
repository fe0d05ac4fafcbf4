/* multi_match, combined_fields, common. Source: OpenSearch MultiMatchQueryBuilder,
 * index.search.MultiMatchQuery. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_writer.h"
#include "base/number.h"
#include "base/text.h"
#include "search/query_blend.h"
#include "search/query_text.h"

enum multi_type { MULTI_BEST, MULTI_MOST, MULTI_CROSS, MULTI_PHRASE, MULTI_PHRASE_PREFIX, MULTI_BOOL_PREFIX };

QD_VECTOR_TYPE(boosted_fields, struct qd_boosted_field);

struct multi_match_query {
    struct qd_query query;
    const struct qd_json *value, *fuzziness;
    const struct qd_json *fields_json;
    struct boosted_fields fields;
    struct qd_slice type_text, operator, analyzer, minimum, fuzzy_rewrite;
    const struct qd_json *zero_terms;
    int64_t slop, prefix_length, max_expansions;
    bool lenient, synonyms_phrase, transpositions, has_tie_breaker;
    float cutoff_frequency, tie_breaker;
    const struct qd_json *tie_breaker_json;
    enum multi_type type;
    struct qd_text_options options;
};

#define AT(member) offsetof(struct multi_match_query, member)

static const struct qd_query_option options_table[] = {
    { "query", QD_OPTION_JSON, AT(value), 0 },
    { "fields", QD_OPTION_FIELDS, AT(fields_json), QD_TAKES_CONTAINERS | QD_TAKES_NULL },
    { "type", QD_OPTION_TEXT, AT(type_text), 0 },
    { "analyzer", QD_OPTION_TEXT, AT(analyzer), 0 },
    { "slop", QD_OPTION_INT, AT(slop), 0 },
    { "fuzziness", QD_OPTION_JSON, AT(fuzziness), 0 },
    { "prefix_length", QD_OPTION_INT, AT(prefix_length), 0 },
    { "max_expansions", QD_OPTION_INT, AT(max_expansions), 0 },
    { "operator", QD_OPTION_TEXT, AT(operator), 0 },
    { "minimum_should_match", QD_OPTION_TEXT, AT(minimum), 0 },
    { "fuzzy_rewrite", QD_OPTION_TEXT, AT(fuzzy_rewrite), 0 },
    { "tie_breaker", QD_OPTION_JSON, AT(tie_breaker_json), 0 },
    { "cutoff_frequency", QD_OPTION_FLOAT, AT(cutoff_frequency), 0 },
    { "lenient", QD_OPTION_BOOLEAN, AT(lenient), 0 },
    { "zero_terms_query", QD_OPTION_JSON, AT(zero_terms), 0 },
    { "auto_generate_synonyms_phrase_query", QD_OPTION_BOOLEAN, AT(synonyms_phrase), 0 },
    { "fuzzy_transpositions", QD_OPTION_BOOLEAN, AT(transpositions), 0 },
};

static enum qd_status type_of(struct qd_slice text, enum multi_type *type, struct qd_error *error)
{
    static const struct {
        const char *name;
        enum multi_type type;
    } names[] = { { "best_fields", MULTI_BEST },
                  { "most_fields", MULTI_MOST },
                  { "cross_fields", MULTI_CROSS },
                  { "phrase", MULTI_PHRASE },
                  { "phrase_prefix", MULTI_PHRASE_PREFIX },
                  { "bool_prefix", MULTI_BOOL_PREFIX },
                  { "boolean", MULTI_BEST } };
    if (text.data == NULL) return QD_OK;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (!qd_slice_is(text, names[i].name)) continue;
        *type = names[i].type;
        return QD_OK;
    }
    return qd_error_set(error, QD_OPENSEARCH_PARSE,
                        "failed to parse [multi_match] query type [%.*s]. unknown type.",
                        QD_SLICE_ARG(text));
}

enum qd_status qd_boosted_field_parse(struct qd_slice text, struct qd_boosted_field *field,
                                      struct qd_error *error)
{
    size_t caret = qd_slice_find_byte(text, '^');
    *field = (struct qd_boosted_field){ .name = text, .boost = 1.0f };
    if (caret == SIZE_MAX) return QD_OK;
    field->name.size = caret;
    struct qd_slice number = { text.data + caret + 1, text.size - caret - 1 };
    if (qd_parse_float(number, &field->boost)) return QD_OK;
    if (qd_trim(number).size == 0) return qd_error_set(error, QD_NUMBER_FORMAT, "empty String");
    return qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(number));
}

bool qd_boosted_field_says(const struct qd_boosted_field *fields, size_t count,
                           const struct qd_boosted_field *entry, struct qd_slice text)
{
    bool says = entry->name.size < text.size;
    bool known = false;
    for (size_t i = 0; i < count; i++) known = known || qd_slice_equal(fields[i].name, entry->name);
    return says || !known;
}

enum qd_status qd_boosted_fields_check_signs(const struct qd_json *list, const char *name,
                                             struct qd_slice text, const char *rest, struct qd_error *error)
{
    bool scalar = qd_query_is_value(list);
    struct qd_json_iterator at = qd_json_iterate(list);
    while (scalar || qd_json_next(&at)) {
        struct qd_boosted_field field;
        QD_TRY(qd_boosted_field_parse(qd_json_text(scalar ? list : at.value), &field, error));
        /* Of two entries for one name the last counts; one without a boost says nothing in query strings. */
        struct qd_json_iterator later = at;
        bool again = false;
        while (!scalar && qd_json_next(&later)) {
            struct qd_boosted_field other;
            struct qd_slice entry = qd_json_text(later.value);
            QD_TRY(qd_boosted_field_parse(entry, &other, error));
            bool says = strcmp(name, "multi_match") == 0 || other.name.size < entry.size;
            again = again || (says && qd_slice_equal(other.name, field.name));
        }
        if (field.boost < 0 && !again)
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                                "negative [boost] are not allowed in [{\n  \"%s\" : {\n    \"query\" : "
                                "%.*s,\n%s    \"boost\" : 1.0\n  }\n}], use a value between 0 and 1 to "
                                "deboost",
                                name, QD_SLICE_ARG(text), rest);
        if (scalar) break;
    }
    return QD_OK;
}

struct qd_slice qd_boosted_fields_quote(struct qd_arena *arena, struct qd_slice text)
{
    struct qd_buffer out = { 0 };
    struct qd_json_writer writer = { .out = &out };
    qd_json_string(&writer, text);
    struct qd_slice quoted = qd_arena_copy(arena, qd_buffer_view(&out));
    qd_buffer_deinit(&out);
    return quoted;
}

static enum qd_status parse_fields(struct qd_query_parser *parser, struct multi_match_query *self,
                                   struct qd_error *error)
{
    struct qd_boosted_field field;
    if (self->fields_json == NULL) return QD_OK;
    if (!qd_json_is_array(self->fields_json)) {
        QD_TRY(qd_boosted_field_parse(qd_json_text(self->fields_json), &field, error));
        *QD_PUSH(parser->arena, &self->fields) = field;
        return QD_OK;
    }
    struct qd_json_iterator at = qd_json_iterate(self->fields_json);
    while (qd_json_next(&at)) {
        QD_TRY(qd_boosted_field_parse(qd_json_text(at.value), &field, error));
        *QD_PUSH(parser->arena, &self->fields) = field;
    }
    return QD_OK;
}

static enum qd_status text_options_of(struct qd_query_parser *parser, struct multi_match_query *self,
                                      struct qd_error *error)
{
    static const enum qd_text_type types[] = {
        QD_TEXT_BOOLEAN, QD_TEXT_BOOLEAN,       QD_TEXT_BOOLEAN,
        QD_TEXT_PHRASE,  QD_TEXT_PHRASE_PREFIX, QD_TEXT_BOOLEAN_PREFIX
    };
    struct qd_text_options *options = &self->options;
    *options = qd_text_options_default();
    options->type = types[self->type];
    QD_TRY(qd_text_operator(parser, self->operator, &options->conjunction, error));
    options->analyzer = self->analyzer;
    options->slop = self->slop;
    options->prefix_length = self->prefix_length;
    options->max_expansions = self->max_expansions;
    options->transpositions = self->transpositions;
    options->lenient = self->lenient;
    options->synonyms_phrase = self->synonyms_phrase;
    QD_TRY(qd_text_zero_terms(parser, self->zero_terms, &options->zero_terms, error));
    if (self->max_expansions <= 0)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Max expansions must be strictly great than zero.");
    if (self->slop < 0) return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "No negative slop allowed.");
    if (self->prefix_length < 0)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "No negative prefix length allowed.");
    QD_TRY(qd_rewrite_method_parse(self->fuzzy_rewrite, &options->fuzzy_rewrite, &options->fuzzy_rewrite_top,
                                   error));
    if (self->fuzziness == NULL) return QD_OK;
    options->fuzzy = true;
    return qd_text_fuzziness(self->fuzziness, &options->fuzziness, error);
}

static enum qd_status check_signs(struct qd_query_parser *parser, const struct multi_match_query *self,
                                  struct qd_error *error)
{
    struct qd_slice text = qd_json_text(self->value);
    if (qd_json_is_string(self->value)) text = qd_boosted_fields_quote(parser->arena, text);
    return qd_boosted_fields_check_signs(
        self->fields_json, "multi_match", text,
        "    \"fields\" : [ ],\n    \"type\" : \"best_fields\",\n    \"operator\" : \"OR\",\n"
        "    \"slop\" : 0,\n    \"prefix_length\" : 0,\n    \"max_expansions\" : 50,\n"
        "    \"zero_terms_query\" : \"NONE\",\n    \"auto_generate_synonyms_phrase_query\" : true,\n"
        "    \"fuzzy_transpositions\" : true,\n",
        error);
}

static enum qd_status check_member(struct qd_query_parser *parser, const struct qd_json_iterator *at,
                                   struct qd_error *error)
{
    struct qd_boosted_field field;
    enum multi_type type;
    if (qd_slice_is(at->key, "type")) return type_of(qd_json_text(at->value), &type, error);
    if (!qd_slice_is(at->key, "fields")) return qd_text_check_member(parser, at, error);
    if (qd_json_is_array(at->value)) return QD_OK;
    if (qd_query_is_value(at->value))
        return qd_boosted_field_parse(qd_json_text(at->value), &field, error);
    return qd_query_error_at(parser, at->value, error, "[multi_match] query does not support [fields]");
}

static enum qd_status multi_match_parse(struct qd_query_parser *parser, const struct qd_json *body,
                                        struct qd_query **query, struct qd_error *error)
{
    static const struct qd_query_spec spec = { .name = "multi_match",
        .options = options_table,
        .count = sizeof(options_table) / sizeof(options_table[0]),
        .check = check_member };
    struct multi_match_query *self =
        QD_QUERY_NEW(parser->arena, struct multi_match_query, &qd_query_kind_multi_match);
    self->max_expansions = 50;
    self->synonyms_phrase = self->transpositions = true;
    QD_TRY(qd_query_parse_members(parser, &spec, body, &self->query, error));
    QD_TRY(parse_fields(parser, self, error));
    QD_TRY(type_of(self->type_text, &self->type, error));
    if (self->value == NULL || qd_json_is_null(self->value))
        return qd_query_error_end(parser, body, error, "No text specified for multi_match query");
    if (self->fuzziness != NULL && self->type >= MULTI_CROSS && self->type <= MULTI_PHRASE_PREFIX)
        return qd_query_error_end(parser, body, error, "Fuzziness not allowed for type [%.*s]",
                                 QD_SLICE_ARG(self->type_text));
    if (self->slop != 0 && self->type == MULTI_BOOL_PREFIX)
        return qd_query_error_end(parser, body, error, "[slop] not allowed for type [bool_prefix]");
    if (self->cutoff_frequency > 0 && self->type == MULTI_BOOL_PREFIX)
        return qd_query_error_end(parser, body, error,
                                  "[cutoff_frequency] not allowed for type [bool_prefix]");
    QD_TRY(check_signs(parser, self, error));
    if (self->tie_breaker_json != NULL) {
        self->has_tie_breaker = true;
        QD_TRY(qd_query_float(parser, self->tie_breaker_json, &self->tie_breaker, error));
    }
    *query = &self->query;
    return text_options_of(parser, self, error);
}

/* ---- fields ---- */
/* The bucket of a name in a Java HashMap of `buckets` (a power of two): the reference walks its fields in
 * that order. */
static uint32_t java_bucket(struct qd_slice name, uint32_t buckets, struct qd_arena *arena)
{
    size_t count;
    const uint16_t *units = qd_utf16_from_utf8(arena, name, &count);
    uint32_t hash = 0;
    for (size_t i = 0; i < count; i++) hash = hash * 31 + units[i];
    return (hash ^ hash >> 16) & (buckets - 1);
}

/* Sorts by bucket; names of one bucket keep their order. */
static void order_as_hash_map(struct boosted_fields *list, struct qd_arena *arena)
{
    uint32_t buckets = 16;
    while (list->count > buckets / 4 * 3) buckets *= 2;
    struct qd_boosted_field *sorted = QD_NEW_ARRAY(arena, struct qd_boosted_field, list->count + 1);
    uint32_t *keys = QD_NEW_ARRAY(arena, uint32_t, list->count + 1);
    for (size_t i = 0; i < list->count; i++) {
        uint32_t key = java_bucket(list->data[i].name, buckets, arena);
        size_t at = i;
        for (; at > 0 && keys[at - 1] > key; at--) {
            keys[at] = keys[at - 1];
            sorted[at] = sorted[at - 1];
        }
        keys[at] = key;
        sorted[at] = list->data[i];
    }
    list->data = sorted;
    list->capacity = list->count;
}

void qd_query_hash_order(struct qd_slice *names, size_t count, struct qd_arena *arena)
{
    struct boosted_fields list = { 0 };
    for (size_t i = 0; i < count; i++) *QD_PUSH(arena, &list) = (struct qd_boosted_field){ names[i], 1.0f };
    order_as_hash_map(&list, arena);
    for (size_t i = 0; i < count; i++) names[i] = list.data[i].name;
}

static void add_field(struct qd_arena *arena, struct boosted_fields *list, struct qd_slice name, float boost)
{
    for (size_t i = 0; i < list->count; i++) {
        if (!qd_slice_equal(list->data[i].name, name)) continue;
        list->data[i].boost *= boost;
        return;
    }
    *QD_PUSH(arena, list) = (struct qd_boosted_field){ name, boost };
}

/* Whether "*" takes a field in: what can be searched as text or as a value. */
static bool wildcard_takes(const struct qd_field *field)
{
    if (field == NULL || field->is_metadata) return false;
    if (!qd_field_is_analyzed(field) && !field->indexed && field->column == QD_COLUMN_NONE) return false;
    return field->type != QD_FIELD_BINARY && field->type != QD_FIELD_OBJECT;
}

static bool named(const struct qd_slice *names, size_t count, struct qd_slice name)
{
    for (size_t i = 0; i < count; i++) {
        if (qd_slice_equal(names[i], name)) return true;
    }
    return false;
}

enum qd_status qd_boosted_fields_resolve(struct qd_query_context *context,
                                         const struct qd_boosted_field *given, size_t given_count,
                                         struct qd_boosted_field **fields, size_t *count,
                                         struct qd_error *error)
{
    struct boosted_fields list = { 0 };
    struct qd_arena *arena = context->arena;
    const struct qd_mapping *mapping = context->view->mapping;
    for (size_t i = 0; i < given_count; i++) {
        struct qd_slice name = given[i].name;
        /* Of two entries with the same text only the last counts. */
        bool again = false;
        for (size_t k = i + 1; k < given_count; k++) again = again || qd_slice_equal(given[k].name, name);
        if (again) continue;
        if (qd_slice_find_byte(name, '*') == SIZE_MAX) {
            const struct qd_field *field = qd_mapping_field(mapping, name);
            if (field != NULL) add_field(arena, &list, name, given[i].boost);
            continue;
        }
        struct qd_slice *names;
        size_t matches = qd_mapping_match(mapping, name, arena, &names);
        for (size_t k = 0; k < matches; k++) {
            const struct qd_field *field = qd_mapping_field(mapping, names[k]);
            if (!wildcard_takes(field)) continue;
            bool matched = named(names, matches, field->name);
            add_field(arena, &list, matched ? field->name : names[k], given[i].boost);
        }
    }
    int64_t max = context->view->limits.max_clause_count;
    if (max > 0 && (int64_t)list.count > max)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "field expansion matches too many fields, limit: %lld, got: %zu", (long long)max,
                            list.count);
    order_as_hash_map(&list, arena);
    *fields = list.data;
    *count = list.count;
    return QD_OK;
}

static bool all_fields(const struct qd_boosted_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (qd_slice_is(fields[i].name, "*")) return true;
    }
    return false;
}

static enum qd_status field_node(const struct multi_match_query *self, const struct qd_text_options *options,
                                 struct qd_query_context *context, const struct qd_boosted_field *field,
                                 struct qd_node **node, struct qd_error *error)
{
    QD_TRY(qd_text_node(context, options, field->name, qd_json_text(self->value), node, error));
    if (*node == NULL) return QD_OK;
    QD_TRY(qd_text_minimum(*node, self->minimum, error));
    *node = qd_node_weigh(context->arena, *node, field->boost);
    return QD_OK;
}

static enum qd_status multi_match_build(const struct qd_query *query, struct qd_query_context *context,
                                        struct qd_node **node, struct qd_error *error)
{
    const struct multi_match_query *self = (const struct multi_match_query *)query;
    struct qd_arena *arena = context->arena;
    const struct qd_boosted_field *given = self->fields.data;
    QD_TRY(qd_query_check_analyzer(context, "multi_match", self->analyzer, error));
    size_t given_count = self->fields.count;
    struct qd_text_options options = self->options;
    struct boosted_fields defaults = { 0 };
    if (given_count == 0) {
        for (size_t i = 0; i < context->view->limits.default_field_count; i++)
            *QD_PUSH(arena, &defaults) =
                (struct qd_boosted_field){ context->view->limits.default_fields[i], 1.0f };
        given = defaults.data;
        given_count = defaults.count;
    }
    if (all_fields(given, given_count)) options.lenient = true;
    struct qd_boosted_field *fields;
    size_t count;
    QD_TRY(qd_boosted_fields_resolve(context, given, given_count, &fields, &count, error));
    if (count == 0) {
        *node = qd_node_none(arena, "unmapped fields []");
        return QD_OK;
    }
    float tie_breaker = self->type == MULTI_MOST || self->type == MULTI_BOOL_PREFIX ? 1.0f : 0.0f;
    if (self->has_tie_breaker) tie_breaker = self->tie_breaker;
    if (self->type == MULTI_CROSS) {
        struct qd_blend_input blend = { &options,      fields,     count, qd_json_text(self->value),
                                        self->minimum, tie_breaker };
        return qd_blend_fields(context, &blend, node, error);
    }
    struct qd_node **nodes = QD_NEW_ARRAY(arena, struct qd_node *, count);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        QD_TRY(field_node(self, &options, context, &fields[i], &nodes[kept], error));
        if (nodes[kept] != NULL) kept++;
    }
    if (kept > 1) QD_TRY(qd_query_check_tie_breaker(tie_breaker, error));
    *node = kept == 0 ? NULL : kept == 1 ? nodes[0] : qd_node_dis_max(arena, nodes, kept, tie_breaker);
    return QD_OK;
}

const struct qd_query_kind qd_query_kind_multi_match = { .name = "multi_match",
                                                         .parse = multi_match_parse,
                                                         .build = multi_match_build };
