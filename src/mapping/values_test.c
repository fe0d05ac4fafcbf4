#include "base/test.h"
#include "mapping/values.h"

struct fixture {
    struct qd_arena *arena;
    struct qd_mapping *mapping;
    struct qd_error error;
};

static const char source[] = "{\"properties\":{\"i\":{\"type\":\"integer\"},\"l\":{\"type\":\"long\"},\"u\":{"
                             "\"type\":\"unsigned_long\"},\"h\":{\"type\":"
                             "\"half_float\"},\"d\":{\"type\":\"double\"},\"s\":{\"type\":\"scaled_float\","
                             "\"scaling_factor\":100},\"b\":{\"type\":\"boolean\"},"
                             "\"p\":{\"type\":\"ip\"},\"t\":{\"type\":\"date\"},\"k\":{\"type\":\"keyword\","
                             "\"normalizer\":\"lowercase\"},\"y\":{\"type\":\"binary\","
                             "\"doc_values\":true}}}";

static void setup(struct fixture *fixture)
{
    static const struct qd_analysis_limits limits = { .max_ngram_diff = 1, .max_shingle_diff = 3 };
    struct qd_analysis_registry *registry = NULL;
    struct qd_json_document document;
    *fixture = (struct fixture){ .arena = qd_arena_create(0) };
    qd_error_init(&fixture->error, fixture->arena);
    assert_ok(qd_analysis_create(fixture->arena, NULL, &limits, &registry, &fixture->error));
    struct qd_mapping_update update = { .registry = registry,
                                        .limits = { 1000, 20, 50, 10000, 50000, false, true } };
    assert_ok(qd_json_parse(fixture->arena, qd_slice_from_string(source), &document, &fixture->error));
    assert_ok(qd_mapping_merge(fixture->arena, &update, document.root, &fixture->mapping, &fixture->error));
}

static void teardown(struct fixture *fixture) { qd_arena_destroy(fixture->arena); }

static const struct qd_json *json(struct fixture *fixture, const char *text)
{
    struct qd_json_document document;
    assert_ok(qd_json_parse(fixture->arena, qd_slice_from_string(text), &document, &fixture->error));
    return document.root;
}

static const struct qd_field *field(const struct fixture *fixture, const char *name)
{
    return qd_mapping_field(fixture->mapping, qd_slice_from_string(name));
}

/* "[lower, upper]" of a range, "none", or the error's reason. */
static struct qd_slice range(struct fixture *fixture, const char *name, const char *lower, const char *upper,
                             bool include)
{
    struct qd_range_input input = { .lower = lower == NULL ? NULL : json(fixture, lower),
                                    .upper = upper == NULL ? NULL : json(fixture, upper),
                                    .include_lower = include,
                                    .include_upper = include,
                                    .now_ms = 0 };
    struct qd_range_value result;
    qd_error_init(&fixture->error, fixture->arena);
    enum qd_status status =
        qd_value_range(field(fixture, name), &input, fixture->arena, &result, &fixture->error);
    if (status != QD_OK) return fixture->error.reason;
    if (result.none) return QD_SLICE("none");
    return qd_arena_format(fixture->arena, "[%lld, %lld]", (long long)result.lower_number,
                           (long long)result.upper_number);
}

TEST(values, whole_ranges_round_towards_the_inside)
{
    struct fixture fixture;
    setup(&fixture);
    assert_slice(range(&fixture, "i", "4.5", "5.5", true), "[5, 5]");
    assert_slice(range(&fixture, "i", "-4.5", "-1.5", false), "[-4, -2]");
    assert_slice(range(&fixture, "l", "5", "7", false), "[6, 6]");
    assert_slice(range(&fixture, "i", "5", "4", true), "none");
    assert_slice(range(&fixture, "i", "2147483647", "2147483647", false), "none");
    assert_slice(range(&fixture, "i", "3000000000", NULL, true),
                 "Value [3000000000] is out of range for an integer");
    assert_slice(range(&fixture, "i", "\"abc\"", NULL, true), "For input string: \"abc\"");
    assert_slice(range(&fixture, "l", "1e30", NULL, true), "Value [1.0E30] is out of range for a long");
    teardown(&fixture);
}

TEST(values, scaled_ranges_round_as_values_do)
{
    struct fixture fixture;
    setup(&fixture);
    /* 1.1 * 100 is 110.00000000000001 in doubles, 0.145 * 100 is 14.499999999999998. */
    assert_slice(range(&fixture, "s", "0.145", "0.145", true), "[14, 14]");
    assert_slice(range(&fixture, "s", "1.1", "1.1", true), "[110, 110]");
    assert_slice(range(&fixture, "s", "1.1", "1.2", false), "[111, 119]");
    assert_slice(range(&fixture, "s", "1.104", "1.195", true), "[110, 120]");
    assert_slice(range(&fixture, "s", "1.105", "1.195", false), "[112, 119]");
    teardown(&fixture);
}

