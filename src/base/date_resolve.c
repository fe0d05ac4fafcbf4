#include <stdarg.h>
#include <stdio.h>

#include "base/assert.h"
#include "base/date_internal.h"

#define SECONDS_OF_DAY 86400
#define YEAR_MAX 999999999
#define NANOS_OF_DAY 86400000000000
/* Instant.MIN and Instant.MAX. */
#define INSTANT_SECOND_MIN (-31557014167219200)
#define INSTANT_SECOND_MAX 31556889864403199

/* What java.time calls a field, and its values. */
static const struct field_row {
    const char *name;
    int64_t min;
    int64_t max;
    const char *range; /* as messages say it */
} fields[QD_FIELD_COUNT] = {
    [QD_FIELD_ERA] = { "Era", 0, 1, "0 - 1" },
    [QD_FIELD_YEAR] = { "Year", -YEAR_MAX, YEAR_MAX, "-999999999 - 999999999" },
    [QD_FIELD_YEAR_OF_ERA] = { "YearOfEra", 1, YEAR_MAX + 1, "1 - 999999999/1000000000" },
    [QD_FIELD_QUARTER] = { "QuarterOfYear", 1, 4, "1 - 4" },
    [QD_FIELD_MONTH] = { "MonthOfYear", 1, 12, "1 - 12" },
    [QD_FIELD_DAY_OF_MONTH] = { "DayOfMonth", 1, 31, "1 - 28/31" },
    [QD_FIELD_DAY_OF_YEAR] = { "DayOfYear", 1, 366, "1 - 365/366" },
    [QD_FIELD_WEEK_YEAR] = { "WeekBasedYear", -YEAR_MAX, YEAR_MAX, "-999999999 - 999999999" },
    [QD_FIELD_WEEK] = { "WeekOfWeekBasedYear", 1, 53, "1 - 52/53" },
    [QD_FIELD_WEEK_OF_MONTH] = { "WeekOfMonth", 0, 6, "0 - 1/4 - 6" },
    [QD_FIELD_ALIGNED_WEEK] = { "AlignedWeekOfMonth", 1, 5, "1 - 4/5" },
    [QD_FIELD_DAY_OF_WEEK] = { "DayOfWeek", 1, 7, "1 - 7" },
    [QD_FIELD_HALF_DAY] = { "AmPmOfDay", 0, 1, "0 - 1" },
    [QD_FIELD_HOUR] = { "HourOfDay", 0, 23, "0 - 23" },
    [QD_FIELD_CLOCK_HOUR] = { "ClockHourOfDay", 1, 24, "1 - 24" },
    [QD_FIELD_HOUR_OF_HALF] = { "HourOfAmPm", 0, 11, "0 - 11" },
    [QD_FIELD_CLOCK_HOUR_OF_HALF] = { "ClockHourOfAmPm", 1, 12, "1 - 12" },
    [QD_FIELD_MINUTE] = { "MinuteOfHour", 0, 59, "0 - 59" },
    [QD_FIELD_SECOND] = { "SecondOfMinute", 0, 59, "0 - 59" },
    [QD_FIELD_NANO] = { "NanoOfSecond", 0, 999999999, "0 - 999999999" },
    [QD_FIELD_MILLI_OF_DAY] = { "MilliOfDay", 0, 86399999, "0 - 86399999" },
    [QD_FIELD_NANO_OF_DAY] = { "NanoOfDay", 0, NANOS_OF_DAY - 1, "0 - 86399999999999" },
    [QD_FIELD_OFFSET] = { "OffsetSeconds", -64800, 64800, "-64800 - 64800" },
    [QD_FIELD_EPOCH] = { "InstantSeconds", INT64_MIN, INT64_MAX, "" },
    [QD_FIELD_EPOCH_NEGATIVE] = { "EpochForever", 0, 1, "0 - 1" },
    [QD_FIELD_EPOCH_FRACTION] = { "EpochNanosOfSecond", 0, 999999999, "0 - 999999999" },
    [QD_FIELD_EPOCH_DIGITS] = { "EpochDigits", 0, 9, "0 - 9" },
};

static const char *const month_names[] = { "January",   "February", "March",    "April",
                                           "May",       "June",     "July",     "August",
                                           "September", "October",  "November", "December" };

