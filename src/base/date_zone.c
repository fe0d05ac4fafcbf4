#include <string.h>

#include <unicode/ucal.h>

#include "base/assert.h"
#include "base/date_internal.h"
#include "base/text.h"

/* Rules repeat by the pattern of weekdays and leap years, every 28 years between 1901 and 2099.
 * Transitions are listed up to this year; later times take the offset of a year of the same pattern in the
 * last 28 listed. */
#define YEAR_LISTED_MAX 2090
#define TRANSITIONS_MAX 2000
#define OFFSET_SECONDS_MAX (18 * 3600)
#define ZONE_ID_SIZE_MAX 64
#define SECONDS_OF_DAY 86400

struct transition {
    int64_t utc_second; /* when it happens */
    int32_t before;     /* offset until then */
    int32_t after;      /* offset from then on */
};

struct qd_zone {
    struct qd_slice id;
    int32_t first_offset;                 /* before all transitions, or always */
    const struct transition *transitions; /* transitions[count], ascending */
    size_t count;
    bool recurring;                       /* transitions go on after the last listed year */
    int64_t listed_end;                   /* UTC second up to which the list is complete */
};

/* Abbreviations that ICU knows and java.time does not. */
static const char *const foreign_ids[] = {
    "ACT", "AET", "AGT", "ART", "AST", "BET", "BST", "CAT", "CNT", "CST", "CTT",         "EAT",
    "ECT", "IET", "IST", "JST", "MIT", "NET", "NST", "PLT", "PNT", "PRT", "PST",         "SST",
    "VST", "EST", "MST", "HST", "ROC", "Etc/Unknown",
};

static bool to_utf16(struct qd_slice text, UChar *units)
{
    if (text.size == 0 || text.size >= ZONE_ID_SIZE_MAX) return false;
    for (size_t i = 0; i < text.size; i++) {
        if ((uint8_t)text.data[i] >= 0x80) return false;
        units[i] = (UChar)text.data[i];
    }
    units[text.size] = 0;
    return true;
}

bool qd_zone_is_region(struct qd_slice id)
{
    UChar units[ZONE_ID_SIZE_MAX];
    UChar canonical[128];
    if (!to_utf16(id, units)) return false;
    for (size_t i = 0; i < sizeof(foreign_ids) / sizeof(*foreign_ids); i++) {
        if (qd_slice_is(id, foreign_ids[i])) return false;
    }
    UErrorCode status = U_ZERO_ERROR;
    UBool is_system = false;
    ucal_getCanonicalTimeZoneID(units, (int32_t)id.size, canonical, 128, &is_system, &status);
    return U_SUCCESS(status) && is_system;
}

static int32_t offset_of(UCalendar *calendar, double millis)
{
    UErrorCode status = U_ZERO_ERROR;
    ucal_setMillis(calendar, millis, &status);
    int32_t offset =
        ucal_get(calendar, UCAL_ZONE_OFFSET, &status) + ucal_get(calendar, UCAL_DST_OFFSET, &status);
    qd_assert(U_SUCCESS(status));
    return offset / 1000;
}

static void list_transitions(struct qd_arena *arena, UCalendar *calendar, struct qd_zone *zone)
{
    double at = (double)qd_days_from_civil(1800, 1, 1) * SECONDS_OF_DAY * 1000;
    double end = (double)qd_days_from_civil(YEAR_LISTED_MAX + 1, 1, 1) * SECONDS_OF_DAY * 1000;
    zone->first_offset = offset_of(calendar, at);
    zone->listed_end = (int64_t)(end / 1000);
    QD_VECTOR(struct transition) list = { 0 };
    int32_t before = zone->first_offset;
    while (list.count < TRANSITIONS_MAX) {
        UErrorCode status = U_ZERO_ERROR;
        ucal_setMillis(calendar, at, &status);
        UBool found = ucal_getTimeZoneTransitionDate(calendar, UCAL_TZ_TRANSITION_NEXT, &at, &status);
        if (!found || U_FAILURE(status)) break;
        zone->recurring = at >= end;
        if (zone->recurring) break;
        int32_t after = offset_of(calendar, at);
        if (after == before) continue;
        *QD_PUSH(arena, &list) = (struct transition){ (int64_t)(at / 1000), before, after };
        before = after;
    }
    zone->transitions = list.data;
    zone->count = list.count;
}

static enum qd_status compile_region(struct qd_arena *arena, struct qd_slice id,
                                     const struct qd_zone **result, struct qd_error *error)
{
    UChar units[ZONE_ID_SIZE_MAX];
    if (!qd_zone_is_region(id) || !to_utf16(id, units)) {
        enum qd_status status =
            qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Unknown time-zone ID: %.*s", QD_SLICE_ARG(id));
        if (error != NULL) error->type_override = "zone_rules_exception";
        return status;
    }
    UErrorCode status = U_ZERO_ERROR;
    UCalendar *calendar = ucal_open(units, (int32_t)id.size, "", UCAL_GREGORIAN, &status);
    qd_assert(U_SUCCESS(status));
    struct qd_zone *zone = QD_NEW(arena, struct qd_zone);
    zone->id = qd_arena_copy(arena, id);
    list_transitions(arena, calendar, zone);
    ucal_close(calendar);
    *result = zone;
    return QD_OK;
}

