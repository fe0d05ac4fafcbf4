/* Pruned top documents against an exhaustive walk, over random documents. */
#include <stdio.h>

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
        qd_buffer_format(&source, "\",\"n\":%u,\"k\":\"k%u\"", draw(random, 1000), draw(random, 20));
        if (draw(random, 3) != 0) {
            qd_buffer_format(&source, ",\"m\":[%u,%u]", draw(random, 90), draw(random, 90));
        }
        qd_buffer_text(&source, "}");
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

static void check_hits(const struct qd_json_document *pruned, const struct qd_json_document *whole)
{
    struct qd_json_iterator left = qd_json_iterate(qd_json_get(pruned->root, "hits"));
    struct qd_json_iterator right = qd_json_iterate(qd_json_get(whole->root, "hits"));
    size_t wanted = qd_json_size(qd_json_get(whole->root, "hits"));
    assert_int_equal(qd_json_size(qd_json_get(pruned->root, "hits")), wanted < 7 ? wanted : 7);
    while (qd_json_next(&left)) {
        assert_true(qd_json_next(&right));
        assert_true(qd_slice_equal(qd_json_text(qd_json_get(left.value, "_id")),
                                   qd_json_text(qd_json_get(right.value, "_id"))));
        assert_true(qd_slice_equal(qd_json_text(qd_json_get(left.value, "_score")),
                                   qd_json_text(qd_json_get(right.value, "_score"))));
    }
}

static int64_t total_of(const struct qd_json_document *answer)
{
    int64_t total = -1;
    assert_true(qd_parse_int64(qd_json_text(qd_json_get(answer->root, "total")), &total));
    return total;
}

/* However much is counted, the best are the same, and the number is cut where counting may end. */
static void check_sorted(struct search_world *world, struct qd_slice query, const char *sort)
{
    static const int limits[] = { 0, 3, 100, 2000, 8700, 9000 };
    char options[128];
    (void)snprintf(options, sizeof(options), "%s\"size\":9000,\"track_total_hits\":true", sort);
    struct qd_json_document whole = run(world, query, options);
    (void)snprintf(options, sizeof(options), "%s\"size\":7,\"track_total_hits\":false", sort);
    struct qd_json_document pruned = run(world, query, options);
    check_hits(&pruned, &whole);
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        int64_t total = total_of(&whole);
        bool cut = total > limits[i];
        (void)snprintf(options, sizeof(options), "%s\"size\":7,\"track_total_hits\":%d", sort, limits[i]);
        pruned = run(world, query, options);
        check_hits(&pruned, &whole);
        assert_int_equal(total_of(&pruned), cut ? limits[i] : total);
        assert_slice(qd_json_text(qd_json_get(pruned.root, "relation")), cut ? "gte" : "eq");
    }
}

static void check_query(struct search_world *world, struct qd_slice query) { check_sorted(world, query, ""); }

static void open_world(struct search_world *world, uint64_t *random)
{
    search_world_open(world,
                      "{\"properties\":{\"t\":{\"type\":\"text\"},\"n\":{\"type\":\"long\"},"
                      "\"m\":{\"type\":\"integer\"},\"k\":{\"type\":\"keyword\"}}}",
                      NULL);
    index_documents(world, random, 9000);
    search_world_refresh(world);
    for (uint32_t i = 0; i < 200; i += 7) {
        char id[QD_NUMBER_TEXT_MAX + 1];
        id[qd_int64_to_text(i, id)] = '\0';
        search_world_delete(world, id);
    }
    search_world_refresh(world);
}

