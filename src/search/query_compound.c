/* dis_max, boosting, wrapper. Source: OpenSearch DisMaxQueryBuilder, BoostingQueryBuilder,
 * WrapperQueryBuilder. */
#include <stddef.h>

#include "base/text.h"
#include "search/query_tree.h"

QD_VECTOR_TYPE(query_list, const struct qd_query *);

/* ---- dis_max ---- */
struct dis_max_query {
    struct qd_query query;
    struct query_list queries;
    float tie_breaker;
};

/* A scalar before a query: the reference looks at the token behind it, which begins one. */
static bool is_stepped_over(struct qd_json_iterator element)
{
    bool scalar = qd_query_is_value(element.value) || qd_json_is_null(element.value);
    return scalar && qd_json_next(&element) && qd_json_is_object(element.value);
}

static enum qd_status dis_max_parse(struct qd_query_parser *parser, const struct qd_json *body,
                                    struct qd_query **query, struct qd_error *error)
{
    struct dis_max_query *self = QD_QUERY_NEW(parser->arena, struct dis_max_query, &qd_query_kind_dis_max);
    bool found = false;
    struct qd_json_iterator at = qd_json_iterate(body);
    while (qd_json_next(&at)) {
        bool container = qd_json_is_object(at.value) || qd_json_is_array(at.value);
        if (container && qd_slice_is(at.key, "queries")) {
            found = true;
            struct qd_query *one;
            if (qd_json_is_object(at.value)) {
                QD_TRY(qd_query_parse_inner(parser, at.value, &one, error));
                *QD_PUSH(parser->arena, &self->queries) = one;
                continue;
            }
            struct qd_json_iterator element = qd_json_iterate(at.value);
            if (qd_json_size(at.value) == 0)
                return qd_query_error_end(parser, at.value, error,
                                          "[_na] query malformed, must start with start_object");
            while (qd_json_next(&element)) {
                /* The reference stands on the bracket and reads the first element by itself. */
                if (self->queries.count == 0 && !qd_json_is_object(element.value))
                    return qd_query_error_at(parser, element.value, error,
                                             "[_na] query malformed, must start with start_object");
                if (is_stepped_over(element)) continue;
                QD_TRY(qd_query_parse_inner(parser, element.value, &one, error));
                *QD_PUSH(parser->arena, &self->queries) = one;
            }
            continue;
        }
        bool taken = true;
        if (!container && qd_slice_is(at.key, "tie_breaker"))
            QD_TRY(qd_query_float(parser, at.value, &self->tie_breaker, error));
        else if (container) taken = false;
        else QD_TRY(qd_query_parse_common(parser, &self->query, at.key, at.value, &taken, error));
        if (!taken)
            return qd_query_error_at(parser, at.value, error, "[dis_max] query does not support [%.*s]",
                                     QD_SLICE_ARG(at.key));
    }
    if (!found)
        return qd_query_error_end(parser, body, error,
                                 "[dis_max] requires 'queries' field with at least one clause");
    *query = &self->query;
    return QD_OK;
}

static enum qd_status dis_max_rewrite(const struct qd_query *query, struct qd_query_context *context,
                                      const struct qd_query **result, struct qd_error *error)
{
    const struct dis_max_query *self = (const struct dis_max_query *)query;
    struct dis_max_query *copy = QD_QUERY_NEW(context->arena, struct dis_max_query, &qd_query_kind_dis_max);
    copy->query = self->query;
    copy->tie_breaker = self->tie_breaker;
    bool changed = false;
    for (size_t i = 0; i < self->queries.count; i++) {
        const struct qd_query *one;
        QD_TRY(qd_query_rewrite(self->queries.data[i], context, &one, error));
        changed |= one != self->queries.data[i];
        *QD_PUSH(context->arena, &copy->queries) = one;
    }
    if (changed) *result = &copy->query;
    return QD_OK;
}

