#include "base/test.h"
#include "coordinator/bulk_parse.h"

static enum qd_status parse(struct qd_arena *arena, const char *body, struct qd_bulk_line **lines,
                            struct qd_document_write **writes, size_t *count, struct qd_error *error)
{
    struct qd_bulk_defaults defaults = { .index = QD_SLICE("default"), .routing = QD_SLICE("r") };
    qd_error_init(error, arena);
    return qd_bulk_parse(qd_slice_from_string(body), &defaults, arena, lines, writes, count, error);
}

/* An escape in a name keeps a line from being read as bytes: both ways must agree. */
TEST(bulk_parse, plain_lines_mean_what_the_json_parser_says)
{
    static const char *const pairs[][2] = {
        { "{\"index\":{}}\n{}\n", "{\"\\u0069ndex\":{}}\n{}\n" },
        { "{\"create\":{\"_index\":\"i\",\"_id\":\"1\"}}\n{}\n",
          "{\"create\":{\"_index\":\"i\",\"\\u005fid\":\"1\"}}\n{}\n" },
        { " { \"delete\" : { \"_id\" : \"1\" , \"routing\" : \"\" } } \r\n",
          " { \"delete\" : { \"\\u005fid\" : \"1\" , \"routing\" : \"\" } } \r\n" },
        { "{\"index\":{\"_id\":\"\",\"_index\":\"\"}}\n{\"a\":1}\n",
          "{\"index\":{\"\\u005fid\":\"\",\"_index\":\"\"}}\n{\"a\":1}\n" },
    };
    struct qd_arena *arena = qd_arena_create(0);
    for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
        struct qd_bulk_line *lines[2];
        struct qd_document_write *writes[2];
        size_t counts[2];
        struct qd_error error;
        for (size_t k = 0; k < 2; k++) {
            assert_ok(parse(arena, pairs[i][k], &lines[k], &writes[k], &counts[k], &error));
            assert_int_equal(counts[k], 1);
        }
        assert_int_equal(lines[0]->kind, lines[1]->kind);
        assert_int_equal(writes[0]->item.kind, writes[1]->item.kind);
        assert_true(qd_slice_equal(writes[0]->target, writes[1]->target));
        assert_true(qd_slice_equal(writes[0]->item.id, writes[1]->item.id));
        assert_true(qd_slice_equal(writes[0]->item.routing, writes[1]->item.routing));
        assert_true(qd_slice_equal(writes[0]->item.source, writes[1]->item.source));
        assert_int_equal(writes[0]->item.version, -3);
    }
    qd_arena_destroy(arena);
}

TEST(bulk_parse, what_is_not_plain_gets_its_error)
{
    static const char *const rows[][2] = {
        { "{\"index\":{\"_id\":\"1\",\"_id\":\"2\"}}\n{}\n", "Duplicate Object property" },
        { "{\"index\":{\"x\":\"1\"}}\n{}\n", "contains an unknown parameter [x]" },
        { "{\"index\":{\"_id\":[]}}\n{}\n", "but found [START_ARRAY]" },
        { "{\"other\":{}}\n{}\n", "expected one of [create, delete, index, update] but found [other]" },
        { "{\"update\":{\"_id\":\"1\",\"version\":1}}\n{}\n", "do not support versioning" },
        { "{\"update\":{\"_id\":\"1\",\"version_type\":\"external\"}}\n{}\n", "do not support versioning" },
        { "{\"index\":{\"_id\":\"1\",}}\n{}\n", "" },
        { "{\"index\":{\"_id\":\"1\"\n{}\n", "" },
        { "{\"index\":{}}", "must be terminated by a newline" },
    };
    struct qd_arena *arena = qd_arena_create(0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct qd_bulk_line *lines;
        struct qd_document_write *writes;
        size_t count;
        struct qd_error error;
        assert_int_not_equal(parse(arena, rows[i][0], &lines, &writes, &count, &error), QD_OK);
        char *reason = qd_arena_string(arena, error.reason);
        if (strstr(reason, rows[i][1]) == NULL) fail_msg("row %zu: %s", i, reason);
    }
    qd_arena_destroy(arena);
}

TEST(bulk_parse, nothing_is_read_behind_the_metadata)
{
    static const char *const rows[] = {
        "{\"index\":{\"_id\":\"1\"},\"a\":1}\n{}\n", "{\"index\":{\"_id\":\"1\"}} {\"a\":1}\n{}\n",
        "{\"index\":{\"_id\":\"1\"},\n{}\n",         "{\"index\":{\"_id\":\"1\"}}}\n{}\n",
        "{\"index\":{\"_id\":\"1\"} x\n{}\n",
    };
    struct qd_arena *arena = qd_arena_create(0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct qd_bulk_line *lines;
        struct qd_document_write *writes;
        size_t count;
        struct qd_error error;
        assert_ok(parse(arena, rows[i], &lines, &writes, &count, &error));
        assert_int_equal(count, 1);
        assert_slice(writes[0].item.id, "1");
        assert_slice(writes[0].item.source, "{}");
    }
    qd_arena_destroy(arena);
}
