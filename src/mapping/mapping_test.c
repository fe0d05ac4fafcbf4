#include "base/json_writer.h"
#include "base/test.h"
#include "mapping/mapping.h"

/* What a test works with. */
struct fixture {
    struct qd_arena *arena;
    struct qd_mapping_update update;
    struct qd_error error;
};

static void setup(struct fixture *fixture)
{
    static const struct qd_analysis_limits limits = { .max_ngram_diff = 1, .max_shingle_diff = 3 };
    struct qd_analysis_registry *registry = NULL;
    *fixture = (struct fixture){ .arena = qd_arena_create(0) };
    qd_error_init(&fixture->error, fixture->arena);
    assert_ok(qd_analysis_create(fixture->arena, NULL, &limits, &registry, &fixture->error));
    fixture->update.registry = registry;
    fixture->update.limits = (struct qd_mapping_limits){ 1000, 20, 50, 10000, 50000, false, true };
}

static void teardown(struct fixture *fixture) { qd_arena_destroy(fixture->arena); }

static const struct qd_json *parse(struct fixture *fixture, const char *text)
{
    struct qd_json_document document;
    assert_ok(qd_json_parse(fixture->arena, qd_slice_from_string(text), &document, &fixture->error));
    return document.root;
}

/* The merged mapping's text, or "type: reason" of the error. */
static struct qd_slice merge(struct fixture *fixture, const char *text)
{
    struct qd_mapping *mapping = NULL;
    qd_error_init(&fixture->error, fixture->arena);
    enum qd_status status =
        qd_mapping_merge(fixture->arena, &fixture->update, parse(fixture, text), &mapping, &fixture->error);
    if (status != QD_OK) {
        return qd_arena_format(fixture->arena, "%s: %.*s", qd_status_type(status),
                               QD_SLICE_ARG(fixture->error.reason));
    }
    fixture->update.old = mapping;
    struct qd_buffer buffer = { 0 };
    struct qd_json_writer writer = { .out = &buffer };
    qd_mapping_write(mapping, &writer);
    struct qd_slice printed = qd_arena_copy(fixture->arena, qd_buffer_view(&buffer));
    qd_buffer_deinit(&buffer);
    return printed;
}

/* A mapping and what creating an index with it prints or says. */
struct pair {
    const char *source;
    const char *result;
};

#define PARSING "mapper_parsing_exception: Failed to parse mapping [_doc]: "

static const struct pair created[] = {
    { "{}", "{}" },
    { "{\"properties\":{\"b\":{\"type\":\"keyword\"},\"a\":{\"type\":\"long\"}}}",
      "{\"properties\":{\"a\":{\"type\":\"long\"},\"b\":{\"type\":\"keyword\"}}}" },
    { "{\"properties\":{\"a.b\":{\"type\":\"ip\"},\"a.c\":{\"type\":\"boolean\"}}}",
      "{\"properties\":{\"a\":{\"properties\":{\"b\":{\"type\":\"ip\"},\"c\":{\"type\":\"boolean\"}}}}}" },
    { "{\"date_detection\":false,\"_meta\":{\"b\":1,\"a\":2},\"_source\":{\"excludes\":[\"c\"]},\"_routing\":"
      "{\"required\":true},\"dynamic\":true}",
      "{\"dynamic\":\"true\",\"_meta\":{\"a\":2,\"b\":1},\"_routing\":{\"required\":true},\"_source\":{"
      "\"excludes\":"
      "[\"c\"]},\"date_detection\":false}" },
    { "{\"properties\":{\"f\":{\"type\":\"text\",\"search_quote_analyzer\":\"simple\",\"copy_to\":\"x\","
      "\"fields\":{\"k\":"
      "{\"type\":\"keyword\",\"ignore_above\":\"12\"}}}}}",
      "{\"properties\":{\"f\":{\"type\":\"text\",\"fields\":{\"k\":{\"type\":\"keyword\",\"ignore_above\":12}"
      "},\"copy_to\":"
      "[\"x\"],\"analyzer\":\"default\",\"search_analyzer\":\"default\",\"search_quote_analyzer\":\"simple\"}"
      "}}" },
    { "{\"properties\":{\"f\":{\"type\":\"scaled_float\",\"scaling_factor\":10,\"null_value\":\"1.55\"}}}",
      "{\"properties\":{\"f\":{\"type\":\"scaled_float\",\"scaling_factor\":10.0,\"null_value\":1.55}}}" },
    { "{\"dynamic_templates\":[{\"t\":{\"match\":\"d\",\"unmatch\":\"c\",\"mapping\":{\"type\":\"long\","
      "\"index\":false}}}]}",
      "{\"dynamic_templates\":[{\"t\":{\"match\":\"d\",\"unmatch\":\"c\",\"mapping\":{\"index\":false,"
      "\"type\":\"long\"}}}]}" },
    { "{\"properties\":{\"f\":{\"type\":\"nested\"}}}",
      PARSING "No handler for type [nested] declared on field [f]" },
    { "{\"properties\":{\"f\":{\"type\":\"keyword\",\"foo\":1}}}",
      PARSING "unknown parameter [foo] on mapper [f] of type [keyword]" },
    { "{\"properties\":{\"f\":{\"type\":\"keyword\",\"index\":null}}}",
      PARSING "[index] on mapper [f] of type [keyword] must not have a [null] value" },
    { "{\"properties\":{\"f\":{\"type\":\"text\",\"index_options\":\"x\"}}}", PARSING
      "Unknown value [x] for field [index_options] - accepted values are [positions, docs, freqs, offsets]" },
    { "{\"properties\":{\"f\":{\"type\":\"byte\",\"null_value\":700}}}",
      PARSING "Value [700] is out of range for a byte" },
    { "{\"foo\":{\"a\":1}}", PARSING "Root mapping definition has unsupported parameters:  [foo : {a=1}]" },
    { "{\"properties\":{\"_id\":{\"type\":\"long\"}}}", PARSING "Field [_id] is defined more than once" },
    { "{\"properties\":{\"x\":{\"type\":\"alias\",\"path\":\"y\"}}}",
      "mapper_parsing_exception: Invalid [path] value [y] for field alias [x]: an alias must refer to an "
      "existing field "
      "in the mappings." },
    { "{\"properties\":{\"a\":{\"type\":\"long\",\"copy_to\":\"o\"},\"o\":{\"properties\":{\"b\":{\"type\":"
      "\"long\"}}}}}",
      "illegal_argument_exception: Cannot copy to field [o] since it is mapped as an object" },
};

