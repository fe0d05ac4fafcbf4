#include "search/highlight.h"

#include "base/text.h"
#include "base/wildcard.h"
#include "codec/ids.h"
#include "search/highlight_fragment.h"
#include "search/query_tree.h"

#define SOURCE_DEPTH_MAX 1000

/* A field to highlight in every hit. */
struct shown_field {
    struct qd_slice name; /* as asked for: aliases keep their own */
    const struct qd_field *field;
    struct qd_highlight_options options;
    struct qd_highlight_leaves leaves;
};
QD_VECTOR_TYPE(shown_list, struct shown_field);

struct qd_highlighter {
    const struct qd_shard_view *view;
    struct shown_list fields;
    bool html;
};

enum qd_status qd_highlight_check(const struct qd_json_document *document, const struct qd_json *json,
                                  struct qd_arena *arena, struct qd_error *error)
{
    struct qd_highlight_request request;
    return qd_highlight_options_parse(document, json, arena, &request, error);
}

static enum qd_status check_offset(const struct qd_highlight_options *options, struct qd_error *error)
{
    if (!options->offset_given || options->max_analyzer_offset > 0) {
        return QD_OK;
    }
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "the value [%lld] of max_analyzer_offset is invalid",
                        (long long)options->max_analyzer_offset);
}

enum qd_status qd_highlight_check_shard(const struct qd_json_document *document, const struct qd_json *json,
                                        const struct qd_shard_view *view, struct qd_arena *arena,
                                        struct qd_error *error)
{
    struct qd_highlight_request request;
    QD_TRY(qd_highlight_options_parse(document, json, arena, &request, error));
    QD_TRY(check_offset(&request.global, error));
    for (size_t i = 0; i < request.count; i++) {
        struct qd_query_context context = { .view = view, .arena = arena };
        const struct qd_query *query = request.fields[i].options.query;
        struct qd_node *node;
        QD_TRY(check_offset(&request.fields[i].options, error));
        if (query != NULL) {
            QD_TRY(qd_query_build_whole(query, &context, &node, error));
        }
    }
    if (request.count > 0 || request.global.query == NULL) {
        return QD_OK;
    }
    struct qd_query_context context = { .view = view, .arena = arena };
    struct qd_node *node;
    return qd_query_build_whole(request.global.query, &context, &node, error);
}

/* ---- creating ---- */
/* Hidden fields of text are highlighted where they are named, but no pattern means them. */
static bool is_shown(const struct qd_field *field, bool pattern)
{
    bool hidden = field->type == QD_FIELD_PREFIX || field->type == QD_FIELD_PHRASE;
    return qd_field_has_words(field) && !(hidden && pattern);
}

static enum qd_status check_type(const struct qd_highlight_field *asked, struct qd_error *error)
{
    struct qd_slice type = asked->options.type;
    if (type.data == NULL || qd_slice_is(type, "unified") || qd_slice_is(type, "plain") ||
        qd_slice_is(type, "fvh"))
        return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "unknown highlighter type [%.*s] for the field [%.*s]",
                        QD_SLICE_ARG(type), QD_SLICE_ARG(asked->name));
}

static enum qd_status no_vectors(const struct qd_field *field, struct qd_error *error)
{
    return qd_error_set(
        error, QD_ILLEGAL_ARGUMENT,
        "the field [%.*s] should be indexed with term vector with position offsets to be used with "
        "fast vector highlighter",
        QD_SLICE_ARG(field->name));
}

static enum qd_status check_field(const struct shown_field *shown, struct qd_error *error)
{
    struct qd_slice type = shown->options.type;
    bool unified = type.data == NULL || qd_slice_is(type, "unified");
    bool whole = shown->options.number_of_fragments == 0 || shown->field->type == QD_FIELD_KEYWORD;
    if (unified && !whole && shown->options.scanner == QD_BOUNDARY_CHARS) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Invalid boundary scanner type: chars");
    }
    return QD_OK;
}

