#include <stdio.h>

#include "base/assert.h"
#include "index/engine_test_support.h"

TEST(engine, a_document_is_got_before_and_after_refresh)
{
    struct world world;
    world_begin(&world, 1, NULL);
    assert_ok(world_open(&world));
    assert_ok(world_index(&world, 1, "w1 w2 w1|t1|7"));
    world_check_gets(&world);
    bool changed;
    assert_ok(qd_engine_refresh(world.engine, &changed, &world.error));
    assert_true(changed);
    world_check_gets(&world);
    world_check_snapshot(&world);
    assert_ok(qd_engine_refresh(world.engine, &changed, &world.error));
    assert_false(changed);
    world_end(&world);
}

TEST(engine, a_snapshot_does_not_change)
{
    struct world world;
    bool changed;
    world_begin(&world, 2, NULL);
    assert_ok(world_open(&world));
    for (uint32_t i = 0; i < 10; i++) assert_ok(world_index(&world, i, "w1|t1|7"));
    assert_ok(qd_engine_refresh(world.engine, &changed, &world.error));
    struct qd_snapshot *held = qd_engine_acquire(world.engine);
    assert_int_equal(held->live_count, 10);
    for (uint32_t i = 0; i < 5; i++) assert_ok(world_delete(&world, i));
    for (uint32_t i = 5; i < 8; i++) assert_ok(world_index(&world, i, "w2|t2|8"));
    struct qd_snapshot *same = qd_engine_acquire(world.engine);
    assert_ptr_equal(same, held);
    qd_snapshot_release(same);
    assert_ok(qd_engine_flush(world.engine, &world.error));
    bool did;
    assert_ok(world_merge(&world, 1, &did));
    assert_true(did);
    world_check_snapshot(&world);
    assert_int_equal(held->live_count, 10);
    assert_int_equal(qd_segment_doc_count(held->segments[0].segment), 10);
    world_close(&world);
    assert_ok(qd_sections_verify(qd_segment_sections(held->segments[0].segment), &world.error));
    qd_snapshot_release(held);
    world_end(&world);
}

/* Runs one operation and returns its status text, or NULL. */
static const char *refuse(struct world *world, struct qd_operation operation)
{
    struct qd_document document;
    if (operation.kind != QD_OPERATION_DELETE) {
        struct qd_slice none = { NULL, 0 };
        assert_ok(test_document_parse(NULL, operation.id, none, QD_SLICE("w1|t|1"), world->arena, &document,
                                      &world->error));
        operation.document = &document;
    }
    operation.primary_term = 1;
    qd_error_init(&operation.error, world->arena);
    assert_ok(qd_engine_apply(world->engine, &operation, &world->error));
    if (operation.status == QD_OK) return NULL;
    assert_int_equal(operation.status, QD_VERSION_CONFLICT);
    return qd_arena_string(world->arena, operation.error.reason);
}

/* Texts asked from the reference. */
TEST(engine, conflicts_have_the_references_texts)
{
    struct world world;
    world_begin(&world, 3, NULL);
    assert_ok(world_open(&world));
    struct qd_operation index = { .kind = QD_OPERATION_INDEX, .id = QD_SLICE("1"), .version = -1,
                                  .if_seq_no = QD_SEQ_NO_NONE };
    struct qd_operation create = index;
    create.kind = QD_OPERATION_CREATE;
    assert_null(refuse(&world, index));
    assert_string_equal(refuse(&world, create),
                        "[1]: version conflict, document already exists (current version [1])");
    struct qd_operation condition = index;
    condition.if_seq_no = 5;
    condition.if_primary_term = 1;
    assert_string_equal(refuse(&world, condition),
                        "[1]: version conflict, required seqNo [5], primary term [1]. "
                                                   "current document has seqNo [0] and primary term [1]");
    condition.id = QD_SLICE("2");
    assert_string_equal(refuse(&world, condition),
                        "[2]: version conflict, required seqNo [5], primary term [1]. but no document was "
                        "found");
    struct qd_operation external = index;
    external.id = QD_SLICE("3");
    external.version_type = QD_VERSION_EXTERNAL;
    external.version = 10;
    assert_null(refuse(&world, external));
    assert_string_equal(refuse(&world, external),
                        "[3]: version conflict, current version [10] is higher or equal to "
                                                  "the one provided [10]");
    external.version_type = QD_VERSION_EXTERNAL_GTE;
    assert_null(refuse(&world, external));
    external.version = 9;
    assert_string_equal(refuse(&world, external),
                        "[3]: version conflict, current version [10] is higher than the one provided [9]");
    external.kind = QD_OPERATION_DELETE;
    external.version_type = QD_VERSION_EXTERNAL;
    external.version = 15;
    assert_null(refuse(&world, external));
    external.kind = QD_OPERATION_INDEX;
    external.version = 15;
    assert_string_equal(refuse(&world, external),
                        "[3]: version conflict, current version [15] is higher or equal to "
                                                  "the one provided [15]");
    struct qd_engine_stats stats;
    qd_engine_stats(world.engine, &stats);
    assert_int_equal(stats.index_failed, 6);
    world_end(&world);
}

