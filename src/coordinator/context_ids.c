#include "coordinator/context_ids.h"

#include "base/checksum.h"
#include "base/text.h"
#include "base/vector.h"

#define FRAME_VERSION 1

struct qd_slice qd_context_id_make(const struct qd_search_run *run, enum qd_context_kind kind)
{
    struct qd_buffer frame = { 0 };
    size_t count = 0;
    for (size_t i = 0; i < run->leg_count; i++) {
        if (!run->legs[i].failed && !run->legs[i].skipped) count++;
    }
    qd_buffer_byte(&frame, FRAME_VERSION);
    qd_buffer_byte(&frame, (uint8_t)kind);
    qd_buffer_varint(&frame, count);
    for (size_t i = 0; i < run->leg_count; i++) {
        const struct qd_search_leg *leg = &run->legs[i];
        if (leg->failed || leg->skipped) continue;
        qd_buffer_varint(&frame, leg->answer.context_id != 0 ? leg->answer.context_id : leg->context_id);
        qd_buffer_sized(&frame, leg->node_id);
        qd_buffer_sized(&frame, leg->index_name);
        qd_buffer_sized(&frame, leg->index_uuid);
        qd_buffer_varint(&frame, leg->shard);
    }
    qd_buffer_u32(&frame, qd_crc32c(frame.data, frame.size));
    struct qd_slice id = qd_base64_url_encode(run->call->arena, qd_buffer_view(&frame));
    qd_buffer_deinit(&frame);
    return id;
}

static bool read_legs(struct qd_search_run *run, struct qd_slice bytes, enum qd_context_kind kind)
{
    struct qd_arena *arena = run->call->arena;
    if (bytes.size < 4) return false;
    struct qd_reader crc = qd_reader_make(qd_slice_from(bytes, bytes.size - 4));
    if (qd_reader_u32(&crc) != qd_crc32c(bytes.data, bytes.size - 4)) return false;
    struct qd_reader reader = qd_reader_make(qd_slice_sub(bytes, 0, bytes.size - 4));
    if (qd_reader_byte(&reader) != FRAME_VERSION || qd_reader_byte(&reader) != (uint8_t)kind) return false;
    uint64_t count = qd_reader_varint(&reader);
    if (count > bytes.size) return false;
    run->legs = QD_NEW_ARRAY(arena, struct qd_search_leg, count);
    for (uint64_t i = 0; i < count; i++) {
        struct qd_search_leg *leg = &run->legs[run->leg_count];
        leg->run = run;
        leg->place = (uint32_t)run->leg_count++;
        leg->context_id = qd_reader_varint(&reader);
        leg->node_id = qd_reader_sized(&reader);
        leg->index_name = qd_reader_sized(&reader);
        leg->index_uuid = qd_reader_sized(&reader);
        leg->shard = (uint32_t)qd_reader_varint(&reader);
    }
    return !reader.failed;
}

enum qd_status qd_context_id_read(struct qd_search_run *run, struct qd_slice id, enum qd_context_kind kind,
                                  struct qd_error *error)
{
    struct qd_slice bytes;
    if (qd_base64_url_decode(run->call->arena, id, &bytes) && read_legs(run, bytes, kind)) return QD_OK;
    qd_base64_explain(id, true, error);
    if (kind == QD_CONTEXT_SCROLL) return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT, "Cannot parse scroll id");
    return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT, "invalid id: [%.*s]", QD_SLICE_ARG(id));
}

static void freed(void *context, const struct qd_transport_reply *reply)
{
    struct qd_context_release *release = context;
    struct qd_reader reader = qd_reader_make(reply->payload);
    if (reply->status == QD_OK) release->freed += (size_t)qd_reader_varint(&reader);
    if (--release->pending == 0) release->done(release->context, release->freed);
}

static void nothing_to_free(void *context)
{
    struct qd_context_release *release = context;
    release->done(release->context, 0);
}

void qd_context_release_start(struct qd_context_release *release)
{
    struct qd_search_run *run = release->run;
    struct qd_env *env = release->coordinator->env;
    release->pending = run->leg_count;
    if (run->leg_count == 0) {
        env->work->defer(env, nothing_to_free, release);
        return;
    }
    for (size_t i = 0; i < run->leg_count; i++) {
        struct qd_buffer buffer = { 0 };
        struct qd_transport_target target = { .node_id = run->legs[i].node_id,
                                              .action = QD_ACTION_FREE_CONTEXT };
        qd_buffer_varint(&buffer, run->legs[i].context_id);
        qd_transport_send(release->coordinator->transport, &target, &buffer, freed, release);
    }
}
