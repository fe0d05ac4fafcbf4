/* match_all, match_none, constant_score, exists, ids. */
#include "search/query_node_bits.h"
#include "search/query_node_term.h"
#include "search/query_string.h"
#include "search/query_tree.h"

/* ---- match_all and match_none: only boost and _name ---- */
/* An ObjectParser's error inside a parsing_exception of the same text. */
static enum qd_status as_parsing(struct qd_query_parser *parser, const struct qd_json_iterator *at,
                                 const char *name, struct qd_error *error)
{
    (void)qd_query_unknown_field(parser, at, name, NULL, 0, error);
    if (error == NULL || error->arena == NULL) return QD_PARSING;
    struct qd_slice reason = qd_arena_copy(error->arena, error->reason);
    (void)qd_error_wrap(error, QD_PARSING, "%.*s", QD_SLICE_ARG(reason));
    int64_t line;
    int64_t column;
    qd_json_position(parser->document, at->name, &line, &column);
    qd_error_add_number(error, "line", line);
    qd_error_add_number(error, "col", column);
    return QD_PARSING;
}

static enum qd_status parse_plain(struct qd_query_parser *parser, const struct qd_json *body,
                                  const struct qd_query_kind *kind, struct qd_query **query,
                                  struct qd_error *error)
{
    *query = QD_QUERY_NEW(parser->arena, struct qd_query, kind);
    struct qd_json_iterator at = qd_json_iterate(body);
    while (qd_json_next(&at)) {
        bool taken;
        QD_TRY(qd_query_parse_common(*query, at.key, at.value, &taken, error));
        if (taken) continue;
        if (kind == &qd_query_kind_match_none)
            return qd_query_error_at(parser, at.value, error, "[match_none] query does not support [%.*s]",
                                     QD_SLICE_ARG(at.key));
        return as_parsing(parser, &at, kind->name, error);
    }
    return QD_OK;
}

static enum qd_status match_all_parse(struct qd_query_parser *parser, const struct qd_json *body,
                                      struct qd_query **query, struct qd_error *error)
{
    return parse_plain(parser, body, &qd_query_kind_match_all, query, error);
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
    return parse_plain(parser, body, &qd_query_kind_match_none, query, error);
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
        if (qd_json_is_array(at.value))
            return qd_query_error_at(parser, at.value, error, "unexpected token [START_ARRAY]");
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
        QD_TRY(qd_query_parse_common(&self->query, at.key, at.value, &taken, error));
        if (!taken)
            return qd_query_error_at(parser, at.value, error,
                                     "[constant_score] query does not support [%.*s]", QD_SLICE_ARG(at.key));
    }
    if (self->filter == NULL)
        return qd_query_error_at(parser, body, error, "[constant_score] requires a 'filter' element");
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
        if (qd_json_is_array(at.value) || qd_json_is_object(at.value))
            return qd_query_error_at(parser, at.value, error, "[exists] unknown token [%s] after [%.*s]",
                                     qd_query_token_name(at.value), QD_SLICE_ARG(at.key));
        if (qd_slice_is(at.key, "field")) self->field = qd_json_text(at.value);
        else QD_TRY(qd_query_parse_common(&self->query, at.key, at.value, &taken, error));
        if (!taken)
            return qd_query_error_at(parser, at.value, error, "[exists] query does not support [%.*s]",
                                     QD_SLICE_ARG(at.key));
    }
    if (self->field.data == NULL)
        return qd_query_error_at(parser, body, error, "[exists] must be provided with a [field]");
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

static enum qd_status exists_rewrite(const struct qd_query *query, struct qd_query_context *context,
                                     const struct qd_query **result, struct qd_error *error)
{
    (void)error;
    struct qd_slice *names;
    if (exists_fields(context, ((const struct exists_query *)query)->field, &names) == 0)
        *result = qd_query_match_none(context->arena);
    return QD_OK;
}

