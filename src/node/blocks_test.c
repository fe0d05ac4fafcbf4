/* Blocks of indices: which operations each forbids, and with what words. */
#include "node/node_test_support.h"

struct fact {
    const char *block;
    const char *method, *target, *body;
    int status;
    const char *part;
};

static const struct fact facts[] = {
    { "search_only", "PUT", "/a/_doc/1", "{}", 403,
      "index [a] blocked by: [FORBIDDEN/20/index scaled down];" },
    { "search_only", "GET", "/a/_search", NULL, 200, "\"hits\"" },
    { "search_only", "GET", "/_cluster/state/blocks/a?filter_path=blocks", NULL, 200,
      "{\"20\":{\"description\":\"index scaled down\",\"retryable\":false,\"levels\":[\"write\"]}}" },
    { "metadata", "GET", "/_cluster/state/blocks/a?filter_path=blocks", NULL, 200,
      "\"levels\":[\"metadata_read\",\"metadata_write\"]" },
    { "metadata", "GET", "/_cat/indices/a", NULL, 403, "FORBIDDEN/9/index metadata (api)" },
    { "metadata", "GET", "/_cat/shards/a", NULL, 403, "FORBIDDEN/9/index metadata (api)" },
    { "metadata", "GET", "/_cat/segments/a", NULL, 403, "FORBIDDEN/9/index metadata (api)" },
    { "metadata", "GET", "/_cat/recovery/a", NULL, 403, "FORBIDDEN/9/index metadata (api)" },
    { "metadata", "GET", "/_cat/aliases/zz", NULL, 403, "FORBIDDEN/9/index metadata (api)" },
    { "metadata", "GET", "/a/_recovery", NULL, 403, "FORBIDDEN/9/index metadata (api)" },
    { "metadata", "GET", "/a/_shard_stores", NULL, 403, "FORBIDDEN/9/index metadata (api)" },
    { "metadata", "GET", "/a/_upgrade", NULL, 403, "FORBIDDEN/9/index metadata (api)" },
    { "metadata", "GET", "/a/_search_shards", NULL, 403, "FORBIDDEN/9/index metadata (api)" },
    { "metadata", "PUT", "/a/_block/metadata", NULL, 200, "\"shards_acknowledged\":false,\"indices\":[]" },
    { "metadata", "PUT", "/a/_block/write", NULL, 403, "FORBIDDEN/9/index metadata (api)" },
    { "read", "POST", "/a/_analyze", "{\"text\":\"x\"}", 403, "FORBIDDEN/7/index read (api)" },
    { "read", "GET", "/a/_validate/query", NULL, 200,
      "\"total\":0,\"successful\":0,\"failed\":0},\"valid\":false,\"explanations\":[{\"valid\":false,"
      "\"error\":\"index [a] blocked by: [FORBIDDEN/7/index read (api)];\"}]}" },
    { "read", "GET", "/a,b/_field_caps?fields=*", NULL, 200, "{\"indices\":[\"b\"]," },
    { "read", "GET", "/_cluster/state/blocks/b?filter_path=blocks", NULL, 200, "{\"a\":{\"7\":{" },
    { "write", "PUT", "/a,b/_block/write", NULL, 200, "\"indices\":[{\"name\":\"b\",\"blocked\":true}]" },
};

static void expect(const struct world *world, const char *part)
{
    bool found = memmem(world->body.data, world->body.size, part, strlen(part)) != NULL;
    if (!found) assert_slice(world->body, part);
}

TEST(blocks, forbid_operations)
{
    struct world world;
    start_world(&world, NULL, NULL);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        const struct fact *fact = &facts[i];
        struct qd_slice settings = qd_arena_format(world.arena, "{\"settings\":{\"index.blocks.%s\":true}}",
                                                   fact->block);
        struct qd_slice lifted = qd_arena_format(world.arena, "{\"index.blocks.%s\":false}", fact->block);
        assert_int_equal(call(&world, "PUT", "/a", settings.data), 200);
        assert_int_equal(call(&world, "PUT", "/b", NULL), 200);
        assert_int_equal(call(&world, fact->method, fact->target, fact->body), fact->status);
        expect(&world, fact->part);
        assert_int_equal(call(&world, "PUT", "/a/_settings", lifted.data), 200);
        assert_int_equal(call(&world, "DELETE", "/a,b", NULL), 200);
    }
    stop_world(&world);
}

/* One text tells of all indices and all blocks, in the order of the reference's sets. */
TEST(blocks, are_told_together)
{
    struct world world;
    start_world(&world, NULL, NULL);
    const char *body = "{\"settings\":{\"index.blocks.metadata\":true,\"index.blocks.read_only\":true,"
                       "\"index.blocks.read_only_allow_delete\":true}}";
    assert_int_equal(call(&world, "PUT", "/m-alpha", body), 200);
    assert_int_equal(call(&world, "PUT", "/m-beta", "{\"settings\":{\"index.blocks.metadata\":true}}"), 200);
    assert_int_equal(call(&world, "PUT", "/m-*/_mapping", "{\"properties\":{}}"), 403);
    expect(&world, "index [m-alpha] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage "
                   "watermark, index has read-only-allow-delete block, FORBIDDEN/9/index metadata (api), "
                   "FORBIDDEN/5/index read-only (api)];");
    expect(&world, "index [m-beta] blocked by: [FORBIDDEN/9/index metadata (api)];");
    stop_world(&world);
}
