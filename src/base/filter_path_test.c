#include "base/filter_path.h"

#include "base/test.h"

/* A filter and what the reference leaves of the document; the order of members is the document's. */
struct scene {
    const char *filter;
    const char *left;
};

static const char source[] =
      "{\"a\":{\"b\":1,\"c\":{\"d\":2,\"e\":[1,{\"f\":3},{\"g\":4},[5,{\"f\":6}],[]]},\"h\":{}},\"b"
      "\":5,\"x.y\":7,\"z\":[{\"a\":1},{\"b\":2},3],\"n\":null,\"em\":[],\"eo\":{},\"s\":[1,2],\"oo"
      "\":[{},{}]}";

static const char answer[] =
      "{\"_index\":\"base-f\",\"_id\":\"1\",\"_version\":1,\"_seq_no\":0,\"_primary_term\":1,\"foun"
      "d\":true,\"_source\":{\"a\":{\"b\":1,\"c\":{\"d\":2,\"e\":[1,{\"f\":3},{\"g\":4},[5,{\"f\":6"
      "}],[]]},\"h\":{}},\"b\":5,\"x.y\":7,\"z\":[{\"a\":1},{\"b\":2},3],\"n\":null,\"em\":[],\"eo"
      "\":{},\"s\":[1,2],\"oo\":[{},{}]}}";

