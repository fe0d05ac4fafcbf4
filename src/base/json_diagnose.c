#include "base/json_diagnose.h"

#include <unicode/uchar.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/map.h"
#include "base/text.h"

#define LOCATION "[Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); byte offset: #"
#define VALUES "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
/* Longer tokens are cut in messages. */
#define TOKEN_UNITS_MAX 256

/* An open container. */
struct level {
    bool object;
    struct qd_map names; /* of an object */
};

struct reader {
    char *text;
    size_t size;
    size_t at;
    bool mended;
    const char *token;     /* the last one, as Jackson calls it */
    size_t token_start;    /* where the last token began that a stream hands out */
    size_t value_end;      /* behind the last token that is no name */
    size_t whole_end;      /* behind the first value; 0: it did not end */
    size_t string_start;   /* of the string value that broke; SIZE_MAX: none did */
    struct level *levels;  /* levels[QD_JSON_DEPTH_MAX] */
    size_t depth;
    struct qd_arena *arena;
    struct qd_error *error;
};

void qd_json_line_column(struct qd_slice source, size_t offset, int64_t *line, int64_t *column)
{
    *line = 1;
    size_t line_start = 0;
    for (size_t i = 0; i < offset && i < source.size; i++) {
        bool return_alone = source.data[i] == '\r' && !(i + 1 < source.size && source.data[i + 1] == '\n');
        if (source.data[i] != '\n' && !return_alone) continue;
        ++*line;
        line_start = i + 1;
    }
    *column = (int64_t)(offset - line_start) + 1;
}

/* ---- errors ---- */

/* The outer error repeats what Jackson's own, the cause, says. */
static enum qd_status twice(struct reader *reader, enum qd_status status, const char *outer,
                            const char *inner, struct qd_slice reason)
{
    struct qd_error *error = reader->error;
    (void)qd_error_set(error, status, "%.*s", QD_SLICE_ARG(reason));
    if (error != NULL) error->type_override = inner;
    (void)qd_error_wrap(error, status, "%.*s", QD_SLICE_ARG(reason));
    if (error != NULL) error->type_override = outer;
    return status;
}

__attribute__((format(printf, 3, 4))) static enum qd_status fail(struct reader *reader, size_t offset,
                                                                 const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct qd_slice what = qd_arena_vformat(reader->arena, format, arguments);
    va_end(arguments);
    struct qd_slice reason =
        qd_arena_format(reader->arena, "%.*s\n at " LOCATION "%zu]", QD_SLICE_ARG(what), offset);
    return twice(reader, QD_JSON_PARSE, NULL, "stream_read_exception", reason);
}

static enum qd_status fail_end(struct reader *reader, const char *where)
{
    struct qd_slice reason = qd_arena_format(reader->arena, "Unexpected end-of-input%s\n at " LOCATION "%zu]",
                                             where, reader->size);
    const char *type = "unexpected_end_of_input_exception";
    return twice(reader, QD_JSON_EOF, type, type, reason);
}

static enum qd_status fail_limit(struct reader *reader, const char *what, size_t size, int limit,
                                 const char *getter)
{
    struct qd_slice reason = qd_arena_format(
        reader->arena, "%s (%zu) exceeds the maximum allowed (%d, from `StreamReadConstraints.%s()`)", what,
        size, limit, getter);
    return twice(reader, QD_STREAM_CONSTRAINTS, NULL, "stream_constraints_exception", reason);
}

/* ('x' (code 120)) of a character. */
static struct qd_slice shown(struct reader *reader, uint32_t c)
{
    if (c < 0x20) return qd_arena_format(reader->arena, "(CTRL-CHAR, code %u)", c);
    char text[4];
    struct qd_slice encoded = qd_slice_make(text, qd_utf8_encode(c, text));
    if (c > 0xff) {
        return qd_arena_format(reader->arena, "'%.*s' (code %u / 0x%x)", QD_SLICE_ARG(encoded), c, c);
    }
    return qd_arena_format(reader->arena, "'%.*s' (code %u)", QD_SLICE_ARG(encoded), c);
}

