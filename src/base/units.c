#include "base/units.h"

#include "base/number.h"
#include "base/text.h"

static enum qd_status not_a_number(struct qd_slice text, struct qd_error *error)
{
    return qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(text));
}

/* A number with at most one decimal, cut off, not rounded: "1.5", "3". */
static void put_one_decimal(struct qd_buffer *buffer, double value)
{
    char text[QD_NUMBER_TEXT_MAX];
    struct qd_slice printed = qd_slice_make(text, qd_double_to_text(value, text));
    size_t point = qd_slice_find_byte(printed, '.');
    size_t exponent = qd_slice_find_byte(printed, 'E');
    size_t end = point == SIZE_MAX ? printed.size : point;
    if (point != SIZE_MAX && printed.data[point + 1] != '0') end = point + 2;
    qd_buffer_append(buffer, text, end);
    if (exponent != SIZE_MAX) qd_buffer_slice(buffer, qd_slice_from(printed, exponent));
}

/* ---- time ---- */

/* Suffixes in the order in which the reference tries them. */
static const struct time_suffix {
    const char *text;
    enum qd_time_unit unit;
    bool exact_case; /* `M` means months elsewhere */
} time_suffixes[] = {
    { "nanos", QD_NANOSECONDS, false },
    { "micros", QD_MICROSECONDS, false },
    { "ms", QD_MILLISECONDS, false },
    { "s", QD_SECONDS, false },
    { "m", QD_MINUTES, true },
    { "h", QD_HOURS, false },
    { "d", QD_DAYS, false },
};

static const int64_t unit_nanos[] = {
    [QD_NANOSECONDS] = 1,
    [QD_MICROSECONDS] = 1000,
    [QD_MILLISECONDS] = 1000000,
    [QD_SECONDS] = 1000000000,
    [QD_MINUTES] = 60000000000,
    [QD_HOURS] = 3600000000000,
    [QD_DAYS] = 86400000000000,
};

static const char *const unit_names[] = {
    [QD_NANOSECONDS] = "nanos", [QD_MICROSECONDS] = "micros", [QD_MILLISECONDS] = "ms", [QD_SECONDS] = "s",
    [QD_MINUTES] = "m",         [QD_HOURS] = "h",             [QD_DAYS] = "d",
};

static bool has_suffix(struct qd_slice text, const char *suffix, bool exact_case)
{
    struct qd_slice end = qd_slice_from_string(suffix);
    if (text.size < end.size) return false;
    struct qd_slice tail = qd_slice_from(text, text.size - end.size);
    return exact_case ? qd_slice_equal(tail, end) : qd_equal_ignore_case(tail, end);
}

static enum qd_status parse_duration(struct qd_slice text, struct qd_slice number, const char *name,
                                     int64_t *duration, struct qd_error *error)
{
    if (!qd_parse_int64(number, duration)) {
        double ignored;
        bool fraction = qd_parse_double(number, &ignored);
        (void)not_a_number(number, error);
        return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT, "failed to parse [%.*s]%s", QD_SLICE_ARG(text),
                             fraction ? ", fractional time values are not supported" : "");
    }
    if (*duration >= -1) return QD_OK;
    return qd_error_set(
        error, QD_ILLEGAL_ARGUMENT,
        "failed to parse setting [%s] with value [%.*s] as a time value: negative durations are not "
        "supported",
        name, QD_SLICE_ARG(text));
}

/* -1 with any number of zeros in front of the 1, or only zeros. */
static bool parse_unitless(struct qd_slice text, struct qd_time_value *value)
{
    bool negative = text.size > 0 && text.data[0] == '-';
    struct qd_slice digits = qd_slice_from(text, negative ? 1 : 0);
    if (negative && digits.size > 0 && digits.data[digits.size - 1] == '1') digits.size--;
    else if (negative || digits.size == 0) return false;
    for (size_t i = 0; i < digits.size; i++) {
        if (digits.data[i] != '0') return false;
    }
    *value = (struct qd_time_value){ negative ? -1 : 0, QD_MILLISECONDS };
    return true;
}

