#include "base/json_writer.h"

#include <math.h>

#include "base/number.h"

/* For each byte: 0 it stands for itself, 'u' it is written as \u00XX, else the letter after the backslash. */
static const char escapes[256] = {
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'b', 't', 'n', 'u', 'f', 'r', 'u', 'u',
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u',
    ['"'] = '"', ['\\'] = '\\',
};

static void comma(struct qd_json_writer *writer)
{
    if (writer->comma) qd_buffer_byte(writer->out, ',');
    writer->comma = true;
}

static void open(struct qd_json_writer *writer, uint8_t byte)
{
    comma(writer);
    qd_buffer_byte(writer->out, byte);
    writer->comma = false;
}

static void close(struct qd_json_writer *writer, uint8_t byte)
{
    qd_buffer_byte(writer->out, byte);
    writer->comma = true;
}

void qd_json_begin_object(struct qd_json_writer *writer) { open(writer, '{'); }
void qd_json_end_object(struct qd_json_writer *writer) { close(writer, '}'); }
void qd_json_begin_array(struct qd_json_writer *writer) { open(writer, '['); }
void qd_json_end_array(struct qd_json_writer *writer) { close(writer, ']'); }

static void escape(struct qd_buffer *out, uint8_t byte)
{
    static const char digits[] = "0123456789ABCDEF";
    char letter = escapes[byte];
    if (letter != 'u') {
        qd_buffer_append(out, (char[]){ '\\', letter }, 2);
        return;
    }
    qd_buffer_append(out, (char[]){ '\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15] }, 6);
}

static void quoted(struct qd_buffer *out, struct qd_slice text)
{
    qd_buffer_reserve(out, text.size + 2);
    qd_buffer_byte(out, '"');
    size_t start = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (escapes[(uint8_t)text.data[i]] == 0) continue;
        qd_buffer_append(out, text.data + start, i - start);
        escape(out, (uint8_t)text.data[i]);
        start = i + 1;
    }
    if (text.size > start) qd_buffer_append(out, text.data + start, text.size - start);
    qd_buffer_byte(out, '"');
}

void qd_json_name(struct qd_json_writer *writer, const char *name)
{
    qd_json_name_slice(writer, qd_slice_from_string(name));
}

void qd_json_name_slice(struct qd_json_writer *writer, struct qd_slice name)
{
    comma(writer);
    quoted(writer->out, name);
    qd_buffer_byte(writer->out, ':');
    writer->comma = false;
}

void qd_json_string(struct qd_json_writer *writer, struct qd_slice value)
{
    comma(writer);
    quoted(writer->out, value);
}

void qd_json_text_value(struct qd_json_writer *writer, const char *value)
{
    if (value == NULL) {
        qd_json_null(writer);
        return;
    }
    qd_json_string(writer, qd_slice_from_string(value));
}

void qd_json_int(struct qd_json_writer *writer, int64_t value)
{
    comma(writer);
    char *to = qd_buffer_reserve(writer->out, QD_NUMBER_TEXT_MAX);
    writer->out->size += qd_int64_to_text(value, to);
}

void qd_json_uint(struct qd_json_writer *writer, uint64_t value)
{
    comma(writer);
    qd_buffer_format(writer->out, "%llu", (unsigned long long)value);
}

/* JSON has no infinities and no NaN: Jackson quotes them. */
void qd_json_double_value(struct qd_json_writer *writer, double value)
{
    comma(writer);
    if (!isfinite(value)) qd_buffer_byte(writer->out, '"');
    char *to = qd_buffer_reserve(writer->out, QD_NUMBER_TEXT_MAX);
    writer->out->size += qd_double_to_text(value, to);
    if (!isfinite(value)) qd_buffer_byte(writer->out, '"');
}

void qd_json_float_value(struct qd_json_writer *writer, float value)
{
    comma(writer);
    if (!isfinite(value)) qd_buffer_byte(writer->out, '"');
    char *to = qd_buffer_reserve(writer->out, QD_NUMBER_TEXT_MAX);
    writer->out->size += qd_float_to_text(value, to);
    if (!isfinite(value)) qd_buffer_byte(writer->out, '"');
}

void qd_json_bool(struct qd_json_writer *writer, bool value)
{
    comma(writer);
    qd_buffer_text(writer->out, value ? "true" : "false");
}

void qd_json_null(struct qd_json_writer *writer)
{
    comma(writer);
    qd_buffer_text(writer->out, "null");
}

void qd_json_raw(struct qd_json_writer *writer, struct qd_slice json)
{
    comma(writer);
    qd_buffer_slice(writer->out, json);
}

static void number_copied(struct qd_json_writer *writer, const struct qd_json *node)
{
    double value;
    struct qd_slice text = qd_json_text(node);
    bool fraction = !qd_json_is_integral(node) && qd_parse_double(text, &value) && isfinite(value);
    if (fraction) qd_json_double_value(writer, value);
    else qd_json_raw(writer, qd_slice_is(text, "-0") ? QD_SLICE("0") : text);
}

static void write_node(struct qd_json_writer *writer, const struct qd_json *node, bool copied);

static void container(struct qd_json_writer *writer, const struct qd_json *node, bool copied)
{
    bool object = qd_json_is_object(node);
    open(writer, object ? '{' : '[');
    struct qd_json_iterator at = qd_json_iterate(node);
    while (qd_json_next(&at)) {
        if (object) qd_json_name_slice(writer, at.key);
        write_node(writer, at.value, copied);
    }
    close(writer, object ? '}' : ']');
}

/* Recursion is bounded by QD_JSON_DEPTH_MAX, which parsing enforces. */
static void write_node(struct qd_json_writer *writer, const struct qd_json *node, bool copied)
{
    switch (qd_json_type_of(node)) {
    case QD_JSON_MISSING:
    case QD_JSON_NULL:
        qd_json_null(writer);
        return;
    case QD_JSON_BOOLEAN:
        qd_json_bool(writer, qd_json_boolean(node));
        return;
    case QD_JSON_NUMBER:
        if (copied) number_copied(writer, node);
        else qd_json_raw(writer, qd_json_text(node));
        return;
    case QD_JSON_STRING:
        qd_json_string(writer, qd_json_text(node));
        return;
    case QD_JSON_ARRAY:
    case QD_JSON_OBJECT:
        container(writer, node, copied);
        return;
    }
}

void qd_json_node(struct qd_json_writer *writer, const struct qd_json *node)
{
    write_node(writer, node, false);
}

void qd_json_node_copied(struct qd_json_writer *writer, const struct qd_json *node)
{
    write_node(writer, node, true);
}

void qd_json_member_string(struct qd_json_writer *writer, const char *name, struct qd_slice value)
{
    qd_json_name(writer, name);
    qd_json_string(writer, value);
}

void qd_json_member_text(struct qd_json_writer *writer, const char *name, const char *value)
{
    qd_json_name(writer, name);
    qd_json_text_value(writer, value);
}

void qd_json_member_int(struct qd_json_writer *writer, const char *name, int64_t value)
{
    qd_json_name(writer, name);
    qd_json_int(writer, value);
}

void qd_json_member_bool(struct qd_json_writer *writer, const char *name, bool value)
{
    qd_json_name(writer, name);
    qd_json_bool(writer, value);
}

void qd_json_member_double(struct qd_json_writer *writer, const char *name, double value)
{
    qd_json_name(writer, name);
    qd_json_double_value(writer, value);
}

void qd_json_member_object(struct qd_json_writer *writer, const char *name)
{
    qd_json_name(writer, name);
    qd_json_begin_object(writer);
}

void qd_json_member_array(struct qd_json_writer *writer, const char *name)
{
    qd_json_name(writer, name);
    qd_json_begin_array(writer);
}

struct qd_slice qd_json_node_text(const struct qd_json *node, struct qd_arena *arena)
{
    struct qd_buffer buffer = { 0 };
    struct qd_json_writer writer = { .out = &buffer };
    qd_json_node(&writer, node);
    struct qd_slice text = qd_arena_copy(arena, qd_buffer_view(&buffer));
    qd_buffer_deinit(&buffer);
    return text;
}
