/* Decimal patterns as java.text.DecimalFormat prints them. */
#include "mapping/decimal_format.h"

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
