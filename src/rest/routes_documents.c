/* Routes about documents. */
#include "coordinator/operations.h"
#include "rest/route.h"

#define WRITE_PARAMETERS                                                                                   \
    "if_primary_term if_seq_no op_type pipeline refresh require_alias routing timeout version version_type " \
    "wait_for_active_shards"
#define GET_PARAMETERS                                                                                      \
    "_source _source_excludes _source_includes preference realtime refresh routing stored_fields version " \
    "version_type"
#define SOURCE_PARAMETERS \
    "_source _source_excludes _source_includes preference realtime refresh routing"
#define BULK_PARAMETERS                                                                                  \
    "_source _source_excludes _source_includes pipeline refresh require_alias routing timeout " \
    "wait_for_active_shards"

/* The refusal comes before any look at the parameters. */
#define STREAM_FLAGS (QD_ROUTE_NDJSON | QD_ROUTE_ANY_PARAMETER)

static const struct qd_route rows[] = {
    { QD_HTTP_POST, "/{index}/_doc", qd_coordinator_index, WRITE_PARAMETERS, QD_ROUTE_BODY },
    { QD_HTTP_PUT, "/{index}/_doc/{id}", qd_coordinator_index, WRITE_PARAMETERS, QD_ROUTE_BODY },
    { QD_HTTP_POST, "/{index}/_doc/{id}", qd_coordinator_index, WRITE_PARAMETERS, QD_ROUTE_BODY },
    { QD_HTTP_PUT, "/{index}/_create/{id}", qd_coordinator_create, WRITE_PARAMETERS, QD_ROUTE_BODY },
    { QD_HTTP_POST, "/{index}/_create/{id}", qd_coordinator_create, WRITE_PARAMETERS, QD_ROUTE_BODY },
    { QD_HTTP_DELETE, "/{index}/_doc/{id}", qd_coordinator_delete,
      "if_primary_term if_seq_no refresh routing timeout version version_type wait_for_active_shards",
      QD_ROUTE_NONE },
    { QD_HTTP_GET, "/{index}/_doc/{id}", qd_coordinator_get, GET_PARAMETERS, QD_ROUTE_NONE },
    { QD_HTTP_HEAD, "/{index}/_doc/{id}", qd_coordinator_get, GET_PARAMETERS, QD_ROUTE_NONE },
    { QD_HTTP_GET, "/{index}/_source/{id}", qd_coordinator_get_source, SOURCE_PARAMETERS, QD_ROUTE_NONE },
    { QD_HTTP_HEAD, "/{index}/_source/{id}", qd_coordinator_get_source, SOURCE_PARAMETERS, QD_ROUTE_NONE },
    { QD_HTTP_POST, "/{index}/_update/{id}", qd_coordinator_update,
      "_source _source_excludes _source_includes if_primary_term if_seq_no refresh require_alias "
      "retry_on_conflict routing timeout version version_type wait_for_active_shards",
      QD_ROUTE_BODY },
    { QD_HTTP_GET, "/_mget", qd_coordinator_mget,
      "index _source _source_excludes _source_includes preference realtime refresh routing stored_fields",
      QD_ROUTE_SOURCE },
    { QD_HTTP_POST, "/_mget", qd_coordinator_mget,
      "index _source _source_excludes _source_includes preference realtime refresh routing stored_fields",
      QD_ROUTE_SOURCE },
    { QD_HTTP_GET, "/{index}/_mget", qd_coordinator_mget,
      "_source _source_excludes _source_includes preference realtime refresh routing stored_fields",
      QD_ROUTE_SOURCE },
    { QD_HTTP_POST, "/{index}/_mget", qd_coordinator_mget,
      "_source _source_excludes _source_includes preference realtime refresh routing stored_fields",
      QD_ROUTE_SOURCE },
    { QD_HTTP_POST, "/_bulk", qd_coordinator_bulk, BULK_PARAMETERS " index", QD_ROUTE_NDJSON },
    { QD_HTTP_PUT, "/_bulk", qd_coordinator_bulk, BULK_PARAMETERS " index", QD_ROUTE_NDJSON },
    { QD_HTTP_POST, "/{index}/_bulk", qd_coordinator_bulk, BULK_PARAMETERS, QD_ROUTE_NDJSON },
    { QD_HTTP_PUT, "/{index}/_bulk", qd_coordinator_bulk, BULK_PARAMETERS, QD_ROUTE_NDJSON },
    { QD_HTTP_POST, "/_bulk/stream", qd_coordinator_bulk_stream, NULL, STREAM_FLAGS },
    { QD_HTTP_PUT, "/_bulk/stream", qd_coordinator_bulk_stream, NULL, STREAM_FLAGS },
    { QD_HTTP_POST, "/{index}/_bulk/stream", qd_coordinator_bulk_stream, NULL, STREAM_FLAGS },
    { QD_HTTP_PUT, "/{index}/_bulk/stream", qd_coordinator_bulk_stream, NULL, STREAM_FLAGS },
};

const struct qd_route_table qd_routes_documents = { rows, sizeof(rows) / sizeof(rows[0]) };
