#include <string.h>

#include "base/text.h"
#include "mapping/accumulate.h"
#include "mapping/type_text.h"

/* Lucene refuses to index a longer term; see type_keyword.c for untokenised ones. */

static const char *const index_options[] = { "positions", "docs", "freqs", "offsets", NULL };
static const char *const term_vectors[] = { "no",
                                            "yes",
                                            "with_positions",
                                            "with_offsets",
                                            "with_positions_offsets",
                                            "with_positions_payloads",
                                            "with_positions_offsets_payloads",
                                            NULL };

static const struct qd_parameter parameters[] = {
    { .name = "boost", .kind = QD_PARAMETER_FLOAT, .updatable = true, .default_integer = 1 },
    { .name = "index", .kind = QD_PARAMETER_BOOLEAN, .default_integer = 1 },
    { .name = "store", .kind = QD_PARAMETER_BOOLEAN },
    { .name = "meta", .kind = QD_PARAMETER_META, .updatable = true },
    { .name = "index_options", .kind = QD_PARAMETER_CHOICE, .choices = index_options },
    { .name = "term_vector", .kind = QD_PARAMETER_CHOICE, .choices = term_vectors },
    { .name = "norms", .kind = QD_PARAMETER_BOOLEAN, .default_integer = 1 },
    { .name = "analyzer", .kind = QD_PARAMETER_ANALYZER },
    { .name = "search_analyzer", .kind = QD_PARAMETER_ANALYZER, .updatable = true },
    { .name = "search_quote_analyzer", .kind = QD_PARAMETER_ANALYZER, .updatable = true },
    { .name = "similarity", .kind = QD_PARAMETER_SIMILARITY },
    { .name = "eager_global_ordinals", .kind = QD_PARAMETER_BOOLEAN, .updatable = true },
    { .name = "position_increment_gap", .kind = QD_PARAMETER_INTEGER, .default_integer = -1 },
    { .name = "fielddata", .kind = QD_PARAMETER_BOOLEAN, .updatable = true },
    { .name = "fielddata_frequency_filter", .kind = QD_PARAMETER_FREQUENCY_FILTER, .updatable = true },
    { .name = "index_prefixes", .kind = QD_PARAMETER_PREFIXES, .accepts_null = true },
    { .name = "index_phrases", .kind = QD_PARAMETER_BOOLEAN },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A parameter's value for changing. */
static struct qd_parameter_value *value_of(struct qd_field_mapper *mapper, const char *name)
{
    size_t i = 0;
    while (strcmp(mapper->kind->parameters[i].name, name) != 0) i++;
    return &mapper->values[i];
}

/* An analyzer that was not named follows the one before it: search follows analyzer, search_quote follows
 * search. The index's "default_search" and "default_search_quote" stand in when nothing at all was named. */
static void follow_analyzers(struct qd_mapping_build *build, struct qd_field_mapper *mapper)
{
    const struct qd_parameter_value *index = value_of(mapper, "analyzer");
    struct qd_parameter_value *search = value_of(mapper, "search_analyzer");
    struct qd_parameter_value *quote = value_of(mapper, "search_quote_analyzer");
    const struct qd_analyzer *stand_in = NULL;
    if (!search->given) {
        *search = *index;
        search->given = false;
        stand_in = qd_analysis_analyzer(build->registry, QD_SLICE("default_search"));
        if (!index->given && stand_in != NULL) {
            search->analyzer = stand_in;
            search->text = QD_SLICE("default_search");
            search->json = QD_SLICE("\"default_search\"");
        }
    }
    if (quote->given) return;
    *quote = *search;
    quote->given = false;
    stand_in = qd_analysis_analyzer(build->registry, QD_SLICE("default_search_quote"));
    if (!index->given && !search->given && stand_in != NULL) {
        quote->analyzer = stand_in;
        quote->text = QD_SLICE("default_search_quote");
        quote->json = QD_SLICE("\"default_search_quote\"");
    }
}

static enum qd_index_options options_of(struct qd_slice name)
{
    if (qd_slice_is(name, "docs")) return QD_INDEX_DOCS;
    if (qd_slice_is(name, "freqs")) return QD_INDEX_FREQS;
    return qd_slice_is(name, "offsets") ? QD_INDEX_OFFSETS : QD_INDEX_POSITIONS;
}

static void similarity_parameter(const struct qd_json *settings, const char *name, float *value)
{
    double number = 0;
    if (qd_json_double(qd_json_get(settings, name), &number)) *value = (float)number;
}

struct qd_similarity qd_similarity_named(const struct qd_mapping_build *build,
                                         const struct qd_parameter_value *value)
{
    struct qd_similarity similarity = { QD_SIMILARITY_BM25, 1.2F, 0.75F, true };
    struct qd_slice name = value == NULL || value->null ? QD_SLICE("default") : value->text;
    const struct qd_json *settings = qd_json_get_slice(build->similarity_settings, name);
    struct qd_slice type = settings == NULL ? name : qd_json_text(qd_json_get(settings, "type"));
    if (qd_slice_is(type, "boolean")) similarity.kind = QD_SIMILARITY_BOOLEAN;
    similarity_parameter(settings, "k1", &similarity.k1);
    similarity_parameter(settings, "b", &similarity.b);
    if (qd_slice_is(qd_json_text(qd_json_get(settings, "discount_overlaps")), "false")) {
        similarity.discount_overlaps = false;
    }
    return similarity;
}

/* A hidden sub-field that shares the text's analyzer. */
static struct qd_field_mapper *hidden_field(struct qd_mapping_build *build, struct qd_field_mapper *mapper,
                                            struct qd_slice suffix, enum qd_index_options options)
{
    struct qd_field_mapper *hidden = QD_NEW(build->arena, struct qd_field_mapper);
    hidden->base.kind = QD_MAPPER_FIELD;
    hidden->base.name = suffix;
    hidden->base.path = qd_path_join(build->arena, mapper->base.path, suffix);
    hidden->kind = mapper->kind;
    memcpy(hidden->values, mapper->values, sizeof(hidden->values));
    hidden->hidden = true;
    hidden->slot = UINT32_MAX;
    hidden->owner = mapper;
    qd_map_init(&hidden->multi_fields, build->arena);
    hidden->field = mapper->field;
    hidden->field.name = hidden->base.path;
    hidden->field.has_norms = false;
    hidden->field.stored = false;
    hidden->field.index_options = options;
    hidden->field.index_phrases = false;
    return hidden;
}

static enum qd_status check_options(const struct qd_field_mapper *mapper, struct qd_error *error)
{
    const struct qd_field *field = &mapper->field;
    struct qd_slice name = mapper->base.name;
    bool positions = field->index_options >= QD_INDEX_POSITIONS;
    bool gap = qd_field_value(mapper, "position_increment_gap")->integer !=
               -1; /* -1 stands for the analyzer's own gap */
    if (gap && !field->indexed && field->type == QD_FIELD_MATCH_ONLY_TEXT) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Cannot set position_increment_gap on field [%.*s] without indexing enabled",
                            QD_SLICE_ARG(name));
    }
    if (gap && !positions && field->type == QD_FIELD_TEXT) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Cannot set position_increment_gap on field [%.*s] without positions enabled",
                            QD_SLICE_ARG(name));
    }
    if (!qd_field_value(mapper, "index_prefixes")->null && !field->indexed) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Cannot set index_prefixes on unindexed field [%.*s]",
                            QD_SLICE_ARG(name));
    }
    if (field->fielddata && !field->indexed) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Cannot enable fielddata on a [%s] field that is not indexed: [%.*s]",
                            field->type_name, QD_SLICE_ARG(field->name));
    }
    if (!field->index_phrases) return QD_OK;
    if (!field->indexed) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Cannot set index_phrases on unindexed field [%.*s]",
                            QD_SLICE_ARG(name));
    }
    if (positions) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "Cannot set index_phrases on field [%.*s] if positions are not enabled",
                        QD_SLICE_ARG(name));
}

