/* Lucene's regular expressions: parsing, and building the graph while parsing. */
#include <limits.h>
#include <string.h>

#include "base/text.h"
#include "codec/automaton_graph.h"

typedef const struct qd_automaton_graph graph;

/* Nesting of groups; a deeper pattern is refused instead of filling the stack. */
#define DEPTH_MAX 2000
#define SCRATCH_BLOCK 65536

QD_VECTOR_TYPE(graph_list, graph *);
QD_VECTOR_TYPE(range_list, struct qd_code_point_range);

/* A pattern being read. */
struct parser {
    struct qd_automaton_build *build;
    struct qd_error *error;
    unsigned flags;
    bool case_insensitive;
    uint32_t *text;      /* the pattern's code points */
    uint32_t *units;     /* units[i]: UTF-16 units before code point i; errors count in them */
    size_t count;
    size_t at;
    uint32_t depth;
};

#define PARSE(call) QD_TRY(call)

static enum qd_status parse_union(struct parser *parser, graph **result);

/* ---- reading ---- */

static bool more(const struct parser *parser)
{
    return parser->at < parser->count;
}

static bool peek(const struct parser *parser, const char *characters)
{
    if (!more(parser) || parser->text[parser->at] == 0 || parser->text[parser->at] > 0x7f) return false;
    return strchr(characters, (int)parser->text[parser->at]) != NULL;
}

static bool match(struct parser *parser, uint32_t character)
{
    if (!more(parser) || parser->text[parser->at] != character) return false;
    parser->at++;
    return true;
}

static bool allowed(const struct parser *parser, unsigned flag)
{
    return (parser->flags & flag) != 0;
}

static enum qd_status next(struct parser *parser, uint32_t *code_point)
{
    if (!more(parser)) return qd_error_set(parser->error, QD_ILLEGAL_ARGUMENT, "unexpected end-of-string");
    *code_point = parser->text[parser->at++];
    return QD_OK;
}

/* A character, which may be escaped. */
static enum qd_status next_char(struct parser *parser, uint32_t *code_point)
{
    (void)match(parser, '\\');
    return next(parser, code_point);
}

static unsigned position(const struct parser *parser)
{
    return parser->units[parser->at];
}

static enum qd_status expected(const struct parser *parser, const char *what)
{
    return qd_error_set(parser->error, QD_ILLEGAL_ARGUMENT, "expected %s at position %u", what,
                        position(parser));
}

/* The text of code points [from, to), for errors. */
static struct qd_slice text_of(const struct parser *parser, size_t from, size_t to)
{
    char *bytes = qd_arena_alloc(parser->build->arena, 4 * (to - from) + 1);
    size_t size = 0;
    for (size_t i = from; i < to; i++) size += qd_utf8_encode(parser->text[i], bytes + size);
    return qd_slice_make(bytes, size);
}

/* Java's Integer.parseInt over code points [from, to), ASCII digits and a sign only. */
static bool parse_int(const struct parser *parser, size_t from, size_t to, int32_t *value)
{
    int64_t sum = 0;
    bool negative = from < to && parser->text[from] == '-';
    if (from < to && (negative || parser->text[from] == '+')) from++;
    if (from == to) return false;
    for (; from < to; from++) {
        if (parser->text[from] < '0' || parser->text[from] > '9') return false;
        sum = sum * 10 + (parser->text[from] - '0');
        if (sum > (int64_t)INT32_MAX + negative) return false;
    }
    *value = (int32_t)(negative ? -sum : sum);
    return true;
}

static enum qd_status not_a_number(const struct parser *parser, size_t from, size_t to)
{
    struct qd_slice text = text_of(parser, from, to);
    return qd_error_set(parser->error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(text));
}

/* ---- leaves ---- */

static void add_range(struct parser *parser, struct range_list *list, uint32_t min, uint32_t max)
{
    *QD_PUSH(parser->build->arena, list) = (struct qd_code_point_range){ min, max };
}

