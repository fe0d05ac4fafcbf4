#include "search/request_parts.h"

#include "base/number.h"
#include "base/units.h"
#include "base/wildcard.h"

enum qd_status qd_request_unknown_key(struct qd_object_parser *parser, const struct qd_json *value,
                                      struct qd_slice name, struct qd_error *error)
{
    if (name.data == NULL) {
        name = QD_SLICE("null");
    }
    qd_object_at(parser, value);
    return qd_object_parsing_error(parser, error, "Unknown key for a %s in [%.*s].",
                                   qd_json_token_name(value), QD_SLICE_ARG(name));
}

/* ---- _source ---- */
static enum qd_status patterns(struct qd_object_parser *parser, const struct qd_json *value,
                               const struct qd_slice **result, size_t *count, struct qd_error *error)
{
    struct qd_slice *list = QD_NEW_ARRAY(parser->arena, struct qd_slice, qd_json_size(value) + 1);
    *result = list;
    *count = 0;
    if (qd_json_is_string(value)) {
        list[(*count)++] = qd_json_text(value);
    }
    struct qd_json_iterator at = qd_json_iterate(value);
    while (qd_json_next(&at)) {
        if (!qd_json_is_string(at.value)) {
            return qd_request_unknown_key(parser, at.value, (struct qd_slice){ 0 }, error);
        }
        list[(*count)++] = qd_json_text(at.value);
    }
    return QD_OK;
}

static enum qd_status source_object(struct qd_object_parser *parser, const struct qd_json *value,
                                    struct qd_source_filter *filter, struct qd_error *error)
{
    struct qd_json_iterator at = qd_json_iterate(value);
    while (qd_json_next(&at)) {
        bool list = qd_json_is_array(at.value) || qd_json_is_string(at.value);
        if (list && (qd_slice_is(at.key, "includes") || qd_slice_is(at.key, "include"))) {
            QD_TRY(patterns(parser, at.value, &filter->includes, &filter->include_count, error));
        } else if (list && (qd_slice_is(at.key, "excludes") || qd_slice_is(at.key, "exclude"))) {
            QD_TRY(patterns(parser, at.value, &filter->excludes, &filter->exclude_count, error));
        } else {
            return qd_request_unknown_key(parser, at.value, at.key, error);
        }
    }
    for (size_t i = 0; i < filter->include_count; i++) {
        for (size_t k = 0; k < filter->exclude_count; k++) {
            if (!qd_slice_equal(filter->includes[i], filter->excludes[k])) {
                continue;
            }
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                                "The same entry [%.*s] cannot be both included and excluded in _source.",
                                QD_SLICE_ARG(filter->includes[i]));
        }
    }
    return QD_OK;
}

enum qd_status qd_request_source(struct qd_object_parser *parser, const struct qd_json *value,
                                 struct qd_search_request *request, struct qd_error *error)
{
    struct qd_source_filter *filter = &request->source;
    *filter = (struct qd_source_filter){ .fetch = true, .given = true };
    if (qd_json_is_boolean(value)) {
        filter->fetch = qd_json_boolean(value);
        return QD_OK;
    }
    if (qd_json_is_object(value)) {
        return source_object(parser, value, filter, error);
    }
    if (!qd_json_is_number(value)) {
        return patterns(parser, value, &filter->includes, &filter->include_count, error);
    }
    qd_object_at(parser, value);
    return qd_object_parsing_error(
        parser, error,
        "Expected one of [VALUE_BOOLEAN, VALUE_STRING, START_ARRAY, START_OBJECT] but found [VALUE_NUMBER]");
}

/* ---- lists of fields ---- */
enum qd_status qd_request_stored_fields(struct qd_object_parser *parser, const struct qd_json *value,
                                        struct qd_search_request *request, struct qd_error *error)
{
    struct qd_slice *list = QD_NEW_ARRAY(parser->arena, struct qd_slice, qd_json_size(value) + 1);
    size_t count = 0;
    bool none = false;
    qd_object_at(parser, value);
    if (qd_json_is_number(value) || qd_json_is_boolean(value)) {
        return qd_object_parsing_error(
            parser, error, "Expected [VALUE_STRING] or [START_ARRAY] in [stored_fields] but found [%s]",
            qd_json_token_name(value));
    }
    if (qd_json_is_string(value)) {
        list[count++] = qd_json_text(value);
    }
    struct qd_json_iterator at = qd_json_iterate(value);
    while (qd_json_next(&at)) {
        if ((qd_object_token_bit(at.value) & (QD_TOKEN_STRING | QD_TOKEN_NUMBER | QD_TOKEN_BOOLEAN)) == 0) {
            qd_object_at(parser, at.value);
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Can't get text on a %s at %lld:%lld",
                                qd_json_token_name(at.value), (long long)parser->line,
                                (long long)parser->column);
        }
        list[count++] = qd_json_text(at.value);
    }
    for (size_t i = 0; i < count; i++) {
        none = none || qd_slice_is(list[i], "_none_");
    }
    if (none && count > 1) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "cannot combine _none_ with other fields");
    }
    request->stored_fields_given = true;
    request->stored_fields = list;
    request->stored_field_count = count;
    return QD_OK;
}

