#include "search/id_bytes.h"

#include <string.h>

#include "base/text.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A text that Java's URL decoder takes without padding, and that no other text decodes to. */
static bool is_base64(struct qd_slice id)
{
    static const char *const last[] = { NULL, "", "AQgw", "AEIMQUYcgkosw048" };
    for (size_t i = 0; i < id.size; i++) {
        char c = id.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c);
        if (!letter && c != '-' && c != '_') return false;
    }
    return id.size % 4 == 0 || strchr(last[id.size % 4], id.data[id.size - 1]) != NULL;
}

struct qd_slice qd_id_bytes(struct qd_slice id, struct qd_buffer *out)
{
    struct qd_arena *arena;
    struct qd_slice bytes;
    bool digits = id.size > 0;
    out->size = 0;
    for (size_t i = 0; i < id.size; i++) digits = digits && is_digit(id.data[i]);
    if (digits) {
        qd_buffer_byte(out, 0xfe);
        for (size_t i = 0; i < id.size; i += 2) {
            unsigned low = i + 1 < id.size ? (unsigned)(id.data[i + 1] - '0') : 0xf;
            qd_buffer_byte(out, (uint8_t)((unsigned)(id.data[i] - '0') << 4 | low));
        }
        return qd_buffer_view(out);
    }
    arena = qd_arena_create(id.size + 64);
    if (id.size > 0 && is_base64(id) && qd_base64_url_decode(arena, id, &bytes)) {
        if ((uint8_t)bytes.data[0] >= 0xfd) qd_buffer_byte(out, 0xfd);
        qd_buffer_slice(out, bytes);
    } else {
        qd_buffer_byte(out, 0xff);
        qd_buffer_slice(out, id);
    }
    qd_arena_destroy(arena);
    return qd_buffer_view(out);
}
