#include "base/number.h"
#include "base/text.h"
#include "base/xcontent_internal.h"

/* The part of YAML 1.1 that bodies are written in: block and flow collections, plain, quoted and block
 * scalars, comments, one document. Anchors, aliases, tags and complex keys are refused. */
struct yaml {
    struct qd_slice text;
    size_t at;
    struct qd_json_writer *writer;
    struct qd_error *error;
    size_t depth;
};

static enum qd_status malformed(struct yaml *yaml, const char *what)
{
    int64_t line = 1, column = 1;
    for (size_t i = 0; i < yaml->at && i < yaml->text.size; i++) {
        bool end = yaml->text.data[i] == '\n';
        line += end;
        column = end ? 1 : column + 1;
    }
    return qd_error_set(yaml->error, QD_JSON_PARSE, "%s\n in 'reader', line %lld, column %lld", what,
                        (long long)line, (long long)column);
}

static char peek(const struct yaml *yaml, size_t ahead)
{
    return yaml->at + ahead < yaml->text.size ? yaml->text.data[yaml->at + ahead] : '\0';
}

static bool at_end(const struct yaml *yaml)
{
    return yaml->at >= yaml->text.size;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_break(char c)
{
    return c == '\n' || c == '\r' || c == '\0';
}

/* Column of the next byte, from 0. */
static size_t column(const struct yaml *yaml)
{
    size_t start = yaml->at;
    while (start > 0 && yaml->text.data[start - 1] != '\n') start--;
    return yaml->at - start;
}

/* Moves over blanks, comments and line ends; true when a line end was passed. */
static bool skip(struct yaml *yaml)
{
    bool passed = false;
    while (!at_end(yaml)) {
        char c = peek(yaml, 0);
        bool comment = c == '#' && (yaml->at == 0 || is_blank(yaml->text.data[yaml->at - 1]) ||
                                    is_break(yaml->text.data[yaml->at - 1]));
        if (comment) {
            while (!at_end(yaml) && peek(yaml, 0) != '\n') yaml->at++;
        } else if (is_blank(c) || c == '\n' || c == '\r') {
            passed = passed || c == '\n';
            yaml->at++;
        } else {
            break;
        }
    }
    return passed;
}

/* True at "- " or "-" before a line's end. */
static bool at_dash(const struct yaml *yaml)
{
    return peek(yaml, 0) == '-' && (is_blank(peek(yaml, 1)) || is_break(peek(yaml, 1)));
}

/* True at "---" or "..." at a line's start. */
static bool at_marker(const struct yaml *yaml, char c)
{
    return column(yaml) == 0 && peek(yaml, 0) == c && peek(yaml, 1) == c && peek(yaml, 2) == c &&
           (is_blank(peek(yaml, 3)) || is_break(peek(yaml, 3)));
}

/* ---- scalars ---- */

static enum qd_status read_hex(struct yaml *yaml, size_t digits, struct qd_buffer *out)
{
    uint32_t value = 0;
    for (size_t i = 0; i < digits; i++) {
        char c = peek(yaml, 0);
        int digit = c >= '0' && c <= '9'                 ? c - '0'
                    : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                         : -1;
        if (digit < 0) return malformed(yaml, "expected escape sequence of hexadecimal numbers");
        value = value << 4 | (uint32_t)digit;
        yaml->at++;
    }
    qd_utf8_append(out, value);
    return QD_OK;
}

static enum qd_status read_escape(struct yaml *yaml, struct qd_buffer *out)
{
    static const char from[] = "0abtnvfre\"\\/ ";
    static const char to[] = "\0\a\b\t\n\v\f\r\x1b\"\\/ ";
    char c = peek(yaml, 0);
    yaml->at++;
    if (c == 'x') return read_hex(yaml, 2, out);
    if (c == 'u') return read_hex(yaml, 4, out);
    if (c == 'U') return read_hex(yaml, 8, out);
    if (c == 'N' || c == '_') {
        qd_utf8_append(out, c == 'N' ? 0x85 : 0xa0);
        return QD_OK;
    }
    if (c == '\n') {
        while (is_blank(peek(yaml, 0))) yaml->at++;
        return QD_OK;
    }
    const char *found = c == 0 ? NULL : strchr(from, c);
    if (found == NULL) return malformed(yaml, "found unknown escape character");
    qd_buffer_byte(out, (uint8_t)to[found - from]);
    return QD_OK;
}

/* A line end within quotes: one is a blank, more are one fewer. */
static void fold_lines(struct yaml *yaml, struct qd_buffer *out)
{
    while (out->size > 0 && is_blank(out->data[out->size - 1])) out->size--;
    size_t lines = 0;
    while (!at_end(yaml) && (is_blank(peek(yaml, 0)) || is_break(peek(yaml, 0)))) {
        lines += peek(yaml, 0) == '\n';
        yaml->at++;
    }
    if (lines == 1) qd_buffer_byte(out, ' ');
    for (size_t i = 1; i < lines; i++) qd_buffer_byte(out, '\n');
}

static enum qd_status read_quoted(struct yaml *yaml, struct qd_buffer *out)
{
    char quote = peek(yaml, 0);
    yaml->at++;
    while (!at_end(yaml)) {
        char c = peek(yaml, 0);
        if (c == quote && quote == '\'' && peek(yaml, 1) == quote) {
            qd_buffer_byte(out, '\'');
            yaml->at += 2;
        } else if (c == quote) {
            yaml->at++;
            return QD_OK;
        } else if (c == '\\' && quote == '"') {
            yaml->at++;
            QD_TRY(read_escape(yaml, out));
        } else if (c == '\n' || c == '\r') {
            fold_lines(yaml, out);
        } else {
            qd_buffer_byte(out, (uint8_t)c);
            yaml->at++;
        }
    }
    return malformed(yaml, "found unexpected end of stream");
}

/* A plain scalar on one line, without blanks at its end. */
static struct qd_slice read_plain(struct yaml *yaml, bool flow)
{
    size_t start = yaml->at;
    for (; !at_end(yaml) && !is_break(peek(yaml, 0)); yaml->at++) {
        char c = peek(yaml, 0), next = peek(yaml, 1);
        if (c == ':' && (is_blank(next) || is_break(next) || (flow && strchr(",[]{}", next) != NULL))) break;
        if (flow && strchr(",[]{}", c) != NULL) break;
        if (c == '#' && yaml->at > start && is_blank(yaml->text.data[yaml->at - 1])) break;
    }
    struct qd_slice text = qd_slice_sub(yaml->text, start, yaml->at - start);
    while (text.size > 0 && is_blank(text.data[text.size - 1])) text.size--;
    yaml->at = start + text.size;
    return text;
}

static bool is_word(struct qd_slice text, const char *lower)
{
    struct qd_slice word = qd_slice_from_string(lower);
    if (!qd_equal_ignore_case(text, word)) return false;
    bool all_upper = text.data[1] >= 'A' && text.data[1] <= 'Z';
    for (size_t i = 1; i < text.size; i++) {
        if ((text.data[i] >= 'A' && text.data[i] <= 'Z') != all_upper) return false;
    }
    return !all_upper || (text.data[0] >= 'A' && text.data[0] <= 'Z');
}

/* Digits with underscores between them, which are left out. */
static bool plain_number(struct qd_slice text, struct qd_buffer *out, bool *whole)
{
    size_t digits = 0;
    *whole = true;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        bool sign = (c == '+' || c == '-') && (i == 0 || (text.data[i - 1] | 32) == 'e');
        bool exponent = (c == 'e' || c == 'E') && digits > 0;
        if (c >= '0' && c <= '9') digits++;
        else if (c == '_' && digits > 0) continue;
        else if (!sign && c != '.' && !exponent) return false;
        if (c == '.' || exponent) *whole = false;
        if (!(c == '+' && i == 0)) qd_buffer_byte(out, (uint8_t)c);
    }
    return digits > 0;
}