static enum qd_status unexpected(struct reader *reader, size_t offset, uint32_t c, const char *what)
{
    return fail(reader, offset, "Unexpected character (%.*s)%s", QD_SLICE_ARG(shown(reader, c)), what);
}

/* ---- white space ---- */

static uint8_t byte_at(const struct reader *reader, size_t at)
{
    return at < reader->size ? (uint8_t)reader->text[at] : 0;
}

static uint8_t current(const struct reader *reader)
{
    return byte_at(reader, reader->at);
}

static bool at_end(const struct reader *reader)
{
    return reader->at >= reader->size;
}

static void blank_out(struct reader *reader, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        if (reader->text[i] != '\n' && reader->text[i] != '\r') reader->text[i] = ' ';
    }
    reader->mended = true;
}

static enum qd_status skip_comment(struct reader *reader)
{
    size_t start = reader->at++;
    uint8_t second = current(reader);
    if (at_end(reader)) return fail_end(reader, " in a comment");
    if (second != '*' && second != '/') {
        return unexpected(reader, reader->at, second, ": was expecting either '*' or '/' for a comment");
    }
    reader->at++;
    bool closed = second == '/';
    while (!at_end(reader)) {
        if (second == '/' && (current(reader) == '\n' || current(reader) == '\r')) break;
        closed = closed || (current(reader) == '*' && byte_at(reader, reader->at + 1) == '/');
        if (second == '*' && closed) {
            reader->at += 2;
            break;
        }
        reader->at++;
    }
    if (!closed) return fail_end(reader, " in a comment");
    blank_out(reader, start, reader->at);
    return QD_OK;
}

static enum qd_status skip_space(struct reader *reader)
{
    while (!at_end(reader)) {
        uint8_t c = current(reader);
        if (c == '/') {
            QD_TRY(skip_comment(reader));
            continue;
        }
        if (c > ' ') return QD_OK;
        if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
            return fail(reader, reader->at,
                        "Illegal character (%.*s): only regular white space (\\r, \\n, \\t) is allowed "
                        "between tokens",
                        QD_SLICE_ARG(shown(reader, c)));
        }
        reader->at++;
    }
    return QD_OK;
}

/* ---- strings ---- */

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9') return c - '0';
    uint8_t lower = c | 32;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Four digits; at is at the first one. */
static enum qd_status read_hex(struct reader *reader, uint32_t *value)
{
    *value = 0;
    for (int i = 0; i < 4; i++, reader->at++) {
        if (at_end(reader)) return fail_end(reader, " in character escape sequence");
        int digit = hex_digit(current(reader));
        if (digit < 0) {
            return unexpected(reader, reader->at, current(reader),
                              ": expected a hex-digit for character escape sequence");
        }
        *value = *value << 4 | (uint32_t)digit;
    }
    return QD_OK;
}

/* A lone half of a surrogate pair is written as a question mark, as Java encodes it. */
static void mend_escape(struct reader *reader, size_t digits)
{
    memcpy(reader->text + digits, "003f", 4);
    reader->mended = true;
}

/* \uXXXX, maybe the first of a pair; at is behind the u. */
static enum qd_status read_unicode(struct reader *reader, struct qd_buffer *out)
{
    size_t digits = reader->at;
    uint32_t value;
    QD_TRY(read_hex(reader, &value));
    if (value < 0xd800 || value > 0xdfff) {
        qd_utf8_append(out, value);
        return QD_OK;
    }
    size_t next = reader->at;
    bool pair = value < 0xdc00 && byte_at(reader, next) == '\\' && byte_at(reader, next + 1) == 'u';
    uint32_t low = 0;
    for (size_t i = 0; i < 4 && pair; i++) {
        int digit = hex_digit(byte_at(reader, next + 2 + i));
        pair = digit >= 0;
        low = low << 4 | (uint32_t)digit;
    }
    pair = pair && low >= 0xdc00 && low <= 0xdfff;
    if (pair) reader->at = next + 6;
    else mend_escape(reader, digits);
    qd_utf8_append(out, pair ? 0x10000 + ((value & 0x3ff) << 10) + (low & 0x3ff) : '?');
    return QD_OK;
}