TEST(engine, a_deleted_id_counts_on_until_gc_deletes)
{
    struct world world;
    bool changed;
    world_begin(&world, 4, NULL);
    world.options.gc_deletes_ms = 1000;
    assert_ok(world_open(&world));
    assert_ok(world_index(&world, 1, "w1|t|1"));
    assert_ok(world_delete(&world, 1));
    assert_ok(world_index(&world, 1, "w1|t|1"));
    assert_ok(world_delete(&world, 1));
    assert_ok(qd_engine_refresh(world.engine, &changed, &world.error));
    qd_fake_env_run_for(world.env, qd_duration_ms(5000));
    struct qd_operation index =
        { .kind = QD_OPERATION_CREATE, .id = QD_SLICE("a-rather-long-id-1"), .version = 1,
                                  .version_type = QD_VERSION_EXTERNAL, .if_seq_no = QD_SEQ_NO_NONE };
    assert_null(refuse(&world, index));
    world_end(&world);
}

TEST(engine, an_immense_term_uses_up_a_seq_no)
{
    struct world world;
    world_begin(&world, 5, NULL);
    assert_ok(world_open(&world));
    char *text = qd_arena_zalloc(world.arena, 40001);
    memset(text, 'x', 40000);
    struct qd_operation operation = { .kind = QD_OPERATION_INDEX, .id = QD_SLICE("1"), .version = -1,
                                      .if_seq_no = QD_SEQ_NO_NONE, .primary_term = 1 };
    struct qd_document document;
    struct qd_slice none = { NULL, 0 };
    assert_ok(test_document_parse(NULL, operation.id, none, qd_slice_from_string(text), world.arena,
                                  &document, &world.error));
    operation.document = &document;
    qd_error_init(&operation.error, world.arena);
    assert_ok(qd_engine_apply(world.engine, &operation, &world.error));
    assert_int_equal(operation.status, QD_ILLEGAL_ARGUMENT);
    assert_true(qd_slice_starts_with(
        operation.error.reason,
        QD_SLICE("Document contains at least one immense term in field=\"body\" (whose UTF8 "
                 "encoding is longer than the max length 32766), all of which "
                 "were skipped.")));
    assert_true(qd_slice_ends_with(operation.error.reason,
                                   QD_SLICE("120, 120]...', original message: bytes can be at most 32766 in "
                                            "length; got 40000")));
    assert_string_equal(operation.error.cause->type_override, "max_bytes_length_exceeded_exception");
    assert_ok(world_sync(&world));
    struct qd_engine_stats stats;
    qd_engine_stats(world.engine, &stats);
    assert_int_equal(stats.max_seq_no, 0);
    world_close(&world);
    assert_ok(world_open(&world));
    qd_engine_stats(world.engine, &stats);
    assert_int_equal(stats.max_seq_no, 0);
    assert_int_equal(stats.docs, 0);
    world_end(&world);
}

