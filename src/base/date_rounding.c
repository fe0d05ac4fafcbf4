#include "base/assert.h"
#include "base/date_internal.h"

#define MILLIS_OF_DAY 86400000

struct qd_rounding {
    bool calendar;           /* unit, else interval_ms */
    enum qd_date_unit unit;
    int64_t interval_ms;     /* > 0 */
    int64_t offset_ms;
    const struct qd_zone *zone;
};

static const struct unit_row {
    const char *names[2]; /* what calendar_interval calls it */
    int64_t millis;       /* of a fixed length; 0: none */
} units[] = {
    [QD_UNIT_SECOND] = { { "second", "1s" }, 1000 },
    [QD_UNIT_MINUTE] = { { "minute", "1m" }, 60000 },
    [QD_UNIT_HOUR] = { { "hour", "1h" }, 3600000 },
    [QD_UNIT_DAY] = { { "day", "1d" }, MILLIS_OF_DAY },
    [QD_UNIT_WEEK] = { { "week", "1w" }, 0 },
    [QD_UNIT_MONTH] = { { "month", "1M" }, 0 },
    [QD_UNIT_QUARTER] = { { "quarter", "1q" }, 0 },
    [QD_UNIT_YEAR] = { { "year", "1y" }, 0 },
};

bool qd_date_unit_parse(struct qd_slice text, enum qd_date_unit *unit)
{
    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
        if (!qd_slice_is(text, units[i].names[0]) && !qd_slice_is(text, units[i].names[1])) continue;
        *unit = (enum qd_date_unit)i;
        return true;
    }
    return false;
}

static int64_t floor_divide(int64_t value, int64_t by)
{
    int64_t quotient = value / by;
    return value % by < 0 ? quotient - 1 : quotient;
}

/* Whole numbers can be rounded as dates up to their limits, where the reference's arithmetic wraps. */
static int64_t wrapping_add(int64_t left, int64_t right)
{
    return (int64_t)((uint64_t)left + (uint64_t)right);
}

static int64_t wrapping_multiply(int64_t left, int64_t right)
{
    return (int64_t)((uint64_t)left * (uint64_t)right);
}

/* The local midnight that begins the unit which holds local day `day`; step 1 gives the next unit's. */
static int64_t unit_start_day(enum qd_date_unit unit, int64_t day, int step)
{
    int64_t year;
    int month, day_of_month;
    if (unit == QD_UNIT_DAY) return day + step;
    if (unit == QD_UNIT_WEEK) return (floor_divide(day + 3, 7) + step) * 7 - 3;
    qd_civil_from_days(day, &year, &month, &day_of_month);
    if (unit == QD_UNIT_YEAR) return qd_days_from_civil(year + step, 1, 1);
    int length = unit == QD_UNIT_QUARTER ? 3 : 1;
    int64_t total = year * 12 + (month - 1) / length * length + (int64_t)step * length;
    int64_t new_year = floor_divide(total, 12);
    return qd_days_from_civil(new_year, (int)(total - new_year * 12) + 1, 1);
}

/* The first instant of a local day: of two midnights the earlier, and where a gap swallows midnight its
 * end. */
static int64_t first_instant(const struct qd_zone *zone, int64_t day)
{
    int32_t offsets[2] = { 0, 0 };
    int64_t transition = 0;
    int count = qd_zone_valid_offsets(zone, day * 86400, offsets, &transition);
    return wrapping_multiply(count == 0 ? transition : day * 86400 - offsets[0], 1000);
}

static int64_t local_millis(const struct qd_zone *zone, int64_t utc_ms)
{
    return wrapping_add(utc_ms, (int64_t)qd_zone_offset(zone, floor_divide(utc_ms, 1000)) * 1000);
}

/* Multiples of local time. What falls into a gap becomes its end; of two instants the later that is not
 * after the given one counts; where a transition lies between the result and the instant, the time before
 * it is rounded. */
static int64_t round_interval(const struct qd_zone *zone, int64_t interval_ms, int64_t utc_ms)
{
    for (;;) {
        int64_t units_before = floor_divide(local_millis(zone, utc_ms), interval_ms);
        int64_t local = wrapping_multiply(units_before, interval_ms);
        int32_t offsets[2] = { 0, 0 };
        int64_t transition = 0;
        int count = qd_zone_valid_offsets(zone, floor_divide(local, 1000), offsets, &transition);
        if (count == 0) return transition * 1000;
        bool earlier = qd_zone_previous_transition(zone, floor_divide(utc_ms, 1000), &transition);
        int64_t result = wrapping_add(local, -(int64_t)offsets[0] * 1000);
        bool again = false;
        for (int i = count - 1; i >= 0 && !again; i--) {
            result = wrapping_add(local, -(int64_t)offsets[i] * 1000);
            again = earlier && result < transition * 1000;
            if (!again && result <= utc_ms) return result;
        }
        if (!again) return result;
        utc_ms = transition * 1000 - 1;
    }
}