static enum qd_status read_escape(struct reader *reader, struct qd_buffer *out)
{
    static const char from[] = "bfnrt\"\\/";
    static const char to[] = "\b\f\n\r\t\"\\/";
    reader->at++;
    if (at_end(reader)) return fail_end(reader, " in character escape sequence");
    uint8_t c = current(reader);
    const char *found = c == 0 ? NULL : strchr(from, c);
    if (c != 'u' && found == NULL) {
        return fail(reader, reader->at, "Unrecognized character escape %.*s", QD_SLICE_ARG(shown(reader, c)));
    }
    reader->at++;
    if (c == 'u') return read_unicode(reader, out);
    qd_buffer_byte(out, (uint8_t)to[found - from]);
    return QD_OK;
}

/* Bytes that the first byte of a character promises; 0: no first byte. */
static size_t promised(uint8_t c)
{
    if ((c & 0xe0) == 0xc0) return 2;
    if ((c & 0xf0) == 0xe0) return 3;
    return (c & 0xf8) == 0xf0 ? 4 : 0;
}

/* One character beyond ASCII. Jackson looks at the shape only: what is well-shaped but no character is
 * overwritten. */
static enum qd_status read_multibyte(struct reader *reader, struct qd_buffer *out)
{
    size_t size = promised(current(reader));
    if (size == 0) {
        return fail(reader, reader->at + 1, "Invalid UTF-8 start byte 0x%x", (unsigned)current(reader));
    }
    for (size_t i = 1; i < size; i++) {
        if (reader->at + i >= reader->size) return fail_end(reader, " in VALUE_STRING");
        uint8_t c = byte_at(reader, reader->at + i);
        if ((c & 0xc0) != 0x80) {
            return fail(reader, reader->at + i + 1, "Invalid UTF-8 middle byte 0x%x", (unsigned)c);
        }
    }
    if (!qd_utf8_valid(qd_slice_make(reader->text + reader->at, size))) {
        memset(reader->text + reader->at, '?', size);
        reader->mended = true;
    }
    qd_buffer_append(out, reader->text + reader->at, size);
    reader->at += size;
    return QD_OK;
}

/* A string; at is at its opening quote. */
static enum qd_status read_string(struct reader *reader, bool name, struct qd_buffer *out)
{
    reader->at++;
    while (!at_end(reader)) {
        uint8_t c = current(reader);
        if (c == '"') {
            reader->at++;
            return QD_OK;
        }
        if (c == '\\') {
            QD_TRY(read_escape(reader, out));
        } else if (c < 0x20) {
            return fail(
                reader, reader->at,
                "Illegal unquoted character (%.*s): has to be escaped using backslash to be included in %s",
                QD_SLICE_ARG(shown(reader, c)), name ? "name" : "string value");
        } else if (c >= 0x80) {
            QD_TRY(read_multibyte(reader, out));
        } else {
            qd_buffer_byte(out, c);
            reader->at++;
        }
    }
    return fail_end(reader, name ? " in property name" : " in VALUE_STRING");
}

static enum qd_status read_value_string(struct reader *reader)
{
    struct qd_buffer text = { 0 };
    enum qd_status status = read_string(reader, false, &text);
    size_t units = text.size > QD_JSON_STRING_SIZE_MAX ? qd_utf16_length(qd_buffer_view(&text)) : 0;
    qd_buffer_deinit(&text);
    QD_TRY(status);
    if (units > QD_JSON_STRING_SIZE_MAX) {
        return fail_limit(reader, "String value length", units, QD_JSON_STRING_SIZE_MAX,
                          "getMaxStringLength");
    }
    reader->token = "VALUE_STRING";
    return QD_OK;
}

