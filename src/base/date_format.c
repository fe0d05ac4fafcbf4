#include "base/assert.h"
#include "base/date_internal.h"
#include "base/text.h"

#define ALTERNATIVES_MAX 64

static void compile_row(struct qd_arena *arena, const struct qd_date_named_row *row,
                        struct qd_date_alternative *alternative)
{
    alternative->printer = qd_date_compile_notation(arena, row->printer);
    alternative->epoch_scale = row->epoch_scale;
    while (alternative->parser_count < 4 && row->parsers[alternative->parser_count] != NULL) {
        size_t i = alternative->parser_count++;
        alternative->parsers[i] = qd_date_compile_notation(arena, row->parsers[i]);
    }
    if (alternative->parser_count == 0)
        alternative->parsers[alternative->parser_count++] = alternative->printer;
}

static enum qd_status compile_one(struct qd_arena *arena, struct qd_slice name,
                                  struct qd_date_alternative *alternative, struct qd_error *error)
{
    *alternative = (struct qd_date_alternative){ .name = name };
    const struct qd_date_named_row *row = qd_date_named_find(name);
    if (row != NULL) {
        compile_row(arena, row, alternative);
        return QD_OK;
    }
    enum qd_status status = qd_date_compile_pattern(arena, name, &alternative->printer, error);
    if (status != QD_OK && error != NULL) {
        struct qd_slice cause = error->reason;
        return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT, "Invalid format: [%.*s]: %.*s", QD_SLICE_ARG(name),
                             QD_SLICE_ARG(cause));
    }
    alternative->parsers[0] = alternative->printer;
    alternative->parser_count = 1;
    return status;
}

/* Takes the pattern before the next `||`; *rest.data NULL: there was none left. */
static bool next_pattern(struct qd_slice *rest, struct qd_slice *pattern)
{
    if (rest->data == NULL) return false;
    for (size_t i = 0; i + 1 < rest->size; i++) {
        if (rest->data[i] != '|' || rest->data[i + 1] != '|') continue;
        *pattern = qd_slice_sub(*rest, 0, i);
        *rest = qd_slice_from(*rest, i + 2);
        return true;
    }
    *pattern = *rest;
    *rest = (struct qd_slice){ NULL, 0 };
    return true;
}

enum qd_status qd_date_format_compile(struct qd_arena *arena, struct qd_slice pattern, struct qd_slice locale,
                                      const struct qd_date_format **format, struct qd_error *error)
{
    (void)locale;
    if (pattern.size == 0) return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "No date pattern provided");
    struct qd_date_format *compiled = QD_NEW(arena, struct qd_date_format);
    compiled->pattern = qd_arena_copy(arena, pattern);
    QD_VECTOR(struct qd_date_alternative) alternatives = { 0 };
    struct qd_slice rest = compiled->pattern;
    /* Formats of old indices began with an 8 when they were java.time's. */
    if (rest.data[0] == '8') rest = qd_slice_from(rest, 1);
    struct qd_slice name;
    while (next_pattern(&rest, &name)) {
        if (name.size == 0 || alternatives.count == ALTERNATIVES_MAX) {
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                                "Cannot have empty element in multi date format pattern: %.*s",
                                QD_SLICE_ARG(pattern));
        }
        struct qd_date_alternative *alternative = QD_PUSH(arena, &alternatives);
        QD_TRY(compile_one(arena, name, alternative, error));
        compiled->parser_count += alternative->parser_count;
        if (alternative->epoch_scale != 0) compiled->parser_count++;
    }
    compiled->alternatives = alternatives.data;
    compiled->count = alternatives.count;
    compiled->long_digits_are_millis =
        qd_slice_is(compiled->pattern, "strict_date_optional_time||epoch_millis") ||
        qd_slice_is(compiled->pattern, "epoch_millis");
    *format = compiled;
    return QD_OK;
}

struct qd_slice qd_date_format_pattern(const struct qd_date_format *format)
{
    return format->pattern;
}

static void set_default(struct qd_date_parts *parts, enum qd_date_field field, int64_t value)
{
    if ((parts->has >> field & 1) != 0) return;
    parts->has |= 1u << field;
    parts->value[field] = value;
}

/* What a missing part is when a bound includes the whole of what was named. */
static void set_defaults(const struct qd_date_alternative *alternative, const struct qd_date_pattern *pattern,
                         struct qd_date_parts *parts)
{
    if (alternative->epoch_scale != 0) {
        set_default(parts, QD_FIELD_EPOCH_FRACTION, alternative->epoch_scale - 1);
        return;
    }
    if (qd_date_pattern_names(pattern, QD_FIELD_DAY_OF_YEAR)) {
        set_default(parts, QD_FIELD_DAY_OF_YEAR, 1);
    } else {
        set_default(parts, QD_FIELD_MONTH, 1);
        set_default(parts, QD_FIELD_DAY_OF_MONTH, 1);
    }
    set_default(parts, QD_FIELD_HOUR, 23);
    set_default(parts, QD_FIELD_MINUTE, 59);
    set_default(parts, QD_FIELD_SECOND, 59);
    set_default(parts, QD_FIELD_NANO, 999999999);
}

/* What went wrong with the only parser of a format. */
struct failure {
    char text[QD_DATE_FAILURE_MAX]; /* of the inner DateTimeException; empty when there was none */
    size_t at;                      /* where reading stopped */
    bool unparsed;                  /* text was left over */
};

