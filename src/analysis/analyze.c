/* The _analyze call: from request to rendered tokens. Source: TransportAnalyzeAction of OpenSearch 3.8.0. */
#include "analysis/analyzer.h"
#include "analysis/codepoint.h"
#include "analysis/registry.h"
#include "base/buffer.h"
#include "base/json_writer.h"

/* What is asked for. */
struct request {
    const struct qd_json *body;
    struct qd_registry_scope scope;
    struct qd_slice *texts; /* texts[text_count] */
    size_t text_count;
    bool explain;
    bool no_frequency;            /* the tokenizer gives its tokens none */
    bool anonymous;               /* the analyzer was put together by the request */
    bool fallback;                /* the analyzer is the index's default, or was asked for as "default" */
    struct qd_slice attribute[8]; /* only these are explained; none: all */
    size_t attribute_count;
    int64_t max_token_count;
};

/* One token as it is shown: counted over all texts, offsets in UTF-16 units. */
struct shown_token {
    struct qd_token token;
    int64_t position;
    int64_t start;
    int64_t end;
};
QD_VECTOR_TYPE(shown_tokens, struct shown_token);

static enum qd_status check_request(const struct request *request, struct qd_error *error)
{
    const struct qd_json *body = request->body;
    bool analyzer = qd_json_get(body, "analyzer") != NULL,
         normalizer = qd_json_get(body, "normalizer") != NULL;
    bool tokenizer = qd_json_get(body, "tokenizer") != NULL;
    bool parts = qd_json_size(qd_json_get(body, "filter")) > 0 ||
                 qd_json_size(qd_json_get(body, "char_filter")) > 0;
    const char *missing[4];
    size_t count = 0;
    if (request->text_count == 0) missing[count++] = "text is missing";
    if (normalizer && !request->scope.own) missing[count++] = "index is required if normalizer is specified";
    if (normalizer && (analyzer || tokenizer))
        missing[count++] = "tokenizer/analyze should be null if normalizer is specified";
    if (analyzer && (tokenizer || parts)) {
        missing[count++] = "cannot define extra components on a named analyzer";
    } else if (normalizer && parts)
        missing[count++] = "cannot define extra components on a named normalizer";
    if (count == 0) return QD_OK;
    struct qd_buffer text = { 0 };
    for (size_t i = 0; i < count; i++) qd_buffer_format(&text, "%zu: %s;", i + 1, missing[i]);
    enum qd_status status = qd_error_set(error, QD_ACTION_REQUEST_VALIDATION, "Validation Failed: %.*s",
                                         QD_SLICE_ARG(qd_buffer_view(&text)));
    qd_buffer_deinit(&text);
    return status;
}

static void read_request(struct request *request)
{
    const struct qd_json *text = qd_json_get(request->body, "text");
    bool array = qd_json_is_array(text);
    request->texts = QD_NEW_ARRAY(request->scope.arena, struct qd_slice, array ? qd_json_size(text) + 1 : 1);
    if (!array && text != NULL) request->texts[request->text_count++] = qd_json_text(text);
    struct qd_json_iterator at = qd_json_iterate(array ? text : NULL);
    while (qd_json_next(&at)) request->texts[request->text_count++] = qd_json_text(at.value);
    request->explain = qd_slice_is(qd_json_text(qd_json_get(request->body, "explain")), "true");
    const struct qd_json *attributes = qd_json_get(request->body, "attributes");
    if (qd_json_is_string(attributes)) {
        request->attribute[request->attribute_count++] = qd_json_text(attributes);
    }
    at = qd_json_iterate(qd_json_is_array(attributes) ? attributes : NULL);
    while (qd_json_next(&at) &&
           request->attribute_count < sizeof(request->attribute) / sizeof(*request->attribute)) {
        request->attribute[request->attribute_count++] = qd_json_text(at.value);
    }
}