static enum qd_status check_match_only(struct qd_field_mapper *mapper, struct qd_error *error)
{
    const struct qd_parameter_value *norms = value_of(mapper, "norms");
    if (norms->given && norms->boolean) {
        return qd_error_set(error, QD_MAPPER_PARSING, "Norms cannot be enabled on for match_only_text field");
    }
    if (value_of(mapper, "index_phrases")->boolean) {
        return qd_error_set(
            error, QD_MAPPER_PARSING,
            "Index phrases cannot be enabled on for match_only_text field. Use text field instead");
    }
    if (!value_of(mapper, "index_prefixes")->null) {
        return qd_error_set(
            error, QD_MAPPER_PARSING,
            "Index prefixes cannot be enabled on for match_only_text field. Use text field instead");
    }
    return QD_OK;
}

static void fill_field(struct qd_mapping_build *build, struct qd_field_mapper *mapper)
{
    struct qd_field *field = &mapper->field;
    bool match_only = mapper->kind->type == QD_FIELD_MATCH_ONLY_TEXT;
    *field = (struct qd_field){ 0 };
    field->name = mapper->base.path;
    field->type = mapper->kind->type;
    field->type_name = mapper->kind->name;
    field->indexed = value_of(mapper, "index")->boolean;
    field->stored = value_of(mapper, "store")->boolean;
    if (field->indexed) {
        field->index_options =
            match_only ? QD_INDEX_DOCS : options_of(value_of(mapper, "index_options")->text);
        field->has_norms = !match_only && value_of(mapper, "norms")->boolean;
    }
    field->analyzer = value_of(mapper, "analyzer")->analyzer;
    field->search_analyzer = value_of(mapper, "search_analyzer")->analyzer;
    field->search_analyzer_name = value_of(mapper, "search_analyzer")->text;
    field->search_quote_analyzer = value_of(mapper, "search_quote_analyzer")->analyzer;
    field->fielddata = value_of(mapper, "fielddata")->boolean;
    const struct qd_parameter_value *frequencies = value_of(mapper, "fielddata_frequency_filter");
    field->fielddata_min = frequencies->number;
    field->fielddata_max = frequencies->number_max;
    field->fielddata_segment_min = frequencies->integer;
    int64_t gap = value_of(mapper, "position_increment_gap")->integer;
    field->position_increment_gap =
        gap < 0 ? qd_analyzer_position_increment_gap(field->analyzer) : (uint32_t)gap;
    field->ignore_above = INT64_MAX;
    field->similarity = qd_similarity_named(build, value_of(mapper, "similarity"));
    field->eager_global_ordinals = value_of(mapper, "eager_global_ordinals")->boolean;
    field->index_phrases = value_of(mapper, "index_phrases")->boolean;
    field->index_prefix_min = (int)value_of(mapper, "index_prefixes")->integer;
    field->index_prefix_max = (int)value_of(mapper, "index_prefixes")->second;
    field->meta = value_of(mapper, "meta")->node;
}