static enum qd_status read_name(struct reader *reader)
{
    struct qd_buffer text = { 0 };
    enum qd_status status = read_string(reader, true, &text);
    struct qd_slice name = qd_buffer_view(&text);
    struct qd_map *names = &reader->levels[reader->depth - 1].names;
    if (status == QD_OK && name.size > QD_JSON_NAME_SIZE_MAX) {
        status = fail_limit(reader, "Name length", name.size, QD_JSON_NAME_SIZE_MAX, "getMaxNameLength");
    } else if (status == QD_OK && qd_map_find(names, name) != NULL) {
        status = fail(reader, reader->at, "Duplicate Object property \"%.*s\"", QD_SLICE_ARG(name));
    } else if (status == QD_OK) {
        (void)qd_map_put(names, name, NULL);
    }
    qd_buffer_deinit(&text);
    reader->token = "PROPERTY_NAME";
    return status;
}

/* ---- words and numbers ---- */

static bool is_identifier_part(uint32_t c)
{
    return u_isIDPart((UChar32)c) || u_charType((UChar32)c) == U_CURRENCY_SYMBOL ||
           u_charType((UChar32)c) == U_CONNECTOR_PUNCTUATION;
}

static bool is_identifier_start(uint32_t c)
{
    return u_isIDStart((UChar32)c) || u_charType((UChar32)c) == U_CURRENCY_SYMBOL ||
           u_charType((UChar32)c) == U_CONNECTOR_PUNCTUATION;
}

/* A word that is no value: from `start` as far as it could be an identifier; `read` bytes of it are known
 * to be. */
static enum qd_status bad_token(struct reader *reader, size_t start, struct qd_slice read, size_t at)
{
    struct qd_buffer word = { 0 };
    qd_buffer_slice(&word, read);
    enum qd_status status = QD_OK;
    size_t units = qd_utf16_length(read);
    while (at < reader->size && units < TOKEN_UNITS_MAX) {
        size_t next = at;
        uint8_t first = byte_at(reader, at);
        if (first >= 0x80 && promised(first) == 0) {
            status = fail(reader, at + 1, "Invalid UTF-8 start byte 0x%x", (unsigned)first);
            break;
        }
        uint32_t c = qd_utf8_decode(qd_slice_make(reader->text, reader->size), &next);
        if (!is_identifier_part(c)) break;
        qd_utf8_append(&word, c);
        units += c >= 0x10000 ? 2 : 1;
        at = next;
    }
    if (status == QD_OK) {
        const char *dots = units >= TOKEN_UNITS_MAX ? "..." : "";
        status = fail(reader, start, "Unrecognized token '%.*s%s': was expecting " VALUES, (int)word.size,
                      word.data, dots);
    }
    qd_buffer_deinit(&word);
    return status;
}

/* true, false, null; or a word that Jackson could be told to accept. */
static enum qd_status read_word(struct reader *reader, const char *word, bool standard)
{
    size_t start = reader->at, length = strlen(word);
    size_t same = 0;
    while (same < length && byte_at(reader, start + same) == (uint8_t)word[same]) same++;
    uint8_t next = byte_at(reader, start + same);
    bool ends = next < '0' || next == ']' || next == '}' || !is_identifier_part(next);
    if (same < length || !ends)
        return bad_token(reader, start, qd_slice_make(reader->text + start, same), start + same);
    if (!standard) {
        return fail(reader, start + length,
                    "Non-standard token '%s': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow",
                    word);
    }
    reader->at += length;
    reader->token = *word == 't' ? "VALUE_TRUE" : *word == 'f' ? "VALUE_FALSE" : "VALUE_NULL";
    return QD_OK;
}

static bool at_digit(const struct reader *reader)
{
    return current(reader) >= '0' && current(reader) <= '9';
}

static size_t skip_digits(struct reader *reader)
{
    size_t start = reader->at;
    while (!at_end(reader) && at_digit(reader)) reader->at++;
    return reader->at - start;
}

