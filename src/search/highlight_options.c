#include "search/highlight_options.h"

#include "base/number.h"
#include "base/text.h"
#include "base/vector.h"
#include "search/request_object.h"

#define FRAGMENT_SIZE_DEFAULT 100
#define FRAGMENT_COUNT_DEFAULT 5

QD_VECTOR_TYPE(field_list, struct qd_highlight_field);

/* What is parsed into: the options at hand, and for the outer object the rest. */
struct target {
    struct qd_highlight_options options;
    bool pre_given, post_given;
    bool html;
    struct field_list fields;
};

typedef enum qd_status member(struct qd_object_parser *parser, const struct qd_json *value, void *target,
                              struct qd_error *error);

/* The first of one or several strings; further tags are for the fast vector highlighter. */
static struct qd_slice first_text(const struct qd_json *value)
{
    struct qd_json_iterator at = qd_json_iterate(value);
    if (qd_json_is_array(value)) {
        return qd_json_next(&at) ? qd_json_text(at.value) : QD_SLICE("");
    }
    return qd_json_text(value);
}

static enum qd_status pre_tags(struct qd_object_parser *parser, const struct qd_json *value, void *context,
                               struct qd_error *error)
{
    struct target *target = context;
    (void)parser, (void)error;
    target->options.pre_tag = first_text(value);
    target->pre_given = true;
    return QD_OK;
}

static enum qd_status post_tags(struct qd_object_parser *parser, const struct qd_json *value, void *context,
                                struct qd_error *error)
{
    struct target *target = context;
    (void)parser, (void)error;
    target->options.post_tag = first_text(value);
    target->post_given = true;
    return QD_OK;
}

static enum qd_status tags_schema(struct qd_object_parser *parser, const struct qd_json *value, void *context,
                                  struct qd_error *error)
{
    struct target *target = context;
    struct qd_slice name = qd_json_text(value);
    (void)parser;
    if (qd_slice_is(name, "default")) {
        target->options.pre_tag = QD_SLICE("<em>");
    } else if (qd_slice_is(name, "styled")) {
        target->options.pre_tag = QD_SLICE("<em class=\"hlt1\">");
    } else {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Unknown tag schema [%.*s]", QD_SLICE_ARG(name));
    }
    target->options.post_tag = QD_SLICE("</em>");
    target->post_given = true;
    return QD_OK;
}

static enum qd_status order(struct qd_object_parser *parser, const struct qd_json *value, void *context,
                            struct qd_error *error)
{
    struct target *target = context;
    (void)parser, (void)error;
    target->options.score_order = qd_equal_ignore_case(qd_json_text(value), QD_SLICE("score"));
    target->options.order_given = true;
    return QD_OK;
}

static enum qd_status require_field_match(struct qd_object_parser *parser, const struct qd_json *value,
                                          void *context, struct qd_error *error)
{
    struct target *target = context;
    target->options.require_given = true;
    return qd_object_boolean(parser, value, &target->options.require_field_match, error);
}

static enum qd_status scanner(struct qd_object_parser *parser, const struct qd_json *value, void *context,
                              struct qd_error *error)
{
    struct target *target = context;
    struct qd_slice name = qd_uppercase(parser->arena, qd_json_text(value));
    target->options.scanner_given = true;
    target->options.scanner = qd_slice_is(name, "SENTENCE") ? QD_BOUNDARY_SENTENCE
                              : qd_slice_is(name, "WORD")   ? QD_BOUNDARY_WORD
                                                            : QD_BOUNDARY_CHARS;
    if (target->options.scanner != QD_BOUNDARY_CHARS || qd_slice_is(name, "CHARS")) {
        return QD_OK;
    }
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "No enum constant org.opensearch.search.fetch.subphase.highlight.HighlightBuilder."
                        "BoundaryScannerType.%.*s",
                        QD_SLICE_ARG(name));
}

static enum qd_status fragment_size(struct qd_object_parser *parser, const struct qd_json *value,
                                    void *context, struct qd_error *error)
{
    return qd_object_int(parser, value, &((struct target *)context)->options.fragment_size, error);
}

static enum qd_status number_of_fragments(struct qd_object_parser *parser, const struct qd_json *value,
                                          void *context, struct qd_error *error)
{
    return qd_object_int(parser, value, &((struct target *)context)->options.number_of_fragments, error);
}

static enum qd_status no_match_size(struct qd_object_parser *parser, const struct qd_json *value,
                                    void *context, struct qd_error *error)
{
    return qd_object_int(parser, value, &((struct target *)context)->options.no_match_size, error);
}

static enum qd_status max_analyzer_offset(struct qd_object_parser *parser, const struct qd_json *value,
                                          void *context, struct qd_error *error)
{
    ((struct target *)context)->options.offset_given = true;
    return qd_object_int(parser, value, &((struct target *)context)->options.max_analyzer_offset, error);
}

