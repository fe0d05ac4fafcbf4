/* Of several errors the first one, unsigned numbers in the reference's order, binary columns, numbers as
 * texts, keys that are no numbers: as the reference answers. */
#include "aggregation/aggregation_test_support.h"
#include "base/test.h"

static const char mapping[] =
    "{\"properties\":{\"ul\":{\"type\":\"unsigned_long\"},\"by\":{\"type\":\"binary\",\"doc_value"
    "s\":true},\"l\":{\"type\":\"long\"},\"d\":{\"type\":\"double\"},\"k\":{\"type\":\"keyword\"}"
    ",\"dt\":{\"type\":\"date\"},\"dn\":{\"type\":\"date_nanos\"},\"t\":{\"type\":\"text\"}}}";

static const char *const documents[] = {
    ("{\"ul\":[5,18446744073709551615],\"by\":\"YWI=\",\"l\":1,\"d\":1.5,\"k\":\"a\",\"dt\":\"2020"
      "-01-15\",\"dn\":\"2020-01-15T00:00:00.000000001Z\"}"),
    ("{\"ul\":[9223372036854775808,9223372036854775807,0],\"by\":[\"Yw==\",\"YWI=\"],\"l\":[2,2,3]"
      ",\"d\":-1.5,\"k\":[\"b\",\"a\"],\"dt\":\"2020-03-15\",\"dn\":\"2020-03-15\"}"),
    ("{\"ul\":700,\"l\":10,\"d\":0.0,\"k\":\"c\",\"dt\":\"1969-07-20\",\"dn\":\"1970-01-01\"}"),
    ("{\"by\":\"Yw==\",\"k\":\"d\"}"),
};

