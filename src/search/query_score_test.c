/* Documents, queries and what the reference answered for them: total, ids and scores, or the error. */
#include "base/json.h"
#include "base/number.h"
#include "base/test.h"
#include "search/search_test_support.h"

static const char mapping[] =
    "{\"properties\":{\"t\":{\"type\":\"text\"},\"u\":{\"type\":\"text\"},\"k\":{\"type\":\"key"
    "word\"},\"i\":{\"type\":\"integer\"},\"b\":{\"type\":\"boolean\"},\"d\":{\"type\":\"date\""
    "}}}";

static const char *const documents[] = {
    "{\"t\":\"jumps fox brown brown brown quick jumps fox lazy quick brown quick quick lazy qui"
    "ck\",\"k\":\"engine\",\"i\":-6,\"b\":true,\"d\":\"2020-01-01\"}",
    "{\"t\":\"quick jumps jumps brown fox over quick brown quick quick quick fox quick brown ov"
    "er brown brown brown quick brown fox\",\"k\":\"alpha\",\"i\":15,\"b\":false,\"d\":\"2020-0"
    "2-01\",\"u\":\"quick fox brown brown\"}",
    "{\"t\":\"brown quick brown over quick quick brown\",\"k\":\"quick\",\"i\":19,\"b\":false,"
    "\"d\":\"2020-03-01\"}",
    "{\"t\":\"dog quick quick brown brown brown fox brown fox over quick\",\"k\":\"fox\",\"i\":"
    "20,\"b\":true,\"d\":\"2020-04-01\",\"u\":\"jumps brown quick brown\"}",
    "{\"t\":\"jumps brown quick quick brown quick quick brown\",\"k\":\"over\",\"i\":6,\"b\":fa"
    "lse,\"d\":\"2020-05-01\"}",
    "{\"t\":\"quick brown quick quick lazy over brown quick brown quick quick fox quick brown b"
    "rown\",\"k\":\"beta\",\"i\":-18,\"b\":false,\"d\":\"2020-06-01\",\"u\":\"lazy brown brown"
    "\"}",
    "{\"t\":\"brown jumps quick quick quick dog jumps index brown quick fox quick quick brown f"
    "ox jumps quick quick brown brown jumps quick brown brown jumps dog\",\"k\":\"jumps\",\"i\""
    ":17,\"b\":true,\"d\":\"2020-07-01\"}",
    "{\"t\":\"quick brown quick fox brown brown brown brown over quick over quick fox fox over "
    "quick quick brown quick brown fox fox brown brown over quick quick brown engine over\",\"k"
    "\":\"engine\",\"i\":19,\"b\":false,\"d\":\"2020-08-01\",\"u\":\"fox quick fox\"}",
    "{\"t\":\"brown quick brown fox brown dog brown brown fox fox quick quick brown\",\"k\":\"e"
    "ngine\",\"i\":6,\"b\":false,\"d\":\"2020-09-01\"}",
    "{\"t\":\"quick quick quick brown brown fox brown search quick search brown engine over fox"
    " brown over quick engine brown quick fox quick brown quick fox\",\"k\":\"fox\",\"i\":-16,"
    "\"b\":true,\"d\":\"2020-10-01\",\"u\":\"brown brown brown brown quick quick quick quick\"}",
    "{\"t\":\"quick brown\",\"k\":\"lazy\",\"i\":2,\"b\":false,\"d\":\"2020-11-01\"}",
    "{\"t\":\"quick fox brown lazy brown brown index quick\",\"k\":\"alpha\",\"i\":14,\"b\":fal"
    "se,\"d\":\"2020-12-01\",\"u\":\"fox brown brown brown\"}",
    "{\"t\":\"quick quick fox fox fox brown dog brown quick brown fox brown fox gamma quick bro"
    "wn quick quick quick quick\",\"k\":\"index\",\"i\":-17,\"b\":true,\"d\":\"2020-01-01\"}",
    "{\"t\":\"search quick brown brown fox\",\"k\":\"lazy\",\"i\":-20,\"b\":false,\"d\":\"2020-"
    "02-01\",\"u\":\"quick\"}",
    "{\"t\":\"fox quick quick quick quick alpha brown brown over quick fox dog brown lazy\",\"k"
    "\":\"gamma\",\"i\":7,\"b\":false,\"d\":\"2020-03-01\"}",
    "{\"t\":\"quick quick over quick index brown alpha quick over quick brown quick quick quick"
    " fox fox quick quick brown brown jumps quick quick quick quick\",\"k\":\"dog\",\"i\":10,\""
    "b\":true,\"d\":\"2020-04-01\",\"u\":\"fox quick brown\"}",
    "{\"t\":\"brown fox brown over lazy fox quick brown fox brown quick fox quick brown\",\"k\""
    ":\"over\",\"i\":-5,\"b\":false,\"d\":\"2020-05-01\"}",
    "{\"t\":\"fox brown\",\"k\":\"jumps\",\"i\":18,\"b\":false,\"d\":\"2020-06-01\",\"u\":\"bro"
    "wn quick\"}",
    "{\"t\":\"quick brown brown brown jumps quick quick quick brown lazy quick brown quick fox "
    "quick quick brown quick brown quick brown fox brown brown quick quick search index\",\"k\""
    ":\"gamma\",\"i\":-7,\"b\":true,\"d\":\"2020-07-01\"}",
    "{\"t\":\"brown quick brown quick brown jumps quick jumps jumps search quick quick over bro"
    "wn fox\",\"k\":\"lazy\",\"i\":-2,\"b\":false,\"d\":\"2020-08-01\",\"u\":\"brown quick brow"
    "n\"}",
    "{\"t\":\"fox brown quick fox jumps brown brown brown fox engine quick brown over jumps fox"
    " brown alpha quick brown\",\"k\":\"gamma\",\"i\":14,\"b\":false,\"d\":\"2020-09-01\"}",
    "{\"t\":\"brown fox quick\",\"k\":\"brown\",\"i\":7,\"b\":true,\"d\":\"2020-10-01\",\"u\":"
    "\"jumps lazy dog brown\"}",
    "{\"t\":\"brown quick quick fox quick brown engine over quick dog quick quick jumps fox bro"
    "wn brown quick fox quick fox dog fox\",\"k\":\"search\",\"i\":-18,\"b\":false,\"d\":\"2020"
    "-11-01\"}",
    "{\"t\":\"quick quick jumps brown brown brown over brown brown lazy quick\",\"k\":\"search"
    "\",\"i\":-6,\"b\":false,\"d\":\"2020-12-01\",\"u\":\"quick dog engine quick brown search b"
    "rown\"}",
    "{\"t\":\"brown brown brown quick over quick quick quick brown quick search brown quick fox"
    " brown brown quick quick brown brown lazy fox quick brown quick quick\",\"k\":\"dog\",\"i"
    "\":10,\"b\":true,\"d\":\"2020-01-01\"}",
    "{\"t\":\"quick quick fox quick brown quick jumps quick\",\"k\":\"over\",\"i\":-8,\"b\":fal"
    "se,\"d\":\"2020-02-01\",\"u\":\"quick brown fox brown\"}",
    "{\"t\":\"quick quick brown\",\"k\":\"quick\",\"i\":9,\"b\":false,\"d\":\"2020-03-01\"}",
    "{\"t\":\"quick quick dog quick brown quick brown dog brown jumps fox jumps over brown brow"
    "n brown brown brown brown\",\"k\":\"index\",\"i\":-10,\"b\":true,\"d\":\"2020-04-01\",\"u"
    "\":\"over fox brown brown quick\"}",
    "{\"t\":\"alpha quick brown fox brown quick fox quick fox brown quick quick brown brown fox"
    " quick brown quick brown\",\"k\":\"index\",\"i\":17,\"b\":false,\"d\":\"2020-05-01\"}",
    "{\"t\":\"quick brown quick quick brown quick brown quick dog brown jumps brown search sear"
    "ch quick brown fox brown quick quick brown\",\"k\":\"beta\",\"i\":4,\"b\":false,\"d\":\"20"
    "20-06-01\",\"u\":\"over brown brown brown brown over\"}",
    "{\"t\":\"brown brown lazy jumps brown brown quick quick brown quick quick quick brown dog "
    "quick quick brown brown brown jumps quick brown quick quick quick quick fox fox quick lazy"
    "\",\"k\":\"fox\",\"i\":1,\"b\":true,\"d\":\"2020-07-01\"}",
    "{\"t\":\"search quick brown quick quick brown lazy engine engine brown fox fox quick quick"
    " fox quick brown jumps brown quick brown quick quick\",\"k\":\"quick\",\"i\":19,\"b\":fals"
    "e,\"d\":\"2020-08-01\",\"u\":\"dog brown quick fox brown engine quick brown\"}",
    "{\"t\":\"brown over jumps quick\",\"k\":\"index\",\"i\":18,\"b\":false,\"d\":\"2020-09-01"
    "\"}",
    "{\"t\":\"quick quick brown quick jumps fox quick quick brown quick quick over dog brown qu"
    "ick quick\",\"k\":\"fox\",\"i\":11,\"b\":true,\"d\":\"2020-10-01\",\"u\":\"brown fox quick"
    " quick brown quick brown fox\"}",
    "{\"t\":\"brown quick lazy\",\"k\":\"beta\",\"i\":19,\"b\":false,\"d\":\"2020-11-01\"}",
    "{\"t\":\"quick brown quick lazy quick brown quick over\",\"k\":\"beta\",\"i\":17,\"b\":fal"
    "se,\"d\":\"2020-12-01\",\"u\":\"brown jumps quick\"}",
    "{\"t\":\"quick quick brown brown search fox jumps\",\"k\":\"jumps\",\"i\":14,\"b\":true,\""
    "d\":\"2020-01-01\"}",
    "{\"t\":\"quick fox over quick over fox fox quick brown quick quick brown quick\",\"k\":\"b"
    "rown\",\"i\":4,\"b\":false,\"d\":\"2020-02-01\",\"u\":\"quick quick quick quick brown brow"
    "n\"}",
    "{\"t\":\"over fox brown brown over brown brown brown brown quick quick search fox quick ju"
    "mps fox fox brown\",\"k\":\"brown\",\"i\":7,\"b\":false,\"d\":\"2020-03-01\"}",
    "{\"t\":\"quick brown brown brown\",\"k\":\"jumps\",\"i\":10,\"b\":true,\"d\":\"2020-04-01"
    "\",\"u\":\"quick fox brown\"}",
};