static void write_plain(struct yaml *yaml, struct qd_slice text)
{
    struct qd_json_writer *writer = yaml->writer;
    bool null = text.size == 0 || qd_slice_is(text, "~");
    if (null || is_word(text, "null")) {
        qd_json_null(writer);
        return;
    }
    if (text.size > 3 && (is_word(text, "true") || is_word(text, "false"))) {
        qd_json_bool(writer, (text.data[0] | 32) == 't');
        return;
    }
    struct qd_buffer number = { 0 };
    bool whole;
    double value;
    struct qd_slice digits;
    bool numeric = text.size < QD_JSON_NUMBER_SIZE_MAX && plain_number(text, &number, &whole);
    digits = qd_buffer_view(&number);
    size_t sign = digits.size > 0 && digits.data[0] == '-' ? 1 : 0;
    bool leading_zero = digits.size > sign + 1 && digits.data[sign] == '0' && whole;
    if (!numeric || leading_zero || !qd_parse_double(digits, &value)) qd_json_string(writer, text);
    else if (whole) qd_json_raw(writer, digits);
    else qd_json_double_value(writer, value);
    qd_buffer_deinit(&number);
}

/* `|` keeps line ends, `>` turns single ones into blanks; `-` drops the last, `+` keeps all at the end. */
static enum qd_status read_block(struct yaml *yaml, size_t parent_columns)
{
    bool literal = peek(yaml, 0) == '|';
    char chomp = 0;
    size_t indent = 0;
    for (yaml->at++; !is_break(peek(yaml, 0)); yaml->at++) {
        char c = peek(yaml, 0);
        if (c == '-' || c == '+') chomp = c;
        else if (c >= '1' && c <= '9') indent = parent_columns + (size_t)(c - '0');
        else if (c == '#') while (!is_break(peek(yaml, 1))) yaml->at++;
        else if (!is_blank(c)) return malformed(yaml, "expected chomping or indentation indicators");
    }
    struct qd_buffer out = { 0 };
    bool more = false;
    while (!at_end(yaml)) {
        if (peek(yaml, 0) == '\r') yaml->at++;
        if (peek(yaml, 0) == '\n') yaml->at++;
        size_t blanks = 0;
        while (peek(yaml, blanks) == ' ') blanks++;
        bool empty = is_break(peek(yaml, blanks));
        if (empty && yaml->at + blanks >= yaml->text.size) break;
        if (!empty && indent == 0) indent = blanks;
        if (!empty && (blanks < indent || blanks < parent_columns)) break;
        size_t start = yaml->at + (empty ? blanks : indent);
        yaml->at = start;
        while (!at_end(yaml) && !is_break(peek(yaml, 0))) yaml->at++;
        bool joined = more && !literal && !empty && out.size > 1 && out.data[out.size - 2] != '\n';
        if (joined) out.data[out.size - 1] = ' ';
        qd_buffer_slice(&out, qd_slice_sub(yaml->text, start, yaml->at - start));
        qd_buffer_byte(&out, '\n');
        more = true;
    }
    if (chomp != '+') {
        while (out.size > 0 && out.data[out.size - 1] == '\n') out.size--;
        if (chomp == 0 && out.size > 0) qd_buffer_byte(&out, '\n');
    }
    qd_json_string(yaml->writer, qd_buffer_view(&out));
    qd_buffer_deinit(&out);
    return QD_OK;
}