TEST(values, dates_round_by_what_the_text_leaves_out)
{
    struct fixture fixture;
    setup(&fixture);
    assert_slice(range(&fixture, "t", "\"1970-01-01\"", "\"1970-01-01\"", true), "[0, 86399999]");
    assert_slice(range(&fixture, "t", "\"1970-01-01\"", "\"1970-01-03\"", false), "[86400000, 172799999]");
    assert_slice(range(&fixture, "t", "\"x\"", NULL, true),
                 "failed to parse date field [x] with format [strict_date_optional_time||epoch_millis]: "
                 "[failed to parse "
                 "date field [x] with format [strict_date_optional_time||epoch_millis]]");
    teardown(&fixture);
}

static struct qd_term_value term(struct fixture *fixture, const char *name, const char *value)
{
    struct qd_term_value result;
    qd_error_init(&fixture->error, fixture->arena);
    assert_ok(qd_value_term(field(fixture, name), json(fixture, value), 0, fixture->arena, &result,
                            &fixture->error));
    return result;
}

TEST(values, terms_take_the_columns_form)
{
    struct fixture fixture;
    setup(&fixture);
    assert_true(term(&fixture, "i", "5.5").none);
    assert_int_equal(term(&fixture, "i", "\"5.0\"").number, 5);
    assert_true(term(&fixture, "u", "18446744073709551615").number == INT64_MAX);
    assert_int_equal(term(&fixture, "s", "1.1").number, 110);
    assert_slice(term(&fixture, "b", "\"true\"").bytes, "T");
    assert_slice(term(&fixture, "k", "\"ABC\"").bytes, "abc");
    struct qd_term_value network = term(&fixture, "p", "\"1.2.3.4/24\"");
    assert_true(network.is_range);
    assert_memory_equal(network.upper.data, "\0\0\0\0\0\0\0\0\0\0\xff\xff\1\2\3\xff", 16);
    struct qd_term_value result;
    assert_int_equal(qd_value_term(field(&fixture, "y"), json(&fixture, "\"x\""), 0, fixture.arena, &result,
                                   &fixture.error),
                     QD_QUERY_SHARD);
    teardown(&fixture);
}

static struct qd_slice formatted(struct fixture *fixture, const char *name, const char *format,
                                 int64_t number)
{
    struct qd_value_format result;
    assert_ok(qd_value_format_of(field(fixture, name), qd_slice_from_string(format), qd_slice_make(NULL, 0),
                                 fixture->arena, &result, &fixture->error));
    return qd_value_number_text(&result, number, fixture->arena);
}

TEST(values, formats_print_numbers_dates_and_addresses)
{
    struct fixture fixture;
    setup(&fixture);
    assert_slice(formatted(&fixture, "l", NULL, 1234567), "1234567");
    assert_slice(formatted(&fixture, "l", "#,##0.00", 1234567), "1,234,567.00");
    assert_slice(formatted(&fixture, "s", "0.#", 125), "1.2");
    assert_slice(formatted(&fixture, "s", "0%", 125), "125%");
    assert_slice(formatted(&fixture, "s", "$0.00", -125), "-$1.25");
    assert_slice(formatted(&fixture, "l", "0.##E0", 12345), "1.23E4");
    assert_slice(formatted(&fixture, "s", NULL, 125), "1.25");
    assert_slice(formatted(&fixture, "u", NULL, INT64_MIN), "0");
    assert_slice(formatted(&fixture, "b", NULL, 1), "true");
    assert_slice(formatted(&fixture, "t", NULL, 0), "1970-01-01T00:00:00.000Z");
    assert_slice(formatted(&fixture, "t", "yyyy", 0), "1970");
    struct qd_value_format format;
    assert_int_equal(qd_value_format_of(field(&fixture, "k"), QD_SLICE("yyyy"), qd_slice_make(NULL, 0),
                                        fixture.arena, &format, &fixture.error),
                     QD_ILLEGAL_ARGUMENT);
    assert_slice(fixture.error.reason, "Field [k] of type [keyword] does not support custom formats");
    teardown(&fixture);
}

TEST(values, doubles_go_there_and_back)
{
    struct fixture fixture;
    setup(&fixture);
    static const char *const names[] = { "i", "l", "u", "h", "d", "s", "t" };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct qd_field *one = field(&fixture, names[i]);
        for (int value = 0; value < 100; value++) {
            assert_true(qd_value_double(one, qd_value_from_double(one, value)) == (double)value);
        }
    }
    teardown(&fixture);
}
