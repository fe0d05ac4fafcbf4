/* match_all, match_none, constant_score, exists, ids. */
#include "base/java_order.h"
#include "base/wildcard.h"
#include "search/query_node_bits.h"
#include "search/query_node_term.h"
#include "search/query_string.h"
#include "search/query_text.h"
#include "search/query_tree.h"

/* ---- match_all and match_none: only boost and _name ---- */
static enum qd_status match_all_parse(struct qd_query_parser *parser, const struct qd_json *body,
                                      struct qd_query **query, struct qd_error *error)
{
    static const struct qd_object_member members[] = { QD_QUERY_COMMON_MEMBERS };
    static const struct qd_object_spec spec = { "match_all", members, sizeof(members) / sizeof(members[0]) };
    *query = QD_QUERY_NEW(parser->arena, struct qd_query, &qd_query_kind_match_all);
    return qd_query_parse_object(parser, &spec, body, *query, true, error);
}

static enum qd_status match_all_build(const struct qd_query *query, struct qd_query_context *context,
                                      struct qd_node **node, struct qd_error *error)
{
    (void)query, (void)error;
    *node = qd_node_approximate(context->arena, qd_node_all(context->arena), QD_SLICE("*:*"));
    return QD_OK;
}

const struct qd_query_kind qd_query_kind_match_all = { .name = "match_all",
                                                       .parse = match_all_parse,
                                                       .build = match_all_build };

struct qd_query *qd_query_match_all(struct qd_arena *arena)
{
    return QD_QUERY_NEW(arena, struct qd_query, &qd_query_kind_match_all);
}

static enum qd_status match_none_parse(struct qd_query_parser *parser, const struct qd_json *body,
                                       struct qd_query **query, struct qd_error *error)
{
    static const struct qd_query_spec spec = { .name = "match_none",
        .options = NULL,
        .count = 0 };
    *query = QD_QUERY_NEW(parser->arena, struct qd_query, &qd_query_kind_match_none);
    return qd_query_parse_members(parser, &spec, body, *query, error);
}

static enum qd_status match_none_build(const struct qd_query *query, struct qd_query_context *context,
                                       struct qd_node **node, struct qd_error *error)
{
    (void)query, (void)error;
    *node = qd_node_none(context->arena, "User requested \"match_none\" query.");
    return QD_OK;
}

const struct qd_query_kind qd_query_kind_match_none = { .name = "match_none",
                                                        .parse = match_none_parse,
                                                        .build = match_none_build };

struct qd_query *qd_query_match_none(struct qd_arena *arena)
{
    return QD_QUERY_NEW(arena, struct qd_query, &qd_query_kind_match_none);
}

/* ---- constant_score ---- */
struct constant_query {
    struct qd_query query;
    const struct qd_query *filter;
};

static enum qd_status constant_score_parse(struct qd_query_parser *parser, const struct qd_json *body,
                                           struct qd_query **query, struct qd_error *error)
{
    struct constant_query *self =
        QD_QUERY_NEW(parser->arena, struct constant_query, &qd_query_kind_constant_score);
    struct qd_json_iterator at = qd_json_iterate(body);
    while (qd_json_next(&at)) {
        bool taken = false;
        if (!qd_json_is_object(at.value) && !qd_query_is_value(at.value))
            return qd_query_error_at(parser, at.value, error, "unexpected token [%s]",
                                     qd_json_token_name(at.value));
        if (qd_json_is_object(at.value)) {
            if (!qd_slice_is(at.key, "filter"))
                return qd_query_error_at(parser, at.value, error,
                                         "[constant_score] query does not support [%.*s]",
                                         QD_SLICE_ARG(at.key));
            if (self->filter != NULL)
                return qd_query_error_at(parser, at.value, error,
                                         "[constant_score] accepts only one 'filter' element.");
            struct qd_query *filter;
            QD_TRY(qd_query_parse_inner(parser, at.value, &filter, error));
            self->filter = filter;
            continue;
        }
        QD_TRY(qd_query_parse_common(parser, &self->query, at.key, at.value, &taken, error));
        if (!taken)
            return qd_query_error_at(parser, at.value, error,
                                     "[constant_score] query does not support [%.*s]", QD_SLICE_ARG(at.key));
    }
    if (self->filter == NULL)
        return qd_query_error_end(parser, body, error, "[constant_score] requires a 'filter' element");
    *query = &self->query;
    return QD_OK;
}

