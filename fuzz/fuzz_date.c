/* A date format, a line feed, a text: parsing, math, printing and rounding. What a number's text says is
 * kept. */
#include "base/assert.h"
#include "base/date.h"
#include "base/number.h"

static void run_numbers(struct qd_slice text)
{
    double value, back;
    int64_t whole, same;
    char printed[QD_NUMBER_TEXT_MAX];
    if (qd_parse_double(text, &value) && value == value) {
        qd_assert(qd_parse_double(qd_slice_make(printed, qd_double_to_text(value, printed)), &back));
        qd_assert(value == back);
    }
    if (qd_parse_int64(text, &whole)) {
        qd_assert(qd_parse_decimal_int64(text, &same));
        qd_assert(same == whole);
    }
}

static void run_roundings(struct qd_arena *arena, int64_t utc_ms, const struct qd_zone *zone)
{
    const int64_t year_ms = 31556952000;
    if (utc_ms < -5000 * year_ms || utc_ms > 5000 * year_ms) return;
    for (enum qd_date_unit unit = QD_UNIT_SECOND; unit <= QD_UNIT_YEAR; unit++) {
        const struct qd_rounding *rounding = qd_rounding_unit(arena, unit, zone, 0);
        int64_t start = qd_rounding_round(rounding, utc_ms);
        qd_assert(start <= utc_ms);
        qd_assert(qd_rounding_next(rounding, start) > start);
    }
    const struct qd_rounding *rounding = qd_rounding_interval(arena, 12345678, zone, 1000);
    int64_t start = qd_rounding_round(rounding, utc_ms);
    qd_assert(start <= utc_ms);
    qd_assert(qd_rounding_next(rounding, start) > start);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct qd_slice input = qd_slice_make(data, size);
    size_t line = qd_slice_find_byte(input, '\n');
    if (line == SIZE_MAX) return 0;
    struct qd_slice pattern = qd_slice_sub(input, 0, line), text = qd_slice_from(input, line + 1);
    run_numbers(text);
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_error error;
    qd_error_init(&error, arena);
    const struct qd_date_format *format;
    const struct qd_zone *zone = NULL;
    if (qd_zone_parse(arena, text, &zone, &error) != QD_OK) zone = NULL;
    if (qd_date_format_compile(arena, pattern, (struct qd_slice){ NULL, 0 }, &format, &error) == QD_OK) {
        struct qd_date date = { 0, 0 };
        struct qd_buffer printed = { 0 };
        struct qd_date_options options = { .zone = zone,
                                           .now_ms = 1592229600123,
                                           .round_up = (size & 1) != 0 };
        if (qd_date_parse(format, text, &date, &error) == QD_OK) qd_date_print(format, date, zone, &printed);
        if (qd_date_parse_math(format, text, &options, &date, &error) == QD_OK) {
            qd_date_print(format, date, zone, &printed);
            run_roundings(arena, qd_date_to_millis(date), zone);
        }
        qd_buffer_deinit(&printed);
    }
    qd_arena_destroy(arena);
    return 0;
}
