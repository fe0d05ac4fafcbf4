#include "coordinator/bulk_parse.h"

#include "base/vector.h"
#include "coordinator/source_options.h"

#define VERSION_ANY (-3) /* Versions.MATCH_ANY */

QD_VECTOR_TYPE(line_list, struct qd_bulk_line);
QD_VECTOR_TYPE(write_list, struct qd_document_write);

struct parser {
    const struct qd_bulk_defaults *defaults;
    struct qd_arena *arena;
    struct qd_error *error;
    struct qd_slice rest;
    int64_t line;            /* number of the action line, from 1 */
    struct line_list lines;
    struct write_list writes;
};

static enum qd_status malformed(struct parser *parser, const char *expected, const struct qd_json *found)
{
    return qd_error_set(parser->error, QD_ILLEGAL_ARGUMENT,
                        "Malformed action/metadata line [%lld], expected %s but found [%s]",
                        (long long)parser->line, expected, qd_json_token_name(found));
}

/* The next line without its line feed; the last line must have one. */
static enum qd_status next_line(struct parser *parser, struct qd_slice *line)
{
    size_t end = qd_slice_find_byte(parser->rest, '\n');
    if (end == SIZE_MAX) {
        return qd_error_set(parser->error, QD_ILLEGAL_ARGUMENT,
                            "The bulk request must be terminated by a newline [\\n]");
    }
    *line = qd_slice_sub(parser->rest, 0, end);
    if (line->size > 0 && line->data[line->size - 1] == '\r') line->size--;
    parser->rest = qd_slice_from(parser->rest, end + 1);
    return QD_OK;
}

static enum qd_status metadata_scalar(struct parser *parser, const struct qd_json_iterator *at,
                                      struct qd_document_write *write)
{
    struct qd_write_item *item = &write->item;
    if (qd_slice_is(at->key, "_index")) {
        write->target = qd_json_text(at->value);
    } else if (qd_slice_is(at->key, "_id")) {
        item->id = qd_json_text(at->value);
    } else if (qd_slice_is(at->key, "routing")) {
        item->routing = qd_json_text(at->value);
    } else if (qd_slice_is(at->key, "op_type")) {
        if (qd_json_is_string(at->value) && qd_slice_is(qd_json_text(at->value), "create")) {
            item->kind = QD_WRITE_CREATE;
        }
    } else if (qd_slice_is(at->key, "version")) {
        qd_json_int64(at->value, &item->version);
    } else if (qd_slice_is(at->key, "version_type")) {
        return qd_parse_version_type(qd_json_text(at->value), &item->version_type, parser->error);
    } else if (qd_slice_is(at->key, "if_seq_no")) {
        qd_json_int64(at->value, &item->if_seq_no);
    } else if (qd_slice_is(at->key, "if_primary_term")) {
        qd_json_int64(at->value, &item->if_primary_term);
    } else if (qd_slice_is(at->key, "retry_on_conflict")) {
        qd_json_int64(at->value, &item->retry_on_conflict);
    } else if (qd_slice_is(at->key, "require_alias")) {
        write->require_alias = qd_json_boolean(at->value);
    } else if (qd_slice_is(at->key, "pipeline")) {
        write->pipeline = qd_json_text(at->value);
    } else {
        return qd_error_set(parser->error, QD_ILLEGAL_ARGUMENT,
                            "Action/metadata line [%lld] contains an unknown parameter [%.*s]",
                            (long long)parser->line, QD_SLICE_ARG(at->key));
    }
    return QD_OK;
}

static enum qd_status metadata(struct parser *parser, const struct qd_json_document *document,
                               const struct qd_json *object, struct qd_bulk_line *line,
                               struct qd_document_write *write)
{
    struct qd_json_iterator at = qd_json_iterate(object);
    while (qd_json_next(&at)) {
        if (qd_slice_is(at.key, "_source")) {
            QD_TRY(qd_source_filter_of_json(document, at.value, parser->arena, &line->source, parser->error));
        } else if (qd_json_is_array(at.value)) {
            return qd_error_set(
                parser->error, QD_ILLEGAL_ARGUMENT,
                "Malformed action/metadata line [%lld], expected a simple value for field [%.*s] but "
                "found [START_ARRAY]",
                (long long)parser->line, QD_SLICE_ARG(at.key));
        } else if (qd_json_is_object(at.value)) {
            return qd_error_set(
                parser->error, QD_ILLEGAL_ARGUMENT,
                "Malformed action/metadata line [%lld], expected a simple value for field [%.*s] but "
                "found [START_OBJECT]",
                (long long)parser->line, QD_SLICE_ARG(at.key));
        } else {
            QD_TRY(metadata_scalar(parser, &at, write));
        }
    }
    return QD_OK;
}