static enum qd_status end_in_number(struct reader *reader)
{
    return fail_end(reader, qd_arena_format(reader->arena, " in %s", reader->token).data);
}

/* [.digits][e[sign]digits] */
static enum qd_status read_number_rest(struct reader *reader, size_t *digits)
{
    if (current(reader) == '.') {
        reader->at++;
        if (at_end(reader)) {
            return unexpected(reader, reader->at - 1, '.',
                              " in numeric value: Decimal point not followed by a digit");
        }
        size_t fraction = skip_digits(reader);
        if (fraction == 0) {
            return unexpected(reader, reader->at, current(reader),
                              " in numeric value: Decimal point not followed by a digit");
        }
        *digits += fraction;
        if (current(reader) == '.') {
            return unexpected(reader, reader->at, '.',
                              " in numeric value: Cannot parse number with more than one decimal point");
        }
    }
    if ((current(reader) | 32) != 'e') return QD_OK;
    reader->at++;
    if (current(reader) == '+' || current(reader) == '-') reader->at++;
    if (at_end(reader)) return end_in_number(reader);
    size_t exponent = skip_digits(reader);
    *digits += exponent;
    if (exponent > 0) return QD_OK;
    return unexpected(reader, reader->at, current(reader),
                      " in numeric value: Exponent indicator not followed by a digit");
}

static enum qd_status read_number(struct reader *reader)
{
    bool negative = current(reader) == '-';
    if (negative) {
        if (byte_at(reader, reader->at + 1) == 'I' && byte_at(reader, reader->at + 2) == 'n') {
            return read_word(reader, "-Infinity", false);
        }
        reader->at++;
        if (current(reader) == 'I') reader->at++;
        if (at_end(reader)) return end_in_number(reader);
        if (current(reader) == '.')
            return unexpected(reader, reader->at, '.', ": expected a valid value " VALUES);
        if (!at_digit(reader)) {
            return unexpected(
                reader, reader->at, current(reader),
                " in numeric value: expected digit (0-9) to follow minus sign, for valid numeric value");
        }
    }
    bool zero = current(reader) == '0';
    if (zero) reader->at++;
    if (zero && at_digit(reader)) {
        return fail(reader, reader->at, "Invalid numeric value: Leading zeroes not allowed");
    }
    if (zero && (current(reader) | 32) == 'x') {
        return unexpected(
            reader, reader->at, current(reader),
            ": hexadecimal number literals require enabling `JsonReadFeature.ALLOW_HEXADECIMAL_NUMBERS`");
    }
    size_t digits = zero ? 1 : skip_digits(reader);
    QD_TRY(read_number_rest(reader, &digits));
    if (digits > QD_JSON_NUMBER_SIZE_MAX) {
        return fail_limit(reader, "Number value length", digits, QD_JSON_NUMBER_SIZE_MAX,
                          "getMaxNumberLength");
    }
    reader->token = "VALUE_NUMBER_INT";
    return QD_OK;
}

/* ---- structure ---- */

static const char *kind_of(const struct reader *reader)
{
    return reader->levels[reader->depth - 1].object ? "Object" : "Array";
}

static enum qd_status open_container(struct reader *reader, bool object)
{
    if (reader->depth == QD_JSON_DEPTH_MAX) {
        return fail_limit(reader, "Document nesting depth", QD_JSON_DEPTH_MAX + 1, QD_JSON_DEPTH_MAX,
                          "getMaxNestingDepth");
    }
    struct level *level = &reader->levels[reader->depth++];
    level->object = object;
    qd_map_init(&level->names, reader->arena);
    reader->at++;
    reader->token = object ? "START_OBJECT" : "START_ARRAY";
    return QD_OK;
}