/* A component that the request defines in place. */
static enum qd_status anonymous_component(const struct request *request, enum qd_component_type type,
                                          const struct qd_json *node, const struct qd_analyzer *chain,
                                          struct qd_component *component, struct qd_error *error)
{
    struct qd_slice kind_name = qd_json_text(qd_json_get(node, "type"));
    const char *group = qd_registry_type_name(type);
    if (kind_name.size == 0) {
        struct qd_buffer text = { 0 };
        struct qd_json_writer writer = { .out = &text };
        qd_json_node(&writer, node);
        enum qd_status status =
            qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Missing [type] setting for anonymous %s: %.*s", group,
                         QD_SLICE_ARG(qd_buffer_view(&text)));
        qd_buffer_deinit(&text);
        return status;
    }
    const struct qd_component_kind *kind = qd_component_find(type, kind_name);
    if (kind == NULL)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "failed to find global %s under [%.*s]", group,
                            QD_SLICE_ARG(kind_name));
    struct qd_component_settings settings = {
        .arena = request->scope.arena,
        .json = node,
        .name = qd_arena_format(request->scope.arena, "__anonymous__%.*s", QD_SLICE_ARG(kind_name)),
        .limits = &request->scope.registry->limits,
        .registry = request->scope.registry,
        .chain = chain,
        .own = request->scope.own,
    };
    QD_TRY(qd_component_create(kind, &settings, component, error));
    return kind->use == NULL ? QD_OK : kind->use(component->state, error);
}

static enum qd_status find_component(const struct request *request, enum qd_component_type type,
                                     const struct qd_json *node, const struct qd_analyzer *chain,
                                     struct qd_component *component, struct qd_error *error)
{
    if (qd_json_is_object(node)) return anonymous_component(request, type, node, chain, component, error);
    bool found;
    struct qd_slice name = qd_json_text(node);
    QD_TRY(qd_registry_component(&request->scope, type, name, chain, &found, component, error));
    component->name = name;
    if (found) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "failed to find %s%s under [%.*s]",
                        request->scope.own ? "" : "global ", qd_registry_type_name(type), QD_SLICE_ARG(name));
}

static enum qd_status find_list(const struct request *request, enum qd_component_type type,
                                struct qd_analyzer *analyzer, struct qd_error *error)
{
    const struct qd_json *list = qd_json_get(request->body, qd_registry_type_name(type));
    size_t size = qd_json_is_array(list) ? qd_json_size(list) : list != NULL;
    struct qd_component *components = QD_NEW_ARRAY(request->scope.arena, struct qd_component, size + 1);
    size_t *count = type == QD_COMPONENT_FILTER ? &analyzer->filter_count : &analyzer->char_filter_count;
    if (type == QD_COMPONENT_FILTER) analyzer->filters = components;
    else analyzer->char_filters = components;
    if (list != NULL && !qd_json_is_array(list)) {
        QD_TRY(find_component(request, type, list, analyzer, &components[0], error));
        *count = 1;
        return QD_OK;
    }
    struct qd_json_iterator at = qd_json_iterate(list);
    while (qd_json_next(&at)) {
        QD_TRY(find_component(request, type, at.value, analyzer, &components[*count], error));
        ++*count;
    }
    return QD_OK;
}

/* An analyzer of the parts that the request names. */
static enum qd_status put_together(struct request *request, struct qd_analyzer *analyzer,
                                   struct qd_error *error)
{
    static const char *const keyword = "keyword";
    const struct qd_json *tokenizer = qd_json_get(request->body, "tokenizer");
    analyzer->custom = true;
    request->anonymous = true;
    if (tokenizer != NULL) {
        QD_TRY(find_component(request, QD_COMPONENT_TOKENIZER, tokenizer, NULL, &analyzer->tokenizer, error));
    } else {
        bool found;
        QD_TRY(qd_registry_component(&request->scope, QD_COMPONENT_TOKENIZER, qd_slice_from_string(keyword),
                                     NULL, &found, &analyzer->tokenizer, error));
        analyzer->tokenizer.name = qd_slice_from_string(keyword);
    }
    QD_TRY(find_list(request, QD_COMPONENT_CHAR_FILTER, analyzer, error));
    return find_list(request, QD_COMPONENT_FILTER, analyzer, error);
}

