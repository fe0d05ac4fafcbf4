/* What the reference refuses, with its words. Bodies are kept as they were sent, for lines and columns. */
#include "aggregation/aggregation_test_support.h"
#include "base/test.h"

static const struct aggregation_case cases[] = {
    { "{\"size\":0,\"aggs\":{\"x\":{\"avg\":{\"field\":\"l\",\"missing\":null}}}}",
      "error: x_content_parse_exception: [1:53] [avg] failed to parse field [missing]" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"avg\":{\"field\":\"l\",\"missing\":true}}}}",
      "error: number_format_exception: For input string: \"true\"" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"avg\":{\"field\":\"l\",\"missing\":\"1.2.3\"}}}}",
      "error: number_format_exception: multiple points" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"b\",\"missing\":1}}}}",
      "error: illegal_argument_exception: Cannot parse boolean [1], expected either [true] or [fa"
      "lse]" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"ip\",\"missing\":5}}}}",
      "error: illegal_argument_exception: '5' is not an IP string literal." },
    { "{\"size\":0,\"aggs\":{\"x\":{\"avg\":{\"field\":\"l\",\"format\":\"0.#0\"}}}}",
      "error: illegal_argument_exception: Unexpected '0' in pattern \"0.#0\"" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"avg\":{\"field\":\"l\",\"format\":\"$0\",\"missing\":5}}}}",
      "error: runtime_exception: java.text.ParseException: Unparseable number: \"5\"" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"percentiles\":{\"field\":\"sf\",\"missing\":\"NaN\"}}}}",
      "error: illegal_argument_exception: Cannot add NaN to t-digest" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"avg\":{\"field\":\"l\",\"value_type\":\"string\"}}}}",
      "error: illegal_argument_exception: Field [l] of type [long] is not supported for aggregati"
      "on [avg]" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"date_histogram\":{\"field\":\"dt\",\"calen"
      "dar_interval\":\"year\",\"hard_bou"
      "nds\":{\"max\":\"2021\"},\"extended_bounds\":{\"max\":\"2023\"}}}}}",
      "error: illegal_argument_exception: Extended bounds have to be inside hard bounds, hard bou"
      "nds: [--2021], extended bounds: [--2023]" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"order\":{\"s.avg\":\"asc\"}}}}}",
      "error: aggregation_execution_exception: Invalid aggregation order path [s.avg]. The provid"
      "ed aggregation [s.avg] either does not exist, or is a pipeline aggregation and cannot be u"
      "sed to sort the buckets." },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"avg\": {\"field\": \"k\"}}}}",
      "error: illegal_argument_exception: Field [k] of type [keyword] is not supported for aggregation [avg"
      "]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"avg\": {\"field\": \"t\"}}}}",
      "error: illegal_argument_exception: Text fields are not optimised for operations that require per-doc"
      "ument field data like aggregations and sorting, so these operations are disabled by default. Please "
      "use a keyword field instead. Alternatively, set fielddata=true on [t] in order to load field data by"
      " uninverting the inverted index. Note that this can use significant memory." },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"avg\": {\"field\": \"ip\"}}}}",
      "error: illegal_argument_exception: Field [ip] of type [ip] is not supported for aggregation [avg]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"avg\": {\"field\": \"nodvl\"}}}}",
      "error: illegal_argument_exception: Can't load fielddata on [nodvl] because fielddata is unsupported "
      "on fields of type [long]. Use doc values instead." },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"nodv\"}}}}",
      "error: illegal_argument_exception: Can't load fielddata on [nodv] because fielddata is unsupported o"
      "n fields of type [keyword]. Use doc values instead." },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"avg\": {}}}}",
      "error: illegal_argument_exception: Required one of fields [field, script], but none were "
      "specified. " },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"median_absolute_deviation\": {\"field\": \"dt\"}}}}",
      "error: illegal_argument_exception: Field [dt] of type [date] is not supported for aggregation [media"
      "n_absolute_deviation]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"foo\": {}}}}",
      "error: parsing_exception: Unknown aggregation type [foo]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"term\": {\"field\": \"l\"}}}}",
      "error: parsing_exception: Unknown aggregation type [term] did you mean [terms]?" },
    { "{\"size\": 0, \"aggs\": {\"x\": {}}}",
      "error: parsing_exception: Missing definition for aggregation [x]" },
    { "{\"size\": 0, \"aggs\": {\"x\": 5}}",
      "error: parsing_exception: Aggregation definition for [x starts with a [VALUE_NUMBER], expected a [ST"
      "ART_OBJECT]." },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"avg\": 5}}}",
      "error: parsing_exception: Expected [START_OBJECT] under [avg], but got a [VALUE_NUMBER] in [x]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"avg\": {\"field\": \"l\"}, \"max\": {\"field\": \"l\"}}}}",
      "error: parsing_exception: Found two aggregation type definitions in [x]: [avg] and [max]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"avg\": {\"field\": \"l\"}, \"foo\": 5}}}",
      "error: parsing_exception: Expected [START_OBJECT] under [foo], but got a [VALUE_NUMBER] in [x]" },
    { "{\"size\": 0, \"aggs\": {\"x[\": {\"avg\": {\"field\": \"l\"}}}}",
      "error: parsing_exception: Invalid aggregation name [x[]. Aggregation names can contain any character"
      " except '[', ']', and '>'" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"avg\": {\"field\": \"l\", \"bogus\": 1}}}}",
      "error: x_content_parse_exception: [1:50] [avg] unknown field [bogus]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"avg\": {\"field\": 5}}}}",
      "error: x_content_parse_exception: [1:45] [avg] field doesn't support values of type: VALUE_NUMBER" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"avg\": {\"field\": [\"l\"]}}}}",
      "error: x_content_parse_exception: [1:45] [avg] field doesn't support values of type: START_ARRAY" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"avg\": {\"field\": null}}}}",
      "error: x_content_parse_exception: [1:45] [avg] field doesn't support values of type: VALUE_NULL" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"avg\": {\"field\": \"l\"}, \"aggs\": {\"y\": {\"max\": {\"field\""
      ": \"l\"}}}}}}",
      "error: aggregation_initialization_exception: Aggregator [x] of type [avg] cannot accept sub-aggregat"
      "ions" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"avg\": {\"field\": \"l\"}, \"meta\": 5}}}",
      "error: parsing_exception: Expected [START_OBJECT] under [meta], but got a [VALUE_NUMBER] in [x]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\"}, \"aggs\": {\"y\": {\"max\": {\"field"
      "\": \"l\"}}}, \"aggregations\": {\"z\": {\"max\": {\"field\": \"l\"}}}}}}",
      "error: parsing_exception: Found two sub aggregation definitions under [x]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\"}}, \"x>\": {\"max\": {\"field\": \"l\""
      "}}}}",
      "error: parsing_exception: Invalid aggregation name [x>]. Aggregation names can contain any character"
      " except '[', ']', and '>'" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\", \"size\": 0}}}}",
      "error: x_content_parse_exception: [1:60] [terms] failed to parse field [size]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\", \"size\": -1}}}}",
      "error: x_content_parse_exception: [1:60] [terms] failed to parse field [size]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\", \"size\": \"a\"}}}}",
      "error: x_content_parse_exception: [1:60] [terms] failed to parse field [size]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\", \"shard_size\": 0}}}}",
      "error: x_content_parse_exception: [1:66] [terms] failed to parse field [shard_size]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\", \"min_doc_count\": -1}}}}",
      "error: x_content_parse_exception: [1:69] [terms] failed to parse field [min_doc_count]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\", \"shard_min_doc_count\": -1}}}}",
      "error: x_content_parse_exception: [1:75] [terms] failed to parse field [shard_min_doc_count]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\", \"order\": {\"foo\": \"asc\"}}}}}",
      "error: aggregation_execution_exception: Invalid aggregation order path [foo]. The provided aggregati"
      "on [foo] either does not exist, or is a pipeline aggregation and cannot be used to sort the "
      "buckets." },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\", \"order\": {\"_count\": \"up\"}}}}}",
      "error: x_content_parse_exception: [1:72] [terms] failed to parse field [order]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\", \"order\": \"x\"}}}}",
      "error: x_content_parse_exception: [1:61] [terms] order doesn't support values of type: VALUE_STRING" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\", \"order\": []}}}}",
      "error: x_content_parse_exception: [1:62] [terms] failed to parse field [order]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\", \"order\": {}}}}}",
      "error: x_content_parse_exception: [1:62] [terms] failed to parse field [order]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\", \"order\": {\"y\": \"desc\"}}, \"aggs"
      "\": {\"y\": {\"stats\": {\"field\": \"l\"}}}}}}",
      "error: aggregation_execution_exception: Invalid aggregation order path [y]. When ordering on a multi"
      "-value metrics aggregation a metric name must be specified." },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\", \"order\": {\"y.foo\": \"desc\"}}, \""
      "aggs\": {\"y\": {\"stats\": {\"field\": \"l\"}}}}}}",
      "error: aggregation_execution_exception: Invalid aggregation order path [y.foo]. Unknown metric name "
      "[foo] on multi-value metrics aggregation [y]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\", \"order\": {\"y\": \"desc\"}}, \"aggs"
      "\": {\"y\": {\"terms\": {\"field\": \"l\"}}}}}}",
      "error: aggregation_execution_exception: Invalid aggregation order path [y]. Buckets can only be sort"
      "ed on a sub-aggregator path that is built out of zero or more single-bucket aggregations within the "
      "path and a final single-bucket or a metrics aggregation at the path end." },
    { "{\"aggs\": {\"x\": {\"terms\": {\"field\": \"k\", \"order\": {\"y>c\": \"desc\"}}, \"aggs"
      "\": {\"y\": {\"terms\": {\"field\": \"l\"}}}}}}",
      "error: aggregation_execution_exception: Invalid aggregation order path [y>c]. Buckets can only be so"
      "rted on a sub-aggregator path that is built out of zero or more single-bucket aggregations within th"
      "e path and a final single-bucket or a metrics aggregation at the path end. [y] is not single-buc"
      "ket." },
    { "{\"aggs\": {\"x\": {\"terms\": {\"field\": \"k\", \"order\": {\"y[q]>c\": \"desc\"}}, \"aggs"
      "\": {\"y\": {\"terms\": {\"field\": \"l\"}}}}}}",
      "error: aggregation_execution_exception: Invalid aggregation order path [y[q]>c]. Key only allowed on "
      "last aggregation path element but got [y[q]]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\", \"order\": {\"f._count\": \"desc\"}},"
      " \"aggs\": {\"f\": {\"filter\": {\"term\": {\"l\": 1}}}}}}}",
      "error: aggregation_execution_exception: Invalid aggregation order path [f._count]. Ordering on a sin"
      "gle-bucket aggregation can only be done on its doc_count. Either drop the key (a la \"f\") or change"
      " it to \"doc_count\" (a la \"f.doc_count\") or \"key\"." },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\", \"order\": {\"f>z\": \"desc\"}}, \"ag"
      "gs\": {\"f\": {\"filter\": {\"match_all\": {}}, \"aggs\": {\"y\": {\"max\": {\"field\": \"l\"}}}}}}}"
      "}",
      "error: aggregation_execution_exception: Invalid aggregation order path [f>z]. The provided aggregati"
      "on [z] either does not exist, or is a pipeline aggregation and cannot be used to sort the buckets." },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\", \"order\": {\"y.foo\": \"desc\"}}, \""
      "aggs\": {\"y\": {\"max\": {\"field\": \"l\"}}}}}}",
      "error: aggregation_execution_exception: Invalid aggregation order path [y.foo]. Ordering on a single"
      "-value metrics aggregation can only be done on its value. Either drop the key (a la \"y\") or change"
      " it to \"value\" (a la \"y.value\")" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\", \"order\": {\"p\": \"desc\"}}, \"aggs"
      "\": {\"p\": {\"percentiles\": {\"field\": \"l\"}}}}}}",
      "error: aggregation_execution_exception: Invalid aggregation order path [p]. When ordering on a multi"
      "-value metrics aggregation a metric name must be specified." },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"l\", \"include\": \"1.*\"}}}}",
      "error: aggregation_execution_exception: Aggregation [x] cannot support regular expression style incl"
      "ude/exclude settings as they can only be applied to string fields. Use an array of numeric values fo"
      "r include/exclude clauses used to filter numeric fields" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\", \"include\": \"a\", \"exclude\": [\"b"
      "\"]}}}}",
      "error: x_content_parse_exception: [1:83] [terms] failed to parse field [exclude]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"ip\", \"include\": \"10.*\"}}}}",
      "error: aggregation_execution_exception: Aggregation [x] cannot support regular expression style incl"
      "ude/exclude settings as they can only be applied to string fields. Use an array of values for includ"
      "e/exclude clauses" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\", \"include\": {\"foo\": 1}}}}}",
      "error: x_content_parse_exception: [1:71] [terms] failed to parse field [include]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\", \"include\": 5}}}}",
      "error: x_content_parse_exception: [1:63] [terms] include doesn't support values of type: VALUE_NUMBE"
      "R" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\", \"include\": {\"partition\": 3, \"num"
      "_partitions\": 2}}}}}",
      "error: x_content_parse_exception: [1:99] [terms] failed to parse field [include]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\", \"include\": [\"a\"], \"exclude\": \""
      "b\"}}}}",
      "error: x_content_parse_exception: [1:81] [terms] failed to parse field [exclude]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"l\", \"include\": [\"a\"]}}}}",
      "error: number_format_exception: For input string: \"a\"" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"l\", \"missing\": \"x\"}}}}",
      "error: number_format_exception: For input string: \"x\"" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"nope\", \"value_type\": \"foo\"}}}}",
      "error: x_content_parse_exception: [1:69] [terms] failed to parse field [value_type]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\", \"format\": \"0.00\"}}}}",
      "error: illegal_argument_exception: Field [k] of type [keyword] does not support custom formats" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\", \"value_type\": \"long\"}}}}",
      "error: illegal_argument_exception: Expected numeric type on field [k], but got [keyword]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"avg\": {\"field\": \"l\", \"value_type\": \"foo\"}}}}",
      "error: x_content_parse_exception: [1:64] [avg] failed to parse field [value_type]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"avg\": {\"field\": \"l\", \"missing\": \"abc\"}}}}",
      "error: number_format_exception: For input string: \"abc\"" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"avg\": {\"field\": \"nope\", \"missing\": \"abc\"}}}}",
      "error: number_format_exception: For input string: \"abc\"" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\", \"execution_hint\": \"foo\"}}}}",
      "error: illegal_argument_exception: Unknown `execution_hint`: [foo], expected any of [map, global_ord"
      "inals]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\", \"collect_mode\": \"foo\"}}}}",
      "error: x_content_parse_exception: [1:68] [terms] failed to parse field [collect_mode]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"avg\": {\"feild\": \"l\"}}}}",
      "error: x_content_parse_exception: [1:36] [avg] unknown field [feild] did you mean [field]?" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"global\": {}, \"aggs\": {\"y\": {\"global\": {}}}}}}",
      "error: aggregation_execution_exception: Aggregation [x] cannot have a global sub-aggregation [y]. Gl"
      "obal aggregations can only be defined as top level aggregations" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\"}, \"aggs\": {\"y\": {\"global\": {}}}}"
      "}}",
      "error: aggregation_execution_exception: Aggregation [x] cannot have a global sub-aggregation [y]. Gl"
      "obal aggregations can only be defined as top level aggregations" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"global\": {\"a\": 1}}}}",
      "error: parsing_exception: Expected [FIELD_NAME] under a [START_OBJECT], but got a [VALUE_NUMBER] in "
      "[x]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"missing\": {}}}}",
      "error: illegal_argument_exception: Required one of fields [field, script], but none were "
      "specified. " },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"filter\": []}}}",
      "error: parsing_exception: Expected [START_OBJECT] under [filter], but got a [START_ARRAY] in [x]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"filter\": {\"foo\": {}}}}}",
      "error: parsing_exception: unknown query [foo]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"filters\": {}}}}",
      "error: illegal_argument_exception: [filters] cannot be empty." },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"filters\": {\"filters\": {}}}}}",
      "error: illegal_argument_exception: [filters] cannot be empty." },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"filters\": {\"filters\": []}}}}",
      "error: illegal_argument_exception: [filters] cannot be empty." },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"filters\": {\"filters\": 5}}}}",
      "error: parsing_exception: Unknown key for a VALUE_NUMBER in [x]: [filters]." },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"filters\": {\"foo\": 5}}}}",
      "error: parsing_exception: Unknown key for a VALUE_NUMBER in [x]: [foo]." },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"filters\": {\"foo\": {}}}}}",
      "error: parsing_exception: Unknown key for a START_OBJECT in [x]: [foo]." },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"filters\": {\"filters\": [{\"match_all\": {}}], \"other_bucket\":"
      " \"x\"}}}}",
      "error: parsing_exception: Unknown key for a VALUE_STRING in [x]: [other_bucket]." },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"filters\": {\"filters\": {\"b\": {\"match_all\": {}}, \"a\": {\"m"
      "atch_none\": {}}}, \"keyed\": false}}}}",
      "error: parsing_exception: Unknown key for a VALUE_BOOLEAN in [x]: [keyed]." },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"extended_stats\": {\"field\": \"l\", \"sigma\": -1}}}}",
      "error: x_content_parse_exception: [1:70] [extended_stats] failed to parse field [sigma]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"extended_stats\": {\"field\": \"l\", \"sigma\": \"a\"}}}}",
      "error: x_content_parse_exception: [1:70] [extended_stats] failed to parse field [sigma]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"cardinality\": {\"field\": \"k\", \"precision_threshold\": -1}}}}",
      "error: x_content_parse_exception: [1:81] [cardinality] failed to parse field [precision_threshold]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"cardinality\": {\"field\": \"k\", \"precision_threshold\": \"x\"}"
      "}}}",
      "error: x_content_parse_exception: [1:81] [cardinality] failed to parse field [precision_threshold]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"cardinality\": {\"field\": \"k\", \"rehash\": true}}}}",
      "error: x_content_parse_exception: [1:68] [cardinality] rehash doesn't support values of type: VALUE_"
      "BOOLEAN" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"cardinality\": {\"field\": \"k\", \"execution_hint\": \"x\"}}}}",
      "error: illegal_argument_exception: Unknown execution_hint: [x], expected any of [direct, ordinals]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"percentiles\": {\"field\": \"l\", \"percents\": []}}}}",
      "error: x_content_parse_exception: Failed to build [percentiles] after last required field arrived" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"percentiles\": {\"field\": \"l\", \"percents\": [-1]}}}}",
      "error: x_content_parse_exception: Failed to build [percentiles] after last required field arrived" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"percentiles\": {\"field\": \"l\", \"percents\": [101]}}}}",
      "error: x_content_parse_exception: Failed to build [percentiles] after last required field arrived" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"percentiles\": {\"field\": \"l\", \"percents\": [\"a\"]}}}}",
      "error: x_content_parse_exception: [1:71] [percentiles] failed to parse field [percents]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"percentiles\": {\"field\": \"l\", \"tdigest\": {\"compression\": "
      "-1}}}}}",
      "error: x_content_parse_exception: [1:85] [percentiles] failed to parse field [tdigest]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"percentiles\": {\"field\": \"l\", \"tdigest\": {\"foo\": 200}}}}}",
      "error: x_content_parse_exception: [1:77] [percentiles] failed to parse field [tdigest]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"percentiles\": {\"field\": \"l\", \"hdr\": {}, \"tdigest\": {}}}}"
      "}",
      "error: x_content_parse_exception: Failed to build [percentiles] after last required field arrived" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"percentile_ranks\": {\"field\": \"l\"}}}}",
      "error: x_content_parse_exception: Failed to build [percentile_ranks] after last required field arriv"
      "ed" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"percentile_ranks\": {\"field\": \"l\", \"values\": []}}}}",
      "error: x_content_parse_exception: Failed to build [percentile_ranks] after last required field arriv"
      "ed" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"median_absolute_deviation\": {\"field\": \"l\", \"compression\": "
      "0}}}}",
      "error: x_content_parse_exception: [1:87] [median_absolute_deviation] failed to parse field [compress"
      "ion]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"weighted_avg\": {\"value\": {\"field\": \"l\"}}}}}",
      "error: illegal_argument_exception: Could not find field name [weight] in multiValuesSource" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"weighted_avg\": {\"value\": {\"field\": \"l\", \"missing\": 1}, "
      "\"weight\": {\"field\": \"m\"}}}}}",
      "error: aggregation_execution_exception: Encountered more than one weight for a single document. Use "
      "a script to combine multiple weights-per-doc into a single value." },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"weighted_avg\": {\"value\": {\"field\": \"l\", \"format\": \"0\"}"
      ", \"weight\": {\"field\": \"l\", \"bogus\": 1}}}}}",
      "error: x_content_parse_exception: [1:79] [weighted_avg] failed to parse field [value]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"weighted_avg\": {\"value\": {\"field\": \"l\"}, \"weight\": {\"fi"
      "eld\": \"k\"}}}}}",
      "error: illegal_argument_exception: Expected numeric type on field [k], but got [keyword]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"weighted_avg\": {\"value\": {}, \"weight\": {\"field\": \"k\"}}}}"
      "}",
      "error: x_content_parse_exception: [1:55] [weighted_avg] failed to parse field [value]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"sum\": {\"field\": \"l\", \"missing\": {\"a\": 1}}}}}",
      "error: x_content_parse_exception: [1:61] [sum] missing doesn't support values of type: START_OBJECT" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"value_count\": {\"field\": \"k\", \"format\": \"0.0\"}}}}",
      "error: illegal_argument_exception: Field [k] of type [keyword] does not support custom formats" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"avg\": {\"field\": \"dt\", \"format\": \"yyyy\", \"time_zone\": "
      "\"+01:00\"}}}}",
      "error: x_content_parse_exception: [1:69] [avg] unknown field [time_zone]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"avg\": {\"field\": \"l\", \"time_zone\": \"+01:00\"}}}}",
      "error: x_content_parse_exception: [1:50] [avg] unknown field [time_zone]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"avg\": {\"field\": \"dt\", \"time_zone\": \"foo\"}}}}",
      "error: x_content_parse_exception: [1:51] [avg] unknown field [time_zone]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\", \"min_doc_count\": \"x\"}}}}",
      "error: x_content_parse_exception: [1:69] [terms] failed to parse field [min_doc_count]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\", \"show_term_doc_count_error\": \"x\"}"
      "}}}",
      "error: x_content_parse_exception: [1:81] [terms] failed to parse field [show_term_doc_count_error]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\", \"size\": null}}}}",
      "error: x_content_parse_exception: [1:60] [terms] size doesn't support values of type: VALUE_NULL" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\"}, \"aggs\": 5}}}",
      "error: parsing_exception: Expected [START_OBJECT] under [aggs], but got a [VALUE_NUMBER] in [x]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\"}, \"aggs\": {\"y\": {\"foo\": {}}}}}}",
      "error: parsing_exception: Unknown aggregation type [foo]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"terms\": {\"field\": \"k\"}, \"foo\": {\"y\": {\"foo\": {}}}}}}",
      "error: parsing_exception: Found two aggregation type definitions in [x]: [terms] and [foo]" },
    { "{\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\"},\"terms\":{\"field\":\"k\"}}}}",
      "error: json_parse_exception: Duplicate Object property \"terms\"\n at [Source: REDACTED (`StreamRead"
      "Feature.INCLUDE_SOURCE_IN_LOCATION` disabled); byte offset: #43]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"aggs\": {\"y\": {\"max\": {\"field\": \"l\"}}}}}}",
      "error: parsing_exception: Missing definition for aggregation [x]" },
    { "{\"size\": 0, \"aggs\": {\"\": {\"max\": {\"field\": \"l\"}}}}",
      "error: parsing_exception: Invalid aggregation name []. Aggregation names can contain any character e"
      "xcept '[', ']', and '>'" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"histogram\": {\"field\": \"l\"}}}}",
      "error: illegal_argument_exception: interval must be positive, got: 0.0" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"histogram\": {\"field\": \"l\", \"interval\": 0}}}}",
      "error: x_content_parse_exception: [1:68] [histogram] failed to parse field [interval]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"histogram\": {\"field\": \"l\", \"interval\": -1}}}}",
      "error: x_content_parse_exception: [1:68] [histogram] failed to parse field [interval]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"histogram\": {\"field\": \"l\", \"interval\": \"x\"}}}}",
      "error: x_content_parse_exception: [1:68] [histogram] failed to parse field [interval]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"histogram\": {\"field\": \"l\", \"interval\": 5, \"min_doc_count"
      "\": -1}}}}",
      "error: x_content_parse_exception: [1:88] [histogram] failed to parse field [min_doc_count]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"histogram\": {\"field\": \"l\", \"interval\": 5, \"keyed\": \"x\""
      "}}}}",
      "error: x_content_parse_exception: [1:80] [histogram] failed to parse field [keyed]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"histogram\": {\"field\": \"l\", \"interval\": 5, \"extended_bound"
      "s\": {\"min\": \"a\"}}}}}",
      "error: x_content_parse_exception: [1:98] [histogram] failed to parse field [extended_bounds]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"histogram\": {\"field\": \"l\", \"interval\": 5, \"extended_bound"
      "s\": {\"foo\": 1}}}}}",
      "error: x_content_parse_exception: [1:98] [histogram] failed to parse field [extended_bounds]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"histogram\": {\"field\": \"l\", \"interval\": 5, \"extended_bound"
      "s\": [0, 5]}}}}",
      "error: x_content_parse_exception: [1:90] [histogram] extended_bounds doesn't support values of type:"
      " START_ARRAY" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"histogram\": {\"field\": \"l\", \"interval\": 5, \"hard_bounds\":"
      " {\"max\": 5}, \"extended_bounds\": {\"min\": 0, \"max\": 20}}}}}",
      "error: illegal_argument_exception: Extended bounds have to be inside hard bounds, hard bounds: [--5."
      "0], extended bounds: [0.0--20.0]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"histogram\": {\"field\": \"k\", \"interval\": 5}}}}",
      "error: illegal_argument_exception: Field [k] of type [keyword] is not supported for aggregation [his"
      "togram]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"histogram\": {\"interval\": 5}}}}",
      "error: illegal_argument_exception: Required one of fields [field, script], but none were "
      "specified. " },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"date_histogram\": {\"field\": \"dt\"}}}}",
      "error: illegal_argument_exception: Invalid interval specified, must be non-null and non-empty" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"date_histogram\": {\"field\": \"dt\", \"calendar_interval\": \"fo"
      "o\"}}}}",
      "error: x_content_parse_exception: [1:83] [date_histogram] failed to parse field [calendar_interval]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"date_histogram\": {\"field\": \"dt\", \"calendar_interval\": \"2d"
      "\"}}}}",
      "error: x_content_parse_exception: [1:83] [date_histogram] failed to parse field [calendar_interval]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"date_histogram\": {\"field\": \"dt\", \"fixed_interval\": \"1M\"}"
      "}}}",
      "error: x_content_parse_exception: [1:80] [date_histogram] failed to parse field [fixed_interval]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"date_histogram\": {\"field\": \"dt\", \"fixed_interval\": \"foo\""
      "}}}}",
      "error: x_content_parse_exception: [1:80] [date_histogram] failed to parse field [fixed_interval]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"date_histogram\": {\"field\": \"dt\", \"fixed_interval\": \"0d\"}"
      "}}}",
      "error: illegal_argument_exception: Zero or negative time interval not supported" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"date_histogram\": {\"field\": \"dt\", \"fixed_interval\": \"-1d\""
      "}}}}",
      "error: illegal_argument_exception: Zero or negative time interval not supported" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"date_histogram\": {\"field\": \"dt\", \"calendar_interval\": \"1d"
      "\", \"fixed_interval\": \"1d\"}}}}",
      "error: x_content_parse_exception: [1:107] [date_histogram] failed to parse field [fixed_interval]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"date_histogram\": {\"field\": \"dt\", \"interval\": \"foo\"}}}}",
      "error: illegal_argument_exception: Unable to parse interval [foo]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"date_histogram\": {\"field\": \"dt\", \"calendar_interval\": \"mo"
      "nth\", \"offset\": \"x\"}}}}",
      "error: x_content_parse_exception: [1:102] [date_histogram] failed to parse field [offset]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"date_histogram\": {\"field\": \"dt\", \"calendar_interval\": \"mo"
      "nth\", \"extended_bounds\": {\"min\": \"2020-11\", \"max\": \"2020-06\"}}}}}",
      "error: illegal_argument_exception: [extended_bounds.min][1604188800000] cannot be greater than [exte"
      "nded_bounds.max][1590969600000] for histogram aggregation [x]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"date_histogram\": {\"field\": \"dt\", \"calendar_interval\": \"mo"
      "nth\", \"extended_bounds\": {\"min\": \"x\"}}}}}",
      "error: parse_exception: failed to parse date field [x] with format [strict_date_optional_time||epoch"
      "_millis]: [failed to parse date field [x] with format [strict_date_optional_time||epoch_millis]]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"date_histogram\": {\"field\": \"k\", \"calendar_interval\": \"mon"
      "th\"}}}}",
      "error: illegal_argument_exception: Field [k] of type [keyword] is not supported for aggregation [dat"
      "e_histogram]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"date_histogram\": {\"field\": \"dt\", \"calendar_interval\": \"mo"
      "nth\", \"min_doc_count\": 1, \"hard_bounds\": {\"min\": \"2020-05\", \"max\": \"2020-02\"}}}}}",
      "error: illegal_argument_exception: [hard_bounds.min][1588291200000] cannot be greater than [hard_bou"
      "nds.max][1580515200000] for histogram aggregation [x]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"date_histogram\": {\"field\": \"dt\", \"calendar_interval\": 5}}}"
      "}",
      "error: x_content_parse_exception: [1:83] [date_histogram] calendar_interval doesn't support values o"
      "f type: VALUE_NUMBER" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"date_histogram\": {\"field\": \"dt\", \"fixed_interval\": 5}}}}",
      "error: x_content_parse_exception: [1:80] [date_histogram] fixed_interval doesn't support values of t"
      "ype: VALUE_NUMBER" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"date_histogram\": {\"field\": \"dt\", \"calendar_interval\": \"mo"
      "nth\", \"foo\": 1}}}}",
      "error: x_content_parse_exception: [1:92] [date_histogram] unknown field [foo]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"range\": {\"field\": \"l\"}}}}",
      "error: illegal_argument_exception: No [ranges] specified for the [x] aggregation" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"range\": {\"field\": \"l\", \"ranges\": []}}}}",
      "error: illegal_argument_exception: No [ranges] specified for the [x] aggregation" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"range\": {\"field\": \"l\", \"ranges\": 5}}}}",
      "error: x_content_parse_exception: [1:62] [range] ranges doesn't support values of type: "
      "VALUE_NUMBER" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"range\": {\"field\": \"l\", \"ranges\": [{\"from\": \"a\"}]}}}}",
      "error: number_format_exception: For input string: \"a\"" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"range\": {\"field\": \"l\", \"ranges\": [{\"foo\": 1}]}}}}",
      "error: x_content_parse_exception: [1:71] [range] failed to parse field [ranges]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"range\": {\"field\": \"k\", \"ranges\": [{\"to\": 1}]}}}}",
      "error: illegal_argument_exception: Field [k] of type [keyword] is not supported for aggregation [ran"
      "ge]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"date_range\": {\"field\": \"dt\"}}}}",
      "error: illegal_argument_exception: No [ranges] specified for the [x] aggregation" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"date_range\": {\"field\": \"dt\", \"ranges\": [{\"from\": \"x\"}]"
      "}}}}",
      "error: parse_exception: failed to parse date field [x] with format [strict_date_optional_time||epoch"
      "_millis]: [failed to parse date field [x] with format [strict_date_optional_time||epoch_millis]]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"date_range\": {\"field\": \"l\", \"ranges\": [{\"to\": \"2020-01-"
      "01\"}]}}}}",
      "error: number_format_exception: For input string: \"2020-01-01\"" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"date_range\": {\"field\": \"k\", \"ranges\": [{\"to\": \"2020-01-"
      "01\"}]}}}}",
      "error: illegal_argument_exception: Field [k] of type [keyword] is not supported for aggregation [dat"
      "e_range]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"ip_range\": {\"field\": \"ip\", \"ranges\": [{\"mask\": \"x\"}]}}"
      "}}",
      "error: x_content_parse_exception: [1:79] [ip_range] failed to parse field [ranges]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"ip_range\": {\"field\": \"ip\", \"ranges\": [{\"to\": \"x\"}]}}}}",
      "error: x_content_parse_exception: [1:77] [ip_range] failed to parse field [ranges]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"ip_range\": {\"field\": \"l\", \"ranges\": [{\"to\": \"1.1.1.1\"}"
      "]}}}}",
      "error: illegal_argument_exception: Field [l] of type [long] is not supported for aggregation [ip_ran"
      "ge]" },
    { "{\"size\": 0, \"aggs\": {\"x\": {\"ip_range\": {\"field\": \"ip\"}}}}",
      "error: illegal_argument_exception: No [ranges] specified for the [x] aggregation" },
};

TEST(aggregation_errors, refuse_in_the_words_of_the_reference)
{
    struct aggregation_world world;
    aggregation_world_open(&world, 1);
    aggregation_world_fill(&world, false);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_slice(aggregation_world_run(&world, qd_slice_from_string(cases[i].request)), cases[i].answer);
    }
    aggregation_world_close(&world);
}
