/* Automata of prefixes, wildcards, terms and decimal intervals, and the case variants that they and regexps
 * share. */
#include <unicode/uchar.h>
#include <unicode/uset.h>

#include "base/text.h"
#include "codec/automaton_graph.h"

typedef const struct qd_automaton_graph graph;

/* Block size of a build's own arena. */
#define SCRATCH_BLOCK 16384

/* ---- case ---- */

size_t qd_automaton_case_variants(uint32_t code_point, bool unicode, uint32_t *out)
{
    size_t count = 0;
    if (!unicode) {
        bool letter = (code_point | 0x20) >= 'a' && (code_point | 0x20) <= 'z';
        out[count++] = letter ? code_point & ~0x20u : code_point;
        if (letter) out[count++] = code_point | 0x20;
        return count;
    }
    USet *set = uset_open((UChar32)code_point, (UChar32)code_point);
    uset_closeOver(set, USET_CASE_INSENSITIVE);
    UChar32 folded = u_foldCase((UChar32)code_point, U_FOLD_CASE_DEFAULT);
    int32_t size = uset_size(set);
    for (int32_t i = 0; i < size && count < 8; i++) {
        UChar32 variant = uset_charAt(set, i);
        if (variant >= 0 && u_foldCase(variant, U_FOLD_CASE_DEFAULT) == folded) {
            out[count++] = (uint32_t)variant;
        }
    }
    uset_close(set);
    return count;
}

/* ---- words ---- */

static graph *literal(struct qd_automaton_build *build, uint32_t code_point, bool case_insensitive)
{
    struct qd_code_point_range ranges[2];
    uint32_t variants[8] = { code_point };
    size_t count = case_insensitive ? qd_automaton_case_variants(code_point, false, variants) : 1;
    for (size_t i = 0; i < count; i++) ranges[i] = (struct qd_code_point_range){ variants[i], variants[i] };
    return qd_automaton_graph_one_of(build, ranges, count);
}

/* One graph for each code point of `text`, and room for one more; *count gets how many. */
static graph **literals(struct qd_automaton_build *build, struct qd_slice text, bool case_insensitive,
                        size_t *count)
{
    graph **parts = QD_NEW_ARRAY(build->arena, graph *, text.size + 1);
    *count = 0;
    for (size_t at = 0; at < text.size;) {
        uint32_t code_point = qd_utf8_decode(text, &at);
        parts[(*count)++] = literal(build, code_point, case_insensitive);
    }
    return parts;
}

static struct qd_automaton_build begin(void)
{
    return (struct qd_automaton_build){ .arena = qd_arena_create(SCRATCH_BLOCK),
                                        .work_max = QD_AUTOMATON_WORK_DEFAULT };
}

static enum qd_status end(struct qd_automaton_build *build, graph *const *parts, size_t count,
                          struct qd_arena *arena,
                          struct qd_automaton **automaton, struct qd_error *error)
{
    graph *whole = qd_automaton_graph_concatenate(build, parts, count);
    enum qd_status status = qd_automaton_compile(build, whole, arena, automaton, error);
    qd_arena_destroy(build->arena);
    return status;
}

enum qd_status qd_automaton_prefix(struct qd_arena *arena, struct qd_slice prefix, bool case_insensitive,
                                   struct qd_automaton **automaton, struct qd_error *error)
{
    struct qd_automaton_build build = begin();
    size_t count;
    graph **parts = literals(&build, prefix, case_insensitive, &count);
    parts[count++] = qd_automaton_graph_any_string(&build);
    return end(&build, parts, count, arena, automaton, error);
}

enum qd_status qd_automaton_term(struct qd_arena *arena, struct qd_slice term, bool case_insensitive,
                                 struct qd_automaton **automaton, struct qd_error *error)
{
    struct qd_automaton_build build = begin();
    size_t count;
    graph **parts = literals(&build, term, case_insensitive, &count);
    return end(&build, parts, count, arena, automaton, error);
}

