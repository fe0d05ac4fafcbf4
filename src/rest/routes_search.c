/* Routes that search. */
#include "coordinator/operations.h"
#include "rest/route.h"

#define INDICES "allow_no_indices expand_wildcards ignore_throttled ignore_unavailable "
#define URI_QUERY "q df analyzer analyze_wildcard lenient default_operator "
/* In the order in which they are read: the first that is wrong is told. */
#define SEARCH                                                                                               \
    "batched_reduce_size pre_filter_shard_size max_concurrent_shard_requests allow_partial_search_results "  \
    "phase_took search_type " URI_QUERY                                                                      \
    "from size explain version seq_no_primary_term timeout verbose_pipeline terminate_after stored_fields "  \
    "docvalue_fields _source _source_includes _source_excludes track_scores include_named_queries_score "    \
    "track_total_hits sort stats suggest_field suggest_mode suggest_size suggest_text request_cache scroll " \
    "routing preference " INDICES "search_pipeline rest_total_hits_as_int ccs_minimize_roundtrips "          \
    "cancel_after_time_interval typed_keys"
#define COUNT INDICES URI_QUERY "min_score preference routing terminate_after"
#define MSEARCH                                                                                  \
    INDICES "ccs_minimize_roundtrips max_concurrent_searches max_concurrent_shard_requests "     \
            "pre_filter_shard_size rest_total_hits_as_int routing search_type typed_keys"
#define MSEARCH_TEMPLATE \
    "ccs_minimize_roundtrips max_concurrent_searches rest_total_hits_as_int search_type typed_keys"
#define MANAGER "cluster_manager_timeout master_timeout "
#define EXPLAIN URI_QUERY "_source _source_excludes _source_includes preference routing stored_fields"
#define VALIDATE INDICES URI_QUERY "all_shards explain rewrite"
#define FIELD_CAPS INDICES "fields include_unmapped"
#define SEARCH_SHARDS INDICES "local preference routing"
#define SCROLL "rest_total_hits_as_int scroll scroll_id"
#define PIT INDICES "allow_partial_pit_creation keep_alive preference routing"