/* ---- collections ---- */

static enum qd_status read_node(struct yaml *yaml, size_t min_column);

static enum qd_status descend(struct yaml *yaml)
{
    if (++yaml->depth <= QD_JSON_DEPTH_MAX) return QD_OK;
    return qd_error_set(yaml->error, QD_STREAM_CONSTRAINTS,
                        "Document nesting depth (%d) exceeds the maximum allowed (%d, from "
                        "`StreamReadConstraints.getMaxNestingDepth()`)",
                        QD_JSON_DEPTH_MAX + 1, QD_JSON_DEPTH_MAX);
}

/* A scalar into a buffer; *quoted tells whether it had quotes. */
static enum qd_status read_scalar_text(struct yaml *yaml, bool flow, struct qd_buffer *out, bool *quoted)
{
    char c = peek(yaml, 0);
    *quoted = c == '"' || c == '\'';
    if (*quoted) return read_quoted(yaml, out);
    if (c != 0 && strchr("&*!|>%@`", c) != NULL)
        return malformed(yaml, "found a token that is not supported here");
    qd_buffer_slice(out, read_plain(yaml, flow));
    return QD_OK;
}

static enum qd_status read_flow(struct yaml *yaml)
{
    bool object = peek(yaml, 0) == '{', array = peek(yaml, 0) == '[';
    struct qd_buffer text = { 0 };
    bool quoted;
    if (!object && !array) {
        enum qd_status status = read_scalar_text(yaml, true, &text, &quoted);
        if (status == QD_OK && quoted) qd_json_string(yaml->writer, qd_buffer_view(&text));
        if (status == QD_OK && !quoted) write_plain(yaml, qd_buffer_view(&text));
        qd_buffer_deinit(&text);
        return status;
    }
    QD_TRY(descend(yaml));
    if (object) qd_json_begin_object(yaml->writer);
    else qd_json_begin_array(yaml->writer);
    yaml->at++;
    for (;;) {
        (void)skip(yaml);
        if (at_end(yaml)) return malformed(yaml, "expected ',' or a closing bracket, but got the end");
        if (peek(yaml, 0) == (object ? '}' : ']')) break;
        if (object) {
            text.size = 0;
            enum qd_status status = read_scalar_text(yaml, true, &text, &quoted);
            if (status == QD_OK) qd_json_name_slice(yaml->writer, qd_buffer_view(&text));
            qd_buffer_deinit(&text);
            QD_TRY(status);
            (void)skip(yaml);
            if (peek(yaml, 0) == ':') yaml->at++;
            else qd_json_null(yaml->writer);
            (void)skip(yaml);
            bool missing = peek(yaml, 0) == ',' || peek(yaml, 0) == '}';
            if (missing && !yaml->writer->comma) qd_json_null(yaml->writer);
            if (!missing) QD_TRY(read_flow(yaml));
        } else {
            QD_TRY(read_flow(yaml));
        }
        (void)skip(yaml);
        if (peek(yaml, 0) == ',') yaml->at++;
        else if (peek(yaml, 0) != (object ? '}' : ']'))
            return malformed(yaml, "expected ',' or a closing bracket");
    }
    yaml->at++;
    if (object) qd_json_end_object(yaml->writer);
    else qd_json_end_array(yaml->writer);
    yaml->depth--;
    return QD_OK;
}

