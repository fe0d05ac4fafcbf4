#include "base/test.h"
#include "master/cluster_state.h"

static void expect(const char *json, bool flat, const char *wanted)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_json_document document;
    struct qd_setting_pair *pairs;
    struct qd_map map;
    struct qd_buffer out = { 0 };
    struct qd_json_writer writer = { .out = &out };
    qd_map_init(&map, arena);
    assert_int_equal(qd_json_parse(arena, qd_slice_from_string(json), &document, NULL), QD_OK);
    size_t count = qd_settings_flatten(document.root, (struct qd_slice){ 0 }, arena, &pairs);
    for (size_t i = 0; i < count; i++) qd_state_map_put(&map, arena, pairs[i].key, pairs[i].json);
    qd_settings_write(&map, flat, &writer);
    assert_true(qd_slice_is(qd_buffer_view(&out), wanted));
    qd_buffer_deinit(&out);
    qd_arena_destroy(arena);
}

/* Orders recorded from the reference. */
TEST(settings_map, nested_form_comes_in_the_order_of_hash_maps)
{
    expect("{\"index\":{\"number_of_shards\":1,\"uuid\":\"u\",\"provided_name\":\"b\",\"creation_date\":1,"
           "\"number_of_replicas\":1,\"replication\":{\"type\":\"DOCUMENT\"},\"version.created\":2}}",
           false,
           "{\"index\":{\"replication\":{\"type\":\"DOCUMENT\"},\"number_of_shards\":\"1\","
           "\"provided_name\":\"b\",\"creation_date\":\"1\",\"number_of_replicas\":\"1\",\"uuid\":\"u\","
           "\"version\":{\"created\":\"2\"}}}");
}

TEST(settings_map, a_value_beside_keys_below_it_stays_flat)
{
    expect("{\"a\":1,\"a.b\":2,\"a.c.d\":3}", false, "{\"a.b\":\"2\",\"a\":\"1\",\"a.c\":{\"d\":\"3\"}}");
    expect("{\"a\":1,\"a.b\":2}", true, "{\"a\":\"1\",\"a.b\":\"2\"}");
}

TEST(settings_map, numbered_keys_are_a_list)
{
    expect("{\"x.0\":\"a\",\"x.1\":\"b\"}", false, "{\"x\":[\"a\",\"b\"]}");
    expect("{\"x.1\":\"a\"}", false, "{\"x\":{\"1\":\"a\"}}");
}