static struct qd_node *exists_field_node(struct qd_query_context *context, struct qd_slice name)
{
    const struct qd_field *field = qd_mapping_field(context->view->mapping, name);
    if (field == NULL)
        return qd_node_none(context->arena, "No field \"%.*s\" exists in mappings.", QD_SLICE_ARG(name));
    if (field->type == QD_FIELD_ID || field->type == QD_FIELD_INDEX || field->type == QD_FIELD_SEQ_NO)
        return qd_node_all(context->arena);
    if (field->column != QD_COLUMN_NONE || field->has_norms) return qd_node_exists(context->arena, field);
    struct qd_term_field names = { .name = QD_SLICE("_field_names"),
                                   .similarity = { .kind = QD_SIMILARITY_BM25 } };
    return &qd_term_node_new(context->arena, names, field->name)->node;
}

struct qd_node *qd_query_exists_node(struct qd_query_context *context, struct qd_slice name)
{
    struct qd_slice *names;
    size_t count = exists_fields(context, name, &names);
    if (count == 0)
        return qd_node_none(context->arena, "No field \"%.*s\" exists in mappings.", QD_SLICE_ARG(name));
    if (count == 1) return qd_node_constant(context->arena, exists_field_node(context, names[0]));
    struct qd_node *any = qd_node_boolean_make(context->arena);
    for (size_t i = 0; i < count; i++)
        qd_node_boolean_add(any, context->arena, QD_SHOULD, exists_field_node(context, names[i]));
    return qd_node_constant(context->arena, any);
}

static enum qd_status exists_build(const struct qd_query *query, struct qd_query_context *context,
                                   struct qd_node **node, struct qd_error *error)
{
    (void)error;
    *node = qd_query_exists_node(context, ((const struct exists_query *)query)->field);
    return QD_OK;
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

static enum qd_status ids_error(struct qd_query_parser *parser, const struct qd_json *at, const char *what,
                                struct qd_error *error)
{
    int64_t line;
    int64_t column;
    qd_json_position(parser->document, at, &line, &column);
    return qd_query_error_at(parser, at, error, "[%lld:%lld] [ids] %s", (long long)line, (long long)column,
                             what);
}

static enum qd_status parse_id_list(struct qd_query_parser *parser, const struct qd_json *values,
                                    struct ids_query *self, struct qd_error *error)
{
    if (qd_json_is_object(values))
        return ids_error(parser, values, "values doesn't support values of type: START_OBJECT", error);
    size_t room = qd_json_is_array(values) ? qd_json_size(values) : 1;
    self->ids = QD_NEW_ARRAY(parser->arena, struct qd_slice, room + 1);
    if (!qd_json_is_array(values)) {
        self->ids[self->count++] = qd_json_text(values);
        return QD_OK;
    }
    struct qd_json_iterator at = qd_json_iterate(values);
    while (qd_json_next(&at)) {
        if (qd_json_is_array(at.value) || qd_json_is_object(at.value) || qd_json_is_null(at.value))
            return ids_error(parser, at.value, "failed to parse field [values]", error);
        self->ids[self->count++] = qd_json_text(at.value);
    }
    return QD_OK;
}

static enum qd_status ids_parse(struct qd_query_parser *parser, const struct qd_json *body,
                                struct qd_query **query, struct qd_error *error)
{
    struct ids_query *self = QD_QUERY_NEW(parser->arena, struct ids_query, &qd_query_kind_ids);
    struct qd_json_iterator at = qd_json_iterate(body);
    while (qd_json_next(&at)) {
        bool taken = true;
        if (qd_slice_is(at.key, "values")) QD_TRY(parse_id_list(parser, at.value, self, error));
        else QD_TRY(qd_query_parse_common(&self->query, at.key, at.value, &taken, error));
        if (!taken) return as_parsing(parser, &at, "ids", error);
    }
    *query = &self->query;
    return QD_OK;
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
    (void)error;
    const struct ids_query *self = (const struct ids_query *)query;
    struct qd_slice *copy = QD_NEW_ARRAY(context->arena, struct qd_slice, self->count + 1);
    memcpy(copy, self->ids, sizeof(*copy) * self->count);
    *node = qd_node_ids(context->arena, copy, self->count);
    return QD_OK;
}

const struct qd_query_kind qd_query_kind_ids = { .name = "ids",
                                                 .parse = ids_parse,
                                                 .rewrite = ids_rewrite,
                                                 .build = ids_build };