/* State of one resolution. */
struct resolver {
    struct qd_date_parts *parts;
    char *failure;
    bool smart;
    bool has_date;  /* day is known */
    int64_t day;    /* since 1970 */
    bool has_time;  /* second_of_day and nano are known */
    int64_t second_of_day;
    int32_t nano;
};

__attribute__((format(printf, 2, 3))) static bool fail(struct resolver *resolver, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(resolver->failure, QD_DATE_FAILURE_MAX, format, arguments);
    va_end(arguments);
    return false;
}

static bool has(const struct resolver *resolver, enum qd_date_field field)
{
    return (resolver->parts->has >> field & 1) != 0;
}

static int64_t get(const struct resolver *resolver, enum qd_date_field field, int64_t otherwise)
{
    return has(resolver, field) ? resolver->parts->value[field] : otherwise;
}

static void drop(struct resolver *resolver, enum qd_date_field field)
{
    resolver->parts->has &= ~(1u << field);
}

static bool check(struct resolver *resolver, enum qd_date_field field)
{
    const struct field_row *row = &fields[field];
    int64_t value = get(resolver, field, row->min);
    if (value >= row->min && value <= row->max) return true;
    return fail(resolver, "Invalid value for %s (valid values %s): %lld", row->name, row->range,
                (long long)value);
}

/* Sets what other fields, named `from` in messages, imply. */
static bool imply_as(struct resolver *resolver, enum qd_date_field field, int64_t value, const char *from)
{
    if (has(resolver, field) && resolver->parts->value[field] != value) {
        return fail(resolver, "Conflict found: %s %lld differs from %s %lld while resolving  %s",
                    fields[field].name, (long long)resolver->parts->value[field], fields[field].name,
                    (long long)value, from);
    }
    resolver->parts->has |= 1u << field;
    resolver->parts->value[field] = value;
    return true;
}

static bool imply(struct resolver *resolver, enum qd_date_field field, int64_t value, enum qd_date_field from)
{
    return imply_as(resolver, field, value, fields[from].name);
}

static bool is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int64_t floor_modulo(int64_t value, int64_t by)
{
    int64_t rest = value % by;
    return rest < 0 ? rest + by : rest;
}

/* 1 Monday .. 7 Sunday. */
static int64_t day_of_week(int64_t day)
{
    return floor_modulo(day + 3, 7) + 1;
}

/* LocalDate.of. */
static bool date_of(struct resolver *resolver, int64_t year, int64_t month, int64_t day_of_month)
{
    static const int lengths[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    char upper[16];
    if (resolver->smart && day_of_month > 28) {
        int64_t last = month == 2 && !is_leap(year) ? 28 : lengths[month - 1];
        if (day_of_month > last) day_of_month = last;
    }
    if (day_of_month > lengths[month - 1]) {
        snprintf(upper, sizeof(upper), "%s", month_names[month - 1]);
        for (char *c = upper; *c != 0; c++) *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 32 : *c);
        return fail(resolver, "Invalid date '%s %lld'", upper, (long long)day_of_month);
    }
    if (month == 2 && day_of_month == 29 && !is_leap(year)) {
        return fail(resolver, "Invalid date 'February 29' as '%lld' is not a leap year", (long long)year);
    }
    resolver->day = qd_days_from_civil(year, (int)month, (int)day_of_month);
    resolver->has_date = true;
    return true;
}

/* LocalDate.ofYearDay. */
static bool date_of_year_day(struct resolver *resolver, int64_t year, int64_t day_of_year)
{
    if (day_of_year == 366 && !is_leap(year)) {
        return fail(resolver, "Invalid date 'DayOfYear 366' as '%lld' is not a leap year", (long long)year);
    }
    resolver->day = qd_days_from_civil(year, 1, 1) + day_of_year - 1;
    resolver->has_date = true;
    return true;
}

/* The Monday of week 1, the week that holds 4 January. */
static int64_t first_week(int64_t week_year)
{
    int64_t fourth = qd_days_from_civil(week_year, 1, 4);
    return fourth - (day_of_week(fourth) - 1);
}