static enum qd_status add_field(struct qd_highlighter *highlighter, const struct qd_highlight_field *asked,
                                struct qd_slice name, struct qd_prepared *query, struct qd_arena *arena,
                                struct qd_error *error)
{
    const struct qd_shard_view *view = highlighter->view;
    const struct qd_field *field = qd_mapping_field(view->mapping, name);
    bool pattern = qd_is_simple_pattern(asked->name);
    if (field == NULL || field->is_metadata) {
        return QD_OK;
    }
    struct shown_field shown = { .name = name, .field = field, .options = asked->options };
    /* No field has vectors that the fast vector highlighter could read; a pattern leaves such fields out. */
    bool vectors = qd_slice_is(asked->options.type, "fvh");
    if (vectors && !pattern) return no_vectors(field, error);
    if (vectors || !is_shown(field, pattern)) {
        return QD_OK;
    }
    QD_TRY(check_field(&shown, error));
    if (asked->options.query != NULL) {
        QD_TRY(qd_query_prepare(asked->options.query, view, false, arena, &query, error));
    }
    shown.leaves = qd_highlight_leaves_of(query, field, !asked->options.require_field_match, arena);
    if (!qd_slice_is(shown.options.type, "plain")) qd_highlight_leaves_visited(&shown.leaves);
    /* Of two entries for one field the later counts. */
    for (size_t i = 0; i < highlighter->fields.count; i++) {
        if (!qd_slice_equal(highlighter->fields.data[i].name, name)) {
            continue;
        }
        highlighter->fields.data[i] = shown;
        return QD_OK;
    }
    *QD_PUSH(arena, &highlighter->fields) = shown;
    return QD_OK;
}

enum qd_status qd_highlight_create(const struct qd_json_document *document, const struct qd_json *json,
                                   const struct qd_shard_view *view, struct qd_prepared *query,
                                   struct qd_arena *arena, struct qd_highlighter **highlighter,
                                   struct qd_error *error)
{
    struct qd_highlight_request request;
    struct qd_highlighter *made = QD_NEW(arena, struct qd_highlighter);
    QD_TRY(qd_highlight_options_parse(document, json, arena, &request, error));
    made->view = view;
    made->html = request.html;
    for (size_t i = 0; i < request.count; i++) {
        struct qd_slice *names;
        QD_TRY(check_type(&request.fields[i], error));
        size_t count = qd_mapping_match(view->mapping, request.fields[i].name, arena, &names);
        for (size_t k = 0; k < count; k++) {
            QD_TRY(add_field(made, &request.fields[i], names[k], query, arena, error));
        }
    }
    *highlighter = made;
    return QD_OK;
}

/* ---- values ---- */
QD_VECTOR_TYPE(text_list, struct qd_slice);

static void find_texts(const struct qd_json *node, struct qd_slice path, struct text_list *texts,
                       struct qd_arena *arena, int depth)
{
    if (depth > SOURCE_DEPTH_MAX || node == NULL) {
        return;
    }
    if (qd_json_is_array(node)) {
        struct qd_json_iterator at = qd_json_iterate(node);
        while (qd_json_next(&at)) {
            find_texts(at.value, path, texts, arena, depth + 1);
        }
        return;
    }
    if (path.size == 0) {
        if (!qd_json_is_object(node) && !qd_json_is_null(node)) {
            *QD_PUSH(arena, texts) = qd_json_text(node);
        }
        return;
    }
    if (!qd_json_is_object(node)) {
        return;
    }
    for (size_t size = 1; size <= path.size; size++) {
        if (size < path.size && path.data[size] != '.') {
            continue;
        }
        const struct qd_json *value = qd_json_get_slice(node, qd_slice_sub(path, 0, size));
        size_t before = texts->count;
        find_texts(value, qd_slice_from(path, size == path.size ? size : size + 1), texts, arena, depth + 1);
        if (texts->count > before) {
            return;
        }
    }
}

