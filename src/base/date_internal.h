/* What the files of the date module share: elements of compiled formats and the parts of a parsed text.
 *
 * Used by date_*.c only. A format is a list of alternatives; an alternative is a flat array of elements, a
 * model of java.time's printer-parsers. Source: java.time.format.DateTimeFormatterBuilder, Parsed
 * (behaviour).
 */
#ifndef QD_BASE_DATE_INTERNAL_H
#define QD_BASE_DATE_INTERNAL_H

#include "base/date.h"
#include "base/vector.h"

/* Parts of a date that a text can name. */
enum qd_date_field {
    QD_FIELD_ERA,
    QD_FIELD_YEAR,
    QD_FIELD_YEAR_OF_ERA,
    QD_FIELD_QUARTER,
    QD_FIELD_MONTH,
    QD_FIELD_DAY_OF_MONTH,
    QD_FIELD_DAY_OF_YEAR,
    QD_FIELD_WEEK_YEAR,
    QD_FIELD_WEEK,
    QD_FIELD_WEEK_OF_MONTH,
    QD_FIELD_ALIGNED_WEEK,
    QD_FIELD_DAY_OF_WEEK,
    QD_FIELD_HALF_DAY,
    QD_FIELD_HOUR,
    QD_FIELD_CLOCK_HOUR,
    QD_FIELD_HOUR_OF_HALF,
    QD_FIELD_CLOCK_HOUR_OF_HALF,
    QD_FIELD_MINUTE,
    QD_FIELD_SECOND,
    QD_FIELD_NANO,
    QD_FIELD_MILLI_OF_DAY,
    QD_FIELD_NANO_OF_DAY,
    QD_FIELD_OFFSET,
    QD_FIELD_EPOCH,          /* a count since 1970; its size, except for seconds, which have their sign */
    QD_FIELD_EPOCH_NEGATIVE, /* 1: the count and its fraction are negative */
    QD_FIELD_EPOCH_FRACTION, /* nanoseconds beyond the count */
    QD_FIELD_EPOCH_DIGITS,   /* digits of nanoseconds in one unit: 9, 6 or 3 */
    QD_FIELD_COUNT
};

/* How a number's sign is treated (java.time.format.SignStyle). */
enum qd_date_sign { QD_SIGN_NORMAL, QD_SIGN_NOT_NEGATIVE, QD_SIGN_EXCEEDS_PAD, QD_SIGN_NEVER };

enum qd_date_element_kind {
    QD_ELEMENT_LITERAL,          /* text */
    QD_ELEMENT_NUMBER,           /* field, min, max, sign, following */
    QD_ELEMENT_REDUCED_YEAR,     /* field: two digits from 2000 on */
    QD_ELEMENT_FRACTION,         /* nanoseconds, min to max digits; point: with a '.' in front */
    QD_ELEMENT_TEXT,             /* field by name; style */
    QD_ELEMENT_OFFSET,           /* offset pattern, text for zero */
    QD_ELEMENT_ZONE_OR_OFFSET,   /* "Z", "+01:00", "Europe/Paris" */
    QD_ELEMENT_ZONE_NAME,        /* a zone by its id, or an offset */
    QD_ELEMENT_LOCALIZED_OFFSET, /* "GMT+8" or, style full, "GMT+08:00" */
    QD_ELEMENT_EPOCH, /* a count of seconds, milliseconds (max 6) or microseconds; max: digits of fraction */
    QD_ELEMENT_OPTIONAL, /* what follows up to end is optional */
    QD_ELEMENT_OPTIONAL_END
};

/* Lengths of names. */
enum qd_date_style { QD_STYLE_SHORT, QD_STYLE_FULL, QD_STYLE_NARROW };

struct qd_date_element {
    enum qd_date_element_kind kind;
    enum qd_date_field field;
    uint8_t min, max;          /* digits */
    enum qd_date_sign sign;
    int8_t following; /* digits that adjacent numbers take after this one; -1: this one has a fixed place */
    bool point;                /* fraction: '.' in front */
    enum qd_date_style style;
    uint8_t offset_pattern;    /* row of java.time's offset patterns, 0 "+HH" .. 8 "+HH:MM:SS" */
    struct qd_slice text;      /* literal; or an offset's text for zero */
    size_t end;                /* OPTIONAL: index of its OPTIONAL_END */
};

/* One formatter of java.time. */
struct qd_date_pattern {
    const struct qd_date_element *elements; /* elements[count] */
    size_t count;
    bool smart; /* ResolverStyle.SMART: 24:00 is allowed; else STRICT */
    bool utc;   /* reads and prints in UTC whatever zone is asked for */
};

/* One name or custom pattern of a `||` list. */
struct qd_date_alternative {
    struct qd_slice name;
    struct qd_date_pattern printer;
    struct qd_date_pattern parsers[4]; /* parsers[parser_count], tried in order */
    size_t parser_count;
    uint32_t epoch_scale; /* 0: no epoch format; else nanoseconds of its unit, for rounding up */
};

