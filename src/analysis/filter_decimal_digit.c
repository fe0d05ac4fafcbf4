/* Digits of all scripts become 0 to 9. Source: Lucene DecimalDigitFilter. */
#include "analysis/codepoint.h"
#include "analysis/component.h"
#include "analysis/filters.h"
#include "analysis/unicode_table.h"

/* The value of a decimal digit: digits of one script stand in runs of ten, so it is the distance to the
 * first. */
static uint32_t digit_value(uint32_t cp)
{
    if (cp >= 0x1D7CE && cp <= 0x1D7FF) return (cp - 0x1D7CE) % 10;
    uint32_t first = cp;
    while (first > 0 && cp - first < 9 && qd_unicode_is_digit(first - 1)) first--;
    return cp - first;
}

static struct qd_slice to_ascii(struct qd_arena *arena, struct qd_slice term)
{
    char *out = qd_arena_alloc(arena, term.size * 3 + 4);
    size_t size = 0;
    bool changed = false;
    uint32_t cp;
    for (size_t at = 0; at < term.size;) {
        at += qd_codepoint_read(term.data + at, term.data + term.size, &cp);
        bool digit = cp > 0x7F && qd_unicode_is_digit(cp);
        changed |= digit;
        size += qd_codepoint_write(digit ? '0' + digit_value(cp) : cp, out + size);
    }
    return changed ? qd_slice_make(out, size) : term;
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    (void)data;
    for (size_t i = 0; i < run->tokens->count; i++)
        run->tokens->data[i].term = to_ascii(run->arena, run->tokens->data[i].term);
    return QD_OK;
}

const struct qd_component_kind qd_filter_decimal_digit = { .name = "decimal_digit",
                                                           .run = run,
                                                           .normalizes = true };