static bool too_long_for_index(const struct qd_field *field, struct qd_slice text)
{
    return field->type == QD_FIELD_KEYWORD && field->ignore_above >= 0 &&
           qd_utf16_length(text) > (uint64_t)field->ignore_above;
}

/* The document that is highlighted. */
struct place {
    struct qd_segment *segment;
    qd_doc_id doc; /* in its segment */
    const struct qd_json *source;
};

/* The document as an error names it: the plain highlighter by its id, the other by its number. */
static enum qd_status name_document(const struct place *place, bool plain, struct qd_arena *arena,
                                    struct qd_slice *name, struct qd_error *error)
{
    struct qd_ids *ids;
    *name = qd_arena_format(arena, "%u", place->doc);
    if (!plain) return QD_OK;
    QD_TRY(qd_segment_ids(place->segment, &ids, error));
    if (ids != NULL) *name = qd_ids_at(ids, place->doc);
    return QD_OK;
}

/* Texts whose offsets are in the index are not analysed, except by the plain highlighter. */
static enum qd_status check_length(const struct qd_highlighter *highlighter, const struct shown_field *shown,
                                   const struct place *place, size_t length, struct qd_error *error)
{
    int64_t max = highlighter->view->limits.max_analyzed_offset;
    bool plain = qd_slice_is(shown->options.type, "plain");
    if (max <= 0 || shown->options.max_analyzer_offset > 0 || length <= (size_t)max) {
        return QD_OK;
    }
    if (!plain && shown->field->index_options == QD_INDEX_OFFSETS) return QD_OK;
    struct qd_slice index = highlighter->view->index_name;
    struct qd_arena *scratch = qd_arena_create(0);
    struct qd_slice name;
    enum qd_status status = name_document(place, plain, scratch, &name, error);
    if (status == QD_OK) {
        status = qd_error_set(
            error, QD_ILLEGAL_ARGUMENT,
            "The length of [%.*s] field of [%.*s] doc of [%.*s] index has exceeded [%lld] - maximum allowed "
            "to be analyzed for highlighting. This maximum can be set by changing the "
            "[index.highlight.max_analyzed_offset] index level setting. For large texts, indexing with "
            "offsets or term vectors%s is recommended!",
            QD_SLICE_ARG(shown->name), QD_SLICE_ARG(name), QD_SLICE_ARG(index), (long long)max,
            plain ? ", and highlighting with unified or fvh highlighter" : "");
    }
    qd_arena_destroy(scratch);
    return status;
}

/* Analyses the values of a field in one document. */
static enum qd_status make_values(const struct qd_highlighter *highlighter, const struct shown_field *shown,
                                  const struct place *place, struct qd_highlight_input *input,
                                  struct qd_error *error)
{
    struct qd_arena *arena = input->arena;
    const struct qd_field *field = shown->field;
    struct text_list texts = { 0 };
    bool plain = qd_slice_is(shown->options.type, "plain");
    int64_t offset = shown->options.max_analyzer_offset;
    find_texts(place->source, field->parent != NULL ? field->parent->name : field->name, &texts, arena, 0);
    struct qd_highlight_value *values = QD_NEW_ARRAY(arena, struct qd_highlight_value, texts.count + 1);
    input->values = values;
    size_t length = 0;
    for (size_t i = 0; i < texts.count; i++) {
        struct qd_slice text = texts.data[i];
        if (too_long_for_index(field, text)) {
            continue;
        }
        /* Keywords are marked as they are indexed. */
        if (field->type == QD_FIELD_KEYWORD && field->normalizer != NULL)
            text = qd_analyzer_normalize(field->normalizer, arena, text);
        length += qd_utf16_length(text) + 1;
        size_t counted = plain ? qd_utf16_length(text) : length - 1;
        QD_TRY(check_length(highlighter, shown, place, counted, error));
        if (plain && offset > 0) {
            text.size = qd_utf16_to_byte(text, (size_t)offset);
        }
        struct qd_highlight_matcher matcher = { field, shown->leaves,
                                                offset > 0 ? (size_t)offset : SIZE_MAX };
        QD_TRY(qd_highlight_value_make(&matcher, text, arena, &values[input->value_count++], error));
    }
    return QD_OK;
}

