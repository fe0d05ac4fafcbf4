/* GET _cat: the list of tables. */
#include "rest/cat_tables.h"

void qd_cat_list(struct qd_coordinator *coordinator, struct qd_call *call)
{
    static const char list[] =
        "=^.^=\n"
        "/_cat/allocation\n"
        "/_cat/segment_replication\n"
        "/_cat/segment_replication/{index}\n"
        "/_cat/shards\n"
        "/_cat/shards/{index}\n"
        "/_cat/cluster_manager\n"
        "/_cat/nodes\n"
        "/_cat/tasks\n"
        "/_cat/indices\n"
        "/_cat/indices/{index}\n"
        "/_cat/segments\n"
        "/_cat/segments/{index}\n"
        "/_cat/count\n"
        "/_cat/count/{index}\n"
        "/_cat/recovery\n"
        "/_cat/recovery/{index}\n"
        "/_cat/health\n"
        "/_cat/pending_tasks\n"
        "/_cat/aliases\n"
        "/_cat/aliases/{alias}\n"
        "/_cat/thread_pool\n"
        "/_cat/thread_pool/{thread_pools}\n"
        "/_cat/plugins\n"
        "/_cat/fielddata\n"
        "/_cat/fielddata/{fields}\n"
        "/_cat/nodeattrs\n"
        "/_cat/repositories\n"
        "/_cat/snapshots/{repository}\n"
        "/_cat/templates\n";
    (void)coordinator;
    qd_buffer_text(&call->response, list);
    call->content_type = "text/plain; charset=UTF-8";
    qd_call_finish(call, 200);
}
