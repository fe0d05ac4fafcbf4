#include "base/date_internal.h"
#include "base/number.h"

#define SECONDS_OF_DAY 86400
#define YEAR_MAX 999999999

/* A date-time in a zone that is being moved about (ZonedDateTime). */
struct cursor {
    const struct qd_zone *zone;
    int64_t utc_second;
    int32_t nano;
};

static int32_t offset_of(const struct cursor *cursor)
{
    return qd_zone_offset(cursor->zone, cursor->utc_second);
}

static int64_t floor_divide(int64_t value, int64_t by)
{
    int64_t quotient = value / by;
    return value % by < 0 ? quotient - 1 : quotient;
}

static void set_local(struct cursor *cursor, int64_t local_second)
{
    cursor->utc_second = qd_zone_to_utc_preferring(cursor->zone, local_second, offset_of(cursor));
}

static bool move_days(struct cursor *cursor, int64_t days)
{
    int64_t local = cursor->utc_second + offset_of(cursor) + days * SECONDS_OF_DAY;
    int64_t year;
    int month, day;
    qd_civil_from_days(floor_divide(local, SECONDS_OF_DAY), &year, &month, &day);
    if (year < -YEAR_MAX || year > YEAR_MAX) return false;
    set_local(cursor, local);
    return true;
}

/* A day that the new month does not have becomes its last. */
static bool move_months(struct cursor *cursor, int64_t months)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int64_t local = cursor->utc_second + offset_of(cursor);
    int64_t days = floor_divide(local, SECONDS_OF_DAY);
    int64_t year;
    int month, day;
    qd_civil_from_days(days, &year, &month, &day);
    int64_t total = year * 12 + month - 1 + months;
    year = floor_divide(total, 12);
    month = (int)(total - year * 12) + 1;
    if (year < -YEAR_MAX || year > YEAR_MAX) return false;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    int length = month == 2 && leap ? 29 : lengths[month - 1];
    if (day > length) day = length;
    set_local(cursor,
              qd_days_from_civil(year, month, day) * SECONDS_OF_DAY + (local - days * SECONDS_OF_DAY));
    return true;
}

static bool move_seconds(struct cursor *cursor, int64_t seconds)
{
    cursor->utc_second += seconds;
    return cursor->utc_second > -(int64_t)YEAR_MAX * 31557600 &&
           cursor->utc_second < (int64_t)YEAR_MAX * 31557600;
}

static bool move(struct cursor *cursor, char unit, int64_t count)
{
    switch (unit) {
    case 'y':
        return move_months(cursor, count * 12);
    case 'M':
        return move_months(cursor, count);
    case 'w':
        return move_days(cursor, count * 7);
    case 'd':
        return move_days(cursor, count);
    case 'h':
    case 'H':
        return move_seconds(cursor, count * 3600);
    case 'm':
        return move_seconds(cursor, count * 60);
    default:
        return move_seconds(cursor, count);
    }
}

/* Sets the parts below the unit to their first values. */
static void truncate(struct cursor *cursor, char unit)
{
    int64_t local = cursor->utc_second + offset_of(cursor);
    int64_t days = floor_divide(local, SECONDS_OF_DAY);
    int64_t second = local - days * SECONDS_OF_DAY;
    int64_t year;
    int month, day;
    qd_civil_from_days(days, &year, &month, &day);
    cursor->nano = 0;
    if (unit == 's') return;
    if (unit == 'm') second -= second % 60;
    if (unit == 'h' || unit == 'H') second -= second % 3600;
    if (strchr("yMwd", unit) != NULL) second = 0;
    if (unit == 'y') days = qd_days_from_civil(year, 1, 1);
    if (unit == 'M') days = qd_days_from_civil(year, month, 1);
    if (unit == 'w') days = floor_divide(days + 3, 7) * 7 - 3;
    set_local(cursor, days * SECONDS_OF_DAY + second);
}

/* One step of date math. */
struct step {
    bool round;
    int64_t count; /* signed */
    char unit;
};

static enum qd_status truncated(struct qd_slice math, struct qd_error *error)
{
    return qd_error_set(error, QD_OPENSEARCH_PARSE, "truncated date math [%.*s]", QD_SLICE_ARG(math));
}