static const struct scene path_scenes[] = {
    { "xx",
      "{}" },
    { "_source.a.b",
      "{\"_source\":{\"a\":{\"b\":1}}}" },
    { "_source.*.b",
      "{\"_source\":{\"a\":{\"b\":1},\"z\":[{\"b\":2}]}}" },
    { "**.b",
      "{\"_source\":{\"a\":{\"b\":1},\"b\":5,\"z\":[{\"b\":2}]}}" },
    { "_source.**.b",
      "{\"_source\":{\"a\":{\"b\":1},\"z\":[{\"b\":2}]}}" },
    { "**.f",
      "{\"_source\":{\"a\":{\"c\":{\"e\":[{\"f\":3},[{\"f\":6}]]}}}}" },
    { "_source.a.c.e",
      "{\"_source\":{\"a\":{\"c\":{\"e\":[1,{\"f\":3},{\"g\":4},[5,{\"f\":6}],[]]}}}}" },
    { "_source.a.c.e.f",
      "{\"_source\":{\"a\":{\"c\":{\"e\":[{\"f\":3},[{\"f\":6}]]}}}}" },
    { "_source.z.a",
      "{\"_source\":{\"z\":[{\"a\":1}]}}" },
    { "-_source.a",
      "{\"_index\":\"base-f\",\"_id\":\"1\",\"_version\":1,\"_seq_no\":0,\"_primary_term\":1,\"foun"
      "d\":true,\"_source\":{\"b\":5,\"x.y\":7,\"z\":[{\"a\":1},{\"b\":2},3],\"n\":null,\"em\":[],"
      "\"eo\":{},\"s\":[1,2],\"oo\":[{},{}]}}" },
    { "-_source.a.b,-_source.a.c,-_source.a.h",
      "{\"_index\":\"base-f\",\"_id\":\"1\",\"_version\":1,\"_seq_no\":0,\"_primary_term\":1,\"foun"
      "d\":true,\"_source\":{\"b\":5,\"x.y\":7,\"z\":[{\"a\":1},{\"b\":2},3],\"n\":null,\"em\":[],"
      "\"eo\":{},\"s\":[1,2],\"oo\":[{},{}]}}" },
    { "_source.*,-_source.a",
      "{\"_source\":{\"b\":5,\"x.y\":7,\"z\":[{\"a\":1},{\"b\":2},3],\"n\":null,\"em\":[],\"eo\":{}"
      ",\"s\":[1,2],\"oo\":[{},{}]}}" },
    { "-**.b",
      "{\"_index\":\"base-f\",\"_id\":\"1\",\"_version\":1,\"_seq_no\":0,\"_primary_term\":1,\"foun"
      "d\":true,\"_source\":{\"a\":{\"c\":{\"d\":2,\"e\":[1,{\"f\":3},{\"g\":4},[5,{\"f\":6}]]}},\""
      "x.y\":7,\"z\":[{\"a\":1},3],\"n\":null,\"s\":[1,2]}}" },
    { "_source.x.y",
      "{}" },
    { "_source.x\\.y",
      "{\"_source\":{\"x.y\":7}}" },
    { "_source.e*",
      "{\"_source\":{\"em\":[],\"eo\":{}}}" },
    { "-_source.z.a",
      "{\"_index\":\"base-f\",\"_id\":\"1\",\"_version\":1,\"_seq_no\":0,\"_primary_term\":1,\"foun"
      "d\":true,\"_source\":{\"a\":{\"b\":1,\"c\":{\"d\":2,\"e\":[1,{\"f\":3},{\"g\":4},[5,{\"f\":6"
      "}],[]]},\"h\":{}},\"b\":5,\"x.y\":7,\"z\":[{\"b\":2},3],\"n\":null,\"em\":[],\"eo\":{},\"s\""
      ":[1,2],\"oo\":[{},{}]}}" },
    { "**",
      "{\"_index\":\"base-f\",\"_id\":\"1\",\"_version\":1,\"_seq_no\":0,\"_primary_term\":1,\"foun"
      "d\":true,\"_source\":{\"a\":{\"b\":1,\"c\":{\"d\":2,\"e\":[1,{\"f\":3},{\"g\":4},[5,{\"f\":6"
      "}],[]]},\"h\":{}},\"b\":5,\"x.y\":7,\"z\":[{\"a\":1},{\"b\":2},3],\"n\":null,\"em\":[],\"eo"
      "\":{},\"s\":[1,2],\"oo\":[{},{}]}}" },
    { "-_source.a.h,-_source.em",
      "{\"_index\":\"base-f\",\"_id\":\"1\",\"_version\":1,\"_seq_no\":0,\"_primary_term\":1,\"foun"
      "d\":true,\"_source\":{\"a\":{\"b\":1,\"c\":{\"d\":2,\"e\":[1,{\"f\":3},{\"g\":4},[5,{\"f\":6"
      "}],[]]}},\"b\":5,\"x.y\":7,\"z\":[{\"a\":1},{\"b\":2},3],\"n\":null,\"eo\":{},\"s\":[1,2],\""
      "oo\":[{},{}]}}" },
    { "-*",
      "{}" },
    { "-_source.oo.x",
      "{\"_index\":\"base-f\",\"_id\":\"1\",\"_version\":1,\"_seq_no\":0,\"_primary_term\":1,\"foun"
      "d\":true,\"_source\":{\"a\":{\"b\":1,\"c\":{\"d\":2,\"e\":[1,{\"f\":3},{\"g\":4},[5,{\"f\":6"
      "}],[]]},\"h\":{}},\"b\":5,\"x.y\":7,\"z\":[{\"a\":1},{\"b\":2},3],\"n\":null,\"em\":[],\"eo"
      "\":{},\"s\":[1,2]}}" },
    { "_source.,_id",
      "{\"_id\":\"1\",\"_source\":{\"a\":{\"b\":1,\"c\":{\"d\":2,\"e\":[1,{\"f\":3},{\"g\":4},[5,{"
      "\"f\":6}],[]]},\"h\":{}},\"b\":5,\"x.y\":7,\"z\":[{\"a\":1},{\"b\":2},3],\"n\":null,\"em\":["
      "],\"eo\":{},\"s\":[1,2],\"oo\":[{},{}]}}" },
    { "_source..b",
      "{}" },
    { "_source.a.*.d",
      "{\"_source\":{\"a\":{\"c\":{\"d\":2}}}}" },
    { "_index,_source.b,-_index",
      "{\"_source\":{\"b\":5}}" },
    { "**.c.**",
      "{\"_source\":{\"a\":{\"c\":{\"d\":2,\"e\":[1,{\"f\":3},{\"g\":4},[5,{\"f\":6}],[]]}}}}" },
    { "_source.?",
      "{}" },
    { "_id, _index",
      "{\"_index\":\"base-f\",\"_id\":\"1\"}" },
};

