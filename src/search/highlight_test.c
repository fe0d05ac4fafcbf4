/* Facts of the reference about highlighting. */
#include "base/test.h"

#include "base/text.h"
#include "search/highlight_break.h"
#include "search/search_test_support.h"

/* Pieces of `text` at its breaks, joined by |. */
static struct qd_slice pieces(struct qd_arena *arena, const char *text, bool words)
{
    size_t count;
    uint16_t *units = qd_utf16_from_utf8(arena, qd_slice_from_string(text), &count);
    struct qd_breaks breaks = words ? qd_breaks_of_words(units, count, arena) : qd_breaks_of_sentences(units, count, arena);
    struct qd_slice result = QD_SLICE("");
    for (size_t i = 1; i < breaks.count; i++) {
        struct qd_slice piece = qd_utf16_to_utf8(arena, units + breaks.at[i - 1], breaks.at[i] - breaks.at[i - 1]);
        result = qd_arena_format(arena, "%.*s%s%.*s", QD_SLICE_ARG(result), i > 1 ? "|" : "", QD_SLICE_ARG(piece));
    }
    return result;
}

TEST(highlight_break, sentences_end_where_javas_do)
{
    static const char *const facts[][2] = {
        { "One. Two. three. 4 five", "One. |Two. three. 4 five" },
        { "Ends! next? 5 on", "Ends! |next? |5 on" },
        { "a.  b. (c. \"d. - e", "a.  |b. |(c. |\"d. - e" },
        { "a.\"b.) c.\") D", "a.\"|b.) c.\") |D" },
        { "line\nline.\nLine", "line\nline.\n|Line" },
        { "e.g. it is 3.5 p.m. on Monday.", "e.g. it is 3.5 p.m. on Monday." },
    };
    struct qd_arena *arena = qd_arena_create(0);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
        assert_slice(pieces(arena, facts[i][0], false), facts[i][1]);
    qd_arena_destroy(arena);
}

TEST(highlight_break, words_end_where_javas_do)
{
    struct qd_arena *arena = qd_arena_create(0);
    assert_slice(pieces(arena, "well-known don't a_b fox.com  $5.99, 100% x/y", true),
                 "well-known| |don't| |a_b| |fox.com|  |$5.99|,| |100%| |x|/|y");
    qd_arena_destroy(arena);
}

static void expect_hit(struct search_world *world, const char *body, const char *part)
{
    struct qd_slice answer = search_world_search(world, qd_slice_from_string(body));
    if (memmem(answer.data, answer.size, part, strlen(part)) == NULL) assert_slice(answer, part);
}

TEST(highlight, fragments_are_the_references)
{
    struct search_world world;
    search_world_open(&world, "{\"properties\":{\"t\":{\"type\":\"text\"},\"k\":{\"type\":\"keyword\"}}}", NULL);
    search_world_index(&world, "1", QD_SLICE("{\"t\":\"The quick brown fox jumps over the lazy dog\",\"k\":\"<a>\"}"));
    search_world_index(&world, "2", QD_SLICE("{\"t\":[\"s one\",\"s two\"]}"));
    search_world_refresh(&world);
    expect_hit(&world, "{\"query\":{\"match\":{\"t\":\"lazy\"}},\"highlight\":{\"fragment_size\":10,\"fields\":{\"*\":{}}}}",
               "\"highlight\":{\"t\":[\"over the <em>lazy</em>\"]}");
    expect_hit(&world, "{\"query\":{\"match_phrase\":{\"t\":\"quick brown\"}},\"highlight\":{\"fields\":{\"t\":{}}}}",
               "[\"The <em>quick</em> <em>brown</em> fox jumps over the lazy dog\"]");
    expect_hit(&world, "{\"query\":{\"match\":{\"t\":\"s\"}},\"highlight\":{\"fields\":{\"t\":{}}}}",
               "[\"<em>s</em> one\",\"<em>s</em> two\"]");
    expect_hit(&world, "{\"query\":{\"term\":{\"k\":\"<a>\"}},\"highlight\":{\"encoder\":\"html\",\"fields\":{\"k\":{}}}}",
               "{\"k\":[\"<em>&lt;a&gt;</em>\"]}");
    expect_hit(&world, "{\"query\":{\"match\":{\"t\":\"lazy\"}},\"highlight\":{\"fields\":{\"t\":{\"type\":\"plain\","
                       "\"fragment_size\":20}}}}",
               "{\"t\":[\" jumps over the <em>lazy</em> dog\"]}");
    expect_hit(&world, "{\"query\":{\"match\":{\"t\":\"lazy\"}},\"highlight\":{\"fields\":{\"t\":{\"type\":\"fvh\"}}}}",
               "should be indexed with term vector");
    expect_hit(&world, "{\"query\":{\"match\":{\"t\":\"lazy\"}},\"_source\":false,\"highlight\":{\"fields\":[{\"t\":{}},{\"t\":"
                       "{\"fragment_size\":10}}]}}",
               "\"highlight\":{\"t\":[\"over the <em>lazy</em>\"]}}");
    search_world_close(&world);
}
