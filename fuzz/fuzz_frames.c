/* Frames between nodes, scroll ids and the cluster state file: bytes are refused or give the same bytes
 * again. */
#include <stdint.h>
#include <stdlib.h>

#include "base/assert.h"
#include "coordinator/context_ids.h"
#include "coordinator/node_facts.h"
#include "data/read_messages.h"
#include "data/report_messages.h"
#include "data/write_request.h"
#include "master/cluster_state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_frames(struct qd_slice bytes, struct qd_arena *arena)
{
    struct qd_write_message message;
    struct qd_write_message again;
    struct qd_write_outcome *outcomes;
    struct qd_buffer buffer = { 0 };
    const struct qd_slice parts[3] = { bytes, bytes, bytes };
    size_t count;
    bool refreshed;
    for (size_t part_count = 0; part_count <= 3; part_count++) {
        struct qd_write_frame frame = { bytes, parts, part_count };
        if (qd_write_message_read(&frame, arena, &message, NULL) != QD_OK) continue;
        qd_write_message_write(&message, &buffer);
        frame.bytes = qd_buffer_view(&buffer);
        qd_assert(qd_write_message_read(&frame, arena, &again, NULL) == QD_OK);
        qd_assert(again.count == message.count);
        qd_buffer_deinit(&buffer);
    }
    if (qd_write_outcomes_read(bytes, arena, &outcomes, &count, &refreshed, NULL) == QD_OK) {
        for (size_t i = 0; i < count; i++) qd_assert(outcomes[i].status < QD_STATUS_COUNT);
    }
}

static void read_frames(struct qd_slice bytes, struct qd_arena *arena)
{
    struct qd_get_message get;
    struct qd_get_result *results;
    struct qd_query_message query;
    struct qd_query_answer answer;
    struct qd_fetch_message fetch;
    struct qd_maintain_message maintain;
    struct qd_slice *hits;
    size_t count;
    if (qd_get_message_read(bytes, arena, &get, NULL) == QD_OK) qd_assert(get.count <= bytes.size);
    if (qd_get_results_read(bytes, arena, &results, &count, NULL) == QD_OK) qd_assert(count <= bytes.size);
    if (qd_query_message_read(bytes, &query, NULL) == QD_OK) {
        qd_assert(query.mode <= QD_QUERY_VALIDATE_REWRITTEN);
    }
    if (qd_query_answer_read(bytes, arena, &answer, NULL) == QD_OK) qd_assert(answer.text.size <= bytes.size);
    if (qd_fetch_message_read(bytes, arena, &fetch, NULL) == QD_OK) {
        qd_assert(fetch.docs.doc_count <= bytes.size);
    }
    if (qd_maintain_message_read(bytes, &maintain, NULL) == QD_OK) {
        qd_assert(maintain.index_uuid.size <= bytes.size);
    }
    if (qd_hits_read(bytes, arena, &hits, &count, NULL) == QD_OK) qd_assert(count <= bytes.size);
}

static void report_frames(struct qd_slice bytes, struct qd_arena *arena)
{
    struct qd_report_message message;
    struct qd_report_message again;
    struct qd_shard_report *reports;
    struct qd_shard_report *copies;
    struct qd_buffer buffer = { 0 };
    size_t count;
    size_t copy_count;
    if (qd_report_message_read(bytes, arena, &message, NULL) == QD_OK) {
        qd_report_message_write(&message, &buffer);
        qd_assert(qd_report_message_read(qd_buffer_view(&buffer), arena, &again, NULL) == QD_OK);
        qd_assert(again.parts == message.parts);
        qd_assert(again.index_count == message.index_count);
        qd_buffer_deinit(&buffer);
    }
    if (qd_reports_read(bytes, arena, &reports, &count, NULL) != QD_OK) return;
    qd_reports_write(reports, count, &buffer);
    qd_assert(qd_reports_read(qd_buffer_view(&buffer), arena, &copies, &copy_count, NULL) == QD_OK);
    qd_assert(copy_count == count);
    for (size_t i = 0; i < count; i++) {
        qd_assert(qd_slice_equal(reports[i].index_uuid, copies[i].index_uuid));
        qd_assert(reports[i].group_count == copies[i].group_count);
        qd_assert(reports[i].field_count == copies[i].field_count);
    }
    qd_buffer_deinit(&buffer);
}

static void node_frames(struct qd_slice bytes, struct qd_arena *arena)
{
    struct qd_node_facts facts;
    struct qd_node_facts again;
    struct qd_buffer buffer = { 0 };
    if (qd_node_facts_read(bytes, arena, &facts, NULL) != QD_OK) return;
    qd_node_facts_write(&facts, &buffer);
    qd_assert(qd_node_facts_read(qd_buffer_view(&buffer), arena, &again, NULL) == QD_OK);
    qd_assert(again.pools.count == facts.pools.count);
    qd_assert(again.setting_count == facts.setting_count);
    for (size_t i = 0; i < facts.pools.count; i++) {
        (void)qd_thread_pools_counts(&facts.pools.pools[i], &facts);
    }
    qd_buffer_deinit(&buffer);
}

static void ids_and_states(struct qd_slice bytes, struct qd_arena *arena)
{
    struct qd_call call = { .arena = arena };
    struct qd_search_run run = { .call = &call };
    struct qd_cluster_state *state;
    struct qd_cluster_state *again;
    struct qd_buffer first = { 0 };
    struct qd_buffer second = { 0 };
    if (qd_context_id_read(&run, bytes, QD_CONTEXT_SCROLL, NULL) == QD_OK) {
        qd_assert(run.leg_count <= bytes.size);
    }
    if (qd_cluster_state_decode(bytes, &state, NULL) != QD_OK) return;
    qd_cluster_state_encode(state, &first);
    enum qd_status status = qd_cluster_state_decode(qd_buffer_view(&first), &again, NULL);
    qd_assert(status == QD_OK);
    qd_cluster_state_encode(again, &second);
    qd_assert(qd_slice_equal(qd_buffer_view(&first), qd_buffer_view(&second)));
    qd_cluster_state_release(state);
    qd_cluster_state_release(again);
    qd_buffer_deinit(&first);
    qd_buffer_deinit(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_slice bytes = qd_arena_copy(arena, qd_slice_make(data, size));
    write_frames(bytes, arena);
    read_frames(bytes, arena);
    report_frames(bytes, arena);
    node_frames(bytes, arena);
    ids_and_states(bytes, arena);
    qd_arena_destroy(arena);
    return 0;
}