static enum qd_status configure(struct qd_mapping_build *build, struct qd_field_mapper *mapper,
                                struct qd_error *error)
{
    if (mapper->kind->type == QD_FIELD_MATCH_ONLY_TEXT) {
        QD_TRY(check_match_only(mapper, error));
        /* Both are accepted and have no effect. */
        struct qd_parameter_value *norms = value_of(mapper, "norms");
        qd_parameter_default(build, &parameters[norms - mapper->values], norms);
        struct qd_parameter_value *options = value_of(mapper, "index_options");
        qd_parameter_default(build, &parameters[options - mapper->values], options);
    }
    follow_analyzers(build, mapper);
    fill_field(build, mapper);
    QD_TRY(check_options(mapper, error));
    mapper->prefix_field = NULL;
    mapper->phrase_field = NULL;
    struct qd_field *field = &mapper->field;
    if (field->index_prefix_max > 0) {
        enum qd_index_options options =
            field->index_options >= QD_INDEX_POSITIONS ? field->index_options : QD_INDEX_DOCS;
        mapper->prefix_field = hidden_field(build, mapper, QD_SLICE("_index_prefix"), options);
        mapper->prefix_field->field.index_prefix_min = field->index_prefix_min;
    }
    if (field->index_phrases) {
        mapper->phrase_field = hidden_field(build, mapper, QD_SLICE("_index_phrase"), QD_INDEX_POSITIONS);
        mapper->phrase_field->field.index_prefix_min = 0;
        mapper->phrase_field->field.index_prefix_max = 0;
        mapper->phrase_field->field.has_norms = field->has_norms;
    }
    return QD_OK;
}

/* ---- documents ---- */