TEST(scorer_union, pruning_keeps_the_top)
{
    struct search_world world;
    uint64_t random = 77;
    open_world(&world, &random);
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

/* Shapes of queries over words of all frequencies: $w: some words, $n: a number, $k: another. */
static const char *const shapes[] = {
    "{\"match\":{\"t\":{\"query\":\"$w $w w$n\",\"minimum_should_match\":2,\"boost\":0.$k}}}",
    "{\"bool\":{\"must\":[{\"match\":{\"t\":\"$w\"}},{\"match\":{\"t\":\"$w\"}}],"
    "\"must_not\":[{\"match\":{\"t\":\"$w\"}},{\"term\":{\"k\":\"k$n\"}}],\"boost\":$k}}",
    "{\"bool\":{\"must\":[{\"match\":{\"t\":{\"query\":\"$w\",\"boost\":3}}}],\"filter\":["
    "{\"match\":{\"t\":\"$w $w\"}},{\"range\":{\"n\":{\"gte\":$n,\"lt\":9$k}}}]}}",
    "{\"bool\":{\"should\":[{\"match\":{\"t\":\"$w\"}},{\"bool\":{\"must\":[{\"match\":{\"t\":\"$w\"}}],"
    "\"must_not\":[{\"match\":{\"t\":\"$w\"}}]}},{\"term\":{\"t\":{\"value\":\"w$n\",\"boost\":$k}}}]}}",
    "{\"bool\":{\"must\":[{\"match\":{\"t\":\"$w\"}}],\"should\":[{\"match\":{\"t\":\"$w $w\"}}],"
    "\"filter\":[{\"term\":{\"k\":\"k$n\"}}],\"boost\":1.$k}}",
    "{\"bool\":{\"filter\":[{\"match\":{\"t\":\"$w\"}}],\"must\":[{\"bool\":{\"should\":["
    "{\"match\":{\"t\":\"$w $w\"}},{\"constant_score\":{\"filter\":{\"term\":{\"t\":\"w$n\"}},"
    "\"boost\":0.$k}}]}}]}}"
};

static struct qd_slice draw_shape(struct search_world *world, uint64_t *random)
{
    struct qd_buffer text = { 0 };
    const char *shape = shapes[draw(random, sizeof(shapes) / sizeof(shapes[0]))];
    for (; *shape != '\0'; shape++) {
        if (*shape != '$') {
            qd_buffer_byte(&text, (uint8_t)*shape);
            continue;
        }
        shape++;
        if (*shape == 'n') qd_buffer_format(&text, "%u", draw(random, 20));
        if (*shape == 'k') qd_buffer_format(&text, "%u", draw(random, 30) + 1);
        if (*shape != 'w') continue;
        for (uint32_t k = draw(random, 3) + 1; k > 0; k--) add_word(&text, random);
    }
    struct qd_slice query = qd_arena_copy(world->arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return query;
}

TEST(scorer_union, shapes_keep_the_top)
{
    struct search_world world;
    uint64_t random = 991;
    open_world(&world, &random);
    for (int i = 0; i < 90; i++) {
        if (i == 60) search_world_merge(&world);
        check_query(&world, draw_shape(&world, &random));
    }
    search_world_close(&world);
}

/* Words in two windows, and better documents of one of them in a third, before the other goes on: what one
 * part suffices for holds for a window only, not up to that part's next document. */
TEST(scorer_union, windows_without_the_leader_are_searched)
{
    struct search_world world;
    static const char *const queries[] = {
        "{\"match\":{\"t\":\"head tail\"}}",
        "{\"bool\":{\"must\":[{\"match\":{\"t\":\"every\"}}],"
        "\"should\":[{\"match\":{\"t\":\"head tail\"}}]}}",
        "{\"bool\":{\"filter\":[{\"match\":{\"t\":\"every\"}}],\"must\":[{\"match\":{\"t\":\"head tail\"}}]}}"
    };
    search_world_open(&world, "{\"properties\":{\"t\":{\"type\":\"text\"}}}", NULL);
    for (uint32_t i = 0; i < 13010; i++) {
        const char *text = "every one";
        char id[QD_NUMBER_TEXT_MAX + 1];
        id[qd_int64_to_text(i, id)] = '\0';
        if (i < 8192 && i % 8 == 0) text = "every head head head";
        if (i < 8192 && i % 29 == 1) text = "every tail in a text with many words so that it counts little";
        if (i >= 8300 && i < 8400) text = "every tail tail tail tail tail tail";
        if (i > 13000) text = "every head";
        search_world_index(&world, id, qd_arena_format(world.arena, "{\"t\":\"%s\"}", text));
    }
    search_world_refresh(&world);
    search_world_merge(&world);
    for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
        check_query(&world, qd_slice_from_string(queries[i]));
    }
    search_world_close(&world);
}

/* A clause of a random kind; its matches by themselves are known from the other test and from the naive check
 * below. */
static void add_clause(struct qd_buffer *out, uint64_t *random)
{
    uint32_t word = draw(random, 8);
    switch (draw(random, 6)) {
    case 0: qd_buffer_format(out, "{\"match\":{\"t\":\"w%u w%u\"}}", word, word / 2 + 1); break;
    case 1: qd_buffer_format(out, "{\"term\":{\"k\":\"k%u\"}}", word); break;
    case 2: qd_buffer_format(out, "{\"range\":{\"n\":{\"gte\":%u,\"lt\":900}}}", draw(random, 890)); break;
    case 3: qd_buffer_format(out, "{\"range\":{\"m\":{\"gte\":%u,\"lt\":60}}}", draw(random, 50)); break;
    case 4: qd_buffer_format(out, "{\"match_phrase\":{\"t\":\"w%u w%u\"}}", word / 3, word / 2); break;
    default: qd_buffer_format(out, "{\"term\":{\"t\":\"w%u\"}}", word); break;
    }
}

static int64_t count_of(struct search_world *world, struct qd_slice query)
{
    struct qd_json_document answer = run(world, query, "\"size\":3,\"track_total_hits\":true");
    return total_of(&answer);
}

TEST(scorer_windows, conjunctions_keep_the_top)
{
    struct search_world world;
    uint64_t random = 4711;
    open_world(&world, &random);
    for (int i = 0; i < 20; i++) {
        struct qd_buffer parts[3] = { 0 };
        for (int k = 0; k < 3; k++) add_clause(&parts[k], &random);
        struct qd_slice a = qd_buffer_view(&parts[0]);
        struct qd_slice b = qd_buffer_view(&parts[1]);
        struct qd_slice c = qd_buffer_view(&parts[2]);
        struct qd_arena *arena = world.arena;
        struct qd_slice queries[] = {
            qd_arena_format(arena, "{\"bool\":{\"must\":[%.*s,%.*s],\"must_not\":[%.*s]}}", QD_SLICE_ARG(a),
                            QD_SLICE_ARG(b), QD_SLICE_ARG(c)),
            qd_arena_format(arena, "{\"bool\":{\"must\":[%.*s],\"filter\":[%.*s,%.*s]}}", QD_SLICE_ARG(a),
                            QD_SLICE_ARG(b), QD_SLICE_ARG(c)),
            qd_arena_format(arena, "{\"bool\":{\"must\":[%.*s],\"should\":[%.*s],\"filter\":[%.*s]}}",
                            QD_SLICE_ARG(a), QD_SLICE_ARG(b), QD_SLICE_ARG(c)),
            a
        };
        for (size_t k = 0; k < sizeof(queries) / sizeof(queries[0]); k++) {
            check_query(&world, queries[k]);
            check_sorted(&world, queries[k], "\"track_scores\":true,\"sort\":[{\"n\":\"desc\"}],");
            check_sorted(&world, queries[k], "\"sort\":[{\"n\":\"asc\"}],");
            check_sorted(&world, queries[k], "\"sort\":[{\"k\":\"desc\"},\"_doc\"],");
            check_sorted(&world, queries[k], "\"sort\":[{\"m\":\"desc\"}],");
        }
        /* Inclusion and exclusion: |a| = |a and b| + |a without b|. */
        struct qd_slice with = qd_arena_format(arena, "{\"bool\":{\"must\":[%.*s,%.*s]}}", QD_SLICE_ARG(a),
                                               QD_SLICE_ARG(b));
        struct qd_slice without = qd_arena_format(arena, "{\"bool\":{\"must\":[%.*s],\"must_not\":[%.*s]}}",
                                                  QD_SLICE_ARG(a), QD_SLICE_ARG(b));
        assert_int_equal(count_of(&world, a), count_of(&world, with) + count_of(&world, without));
        for (int k = 0; k < 3; k++) qd_buffer_deinit(&parts[k]);
    }
    search_world_close(&world);
}

/* What is excluded has been walked over where the union begins before the exclusion's first document. */
TEST(scorer_union, excludes_before_the_first_document_of_a_part)
{
    static const char *const texts[] = { "b", "n b", "b", "x" };
    struct search_world world;
    search_world_open(&world, "{\"properties\":{\"t\":{\"type\":\"text\"}}}", NULL);
    for (size_t i = 0; i < 4; i++) {
        char id[2] = { (char)('0' + i), 0 };
        search_world_index(&world, id, qd_arena_format(world.arena, "{\"t\":\"%s\"}", texts[i]));
    }
    search_world_refresh(&world);
    static const char *const asks[] = { "\"size\":10", "\"size\":0", "\"sort\":\"_doc\"" };
    for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++) {
        struct qd_slice body = qd_arena_format(
            world.arena, "{%s,\"query\":{\"bool\":{\"should\":[{\"match\":{\"t\":\"n\"}},{\"bool\":{\"must\":"
                         "{\"match_all\":{}},\"must_not\":{\"match\":{\"t\":\"b\"}}}}]}}}", asks[i]);
        assert_true(qd_slice_starts_with(search_world_search(&world, body), QD_SLICE("{\"total\":2")));
    }
    search_world_close(&world);
}
