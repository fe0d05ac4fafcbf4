/* Removes white space at both ends of terms. Source: Lucene TrimFilter. */
#include "analysis/codepoint.h"
#include "analysis/component.h"
#include "analysis/filters.h"
#include "analysis/unicode_table.h"

static bool is_white(uint32_t cp)
{
    return cp <= 0xFFFF && qd_unicode_is_whitespace(cp);
}

static struct qd_slice trim(struct qd_slice term)
{
    uint32_t cp;
    while (term.size > 0) {
        size_t size = qd_codepoint_read(term.data, term.data + term.size, &cp);
        if (!is_white(cp)) break;
        term = qd_slice_from(term, size);
    }
    size_t end = 0;
    for (size_t at = 0; at < term.size;) {
        at += qd_codepoint_read(term.data + at, term.data + term.size, &cp);
        if (!is_white(cp)) end = at;
    }
    return qd_slice_sub(term, 0, end);
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    (void)data;
    for (size_t i = 0; i < run->tokens->count; i++) {
        run->tokens->data[i].term = trim(run->tokens->data[i].term);
    }
    return QD_OK;
}

const struct qd_component_kind qd_filter_trim = { .name = "trim", .run = run, .normalizes = true };
