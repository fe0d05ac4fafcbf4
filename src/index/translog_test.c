#include <stdlib.h>

#include "base/test.h"
#include "index/translog.h"
#include "simulation/fake/fake_env.h"

/* A translog on the fake disk with known operations. */
struct log {
    struct qd_env *env;
    struct qd_arena *arena;
    struct qd_error error;
    struct qd_translog translog;
    int64_t next;     /* seq_no of the next operation */
    int64_t seen;     /* operations that a replay gave, in order */
};

static void log_begin(struct log *log, uint64_t seed)
{
    struct qd_fake_options options = { .disk_on_loop = true };
    struct qd_translog_previous none = { 0, 0 };
    *log = (struct log){ .env = qd_fake_env_create(seed, &options), .arena = qd_arena_create(0) };
    qd_error_init(&log->error, log->arena);
    log->translog.env = log->env;
    log->translog.path = QD_SLICE("t");
    memset(log->translog.uuid, 7, sizeof(log->translog.uuid));
    assert_ok(log->env->disk->make_directory(log->env, QD_SLICE("t"), &log->error));
    assert_ok(log->env->disk->sync_directory(log->env, QD_SLICE(""), &log->error));
    assert_ok(qd_translog_create(&log->translog, 1, none, &log->error));
}

static void log_end(struct log *log)
{
    qd_translog_close(&log->translog);
    qd_fake_env_destroy(log->env);
    qd_arena_destroy(log->arena);
}

static struct qd_slice source_of(struct log *log, int64_t seq_no)
{
    return qd_arena_format(log->arena, "{\"n\":%lld}", (long long)seq_no * 1001);
}

static void add(struct log *log)
{
    int64_t seq_no = log->next++;
    struct qd_translog_operation operation =
        { .kind = seq_no % 5 == 4 ? QD_TRANSLOG_DELETE : QD_TRANSLOG_INDEX,
                                               .seq_no = seq_no,
                                               .primary_term = 3,
                                               .version = seq_no * 2,
                                               .id =
                                                   qd_arena_format(log->arena, "id%lld", (long long)seq_no) };
    if (seq_no % 3 == 0) operation.routing = QD_SLICE("r");
    if (operation.kind == QD_TRANSLOG_INDEX) operation.source = source_of(log, seq_no);
    assert_ok(qd_translog_append(&log->translog, &operation, &log->error));
}

static enum qd_status see(void *context, const struct qd_translog_operation *operation,
                          struct qd_error *error)
{
    struct log *log = context;
    (void)error;
    int64_t seq_no = log->seen++;
    assert_int_equal(operation->seq_no, seq_no);
    assert_int_equal(operation->primary_term, 3);
    assert_int_equal(operation->version, seq_no * 2);
    assert_slice(operation->id, qd_arena_format(log->arena, "id%lld", (long long)seq_no).data);
    assert_int_equal(operation->routing.data != NULL, seq_no % 3 == 0);
    if (seq_no % 5 == 4) {
        assert_int_equal(operation->kind, QD_TRANSLOG_DELETE);
    } else {
        assert_slice(operation->source, source_of(log, seq_no).data);
    }
    return QD_OK;
}

static enum qd_status replay(struct log *log, struct qd_translog_recovered *recovered)
{
    struct qd_translog_visitor visitor = { log, see };
    log->seen = 0;
    qd_translog_close(&log->translog);
    return qd_translog_replay(&log->translog, 1, &visitor, recovered, &log->error);
}

TEST(translog, a_chain_of_generations_is_replayed_in_order)
{
    struct log log;
    struct qd_translog_recovered recovered;
    log_begin(&log, 1);
    for (int i = 0; i < 50; i++) {
        add(&log);
        if (i % 7 == 3) assert_ok(qd_translog_sync(&log.translog, &log.error));
        if (i % 13 == 5) assert_ok(qd_translog_roll(&log.translog, &log.error));
    }
    assert_ok(qd_translog_sync(&log.translog, &log.error));
    assert_ok(replay(&log, &recovered));
    assert_int_equal(log.seen, 50);
    assert_int_equal(recovered.operations, 50);
    assert_int_equal(recovered.last_generation, 5);
    log_end(&log);
}