static enum qd_status find_analyzer(struct request *request, const struct qd_analyzer *field_analyzer,
                                    const struct qd_analyzer **analyzer, struct qd_error *error)
{
    const struct qd_json *body = request->body;
    const struct qd_json *name = qd_json_get(body, "analyzer"), *normalizer = qd_json_get(body, "normalizer");
    struct qd_slice text = qd_json_text(name != NULL ? name : normalizer);
    if (name != NULL) {
        *analyzer = qd_analysis_analyzer(request->scope.registry, text);
        request->fallback = qd_slice_is(text, "default");
        if (*analyzer != NULL) return QD_OK;
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "failed to find %sanalyzer [%.*s]",
                            request->scope.own ? "" : "global ", QD_SLICE_ARG(text));
    }
    if (normalizer != NULL) {
        *analyzer = qd_analysis_normalizer(request->scope.registry, text);
        if (*analyzer != NULL) return QD_OK;
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "failed to find normalizer under [%.*s]",
                            QD_SLICE_ARG(text));
    }
    bool parts = qd_json_size(qd_json_get(body, "filter")) > 0 ||
                 qd_json_size(qd_json_get(body, "char_filter")) > 0;
    if (qd_json_get(body, "tokenizer") != NULL || parts) {
        struct qd_analyzer *custom = QD_NEW(request->scope.arena, struct qd_analyzer);
        *analyzer = custom;
        return put_together(request, custom, error);
    }
    request->fallback = field_analyzer == NULL && request->scope.own;
    *analyzer = field_analyzer != NULL ? field_analyzer : qd_analysis_default(request->scope.registry);
    return QD_OK;
}

/* UTF-16 offset of every byte of `text`, and of its end. */
static uint32_t *unit_offsets(struct qd_arena *arena, struct qd_slice text)
{
    uint32_t *units = QD_NEW_ARRAY(arena, uint32_t, text.size + 1);
    uint32_t unit = 0, cp;
    for (size_t at = 0; at < text.size;) {
        size_t size = qd_codepoint_read(text.data + at, text.data + text.size, &cp);
        for (size_t i = 0; i < size; i++) units[at + i] = unit;
        at += size;
        unit += (uint32_t)qd_codepoint_units(cp);
    }
    units[text.size] = unit;
    return units;
}

/* The tokens of all texts after the first filter_count filters. */
static enum qd_status collect(const struct request *request, const struct qd_analyzer *analyzer,
                              size_t filter_count, struct shown_tokens *shown, struct qd_error *error)
{
    struct qd_arena *arena = request->scope.arena;
    int64_t position = -1, offset = 0;
    int64_t gap = analyzer->prebuilt && !request->scope.own ? 0 : analyzer->position_increment_gap;
    if (request->anonymous) gap = request->explain ? 0 : 100;
    for (size_t i = 0; i < request->text_count; i++) {
        struct qd_filtered_text filtered;
        struct qd_token_list tokens;
        uint32_t *units = unit_offsets(arena, request->texts[i]);
        QD_TRY(qd_analyzer_filter_text(analyzer, arena, request->texts[i], analyzer->char_filter_count,
                                       &filtered));
        QD_TRY(qd_analyzer_run_stages(analyzer, arena, &filtered, filter_count, &tokens, error));
        for (size_t j = 0; j < tokens.count; j++) {
            if ((int64_t)shown->count >= request->max_token_count)
                return qd_error_set(
                    error, QD_ILLEGAL_STATE,
                    "The number of tokens produced by calling _analyze has exceeded the allowed "
                    "maximum of [%lld]. This limit can be set by changing the "
                    "[index.analyze.max_token_count] index level setting.",
                    (long long)request->max_token_count);
            const struct qd_token *token = &tokens.data[j];
            position += token->position_increment;
            *QD_PUSH(arena, shown) = (struct shown_token){
                *token, position, offset + units[token->start_offset], offset + units[token->end_offset]
            };
        }
        position += tokens.final_position_increment + gap;
        offset += units[tokens.final_offset] + 1;
    }
    return QD_OK;
}

