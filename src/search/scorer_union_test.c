/* Pruned top documents against an exhaustive walk, over random documents. */
#include "base/json.h"
#include "base/number.h"
#include "base/test.h"
#include "search/search_test_support.h"

static uint32_t draw(uint64_t *random, uint32_t bound)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return (uint32_t)((*random >> 20) % bound);
}

/* Words of falling frequency: w0 is nearly everywhere, w30 is rare. */
static void add_word(struct qd_buffer *out, uint64_t *random)
{
    uint32_t word = 0;
    while (word < 30 && draw(random, 4) != 0) word++;
    qd_buffer_format(out, "w%u ", word);
}

static void index_documents(struct search_world *world, uint64_t *random, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct qd_buffer source = { 0 };
        char id[QD_NUMBER_TEXT_MAX + 1];
        id[qd_int64_to_text(i, id)] = '\0';
        qd_buffer_text(&source, "{\"t\":\"");
        for (uint32_t k = draw(random, 12) + 1; k > 0; k--) add_word(&source, random);
        qd_buffer_text(&source, "\"}");
        search_world_index(world, id, qd_buffer_view(&source));
        qd_buffer_deinit(&source);
    }
}

static struct qd_json_document run(struct search_world *world, struct qd_slice query, const char *options)
{
    struct qd_json_document answer;
    struct qd_slice body =
        qd_arena_format(world->arena, "{\"query\":%.*s,\"_source\":false,%s}", QD_SLICE_ARG(query), options);
    assert_ok(qd_json_parse(world->arena, search_world_search(world, body), &answer, &world->error));
    return answer;
}

static void check_query(struct search_world *world, struct qd_slice query)
{
    struct qd_json_document pruned = run(world, query, "\"size\":7,\"track_total_hits\":false");
    struct qd_json_document whole = run(world, query, "\"size\":9000,\"track_total_hits\":true");
    struct qd_json_iterator left = qd_json_iterate(qd_json_get(pruned.root, "hits"));
    struct qd_json_iterator right = qd_json_iterate(qd_json_get(whole.root, "hits"));
    size_t wanted = qd_json_size(qd_json_get(whole.root, "hits"));
    assert_int_equal(qd_json_size(qd_json_get(pruned.root, "hits")), wanted < 7 ? wanted : 7);
    while (qd_json_next(&left)) {
        assert_true(qd_json_next(&right));
        assert_true(qd_slice_equal(qd_json_text(qd_json_get(left.value, "_id")),
                                   qd_json_text(qd_json_get(right.value, "_id"))));
        assert_true(qd_slice_equal(qd_json_text(qd_json_get(left.value, "_score")),
                                   qd_json_text(qd_json_get(right.value, "_score"))));
    }
}

TEST(scorer_union, pruning_keeps_the_top)
{
    struct search_world world;
    uint64_t random = 77;
    search_world_open(&world, "{\"properties\":{\"t\":{\"type\":\"text\"}}}", NULL);
    index_documents(&world, &random, 9000);
    search_world_refresh(&world);
    for (uint32_t i = 0; i < 200; i += 7) {
        char id[QD_NUMBER_TEXT_MAX + 1];
        id[qd_int64_to_text(i, id)] = '\0';
        search_world_delete(&world, id);
    }
    search_world_refresh(&world);
    for (int i = 0; i < 25; i++) {
        struct qd_buffer text = { 0 };
        for (uint32_t k = draw(&random, 5) + 1; k > 0; k--) add_word(&text, &random);
        struct qd_slice words = qd_buffer_view(&text);
        check_query(&world,
                    qd_arena_format(world.arena, "{\"match\":{\"t\":\"%.*s\"}}", QD_SLICE_ARG(words)));
        check_query(&world, qd_arena_format(world.arena,
                                            "{\"bool\":{\"should\":[{\"match\":{\"t\":\"%.*s\"}},"
                                            "{\"term\":{\"t\":{\"value\":\"w9\",\"boost\":3}}}]}}",
                                            QD_SLICE_ARG(words)));
        qd_buffer_deinit(&text);
    }
    search_world_close(&world);
}