static enum qd_status constant_score_rewrite(const struct qd_query *query, struct qd_query_context *context,
                                             const struct qd_query **result, struct qd_error *error)
{
    const struct constant_query *self = (const struct constant_query *)query;
    const struct qd_query *filter;
    QD_TRY(qd_query_rewrite(self->filter, context, &filter, error));
    if (filter->kind == &qd_query_kind_match_none) {
        *result = qd_query_match_none(context->arena);
        return QD_OK;
    }
    if (filter == self->filter) return QD_OK;
    struct constant_query *copy =
        QD_QUERY_NEW(context->arena, struct constant_query, &qd_query_kind_constant_score);
    copy->query = self->query;
    copy->filter = filter;
    *result = &copy->query;
    return QD_OK;
}

static enum qd_status constant_score_build(const struct qd_query *query, struct qd_query_context *context,
                                           struct qd_node **node, struct qd_error *error)
{
    const struct constant_query *self = (const struct constant_query *)query;
    struct qd_node *inner;
    QD_TRY(qd_query_build(self->filter, context, &inner, error));
    if (inner != NULL) *node = qd_node_constant(context->arena, inner);
    return QD_OK;
}

const struct qd_query_kind qd_query_kind_constant_score = { .name = "constant_score",
                                                            .parse = constant_score_parse,
                                                            .rewrite = constant_score_rewrite,
                                                            .build = constant_score_build };

/* ---- exists ---- */
struct exists_query {
    struct qd_query query;
    struct qd_slice field;
};

static enum qd_status exists_parse(struct qd_query_parser *parser, const struct qd_json *body,
                                   struct qd_query **query, struct qd_error *error)
{
    struct exists_query *self = QD_QUERY_NEW(parser->arena, struct exists_query, &qd_query_kind_exists);
    struct qd_json_iterator at = qd_json_iterate(body);
    while (qd_json_next(&at)) {
        bool taken = true;
        if (!qd_query_is_value(at.value))
            return qd_query_error_at(parser, at.value, error, "[exists] unknown token [%s] after [%.*s]",
                                     qd_json_token_name(at.value), QD_SLICE_ARG(at.key));
        if (qd_slice_is(at.key, "field")) self->field = qd_json_text(at.value);
        else QD_TRY(qd_query_parse_common(parser, &self->query, at.key, at.value, &taken, error));
        if (!taken)
            return qd_query_error_at(parser, at.value, error, "[exists] query does not support [%.*s]",
                                     QD_SLICE_ARG(at.key));
    }
    if (self->field.data == NULL)
        return qd_query_error_end(parser, body, error, "[exists] must be provided with a [field]");
    if (self->field.size == 0) return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "field name is null or empty");
    *query = &self->query;
    return QD_OK;
}

/* The names that an exists query on `name` stands for: itself, a pattern's matches, or the leaves below an
 * object. */
static size_t exists_fields(struct qd_query_context *context, struct qd_slice name, struct qd_slice **names)
{
    if (qd_mapping_is_object(context->view->mapping, name))
        name = qd_arena_format(context->arena, "%.*s.*", QD_SLICE_ARG(name));
    else if (qd_slice_find_byte(name, '*') == SIZE_MAX) {
        *names = QD_NEW(context->arena, struct qd_slice);
        **names = name;
        return qd_mapping_field(context->view->mapping, name) != NULL;
    }
    return qd_mapping_match(context->view->mapping, name, context->arena, names);
}

/* Metadata of which the reference cannot tell whether it exists, by what it says. */
static const struct {
    const char *name, *text;
} unknowable[] = {
    { "_nested_path", "Cannot run exists() query against the nested field path" },
    { "_source", "The _source field is not searchable" },
    { "_feature", "Cannot run exists query on [_feature]" },
    { "_field_names", "Cannot run exists query on _field_names" },
    { "_data_stream_timestamp", "Cannot run exists query on internal field [_data_stream_timestamp]" },
};

/* Whether a hidden field of text, which cannot be asked either, comes before _feature among all names: as the
 * reference's hash set of them has it, in which there are METADATA more. */