TEST(translog, a_torn_tail_keeps_the_synced_prefix)
{
    for (uint64_t seed = 1; seed <= 200; seed++) {
        struct log log;
        struct qd_translog_recovered recovered;
        log_begin(&log, seed);
        for (int i = 0; i < 20; i++) add(&log);
        assert_ok(qd_translog_sync(&log.translog, &log.error));
        for (int i = 0; i < 60; i++) add(&log);
        struct qd_slice tail = qd_buffer_view(&log.translog.buffer);
        assert_ok(log.env->disk->append(log.env, log.translog.file, tail.data, tail.size, &log.error));
        qd_fake_env_crash(log.env);
        qd_fake_env_restart(log.env);
        assert_ok(replay(&log, &recovered));
        assert_true(log.seen >= 20);
        int64_t kept = log.seen;
        /* The next generation says how much of this one counts. */
        struct qd_translog_previous previous = { recovered.last_generation, recovered.last_size };
        assert_ok(qd_translog_create(&log.translog, recovered.highest_file + 1, previous, &log.error));
        log.next = kept;
        add(&log);
        assert_ok(qd_translog_sync(&log.translog, &log.error));
        assert_ok(replay(&log, &recovered));
        assert_int_equal(log.seen, kept + 1);
        log_end(&log);
    }
}

TEST(translog, a_flipped_bit_of_synced_operations_is_found)
{
    for (uint64_t seed = 1; seed <= 200; seed++) {
        struct log log;
        struct qd_translog_recovered recovered;
        log_begin(&log, seed);
        for (int i = 0; i < 20; i++) {
            add(&log);
            if (i % 6 == 0) assert_ok(qd_translog_sync(&log.translog, &log.error));
        }
        assert_ok(qd_translog_sync(&log.translog, &log.error));
        assert_true(qd_fake_env_flip_bit(log.env, QD_SLICE("t/translog-1")));
        assert_int_equal(replay(&log, &recovered), QD_TRANSLOG_CORRUPTED);
        log_end(&log);
    }
}

TEST(translog, a_missing_generation_is_corruption)
{
    struct log log;
    struct qd_translog_recovered recovered;
    log_begin(&log, 1);
    add(&log);
    assert_ok(qd_translog_roll(&log.translog, &log.error));
    add(&log);
    assert_ok(qd_translog_roll(&log.translog, &log.error));
    assert_ok(log.env->disk->remove(log.env, QD_SLICE("t/translog-1"), &log.error));
    assert_int_equal(replay(&log, &recovered), QD_TRANSLOG_CORRUPTED);
    log_end(&log);
}

TEST(translog, a_half_written_generation_counts_as_none)
{
    struct log log;
    struct qd_translog_recovered recovered;
    struct qd_file *file;
    log_begin(&log, 1);
    add(&log);
    assert_ok(qd_translog_sync(&log.translog, &log.error));
    assert_ok(log.env->disk->open(log.env, QD_SLICE("t/translog-2"), QD_FILE_CREATE, &file, &log.error));
    assert_ok(log.env->disk->append(log.env, file, "QD", 2, &log.error));
    log.env->disk->close(log.env, file);
    assert_ok(replay(&log, &recovered));
    assert_int_equal(log.seen, 1);
    assert_int_equal(recovered.last_generation, 1);
    assert_int_equal(recovered.highest_file, 2);
    log_end(&log);
}

TEST(translog, a_failed_sync_refuses_everything_after_it)
{
    struct log log;
    log_begin(&log, 1);
    add(&log);
    qd_fake_env_fail_after(log.env, 2, QD_IO, false);
    assert_int_equal(qd_translog_sync(&log.translog, &log.error), QD_IO);
    assert_int_equal(qd_translog_sync(&log.translog, &log.error), QD_IO);
    assert_int_equal(qd_translog_roll(&log.translog, &log.error), QD_IO);
    log_end(&log);
}