static bool resolve_week_date(struct resolver *resolver)
{
    int64_t year = get(resolver, QD_FIELD_WEEK_YEAR, 0);
    int64_t week = get(resolver, QD_FIELD_WEEK, 0);
    if (!check(resolver, QD_FIELD_WEEK_YEAR) || !check(resolver, QD_FIELD_DAY_OF_WEEK)) return false;
    int64_t weeks = (first_week(year + 1) - first_week(year)) / 7;
    if (resolver->smart && week == 53) weeks = 53;
    if (week < 1 || week > weeks) {
        return fail(resolver, "Invalid value for WeekOfWeekBasedYear (valid values 1 - %lld): %lld",
                    (long long)weeks, (long long)week);
    }
    resolver->day = first_week(year) + (week - 1) * 7 + get(resolver, QD_FIELD_DAY_OF_WEEK, 1) - 1;
    resolver->has_date = true;
    drop(resolver, QD_FIELD_WEEK_YEAR);
    drop(resolver, QD_FIELD_WEEK);
    drop(resolver, QD_FIELD_DAY_OF_WEEK);
    return true;
}

/* A strict year of an era says nothing without its era. */
static bool resolve_year_of_era(struct resolver *resolver)
{
    if (!has(resolver, QD_FIELD_YEAR_OF_ERA)) return true;
    if (!check(resolver, QD_FIELD_YEAR_OF_ERA)) return false;
    int64_t year = get(resolver, QD_FIELD_YEAR_OF_ERA, 0);
    bool known = has(resolver, QD_FIELD_ERA) || resolver->smart;
    if (!known) return true;
    if (get(resolver, QD_FIELD_ERA, 1) == 0) year = 1 - year;
    drop(resolver, QD_FIELD_YEAR_OF_ERA);
    drop(resolver, QD_FIELD_ERA);
    return imply(resolver, QD_FIELD_YEAR, year, QD_FIELD_YEAR_OF_ERA);
}

static bool resolve_date(struct resolver *resolver)
{
    if (!resolve_year_of_era(resolver)) return false;
    if (has(resolver, QD_FIELD_YEAR) && has(resolver, QD_FIELD_MONTH) &&
        has(resolver, QD_FIELD_DAY_OF_MONTH)) {
        if (!check(resolver, QD_FIELD_YEAR) || !check(resolver, QD_FIELD_MONTH)) return false;
        if (!check(resolver, QD_FIELD_DAY_OF_MONTH)) return false;
        bool fits = date_of(resolver, get(resolver, QD_FIELD_YEAR, 0), get(resolver, QD_FIELD_MONTH, 1),
                            get(resolver, QD_FIELD_DAY_OF_MONTH, 1));
        drop(resolver, QD_FIELD_YEAR);
        drop(resolver, QD_FIELD_MONTH);
        drop(resolver, QD_FIELD_DAY_OF_MONTH);
        return fits;
    }
    if (has(resolver, QD_FIELD_YEAR) && has(resolver, QD_FIELD_DAY_OF_YEAR)) {
        if (!check(resolver, QD_FIELD_YEAR) || !check(resolver, QD_FIELD_DAY_OF_YEAR)) return false;
        bool fits = date_of_year_day(resolver, get(resolver, QD_FIELD_YEAR, 0),
                                     get(resolver, QD_FIELD_DAY_OF_YEAR, 1));
        drop(resolver, QD_FIELD_YEAR);
        drop(resolver, QD_FIELD_DAY_OF_YEAR);
        return fits;
    }
    if (has(resolver, QD_FIELD_WEEK_YEAR) && has(resolver, QD_FIELD_WEEK) &&
        has(resolver, QD_FIELD_DAY_OF_WEEK)) {
        return resolve_week_date(resolver);
    }
    return true;
}

