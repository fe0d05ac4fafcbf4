/* What queries become, and how they explain that nothing matches: texts that the reference gave. */
#include "base/test.h"
#include "search/search_test_support.h"

static const char mapping[] =
    "{\"properties\":{\"t\":{\"type\":\"text\"},\"s\":{\"type\":\"text\",\"analyzer\":\"standard\"},"
    "\"u\":{\"type\":\"text\"},\"e\":{\"type\":\"text\",\"analyzer\":\"english\"},"
    "\"n\":{\"type\":\"integer\"},\"d\":{\"type\":\"date\"},"
    "\"x\":{\"type\":\"text\",\"index_options\":\"docs\"}}}";

static void open_world(struct search_world *world)
{
    search_world_open(world, mapping, NULL);
    search_world_index(world, "1", QD_SLICE("{\"t\":\"quick\",\"n\":1,\"d\":\"2020-01-01\",\"x\":\"a b\"}"));
    search_world_index(world, "2", QD_SLICE("{\"t\":\"brown\",\"n\":60,\"d\":\"2022-01-01\"}"));
    search_world_refresh(world);
}

static void expect_in(struct qd_slice text, const char *part)
{
    if (memmem(text.data, text.size, part, strlen(part)) == NULL) assert_slice(text, part);
}

TEST(query_answers, fields_are_blended_by_the_names_of_their_analyzers)
{
    struct search_world world;
    open_world(&world);
    /* "standard" is what the default is, but not what it is called. */
    assert_slice(search_world_text(&world, QD_SLICE("{\"query\":{\"multi_match\":{\"type\":\"cross_fields\","
                                                    "\"query\":\"the\",\"fields\":[\"s\",\"t\"]}}}")),
                 "(s:the | t:the)");
    assert_slice(search_world_text(&world, QD_SLICE("{\"query\":{\"multi_match\":{\"type\":\"cross_fields\","
                                                    "\"query\":\"the\",\"fields\":[\"t\",\"u\"]}}}")),
                 "blended(terms:[t:the, u:the])");
    search_world_close(&world);
}

TEST(query_answers, only_a_word_at_the_end_is_a_prefix)
{
    static const char *const facts[][2] = {
        { "quick bro", "e:quick e:bro*" },
        { "quick bro ", "e:quick e:bro" },
        { "bro", "e:bro*" },
        { "bro the", "e:bro" },
    };
    struct search_world world;
    open_world(&world);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        struct qd_slice body = qd_arena_format(
            world.arena, "{\"query\":{\"match_bool_prefix\":{\"e\":\"%s\"}}}", facts[i][0]);
        assert_slice(search_world_text(&world, body), facts[i][1]);
    }
    search_world_close(&world);
}

TEST(query_answers, bounds_in_the_wrong_order_keep_their_range)
{
    static const char *const facts[][2] = {
        { "{\"range\":{\"n\":{\"gt\":22,\"lte\":20}}}", "Approximate(n:[23 TO 20]) doesn't match id 0" },
        { "{\"bool\":{\"must\":[{\"range\":{\"n\":{\"gt\":22,\"lte\":20}}}]}}", "\"description\":\"\"" },
        { "{\"range\":{\"d\":{\"gte\":\"2021-07-04\",\"lte\":\"2020-12-31\"}}}",
          "Approximate(d:[1625356800000 TO 1609459199999]) doesn't match id 0" },
    };
    struct search_world world;
    open_world(&world);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        struct qd_slice body = qd_arena_format(world.arena, "{\"query\":%s}", facts[i][0]);
        struct qd_slice text = search_world_explain(&world, body, "1");
        expect_in(text, facts[i][1]);
        assert_true(qd_slice_starts_with(search_world_search(&world, body), QD_SLICE("{\"total\":0")));
    }
    /* The range does not hide what is wrong beside it. */
    struct qd_slice answer = search_world_search(
        &world, QD_SLICE("{\"query\":{\"bool\":{\"filter\":[{\"range\":{\"d\":{\"gte\":\"2021-07-04\","
                         "\"lte\":\"2020-12-31\"}}}],\"must_not\":[{\"match_phrase\":{\"x\":\"a b\"}}]}}}"));
    expect_in(answer, "without position data");
    search_world_close(&world);
}