static enum qd_status field_name(struct qd_object_parser *parser, const struct qd_json *value, void *target,
                                 struct qd_error *error)
{
    (void)parser, (void)error;
    ((struct qd_field_and_format *)target)->field = qd_json_text(value);
    return QD_OK;
}

static enum qd_status field_format(struct qd_object_parser *parser, const struct qd_json *value, void *target,
                                   struct qd_error *error)
{
    (void)parser, (void)error;
    if (!qd_json_is_null(value)) {
        ((struct qd_field_and_format *)target)->format = qd_json_text(value);
    }
    return QD_OK;
}

static const struct qd_object_member field_members[] = {
    { "field", QD_TOKEN_STRING, field_name },
    { "format", QD_TOKEN_STRING | QD_TOKEN_NULL, field_format },
};
static const struct qd_object_spec field_spec = { "docvalues_field", field_members, 2 };

static enum qd_status fields_and_formats(struct qd_object_parser *parser, const struct qd_json *value,
                                         const struct qd_field_and_format **result, size_t *count,
                                         struct qd_error *error)
{
    struct qd_field_and_format *list = QD_NEW_ARRAY(parser->arena, struct qd_field_and_format,
                                                    qd_json_size(value) + 1);
    struct qd_json_iterator at = qd_json_iterate(value);
    *result = list;
    *count = 0;
    while (qd_json_next(&at)) {
        struct qd_field_and_format *one = &list[(*count)++];
        if ((qd_object_token_bit(at.value) & (QD_TOKEN_STRING | QD_TOKEN_NUMBER | QD_TOKEN_BOOLEAN)) != 0) {
            one->field = qd_json_text(at.value);
            continue;
        }
        QD_TRY(qd_object_parse(parser, &field_spec, at.value, one, error));
        if (one->field.data == NULL) {
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Required [field]");
        }
    }
    return QD_OK;
}

enum qd_status qd_request_docvalue_fields(struct qd_object_parser *parser, const struct qd_json *value,
                                          struct qd_search_request *request, struct qd_error *error)
{
    return fields_and_formats(parser, value, &request->docvalue_fields, &request->docvalue_field_count,
                              error);
}

enum qd_status qd_request_fields(struct qd_object_parser *parser, const struct qd_json *value,
                                 struct qd_search_request *request, struct qd_error *error)
{
    return fields_and_formats(parser, value, &request->fields, &request->field_count, error);
}

/* ---- slice ---- */
static enum qd_status slice_field(struct qd_object_parser *parser, const struct qd_json *value, void *target,
                                  struct qd_error *error)
{
    (void)parser, (void)error;
    ((struct qd_search_request *)target)->slice_field = qd_json_text(value);
    return QD_OK;
}

/* -1 stands for a number that was not given yet. */
static enum qd_status check_slice(const struct qd_search_request *request, struct qd_error *error)
{
    if (request->slice_max == -1 || request->slice_id < request->slice_max) {
        return QD_OK;
    }
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "max must be greater than id");
}

static enum qd_status slice_id(struct qd_object_parser *parser, const struct qd_json *value, void *target,
                               struct qd_error *error)
{
    struct qd_search_request *request = target;
    QD_TRY(qd_object_int(parser, value, &request->slice_id, error));
    if (request->slice_id < 0) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "id must be greater than or equal to 0");
    }
    return check_slice(request, error);
}

static enum qd_status slice_max(struct qd_object_parser *parser, const struct qd_json *value, void *target,
                                struct qd_error *error)
{
    struct qd_search_request *request = target;
    QD_TRY(qd_object_int(parser, value, &request->slice_max, error));
    if (request->slice_max <= 1) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "max must be greater than 1");
    }
    return check_slice(request, error);
}

static const struct qd_object_member slice_members[] = {
    { "field", QD_TOKEN_STRING, slice_field },
    { "id", QD_TOKENS_NUMERIC, slice_id },
    { "max", QD_TOKENS_NUMERIC, slice_max },
};
static const struct qd_object_spec slice_spec = { "slice", slice_members, 3 };

