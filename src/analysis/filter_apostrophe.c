/* Cuts terms at the first apostrophe. Source: Lucene ApostropheFilter. */
#include "analysis/apostrophe.h"
#include "analysis/component.h"
#include "analysis/filters.h"

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    (void)data;
    for (size_t i = 0; i < run->tokens->count; i++) {
        struct qd_slice *term = &run->tokens->data[i].term;
        size_t size;
        size_t at = qd_apostrophe_find(*term, &size);
        if (at != SIZE_MAX) term->size = at;
    }
    return QD_OK;
}

const struct qd_component_kind qd_filter_apostrophe = { .name = "apostrophe", .run = run };