static void add_char(struct parser *parser, struct range_list *list, uint32_t code_point)
{
    uint32_t variants[8] = { code_point };
    size_t count = parser->case_insensitive ? qd_automaton_case_variants(code_point, true, variants) : 1;
    for (size_t i = 0; i < count; i++) add_range(parser, list, variants[i], variants[i]);
}

static graph *make_char(struct parser *parser, uint32_t code_point)
{
    struct range_list list = { 0 };
    add_char(parser, &list, code_point);
    return qd_automaton_graph_one_of(parser->build, list.data, list.count);
}

static graph *make_string(struct parser *parser, size_t from, size_t to)
{
    graph **parts = QD_NEW_ARRAY(parser->build->arena, graph *, to - from + 1);
    for (size_t i = from; i < to; i++) parts[i - from] = make_char(parser, parser->text[i]);
    return qd_automaton_graph_concatenate(parser->build, parts, to - from);
}

/* The classes that a letter after a backslash stands for. */
static const struct {
    char letter;
    struct qd_code_point_range ranges[5];
    size_t count;
} predefined[] = {
    { '\\', { { '\\', '\\' } }, 1 },
    { 'd', { { '0', '9' } }, 1 },
    { 'D', { { 0, '0' - 1 }, { '9' + 1, QD_CODE_POINT_MAX } }, 2 },
    { 's', { { '\t', '\n' }, { '\r', '\r' }, { ' ', ' ' } }, 3 },
    { 'S', { { 0, '\t' - 1 }, { '\n' + 1, '\r' - 1 }, { '\r' + 1, ' ' - 1 }, { ' ' + 1, QD_CODE_POINT_MAX } },
      4 },
    { 'w', { { '0', '9' }, { 'A', 'Z' }, { '_', '_' }, { 'a', 'z' } }, 4 },
    { 'W',
      { { 0, '0' - 1 }, { '9' + 1, 'A' - 1 }, { 'Z' + 1, '_' - 1 }, { '_' + 1, 'a' - 1 },
        { 'z' + 1, QD_CODE_POINT_MAX } },
      5 },
};

