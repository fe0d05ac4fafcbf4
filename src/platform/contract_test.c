/* The contract of platform/env.h: every test runs against Linux and against the fake of the simulation. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/test.h"
#include "platform/env.h"
#include "platform/linux/linux_env.h"
#include "simulation/fake/fake_env.h"

struct world {
    struct qd_env *env;
    struct qd_arena *arena;
    struct qd_error error;
    bool fake;
    char directory[64]; /* Linux: to be removed */
};

static void turn(struct world *world)
{
    if (!world->fake) {
        qd_linux_env_poll(world->env, true);
    } else if (!qd_fake_env_step(world->env)) {
        fail_msg("nothing happens any more");
    }
}

static void wait_for(struct world *world, const bool *condition)
{
    while (!*condition) turn(world);
}

static void run_linux(void (*body)(struct world *world))
{
    struct world world = { .arena = qd_arena_create(0) };
    qd_error_init(&world.error, world.arena);
    snprintf(world.directory, sizeof(world.directory), "/tmp/qd_contract_XXXXXX");
    assert_non_null(mkdtemp(world.directory));
    struct qd_linux_env_options options = { .data_directory = qd_slice_from_string(world.directory),
                                            .threads = 3 };
    assert_ok(qd_linux_env_create(&options, &world.env, &world.error));
    body(&world);
    qd_linux_env_destroy(world.env);
    char command[96];
    snprintf(command, sizeof(command), "rm -r %s", world.directory);
    assert_int_equal(system(command), 0);
    qd_arena_destroy(world.arena);
}

/* Several seeds, with delays, so that orders differ. */
static void run_fake(void (*body)(struct world *world))
{
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct world world = { .arena = qd_arena_create(0), .fake = true };
        qd_error_init(&world.error, world.arena);
        struct qd_fake_options options = { 0 };
        if (seed > 0) {
            options.faults.work_delay_max = qd_duration_ms(20);
            options.faults.network_delay_max = qd_duration_ms(10);
            options.faults.disk_latency_max = qd_duration_ms(5);
        }
        world.env = qd_fake_env_create(seed, &options);
        body(&world);
        qd_fake_env_destroy(world.env);
        qd_arena_destroy(world.arena);
    }
}