enum qd_status qd_time_parse(struct qd_slice text, const char *name, struct qd_time_value *value,
                             struct qd_error *error)
{
    struct qd_slice trimmed = qd_trim(text);
    for (size_t i = 0; i < sizeof(time_suffixes) / sizeof(*time_suffixes); i++) {
        const struct time_suffix *suffix = &time_suffixes[i];
        if (!has_suffix(suffix->exact_case ? text : trimmed, suffix->text, suffix->exact_case)) continue;
        value->unit = suffix->unit;
        struct qd_slice number = qd_slice_sub(trimmed, 0, trimmed.size - strlen(suffix->text));
        return parse_duration(text, qd_trim(number), name, &value->duration, error);
    }
    if (parse_unitless(trimmed, value)) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "failed to parse setting [%s] with value [%.*s] as a time value: unit is missing or "
                        "unrecognized",
                        name, QD_SLICE_ARG(text));
}

int64_t qd_time_nanos(struct qd_time_value value)
{
    int64_t nanos;
    if (!__builtin_mul_overflow(value.duration, unit_nanos[value.unit], &nanos)) return nanos;
    return value.duration < 0 ? INT64_MIN : INT64_MAX;
}

int64_t qd_time_millis(struct qd_time_value value)
{
    if (value.unit < QD_MILLISECONDS) return value.duration / (1000000 / unit_nanos[value.unit]);
    int64_t millis;
    if (!__builtin_mul_overflow(value.duration, unit_nanos[value.unit] / 1000000, &millis)) return millis;
    return value.duration < 0 ? INT64_MIN : INT64_MAX;
}

enum qd_status qd_time_parse_nanos(struct qd_slice text, const char *name, int64_t *nanos,
                                   struct qd_error *error)
{
    struct qd_time_value value;
    QD_TRY(qd_time_parse(text, name, &value, error));
    *nanos = qd_time_nanos(value);
    return QD_OK;
}

enum qd_status qd_time_parse_millis(struct qd_slice text, const char *name, int64_t *millis,
                                    struct qd_error *error)
{
    struct qd_time_value value;
    QD_TRY(qd_time_parse(text, name, &value, error));
    *millis = qd_time_millis(value);
    return QD_OK;
}

void qd_time_print(struct qd_buffer *buffer, struct qd_time_value value)
{
    if (value.duration < 0) {
        qd_buffer_format(buffer, "%lld", (long long)value.duration);
        return;
    }
    int64_t nanos = qd_time_nanos(value);
    if (nanos == 0) {
        qd_buffer_text(buffer, "0s");
        return;
    }
    int unit = QD_DAYS;
    while (unit > QD_NANOSECONDS && nanos < unit_nanos[unit]) unit--;
    put_one_decimal(buffer, (double)nanos / (double)unit_nanos[unit]);
    qd_buffer_text(buffer, unit_names[unit]);
}

void qd_time_print_millis(struct qd_buffer *buffer, int64_t millis)
{
    qd_time_print(buffer, (struct qd_time_value){ millis, QD_MILLISECONDS });
}

void qd_time_print_nanos(struct qd_buffer *buffer, int64_t nanos)
{
    qd_time_print(buffer, (struct qd_time_value){ nanos, QD_NANOSECONDS });
}

void qd_time_print_exact(struct qd_buffer *buffer, struct qd_time_value value)
{
    qd_buffer_format(buffer, "%lld%s", (long long)value.duration,
                     value.duration < 0 ? "" : unit_names[value.unit]);
}

/* ---- sizes ---- */

/* Two-letter suffixes come with their one-letter forms. */
static const struct size_suffix {
    const char *letter;
    const char *unit;
    unsigned shift;
} size_suffixes[] = {
    { "k", "kb", 10 }, { "m", "mb", 20 }, { "g", "gb", 30 }, { "t", "tb", 40 }, { "p", "pb", 50 },
};
#define SIZE_SUFFIX_COUNT (sizeof(size_suffixes) / sizeof(*size_suffixes))

static enum qd_status size_failed(struct qd_slice text, const char *name, struct qd_error *error)
{
    return qd_error_wrap(error, QD_OPENSEARCH_PARSE,
                         "failed to parse setting [%s] with value [%.*s] as a size in bytes", name,
                         QD_SLICE_ARG(text));
}

