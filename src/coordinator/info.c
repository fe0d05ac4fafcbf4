/* The banner: GET and HEAD /. */
#include "base/product.h"
#include "coordinator/cluster_service.h"
#include "coordinator/operations.h"

void qd_coordinator_info(struct qd_coordinator *coordinator, struct qd_call *call)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(coordinator->cluster);
    struct qd_json_writer writer = qd_call_writer(call);
    qd_json_begin_object(&writer);
    qd_json_member_string(&writer, "name", coordinator->local_node->name);
    qd_json_member_string(&writer, "cluster_name", state->cluster_name);
    qd_json_member_string(&writer, "cluster_uuid", state->cluster_uuid);
    qd_json_member_object(&writer, "version");
    qd_json_member_text(&writer, "distribution", "opensearch");
    qd_json_member_text(&writer, "number", QD_OPENSEARCH_VERSION);
    qd_json_member_text(&writer, "build_type", QD_OPENSEARCH_BUILD_TYPE);
    qd_json_member_text(&writer, "build_hash", QD_OPENSEARCH_BUILD_HASH);
    qd_json_member_text(&writer, "build_date", QD_OPENSEARCH_BUILD_DATE);
    qd_json_member_bool(&writer, "build_snapshot", false);
    qd_json_member_text(&writer, "lucene_version", QD_LUCENE_VERSION);
    qd_json_member_text(&writer, "minimum_wire_compatibility_version", QD_MINIMUM_WIRE_VERSION);
    qd_json_member_text(&writer, "minimum_index_compatibility_version", QD_MINIMUM_INDEX_VERSION);
    qd_json_end_object(&writer);
    qd_json_member_text(&writer, "tagline", "The OpenSearch Project: https://opensearch.org/");
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}