/* Two digits at `at`, -1 when there are none. */
static int two_digits(struct qd_slice text, size_t at)
{
    if (at + 2 > text.size) return -1;
    char tens = text.data[at], ones = text.data[at + 1];
    if (tens < '0' || tens > '9' || ones < '0' || ones > '9') return -1;
    return (tens - '0') * 10 + (ones - '0');
}

/* +h, +hh, +hh:mm, +hhmm, +hh:mm:ss, +hhmmss. */
bool qd_zone_parse_offset(struct qd_slice text, int32_t *offset)
{
    if (text.size < 2 || (text.data[0] != '+' && text.data[0] != '-')) return false;
    int part[3] = { 0, 0, 0 };
    size_t at = 1;
    bool colon = text.size > 3 && text.data[3] == ':';
    if (text.size == 2) {
        part[0] = text.data[1] >= '0' && text.data[1] <= '9' ? text.data[1] - '0' : -1;
        at = 2;
    }
    for (size_t i = 0; i < 3 && at < text.size; i++) {
        if (i > 0 && colon && text.data[at++] != ':') return false;
        part[i] = two_digits(text, at);
        if (part[i] < 0) return false;
        at += 2;
    }
    if (at != text.size || part[0] < 0 || part[1] > 59 || part[2] > 59) return false;
    int32_t seconds = part[0] * 3600 + part[1] * 60 + part[2];
    if (seconds > OFFSET_SECONDS_MAX) return false;
    *offset = text.data[0] == '-' ? -seconds : seconds;
    return true;
}

static struct qd_slice offset_id(struct qd_arena *arena, int32_t offset)
{
    if (offset == 0) return QD_SLICE("Z");
    int32_t size = offset < 0 ? -offset : offset;
    char sign = offset < 0 ? '-' : '+';
    if (size % 60 == 0) return qd_arena_format(arena, "%c%02d:%02d", sign, size / 3600, size / 60 % 60);
    return qd_arena_format(arena, "%c%02d:%02d:%02d", sign, size / 3600, size / 60 % 60, size % 60);
}

static const struct qd_zone *fixed_zone(struct qd_arena *arena, struct qd_slice prefix, int32_t offset)
{
    struct qd_zone *zone = QD_NEW(arena, struct qd_zone);
    zone->first_offset = offset;
    zone->id = offset_id(arena, offset);
    if (prefix.size > 0 && offset != 0) {
        zone->id = qd_arena_format(arena, "%.*s%.*s", QD_SLICE_ARG(prefix), QD_SLICE_ARG(zone->id));
    }
    if (prefix.size > 0 && offset == 0) zone->id = qd_arena_copy(arena, prefix);
    return zone;
}

static enum qd_status zone_refused(struct qd_error *error, const char *what, struct qd_slice text)
{
    enum qd_status status = qd_error_set(error, QD_ILLEGAL_ARGUMENT, "%s%.*s", what, QD_SLICE_ARG(text));
    if (error != NULL) error->type_override = "date_time_exception";
    return status;
}

static bool is_region_name(struct qd_slice text)
{
    if (text.size < 2) return false;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool inner = (c >= '0' && c <= '9') || (c != 0 && strchr("/._~+-", c) != NULL);
        if (!letter && (i == 0 || !inner)) return false;
    }
    return true;
}

enum qd_status qd_zone_parse(struct qd_arena *arena, struct qd_slice text, const struct qd_zone **zone,
                             struct qd_error *error)
{
    static const struct qd_slice prefixes[] = { QD_SLICE_INIT("UTC"), QD_SLICE_INIT("GMT"),
                                                QD_SLICE_INIT("UT") };
    int32_t offset = 0;
    *zone = NULL;
    if (qd_slice_is(text, "Z")) {
        *zone = fixed_zone(arena, QD_SLICE(""), 0);
        return QD_OK;
    }
    size_t characters = 0;
    for (size_t i = 0; i < text.size; i++) characters += (text.data[i] & 0xc0) != 0x80;
    if (characters <= 1 || text.data[0] == '+' || text.data[0] == '-') {
        if (!qd_zone_parse_offset(text, &offset)) {
            return zone_refused(error, "Invalid ID for ZoneOffset, invalid format: ", text);
        }
        *zone = fixed_zone(arena, QD_SLICE(""), offset);
        return QD_OK;
    }
    for (size_t i = 0; i < 3; i++) {
        if (!qd_slice_starts_with(text, prefixes[i])) continue;
        struct qd_slice rest = qd_slice_from(text, prefixes[i].size);
        bool with_offset = rest.size > 0 && (rest.data[0] == '+' || rest.data[0] == '-');
        if (rest.size > 0 && !with_offset) continue;
        if (with_offset && !qd_zone_parse_offset(rest, &offset)) {
            return zone_refused(error, "Invalid ID for offset-based ZoneId: ", text);
        }
        *zone = fixed_zone(arena, prefixes[i], offset);
        return QD_OK;
    }
    if (!is_region_name(text)) {
        return zone_refused(error, "Invalid ID for region-based ZoneId, invalid format: ", text);
    }
    return compile_region(arena, text, zone, error);
}

