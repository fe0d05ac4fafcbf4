/* What the fake of the simulation promises beyond the contract: crashes, faults, sameness. */
#include <string.h>

#include "base/arena.h"
#include "base/test.h"
#include "simulation/fake/fake_env.h"

#define S QD_SLICE

static struct qd_file *open_file(struct qd_env *env, const char *path, enum qd_file_mode mode)
{
    struct qd_file *file = NULL;
    assert_ok(env->disk->open(env, qd_slice_from_string(path), mode, &file, NULL));
    return file;
}

static void append(struct qd_env *env, struct qd_file *file, char byte, size_t size)
{
    char bytes[4096];
    memset(bytes, byte, sizeof(bytes));
    assert_ok(env->disk->append(env, file, bytes, size, NULL));
}

/* A file of 700 synced 's' and 3000 unsynced 'u', with a durable name. */
static void make_torn_file(struct qd_env *env)
{
    struct qd_file *file = open_file(env, "f", QD_FILE_CREATE);
    append(env, file, 's', 700);
    assert_ok(env->disk->sync(env, file, NULL));
    assert_ok(env->disk->sync_directory(env, S(""), NULL));
    append(env, file, 'u', 3000);
    env->disk->close(env, file);
}

static size_t read_all(struct qd_env *env, const char *path, char *bytes, size_t size)
{
    struct qd_file *file = open_file(env, path, QD_FILE_READ);
    size_t count = 0;
    assert_ok(env->disk->read(env, file, 0, bytes, size, &count, NULL));
    env->disk->close(env, file);
    return count;
}

TEST(fake, crash_keeps_synced_bytes_and_tears_the_rest)
{
    unsigned lost = 0;
    unsigned kept = 0;
    unsigned cut = 0;
    unsigned scrambled = 0;
    for (uint64_t seed = 0; seed < 400; seed++) {
        struct qd_env *env = qd_fake_env_create(seed, NULL);
        make_torn_file(env);
        qd_fake_env_crash(env);
        struct qd_file *file = NULL;
        assert_int_equal(env->disk->open(env, S("f"), QD_FILE_READ, &file, NULL), QD_CRASHED);
        qd_fake_env_restart(env);
        char bytes[5000];
        size_t size = read_all(env, "f", bytes, sizeof(bytes));
        assert_true(size >= 700 && size <= 3700);
        for (size_t i = 0; i < 700; i++) assert_int_equal(bytes[i], 's');
        bool clean = true;
        for (size_t i = 700; i < size; i++) clean = clean && bytes[i] == 'u';
        if (size != 700 && size != 3700) assert_int_equal(size % 512, 0);
        scrambled += !clean;
        lost += clean && size == 700;
        kept += clean && size == 3700;
        cut += clean && size != 700 && size != 3700;
        qd_fake_env_destroy(env);
    }
    assert_true(lost > 20 && kept > 20 && cut > 20 && scrambled > 20);
}

TEST(fake, unsynced_truncation_may_come_back)
{
    unsigned old = 0;
    unsigned new = 0;
    for (uint64_t seed = 0; seed < 100; seed++) {
        struct qd_env *env = qd_fake_env_create(seed, NULL);
        struct qd_file *file = open_file(env, "f", QD_FILE_CREATE);
        append(env, file, 'a', 1000);
        assert_ok(env->disk->sync(env, file, NULL));
        assert_ok(env->disk->sync_directory(env, S(""), NULL));
        assert_ok(env->disk->truncate(env, file, 100, NULL));
        append(env, file, 'b', 10);
        env->disk->close(env, file);
        qd_fake_env_restart(env);
        char bytes[2000];
        size_t size = read_all(env, "f", bytes, sizeof(bytes));
        for (size_t i = 0; i < 100; i++) assert_int_equal(bytes[i], 'a');
        old += size == 1000 && bytes[999] == 'a';
        new += size == 110 && bytes[109] == 'b';
        qd_fake_env_destroy(env);
    }
    assert_true(old > 5 && new > 5);
}

static bool exists(struct qd_env *env, const char *path)
{
    struct qd_file *file = NULL;
    if (env->disk->open(env, qd_slice_from_string(path), QD_FILE_READ, &file, NULL) != QD_OK) return false;
    env->disk->close(env, file);
    return true;
}

TEST(fake, unsynced_names_may_vanish_but_renames_are_whole)
{
    unsigned vanished = 0;
    unsigned replaced = 0;
    for (uint64_t seed = 0; seed < 200; seed++) {
        struct qd_env *env = qd_fake_env_create(seed, NULL);
        struct qd_file *file = open_file(env, "manifest", QD_FILE_CREATE);
        append(env, file, 'o', 1);
        assert_ok(env->disk->sync(env, file, NULL));
        env->disk->close(env, file);
        assert_ok(env->disk->sync_directory(env, S(""), NULL));
        file = open_file(env, "temporary", QD_FILE_CREATE);
        append(env, file, 'n', 1);
        assert_ok(env->disk->sync(env, file, NULL));
        env->disk->close(env, file);
        assert_ok(env->disk->rename(env, S("temporary"), S("manifest"), NULL));
        env->disk->close(env, open_file(env, "other", QD_FILE_CREATE));
        qd_fake_env_restart(env);
        char byte;
        assert_int_equal(read_all(env, "manifest", &byte, 1), 1);
        assert_true(byte == 'o' || byte == 'n');
        if (byte == 'n') assert_false(exists(env, "temporary"));
        replaced += byte == 'n';
        vanished += !exists(env, "other");
        qd_fake_env_destroy(env);
    }
    assert_true(vanished > 20 && vanished < 180);
    assert_true(replaced > 20 && replaced < 180);
}