enum qd_status qd_automaton_wildcard(struct qd_arena *arena, struct qd_slice pattern, bool case_insensitive,
                                     struct qd_automaton **automaton, struct qd_error *error)
{
    struct qd_automaton_build build = begin();
    graph **parts = QD_NEW_ARRAY(build.arena, graph *, pattern.size + 1);
    size_t count = 0;
    for (size_t at = 0; at < pattern.size;) {
        uint32_t code_point = qd_utf8_decode(pattern, &at);
        if (code_point == '*') {
            parts[count++] = qd_automaton_graph_any_string(&build);
            continue;
        }
        if (code_point == '?') {
            parts[count++] = qd_automaton_graph_any(&build);
            continue;
        }
        /* An escape at the end stands for itself. */
        if (code_point == '\\' && at < pattern.size) code_point = qd_utf8_decode(pattern, &at);
        parts[count++] = literal(&build, code_point, case_insensitive);
    }
    return end(&build, parts, count, arena, automaton, error);
}

/* ---- intervals ---- */

/* What is still open about a number whose digits are read from the left. */
enum bound { BOUND_LOW = 1, BOUND_HIGH = 2 };

/* Numbers of exactly `size` digits in [min, max], given as digits. A state is the number of digits read and
 * which bounds still bind. */
static graph *fixed(struct qd_automaton_build *build, const uint8_t *min, const uint8_t *max, uint32_t size)
{
    struct qd_automaton_open open = qd_automaton_graph_open(build);
    for (uint32_t at = 0; at <= size; at++) {
        for (uint32_t bound = 0; bound < 4; bound++) qd_automaton_graph_state(&open, at == size);
    }
    for (uint32_t at = 0; at < size; at++) {
        for (uint32_t bound = 0; bound < 4; bound++) {
            uint32_t low = (bound & BOUND_LOW) != 0 ? min[at] : 0, high = (bound & BOUND_HIGH) != 0 ? max[at]
                : 9;
            for (uint32_t digit = low; digit <= high; digit++) {
                uint32_t next = bound;
                if (digit > low) next &= ~(uint32_t)BOUND_LOW;
                if (digit < high) next &= ~(uint32_t)BOUND_HIGH;
                /* States are numbered from "both bind", so that the start is 0. */
                struct qd_automaton_edge edge = { 4 * at + 3 - bound, 4 * (at + 1) + 3 - next, '0' + digit,
                                                  '0' + digit };
                qd_automaton_graph_edge(&open, edge);
            }
        }
    }
    return qd_automaton_graph_trim(build, qd_automaton_graph_close(&open));
}

/* The decimal digits of `value`, `size` of them. */
static void write_digits(uint8_t *out, uint32_t size, uint64_t value)
{
    for (uint32_t i = size; i-- > 0; value /= 10) out[i] = (uint8_t)(value % 10);
}

static uint32_t digit_count(uint32_t value)
{
    uint32_t count = 1;
    for (; value >= 10; value /= 10) count++;
    return count;
}

graph *qd_automaton_interval(struct qd_automaton_build *build, uint32_t min, uint32_t max, uint32_t digits)
{
    if (digits > 0) {
        uint8_t *low = qd_arena_alloc(build->arena, digits), *high = qd_arena_alloc(build->arena, digits);
        write_digits(low, digits, min);
        write_digits(high, digits, max);
        return fixed(build, low, high, digits);
    }
    graph *parts[16];
    size_t count = 0;
    uint64_t power = 1;
    for (uint32_t size = 1; size <= digit_count(max); size++, power *= 10) {
        uint64_t low = power > min ? power : min, high = power * 10 - 1 < max ? power * 10 - 1 : max;
        uint8_t low_digits[12], high_digits[12];
        if (size == 1 && min == 0) low = 0;
        if (low > high) continue;
        write_digits(low_digits, size, low);
        write_digits(high_digits, size, high);
        parts[count++] = fixed(build, low_digits, high_digits, size);
    }
    graph *zero = qd_automaton_graph_one_of(build, &(struct qd_code_point_range){ '0', '0' }, 1);
    graph *whole[2] = { qd_automaton_graph_repeat(build, zero),
                        qd_automaton_graph_union(build, parts, count) };
    return qd_automaton_graph_concatenate(build, whole, 2);
}
