#include <stdio.h>

#include "base/text.h"
#include "base/xcontent_internal.h"

/* Lines are folded at the first blank after this column. */
#define WIDTH 80
/* Longer names need a `? ` in front. */
#define SIMPLE_NAME_MAX 128

struct yaml {
    struct qd_buffer *out;
    size_t column; /* UTF-16 units on the line */
};

static void put(struct yaml *yaml, struct qd_slice text)
{
    qd_buffer_slice(yaml->out, text);
    yaml->column += qd_utf16_length(text);
}

static void new_line(struct yaml *yaml, size_t indent)
{
    qd_buffer_byte(yaml->out, '\n');
    for (size_t i = 0; i < indent; i++) qd_buffer_byte(yaml->out, ' ');
    yaml->column = indent;
}

/* The letter of a character's short escape, 0 when it has none. */
static char short_escape(uint32_t c)
{
    switch (c) {
    case 0x00: return '0';
    case 0x07: return 'a';
    case 0x08: return 'b';
    case 0x09: return 't';
    case 0x0a: return 'n';
    case 0x0b: return 'v';
    case 0x0c: return 'f';
    case 0x0d: return 'r';
    case 0x1b: return 'e';
    case '"': return '"';
    case '\\': return '\\';
    case 0x85: return 'N';
    case 0xa0: return '_';
    default: return 0;
    }
}

static bool is_printable(uint32_t c)
{
    return (c >= 0x20 && c <= 0x7e) || (c >= 0xa0 && c < 0xfffe) || c >= 0x10000;
}

/* A character as it stands between double quotes. */
static struct qd_slice escaped(uint32_t c, char *to)
{
    char letter = short_escape(c);
    if (letter != 0) {
        to[0] = '\\';
        to[1] = letter;
        return qd_slice_make(to, 2);
    }
    if (is_printable(c)) return qd_slice_make(to, qd_utf8_encode(c, to));
    int size = snprintf(to, 16, c <= 0xff ? "\\x%02x" : "\\u%04x", (unsigned)c);
    return qd_slice_make(to, (size_t)size);
}

static bool is_plain_ascii(uint32_t c)
{
    return c >= 0x20 && c <= 0x7e && c != '"' && c != '\\';
}

/* Folding looks at text that is still to be written: [start, at) of `text`. */
static void put_quoted(struct yaml *yaml, struct qd_slice text, size_t indent, bool fold)
{
    put(yaml, QD_SLICE("\""));
    size_t start = 0, at = 0;
    while (at < text.size) {
        size_t next = at;
        uint32_t c = qd_utf8_decode(text, &next);
        bool special = !is_plain_ascii(c);
        if (special) {
            char escape[16];
            put(yaml, qd_slice_sub(text, start, at - start));
            put(yaml, escaped(c, escape));
            start = next;
        }
        /* The reference folds before a blank, and on either side of what had to be written by itself. */
        bool may_fold = fold && at > 0 && next < text.size && (c == ' ' || start >= at);
        size_t reached = special ? yaml->column - 1 : yaml->column + at - start;
        if (may_fold && reached > WIDTH) {
            put(yaml, qd_slice_sub(text, start, special ? 0 : at - start));
            put(yaml, QD_SLICE("\\"));
            if (!special) start = at;
            new_line(yaml, indent);
            if (text.data[start] == ' ') put(yaml, QD_SLICE("\\"));
        }
        at = next;
    }
    put(yaml, qd_slice_from(text, start));
    put(yaml, QD_SLICE("\""));
}

/* Words that YAML 1.1 reads as something else. */
static bool is_reserved(struct qd_slice name)
{
    static const char *const words[] = {
        "false", "False", "FALSE", "n", "N", "no", "No", "NO", "null", "Null", "NULL", "on",  "On",  "ON",
        "off",   "Off",   "OFF",   "true", "True", "TRUE", "y", "Y", "yes", "Yes", "YES",
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        if (qd_slice_is(name, words[i])) return true;
    }
    return name.size > 0 && strchr("0123456789-+.~", name.data[0]) != NULL && name.data[0] != 0;
}

static bool has_control(struct qd_slice name)
{
    size_t at = 0;
    while (at < name.size) {
        uint32_t c = qd_utf8_decode(name, &at);
        if (!is_printable(c)) return true;
    }
    return false;
}