static enum qd_status type(struct qd_object_parser *parser, const struct qd_json *value, void *context,
                           struct qd_error *error)
{
    (void)parser, (void)error;
    ((struct target *)context)->options.type = qd_json_text(value);
    return QD_OK;
}

static enum qd_status fragmenter(struct qd_object_parser *parser, const struct qd_json *value, void *context,
                                 struct qd_error *error)
{
    (void)parser, (void)error;
    ((struct target *)context)->options.fragmenter = qd_json_text(value);
    return QD_OK;
}

static enum qd_status encoder(struct qd_object_parser *parser, const struct qd_json *value, void *context,
                              struct qd_error *error)
{
    (void)parser, (void)error;
    ((struct target *)context)->html = qd_slice_is(qd_json_text(value), "html");
    return QD_OK;
}

static enum qd_status highlight_query(struct qd_object_parser *parser, const struct qd_json *value,
                                      void *context, struct qd_error *error)
{
    struct qd_query *query;
    QD_TRY(qd_query_parse_member(parser, value, &query, error));
    ((struct target *)context)->options.query = query;
    return QD_OK;
}

/* Options of the fast vector highlighter and hints that change nothing here: their types are checked. */
static enum qd_status no_effect(struct qd_object_parser *parser, const struct qd_json *value, void *context,
                                struct qd_error *error)
{
    (void)parser, (void)value, (void)context, (void)error;
    return QD_OK;
}

static enum qd_status checked_number(struct qd_object_parser *parser, const struct qd_json *value,
                                     void *context, struct qd_error *error)
{
    int64_t number;
    (void)context;
    return qd_object_int(parser, value, &number, error);
}

static member fields;

#define TEXTS (QD_TOKEN_STRING | QD_TOKEN_ARRAY)
#define COMMON_MEMBERS                                                                                       \
    { "pre_tags", TEXTS, pre_tags }, { "post_tags", TEXTS, post_tags }, { "order", QD_TOKEN_STRING, order }, \
        { "highlight_filter", QD_TOKENS_BOOLEAN, no_effect },                                                \
        { "fragment_size", QD_TOKENS_NUMERIC, fragment_size },                                               \
        { "number_of_fragments", QD_TOKENS_NUMERIC, number_of_fragments },                                   \
        { "require_field_match", QD_TOKENS_BOOLEAN, require_field_match },                                   \
        { "boundary_scanner", QD_TOKEN_STRING, scanner },                                                    \
        { "boundary_max_scan", QD_TOKENS_NUMERIC, checked_number },                                          \
        { "boundary_chars", QD_TOKEN_STRING, no_effect },                                                    \
        { "boundary_scanner_locale", QD_TOKEN_STRING, no_effect }, { "type", QD_TOKEN_STRING, type },        \
        { "fragmenter", QD_TOKEN_STRING, fragmenter },                                                       \
        { "no_match_size", QD_TOKENS_NUMERIC, no_match_size },                                               \
        { "force_source", QD_TOKENS_BOOLEAN, no_effect },                                                    \
        { "phrase_limit", QD_TOKENS_NUMERIC, checked_number },                                               \
        { "max_analyzer_offset", QD_TOKENS_NUMERIC, max_analyzer_offset },                                   \
        { "options", QD_TOKEN_OBJECT, no_effect },                                                           \
    {                                                                                                        \
        "highlight_query", QD_TOKEN_OBJECT, highlight_query                                                  \
    }

static const struct qd_object_member outer_members[] = {
    COMMON_MEMBERS,
    { "tags_schema", QD_TOKEN_STRING, tags_schema },
    { "encoder", QD_TOKEN_STRING, encoder },
    { "fields", QD_TOKEN_OBJECT | QD_TOKEN_ARRAY, fields },
};
static const struct qd_object_member inner_members[] = {
    COMMON_MEMBERS,
    { "fragment_offset", QD_TOKENS_NUMERIC, checked_number },
    { "matched_fields", TEXTS, no_effect },
};
static const struct qd_object_spec outer_spec = { "highlight", outer_members,
                                                  sizeof(outer_members) / sizeof(outer_members[0]) };
static const struct qd_object_spec inner_spec = { "highlight_field", inner_members,
                                                  sizeof(inner_members) / sizeof(inner_members[0]) };

static struct target empty_target(void)
{
    return (struct target){ .options = { .fragment_size = -1,
                                         .number_of_fragments = -1,
                                         .no_match_size = -1,
                                         .max_analyzer_offset = -1 } };
}