static bool wants(const struct request *request, const char *attribute)
{
    if (request->attribute_count == 0) return true;
    for (size_t i = 0; i < request->attribute_count; i++) {
        struct qd_slice name = request->attribute[i];
        size_t at = 0;
        while (at < name.size && attribute[at] != 0 && (name.data[at] | 0x20) == (attribute[at] | 0x20)) at++;
        if (at == name.size && attribute[at] == 0) return true;
    }
    return false;
}

static void write_attributes(struct qd_json_writer *writer, const struct request *request,
                             const struct qd_token *token, bool keyword)
{
    if (wants(request, "bytes")) {
        struct qd_buffer bytes = { 0 };
        qd_buffer_byte(&bytes, '[');
        for (size_t i = 0; i < token->term.size; i++)
            qd_buffer_format(&bytes, "%s%x", i == 0 ? "" : " ", (unsigned)(uint8_t)token->term.data[i]);
        qd_buffer_byte(&bytes, ']');
        qd_json_member_string(writer, "bytes", qd_buffer_view(&bytes));
        qd_buffer_deinit(&bytes);
    }
    if (keyword && wants(request, "keyword")) qd_json_member_bool(writer, "keyword", token->keyword);
    if (wants(request, "positionLength")) {
        qd_json_member_int(writer, "positionLength", token->position_length);
    }
    if (!request->no_frequency && wants(request, "termFrequency"))
        qd_json_member_int(writer, "termFrequency", 1);
}

static void write_tokens(struct qd_json_writer *writer, const struct request *request,
                         const struct shown_tokens *shown, bool keyword)
{
    qd_json_member_array(writer, "tokens");
    for (size_t i = 0; i < shown->count; i++) {
        const struct shown_token *at = &shown->data[i];
        qd_json_begin_object(writer);
        qd_json_member_string(writer, "token", at->token.term);
        qd_json_member_int(writer, "start_offset", at->start);
        qd_json_member_int(writer, "end_offset", at->end);
        qd_json_member_text(writer, "type", at->token.type);
        qd_json_member_int(writer, "position", at->position);
        if (at->token.position_length > 1 && !request->explain)
            qd_json_member_int(writer, "positionLength", at->token.position_length);
        if (request->explain) write_attributes(writer, request, &at->token, keyword);
        qd_json_end_object(writer);
    }
    qd_json_end_array(writer);
}

/* True when one of the first count filters works with the keyword attribute, so that explain shows it. */
static bool has_keyword(const struct qd_analyzer *analyzer, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct qd_component *filter = &analyzer->filters[i];
        if (filter->kind->keyword != NULL && filter->kind->keyword(filter->state)) return true;
    }
    return false;
}

static enum qd_status explain_stage(struct qd_json_writer *writer, const struct request *request,
                                    const struct qd_analyzer *analyzer, const struct qd_component *stage,
                                    size_t filter_count, struct qd_error *error)
{
    struct shown_tokens shown = { 0 };
    QD_TRY(collect(request, analyzer, filter_count, &shown, error));
    qd_json_begin_object(writer);
    struct qd_slice name = request->fallback ? QD_SLICE("default") : analyzer->name;
    qd_json_member_string(writer, "name", stage == NULL ? name : stage->name);
    write_tokens(writer, request, &shown, has_keyword(analyzer, filter_count));
    qd_json_end_object(writer);
    return QD_OK;
}

