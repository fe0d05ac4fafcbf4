#include "coordinator/resolve.h"

#include "coordinator/index_call.h"

#include "base/assert.h"
#include "base/text.h"
#include "base/vector.h"
#include "base/wildcard.h"

struct qd_indices_options qd_options_search(void)
{
    return (
        struct qd_indices_options){ .allow_no_indices = true, .expand_open = true, .forbid_closed = true };
}

struct qd_indices_options qd_options_open_closed(void)
{
    return (
        struct qd_indices_options){ .allow_no_indices = true, .expand_open = true, .expand_closed = true };
}

struct qd_indices_options qd_options_open(void)
{
    return (struct qd_indices_options){ .allow_no_indices = true, .expand_open = true };
}

struct qd_indices_options qd_options_lenient(void)
{
    return (struct qd_indices_options){ .ignore_unavailable = true,
                                        .allow_no_indices = true,
                                        .expand_open = true };
}

struct qd_indices_options qd_options_single(void)
{
    return (struct qd_indices_options){ .forbid_closed = true, .single = true };
}

static enum qd_status read_expand(struct qd_slice text, struct qd_indices_options *options,
                                  struct qd_error *error)
{
    struct qd_slice part;
    struct qd_slice rest = text;
    options->expand_open = options->expand_closed = options->expand_hidden = false;
    while (qd_split_next(&rest, ',', &part)) {
        if (qd_slice_is(part, "open")) {
            options->expand_open = true;
        } else if (qd_slice_is(part, "closed")) {
            options->expand_closed = true;
        } else if (qd_slice_is(part, "hidden")) {
            options->expand_hidden = true;
        } else if (qd_slice_is(part, "none")) {
            options->expand_open = options->expand_closed = options->expand_hidden = false;
        } else if (qd_slice_is(part, "all")) {
            options->expand_open = options->expand_closed = options->expand_hidden = true;
        } else {
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "No valid expand wildcard value [%.*s]",
                                QD_SLICE_ARG(part));
        }
    }
    return QD_OK;
}

static enum qd_status read_flag(const struct qd_call *call, const char *name, bool *value,
                                struct qd_error *error)
{
    /* Without a value the default holds, unlike elsewhere. */
    if (qd_call_parameter(call, name).size == 0) return QD_OK;
    enum qd_status status = qd_call_bool(call, name, value, error);
    if (status == QD_OK) return QD_OK;
    return qd_error_wrap(error, status, "Could not convert [%s] to boolean", name);
}

enum qd_status qd_options_of_call(const struct qd_call *call, struct qd_indices_options *options,
                                  struct qd_error *error)
{
    struct qd_slice expand = qd_call_parameter(call, "expand_wildcards");
    if (expand.size > 0) QD_TRY(read_expand(expand, options, error));
    bool ignored;
    QD_TRY(read_flag(call, "ignore_throttled", &ignored, error));
    QD_TRY(read_flag(call, "ignore_unavailable", &options->ignore_unavailable, error));
    return read_flag(call, "allow_no_indices", &options->allow_no_indices, error);
}

/* "_all" that finds nothing is told so. */
static const char *all_suffix(struct qd_slice name)
{
    return qd_slice_is(name, "_all") ? " and no indices exist" : "";
}

static enum qd_status no_such(struct qd_slice name, struct qd_slice type, struct qd_error *error)
{
    enum qd_status status = qd_error_set(error, QD_INDEX_NOT_FOUND, "no such index [%.*s]%s",
                                         QD_SLICE_ARG(name), all_suffix(name));
    qd_error_add(error, "index", name);
    qd_error_add(error, "resource.id", name);
    qd_error_add(error, "resource.type", type);
    qd_error_add(error, "index_uuid", QD_SLICE("_na_"));
    return status;
}

enum qd_status qd_no_such_index(struct qd_slice name, struct qd_error *error)
{
    return no_such(name, QD_SLICE("index_or_alias"), error);
}

/* What an operation on one index says. */
static enum qd_status no_such_expression(struct qd_slice name, struct qd_error *error)
{
    return no_such(name, QD_SLICE("index_expression"), error);
}