static enum qd_status dis_max_build(const struct qd_query *query, struct qd_query_context *context,
                                    struct qd_node **node, struct qd_error *error)
{
    const struct dis_max_query *self = (const struct dis_max_query *)query;
    struct qd_node **subs = QD_NEW_ARRAY(context->arena, struct qd_node *, self->queries.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < self->queries.count; i++) {
        QD_TRY(qd_query_build(self->queries.data[i], context, &subs[count], error));
        if (subs[count] != NULL) count++;
    }
    if (count > 0) QD_TRY(qd_query_check_tie_breaker(self->tie_breaker, error));
    *node = count == 0 ? qd_node_none(context->arena, "no clauses for dismax query.")
                       : qd_node_dis_max(context->arena, subs, count, self->tie_breaker);
    return QD_OK;
}

const struct qd_query_kind qd_query_kind_dis_max = { .name = "dis_max",
                                                     .parse = dis_max_parse,
                                                     .rewrite = dis_max_rewrite,
                                                     .build = dis_max_build };

/* ---- wrapper ---- */
struct wrapper_query {
    struct qd_query query;
    const struct qd_query *inner;
};

/* Jackson's complaint about binary content, told twice as the reference does. */
static enum qd_status content_error(struct qd_query_parser *parser, size_t offset, struct qd_slice what,
                                    struct qd_error *error)
{
    struct qd_slice text = qd_arena_format(parser->arena,
                                           "%.*s\n at [Source: REDACTED (`StreamReadFeature."
                                           "INCLUDE_SOURCE_IN_LOCATION` disabled); byte offset: #%zu]",
                                           QD_SLICE_ARG(what), offset);
    (void)qd_error_set(error, QD_JSON_PARSE, "%.*s", QD_SLICE_ARG(text));
    if (error != NULL) error->type_override = "stream_read_exception";
    return qd_error_wrap(error, QD_JSON_PARSE, "%.*s", QD_SLICE_ARG(text));
}

/* What Jackson says of a character that cannot stand at `place` (from 0) of a unit of four. */
static struct qd_slice foreign_letter(struct qd_arena *arena, unsigned letter, size_t place)
{
    char text[4];
    if (letter <= 0x20)
        return qd_arena_format(arena,
                               "Illegal white space character (code 0x%x) as character #%zu of 4-char base64 "
                               "unit: can only used between units",
                               letter, place + 1);
    if (letter == '=')
        return qd_arena_format(arena,
                               "Unexpected padding character ('=') as character #%zu of 4-char base64 unit: "
                               "padding only legal as 3rd or 4th character",
                               place + 1);
    if (letter >= 0x7f && letter < 0xa0)
        return qd_arena_format(arena, "Illegal character (code 0x%x) in base64 content", letter);
    return qd_arena_format(arena, "Illegal character '%.*s' (code 0x%x) in base64 content",
                           (int)qd_utf8_encode(letter, text), text, letter);
}

static bool is_base64_letter(unsigned letter)
{
    bool alphabetic = (letter | 0x20) >= 'a' && (letter | 0x20) <= 'z';
    return alphabetic || (letter >= '0' && letter <= '9') || letter == '+' || letter == '/';
}

/* Where the first letter is that Jackson refuses, and what it says; true when there is none. (A missing
 * padding is told one byte earlier, at the closing quote.) The letters
 * without white space between units are put into `letters`. */
static bool check_base64(struct qd_arena *arena, struct qd_slice text, struct qd_slice *letters,
                         size_t *offset, struct qd_slice *what)
{
    char *kept = qd_arena_alloc(arena, text.size + 1);
    size_t count = 0;
    for (*offset = 0; *offset < text.size; ++*offset) {
        unsigned letter = (unsigned char)text.data[*offset];
        size_t place = count % 4;
        if (letter <= 0x20 && place == 0) continue;
        bool closes = place == 3 && kept[count - 1] == '=';
        bool padding = letter == '=' && place >= 2;
        bool fits = closes ? padding : padding || is_base64_letter(letter);
        if (!fits) {
            *what = foreign_letter(arena, letter, place);
            return false;
        }
        kept[count++] = (char)letter;
    }
    *letters = qd_slice_make(kept, count);
    if (count % 4 == 0) return true;
    *what = QD_SLICE("Unexpected end of base64-encoded String: base64 variant 'MIME-NO-LINEFEEDS' expects "
                     "padding (one or more '=' characters) at the end. This Base64Variant might have been "
                     "incorrectly configured");
    /* The closing quote itself is refused where a letter or a padding must follow. */
    if (count % 4 == 1 || kept[count - 1] == '=') *what = foreign_letter(arena, '"', 1);
    else --*offset;
    return false;
}

