/* Names of indices and aliases: what is allowed, and date math in them. */
#include <stdio.h>

#include "base/date.h"
#include "base/text.h"
#include "coordinator/resolve.h"

#define NAME_SIZE_MAX 255
#define DATE_MATH_FORMAT_DEFAULT "uuuu.MM.dd"

static enum qd_status invalid(enum qd_status status, struct qd_slice name, const char *why,
                              struct qd_error *error)
{
    if (status == QD_INVALID_ALIAS_NAME) {
        return qd_error_set(error, status, "Invalid alias name [%.*s]: %s", QD_SLICE_ARG(name), why);
    }
    (void)qd_error_set(error, status, "Invalid index name [%.*s], %s", QD_SLICE_ARG(name), why);
    qd_error_add(error, "index", name);
    qd_error_add(error, "index_uuid", QD_SLICE("_na_"));
    return status;
}

static enum qd_status check(struct qd_slice name, enum qd_status status, struct qd_error *error)
{
    static const char forbidden[] = "\\/*?\"<>| ,";
    if (name.size == 0) return invalid(status, name, "must not be empty", error);
    for (size_t i = 0; i < name.size; i++) {
        if (memchr(forbidden, name.data[i], sizeof(forbidden) - 1) != NULL) {
            return invalid(status, name,
                           "must not contain the following characters [ , \", *, \\, <, |, ,, >, /, ?]",
                           error);
        }
    }
    if (qd_slice_find_byte(name, '#') != SIZE_MAX) {
        return invalid(status, name, "must not contain '#'", error);
    }
    if (qd_slice_find_byte(name, ':') != SIZE_MAX) {
        return invalid(status, name, "must not contain ':'", error);
    }
    if (name.data[0] == '_' || name.data[0] == '-' || name.data[0] == '+') {
        return invalid(status, name, "must not start with '_', '-', or '+'", error);
    }
    if (name.size > NAME_SIZE_MAX) {
        char why[80];
        int size = snprintf(why, sizeof(why), "index name is too long, (%zu > %d)", name.size, NAME_SIZE_MAX);
        (void)size;
        return invalid(status, name, why, error);
    }
    if (qd_slice_is(name, ".") || qd_slice_is(name, "..")) {
        return invalid(status, name, "must not be '.' or '..'", error);
    }
    return QD_OK;
}

enum qd_status qd_check_index_name(struct qd_slice name, struct qd_error *error)
{
    QD_TRY(check(name, QD_INVALID_INDEX_NAME, error));
    struct qd_arena *arena = qd_arena_create(0);
    bool lower = qd_slice_equal(qd_lowercase(arena, name), name);
    qd_arena_destroy(arena);
    return lower ? QD_OK : invalid(QD_INVALID_INDEX_NAME, name, "must be lowercase", error);
}

enum qd_status qd_check_alias_name(struct qd_slice name, struct qd_error *error)
{
    return check(name, QD_INVALID_ALIAS_NAME, error);
}

/* ---- date math: <static{math{format|zone}}static> ---- */

static enum qd_status parse_error(struct qd_slice text, const char *why, struct qd_error *error)
{
    return qd_error_set(error, QD_OPENSEARCH_PARSE, "invalid dynamic name expression [%.*s]. %s",
                        QD_SLICE_ARG(text), why);
}

static enum qd_status stray_brace(struct qd_slice text, size_t place, struct qd_error *error)
{
    return qd_error_set(
        error, QD_OPENSEARCH_PARSE,
        "invalid dynamic name expression [%.*s]. invalid character at position [%zu]. `{` and `}` are "
        "reserved characters and should be escaped when used as part of the index name using `\\` "
        "(e.g. `\\{text\\}`)",
        QD_SLICE_ARG(qd_slice_from(text, 1)), place);
}

/* The inside of one pair of braces: math, and optionally {format} or {format|zone}. */
static enum qd_status print_date(struct qd_slice inside, int64_t now_ms, struct qd_arena *arena,
                                 struct qd_buffer *out, struct qd_error *error)
{
    struct qd_slice math = inside;
    struct qd_slice pattern = QD_SLICE(DATE_MATH_FORMAT_DEFAULT);
    const struct qd_zone *zone = NULL;
    size_t brace = qd_slice_find_byte(inside, '{');
    if (brace != SIZE_MAX) {
        if (inside.data[inside.size - 1] != '}') {
            return parse_error(inside, "missing closing `}` for date math format", error);
        }
        math = qd_slice_sub(inside, 0, brace);
        pattern = qd_slice_sub(inside, brace + 1, inside.size - brace - 2);
        size_t bar = qd_slice_find_byte(pattern, '|');
        if (bar != SIZE_MAX) {
            QD_TRY(qd_zone_parse(arena, qd_slice_from(pattern, bar + 1), &zone, error));
            pattern = qd_slice_sub(pattern, 0, bar);
        }
        if (pattern.size == 0) return parse_error(inside, "missing date format", error);
    }
    const struct qd_date_format *format;
    struct qd_date date;
    QD_TRY(qd_date_format_compile(arena, pattern, (struct qd_slice){ 0 }, &format, error));
    struct qd_date_options options = { .zone = zone, .now_ms = now_ms };
    QD_TRY(qd_date_parse_math(format, math, &options, &date, error));
    qd_date_print(format, date, zone, out);
    return QD_OK;
}

static size_t closing_brace(struct qd_slice text, size_t open)
{
    int depth = 0;
    for (size_t i = open; i < text.size; i++) {
        if (text.data[i] == '\\') {
            i++;
        } else if (text.data[i] == '{') {
            depth++;
        } else if (text.data[i] == '}' && --depth == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

enum qd_status qd_resolve_date_math(struct qd_slice text, int64_t now_ms, struct qd_arena *arena,
                                    struct qd_slice *name, struct qd_error *error)
{
    struct qd_buffer out = { 0 };
    *name = text;
    if (text.size < 2 || text.data[0] != '<' || text.data[text.size - 1] != '>') return QD_OK;
    struct qd_slice inside = qd_slice_sub(text, 1, text.size - 2);
    enum qd_status status = QD_OK;
    for (size_t i = 0; i < inside.size && status == QD_OK; i++) {
        char c = inside.data[i];
        if (c == '\\' && i + 1 < inside.size) {
            qd_buffer_byte(&out, (uint8_t)inside.data[++i]);
        } else if (c == '{') {
            size_t end = closing_brace(inside, i);
            if (end == SIZE_MAX) {
                status = parse_error(qd_slice_from(text, 1), "date math placeholder is open ended", error);
            } else {
                status = print_date(qd_slice_sub(inside, i + 1, end - i - 1), now_ms, arena, &out, error);
                i = end;
            }
        } else if (c == '}') {
            status = stray_brace(text, i + 1, error);
        } else {
            qd_buffer_byte(&out, (uint8_t)c);
        }
    }
    if (status == QD_OK) *name = qd_arena_copy(arena, qd_buffer_view(&out));
    qd_buffer_deinit(&out);
    return status;
}