TEST(mapping, creation_prints_or_refuses_as_the_reference)
{
    for (size_t i = 0; i < sizeof(created) / sizeof(created[0]); i++) {
        struct fixture fixture;
        setup(&fixture);
        assert_slice(merge(&fixture, created[i].source), created[i].result);
        teardown(&fixture);
    }
}

TEST(mapping, updates_change_updatable_parameters_only)
{
    struct fixture fixture;
    setup(&fixture);
    merge(&fixture, "{\"properties\":{\"f\":{\"type\":\"keyword\",\"fields\":{\"a\":{\"type\":\"long\"}}}}}");
    assert_slice(merge(&fixture, "{\"properties\":{\"f\":{\"type\":\"keyword\",\"ignore_above\":5}}}"),
                 "{\"properties\":{\"f\":{\"type\":\"keyword\",\"ignore_above\":5,\"fields\":{\"a\":{"
                 "\"type\":\"long\"}}}}}");
    assert_slice(
        merge(&fixture, "{\"properties\":{\"f\":{\"type\":\"keyword\",\"index\":false,\"store\":true}}}"),
        "illegal_argument_exception: Mapper for [f] conflicts with existing mapper:\n\tCannot update "
        "parameter [index] from [true] to [false]\n\tCannot update parameter [store] from [false] to [true]");
    assert_slice(merge(&fixture, "{\"properties\":{\"f\":{\"type\":\"long\"}}}"),
                 "illegal_argument_exception: mapper [f] cannot be changed from type [keyword] to [long]");
    assert_slice(merge(&fixture, "{\"properties\":{\"f\":{\"type\":\"object\"}}}"),
                 "illegal_argument_exception: can't merge a non object mapping [f] with an object mapping");
    assert_slice(
        merge(&fixture, "{\"_routing\":{\"required\":true}}"),
        "illegal_argument_exception: Mapper for [_routing] conflicts with existing mapper:\n\tCannot update "
        "parameter [required] from [false] to [true]");
    teardown(&fixture);
}

TEST(mapping, norms_can_be_switched_off_but_not_on)
{
    struct fixture fixture;
    setup(&fixture);
    merge(&fixture, "{\"properties\":{\"f\":{\"type\":\"text\"}}}");
    assert_slice(merge(&fixture, "{\"properties\":{\"f\":{\"type\":\"text\",\"norms\":false}}}"),
                 "{\"properties\":{\"f\":{\"type\":\"text\",\"norms\":false}}}");
    assert_slice(
        merge(&fixture, "{\"properties\":{\"f\":{\"type\":\"text\"}}}"),
        "illegal_argument_exception: Mapper for [f] conflicts with existing mapper:\n\tCannot update "
        "parameter [norms] from [false] to [true]");
    teardown(&fixture);
}