/* A query, and "total id:score ..." of the ten best, or "type: reason". */
static const struct {
    const char *query;
    const char *answer;
} cases[] = {
    { "{\"match\":{\"t\":\"quick fox\"}}",
      "40 13:0.23279788 17:0.23086394 23:0.22864868 38:0.22408052 29:0.22326934 39:0.22001965 9:0"
      ".21984315 21:0.21746668 8:0.21415724 10:0.210532" },
    { "{\"match\":{\"t\":{\"query\":\"quick fox lazy\",\"operator\":\"and\",\"boost\":2}}}",
      "9 1:1.8575813 12:1.669889 17:1.5577923 15:1.4893612 31:1.4599116 6:1.3654672 32:1.2690244 "
      "25:1.1491934 19:1.1078156" },
    { "{\"match\":{\"t\":{\"query\":\"quikc fxo\",\"fuzziness\":\"AUTO\"}}}",
      "40 13:0.15936622 17:0.15748665 23:0.15654664 38:0.15358333 29:0.15294974 9:0.15019344 39:0"
      ".1500563 21:0.14830759 8:0.14677957 10:0.1443912" },
    { "{\"match\":{\"t\":{\"query\":\"quick quick brown\"}}}",
      "40 16:0.07423731 31:0.07401818 19:0.073930144 25:0.07381086 34:0.07376664 6:0.07325499 30:"
      "0.07233499 32:0.072082646 13:0.07189653 5:0.07187262" },
    { "{\"match_phrase\":{\"t\":\"quick brown\"}}",
      "32 30:0.03752458 19:0.036994543 3:0.03624454 29:0.036179624 5:0.035441242 36:0.035441242 6"
      ":0.035140526 11:0.034792222 32:0.03461336 27:0.03334137" },
    { "{\"match_phrase\":{\"t\":{\"query\":\"brown quick fox\",\"slop\":4}}}",
      "30 29:0.21696886 10:0.21182877 17:0.21160278 2:0.18623337 19:0.18312934 25:0.18288152 23:0"
      ".18172081 21:0.17815751 9:0.17587808 7:0.15679416" },
    { "{\"match_phrase\":{\"t\":{\"query\":\"quick quick brown\",\"slop\":5}}}",
      "31 19:0.06689255 5:0.06637011 34:0.06608278 30:0.06445713 25:0.06437673 29:0.0629631 31:0."
      "061286844 7:0.06003028 27:0.05842498 3:0.058296677" },
    { "{\"match_phrase_prefix\":{\"t\":\"quick br\"}}",
      "32 30:0.03752458 19:0.036994543 3:0.03624454 29:0.036179624 5:0.035441242 36:0.035441242 6"
      ":0.035140526 11:0.034792222 32:0.03461336 27:0.03334137" },
    { "{\"match_bool_prefix\":{\"t\":\"fox bro\"}}",
      "40 17:1.2040337 13:1.2015406 23:1.1977922 39:1.1946955 9:1.192608 38:1.192608 21:1.192493 "
      "29:1.192493 18:1.1851113 8:1.1840966" },
    { "{\"multi_match\":{\"query\":\"quick fox\",\"fields\":[\"t\",\"u^2\"],\"tie_breaker\":0.3}}",
      "40 8:1.4087781 34:1.148346 16:1.1359499 40:1.0922085 2:1.0415944 26:1.0346195 28:0.9351852"
      " 32:0.849484 12:0.8042729 38:0.41714752" },
    { "{\"multi_match\":{\"query\":\"quick fox\",\"fields\":[\"t\",\"u^2\"],\"type\":\"cross_fiel"
      "ds\"}}",
      "40 13:0.23279788 17:0.23086394 23:0.22864868 38:0.22757325 29:0.22326934 39:0.22001965 9:0"
      ".21984315 21:0.21746668 8:0.21415724 18:0.21338665" },
    { "{\"multi_match\":{\"query\":\"quick fox\",\"fields\":[\"t\",\"u\"],\"type\":\"most_fields"
      "\"}}",
      "40 8:0.88642275 16:0.7123761 34:0.6996558 2:0.6926594 26:0.66940963 32:0.593575 28:0.58116"
      "93 40:0.5665718 12:0.5495691 38:0.39904222" },
    { "{\"combined_fields\":{\"query\":\"quick fox\",\"fields\":[\"t\",\"u^2\"]}}",
      "40 8:0.24703206 13:0.24315384 17:0.2406027 23:0.23967247 29:0.23452355 39:0.2314955 9:0.23"
      "04467 21:0.22932601 2:0.22884871 26:0.22719413" },
    { "{\"common\":{\"t\":{\"query\":\"quick fox gamma\",\"cutoff_frequency\":0.3}}}", "1 13:1.5355906" },
    { "{\"query_string\":{\"query\":\"quick AND (fox OR u:lazy^2) -dog i:[0 TO 20]\",\"fields\":["
      "\"t\"]}}",
      "20 22:3.220724 6:2.3822558 38:1.2240806 29:1.2232693 39:1.2200197 21:1.2174667 8:1.2141572"
      " 2:1.2021909 32:1.198627 37:1.1793005" },
    { "{\"query_string\":{\"query\":\"\\\"quick brown\\\"~2 bro* fo?\",\"fields\":[\"t\",\"u\"]}}",
      "40 16:2.192954 20:2.192954 34:2.187808 32:2.1798062 4:2.1744504 26:2.1744504 38:2.1463761 "
      "40:2.130768 18:2.1181679 2:2.1143308" },
    { "{\"simple_query_string\":{\"query\":\"quick + fox | lazy -dog\",\"fields\":[\"t\",\"u^2\"]"
      "}}",
      "40 6:3.9150567 12:2.5871823 8:2.5586882 16:2.2548685 22:2.2207243 2:2.1831279 26:2.1598783"
      " 40:2.109064 1:1.9287906 35:1.7994174" },
    { "{\"term\":{\"b\":true}}",
      "14 1:0.47246516 4:0.47246516 7:0.47246516 10:0.47246516 13:0.47246516 16:0.47246516 19:0.4"
      "7246516 22:0.47246516 25:0.47246516 28:0.47246516" },
    { "{\"terms\":{\"k\":[\"fox\",\"dog\"]}}", "6 4:1.0 10:1.0 16:1.0 25:1.0 31:1.0 34:1.0" },
    { "{\"range\":{\"i\":{\"gte\":0,\"lt\":10}}}",
      "10 5:1.0 9:1.0 11:1.0 15:1.0 22:1.0 27:1.0 30:1.0 31:1.0 38:1.0 39:1.0" },
    { "{\"range\":{\"d\":{\"gte\":\"2020-03\",\"lt\":\"2020-05\"}}}",
      "8 3:1.0 4:1.0 15:1.0 16:1.0 27:1.0 28:1.0 39:1.0 40:1.0" },
    { "{\"range\":{\"t\":{\"gte\":\"f\",\"lt\":\"l\"}}}",
      "34 1:1.0 2:1.0 4:1.0 5:1.0 6:1.0 7:1.0 8:1.0 9:1.0 10:1.0 12:1.0" },
    { "{\"exists\":{\"field\":\"u\"}}",
      "20 2:1.0 4:1.0 6:1.0 8:1.0 10:1.0 12:1.0 14:1.0 16:1.0 18:1.0 20:1.0" },
    { "{\"ids\":{\"values\":[\"3\",\"7\",\"99\"]}}", "2 3:1.0 7:1.0" },
    { "{\"prefix\":{\"t\":{\"value\":\"l\",\"rewrite\":\"top_terms_2\"}}}",
      "12 35:0.7994174 1:0.7356361 12:0.6614943 36:0.6614943 24:0.5994415 31:0.5712345 15:0.54803"
      "22 17:0.5480322 6:0.5328009 32:0.4358852" },
    { "{\"prefix\":{\"t\":{\"value\":\"b\",\"rewrite\":\"scoring_boolean\"}}}",
      "40 28:0.010540029 40:0.0103753805 9:0.010361055 25:0.010301467 24:0.010256559 30:0.0102237"
      "95 39:0.010206465 19:0.010195392 21:0.010131864 29:0.010131864" },
    { "{\"fuzzy\":{\"t\":\"braun\"}}", "0" },
    { "{\"wildcard\":{\"k\":\"*o*\"}}",
      "12 4:1.0 5:1.0 10:1.0 16:1.0 17:1.0 22:1.0 25:1.0 26:1.0 31:1.0 34:1.0" },
    { "{\"regexp\":{\"k\":\"f.x|d[aeo]g\"}}", "6 4:1.0 10:1.0 16:1.0 25:1.0 31:1.0 34:1.0" },
    { "{\"bool\":{\"must\":[{\"match\":{\"t\":\"quick fox\"}}],\"should\":[{\"match\":{\"t\":\"do"
      "g brown\"}},{\"term\":{\"b\":true}}]}}",
      "40 28:1.4001088 4:1.3746371 7:1.344233 13:1.2511028 34:1.2231535 31:1.0725079 23:0.9810415"
      "5 9:0.8771725 15:0.83395433 10:0.69270337" },
    { "{\"bool\":{\"must\":{\"match\":{\"t\":\"fox\"}},\"filter\":{\"range\":{\"i\":{\"gt\":0}}},"
      "\"must_not\":{\"term\":{\"k\":\"fox\"}}}}",
      "17 39:0.1946955 9:0.19260798 38:0.19260798 21:0.19249299 29:0.19249299 18:0.18511134 8:0.1"
      "840966 22:0.17739211 2:0.17185792 32:0.16735068" },
    { "{\"bool\":{\"should\":[{\"match\":{\"t\":\"fox\"}},{\"match\":{\"u\":\"dog\"}},{\"term\":{"
      "\"b\":true}}],\"minimum_should_match\":2}}",
      "14 22:1.4994395 32:0.7813922 13:0.67400575 10:0.6527231 4:0.6492736 1:0.6357041 37:0.62449"
      "79 16:0.60942584 7:0.607256 25:0.607256" },
    { "{\"dis_max\":{\"queries\":[{\"match\":{\"t\":\"fox quick\"}},{\"match\":{\"u\":\"dog\"}}],"
      "\"tie_breaker\":0.5}}",
      "40 22:0.9508201 32:0.71335506 24:0.67381215 13:0.23279788 17:0.23086394 23:0.22864868 38:0"
      ".22408052 29:0.22326934 39:0.22001965 9:0.21984315" },
    { "{\"boosting\":{\"positive\":{\"match\":{\"t\":\"fox\"}},\"negative\":{\"match\":{\"t\":\"d"
      "og\"}},\"negative_boost\":0.2}}",
      "31 17:0.20403372 39:0.1946955 38:0.19260798 21:0.19249299 29:0.19249299 18:0.18511134 8:0."
      "1840966 10:0.1802579 22:0.17739211 2:0.17185792" },
    { "{\"constant_score\":{\"filter\":{\"match\":{\"t\":\"lazy\"}},\"boost\":2}}",
      "12 1:2.0 6:2.0 12:2.0 15:2.0 17:2.0 19:2.0 24:2.0 25:2.0 31:2.0 32:2.0" },
    { "{\"function_score\":{\"query\":{\"match\":{\"t\":\"quick\"}},\"gauss\":{\"i\":{\"origin\":"
      "5,\"scale\":8,\"offset\":1}},\"boost_mode\":\"sum\"}}",
      "39 38:1.0314726 5:1.0310874 30:1.0310556 9:1.0272352 15:1.0194441 39:1.0145521 22:1.014311"
      "7 11:0.9837784 31:0.9390894 27:0.9371125" },
    { "{\"function_score\":{\"query\":{\"match\":{\"t\":\"fox\"}},\"field_value_factor\":{\"field"
      "\":\"i\",\"modifier\":\"square\"}}}",
      "31 4:70.723366 8:66.45888 14:65.49454 23:64.08468 32:60.413597 18:59.976074 13:58.24522 29"
      ":55.630474 10:46.146023 7:38.954548" },
    { "{\"match\":{\"i\":\"abc\"}}",
      "query_shard_exception: failed to create query: For input string: \"abc\"" },
    { "{\"match_phrase_prefix\":{\"k\":\"fox\"}}",
      "query_shard_exception: failed to create query: Can only use phrase prefix queries on text "
      "fields - not on [k] which is of type [keyword]" },
    { "{\"query_string\":{\"query\":\"quick (fox\",\"fields\":[\"t\"]}}",
      "query_shard_exception: Failed to parse query [quick (fox]" },
    { "{\"term\":{\"k\":[\"a\"]}}", "parsing_exception: [term] query does not support array of values" },
    { "{\"term\":{\"k\":\"a\",\"i\":1}}",
      "parsing_exception: [term] query doesn't support multiple fields, found [k] and [i]" },
    { "{\"match\":{\"t\":{\"query\":\"a\",\"nope\":1}}}",
      "parsing_exception: [match] query does not support [nope]" },
    { "{\"trem\":{\"k\":\"a\"}}", "parsing_exception: unknown query [trem]" },
    { "{\"bool\":{\"musst\":[]}}",
      "x_content_parse_exception: [1:19] [bool] unknown field [musst] did you mean any of [must, "
      "mustNot]?" },
    { "{\"range\":{\"i\":{\"gte\":1,\"foo\":2}}}",
      "parsing_exception: [range] query does not support [foo]" },
};