enum qd_status qd_request_slice(struct qd_object_parser *parser, const struct qd_json *value,
                                struct qd_search_request *request, struct qd_error *error)
{
    request->slice_id = -1;
    request->slice_max = -1;
    QD_TRY(qd_object_parse(parser, &slice_spec, value, request, error));
    if (request->slice_max < 0) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "max must be greater than 1");
    }
    if (request->slice_id < 0) {
        request->slice_id = 0;
    }
    request->has_slice = true;
    return QD_OK;
}

/* ---- pit ---- */
static enum qd_status pit_text(struct qd_object_parser *parser, const struct qd_json *value, void *target,
                               struct qd_error *error)
{
    (void)parser, (void)error;
    *(bool *)target = *(bool *)target || qd_json_text(value).data != NULL;
    return QD_OK;
}

static enum qd_status pit_keep_alive(struct qd_object_parser *parser, const struct qd_json *value,
                                     void *target, struct qd_error *error)
{
    int64_t millis;
    (void)parser, (void)target;
    return qd_time_parse_millis(qd_json_text(value), "keep_alive", &millis, error);
}

static const struct qd_object_member pit_members[] = {
    { "id", QD_TOKEN_STRING, pit_text },
    { "keep_alive", QD_TOKEN_STRING, pit_keep_alive },
};
static const struct qd_object_spec pit_spec = { "pit", pit_members, 2 };

enum qd_status qd_request_pit(struct qd_object_parser *parser, const struct qd_json *value,
                              struct qd_search_request *request, struct qd_error *error)
{
    bool has_id = false;
    QD_TRY(qd_object_parse(parser, &pit_spec, value, &has_id, error));
    if (!has_id) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "point int time id is not provided");
    }
    request->pit = value;
    return QD_OK;
}

/* ---- indices_boost ---- */
static enum qd_status expected(struct qd_object_parser *parser, const struct qd_json *at, const char *wanted,
                               const char *where, struct qd_error *error)
{
    qd_object_at(parser, at);
    return qd_object_parsing_error(parser, error, "Expected [%s] in [%s] but found [%s]", wanted, where,
                                   qd_json_token_name(at));
}

static enum qd_status boost_entry(struct qd_object_parser *parser, const struct qd_json *entry,
                                  struct qd_error *error)
{
    float boost;
    struct qd_json_iterator at = qd_json_iterate(entry);
    if (!qd_json_is_object(entry)) {
        return expected(parser, entry, "START_OBJECT", "null", error);
    }
    if (!qd_json_next(&at)) {
        qd_object_at_end(parser, entry);
        return qd_object_parsing_error(parser, error,
                                       "Expected [FIELD_NAME] in [indices_boost] but found [END_OBJECT]");
    }
    if (!qd_json_is_number(at.value)) {
        return expected(parser, at.value, "VALUE_NUMBER", "indices_boost", error);
    }
    QD_TRY(qd_object_float(parser, at.value, &boost, error));
    if (!qd_json_next(&at)) {
        return QD_OK;
    }
    qd_object_at(parser, at.name);
    return qd_object_parsing_error(parser, error,
                                   "Expected [END_OBJECT] in [indices_boost] but found [FIELD_NAME]");
}

enum qd_status qd_request_indices_boost(struct qd_object_parser *parser, const struct qd_json *value,
                                        struct qd_search_request *request, struct qd_error *error)
{
    struct qd_json_iterator at = qd_json_iterate(value);
    float boost;
    while (qd_json_next(&at)) {
        if (qd_json_is_array(value)) {
            QD_TRY(boost_entry(parser, at.value, error));
            continue;
        }
        if ((qd_object_token_bit(at.value) & (QD_TOKEN_STRING | QD_TOKEN_NUMBER | QD_TOKEN_BOOLEAN)) == 0) {
            return qd_request_unknown_key(parser, at.value, at.key, error);
        }
        QD_TRY(qd_object_float(parser, at.value, &boost, error));
    }
    request->indices_boost = value;
    return QD_OK;
}

static bool boost_of(struct qd_slice pattern, const struct qd_json *value, struct qd_slice index,
                     float *boost)
{
    return qd_simple_match(pattern, index) && qd_parse_float(qd_json_text(value), boost);
}

float qd_request_index_boost(const struct qd_search_request *request, struct qd_slice index)
{
    float boost = 1;
    struct qd_json_iterator at = qd_json_iterate(request->indices_boost);
    while (qd_json_next(&at)) {
        struct qd_json_iterator entry = qd_json_iterate(at.value);
        if (!qd_json_is_object(at.value)) {
            if (boost_of(at.key, at.value, index, &boost)) {
                return boost;
            }
        } else if (qd_json_next(&entry) && boost_of(entry.key, entry.value, index, &boost)) {
            return boost;
        }
    }
    return 1;
}