TEST(query_answers, what_does_not_score_loses_boosts_and_options)
{
    struct search_world world;
    open_world(&world);
    struct qd_slice body = QD_SLICE(
        "{\"query\":{\"constant_score\":{\"filter\":{\"bool\":{\"must\":[{\"match\":{"
        "\"t\":{\"query\":\"quick\",\"boost\":3}}}],\"should\":[{\"match\":{\"u\":"
        "\"x\"}}],\"filter\":[{\"range\":{\"n\":{\"lt\":9}}}]}}}}}");
    expect_in(search_world_explain(&world, body, "1"),
              "ConstantScore(#t:quick #IndexOrDocValuesQuery(indexQuery=n:[-2147483648 TO 8], "
              "dvQuery=n:[-2147483648 TO 8]))");
    body = QD_SLICE(
        "{\"query\":{\"boosting\":{\"positive\":{\"match_all\":{}},\"negative\":{\"bool\":{\"must\":[{"
        "\"match\":{\"t\":\"brown\"}}]}},\"negative_boost\":0.5}}}");
    expect_in(search_world_explain(&world, body, "1"), "queryboost(score(+t:brown))^0.5");
    /* Functions without an effect stand aside in filters. */
    body = QD_SLICE(
        "{\"query\":{\"bool\":{\"must\":[{\"match\":{\"t\":\"quick\"}}],\"filter\":[{\"function_score\":{}},"
        "{\"match\":{\"t\":\"quick\"}}],\"must_not\":[{\"match\":{\"t\":\"x\"}}]}}}");
    struct qd_slice text = search_world_explain(&world, body, "1");
    expect_in(text, "{\"value\":1.0,\"description\":\"*:*\"");
    search_world_close(&world);
}

TEST(query_answers, errors_come_in_the_references_order)
{
    static const char *const facts[][2] = {
        { "\"query\":{\"match_phrase\":{\"x\":\"a b\"}},\"sort\":[\"nosuch\"]", "without position data" },
        { "\"sort\":[\"nosuch\"],\"from\":20", "No mapping found for [nosuch]" },
        { "\"sort\":[\"n\"],\"search_after\":[\"x\"],\"size\":30", "Failed to parse search_after value" },
        { "\"sort\":[\"n\"],\"search_after\":[1],\"size\":30", "Result window is too large" },
    };
    struct search_world world;
    open_world(&world);
    world.view.limits.max_result_window = 10;
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        struct qd_slice body = qd_arena_format(world.arena, "{%s}", facts[i][0]);
        expect_in(search_world_search(&world, body), facts[i][1]);
    }
    search_world_close(&world);
}

static const char prefixes_mapping[] =
    "{\"properties\":{\"p\":{\"type\":\"text\",\"analyzer\":\"english\",\"index_prefixes\":{}},"
    "\"o\":{\"type\":\"text\",\"index_prefixes\":{},\"index_options\":\"docs\"},"
    "\"h\":{\"type\":\"text\",\"analyzer\":\"english\",\"index_phrases\":true}}}";

