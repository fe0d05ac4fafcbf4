#include "base/date_internal.h"
#include "base/number.h"

#define SECONDS_OF_DAY 86400

/* A moment of local time, taken apart. */
struct moment {
    int64_t year, day_of_epoch, utc_second;
    int month, day, second_of_day;
    int32_t nano, offset;
    const struct qd_zone *zone;
};

/* Rows by style: short, full, narrow. */
static const char *const months[3][12] = {
    { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" },
    { "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
      "November", "December" },
    { "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12" },
};
static const char *const weekdays[3][7] = {
    { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" },
    { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday" },
    { "M", "T", "W", "T", "F", "S", "S" },
};
static const char *const quarters[3][4] = { { "Q1", "Q2", "Q3", "Q4" },
                                            { "Q1", "Q2", "Q3", "Q4" },
                                            { "1", "2", "3", "4" } };

const char *qd_date_field_name(enum qd_date_field field, int64_t value, enum qd_date_style style)
{
    if (field == QD_FIELD_HALF_DAY) return value == 0 ? "AM" : value == 1 ? "PM" : NULL;
    if (field == QD_FIELD_ERA) return value == 0 ? "BCE" : value == 1 ? "CE" : NULL;
    if (value < 1) return NULL;
    if (field == QD_FIELD_MONTH && value <= 12) return months[style][value - 1];
    if (field == QD_FIELD_DAY_OF_WEEK && value <= 7) return weekdays[style][value - 1];
    if (field == QD_FIELD_QUARTER && value <= 4) return quarters[style][value - 1];
    return NULL;
}

static int64_t floor_divide(int64_t value, int64_t by)
{
    int64_t quotient = value / by;
    return value % by < 0 ? quotient - 1 : quotient;
}

static struct moment take_apart(struct qd_date date, const struct qd_zone *zone)
{
    struct moment moment = { .utc_second = date.second, .nano = date.nano, .zone = zone };
    moment.offset = qd_zone_offset(zone, date.second);
    int64_t local = date.second + moment.offset;
    moment.day_of_epoch = floor_divide(local, SECONDS_OF_DAY);
    moment.second_of_day = (int)(local - moment.day_of_epoch * SECONDS_OF_DAY);
    qd_civil_from_days(moment.day_of_epoch, &moment.year, &moment.month, &moment.day);
    return moment;
}

/* 1 Monday .. 7 Sunday. */
static int64_t day_of_week(int64_t day)
{
    return day + 3 - floor_divide(day + 3, 7) * 7 + 1;
}

/* The week of a date, by the week-based year that holds its Thursday. */
static int64_t week_of(const struct moment *moment, int64_t *week_year)
{
    int64_t thursday = moment->day_of_epoch - day_of_week(moment->day_of_epoch) + 4;
    int month, day;
    qd_civil_from_days(thursday, week_year, &month, &day);
    return (thursday - qd_days_from_civil(*week_year, 1, 1)) / 7 + 1;
}

/* Weeks begin on Monday; the first week of a month has at least four of its days. */
static int64_t week_of_month(const struct moment *moment)
{
    int64_t first = day_of_week(moment->day_of_epoch - moment->day + 1);
    int64_t from_monday = moment->day + first - 2;
    return first <= 4 ? from_monday / 7 + 1 : from_monday / 7;
}

static int64_t time_field_of(const struct moment *moment, enum qd_date_field field)
{
    int second = moment->second_of_day;
    int hour = second / 3600;
    int64_t nanos = (int64_t)second * 1000000000 + moment->nano;
    if (field == QD_FIELD_HALF_DAY) return hour / 12;
    if (field == QD_FIELD_HOUR) return hour;
    if (field == QD_FIELD_CLOCK_HOUR) return hour == 0 ? 24 : hour;
    if (field == QD_FIELD_HOUR_OF_HALF) return hour % 12;
    if (field == QD_FIELD_CLOCK_HOUR_OF_HALF) return hour % 12 == 0 ? 12 : hour % 12;
    if (field == QD_FIELD_MINUTE) return second / 60 % 60;
    if (field == QD_FIELD_SECOND) return second % 60;
    if (field == QD_FIELD_NANO) return moment->nano;
    if (field == QD_FIELD_MILLI_OF_DAY) return nanos / 1000000;
    return nanos;
}

static int64_t field_of(const struct moment *moment, enum qd_date_field field)
{
    int64_t week_year;
    int64_t week = week_of(moment, &week_year);
    if (field == QD_FIELD_ERA) return moment->year > 0;
    if (field == QD_FIELD_YEAR) return moment->year;
    if (field == QD_FIELD_YEAR_OF_ERA) return moment->year > 0 ? moment->year : 1 - moment->year;
    if (field == QD_FIELD_QUARTER) return (moment->month + 2) / 3;
    if (field == QD_FIELD_MONTH) return moment->month;
    if (field == QD_FIELD_DAY_OF_MONTH) return moment->day;
    if (field == QD_FIELD_DAY_OF_YEAR)
        return moment->day_of_epoch - qd_days_from_civil(moment->year, 1, 1) + 1;
    if (field == QD_FIELD_WEEK_YEAR) return week_year;
    if (field == QD_FIELD_WEEK) return week;
    if (field == QD_FIELD_WEEK_OF_MONTH) return week_of_month(moment);
    if (field == QD_FIELD_ALIGNED_WEEK) return (moment->day - 1) / 7 + 1;
    if (field == QD_FIELD_DAY_OF_WEEK) return day_of_week(moment->day_of_epoch);
    return time_field_of(moment, field);
}

static void put_number(struct qd_buffer *buffer, const struct qd_date_element *element, int64_t value)
{
    char text[QD_NUMBER_TEXT_MAX];
    size_t size = qd_int64_to_text(value < 0 ? -value : value, text);
    if (value < 0) qd_buffer_byte(buffer, '-');
    else if (element->sign == QD_SIGN_EXCEEDS_PAD && size > element->min) qd_buffer_byte(buffer, '+');
    for (size_t i = size; i < element->min; i++) qd_buffer_byte(buffer, '0');
    qd_buffer_append(buffer, text, size);
}

static void put_fraction(struct qd_buffer *buffer, const struct qd_date_element *element, int32_t nano)
{
    char digits[9];
    for (int i = 8; i >= 0; i--, nano /= 10) digits[i] = (char)('0' + nano % 10);
    size_t size = element->max;
    while (size > element->min && digits[size - 1] == '0') size--;
    if (size == 0) return;
    if (element->point) qd_buffer_byte(buffer, '.');
    qd_buffer_append(buffer, digits, size);
}

/* Rows of java.time's offset patterns, as in date_scan.c. */
static void put_offset(struct qd_buffer *buffer, uint8_t pattern, struct qd_slice zero, int32_t offset)
{
    if (offset == 0) {
        qd_buffer_slice(buffer, zero);
        return;
    }
    int32_t size = offset < 0 ? -offset : offset;
    const char *colon = pattern > 0 && pattern % 2 == 0 ? ":" : "";
    qd_buffer_format(buffer, "%c%02d", offset < 0 ? '-' : '+', size / 3600);
    bool minutes = pattern >= 3 || (pattern > 0 && size / 60 % 60 != 0);
    if (minutes) qd_buffer_format(buffer, "%s%02d", colon, size / 60 % 60);
    bool seconds = pattern >= 7 || (pattern >= 5 && size % 60 != 0);
    if (seconds) qd_buffer_format(buffer, "%s%02d", colon, size % 60);
}

static void put_localized_offset(struct qd_buffer *buffer, enum qd_date_style style, int32_t offset)
{
    qd_buffer_text(buffer, "GMT");
    if (offset == 0) return;
    int32_t size = offset < 0 ? -offset : offset;
    if (style == QD_STYLE_FULL) {
        put_offset(buffer, 6, QD_SLICE(""), offset);
        return;
    }
    qd_buffer_format(buffer, "%c%d", offset < 0 ? '-' : '+', size / 3600);
    if (size / 60 % 60 != 0) qd_buffer_format(buffer, ":%02d", size / 60 % 60);
}

/* A count of units since 1970, with the rest as a fraction. */
static void put_epoch(struct qd_buffer *buffer, int digits, struct qd_date date)
{
    int64_t scale = 1;
    for (int i = digits; i < 9; i++) scale *= 10;
    int64_t unit = 1000000000 / scale;
    int64_t whole = date.second * scale + date.nano / unit;
    int64_t rest = date.nano % unit;
    /* Milliseconds and microseconds count away from 1970, seconds always upwards. */
    if (digits < 9 && date.second < 0 && rest > 0) {
        whole++;
        rest = unit - rest;
        if (whole == 0) qd_buffer_byte(buffer, '-');
    }
    qd_buffer_format(buffer, "%lld", (long long)whole);
    if (rest == 0) return;
    char text[QD_NUMBER_TEXT_MAX];
    size_t size = (size_t)digits;
    for (size_t i = size; i-- > 0; rest /= 10) text[i] = (char)('0' + rest % 10);
    while (size > 0 && text[size - 1] == '0') size--;
    qd_buffer_byte(buffer, '.');
    qd_buffer_append(buffer, text, size);
}

static void put_element(struct qd_buffer *buffer, const struct qd_date_element *element,
                        const struct moment *moment)
{
    switch (element->kind) {
    case QD_ELEMENT_LITERAL:
        qd_buffer_slice(buffer, element->text);
        return;
    case QD_ELEMENT_NUMBER:
        put_number(buffer, element, field_of(moment, element->field));
        return;
    case QD_ELEMENT_REDUCED_YEAR: {
        int64_t year = field_of(moment, element->field);
        qd_buffer_format(buffer, "%02d", (int)((year < 0 ? -year : year) % 100));
        return;
    }
    case QD_ELEMENT_FRACTION:
        put_fraction(buffer, element, moment->nano);
        return;
    case QD_ELEMENT_TEXT: {
        const char *name =
            qd_date_field_name(element->field, field_of(moment, element->field), element->style);
        if (name != NULL) qd_buffer_text(buffer, name);
        return;
    }
    case QD_ELEMENT_OFFSET:
        put_offset(buffer, element->offset_pattern, element->text, moment->offset);
        return;
    case QD_ELEMENT_LOCALIZED_OFFSET:
        put_localized_offset(buffer, element->style, moment->offset);
        return;
    case QD_ELEMENT_ZONE_OR_OFFSET:
    case QD_ELEMENT_ZONE_NAME:
        qd_buffer_slice(buffer, qd_zone_id(moment->zone));
        return;
    case QD_ELEMENT_EPOCH:
        put_epoch(buffer, element->max, (struct qd_date){ moment->utc_second, moment->nano });
        return;
    case QD_ELEMENT_OPTIONAL:
    case QD_ELEMENT_OPTIONAL_END:
        return;
    }
}

void qd_date_print(const struct qd_date_format *format, struct qd_date date, const struct qd_zone *zone,
                   struct qd_buffer *buffer)
{
    const struct qd_date_pattern *printer = &format->alternatives[0].printer;
    struct moment moment = take_apart(date, printer->utc ? NULL : zone);
    for (size_t i = 0; i < printer->count; i++) put_element(buffer, &printer->elements[i], &moment);
}

void qd_date_print_millis(const struct qd_date_format *format, int64_t millis, const struct qd_zone *zone,
                          struct qd_buffer *buffer)
{
    qd_date_print(format, qd_date_from_millis(millis), zone, buffer);
}

void qd_date_print_nanos(const struct qd_date_format *format, int64_t nanos, const struct qd_zone *zone,
                         struct qd_buffer *buffer)
{
    qd_date_print(format, qd_date_from_nanos(nanos), zone, buffer);
}
