#include "base/test.h"
#include "rest/cat.h"

static const struct qd_cat_column columns[] = {
    { "name", "n,na", "the name", QD_CAT_LEFT, 0 },
    { "size", "s", "its size", QD_CAT_RIGHT | QD_CAT_PAIRED, 0 },
    { "pri.size", NULL, "of primaries", QD_CAT_RIGHT | QD_CAT_HIDDEN, 0 },
    { "took", "t", "time", QD_CAT_RIGHT, 0 },
    { "timestamp", "ts", "clock", QD_CAT_LEFT, 0 },
};
static const struct qd_cat_table table = QD_CAT_TABLE(columns);

/* A call over an arena of its own, and how it ended. */
struct probe {
    struct qd_call call;
    bool done;
};

static void done(struct qd_call *call)
{
    ((struct probe *)call)->done = true;
}

static void set(struct probe *probe, const char *name, const char *value)
{
    struct qd_slice *text = QD_NEW(probe->call.arena, struct qd_slice);
    *text = qd_slice_from_string(value);
    qd_map_put(&probe->call.parameters, qd_slice_from_string(name), text);
}

static void open_probe(struct probe *probe)
{
    *probe = (struct probe){ .call = { .arena = qd_arena_create(0), .done = done } };
    qd_map_init(&probe->call.parameters, probe->call.arena);
    qd_error_init(&probe->call.error, probe->call.arena);
}

static void close_probe(struct probe *probe)
{
    qd_buffer_deinit(&probe->call.response);
    qd_arena_destroy(probe->call.arena);
}

static void add(struct qd_cat *cat, const char *name, int64_t size, int64_t took_ms)
{
    struct qd_cat_cell *cell = qd_cat_row(cat);
    cell[0] = qd_cat_string(name);
    cell[1] = qd_cat_bytes(size);
    cell[2] = qd_cat_bytes(size / 2);
    if (took_ms >= 0) {
        cell[3] = qd_cat_millis(took_ms);
    }
    cell[4] = qd_cat_text(qd_cat_clock(took_ms < 0 ? 0 : took_ms, cat->call->arena));
}

static void expect(struct probe *probe, const char *text)
{
    struct qd_cat cat;
    if (qd_cat_begin(&cat, &probe->call, &table)) {
        add(&cat, "b", 2048, 1500);
        add(&cat, "long", 10, -1);
        add(&cat, "a", 100000, 20);
        qd_cat_finish(&cat);
    }
    assert_true(probe->done);
    struct qd_slice got = probe->call.failed ? probe->call.error.reason
                                             : qd_buffer_view(&probe->call.response);
    assert_string_equal(qd_arena_string(probe->call.arena, got), text);
    close_probe(probe);
}

TEST(cat, aligns_columns_and_leaves_no_blanks_at_the_end)
{
    struct probe probe;
    open_probe(&probe);
    set(&probe, "v", "");
    expect(&probe, "name   size took timestamp\n"
                   "b       2kb 1.5s 00:00:01\n"
                   "long    10b      00:00:00\n"
                   "a    97.6kb 20ms 00:00:00\n");
}

TEST(cat, shows_what_h_names_in_its_order_each_once)
{
    struct probe probe;
    open_probe(&probe);
    set(&probe, "v", "true");
    set(&probe, "h", "t,na,nothing,s*,t");
    set(&probe, "ts", "false");
    /* s* is the alias of size too. */
    expect(&probe, "   t na     size\n"
                   "1.5s b       2kb\n"
                   "     long    10b\n"
                   "20ms a    97.6kb\n");
}

TEST(cat, pairs_primaries_when_pri_is_given)
{
    struct probe probe;
    open_probe(&probe);
    set(&probe, "v", "");
    set(&probe, "h", "s");
    set(&probe, "pri", "");
    expect(&probe, "     s  pri.s\n   2kb    1kb\n   10b     5b\n97.6kb 48.8kb\n");
}

TEST(cat, sorts_numbers_as_numbers_and_empty_cells_first)
{
    struct probe probe;
    open_probe(&probe);
    set(&probe, "h", "name");
    set(&probe, "s", "size:desc");
    expect(&probe, "a\nb\nlong\n");
    open_probe(&probe);
    set(&probe, "h", "name");
    set(&probe, "s", "took");
    expect(&probe, "long\na\nb\n");
}

TEST(cat, refuses_to_sort_by_what_is_no_column)
{
    struct probe probe;
    open_probe(&probe);
    set(&probe, "s", "nothing");
    expect(&probe, "Unable to sort by unknown sort key `nothing`");
}

TEST(cat, prints_numbers_in_the_units_asked_for)
{
    struct probe probe;
    open_probe(&probe);
    set(&probe, "h", "size,took");
    set(&probe, "bytes", "k");
    set(&probe, "time", "ms");
    expect(&probe, " 2 1500\n 0     \n97   20\n");
}

TEST(cat, answers_objects_when_a_type_is_asked_for)
{
    struct probe probe;
    open_probe(&probe);
    probe.call.structured = true;
    set(&probe, "h", "n,took");
    expect(
        &probe,
        "[{\"n\":\"b\",\"took\":\"1.5s\"},{\"n\":\"long\",\"took\":null},{\"n\":\"a\",\"took\":\"20ms\"}]");
}

TEST(cat, helps_from_the_rows)
{
    struct probe probe;
    open_probe(&probe);
    set(&probe, "help", "");
    expect(&probe, "name      | n,na | the name    \n"
                   "size      | s    | its size    \n"
                   "pri.size  |      | of primaries\n"
                   "took      | t    | time        \n"
                   "timestamp | ts   | clock       \n");
}