static const struct scene source_scenes[] = {
    { "a",
      "{\"a\":{\"b\":1,\"c\":{\"d\":2,\"e\":[1,{\"f\":3},{\"g\":4},[5,{\"f\":6}],[]]},\"h\":{}}}" },
    { "a.b",
      "{\"a\":{\"b\":1}}" },
    { "*.b",
      "{\"a\":{\"b\":1},\"z\":[{\"b\":2}]}" },
    { "-a",
      "{\"b\":5,\"x.y\":7,\"z\":[{\"a\":1},{\"b\":2},3],\"n\":null,\"em\":[],\"eo\":{},\"s\":[1,2],"
      "\"oo\":[{},{}]}" },
    { "-a.b",
      "{\"a\":{\"c\":{\"d\":2,\"e\":[1,{\"f\":3},{\"g\":4},[5,{\"f\":6}],[]]},\"h\":{}},\"b\":5,\"x"
      ".y\":7,\"z\":[{\"a\":1},{\"b\":2},3],\"n\":null,\"em\":[],\"eo\":{},\"s\":[1,2],\"oo\":[{},{"
      "}]}" },
    { "a,-a.b",
      "{\"a\":{\"c\":{\"d\":2,\"e\":[1,{\"f\":3},{\"g\":4},[5,{\"f\":6}],[]]},\"h\":{}}}" },
    { "a.c.e",
      "{\"a\":{\"c\":{\"e\":[1,{\"f\":3},{\"g\":4},[5,{\"f\":6}],[]]}}}" },
    { "a.c.e.f",
      "{\"a\":{\"c\":{\"e\":[{\"f\":3},[{\"f\":6}]]}}}" },
    { "-a.c.e.f",
      "{\"a\":{\"b\":1,\"c\":{\"d\":2,\"e\":[1,{\"g\":4},[5]]},\"h\":{}},\"b\":5,\"x.y\":7,\"z\":[{"
      "\"a\":1},{\"b\":2},3],\"n\":null,\"em\":[],\"eo\":{},\"s\":[1,2],\"oo\":[{},{}]}" },
    { "x",
      "{\"x.y\":7}" },
    { "x.y",
      "{\"x.y\":7}" },
    { "-x",
      "{\"a\":{\"b\":1,\"c\":{\"d\":2,\"e\":[1,{\"f\":3},{\"g\":4},[5,{\"f\":6}],[]]},\"h\":{}},\"b"
      "\":5,\"z\":[{\"a\":1},{\"b\":2},3],\"n\":null,\"em\":[],\"eo\":{},\"s\":[1,2],\"oo\":[{},{}]"
      "}" },
    { "z.a",
      "{\"z\":[{\"a\":1}]}" },
    { "-z.a",
      "{\"a\":{\"b\":1,\"c\":{\"d\":2,\"e\":[1,{\"f\":3},{\"g\":4},[5,{\"f\":6}],[]]},\"h\":{}},\"b"
      "\":5,\"x.y\":7,\"z\":[{\"b\":2},3],\"n\":null,\"em\":[],\"eo\":{},\"s\":[1,2],\"oo\":[{},{}]"
      "}" },
    { "z,-z.a",
      "{\"z\":[{\"b\":2},3]}" },
    { "-*.b",
      "{\"a\":{\"c\":{\"d\":2,\"e\":[1,{\"f\":3},{\"g\":4},[5,{\"f\":6}]]},\"h\":{}},\"b\":5,\"x.y"
      "\":7,\"z\":[{\"a\":1},3],\"n\":null,\"em\":[],\"eo\":{},\"s\":[1,2],\"oo\":[]}" },
    { "e*",
      "{\"em\":[],\"eo\":{}}" },
    { "-a.h.x",
      "{\"a\":{\"b\":1,\"c\":{\"d\":2,\"e\":[1,{\"f\":3},{\"g\":4},[5,{\"f\":6}],[]]},\"h\":{}},\"b"
      "\":5,\"x.y\":7,\"z\":[{\"a\":1},{\"b\":2},3],\"n\":null,\"em\":[],\"eo\":{},\"s\":[1,2],\"oo"
      "\":[{},{}]}" },
    { "s,-s.x",
      "{\"s\":[1,2]}" },
    { "oo,-oo.x",
      "{\"oo\":[]}" },
    { "-oo.x",
      "{\"a\":{\"b\":1,\"c\":{\"d\":2,\"e\":[1,{\"f\":3},{\"g\":4},[5,{\"f\":6}],[]]},\"h\":{}},\"b"
      "\":5,\"x.y\":7,\"z\":[{\"a\":1},{\"b\":2},3],\"n\":null,\"em\":[],\"eo\":{},\"s\":[1,2],\"oo"
      "\":[]}" },
    { "oo.x",
      "{}" },
    { "a.*,-a.c.*",
      "{\"a\":{\"b\":1,\"c\":{},\"h\":{}}}" },
    { "nope",
      "{}" },
    { "-*",
      "{}" },
    { "a.c.*,-a.c.e",
      "{\"a\":{\"c\":{\"d\":2}}}" },
    { "a*b",
      "{\"a\":{\"b\":1}}" },
    { "em,-em.x",
      "{\"em\":[]}" },
    { "z,-z.*",
      "{\"z\":[3]}" },
    { "a.c.e.*",
      "{\"a\":{\"c\":{\"e\":[{\"f\":3},{\"g\":4},[{\"f\":6}]]}}}" },
    { "*.*",
      "{\"a\":{\"b\":1,\"c\":{\"d\":2,\"e\":[1,{\"f\":3},{\"g\":4},[5,{\"f\":6}],[]]},\"h\":{}},\"x"
      ".y\":7,\"z\":[{\"a\":1},{\"b\":2}]}" },
    { "eo.*",
      "{}" },
};