/* ---- one pass over an expression ---- */

/* What is known of each index while an expression is resolved. */
struct mark {
    bool in;
    bool whole;        /* reached without a filtering alias */
    bool routed_whole; /* reached without a routing alias */
    QD_VECTOR(struct qd_slice) filters;
    QD_VECTOR(struct qd_slice) routings;
};

struct resolver {
    const struct qd_expression *expression;
    struct qd_arena *arena;
    struct mark *marks; /* marks[state->index_count] */
    bool any_wildcard;
};

static void take(struct resolver *resolver, size_t i, const struct qd_alias *alias)
{
    struct mark *mark = &resolver->marks[i];
    struct qd_slice part;
    mark->in = true;
    if (alias == NULL || alias->filter.data == NULL) {
        mark->whole = true;
    } else {
        *QD_PUSH(resolver->arena, &mark->filters) = alias->filter;
    }
    if (alias == NULL || alias->search_routing.data == NULL) {
        mark->routed_whole = true;
        return;
    }
    struct qd_slice rest = alias->search_routing;
    while (qd_split_next(&rest, ',', &part)) *QD_PUSH(resolver->arena, &mark->routings) = part;
}

static void drop(struct resolver *resolver, size_t i)
{
    resolver->marks[i] = (struct mark){ 0 };
}

static bool state_allows(const struct resolver *resolver, const struct qd_index_metadata *index)
{
    const struct qd_indices_options *options = &resolver->expression->options;
    return index->closed ? options->expand_closed : options->expand_open;
}

/* Hidden indices and names with a dot are met by wildcards only when these begin with the dot, or hidden was
 * asked for. */
static bool visible(const struct resolver *resolver, struct qd_slice name, bool hidden,
                    struct qd_slice pattern)
{
    if (!hidden || resolver->expression->options.expand_hidden) return true;
    return name.size > 0 && name.data[0] == '.' && pattern.size > 0 && pattern.data[0] == '.';
}

static bool wildcard(struct resolver *resolver, struct qd_slice pattern, bool exclude)
{
    const struct qd_cluster_state *state = resolver->expression->state;
    bool matched = false;
    for (size_t i = 0; i < state->index_count; i++) {
        const struct qd_index_metadata *index = state->indices[i];
        if (qd_simple_match(pattern, index->name)) {
            if (exclude) {
                drop(resolver, i);
                matched = true;
                continue;
            }
            if (state_allows(resolver, index) && visible(resolver, index->name, index->hidden, pattern)) {
                take(resolver, i, NULL);
                matched = true;
            }
        }
        if (resolver->expression->options.forbid_aliases) continue;
        for (size_t a = 0; a < index->aliases.entry_count; a++) {
            const struct qd_alias *alias = index->aliases.entries[a].value;
            if (alias == NULL || !qd_simple_match(pattern, alias->name)) continue;
            if (exclude) {
                drop(resolver, i);
            } else if (state_allows(resolver, index) &&
                       visible(resolver, alias->name, alias->is_hidden == QD_YES, pattern)) {
                take(resolver, i, alias);
                matched = true;
            }
        }
    }
    return matched;
}

static enum qd_status closed_error(const struct qd_index_metadata *index, struct qd_error *error)
{
    enum qd_status status = qd_error_set(error, QD_INDEX_CLOSED, "closed");
    qd_error_add(error, "index", index->name);
    qd_error_add(error, "index_uuid", index->uuid);
    return status;
}

static enum qd_status take_named(struct resolver *resolver, size_t i, const struct qd_alias *alias,
                                 struct qd_error *error)
{
    const struct qd_indices_options *options = &resolver->expression->options;
    const struct qd_index_metadata *index = resolver->expression->state->indices[i];
    if (index->closed && options->forbid_closed) {
        if (options->ignore_unavailable) return QD_OK;
        return closed_error(index, error);
    }
    take(resolver, i, alias);
    return QD_OK;
}