#define CONTRACT(name)                                       \
    static void contract_##name(struct world *world);        \
    TEST(contract_linux, name) { run_linux(contract_##name); } \
    TEST(contract_fake, name) { run_fake(contract_##name); }   \
    static void contract_##name(struct world *world)

#define S QD_SLICE

/* ---- clock ---- */

struct timer_state {
    struct world *world;
    struct qd_instant fired;
    int count;
    bool done;
};

static void note_fire(void *context)
{
    struct timer_state *state = context;
    state->fired = state->world->env->clock->monotonic(state->world->env);
    state->count++;
    state->done = true;
}

CONTRACT(timers_fire_once_in_order_and_not_early)
{
    const struct qd_clock_operations *clock = world->env->clock;
    struct timer_state late = { .world = world };
    struct timer_state early = { .world = world };
    struct timer_state never = { .world = world };
    struct qd_instant start = clock->monotonic(world->env);
    clock->timer_start(world->env, qd_duration_ms(30), note_fire, &late);
    clock->timer_start(world->env, qd_duration_ms(5), note_fire, &early);
    struct qd_timer *stopped = clock->timer_start(world->env, qd_duration_ms(10), note_fire, &never);
    clock->timer_stop(world->env, stopped);
    wait_for(world, &early.done);
    assert_int_equal(late.count, 0);
    wait_for(world, &late.done);
    assert_int_equal(early.count, 1);
    assert_int_equal(late.count, 1);
    assert_int_equal(never.count, 0);
    assert_true(qd_instant_since(early.fired, start).nanoseconds >= 5000000);
    assert_true(qd_instant_since(late.fired, start).nanoseconds >= 30000000);
}

CONTRACT(wall_clock_is_consistent)
{
    int64_t milliseconds = world->env->clock->wall_ms(world->env);
    int64_t nanoseconds = world->env->clock->wall_ns(world->env);
    assert_true(milliseconds > INT64_C(1500000000000));
    assert_true(nanoseconds / 1000000 - milliseconds < 1000);
}

/* ---- work ---- */

struct item {
    struct world *world;
    int *next_run;
    int *next_done;
    int ran_as;
    int done_as;
    bool submit_more;
    struct item *other;
};

static void run_item(void *context)
{
    struct item *item = context;
    item->ran_as = (*item->next_run)++;
}

static void done_item(void *context)
{
    struct item *item = context;
    item->done_as = (*item->next_done)++;
}

CONTRACT(a_lane_runs_in_order)
{
    enum { COUNT = 200 };
    struct item items[COUNT];
    int next_run = 0;
    int next_done = 0;
    struct qd_lane *lane = world->env->work->lane_create(world->env);
    for (int i = 0; i < COUNT; i++) {
        items[i] = (struct item){ .world = world, .next_run = &next_run, .next_done = &next_done };
        world->env->work->submit(world->env, QD_WORK_WRITE, lane, run_item, done_item, &items[i]);
    }
    while (next_done < COUNT) turn(world);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(items[i].ran_as, i);
        assert_int_equal(items[i].done_as, i);
    }
    world->env->work->lane_destroy(world->env, lane);
}

static void count_done(void *context)
{
    (*(int *)context)++;
}

static void run_nothing(void *context)
{
    (void)context;
}

CONTRACT(work_without_lane_is_done_once)
{
    int done = 0;
    for (int i = 0; i < 100; i++) {
        world->env->work->submit(world->env, QD_WORK_GENERIC, NULL, run_nothing, count_done, &done);
    }
    assert_int_equal(done, 0);
    while (done < 100) turn(world);
    assert_true(world->env->work->parallelism(world->env) >= 1);
}

/* Items of a class that have ended, and whether nothing of it waits or runs. */
static struct qd_work_counts counts_of(struct world *world, enum qd_work_class class)
{
    struct qd_work_counts counts[QD_WORK_CLASS_COUNT];
    assert_true(world->env->work->counts(world->env, counts) >= 1);
    return counts[class];
}

CONTRACT(work_is_counted_by_class)
{
    int done = 0;
    struct qd_lane *lane = world->env->work->lane_create(world->env);
    for (int i = 0; i < 20; i++) {
        world->env->work->submit(world->env, QD_WORK_MERGE, i % 2 == 0 ? lane : NULL, run_nothing, count_done,
                                 &done);
    }
    struct qd_work_counts counts = counts_of(world, QD_WORK_MERGE);
    assert_int_equal(counts.queued + counts.active + counts.completed, 20);
    while (done < 20) turn(world);
    counts = counts_of(world, QD_WORK_MERGE);
    assert_int_equal(counts.queued, 0);
    assert_int_equal(counts.active, 0);
    assert_int_equal(counts.completed, 20);
    assert_true(counts.largest >= 1);
    assert_int_equal(counts_of(world, QD_WORK_FLUSH).completed, 0);
    world->env->work->lane_destroy(world->env, lane);
}

/* A merge that lasts until a search has run. */
struct long_merge {
    atomic_bool searched;
    atomic_int running; /* merges at once */
    atomic_int most;    /* of them */
    int done;           /* merges and searches that ended */
};

static void run_long_merge(void *context)
{
    struct long_merge *merge = context;
    int now = atomic_fetch_add(&merge->running, 1) + 1;
    if (now > atomic_load(&merge->most)) atomic_store(&merge->most, now);
    while (!atomic_load(&merge->searched)) usleep(100);
    atomic_fetch_sub(&merge->running, 1);
}

static void run_search(void *context)
{
    atomic_store(&((struct long_merge *)context)->searched, true);
}

static void end_long_merge(void *context)
{
    ((struct long_merge *)context)->done++;
}

/* More merges than threads: the search would wait for ever behind them. */
static void contract_merges_leave_threads(struct world *world)
{
    struct long_merge merge = { 0 };
    struct qd_env *env = world->env;
    for (int i = 0; i < 20; i++) {
        env->work->submit(env, QD_WORK_MERGE, NULL, run_long_merge, end_long_merge, &merge);
    }
    env->work->submit(env, QD_WORK_SEARCH, NULL, run_search, end_long_merge, &merge);
    while (merge.done < 21) turn(world);
    assert_int_equal(atomic_load(&merge.most), 1);
}

TEST(contract_linux, merges_leave_threads_to_searches)
{
    run_linux(contract_merges_leave_threads);
}

struct deferring {
    struct world *world;
    int count;
    bool done;
};

static void defer_again(void *context)
{
    struct deferring *deferring = context;
    deferring->count++;
    deferring->done = deferring->count == 3;
    if (!deferring->done) deferring->world->env->work->defer(deferring->world->env, defer_again, deferring);
}

CONTRACT(deferred_calls_run_later)
{
    struct deferring deferring = { .world = world };
    world->env->work->defer(world->env, defer_again, &deferring);
    assert_int_equal(deferring.count, 0);
    wait_for(world, &deferring.done);
}

/* ---- disk ---- */

static struct qd_file *open_file(struct world *world, const char *path, enum qd_file_mode mode)
{
    struct qd_file *file = NULL;
    assert_ok(world->env->disk->open(world->env, qd_slice_from_string(path), mode, &file, &world->error));
    return file;
}

static void write_file(struct world *world, const char *path, enum qd_file_mode mode, const char *text)
{
    const struct qd_disk_operations *disk = world->env->disk;
    struct qd_file *file = open_file(world, path, mode);
    assert_ok(disk->append(world->env, file, text, strlen(text), &world->error));
    assert_ok(disk->sync(world->env, file, &world->error));
    disk->close(world->env, file);
}

static void assert_content(struct world *world, const char *path, const char *text)
{
    const struct qd_disk_operations *disk = world->env->disk;
    struct qd_file *file = open_file(world, path, QD_FILE_READ);
    char bytes[256];
    size_t size = 0;
    assert_ok(disk->read(world->env, file, 0, bytes, sizeof(bytes), &size, &world->error));
    assert_slice(qd_slice_make(bytes, size), text);
    uint64_t file_size = 0;
    assert_ok(disk->size(world->env, file, &file_size, &world->error));
    assert_int_equal(file_size, strlen(text));
    disk->close(world->env, file);
}

CONTRACT(files_are_appended_read_truncated)
{
    const struct qd_disk_operations *disk = world->env->disk;
    write_file(world, "a", QD_FILE_CREATE, "hello ");
    write_file(world, "a", QD_FILE_APPEND, "world");
    assert_content(world, "a", "hello world");
    struct qd_file *file = open_file(world, "a", QD_FILE_APPEND);
    char bytes[16];
    size_t size = 0;
    assert_ok(disk->read(world->env, file, 6, bytes, 3, &size, &world->error));
    assert_slice(qd_slice_make(bytes, size), "wor");
    assert_ok(disk->read(world->env, file, 100, bytes, 3, &size, &world->error));
    assert_int_equal(size, 0);
    assert_ok(disk->truncate(world->env, file, 5, &world->error));
    assert_ok(disk->append(world->env, file, "!", 1, &world->error));
    disk->close(world->env, file);
    assert_content(world, "a", "hello!");
    write_file(world, "a", QD_FILE_CREATE, "x");
    assert_content(world, "a", "x");
}

CONTRACT(directories_list_sorted)
{
    const struct qd_disk_operations *disk = world->env->disk;
    assert_ok(disk->make_directory(world->env, S("d/e/f"), &world->error));
    assert_ok(disk->make_directory(world->env, S("d/e"), &world->error));
    write_file(world, "d/e/b", QD_FILE_CREATE, "1");
    write_file(world, "d/e/a", QD_FILE_APPEND, "2");
    struct qd_slice *names = NULL;
    size_t count = 0;
    assert_ok(disk->list(world->env, S("d/e"), world->arena, &names, &count, &world->error));
    assert_int_equal(count, 3);
    assert_slice(names[0], "a");
    assert_slice(names[1], "b");
    assert_slice(names[2], "f");
    assert_ok(disk->list(world->env, S("missing"), world->arena, &names, &count, &world->error));
    assert_int_equal(count, 0);
    assert_ok(disk->list(world->env, S(""), world->arena, &names, &count, &world->error));
    assert_int_equal(count, 1);
    assert_ok(disk->sync_directory(world->env, S("d/e"), &world->error));
    assert_ok(disk->sync_directory(world->env, S(""), &world->error));
}

CONTRACT(rename_replaces_and_remove_forgives)
{
    const struct qd_disk_operations *disk = world->env->disk;
    write_file(world, "new", QD_FILE_CREATE, "n");
    write_file(world, "old", QD_FILE_CREATE, "o");
    struct qd_file *held = open_file(world, "old", QD_FILE_READ);
    assert_ok(disk->rename(world->env, S("new"), S("old"), &world->error));
    assert_content(world, "old", "n");
    char byte = 0;
    size_t size = 0;
    assert_ok(disk->read(world->env, held, 0, &byte, 1, &size, &world->error));
    assert_int_equal(byte, 'o');
    disk->close(world->env, held);
    assert_ok(disk->remove(world->env, S("old"), &world->error));
    assert_ok(disk->remove(world->env, S("old"), &world->error));
    assert_ok(disk->make_directory(world->env, S("dir/sub"), &world->error));
    assert_int_equal(disk->remove(world->env, S("dir"), &world->error), QD_IO);
    assert_slice(world->error.reason, "rmdir [dir]: Directory not empty");
    assert_ok(disk->remove(world->env, S("dir/sub"), &world->error));
    assert_ok(disk->remove(world->env, S("dir"), &world->error));
    assert_int_equal(disk->rename(world->env, S("x"), S("y"), &world->error), QD_IO);
    assert_slice(world->error.reason, "rename [x]: No such file or directory");
}

CONTRACT(mistakes_have_texts)
{
    const struct qd_disk_operations *disk = world->env->disk;
    struct qd_file *file = NULL;
    struct qd_mapping_handle *handle = NULL;
    struct qd_slice bytes;
    assert_int_equal(disk->open(world->env, S("none"), QD_FILE_READ, &file, &world->error), QD_IO);
    assert_slice(world->error.reason, "open [none]: No such file or directory");
    assert_int_equal(disk->open(world->env, S("none/x"), QD_FILE_CREATE, &file, &world->error), QD_IO);
    assert_slice(world->error.reason, "open [none/x]: No such file or directory");
    assert_int_equal(disk->map(world->env, S("none"), &handle, &bytes, &world->error), QD_IO);
    assert_slice(world->error.reason, "open [none]: No such file or directory");
    write_file(world, "file", QD_FILE_CREATE, "x");
    file = open_file(world, "file", QD_FILE_READ);
    assert_int_equal(disk->append(world->env, file, "x", 1, &world->error), QD_IO);
    assert_slice(world->error.reason, "write [file]: Bad file descriptor");
    disk->close(world->env, file);
    assert_int_equal(disk->make_directory(world->env, S("file"), &world->error), QD_IO);
    assert_slice(world->error.reason, "mkdir [file]: Not a directory");
    assert_int_equal(disk->sync_directory(world->env, S("none"), &world->error), QD_IO);
    assert_slice(world->error.reason, "open [none]: No such file or directory");
}

CONTRACT(maps_outlive_the_name)
{
    const struct qd_disk_operations *disk = world->env->disk;
    write_file(world, "m", QD_FILE_CREATE, "mapped");
    write_file(world, "empty", QD_FILE_CREATE, "");
    struct qd_mapping_handle *handle = NULL;
    struct qd_mapping_handle *nothing = NULL;
    struct qd_slice bytes;
    struct qd_slice none;
    assert_ok(disk->map(world->env, S("m"), &handle, &bytes, &world->error));
    assert_ok(disk->map(world->env, S("empty"), &nothing, &none, &world->error));
    assert_ok(disk->remove(world->env, S("m"), &world->error));
    assert_slice(bytes, "mapped");
    assert_int_equal(none.size, 0);
    disk->unmap(world->env, handle);
    disk->unmap(world->env, nothing);
    uint64_t total = 0;
    uint64_t available = 0;
    assert_ok(disk->space(world->env, &total, &available, &world->error));
    assert_true(total >= available);
    assert_true(available > 0);
}

/* ---- network ---- */

struct end {
    struct world *world;
    struct qd_connection *connection;
    struct qd_buffer received;
    const char *answer;    /* sent when the first bytes come */
    bool close_after;      /* and then closed */
    bool drained;
    bool closed;
    bool connected;
    bool refused;
};

static void end_data(void *context, struct qd_slice bytes)
{
    struct end *end = context;
    struct qd_env *env = end->world->env;
    assert_false(end->closed);
    qd_buffer_slice(&end->received, bytes);
    if (end->answer == NULL) return;
    env->network->send(env, end->connection, qd_slice_from_string(end->answer));
    end->answer = NULL;
    if (end->close_after) env->network->close(env, end->connection);
}

static void end_closed(void *context)
{
    struct end *end = context;
    assert_false(end->closed);
    end->closed = true;
}

static void end_drained(void *context)
{
    ((struct end *)context)->drained = true;
}

static const struct qd_connection_events end_events = { end_data, end_closed, end_drained };

static void on_connection(void *context, struct qd_connection *connection)
{
    struct end *end = context;
    end->refused = connection == NULL;
    end->connected = true;
    end->connection = connection;
    if (connection != NULL) end->world->env->network->attach(end->world->env, connection, &end_events, end);
}

static struct qd_listener *connect_ends(struct world *world, struct end *server, struct end *client)
{
    struct qd_listener *listener = NULL;
    uint16_t port = 0;
    struct qd_env *env = world->env;
    assert_ok(env->network->listen(env, S("127.0.0.1"), 0, on_connection, server, &listener, &port,
                                   &world->error));
    assert_true(port > 0);
    env->network->connect(env, S("127.0.0.1"), port, on_connection, client);
    assert_false(client->connected);
    wait_for(world, &client->connected);
    wait_for(world, &server->connected);
    assert_false(client->refused);
    return listener;
}

CONTRACT(a_closed_port_refuses)
{
    struct end client = { .world = world };
    struct end server = { .world = world };
    struct qd_listener *listener = NULL;
    struct qd_listener *second = NULL;
    uint16_t port = 0;
    struct qd_env *env = world->env;
    assert_ok(env->network->listen(env, S("127.0.0.1"), 0, on_connection, &server, &listener, &port,
                                   &world->error));
    assert_int_equal(env->network->listen(env, S("127.0.0.1"), port, on_connection, &server, &second, &port,
                                          &world->error),
                     QD_IO);
    assert_true(qd_slice_ends_with(world->error.reason, S("]: address already in use")));
    env->network->listener_close(env, listener);
    env->network->connect(env, S("127.0.0.1"), port, on_connection, &client);
    wait_for(world, &client.connected);
    assert_true(client.refused);
}

CONTRACT(bytes_sent_before_close_arrive)
{
    struct end server = { .world = world, .answer = "answer", .close_after = true };
    struct end client = { .world = world };
    struct qd_listener *listener = connect_ends(world, &server, &client);
    struct qd_env *env = world->env;
    assert_true(qd_slice_starts_with(env->network->peer(env, server.connection), S("127.0.0.1:")));
    env->network->send(env, client.connection, S("question"));
    wait_for(world, &client.closed);
    wait_for(world, &server.closed);
    assert_slice(qd_buffer_view(&client.received), "answer");
    env->network->listener_close(env, listener);
    qd_buffer_deinit(&client.received);
    qd_buffer_deinit(&server.received);
}

CONTRACT(a_slow_reader_fills_the_queue_and_drains_it)
{
    enum { PIECE = 64 << 10 };
    struct end server = { .world = world };
    struct end client = { .world = world };
    struct qd_listener *listener = connect_ends(world, &server, &client);
    struct qd_env *env = world->env;
    env->network->set_reading(env, server.connection, false);
    char *piece = malloc(PIECE);
    memset(piece, 'p', PIECE);
    size_t sent = 0;
    bool more = true;
    while (more) {
        more = env->network->send(env, client.connection, qd_slice_make(piece, PIECE));
        sent += PIECE;
        assert_true(sent < (size_t)64 << 20);
    }
    assert_int_equal(server.received.size, 0);
    assert_false(client.drained);
    env->network->set_reading(env, server.connection, true);
    wait_for(world, &client.drained);
    env->network->send(env, client.connection, S("end"));
    while (server.received.size < sent + 3) turn(world);
    assert_memory_equal(server.received.data + sent, "end", 3);
    assert_memory_equal(server.received.data, piece, PIECE);
    env->network->close(env, server.connection);
    wait_for(world, &client.closed);
    wait_for(world, &server.closed);
    env->network->listener_close(env, listener);
    qd_buffer_deinit(&server.received);
    free(piece);
}

/* ---- the rest ---- */

CONTRACT(random_and_facts)
{
    uint64_t numbers[3] = { 0 };
    world->env->random(world->env, numbers, sizeof(numbers));
    assert_true(numbers[0] != numbers[1] && numbers[1] != numbers[2]);
    struct qd_machine_facts facts;
    world->env->machine(world->env, &facts);
    assert_true(facts.resident_bytes > 1 << 20);
    assert_true(facts.memory_total_bytes > facts.memory_free_bytes);
    assert_true(facts.open_files > 2);
    assert_true(facts.virtual_bytes > facts.resident_bytes);
    assert_true(facts.threads >= 1 && facts.threads_peak >= facts.threads);
    assert_true(facts.swap_free_bytes <= facts.swap_total_bytes);
    assert_true(facts.volume.free_bytes > 0);
    assert_true(facts.os_pretty_name[0] != 0);
    assert_true(facts.processors >= 1);
    assert_string_equal(facts.os_name, "Linux");
    assert_true(facts.host_name[0] != 0);
}
