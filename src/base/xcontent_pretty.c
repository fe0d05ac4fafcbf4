#include "base/xcontent_internal.h"

static void indent(struct qd_buffer *out, size_t depth)
{
    qd_buffer_byte(out, '\n');
    char *to = qd_buffer_reserve(out, depth * 2);
    memset(to, ' ', depth * 2);
    out->size += depth * 2;
}

static void put(const struct qd_json *node, size_t depth, struct qd_buffer *out)
{
    struct qd_json_writer writer = { .out = out };
    bool object = qd_json_is_object(node);
    if (!object && !qd_json_is_array(node)) {
        qd_json_node_copied(&writer, node);
        return;
    }
    qd_buffer_byte(out, object ? '{' : '[');
    bool first = true;
    struct qd_json_iterator at = qd_json_iterate(node);
    while (qd_json_next(&at)) {
        if (!first) qd_buffer_byte(out, ',');
        first = false;
        indent(out, depth + 1);
        if (object) {
            writer.comma = false;
            qd_json_string(&writer, at.key);
            qd_buffer_text(out, " : ");
        }
        put(at.value, depth + 1, out);
    }
    if (first) qd_buffer_byte(out, ' ');
    else indent(out, depth);
    qd_buffer_byte(out, object ? '}' : ']');
}

void qd_pretty_write(const struct qd_json *node, struct qd_buffer *out)
{
    put(node, 0, out);
    qd_buffer_byte(out, '\n');
}
