#include "base/number.h"
#include "base/text.h"
#include "base/units.h"

static enum qd_status not_a_number(struct qd_slice text, struct qd_error *error)
{
    return qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(text));
}

/* Integer.parseInt. */
static bool parse_int(struct qd_slice text, int *value)
{
    int64_t wide;
    if (!qd_parse_int64(text, &wide) || wide < INT32_MIN || wide > INT32_MAX) return false;
    *value = (int)wide;
    return true;
}

/* ---- fuzziness ---- */

/* The two numbers behind "AUTO:". */
static enum qd_status parse_auto(struct qd_slice text, struct qd_fuzziness *value, struct qd_error *error)
{
    struct qd_slice rest = qd_slice_from(text, 5);
    struct qd_slice part[2] = { { NULL, 0 }, { NULL, 0 } };
    struct qd_slice extra;
    /* Java's split drops empty parts at the end. */
    while (rest.size > 0 && rest.data[rest.size - 1] == ',') rest.size--;
    if (!qd_split_next(&rest, ',', &part[0]) || !qd_split_next(&rest, ',', &part[1]) ||
        qd_split_next(&rest, ',', &extra)) {
        return qd_error_set(error, QD_OPENSEARCH_PARSE, "failed to find low and high distance values");
    }
    int *const to[2] = { &value->low, &value->high };
    for (size_t i = 0; i < 2; i++) {
        if (parse_int(part[i], to[i])) continue;
        (void)not_a_number(part[i], error);
        return qd_error_wrap(error, QD_OPENSEARCH_PARSE, "failed to parse [%.*s] as a \"auto:int,int\"",
                             QD_SLICE_ARG(text));
    }
    if (value->low >= 0 && value->high >= 0 && value->low <= value->high) return QD_OK;
    return qd_error_set(
        error, QD_ILLEGAL_ARGUMENT,
        "fuzziness wrongly configured, must be: lowDistance > 0, highDistance > 0 and lowDistance "
        "<= highDistance ");
}

enum qd_status qd_fuzziness_parse(struct qd_slice text, struct qd_fuzziness *value, struct qd_error *error)
{
    *value = (struct qd_fuzziness){ .low = 3, .high = 6, .text = text };
    if (text.size == 0) return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "fuzziness can't be null!");
    value->automatic = qd_starts_with_ignore_case(text, QD_SLICE("auto"));
    if (value->automatic && text.size == 4) return QD_OK;
    if (value->automatic && text.data[4] == ':') return parse_auto(text, value, error);
    float edits;
    value->automatic = false;
    if (!qd_parse_float(text, &edits)) return not_a_number(text, error);
    /* Java turns NaN into 0. */
    value->edits = edits >= 2.0f ? 2 : edits <= -1.0f ? -1 : edits > -1.0f ? (int)edits : 0;
    return QD_OK;
}

int qd_fuzziness_edits(const struct qd_fuzziness *value, size_t length)
{
    /* More than the automata can do counts as the most that they can, as in the reference. */
    if (!value->automatic) return value->edits < 0 ? 0 : value->edits > 2 ? 2 : value->edits;
    if (length < (size_t)value->low) return 0;
    return length < (size_t)value->high ? 1 : 2;
}

void qd_fuzziness_print(struct qd_buffer *buffer, const struct qd_fuzziness *value)
{
    if (!value->automatic) {
        qd_buffer_slice(buffer, value->text);
        return;
    }
    qd_buffer_text(buffer, "AUTO");
    if (value->low != 3 || value->high != 6) qd_buffer_format(buffer, ":%d,%d", value->low, value->high);
}

/* ---- minimum_should_match ---- */

/* "3", "-1", "75%", "-25%". Negative numbers and percentages say how many may be missing. */
static enum qd_status calculate(int optional_count, struct qd_slice spec, int *required,
                                struct qd_error *error)
{
    bool percent = spec.size > 0 && spec.data[spec.size - 1] == '%';
    struct qd_slice number = percent ? qd_slice_sub(spec, 0, spec.size - 1) : spec;
    int value;
    if (!parse_int(number, &value)) return not_a_number(number, error);
    int64_t result = value;
    float share = (float)optional_count * (float)value * (1 / 100.0f);
    if (percent) result = (int64_t)share;
    /* Less than one clause off is still counted from the whole. */
    if (result < 0 || (percent && share < 0)) result += optional_count;
    *required = result < 0 ? 0 : result > INT32_MAX ? INT32_MAX : (int)result;
    return QD_OK;
}

