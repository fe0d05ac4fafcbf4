/* YAML, CBOR and SMILE bodies; the first byte chooses the type. Whatever is accepted is JSON that survives
 * being written in the same type and read again. The rest of the first byte chooses filters to run over
 * it. */
#include "base/assert.h"
#include "base/filter_path.h"
#include "base/xcontent.h"

static const char *const filters[] = { "a", "*.b", "**.c", "-a", "-**.b,a.*", "a*b,-c.d", "", "x\\.y" };

static void run_filters(struct qd_arena *arena, struct qd_slice json, unsigned choice)
{
    struct qd_json_document document;
    if (qd_json_parse(arena, json, &document, NULL) != QD_OK || document.root == NULL) return;
    struct qd_filter_path *filter = qd_filter_path_parse(arena, qd_slice_from_string(filters[choice % 8]));
    struct qd_buffer out = { 0 };
    struct qd_json_writer writer = { .out = &out };
    qd_filter_path_write(filter, document.root, &writer);
    qd_assert(qd_json_is_array(document.root) || out.size > 0 || choice % 8 != 6);
    out.size = 0;
    writer.comma = false;
    qd_filter_source_write(filter, document.root, &writer);
    struct qd_json_document left;
    enum qd_status status = qd_json_parse(arena, qd_buffer_view(&out), &left, NULL);
    qd_assert(status == QD_OK);
    qd_buffer_deinit(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum qd_xcontent_type types[] = { QD_XCONTENT_YAML, QD_XCONTENT_CBOR, QD_XCONTENT_SMILE,
                                                   QD_XCONTENT_JSON };
    if (size == 0) return 0;
    enum qd_xcontent_type type = types[data[0] % 4];
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_error error;
    qd_error_init(&error, arena);
    struct qd_slice json, again;
    struct qd_json_document document;
    bool read = qd_xcontent_to_json(arena, type, qd_slice_make(data + 1, size - 1), &json, &error) == QD_OK;
    /* Names may be repeated in these types, which JSON's reader refuses. */
    if (read && qd_json_parse(arena, json, &document, &error) == QD_OK && document.root != NULL) {
        struct qd_buffer coded = { 0 }, twice = { 0 };
        enum qd_status status = qd_xcontent_from_json(json, type, true, &coded, &error);
        qd_assert(status == QD_OK);
        if (type == QD_XCONTENT_CBOR || type == QD_XCONTENT_SMILE) {
            status = qd_xcontent_to_json(arena, type, qd_buffer_view(&coded), &again, &error);
            qd_assert(status == QD_OK);
            status = qd_xcontent_from_json(again, type, false, &twice, &error);
            qd_assert(status == QD_OK);
            qd_assert(qd_slice_equal(qd_buffer_view(&coded), qd_buffer_view(&twice)));
        }
        qd_buffer_deinit(&coded);
        qd_buffer_deinit(&twice);
        run_filters(arena, json, data[0] / 4u);
    }
    qd_arena_destroy(arena);
    return 0;
}