static struct qd_slice summary(struct search_world *world, struct qd_slice answer)
{
    struct qd_json_document document;
    struct qd_buffer text = { 0 };
    assert_ok(qd_json_parse(world->arena, answer, &document, &world->error));
    const struct qd_json *error = qd_json_get(document.root, "error");
    if (error != NULL) {
        qd_buffer_slice(&text, qd_json_text(error));
        qd_buffer_text(&text, ": ");
        qd_buffer_slice(&text, qd_json_text(qd_json_get(document.root, "reason")));
    } else {
        qd_buffer_slice(&text, qd_json_text(qd_json_get(document.root, "total")));
        struct qd_json_iterator at = qd_json_iterate(qd_json_get(document.root, "hits"));
        while (qd_json_next(&at)) {
            qd_buffer_byte(&text, ' ');
            qd_buffer_slice(&text, qd_json_text(qd_json_get(at.value, "_id")));
            qd_buffer_byte(&text, ':');
            qd_buffer_slice(&text, qd_json_text(qd_json_get(at.value, "_score")));
        }
    }
    struct qd_slice result = qd_arena_copy(world->arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return result;
}

static void check_cases(uint32_t refresh_every)
{
    struct search_world world;
    search_world_open(&world, mapping, NULL);
    for (uint32_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++) {
        char id[QD_NUMBER_TEXT_MAX + 1];
        id[qd_int64_to_text(i + 1, id)] = '\0';
        search_world_index(&world, id, qd_slice_from_string(documents[i]));
        if (i % refresh_every == refresh_every - 1) search_world_refresh(&world);
    }
    search_world_refresh(&world);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct qd_slice body = qd_arena_format(world.arena, "{\"query\":%s}", cases[i].query);
        struct qd_slice answer = summary(&world, search_world_search(&world, body));
        if (!qd_slice_is(answer, cases[i].answer)) print_message("%s\n", cases[i].query);
        assert_slice(answer, cases[i].answer);
    }
    search_world_close(&world);
}

TEST(query_score, one_segment_scores_as_the_reference) { check_cases(1000); }

/* Statistics are of the whole shard, so that segments do not change scores. */
TEST(query_score, many_segments_score_as_one) { check_cases(7); }
