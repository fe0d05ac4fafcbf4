/* The kinds of char filters; one file each. Rows of component_table.c.
 *
 * Used inside src/analysis only.
 */
#ifndef QD_ANALYSIS_CHAR_FILTERS_H
#define QD_ANALYSIS_CHAR_FILTERS_H

#include "analysis/component.h"

extern const struct qd_component_kind qd_char_filter_html_strip;
extern const struct qd_component_kind qd_char_filter_mapping;
extern const struct qd_component_kind qd_char_filter_pattern_replace;

#endif
