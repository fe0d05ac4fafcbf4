/* Decimal patterns as java.text.DecimalFormat prints them. */
#include "mapping/decimal_format.h"

#include <math.h>

#include "base/test.h"

TEST(decimal_format, doubles_have_the_digits_that_java_knows)
{
    static const struct {
        const char *pattern;
        double value;
        const char *text;
    } facts[] = {
        { "0", 0x1p63, "9223372036854776000" },
        { "0", 4611686018427387904.0, "4611686018427387900" },
        { "0", 123456790519087104.0, "123456790519087104" },
        { "0.00", 1e22, "10000000000000000000000.00" },
        { "0.0", 0.25, "0.2" },
        { "0.00", 1.005, "1.00" },
        { "#.##", 0.5, "0.5" },
        { ".##", 1, "1.0" },
        { "0.0#E0", 4.9e-324, "4.9E-324" },
        { "0.0#E0", 12345, "1.23E4" },
        { "0.00%", 0.125, "12.50%" },
        { "", 1234567.125, "1,234,567.125" },
        { "0", -0.0, "-0" },
        { "0.###", 1e-7, "0" },
        { "0.000", 0.0005, "0.001" },
        { "0.0", 0.05, "0.1" },
        { "0", 1e23, "99999999999999990000000" },
        { "0", 0x1p65, "36893488147419103000" },
        { "0.####E0", 423465, "4.2347E5" },
        { "##0.##E0", 12345, "12.345E3" },
        { "##0.#E0", 0.0123, "12.3E-3" },
        { "00.##E00", 12345, "12.35E03" },
        { "0E0", 0, "0E0" },
        { "#E0", 12345, ".1E5" },
        { "0;(0)", -5, "(5)" },
        { "0;(0)", 5, "5" },
        { "0;-0", -5, "-5" },
        { "'#'0''", 7, "#7'" },
        { "\xC2\xA4\xC2\xA4 0\xC2\xA4", 7, "X" "XX 7\xC2\xA4" },
        { "0\xE2\x80\xB0", 0.5, "500\xE2\x80\xB0" },
        { "0.", 3, "3." },
        { "0,0,0000.0", 12345, "01,2345.0" },
        { "abc", 5, "abc5" },
        { "0a0", 5, "05a" },
        { "0E0E", -12345, "1E4" },
        { "0;0", -INFINITY, "-\xE2\x88\x9E" },
    };
    struct qd_arena *arena = qd_arena_create(0);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
        assert_slice(qd_decimal_format(qd_slice_from_string(facts[i].pattern), facts[i].value, arena),
                     facts[i].text);
    qd_arena_destroy(arena);
}

TEST(decimal_format, whole_numbers_keep_every_digit)
{
    static const char *const facts[][3] = {
        { "0", "9223372036854775807", "9223372036854775807" },
        { "#,##0.0", "-9007199254740993", "-9,007,199,254,740,993.0" },
        { "0%", "9223372036854775807", "922337203685477580700%" },
        { "000", "7", "007" },
        { "0.#E0", "1500", "1.5E3" },
    };
    struct qd_arena *arena = qd_arena_create(0);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
        assert_slice(qd_decimal_format_whole(qd_slice_from_string(facts[i][0]),
                                             qd_slice_from_string(facts[i][1]), arena),
                     facts[i][2]);
    qd_arena_destroy(arena);
}

TEST(decimal_format, malformed_patterns_are_refused)
{
    static const char *const facts[][2] = {
        { "0.#0", "Unexpected '0' in pattern \"0.#0\"" },
        { "#0#", "Malformed pattern \"#0#\"" },
        { "#,", "Malformed pattern \"#,\"" },
        { "0.0,0", "Malformed pattern \"0.0,0\"" },
        { "0.0.0", "Multiple decimal separators in pattern \"0.0.0\"" },
        { "0E", "Malformed exponential pattern \"0E\"" },
        { ".E0", "Malformed exponential pattern \".E0\"" },
        { "0E0a0E0", "Multiple exponential symbols in pattern \"0E0a0E0\"" },
        { "0%%", "Too many percent/per mille characters in pattern \"0%%\"" },
        { ";0", "Unquoted special character ';' in pattern \";0\"" },
        { "0;;", "Unquoted special character ';' in pattern \"0;;\"" },
        { "0'", "Malformed pattern \"0'\"" },
        { "0;'", "Malformed pattern \"0;'\"" },
    };
    struct qd_arena *arena = qd_arena_create(0);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        struct qd_error error;
        qd_error_init(&error, arena);
        assert_int_equal(qd_decimal_format_check(qd_slice_from_string(facts[i][0]), &error),
                         QD_ILLEGAL_ARGUMENT);
        assert_slice(error.reason, facts[i][1]);
    }
    qd_arena_destroy(arena);
}

TEST(decimal_format, texts_are_read_between_prefix_and_suffix)
{
    static const struct {
        const char *pattern, *text;
        double value; /* NAN: it is no number */
    } facts[] = {
        { "0", "12.5 apples", 12.5 }, { "$0", "$5", 5 },          { "$0", "5", NAN },
        { "$0", "-$5", -5 },          { "0;(0)", "(5)", -5 },     { "0;(0)", "(5", NAN },
        { "0%", "50%", 0.5 },         { "#,##0", "1,234,", 1234 }, { "0", "1,234", 1 },
        { "0", "1E3", 1000 },         { "0", ",5", NAN },         { "0", "", NAN },
        { "0", "-\xE2\x88\x9E", -INFINITY },
    };
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        double value = NAN;
        bool read = qd_decimal_unformat(qd_slice_from_string(facts[i].pattern),
                                        qd_slice_from_string(facts[i].text), &value);
        assert_int_equal(read, !isnan(facts[i].value));
        if (read) assert_true(value == facts[i].value);
    }
}