/* ---- lists that are kept ---- */
enum qd_status qd_request_stats(struct qd_object_parser *parser, const struct qd_json *value,
                                struct qd_search_request *request, struct qd_error *error)
{
    struct qd_json_iterator at = qd_json_iterate(value);
    while (qd_json_next(&at)) {
        if (!qd_json_is_string(at.value)) {
            return expected(parser, at.value, "VALUE_STRING", "stats", error);
        }
    }
    request->stats = value;
    return QD_OK;
}

enum qd_status qd_request_search_after(struct qd_object_parser *parser, const struct qd_json *value,
                                       struct qd_search_request *request, struct qd_error *error)
{
    struct qd_json_iterator at = qd_json_iterate(value);
    while (qd_json_next(&at)) {
        if ((qd_object_token_bit(at.value) & QD_TOKENS_SCALAR) != 0) {
            continue;
        }
        qd_object_at(parser, at.value);
        return qd_object_parsing_error(
            parser, error,
            "Expected [VALUE_STRING] or [VALUE_NUMBER] or [VALUE_BOOLEAN] or [VALUE_NULL] "
            "but found [%s] inside search_after.",
            qd_json_token_name(at.value));
    }
    if (qd_json_size(value) == 0) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Values must contains at least one value.");
    }
    request->search_after = value;
    return QD_OK;
}

enum qd_status qd_request_ext(struct qd_object_parser *parser, const struct qd_json *value,
                              struct qd_search_request *request, struct qd_error *error)
{
    (void)parser, (void)request;
    if (qd_json_size(value) == 0) {
        return QD_OK;
    }
    return qd_error_set(error, QD_X_CONTENT_PARSE,
                        "unknown named object category [org.opensearch.search.SearchExtBuilder]");
}

/* ---- refused features ---- */
static enum qd_status refuse(const char *feature, struct qd_error *error)
{
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "[%s] is not supported by this version of Quidditch",
                        feature);
}

enum qd_status qd_request_suggest(struct qd_object_parser *parser, const struct qd_json *value,
                                  struct qd_search_request *request, struct qd_error *error)
{
    (void)parser, (void)value, (void)request;
    return refuse("suggest", error);
}

enum qd_status qd_request_rescore(struct qd_object_parser *parser, const struct qd_json *value,
                                  struct qd_search_request *request, struct qd_error *error)
{
    (void)parser, (void)request;
    if (qd_json_is_array(value) && qd_json_size(value) == 0) {
        return QD_OK;
    }
    return refuse("rescore", error);
}

enum qd_status qd_request_collapse(struct qd_object_parser *parser, const struct qd_json *value,
                                   struct qd_search_request *request, struct qd_error *error)
{
    (void)parser, (void)value, (void)request;
    return refuse("collapse", error);
}

enum qd_status qd_request_script_fields(struct qd_object_parser *parser, const struct qd_json *value,
                                        struct qd_search_request *request, struct qd_error *error)
{
    (void)parser, (void)request;
    return qd_json_size(value) == 0 ? QD_OK : refuse("script_fields", error);
}

enum qd_status qd_request_derived(struct qd_object_parser *parser, const struct qd_json *value,
                                  struct qd_search_request *request, struct qd_error *error)
{
    (void)parser, (void)request;
    return qd_json_size(value) == 0 ? QD_OK : refuse("derived", error);
}

enum qd_status qd_request_profile(struct qd_object_parser *parser, const struct qd_json *value,
                                  struct qd_search_request *request, struct qd_error *error)
{
    bool profile;
    (void)request;
    QD_TRY(qd_object_boolean(parser, value, &profile, error));
    return profile ? refuse("profile", error) : QD_OK;
}

enum qd_status qd_request_search_pipeline(struct qd_object_parser *parser, const struct qd_json *value,
                                          struct qd_search_request *request, struct qd_error *error)
{
    struct qd_slice name = qd_json_text(value);
    (void)parser, (void)request;
    if (qd_json_is_object(value)) {
        return qd_json_size(value) == 0 ? QD_OK : refuse("search_pipeline", error);
    }
    if (qd_slice_is(name, "_none")) {
        return QD_OK;
    }
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Pipeline %.*s is not defined", QD_SLICE_ARG(name));
}

enum qd_status qd_request_verbose_pipeline(struct qd_object_parser *parser, const struct qd_json *value,
                                           struct qd_search_request *request, struct qd_error *error)
{
    bool verbose;
    (void)request;
    QD_TRY(qd_object_boolean(parser, value, &verbose, error));
    if (!verbose) {
        return QD_OK;
    }
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "The 'verbose pipeline' option requires a search pipeline to be defined.");
}