struct qd_slice qd_zone_id(const struct qd_zone *zone)
{
    return zone == NULL ? QD_SLICE("Z") : zone->id;
}

bool qd_zone_is_fixed(const struct qd_zone *zone)
{
    return zone == NULL || zone->count == 0;
}

/* How many transitions are at or before `utc_second`. */
static size_t transitions_until(const struct qd_zone *zone, int64_t utc_second)
{
    size_t low = 0, high = zone->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (zone->transitions[middle].utc_second <= utc_second) low = middle + 1;
        else high = middle;
    }
    return low;
}

static bool is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* The seconds to add to a time after the listed years to come to a listed year of the same pattern. */
static int64_t fold(const struct qd_zone *zone, int64_t utc_second)
{
    if (!zone->recurring || utc_second < zone->listed_end) return 0;
    int64_t year;
    int month, day;
    int64_t days = utc_second / SECONDS_OF_DAY;
    qd_civil_from_days(days, &year, &month, &day);
    int64_t start = qd_days_from_civil(year, 1, 1);
    for (int64_t listed = YEAR_LISTED_MAX - 28; listed < YEAR_LISTED_MAX; listed++) {
        int64_t listed_start = qd_days_from_civil(listed, 1, 1);
        if (is_leap(listed) == is_leap(year) && (start - listed_start) % 7 == 0) {
            return (listed_start - start) * SECONDS_OF_DAY;
        }
    }
    qd_unreachable();
}

int32_t qd_zone_offset(const struct qd_zone *zone, int64_t utc_second)
{
    if (zone == NULL) return 0;
    size_t until = transitions_until(zone, utc_second + fold(zone, utc_second));
    return until == 0 ? zone->first_offset : zone->transitions[until - 1].after;
}

bool qd_zone_next_transition(const struct qd_zone *zone, int64_t utc_second, int64_t *transition_second)
{
    if (qd_zone_is_fixed(zone)) return false;
    int64_t shift = fold(zone, utc_second);
    size_t until = transitions_until(zone, utc_second + shift);
    if (until == zone->count) return false;
    *transition_second = zone->transitions[until].utc_second - shift;
    return true;
}

bool qd_zone_previous_transition(const struct qd_zone *zone, int64_t utc_second, int64_t *transition_second)
{
    if (qd_zone_is_fixed(zone)) return false;
    int64_t shift = fold(zone, utc_second);
    size_t until = transitions_until(zone, utc_second + shift);
    if (until == 0) return false;
    *transition_second = zone->transitions[until - 1].utc_second - shift;
    return true;
}

int qd_zone_valid_offsets(const struct qd_zone *zone, int64_t local_second, int32_t offsets[2],
                          int64_t *transition)
{
    if (qd_zone_is_fixed(zone)) {
        offsets[0] = qd_zone_offset(zone, local_second);
        return 1;
    }
    /* All offsets that can be in force lie between those a day before and a day after. */
    int64_t from = local_second - SECONDS_OF_DAY;
    int64_t to = local_second + SECONDS_OF_DAY;
    int64_t at = from;
    int32_t before = qd_zone_offset(zone, from);
    while (qd_zone_next_transition(zone, at, &at) && at <= to) {
        int32_t after = qd_zone_offset(zone, at);
        *transition = at;
        int64_t low = at + (before < after ? before : after);
        int64_t high = at + (before < after ? after : before);
        if (local_second >= low && local_second < high) {
            offsets[0] = before;
            offsets[1] = after;
            return before < after ? 0 : 2;
        }
        if (local_second < low) break;
        before = after;
    }
    offsets[0] = before;
    return 1;
}

int64_t qd_zone_to_utc_preferring(const struct qd_zone *zone, int64_t local_second, int32_t preferred)
{
    int32_t offsets[2] = { 0, 0 };
    int64_t transition = 0;
    int count = qd_zone_valid_offsets(zone, local_second, offsets, &transition);
    if (count == 2 && offsets[1] == preferred) return local_second - offsets[1];
    /* In a gap the offset before it moves the time on by the gap's length. */
    return local_second - offsets[0];
}

int64_t qd_zone_to_utc(const struct qd_zone *zone, int64_t local_second)
{
    return qd_zone_to_utc_preferring(zone, local_second, INT32_MAX);
}