static enum qd_status named(struct resolver *resolver, struct qd_slice name, bool exclude,
                            struct qd_error *error)
{
    const struct qd_cluster_state *state = resolver->expression->state;
    const struct qd_indices_options *options = &resolver->expression->options;
    bool found = false;
    for (size_t i = 0; i < state->index_count; i++) {
        const struct qd_alias *alias = qd_map_get(&state->indices[i]->aliases, name);
        bool own = qd_slice_equal(state->indices[i]->name, name);
        if (!own && alias == NULL) continue;
        found = true;
        if (exclude) {
            drop(resolver, i);
        } else if (!own && options->forbid_aliases) {
            if (options->ignore_unavailable) continue;
            return qd_error_set(
                error, QD_ILLEGAL_ARGUMENT,
                "The provided expression [%.*s] matches an alias, specify the corresponding concrete "
                "indices instead.",
                QD_SLICE_ARG(name));
        } else {
            QD_TRY(take_named(resolver, i, own ? NULL : alias, error));
        }
    }
    if (found || options->ignore_unavailable) return QD_OK;
    return options->single ? no_such_expression(name, error) : qd_no_such_index(name, error);
}

static enum qd_status check_part(struct qd_slice part, struct qd_error *error)
{
    if (part.size == 0) return qd_no_such_index(part, error);
    if (part.data[0] != '_' || qd_slice_is(part, "_all")) return QD_OK;
    enum qd_status status = qd_error_set(error, QD_INVALID_INDEX_NAME,
                                         "Invalid index name [%.*s], must not start with '_'.",
                                         QD_SLICE_ARG(part));
    qd_error_add(error, "index", part);
    qd_error_add(error, "index_uuid", QD_SLICE("_na_"));
    return status;
}

static enum qd_status one_part(struct resolver *resolver, struct qd_slice part, bool first,
                               struct qd_error *error)
{
    const struct qd_indices_options *options = &resolver->expression->options;
    struct qd_slice name;
    bool exclude = part.data[0] == '-' && !first && resolver->any_wildcard;
    if (exclude) part = qd_slice_from(part, 1);
    QD_TRY(check_part(part, error));
    QD_TRY(qd_resolve_date_math(part, resolver->expression->now_ms, resolver->arena, &name, error));
    if (qd_slice_is(name, "_all")) name = QD_SLICE("*");
    bool expands = options->expand_open || options->expand_closed;
    if (!qd_is_simple_pattern(name) || (!expands && !qd_is_simple_pattern(name))) {
        return named(resolver, name, exclude, error);
    }
    resolver->any_wildcard = true;
    if (options->forbid_closed && options->expand_closed && !options->expand_open &&
        !options->ignore_unavailable) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "To expand [CLOSE] wildcard, please set forbid_closed_indices to `false`");
    }
    if (!expands) {
        if (options->allow_no_indices) return QD_OK;
        return qd_no_such_index(name, error);
    }
    if (!wildcard(resolver, name, exclude) && !options->allow_no_indices) {
        return qd_no_such_index(part, error);
    }
    return QD_OK;
}