static bool hidden_comes_first(const struct qd_query_context *context)
{
    enum { METADATA = 12 };
    struct qd_slice *names, *all;
    size_t count = qd_mapping_match(context->view->mapping, QD_SLICE("*"), context->arena, &names);
    size_t capacity = 16;
    while (count + METADATA > capacity * 3 / 4) capacity *= 2;
    all = QD_NEW_ARRAY(context->arena, struct qd_slice, count + 1);
    all[0] = QD_SLICE("_feature");
    for (size_t i = 0; i < count; i++) all[i + 1] = names[i];
    const size_t *order = qd_java_map_order(context->arena, all, count + 1, capacity);
    for (size_t i = 0; order[i] != 0; i++) {
        const struct qd_field *field = qd_mapping_field(context->view->mapping, all[order[i]]);
        if (field->type == QD_FIELD_PREFIX || field->type == QD_FIELD_PHRASE) return true;
    }
    return false;
}

/* A pattern that begins like metadata, or stands for every name, meets them. */
static enum qd_status check_exists(const struct qd_query_context *context, struct qd_slice name,
                                   struct qd_error *error)
{
    enum { FEATURE = 2 };
    bool every = qd_slice_is(name, "*");
    if (every && hidden_comes_first(context)) return QD_OK;
    for (size_t i = 0; i < sizeof(unknowable) / sizeof(unknowable[0]); i++) {
        struct qd_slice known = qd_slice_from_string(unknowable[i].name);
        bool like_metadata = name.size > 0 && name.data[0] == '_';
        bool meets = every ? i == FEATURE : like_metadata && qd_simple_match(name, known);
        if (!meets) continue;
        if (qd_slice_is(known, "_source"))
            return qd_query_shard_error(context->view, error, "%s", unknowable[i].text);
        return qd_error_set(error, QD_UNSUPPORTED_OPERATION, "%s", unknowable[i].text);
    }
    return QD_OK;
}

static enum qd_status exists_rewrite(const struct qd_query *query, struct qd_query_context *context,
                                     const struct qd_query **result, struct qd_error *error)
{
    struct qd_slice name = ((const struct exists_query *)query)->field;
    struct qd_slice *names;
    (void)error;
    /* What is wrong with the name is told when the query is made. */
    if (qd_mapping_is_object(context->view->mapping, name)) return QD_OK;
    if (check_exists(context, name, NULL) == QD_OK && exists_fields(context, name, &names) == 0)
        *result = qd_query_match_none(context->arena);
    return QD_OK;
}

/* A text that is not indexed would have norms: the reference asks for these, and finds nothing. */
static bool is_bare_text(const struct qd_field *field)
{
    return field->type == QD_FIELD_TEXT && !field->indexed;
}

static enum qd_status exists_field_node(struct qd_query_context *context, struct qd_slice name,
                                        struct qd_node **node, struct qd_error *error)
{
    const struct qd_field *field = qd_mapping_field(context->view->mapping, name);
    struct qd_arena *arena = context->arena;
    if (field->type == QD_FIELD_PREFIX || field->type == QD_FIELD_PHRASE) {
        (void)qd_error_set(error, QD_UNSUPPORTED_OPERATION, "null");
        if (error != NULL) error->null_reason = true;
        return QD_UNSUPPORTED_OPERATION;
    } else if (field->type == QD_FIELD_ID || field->type == QD_FIELD_INDEX) {
        *node = qd_node_all(arena);
    } else if (field->type == QD_FIELD_IGNORED || field->type == QD_FIELD_ROUTING) {
        struct qd_multi_term any = { .kind = QD_MULTI_TERM_RANGE,
                                     .field = field,
                                     .field_name = field->name,
                                     .include_lower = true,
                                     .include_upper = true };
        /* The reference looks into the names of fields, among which metadata do not stand here. */
        if (field->type == QD_FIELD_ROUTING) any.shown = QD_SLICE("_field_names:_routing");
        *node = qd_node_multi_term(arena, &any);
    } else if (field->column != QD_COLUMN_NONE || field->has_norms || is_bare_text(field) ||
               field->type == QD_FIELD_SEQ_NO) {
        *node = qd_node_exists(arena, field);
    } else {
        struct qd_term_field names = { .name = QD_SLICE("_field_names"),
                                       .similarity = { .kind = QD_SIMILARITY_BM25 } };
        *node = &qd_term_node_new(arena, names, field->name)->node;
    }
    return QD_OK;
}

