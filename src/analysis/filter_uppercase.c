/* Upper case by simple mappings, as Lucene's UpperCaseFilter. */
#include "analysis/codepoint.h"
#include "analysis/component.h"
#include "analysis/filters.h"
#include "analysis/unicode_table.h"

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    (void)data;
    for (size_t i = 0; i < run->tokens->count; i++) {
        struct qd_slice term = run->tokens->data[i].term;
        char *out = qd_arena_alloc(run->arena, term.size * 3 + 4);
        size_t size = 0;
        uint32_t cp;
        for (size_t at = 0; at < term.size;) {
            at += qd_codepoint_read(term.data + at, term.data + term.size, &cp);
            size += qd_codepoint_write(qd_unicode_upper(cp), out + size);
        }
        run->tokens->data[i].term = qd_slice_make(out, size);
    }
    return QD_OK;
}

const struct qd_component_kind qd_filter_uppercase = { .name = "uppercase", .run = run,
                                                      .by_word = qd_component_by_word, .normalizes = true };