static const char *token_of(const struct qd_json *value)
{
    if (qd_json_is_boolean(value)) return qd_json_boolean(value) ? "VALUE_TRUE" : "VALUE_FALSE";
    if (!qd_json_is_number(value)) return qd_json_token_name(value);
    struct qd_slice text = qd_json_text(value);
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '.' || text.data[i] == 'e' || text.data[i] == 'E') return "VALUE_NUMBER_FLOAT";
    }
    return "VALUE_NUMBER_INT";
}

static enum qd_status wrapped_text(struct qd_query_parser *parser, const struct qd_json *value,
                                   struct qd_slice *text, struct qd_error *error)
{
    size_t start;
    size_t end;
    size_t offset;
    struct qd_slice letters;
    struct qd_slice what;
    qd_json_extent(parser->document, value, &start, &end);
    if (!qd_json_is_string(value)) {
        bool container = qd_json_is_object(value) || qd_json_is_array(value);
        what = qd_arena_format(
            parser->arena,
            "Current token (%s) not VALUE_STRING or VALUE_EMBEDDED_OBJECT, cannot access as "
            "binary",
            token_of(value));
        return content_error(parser, container ? start + 1 : end, what, error);
    }
    if (!check_base64(parser->arena, qd_json_text(value), &letters, &offset, &what))
        return content_error(parser, start + 2 + offset, what, error);
    /* A padded unit may be followed by further ones: each run up to its padding is a text of its own. */
    struct qd_buffer bytes = { 0 };
    for (size_t from = 0; from < letters.size;) {
        size_t to = from + 4;
        struct qd_slice part;
        while (to < letters.size && letters.data[to - 1] != '=') to += 4;
        if (qd_base64_decode(parser->arena, qd_slice_sub(letters, from, to - from), &part))
            qd_buffer_slice(&bytes, part);
        from = to;
    }
    *text = qd_arena_copy(parser->arena, qd_buffer_view(&bytes));
    qd_buffer_deinit(&bytes);
    return QD_OK;
}

static enum qd_status wrapper_parse(struct qd_query_parser *parser, const struct qd_json *body,
                                    struct qd_query **query, struct qd_error *error)
{
    struct wrapper_query *self = QD_QUERY_NEW(parser->arena, struct wrapper_query, &qd_query_kind_wrapper);
    struct qd_json_iterator at = qd_json_iterate(body);
    if (!qd_json_next(&at)) return qd_query_error_end(parser, body, error, "[wrapper] query malformed");
    if (!qd_slice_is(at.key, "query"))
        return qd_query_error_at(parser, at.name, error,
                                 "[wrapper] query malformed, expected `query` but was %.*s",
                                 QD_SLICE_ARG(at.key));
    struct qd_slice text;
    parser->stand = at.value;
    parser->at_end = false;
    QD_TRY(wrapped_text(parser, at.value, &text, error));
    parser->stand = body;
    parser->at_end = true;
    if (text.size == 0)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "query source text cannot be null or empty");
    struct qd_json_document *document = QD_NEW(parser->arena, struct qd_json_document);
    QD_TRY(qd_json_parse(parser->arena, text, document, error));
    struct qd_query_parser inner = { .document = document, .arena = parser->arena, .depth = parser->depth };
    struct qd_query *parsed;
    QD_TRY(qd_query_parse_inner(&inner, document->root, &parsed, error));
    self->inner = parsed;
    *query = &self->query;
    return QD_OK;
}

static enum qd_status wrapper_rewrite(const struct qd_query *query, struct qd_query_context *context,
                                      const struct qd_query **result, struct qd_error *error)
{
    const struct wrapper_query *self = (const struct wrapper_query *)query;
    return qd_query_rewrite(self->inner, context, result, error);
}

static enum qd_status wrapper_build(const struct qd_query *query, struct qd_query_context *context,
                                    struct qd_node **node, struct qd_error *error)
{
    return qd_query_build(((const struct wrapper_query *)query)->inner, context, node, error);
}

const struct qd_query_kind qd_query_kind_wrapper = { .name = "wrapper",
                                                     .parse = wrapper_parse,
                                                     .rewrite = wrapper_rewrite,
                                                     .build = wrapper_build };