enum qd_status qd_query_exists_node(struct qd_query_context *context, struct qd_slice name,
                                    struct qd_node **node, struct qd_error *error)
{
    struct qd_slice *names;
    struct qd_arena *arena = context->arena;
    struct qd_node *any = NULL;
    QD_TRY(check_exists(context, name, error));
    size_t count = exists_fields(context, name, &names);
    if (count == 0 && qd_mapping_is_object(context->view->mapping, name)) {
        *node = qd_node_constant(arena, qd_node_boolean_make(arena));
        return QD_OK;
    }
    if (count == 0) {
        *node = qd_node_none(arena, "unmapped field:%.*s", QD_SLICE_ARG(name));
        return QD_OK;
    }
    bool pattern = qd_slice_find_byte(name, '*') != SIZE_MAX;
    if (count > 1) any = qd_node_boolean_make(arena);
    qd_query_hash_order(names, count, arena);
    for (size_t i = 0; i < count; i++) {
        struct qd_node *one;
        QD_TRY(exists_field_node(context, names[i], &one, error));
        if (pattern && any != NULL) one = qd_node_constant(arena, one);
        if (any == NULL) any = one;
        else qd_node_boolean_add(any, arena, QD_SHOULD, one);
    }
    *node = qd_node_constant(arena, any);
    return QD_OK;
}

static enum qd_status exists_build(const struct qd_query *query, struct qd_query_context *context,
                                   struct qd_node **node, struct qd_error *error)
{
    return qd_query_exists_node(context, ((const struct exists_query *)query)->field, node, error);
}

const struct qd_query_kind qd_query_kind_exists = { .name = "exists",
                                                    .parse = exists_parse,
                                                    .rewrite = exists_rewrite,
                                                    .build = exists_build };

/* ---- ids ---- */
struct ids_query {
    struct qd_query query;
    struct qd_slice *ids;
    size_t count;
};

static enum qd_status parse_id_list(struct qd_object_parser *parser, const struct qd_json *values,
                                    void *target, struct qd_error *error)
{
    struct ids_query *self = (struct ids_query *)((struct qd_query_target *)target)->query;
    self->ids = QD_NEW_ARRAY(parser->arena, struct qd_slice, qd_json_size(values) + 1);
    self->count = 0;
    struct qd_json_iterator at = qd_json_iterate(values);
    if (!qd_json_is_array(values)) {
        self->ids[self->count++] = qd_json_text(values);
        return QD_OK;
    }
    while (qd_json_next(&at)) {
        if (!qd_query_is_value(at.value)) {
            qd_object_at(parser, at.value);
            if (!qd_json_is_null(at.value))
                return qd_error_set(error, QD_ILLEGAL_STATE, "expected value but got [%s]",
                                    qd_json_token_name(at.value));
            return qd_error_set(error, QD_ILLEGAL_STATE, "Can't get text on a VALUE_NULL at %lld:%lld",
                                (long long)parser->line, (long long)parser->column);
        }
        self->ids[self->count++] = qd_json_text(at.value);
    }
    return QD_OK;
}

static enum qd_status ids_parse(struct qd_query_parser *parser, const struct qd_json *body,
                                struct qd_query **query, struct qd_error *error)
{
    static const struct qd_object_member members[] = {
        { "values", QD_TOKEN_ARRAY | QD_TOKEN_STRING, parse_id_list }, QD_QUERY_COMMON_MEMBERS
    };
    static const struct qd_object_spec spec = { "ids", members, sizeof(members) / sizeof(members[0]) };
    struct ids_query *self = QD_QUERY_NEW(parser->arena, struct ids_query, &qd_query_kind_ids);
    *query = &self->query;
    return qd_query_parse_object(parser, &spec, body, &self->query, true, error);
}

static enum qd_status ids_rewrite(const struct qd_query *query, struct qd_query_context *context,
                                  const struct qd_query **result, struct qd_error *error)
{
    (void)error;
    if (((const struct ids_query *)query)->count == 0) *result = qd_query_match_none(context->arena);
    return QD_OK;
}

static enum qd_status ids_build(const struct qd_query *query, struct qd_query_context *context,
                                struct qd_node **node, struct qd_error *error)
{
    const struct ids_query *self = (const struct ids_query *)query;
    for (size_t i = 0; i < self->count; i++) {
        if (self->ids[i].size == 0) return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Ids can't be empty");
    }
    struct qd_slice *copy = QD_NEW_ARRAY(context->arena, struct qd_slice, self->count + 1);
    memcpy(copy, self->ids, sizeof(*copy) * self->count);
    *node = qd_node_ids(context->arena, copy, self->count);
    return QD_OK;
}

const struct qd_query_kind qd_query_kind_ids = { .name = "ids",
                                                 .parse = ids_parse,
                                                 .rewrite = ids_rewrite,
                                                 .build = ids_build };