/* One parser's try. True when it took the text; *outcome then tells whether its parts make a date. */
static bool try_pattern(const struct qd_date_alternative *alternative, const struct qd_date_pattern *pattern,
                        struct qd_slice text, bool round_up, struct qd_date_parts *parts,
                        struct failure *failure)
{
    failure->text[0] = 0;
    failure->unparsed = false;
    ptrdiff_t taken = qd_date_scan(pattern, text, parts, &failure->at);
    if (taken < 0) return false;
    failure->unparsed = (size_t)taken != text.size;
    failure->at = (size_t)taken;
    if (failure->unparsed) return false;
    if (round_up) set_defaults(alternative, pattern, parts);
    if (pattern->utc && !round_up) parts->has_zone = parts->zone_fixed = true;
    return true;
}

static enum qd_status date_time_error(struct qd_error *error, const char *text)
{
    return qd_error_set(error, QD_DATE_TIME, "%s", text);
}

/* The chain under "failed to parse date field". */
static enum qd_status refuse(const struct qd_date_format *format, struct qd_slice text,
                             const struct failure *failure, struct qd_error *error)
{
    struct qd_slice shown = text.size > 64 ? qd_utf8_truncate(text, 64) : text;
    const char *dots = text.size > 64 ? "..." : "";
    if (format->parser_count > 1) {
        (void)qd_error_set(error, QD_DATE_TIME_PARSE, "Failed to parse with all enclosed parsers");
    } else if (failure->text[0] != 0) {
        (void)date_time_error(error, failure->text);
        (void)qd_error_wrap(error, QD_DATE_TIME_PARSE, "Text '%.*s%s' could not be parsed: %s",
                            QD_SLICE_ARG(shown), dots, failure->text);
    } else {
        (void)qd_error_set(error, QD_DATE_TIME_PARSE, "Text '%.*s%s' could not be parsed%s at index %zu",
                           QD_SLICE_ARG(shown), dots, failure->unparsed ? ", unparsed text found" : "",
                           failure->at);
    }
    return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT, "failed to parse date field [%.*s] with format [%.*s]",
                         QD_SLICE_ARG(text), QD_SLICE_ARG(format->pattern));
}

enum qd_status qd_date_parse_local(const struct qd_date_format *format, struct qd_slice text, bool round_up,
                                   struct qd_date_parts *parts, struct qd_date_local *local,
                                   struct qd_error *error)
{
    if (text.size == 0) return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "cannot parse empty date");
    struct failure failure = { .at = 0 };
    for (size_t i = 0; i < format->count; i++) {
        const struct qd_date_alternative *alternative = &format->alternatives[i];
        for (size_t j = 0; j < alternative->parser_count; j++) {
            const struct qd_date_pattern *pattern = &alternative->parsers[j];
            if (!try_pattern(alternative, pattern, text, round_up, parts, &failure)) continue;
            /* The reference builds its parsers for upper bounds without asking for strictness. */
            switch (qd_date_resolve(parts, pattern->smart || round_up, local, failure.text)) {
            case QD_RESOLVED:
                return QD_OK;
            case QD_RESOLVE_REFUSED:
                break;
            case QD_CONVERT_REFUSED:
                return date_time_error(error, failure.text);
            case QD_CONVERT_IMPOSSIBLE:
                return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "%s", failure.text);
            }
        }
    }
    return refuse(format, text, &failure, error);
}

struct qd_date qd_date_of_local(const struct qd_date_parts *parts, const struct qd_date_local *local,
                                const struct qd_zone *otherwise)
{
    bool offset = (parts->has >> QD_FIELD_OFFSET & 1) != 0;
    struct qd_date date = { local->second, local->nano };
    if (parts->has_zone && !parts->zone_fixed) {
        struct qd_arena *arena = qd_arena_create(0);
        const struct qd_zone *zone = NULL;
        enum qd_status status = qd_zone_parse(arena, parts->zone_id, &zone, NULL);
        qd_assert(status == QD_OK);
        date.second = qd_zone_to_utc(zone, local->second);
        qd_arena_destroy(arena);
    } else if (parts->has_zone) {
        date.second -= parts->zone_offset;
    } else if (offset) {
        date.second -= parts->value[QD_FIELD_OFFSET];
    } else {
        date.second = qd_zone_to_utc(otherwise, local->second);
    }
    return date;
}

enum qd_status qd_date_parse(const struct qd_date_format *format, struct qd_slice text, struct qd_date *date,
                             struct qd_error *error)
{
    struct qd_date_parts parts;
    struct qd_date_local local;
    QD_TRY(qd_date_parse_local(format, text, false, &parts, &local, error));
    *date = qd_date_of_local(&parts, &local, NULL);
    return QD_OK;
}

/* Digits alone, too many for a year, which has at most ten. */
static bool long_digits(struct qd_slice text, int64_t *number)
{
    int64_t value = 0;
    if (text.size < 11 || text.size > 15) return false;
    for (size_t i = 0; i < text.size; i++) {
        uint8_t digit = (uint8_t)(text.data[i] - '0');
        if (digit > 9) return false;
        value = value * 10 + digit;
    }
    *number = value;
    return true;
}

/* Where dates are sent as numbers, every document has one: with the format that date fields have by default
 * they can mean nothing but milliseconds. */
enum qd_status qd_date_parse_millis(const struct qd_date_format *format, struct qd_slice text,
                                    int64_t *millis, struct qd_error *error)
{
    if (format->long_digits_are_millis && long_digits(text, millis)) return QD_OK;
    struct qd_date date;
    QD_TRY(qd_date_parse(format, text, &date, error));
    *millis = qd_date_to_millis(date);
    if (*millis != INT64_MAX && *millis != INT64_MIN) return QD_OK;
    return qd_error_set(error, QD_ARITHMETIC, "long overflow");
}

enum qd_status qd_date_parse_nanos(const struct qd_date_format *format, struct qd_slice text, int64_t *nanos,
                                   struct qd_error *error)
{
    struct qd_date date;
    QD_TRY(qd_date_parse(format, text, &date, error));
    return qd_date_to_nanos(date, nanos, error);
}
