/* Fault sweep: every disk call of a new file fails or is the last before a crash. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/test.h"
#include "platform/new_file.h"
#include "simulation/fake/fake_env.h"

#define S QD_SLICE
/* Disk calls that can fail: remove, open, append twice, sync; and the rename and the directory's sync. */
#define WRITE_CALLS 5u
#define REPLACE_CALLS 7u

static const struct qd_new_file old = { .path = QD_SLICE_INIT("d/f"), .bytes = QD_SLICE_INIT("the old one") };
static const struct qd_new_file new = { .path = QD_SLICE_INIT("d/f"),
                                        .head = QD_SLICE_INIT("the "),
                                        .bytes = QD_SLICE_INIT("new one") };

static struct qd_env *start(uint64_t seed)
{
    struct qd_env *env = qd_fake_env_create(seed, NULL);
    bool unknown = false;
    assert_ok(env->disk->make_directory(env, S("d"), NULL));
    assert_ok(env->disk->sync_directory(env, S(""), NULL));
    assert_ok(qd_new_file_replace(env, &old, &unknown, NULL));
    assert_false(unknown);
    return env;
}

static bool holds(struct qd_env *env, struct qd_slice content)
{
    char bytes[64];
    size_t size = 0;
    struct qd_file *file = NULL;
    assert_ok(env->disk->open(env, S("d/f"), QD_FILE_READ, &file, NULL));
    assert_ok(env->disk->read(env, file, 0, bytes, sizeof(bytes), &size, NULL));
    env->disk->close(env, file);
    return qd_slice_equal(qd_slice_make(bytes, size), content);
}

TEST(new_file, takes_the_place_of_the_old_one)
{
    struct qd_env *env = start(1);
    bool unknown = false;
    assert_ok(qd_new_file_replace(env, &new, &unknown, NULL));
    assert_false(unknown);
    qd_fake_env_crash(env);
    qd_fake_env_restart(env);
    assert_true(holds(env, S("the new one")));
    qd_fake_env_destroy(env);
}

TEST(new_file, a_failed_call_leaves_the_old_one_or_an_unknown_state)
{
    for (uint64_t call = 1; call <= REPLACE_CALLS; call++) {
        struct qd_env *env = start(call);
        bool unknown = false;
        qd_fake_env_fail_after(env, call, QD_IO, true);
        assert_int_equal(qd_new_file_replace(env, &new, &unknown, NULL), QD_IO);
        /* The syncs of the file and of the directory. */
        assert_int_equal(unknown, call == WRITE_CALLS || call == REPLACE_CALLS);
        qd_fake_env_fail_after(env, 0, QD_OK, false);
        assert_true(holds(env, call == REPLACE_CALLS ? S("the new one") : S("the old one")));
        /* What was left behind is in nobody's way. */
        unknown = false;
        assert_ok(qd_new_file_replace(env, &new, &unknown, NULL));
        assert_false(unknown);
        assert_true(holds(env, S("the new one")));
        qd_fake_env_destroy(env);
    }
}

TEST(new_file, a_crash_at_any_call_leaves_one_of_them_whole)
{
    for (uint64_t seed = 0; seed < 100; seed++) {
        for (uint64_t call = 1; call <= REPLACE_CALLS + 1; call++) {
            struct qd_env *env = start(seed);
            bool unknown = false;
            qd_fake_env_crash_after(env, call);
            enum qd_status status = qd_new_file_replace(env, &new, &unknown, NULL);
            assert_int_equal(status, call <= REPLACE_CALLS ? QD_CRASHED : QD_OK);
            qd_fake_env_crash(env);
            qd_fake_env_restart(env);
            assert_true(holds(env, S("the new one")) || (status != QD_OK && holds(env, S("the old one"))));
            qd_fake_env_destroy(env);
        }
    }
}

TEST(new_file, a_write_does_not_use_what_had_its_path)
{
    /* The file that had the path keeps its inode for those who have it open. */
    struct qd_env *env = start(1);
    struct qd_file *reader = NULL;
    char bytes[64];
    size_t size = 0;
    bool unknown = false;
    assert_ok(env->disk->open(env, S("d/f"), QD_FILE_READ, &reader, NULL));
    assert_ok(qd_new_file_write(env, &new, &unknown, NULL));
    assert_ok(env->disk->read(env, reader, 0, bytes, sizeof(bytes), &size, NULL));
    assert_true(qd_slice_equal(qd_slice_make(bytes, size), S("the old one")));
    env->disk->close(env, reader);
    assert_true(holds(env, S("the new one")));
    qd_fake_env_destroy(env);
}

TEST(new_file, more_than_one_chunk_arrives_whole)
{
    struct qd_env *env = start(1);
    size_t size = ((size_t)9 << 20) + 17;
    char *bytes = malloc(size);
    assert_non_null(bytes);
    for (size_t i = 0; i < size; i++) bytes[i] = (char)(i * 31 >> 3);
    struct qd_new_file large = { .path = S("d/large"), .bytes = qd_slice_make(bytes, size) };
    bool unknown = false;
    assert_ok(qd_new_file_write(env, &large, &unknown, NULL));
    struct qd_mapping_handle *handle;
    struct qd_slice mapped;
    assert_ok(env->disk->map(env, S("d/large"), &handle, &mapped, NULL));
    assert_true(qd_slice_equal(mapped, large.bytes));
    env->disk->unmap(env, handle);
    free(bytes);
    qd_fake_env_destroy(env);
}
