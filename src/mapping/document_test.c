#include "base/json_writer.h"
#include "base/test.h"
#include "mapping/document.h"

struct fixture {
    struct qd_arena *arena;
    struct qd_mapping_update update;
    struct qd_mapping *mapping;
    struct qd_parse_memo *memo; /* of all documents of the test */
    struct qd_error error;
};

static void setup(struct fixture *fixture, const char *source)
{
    static const struct qd_analysis_limits limits = { .max_ngram_diff = 1, .max_shingle_diff = 3 };
    struct qd_analysis_registry *registry = NULL;
    struct qd_json_document document;
    *fixture = (struct fixture){ .arena = qd_arena_create(0) };
    qd_error_init(&fixture->error, fixture->arena);
    assert_ok(qd_analysis_create(fixture->arena, NULL, &limits, &registry, &fixture->error));
    fixture->update.registry = registry;
    fixture->update.limits = (struct qd_mapping_limits){ 1000, 20, 50, 10000, 50000, false, true };
    assert_ok(qd_json_parse(fixture->arena, qd_slice_from_string(source), &document, &fixture->error));
    assert_ok(qd_mapping_merge(fixture->arena, &fixture->update, document.root, &fixture->mapping,
                               &fixture->error));
    fixture->memo = qd_parse_memo_create(fixture->arena, 1000);
    assert_non_null(fixture->memo);
}

static void teardown(struct fixture *fixture) { qd_arena_destroy(fixture->arena); }

static void append_field(struct qd_buffer *buffer, const struct qd_document_field *field)
{
    qd_buffer_format(buffer, " %.*s=", QD_SLICE_ARG(field->field->name));
    for (uint32_t i = 0; i < field->number_count; i++)
        qd_buffer_format(buffer, "%lld,", (long long)field->numbers[i]);
    for (uint32_t i = 0; i < field->term_count; i++)
        qd_buffer_format(buffer, "%.*s,", QD_SLICE_ARG(field->terms[i]));
    for (uint32_t i = 0; i < field->token_list_count; i++) {
        qd_buffer_byte(buffer, '[');
        for (size_t k = 0; k < field->token_lists[i].count; k++) {
            qd_buffer_format(buffer, "%.*s,", QD_SLICE_ARG(field->token_lists[i].data[k].term));
        }
        qd_buffer_byte(buffer, ']');
    }
    for (uint32_t i = 0; i < field->stored_count; i++)
        qd_buffer_format(buffer, "<%.*s>", QD_SLICE_ARG(field->stored[i]));
}

/* " name=values" of each field; the update when there is one; "type: reason" of an error. */
static struct qd_slice run_with(struct fixture *fixture, struct qd_parse_memo *memo, const char *text)
{
    struct qd_json_document json;
    struct qd_document document;
    struct qd_slice update;
    qd_error_init(&fixture->error, fixture->arena);
    assert_ok(qd_json_parse(fixture->arena, qd_slice_from_string(text), &json, &fixture->error));
    struct qd_document_input input = { .id = QD_SLICE("1"), .json = &json, .memo = memo };
    enum qd_status status =
        qd_document_parse(fixture->mapping, &input, fixture->arena, &document, &update, &fixture->error);
    if (status != QD_OK) {
        const struct qd_error *cause = fixture->error.cause;
        return qd_arena_format(fixture->arena, "%s: %.*s%s%.*s", qd_status_type(status),
                               QD_SLICE_ARG(fixture->error.reason), cause == NULL ? "" : " <- ",
                               cause == NULL ? 0 : (int)cause->reason.size,
                               cause == NULL ? "" : cause->reason.data);
    }
    if (update.size > 0) return update;
    struct qd_buffer buffer = { 0 };
    for (uint32_t i = 0; i < document.field_count; i++) append_field(&buffer, &document.fields[i]);
    struct qd_slice printed = qd_arena_copy(fixture->arena, qd_buffer_view(&buffer));
    qd_buffer_deinit(&buffer);
    return printed;
}

/* What is remembered of the documents before changes nothing. */
static struct qd_slice run(struct fixture *fixture, const char *text)
{
    struct qd_slice plain = run_with(fixture, NULL, text);
    for (int i = 0; i < 2; i++) {
        assert_true(qd_slice_equal(run_with(fixture, fixture->memo, text), plain));
    }
    return plain;
}