/* After a backslash: true when a letter or another backslash follows, which names a class. */
static bool names_class(const struct parser *parser)
{
    return peek(parser, "\\ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
}

static enum qd_status parse_predefined(struct parser *parser, struct range_list *list)
{
    uint32_t letter = 0;
    PARSE(next(parser, &letter));
    for (size_t i = 0; i < sizeof(predefined) / sizeof(predefined[0]); i++) {
        if ((uint32_t)predefined[i].letter != letter) continue;
        for (size_t k = 0; k < predefined[i].count; k++) {
            add_range(parser, list, predefined[i].ranges[k].min, predefined[i].ranges[k].max);
        }
        return QD_OK;
    }
    return qd_error_set(parser->error, QD_ILLEGAL_ARGUMENT, "invalid character class \\%u", letter);
}

static enum qd_status parse_class_member(struct parser *parser, struct range_list *list)
{
    uint32_t first = 0;
    uint32_t last = 0;
    if (match(parser, '\\')) {
        if (names_class(parser)) return parse_predefined(parser, list);
        PARSE(next(parser, &first));
        add_range(parser, list, first, first);
        return QD_OK;
    }
    PARSE(next_char(parser, &first));
    if (!match(parser, '-')) {
        add_char(parser, list, first);
        return QD_OK;
    }
    PARSE(next_char(parser, &last));
    add_range(parser, list, first, last);
    return QD_OK;
}

/* What stands between [ and ]. */
static enum qd_status parse_class(struct parser *parser, graph **result)
{
    bool negated = match(parser, '^');
    struct range_list list = { 0 };
    do {
        PARSE(parse_class_member(parser, &list));
    } while (more(parser) && !peek(parser, "]"));
    for (size_t i = 0; i < list.count; i++) {
        if (list.data[i].min <= list.data[i].max) continue;
        return qd_error_set(parser->error, QD_ILLEGAL_ARGUMENT,
                            "invalid range: from (%u) cannot be > to (%u)",
                            list.data[i].min, list.data[i].max);
    }
    graph *one = qd_automaton_graph_one_of(parser->build, list.data, list.count);
    if (negated) {
        PARSE(qd_automaton_graph_complement(parser->build, one, INT32_MAX, &one, parser->error));
        one = qd_automaton_graph_intersect(parser->build, qd_automaton_graph_any(parser->build), one);
    }
    if (!match(parser, ']')) return expected(parser, "']'");
    *result = one;
    return QD_OK;
}

static enum qd_status parse_quoted(struct parser *parser, graph **result)
{
    size_t start = parser->at;
    while (more(parser) && !peek(parser, "\"")) parser->at++;
    if (!match(parser, '"')) return expected(parser, "'\"'");
    *result = make_string(parser, start, parser->at - 1);
    return QD_OK;
}

static enum qd_status interval_error(struct parser *parser)
{
    unsigned at = parser->units[parser->at - 1];
    if (parser->error == NULL || parser->error->status == QD_OK) {
        return qd_error_set(parser->error, QD_ILLEGAL_ARGUMENT, "interval syntax error at position %u", at);
    }
    return qd_error_wrap(parser->error, QD_ILLEGAL_ARGUMENT, "interval syntax error at position %u", at);
}

/* "<min-max>" from code point `start` to `end`, a hyphen at `hyphen`. */
static enum qd_status parse_interval(struct parser *parser, size_t start, size_t hyphen, size_t end,
                                     graph **result)
{
    int32_t min, max;
    bool lone = hyphen > start && hyphen + 1 < end;
    for (size_t i = hyphen + 1; i < end; i++) lone &= parser->text[i] != '-';
    if (!lone) {
        enum qd_status empty = qd_error_set(parser->error, QD_NUMBER_FORMAT, "null");
        if (parser->error != NULL) parser->error->null_reason = true;
        (void)empty;
        return interval_error(parser);
    }
    size_t from = start, to = hyphen;
    bool good = parse_int(parser, from, to, &min);
    if (good) {
        from = hyphen + 1;
        to = end;
        good = parse_int(parser, from, to, &max);
    }
    if (!good) {
        (void)!not_a_number(parser, from, to);
        return interval_error(parser);
    }
    uint32_t digits = hyphen - start == end - hyphen - 1 ? (uint32_t)(hyphen - start) : 0;
    if (min > max) {
        int32_t swap = min;
        min = max;
        max = swap;
    }
    *result = qd_automaton_interval(parser->build, (uint32_t)min, (uint32_t)max, digits);
    return QD_OK;
}

/* After "<": an interval or the name of an automaton, of which there are none. */
static enum qd_status parse_angle(struct parser *parser, graph **result)
{
    size_t start = parser->at;
    while (more(parser) && !peek(parser, ">")) parser->at++;
    if (!match(parser, '>')) return expected(parser, "'>'");
    size_t end = parser->at - 1, hyphen = start;
    while (hyphen < end && parser->text[hyphen] != '-') hyphen++;
    if (hyphen == end) {
        if (!allowed(parser, QD_REGEXP_AUTOMATON)) {
            return qd_error_set(parser->error, QD_ILLEGAL_ARGUMENT, "interval syntax error at position %u",
                                parser->units[parser->at - 1]);
        }
        struct qd_slice name = text_of(parser, start, end);
        return qd_error_set(parser->error, QD_ILLEGAL_ARGUMENT, "'%.*s' not found", QD_SLICE_ARG(name));
    }
    if (!allowed(parser, QD_REGEXP_INTERVAL)) {
        return qd_error_set(parser->error, QD_ILLEGAL_ARGUMENT, "illegal identifier at position %u",
                            parser->units[parser->at - 1]);
    }
    return parse_interval(parser, start, hyphen, end, result);
}

static enum qd_status parse_group(struct parser *parser, graph **result)
{
    if (match(parser, ')')) {
        *result = qd_automaton_graph_empty_string(parser->build);
        return QD_OK;
    }
    PARSE(parse_union(parser, result));
    return match(parser, ')') ? QD_OK : expected(parser, "')'");
}

static enum qd_status parse_simple(struct parser *parser, graph **result)
{
    struct qd_automaton_build *build = parser->build;
    if (match(parser, '.')) {
        *result = qd_automaton_graph_any(build);
        return QD_OK;
    }
    if (allowed(parser, QD_REGEXP_EMPTY) && match(parser, '#')) {
        *result = qd_automaton_graph_nothing(build);
        return QD_OK;
    }
    if (allowed(parser, QD_REGEXP_ANYSTRING) && match(parser, '@')) {
        *result = qd_automaton_graph_any_string(build);
        return QD_OK;
    }
    if (match(parser, '"')) return parse_quoted(parser, result);
    if (match(parser, '(')) return parse_group(parser, result);
    if (allowed(parser, QD_REGEXP_AUTOMATON | QD_REGEXP_INTERVAL) && match(parser, '<')) {
        return parse_angle(parser, result);
    }
    if (match(parser, '\\') && names_class(parser)) {
        struct range_list list = { 0 };
        PARSE(parse_predefined(parser, &list));
        *result = qd_automaton_graph_one_of(build, list.data, list.count);
        return QD_OK;
    }
    uint32_t code_point = 0;
    PARSE(next_char(parser, &code_point));
    *result = make_char(parser, code_point);
    return QD_OK;
}

/* ---- operators ---- */

static enum qd_status parse_complement(struct parser *parser, graph **result)
{
    size_t count = 0;
    while (allowed(parser, QD_REGEXP_COMPLEMENT) && match(parser, '~')) count++;
    PARSE(match(parser, '[') ? parse_class(parser, result) : parse_simple(parser, result));
    for (; count > 0; count--) {
        PARSE(qd_automaton_graph_complement(parser->build, *result, QD_AUTOMATON_WORK_DEFAULT, result,
                                            parser->error));
    }
    return QD_OK;
}

/* Digits at the cursor; refuses none at all when `required`. *found tells whether there were any. */
static enum qd_status parse_count(struct parser *parser, int32_t *count, bool *found)
{
    size_t start = parser->at;
    while (peek(parser, "0123456789")) parser->at++;
    *found = parser->at > start;
    if (*found && !parse_int(parser, start, parser->at, count)) {
        return not_a_number(parser, start, parser->at);
    }
    return QD_OK;
}

/* After "{". */
static enum qd_status parse_repetition(struct parser *parser, graph **result)
{
    int32_t min = 0, max = -1;
    bool found;
    PARSE(parse_count(parser, &min, &found));
    if (!found) {
        return qd_error_set(parser->error, QD_ILLEGAL_ARGUMENT, "integer expected at position %u",
                            position(parser));
    }
    if (match(parser, ',')) PARSE(parse_count(parser, &max, &found));
    else max = min;
    if (!match(parser, '}')) return expected(parser, "'}'");
    if (max >= 0 && min > max) {
        return qd_error_set(parser->error, QD_ILLEGAL_ARGUMENT,
                            "invalid repetition range(out of order): %d..%d",
                            (int)min, (int)max);
    }
    *result = qd_automaton_graph_repeat_range(parser->build, *result, min, max);
    return QD_OK;
}

static enum qd_status parse_repeat(struct parser *parser, graph **result)
{
    PARSE(parse_complement(parser, result));
    while (peek(parser, "?*+{")) {
        if (match(parser, '?')) *result = qd_automaton_graph_optional(parser->build, *result);
        else if (match(parser, '*')) *result = qd_automaton_graph_repeat(parser->build, *result);
        else if (match(parser, '+')) *result = qd_automaton_graph_repeat_range(parser->build, *result, 1, -1);
        else if (match(parser, '{')) PARSE(parse_repetition(parser, result));
    }
    return QD_OK;
}

/* True before an ampersand that is an operator. */
static bool ends_operand(const struct parser *parser)
{
    return allowed(parser, QD_REGEXP_INTERSECTION) && peek(parser, "&");
}

static enum qd_status parse_concatenation(struct parser *parser, graph **result)
{
    struct graph_list parts = { 0 };
    do {
        PARSE(parse_repeat(parser, QD_PUSH(parser->build->arena, &parts)));
    } while (more(parser) && !peek(parser, ")|") && !ends_operand(parser));
    *result = parts.count == 1 ? parts.data[0]
                               : qd_automaton_graph_concatenate(parser->build, parts.data, parts.count);
    return QD_OK;
}

static enum qd_status parse_intersection(struct parser *parser, graph **result)
{
    PARSE(parse_concatenation(parser, result));
    while (allowed(parser, QD_REGEXP_INTERSECTION) && match(parser, '&')) {
        graph *other;
        PARSE(parse_concatenation(parser, &other));
        *result = qd_automaton_graph_intersect(parser->build, *result, other);
    }
    return QD_OK;
}

static enum qd_status parse_union(struct parser *parser, graph **result)
{
    struct graph_list parts = { 0 };
    if (++parser->depth > DEPTH_MAX) {
        return qd_error_set(parser->error, QD_ILLEGAL_ARGUMENT,
                            "groups are nested deeper than %d at position %u",
                            DEPTH_MAX, position(parser));
    }
    do {
        PARSE(parse_intersection(parser, QD_PUSH(parser->build->arena, &parts)));
    } while (match(parser, '|'));
    parser->depth--;
    *result = parts.count == 1 ? parts.data[0]
                               : qd_automaton_graph_union(parser->build, parts.data, parts.count);
    return QD_OK;
}

/* ---- the whole ---- */

static void read_text(struct parser *parser, struct qd_slice pattern)
{
    parser->text = QD_NEW_ARRAY(parser->build->arena, uint32_t, pattern.size + 1);
    parser->units = QD_NEW_ARRAY(parser->build->arena, uint32_t, pattern.size + 1);
    for (size_t at = 0; at < pattern.size; parser->count++) {
        uint32_t code_point = qd_utf8_decode(pattern, &at);
        parser->text[parser->count] = code_point;
        parser->units[parser->count + 1] = parser->units[parser->count] + (code_point > 0xffff ? 2 : 1);
    }
}

static enum qd_status parse_pattern(struct parser *parser, graph **result)
{
    if (parser->count == 0) {
        *result = qd_automaton_graph_empty_string(parser->build);
        return QD_OK;
    }
    PARSE(parse_union(parser, result));
    if (!more(parser)) return QD_OK;
    return qd_error_set(parser->error, QD_ILLEGAL_ARGUMENT, "end-of-string expected at position %u",
                        position(parser));
}

enum qd_status qd_automaton_regexp(struct qd_arena *arena, struct qd_slice pattern,
                                   const struct qd_regexp_options *options, struct qd_automaton **automaton,
                                   struct qd_error *error)
{
    struct qd_automaton_build build = { .arena = qd_arena_create(SCRATCH_BLOCK),
                                        .work_max = options->work_max };
    struct parser parser = { .build = &build,
                             .error = error,
                             .flags = options->flags,
                             .case_insensitive = options->case_insensitive };
    graph *whole = NULL;
    read_text(&parser, pattern);
    enum qd_status status = parse_pattern(&parser, &whole);
    if (status == QD_OK) status = qd_automaton_compile(&build, whole, arena, automaton, error);
    qd_arena_destroy(build.arena);
    return status;
}
