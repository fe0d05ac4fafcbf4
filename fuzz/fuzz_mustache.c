/* Mustache: any bytes as a template over fixed values, which have all kinds; output stays in bounds, and
 * rendering twice gives the same text. */
#include "base/assert.h"
#include "script/mustache.h"

static const char params_text[] =
    "{\"a\":1,\"b\":[1,2.50,\"x\\\"\",null,{\"c\":[true]}],"
    "\"c\":{\"d\":{\"e\":\"deep\",\"n\":null}},\"s\":\"t<>\","
    "\"t\":true,\"f\":false,\"e\":[],\"l\":[[1,2],[3]]}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_error error;
    struct qd_json_document params;
    const struct qd_mustache *template;
    qd_error_init(&error, arena);
    enum qd_status status = qd_json_parse(arena, qd_slice_make(params_text, sizeof(params_text) - 1), &params,
                                          &error);
    qd_assert(status == QD_OK);
    if (qd_mustache_compile(arena, qd_slice_make(data, size), &template, &error) == QD_OK) {
        struct qd_buffer once = { 0 }, twice = { 0 };
        status = qd_mustache_render(template, params.root, arena, &once, &error);
        enum qd_status again = qd_mustache_render(template, params.root, arena, &twice, &error);
        qd_assert(status == again);
        qd_assert(qd_slice_equal(qd_buffer_view(&once), qd_buffer_view(&twice)));
        qd_assert(once.size <= QD_MUSTACHE_OUTPUT_MAX + size + sizeof(params_text));
        qd_buffer_deinit(&once);
        qd_buffer_deinit(&twice);
    }
    qd_arena_destroy(arena);
    return 0;
}