TEST(fake, synced_names_stay)
{
    for (uint64_t seed = 0; seed < 50; seed++) {
        struct qd_env *env = qd_fake_env_create(seed, NULL);
        assert_ok(env->disk->make_directory(env, S("a/b"), NULL));
        assert_ok(env->disk->sync_directory(env, S(""), NULL));
        assert_ok(env->disk->sync_directory(env, S("a"), NULL));
        env->disk->close(env, open_file(env, "a/b/c", QD_FILE_CREATE));
        assert_ok(env->disk->sync_directory(env, S("a/b"), NULL));
        assert_ok(env->disk->remove(env, S("a/b/c"), NULL));
        assert_ok(env->disk->sync_directory(env, S("a/b"), NULL));
        env->disk->close(env, open_file(env, "a/b/d", QD_FILE_CREATE));
        assert_ok(env->disk->sync_directory(env, S("a/b"), NULL));
        qd_fake_env_restart(env);
        assert_false(exists(env, "a/b/c"));
        assert_true(exists(env, "a/b/d"));
        qd_fake_env_destroy(env);
    }
}

TEST(fake, nth_call_fails_or_crashes)
{
    struct qd_env *env = qd_fake_env_create(1, NULL);
    struct qd_file *file = open_file(env, "f", QD_FILE_CREATE);
    qd_fake_env_fail_after(env, 2, QD_NO_SPACE, false);
    append(env, file, 'a', 1);
    assert_int_equal(env->disk->append(env, file, "b", 1, NULL), QD_NO_SPACE);
    append(env, file, 'c', 1);
    qd_fake_env_fail_after(env, 1, QD_IO, true);
    assert_int_equal(env->disk->append(env, file, "d", 1, NULL), QD_IO);
    assert_int_equal(env->disk->append(env, file, "d", 1, NULL), QD_IO);
    qd_fake_env_fail_after(env, 0, QD_OK, false);
    qd_fake_env_crash_after(env, 2);
    append(env, file, 'e', 1);
    assert_int_equal(env->disk->append(env, file, "f", 1, NULL), QD_CRASHED);
    assert_int_equal(env->disk->sync(env, file, NULL), QD_CRASHED);
    assert_true(qd_fake_env_crashed(env));
    qd_fake_env_restart(env);
    assert_int_equal(env->disk->append(env, file, "f", 1, NULL), QD_CRASHED);
    env->disk->close(env, file);
    env->disk->close(env, open_file(env, "f", QD_FILE_CREATE));
    qd_fake_env_destroy(env);
}

TEST(fake, full_disk_is_no_space_until_freed)
{
    struct qd_fake_options options = { .disk_size = 1000 };
    struct qd_env *env = qd_fake_env_create(1, &options);
    struct qd_file *file = open_file(env, "f", QD_FILE_CREATE);
    append(env, file, 'a', 900);
    assert_int_equal(env->disk->append(env, file, "0123456789", 10, NULL), QD_OK);
    char bytes[200] = { 0 };
    assert_int_equal(env->disk->append(env, file, bytes, sizeof(bytes), NULL), QD_NO_SPACE);
    uint64_t total = 0;
    uint64_t available = 1;
    assert_ok(env->disk->space(env, &total, &available, NULL));
    assert_int_equal(total, 1000);
    assert_int_equal(available, 0);
    env->disk->close(env, file);
    assert_ok(env->disk->remove(env, S("f"), NULL));
    assert_ok(env->disk->space(env, &total, &available, NULL));
    assert_int_equal(available, 1000);
    qd_fake_env_destroy(env);
}

TEST(fake, a_bit_turns)
{
    struct qd_env *env = qd_fake_env_create(1, NULL);
    make_torn_file(env);
    char before[4000];
    char after[4000];
    size_t size = read_all(env, "f", before, sizeof(before));
    assert_true(qd_fake_env_flip_bit(env, S("f")));
    assert_int_equal(read_all(env, "f", after, sizeof(after)), size);
    unsigned bits = 0;
    for (size_t i = 0; i < size; i++) {
        bits += (unsigned)__builtin_popcount((unsigned char)(before[i] ^ after[i]));
    }
    assert_int_equal(bits, 1);
    assert_false(qd_fake_env_flip_bit(env, S("missing")));
    qd_fake_env_destroy(env);
}

struct script {
    struct qd_env *env;
    int left;
};

static void write_more(void *context)
{
    struct script *script = context;
    struct qd_file *file = NULL;
    if (script->env->disk->open(script->env, S("w"), QD_FILE_APPEND, &file, NULL) != QD_OK) return;
    (void)!script->env->disk->append(script->env, file, "x", 1, NULL);
    script->env->disk->close(script->env, file);
}

static void submit_more(void *context)
{
    struct script *script = context;
    if (script->left-- <= 0) return;
    script->env->work->submit(script->env, QD_WORK_WRITE, NULL, write_more, submit_more, script);
}

static uint64_t run_script(uint64_t seed)
{
    struct qd_fake_options options = { 0 };
    options.faults.write_error = 100000;
    options.faults.disk_latency_max = qd_duration_ms(3);
    options.faults.work_delay_max = qd_duration_ms(3);
    struct script script = { qd_fake_env_create(seed, &options), 50 };
    submit_more(&script);
    assert_int_equal(qd_fake_env_run_until_idle(script.env, 1000000), 100);
    uint64_t hash = qd_fake_env_trace_hash(script.env);
    qd_fake_env_destroy(script.env);
    return hash;
}

TEST(fake, the_same_seed_gives_the_same_run)
{
    assert_true(run_script(1) == run_script(1));
    assert_true(run_script(1) != run_script(2));
}