/* One random step; returns the engine's status. */
static enum qd_status step(struct world *world)
{
    char source[MODEL_SOURCE];
    bool changed;
    uint32_t id = world_below(world, MODEL_IDS);
    switch (world_below(world, 20)) {
    case 0: return qd_engine_refresh(world->engine, &changed, &world->error);
    case 1: return world_sync(world);
    case 2: return world_below(world, 3) == 0 ? qd_engine_flush(world->engine, &world->error) : QD_OK;
    case 3: return world_merge(world, world_below(world, 4) == 0 ? 1 : 0, &changed);
    case 4:
    case 5:
    case 6: return world_delete(world, id);
    default: world_source(world, source); return world_index(world, id, source);
    }
}

TEST(engine, random_operations_equal_the_model)
{
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct world world;
        bool changed;
        world_begin(&world, seed, NULL);
        assert_ok(world_open(&world));
        for (int i = 0; i < 400; i++) {
            assert_ok(step(&world));
            if (i % 40 != 39) continue;
            world_check_gets(&world);
            assert_ok(qd_engine_refresh(world.engine, &changed, &world.error));
            world_check_snapshot(&world);
        }
        world_end(&world);
    }
}

TEST(engine, deletes_during_a_merge_are_carried_over)
{
    struct world world;
    bool changed;
    world_begin(&world, 6, NULL);
    assert_ok(world_open(&world));
    for (uint32_t i = 0; i < 40; i++) {
        assert_ok(world_index(&world, i, "w1 w2|t1|3"));
        if (i % 10 == 9) assert_ok(qd_engine_refresh(world.engine, &changed, &world.error));
        if (i == 19) assert_ok(qd_engine_flush(world.engine, &world.error));
    }
    assert_ok(world_delete(&world, 0));
    assert_ok(qd_engine_refresh(world.engine, &changed, &world.error));
    struct qd_merge *merge = qd_engine_merge_plan(world.engine, 1, false);
    assert_non_null(merge);
    assert_ok(world_delete(&world, 5));
    assert_ok(world_index(&world, 25, "w3|t2|4"));
    assert_ok(qd_engine_refresh(world.engine, &changed, &world.error));
    assert_ok(qd_merge_run(merge, &world.error));
    assert_ok(world_delete(&world, 6));
    assert_ok(world_delete(&world, 26));
    assert_ok(qd_engine_merge_install(world.engine, merge, false, &world.error));
    struct qd_snapshot *snapshot = qd_engine_acquire(world.engine);
    assert_int_equal(snapshot->live_count, 38); /* 6 and 26 wait for the next refresh */
    qd_snapshot_release(snapshot);
    world_check_gets(&world);
    assert_ok(qd_engine_refresh(world.engine, &changed, &world.error));
    world_check_snapshot(&world);
    assert_ok(qd_engine_flush(world.engine, &world.error));
    world_close(&world);
    assert_ok(world_open(&world));
    world_check_gets(&world);
    world_check_snapshot(&world);
    world_end(&world);
}

static uint32_t visible_docs(struct world *world)
{
    struct qd_snapshot *snapshot = qd_engine_acquire(world->engine);
    uint32_t count = snapshot->live_count;
    qd_snapshot_release(snapshot);
    return count;
}

/* Everything that can happen to a document while a buffer is built. */
static void operate_during_build(struct world *world)
{
    assert_ok(world_delete(world, 12));                /* sealed */
    assert_ok(world_index(world, 13, "w5|t5|5"));      /* sealed, now in the new buffer */
    assert_ok(world_index(world, 1, "w6|t6|6"));       /* in a segment */
    assert_ok(world_delete(world, 2));
    assert_ok(world_index(world, 30, "w7|t7|7"));      /* new */
    world_check_gets(world);
}

