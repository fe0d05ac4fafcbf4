/* Errors as texts of the reference. */
#include "base/test.h"
#include "coordinator/error_json.h"

TEST(error_json, java_texts_tell_the_chain_again_from_each_cause)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_error error;
    qd_error_init(&error, arena);
    (void)qd_error_set(&error, QD_ILLEGAL_ARGUMENT, "inner");
    assert_slice(qd_error_java_text(&error, arena), "java.lang.IllegalArgumentException: inner");
    (void)qd_error_wrap(&error, QD_OPENSEARCH_PARSE, "middle");
    (void)qd_error_wrap(&error, QD_QUERY_SHARD, "failed");
    qd_error_add(&error, "index", QD_SLICE("a"));
    qd_error_add(&error, "index_uuid", QD_SLICE("u"));
    assert_slice(qd_error_java_text(&error, arena),
                 "[a/u] QueryShardException[failed]; nested: OpenSearchParseException[middle]; nested: "
                 "IllegalArgumentException[inner];; OpenSearchParseException[middle]; nested: "
                 "IllegalArgumentException[inner];; java.lang.IllegalArgumentException: inner");
    (void)qd_error_set(&error, QD_PARSING, "alone");
    error.first = NULL;
    error.cause = NULL;
    assert_slice(qd_error_java_text(&error, arena), "ParsingException[alone]");
    qd_arena_destroy(arena);
}
