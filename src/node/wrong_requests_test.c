/* Wrong requests to a whole node; the texts are those of the reference. */
#include <string.h>

#include "node/node_test_support.h"

static bool told(const struct world *world, const char *text)
{
    return memmem(world->body.data, world->body.size, text, strlen(text)) != NULL;
}

/* What is wrong before a document's text breaks is told first. */
TEST(wrong_requests, documents_whose_text_breaks)
{
    static const struct {
        const char *text, *reason;
    } cases[] = {
        { "garbage", "Compressor detection can only be called on some xcontent bytes" },
        { "{\"number\":\"a", "\"failed to parse field [number] of type [long] in document with id '1'. "
                             "Preview of field's value: ''"
                             "\",\"caused_by\":{\"type\":\"unexpected_end_of_input_exception\"" },
        { "{\"number\":{\"a\":1},\"b\":",
          "failed to parse field [number] of type [long] in document with id '1'. Preview of field's value: "
          "'{a=1}'" },
        { "{\"number\":{\"a\":{\"b\":", "failed to parse field [number] of type [long] in document with id "
                                        "'1'. Could not parse field value "
                                        "preview," },
        { "{\"number\":1,\"b\":", "\"failed to parse\",\"caused_by\":{\"type\":\"unexpected_end_of_input" },
    };
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(
        call(&world, "PUT", "/a", "{\"mappings\":{\"properties\":{\"number\":{\"type\":\"long\"}}}}"), 200);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(call(&world, "PUT", "/a/_doc/1", cases[i].text), 400);
        assert_true(told(&world, cases[i].reason));
    }
    stop_world(&world);
}

TEST(wrong_requests, parameters_and_names)
{
    static const struct {
        const char *method, *target, *body;
        int status;
        const char *reason;
    } cases[] = {
        { "GET", "/_nodes/stats/os/docs?x=1", "", 400,
          "request [/_nodes/stats/os/docs] contains index metrics [docs] but indices stats not requested" },
        { "GET", "/_nodes/stats//docs", "", 400, "but indices stats not requested" },
        { "GET", "/_nodes/stats/_all/docs", "", 400, "but all stats requested" },
        { "GET", "/_nodes/stats/b,a", "", 400, "contains unrecognized metrics: [a], [b]" },
        { "GET", "/_search/template?from=x", "{\"source\":\"{}\"}", 400,
          "Failed to parse int parameter [from] with value [x]" },
        { "GET", "/_msearch/template?expand_wildcards=open", "{}\n{\"source\":\"{}\"}\n", 400,
          "contains unrecognized parameter: [expand_wildcards]" },
        { "GET", "/_msearch?max_concurrent_searches=-5", "{}\n{}\n", 400,
          "maxConcurrentSearchRequests must be positive" },
        { "GET", "/_msearch?typed_keys=x", "{}\n{}\n", 200, "responses" },
        { "GET", "/_search?sizx=1", "", 400, "unrecognized parameter: [sizx]\"" },
        { "GET", "/_validate/query?source=%7B%7D", "", 200, "{\"valid\":false}" },
        { "GET", "/_x/_validate/query", "", 200, "Invalid index name [_x], must not start with '_'." },
        { "GET", "/a,b/_doc/1", "", 404, "no such index [a,b]" },
        { "GET", "/a/_doc/1?version=-5", "", 400, "illegal version value [-5] for version type [INTERNAL]" },
        { "GET", "/a/_doc/1?fields=x", "", 400, "the parameter [fields] is no longer supported" },
        { "POST", "/a/_update/1?version=x", "{\"doc\":{}}", 400,
          "internal versioning can not be used for optimistic concurrency control" },
        { "PUT", "/a/_create/1?version=5", "{}", 400,
          "create operations do not support explicit versions. use index instead" },
        { "PUT", "/%2C/_block/read", "", 400, "Validation Failed: 1: index is missing;" },
        { "GET", "/_cluster/health/_x", "", 400, "Invalid index name [_x], must not start with '_'." },
        { "PUT", "/_scripts/s", "{\"query\": \"a", 400, "unexpected field [query], expected [script]" },
        { "POST", "/_bulk", "{\"index\":{\"_index\":\"<x-{nope}>\"}}\n{}\n", 400,
          "failed to parse date field [nope] with format [uuuu.MM.dd]" },
    };
    struct world world;
    start_world(&world, NULL, NULL);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(call(&world, cases[i].method, cases[i].target, cases[i].body), cases[i].status);
        assert_true(told(&world, cases[i].reason));
    }
    stop_world(&world);
}

TEST(wrong_requests, values_of_settings)
{
    static const struct {
        const char *target, *body, *reason;
    } cases[] = {
        { "/a/_settings", "{\"index.translog.flush_threshold_size\":\"-1\"}", "must be >= [56b]" },
        { "/a/_settings", "{\"index.translog.sync_interval\":\"1ms\"}", "must be >= [100ms]" },
        { "/a/_settings", "{\"index.merge.policy.segments_per_tier\":\"1\"}", "must be >= 2.0" },
        { "/a/_settings", "{\"index.search.slowlog.level\":\"loud\"}", "SlowLogLevel.LOUD" },
        { "/a/_settings", "{\"index.compound_format\":\"-1\"}",
          "NoCFSRatio must be in the interval [0..1] but was: [-1.0]" },
        { "/a/_settings", "{\"index.write.wait_for_active_shards\":\"-1\"}",
          "shard count cannot be a negative value" },
        { "/a/_settings", "{\"index.sort.order\":\"abc\"}", "Illegal sort order:abc" },
        { "/b", "{\"settings\":{\"index.version.created\":\"abc\"}}",
          "Failed to parse value [abc] for setting [index.version.created]" },
        { "/_cluster/settings", "{\"transient\":{\"cluster.no_cluster_manager_block\":\"abc\"}}",
          "invalid no-cluster-manager block [abc], must be one of [all, write, metadata_write]" },
    };
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(call(&world, "PUT", "/a", ""), 200);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(call(&world, "PUT", cases[i].target, cases[i].body), 400);
        assert_true(told(&world, cases[i].reason));
    }
    assert_int_equal(call(&world, "PUT", "/a/_settings", "{\"index.search.slowlog.level\":\"WARN\"}"), 200);
    stop_world(&world);
}
