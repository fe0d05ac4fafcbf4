/* Facts of the reference about highlighting. */
#include "base/test.h"

#include "search/search_test_support.h"

static void expect_hit(struct search_world *world, const char *body, const char *part)
{
    struct qd_slice answer = search_world_search(world, qd_slice_from_string(body));
    if (memmem(answer.data, answer.size, part, strlen(part)) == NULL) {
        assert_slice(answer, part);
    }
}

TEST(highlight, fragments_are_the_references)
{
    struct search_world world;
    search_world_open(&world, "{\"properties\":{\"t\":{\"type\":\"text\"},\"k\":{\"type\":\"keyword\"}}}",
                      NULL);
    search_world_index(&world, "1",
                       QD_SLICE("{\"t\":\"The quick brown fox jumps over the lazy dog\",\"k\":\"<a>\"}"));
    search_world_index(&world, "2", QD_SLICE("{\"t\":[\"s one\",\"s two\"]}"));
    search_world_refresh(&world);
    expect_hit(
        &world,
        "{\"query\":{\"match\":{\"t\":\"lazy\"}},\"highlight\":{\"fragment_size\":10,\"fields\":{\"*\":{}}}}",
        "\"highlight\":{\"t\":[\"over the <em>lazy</em>\"]}");
    expect_hit(&world,
               "{\"query\":{\"match_phrase\":{\"t\":\"quick brown\"}},\"highlight\":{\"fields\":{\"t\":{}}}}",
               "[\"The <em>quick</em> <em>brown</em> fox jumps over the lazy dog\"]");
    expect_hit(&world, "{\"query\":{\"match\":{\"t\":\"s\"}},\"highlight\":{\"fields\":{\"t\":{}}}}",
               "[\"<em>s</em> one\",\"<em>s</em> two\"]");
    expect_hit(
        &world,
        "{\"query\":{\"term\":{\"k\":\"<a>\"}},\"highlight\":{\"encoder\":\"html\",\"fields\":{\"k\":{}}}}",
        "{\"k\":[\"<em>&lt;a&gt;</em>\"]}");
    expect_hit(&world,
               "{\"query\":{\"match\":{\"t\":\"lazy\"}},\"highlight\":{\"fields\":{\"t\":{\"type\":\"plain\","
               "\"fragment_size\":20}}}}",
               "{\"t\":[\" jumps over the <em>lazy</em> dog\"]}");
    expect_hit(
        &world,
        "{\"query\":{\"match\":{\"t\":\"lazy\"}},\"highlight\":{\"fields\":{\"t\":{\"type\":\"fvh\"}}}}",
        "should be indexed with term vector");
    expect_hit(&world,
               "{\"query\":{\"match\":{\"t\":\"lazy\"}},\"_source\":false,\"highlight\":{\"fields\":[{\"t\":{"
               "}},{\"t\":"
               "{\"fragment_size\":10}}]}}",
               "\"highlight\":{\"t\":[\"over the <em>lazy</em>\"]}}");
    search_world_close(&world);
}

TEST(highlight, prefixes_below_a_function_score)
{
    struct search_world world;
    search_world_open(&world, "{\"properties\":{\"t\":{\"type\":\"text\"}}}", NULL);
    search_world_index(&world, "1", QD_SLICE("{\"t\":\"quick ran jumps\"}"));
    search_world_refresh(&world);
#define PREFIX "{\"match_phrase_prefix\":{\"t\":\"quick ra\"}}"
    expect_hit(&world, "{\"query\":" PREFIX ",\"highlight\":{\"fields\":{\"t\":{}}}}",
               "[\"<em>quick</em> <em>ran</em> jumps\"]");
    expect_hit(&world,
               "{\"query\":{\"function_score\":{\"query\":" PREFIX
               "}},\"highlight\":{\"fields\":{\"t\":{}}}}",
               "[\"<em>quick</em> ran jumps\"]");
    expect_hit(&world,
               "{\"query\":{\"function_score\":{\"query\":" PREFIX "}},"
               "\"highlight\":{\"type\":\"plain\",\"fields\":{\"t\":{}}}}",
               "[\"<em>quick</em> <em>ran</em> jumps\"]");
#undef PREFIX
    search_world_close(&world);
}

