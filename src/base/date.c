#include "base/date.h"

#include "base/assert.h"

#define SECONDS_OF_DAY 86400
#define NANOS_OF_SECOND 1000000000

/* Days are counted in eras of 400 years that begin on 1 March, so that the leap day ends a year. */
int64_t qd_days_from_civil(int64_t year, int month, int day)
{
    int64_t shifted = month <= 2 ? year - 1 : year;
    int64_t era = (shifted >= 0 ? shifted : shifted - 399) / 400;
    int64_t year_of_era = shifted - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

void qd_civil_from_days(int64_t days, int64_t *year, int *month, int *day)
{
    int64_t shifted = days + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted_month = (5 * day_of_year + 2) / 153;
    *day = (int)(day_of_year - (153 * shifted_month + 2) / 5 + 1);
    *month = (int)(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
    *year = year_of_era + era * 400 + (*month <= 2);
}

static int64_t floor_divide(int64_t value, int64_t by)
{
    int64_t quotient = value / by;
    return value % by < 0 ? quotient - 1 : quotient;
}

int64_t qd_date_to_millis(struct qd_date date)
{
    int64_t millis;
    if (__builtin_mul_overflow(date.second, 1000, &millis) ||
        __builtin_add_overflow(millis, date.nano / 1000000, &millis)) {
        return date.second < 0 ? INT64_MIN : INT64_MAX;
    }
    return millis;
}

struct qd_date qd_date_from_millis(int64_t millis)
{
    int64_t second = floor_divide(millis, 1000);
    return (struct qd_date){ second, (int32_t)(millis - second * 1000) * 1000000 };
}

struct qd_date qd_date_from_nanos(int64_t nanos)
{
    int64_t second = floor_divide(nanos, NANOS_OF_SECOND);
    return (struct qd_date){ second, (int32_t)(nanos - second * NANOS_OF_SECOND) };
}

/* The last date that date_nanos can hold: 2262-04-11T23:47:16.854775807Z. */
static bool is_after_nanos_max(struct qd_date date)
{
    struct qd_date last = qd_date_from_nanos(INT64_MAX);
    return date.second > last.second || (date.second == last.second && date.nano > last.nano);
}

int64_t qd_date_to_nanos_clamped(struct qd_date date)
{
    if (date.second < 0) return 0;
    if (is_after_nanos_max(date)) return INT64_MAX;
    return date.second * NANOS_OF_SECOND + date.nano;
}

/* Instant.toString. */
static void put_instant(struct qd_buffer *buffer, struct qd_date date)
{
    int64_t days = floor_divide(date.second, SECONDS_OF_DAY);
    int64_t rest = date.second - days * SECONDS_OF_DAY;
    int64_t year;
    int month, day;
    qd_civil_from_days(days, &year, &month, &day);
    const char *sign = year < 0 ? "-" : year > 9999 ? "+" : "";
    qd_buffer_format(buffer, "%s%04lld-%02d-%02dT%02d:%02d:%02d", sign, (long long)(year < 0 ? -year : year),
                     month, day, (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
    if (date.nano % 1000000 == 0 && date.nano != 0) qd_buffer_format(buffer, ".%03d", date.nano / 1000000);
    else if (date.nano % 1000 == 0 && date.nano != 0) qd_buffer_format(buffer, ".%06d", date.nano / 1000);
    else if (date.nano != 0) qd_buffer_format(buffer, ".%09d", date.nano);
    qd_buffer_byte(buffer, 'Z');
}

enum qd_status qd_date_to_nanos(struct qd_date date, int64_t *nanos, struct qd_error *error)
{
    bool late = is_after_nanos_max(date);
    if (date.second >= 0 && !late) {
        *nanos = date.second * NANOS_OF_SECOND + date.nano;
        return QD_OK;
    }
    struct qd_buffer text = { 0 };
    put_instant(&text, date);
    enum qd_status status = qd_error_set(
        error, QD_ILLEGAL_ARGUMENT, "date[%.*s] is %s and cannot be stored in nanosecond resolution",
        (int)text.size, text.data, late ? "after 2262-04-11T23:47:16.854775807" : "before the epoch in 1970");
    qd_buffer_deinit(&text);
    return status;
}

void qd_date_print_iso_millis(int64_t millis, struct qd_buffer *buffer)
{
    struct qd_date date = qd_date_from_millis(millis);
    int64_t days = floor_divide(date.second, SECONDS_OF_DAY);
    int64_t rest = date.second - days * SECONDS_OF_DAY;
    int64_t year;
    int month, day;
    qd_civil_from_days(days, &year, &month, &day);
    const char *sign = year < 0 ? "-" : year > 9999 ? "+" : "";
    qd_buffer_format(buffer, "%s%04lld-%02d-%02dT%02d:%02d:%02d.%03dZ", sign,
                     (long long)(year < 0 ? -year : year), month, day, (int)(rest / 3600),
                     (int)(rest / 60 % 60), (int)(rest % 60), date.nano / 1000000);
}