/* Each token's prefixes of min to max code points, at the token's position. */
static void add_prefixes(struct qd_parse_context *context, struct qd_field_mapper *mapper,
                         const struct qd_token_list *tokens)
{
    struct qd_token_list *list = qd_add_token_list(context, mapper);
    if (list == NULL) return;
    list->final_position_increment = tokens->final_position_increment;
    list->final_offset = tokens->final_offset;
    uint32_t skipped = 0;
    for (size_t i = 0; i < tokens->count; i++) {
        const struct qd_token *token = &tokens->data[i];
        uint32_t increment = token->position_increment + skipped;
        size_t end = 0;
        for (int length = 1; length <= mapper->field.index_prefix_max && end < token->term.size; length++) {
            qd_utf8_decode(token->term, &end);
            if (length < mapper->field.index_prefix_min) continue;
            struct qd_token *prefix = QD_PUSH(context->arena, list);
            *prefix = *token;
            prefix->term = qd_slice_sub(token->term, 0, end);
            prefix->position_increment = increment;
            increment = 0;
        }
        skipped = increment;
    }
}

/* A token and what follows it; `_` stands for a hole. */
static void add_shingle(struct qd_parse_context *context, struct qd_token_list *list,
                        const struct qd_token *left, const struct qd_token *right, uint32_t increment)
{
    struct qd_slice second = right == NULL ? QD_SLICE("_") : right->term;
    char *text = qd_arena_alloc(context->arena, left->term.size + second.size + 1);
    memcpy(text, left->term.data, left->term.size);
    text[left->term.size] = ' ';
    memcpy(text + left->term.size + 1, second.data, second.size);
    struct qd_token *shingle = QD_PUSH(context->arena, list);
    *shingle = *left;
    shingle->term = qd_slice_make(text, left->term.size + second.size + 1);
    if (right != NULL) shingle->end_offset = right->end_offset;
    shingle->position_increment = increment;
    shingle->position_length = 1;
}

/* Shingles of each token with all that stand at the next position, or with the hole there. */
static void add_phrases(struct qd_parse_context *context, struct qd_field_mapper *mapper,
                        const struct qd_token_list *tokens)
{
    struct qd_token_list *list = qd_add_token_list(context, mapper);
    if (list == NULL) return;
    list->final_offset = tokens->final_offset;
    for (size_t i = 0; i < tokens->count; i++) {
        const struct qd_token *left = &tokens->data[i];
        uint32_t increment = left->position_increment;
        size_t next = i + 1;
        while (next < tokens->count && tokens->data[next].position_increment == 0) next++;
        if (next == tokens->count) {
            if (tokens->final_position_increment > 0) add_shingle(context, list, left, NULL, increment);
            continue;
        }
        bool hole = tokens->data[next].position_increment > 1;
        do {
            add_shingle(context, list, left, hole ? NULL : &tokens->data[next], increment);
            increment = 0;
        } while (++next < tokens->count && tokens->data[next].position_increment == 0);
    }
}

static enum qd_status parse(struct qd_parse_context *context, struct qd_field_mapper *mapper,
                            const struct qd_json *value, struct qd_error *error)
{
    if (qd_json_is_null(value)) return QD_OK;
    struct qd_slice text = { 0 };
    QD_TRY(qd_value_text(context, value, &text, error));
    const struct qd_field *field = &mapper->field;
    if (field->indexed) {
        struct qd_token_list tokens = { 0 };
        struct qd_word_memo *words = context->input->memo == NULL ? NULL : context->input->memo->words;
        QD_TRY(qd_word_memo_run(words, field->analyzer, context->arena, text, &tokens, error));
        struct qd_token_list *list = qd_add_token_list(context, mapper);
        if (list != NULL) *list = tokens;
        if (mapper->prefix_field != NULL) add_prefixes(context, mapper->prefix_field, &tokens);
        if (mapper->phrase_field != NULL) add_phrases(context, mapper->phrase_field, &tokens);
    }
    if (field->stored) qd_add_stored(context, mapper, qd_json_quote(context->arena, text));
    if (!field->has_norms && (field->indexed || field->stored)) qd_add_field_name(context, mapper);
    return QD_OK;
}

const struct qd_field_kind qd_kind_text = { QD_FIELD_TEXT, "text", parameters, COUNT(parameters),
                                            configure,     parse,  false };
const struct qd_field_kind qd_kind_match_only_text = {
    QD_FIELD_MATCH_ONLY_TEXT, "match_only_text", parameters, COUNT(parameters), configure, parse, false
};