/* A closing bracket of either kind. */
static enum qd_status close_container(struct reader *reader)
{
    uint8_t c = current(reader);
    if (reader->depth == 0) {
        return fail(reader, reader->at, "Unexpected close marker '%c': no open %s to close", c,
                    c == '}' ? "Object" : "Array");
    }
    bool object = reader->levels[reader->depth - 1].object;
    if (object != (c == '}')) {
        return fail(reader, reader->at,
                    "Unexpected close marker '%c': expected '%c' (for %s starting at " LOCATION "UNKNOWN])",
                    c, object ? '}' : ']', kind_of(reader));
    }
    reader->depth--;
    reader->token_start = reader->at++;
    reader->value_end = reader->at;
    reader->token = object ? "END_OBJECT" : "END_ARRAY";
    return QD_OK;
}

static enum qd_status bad_value(struct reader *reader)
{
    uint8_t c = current(reader);
    bool in_array = reader->depth > 0 && !reader->levels[reader->depth - 1].object;
    if (c == '+') {
        if (byte_at(reader, reader->at + 1) == 'I') return read_word(reader, "+Infinity", false);
        return unexpected(reader, reader->at + 1, c,
                          " in numeric value: JSON spec does not allow numbers to have plus signs: enable "
                          "`JsonReadFeature.ALLOW_LEADING_PLUS_SIGN_FOR_NUMBERS` to allow");
    }
    if (c == 'N') return read_word(reader, "NaN", false);
    if (c == 'I') return read_word(reader, "Infinity", false);
    if (c == ',' || c == '}' || (c == ']' && in_array)) {
        return unexpected(reader, reader->at, c, ": expected a value");
    }
    if (is_identifier_start(c)) {
        char first[4];
        struct qd_slice read = qd_slice_make(first, qd_utf8_encode(c, first));
        return bad_token(reader, reader->at, read, reader->at + 1);
    }
    return unexpected(reader, reader->at, c, ": expected a valid value " VALUES);
}

static enum qd_status read_token(struct reader *reader)
{
    switch (current(reader)) {
    case '"':
        return read_value_string(reader);
    case '{':
    case '[':
        return open_container(reader, current(reader) == '{');
    case 't':
        return read_word(reader, "true", true);
    case 'f':
        return read_word(reader, "false", true);
    case 'n':
        return read_word(reader, "null", true);
    case '-':
        return read_number(reader);
    default:
        return at_digit(reader) ? read_number(reader) : bad_value(reader);
    }
}

/* A scalar, or the opening of a container. A stream hands out a string before it has read what is in it. */
static enum qd_status read_value(struct reader *reader)
{
    size_t start = reader->at;
    bool string = current(reader) == '"';
    enum qd_status status = read_token(reader);
    if (status == QD_OK) reader->value_end = reader->at;
    if (status != QD_OK && string) reader->string_start = start;
    if (status == QD_OK || string || reader->depth == 0) reader->token_start = start;
    return status;
}

static enum qd_status between_entries(struct reader *reader, bool after_comma)
{
    struct qd_slice what =
        qd_arena_format(reader->arena, " within/between %s entries", kind_of(reader));
    if (!after_comma) return fail_end(reader, what.data);
    return fail(reader, reader->size, "Unexpected end-of-input%.*s", QD_SLICE_ARG(what));
}

/* "name": with what surrounds it, up to the value. */
static enum qd_status read_member_start(struct reader *reader)
{
    uint8_t c = current(reader);
    if (c != '"') {
        size_t offset = reader->at;
        uint32_t decoded = c;
        if (c >= 0x80) {
            decoded = qd_utf8_decode(qd_slice_make(reader->text, reader->size), &offset);
            offset--;
        }
        return unexpected(reader, offset, decoded, ": was expecting double-quote to start property name");
    }
    size_t start = reader->at;
    QD_TRY(read_name(reader));
    reader->token_start = start;
    QD_TRY(skip_space(reader));
    if (at_end(reader)) return between_entries(reader, false);
    if (current(reader) != ':') {
        return unexpected(reader, reader->at, current(reader),
                          ": was expecting a colon to separate property name and value");
    }
    reader->at++;
    QD_TRY(skip_space(reader));
    return at_end(reader) ? between_entries(reader, false) : QD_OK;
}

