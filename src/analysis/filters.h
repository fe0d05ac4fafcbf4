/* The kinds of token filters; one file each. Rows of component_table.c.
 *
 * Used inside src/analysis only.
 */
#ifndef QD_ANALYSIS_FILTERS_H
#define QD_ANALYSIS_FILTERS_H

#include "analysis/component.h"

extern const struct qd_component_kind qd_filter_lowercase;
extern const struct qd_component_kind qd_filter_uppercase;
extern const struct qd_component_kind qd_filter_stop;
extern const struct qd_component_kind qd_filter_stemmer;
extern const struct qd_component_kind qd_filter_porter_stem;
extern const struct qd_component_kind qd_filter_keyword_marker;
extern const struct qd_component_kind qd_filter_asciifolding;
extern const struct qd_component_kind qd_filter_stem_exclusion;

/* The term in lower case by simple mappings. Memory: the arena or the term itself. */
struct qd_slice qd_filter_lowercase_term(struct qd_arena *arena, struct qd_slice term);

#endif
