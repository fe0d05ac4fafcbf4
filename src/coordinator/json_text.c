/* Small changes of JSON texts. */
#include "base/json_writer.h"
#include "coordinator/search_options.h"

struct qd_slice qd_json_with_member(struct qd_slice object, struct qd_slice key, struct qd_slice value,
                                    struct qd_arena *arena)
{
    size_t end = object.size;
    size_t start = 0;
    while (start < end && object.data[start] != '{') start++;
    while (end > start && object.data[end - 1] != '}') end--;
    if (end <= start + 1) {
        return qd_arena_format(arena, "{\"%.*s\":%.*s}", QD_SLICE_ARG(key), QD_SLICE_ARG(value));
    }
    struct qd_slice inside = qd_slice_sub(object, start + 1, end - start - 2);
    bool empty = true;
    for (size_t i = 0; i < inside.size; i++) {
        char c = inside.data[i];
        if (c != ' ' && c != '\n' && c != '\t' && c != '\r') empty = false;
    }
    struct qd_buffer text = { 0 };
    qd_buffer_format(&text, "{\"%.*s\":%.*s", QD_SLICE_ARG(key), QD_SLICE_ARG(value));
    if (!empty) qd_buffer_byte(&text, ',');
    qd_buffer_slice(&text, inside);
    qd_buffer_byte(&text, '}');
    struct qd_slice result = qd_arena_copy(arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return result;
}
