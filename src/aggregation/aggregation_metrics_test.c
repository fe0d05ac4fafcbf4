/* Metrics, as the reference answers them over the five documents of aggregation_support_test.c: in one
 * segment, in one segment per document, and on three shards. */
#include "aggregation/aggregation_test_support.h"
#include "base/test.h"

static const struct aggregation_case cases[] = {
    { "{\"size\":0,\"aggs\":{\"zeta\":{\"max\":{\"field\":\"l\"}},\"alpha\":{\"max\":{\"field\":\"l\"}},\"m"
      "\":{\"max\":{\"field\":\"l\"}},\"b\":{\"max\":{\"field\":\"l\"}},\"a\":{\"max\":{\"field\":\"l\"}},"
      "\"hello_world\":{\"max\":{\"field\":\"l\"}},\"foo\":{\"max\":{\"field\":\"l\"}},\"Bar\":{\"max\":{\""
      "field\":\"l\"}},\"x1\":{\"max\":{\"field\":\"l\"}},\"x2\":{\"max\":{\"field\":\"l\"}},\"x10\":{\"max"
      "\":{\"field\":\"l\"}},\"total\":{\"max\":{\"field\":\"l\"}},\"avg_price\":{\"max\":{\"field\":\"l\"}"
      "},\"min\":{\"max\":{\"field\":\"l\"}},\"max\":{\"max\":{\"field\":\"l\"}},\"by_k\":{\"max\":{\"field"
      "\":\"l\"}},\"other\":{\"max\":{\"field\":\"l\"}},\"price\":{\"max\":{\"field\":\"l\"}},\"stats1\":{"
      "\"max\":{\"field\":\"l\"}}}}",
      "{\"zeta\":{\"value\":10.0},\"a\":{\"value\":10.0},\"b\":{\"value\":10.0},\"other\":{\"value\":10.0},"
      "\"max\":{\"value\":10.0},\"foo\":{\"value\":10.0},\"avg_price\":{\"value\":10.0},\"m\":{\"value\":10"
      ".0},\"by_k\":{\"value\":10.0},\"Bar\":{\"value\":10.0},\"total\":{\"value\":10.0},\"min\":{\"value\""
      ":10.0},\"hello_world\":{\"value\":10.0},\"x10\":{\"value\":10.0},\"price\":{\"value\":10.0},\"alpha"
      "\":{\"value\":10.0},\"x1\":{\"value\":10.0},\"x2\":{\"value\":10.0},\"stats1\":{\"value\":10.0}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"avg\":{\"field\":\"l\"}}}}",
      "{\"x\":{\"value\":5.2}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"avg\":{\"field\":\"nope\"}}}}",
      "{\"x\":{\"value\":null}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"sum\":{\"field\":\"nope\"}}}}",
      "{\"x\":{\"value\":0.0}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"min\":{\"field\":\"nope\"}}}}",
      "{\"x\":{\"value\":null}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"max\":{\"field\":\"dt\"}}}}",
      "{\"x\":{\"value\":1.5883344E12,\"value_as_string\":\"2020-05-01T12:00:00.000Z\"}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"value_count\":{\"field\":\"k\"}}}}",
      "{\"x\":{\"value\":4}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"value_count\":{\"field\":\"nope\"}}}}",
      "{\"x\":{\"value\":0}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"stats\":{\"field\":\"d\"}}}}",
      "{\"x\":{\"count\":5,\"min\":-3.5,\"max\":100.0,\"avg\":20.119999999999997,\"sum\":100.6}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"stats\":{\"field\":\"nope\"}}}}",
      "{\"x\":{\"count\":0,\"min\":null,\"max\":null,\"avg\":null,\"sum\":0.0}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"stats\":{\"field\":\"dt\"}}}}",
      "{\"x\":{\"count\":4,\"min\":1.5790824E12,\"max\":1.5883344E12,\"avg\":1.58284575E12,\"sum\":6.331383"
      "E12,\"min_as_string\":\"2020-01-15T10:00:00.000Z\",\"max_as_string\":\"2020-05-01T12:00:00.000Z\",\""
      "avg_as_string\":\"2020-02-27T23:22:30.000Z\",\"sum_as_string\":\"2170-08-19T21:30:00.000Z\"}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"extended_stats\":{\"field\":\"d\"}}}}",
      "{\"x\":{\"count\":5,\"min\":-3.5,\"max\":100.0,\"avg\":20.119999999999997,\"sum\":100.6,\"sum_of_squ"
      "ares\":10020.76,\"variance\":1599.3376,\"variance_population\":1599.3376,\"variance_sampling\":1999."
      "172,\"std_deviation\":39.99171914284256,\"std_deviation_population\":39.99171914284256,\"std_deviati"
      "on_sampling\":44.712101270237795,\"std_deviation_bounds\":{\"upper\":100.10343828568512,\"lower\":-5"
      "9.86343828568513,\"upper_population\":100.10343828568512,\"lower_population\":-59.86343828568513,\"u"
      "pper_sampling\":109.5442025404756,\"lower_sampling\":-69.30420254047559}}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"extended_stats\":{\"field\":\"nope\"}}}}",
      "{\"x\":{\"count\":0,\"min\":null,\"max\":null,\"avg\":null,\"sum\":0.0,\"sum_of_squares\":null,\"var"
      "iance\":null,\"variance_population\":null,\"variance_sampling\":null,\"std_deviation\":null,\"std_de"
      "viation_population\":null,\"std_deviation_sampling\":null,\"std_deviation_bounds\":{\"upper\":null,"
      "\"lower\":null,\"upper_population\":null,\"lower_population\":null,\"upper_sampling\":null,\"lower_s"
      "ampling\":null}}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"extended_stats\":{\"field\":\"d\",\"sigma\":3,\"format\":\"0.00\"}}}}",
      "{\"x\":{\"count\":5,\"min\":-3.5,\"max\":100.0,\"avg\":20.119999999999997,\"sum\":100.6,\"min_as_str"
      "ing\":\"-3.50\",\"max_as_string\":\"100.00\",\"avg_as_string\":\"20.12\",\"sum_as_string\":\"100.60"
      "\",\"sum_of_squares\":10020.76,\"variance\":1599.3376,\"variance_population\":1599.3376,\"variance_s"
      "ampling\":1999.172,\"std_deviation\":39.99171914284256,\"std_deviation_population\":39.9917191428425"
      "6,\"std_deviation_sampling\":44.712101270237795,\"std_deviation_bounds\":{\"upper\":140.095157428527"
      "7,\"lower\":-99.85515742852769,\"upper_population\":140.0951574285277,\"lower_population\":-99.85515"
      "742852769,\"upper_sampling\":154.2563038107134,\"lower_sampling\":-114.0163038107134},\"sum_of_squar"
      "es_as_string\":\"10020.76\",\"variance_as_string\":\"1599.34\",\"variance_population_as_string\":\"1"
      "599.34\",\"variance_sampling_as_string\":\"1999.17\",\"std_deviation_as_string\":\"39.99\",\"std_dev"
      "iation_population_as_string\":\"39.99\",\"std_deviation_sampling_as_string\":\"44.71\",\"std_deviati"
      "on_bounds_as_string\":{\"upper\":\"140.10\",\"lower\":\"-99.86\",\"upper_population\":\"140.10\",\"l"
      "ower_population\":\"-99.86\",\"upper_sampling\":\"154.26\",\"lower_sampling\":\"-114.02\"}}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"avg\":{\"field\":\"d\",\"format\":\"0.00\"}}}}",
      "{\"x\":{\"value\":20.119999999999997,\"value_as_string\":\"20.12\"}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"avg\":{\"field\":\"b\"}}}}",
      "{\"x\":{\"value\":0.6666666666666666,\"value_as_string\":\"true\"}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"max\":{\"field\":\"b\"}}}}",
      "{\"x\":{\"value\":1.0,\"value_as_string\":\"true\"}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"sum\":{\"field\":\"ul\"}}}}",
      "{\"x\":{\"value\":2.7670116110564327E19,\"value_as_string\":\"2.7670116110564327E19\"}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"max\":{\"field\":\"ul\"}}}}",
      "{\"x\":{\"value\":1.8446744073709552E19,\"value_as_string\":\"1.8446744073709552E19\"}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"min\":{\"field\":\"dn\"}}}}",
      "{\"x\":{\"value\":1.579082400123E12,\"value_as_string\":\"2020-01-15T10:00:00.123Z\"}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"avg\":{\"field\":\"dt\"}}}}",
      "{\"x\":{\"value\":1.58284575E12,\"value_as_string\":\"2020-02-27T23:22:30.000Z\"}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"weighted_avg\":{\"value\":{\"field\":\"l\"},\"weight\":{\"field\":\"d"
      "\"}}}}}",
      "{\"x\":{\"value\":9.910536779324056}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"weighted_avg\":{\"value\":{\"field\":\"nope\"},\"weight\":{\"field\":"
      "\"d\"}}}}}",
      "{\"x\":{\"value\":null}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"cardinality\":{\"field\":\"k\"}}}}",
      "{\"x\":{\"value\":3}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"cardinality\":{\"field\":\"l\"}}}}",
      "{\"x\":{\"value\":4}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"cardinality\":{\"field\":\"d\"}}}}",
      "{\"x\":{\"value\":5}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"cardinality\":{\"field\":\"b\"}}}}",
      "{\"x\":{\"value\":2}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"cardinality\":{\"field\":\"dt\"}}}}",
      "{\"x\":{\"value\":4}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"cardinality\":{\"field\":\"ip\"}}}}",
      "{\"x\":{\"value\":4}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"cardinality\":{\"field\":\"ul\"}}}}",
      "{\"x\":{\"value\":3}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"cardinality\":{\"field\":\"nope\"}}}}",
      "{\"x\":{\"value\":0}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"cardinality\":{\"field\":\"km\"}}}}",
      "{\"x\":{\"value\":3}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"cardinality\":{\"field\":\"m\"}}}}",
      "{\"x\":{\"value\":3}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"percentiles\":{\"field\":\"l\"}}}}",
      "{\"x\":{\"values\":{\"1.0\":1.0,\"5.0\":1.0,\"25.0\":2.0,\"50.0\":3.0,\"75.0\":10.0,\"95.0\":10.0,\""
      "99.0\":10.0}}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"median_absolute_deviation\":{\"field\":\"l\"}}}}",
      "{\"x\":{\"value\":2.0}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"percentiles\":{\"field\":\"l\",\"keyed\":false,\"percents\":[1,50]}}}"
      "}",
      "{\"x\":{\"values\":[{\"key\":1.0,\"value\":1.0},{\"key\":50.0,\"value\":3.0}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"percentile_ranks\":{\"field\":\"l\",\"values\":[1,3]}}}}",
      "{\"x\":{\"values\":{\"1.0\":10.0,\"3.0\":50.0}}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"percentiles\":{\"field\":\"d\"}}}}",
      "{\"x\":{\"values\":{\"1.0\":-3.5,\"5.0\":-3.5,\"25.0\":0.1,\"50.0\":1.5,\"75.0\":2.5,\"95.0\":100.0,"
      "\"99.0\":100.0}}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"median_absolute_deviation\":{\"field\":\"d\"}}}}",
      "{\"x\":{\"value\":1.4}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"percentiles\":{\"field\":\"d\",\"keyed\":false,\"percents\":[1,50]}}}"
      "}",
      "{\"x\":{\"values\":[{\"key\":1.0,\"value\":-3.5},{\"key\":50.0,\"value\":1.5}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"percentile_ranks\":{\"field\":\"d\",\"values\":[1,3]}}}}",
      "{\"x\":{\"values\":{\"1.0\":40.0,\"3.0\":80.0}}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"percentiles\":{\"field\":\"nope\"}}}}",
      "{\"x\":{\"values\":{\"1.0\":null,\"5.0\":null,\"25.0\":null,\"50.0\":null,\"75.0\":null,\"95.0\":nul"
      "l,\"99.0\":null}}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"median_absolute_deviation\":{\"field\":\"nope\"}}}}",
      "{\"x\":{\"value\":null}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"percentiles\":{\"field\":\"nope\",\"keyed\":false,\"percents\":[1,50]"
      "}}}}",
      "{\"x\":{\"values\":[{\"key\":1.0,\"value\":null},{\"key\":50.0,\"value\":null}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"percentile_ranks\":{\"field\":\"nope\",\"values\":[1,3]}}}}",
      "{\"x\":{\"values\":{\"1.0\":null,\"3.0\":null}}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"percentiles\":{\"field\":\"dt\"}}}}",
      "{\"x\":{\"values\":{\"1.0\":1.5790824E12,\"1.0_as_string\":\"2020-01-15T10:00:00.000Z\",\"5.0\":1.57"
      "90824E12,\"5.0_as_string\":\"2020-01-15T10:00:00.000Z\",\"25.0\":1.5818094E12,\"25.0_as_string\":\"2"
      "020-02-15T23:30:00.000Z\",\"50.0\":1.5821568E12,\"50.0_as_string\":\"2020-02-20T00:00:00.000Z\",\"75"
      ".0\":1.5883344E12,\"75.0_as_string\":\"2020-05-01T12:00:00.000Z\",\"95.0\":1.5883344E12,\"95.0_as_st"
      "ring\":\"2020-05-01T12:00:00.000Z\",\"99.0\":1.5883344E12,\"99.0_as_string\":\"2020-05-01T12:00:00.0"
      "00Z\"}}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"percentiles\":{\"field\":\"dt\",\"keyed\":false,\"percents\":[1,50]}}"
      "}}",
      "{\"x\":{\"values\":[{\"key\":1.0,\"value\":1.5790824E12,\"value_as_string\":\"2020-01-15T10:00:00.00"
      "0Z\"},{\"key\":50.0,\"value\":1.5821568E12,\"value_as_string\":\"2020-02-20T00:00:00.000Z\"}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"percentile_ranks\":{\"field\":\"dt\",\"values\":[1,3]}}}}",
      "{\"x\":{\"values\":{\"1.0\":0.0,\"1.0_as_string\":\"1970-01-01T00:00:00.000Z\",\"3.0\":0.0,\"3.0_as_"
      "string\":\"1970-01-01T00:00:00.000Z\"}}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"filter\":{\"term\":{\"k\":\"a\"}}}}}",
      "{\"x\":{\"doc_count\":2}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"missing\":{\"field\":\"k\"}}}}",
      "{\"x\":{\"doc_count\":1}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"missing\":{\"field\":\"nope\"}}}}",
      "{\"x\":{\"doc_count\":5}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"global\":{},\"aggs\":{\"m\":{\"max\":{\"field\":\"l\"}}}}}}",
      "{\"x\":{\"doc_count\":5,\"m\":{\"value\":10.0}}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"avg\":{\"field\":\"l\"},\"meta\":{\"a\":[1,{\"b\":2}]}}}}",
      "{\"x\":{\"meta\":{\"a\":[1,{\"b\":2}]},\"value\":5.2}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"avg\":{\"field\":\"nope\",\"missing\":5}}}}",
      "{\"x\":{\"value\":5.0}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"avg\":{\"field\":\"m\",\"missing\":5}}}}",
      "{\"x\":{\"value\":3.2857142857142856}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"sum\":{\"field\":\"d\",\"missing\":\"0.5\"}}}}",
      "{\"x\":{\"value\":100.6}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"percentiles\":{\"field\":\"l\",\"percents\":5}}}}",
      "{\"x\":{\"values\":{\"5.0\":1.0}}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"percentiles\":{\"field\":\"l\",\"percents\":[50,5,50]}}}}",
      "{\"x\":{\"values\":{\"5.0\":1.0,\"50.0\":3.0,\"50.0\":3.0}}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"percentiles\":{\"field\":\"l\",\"tdigest\":{\"compression\":200}}}}}",
      "{\"x\":{\"values\":{\"1.0\":1.0,\"5.0\":1.0,\"25.0\":2.0,\"50.0\":3.0,\"75.0\":10.0,\"95.0\":10.0,\""
      "99.0\":10.0}}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"percentiles\":{\"field\":\"l\",\"keyed\":false,\"format\":\"0.0\"}}}}",
      "{\"x\":{\"values\":[{\"key\":1.0,\"value\":1.0,\"value_as_string\":\"1.0\"},{\"key\":5.0,\"value\":1"
      ".0,\"value_as_string\":\"1.0\"},{\"key\":25.0,\"value\":2.0,\"value_as_string\":\"2.0\"},{\"key\":50"
      ".0,\"value\":3.0,\"value_as_string\":\"3.0\"},{\"key\":75.0,\"value\":10.0,\"value_as_string\":\"10."
      "0\"},{\"key\":95.0,\"value\":10.0,\"value_as_string\":\"10.0\"},{\"key\":99.0,\"value\":10.0,\"value"
      "_as_string\":\"10.0\"}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"percentile_ranks\":{\"field\":\"l\",\"format\":\"0.0\",\"values\":[1]"
      "}}}}",
      "{\"x\":{\"values\":{\"1.0\":10.0,\"1.0_as_string\":\"10.0\"}}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"percentile_ranks\":{\"field\":\"l\",\"format\":\"0.0\",\"values\":[3,"
      "1],\"keyed\":false}}}}",
      "{\"x\":{\"values\":[{\"key\":1.0,\"value\":10.0,\"value_as_string\":\"10.0\"},{\"key\":3.0,\"value\""
      ":50.0,\"value_as_string\":\"50.0\"}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"weighted_avg\":{\"value\":{\"field\":\"m\"},\"weight\":{\"field\":\"l"
      "\"}}}}}",
      "{\"x\":{\"value\":2.2}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"weighted_avg\":{\"value\":{\"field\":\"l\"},\"weight\":{\"field\":\"l"
      "\"},\"format\":\"0.00\"}}}}",
      "{\"x\":{\"value\":8.23076923076923,\"value_as_string\":\"8.23\"}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"weighted_avg\":{\"value\":{\"field\":\"l\"},\"weight\":{\"field\":\"n"
      "ope\",\"missing\":2}}}}}",
      "{\"x\":{\"value\":5.2}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"multivalue_doc_count\":{\"field\":\"m\"}}}}",
      "{\"x\":{\"value\":1}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"value_count\":{\"field\":\"nope\",\"missing\":\"a\"}}}}",
      "{\"x\":{\"value\":5}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"value_count\":{\"field\":\"l\",\"format\":\"0.0\"}}}}",
      "{\"x\":{\"value\":5}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"value_count\":{\"field\":\"dt\"}}}}",
      "{\"x\":{\"value\":4}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"avg\":{\"field\":\"nope\",\"format\":\"0.0\",\"missing\":3}}}}",
      "{\"x\":{\"value\":3.0,\"value_as_string\":\"3.0\"}}" },
};

static void check(size_t shard_count, bool segments)
{
    struct aggregation_world world;
    aggregation_world_open(&world, shard_count);
    aggregation_world_fill(&world, segments);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_slice(aggregation_world_run(&world, qd_slice_from_string(cases[i].request)), cases[i].answer);
    }
    aggregation_world_close(&world);
}

TEST(aggregation_metrics, one_segment_answers_as_the_reference) { check(1, false); }

TEST(aggregation_metrics, a_segment_per_document_answers_the_same) { check(1, true); }

TEST(aggregation_metrics, three_shards_answer_the_same) { check(3, true); }