/* Hours of half days and clock hours become hours; counts of the day become all parts. */
static bool resolve_hours(struct resolver *resolver)
{
    if (has(resolver, QD_FIELD_CLOCK_HOUR)) {
        if (!check(resolver, QD_FIELD_CLOCK_HOUR)) return false;
        int64_t hour = get(resolver, QD_FIELD_CLOCK_HOUR, 0) % 24;
        if (!imply(resolver, QD_FIELD_HOUR, hour, QD_FIELD_CLOCK_HOUR)) return false;
    }
    if (has(resolver, QD_FIELD_CLOCK_HOUR_OF_HALF)) {
        if (!check(resolver, QD_FIELD_CLOCK_HOUR_OF_HALF)) return false;
        int64_t hour = get(resolver, QD_FIELD_CLOCK_HOUR_OF_HALF, 0) % 12;
        if (!imply(resolver, QD_FIELD_HOUR_OF_HALF, hour, QD_FIELD_CLOCK_HOUR_OF_HALF)) return false;
        drop(resolver, QD_FIELD_CLOCK_HOUR_OF_HALF);
    }
    if (has(resolver, QD_FIELD_HALF_DAY) && has(resolver, QD_FIELD_HOUR_OF_HALF)) {
        if (!check(resolver, QD_FIELD_HALF_DAY) || !check(resolver, QD_FIELD_HOUR_OF_HALF)) return false;
        int64_t hour = get(resolver, QD_FIELD_HALF_DAY, 0) * 12 + get(resolver, QD_FIELD_HOUR_OF_HALF, 0);
        if (!imply(resolver, QD_FIELD_HOUR, hour, QD_FIELD_HALF_DAY)) return false;
        drop(resolver, QD_FIELD_HALF_DAY);
        drop(resolver, QD_FIELD_HOUR_OF_HALF);
    }
    return true;
}

static bool resolve_time_of_day(struct resolver *resolver)
{
    int64_t nanos = 0;
    enum qd_date_field from = QD_FIELD_NANO_OF_DAY;
    if (has(resolver, QD_FIELD_NANO_OF_DAY)) {
        nanos = get(resolver, QD_FIELD_NANO_OF_DAY, 0);
    } else if (has(resolver, QD_FIELD_MILLI_OF_DAY)) {
        from = QD_FIELD_MILLI_OF_DAY;
        if (!check(resolver, from)) return false;
        nanos = get(resolver, from, 0) * 1000000;
    } else {
        return true;
    }
    if (!check(resolver, from)) return false;
    drop(resolver, from);
    int64_t seconds = nanos / 1000000000;
    const char *name = from == QD_FIELD_NANO_OF_DAY ? fields[from].name : "SecondOfDay";
    return imply_as(resolver, QD_FIELD_HOUR, seconds / 3600, name) &&
           imply_as(resolver, QD_FIELD_MINUTE, seconds / 60 % 60, name) &&
           imply_as(resolver, QD_FIELD_SECOND, seconds % 60, name) &&
           imply_as(resolver, QD_FIELD_NANO, nanos % 1000000000, name);
}

static bool resolve_time(struct resolver *resolver)
{
    static const enum qd_date_field parts[] = { QD_FIELD_HOUR, QD_FIELD_MINUTE, QD_FIELD_SECOND,
                                                QD_FIELD_NANO };
    if (!resolve_hours(resolver) || !resolve_time_of_day(resolver)) return false;
    bool minute = has(resolver, QD_FIELD_MINUTE), second = has(resolver, QD_FIELD_SECOND);
    bool nano = has(resolver, QD_FIELD_NANO);
    bool gap = (!minute && (second || nano)) || (minute && !second && nano);
    bool midnight = resolver->smart && get(resolver, QD_FIELD_HOUR, 0) == 24 &&
                    get(resolver, QD_FIELD_MINUTE, 0) == 0 && get(resolver, QD_FIELD_SECOND, 0) == 0 &&
                    get(resolver, QD_FIELD_NANO, 0) == 0;
    for (size_t i = midnight ? 1 : 0; i < 4; i++) {
        if (!check(resolver, parts[i])) return false;
    }
    if (!has(resolver, QD_FIELD_HOUR) || gap) return check(resolver, QD_FIELD_HOUR_OF_HALF);
    resolver->second_of_day = get(resolver, QD_FIELD_HOUR, 0) * 3600 +
                              get(resolver, QD_FIELD_MINUTE, 0) * 60 + get(resolver, QD_FIELD_SECOND, 0);
    resolver->nano = (int32_t)get(resolver, QD_FIELD_NANO, 0);
    resolver->has_time = true;
    return true;
}