/* Words before kept prefixes: the unified highlighter shows each by itself, the plain one where they meet. */
TEST(highlight, kept_prefixes_are_marked_in_their_own_field)
{
    struct search_world world;
    search_world_open(&world,
                      "{\"properties\":{\"t\":{\"type\":\"text\",\"index_prefixes\":{}},"
                      "\"h\":{\"type\":\"text\",\"index_phrases\":true}}}",
                      NULL);
    search_world_index(&world, "1", QD_SLICE("{\"t\":\"brown quick fox quick brown\",\"h\":\"a b c d\"}"));
    search_world_refresh(&world);
#define BODY "{\"query\":{\"match_phrase_prefix\":{\"t\":\"quick bro\"}},\"highlight\":{\"fields\":"
    expect_hit(&world, BODY "{\"t\":{}}}}", "{\"t\":[\"brown <em>quick</em> fox <em>quick</em> brown\"]}");
    expect_hit(&world, BODY "{\"t._index_prefix\":{}}}}",
               "{\"t._index_prefix\":[\"<em>brown</em> quick fox quick <em>brown</em>\"]}");
    expect_hit(&world, BODY "{\"t._index_prefix\":{\"type\":\"plain\"}}}}",
               "{\"t._index_prefix\":[\"brown quick fox quick <em>brown</em>\"]}");
    expect_hit(&world, BODY "{\"t._index_prefix\":{\"require_field_match\":false}}}}",
               "[\"brown quick fox <em>quick</em> <em>brown</em>\"]");
    expect_hit(&world, BODY "{\"t*\":{}}}}",
               "\"highlight\":{\"t\":[\"brown <em>quick</em> fox <em>quick</em> brown\"]}");
#undef BODY
    /* Pairs lie over each other. */
    expect_hit(&world,
               "{\"query\":{\"match_phrase\":{\"h\":\"b c d\"}},"
               "\"highlight\":{\"fields\":{\"h._index_phrase\":{}}}}",
               "{\"h._index_phrase\":[\"a <em>b c d</em>\"]}");
    search_world_close(&world);
}

TEST(highlight, words_in_a_range_are_marked)
{
    struct search_world world;
    search_world_open(&world, "{\"properties\":{\"t\":{\"type\":\"text\"}}}", NULL);
    search_world_index(&world, "1", QD_SLICE("{\"t\":\"quick brown fox\"}"));
    search_world_refresh(&world);
#define RANGE(bounds, how) \
    "{\"query\":{\"range\":{\"t\":{" bounds "}}},\"highlight\":{\"fields\":{\"t\":{" how "}}}}"
    expect_hit(&world, RANGE("\"gt\":\"brown\"", ""), "[\"<em>quick</em> brown <em>fox</em>\"]");
    expect_hit(&world, RANGE("\"gte\":\"brown\",\"lt\":\"quick\"", "\"type\":\"plain\""),
               "[\"quick <em>brown</em> <em>fox</em>\"]");
    expect_hit(&world, RANGE("\"lte\":\"fox\"", ""), "[\"quick <em>brown</em> <em>fox</em>\"]");
#undef RANGE
    search_world_close(&world);
}

TEST(highlight, what_is_refused_and_what_is_left_out)
{
    struct search_world world;
    search_world_open(&world, "{\"properties\":{\"t\":{\"type\":\"text\"},\"k\":{\"type\":\"keyword\"}}}",
                      NULL);
    search_world_index(&world, "1", QD_SLICE("{\"t\":\"fox\",\"k\":\"red\"}"));
    search_world_index(&world, "2", QD_SLICE("{\"k\":[\"\",\"blue\"]}"));
    search_world_refresh(&world);
#define SHOWN(options) "\"highlight\":{\"fields\":{" options "}}}"
    expect_hit(&world, "{" SHOWN("\"x*\":{\"type\":\"nosuch\"}"),
               "unknown highlighter type [nosuch] for the field [x*]");
    expect_hit(&world,
               "{\"query\":{\"term\":{\"k\":\"red\"}}," SHOWN("\"k\":{\"boundary_scanner\":\"chars\"}"),
               "[\"<em>red</em>\"]");
    expect_hit(&world, "{" SHOWN("\"t\":{\"boundary_scanner\":\"chars\"}"),
               "Invalid boundary scanner type: chars");
    expect_hit(&world,
               "{\"query\":{\"match\":{\"t\":\"fox\"}},\"_source\":false," SHOWN("\"t*\":{\"type\":\"fvh\"}"),
               "\"_id\":\"1\",\"_score\":0.13076457}");
    expect_hit(&world, "{\"query\":{\"term\":{\"k\":\"\"}}," SHOWN("\"k\":{\"no_match_size\":9}"),
               "\"highlight\":{\"k\":[\"blue\"]}");
#undef SHOWN
    search_world_close(&world);
}
