#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/test.h"
#include <quidditch/quidditch.h>

static struct quidditch_node *open_at(const char *directory, char *message)
{
    struct quidditch_setting settings[] = { { "path.data", directory }, { "node.processors", "2" } };
    struct quidditch_node *node = NULL;
    int status = quidditch_open(settings, 2, &node, message, 200);
    assert_true((status == 0) == (node != NULL));
    return node;
}

/* Asks, and checks the status and a part of the body. */
static void ask(struct quidditch_node *node, const char *method, const char *target, const char *body,
                int status, const char *part)
{
    struct quidditch_request request = { .method = method, .target = target, .body = body,
                                         .body_size = strlen(body) };
    struct quidditch_answer answer;
    quidditch_call(node, &request, &answer);
    assert_int_equal(answer.status, status);
    assert_int_equal(strlen(answer.body), answer.body_size);
    assert_non_null(strstr(answer.content_type, "application/json"));
    assert_non_null(strstr(answer.body, part));
    quidditch_answer_free(&answer);
}

TEST(embed, keeps_documents_over_a_restart)
{
    char directory[] = "/tmp/qd_embed_XXXXXX";
    char message[200] = "";
    char command[64];
    assert_non_null(mkdtemp(directory));
    struct quidditch_node *node = open_at(directory, message);
    assert_non_null(node);
    ask(node, "PUT", "/books/_doc/1?refresh=true", "{\"title\":\"A deepness\"}", 201,
        "\"result\":\"created\"");
    ask(node, "POST", "/books/_search", "{\"query\":{\"match\":{\"title\":\"deepness\"}}}", 200,
        "\"_id\":\"1\"");
    ask(node, "POST", "/books/_search", "{\"query\":{\"none\":{}}}", 400, "unknown query [none]");
    ask(node, "BREW", "/books/_search", "", 405, "Unexpected HTTP method");
    assert_null(open_at(directory, message));
    assert_non_null(strstr(message, "another process uses the data directory"));
    quidditch_close(node);
    node = open_at(directory, message);
    assert_non_null(node);
    ask(node, "GET", "/_cluster/health?wait_for_status=yellow&timeout=10s", "", 200, "\"timed_out\":false");
    ask(node, "GET", "/books/_doc/1", "", 200, "A deepness");
    quidditch_close(node);
    snprintf(command, sizeof(command), "rm -r %s", directory);
    assert_int_equal(system(command), 0);
}

#define BY(field) "{\"size\":0,\"aggs\":{\"a\":{\"terms\":{\"field\":\"" field "\"}}}}"
#define TOO_MANY                                                                                 \
    "{\"error\":{\"root_cause\":[],\"type\":\"search_phase_execution_exception\",\"reason\":\"\"," \
    "\"phase\":\"fetch\",\"grouped\":true,\"failed_shards\":[]," \
    "\"caused_by\":{\"type\":\"too_many_buckets_exception\","

/* Where an aggregation fails decides how the reference says so: in its text, on a shard, or in the reduce. */
TEST(embed, aggregations_fail_where_the_reference_fails)
{
    char directory[] = "/tmp/qd_embed_XXXXXX";
    char message[200] = "";
    char command[64];
    assert_non_null(mkdtemp(directory));
    struct quidditch_node *node = open_at(directory, message);
    assert_non_null(node);
    ask(node, "PUT", "/t", "{\"mappings\":{\"properties\":{\"k\":{\"type\":\"keyword\"}}}}", 200, "true");
    ask(node, "PUT", "/t/_doc/1?refresh=true", "{\"k\":\"x\",\"n\":1}", 201, "\"created\"");
    ask(node, "PUT", "/t/_doc/2?refresh=true", "{\"k\":\"y\",\"n\":4}", 201, "\"created\"");
    ask(node, "POST", "/t/_search", BY("k"), 200,
        "\"timed_out\":false,\"terminated_early\":true,\"_shards\"");
    ask(node, "POST", "/t/_search", "{\"size\":0,\"aggs\":{\"a\":{\"nix\":{}}}}", 400,
        "{\"error\":{\"root_cause\":[{\"type\":\"parsing_exception\"");
    ask(node, "POST", "/none*/_search", "{\"size\":0,\"aggs\":{\"a\":{\"nix\":{}}}}", 400,
        "\"type\":\"parsing_exception\",\"reason\":\"Unknown aggregation type [nix]");
    ask(node, "POST", "/none*/_search", BY("k"), 200, "\"max_score\":0.0,\"hits\":[]}}");
    ask(node, "POST", "/t/_search", "{\"size\":0,\"aggs\":{}}", 200, "\"timed_out\":false,\"_shards\"");
    ask(node, "POST", "/t/_search",
        "{\"size\":0,\"aggs\":{\"a\":{\"histogram\":{\"field\":\"n\",\"interval\":0.00001}}}}", 503,
        TOO_MANY);
    ask(node, "POST", "/t/_search", BY("t.x"), 200, "\"buckets\":[]");
    quidditch_close(node);
    snprintf(command, sizeof(command), "rm -r %s", directory);
    assert_int_equal(system(command), 0);
}

/* Aggregations are read again when the shards have answered: the body must still be there. */
TEST(embed, searches_keep_their_body)
{
    char directory[] = "/tmp/qd_embed_XXXXXX";
    char message[200] = "";
    char command[64];
    assert_non_null(mkdtemp(directory));
    struct quidditch_node *node = open_at(directory, message);
    assert_non_null(node);
    ask(node, "PUT", "/a/_doc/1?refresh=true", "{\"t\":\"x\"}", 201, "created");
    ask(node, "POST", "/a/_search",
        "{\"size\":0,\"aggs\":{\"f\":{\"filter\":{\"boosting\":{\"positive\":{\"match_all\":{}},"
        "\"negative\":{\"dis_max\":{\"queries\":[{\"term\":{\"t\":{\"value\":\"x\",\"boost\":2}}}],"
        "\"boost\":2}},\"negative_boost\":0.5}}}}}",
        200, "\"f\":{\"doc_count\":1}");
    ask(node, "GET", "/a/_search?phase_took=true", "", 200, "\"phase_took\":{\"dfs_pre_query\":0,\"query\":");
    ask(node, "GET", "/a/_explain/1?stored_fields=t", "{\"query\":{\"match_all\":{}}}", 200,
        "\"get\":{\"_seq_no\":0,\"_primary_term\":1,\"found\":true}}");
    ask(node, "GET", "/b/_explain/1", "{\"query\":{\"match_all\":{}}}", 404,
        "\"resource.type\":\"index_expression\"");
    ask(node, "GET", "/a/_count?terminate_after=1", "", 200, "\"terminated_early\":true,\"count\":1");
    quidditch_close(node);
    snprintf(command, sizeof(command), "rm -r %s", directory);
    assert_int_equal(system(command), 0);
}

TEST(embed, refuses_settings_that_no_node_knows)
{
    struct quidditch_setting settings[] = { { "path.dada", "x" } };
    struct quidditch_node *node;
    char message[200] = "";
    assert_int_equal(quidditch_open(settings, 1, &node, message, sizeof(message)), -1);
    assert_null(node);
    assert_non_null(strstr(message, "path.dada"));
}
