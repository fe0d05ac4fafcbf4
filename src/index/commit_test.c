#include "base/test.h"
#include "index/commit.h"
#include "simulation/fake/fake_env.h"

/* A directory on the fake disk. */
struct place {
    struct qd_env *env;
    struct qd_arena *arena;
    struct qd_error error;
};

static void place_begin(struct place *place, uint64_t seed)
{
    struct qd_fake_options options = { .disk_on_loop = true };
    *place = (struct place){ .env = qd_fake_env_create(seed, &options), .arena = qd_arena_create(0) };
    qd_error_init(&place->error, place->arena);
    assert_ok(place->env->disk->make_directory(place->env, QD_SLICE("c"), &place->error));
    assert_ok(place->env->disk->sync_directory(place->env, QD_SLICE(""), &place->error));
}

static void place_end(struct place *place)
{
    qd_fake_env_destroy(place->env);
    qd_arena_destroy(place->arena);
}

static void write(struct place *place, uint64_t generation, enum qd_status expected)
{
    struct qd_commit_segment segments[2] = { { 5, 1000, 77, 10, 9, 3 }, { 6, 2000, 78, 20, 20, 0 } };
    struct qd_commit commit = { .generation = generation,
                                .id = { 1, 2, 3 },
                                .history_uuid = { 4, 5, 6 },
                                .translog_generation = 8,
                                .next_segment_generation = 9,
                                .max_seq_no = 41,
                                .local_checkpoint = 40,
                                .segments = segments,
                                .segment_count = 2 };
    bool unknown = false;
    assert_int_equal(qd_commit_write(place->env, QD_SLICE("c"), &commit, &unknown, &place->error), expected);
}

TEST(commit, the_newest_is_read_back)
{
    struct place place;
    struct qd_commit commit;
    bool found;
    place_begin(&place, 1);
    assert_ok(qd_commit_read_newest(place.env, QD_SLICE("c"), place.arena, &commit, &found, &place.error));
    assert_false(found);
    for (uint64_t i = 8; i <= 11; i++) write(&place, i, QD_OK);
    qd_fake_env_crash(place.env);
    qd_fake_env_restart(place.env);
    assert_ok(qd_commit_read_newest(place.env, QD_SLICE("c"), place.arena, &commit, &found, &place.error));
    assert_true(found);
    assert_int_equal(commit.generation, 11);
    assert_int_equal(commit.max_seq_no, 41);
    assert_int_equal(commit.local_checkpoint, 40);
    assert_int_equal(commit.translog_generation, 8);
    assert_int_equal(commit.next_segment_generation, 9);
    assert_int_equal(commit.segment_count, 2);
    assert_int_equal(commit.segments[0].live_generation, 3);
    assert_int_equal(commit.segments[1].size, 2000);
    assert_int_equal(commit.history_uuid[2], 6);
    place_end(&place);
}

TEST(commit, any_flipped_bit_is_found)
{
    for (uint64_t seed = 1; seed < 100; seed++) {
        struct place place;
        struct qd_commit commit;
        bool found;
        place_begin(&place, seed);
        write(&place, 1, QD_OK);
        assert_true(qd_fake_env_flip_bit(place.env, QD_SLICE("c/commit-1")));
        assert_int_equal(qd_commit_read_newest(place.env, QD_SLICE("c"), place.arena, &commit, &found,
                                               &place.error),
                         QD_CORRUPTION);
        place_end(&place);
    }
}

TEST(commit, a_crash_leaves_the_old_or_the_new_one)
{
    for (uint64_t call = 1; call < 13; call++) {
        struct place place;
        struct qd_commit commit;
        bool found;
        place_begin(&place, call);
        write(&place, 1, QD_OK);
        qd_fake_env_crash_after(place.env, call);
        bool crashes = call <= 6;
        write(&place, 2, crashes ? QD_CRASHED : QD_OK);
        qd_fake_env_crash(place.env);
        qd_fake_env_restart(place.env);
        assert_ok(qd_commit_read_newest(place.env, QD_SLICE("c"), place.arena, &commit, &found,
                                        &place.error));
        assert_true(found);
        assert_true(commit.generation == 2 || (crashes && commit.generation == 1));
        place_end(&place);
    }
}

TEST(commit, live_documents_are_read_back_and_checked)
{
    struct place place;
    place_begin(&place, 1);
    struct qd_live_docs *live = qd_live_docs_create(130, NULL);
    bool unknown = false;
    assert_true(qd_live_docs_clear(live, 0));
    assert_true(qd_live_docs_clear(live, 129));
    assert_false(qd_live_docs_clear(live, 129));
    assert_ok(qd_live_docs_write(place.env, QD_SLICE("c/live-1-1"), live, &unknown, &place.error));
    struct qd_live_docs *back;
    assert_ok(qd_live_docs_read(place.env, QD_SLICE("c/live-1-1"), 130, &back, &place.error));
    assert_int_equal(back->live_count, 128);
    assert_memory_equal(back->words, live->words, 24);
    qd_live_docs_release(back);
    assert_int_equal(qd_live_docs_read(place.env, QD_SLICE("c/live-1-1"), 64, &back, &place.error),
                     QD_CORRUPTION);
    assert_true(qd_fake_env_flip_bit(place.env, QD_SLICE("c/live-1-1")));
    assert_int_equal(qd_live_docs_read(place.env, QD_SLICE("c/live-1-1"), 130, &back, &place.error),
                     QD_CORRUPTION);
    qd_live_docs_release(live);
    place_end(&place);
}
