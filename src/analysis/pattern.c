#include "analysis/pattern.h"

#include <strings.h>

#include <unicode/uregex.h>
#include <unicode/ustring.h>
#include <unicode/utext.h>

#include "base/buffer.h"

/* Bounds of ICU's engine: bytes of backtracking stack, and steps of about 10 microseconds each. */
#define STACK_SIZE_MAX (8 << 20)
#define TIME_STEPS_MAX 2000000
#define PATTERN_SIZE_MAX (1 << 20)

struct qd_pattern_matcher {
    URegularExpression *regex;
    UText text;
};

static enum qd_status compile(const struct qd_pattern *pattern, URegularExpression **regex,
                              struct qd_error *error)
{
    UErrorCode code = U_ZERO_ERROR;
    UParseError where = { 0 };
    *regex = uregex_open((const UChar *)pattern->units, pattern->unit_count, pattern->flags, &where, &code);
    if (U_SUCCESS(code)) {
        uregex_setStackLimit(*regex, STACK_SIZE_MAX, &code);
        uregex_setTimeLimit(*regex, TIME_STEPS_MAX, &code);
    }
    if (U_SUCCESS(code)) return QD_OK;
    uregex_close(*regex);
    *regex = NULL;
    const char *what = "Illegal/unsupported construct";
    if (code == U_REGEX_MISMATCHED_PAREN) what = "Unclosed group";
    if (code == U_REGEX_MISSING_CLOSE_BRACKET) what = "Unclosed character class";
    enum qd_status status = qd_error_set(error, QD_ILLEGAL_ARGUMENT, "%s near index %d\n%.*s", what,
                                         where.offset > 0 ? where.offset : 0, QD_SLICE_ARG(pattern->text));
    if (error != NULL) error->type_override = "pattern_syntax_exception";
    return status;
}

enum qd_status qd_pattern_create(struct qd_arena *arena, struct qd_slice text, uint32_t flags,
                                 struct qd_pattern **out, struct qd_error *error)
{
    struct qd_pattern *pattern = QD_NEW(arena, struct qd_pattern);
    if (text.size > PATTERN_SIZE_MAX)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "pattern of [%zu] bytes is too long", text.size);
    struct qd_buffer icu = { 0 };
    pattern->text = text.data == NULL ? QD_SLICE("") : text;
    if ((flags & UREGEX_LITERAL) != 0) qd_buffer_slice(&icu, text);
    else qd_pattern_translate(text, &icu);
    uint16_t *units = QD_NEW_ARRAY(arena, uint16_t, icu.size + 1);
    UErrorCode code = U_ZERO_ERROR;
    int32_t substitutions;
    (void)u_strFromUTF8WithSub((UChar *)units, (int32_t)icu.size + 1, &pattern->unit_count,
                               icu.size == 0 ? "" : icu.data, (int32_t)icu.size, 0xFFFD, &substitutions,
                               &code);
    qd_buffer_deinit(&icu);
    pattern->units = units;
    pattern->flags = flags;
    if (pattern->unit_count == 0) {
        /* ICU refuses the empty pattern, Java lets it match everywhere. */
        static const uint16_t empty[] = { '(', '?', ':', ')' };
        pattern->units = empty;
        pattern->unit_count = 4;
    }
    URegularExpression *regex;
    QD_TRY(compile(pattern, &regex, error));
    code = U_ZERO_ERROR;
    pattern->group_count = uregex_groupCount(regex, &code);
    uregex_close(regex);
    *out = pattern;
    return QD_OK;
}

enum qd_status qd_pattern_flags(struct qd_slice text, uint32_t *flags, struct qd_error *error)
{
    static const struct {
        const char *name;
        uint32_t flag;
    } rows[] = {
        { "CASE_INSENSITIVE", UREGEX_CASE_INSENSITIVE }, { "MULTILINE", UREGEX_MULTILINE },
        { "DOTALL", UREGEX_DOTALL },                     { "UNICODE_CASE", 0 },
        { "CANON_EQ", 0 },                               { "UNIX_LINES", UREGEX_UNIX_LINES },
        { "LITERAL", UREGEX_LITERAL },                   { "COMMENTS", UREGEX_COMMENTS },
        { "UNICODE_CHAR_CLASS", 0 },                     { "UNICODE_CHARACTER_CLASS", 0 },
    };
    *flags = 0;
    if (text.size == 0) return QD_OK;
    for (size_t start = 0; start <= text.size;) {
        size_t size = qd_slice_find_byte(qd_slice_from(text, start), '|');
        if (size == SIZE_MAX) size = text.size - start;
        struct qd_slice part = qd_slice_sub(text, start, size);
        start += size + 1;
        if (part.size == 0) continue;
        size_t row = 0;
        while (
            row < sizeof(rows) / sizeof(*rows) &&
            (strlen(rows[row].name) != part.size || strncasecmp(part.data, rows[row].name, part.size) != 0)) {
            row++;
        }
        if (row == sizeof(rows) / sizeof(*rows))
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Unknown regex flag [%.*s]", QD_SLICE_ARG(part));
        *flags |= rows[row].flag;
    }
    return QD_OK;
}

enum qd_status qd_pattern_open(const struct qd_pattern *pattern, struct qd_arena *arena,
                               struct qd_pattern_matcher **out, struct qd_error *error)
{
    struct qd_pattern_matcher *matcher = QD_NEW(arena, struct qd_pattern_matcher);
    matcher->text = (UText)UTEXT_INITIALIZER;
    QD_TRY(compile(pattern, &matcher->regex, error));
    *out = matcher;
    return QD_OK;
}

void qd_pattern_close(struct qd_pattern_matcher *matcher)
{
    if (matcher == NULL) return;
    uregex_close(matcher->regex);
    (void)utext_close(&matcher->text);
}

static enum qd_status gave_up(UErrorCode code, struct qd_error *error)
{
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "regular expression could not be run: %s",
                        u_errorName(code));
}

enum qd_status qd_pattern_reset(struct qd_pattern_matcher *matcher, struct qd_slice text,
                                struct qd_error *error)
{
    UErrorCode code = U_ZERO_ERROR;
    (void)utext_openUTF8(&matcher->text, text.size == 0 ? "" : text.data, (int64_t)text.size, &code);
    uregex_setUText(matcher->regex, &matcher->text, &code);
    return U_SUCCESS(code) ? QD_OK : gave_up(code, error);
}

enum qd_status qd_pattern_find(struct qd_pattern_matcher *matcher, bool *found, struct qd_error *error)
{
    UErrorCode code = U_ZERO_ERROR;
    *found = uregex_findNext(matcher->regex, &code);
    return U_SUCCESS(code) ? QD_OK : gave_up(code, error);
}

bool qd_pattern_group(const struct qd_pattern_matcher *matcher, int32_t group, size_t *start, size_t *end)
{
    UErrorCode code = U_ZERO_ERROR;
    int64_t from = uregex_start64(matcher->regex, group, &code),
            to = uregex_end64(matcher->regex, group, &code);
    if (U_FAILURE(code) || from < 0 || to < from) return false;
    *start = (size_t)from;
    *end = (size_t)to;
    return true;
}

enum qd_status qd_pattern_matches(struct qd_pattern_matcher *matcher, struct qd_slice text, bool *matches,
                                  struct qd_error *error)
{
    QD_TRY(qd_pattern_reset(matcher, text, error));
    UErrorCode code = U_ZERO_ERROR;
    *matches = uregex_matches64(matcher->regex, -1, &code);
    return U_SUCCESS(code) ? QD_OK : gave_up(code, error);
}