/* Java's whitespace of String.split("\\s+"). */
static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* "2<75% 9<-3": from each `bound<` that the count is above, the last one holds; below the first, all are
 * required. */
static enum qd_status calculate_bounds(int optional_count, struct qd_slice spec, int *required,
                                       struct qd_error *error)
{
    *required = optional_count;
    size_t at = 0;
    while (at < spec.size) {
        size_t end = at;
        while (end < spec.size && !is_space(spec.data[end])) end++;
        struct qd_slice part = qd_slice_sub(spec, at, end - at);
        for (at = end; at < spec.size && is_space(spec.data[at]); at++) {}
        size_t sign = qd_slice_find_byte(part, '<');
        struct qd_slice bound_text = sign == SIZE_MAX ? part : qd_slice_sub(part, 0, sign);
        int bound;
        if (!parse_int(bound_text, &bound)) return not_a_number(bound_text, error);
        if (optional_count <= bound) return QD_OK;
        struct qd_slice value = sign == SIZE_MAX ? QD_SLICE("") : qd_slice_from(part, sign + 1);
        size_t second = qd_slice_find_byte(value, '<');
        if (second != SIZE_MAX) value.size = second;
        if (value.size == 0) {
            enum qd_status status =
                qd_error_set(error, QD_EXCEPTION, "Index 1 out of bounds for length 1");
            if (error != NULL) error->type_override = "array_index_out_of_bounds_exception";
            return status;
        }
        QD_TRY(qd_minimum_should_match(optional_count, value, required, error));
    }
    return QD_OK;
}

/* Drops white space around each `<`. Memory: `to`, a buffer of the caller. */
static struct qd_slice tighten(struct qd_slice spec, struct qd_buffer *to)
{
    for (size_t i = 0; i < spec.size; i++) {
        if (is_space(spec.data[i])) {
            size_t next = i;
            while (next < spec.size && is_space(spec.data[next])) next++;
            bool before = next < spec.size && spec.data[next] == '<';
            bool after = to->size > 0 && to->data[to->size - 1] == '<';
            if (before || after) {
                i = next - 1;
                continue;
            }
        }
        qd_buffer_byte(to, (uint8_t)spec.data[i]);
    }
    return qd_buffer_view(to);
}

enum qd_status qd_minimum_should_match(int optional_count, struct qd_slice spec, int *required,
                                       struct qd_error *error)
{
    spec = qd_trim(spec);
    if (qd_slice_find_byte(spec, '<') == SIZE_MAX) return calculate(optional_count, spec, required, error);
    struct qd_buffer tight = { 0 };
    enum qd_status status = calculate_bounds(optional_count, tighten(spec, &tight), required, error);
    qd_buffer_deinit(&tight);
    return status;
}

/* ---- distances ---- */

/* Longer names come before what they end with. */
static const struct distance_row {
    const char *name;
    double metres;
} distances[] = {
    { "nauticalmiles", 1852.0 },  { "nmi", 1852.0 },       { "NM", 1852.0 },     { "millimeters", 0.001 },
    { "mm", 0.001 },              { "centimeters", 0.01 }, { "cm", 0.01 },       { "kilometers", 1000.0 },
    { "km", 1000.0 },             { "meters", 1.0 },       { "miles", 1609.344 }, { "mi", 1609.344 },
    { "yards", 0.9144 },          { "yd", 0.9144 },        { "feet", 0.3048 },   { "ft", 0.3048 },
    { "inch", 0.0254 },           { "in", 0.0254 },        { "m", 1.0 },
};

enum qd_status qd_distance_parse(struct qd_slice text, double *metres, struct qd_error *error)
{
    double scale = 1.0;
    struct qd_slice number = text;
    for (size_t i = 0; i < sizeof(distances) / sizeof(*distances); i++) {
        struct qd_slice name = qd_slice_from_string(distances[i].name);
        if (!qd_slice_ends_with(text, name)) continue;
        scale = distances[i].metres;
        number.size -= name.size;
        break;
    }
    double value;
    if (!qd_parse_double(number, &value)) {
        if (qd_trim(number).size == 0) return qd_error_set(error, QD_NUMBER_FORMAT, "empty String");
        return not_a_number(qd_trim(number), error);
    }
    *metres = value * scale;
    return QD_OK;
}