/* ---- text ---- */
static void append_encoded(struct qd_buffer *out, uint32_t point)
{
    switch (point) {
    case '"': qd_buffer_slice(out, QD_SLICE("&quot;")); break;
    case '&': qd_buffer_slice(out, QD_SLICE("&amp;")); break;
    case '<': qd_buffer_slice(out, QD_SLICE("&lt;")); break;
    case '>': qd_buffer_slice(out, QD_SLICE("&gt;")); break;
    case '\'': qd_buffer_slice(out, QD_SLICE("&#x27;")); break;
    case '/': qd_buffer_slice(out, QD_SLICE("&#x2F;")); break;
    default: qd_utf8_append(out, point);
    }
}

void qd_highlight_append(struct qd_buffer *out, const struct qd_highlight_value *value, size_t start,
                         size_t end, bool html)
{
    if (end > value->unit_count) {
        end = value->unit_count;
    }
    for (size_t i = start; i < end; i++) {
        uint32_t point = value->units[i];
        if ((point & 0xfc00) == 0xd800 && i + 1 < value->unit_count &&
            (value->units[i + 1] & 0xfc00) == 0xdc00) {
            point = 0x10000u + ((point & 0x3ff) << 10) + (value->units[++i] & 0x3ffu);
        }
        if (html) {
            append_encoded(out, point);
        } else {
            qd_utf8_append(out, point);
        }
    }
}

struct qd_slice qd_highlight_take(struct qd_buffer *out, bool trim, struct qd_arena *arena)
{
    struct qd_slice text = qd_buffer_view(out);
    text = qd_arena_copy(arena, trim ? qd_trim(text) : text);
    out->size = 0;
    return text;
}

/* ---- one document ---- */
static enum qd_status find_fragments(const struct qd_highlighter *highlighter,
                                     const struct shown_field *shown, const struct place *place,
                                     struct qd_highlight_input input, struct qd_fragments *fragments,
                                     struct qd_error *error)
{
    if (shown->leaves.count == 0 && shown->options.no_match_size <= 0) {
        return QD_OK;
    }
    QD_TRY(make_values(highlighter, shown, place, &input, error));
    if (qd_slice_is(shown->options.type, "plain")) {
        return qd_highlight_plain(&input, fragments, error);
    }
    return qd_highlight_unified(&input, fragments, error);
}

static void write_fragments(struct qd_slice name, const struct qd_fragments *fragments,
                            struct qd_json_writer *writer)
{
    qd_json_name_slice(writer, name);
    qd_json_begin_array(writer);
    for (size_t i = 0; i < fragments->count; i++) {
        qd_json_string(writer, fragments->data[i]);
    }
    qd_json_end_array(writer);
}

enum qd_status qd_highlight_write(struct qd_highlighter *highlighter, uint32_t segment, qd_doc_id doc,
                                  const struct qd_json *source, struct qd_arena *arena,
                                  struct qd_json_writer *writer, bool *written, struct qd_error *error)
{
    struct place place = { highlighter->view->snapshot->segments[segment].segment, doc, source };
    *written = false;
    if (source == NULL) {
        return QD_OK;
    }
    for (size_t i = 0; i < highlighter->fields.count; i++) {
        const struct shown_field *shown = &highlighter->fields.data[i];
        struct qd_fragments fragments = { 0 };
        struct qd_highlight_input input = {
            .options = &shown->options, .field = shown->field, .html = highlighter->html, .arena = arena
        };
        QD_TRY(find_fragments(highlighter, shown, &place, input, &fragments, error));
        if (fragments.count == 0) {
            continue;
        }
        if (!*written) {
            qd_json_begin_object(writer);
        }
        *written = true;
        write_fragments(shown->name, &fragments, writer);
    }
    if (*written) {
        qd_json_end_object(writer);
    }
    return QD_OK;
}