/* Texts as the reference's _validate gave them; what an automaton prints is the address of an object. */
TEST(query_answers, kept_prefixes_stand_for_prefixes)
{
    static const char *const facts[][2] = {
        { "{\"prefix\":{\"p\":\"qu\"}}", "ConstantScore(p._index_prefix:qu)" },
        { "{\"prefix\":{\"p\":{\"value\":\"qu\",\"rewrite\":\"scoring_boolean\"}}}", "p._index_prefix:qu" },
        { "{\"prefix\":{\"p\":{\"value\":\"qu\",\"rewrite\":\"top_terms_2\"}}}", "p._index_prefix:qu" },
        { "{\"prefix\":{\"p\":\"quickl\"}}", "p:quickl*" },
        { "{\"match_phrase_prefix\":{\"p\":\"qu\"}}", "Synonym(p._index_prefix:qu)" },
        { "{\"match_phrase_prefix\":{\"o\":\"qu\"}}", "Synonym(o._index_prefix:qu)" },
        { "{\"match_phrase_prefix\":{\"p\":\"brown fo\"}}",
          "spanNear([p:brown, mask(p._index_prefix:fo) as p], 0, true)" },
        { "{\"match_phrase_prefix\":{\"p\":\"brown the fo\"}}",
          "spanNear([p:brown, SpanGap(:1), mask(p._index_prefix:fo) as p], 0, true)" },
        { "{\"match_phrase_prefix\":{\"p\":{\"query\":\"brown fo\",\"slop\":1}}}", "p:\"brown fo*\"~1" },
    };
    struct search_world world;
    search_world_open(&world, prefixes_mapping, NULL);
    search_world_index(&world, "1", QD_SLICE("{\"p\":\"quiz the brown fox\",\"o\":\"quick\"}"));
    search_world_refresh(&world);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        struct qd_slice body = qd_arena_format(world.arena, "{\"query\":%s}", facts[i][0]);
        assert_slice(search_world_text(&world, body), facts[i][1]);
    }
    search_world_close(&world);
}

/* The fields of kept prefixes and pairs are fields of their own to queries, but hold no phrases and cannot be
 * asked whether they exist. Texts as the reference's _validate gave them. */
TEST(query_answers, hidden_fields_are_searched_like_others)
{
    static const char *const facts[][2] = {
        { "{\"prefix\":{\"p._index_prefix\":\"quic\"}}", "p._index_prefix:quic" },
        { "{\"prefix\":{\"p._index_prefix\":\"quickly\"}}", "p._index_prefix:quickly" },
        { "{\"match\":{\"p._index_prefix\":\"The foxes\"}}", "p._index_prefix:fox" },
        { "{\"wildcard\":{\"h._index_phrase\":\"qu*\"}}", "h._index_phrase:qu*" },
        { "{\"match_phrase\":{\"h._index_phrase\":\"quick\"}}", "h._index_phrase:quick" },
        { "{\"match_phrase\":{\"h._index_phrase\":\"quick brown\"}}",
          "Can only use phrase queries on text fields - not on [h._index_phrase] which is of type [phrase]" },
        { "{\"match_phrase\":{\"o._index_prefix\":\"quick brown\"}}",
          "field:[o._index_prefix] was indexed without position data; cannot run PhraseQuery" },
        { "{\"match_phrase_prefix\":{\"o._index_prefix\":\"quick\"}}",
          "Can only use phrase prefix queries on text fields - not on [o._index_prefix] which is of type "
          "[prefix]" },
        { "{\"exists\":{\"field\":\"o*\"}}", "failed to create query: null" },
        { "{\"query_string\":{\"query\":\"qu\",\"fields\":[\"o*\"]}}", "(o:qu | o._index_prefix:qu)" },
        { "{\"query_string\":{\"query\":\"_exists_:o*\"}}",
          "MatchNoDocsQuery(\"unmapped fields [o]\")" },
        { "{\"function_score\":{\"field_value_factor\":{\"field\":\"h._index_phrase\"}}}",
          "Fielddata is not supported on field [h._index_phrase] of type [phrase]" },
    };
    struct search_world world;
    search_world_open(&world, prefixes_mapping, NULL);
    search_world_index(&world, "1", QD_SLICE("{\"p\":\"quick\"}"));
    search_world_refresh(&world);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        struct qd_slice body = qd_arena_format(world.arena, "{\"query\":%s}", facts[i][0]);
        expect_in(search_world_text(&world, body), facts[i][1]);
    }
    expect_in(search_world_search(&world, QD_SLICE("{\"sort\":\"h._index_phrase\"}")),
              "Fielddata is not supported on field [h._index_phrase] of type [phrase]");
    search_world_close(&world);
}

