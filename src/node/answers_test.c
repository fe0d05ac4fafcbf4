/* Answers that the recorded cases of the reference corrected, as a whole node gives them. */
#include "node/node_test_support.h"

TEST(answers, middles_of_unsigned_longs_wrap_and_of_longs_do_not)
{
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(call(&world, "PUT", "/s",
                          "{\"mappings\":{\"properties\":{\"u\":{\"type\":\"unsigned_long\"},\"l\":{\"type\":"
                          "\"long\"}}}}"),
                     200);
    assert_int_equal(
        call(&world, "PUT", "/s/_doc/1?refresh=true",
             "{\"u\":[13835058055282163713,13835058055282163714],\"l\":[9223372036854775807,1]}"),
        201);
    assert_int_equal(call(&world, "POST", "/s/_search", "{\"sort\":[{\"u\":{\"mode\":\"median\"}}]}"), 200);
    assert_true(says(&world, "\"sort\":[4611686018427387906]"));
    assert_int_equal(call(&world, "POST", "/s/_search", "{\"sort\":[{\"u\":{\"mode\":\"avg\"}}]}"), 200);
    assert_true(says(&world, "\"sort\":[4611686018427387906]"));
    assert_int_equal(call(&world, "POST", "/s/_search", "{\"sort\":[{\"l\":{\"mode\":\"median\"}}]}"), 200);
    assert_true(says(&world, "\"sort\":[4611686018427387904]"));
    stop_world(&world);
}

TEST(answers, numbers_in_date_ranges_are_read_by_the_format)
{
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(
        call(&world, "PUT", "/d",
             "{\"mappings\":{\"properties\":{\"d\":{\"type\":\"date\",\"format\":\"epoch_second\"}}}}"),
        200);
    assert_int_equal(call(&world, "PUT", "/d/_doc/1?refresh=true", "{\"d\":1000}"), 201);
    assert_int_equal(
        call(&world, "POST", "/d/_search",
             "{\"size\":0,\"aggs\":{\"r\":{\"date_range\":{\"field\":\"d\",\"ranges\":[{\"from\":1000,"
             "\"to\":3000}]}}}}"),
        200);
    assert_true(says(&world, "\"key\":\"1000-3000\",\"from\":1000000.0"));
    assert_true(says(&world, "\"doc_count\":1"));
    stop_world(&world);
}

TEST(answers, bulk_refuses_items_with_empty_ids_and_unknown_pipelines)
{
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(
        call(&world, "POST", "/b/_bulk",
             "{\"index\":{\"_id\":\"\"}}\n{}\n{\"index\":{\"_id\":\"1\",\"pipeline\":\"p\"}}\n{}\n"
             "{\"index\":{\"_id\":\"2\",\"pipeline\":\"_none\"}}\n{}\n"),
        200);
    assert_true(says(&world, "if _id is specified it must not be empty"));
    assert_true(says(&world, "pipeline with id [p] does not exist"));
    assert_true(says(&world, "\"_id\":\"2\",\"_version\":1,\"result\":\"created\""));
    stop_world(&world);
}

TEST(answers, reads_of_another_version_conflict_whatever_its_type)
{
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(call(&world, "PUT", "/v/_doc/1", "{}"), 201);
    assert_int_equal(call(&world, "PUT", "/v/_doc/1", "{}"), 200);
    assert_int_equal(call(&world, "GET", "/v/_doc/1?version=1&version_type=external_gte", ""), 409);
    assert_true(says(&world, "\"index\":\"v\",\"shard\":\"0\",\"index_uuid\":\""));
    assert_int_equal(call(&world, "GET", "/v/_doc/1?version=2&version_type=external_gte", ""), 200);
    stop_world(&world);
}

TEST(answers, queries_are_refused_in_the_words_of_the_reference)
{
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(call(&world, "PUT", "/q", "{\"settings\":{\"index.max_regex_length\":5}}"), 200);
    assert_int_equal(
        call(&world, "POST", "/q/_search",
             "{\"query\":{\"multi_match\":{\"query\":\"a\",\"type\":\"bool_prefix\",\"fields\":[\"t\"],"
             "\"cutoff_frequency\":0.001}}}"),
        400);
    assert_true(says(&world, "[cutoff_frequency] not allowed for type [bool_prefix]"));
    assert_int_equal(call(&world, "POST", "/q/_search",
                          "{\"query\":{\"query_string\":{\"query\":\"a\",\"fields\":[\"t\",null]}}}"),
                     400);
    assert_true(says(&world, "[query_string] field name in [fields] cannot be null"));
    assert_int_equal(call(&world, "POST", "/q/_search",
                          "{\"query\":{\"query_string\":{\"query\":\"/abcdefg/\"}}}"),
                     400);
    assert_true(says(&world, "The length of regex [7] used in the [query_string]"));
    assert_int_equal(call(&world, "POST", "/_msearch?rest_total_hits_as_int=true",
                          "{\"index\":\"q\"}\n{\"track_total_hits\":10}\n"),
                     400);
    assert_true(says(&world, "is not accurate, got 10"));
    stop_world(&world);
}

TEST(answers, indices_are_opened_in_the_background_when_that_is_asked)
{
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(call(&world, "PUT", "/o", ""), 200);
    assert_int_equal(call(&world, "POST", "/o/_close", ""), 200);
    assert_int_equal(call(&world, "POST", "/o/_open?wait_for_completion=false", ""), 200);
    assert_true(says(&world, "{\"task\":\""));
    pass_ms(&world, 1000);
    assert_int_equal(call(&world, "GET", "/o/_search", ""), 200);
    stop_world(&world);
}

