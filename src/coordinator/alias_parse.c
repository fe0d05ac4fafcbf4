/* The body of POST /_aliases. Positions in errors are where the reference's parser stands when it gives up:
 * at the value for a field that is refused, behind the action when a part is missing. */
#include "coordinator/alias_actions.h"

/* What a field of an action takes. */
enum shape { TEXT, TEXTS, OBJECT, ROUTING, BOOLEAN };

/* Kinds of action that take a field. */
enum { ON_ADD = 1, ON_REMOVE = 2, ON_REMOVE_INDEX = 4 };

static const struct {
    const char *name;
    enum shape shape;
    int kinds;
} fields[] = {
    { "index", TEXT, ON_ADD | ON_REMOVE | ON_REMOVE_INDEX },
    { "indices", TEXTS, ON_ADD | ON_REMOVE | ON_REMOVE_INDEX },
    { "alias", TEXT, ON_ADD | ON_REMOVE },
    { "aliases", TEXTS, ON_ADD | ON_REMOVE },
    { "filter", OBJECT, ON_ADD },
    { "routing", ROUTING, ON_ADD },
    { "index_routing", ROUTING, ON_ADD },
    { "indexRouting", ROUTING, ON_ADD },
    { "index-routing", ROUTING, ON_ADD },
    { "search_routing", ROUTING, ON_ADD },
    { "searchRouting", ROUTING, ON_ADD },
    { "search-routing", ROUTING, ON_ADD },
    { "is_write_index", BOOLEAN, ON_ADD },
    { "is_hidden", BOOLEAN, ON_ADD },
    { "must_exist", BOOLEAN, ON_REMOVE },
};

static const char *const kind_names[] = { "add", "remove", "remove_index" };

struct parse {
    const struct qd_json_document *body;
    struct qd_arena *arena;
    struct qd_error *error;
    bool *at_end; /* the error at hand was found at the end of its value */
};

static enum qd_status at_node(const struct parse *parse, const struct qd_json *node, const char *parser,
                              const char *what, struct qd_slice name)
{
    int64_t line, column;
    qd_json_position(parse->body, node, &line, &column);
    return qd_error_set(parse->error, QD_X_CONTENT_PARSE, "[%lld:%lld] [%s] %s [%.*s]", (long long)line,
                        (long long)column, parser, what, QD_SLICE_ARG(name));
}

/* The present error becomes the cause of one that tells where it came from. */
static enum qd_status wrap_at(const struct parse *parse, const struct qd_json *node, const char *parser,
                              const char *field)
{
    int64_t line, column;
    if (*parse->at_end) qd_json_position_end(parse->body, node, &line, &column);
    else qd_json_position(parse->body, node, &line, &column);
    return qd_error_wrap(parse->error, QD_X_CONTENT_PARSE, "[%lld:%lld] [%s] failed to parse field [%s]",
                         (long long)line, (long long)column, parser, field);
}

/* The same with the position behind `node`. */
static enum qd_status wrap_from(const struct parse *parse, const struct qd_json *node, size_t back,
                                const char *parser, const char *field)
{
    size_t start, end;
    int64_t line = 1;
    int64_t column = 1;
    qd_json_extent(parse->body, node, &start, &end);
    for (size_t i = 0; i + back < end; i++) {
        column = parse->body->source.data[i] == '\n' ? 1 : column + 1;
        if (parse->body->source.data[i] == '\n') line++;
    }
    return qd_error_wrap(parse->error, QD_X_CONTENT_PARSE, "[%lld:%lld] [%s] failed to parse field [%s]",
                         (long long)line, (long long)column, parser, field);
}

static enum qd_status wrap_behind(const struct parse *parse, const struct qd_json *node, const char *parser,
                                  const char *field)
{
    return wrap_from(parse, node, 0, parser, field);
}

/* At the bracket or brace that ends a node. */
static enum qd_status wrap_end(const struct parse *parse, const struct qd_json *node, const char *parser,
                               const char *field)
{
    return wrap_from(parse, node, 1, parser, field);
}

static void read_texts(const struct parse *parse, const struct qd_json *value, const struct qd_slice **texts,
                       size_t *count)
{
    struct qd_json_iterator at = qd_json_iterate(value);
    *count = qd_json_is_array(value) ? qd_json_size(value) : 1;
    struct qd_slice *list = QD_NEW_ARRAY(parse->arena, struct qd_slice, *count);
    if (!qd_json_is_array(value)) list[0] = qd_json_text(value);
    for (size_t i = 0; qd_json_next(&at); i++) list[i] = qd_json_text(at.value);
    *texts = list;
}

static enum qd_tristate flag_of(const struct qd_json *value)
{
    bool yes = qd_json_is_boolean(value) ? qd_json_boolean(value) : qd_slice_is(qd_json_text(value), "true");
    return yes ? QD_YES : QD_NO;
}