static void build_with_operations(bool save)
{
    struct world world;
    bool changed;
    world_begin(&world, 9, NULL);
    assert_ok(world_open(&world));
    for (uint32_t i = 0; i < 10; i++) assert_ok(world_index(&world, i, "w1 w2|t1|3"));
    assert_ok(qd_engine_refresh(world.engine, &changed, &world.error));
    for (uint32_t i = 10; i < 20; i++) assert_ok(world_index(&world, i, "w1 w3|t2|4"));
    assert_ok(world_delete(&world, 0));  /* shown by the build */
    assert_ok(world_delete(&world, 10));
    struct qd_build *build = qd_engine_seal(world.engine, save);
    assert_non_null(build);
    assert_true(qd_engine_building(world.engine));
    assert_int_equal(visible_docs(&world), 10);
    operate_during_build(&world);
    assert_int_equal(visible_docs(&world), 10);
    assert_ok(qd_build_run(build, &world.error));
    assert_ok(qd_engine_build_install(world.engine, build, false, &world.error));
    assert_false(qd_engine_building(world.engine));
    assert_int_equal(visible_docs(&world), 18); /* without 0 and 10; what came later waits for a refresh */
    world_check_gets(&world);
    assert_ok(qd_engine_refresh(world.engine, &changed, &world.error));
    assert_true(changed);
    world_check_snapshot(&world);
    assert_null(qd_engine_seal(world.engine, false));
    assert_ok(qd_engine_flush(world.engine, &world.error));
    world_close(&world);
    assert_ok(world_open(&world));
    world_check_gets(&world);
    world_check_snapshot(&world);
    world_end(&world);
}

TEST(engine, a_build_shows_what_was_there_when_it_was_sealed)
{
    build_with_operations(false);
}

TEST(engine, a_build_that_saves_leaves_a_flush_its_rest)
{
    build_with_operations(true);
}

TEST(engine, a_flush_after_a_build_leaves_later_operations_to_the_translog)
{
    struct world world;
    struct qd_engine_stats stats;
    bool changed;
    world_begin(&world, 12, NULL);
    assert_ok(world_open(&world));
    for (uint32_t i = 0; i < 20; i++) assert_ok(world_index(&world, i, "w1 w2|t1|3"));
    assert_ok(world_delete(&world, 3));
    struct qd_build *build = qd_engine_seal(world.engine, true);
    operate_during_build(&world);
    assert_ok(qd_build_run(build, &world.error));
    assert_ok(qd_engine_build_install(world.engine, build, false, &world.error));
    assert_ok(world_index(&world, 21, "w5|t1|3"));
    assert_ok(world_sync(&world));
    size_t later = world.log_count - 21;
    assert_ok(qd_engine_flush(world.engine, &world.error));
    qd_engine_stats(world.engine, &stats);
    assert_int_equal(stats.segment_count, 1);
    assert_int_equal(stats.commit_max_seq_no, 20);
    assert_int_equal(stats.translog_uncommitted_operations, later);
    world_check_gets(&world);
    world_crash(&world);
    assert_int_equal(qd_engine_recovery(world.engine)->operations, later);
    world_check_gets(&world);
    world_check_snapshot(&world);
    assert_ok(qd_engine_refresh(world.engine, &changed, &world.error));
    assert_ok(qd_engine_flush(world.engine, &world.error));
    qd_engine_stats(world.engine, &stats);
    assert_int_equal(stats.translog_uncommitted_operations, 0);
    world_end(&world);
}

TEST(engine, an_engine_is_closed_with_a_build_that_was_dropped)
{
    struct world world;
    world_begin(&world, 10, NULL);
    assert_ok(world_open(&world));
    assert_ok(world_index(&world, 1, "w1|t1|3"));
    assert_ok(world_sync(&world));
    assert_non_null(qd_engine_seal(world.engine, true));
    world_close(&world);
    assert_ok(world_open(&world));
    world_check_gets(&world);
    world_end(&world);
}

TEST(engine, nothing_synced_is_lost_in_crashes)
{
    for (uint64_t seed = 1; seed <= 30; seed++) {
        struct world world;
        world_begin(&world, seed * 77, NULL);
        world.options.translog_generation_bytes = seed % 3 * 500;
        world.options.buffer_bytes_max = seed % 2 * 100000;
        assert_ok(world_open(&world));
        for (int round = 0; round < 6; round++) {
            uint32_t steps = world_below(&world, 80);
            for (uint32_t i = 0; i < steps; i++) assert_ok(step(&world));
            world_crash(&world);
            world_check_gets(&world);
            world_check_snapshot(&world);
        }
        world_end(&world);
    }
}

