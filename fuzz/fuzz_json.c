/* JSON text: whatever is accepted prints to text that parses to the same print; extents stay inside the
 * source; what was read of a text that is refused is JSON again. */
#include "base/assert.h"
#include "base/json_prefix.h"
#include "base/json_writer.h"

static void print(const struct qd_json *node, bool copied, struct qd_buffer *out)
{
    struct qd_json_writer writer = { .out = out };
    if (copied) qd_json_node_copied(&writer, node);
    else qd_json_node(&writer, node);
}

static void check_extents(const struct qd_json_document *document, const struct qd_json *node)
{
    size_t start = 0, end = 0;
    qd_json_extent(document, node, &start, &end);
    qd_assert(start < end);
    qd_assert(end <= document->source.size);
    struct qd_json_iterator at = qd_json_iterate(node);
    for (int i = 0; i < 4 && qd_json_next(&at); i++) check_extents(document, at.value);
}

/* What is cut from a broken text is JSON in both forms. */
static void check_prefix(struct qd_arena *arena, struct qd_slice text)
{
    struct qd_json_document document;
    struct qd_json_prefix prefix;
    qd_json_prefix_cut(arena, text, &prefix);
    if (!prefix.some) return;
    enum qd_status plain = qd_json_parse(arena, prefix.plain, &document, NULL);
    enum qd_status marked = qd_json_parse(arena, prefix.marked, &document, NULL);
    qd_assert(plain == QD_OK);
    qd_assert(marked == QD_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_error error;
    qd_error_init(&error, arena);
    struct qd_json_document first, second;
    if (qd_json_parse(arena, qd_slice_make(data, size), &first, &error) == QD_OK && first.root != NULL) {
        if (size < 4096) check_extents(&first, first.root);
        for (int copied = 0; copied < 2; copied++) {
            struct qd_buffer once = { 0 }, twice = { 0 };
            print(first.root, copied != 0, &once);
            enum qd_status status = qd_json_parse(arena, qd_buffer_view(&once), &second, &error);
            qd_assert(status == QD_OK);
            print(second.root, copied != 0, &twice);
            qd_assert(qd_slice_equal(qd_buffer_view(&once), qd_buffer_view(&twice)));
            qd_buffer_deinit(&once);
            qd_buffer_deinit(&twice);
        }
    }
    check_prefix(arena, qd_slice_make(data, size));
    qd_arena_destroy(arena);
    return 0;
}