static const struct aggregation_case cases[] = {
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"d\",\"include\":\"r.*\"},\"aggs\":{\"y\""
      ":{\"terms\":{\"field\":\"t\"}}}}}}",
      "error: illegal_argument_exception: Text fields are not optimised for operations that require"
      " per-document field data like aggregations and sorting, so these operations are disabled by "
      "default. Please use a keyword field instead. Alternatively, set fielddata=true on [t] in ord"
      "er to load field data by uninverting the inverted index. Note that this can use significant "
      "memory." },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"d\",\"include\":\"r.*\"},\"aggs\":{\"y\""
      ":{\"sum\":{\"field\":\"by\"}}}}}}",
      "error: illegal_argument_exception: Field [by] of type [binary] is not supported for aggregat"
      "ion [sum]" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"d\",\"include\":\"r.*\"},\"aggs\":{\"y\""
      ":{\"terms\":{\"field\":\"k\",\"order\":{\"zz\":\"asc\"}}}}}}}",
      "error: aggregation_execution_exception: Aggregation [x] cannot support regular expression st"
      "yle include/exclude settings as they can only be applied to string fields. Use an array of n"
      "umeric values for include/exclude clauses used to filter numeric fields" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"order\":{\"zz\":\"asc\"}},\"aggs\""
      ":{\"y\":{\"terms\":{\"field\":\"d\",\"include\":\"r.*\"}}}}}}",
      "error: aggregation_execution_exception: Aggregation [y] cannot support regular expression st"
      "yle include/exclude settings as they can only be applied to string fields. Use an array of n"
      "umeric values for include/exclude clauses used to filter numeric fields" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"order\":{\"zz\":\"asc\"}},\"aggs\""
      ":{\"y\":{\"terms\":{\"field\":\"t\"}}}}}}",
      "error: illegal_argument_exception: Text fields are not optimised for operations that require"
      " per-document field data like aggregations and sorting, so these operations are disabled by "
      "default. Please use a keyword field instead. Alternatively, set fielddata=true on [t] in ord"
      "er to load field data by uninverting the inverted index. Note that this can use significant "
      "memory." },
    { "{\"size\":0,\"aggs\":{\"x\":{\"filter\":{\"match_all\":{}},\"aggs\":{\"y\":{\"terms\":{\"fie"
      "ld\":\"k\",\"order\":{\"zz\":\"asc\"}}}}}}}",
      "error: aggregation_execution_exception: Invalid aggregation order path [zz]. The provided ag"
      "gregation [zz] either does not exist, or is a pipeline aggregation and cannot be used to sor"
      "t the buckets." },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"t\"},\"aggs\":{\"y\":{\"terms\":{\"field"
      "\":\"d\",\"include\":\"r.*\"}}}}}}",
      "error: illegal_argument_exception: Text fields are not optimised for operations that require"
      " per-document field data like aggregations and sorting, so these operations are disabled by "
      "default. Please use a keyword field instead. Alternatively, set fielddata=true on [t] in ord"
      "er to load field data by uninverting the inverted index. Note that this can use significant "
      "memory." },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"include\":\"[\"},\"aggs\":{\"y\":{"
      "\"terms\":{\"field\":\"d\",\"missing\":\"a\"}}}}}}",
      "error: number_format_exception: For input string: \"a\"" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"order\":{\"zz\":\"asc\"}},\"aggs\""
      ":{\"y\":{\"global\":{}}}}}}",
      "error: aggregation_execution_exception: Aggregation [x] cannot have a global sub-aggregation"
      " [y]. Global aggregations can only be defined as top level aggregations" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"weighted_avg\":{\"value\":{\"field\":\"t\"},\"weight\":{\"fie"
      "ld\":\"k\"}}}}}",
      "error: illegal_argument_exception: Expected numeric type on field [k], but got [keyword]" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dt\",\"fixed_interval\":\"90d\""
      ",\"extended_bounds\":{\"min\":\"x\"},\"hard_bounds\":{\"min\":\"y\"},\"order\":{\"zz\":\"asc"
      "\"}}}}}",
      "error: parse_exception: failed to parse date field [x] with format [strict_date_optional_tim"
      "e||epoch_millis]: [failed to parse date field [x] with format [strict_date_optional_time||ep"
      "och_millis]]" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"filters\":{\"filters\":{\"z\":{\"term\":{\"k\":\"a\"}}},\"oth"
      "er_bucket\":false,\"other_bucket_key\":\"o\"}}}}",
      "{\"x\":{\"buckets\":{\"z\":{\"doc_count\":2}}}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"min\":{\"field\":\"ul\"}}}}",
      "{\"x\":{\"value\":0.0,\"value_as_string\":\"0.0\"}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"max\":{\"field\":\"ul\"}}}}",
      "{\"x\":{\"value\":1.8446744073709552E19,\"value_as_string\":\"1.8446744073709552E19\"}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"sum\":{\"field\":\"ul\"}}}}",
      "{\"x\":{\"value\":3.6893488147419103E19,\"value_as_string\":\"3.6893488147419103E19\"}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"value_count\":{\"field\":\"ul\"}}}}",
      "{\"x\":{\"value\":6}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"cardinality\":{\"field\":\"ul\"}}}}",
      "{\"x\":{\"value\":5}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"ul\",\"order\":{\"_key\":\"asc\"}}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":0,"
      "\"doc_count\":1},{\"key\":5,\"doc_count\":1},{\"key\":700,\"doc_count\":1},{\"key\":92233720"
      "36854775807,\"doc_count\":1},{\"key\":9223372036854775808,\"doc_count\":1},{\"key\":18446744"
      "073709551615,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"ul\",\"include\":[\"-0\",0,1]}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":0,"
      "\"doc_count\":1},{\"key\":18446744073709551615,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"ul\",\"include\":[\"x\"]}}}}",
      "error: number_format_exception: For input string: \"x\"" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"range\":{\"field\":\"ul\",\"ranges\":[{\"to\":10.5}]}}}}",
      "error: illegal_argument_exception: Value [10.5] has a decimal part" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"range\":{\"field\":\"ul\",\"ranges\":[{\"to\":10.5}],\"missin"
      "g\":1}}}}",
      "{\"x\":{\"buckets\":[{\"key\":\"*-10.5\",\"to\":10.5,\"to_as_string\":10.5,\"doc_count\":1}]"
      "}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"filter\":{\"match_all\":{}},\"aggs\":{\"y\":{\"range\":{\"fie"
      "ld\":\"ul\",\"ranges\":[{\"to\":10.5},{\"from\":10.5}]}}}}}}",
      "{\"x\":{\"doc_count\":4,\"y\":{\"buckets\":[{\"key\":\"*-10.5\",\"to\":10.5,\"to_as_string\""
      ":10.5,\"doc_count\":0},{\"key\":\"10.5-*\",\"from\":10.5,\"from_as_string\":10.5,\"doc_count"
      "\":3}]}}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"by\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\""
      "YWI\",\"doc_count\":2},{\"key\":\"Yw\",\"doc_count\":2}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"by\",\"include\":[\"YWI=\"]}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\""
      "YWI\",\"doc_count\":2}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"by\",\"include\":[\"1.2\"]}}}}",
      "error: illegal_argument_exception: Illegal base64 character 2e" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"by\",\"include\":\"Y.*\"}}}}",
      "error: aggregation_execution_exception: Aggregation [x] cannot support regular expression st"
      "yle include/exclude settings as they can only be applied to string fields. Use an array of v"
      "alues for include/exclude clauses" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"by\",\"missing\":\"YWI\",\"format\":\"0."
      "0\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\""
      "YWI\",\"doc_count\":3},{\"key\":\"Yw\",\"doc_count\":2}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"by\",\"min_doc_count\":0}}},\"query\":{"
      "\"match_none\":{}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\""
      "YWI\",\"doc_count\":0},{\"key\":\"Yw\",\"doc_count\":0}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"missing\":{\"field\":\"by\",\"format\":\"x\"}}}}",
      "{\"x\":{\"doc_count\":1}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"missing\":\"q\",\"min_doc_count\":"
      "0}}},\"query\":{\"match_none\":{}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\""
      "a\",\"doc_count\":0},{\"key\":\"b\",\"doc_count\":0},{\"key\":\"c\",\"doc_count\":0},{\"key"
      "\":\"d\",\"doc_count\":0},{\"key\":\"q\",\"doc_count\":0}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"l\",\"value_type\":\"string\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\""
      "1\",\"doc_count\":1},{\"key\":\"10\",\"doc_count\":1},{\"key\":\"2\",\"doc_count\":1},{\"key"
      "\":\"3\",\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"d\",\"value_type\":\"ip\",\"missing\":\""
      "m\",\"order\":{\"_key\":\"asc\"}},\"aggs\":{\"y\":{\"max\":{\"field\":\"l\"}}}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\""
      "-1.5\",\"doc_count\":1,\"y\":{\"value\":3.0}},{\"key\":\"0.0\",\"doc_count\":1,\"y\":{\"valu"
      "e\":10.0}},{\"key\":\"1.5\",\"doc_count\":1,\"y\":{\"value\":1.0}},{\"key\":\"m\",\"doc_coun"
      "t\":1,\"y\":{\"value\":null}}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"l\",\"value_type\":\"string\",\"include"
      "\":\"1.*\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\""
      "1\",\"doc_count\":1},{\"key\":\"10\",\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"l\",\"value_type\":\"string\",\"min_doc_"
      "count\":0,\"order\":{\"_key\":\"asc\"}}}},\"query\":{\"match_none\":{}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\""
      "1\",\"doc_count\":0},{\"key\":\"10\",\"doc_count\":0},{\"key\":\"2\",\"doc_count\":0},{\"key"
      "\":\"3\",\"doc_count\":0}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"l\",\"value_type\":\"string\",\"executio"
      "n_hint\":\"x\"}}}}",
      "error: illegal_argument_exception: Unknown `execution_hint`: [x], expected any of [map, glob"
      "al_ordinals]" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"median_absolute_deviation\":{\"field\":\"dt\",\"value_type\":"
      "\"long\"}}}}",
      "{\"x\":{\"value\":5.184E9,\"value_as_string\":\"1970-03-02T00:00:00.000Z\"}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"ip_range\":{\"field\":\"k\",\"value_type\":\"string\",\"range"
      "s\":[{\"to\":\"::1\"}]}}}}",
      "error: illegal_argument_exception: Field [k] of type [keyword] is not supported for aggregat"
      "ion [ip_range]" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"missing\":{\"field\":\"l\",\"value_type\":\"string\",\"missin"
      "g\":\"q\"}}}}",
      "{\"x\":{\"doc_count\":0}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"cardinality\":{\"field\":\"l\",\"value_type\":\"string\",\"mi"
      "ssing\":\"q\"}}}}",
      "{\"x\":{\"value\":5}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"value_count\":{\"field\":\"l\",\"value_type\":\"string\",\"mi"
      "ssing\":\"q\"}}}}",
      "{\"x\":{\"value\":6}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"histogram\":{\"field\":\"l\",\"interval\":5,\"missing\":\"NaN"
      "\",\"min_doc_count\":1}}}}",
      "{\"x\":{\"buckets\":[{\"key\":0.0,\"doc_count\":2},{\"key\":10.0,\"doc_count\":1},{\"key\":"
      "\"NaN\",\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"histogram\":{\"field\":\"l\",\"interval\":5,\"hard_bounds\":{"
      "\"min\":0,\"max\":10}}}}}",
      "{\"x\":{\"buckets\":[{\"key\":0.0,\"doc_count\":2},{\"key\":5.0,\"doc_count\":0},{\"key\":10"
      ".0,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"histogram\":{\"field\":\"l\",\"interval\":5,\"missing\":\"NaN"
      "\"}}}}",
      "{\"x\":{\"buckets\":[{\"key\":0.0,\"doc_count\":2},{\"key\":5.0,\"doc_count\":0},{\"key\":10"
      ".0,\"doc_count\":1},{\"key\":\"NaN\",\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dt\",\"fixed_interval\":\"365d"
      "\",\"offset\":\"-1d\",\"min_doc_count\":1,\"hard_bounds\":{\"min\":\"2020-03\",\"max\":\"202"
      "2\"}}}}}",
      "{\"x\":{\"buckets\":[]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_range\":{\"field\":\"ul\",\"ranges\":[{\"from\":5.9}]}}}"
      "}",
      "{\"x\":{\"buckets\":[{\"key\":\"5.0-*\",\"from\":5.0,\"from_as_string\":5.0,\"doc_count\":3}"
      "]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"l\",\"fixed_interval\":\"90d\","
      "\"min_doc_count\":1,\"hard_bounds\":{\"min\":\"2020-03\"}}}}}",
      "error: number_format_exception: For input string: \"2020-03\"" },
};

static void open_world(struct aggregation_world *world, bool segments)
{
    static const char *const ids[] = { "1", "2", "3", "4" };
    *world = (struct aggregation_world){ .shard_count = 1, .max_buckets = 65535 };
    search_world_open(&world->shards[0], mapping, NULL);
    for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++) {
        search_world_index(&world->shards[0], ids[i], qd_slice_from_string(documents[i]));
        if (segments) search_world_refresh(&world->shards[0]);
    }
    search_world_refresh(&world->shards[0]);
}

TEST(aggregation_odd, as_recorded)
{
    for (unsigned segments = 0; segments < 2; segments++) {
        struct aggregation_world world;
        open_world(&world, segments == 1);
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
            assert_slice(aggregation_world_run(&world, qd_slice_from_string(cases[i].request)),
                         cases[i].answer);
        }
        aggregation_world_close(&world);
    }
}
