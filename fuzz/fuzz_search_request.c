/* Search bodies of any bytes: parsed, then query and fetch phase on a small shard. */
#include <stdlib.h>

#include "search/search_support_test.c" /* the shard that the tests search in */

static struct search_world world;

static void open_world(void)
{
    static const char mapping[] =
        "{\"properties\":{\"t\":{\"type\":\"text\"},\"k\":{\"type\":\"keyword\"},\"i\":{\"type\":\"integer\"}"
        ","
        "\"u\":{\"type\":\"unsigned_long\"},\"d\":{\"type\":\"date\"},\"b\":{\"type\":\"boolean\"},"
        "\"ip\":{\"type\":\"ip\"},\"f\":{\"type\":\"float\",\"store\":true}}}";
    search_world_open(&world, mapping, NULL);
    search_world_index(
        &world, "1",
        QD_SLICE("{\"t\":\"The quick fox. A \\\"dog\\\" (5) ran! \\u2029\",\"k\":\"a\",\"i\":1,"
                 "\"d\":\"2020-01-01\",\"b\":true,\"u\":7}"));
    search_world_index(&world, "2",
                       QD_SLICE("{\"t\":[\"lazy dog\",\"fox\"],\"k\":[\"b\",\"c\"],\"i\":[2,3],\"f\":1.5,"
                                "\"ip\":\"::1\"}"));
    search_world_refresh(&world);
}

/* Everything of one body in one arena, which goes when the body is done. */
static void run_body(struct qd_slice text, struct qd_arena *arena)
{
    struct qd_error error;
    struct qd_json_document document;
    struct qd_search_request request;
    struct qd_query_result result;
    qd_error_init(&error, arena);
    if (qd_json_parse(arena, text, &document, &error) != QD_OK) {
        return;
    }
    if (qd_search_request_parse(&document, arena, &request, &error) != QD_OK) {
        return;
    }
    if (qd_search_query_phase(&world.view, &request, NULL, arena, &result, &error) != QD_OK) {
        return;
    }
    if (result.doc_count > 2 || result.total > 2) {
        abort();
    }
    struct qd_slice *hits = QD_NEW_ARRAY(arena, struct qd_slice, result.doc_count + 1);
    if (qd_search_fetch_phase(&world.view, &request, result.docs, result.doc_count, arena, hits, &error) !=
        QD_OK) {
        return;
    }
    for (uint32_t i = 0; i < result.doc_count; i++) {
        if (qd_json_parse(arena, hits[i], &document, &error) != QD_OK) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (world.engine == NULL) {
        open_world();
    }
    struct qd_arena *arena = qd_arena_create(0);
    run_body(qd_slice_make(data, size), arena);
    qd_arena_destroy(arena);
    return 0;
}