/* Parts that were named beside those that made the date must agree with it. */
static bool cross_check(struct resolver *resolver)
{
    if (!resolver->has_date) return true;
    int64_t year;
    int month, day;
    qd_civil_from_days(resolver->day, &year, &month, &day);
    const struct {
        enum qd_date_field field;
        int64_t derived;
    } derived[] = {
        { QD_FIELD_YEAR, year },
        { QD_FIELD_YEAR_OF_ERA, year > 0 ? year : 1 - year },
        { QD_FIELD_MONTH, month },
        { QD_FIELD_DAY_OF_MONTH, day },
        { QD_FIELD_DAY_OF_YEAR, resolver->day - qd_days_from_civil(year, 1, 1) + 1 },
        { QD_FIELD_DAY_OF_WEEK, day_of_week(resolver->day) },
        { QD_FIELD_QUARTER, (month + 2) / 3 },
    };
    for (size_t i = 0; i < sizeof(derived) / sizeof(*derived); i++) {
        enum qd_date_field field = derived[i].field;
        if (!has(resolver, field) || get(resolver, field, 0) == derived[i].derived) continue;
        return fail(resolver,
                    "Conflict found: Field %s %lld differs from %s %lld derived from %04lld-%02d-%02d",
                    fields[field].name, (long long)derived[i].derived, fields[field].name,
                    (long long)get(resolver, field, 0), (long long)year, month, day);
    }
    return true;
}

/* ---- what DateFormatters.from makes of parts that gave no date ---- */

static bool check_date(struct resolver *resolver, int64_t year, int64_t month, int64_t day)
{
    if (!check(resolver, QD_FIELD_MONTH) || !check(resolver, QD_FIELD_DAY_OF_MONTH)) return false;
    if (year < -YEAR_MAX || year > YEAR_MAX) {
        return fail(resolver, "Invalid value for Year (valid values %s): %lld", fields[QD_FIELD_YEAR].range,
                    (long long)year);
    }
    return date_of(resolver, year, month, day);
}

static int64_t any_year(const struct resolver *resolver)
{
    return get(resolver, QD_FIELD_YEAR, get(resolver, QD_FIELD_YEAR_OF_ERA, 1970));
}

/* The first day of a week, or of the first week of a week-based year. */
static bool date_of_week(struct resolver *resolver)
{
    if (!check(resolver, QD_FIELD_WEEK_YEAR) || !check(resolver, QD_FIELD_WEEK)) return false;
    int64_t week = get(resolver, QD_FIELD_WEEK, 1);
    resolver->day = first_week(get(resolver, QD_FIELD_WEEK_YEAR, 1970)) + (week - 1) * 7;
    resolver->has_date = true;
    return true;
}

/* getLocalDate: the parts that there are, else 1970. */
static bool date_of_parts(struct resolver *resolver)
{
    if (has(resolver, QD_FIELD_WEEK_YEAR)) return date_of_week(resolver);
    if (!has(resolver, QD_FIELD_MONTH)) {
        resolver->day = 0;
        resolver->has_date = true;
        return true;
    }
    return check_date(resolver, any_year(resolver), get(resolver, QD_FIELD_MONTH, 1),
                      get(resolver, QD_FIELD_DAY_OF_MONTH, 1));
}

/* LOCAL_DATE_QUERY: a year without an era counts as a year. */
static bool query_date(struct resolver *resolver)
{
    bool year = has(resolver, QD_FIELD_YEAR) || has(resolver, QD_FIELD_YEAR_OF_ERA);
    if (resolver->has_date || !year) return true;
    if (has(resolver, QD_FIELD_MONTH) && has(resolver, QD_FIELD_DAY_OF_MONTH)) {
        return check_date(resolver, any_year(resolver), get(resolver, QD_FIELD_MONTH, 1),
                          get(resolver, QD_FIELD_DAY_OF_MONTH, 1));
    }
    if (!has(resolver, QD_FIELD_DAY_OF_YEAR)) return true;
    if (!check(resolver, QD_FIELD_DAY_OF_YEAR)) return false;
    return date_of_year_day(resolver, any_year(resolver), get(resolver, QD_FIELD_DAY_OF_YEAR, 1));
}

