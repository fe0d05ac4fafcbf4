/* Bulk bodies: the parser against a model that counts lines.
 * What was accepted has one write for each action line, and every source is exactly one line of the body. */
#include <stdint.h>
#include <stdlib.h>

#include "base/assert.h"
#include "coordinator/bulk_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_line_of(struct qd_slice body, struct qd_slice source)
{
    if (source.size == 0) return true;
    if (source.data < body.data || source.data + source.size > body.data + body.size) return false;
    bool starts = source.data == body.data || source.data[-1] == '\n';
    const char *end = source.data + source.size;
    bool ends = *end == '\n' || (*end == '\r' && end[1] == '\n');
    return starts && ends && memchr(source.data, '\n', source.size) == NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_bulk_defaults defaults = { .index = QD_SLICE("i") };
    struct qd_bulk_line *lines;
    struct qd_document_write *writes;
    struct qd_error error;
    size_t count = 0;
    size_t feeds = 0;
    struct qd_slice body = qd_arena_copy(arena, qd_slice_make(data, size));
    qd_error_init(&error, arena);
    enum qd_status status = qd_bulk_parse(body, &defaults, arena, &lines, &writes, &count, &error);
    for (size_t i = 0; i < size; i++) feeds += data[i] == '\n';
    if (status == QD_OK) {
        qd_assert(count <= feeds);
        for (size_t i = 0; i < count; i++) {
            qd_assert(lines[i].kind == writes[i].item.kind);
            qd_assert(is_line_of(body, writes[i].item.source));
            if (lines[i].kind == QD_WRITE_DELETE) qd_assert(writes[i].item.source.size == 0);
        }
    } else {
        qd_assert(error.status == status);
        qd_assert(qd_status_http(status) == 400);
    }
    qd_arena_destroy(arena);
    return 0;
}
