"""Which row of the feature table a failing test waits for, read from its name and from why it failed."""

import re

# (what name and cause say, the row and its words), the first that fits. Names come as "suite/file.yml :: test"
# or "corpus/area/file.yml :: request", a bar and the cause follow.
ROWS = [
    # Types of fields: a suite whose mapping is refused fails wherever it looks next.
    (r"search/160_exists|nested.*\[geo_|type \[geo_|ty-geo|geo_point|geo_shape", "MAP-09 geo_point, geo_shape"),
    (r"_geo_distance|geo_distance|search\.aggregation/340", "QRY-11, AGG-06 geo_distance"),
    (r"geo_bounds|geo_centroid", "AGG-03 geo_bounds, geo_centroid"),
    (r"13_fields|completion|suggest|ty-completion", "MAP-08, SRC-04 completion field and suggesters"),
    (r"search_as_you_type|ty-search-as-you-type", "MAP-08 search_as_you_type"),
    (r"flat_object|ty-flat-object", "MAP-07 flat_object"),
    (r"_range\]|range/10_basic|-range", "MAP-04 range fields"),
    (r"wildcard_fieldtype|type \[wildcard\]|ty-wildcard", "MAP-06 wildcard"),
    (r"constant_keyword|ty-constant", "MAP-06 constant_keyword"),
    (r"ty-version", "MAP-06 version"),
    (r"match_only_text.*phrase|search with indexed phrases", "MAP-05 match_only_text phrases by source"),
    (r"index_prefix", "MAP-05 index_prefixes"),
    (r"ty-rank|rank_feature|distance_feature", "MAP-10, QRY-09 rank_feature, distance_feature"),
    (r"ty-join|has_child|parent_id", "MAP-10, QRY-10 join"),
    (r"ty-percolator|percolate", "MAP-10, QRY-13 percolator"),
    (r"ty-derived|\[derived\]", "MAP-11 derived fields"),
    (r"inner_hits|type \[nested\]|ty-nested|nested|create/70", "MAP-07, QRY-10, AGG-08 nested"),
    # Queries.
    (r"interval", "QRY-06 intervals"),
    (r"span_", "QRY-12 span queries"),
    (r"more_like_this|mlt/", "QRY-13 more_like_this"),
    (r"terms_set", "QRY-07 terms_set"),
    (r"bitmap", "QRY-07 value_type bitmap"),
    (r"lookup of \[terms\]", "QRY-07 terms lookup"),
    (r"script_score|query\": \{\"script|\"script\":\{\}", "QRY-09 script, script_score"),
    # Search.
    (r"profile", "SRC-09 profile"),
    (r"collapse|field_collapsing", "SRC-06 collapse"),
    (r"rescore", "SRC-06 rescore"),
    (r"script_fields|_script\"|fields/.*script|terms\": \{\"script", "SCR-01 scripts in searches"),
    (r"scripted_metric", "AGG-03 scripted_metric"),
    (r"Scripted update|\{\"script\"|script updates", "API-10 scripted updates"),
    (r"scripts/", "API-13 get_script_context, get_script_languages"),
    (r"matched_fields|20_fvh|30_max_analyzed|Windows of an index", "SRC-03 highlighters: fvh, matched_fields, stored offsets"),
    (r"batch_reduce|pre_filter", "SRC-09 num_reduce_phases, skipped"),
    (r"sort_mixed|numeric_type", "SRC-05 sort over kinds of numbers"),
    (r"Index Sort|indices\.sort", "STO index sorting (index.sort.*)"),
    (r"termvectors", "API-12 termvectors, mtermvectors"),
    # Aggregations.
    (r"composite", "AGG-08 composite"),
    (r"multi_terms", "AGG-04 multi_terms"),
    (r"rare_terms", "AGG-04 rare_terms"),
    (r"significant_|sig_te", "AGG-04 significant_terms, significant_text"),
    (r"auto_date_histogram|variable_width", "AGG-05 auto_date_histogram, variable_width_histogram"),
    (r"adjacency|sampler", "AGG-07 adjacency_matrix, sampler"),
    (r"top_hits", "AGG-03 top_hits"),
    (r"matrix_stats", "AGG-03 matrix_stats"),
    (r"_bucket|moving_fn|derivative|cumulative|bucket_sort|300_pipeline|80_typed_keys|20_typed_keys|"
     r"buckets_path|\"s\": \{\"sum\": \{", "AGG-09 pipeline aggregations"),
    (r"Global ordinals|cat\.fielddata|fielddata", "MAP-05 fielddata"),
    # Indices and the cluster.
    (r"data_stream", "API-17 data streams"),
    (r"_list/(indices|shards)", "API-27 paged lists"),
    (r"template|\.allocation_explain/10.*template", "API-16 index templates"),
    (r"snapshot|repositor", "API-24 snapshots"),
    (r"search_pipeline|_search/pipeline", "API-23 search pipelines"),
    (r"ingest|pipeline", "API-22 ingest pipelines"),
    (r"reindex|_by_query", "API-11 reindex, update and delete by query"),
    (r"split|shrink|clone", "API-14 split, shrink, clone"),
    (r"rollover", "API-14 rollover"),
    (r"search_only", "API-14 add_block search_only"),
    (r"_open index with wait|30_wait_for_completion", "API-14 open in the background"),
    (r"backpressure", "SRC-10 settings of search backpressure"),
    (r"_cat/?\"? *\||GET /_cat |GET /_cat/ |pit_segments|corpus/cat/tables.yml :: GET /_cat\b", "CAT-05 pit_segments"),
    (r"_cat/tasks", "API-21 child tasks"),
    (r"usage|hot_threads", "API-20 usage, hot_threads"),
    # Analysis.
    (r"\"classic\"", "ANA-03 classic tokenizer"),
    (r"\"thai\"", "ANA-03 thai tokenizer"),
    (r"brazilian|estonian|galician|greek", "ANA-02 brazilian, estonian, galician, greek"),
    (r"corpus/analyze/filters", "ANA-04, ANA-05 token filters"),
    (r"favicon", "API-01 favicon.ico"),
]
PATTERNS = [(re.compile(pattern), row) for pattern, row in ROWS]
# Official tests that the reference fails with the runner too: no server can pass them.
REFERENCE_FAILS = "the reference fails it as well"
DEFECT = "a defect of something that is built"


def of(name, cause, reference=None):
    """The row that the test `name`, which failed for `cause`, waits for. `reference`: its result there."""
    if reference == "fail":
        return REFERENCE_FAILS
    text = f"{name} | {cause}"
    for pattern, row in PATTERNS:
        if pattern.search(text):
            return row
    return DEFECT