TEST(mapping, limits_hold)
{
    struct fixture fixture;
    setup(&fixture);
    fixture.update.limits.total_fields = 2;
    assert_slice(merge(&fixture, "{\"properties\":{\"a\":{\"type\":\"long\"},\"b\":{\"type\":\"long\"},\"c\":"
                                 "{\"type\":\"long\"}}}"),
                 "illegal_argument_exception: Limit of total fields [2] has been exceeded");
    fixture.update.limits.total_fields = 1000;
    fixture.update.limits.depth = 2;
    assert_slice(
        merge(&fixture, "{\"properties\":{\"a.b.c\":{\"type\":\"long\"}}}"),
        "illegal_argument_exception: Limit of mapping depth [2] has been exceeded due to object field [a.b]");
    fixture.update.limits.field_name_length = 13;
    assert_slice(merge(&fixture, "{\"properties\":{\"abcdefghijklmn\":{\"type\":\"long\"}}}"),
                 "illegal_argument_exception: Field name [abcdefghijklmn] is longer than the limit of [13] "
                 "characters");
    teardown(&fixture);
}

TEST(mapping, fields_are_found_by_path_and_alias)
{
    struct fixture fixture;
    setup(&fixture);
    merge(&fixture, "{\"properties\":{\"o\":{\"properties\":{\"t\":{\"type\":\"text\",\"index_prefixes\":{},"
                    "\"fields\":{\"k\":"
                    "{\"type\":\"keyword\"}}}}},\"x\":{\"type\":\"alias\",\"path\":\"o.t.k\"}}}");
    const struct qd_mapping *mapping = fixture.update.old;
    const struct qd_field *field = qd_mapping_field(mapping, QD_SLICE("x"));
    assert_slice(field->name, "o.t.k");
    assert_slice(field->parent->name, "o.t");
    assert_null(qd_mapping_field(mapping, QD_SLICE("o")));
    assert_true(qd_mapping_is_object(mapping, QD_SLICE("o")));
    assert_true(qd_mapping_field(mapping, QD_SLICE("_seq_no"))->is_metadata);
    assert_int_equal(qd_mapping_field_count(mapping), 4);
    struct qd_slice *names = NULL;
    assert_int_equal(qd_mapping_match(mapping, QD_SLICE("o.*"), fixture.arena, &names), 3);
    assert_slice(names[0], "o.t.k");
    assert_slice(names[1], "o.t._index_prefix");
    assert_slice(names[2], "o.t");
    teardown(&fixture);
}