/* True when a name may stand without quotes. */
static bool is_plain(struct qd_slice name)
{
    char first = name.data[0], last = name.data[name.size - 1];
    if (strchr("#,[]{}&*!|>'\"%@`", first) != NULL || first == ' ' || last == ' ' || last == ':')
        return false;
    if (first == '?' && (name.size == 1 || name.data[1] == ' ')) return false;
    for (size_t i = 0; i + 1 < name.size; i++) {
        if (name.data[i] == ':' && name.data[i + 1] == ' ') return false;
        if (name.data[i] == ' ' && name.data[i + 1] == '#') return false;
    }
    return true;
}

static void put_name(struct yaml *yaml, struct qd_slice name, size_t indent)
{
    bool many_lines = qd_slice_find_byte(name, '\n') != SIZE_MAX;
    bool complex = name.size == 0 || many_lines || qd_utf16_length(name) > SIMPLE_NAME_MAX;
    if (complex) put(yaml, QD_SLICE("? "));
    if (name.size == 0 || is_reserved(name) || has_control(name)) {
        put_quoted(yaml, name, indent + 2, false);
    } else if (is_plain(name)) {
        put(yaml, name);
    } else {
        put(yaml, QD_SLICE("'"));
        for (size_t i = 0; i < name.size; i++) {
            struct qd_slice byte = qd_slice_sub(name, i, 1);
            qd_buffer_slice(yaml->out, byte);
            if (byte.data[0] == '\'') qd_buffer_slice(yaml->out, byte);
        }
        qd_buffer_byte(yaml->out, '\'');
        yaml->column += qd_utf16_length(name) + 1;
    }
    if (complex) new_line(yaml, indent);
    put(yaml, QD_SLICE(":"));
}

static void put_value(struct yaml *yaml, const struct qd_json *node, size_t indent, bool in_array);

static void put_object(struct yaml *yaml, const struct qd_json *node, size_t indent, bool on_line)
{
    struct qd_json_iterator at = qd_json_iterate(node);
    bool first = on_line;
    while (qd_json_next(&at)) {
        if (!first) new_line(yaml, indent);
        first = false;
        put_name(yaml, at.key, indent);
        put_value(yaml, at.value, indent, false);
    }
}

/* `indent` is that of the dashes. */
static void put_array(struct yaml *yaml, const struct qd_json *node, size_t indent, bool on_line)
{
    struct qd_json_iterator at = qd_json_iterate(node);
    bool first = on_line;
    while (qd_json_next(&at)) {
        if (!first) new_line(yaml, indent);
        first = false;
        put(yaml, QD_SLICE("-"));
        put_value(yaml, at.value, indent, true);
    }
}

/* A value behind "name:" or "-" of a container with the given indent. Arrays in objects are not indented. */
static void put_value(struct yaml *yaml, const struct qd_json *node, size_t indent, bool in_array)
{
    bool filled = qd_json_size(node) > 0;
    if (filled && in_array) {
        put(yaml, QD_SLICE(" "));
        if (qd_json_is_object(node)) put_object(yaml, node, indent + 2, true);
        else put_array(yaml, node, indent + 2, true);
    } else if (filled && qd_json_is_object(node)) {
        put_object(yaml, node, indent + 2, false);
    } else if (filled) {
        put_array(yaml, node, indent, false);
    } else {
        put(yaml, QD_SLICE(" "));
        if (qd_json_is_string(node)) {
            put_quoted(yaml, qd_json_text(node), indent + 2, true);
            return;
        }
        size_t before = yaml->out->size;
        struct qd_json_writer writer = { .out = yaml->out };
        qd_json_node_copied(&writer, node);
        yaml->column += yaml->out->size - before;
    }
}

void qd_yaml_write(const struct qd_json *node, struct qd_buffer *out)
{
    struct yaml yaml = { .out = out };
    put(&yaml, QD_SLICE("---"));
    if (qd_json_size(node) == 0) put_value(&yaml, node, 0, false);
    else if (qd_json_is_object(node)) put_object(&yaml, node, 0, false);
    else put_array(&yaml, node, 0, false);
    qd_buffer_byte(out, '\n');
}
