/* A pattern, a line feed, a text: wildcards, decimal formats, and the quantities that settings and queries
 * hold. */
#include "base/assert.h"
#include "base/text.h"
#include "base/units.h"
#include "base/wildcard.h"
#include "mapping/decimal_format.h"

static void run_units(struct qd_slice text, struct qd_error *error)
{
    struct qd_time_value time;
    struct qd_fuzziness fuzziness;
    int64_t bytes;
    int required;
    bool flag;
    double metres;
    struct qd_buffer printed = { 0 };
    if (qd_time_parse(text, "x", &time, error) == QD_OK) {
        qd_time_print(&printed, time);
        qd_time_print_exact(&printed, time);
    }
    if (qd_bytes_or_percent_parse(text, "x", 1000, &bytes, error) == QD_OK) qd_bytes_print(&printed, bytes);
    if (qd_fuzziness_parse(text, &fuzziness, error) == QD_OK) {
        qd_assert(qd_fuzziness_edits(&fuzziness, text.size) <= 2);
        qd_fuzziness_print(&printed, &fuzziness);
    }
    if (qd_minimum_should_match((int)(text.size % 20), text, &required, error) == QD_OK)
        qd_assert(required >= 0);
    if (qd_boolean_parse(text, &flag, error) == QD_OK) qd_assert(text.size >= 4);
    if (qd_distance_parse(text, &metres, error) == QD_OK) qd_buffer_format(&printed, "%g", metres);
    qd_buffer_deinit(&printed);
}

static void run_text(struct qd_arena *arena, struct qd_slice pattern, struct qd_slice text)
{
    struct qd_slice decoded;
    size_t units;
    const uint16_t *utf16 = qd_utf16_from_utf8(arena, text, &units);
    qd_assert(units == qd_utf16_length(text));
    if (qd_utf8_valid(text)) qd_assert(qd_slice_equal(qd_utf16_to_utf8(arena, utf16, units), text));
    if (qd_base64_decode(arena, text, &decoded)) {
        qd_assert(qd_base64_encode(arena, decoded).size >= decoded.size);
    }
    (void)qd_lowercase(arena, text);
    (void)qd_uppercase(arena, text);
    float score = qd_levenshtein_score(arena, qd_utf8_truncate(text, 100), qd_utf8_truncate(pattern, 100));
    qd_assert(score >= 0 && score <= 1);
}

/* A number in a pattern, and the pattern as what a text is read by. */
static void run_decimal(struct qd_arena *arena, struct qd_slice pattern, struct qd_slice text,
                        struct qd_error *error)
{
    double value = 0;
    if (qd_decimal_format_check(pattern, error) != QD_OK) return;
    (void)qd_decimal_unformat(pattern, text, &value);
    if (text.size >= sizeof(value)) memcpy(&value, text.data, sizeof(value));
    struct qd_slice printed = qd_decimal_format(pattern, value, arena);
    qd_assert(printed.size <= pattern.size * 3 + 1400);
    (void)qd_decimal_format_whole(pattern, QD_SLICE("-9223372036854775808"), arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct qd_slice input = qd_slice_make(data, size);
    size_t line = qd_slice_find_byte(input, '\n');
    if (line == SIZE_MAX || size > 4096) return 0;
    struct qd_slice pattern = qd_slice_sub(input, 0, line), text = qd_slice_from(input, line + 1);
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_error error;
    qd_error_init(&error, arena);
    if (qd_simple_match(pattern, text)) qd_assert(qd_simple_match_ignore_case(pattern, text));
    qd_assert(qd_wildcard_match(QD_SLICE("*"), text));
    (void)qd_wildcard_match(pattern, text);
    run_units(text, &error);
    run_units(pattern, &error);
    run_text(arena, pattern, text);
    run_decimal(arena, pattern, text, &error);
    qd_arena_destroy(arena);
    return 0;
}