TEST(engine, a_crash_at_any_disk_call_loses_nothing_synced)
{
    for (uint64_t call = 1; call < 160; call++) {
        struct world world;
        world_begin(&world, call, NULL);
        world.random = 4711; /* the same operations, another call that crashes */
        qd_fake_env_crash_after(world.env, call);
        enum qd_status status = world_open(&world);
        for (int i = 0; i < 150 && status == QD_OK; i++) status = step(&world);
        if (status != QD_OK) assert_int_equal(status, QD_CRASHED);
        world_close(&world);
        qd_fake_env_restart(world.env);
        assert_ok(world_open(&world));
        world_check_recovered(&world);
        world_check_gets(&world);
        world_check_snapshot(&world);
        world_end(&world);
    }
}

static void sweep(enum qd_status kind, bool for_ever)
{
    for (uint64_t call = 1; call < 160; call++) {
        struct world world;
        world_begin(&world, call, NULL);
        world.random = 4712;
        qd_fake_env_fail_after(world.env, call, kind, for_ever);
        enum qd_status status = world_open(&world);
        for (int i = 0; i < 150 && world.engine != NULL; i++) {
            status = step(&world);
            /* What fails without harm may be tried again; a failed engine refuses everything. */
            if (status != QD_OK && world_sync(&world) != QD_OK) break;
        }
        world_close(&world);
        qd_fake_env_fail_after(world.env, 0, QD_OK, false);
        qd_fake_env_crash(world.env);
        qd_fake_env_restart(world.env);
        assert_ok(world_open(&world));
        world_check_recovered(&world);
        world_check_gets(&world);
        world_check_snapshot(&world);
        world_end(&world);
    }
}

TEST(engine, one_failing_disk_call_loses_nothing)
{
    sweep(QD_IO, false);
    sweep(QD_NO_SPACE, false);
}

TEST(engine, a_failing_disk_loses_nothing)
{
    sweep(QD_IO, true);
    sweep(QD_NO_SPACE, true);
}

/* Every answer is right or an error: what the file system returns wrongly is never shown. */
static void check_never_wrong(struct world *world)
{
    struct model_document documents[MODEL_IDS];
    world_model(world, documents);
    struct qd_arena *arena = qd_arena_create(0);
    for (uint32_t id = 0; id < MODEL_IDS; id++) {
        struct qd_get_result result;
        struct qd_slice name = qd_arena_format(arena, id % 2 == 0 ? "id%u" : "a-rather-long-id-%u", id);
        enum qd_status status = qd_engine_get(world->engine, name, arena, &result, &world->error);
        if (status != QD_OK) {
            assert_int_equal(status, QD_CORRUPTION);
            continue;
        }
        assert_int_equal(result.found, documents[id].exists);
        if (result.found) assert_slice(result.source, documents[id].source);
    }
    qd_arena_destroy(arena);
}

TEST(engine, a_flipped_bit_gives_an_error_or_the_right_answer)
{
    uint32_t refused = 0;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct world world;
        struct qd_slice *names;
        size_t count;
        world_begin(&world, seed, NULL);
        assert_ok(world_open(&world));
        for (int i = 0; i < 200; i++) assert_ok(step(&world));
        if (seed % 2 == 0) assert_ok(qd_engine_flush(world.engine, &world.error));
        assert_ok(world_sync(&world));
        world_close(&world);
        struct qd_slice path = QD_SLICE("indices/a/0");
        assert_ok(world.env->disk->list(world.env, path, world.arena, &names, &count, &world.error));
        struct qd_slice victim = names[world_below(&world, (uint32_t)count)];
        qd_fake_env_flip_bit(world.env, qd_arena_format(world.arena, "%.*s/%.*s", QD_SLICE_ARG(path),
                                                        QD_SLICE_ARG(victim)));
        enum qd_status status = world_open(&world);
        if (status == QD_OK) {
            check_never_wrong(&world);
        } else {
            assert_true(status == QD_CORRUPTION || status == QD_TRANSLOG_CORRUPTED);
            world.engine = NULL;
            refused++;
        }
        world_end(&world);
    }
    assert_true(refused > 10);
}