static bool action_kind(struct qd_slice name, enum qd_write_kind *kind)
{
    if (qd_slice_is(name, "index")) {
        *kind = QD_WRITE_INDEX;
    } else if (qd_slice_is(name, "create")) {
        *kind = QD_WRITE_CREATE;
    } else if (qd_slice_is(name, "delete")) {
        *kind = QD_WRITE_DELETE;
    } else if (qd_slice_is(name, "update")) {
        *kind = QD_WRITE_UPDATE;
    } else {
        return false;
    }
    return true;
}

static void init_action(const struct parser *parser, enum qd_write_kind kind, struct qd_bulk_line *line,
                        struct qd_document_write *write)
{
    line->kind = kind;
    line->source = parser->defaults->source;
    qd_write_item_init(&write->item, kind);
    write->item.routing = parser->defaults->routing;
    write->target = parser->defaults->index;
    write->require_alias = parser->defaults->require_alias;
    write->pipeline = parser->defaults->pipeline;
}

/* The size of a line up to the end of its first member, when that is an object; 0: there is no such end. */
static size_t first_member_size(struct qd_slice text)
{
    size_t depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (quoted && c == '\\') i++;
        else if (c == '"') quoted = !quoted;
        else if (!quoted && c == '{') depth++;
        else if (!quoted && c == '}' && depth-- <= 2) return depth == 1 ? i + 1 : 0;
    }
    return 0;
}

/* Nobody reads what follows the metadata on their line. */
static enum qd_status read_line(struct parser *parser, struct qd_slice text,
                                struct qd_json_document *document)
{
    if (qd_json_parse(parser->arena, text, document, parser->error) == QD_OK) return QD_OK;
    size_t size = first_member_size(text);
    if (size == 0) return parser->error->status;
    struct qd_slice read = qd_slice_sub(text, 0, size);
    struct qd_slice closed = qd_arena_format(parser->arena, "%.*s}", QD_SLICE_ARG(read));
    struct qd_error kept = *parser->error;
    qd_error_init(parser->error, parser->arena);
    if (qd_json_parse(parser->arena, closed, document, parser->error) == QD_OK) return QD_OK;
    *parser->error = kept;
    return kept.status;
}

static enum qd_status check_no_version(struct parser *parser, const struct qd_write_item *item)
{
    bool versioned = item->version_type != QD_VERSION_INTERNAL || item->version != VERSION_ANY;
    if (!versioned) return QD_OK;
    return qd_error_set(parser->error, QD_ILLEGAL_ARGUMENT,
                        "Update requests do not support versioning. Please use `if_seq_no` and "
                        "`if_primary_term` instead");
}

static enum qd_status parse_action(struct parser *parser, struct qd_slice text, struct qd_bulk_line *line,
                                   struct qd_document_write *write)
{
    struct qd_json_document *document = QD_NEW(parser->arena, struct qd_json_document);
    QD_TRY(read_line(parser, text, document));
    if (!qd_json_is_object(document->root)) return malformed(parser, "START_OBJECT", document->root);
    struct qd_json_iterator at = qd_json_iterate(document->root);
    if (!qd_json_next(&at)) {
        return qd_error_set(
            parser->error, QD_ILLEGAL_ARGUMENT,
            "Malformed action/metadata line [%lld], expected FIELD_NAME but found [END_OBJECT]",
            (long long)parser->line);
    }
    if (!action_kind(at.key, &line->kind)) {
        return qd_error_set(
            parser->error, QD_ILLEGAL_ARGUMENT,
            "Malformed action/metadata line [%lld], expected one of [create, delete, index, "
            "update] but found [%.*s]",
            (long long)parser->line, QD_SLICE_ARG(at.key));
    }
    init_action(parser, line->kind, line, write);
    if (qd_json_is_object(at.value)) {
        QD_TRY(metadata(parser, document, at.value, line, write));
    } else {
        return qd_error_set(
            parser->error, QD_ILLEGAL_ARGUMENT,
            "Malformed action/metadata line [%lld], expected START_OBJECT or END_OBJECT but found [%s]",
            (long long)parser->line, qd_json_token_name(at.value));
    }
    line->kind = write->item.kind;
    return QD_OK;
}

/* ---- plain action lines ---- */

/* Nearly all lines are {"index":{"_index":"a","_id":"b"}}: one action whose members are texts without
 * escapes. They are read as bytes; every other line, and every wrong one, goes the long way, which knows the
 * errors. */
struct scan {
    const char *at;
    const char *end;
};

static bool scan_byte(struct scan *scan, char byte)
{
    while (scan->at < scan->end && (*scan->at == ' ' || *scan->at == '\t')) scan->at++;
    if (scan->at == scan->end || *scan->at != byte) return false;
    scan->at++;
    return true;
}

