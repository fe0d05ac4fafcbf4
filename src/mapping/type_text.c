#include <string.h>

#include "mapping/accumulate.h"
#include "mapping/type_hidden.h"
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
    { .name = "term_vector", .kind = QD_PARAMETER_CHOICE, .choices = term_vectors, .compared_later = true },
    { .name = "norms", .kind = QD_PARAMETER_BOOLEAN, .default_integer = 1 },
    { .name = "analyzer", .kind = QD_PARAMETER_ANALYZER },
    { .name = "search_analyzer", .kind = QD_PARAMETER_ANALYZER, .updatable = true },
    { .name = "search_quote_analyzer", .kind = QD_PARAMETER_ANALYZER, .updatable = true },
    { .name = "similarity", .kind = QD_PARAMETER_SIMILARITY },
    { .name = "eager_global_ordinals", .kind = QD_PARAMETER_BOOLEAN, .updatable = true },
    { .name = "position_increment_gap", .kind = QD_PARAMETER_INTEGER, .default_integer = -1 },
    { .name = "fielddata", .kind = QD_PARAMETER_BOOLEAN, .updatable = true },
    { .name = "fielddata_frequency_filter", .kind = QD_PARAMETER_FREQUENCY_FILTER, .updatable = true },
    { .name = "index_prefixes",
      .kind = QD_PARAMETER_PREFIXES,
      .accepts_null = true,
      .compared_later = true },
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
    field->analyzer_name = value_of(mapper, "analyzer")->text;
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
    field->boost = (float)value_of(mapper, "boost")->number;
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
    qd_hidden_fields_make(build, mapper);
    return QD_OK;
}

/* ---- documents ---- */

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
        QD_TRY(qd_hidden_field_add(context, mapper->prefix_field, &tokens, error));
        QD_TRY(qd_hidden_field_add(context, mapper->phrase_field, &tokens, error));
    }
    if (field->stored) {
        struct qd_slice json = qd_json_quote(context->arena, text);
        qd_add_stored(context, mapper, json);
        qd_hidden_field_store(context, mapper->prefix_field, json);
        qd_hidden_field_store(context, mapper->phrase_field, json);
    }
    if (!field->has_norms && (field->indexed || field->stored)) qd_add_field_name(context, mapper);
    return QD_OK;
}

const struct qd_field_kind qd_kind_text = { QD_FIELD_TEXT, "text", parameters, COUNT(parameters),
                                            configure,     parse,  false };
const struct qd_field_kind qd_kind_match_only_text = {
    QD_FIELD_MATCH_ONLY_TEXT, "match_only_text", parameters, COUNT(parameters), configure, parse, false
};