/* Filters of several aliases of one index are alternatives. */
static struct qd_slice join_filters(struct resolver *resolver, const struct mark *mark)
{
    struct qd_buffer text = { 0 };
    if (mark->whole || mark->filters.count == 0) return (struct qd_slice){ 0 };
    if (mark->filters.count == 1) return mark->filters.data[0];
    qd_buffer_text(&text, "{\"bool\":{\"should\":[");
    for (size_t i = 0; i < mark->filters.count; i++) {
        if (i > 0) qd_buffer_byte(&text, ',');
        qd_buffer_slice(&text, mark->filters.data[i]);
    }
    qd_buffer_text(&text, "]}}");
    struct qd_slice joined = qd_arena_copy(resolver->arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return joined;
}

/* Nothing is left of an expression that must mean something. */
static enum qd_status none_left(struct qd_slice text, struct qd_arena *arena, struct qd_error *error)
{
    bool several = qd_slice_find_byte(text, ',') != SIZE_MAX;
    struct qd_slice name = text.size == 0 ? QD_SLICE("_all") : several ? QD_SLICE("null") : text;
    enum qd_status status = qd_error_set(error, QD_INDEX_NOT_FOUND, "no such index [%.*s]%s",
                                         QD_SLICE_ARG(name), all_suffix(name));
    if (!several) {
        qd_error_add(error, "index", name);
        qd_error_add(error, "resource.id", name);
    } else {
        struct qd_buffer list = { 0 };
        struct qd_json_writer writer = { .out = &list };
        struct qd_slice rest = text;
        struct qd_slice part;
        qd_json_begin_array(&writer);
        while (qd_split_next(&rest, ',', &part)) {
            if (part.size > 0) qd_json_string(&writer, part);
        }
        qd_json_end_array(&writer);
        qd_error_add_raw(error, "resource.id", qd_arena_copy(arena, qd_buffer_view(&list)));
        qd_buffer_deinit(&list);
    }
    qd_error_add(error, "resource.type", QD_SLICE("index_expression"));
    if (!several) qd_error_add(error, "index_uuid", QD_SLICE("_na_"));
    return status;
}

static enum qd_status collect(struct resolver *resolver, struct qd_resolved **results, size_t *count,
                              struct qd_error *error)
{
    const struct qd_expression *expression = resolver->expression;
    QD_VECTOR(struct qd_resolved) list = { 0 };
    for (size_t i = 0; i < expression->state->index_count; i++) {
        struct mark *mark = &resolver->marks[i];
        if (!mark->in) continue;
        /* A pattern that was told to reach closed indices has. */
        if (expression->state->indices[i]->closed && expression->options.forbid_closed) {
            if (expression->options.ignore_unavailable) continue;
            return closed_error(expression->state->indices[i], error);
        }
        struct qd_resolved *resolved = QD_PUSH(resolver->arena, &list);
        resolved->index = expression->state->indices[i];
        resolved->filter = join_filters(resolver, mark);
        if (!mark->routed_whole) {
            resolved->routings = mark->routings.data;
            resolved->routing_count = mark->routings.count;
        }
    }
    *results = list.data;
    *count = list.count;
    if (list.count == 0 && !expression->options.allow_no_indices) {
        return none_left(expression->text, resolver->arena, error);
    }
    return QD_OK;
}

/* "alias [a] has more than one index ...", with the indices as Java's map has them. */
static enum qd_status several(struct resolver *resolver, struct qd_slice name, struct qd_error *error)
{
    const struct qd_cluster_state *state = resolver->expression->state;
    QD_VECTOR(struct qd_resolved) list = { 0 };
    struct qd_buffer names = { 0 };
    for (size_t i = 0; i < state->index_count; i++) {
        if (qd_map_get(&state->indices[i]->aliases, name) == NULL) continue;
        QD_PUSH(resolver->arena, &list)->index = state->indices[i];
    }
    struct qd_resolved *order = qd_index_java_order(list.data, list.count, resolver->arena);
    for (size_t i = 0; i < list.count; i++) {
        qd_buffer_format(&names, "%s%.*s", i == 0 ? "" : ", ", QD_SLICE_ARG(order[i].index->name));
    }
    enum qd_status status = qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                                         "alias [%.*s] has more than one index associated with it [%.*s], "
                                         "can't execute a single index op",
                                         QD_SLICE_ARG(name), (int)names.size, names.data);
    qd_buffer_deinit(&names);
    return status;
}

/* An operation on one index takes the whole text for its name, or for that of an alias of one. */
static enum qd_status resolve_single(struct resolver *resolver, struct qd_error *error)
{
    const struct qd_expression *expression = resolver->expression;
    struct qd_slice name;
    size_t holders = 0;
    QD_TRY(qd_resolve_date_math(expression->text, expression->now_ms, resolver->arena, &name, error));
    for (size_t i = 0; i < expression->state->index_count; i++) {
        holders += qd_map_get(&expression->state->indices[i]->aliases, name) != NULL;
    }
    return holders > 1 ? several(resolver, name, error) : named(resolver, name, false, error);
}