static enum qd_status read_sequence(struct yaml *yaml, size_t indent)
{
    QD_TRY(descend(yaml));
    qd_json_begin_array(yaml->writer);
    while (!at_end(yaml) && column(yaml) == indent && at_dash(yaml) && !at_marker(yaml, '-')) {
        yaml->at++;
        QD_TRY(read_node(yaml, indent + 1));
        (void)skip(yaml);
    }
    qd_json_end_array(yaml->writer);
    yaml->depth--;
    return QD_OK;
}

/* The value behind "name:". A sequence may stand in the column of the name. */
static enum qd_status read_member_value(struct yaml *yaml, size_t indent)
{
    size_t start = yaml->at;
    bool passed = skip(yaml);
    if (passed && !at_end(yaml) && column(yaml) == indent && at_dash(yaml))
        return read_sequence(yaml, indent);
    yaml->at = start;
    return read_node(yaml, indent + 1);
}

static enum qd_status read_mapping(struct yaml *yaml, size_t indent)
{
    QD_TRY(descend(yaml));
    qd_json_begin_object(yaml->writer);
    while (!at_end(yaml) && column(yaml) == indent && !at_marker(yaml, '-') && !at_marker(yaml, '.')) {
        struct qd_buffer name = { 0 };
        bool quoted;
        enum qd_status status = read_scalar_text(yaml, false, &name, &quoted);
        while (is_blank(peek(yaml, 0))) yaml->at++;
        bool colon = peek(yaml, 0) == ':' && (is_blank(peek(yaml, 1)) || is_break(peek(yaml, 1)));
        if (status == QD_OK && !colon) status = malformed(yaml, "could not find expected ':'");
        if (status == QD_OK) qd_json_name_slice(yaml->writer, qd_buffer_view(&name));
        qd_buffer_deinit(&name);
        QD_TRY(status);
        yaml->at++;
        QD_TRY(read_member_value(yaml, indent));
        (void)skip(yaml);
    }
    qd_json_end_object(yaml->writer);
    yaml->depth--;
    return QD_OK;
}

