/* Reading templates. Lines that hold nothing but a section's tag leave no line behind. */
#include "script/mustache.h"

#include "base/assert.h"
#include "base/text.h"
#include "script/mustache_internal.h"

struct parser {
    struct qd_arena *arena;
    struct qd_error *error;
    struct qd_slice source;
    size_t at;
    size_t line, line_start;
    size_t depth;
    struct qd_slice open, close; /* delimiters */
};

/* The text between two tags of one section. */
struct level {
    const struct qd_slice *tag;     /* the section's name; NULL outside of all */
    size_t line;                    /* where the section begins */
    bool start_of_line;             /* nothing but white space and text stands in front */
    bool only_white;                /* so far on this line, tags left out */
    bool iterable;                  /* the line break behind a tag belongs to the tag */
    bool saw_return;
    struct qd_buffer text;          /* text that no node has yet */
    size_t whole_lines;             /* bytes of it that end with a line */
    struct qd_mustache_node **tail; /* where the next node goes */
};

/* A tag: what stands between the delimiters. */
struct tag {
    struct qd_slice command;
    struct qd_slice variable;       /* without the first character */
    uint8_t kind;                   /* that character */
    bool closed;                    /* the closing delimiter was there */
};

static enum qd_status fail(struct parser *parser, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static enum qd_status fail(struct parser *parser, const char *format, ...)
{
    struct qd_error *error = parser->error;
    va_list arguments;
    va_start(arguments, format);
    struct qd_slice reason = qd_arena_vformat(parser->arena, format, arguments);
    va_end(arguments);
    (void)qd_error_set(error, QD_ILLEGAL_ARGUMENT, "%.*s", QD_SLICE_ARG(reason));
    if (error == NULL) return QD_ILLEGAL_ARGUMENT;
    error->type_override = "mustache_exception";
    (void)qd_error_wrap(error, QD_ILLEGAL_ARGUMENT, "%.*s", QD_SLICE_ARG(reason));
    error->type_override = "script_exception";
    qd_error_add_raw(error, "script_stack", QD_SLICE("[]"));
    qd_error_add(error, "script", parser->source);
    qd_error_add(error, "lang", QD_SLICE("mustache"));
    return QD_ILLEGAL_ARGUMENT;
}

#define AT " @[query-template:%zu]"

static struct qd_mustache_node *add(struct parser *parser, struct level *level, enum qd_mustache_kind kind,
                                    struct qd_slice text)
{
    struct qd_mustache_node *node = QD_NEW(parser->arena, struct qd_mustache_node);
    *node = (struct qd_mustache_node){ .kind = kind, .text = text, .line = parser->line };
    *level->tail = node;
    level->tail = &node->next;
    return node;
}

static void flush(struct parser *parser, struct level *level)
{
    if (level->text.size > 0) {
        struct qd_slice text = qd_arena_copy(parser->arena, qd_buffer_view(&level->text));
        (void)add(parser, level, QD_MUSTACHE_TEXT, text);
    }
    level->text.size = 0;
    level->whole_lines = 0;
}

/* Drops the white space in front of a tag that stands alone on its line. */
static void drop_indent(struct level *level)
{
    level->text.size = level->whole_lines;
}

/* Only the first two characters of a delimiter count. */
static bool at_delimiter(const struct parser *parser, struct qd_slice delimiter)
{
    struct qd_slice looked_for = qd_slice_sub(delimiter, 0, delimiter.size < 2 ? delimiter.size : 2);
    return qd_slice_starts_with(qd_slice_from(parser->source, parser->at), looked_for);
}

static void skip_delimiter(struct parser *parser, struct qd_slice delimiter)
{
    parser->at += delimiter.size < 2 ? delimiter.size : 2;
}

/* A change of delimiters holds the closing one perhaps: it is looked for behind the second equals sign. */
static struct tag read_tag(struct parser *parser)
{
    size_t start = parser->at;
    struct tag tag = { 0 };
    bool delimiters = start < parser->source.size && parser->source.data[start] == '=';
    if (delimiters) parser->at++;
    size_t end = SIZE_MAX;
    for (; parser->at < parser->source.size; parser->at++) {
        if (delimiters && parser->source.data[parser->at] == '=') {
            delimiters = false;
            end = parser->at;
            continue;
        }
        if (delimiters || !at_delimiter(parser, parser->close)) continue;
        tag.closed = true;
        break;
    }
    if (end == SIZE_MAX || parser->source.data[start] != '=') end = parser->at;
    tag.command = qd_slice_sub(parser->source, start, end - start);
    if (tag.closed) skip_delimiter(parser, parser->close);
    if (tag.command.size == 0) return tag;
    tag.kind = (uint8_t)tag.command.data[0];
    tag.variable = qd_trim(qd_slice_from(tag.command, 1));
    return tag;
}

static enum qd_status parse_level(struct parser *parser, struct level *level);

/* {{#join delimiter='...'}} */
static bool join_delimiter(struct qd_slice name, struct qd_slice *delimiter)
{
    struct qd_slice prefix = QD_SLICE("join delimiter='");
    if (!qd_slice_starts_with(name, prefix) || name.size <= prefix.size) return false;
    if (name.data[name.size - 1] != '\'') return false;
    *delimiter = qd_slice_sub(name, prefix.size, name.size - prefix.size - 1);
    return true;
}

static enum qd_mustache_kind kind_of(uint8_t sign, struct qd_slice name, struct qd_slice *text)
{
    if (sign == '^') return QD_MUSTACHE_INVERTED;
    if (sign == '$') return QD_MUSTACHE_BLOCK;
    if (sign == '?') return QD_MUSTACHE_SECTION;
    if (qd_equal_ignore_case(name, QD_SLICE("toJson"))) return QD_MUSTACHE_TO_JSON;
    if (join_delimiter(name, text)) return QD_MUSTACHE_JOIN;
    if (qd_equal_ignore_case(name, QD_SLICE("url"))) return QD_MUSTACHE_URL;
    if (!qd_equal_ignore_case(name, QD_SLICE("join"))) return QD_MUSTACHE_SECTION;
    *text = QD_SLICE(",");
    return QD_MUSTACHE_JOIN;
}

/* toJson and join take the text inside as a name. Text behind a tag belongs to the tag. */
static enum qd_status read_name(struct parser *parser, struct qd_mustache_node *node)
{
    const struct qd_mustache_node *first = node->first;
    size_t count = first != NULL && first->kind == QD_MUSTACHE_TEXT ? 1 : 0;
    for (const struct qd_mustache_node *at = first; at != NULL; at = at->next) {
        if (at->kind != QD_MUSTACHE_TEXT) count++;
    }
    if (count != 1) {
        return fail(parser, "Mustache function [%s] must contain one and only one identifier",
                    node->kind == QD_MUSTACHE_JOIN ? "join" : "toJson");
    }
    if (first->kind != QD_MUSTACHE_TEXT) return QD_OK;
    struct qd_buffer name = { 0 };
    for (const struct qd_mustache_node *at = first; at != NULL; at = at->next) {
        qd_buffer_slice(&name, at->text);
    }
    node->name = qd_arena_copy(parser->arena, qd_buffer_view(&name));
    qd_buffer_deinit(&name);
    return QD_OK;
}

static enum qd_status open_section(struct parser *parser, struct level *level, const struct tag *tag)
{
    bool starts_line = level->start_of_line && level->only_white;
    size_t line = parser->line;
    struct qd_mustache_node *first = NULL;
    struct level inner = { .tag = &tag->variable, .line = line, .start_of_line = starts_line,
                           .only_white = true, .iterable = true, .tail = &first };
    if (parser->depth >= QD_MUSTACHE_DEPTH_MAX) {
        return fail(parser, "Sections are nested deeper than [%d]" AT, QD_MUSTACHE_DEPTH_MAX, line);
    }
    parser->depth++;
    enum qd_status status = parse_level(parser, &inner);
    qd_buffer_deinit(&inner.text);
    parser->depth--;
    QD_TRY(status);
    bool several_lines = parser->line != line;
    if (level->only_white && several_lines) drop_indent(level);
    flush(parser, level);
    level->iterable = several_lines;
    if (tag->kind == '<') {
        return fail(parser, "Partial templates are not supported in OpenSearch Mustache scripts: [%.*s]",
                    QD_SLICE_ARG(tag->variable));
    }
    struct qd_slice text = tag->variable;
    enum qd_mustache_kind kind = kind_of(tag->kind, tag->variable, &text);
    struct qd_mustache_node *node = add(parser, level, kind, text);
    node->first = first;
    node->line = line;
    if (kind == QD_MUSTACHE_TO_JSON || kind == QD_MUSTACHE_JOIN) return read_name(parser, node);
    return QD_OK;
}

static enum qd_status close_section(struct parser *parser, struct level *level, const struct tag *tag)
{
    if (level->start_of_line && level->only_white) drop_indent(level);
    flush(parser, level);
    if (level->tag != NULL && qd_slice_equal(*level->tag, tag->variable)) return QD_OK;
    struct qd_slice open = level->tag != NULL ? *level->tag : QD_SLICE("null");
    return fail(parser, "Mismatched start/end tags: %.*s != %.*s in query-template:%zu" AT,
                QD_SLICE_ARG(open), QD_SLICE_ARG(tag->variable), parser->line, parser->line);
}

/* {{{name}}} needs a third brace unless other delimiters hold. */
static enum qd_status raw_value(struct parser *parser, struct level *level, const struct tag *tag)
{
    struct qd_slice name = tag->variable;
    flush(parser, level);
    if (!qd_slice_starts_with(parser->close, QD_SLICE("}}"))) {
        if (name.size > 0) name.size--;
    } else {
        bool more = parser->at < parser->source.size;
        bool brace = more && parser->source.data[parser->at] == '}';
        if (more) parser->at++;
        if (!brace) {
            size_t start = parser->line_start;
            size_t column = qd_utf16_length(qd_slice_sub(parser->source, start, parser->at - start));
            return fail(parser, "Improperly closed variable: %.*s in query-template:%zu@%zu" AT,
                        QD_SLICE_ARG(name), parser->line, column - 1, parser->line);
        }
    }
    (void)add(parser, level, QD_MUSTACHE_RAW, qd_trim(name));
    return QD_OK;
}

static bool is_space(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static enum qd_status change_delimiters(struct parser *parser, struct level *level, const struct tag *tag)
{
    struct qd_slice rest = tag->variable, words[3];
    size_t count = 0, at = 0;
    flush(parser, level);
    while (at < rest.size && count < 3) {
        size_t start = at;
        while (at < rest.size && !is_space(rest.data[at])) at++;
        words[count++] = qd_slice_sub(rest, start, at - start);
        while (at < rest.size && is_space(rest.data[at])) at++;
    }
    if (count != 2) {
        return fail(parser, "Invalid delimiter string: %.*s" AT, QD_SLICE_ARG(rest), parser->line);
    }
    parser->open = words[0];
    parser->close = words[1];
    return QD_OK;
}

/* `*ended`: it was the end of this level. */
static enum qd_status read_command(struct parser *parser, struct level *level, bool *ended)
{
    struct tag tag = read_tag(parser);
    if (tag.command.size == 0) return fail(parser, "Empty mustache" AT, parser->line);
    switch (tag.kind) {
    case '#':
    case '^':
    case '<':
    case '$':
    case '?':
        return open_section(parser, level, &tag);
    case '/':
        *ended = true;
        return close_section(parser, level, &tag);
    case '>':
        if (!tag.closed) return QD_OK;
        return fail(parser, "Partial templates are not supported in OpenSearch Mustache scripts: [%.*s]",
                    QD_SLICE_ARG(tag.variable));
    case '{':
        return raw_value(parser, level, &tag);
    case '&':
        flush(parser, level);
        (void)add(parser, level, QD_MUSTACHE_RAW, tag.variable);
        return QD_OK;
    case '%':
    case '!':
        flush(parser, level);
        return QD_OK;
    case '=':
        return change_delimiters(parser, level, &tag);
    default:
        if (!tag.closed) return fail(parser, "Improperly closed variable" AT, parser->line);
        flush(parser, level);
        (void)add(parser, level, QD_MUSTACHE_VALUE, qd_trim(tag.command));
        return QD_OK;
    }
}

static void end_line(struct parser *parser, struct level *level)
{
    parser->line++;
    parser->line_start = parser->at;
    if (!level->iterable || !level->only_white) {
        if (level->saw_return) qd_buffer_byte(&level->text, '\r');
        qd_buffer_byte(&level->text, '\n');
    }
    level->saw_return = false;
    level->whole_lines = level->text.size;
    level->iterable = false;
    level->only_white = true;
    level->start_of_line = true;
}

static enum qd_status parse_level(struct parser *parser, struct level *level)
{
    bool ended = false;
    while (parser->at < parser->source.size) {
        char byte = parser->source.data[parser->at];
        if (byte != '\r' && byte != '\n') level->saw_return = false;
        if (at_delimiter(parser, parser->open)) {
            skip_delimiter(parser, parser->open);
            QD_TRY(read_command(parser, level, &ended));
            if (ended) return QD_OK;
            level->start_of_line = false;
            continue;
        }
        parser->at++;
        if (byte == '\r') {
            level->saw_return = true;
        } else if (byte == '\n') {
            end_line(parser, level);
        } else {
            level->only_white = level->only_white && (byte == ' ' || byte == '\t');
            qd_buffer_byte(&level->text, (uint8_t)byte);
        }
    }
    flush(parser, level);
    if (level->tag == NULL) return QD_OK;
    return fail(parser, "Failed to close '%.*s' tag" AT, QD_SLICE_ARG(*level->tag), parser->line);
}

enum qd_status qd_mustache_compile(struct qd_arena *arena, struct qd_slice source,
                                   const struct qd_mustache **template, struct qd_error *error)
{
    struct qd_mustache *made = QD_NEW(arena, struct qd_mustache);
    struct parser parser = { .arena = arena, .error = error, .source = source, .line = 1,
                             .open = QD_SLICE("{{"), .close = QD_SLICE("}}") };
    struct level level = { .line = 1, .start_of_line = true, .only_white = true, .tail = &made->first };
    enum qd_status status = parse_level(&parser, &level);
    qd_buffer_deinit(&level.text);
    *template = made;
    return status;
}
