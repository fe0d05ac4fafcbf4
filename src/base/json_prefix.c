#include "base/json_prefix.h"

#include "base/buffer.h"
#include "base/json_diagnose.h"

/* No name or text that a handler knows. */
#define MARK "\"\\u0001\""

static struct qd_slice close_text(struct qd_arena *arena, struct qd_slice text,
                                  const struct qd_json_break *broken, bool marked)
{
    struct qd_buffer out = { 0 };
    size_t end = broken->value_end;
    bool read = broken->string_start != SIZE_MAX;
    bool opened = !read && end > 0 && (text.data[end - 1] == '{' || text.data[end - 1] == '[');
    if (broken->string_start == SIZE_MAX) {
        qd_buffer_slice(&out, qd_slice_sub(text, 0, broken->value_end));
    } else {
        qd_buffer_slice(&out, qd_slice_sub(text, 0, broken->string_start));
        qd_buffer_text(&out, marked ? MARK : "\"\"");
    }
    for (size_t depth = broken->depth; depth > 0; depth--) {
        bool object = broken->objects[depth - 1];
        if (marked && !opened) qd_buffer_text(&out, ",");
        if (marked) qd_buffer_text(&out, object ? MARK ":null" : "null");
        qd_buffer_text(&out, object ? "}" : "]");
        opened = false;
    }
    struct qd_slice closed = qd_arena_copy(arena, qd_buffer_view(&out));
    qd_buffer_deinit(&out);
    return closed;
}

void qd_json_prefix_cut(struct qd_arena *arena, struct qd_slice text, struct qd_json_prefix *prefix)
{
    struct qd_json_break *broken = QD_NEW(arena, struct qd_json_break);
    struct qd_slice copy = qd_arena_copy(arena, text);
    bool empty = false, mended = false;
    enum qd_status status = qd_json_diagnose_break((char *)(uintptr_t)copy.data, copy.size, &empty, &mended,
                                                   broken, NULL);
    *prefix = (struct qd_json_prefix){ 0 };
    qd_json_line_column(copy, broken->token_start, &prefix->line, &prefix->column);
    if (status == QD_OK) return;
    prefix->whole = broken->whole_end > 0;
    prefix->some = prefix->whole || broken->depth > 0 || broken->string_start != SIZE_MAX;
    if (prefix->whole) {
        prefix->plain = qd_slice_sub(copy, 0, broken->whole_end);
        prefix->marked = prefix->plain;
    } else if (prefix->some) {
        prefix->plain = close_text(arena, copy, broken, false);
        prefix->marked = close_text(arena, copy, broken, true);
    }
    /* The reference's reader goes on over some texts that are no JSON, like a number that begins with "-I".
     */
    struct qd_json_document document;
    if (prefix->some && (qd_json_parse(arena, prefix->plain, &document, NULL) != QD_OK ||
                         qd_json_parse(arena, prefix->marked, &document, NULL) != QD_OK)) {
        prefix->some = prefix->whole = false;
    }
}