/* True when a name and a colon begin here, on one line. */
static bool at_name(struct yaml *yaml)
{
    struct yaml probe = *yaml;
    struct qd_buffer ignored = { 0 };
    bool quoted;
    char c = peek(yaml, 0);
    probe.error = NULL;
    if (c != 0 && strchr("&*!|>%@`{[", c) != NULL) return false;
    bool read = read_scalar_text(&probe, false, &ignored, &quoted) == QD_OK;
    qd_buffer_deinit(&ignored);
    while (read && is_blank(peek(&probe, 0))) probe.at++;
    return read && peek(&probe, 0) == ':' && (is_blank(peek(&probe, 1)) || is_break(peek(&probe, 1)));
}

/* A plain scalar may go on over lines that are indented as much. */
static enum qd_status read_scalar(struct yaml *yaml, size_t min_column)
{
    struct qd_buffer text = { 0 };
    bool quoted;
    enum qd_status status = read_scalar_text(yaml, false, &text, &quoted);
    while (status == QD_OK && !quoted) {
        size_t end = yaml->at;
        bool more =
            skip(yaml) && !at_end(yaml) && column(yaml) >= min_column && min_column > 0 && !at_name(yaml);
        if (!more || at_dash(yaml)) {
            yaml->at = end;
            break;
        }
        qd_buffer_byte(&text, ' ');
        qd_buffer_slice(&text, read_plain(yaml, false));
        if (yaml->at == end) break;
    }
    if (status == QD_OK && quoted) qd_json_string(yaml->writer, qd_buffer_view(&text));
    if (status == QD_OK && !quoted) write_plain(yaml, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return status;
}

/* A value that begins at or after `min_column`; nothing there is null. */
static enum qd_status read_node(struct yaml *yaml, size_t min_column)
{
    (void)skip(yaml);
    bool nothing = at_end(yaml) || column(yaml) < min_column || at_marker(yaml, '-') || at_marker(yaml, '.');
    if (nothing) {
        qd_json_null(yaml->writer);
        return QD_OK;
    }
    char c = peek(yaml, 0);
    if (at_dash(yaml)) return read_sequence(yaml, column(yaml));
    if (c == '|' || c == '>') return read_block(yaml, min_column);
    if (c == '{' || c == '[') return read_flow(yaml);
    if (at_name(yaml)) return read_mapping(yaml, column(yaml));
    return read_scalar(yaml, min_column);
}

enum qd_status qd_yaml_read(struct qd_slice bytes, struct qd_json_writer *writer, struct qd_error *error)
{
    struct yaml yaml = { .text = bytes, .writer = writer, .error = error };
    bool bad = !qd_utf8_valid(bytes) || qd_slice_find_byte(bytes, 0) != SIZE_MAX;
    if (bad) return malformed(&yaml, "special characters are not allowed");
    (void)skip(&yaml);
    if (!at_end(&yaml) && at_marker(&yaml, '-')) yaml.at += 3;
    QD_TRY(read_node(&yaml, 0));
    (void)skip(&yaml);
    if (!at_end(&yaml) && at_marker(&yaml, '.')) {
        yaml.at += 3;
        (void)skip(&yaml);
    }
    return at_end(&yaml) ? QD_OK : malformed(&yaml, "expected the end of the document");
}