/* A stop word in front asks for a position before, though it is not there itself. */
TEST(query_answers, kept_prefixes_ask_for_places_in_front)
{
    struct search_world world;
    search_world_open(&world, prefixes_mapping, NULL);
    search_world_index(&world, "1", QD_SLICE("{\"p\":\"quick brown fox\"}"));
    search_world_index(&world, "2", QD_SLICE("{\"p\":\"a quick brown fox\"}"));
    search_world_index(&world, "3", QD_SLICE("{\"p\":\"old fox quick brown\"}"));
    search_world_refresh(&world);
    static const char *const facts[][2] = { { "quick bro", "\"total\":3" },
                                            { "the quick bro", "\"total\":2" },
                                            { "the the quick bro", "\"total\":1" },
                                            { "the quick brown fo", "\"total\":1" },
                                            { "the the quick brown fo", "\"total\":0" } };
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        struct qd_slice body = qd_arena_format(
            world.arena, "{\"query\":{\"match_phrase_prefix\":{\"p\":\"%s\"}}}", facts[i][0]);
        expect_in(search_world_search(&world, body), facts[i][1]);
    }
    search_world_close(&world);
}

/* Texts as the reference's _validate gave them. */
TEST(query_answers, pairs_of_words_know_synonyms)
{
    struct search_world world;
    search_world_open(&world,
                      "{\"properties\":{\"h\":{\"type\":\"text\",\"analyzer\":\"sy\",\"index_phrases\":true},"
                      "\"s\":{\"type\":\"text\",\"analyzer\":\"sh\",\"index_phrases\":true}}}",
                      "{\"analyzer\":{\"sy\":{\"tokenizer\":\"standard\",\"filter\":[\"s\"]},"
                      "\"sh\":{\"tokenizer\":\"standard\",\"filter\":[\"shingle\"]}},"
                      "\"filter\":{\"s\":{\"type\":\"synonym\",\"synonyms\":[\"quick,fast,speedy\"]}}}");
    search_world_index(&world, "1", QD_SLICE("{\"h\":\"a quick the fox\"}"));
    search_world_refresh(&world);
    static const char *const facts[][3] = {
        { "h", "a quick the bro",
          "h._index_phrase:\"(a quick a fast a speedy) (quick the fast the speedy the) the bro\"" },
        { "h", "quick the", "h._index_phrase:\"(quick the fast the speedy the)\"" },
        { "s", "the qui", "s._index_phrase:\"the qui\"" },
        { "s", "quick the bro", "s._index_phrase:\"(quick the quick the bro quick the bro) the bro\"" },
    };
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        struct qd_slice body = qd_arena_format(
            world.arena, "{\"query\":{\"match_phrase\":{\"%s\":\"%s\"}}}", facts[i][0], facts[i][1]);
        assert_slice(search_world_text(&world, body), facts[i][2]);
    }
    struct qd_slice other = QD_SLICE("{\"query\":{\"match_phrase\":{\"h\":\"fast the fox\"}}}");
    expect_in(search_world_search(&world, other), "\"total\":1");
    search_world_close(&world);
}