enum qd_status qd_resolve(const struct qd_expression *expression, struct qd_arena *arena,
                          struct qd_resolved **results, size_t *count, struct qd_error *error)
{
    struct resolver resolver = { .expression = expression, .arena = arena };
    struct qd_slice rest = expression->text;
    struct qd_slice part;
    bool first = true;
    size_t parts = 0;
    resolver.marks = QD_NEW_ARRAY(arena, struct mark, expression->state->index_count);
    if (expression->options.single) {
        QD_TRY(resolve_single(&resolver, error));
        QD_TRY(collect(&resolver, results, count, error));
        return *count == 1 ? QD_OK : qd_no_such_index(expression->text, error);
    }
    if (expression->text.size == 0) {
        QD_TRY(one_part(&resolver, QD_SLICE("_all"), true, error));
        return collect(&resolver, results, count, error);
    }
    while (qd_split_next(&rest, ',', &part)) {
        if (part.size == 0) continue;
        if (parts++ >= QD_EXPRESSION_PARTS_MAX) {
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "too many parts in an index expression");
        }
        QD_TRY(one_part(&resolver, part, first, error));
        first = false;
    }
    return collect(&resolver, results, count, error);
}

enum qd_status qd_resolve_call(struct qd_call *call, const struct qd_cluster_state *state,
                               struct qd_indices_options preset, struct qd_resolved **results, size_t *count)
{
    struct qd_expression expression = {
        .state = state, .text = qd_call_parameter(call, "index"), .options = preset, .now_ms = call->start_ms
    };
    QD_TRY(qd_options_of_call(call, &expression.options, &call->error));
    return qd_resolve(&expression, call->arena, results, count, &call->error);
}

enum qd_status qd_resolve_write(const struct qd_cluster_state *state, struct qd_slice text, int64_t now_ms,
                                struct qd_arena *arena, const struct qd_index_metadata **index,
                                const struct qd_alias **alias, struct qd_error *error)
{
    struct qd_slice name;
    size_t holders = 0;
    const struct qd_index_metadata *writer = NULL;
    const struct qd_index_metadata *holder = NULL;
    QD_TRY(qd_resolve_date_math(text, now_ms, arena, &name, error));
    *index = qd_cluster_state_index(state, name);
    if (alias != NULL) *alias = NULL;
    for (size_t i = 0; *index == NULL && i < state->index_count; i++) {
        const struct qd_alias *found = qd_map_get(&state->indices[i]->aliases, name);
        if (found == NULL) continue;
        holders++;
        holder = state->indices[i];
        if (found->is_write_index == QD_YES) writer = holder;
    }
    if (*index == NULL && holders == 0) return no_such_expression(name, error);
    if (*index == NULL && writer == NULL && holders == 1) {
        const struct qd_alias *only = qd_map_get(&holder->aliases, name);
        if (only->is_write_index != QD_NO) writer = holder;
    }
    if (*index == NULL && writer == NULL) {
        return qd_error_set(
            error, QD_ILLEGAL_ARGUMENT,
            "no write index is defined for alias [%.*s]. The write index may be explicitly disabled "
            "using is_write_index=false or the alias points to multiple indices without one being "
            "designated as a write index",
            QD_SLICE_ARG(name));
    }
    if (*index == NULL) {
        *index = writer;
        if (alias != NULL) *alias = qd_map_get(&writer->aliases, name);
    }
    return (*index)->closed ? closed_error(*index, error) : QD_OK;
}

enum qd_status qd_alias_routing(const struct qd_alias *alias, struct qd_slice target,
                                struct qd_slice *routing, struct qd_error *error)
{
    struct qd_slice of_alias = alias == NULL ? (struct qd_slice){ 0 } : alias->index_routing;
    if (of_alias.data == NULL) return QD_OK;
    if (qd_slice_find_byte(of_alias, ',') != SIZE_MAX) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "index/alias [%.*s] provided with routing value [%.*s] that resolved to several "
                            "routing values, rejecting operation",
                            QD_SLICE_ARG(target), QD_SLICE_ARG(of_alias));
    }
    if (routing->data != NULL && !qd_slice_equal(*routing, of_alias)) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Alias [%.*s] has index routing associated with it [%.*s], and was provided with "
                            "routing value [%.*s], rejecting operation",
                            QD_SLICE_ARG(target), QD_SLICE_ARG(of_alias), QD_SLICE_ARG(*routing));
    }
    *routing = of_alias;
    return QD_OK;
}
