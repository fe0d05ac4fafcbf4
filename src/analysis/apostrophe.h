/* Finding straight and curly apostrophes.
 *
 * Used by filter_apostrophe.c and filter_elision.c.
 */
#ifndef QD_ANALYSIS_APOSTROPHE_H
#define QD_ANALYSIS_APOSTROPHE_H

#include "base/slice.h"

/* The offset of the first ' or U+2019 and its size in bytes; SIZE_MAX when there is none. */
static inline size_t qd_apostrophe_find(struct qd_slice term, size_t *size)
{
    for (size_t i = 0; i < term.size; i++) {
        *size = 1;
        if (term.data[i] == '\'') return i;
        *size = 3;
        if (term.size - i >= 3 && memcmp(term.data + i, "\xE2\x80\x99", 3) == 0) return i;
    }
    return SIZE_MAX;
}

#endif
