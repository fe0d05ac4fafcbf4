/* Terms, as the reference answers them over the five documents of aggregation_support_test.c: in one segment,
 * in one segment per document, and on three shards. */
#include "aggregation/aggregation_test_support.h"
#include "base/test.h"

static const struct aggregation_case cases[] = {
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\"a\",\"do"
      "c_count\":2},{\"key\":\"b\",\"doc_count\":1},{\"key\":\"c\",\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"l\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":10,\"doc_c"
      "ount\":2},{\"key\":1,\"doc_count\":1},{\"key\":2,\"doc_count\":1},{\"key\":3,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"i\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":1,\"doc_co"
      "unt\":1},{\"key\":2,\"doc_count\":1},{\"key\":3,\"doc_count\":1},{\"key\":4,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"d\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":-3.5,\"doc"
      "_count\":1},{\"key\":0.1,\"doc_count\":1},{\"key\":1.5,\"doc_count\":1},{\"key\":2.5,\"doc_count\":1"
      "},{\"key\":100.0,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"f\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":1.10000002"
      "3841858,\"doc_count\":1},{\"key\":2.200000047683716,\"doc_count\":1},{\"key\":3.299999952316284,\"do"
      "c_count\":1},{\"key\":4.400000095367432,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"hf\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":0.5,\"doc_"
      "count\":1},{\"key\":1.5,\"doc_count\":1},{\"key\":2.5,\"doc_count\":1},{\"key\":3.5,\"doc_count\":1}"
      "]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"sf\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":0.1,\"doc_"
      "count\":1},{\"key\":1.23,\"doc_count\":1},{\"key\":4.5600000000000005,\"doc_count\":1},{\"key\":7.89"
      "0000000000001,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"b\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":1,\"key_as"
      "_string\":\"true\",\"doc_count\":2},{\"key\":0,\"key_as_string\":\"false\",\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"dt\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":1579082400"
      "000,\"key_as_string\":\"2020-01-15T10:00:00.000Z\",\"doc_count\":1},{\"key\":1581809400000,\"key_as_"
      "string\":\"2020-02-15T23:30:00.000Z\",\"doc_count\":1},{\"key\":1582156800000,\"key_as_string\":\"20"
      "20-02-20T00:00:00.000Z\",\"doc_count\":1},{\"key\":1588334400000,\"key_as_string\":\"2020-05-01T12:0"
      "0:00.000Z\",\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"dn\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":1579082400"
      "123,\"key_as_string\":\"2020-01-15T10:00:00.123Z\",\"doc_count\":1},{\"key\":1581760800500,\"key_as_"
      "string\":\"2020-02-15T10:00:00.500Z\",\"doc_count\":1},{\"key\":1582192800000,\"key_as_string\":\"20"
      "20-02-20T10:00:00.000Z\",\"doc_count\":1},{\"key\":1588327200000,\"key_as_string\":\"2020-05-01T10:0"
      "0:00.000Z\",\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"ip\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\"::1\",\""
      "doc_count\":1},{\"key\":\"1.2.3.4\",\"doc_count\":1},{\"key\":\"10.0.0.1\",\"doc_count\":1},{\"key\""
      ":\"10.0.0.2\",\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"ul\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":5,\"doc_co"
      "unt\":1},{\"key\":9223372036854775808,\"doc_count\":1},{\"key\":18446744073709551615,\"doc_count\":1"
      "}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"nope\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"km\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\"x\",\"do"
      "c_count\":2},{\"key\":\"y\",\"doc_count\":2},{\"key\":\"z\",\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"m\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":1,\"doc_co"
      "unt\":1},{\"key\":2,\"doc_count\":1},{\"key\":3,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"size\":\"5\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\"a\",\"do"
      "c_count\":2},{\"key\":\"b\",\"doc_count\":1},{\"key\":\"c\",\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"order\":{\"_count\":\"asc\",\"_key\":\"asc"
      "\"}}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\"a\",\"do"
      "c_count\":2},{\"key\":\"b\",\"doc_count\":1},{\"key\":\"c\",\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"order\":[{\"_count\":\"asc\"},{\"_key\":\""
      "desc\"}]}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\"c\",\"do"
      "c_count\":1},{\"key\":\"b\",\"doc_count\":1},{\"key\":\"a\",\"doc_count\":2}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"order\":{\"_term\":\"desc\"}}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\"c\",\"do"
      "c_count\":1},{\"key\":\"b\",\"doc_count\":1},{\"key\":\"a\",\"doc_count\":2}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"dt\",\"order\":{\"_time\":\"desc\"}}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":1588334400"
      "000,\"key_as_string\":\"2020-05-01T12:00:00.000Z\",\"doc_count\":1},{\"key\":1582156800000,\"key_as_"
      "string\":\"2020-02-20T00:00:00.000Z\",\"doc_count\":1},{\"key\":1581809400000,\"key_as_string\":\"20"
      "20-02-15T23:30:00.000Z\",\"doc_count\":1},{\"key\":1579082400000,\"key_as_string\":\"2020-01-15T10:0"
      "0:00.000Z\",\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"order\":{\"y\":\"desc\"}},\"aggs\":{\"y\":"
      "{\"max\":{\"field\":\"l\"}}}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\"c\",\"do"
      "c_count\":1,\"y\":{\"value\":10.0}},{\"key\":\"a\",\"doc_count\":2,\"y\":{\"value\":3.0}},{\"key\":"
      "\"b\",\"doc_count\":1,\"y\":{\"value\":2.0}}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"order\":{\"y.avg\":\"desc\"}},\"aggs\":{\""
      "y\":{\"stats\":{\"field\":\"l\"}}}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\"c\",\"do"
      "c_count\":1,\"y\":{\"count\":1,\"min\":10.0,\"max\":10.0,\"avg\":10.0,\"sum\":10.0}},{\"key\":\"a\","
      "\"doc_count\":2,\"y\":{\"count\":2,\"min\":1.0,\"max\":3.0,\"avg\":2.0,\"sum\":4.0}},{\"key\":\"b\","
      "\"doc_count\":1,\"y\":{\"count\":1,\"min\":2.0,\"max\":2.0,\"avg\":2.0,\"sum\":2.0}}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"order\":{\"f>y\":\"desc\"}},\"aggs\":{\"f"
      "\":{\"filter\":{\"match_all\":{}},\"aggs\":{\"y\":{\"max\":{\"field\":\"l\"}}}}}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\"c\",\"do"
      "c_count\":1,\"f\":{\"doc_count\":1,\"y\":{\"value\":10.0}}},{\"key\":\"a\",\"doc_count\":2,\"f\":{\""
      "doc_count\":2,\"y\":{\"value\":3.0}}},{\"key\":\"b\",\"doc_count\":1,\"f\":{\"doc_count\":1,\"y\":{"
      "\"value\":2.0}}}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"order\":{\"f\":\"desc\"}},\"aggs\":{\"f\":"
      "{\"filter\":{\"match_all\":{}}}}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\"a\",\"do"
      "c_count\":2,\"f\":{\"doc_count\":2}},{\"key\":\"b\",\"doc_count\":1,\"f\":{\"doc_count\":1}},{\"key"
      "\":\"c\",\"doc_count\":1,\"f\":{\"doc_count\":1}}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"order\":{\"y.value\":\"desc\"}},\"aggs\":{"
      "\"y\":{\"max\":{\"field\":\"l\"}}}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\"c\",\"do"
      "c_count\":1,\"y\":{\"value\":10.0}},{\"key\":\"a\",\"doc_count\":2,\"y\":{\"value\":3.0}},{\"key\":"
      "\"b\",\"doc_count\":1,\"y\":{\"value\":2.0}}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"order\":{\"y[value]\":\"desc\"}},\"aggs\":"
      "{\"y\":{\"max\":{\"field\":\"l\"}}}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\"c\",\"do"
      "c_count\":1,\"y\":{\"value\":10.0}},{\"key\":\"a\",\"doc_count\":2,\"y\":{\"value\":3.0}},{\"key\":"
      "\"b\",\"doc_count\":1,\"y\":{\"value\":2.0}}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"order\":{\"p.50\":\"desc\"}},\"aggs\":{\"p"
      "\":{\"percentiles\":{\"field\":\"l\"}}}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\"c\",\"do"
      "c_count\":1,\"p\":{\"values\":{\"1.0\":10.0,\"5.0\":10.0,\"25.0\":10.0,\"50.0\":10.0,\"75.0\":10.0,"
      "\"95.0\":10.0,\"99.0\":10.0}}},{\"key\":\"a\",\"doc_count\":2,\"p\":{\"values\":{\"1.0\":1.0,\"5.0\""
      ":1.0,\"25.0\":1.0,\"50.0\":3.0,\"75.0\":3.0,\"95.0\":3.0,\"99.0\":3.0}}},{\"key\":\"b\",\"doc_count"
      "\":1,\"p\":{\"values\":{\"1.0\":2.0,\"5.0\":2.0,\"25.0\":2.0,\"50.0\":2.0,\"75.0\":2.0,\"95.0\":2.0,"
      "\"99.0\":2.0}}}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"include\":\"a|b\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\"a\",\"do"
      "c_count\":2},{\"key\":\"b\",\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"include\":[\"a\",\"q\"],\"exclude\":[\"a\""
      "]}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"include\":{\"partition\":0,\"num_partition"
      "s\":2}}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"include\":{\"partition\":1,\"num_partition"
      "s\":2}}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\"a\",\"do"
      "c_count\":2},{\"key\":\"b\",\"doc_count\":1},{\"key\":\"c\",\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"l\",\"include\":[1,3]}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":1,\"doc_co"
      "unt\":1},{\"key\":3,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"l\",\"include\":[\"1\",\"10\"]}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":10,\"doc_c"
      "ount\":2},{\"key\":1,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"d\",\"include\":[1.5]}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":1.5,\"doc_"
      "count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"d\",\"exclude\":[1.5]}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":-3.5,\"doc"
      "_count\":1},{\"key\":0.1,\"doc_count\":1},{\"key\":2.5,\"doc_count\":1},{\"key\":100.0,\"doc_count\""
      ":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"l\",\"include\":{\"partition\":0,\"num_partition"
      "s\":2}}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":10,\"doc_c"
      "ount\":2},{\"key\":3,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"dt\",\"include\":[\"2020-01-15T10:00:00Z\"]}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":1579082400"
      "000,\"key_as_string\":\"2020-01-15T10:00:00.000Z\",\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"b\",\"include\":[true]}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":1,\"key_as"
      "_string\":\"true\",\"doc_count\":2}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"ip\",\"include\":[\"10.0.0.1\"]}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\"10.0.0.1"
      "\",\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"missing\":\"N/A\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\"a\",\"do"
      "c_count\":2},{\"key\":\"N/A\",\"doc_count\":1},{\"key\":\"b\",\"doc_count\":1},{\"key\":\"c\",\"doc_"
      "count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"nope\",\"missing\":\"N/A\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\"N/A\",\""
      "doc_count\":5}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"nope\",\"missing\":5}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\"5\",\"do"
      "c_count\":5}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"nope\",\"missing\":5.5}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\"5.5\",\""
      "doc_count\":5}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"nope\",\"missing\":\"5\",\"value_type\":\"long\""
      "}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":5,\"doc_co"
      "unt\":5}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"nope\",\"missing\":true}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\"true\","
      "\"doc_count\":5}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"missing\":5}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\"a\",\"do"
      "c_count\":2},{\"key\":\"5\",\"doc_count\":1},{\"key\":\"b\",\"doc_count\":1},{\"key\":\"c\",\"doc_co"
      "unt\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"m\",\"missing\":\"7\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":7,\"doc_co"
      "unt\":3},{\"key\":1,\"doc_count\":1},{\"key\":2,\"doc_count\":1},{\"key\":3,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"dt\",\"missing\":\"2020-01-01\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":1577836800"
      "000,\"key_as_string\":\"2020-01-01T00:00:00.000Z\",\"doc_count\":1},{\"key\":1579082400000,\"key_as_"
      "string\":\"2020-01-15T10:00:00.000Z\",\"doc_count\":1},{\"key\":1581809400000,\"key_as_string\":\"20"
      "20-02-15T23:30:00.000Z\",\"doc_count\":1},{\"key\":1582156800000,\"key_as_string\":\"2020-02-20T00:0"
      "0:00.000Z\",\"doc_count\":1},{\"key\":1588334400000,\"key_as_string\":\"2020-05-01T12:00:00.000Z\","
      "\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"b\",\"missing\":\"false\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":0,\"key_as"
      "_string\":\"false\",\"doc_count\":3},{\"key\":1,\"key_as_string\":\"true\",\"doc_count\":2}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"b\",\"missing\":false}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":0,\"key_as"
      "_string\":\"false\",\"doc_count\":3},{\"key\":1,\"key_as_string\":\"true\",\"doc_count\":2}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"ip\",\"missing\":\"1.1.1.1\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\"::1\",\""
      "doc_count\":1},{\"key\":\"1.1.1.1\",\"doc_count\":1},{\"key\":\"1.2.3.4\",\"doc_count\":1},{\"key\":"
      "\"10.0.0.1\",\"doc_count\":1},{\"key\":\"10.0.0.2\",\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"nope\",\"value_type\":\"date\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"l\",\"format\":\"0000\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":10,\"key_a"
      "s_string\":\"0010\",\"doc_count\":2},{\"key\":1,\"key_as_string\":\"0001\",\"doc_count\":1},{\"key\""
      ":2,\"key_as_string\":\"0002\",\"doc_count\":1},{\"key\":3,\"key_as_string\":\"0003\",\"doc_count\":1"
      "}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"d\",\"format\":\"0.00\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":-3.5,\"key"
      "_as_string\":\"-3.50\",\"doc_count\":1},{\"key\":0.1,\"key_as_string\":\"0.10\",\"doc_count\":1},{\""
      "key\":1.5,\"key_as_string\":\"1.50\",\"doc_count\":1},{\"key\":2.5,\"key_as_string\":\"2.50\",\"doc_"
      "count\":1},{\"key\":100.0,\"key_as_string\":\"100.00\",\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"dt\",\"format\":\"yyyy\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":1579082400"
      "000,\"key_as_string\":\"2020\",\"doc_count\":1},{\"key\":1581809400000,\"key_as_string\":\"2020\",\""
      "doc_count\":1},{\"key\":1582156800000,\"key_as_string\":\"2020\",\"doc_count\":1},{\"key\":158833440"
      "0000,\"key_as_string\":\"2020\",\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"l\",\"value_type\":\"double\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":10,\"doc_c"
      "ount\":2},{\"key\":1,\"doc_count\":1},{\"key\":2,\"doc_count\":1},{\"key\":3,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"min_doc_count\":0}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\"a\",\"do"
      "c_count\":2},{\"key\":\"b\",\"doc_count\":1},{\"key\":\"c\",\"doc_count\":1}]}}" },
    { "{\"size\":0,\"query\":{\"term\":{\"k\":\"a\"}},\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"min_doc"
      "_count\":0}},\"y\":{\"terms\":{\"field\":\"l\",\"min_doc_count\":0}},\"z\":{\"terms\":{\"field\":\"d"
      "\",\"min_doc_count\":0}},\"w\":{\"terms\":{\"field\":\"b\",\"min_doc_count\":0}}}}",
      "{\"w\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":1,\"key_as"
      "_string\":\"true\",\"doc_count\":2},{\"key\":0,\"key_as_string\":\"false\",\"doc_count\":0}]},\"x\":"
      "{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\"a\",\"doc_count"
      "\":2},{\"key\":\"b\",\"doc_count\":0},{\"key\":\"c\",\"doc_count\":0}]},\"y\":{\"doc_count_error_upp"
      "er_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":1,\"doc_count\":1},{\"key\":3,\"doc_cou"
      "nt\":1},{\"key\":2,\"doc_count\":0},{\"key\":10,\"doc_count\":0}]},\"z\":{\"doc_count_error_upper_bo"
      "und\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":-3.5,\"doc_count\":1},{\"key\":1.5,\"doc_cou"
      "nt\":1},{\"key\":0.1,\"doc_count\":0},{\"key\":2.5,\"doc_count\":0},{\"key\":100.0,\"doc_count\":0}]"
      "}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"show_term_doc_count_error\":true,\"size\":"
      "1}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":2,\"buckets\":[{\"key\":\"a\",\"do"
      "c_count\":2,\"doc_count_error_upper_bound\":0}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"collect_mode\":\"breadth_first\",\"executi"
      "on_hint\":\"map\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\"a\",\"do"
      "c_count\":2},{\"key\":\"b\",\"doc_count\":1},{\"key\":\"c\",\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"show_term_doc_count_error\":\"true\"}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\"a\",\"do"
      "c_count\":2,\"doc_count_error_upper_bound\":0},{\"key\":\"b\",\"doc_count\":1,\"doc_count_error_uppe"
      "r_bound\":0},{\"key\":\"c\",\"doc_count\":1,\"doc_count_error_upper_bound\":0}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"size\":2.5}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":1,\"buckets\":[{\"key\":\"a\",\"do"
      "c_count\":2},{\"key\":\"b\",\"doc_count\":1}]}}" },
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

TEST(aggregation_terms, one_segment_answers_as_the_reference) { check(1, false); }

TEST(aggregation_terms, a_segment_per_document_answers_the_same) { check(1, true); }

TEST(aggregation_terms, three_shards_answer_the_same) { check(3, true); }