static enum qd_status parse_size(struct qd_slice text, struct qd_slice number,
                                 const struct size_suffix *suffix, const char *name, int64_t *bytes,
                                 struct qd_error *error)
{
    int64_t count;
    if (!qd_parse_int64(number, &count)) {
        double ignored;
        bool fraction = qd_parse_double(number, &ignored);
        (void)not_a_number(number, error);
        if (!fraction) {
            return qd_error_wrap(error, QD_OPENSEARCH_PARSE, "failed to parse [%.*s]", QD_SLICE_ARG(text));
        }
        return qd_error_wrap(
            error, QD_OPENSEARCH_PARSE,
            "Failed to parse bytes value [%.*s]. Fractional bytes values have been deprecated since "
            "Legacy 6.2. Use non-fractional bytes values instead: found for setting [%s]",
            QD_SLICE_ARG(text), name);
    }
    if (count < 0) {
        (void)qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Values less than -1 bytes are not supported: %lld%s",
                           (long long)count, suffix->unit);
        return size_failed(text, name, error);
    }
    if (count > INT64_MAX >> suffix->shift) {
        (void)qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                           "Values greater than 9223372036854775807 bytes are not supported: %lld%s",
                           (long long)count, suffix->unit);
        return size_failed(text, name, error);
    }
    *bytes = count << suffix->shift;
    return QD_OK;
}

static enum qd_status parse_plain_bytes(struct qd_slice number, int64_t *bytes, struct qd_error *error)
{
    if (!qd_parse_int64(number, bytes)) return not_a_number(number, error);
    if (*bytes >= -1) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Values less than -1 bytes are not supported: %lldb",
                        (long long)*bytes);
}

enum qd_status qd_bytes_parse(struct qd_slice text, const char *name, int64_t *bytes, struct qd_error *error)
{
    struct qd_slice trimmed = qd_trim(text);
    for (size_t i = 0; i < SIZE_SUFFIX_COUNT; i++) {
        const struct size_suffix *suffix = &size_suffixes[i];
        size_t size =
            has_suffix(trimmed, suffix->unit, false) ? 2 : has_suffix(trimmed, suffix->letter, false);
        if (size == 0) continue;
        struct qd_slice number = qd_trim(qd_slice_sub(trimmed, 0, trimmed.size - size));
        return parse_size(text, number, suffix, name, bytes, error);
    }
    if (has_suffix(trimmed, "b", false)) {
        return parse_plain_bytes(qd_trim(qd_slice_sub(trimmed, 0, trimmed.size - 1)), bytes, error);
    }
    *bytes = qd_slice_is(trimmed, "0") ? 0 : -1;
    if (qd_slice_is(trimmed, "0") || qd_slice_is(trimmed, "-1")) return QD_OK;
    return qd_error_set(
        error, QD_OPENSEARCH_PARSE,
        "failed to parse setting [%s] with value [%.*s] as a size in bytes: unit is missing or "
        "unrecognized",
        name, QD_SLICE_ARG(text));
}

enum qd_status qd_bytes_or_percent_parse(struct qd_slice text, const char *name, int64_t total,
                                         int64_t *bytes, struct qd_error *error)
{
    if (!has_suffix(text, "%", true)) return qd_bytes_parse(text, name, bytes, error);
    struct qd_slice number = qd_slice_sub(text, 0, text.size - 1);
    double percent;
    if (!qd_parse_double(number, &percent)) {
        (void)not_a_number(number, error);
        return qd_error_wrap(error, QD_OPENSEARCH_PARSE, "failed to parse [%.*s] as a double",
                             QD_SLICE_ARG(number));
    }
    if (!(percent >= 0 && percent <= 100)) {
        return qd_error_set(error, QD_OPENSEARCH_PARSE, "percentage should be in [0-100], got [%.*s]",
                            QD_SLICE_ARG(number));
    }
    *bytes = (int64_t)(percent / 100 * (double)total);
    return QD_OK;
}

void qd_bytes_print(struct qd_buffer *buffer, int64_t bytes)
{
    for (size_t i = SIZE_SUFFIX_COUNT; i-- > 0;) {
        const struct size_suffix *suffix = &size_suffixes[i];
        if (bytes < (int64_t)1 << suffix->shift) continue;
        put_one_decimal(buffer, (double)bytes / (double)((int64_t)1 << suffix->shift));
        qd_buffer_text(buffer, suffix->unit);
        return;
    }
    qd_buffer_format(buffer, "%lldb", (long long)bytes);
}

/* ---- booleans ---- */

enum qd_status qd_boolean_parse(struct qd_slice text, bool *value, struct qd_error *error)
{
    *value = qd_slice_is(text, "true");
    if (*value || qd_slice_is(text, "false")) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "Failed to parse value [%.*s] as only [true] or [false] are allowed.",
                        QD_SLICE_ARG(text));
}