static struct qd_slice field_text(struct fixture *fixture, const char *name, bool include_defaults)
{
    struct qd_buffer text = { 0 };
    struct qd_json_writer writer = { .out = &text };
    bool found = qd_mapping_write_field(fixture->update.old, qd_slice_from_string(name), include_defaults,
                                        &writer);
    struct qd_slice copy = qd_arena_copy(fixture->arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return found ? copy : QD_SLICE("none");
}

/* What text keeps besides itself is a field to all but the mapping that is printed. */
TEST(mapping, hidden_fields_of_text_are_fields)
{
    struct fixture fixture;
    setup(&fixture);
    struct qd_slice printed =
        merge(&fixture, "{\"properties\":{\"t\":{\"type\":\"text\",\"store\":true,"
                        "\"index_prefixes\":{\"min_chars\":1},\"index_phrases\":true}}}");
    assert_slice(printed, "{\"properties\":{\"t\":{\"type\":\"text\",\"store\":true,"
                          "\"index_prefixes\":{\"min_chars\":1,\"max_chars\":5},\"index_phrases\":true}}}");
    const struct qd_field *prefix = qd_mapping_field(fixture.update.old, QD_SLICE("t._index_prefix"));
    const struct qd_field *phrase = qd_mapping_field(fixture.update.old, QD_SLICE("t._index_phrase"));
    assert_int_equal(prefix->type, QD_FIELD_PREFIX);
    assert_int_equal(phrase->type, QD_FIELD_PHRASE);
    assert_slice(prefix->parent->name, "t");
    assert_int_equal(prefix->position_increment_gap, 100);
    assert_int_equal(phrase->position_increment_gap, 0);
    assert_true(qd_field_is_analyzed(prefix) && qd_field_has_words(phrase));
    assert_slice(field_text(&fixture, "t._index_prefix", false),
                 "{\"full_name\":\"t._index_prefix\",\"mapping\":{\"t._index_prefix\":{\"type\":\"prefix\","
                 "\"doc_values\":false,\"store\":true}}}");
    assert_slice(field_text(&fixture, "t._index_phrase", true),
                 "{\"full_name\":\"t._index_phrase\",\"mapping\":{\"t._index_phrase\":{\"type\":\"phrase\","
                 "\"boost\":1.0,\"index\":true,\"doc_values\":false,\"store\":true,\"meta\":{}}}}");
    assert_slice(field_text(&fixture, "u._index_phrase", true), "none");
    teardown(&fixture);
}

#define NAME_TWICE(name) "mapper_parsing_exception: " name "Field [x._index_prefix] is defined more than once"

TEST(mapping, hidden_fields_take_their_names)
{
    struct fixture fixture;
    setup(&fixture);
#define WITH_CHILD(name, more)                                                                       \
    "{\"properties\":{\"x\":{\"type\":\"text\",\"index_prefixes\":{\"min_chars\":null}" more \
    ",\"fields\":{\"" name "\":{\"type\":\"keyword\"}}}}}"
    assert_slice(merge(&fixture, WITH_CHILD("_index_prefix", "")),
                 NAME_TWICE("Failed to parse mapping [_doc]: "));
    merge(&fixture, WITH_CHILD("_index_phrase", ""));
    assert_int_equal(qd_mapping_field_count(fixture.update.old), 3);
    assert_slice(merge(&fixture, WITH_CHILD("_index_prefix", "")), NAME_TWICE(""));
    assert_slice(merge(&fixture, WITH_CHILD("k", ",\"index_phrases\":true,\"term_vector\":\"yes\"")),
                 "illegal_argument_exception: Mapper for [x] conflicts with existing mapper:\n"
                 "\tCannot update parameter [term_vector] from [no] to [yes]\n"
                 "\tCannot update parameter [index_phrases] from [false] to [true]");
    assert_slice(merge(&fixture, "{\"properties\":{\"x\":{\"type\":\"text\",\"index_phrases\":true}}}"),
                 "illegal_argument_exception: Mapper for [x] conflicts with existing mapper:\n"
                 "\tCannot update parameter [index_phrases] from [false] to [true]\n"
                 "\tCannot update parameter [index_prefixes] from [{ min_chars=2, max_chars=5 }] to [null]");
    assert_slice(merge(&fixture, "{\"properties\":{\"y\":{\"type\":\"text\",\"index_prefixes\":"
                                 "{\"max_chars\":2147483648}}}}"),
                 "arithmetic_exception: integer overflow");
#undef WITH_CHILD
    teardown(&fixture);
}

/* Limits are asked when a mapping is made or changed, not when it is read again. */
TEST(mapping, limits_are_not_asked_of_what_was_accepted)
{
    struct fixture fixture;
    setup(&fixture);
    fixture.update.limits.field_name_length = 15;
    assert_slice(merge(&fixture, "{}"), "{}");
    assert_slice(merge(&fixture, "{\"properties\":{\"x\":{\"type\":\"long\"}}}"),
                 "illegal_argument_exception: Field name [_data_stream_timestamp] is longer than the "
                 "limit of [15] characters");
    fixture.update.accepted = true;
    assert_slice(merge(&fixture, "{\"properties\":{\"x\":{\"type\":\"long\"}}}"),
                 "{\"properties\":{\"x\":{\"type\":\"long\"}}}");
    teardown(&fixture);
}

/* The reference names the Java class of a value with its package. */
TEST(mapping, a_list_instead_of_a_map_is_named)
{
    struct fixture fixture;
    setup(&fixture);
    struct qd_slice said = merge(&fixture, "{\"dynamic_templates\":[[{\"s\":{\"mapping\":{}}}]]}");
    assert_slice(said, PARSING
                 "class java.util.ArrayList cannot be cast to class java.util.Map "
                 "(java.util.ArrayList and java.util.Map are in module java.base of loader 'bootstrap')");
    said = merge(&fixture, "{\"_meta\":\"x\"}");
    assert_slice(said, PARSING "class java.lang.String cannot be cast to class java.util.Map "
                       "(java.lang.String and java.util.Map are in module java.base of loader 'bootstrap')");
    teardown(&fixture);
}