static void store(const struct parse *parse, struct qd_alias_action *action, struct qd_slice name,
                  const struct qd_json *value)
{
    if (qd_slice_is(name, "index") || qd_slice_is(name, "indices")) {
        read_texts(parse, value, &action->indices, &action->index_count);
    } else if (qd_slice_is(name, "alias") || qd_slice_is(name, "aliases")) {
        read_texts(parse, value, &action->aliases, &action->alias_count);
    } else if (qd_slice_is(name, "filter")) {
        action->filter = qd_json_size(value) == 0 ? (struct qd_slice){ 0 }
                                                  : qd_json_node_text(value, parse->arena);
    } else if (qd_slice_is(name, "routing")) {
        action->routing = qd_json_text(value);
    } else if (qd_slice_starts_with(name, QD_SLICE("index"))) {
        action->index_routing = qd_json_text(value);
    } else if (qd_slice_starts_with(name, QD_SLICE("search"))) {
        action->search_routing = qd_json_text(value);
    } else if (qd_slice_is(name, "is_write_index")) {
        action->is_write_index = flag_of(value);
    } else if (qd_slice_is(name, "is_hidden")) {
        action->is_hidden = flag_of(value);
    } else {
        action->must_exist = flag_of(value);
    }
}

static bool fits(enum shape shape, const struct qd_json *value)
{
    bool scalar = qd_json_is_string(value) || qd_json_is_number(value) || qd_json_is_boolean(value);
    switch (shape) {
    case TEXT: return scalar;
    case TEXTS: return scalar || qd_json_is_array(value);
    case OBJECT: return qd_json_is_object(value);
    case ROUTING: return qd_json_is_string(value) || qd_json_is_number(value);
    case BOOLEAN: return qd_json_is_boolean(value) || qd_json_is_string(value);
    }
    return false;
}

static const char *token_of(const struct qd_json *value)
{
    switch (qd_json_type_of(value)) {
    case QD_JSON_BOOLEAN: return "VALUE_BOOLEAN";
    case QD_JSON_NUMBER: return "VALUE_NUMBER";
    case QD_JSON_STRING: return "VALUE_STRING";
    case QD_JSON_ARRAY: return "START_ARRAY";
    case QD_JSON_OBJECT: return "START_OBJECT";
    case QD_JSON_NULL:
    case QD_JSON_MISSING: break;
    }
    return "VALUE_NULL";
}

/* Names must not be empty, flags must be flags. */
static enum qd_status check_value(enum shape shape, const struct qd_json_iterator *at, struct qd_error *error)
{
    struct qd_slice text = qd_json_text(at->value);
    bool name = shape == TEXT || (shape == TEXTS && !qd_json_is_array(at->value));
    if (name && text.size == 0) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "[%.*s] can't be empty string",
                            QD_SLICE_ARG(at->key));
    }
    if (shape == TEXTS && qd_json_is_array(at->value) && qd_json_size(at->value) == 0) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "[%.*s] can't be empty", QD_SLICE_ARG(at->key));
    }
    if (shape != BOOLEAN || !qd_json_is_string(at->value)) return QD_OK;
    if (qd_slice_is(text, "true") || qd_slice_is(text, "false")) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "Failed to parse value [%.*s] as only [true] or [false] are allowed.",
                        QD_SLICE_ARG(text));
}

/* Names are given one by one or as a list, not both. */
static enum qd_status check_once(const struct qd_alias_action *action, const struct qd_json_iterator *at,
                                 struct qd_error *error)
{
    bool index = qd_slice_is(at->key, "index") || qd_slice_is(at->key, "indices");
    bool alias = qd_slice_is(at->key, "alias") || qd_slice_is(at->key, "aliases");
    if (!(index && action->index_count > 0) && !(alias && action->alias_count > 0)) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Only one of [%s] and [%s] is supported",
                        index ? "index" : "alias", index ? "indices" : "aliases");
}

static enum qd_status read_field(const struct parse *parse, struct qd_alias_action *action,
                                 const struct qd_json_iterator *at)
{
    const char *kind = kind_names[action->kind];
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (!qd_slice_is(at->key, fields[i].name) || (fields[i].kinds & (1 << action->kind)) == 0) continue;
        if (!fits(fields[i].shape, at->value)) {
            int64_t line, column;
            qd_json_position(parse->body, at->value, &line, &column);
            return qd_error_set(parse->error, QD_X_CONTENT_PARSE,
                                "[%lld:%lld] [%s] %.*s doesn't support values of type: %s", (long long)line,
                                (long long)column, kind, QD_SLICE_ARG(at->key), token_of(at->value));
        }
        enum qd_status status = check_once(action, at, parse->error);
        if (status == QD_OK) status = check_value(fields[i].shape, at, parse->error);
        if (status != QD_OK) {
            /* What is wrong with a list as a whole is seen at its end. */
            *parse->at_end = qd_json_is_array(at->value);
            return wrap_at(parse, at->value, kind, fields[i].name);
        }
        store(parse, action, at->key, at->value);
        return QD_OK;
    }
    return at_node(parse, at->name, kind, "unknown field", at->key);
}