struct qd_date_format {
    struct qd_slice pattern;                         /* as given */
    const struct qd_date_alternative *alternatives;  /* alternatives[count] */
    size_t count;
    size_t parser_count;                             /* of all alternatives */
    bool long_digits_are_millis; /* see qd_date_parse_millis */
};

/* What a text named. */
struct qd_date_parts {
    uint32_t has;                    /* bit per field */
    int64_t value[QD_FIELD_COUNT];   /* valid where has is set */
    bool has_zone;                   /* a zone was named; OFFSET is a field of its own */
    bool zone_fixed;                 /* the zone is zone_offset, else zone_id */
    int32_t zone_offset;             /* seconds */
    struct qd_slice zone_id;         /* view of the text */
};

/* A row of the table of built-in formats; strings are in the notation of qd_date_compile_notation. */
struct qd_date_named_row {
    const char *name;       /* snake case */
    const char *camel;      /* camel case, the older spelling; or NULL */
    const char *printer;
    const char *parsers[4]; /* NULL after the last; none: the printer parses */
    uint32_t epoch_scale;   /* see qd_date_alternative */
};

/* The row of a name, NULL when there is none. */
const struct qd_date_named_row *qd_date_named_find(struct qd_slice name);

/* Compiles the notation of the table: text with [optional parts] and <elements>; see date_named.c. */
struct qd_date_pattern qd_date_compile_notation(struct qd_arena *arena, const char *notation);

/* Compiles a pattern of java.time. Errors: QD_ILLEGAL_ARGUMENT with java.time's text. */
QD_CHECKED enum qd_status qd_date_compile_pattern(struct qd_arena *arena, struct qd_slice pattern,
                                                  struct qd_date_pattern *compiled, struct qd_error *error);

/* Reads `text` from the start. Returns how many bytes were taken; or -1 and *error_at when it does not
 * fit. */
ptrdiff_t qd_date_scan(const struct qd_date_pattern *pattern, struct qd_slice text,
                       struct qd_date_parts *parts, size_t *error_at);

/* Tells whether the pattern names a field. */
bool qd_date_pattern_names(const struct qd_date_pattern *pattern, enum qd_date_field field);

/* A local date and time, and the zone that was named with it. */
struct qd_date_local {
    int64_t second;  /* of the local time line */
    int32_t nano;
    bool is_instant; /* second is UTC (an epoch format) */
};

enum qd_date_outcome {
    QD_RESOLVED,
    QD_RESOLVE_REFUSED,      /* DateTimeException while parsing */
    QD_CONVERT_REFUSED,      /* DateTimeException afterwards */
    QD_CONVERT_IMPOSSIBLE    /* too few parts: IllegalArgumentException afterwards */
};

#define QD_DATE_FAILURE_MAX 400

/* Turns parts into a local time as Parsed.resolve and DateFormatters.from do.
 * `failure[QD_DATE_FAILURE_MAX]` gets the exception's text. */
enum qd_date_outcome qd_date_resolve(struct qd_date_parts *parts, bool smart, struct qd_date_local *local,
                                     char *failure);

/* Parses `text` with all alternatives to a local time and the parts it came from. Errors: as
 * qd_date_parse. */
QD_CHECKED enum qd_status qd_date_parse_local(const struct qd_date_format *format, struct qd_slice text,
                                              bool round_up, struct qd_date_parts *parts,
                                              struct qd_date_local *local, struct qd_error *error);

/* The instant of a local time in the zone that its parts name, else in `otherwise`. */
struct qd_date qd_date_of_local(const struct qd_date_parts *parts, const struct qd_date_local *local,
                                const struct qd_zone *otherwise);

/* Month and day names; NULL outside the range. value from 1 (Monday, January). */
const char *qd_date_field_name(enum qd_date_field field, int64_t value, enum qd_date_style style);

/* A whole text that is an offset like "+01:00" or "+5", in seconds. False when it is none. */
bool qd_zone_parse_offset(struct qd_slice text, int32_t *offset);

/* True when `id` names a region of the time zone database. */
bool qd_zone_is_region(struct qd_slice id);

/* As qd_zone_to_utc, but in an overlap `preferred` holds when it is one of the two offsets. */
int64_t qd_zone_to_utc_preferring(const struct qd_zone *zone, int64_t local_second, int32_t preferred);

/* The offsets that a local second can have: 0 (in a gap), 1 or 2, the earlier instant's first. *transition
 * gets the UTC second of the gap or overlap. */
int qd_zone_valid_offsets(const struct qd_zone *zone, int64_t local_second, int32_t offsets[2],
                          int64_t *transition);

/* The last transition at or before `utc_second`; false when there is none. */
bool qd_zone_previous_transition(const struct qd_zone *zone, int64_t utc_second, int64_t *transition_second);

#endif