TEST(document, values_go_to_their_fields_in_order)
{
    struct fixture fixture;
    setup(&fixture,
          "{\"properties\":{\"n\":{\"type\":\"long\",\"store\":true},\"t\":{\"type\":\"text\",\"fields\":{"
          "\"k\":{\"type\":"
          "\"keyword\"}}},\"o\":{\"properties\":{\"b\":{\"type\":\"boolean\"},\"d\":{\"type\":\"date\"}}}}}");
    assert_slice(
        run(&fixture, "{\"t\":[\"One "
                      "two\",\"Three\"],\"n\":[3,\"1\",2.9],\"o\":[{\"b\":true},{\"d\":5,\"b\":\"false\"}]}"),
        " n=3,1,2,<3><1><2> o.b=1,0,T,F, o.d=5, t=[one,two,][three,] t.k=One two,Three,");
    assert_slice(run(&fixture, "{\"o.b\":true,\"n\":null,\"t\":[]}"), " o.b=1,T,");
    teardown(&fixture);
}

TEST(document, unknown_fields_become_an_update)
{
    struct fixture fixture;
    setup(&fixture, "{}");
    assert_slice(run(&fixture, "{\"a\":\"x\",\"b\":1,\"c\":1.5,\"d\":true,\"e\":null,\"f\":[],\"g\":{\"h\":[{"
                               "\"i\":1}]},\"j\":\"2020-01-01\"}"),
                 "{\"properties\":{\"a\":{\"type\":\"text\",\"fields\":{\"keyword\":{\"type\":\"keyword\","
                 "\"ignore_above\":256}}},"
                 "\"b\":{\"type\":\"long\"},\"c\":{\"type\":\"float\"},\"d\":{\"type\":\"boolean\"},\"g\":{"
                 "\"properties\":{\"h\":"
                 "{\"properties\":{\"i\":{\"type\":\"long\"}}}}},\"j\":{\"type\":\"date\"}}}");
    assert_slice(run(&fixture, "{\"j\":\"2020/01/01\"}"),
                 "{\"properties\":{\"j\":{\"type\":\"date\",\"format\":\"yyyy/MM/dd "
                 "HH:mm:ss||yyyy/MM/dd||epoch_millis\","
                 "\"print_format\":\"yyyy/MM/dd HH:mm:ss\"}}}");
    assert_slice(run(&fixture, "{\"a\":[1,\"x\"]}"),
                 "illegal_argument_exception: mapper [a] cannot be changed from type [long] to [text]");
    assert_slice(run(&fixture, "{\"a\":[{\"b\":1},{\"b\":\"x\"}]}"),
                 "illegal_argument_exception: mapper [a.b] cannot be changed from type [text] to [long]");
    teardown(&fixture);
}

TEST(document, templates_decide_new_fields)
{
    struct fixture fixture;
    setup(&fixture, "{\"dynamic_templates\":[{\"s\":{\"match_mapping_type\":\"string\",\"match\":\"k*\","
                    "\"mapping\":{\"type\":"
                    "\"keyword\"}}},{\"p\":{\"path_match\":\"q.*.r\",\"mapping\":{\"type\":\"{dynamic_type}"
                    "\",\"store\":true}}},{\"n\":"
                    "{\"match\":\"^n[0-9]$\",\"match_pattern\":\"regex\",\"mapping\":{\"type\":\"text\","
                    "\"fields\":{\"{name}\":{\"type\":"
                    "\"keyword\"}}}}}]}");
    assert_slice(
        run(&fixture, "{\"k1\":\"x\",\"q\":{\"z\":{\"r\":1}},\"n5\":\"y\"}"),
        "{\"properties\":{\"k1\":{\"type\":\"keyword\"},\"n5\":{\"type\":\"text\",\"fields\":{\"n5\":{"
        "\"type\":\"keyword\"}}},"
        "\"q\":{\"properties\":{\"z\":{\"properties\":{\"r\":{\"type\":\"long\",\"store\":true}}}}}}}");
    teardown(&fixture);
}

TEST(document, strict_and_false_keep_fields_out)
{
    struct fixture fixture;
    setup(&fixture, "{\"dynamic\":\"strict\",\"properties\":{\"o\":{\"type\":\"object\",\"dynamic\":false},"
                    "\"x\":{\"type\":"
                    "\"object\",\"enabled\":false}}}");
    assert_slice(run(&fixture, "{\"a\":1}"),
                 "strict_dynamic_mapping_exception: mapping set to strict, dynamic introduction "
                 "of [a] within [_doc] is not allowed");
    assert_slice(run(&fixture, "{\"o\":{\"a\":1,\"b\":{\"c\":2}},\"x\":{\"y\":[1,{}]},\"x.z\":5}"), "");
    teardown(&fixture);
}