static enum qd_status read_body(const struct parse *parse, struct qd_alias_action *action,
                                const struct qd_json *body)
{
    struct qd_json_iterator at = qd_json_iterate(body);
    while (qd_json_next(&at)) {
        if (read_field(parse, action, &at) == QD_OK) continue;
        (void)wrap_at(parse, at.value, "alias_action", kind_names[action->kind]);
        return wrap_at(parse, at.value, "aliases", "actions");
    }
    return QD_OK;
}

static enum qd_status check_parts(struct qd_alias_action *action, struct qd_error *error)
{
    if (action->index_count == 0) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "One of [index] or [indices] is required");
    }
    if (action->kind != QD_ALIAS_REMOVE_INDEX && action->alias_count == 0) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "One of [alias] or [aliases] is required");
    }
    return QD_OK;
}

static enum qd_status read_action(const struct parse *parse, const struct qd_json *node,
                                  struct qd_alias_action *action)
{
    struct qd_json_iterator at = qd_json_iterate(node);
    bool known = false;
    if (!qd_json_next(&at)) return QD_OK; /* told behind all the others */
    for (int kind = 0; kind < 3; kind++) {
        if (!qd_slice_is(at.key, kind_names[kind])) continue;
        action->kind = (enum qd_alias_action_kind)kind;
        known = true;
    }
    if (!known) {
        (void)at_node(parse, at.name, "alias_action", "unknown field", at.key);
        return wrap_at(parse, at.value, "aliases", "actions");
    }
    if (!qd_json_is_object(at.value)) {
        int64_t line, column;
        qd_json_position(parse->body, at.value, &line, &column);
        (void)qd_error_set(parse->error, QD_X_CONTENT_PARSE,
                           "[%lld:%lld] [alias_action] %s doesn't support values of type: %s",
                           (long long)line, (long long)column, kind_names[action->kind], token_of(at.value));
        return wrap_at(parse, at.value, "aliases", "actions");
    }
    QD_TRY(read_body(parse, action, at.value));
    if (qd_json_next(&at)) {
        (void)qd_error_set(parse->error, QD_ILLEGAL_ARGUMENT,
                           "Too many operations declared on operation entry");
        (void)qd_error_wrap(parse->error, QD_X_CONTENT_PARSE,
                            "Failed to build [alias_action] after last required field arrived");
        return wrap_behind(parse, node, "aliases", "actions");
    }
    if (check_parts(action, parse->error) != QD_OK) return wrap_behind(parse, node, "aliases", "actions");
    return QD_OK;
}

/* An entry without an action is missed when the list has ended, as in the reference. */
static enum qd_status read_actions(const struct parse *parse, const struct qd_json *list,
                                   struct qd_alias_action *actions)
{
    bool several = qd_json_is_array(list);
    bool missing = !several && qd_json_size(list) == 0;
    struct qd_json_iterator at = qd_json_iterate(list);
    if (!several) QD_TRY(read_action(parse, list, actions));
    for (size_t i = 0; several && qd_json_next(&at); i++) {
        QD_TRY(read_action(parse, at.value, &actions[i]));
        missing = missing || qd_json_size(at.value) == 0;
    }
    if (!missing) return QD_OK;
    (void)qd_error_set(parse->error, QD_NULL_POINTER,
                       "Cannot invoke \"org.opensearch.action.admin.indices.alias.IndicesAliasesRequest"
                       "$AliasActions.validate()\" because \"aliasAction\" is null");
    return wrap_end(parse, list, "aliases", "actions");
}

enum qd_status qd_alias_actions_parse(const struct qd_json_document *body, struct qd_arena *arena,
                                      struct qd_alias_action **actions, size_t *count, struct qd_error *error)
{
    bool at_end = false;
    struct parse parse = { body, arena, error, &at_end };
    const struct qd_json *list = qd_json_get(body->root, "actions");
    struct qd_json_iterator member = qd_json_iterate(body->root);
    if (body->root == NULL) {
        return qd_error_set(error, QD_X_CONTENT_PARSE, "[1:0] [aliases] Expected START_OBJECT but was: null");
    }
    if (!qd_json_is_object(body->root)) {
        return qd_error_set(error, QD_X_CONTENT_PARSE, "[1:1] [aliases] Expected START_OBJECT but was: %s",
                            token_of(body->root));
    }
    while (qd_json_next(&member)) {
        if (!qd_slice_is(member.key, "actions")) {
            return at_node(&parse, member.name, "aliases", "unknown field", member.key);
        }
    }
    if (list != NULL && !qd_json_is_array(list) && !qd_json_is_object(list)) {
        int64_t line, column;
        qd_json_position(body, list, &line, &column);
        return qd_error_set(error, QD_X_CONTENT_PARSE,
                            "[%lld:%lld] [aliases] actions doesn't support values of type: %s",
                            (long long)line, (long long)column, token_of(list));
    }
    *count = qd_json_is_array(list) ? qd_json_size(list) : 0;
    if (qd_json_is_object(list)) *count = 1;
    if (*count == 0) return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "No action specified");
    if (*count > QD_ALIAS_ACTIONS_MAX) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "too many alias actions");
    }
    *actions = QD_NEW_ARRAY(arena, struct qd_alias_action, *count);
    return read_actions(&parse, list, *actions);
}
