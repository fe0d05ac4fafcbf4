/* Query DSL of any bytes: parsed, built and run on a small shard. */
#include <stdlib.h>

#include "search/search_support_test.c" /* the shard that the tests search in */

static struct search_world world;

static void open_world(void)
{
    static const char mapping[] = "{\"properties\":{\"t\":{\"type\":\"text\"},\"k\":{\"type\":\"keyword\"},"
                                  "\"i\":{\"type\":\"integer\"},"
                                  "\"d\":{\"type\":\"date\"},\"b\":{\"type\":\"boolean\"},\"ip\":{\"type\":"
                                  "\"ip\"},\"f\":{\"type\":\"float\"}}}";
    search_world_open(&world, mapping, NULL);
    search_world_index(
        &world, "1",
        QD_SLICE("{\"t\":\"quick brown fox\",\"k\":\"a\",\"i\":1,\"d\":\"2020-01-01\",\"b\":true}"));
    search_world_index(&world, "2",
                       QD_SLICE("{\"t\":\"lazy dog quick quick\",\"k\":\"b\",\"i\":[2,3],\"f\":1.5}"));
    search_world_refresh(&world);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (world.engine == NULL) open_world();
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_error error;
    struct qd_json_document document;
    struct qd_query *query;
    struct qd_prepared *prepared;
    uint64_t count;
    qd_error_init(&error, arena);
    struct qd_slice text = qd_slice_make(data, size);
    if (qd_json_parse(arena, text, &document, &error) == QD_OK &&
        qd_query_parse(&document, document.root, arena, &query, &error) == QD_OK &&
        qd_query_prepare(query, &world.view, true, arena, &prepared, &error) == QD_OK) {
        (void)qd_prepared_text(prepared, arena);
        if (qd_prepared_count(prepared, arena, UINT64_MAX, &count, &error) != QD_OK || count > 2) abort();
    }
    qd_arena_destroy(arena);
    return 0;
}