TEST(document, malformed_values_fail_or_are_ignored)
{
    struct fixture fixture;
    setup(&fixture, "{\"properties\":{\"l\":{\"type\":\"long\"},\"m\":{\"type\":\"long\",\"ignore_"
                    "malformed\":true},\"k\":{\"type\":"
                    "\"keyword\",\"doc_values\":false,\"ignore_above\":3}}}");
    assert_slice(run(&fixture, "{\"l\":\"abc\"}"), "mapper_parsing_exception: failed to parse field [l] of "
                                                   "type [long] in document with id '1'. Preview of "
                                                   "field's value: 'abc' <- For input string: \"abc\"");
    assert_slice(run(&fixture, "{\"l\":{\"b\":{\"c\":[1,2.5,null]},\"a\":2}}"),
                 "mapper_parsing_exception: failed to parse field [l] of type [long] in document with id "
                 "'1'. Preview of "
                 "field's value: '{a=2, b={c=[1, 2.5, null]}}' <- Current token (START_OBJECT) not numeric, "
                 "cannot use "
                 "numeric value accessors\n at [Source: REDACTED "
                 "(`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); "
                 "byte offset: #6]");
    assert_slice(run(&fixture, "{\"m\":[\"abc\",7],\"k\":[\"abcd\",\"abc\"]}"),
                 " _field_names=k, _ignored=m, k=abc, m=7,");
    assert_slice(run(&fixture, "{\"a..b\":1}"), "mapper_parsing_exception: failed to parse <- object field "
                                                "starting or ending with a [.] makes object "
                                                "resolution ambiguous: [a..b]");
    teardown(&fixture);
}

TEST(document, copies_and_null_values_are_added)
{
    struct fixture fixture;
    setup(&fixture,
          "{\"properties\":{\"a\":{\"type\":\"keyword\",\"copy_to\":[\"b\"],\"null_value\":\"none\"},\"b\":{"
          "\"type\":"
          "\"keyword\"},\"n\":{\"type\":\"scaled_float\",\"scaling_factor\":10,\"null_value\":1.55}}}");
    assert_slice(run(&fixture, "{\"a\":[\"x\",null],\"n\":null}"), " a=x,none, b=x, n=16,");
    teardown(&fixture);
}

TEST(document, source_is_filtered)
{
    struct fixture fixture;
    setup(&fixture,
          "{\"dynamic\":false,\"_source\":{\"includes\":[\"a.*\",\"b\"],\"excludes\":[\"*.secret\"]}}");
    struct qd_json_document json;
    struct qd_document document;
    struct qd_slice update;
    assert_ok(qd_json_parse(fixture.arena,
                            QD_SLICE("{\"a\":{\"x\":1,\"secret\":2},\"b\":[{\"c\":3,\"secret\":4}],\"d\":5}"),
                            &json, &fixture.error));
    struct qd_document_input input = { .id = QD_SLICE("1"), .json = &json };
    assert_ok(qd_document_parse(fixture.mapping, &input, fixture.arena, &document, &update, &fixture.error));
    assert_slice(document.source, "{\"a\":{\"x\":1},\"b\":[{\"c\":3}]}");
    teardown(&fixture);
}

TEST(document, a_remembered_name_belongs_to_its_object_and_mapping)
{
    struct fixture fixture;
    setup(&fixture,
          "{\"properties\":{\"a\":{\"type\":\"long\"},\"sixteen_letters_\":{\"type\":\"keyword\"},"
          "\"o\":{\"properties\":{\"a\":{\"type\":\"keyword\"},\"o\":{\"properties\":{\"a\":{\"type\":"
          "\"boolean\"}}}}}}}");
    assert_slice(run(&fixture, "{\"a\":1,\"o\":{\"a\":[[\"x\"],\"y\"],\"o\":[{\"a\":true}]},"
                               "\"sixteen_letters_\":\"z\"}"),
                 " a=1, o.a=x,y, o.o.a=1,T, sixteen_letters_=z,");
    struct qd_parse_memo *memo = fixture.memo;
    struct fixture other;
    setup(&other, "{\"properties\":{\"a\":{\"type\":\"keyword\"}}}");
    assert_slice(run_with(&other, memo, "{\"a\":1}"), " a=1,");
    assert_slice(run_with(&fixture, memo, "{\"a\":\"1\"}"), " a=1,");
    teardown(&other);
    teardown(&fixture);
}