/* Texts as the reference's _validate gave them. */
TEST(query_answers, a_mappings_boost_counts_in_term_queries)
{
    static const char *const facts[][2] = {
        { "{\"match\":{\"t\":\"quick brown\"}}", "(t:quick)^2.0 (t:brown)^2.0" },
        { "{\"term\":{\"t\":{\"value\":\"quick\",\"boost\":5}}}", "((t:quick)^2.0)^5.0" },
        { "{\"match_phrase\":{\"t\":\"quick brown\"}}", "t:\"quick brown\"" },
        { "{\"prefix\":{\"t\":\"qui\"}}", "ConstantScore(t._index_prefix:qui)" },
        { "{\"term\":{\"t._index_prefix\":\"qui\"}}", "t._index_prefix:qui" },
        { "{\"term\":{\"k\":\"quick\"}}", "(ConstantScore((k:quick)^3.0))^3.0" },
        { "{\"term\":{\"b\":true}}", "(b:T)^2.0" },
        { "{\"range\":{\"b\":{\"gt\":false}}}", "(b:T)^2.0" },
        { "{\"multi_match\":{\"query\":\"quick\",\"fields\":[\"t^3\",\"x\"],\"type\":\"cross_fields\"}}",
          "blended(terms:[t:quick^6.0, x:quick])" },
    };
    struct search_world world;
    search_world_open(&world,
                      "{\"properties\":{\"t\":{\"type\":\"text\",\"boost\":2,\"index_prefixes\":{}},"
                      "\"k\":{\"type\":\"keyword\",\"boost\":3},\"b\":{\"type\":\"boolean\",\"boost\":2},"
                      "\"x\":{\"type\":\"text\"}}}",
                      NULL);
    search_world_index(&world, "1", QD_SLICE("{\"t\":\"quick brown\",\"k\":\"quick\",\"b\":true}"));
    search_world_refresh(&world);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        struct qd_slice body = qd_arena_format(world.arena, "{\"query\":%s}", facts[i][0]);
        assert_slice(search_world_text(&world, body), facts[i][1]);
    }
    search_world_close(&world);
}

/* A hole is a word of its own in the field of pairs, so "quick the" counts in its length. */
TEST(query_answers, pairs_of_words_know_holes)
{
    struct search_world world;
    search_world_open(&world, prefixes_mapping, NULL);
    search_world_index(&world, "1", QD_SLICE("{\"h\":\"quick the brown fox the\"}"));
    search_world_refresh(&world);
    static const char *const pairs[] = { "quick _", "brown fox", "fox _" };
    for (size_t i = 0; i < 3; i++) {
        struct qd_slice body = qd_arena_format(
            world.arena, "{\"query\":{\"term\":{\"h._index_phrase\":\"%s\"}}}", pairs[i]);
        expect_in(search_world_search(&world, body), "\"total\":1");
    }
    struct qd_slice hole = QD_SLICE("{\"query\":{\"match_phrase\":{\"h\":\"the brown fox\"}}}");
    assert_slice(search_world_text(&world, hole), "h:\"? brown fox\"");
    search_world_close(&world);
}

TEST(query_answers, words_that_are_not_indexed_are_not_searched_for)
{
    static const char *const queries[] = { "prefix", "wildcard", "regexp", "fuzzy", "match_bool_prefix" };
    struct search_world world;
    search_world_open(&world,
                      "{\"properties\":{\"t\":{\"type\":\"text\",\"index\":false},"
                      "\"k\":{\"type\":\"keyword\",\"index\":false},"
                      "\"n\":{\"type\":\"keyword\",\"index\":false,\"doc_values\":false}}}",
                      NULL);
    search_world_index(&world, "1", QD_SLICE("{\"t\":\"quick\",\"k\":\"quick\",\"n\":\"quick\"}"));
    search_world_refresh(&world);
    for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
        struct qd_slice body =
            qd_arena_format(world.arena, "{\"query\":{\"%s\":{\"t\":\"q\"}}}", queries[i]);
        expect_in(search_world_text(&world, body), "Cannot search on field [t] since it is not indexed.");
        body = qd_arena_format(world.arena, "{\"query\":{\"%s\":{\"n\":\"q\"}}}", queries[i]);
        expect_in(search_world_text(&world, body), "is both not indexed, and does not have doc_values");
    }
    struct qd_slice patterns =
        QD_SLICE("{\"query\":{\"query_string\":{\"query\":\"q*k\",\"fields\":[\"k\"]}}}");
    expect_in(search_world_text(&world, patterns), "Cannot search on field [k] since it is not indexed.");
    /* Columns have no frequencies to score with. */
    struct qd_slice fuzzy = QD_SLICE("{\"query\":{\"fuzzy\":{\"k\":\"quik\"}}}");
    expect_in(search_world_search(&world, fuzzy), "\"_score\":1.0");
    search_world_close(&world);
}