static void describe(struct resolver *resolver)
{
    size_t size = (size_t)snprintf(resolver->failure, QD_DATE_FAILURE_MAX, "temporal accessor [{");
    const char *separator = "";
    for (int field = 0; field < QD_FIELD_COUNT; field++) {
        if (!has(resolver, (enum qd_date_field)field) || size >= QD_DATE_FAILURE_MAX) continue;
        const char *weeks =
            field == QD_FIELD_WEEK || field == QD_FIELD_WEEK_YEAR ? "[WeekFields[MONDAY,4]]" : "";
        size +=
            (size_t)snprintf(resolver->failure + size, QD_DATE_FAILURE_MAX - size, "%s%s%s=%lld", separator,
                             fields[field].name, weeks, (long long)resolver->parts->value[field]);
        separator = ", ";
    }
    if (size >= QD_DATE_FAILURE_MAX) return;
    snprintf(resolver->failure + size, QD_DATE_FAILURE_MAX - size,
             "},ISO] cannot be converted to zoned date time");
}

static enum qd_date_outcome convert(struct resolver *resolver)
{
    if (!query_date(resolver)) return QD_CONVERT_REFUSED;
    if (resolver->has_date) return QD_RESOLVED;
    bool year = has(resolver, QD_FIELD_YEAR) || has(resolver, QD_FIELD_YEAR_OF_ERA);
    if (resolver->has_time || (!year && has(resolver, QD_FIELD_MONTH))) {
        return date_of_parts(resolver) ? QD_RESOLVED : QD_CONVERT_REFUSED;
    }
    if (year) {
        bool fits = check_date(resolver, any_year(resolver), get(resolver, QD_FIELD_MONTH, 1), 1);
        return fits ? QD_RESOLVED : QD_CONVERT_REFUSED;
    }
    if (has(resolver, QD_FIELD_WEEK_YEAR)) return date_of_week(resolver) ? QD_RESOLVED : QD_CONVERT_REFUSED;
    describe(resolver);
    return QD_CONVERT_IMPOSSIBLE;
}

static enum qd_date_outcome resolve_epoch(struct resolver *resolver, struct qd_date_local *local)
{
    int64_t digits = get(resolver, QD_FIELD_EPOCH_DIGITS, 9);
    int64_t scale = 1;
    for (int64_t i = digits; i < 9; i++) scale *= 10;
    int64_t whole = get(resolver, QD_FIELD_EPOCH, 0);
    int64_t nano = whole % scale * (1000000000 / scale) + get(resolver, QD_FIELD_EPOCH_FRACTION, 0);
    local->second = whole / scale;
    if (get(resolver, QD_FIELD_EPOCH_NEGATIVE, 0) != 0) {
        local->second = nano == 0 ? -local->second : -local->second - 1;
        nano = nano == 0 ? 0 : 1000000000 - nano;
    }
    local->nano = (int32_t)nano;
    local->is_instant = true;
    if (local->second >= INSTANT_SECOND_MIN && local->second <= INSTANT_SECOND_MAX) return QD_RESOLVED;
    (void)fail(resolver,
               "Unable to obtain Instant from TemporalAccessor: {InstantSeconds=%lld, MicroOfSecond=%lld, "
               "MilliOfSecond=%lld, NanoOfSecond=%lld},ISO of type java.time.format.Parsed",
               (long long)local->second, (long long)(nano / 1000), (long long)(nano / 1000000),
               (long long)nano);
    return QD_CONVERT_REFUSED;
}

enum qd_date_outcome qd_date_resolve(struct qd_date_parts *parts, bool smart, struct qd_date_local *local,
                                     char *failure)
{
    struct resolver resolver = { .parts = parts, .smart = smart, .failure = failure };
    *local = (struct qd_date_local){ 0 };
    if (!check(&resolver, QD_FIELD_OFFSET)) return QD_RESOLVE_REFUSED;
    if (has(&resolver, QD_FIELD_EPOCH)) return resolve_epoch(&resolver, local);
    if (!resolve_date(&resolver) || !resolve_time(&resolver) || !cross_check(&resolver))
        return QD_RESOLVE_REFUSED;
    enum qd_date_outcome outcome = convert(&resolver);
    if (outcome != QD_RESOLVED) return outcome;
    local->second = resolver.day * SECONDS_OF_DAY + resolver.second_of_day;
    local->nano = resolver.nano;
    return QD_RESOLVED;
}
