/* Histograms, ranges and filters, as the reference answers them over the five documents of
 * aggregation_support_test.c: in one segment, in one segment per document, and on three shards. */
#include "aggregation/aggregation_test_support.h"
#include "base/test.h"

static const struct aggregation_case cases[] = {
    { "{\"size\":0,\"aggs\":{\"x\":{\"filters\":{\"filters\":{\"p\":{\"term\":{\"k\":\"a\"}},\"q\":{\"match"
      "_all\":{}}}}}}}",
      "{\"x\":{\"buckets\":{\"p\":{\"doc_count\":2},\"q\":{\"doc_count\":5}}}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"filters\":{\"filters\":[{\"term\":{\"k\":\"a\"}},{\"match_all\":{}}],"
      "\"other_bucket\":true}}}}",
      "{\"x\":{\"buckets\":[{\"doc_count\":2},{\"doc_count\":5},{\"doc_count\":0}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"filters\":{\"filters\":{\"p\":{\"term\":{\"k\":\"a\"}}},\"other_bucke"
      "t_key\":\"oo\"}}}}",
      "{\"x\":{\"buckets\":{\"p\":{\"doc_count\":2},\"oo\":{\"doc_count\":3}}}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"histogram\":{\"field\":\"l\",\"interval\":5}}}}",
      "{\"x\":{\"buckets\":[{\"key\":0.0,\"doc_count\":3},{\"key\":5.0,\"doc_count\":0},{\"key\":10.0,\"doc"
      "_count\":2}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"histogram\":{\"field\":\"l\",\"interval\":2,\"min_doc_count\":1,\"key"
      "ed\":true}}}}",
      "{\"x\":{\"buckets\":{\"0.0\":{\"key\":0.0,\"doc_count\":1},\"2.0\":{\"key\":2.0,\"doc_count\":2},\"1"
      "0.0\":{\"key\":10.0,\"doc_count\":2}}}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"histogram\":{\"field\":\"nope\",\"interval\":2}}}}",
      "{\"x\":{\"buckets\":[]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"histogram\":{\"field\":\"l\",\"interval\":5,\"extended_bounds\":{\"mi"
      "n\":-5,\"max\":20}}}}}",
      "{\"x\":{\"buckets\":[{\"key\":-5.0,\"doc_count\":0},{\"key\":0.0,\"doc_count\":3},{\"key\":5.0,\"doc"
      "_count\":0},{\"key\":10.0,\"doc_count\":2},{\"key\":15.0,\"doc_count\":0},{\"key\":20.0,\"doc_count"
      "\":0}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"histogram\":{\"field\":\"l\",\"interval\":5,\"hard_bounds\":{\"min\":"
      "0,\"max\":9}}}}}",
      "{\"x\":{\"buckets\":[{\"key\":0.0,\"doc_count\":3}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dt\",\"calendar_interval\":\"month\"}}}"
      "}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"2020-01-01T00:00:00.000Z\",\"key\":1577836800000,\"doc_cou"
      "nt\":1},{\"key_as_string\":\"2020-02-01T00:00:00.000Z\",\"key\":1580515200000,\"doc_count\":2},{\"ke"
      "y_as_string\":\"2020-03-01T00:00:00.000Z\",\"key\":1583020800000,\"doc_count\":0},{\"key_as_string\""
      ":\"2020-04-01T00:00:00.000Z\",\"key\":1585699200000,\"doc_count\":0},{\"key_as_string\":\"2020-05-01"
      "T00:00:00.000Z\",\"key\":1588291200000,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dt\",\"calendar_interval\":\"month\",\""
      "time_zone\":\"Europe/Paris\",\"keyed\":true}}}}",
      "{\"x\":{\"buckets\":{\"2020-01-01T00:00:00.000+01:00\":{\"key_as_string\":\"2020-01-01T00:00:00.000+"
      "01:00\",\"key\":1577833200000,\"doc_count\":1},\"2020-02-01T00:00:00.000+01:00\":{\"key_as_string\":"
      "\"2020-02-01T00:00:00.000+01:00\",\"key\":1580511600000,\"doc_count\":2},\"2020-03-01T00:00:00.000+0"
      "1:00\":{\"key_as_string\":\"2020-03-01T00:00:00.000+01:00\",\"key\":1583017200000,\"doc_count\":0},"
      "\"2020-04-01T00:00:00.000+02:00\":{\"key_as_string\":\"2020-04-01T00:00:00.000+02:00\",\"key\":15856"
      "92000000,\"doc_count\":0},\"2020-05-01T00:00:00.000+02:00\":{\"key_as_string\":\"2020-05-01T00:00:00"
      ".000+02:00\",\"key\":1588284000000,\"doc_count\":1}}}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dt\",\"fixed_interval\":\"30d\",\"forma"
      "t\":\"yyyy-MM-dd\"}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"2020-01-09\",\"key\":1578528000000,\"doc_count\":1},{\"key"
      "_as_string\":\"2020-02-08\",\"key\":1581120000000,\"doc_count\":2},{\"key_as_string\":\"2020-03-09\""
      ",\"key\":1583712000000,\"doc_count\":0},{\"key_as_string\":\"2020-04-08\",\"key\":1586304000000,\"do"
      "c_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"nope\",\"fixed_interval\":\"30d\",\"for"
      "mat\":\"yyyy-MM-dd\"}}}}",
      "{\"x\":{\"buckets\":[]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dn\",\"calendar_interval\":\"1M\",\"off"
      "set\":\"+1d\"}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"2020-01-02T00:00:00.000Z\",\"key\":1577923200000,\"doc_cou"
      "nt\":1},{\"key_as_string\":\"2020-02-02T00:00:00.000Z\",\"key\":1580601600000,\"doc_count\":2},{\"ke"
      "y_as_string\":\"2020-03-02T00:00:00.000Z\",\"key\":1583107200000,\"doc_count\":0},{\"key_as_string\""
      ":\"2020-04-02T00:00:00.000Z\",\"key\":1585785600000,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"range\":{\"field\":\"l\",\"ranges\":[{\"to\":3},{\"from\":3,\"to\":5}"
      ",{\"from\":5}]}}}}",
      "{\"x\":{\"buckets\":[{\"key\":\"*-3.0\",\"to\":3.0,\"doc_count\":2},{\"key\":\"3.0-5.0\",\"from\":3."
      "0,\"to\":5.0,\"doc_count\":1},{\"key\":\"5.0-*\",\"from\":5.0,\"doc_count\":2}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"range\":{\"field\":\"d\",\"keyed\":true,\"ranges\":[{\"to\":3,\"key\""
      ":\"low\"},{\"from\":3}]}}}}",
      "{\"x\":{\"buckets\":{\"low\":{\"to\":3.0,\"doc_count\":4},\"3.0-*\":{\"from\":3.0,\"doc_count\":1}}}"
      "}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_range\":{\"field\":\"dt\",\"format\":\"yyyy-MM\",\"time_zone\":"
      "\"+02:00\",\"keyed\":true,\"ranges\":[{\"to\":\"2020-02\"},{\"from\":\"2020-02\"}]}}}}",
      "{\"x\":{\"buckets\":{\"*-2020-02\":{\"to\":1.580508E12,\"to_as_string\":\"2020-02\",\"doc_count\":1}"
      ",\"2020-02-*\":{\"from\":1.580508E12,\"from_as_string\":\"2020-02\",\"doc_count\":3}}}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"ip_range\":{\"field\":\"ip\",\"ranges\":[{\"to\":\"10.0.0.1\"},{\"mas"
      "k\":\"10.0.0.0/8\"}]}}}}",
      "{\"x\":{\"buckets\":[{\"key\":\"*-10.0.0.1\",\"to\":\"10.0.0.1\",\"doc_count\":2},{\"key\":\"10.0.0."
      "0/8\",\"from\":\"10.0.0.0\",\"to\":\"11.0.0.0\",\"doc_count\":2}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"range\":{\"field\":\"nope\",\"ranges\":[{\"to\":3}]}}}}",
      "{\"x\":{\"buckets\":[{\"key\":\"*-3.0\",\"to\":3.0,\"doc_count\":0}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"filters\":{\"filters\":{\"b\":{\"match_all\":{}},\"a\":{\"match_all\""
      ":{}}},\"other_bucket\":true}}}}",
      "{\"x\":{\"buckets\":{\"a\":{\"doc_count\":5},\"b\":{\"doc_count\":5},\"_other_\":{\"doc_count\":0}}}"
      "}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"filters\":{\"filters\":[{\"match_all\":{}}],\"other_bucket_key\":\"a"
      "\"}}}}",
      "{\"x\":{\"buckets\":[{\"doc_count\":5},{\"doc_count\":0}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"histogram\":{\"field\":\"l\",\"interval\":\"5\"}}}}",
      "{\"x\":{\"buckets\":[{\"key\":0.0,\"doc_count\":3},{\"key\":5.0,\"doc_count\":0},{\"key\":10.0,\"doc"
      "_count\":2}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"histogram\":{\"field\":\"l\",\"interval\":5,\"offset\":2}}}}",
      "{\"x\":{\"buckets\":[{\"key\":-3.0,\"doc_count\":1},{\"key\":2.0,\"doc_count\":2},{\"key\":7.0,\"doc"
      "_count\":2}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"histogram\":{\"field\":\"l\",\"interval\":5,\"hard_bounds\":{\"min\":"
      "2}}}}}",
      "{\"x\":{\"buckets\":[{\"key\":10.0,\"doc_count\":2}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"histogram\":{\"field\":\"l\",\"interval\":5,\"order\":{\"_key\":\"des"
      "c\"}}}}}",
      "{\"x\":{\"buckets\":[{\"key\":10.0,\"doc_count\":2},{\"key\":5.0,\"doc_count\":0},{\"key\":0.0,\"doc"
      "_count\":3}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"histogram\":{\"field\":\"l\",\"interval\":5,\"order\":{\"_count\":\"d"
      "esc\"}}}}}",
      "{\"x\":{\"buckets\":[{\"key\":0.0,\"doc_count\":3},{\"key\":10.0,\"doc_count\":2},{\"key\":5.0,\"doc"
      "_count\":0}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"histogram\":{\"field\":\"l\",\"interval\":5,\"order\":[{\"_count\":\""
      "asc\"},{\"_key\":\"desc\"}]}}}}",
      "{\"x\":{\"buckets\":[{\"key\":5.0,\"doc_count\":0},{\"key\":10.0,\"doc_count\":2},{\"key\":0.0,\"doc"
      "_count\":3}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"histogram\":{\"field\":\"dt\",\"interval\":2592000000}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"2020-01-09T00:00:00.000Z\",\"key\":1.578528E12,\"doc_count"
      "\":1},{\"key_as_string\":\"2020-02-08T00:00:00.000Z\",\"key\":1.58112E12,\"doc_count\":2},{\"key_as_"
      "string\":\"2020-03-09T00:00:00.000Z\",\"key\":1.583712E12,\"doc_count\":0},{\"key_as_string\":\"2020"
      "-04-08T00:00:00.000Z\",\"key\":1.586304E12,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"histogram\":{\"field\":\"b\",\"interval\":1}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"false\",\"key\":0.0,\"doc_count\":1},{\"key_as_string\":\""
      "true\",\"key\":1.0,\"doc_count\":2}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"histogram\":{\"field\":\"d\",\"interval\":0.1,\"min_doc_count\":1}}}}",
      "{\"x\":{\"buckets\":[{\"key\":-3.5,\"doc_count\":1},{\"key\":0.1,\"doc_count\":1},{\"key\":1.5,\"doc"
      "_count\":1},{\"key\":2.5,\"doc_count\":1},{\"key\":100.0,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"histogram\":{\"field\":\"l\",\"interval\":5,\"format\":\"0.00\"}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"0.00\",\"key\":0.0,\"doc_count\":3},{\"key_as_string\":\"5"
      ".00\",\"key\":5.0,\"doc_count\":0},{\"key_as_string\":\"10.00\",\"key\":10.0,\"doc_count\":2}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"histogram\":{\"field\":\"l\",\"interval\":5,\"format\":\"0.00\",\"key"
      "ed\":true}}}}",
      "{\"x\":{\"buckets\":{\"0.00\":{\"key_as_string\":\"0.00\",\"key\":0.0,\"doc_count\":3},\"5.00\":{\"k"
      "ey_as_string\":\"5.00\",\"key\":5.0,\"doc_count\":0},\"10.00\":{\"key_as_string\":\"10.00\",\"key\":"
      "10.0,\"doc_count\":2}}}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"histogram\":{\"field\":\"l\",\"interval\":5,\"missing\":7}}}}",
      "{\"x\":{\"buckets\":[{\"key\":0.0,\"doc_count\":3},{\"key\":5.0,\"doc_count\":0},{\"key\":10.0,\"doc"
      "_count\":2}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"histogram\":{\"field\":\"nope\",\"interval\":5,\"missing\":7}}}}",
      "{\"x\":{\"buckets\":[{\"key\":5.0,\"doc_count\":5}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"histogram\":{\"field\":\"nope\",\"interval\":5,\"extended_bounds\":{"
      "\"min\":0,\"max\":10}}}}}",
      "{\"x\":{\"buckets\":[{\"key\":0.0,\"doc_count\":0},{\"key\":5.0,\"doc_count\":0},{\"key\":10.0,\"doc"
      "_count\":0}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"histogram\":{\"field\":\"m\",\"interval\":2}}}}",
      "{\"x\":{\"buckets\":[{\"key\":0.0,\"doc_count\":1},{\"key\":2.0,\"doc_count\":2}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"histogram\":{\"field\":\"l\",\"interval\":5,\"extended_bounds\":{\"mi"
      "n\":7,\"max\":8}}}}}",
      "{\"x\":{\"buckets\":[{\"key\":0.0,\"doc_count\":3},{\"key\":5.0,\"doc_count\":0},{\"key\":10.0,\"doc"
      "_count\":2}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"histogram\":{\"field\":\"l\",\"interval\":5,\"extended_bounds\":{\"mi"
      "n\":-3}}}}}",
      "{\"x\":{\"buckets\":[{\"key\":-5.0,\"doc_count\":0},{\"key\":0.0,\"doc_count\":3},{\"key\":5.0,\"doc"
      "_count\":0},{\"key\":10.0,\"doc_count\":2}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"histogram\":{\"field\":\"ul\",\"interval\":1e+18,\"min_doc_count\":1}"
      "}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"0.0\",\"key\":0.0,\"doc_count\":1},{\"key_as_string\":\"9."
      "0E18\",\"key\":9.0E18,\"doc_count\":1},{\"key_as_string\":\"1.8E19\",\"key\":1.8E19,\"doc_count\":1}"
      "]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"histogram\":{\"field\":\"dt\",\"interval\":2592000000,\"keyed\":true}"
      "}}}",
      "{\"x\":{\"buckets\":{\"2020-01-09T00:00:00.000Z\":{\"key_as_string\":\"2020-01-09T00:00:00.000Z\",\""
      "key\":1.578528E12,\"doc_count\":1},\"2020-02-08T00:00:00.000Z\":{\"key_as_string\":\"2020-02-08T00:0"
      "0:00.000Z\",\"key\":1.58112E12,\"doc_count\":2},\"2020-03-09T00:00:00.000Z\":{\"key_as_string\":\"20"
      "20-03-09T00:00:00.000Z\",\"key\":1.583712E12,\"doc_count\":0},\"2020-04-08T00:00:00.000Z\":{\"key_as"
      "_string\":\"2020-04-08T00:00:00.000Z\",\"key\":1.586304E12,\"doc_count\":1}}}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dt\",\"interval\":\"month\"}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"2020-01-01T00:00:00.000Z\",\"key\":1577836800000,\"doc_cou"
      "nt\":1},{\"key_as_string\":\"2020-02-01T00:00:00.000Z\",\"key\":1580515200000,\"doc_count\":2},{\"ke"
      "y_as_string\":\"2020-03-01T00:00:00.000Z\",\"key\":1583020800000,\"doc_count\":0},{\"key_as_string\""
      ":\"2020-04-01T00:00:00.000Z\",\"key\":1585699200000,\"doc_count\":0},{\"key_as_string\":\"2020-05-01"
      "T00:00:00.000Z\",\"key\":1588291200000,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dt\",\"interval\":\"30d\"}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"2020-01-09T00:00:00.000Z\",\"key\":1578528000000,\"doc_cou"
      "nt\":1},{\"key_as_string\":\"2020-02-08T00:00:00.000Z\",\"key\":1581120000000,\"doc_count\":2},{\"ke"
      "y_as_string\":\"2020-03-09T00:00:00.000Z\",\"key\":1583712000000,\"doc_count\":0},{\"key_as_string\""
      ":\"2020-04-08T00:00:00.000Z\",\"key\":1586304000000,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dt\",\"interval\":2592000000}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"2020-01-09T00:00:00.000Z\",\"key\":1578528000000,\"doc_cou"
      "nt\":1},{\"key_as_string\":\"2020-02-08T00:00:00.000Z\",\"key\":1581120000000,\"doc_count\":2},{\"ke"
      "y_as_string\":\"2020-03-09T00:00:00.000Z\",\"key\":1583712000000,\"doc_count\":0},{\"key_as_string\""
      ":\"2020-04-08T00:00:00.000Z\",\"key\":1586304000000,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dt\",\"calendar_interval\":\"quarter\"}"
      "}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"2020-01-01T00:00:00.000Z\",\"key\":1577836800000,\"doc_cou"
      "nt\":3},{\"key_as_string\":\"2020-04-01T00:00:00.000Z\",\"key\":1585699200000,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dt\",\"calendar_interval\":\"week\",\"m"
      "in_doc_count\":1}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"2020-01-13T00:00:00.000Z\",\"key\":1578873600000,\"doc_cou"
      "nt\":1},{\"key_as_string\":\"2020-02-10T00:00:00.000Z\",\"key\":1581292800000,\"doc_count\":1},{\"ke"
      "y_as_string\":\"2020-02-17T00:00:00.000Z\",\"key\":1581897600000,\"doc_count\":1},{\"key_as_string\""
      ":\"2020-04-27T00:00:00.000Z\",\"key\":1587945600000,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dt\",\"calendar_interval\":\"year\"}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"2020-01-01T00:00:00.000Z\",\"key\":1577836800000,\"doc_cou"
      "nt\":4}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dt\",\"calendar_interval\":\"hour\",\"m"
      "in_doc_count\":1}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"2020-01-15T10:00:00.000Z\",\"key\":1579082400000,\"doc_cou"
      "nt\":1},{\"key_as_string\":\"2020-02-15T23:00:00.000Z\",\"key\":1581807600000,\"doc_count\":1},{\"ke"
      "y_as_string\":\"2020-02-20T00:00:00.000Z\",\"key\":1582156800000,\"doc_count\":1},{\"key_as_string\""
      ":\"2020-05-01T12:00:00.000Z\",\"key\":1588334400000,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dt\",\"calendar_interval\":\"minute\","
      "\"min_doc_count\":1}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"2020-01-15T10:00:00.000Z\",\"key\":1579082400000,\"doc_cou"
      "nt\":1},{\"key_as_string\":\"2020-02-15T23:30:00.000Z\",\"key\":1581809400000,\"doc_count\":1},{\"ke"
      "y_as_string\":\"2020-02-20T00:00:00.000Z\",\"key\":1582156800000,\"doc_count\":1},{\"key_as_string\""
      ":\"2020-05-01T12:00:00.000Z\",\"key\":1588334400000,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dt\",\"calendar_interval\":\"1s\",\"min"
      "_doc_count\":1}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"2020-01-15T10:00:00.000Z\",\"key\":1579082400000,\"doc_cou"
      "nt\":1},{\"key_as_string\":\"2020-02-15T23:30:00.000Z\",\"key\":1581809400000,\"doc_count\":1},{\"ke"
      "y_as_string\":\"2020-02-20T00:00:00.000Z\",\"key\":1582156800000,\"doc_count\":1},{\"key_as_string\""
      ":\"2020-05-01T12:00:00.000Z\",\"key\":1588334400000,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dt\",\"fixed_interval\":\"12h\",\"min_d"
      "oc_count\":1,\"time_zone\":\"America/New_York\"}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"2020-01-15T00:00:00.000-05:00\",\"key\":1579064400000,\"do"
      "c_count\":1},{\"key_as_string\":\"2020-02-15T12:00:00.000-05:00\",\"key\":1581786000000,\"doc_count"
      "\":1},{\"key_as_string\":\"2020-02-19T12:00:00.000-05:00\",\"key\":1582131600000,\"doc_count\":1},{"
      "\"key_as_string\":\"2020-05-01T00:00:00.000-04:00\",\"key\":1588305600000,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dt\",\"calendar_interval\":\"day\",\"mi"
      "n_doc_count\":1,\"time_zone\":\"+05:30\"}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"2020-01-15T00:00:00.000+05:30\",\"key\":1579026600000,\"do"
      "c_count\":1},{\"key_as_string\":\"2020-02-16T00:00:00.000+05:30\",\"key\":1581791400000,\"doc_count"
      "\":1},{\"key_as_string\":\"2020-02-20T00:00:00.000+05:30\",\"key\":1582137000000,\"doc_count\":1},{"
      "\"key_as_string\":\"2020-05-01T00:00:00.000+05:30\",\"key\":1588271400000,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dt\",\"calendar_interval\":\"day\",\"mi"
      "n_doc_count\":1,\"time_zone\":-3}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"2020-01-15T00:00:00.000-03:00\",\"key\":1579057200000,\"do"
      "c_count\":1},{\"key_as_string\":\"2020-02-15T00:00:00.000-03:00\",\"key\":1581735600000,\"doc_count"
      "\":1},{\"key_as_string\":\"2020-02-19T00:00:00.000-03:00\",\"key\":1582081200000,\"doc_count\":1},{"
      "\"key_as_string\":\"2020-05-01T00:00:00.000-03:00\",\"key\":1588302000000,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dt\",\"calendar_interval\":\"month\",\""
      "offset\":\"5d\"}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"2020-01-06T00:00:00.000Z\",\"key\":1578268800000,\"doc_cou"
      "nt\":1},{\"key_as_string\":\"2020-02-06T00:00:00.000Z\",\"key\":1580947200000,\"doc_count\":2},{\"ke"
      "y_as_string\":\"2020-03-06T00:00:00.000Z\",\"key\":1583452800000,\"doc_count\":0},{\"key_as_string\""
      ":\"2020-04-06T00:00:00.000Z\",\"key\":1586131200000,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dt\",\"calendar_interval\":\"month\",\""
      "offset\":\"-12h\"}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"2019-12-31T12:00:00.000Z\",\"key\":1577793600000,\"doc_cou"
      "nt\":1},{\"key_as_string\":\"2020-01-31T12:00:00.000Z\",\"key\":1580472000000,\"doc_count\":2},{\"ke"
      "y_as_string\":\"2020-02-29T12:00:00.000Z\",\"key\":1582977600000,\"doc_count\":0},{\"key_as_string\""
      ":\"2020-03-31T12:00:00.000Z\",\"key\":1585656000000,\"doc_count\":0},{\"key_as_string\":\"2020-04-30"
      "T12:00:00.000Z\",\"key\":1588248000000,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dt\",\"calendar_interval\":\"month\",\""
      "offset\":3600000}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"2020-01-01T01:00:00.000Z\",\"key\":1577840400000,\"doc_cou"
      "nt\":1},{\"key_as_string\":\"2020-02-01T01:00:00.000Z\",\"key\":1580518800000,\"doc_count\":2},{\"ke"
      "y_as_string\":\"2020-03-01T01:00:00.000Z\",\"key\":1583024400000,\"doc_count\":0},{\"key_as_string\""
      ":\"2020-04-01T01:00:00.000Z\",\"key\":1585702800000,\"doc_count\":0},{\"key_as_string\":\"2020-05-01"
      "T01:00:00.000Z\",\"key\":1588294800000,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dt\",\"calendar_interval\":\"month\",\""
      "extended_bounds\":{\"min\":\"2019-11-15\",\"max\":\"2020-06\"}}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"2019-11-01T00:00:00.000Z\",\"key\":1572566400000,\"doc_cou"
      "nt\":0},{\"key_as_string\":\"2019-12-01T00:00:00.000Z\",\"key\":1575158400000,\"doc_count\":0},{\"ke"
      "y_as_string\":\"2020-01-01T00:00:00.000Z\",\"key\":1577836800000,\"doc_count\":1},{\"key_as_string\""
      ":\"2020-02-01T00:00:00.000Z\",\"key\":1580515200000,\"doc_count\":2},{\"key_as_string\":\"2020-03-01"
      "T00:00:00.000Z\",\"key\":1583020800000,\"doc_count\":0},{\"key_as_string\":\"2020-04-01T00:00:00.000"
      "Z\",\"key\":1585699200000,\"doc_count\":0},{\"key_as_string\":\"2020-05-01T00:00:00.000Z\",\"key\":1"
      "588291200000,\"doc_count\":1},{\"key_as_string\":\"2020-06-01T00:00:00.000Z\",\"key\":1590969600000,"
      "\"doc_count\":0}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dt\",\"calendar_interval\":\"month\",\""
      "extended_bounds\":{\"min\":\"2019-11-15\",\"max\":\"2020-06\"},\"offset\":\"2d\"}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"2019-11-03T00:00:00.000Z\",\"key\":1572739200000,\"doc_cou"
      "nt\":0},{\"key_as_string\":\"2019-12-03T00:00:00.000Z\",\"key\":1575331200000,\"doc_count\":0},{\"ke"
      "y_as_string\":\"2020-01-03T00:00:00.000Z\",\"key\":1578009600000,\"doc_count\":1},{\"key_as_string\""
      ":\"2020-02-03T00:00:00.000Z\",\"key\":1580688000000,\"doc_count\":2},{\"key_as_string\":\"2020-03-03"
      "T00:00:00.000Z\",\"key\":1583193600000,\"doc_count\":0},{\"key_as_string\":\"2020-04-03T00:00:00.000"
      "Z\",\"key\":1585872000000,\"doc_count\":1},{\"key_as_string\":\"2020-05-03T00:00:00.000Z\",\"key\":1"
      "588464000000,\"doc_count\":0},{\"key_as_string\":\"2020-06-03T00:00:00.000Z\",\"key\":1591142400000,"
      "\"doc_count\":0}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dt\",\"calendar_interval\":\"month\",\""
      "hard_bounds\":{\"min\":\"2020-02-01\",\"max\":\"2020-03\"}}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"2020-02-01T00:00:00.000Z\",\"key\":1580515200000,\"doc_cou"
      "nt\":2}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dt\",\"calendar_interval\":\"month\",\""
      "format\":\"yyyy-MM\",\"extended_bounds\":{\"min\":\"2019-11\",\"max\":\"2020-06\"}}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"2019-11\",\"key\":1572566400000,\"doc_count\":0},{\"key_as"
      "_string\":\"2019-12\",\"key\":1575158400000,\"doc_count\":0},{\"key_as_string\":\"2020-01\",\"key\":"
      "1577836800000,\"doc_count\":1},{\"key_as_string\":\"2020-02\",\"key\":1580515200000,\"doc_count\":2}"
      ",{\"key_as_string\":\"2020-03\",\"key\":1583020800000,\"doc_count\":0},{\"key_as_string\":\"2020-04"
      "\",\"key\":1585699200000,\"doc_count\":0},{\"key_as_string\":\"2020-05\",\"key\":1588291200000,\"doc"
      "_count\":1},{\"key_as_string\":\"2020-06\",\"key\":1590969600000,\"doc_count\":0}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dt\",\"calendar_interval\":\"month\",\""
      "order\":{\"_key\":\"desc\"},\"keyed\":true}}}}",
      "{\"x\":{\"buckets\":{\"2020-05-01T00:00:00.000Z\":{\"key_as_string\":\"2020-05-01T00:00:00.000Z\",\""
      "key\":1588291200000,\"doc_count\":1},\"2020-04-01T00:00:00.000Z\":{\"key_as_string\":\"2020-04-01T00"
      ":00:00.000Z\",\"key\":1585699200000,\"doc_count\":0},\"2020-03-01T00:00:00.000Z\":{\"key_as_string\""
      ":\"2020-03-01T00:00:00.000Z\",\"key\":1583020800000,\"doc_count\":0},\"2020-02-01T00:00:00.000Z\":{"
      "\"key_as_string\":\"2020-02-01T00:00:00.000Z\",\"key\":1580515200000,\"doc_count\":2},\"2020-01-01T0"
      "0:00:00.000Z\":{\"key_as_string\":\"2020-01-01T00:00:00.000Z\",\"key\":1577836800000,\"doc_count\":1"
      "}}}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dt\",\"calendar_interval\":\"month\",\""
      "order\":{\"_count\":\"desc\"}}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"2020-02-01T00:00:00.000Z\",\"key\":1580515200000,\"doc_cou"
      "nt\":2},{\"key_as_string\":\"2020-01-01T00:00:00.000Z\",\"key\":1577836800000,\"doc_count\":1},{\"ke"
      "y_as_string\":\"2020-05-01T00:00:00.000Z\",\"key\":1588291200000,\"doc_count\":1},{\"key_as_string\""
      ":\"2020-03-01T00:00:00.000Z\",\"key\":1583020800000,\"doc_count\":0},{\"key_as_string\":\"2020-04-01"
      "T00:00:00.000Z\",\"key\":1585699200000,\"doc_count\":0}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dt\",\"calendar_interval\":\"month\",\""
      "missing\":\"2020-03-03\"}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"2020-01-01T00:00:00.000Z\",\"key\":1577836800000,\"doc_cou"
      "nt\":1},{\"key_as_string\":\"2020-02-01T00:00:00.000Z\",\"key\":1580515200000,\"doc_count\":2},{\"ke"
      "y_as_string\":\"2020-03-01T00:00:00.000Z\",\"key\":1583020800000,\"doc_count\":1},{\"key_as_string\""
      ":\"2020-04-01T00:00:00.000Z\",\"key\":1585699200000,\"doc_count\":0},{\"key_as_string\":\"2020-05-01"
      "T00:00:00.000Z\",\"key\":1588291200000,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"nope\",\"calendar_interval\":\"month\","
      "\"missing\":\"2020-03-03\"}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"2020-03-01T00:00:00.000Z\",\"key\":1583020800000,\"doc_cou"
      "nt\":5}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"nope\",\"calendar_interval\":\"month\","
      "\"extended_bounds\":{\"min\":\"2019-11-15\",\"max\":\"2020-01\"}}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"2019-11-01T00:00:00.000Z\",\"key\":1572566400000,\"doc_cou"
      "nt\":0},{\"key_as_string\":\"2019-12-01T00:00:00.000Z\",\"key\":1575158400000,\"doc_count\":0},{\"ke"
      "y_as_string\":\"2020-01-01T00:00:00.000Z\",\"key\":1577836800000,\"doc_count\":0}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"l\",\"calendar_interval\":\"month\"}}}}",
      "{\"x\":{\"buckets\":[{\"key\":0,\"doc_count\":5}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"l\",\"fixed_interval\":\"1ms\"}}}}",
      "{\"x\":{\"buckets\":[{\"key\":1,\"doc_count\":1},{\"key\":2,\"doc_count\":1},{\"key\":3,\"doc_count"
      "\":1},{\"key\":4,\"doc_count\":0},{\"key\":5,\"doc_count\":0},{\"key\":6,\"doc_count\":0},{\"key\":7"
      ",\"doc_count\":0},{\"key\":8,\"doc_count\":0},{\"key\":9,\"doc_count\":0},{\"key\":10,\"doc_count\":"
      "2}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dt\",\"calendar_interval\":\"month\",\""
      "format\":\"epoch_millis\"}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"1577836800000\",\"key\":1577836800000,\"doc_count\":1},{\""
      "key_as_string\":\"1580515200000\",\"key\":1580515200000,\"doc_count\":2},{\"key_as_string\":\"158302"
      "0800000\",\"key\":1583020800000,\"doc_count\":0},{\"key_as_string\":\"1585699200000\",\"key\":158569"
      "9200000,\"doc_count\":0},{\"key_as_string\":\"1588291200000\",\"key\":1588291200000,\"doc_count\":1}"
      "]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dt\",\"calendar_interval\":\"month\",\""
      "time_zone\":\"Europe/Paris\",\"format\":\"yyyy-MM-dd HH:mm Z\"}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"2020-01-01 00:00 +0100\",\"key\":1577833200000,\"doc_count"
      "\":1},{\"key_as_string\":\"2020-02-01 00:00 +0100\",\"key\":1580511600000,\"doc_count\":2},{\"key_as"
      "_string\":\"2020-03-01 00:00 +0100\",\"key\":1583017200000,\"doc_count\":0},{\"key_as_string\":\"202"
      "0-04-01 00:00 +0200\",\"key\":1585692000000,\"doc_count\":0},{\"key_as_string\":\"2020-05-01 00:00 +"
      "0200\",\"key\":1588284000000,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"b\",\"fixed_interval\":\"1d\"}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"false\",\"key\":0,\"doc_count\":3}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dn\",\"fixed_interval\":\"30d\",\"missi"
      "ng\":\"2020-01-01\"}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"2019-12-10T00:00:00.000Z\",\"key\":1575936000000,\"doc_cou"
      "nt\":1},{\"key_as_string\":\"2020-01-09T00:00:00.000Z\",\"key\":1578528000000,\"doc_count\":1},{\"ke"
      "y_as_string\":\"2020-02-08T00:00:00.000Z\",\"key\":1581120000000,\"doc_count\":2},{\"key_as_string\""
      ":\"2020-03-09T00:00:00.000Z\",\"key\":1583712000000,\"doc_count\":0},{\"key_as_string\":\"2020-04-08"
      "T00:00:00.000Z\",\"key\":1586304000000,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dt\",\"fixed_interval\":\"1d\",\"time_z"
      "one\":\"Europe/Paris\",\"min_doc_count\":1}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"2020-01-15T00:00:00.000+01:00\",\"key\":1579042800000,\"do"
      "c_count\":1},{\"key_as_string\":\"2020-02-16T00:00:00.000+01:00\",\"key\":1581807600000,\"doc_count"
      "\":1},{\"key_as_string\":\"2020-02-20T00:00:00.000+01:00\",\"key\":1582153200000,\"doc_count\":1},{"
      "\"key_as_string\":\"2020-05-01T00:00:00.000+02:00\",\"key\":1588284000000,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dt\",\"calendar_interval\":\"month\"},"
      "\"aggs\":{\"s\":{\"stats\":{\"field\":\"l\"}},\"k\":{\"terms\":{\"field\":\"k\"}}}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"2020-01-01T00:00:00.000Z\",\"key\":1577836800000,\"doc_cou"
      "nt\":1,\"s\":{\"count\":1,\"min\":1.0,\"max\":1.0,\"avg\":1.0,\"sum\":1.0},\"k\":{\"doc_count_error_"
      "upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\"a\",\"doc_count\":1}]}},{\"key_as_"
      "string\":\"2020-02-01T00:00:00.000Z\",\"key\":1580515200000,\"doc_count\":2,\"s\":{\"count\":2,\"min"
      "\":2.0,\"max\":3.0,\"avg\":2.5,\"sum\":5.0},\"k\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc"
      "_count\":0,\"buckets\":[{\"key\":\"a\",\"doc_count\":1},{\"key\":\"b\",\"doc_count\":1}]}},{\"key_as"
      "_string\":\"2020-03-01T00:00:00.000Z\",\"key\":1583020800000,\"doc_count\":0,\"s\":{\"count\":0,\"mi"
      "n\":null,\"max\":null,\"avg\":null,\"sum\":0.0},\"k\":{\"doc_count_error_upper_bound\":0,\"sum_other"
      "_doc_count\":0,\"buckets\":[]}},{\"key_as_string\":\"2020-04-01T00:00:00.000Z\",\"key\":158569920000"
      "0,\"doc_count\":0,\"s\":{\"count\":0,\"min\":null,\"max\":null,\"avg\":null,\"sum\":0.0},\"k\":{\"do"
      "c_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buckets\":[]}},{\"key_as_string\":\"2020-0"
      "5-01T00:00:00.000Z\",\"key\":1588291200000,\"doc_count\":1,\"s\":{\"count\":1,\"min\":10.0,\"max\":1"
      "0.0,\"avg\":10.0,\"sum\":10.0},\"k\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\""
      "buckets\":[{\"key\":\"c\",\"doc_count\":1}]}}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dt\",\"calendar_interval\":\"month\",\""
      "order\":{\"s.max\":\"desc\"}},\"aggs\":{\"s\":{\"stats\":{\"field\":\"l\"}}}}}}",
      "{\"x\":{\"buckets\":[{\"key_as_string\":\"2020-05-01T00:00:00.000Z\",\"key\":1588291200000,\"doc_cou"
      "nt\":1,\"s\":{\"count\":1,\"min\":10.0,\"max\":10.0,\"avg\":10.0,\"sum\":10.0}},{\"key_as_string\":"
      "\"2020-02-01T00:00:00.000Z\",\"key\":1580515200000,\"doc_count\":2,\"s\":{\"count\":2,\"min\":2.0,\""
      "max\":3.0,\"avg\":2.5,\"sum\":5.0}},{\"key_as_string\":\"2020-01-01T00:00:00.000Z\",\"key\":15778368"
      "00000,\"doc_count\":1,\"s\":{\"count\":1,\"min\":1.0,\"max\":1.0,\"avg\":1.0,\"sum\":1.0}},{\"key_as"
      "_string\":\"2020-03-01T00:00:00.000Z\",\"key\":1583020800000,\"doc_count\":0,\"s\":{\"count\":0,\"mi"
      "n\":null,\"max\":null,\"avg\":null,\"sum\":0.0}},{\"key_as_string\":\"2020-04-01T00:00:00.000Z\",\"k"
      "ey\":1585699200000,\"doc_count\":0,\"s\":{\"count\":0,\"min\":null,\"max\":null,\"avg\":null,\"sum\""
      ":0.0}}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"histogram\":{\"field\":\"l\",\"interval\":3},\"aggs\":{\"s\":{\"avg\""
      ":{\"field\":\"d\"}}}}}}",
      "{\"x\":{\"buckets\":[{\"key\":0.0,\"doc_count\":2,\"s\":{\"value\":2.0}},{\"key\":3.0,\"doc_count\":"
      "1,\"s\":{\"value\":-3.5}},{\"key\":6.0,\"doc_count\":0,\"s\":{\"value\":null}},{\"key\":9.0,\"doc_co"
      "unt\":2,\"s\":{\"value\":50.05}}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"range\":{\"field\":\"l\",\"ranges\":[{}]}}}}",
      "{\"x\":{\"buckets\":[{\"key\":\"*-*\",\"doc_count\":5}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"range\":{\"field\":\"l\",\"ranges\":[{\"from\":\"1\",\"to\":\"3\"}]}}"
      "}}",
      "{\"x\":{\"buckets\":[{\"key\":\"1.0-3.0\",\"from\":1.0,\"to\":3.0,\"doc_count\":2}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"range\":{\"field\":\"l\",\"ranges\":[{\"from\":5,\"to\":1}]}}}}",
      "{\"x\":{\"buckets\":[{\"key\":\"5.0-1.0\",\"from\":5.0,\"to\":1.0,\"doc_count\":0}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"range\":{\"field\":\"l\",\"ranges\":[{\"from\":5},{\"to\":3},{\"from"
      "\":1,\"to\":2,\"key\":\"z\"}]}}}}",
      "{\"x\":{\"buckets\":[{\"key\":\"*-3.0\",\"to\":3.0,\"doc_count\":2},{\"key\":\"z\",\"from\":1.0,\"to"
      "\":2.0,\"doc_count\":1},{\"key\":\"5.0-*\",\"from\":5.0,\"doc_count\":2}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"range\":{\"field\":\"d\",\"ranges\":[{\"from\":0.5,\"to\":2.25}]}}}}",
      "{\"x\":{\"buckets\":[{\"key\":\"0.5-2.25\",\"from\":0.5,\"to\":2.25,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"range\":{\"field\":\"m\",\"ranges\":[{\"from\":1,\"to\":2.5},{\"to\":"
      "10}]}}}}",
      "{\"x\":{\"buckets\":[{\"key\":\"*-10.0\",\"to\":10.0,\"doc_count\":2},{\"key\":\"1.0-2.5\",\"from\":"
      "1.0,\"to\":2.5,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"range\":{\"field\":\"l\",\"ranges\":[{\"to\":3}],\"format\":\"0.00\"}"
      "}}}",
      "{\"x\":{\"buckets\":[{\"key\":\"*-3.00\",\"to\":3.0,\"to_as_string\":\"3.00\",\"doc_count\":2}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"range\":{\"field\":\"l\",\"ranges\":[{\"to\":3}],\"missing\":1}}}}",
      "{\"x\":{\"buckets\":[{\"key\":\"*-3.0\",\"to\":3.0,\"doc_count\":2}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"range\":{\"field\":\"dt\",\"ranges\":[{\"to\":1581000000000}]}}}}",
      "{\"x\":{\"buckets\":[{\"key\":\"*-2020-02-06T14:40:00.000Z\",\"to\":1.581E12,\"to_as_string\":\"2020"
      "-02-06T14:40:00.000Z\",\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"range\":{\"field\":\"l\",\"ranges\":[{\"from\":null,\"to\":3}]}}}}",
      "{\"x\":{\"buckets\":[{\"key\":\"*-3.0\",\"to\":3.0,\"doc_count\":2}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"range\":{\"field\":\"l\",\"keyed\":true,\"ranges\":[{\"from\":1,\"to"
      "\":3},{\"from\":1,\"to\":3}]}}}}",
      "{\"x\":{\"buckets\":{\"1.0-3.0\":{\"from\":1.0,\"to\":3.0,\"doc_count\":2},\"1.0-3.0\":{\"from\":1.0"
      ",\"to\":3.0,\"doc_count\":2}}}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"range\":{\"field\":\"f\",\"ranges\":[{\"from\":1.1,\"to\":2.2},{\"fro"
      "m\":2.2}]}}}}",
      "{\"x\":{\"buckets\":[{\"key\":\"1.1-2.2\",\"from\":1.1,\"to\":2.2,\"doc_count\":1},{\"key\":\"2.2-*"
      "\",\"from\":2.2,\"doc_count\":3}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"range\":{\"field\":\"l\",\"ranges\":[{\"from\":1,\"to\":3},{\"from\":"
      "2,\"to\":11}]}}}}",
      "{\"x\":{\"buckets\":[{\"key\":\"1.0-3.0\",\"from\":1.0,\"to\":3.0,\"doc_count\":2},{\"key\":\"2.0-11"
      ".0\",\"from\":2.0,\"to\":11.0,\"doc_count\":4}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"range\":{\"field\":\"hf\",\"ranges\":[{\"from\":1.1,\"to\":2.2}]}}}}",
      "{\"x\":{\"buckets\":[{\"key\":\"1.1-2.2\",\"from\":1.1,\"to\":2.2,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"range\":{\"field\":\"sf\",\"ranges\":[{\"from\":1.23,\"to\":7.89}]}}}"
      "}",
      "{\"x\":{\"buckets\":[{\"key\":\"1.23-7.89\",\"from\":1.23,\"to\":7.89,\"doc_count\":2}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"range\":{\"field\":\"b\",\"ranges\":[{\"from\":0,\"to\":1}]}}}}",
      "{\"x\":{\"buckets\":[{\"key\":\"false-true\",\"from\":0.0,\"from_as_string\":false,\"to\":1.0,\"to_a"
      "s_string\":true,\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_range\":{\"field\":\"dt\",\"ranges\":[{\"from\":\"2020-02\"}],\""
      "keyed\":true}}}}",
      "{\"x\":{\"buckets\":{\"2020-02-01T00:00:00.000Z-*\":{\"from\":1.5805152E12,\"from_as_string\":\"2020"
      "-02-01T00:00:00.000Z\",\"doc_count\":3}}}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_range\":{\"field\":\"dt\",\"ranges\":[{\"from\":1581000000000,\""
      "to\":1582000000000.5}]}}}}",
      "{\"x\":{\"buckets\":[{\"key\":\"2020-02-06T14:40:00.000Z-2020-02-18T04:26:40.000Z\",\"from\":1.581E1"
      "2,\"from_as_string\":\"2020-02-06T14:40:00.000Z\",\"to\":1.582E12,\"to_as_string\":\"2020-02-18T04:2"
      "6:40.000Z\",\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_range\":{\"field\":\"dt\",\"format\":\"yyyy\",\"ranges\":[{\"fro"
      "m\":\"2020\",\"to\":\"2021\",\"key\":\"y\"}]}}}}",
      "{\"x\":{\"buckets\":[{\"key\":\"y\",\"from\":1.5778368E12,\"from_as_string\":\"2020\",\"to\":1.60945"
      "92E12,\"to_as_string\":\"2021\",\"doc_count\":4}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_range\":{\"field\":\"dt\",\"missing\":\"2019-01-01\",\"ranges\":"
      "[{\"to\":\"2020-01-01\"}]}}}}",
      "{\"x\":{\"buckets\":[{\"key\":\"*-2020-01-01T00:00:00.000Z\",\"to\":1.5778368E12,\"to_as_string\":\""
      "2020-01-01T00:00:00.000Z\",\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_range\":{\"field\":\"nope\",\"ranges\":[{\"to\":\"2020-01-01\"}]"
      "}}}}",
      "{\"x\":{\"buckets\":[{\"key\":\"*-2020-01-01T00:00:00.000Z\",\"to\":1.5778368E12,\"to_as_string\":\""
      "2020-01-01T00:00:00.000Z\",\"doc_count\":0}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_range\":{\"field\":\"nope\",\"format\":\"yyyy\",\"ranges\":[{\"t"
      "o\":\"2020\"}]}}}}",
      "{\"x\":{\"buckets\":[{\"key\":\"*-2020\",\"to\":1.5778368E12,\"to_as_string\":\"2020\",\"doc_count\""
      ":0}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_range\":{\"field\":\"dt\",\"time_zone\":\"Europe/Paris\",\"range"
      "s\":[{\"from\":\"2020-02-01\",\"to\":\"2020-02-01||+1M\"}]}}}}",
      "{\"x\":{\"buckets\":[{\"key\":\"2020-02-01T00:00:00.000+01:00-2020-03-01T00:00:00.000+01:00\",\"from"
      "\":1.5805116E12,\"from_as_string\":\"2020-02-01T00:00:00.000+01:00\",\"to\":1.5830172E12,\"to_as_str"
      "ing\":\"2020-03-01T00:00:00.000+01:00\",\"doc_count\":2}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_range\":{\"field\":\"dt\",\"ranges\":[{\"from\":\"2020-03-01\","
      "\"to\":\"2020-02-01\"}]}}}}",
      "{\"x\":{\"buckets\":[{\"key\":\"2020-03-01T00:00:00.000Z-2020-02-01T00:00:00.000Z\",\"from\":1.58302"
      "08E12,\"from_as_string\":\"2020-03-01T00:00:00.000Z\",\"to\":1.5805152E12,\"to_as_string\":\"2020-02"
      "-01T00:00:00.000Z\",\"doc_count\":0}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"ip_range\":{\"field\":\"ip\",\"ranges\":[{\"to\":\"10.0.0.2\",\"from"
      "\":\"1.0.0.0\",\"key\":\"q\"}]}}}}",
      "{\"x\":{\"buckets\":[{\"key\":\"q\",\"from\":\"1.0.0.0\",\"to\":\"10.0.0.2\",\"doc_count\":2}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"ip_range\":{\"field\":\"ip\",\"ranges\":[{\"mask\":\"10.0.0.0/24\",\""
      "key\":\"m\"}],\"keyed\":true}}}}",
      "{\"x\":{\"buckets\":{\"m\":{\"from\":\"10.0.0.0\",\"to\":\"10.0.1.0\",\"doc_count\":2}}}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"ip_range\":{\"field\":\"ip\",\"ranges\":[{}]}}}}",
      "{\"x\":{\"buckets\":[{\"key\":\"*-*\",\"doc_count\":4}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"ip_range\":{\"field\":\"ip\",\"ranges\":[{\"mask\":\"::/0\"},{\"mask"
      "\":\"0.0.0.0/0\"},{\"mask\":\"10.0.0.1/32\"},{\"from\":\"::2\"}]}}}}",
      "{\"x\":{\"buckets\":[{\"key\":\"::/0\",\"doc_count\":4},{\"key\":\"::2-*\",\"from\":\"::2\",\"doc_co"
      "unt\":3},{\"key\":\"0.0.0.0/0\",\"from\":\"0.0.0.0\",\"to\":\"::1:0:0:0\",\"doc_count\":3},{\"key\":"
      "\"10.0.0.1/32\",\"from\":\"10.0.0.1\",\"to\":\"10.0.0.2\",\"doc_count\":1}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"ip_range\":{\"field\":\"nope\",\"ranges\":[{\"to\":\"1.1.1.1\"}]}}}}",
      "{\"x\":{\"buckets\":[{\"key\":\"*-1.1.1.1\",\"to\":\"1.1.1.1\",\"doc_count\":0}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"ip_range\":{\"field\":\"ip\",\"missing\":\"9.9.9.9\",\"ranges\":[{\"t"
      "o\":\"10.0.0.0\"}]}}}}",
      "{\"x\":{\"buckets\":[{\"key\":\"*-10.0.0.0\",\"to\":\"10.0.0.0\",\"doc_count\":3}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"ip_range\":{\"field\":\"ip\",\"ranges\":[{\"mask\":\"10.0.0.0/8\",\"t"
      "o\":\"1.1.1.1\"}]}}}}",
      "{\"x\":{\"buckets\":[{\"key\":\"10.0.0.0/8\",\"from\":\"10.0.0.0\",\"to\":\"11.0.0.0\",\"doc_count\""
      ":2}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_range\":{\"field\":\"dt\",\"ranges\":[{\"from\":\"2020-02\"},{\""
      "to\":\"2020-02\"}]},\"aggs\":{\"a\":{\"avg\":{\"field\":\"l\"}},\"t\":{\"terms\":{\"field\":\"k\"}}}"
      "}}}",
      "{\"x\":{\"buckets\":[{\"key\":\"*-2020-02-01T00:00:00.000Z\",\"to\":1.5805152E12,\"to_as_string\":\""
      "2020-02-01T00:00:00.000Z\",\"doc_count\":1,\"a\":{\"value\":1.0},\"t\":{\"doc_count_error_upper_boun"
      "d\":0,\"sum_other_doc_count\":0,\"buckets\":[{\"key\":\"a\",\"doc_count\":1}]}},{\"key\":\"2020-02-0"
      "1T00:00:00.000Z-*\",\"from\":1.5805152E12,\"from_as_string\":\"2020-02-01T00:00:00.000Z\",\"doc_coun"
      "t\":3,\"a\":{\"value\":5.0},\"t\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,\"buc"
      "kets\":[{\"key\":\"a\",\"doc_count\":1},{\"key\":\"b\",\"doc_count\":1},{\"key\":\"c\",\"doc_count\""
      ":1}]}}]}}" },
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

TEST(aggregation_buckets, one_segment_answers_as_the_reference) { check(1, false); }

TEST(aggregation_buckets, a_segment_per_document_answers_the_same) { check(1, true); }

TEST(aggregation_buckets, three_shards_answer_the_same) { check(3, true); }