/* One step inside a container: an entry, or its end. */
static enum qd_status read_entry(struct reader *reader)
{
    bool object = reader->levels[reader->depth - 1].object;
    bool first = strncmp(reader->token, "START", 5) == 0;
    QD_TRY(skip_space(reader));
    if (at_end(reader)) {
        struct qd_slice where = qd_arena_format(
            reader->arena, ": expected close marker for %s (start marker at " LOCATION "UNKNOWN])",
            kind_of(reader));
        return fail_end(reader, where.data);
    }
    if (current(reader) == '}' || current(reader) == ']') return close_container(reader);
    if (!first) {
        if (current(reader) != ',') {
            struct qd_slice what = qd_arena_format(
                reader->arena, ": was expecting comma to separate %s entries", kind_of(reader));
            return unexpected(reader, reader->at, current(reader), what.data);
        }
        reader->at++;
        QD_TRY(skip_space(reader));
        if (at_end(reader)) return between_entries(reader, true);
    }
    if (object) QD_TRY(read_member_start(reader));
    return read_value(reader);
}

/* What comes behind the only value. */
static enum qd_status read_extra(struct reader *reader)
{
    static const struct {
        uint8_t first;
        const char *token;
    } tokens[] = { { '{', "START_OBJECT" }, { '[', "START_ARRAY" }, { '"', "VALUE_STRING" },
                   { 't', "VALUE_BOOLEAN" }, { 'f', "VALUE_BOOLEAN" }, { 'n', "VALUE_NULL" } };
    uint8_t c = current(reader);
    size_t start = reader->at;
    if (c == '}' || c == ']') return close_container(reader);
    if (c != '"') QD_TRY(read_value(reader));
    const char *token = "VALUE_NUMBER";
    reader->token_start = start;
    for (size_t i = 0; i < sizeof(tokens) / sizeof(*tokens); i++) {
        if (tokens[i].first == c) token = tokens[i].token;
    }
    return qd_error_set(reader->error, QD_ILLEGAL_ARGUMENT,
                        "Malformed content, found extra data after parsing: %s", token);
}

static enum qd_status read_document(struct reader *reader, bool *empty)
{
    if (reader->size >= 3 && memcmp(reader->text, "\xef\xbb\xbf", 3) == 0) {
        blank_out(reader, 0, 3);
        reader->at = 3;
    }
    QD_TRY(skip_space(reader));
    *empty = at_end(reader);
    if (*empty) return QD_OK;
    if (current(reader) == '}' || current(reader) == ']') return close_container(reader);
    QD_TRY(read_value(reader));
    while (reader->depth > 0) QD_TRY(read_entry(reader));
    reader->whole_end = reader->at;
    QD_TRY(skip_space(reader));
    return at_end(reader) ? QD_OK : read_extra(reader);
}

enum qd_status qd_json_diagnose(char *text, size_t size, bool *empty, bool *mended, struct qd_error *error)
{
    struct qd_json_break ignored;
    return qd_json_diagnose_break(text, size, empty, mended, &ignored, error);
}

enum qd_status qd_json_diagnose_break(char *text, size_t size, bool *empty, bool *mended,
                                      struct qd_json_break *broken, struct qd_error *error)
{
    struct reader reader = {
        .text = text, .size = size, .token = "null", .string_start = SIZE_MAX, .error = error
    };
    reader.arena = qd_arena_create(0);
    reader.levels = QD_NEW_ARRAY(reader.arena, struct level, QD_JSON_DEPTH_MAX);
    enum qd_status status = read_document(&reader, empty);
    *mended = reader.mended;
    *broken = (struct qd_json_break){
        .token_start = reader.token_start,
        .value_end = reader.value_end,
        .string_start = reader.string_start,
        .whole_end = reader.whole_end,
        .depth = reader.depth,
    };
    for (size_t i = 0; i < reader.depth; i++) broken->objects[i] = reader.levels[i].object;
    qd_arena_destroy(reader.arena);
    return status;
}