TEST(answers, closed_indices_are_told_when_a_pattern_reaches_them)
{
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(call(&world, "PUT", "/c1", ""), 200);
    assert_int_equal(call(&world, "PUT", "/c2", ""), 200);
    assert_int_equal(call(&world, "POST", "/c2/_close", ""), 200);
    assert_int_equal(call(&world, "GET", "/c*/_search", ""), 200);
    assert_int_equal(call(&world, "GET", "/c*/_search?expand_wildcards=all", ""), 400);
    assert_true(says(&world, "\"type\":\"index_closed_exception\""));
    assert_int_equal(call(&world, "GET", "/c*/_search?expand_wildcards=all&ignore_unavailable=true", ""),
                     200);
    assert_int_equal(call(&world, "GET", "/c*/_search?expand_wildcards=closed", ""), 400);
    assert_true(says(&world, "To expand [CLOSE] wildcard"));
    assert_int_equal(call(&world, "GET", "/c*/_settings?expand_wildcards=all", ""), 200);
    stop_world(&world);
}

TEST(answers, fields_are_analyzed_with_their_own_gap_and_normalizer)
{
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(
        call(&world, "PUT", "/a",
             "{\"settings\":{\"analysis\":{\"normalizer\":{\"low\":{\"type\":\"custom\",\"filter\":"
             "[\"lowercase\"]}}}},\"mappings\":{\"properties\":{\"g\":{\"type\":\"text\","
             "\"position_increment_gap\":5},\"n\":{\"type\":\"keyword\",\"normalizer\":\"low\"}}}}"),
        200);
    assert_int_equal(call(&world, "POST", "/a/_analyze", "{\"field\":\"g\",\"text\":[\"a b\",\"c\"]}"), 200);
    assert_true(
        says(&world,
             "\"token\":\"c\",\"start_offset\":4,\"end_offset\":5,\"type\":\"<ALPHANUM>\",\"position\":7"));
    assert_int_equal(call(&world, "POST", "/a/_analyze", "{\"field\":\"n\",\"text\":\"The FOX\"}"), 200);
    assert_true(says(&world, "\"token\":\"the fox\""));
    stop_world(&world);
}

TEST(answers, names_of_aliases_are_given_in_one_way)
{
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(
        call(&world, "POST", "/_aliases",
             "{\"actions\": [{\"add\": {\"index\": \"e1\", \"indices\": [\"e1\"], \"alias\": \"a\"}}]}"),
        400);
    assert_true(says(&world, "[1:54] [add] failed to parse field [indices]"));
    assert_true(says(&world, "Only one of [index] and [indices] is supported"));
    assert_int_equal(call(&world, "POST", "/_msearch", "\n\n"), 400);
    assert_true(says(&world, "no requests added"));
    assert_int_equal(call(&world, "POST", "/_msearch", "\n\n{}\n"), 200);
    stop_world(&world);
}

TEST(answers, ranges_of_booleans_without_an_index_use_their_column)
{
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(call(&world, "PUT", "/n",
                          "{\"mappings\":{\"properties\":{\"b\":{\"type\":\"boolean\",\"index\":false}}}}"),
                     200);
    assert_int_equal(call(&world, "PUT", "/n/_doc/1?refresh=true", "{\"b\":true}"), 201);
    assert_int_equal(call(&world, "PUT", "/n/_doc/2?refresh=true", "{\"b\":false}"), 201);
    assert_int_equal(call(&world, "POST", "/n/_count", "{\"query\":{\"range\":{\"b\":{\"gte\":true}}}}"),
                     200);
    assert_true(says(&world, "\"count\":1"));
    stop_world(&world);
}

TEST(answers, the_last_word_is_in_a_keywords_normal_form)
{
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(call(&world, "PUT", "/n",
                          "{\"mappings\":{\"properties\":{\"k\":{\"type\":\"keyword\","
                          "\"normalizer\":\"lowercase\"}}}}"),
                     200);
    assert_int_equal(call(&world, "POST", "/n/_validate/query?explain=true",
                          "{\"query\":{\"match_bool_prefix\":{\"k\":{\"query\":\"Red Blu\","
                          "\"analyzer\":\"whitespace\"}}}}"),
                     200);
    assert_has(&world, "\"explanation\":\"ConstantScore(k:red) k:blu*\"");
    stop_world(&world);
}

/* The salt is String.hashCode of the index's name: over UTF-16 units, as the seed's is. */
TEST(answers, random_scores_hash_names_beyond_ascii)
{
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(call(&world, "PUT", "/last-%C3%BC", "{\"settings\":{\"number_of_shards\":1}}"), 200);
    assert_int_equal(call(&world, "PUT", "/last-%C3%BC/_doc/1?refresh=true", "{\"a\":1}"), 201);
    assert_int_equal(
        call(&world, "POST", "/last-%C3%BC/_search",
             "{\"query\":{\"function_score\":{\"random_score\":{\"field\":\"_id\",\"seed\":3}}}}"),
        200);
    assert_has(&world, "\"max_score\":0.7754881,");
    assert_int_equal(call(&world, "POST", "/last-%C3%BC/_search",
                          "{\"query\":{\"function_score\":{\"random_score\":{\"field\":\"_id\",\"seed\":"
                          "\"\xc3\xbc\"}}}}"),
                     200);
    assert_has(&world, "\"max_score\":0.2675469,");
    stop_world(&world);
}