/* Tags come in pairs. */
static enum qd_status check_tags(struct qd_object_parser *parser, const struct target *target,
                                 const struct qd_json *object, struct qd_error *error)
{
    if (!target->pre_given || target->post_given) {
        return QD_OK;
    }
    qd_object_at_end(parser, object);
    return qd_object_parsing_error(parser, error, "pre_tags are set but post_tags are not set");
}

static enum qd_status inner_field(struct qd_object_parser *parser, const struct qd_json_iterator *at,
                                  struct target *outer, struct qd_error *error)
{
    struct target inner = empty_target();
    enum qd_status status;
    qd_object_at(parser, at->value);
    if (!qd_json_is_object(at->value)) {
        status = qd_error_set(
            error, QD_X_CONTENT_PARSE, "[%lld:%lld] [highlight_field] Expected START_OBJECT but was: %s",
            (long long)parser->line, (long long)parser->column, qd_json_token_name(at->value));
    } else {
        status = qd_object_parse(parser, &inner_spec, at->value, &inner, error);
        if (status == QD_OK) {
            status = check_tags(parser, &inner, at->value, error);
        }
    }
    if (status != QD_OK) {
        return qd_object_wrap(parser, "fields", at->key, error);
    }
    struct qd_highlight_field *field = QD_PUSH(parser->arena, &outer->fields);
    *field = (struct qd_highlight_field){ .name = at->key, .options = inner.options };
    return QD_OK;
}

static enum qd_status fields(struct qd_object_parser *parser, const struct qd_json *value, void *context,
                             struct qd_error *error)
{
    struct qd_json_iterator at = qd_json_iterate(value);
    while (qd_json_next(&at)) {
        struct qd_json_iterator one = qd_json_iterate(at.value);
        if (qd_json_is_object(value)) {
            QD_TRY(inner_field(parser, &at, context, error));
        } else if (qd_json_is_object(at.value) && qd_json_size(at.value) == 1 && qd_json_next(&one)) {
            QD_TRY(inner_field(parser, &one, context, error));
        } else {
            qd_object_at(parser, at.value);
            return qd_error_set(
                error, QD_X_CONTENT_PARSE,
                "[%lld:%lld] [fields] can be a single object with any number of fields or an array where "
                "each entry is an object with a single field",
                (long long)parser->line, (long long)parser->column);
        }
    }
    return QD_OK;
}

static int64_t either(int64_t own, int64_t global, int64_t otherwise)
{
    if (own >= 0) {
        return own;
    }
    return global >= 0 ? global : otherwise;
}

/* Fills what a field leaves open from the global options, then from the defaults. */
static void inherit(struct qd_highlight_options *own, const struct qd_highlight_options *global)
{
    if (own->type.data == NULL) {
        own->type = global->type;
    }
    if (own->fragmenter.data == NULL) {
        own->fragmenter = global->fragmenter;
    }
    if (own->pre_tag.data == NULL) {
        own->pre_tag = global->pre_tag;
    }
    if (own->post_tag.data == NULL) {
        own->post_tag = global->post_tag;
    }
    if (own->pre_tag.data == NULL) {
        own->pre_tag = QD_SLICE("<em>");
    }
    if (own->post_tag.data == NULL) {
        own->post_tag = QD_SLICE("</em>");
    }
    own->fragment_size = either(own->fragment_size, global->fragment_size, FRAGMENT_SIZE_DEFAULT);
    own->number_of_fragments = either(own->number_of_fragments, global->number_of_fragments,
                                      FRAGMENT_COUNT_DEFAULT);
    own->no_match_size = either(own->no_match_size, global->no_match_size, 0);
    if (!own->offset_given) {
        own->max_analyzer_offset = global->max_analyzer_offset;
        own->offset_given = global->offset_given;
    }
    if (!own->order_given) {
        own->score_order = global->score_order;
    }
    if (!own->require_given) {
        own->require_field_match = !global->require_given || global->require_field_match;
    }
    if (!own->scanner_given) {
        own->scanner = global->scanner;
    }
    if (own->query == NULL) {
        own->query = global->query;
    }
}

enum qd_status qd_highlight_options_parse(const struct qd_json_document *document, const struct qd_json *json,
                                          struct qd_arena *arena, struct qd_highlight_request *request,
                                          struct qd_error *error)
{
    struct qd_object_parser parser = { .document = document, .arena = arena };
    struct target target = empty_target();
    QD_TRY(qd_object_parse(&parser, &outer_spec, json, &target, error));
    QD_TRY(check_tags(&parser, &target, json, error));
    for (size_t i = 0; i < target.fields.count; i++) {
        inherit(&target.fields.data[i].options, &target.options);
    }
    *request = (struct qd_highlight_request){ .fields = target.fields.data,
                                              .count = target.fields.count,
                                              .global = target.options,
                                              .html = target.html };
    return QD_OK;
}