typedef void (*write_function)(const struct qd_filter_path *filter, const struct qd_json *node,
                               struct qd_json_writer *writer);

static void play(const struct scene *scene, const char *text, write_function write)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_json_document document;
    assert_ok(qd_json_parse(arena, qd_slice_from_string(text), &document, NULL));
    struct qd_buffer out = { 0 };
    struct qd_json_writer writer = { .out = &out };
    write(qd_filter_path_parse(arena, qd_slice_from_string(scene->filter)), document.root, &writer);
    assert_slice(qd_buffer_view(&out), scene->left);
    qd_buffer_deinit(&out);
    qd_arena_destroy(arena);
}

TEST(filter_path, leaves_what_the_reference_leaves)
{
    for (size_t i = 0; i < sizeof(path_scenes) / sizeof(*path_scenes); i++) {
        play(&path_scenes[i], answer, qd_filter_path_write);
    }
}

TEST(filter_path, source_filters_leave_what_the_reference_leaves)
{
    for (size_t i = 0; i < sizeof(source_scenes) / sizeof(*source_scenes); i++) {
        play(&source_scenes[i], source, qd_filter_source_write);
    }
}

TEST(filter_path, nothing_is_left_of_an_array_that_nothing_matches)
{
    play(&(struct scene){ "x", "" }, "[{\"a\":1}]", qd_filter_path_write);
    play(&(struct scene){ "a", "[{\"a\":1.0E10}]" }, "[{\"a\":1e10,\"b\":2}]", qd_filter_path_write);
}