static const struct qd_route rows[] = {
    { QD_HTTP_GET, "/_search", qd_coordinator_search, SEARCH " index", QD_ROUTE_SOURCE },
    { QD_HTTP_POST, "/_search", qd_coordinator_search, SEARCH " index", QD_ROUTE_SOURCE },
    { QD_HTTP_GET, "/{index}/_search", qd_coordinator_search, SEARCH, QD_ROUTE_SOURCE },
    { QD_HTTP_POST, "/{index}/_search", qd_coordinator_search, SEARCH, QD_ROUTE_SOURCE },
    { QD_HTTP_GET, "/_msearch", qd_coordinator_msearch, MSEARCH " index", QD_ROUTE_SOURCE | QD_ROUTE_NDJSON },
    { QD_HTTP_POST, "/_msearch", qd_coordinator_msearch, MSEARCH " index",
      QD_ROUTE_SOURCE | QD_ROUTE_NDJSON },
    { QD_HTTP_GET, "/{index}/_msearch", qd_coordinator_msearch, MSEARCH, QD_ROUTE_SOURCE | QD_ROUTE_NDJSON },
    { QD_HTTP_POST, "/{index}/_msearch", qd_coordinator_msearch, MSEARCH, QD_ROUTE_SOURCE | QD_ROUTE_NDJSON },
    { QD_HTTP_GET, "/_search/template", qd_coordinator_search_template, SEARCH " index", QD_ROUTE_SOURCE },
    { QD_HTTP_POST, "/_search/template", qd_coordinator_search_template, SEARCH " index", QD_ROUTE_SOURCE },
    { QD_HTTP_GET, "/{index}/_search/template", qd_coordinator_search_template, SEARCH, QD_ROUTE_SOURCE },
    { QD_HTTP_POST, "/{index}/_search/template", qd_coordinator_search_template, SEARCH, QD_ROUTE_SOURCE },
    { QD_HTTP_GET, "/_render/template", qd_coordinator_render_template, "id", QD_ROUTE_SOURCE },
    { QD_HTTP_POST, "/_render/template", qd_coordinator_render_template, "id", QD_ROUTE_SOURCE },
    { QD_HTTP_GET, "/_render/template/{id}", qd_coordinator_render_template, NULL, QD_ROUTE_SOURCE },
    { QD_HTTP_POST, "/_render/template/{id}", qd_coordinator_render_template, NULL, QD_ROUTE_SOURCE },
    { QD_HTTP_GET, "/_msearch/template", qd_coordinator_msearch_template, MSEARCH_TEMPLATE " index",
      QD_ROUTE_SOURCE | QD_ROUTE_NDJSON },
    { QD_HTTP_POST, "/_msearch/template", qd_coordinator_msearch_template, MSEARCH_TEMPLATE " index",
      QD_ROUTE_SOURCE | QD_ROUTE_NDJSON },
    { QD_HTTP_GET, "/{index}/_msearch/template", qd_coordinator_msearch_template, MSEARCH_TEMPLATE,
      QD_ROUTE_SOURCE | QD_ROUTE_NDJSON },
    { QD_HTTP_POST, "/{index}/_msearch/template", qd_coordinator_msearch_template, MSEARCH_TEMPLATE,
      QD_ROUTE_SOURCE | QD_ROUTE_NDJSON },
    { QD_HTTP_PUT, "/_scripts/{id}", qd_coordinator_put_script, MANAGER "context timeout", QD_ROUTE_BODY },
    { QD_HTTP_POST, "/_scripts/{id}", qd_coordinator_put_script, MANAGER "context timeout", QD_ROUTE_BODY },
    { QD_HTTP_PUT, "/_scripts/{id}/{context}", qd_coordinator_put_script, MANAGER "timeout", QD_ROUTE_BODY },
    { QD_HTTP_POST, "/_scripts/{id}/{context}", qd_coordinator_put_script, MANAGER "timeout", QD_ROUTE_BODY },
    { QD_HTTP_GET, "/_scripts/{id}", qd_coordinator_get_script, MANAGER, QD_ROUTE_NONE },
    { QD_HTTP_DELETE, "/_scripts/{id}", qd_coordinator_delete_script, MANAGER "timeout", QD_ROUTE_NONE },
    { QD_HTTP_GET, "/_search_shards", qd_coordinator_search_shards, SEARCH_SHARDS " index", QD_ROUTE_SOURCE },
    { QD_HTTP_POST, "/_search_shards", qd_coordinator_search_shards, SEARCH_SHARDS " index",
      QD_ROUTE_SOURCE },
    { QD_HTTP_GET, "/{index}/_search_shards", qd_coordinator_search_shards, SEARCH_SHARDS, QD_ROUTE_SOURCE },
    { QD_HTTP_POST, "/{index}/_search_shards", qd_coordinator_search_shards, SEARCH_SHARDS,
      QD_ROUTE_SOURCE },
    { QD_HTTP_GET, "/_count", qd_coordinator_count, COUNT " index", QD_ROUTE_SOURCE },
    { QD_HTTP_POST, "/_count", qd_coordinator_count, COUNT " index", QD_ROUTE_SOURCE },
    { QD_HTTP_GET, "/{index}/_count", qd_coordinator_count, COUNT, QD_ROUTE_SOURCE },
    { QD_HTTP_POST, "/{index}/_count", qd_coordinator_count, COUNT, QD_ROUTE_SOURCE },
    { QD_HTTP_GET, "/{index}/_explain/{id}", qd_coordinator_explain, EXPLAIN, QD_ROUTE_SOURCE },
    { QD_HTTP_POST, "/{index}/_explain/{id}", qd_coordinator_explain, EXPLAIN, QD_ROUTE_SOURCE },
    { QD_HTTP_GET, "/_validate/query", qd_coordinator_validate_query, VALIDATE " index",
      QD_ROUTE_SOURCE | QD_ROUTE_TELLS_BODY },
    { QD_HTTP_POST, "/_validate/query", qd_coordinator_validate_query, VALIDATE " index",
      QD_ROUTE_SOURCE | QD_ROUTE_TELLS_BODY },
    { QD_HTTP_GET, "/{index}/_validate/query", qd_coordinator_validate_query, VALIDATE,
      QD_ROUTE_SOURCE | QD_ROUTE_TELLS_BODY },
    { QD_HTTP_POST, "/{index}/_validate/query", qd_coordinator_validate_query, VALIDATE,
      QD_ROUTE_SOURCE | QD_ROUTE_TELLS_BODY },
    { QD_HTTP_GET, "/_field_caps", qd_coordinator_field_caps, FIELD_CAPS " index", QD_ROUTE_SOURCE },
    { QD_HTTP_POST, "/_field_caps", qd_coordinator_field_caps, FIELD_CAPS " index", QD_ROUTE_SOURCE },
    { QD_HTTP_GET, "/{index}/_field_caps", qd_coordinator_field_caps, FIELD_CAPS, QD_ROUTE_SOURCE },
    { QD_HTTP_POST, "/{index}/_field_caps", qd_coordinator_field_caps, FIELD_CAPS, QD_ROUTE_SOURCE },
    { QD_HTTP_GET, "/_search/scroll", qd_coordinator_scroll, SCROLL, QD_ROUTE_SOURCE },
    { QD_HTTP_POST, "/_search/scroll", qd_coordinator_scroll, SCROLL, QD_ROUTE_SOURCE },
    { QD_HTTP_GET, "/_search/scroll/{scroll_id}", qd_coordinator_scroll, SCROLL, QD_ROUTE_SOURCE },
    { QD_HTTP_POST, "/_search/scroll/{scroll_id}", qd_coordinator_scroll, SCROLL, QD_ROUTE_SOURCE },
    { QD_HTTP_DELETE, "/_search/scroll", qd_coordinator_clear_scroll, NULL, QD_ROUTE_SOURCE },
    { QD_HTTP_DELETE, "/_search/scroll/{scroll_id}", qd_coordinator_clear_scroll, NULL, QD_ROUTE_SOURCE },
    { QD_HTTP_POST, "/{index}/_search/point_in_time", qd_coordinator_create_pit, PIT, QD_ROUTE_NONE },
    { QD_HTTP_GET, "/_search/point_in_time/_all", qd_coordinator_get_all_pits, NULL, QD_ROUTE_NONE },
    { QD_HTTP_DELETE, "/_search/point_in_time/_all", qd_coordinator_delete_all_pits, NULL, QD_ROUTE_NONE },
    { QD_HTTP_DELETE, "/_search/point_in_time", qd_coordinator_delete_pit, NULL, QD_ROUTE_SOURCE },
};

const struct qd_route_table qd_routes_search = { rows, sizeof(rows) / sizeof(rows[0]) };