static enum qd_status explain_char_filters(struct qd_json_writer *writer, const struct request *request,
                                           const struct qd_analyzer *analyzer)
{
    qd_json_member_array(writer, "charfilters");
    for (size_t i = 0; i < analyzer->char_filter_count; i++) {
        qd_json_begin_object(writer);
        qd_json_member_string(writer, "name", analyzer->char_filters[i].name);
        qd_json_member_array(writer, "filtered_text");
        for (size_t j = 0; j < request->text_count; j++) {
            struct qd_filtered_text filtered;
            QD_TRY(
                qd_analyzer_filter_text(analyzer, request->scope.arena, request->texts[j], i + 1, &filtered));
            qd_json_string(writer, filtered.text);
        }
        qd_json_end_array(writer);
        qd_json_end_object(writer);
    }
    qd_json_end_array(writer);
    return QD_OK;
}

static enum qd_status explain(struct qd_json_writer *writer, const struct request *request,
                              const struct qd_analyzer *analyzer, struct qd_error *error)
{
    qd_json_begin_object(writer);
    qd_json_member_object(writer, "detail");
    qd_json_member_bool(writer, "custom_analyzer", analyzer->custom);
    if (!analyzer->custom) {
        qd_json_name(writer, "analyzer");
        QD_TRY(explain_stage(writer, request, analyzer, NULL, analyzer->filter_count, error));
    } else {
        QD_TRY(explain_char_filters(writer, request, analyzer));
        qd_json_name(writer, "tokenizer");
        QD_TRY(explain_stage(writer, request, analyzer, &analyzer->tokenizer, 0, error));
        qd_json_member_array(writer, "tokenfilters");
        for (size_t i = 0; i < analyzer->filter_count; i++)
            QD_TRY(explain_stage(writer, request, analyzer, &analyzer->filters[i], i + 1, error));
        qd_json_end_array(writer);
    }
    qd_json_end_object(writer);
    qd_json_end_object(writer);
    return QD_OK;
}

static enum qd_status answer(struct request *request, const struct qd_analyzer *field_analyzer,
                             struct qd_buffer *out, struct qd_error *error)
{
    const struct qd_analyzer *analyzer;
    read_request(request);
    QD_TRY(check_request(request, error));
    if (!request->scope.own && field_analyzer == NULL && qd_json_get(request->body, "field") != NULL &&
        qd_json_get(request->body, "analyzer") == NULL)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "analysis based on a specific field requires an index");
    QD_TRY(find_analyzer(request, field_analyzer, &analyzer, error));
    struct qd_json_writer writer = { .out = out };
    request->no_frequency = analyzer->tokenizer.kind->no_frequency;
    if (request->explain) return explain(&writer, request, analyzer, error);
    struct shown_tokens shown = { 0 };
    QD_TRY(collect(request, analyzer, analyzer->filter_count, &shown, error));
    qd_json_begin_object(&writer);
    write_tokens(&writer, request, &shown, false);
    qd_json_end_object(&writer);
    return QD_OK;
}

enum qd_status qd_analysis_analyze(const struct qd_analysis_scope *scope, const struct qd_json *body,
                                   struct qd_buffer *out, struct qd_error *error)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct request request = { .body = body, .max_token_count = scope->max_token_count };
    request.scope = (struct qd_registry_scope){ .registry = scope->registry,
                                                .arena = arena,
                                                .own = scope->registry != NULL };
    enum qd_status status = QD_OK;
    if (scope->registry == NULL) {
        struct qd_analysis_registry *global = NULL;
        struct qd_analysis_limits limits = {
            .max_ngram_diff = 1, .max_shingle_diff = 3, .files = scope->files
        };
        status = qd_analysis_create(arena, NULL, &limits, &global, error);
        request.scope.registry = global;
    }
    size_t start = out->size;
    if (status == QD_OK) status = answer(&request, scope->field_analyzer, out, error);
    if (status != QD_OK) out->size = start;
    qd_arena_destroy(arena);
    return status;
}