static enum qd_status read_step(struct qd_slice math, size_t *at, struct step *step, struct qd_error *error)
{
    char operator = math.data[(*at)++];
    if (operator != '/' && operator != '+' && operator != '-') {
        return qd_error_set(error, QD_OPENSEARCH_PARSE, "operator not supported for date math [%.*s]",
                            QD_SLICE_ARG(math));
    }
    *step = (struct step){ .round = operator == '/', .count = 1 };
    size_t start = *at;
    while (*at < math.size && math.data[*at] >= '0' && math.data[*at] <= '9') ++*at;
    if (*at == math.size) return truncated(math, error);
    struct qd_slice digits = qd_slice_sub(math, start, *at - start);
    if (digits.size > 0 && (!qd_parse_int64(digits, &step->count) || step->count > INT32_MAX)) {
        return qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(digits));
    }
    if (step->round && step->count != 1) {
        return qd_error_set(error, QD_OPENSEARCH_PARSE,
                            "rounding `/` can only be used on single unit types [%.*s]", QD_SLICE_ARG(math));
    }
    if (operator == '-') step->count = -step->count;
    step->unit = math.data[(*at)++];
    if (step->unit != 0 && strchr("yMwdhHms", step->unit) != NULL) return QD_OK;
    return qd_error_set(error, QD_OPENSEARCH_PARSE, "unit [%c] not supported for date math [%.*s]",
                        step->unit, QD_SLICE_ARG(math));
}

static enum qd_status run_math(struct cursor *cursor, struct qd_slice math, bool round_up,
                               struct qd_error *error)
{
    size_t at = 0;
    while (at < math.size) {
        struct step step;
        QD_TRY(read_step(math, &at, &step, error));
        bool fits = true;
        if (step.round) truncate(cursor, step.unit);
        if (!step.round || round_up) fits = move(cursor, step.unit, step.round ? 1 : step.count);
        if (!fits) {
            return qd_error_set(error, QD_DATE_TIME,
                                "Invalid value for Year (valid values -999999999 - 999999999)");
        }
        if (!step.round || !round_up) continue;
        cursor->nano -= 1000000;
        if (cursor->nano >= 0) continue;
        cursor->nano += 1000000000;
        cursor->utc_second--;
    }
    return QD_OK;
}

/* The date before the math. */
static enum qd_status parse_anchor(const struct qd_date_format *format, struct qd_slice text,
                                   const struct qd_date_options *options, bool round_up, struct qd_date *date,
                                   struct qd_error *error)
{
    if (text.size == 0) return qd_error_set(error, QD_OPENSEARCH_PARSE, "cannot parse empty date");
    struct qd_date_parts parts;
    struct qd_date_local local;
    enum qd_status status = qd_date_parse_local(format, text, round_up, &parts, &local, error);
    if (status == QD_ILLEGAL_ARGUMENT) {
        struct qd_slice reason = error == NULL ? QD_SLICE("") : error->reason;
        return qd_error_wrap(
            error, QD_OPENSEARCH_PARSE, "failed to parse date field [%.*s] with format [%.*s]: [%.*s]",
            QD_SLICE_ARG(text), QD_SLICE_ARG(qd_date_format_pattern(format)), QD_SLICE_ARG(reason));
    }
    if (status != QD_OK) return status;
    *date = qd_date_of_local(&parts, &local, options->zone);
    return QD_OK;
}

enum qd_status qd_date_parse_math(const struct qd_date_format *format, struct qd_slice text,
                                  const struct qd_date_options *options, struct qd_date *date,
                                  struct qd_error *error)
{
    struct qd_slice math = { NULL, 0 };
    if (qd_slice_starts_with(text, QD_SLICE("now"))) {
        *date = qd_date_from_millis(options->now_ms);
        math = qd_slice_from(text, 3);
    } else {
        size_t bars = 0;
        while (bars + 1 < text.size && (text.data[bars] != '|' || text.data[bars + 1] != '|')) bars++;
        bool plain = bars + 1 >= text.size;
        struct qd_slice anchor = plain ? text : qd_slice_sub(text, 0, bars);
        QD_TRY(parse_anchor(format, anchor, options, plain && options->round_up, date, error));
        if (plain) return QD_OK;
        math = qd_slice_from(text, bars + 2);
    }
    struct cursor cursor = { .zone = options->zone, .utc_second = date->second, .nano = date->nano };
    QD_TRY(run_math(&cursor, math, options->round_up, error));
    *date = (struct qd_date){ cursor.utc_second, cursor.nano };
    return QD_OK;
}
