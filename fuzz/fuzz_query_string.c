/* Query texts of any bytes, by both grammars. The first byte chooses. */
#include <stdlib.h>

#include "base/json_writer.h"
#include "base/text.h"
#include "search/search_support_test.c" /* the shard that the tests search in */

static struct search_world world;

static void open_world(void)
{
    static const char mapping[] = "{\"properties\":{\"t\":{\"type\":\"text\"},\"k\":{\"type\":\"keyword\"},"
                                  "\"i\":{\"type\":\"integer\"},\"d\":{\"type\":\"date\"}}}";
    search_world_open(&world, mapping, NULL);
    search_world_index(&world, "1",
                       QD_SLICE("{\"t\":\"quick brown fox\",\"k\":\"a\",\"i\":1,\"d\":\"2020-01-01\"}"));
    search_world_refresh(&world);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (world.engine == NULL) open_world();
    if (size == 0) return 0;
    struct qd_slice text = qd_slice_make(data + 1, size - 1);
    if (!qd_utf8_valid(text)) return 0;
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_buffer body = { 0 };
    struct qd_json_writer writer = { .out = &body };
    qd_json_begin_object(&writer);
    qd_json_member_object(&writer, (data[0] & 1) != 0 ? "query_string" : "simple_query_string");
    qd_json_member_string(&writer, "query", text);
    qd_json_member_text(&writer, "default_operator", (data[0] & 2) != 0 ? "and" : "or");
    qd_json_end_object(&writer);
    qd_json_end_object(&writer);
    struct qd_error error;
    struct qd_json_document document;
    struct qd_query *query;
    struct qd_prepared *prepared;
    uint64_t count;
    qd_error_init(&error, arena);
    if (qd_json_parse(arena, qd_buffer_view(&body), &document, &error) == QD_OK &&
        qd_query_parse(&document, document.root, arena, &query, &error) == QD_OK &&
        qd_query_prepare(query, &world.view, true, arena, &prepared, &error) == QD_OK &&
        (qd_prepared_count(prepared, arena, UINT64_MAX, &count, &error) != QD_OK || count > 1))
        abort();
    qd_buffer_deinit(&body);
    qd_arena_destroy(arena);
    return 0;
}
