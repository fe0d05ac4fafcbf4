/* Facts of the reference about sort keys that are refused. */
#include "base/test.h"

#include "search/search_test_support.h"

static void expect_hit(struct search_world *world, const char *body, const char *part)
{
    struct qd_slice answer = search_world_search(world, qd_slice_from_string(body));
    if (memmem(answer.data, answer.size, part, strlen(part)) == NULL) {
        assert_slice(answer, part);
    }
}

TEST(sort, what_cannot_be_compared_is_told_where_it_would_be)
{
    static const char *const facts[][2] = {
        { "{\"size\":0,\"sort\":[\"n\"],\"search_after\":[null]}", "\"hits\":[]" },
        { "{\"sort\":[\"n\"],\"search_after\":[null]}", "Failed to parse search_after value for field [n]." },
        { "{\"size\":0,\"sort\":[{\"n\":{\"mode\":\"avg\",\"missing\":\"x\"}}]}", "\"hits\":[]" },
        { "{\"size\":0,\"sort\":[{\"n\":{\"missing\":\"x\"}}]}", "For input string: \\\"x\\\"" },
        { "{\"sort\":[{\"n\":{\"mode\":\"avg\",\"missing\":\"x\"}},\"t\"]}",
          "Text fields are not optimised" },
        { "{\"sort\":[{\"n\":{\"mode\":\"avg\",\"missing\":\"x\"}}],\"search_after\":[\"y\"]}",
          "Failed to parse search_after value for field [n]." },
        { "{\"sort\":[{\"n\":{\"nested\":{\"path\":\"o\"}}}]}", "path [o] is not of nested type" },
        { "{\"sort\":[{\"x\":{\"unmapped_type\":\"keyword\",\"numeric_type\":\"long\"}}]}",
          "cannot be set on a non-numeric field, got keyword" },
        { "{\"sort\":[{\"b\":{\"numeric_type\":\"long\"}}],\"search_after\":[\"x\"]}",
          "Cannot parse boolean [x], expected either [true] or [false]" },
        { "{\"size\":0,\"sort\":[{\"ip\":{\"missing\":\"x\"}}]}", "\"hits\":[]" },
        { "{\"sort\":[{\"ip\":{\"missing\":\"x\"}}]}", "encoded bytes are of incorrect length" },
    };
    struct search_world world;
    search_world_open(&world,
                      "{\"properties\":{\"n\":{\"type\":\"integer\"},\"t\":{\"type\":\"text\"},"
                      "\"b\":{\"type\":\"boolean\"},\"ip\":{\"type\":\"ip\"},"
                      "\"o\":{\"properties\":{\"x\":{\"type\":\"long\"}}}}}",
                      NULL);
    search_world_index(&world, "1", QD_SLICE("{\"n\":1}"));
    search_world_refresh(&world);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        expect_hit(&world, facts[i][0], facts[i][1]);
    }
    search_world_close(&world);
}