/* Units shorter than a day. A bucket never reaches over a transition that repeats local time. */
static int64_t round_short_unit(const struct qd_zone *zone, int64_t unit_ms, int64_t utc_ms)
{
    for (;;) {
        int64_t units_before = floor_divide(local_millis(zone, utc_ms), unit_ms);
        int64_t local = wrapping_multiply(units_before, unit_ms);
        int32_t offsets[2] = { 0, 0 };
        int64_t transition = 0;
        int count = qd_zone_valid_offsets(zone, floor_divide(local, 1000), offsets, &transition);
        int64_t result = 0;
        bool found = false;
        for (int i = count - 1; i >= 0 && !found; i--) {
            result = wrapping_add(local, -(int64_t)offsets[i] * 1000);
            found = result <= utc_ms;
        }
        int64_t before_s = floor_divide(wrapping_add(utc_ms, -1), 1000);
        bool earlier = qd_zone_previous_transition(zone, before_s, &transition);
        if (!earlier || (found && transition * 1000 <= result)) return found ? result : local;
        utc_ms = transition * 1000 - 1;
    }
}

static int64_t round_without_offset(const struct qd_rounding *rounding, int64_t utc_ms)
{
    const struct qd_zone *zone = rounding->zone;
    bool fixed = qd_zone_is_fixed(zone);
    int64_t millis = rounding->calendar ? units[rounding->unit].millis : rounding->interval_ms;
    /* So near the limits nothing is gained from transitions, and going back over them would not end. */
    bool limit = utc_ms > INT64_MAX - 2 * MILLIS_OF_DAY || utc_ms < INT64_MIN + 2 * MILLIS_OF_DAY;
    if ((fixed || limit) && millis != 0) {
        int64_t shift = (int64_t)qd_zone_offset(zone, fixed ? 0 : floor_divide(utc_ms, 1000)) * 1000;
        int64_t units_before = floor_divide(wrapping_add(utc_ms, shift), millis);
        return wrapping_add(wrapping_multiply(units_before, millis), -shift);
    }
    if (!rounding->calendar) return round_interval(zone, millis, utc_ms);
    if (rounding->unit <= QD_UNIT_HOUR) return round_short_unit(zone, millis, utc_ms);
    int64_t day = floor_divide(local_millis(zone, utc_ms), MILLIS_OF_DAY);
    return first_instant(zone, unit_start_day(rounding->unit, day, 0));
}

/* The first instant that rounds to something later: rounding never goes back, so it can be searched for.
 * INT64_MAX when there is none. */
static int64_t next_interval(const struct qd_rounding *rounding, int64_t utc_ms)
{
    int64_t start = round_without_offset(rounding, utc_ms);
    int64_t low = start;
    int64_t high;
    if (__builtin_add_overflow(start, rounding->interval_ms, &high)) return INT64_MAX;
    while (round_without_offset(rounding, high) <= start) {
        low = high;
        if (__builtin_add_overflow(high, rounding->interval_ms, &high)) return INT64_MAX;
    }
    if (round_without_offset(rounding, high - 1) <= start) return high;
    while (low + 1 < high) {
        int64_t middle = low + (high - low) / 2;
        if (round_without_offset(rounding, middle) > start) high = middle;
        else low = middle;
    }
    return high;
}

static int64_t next_without_offset(const struct qd_rounding *rounding, int64_t utc_ms)
{
    const struct qd_zone *zone = rounding->zone;
    if (rounding->calendar && rounding->unit >= QD_UNIT_DAY) {
        int64_t day = floor_divide(local_millis(zone, utc_ms), MILLIS_OF_DAY);
        return first_instant(zone, unit_start_day(rounding->unit, day, 1));
    }
    if (!rounding->calendar) return next_interval(rounding, utc_ms);
    int64_t millis = units[rounding->unit].millis;
    int64_t next = round_without_offset(rounding, wrapping_add(utc_ms, millis));
    return utc_ms < next ? next : round_without_offset(rounding, wrapping_add(utc_ms, 2 * millis));
}

const struct qd_rounding *qd_rounding_unit(struct qd_arena *arena, enum qd_date_unit unit,
                                           const struct qd_zone *zone, int64_t offset_ms)
{
    struct qd_rounding *rounding = QD_NEW(arena, struct qd_rounding);
    *rounding = (struct qd_rounding){ .calendar = true, .unit = unit, .zone = zone, .offset_ms = offset_ms };
    return rounding;
}

const struct qd_rounding *qd_rounding_interval(struct qd_arena *arena, int64_t interval_ms,
                                               const struct qd_zone *zone, int64_t offset_ms)
{
    qd_assert(interval_ms > 0);
    struct qd_rounding *rounding = QD_NEW(arena, struct qd_rounding);
    *rounding = (struct qd_rounding){ .interval_ms = interval_ms, .zone = zone, .offset_ms = offset_ms };
    return rounding;
}

int64_t qd_rounding_round(const struct qd_rounding *rounding, int64_t utc_ms)
{
    int64_t shifted = wrapping_add(utc_ms, wrapping_multiply(rounding->offset_ms, -1));
    int64_t start = round_without_offset(rounding, shifted);
    return wrapping_add(start, rounding->offset_ms);
}

int64_t qd_rounding_next(const struct qd_rounding *rounding, int64_t utc_ms)
{
    int64_t shifted = wrapping_add(utc_ms, wrapping_multiply(rounding->offset_ms, -1));
    int64_t next = next_without_offset(rounding, shifted);
    return wrapping_add(next, rounding->offset_ms);
}