/* A text of ASCII without escapes. */
static bool scan_text(struct scan *scan, struct qd_slice *text)
{
    if (!scan_byte(scan, '"')) return false;
    const char *start = scan->at;
    while (scan->at < scan->end && *scan->at != '"') {
        if (*scan->at < ' ' || *scan->at == '\\' || *scan->at == 0x7f) return false;
        scan->at++;
    }
    if (scan->at == scan->end) return false;
    *text = qd_slice_make(start, (size_t)(scan->at++ - start));
    return true;
}

/* The members between the inner braces; each may come once. */
static bool scan_members(struct scan *scan, struct qd_slice *index, struct qd_slice *id,
                         struct qd_slice *routing)
{
    if (scan_byte(scan, '}')) return true;
    do {
        struct qd_slice name;
        if (!scan_text(scan, &name) || !scan_byte(scan, ':')) return false;
        struct qd_slice *value = qd_slice_is(name, "_index")    ? index
                                 : qd_slice_is(name, "_id")     ? id
                                 : qd_slice_is(name, "routing") ? routing
                                                                : NULL;
        if (value == NULL || value->data != NULL || !scan_text(scan, value)) return false;
    } while (scan_byte(scan, ','));
    return scan_byte(scan, '}');
}

/* False leaves line and write untouched. */
static bool scan_action(const struct parser *parser, struct qd_slice text, struct qd_bulk_line *line,
                        struct qd_document_write *write)
{
    struct scan scan = { text.data, text.data + text.size };
    struct qd_slice name, index = { 0 }, id = { 0 }, routing = { 0 };
    enum qd_write_kind kind;
    bool plain = scan_byte(&scan, '{') && scan_text(&scan, &name) && action_kind(name, &kind) &&
                 scan_byte(&scan, ':') && scan_byte(&scan, '{') &&
                 scan_members(&scan, &index, &id, &routing) && scan_byte(&scan, '}');
    if (!plain || scan.at != scan.end) return false;
    init_action(parser, kind, line, write);
    if (index.data != NULL) write->target = index;
    if (id.data != NULL) write->item.id = id;
    if (routing.data != NULL) write->item.routing = routing;
    return true;
}

/* An update's body: its options are checked now, the change itself on the shard. */
static enum qd_status parse_update(struct parser *parser, struct qd_bulk_line *line,
                                   struct qd_document_write *write)
{
    struct qd_json_document body;
    struct qd_update_options options;
    QD_TRY(qd_json_parse(parser->arena, write->item.source, &body, parser->error));
    QD_TRY(qd_update_check_body(&body, parser->arena, &options, parser->error));
    if (options.source.given) line->source = options.source;
    if (options.if_seq_no != QD_SEQ_NO_NONE) write->item.if_seq_no = options.if_seq_no;
    if (options.if_primary_term != QD_TERM_NONE) write->item.if_primary_term = options.if_primary_term;
    write->item.want_source = line->source.given && line->source.fetch;
    return qd_update_validate(&write->item, &options, parser->error);
}

static bool blank(struct qd_slice line)
{
    for (size_t i = 0; i < line.size; i++) {
        if (line.data[i] != ' ' && line.data[i] != '\t') return false;
    }
    return true;
}

static enum qd_status one_action(struct parser *parser)
{
    struct qd_slice text;
    struct qd_bulk_line line = { 0 };
    struct qd_document_write write = { 0 };
    parser->line++;
    QD_TRY(next_line(parser, &text));
    if (blank(text)) return QD_OK;
    if (!scan_action(parser, text, &line, &write)) QD_TRY(parse_action(parser, text, &line, &write));
    if (line.kind != QD_WRITE_DELETE) {
        parser->line++;
        if (parser->rest.size == 0) return QD_OK;
        QD_TRY(next_line(parser, &write.item.source));
        if (line.kind == QD_WRITE_UPDATE) {
            QD_TRY(check_no_version(parser, &write.item));
            QD_TRY(parse_update(parser, &line, &write));
        }
    }
    *QD_PUSH(parser->arena, &parser->lines) = line;
    *QD_PUSH(parser->arena, &parser->writes) = write;
    return QD_OK;
}

enum qd_status qd_bulk_parse(struct qd_slice body, const struct qd_bulk_defaults *defaults,
                             struct qd_arena *arena, struct qd_bulk_line **lines,
                             struct qd_document_write **writes, size_t *count, struct qd_error *error)
{
    struct parser parser = { .defaults = defaults, .arena = arena, .error = error, .rest = body };
    while (parser.rest.size > 0) QD_TRY(one_action(&parser));
    *lines = parser.lines.data;
    *writes = parser.writes.data;
    *count = parser.writes.count;
    return QD_OK;
}
