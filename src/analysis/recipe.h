/* Analyzers by type: standard, english and so on, each as a tokenizer and steps.
 *
 * Used by registry.c. Source: the analyzer providers of OpenSearch 3.8.0.
 */
#ifndef QD_ANALYSIS_RECIPE_H
#define QD_ANALYSIS_RECIPE_H

#include "analysis/analyzer.h"

/* One type. A step is "kind" or "kind=value"; "stop" reads the analyzer's `stopwords`, "stem_exclusion" marks
 * keywords when the setting of that name is there. */
struct qd_recipe {
    const char *name;
    const char *tokenizer;
    const char *stopwords; /* language of the default stop words, NULL: none */
    const char *steps[8];  /* ended by NULL */
};

/* The types, ended by a NULL name. */
extern const struct qd_recipe qd_recipe_table[];

/* Builds the analyzer of a type from user settings (`settings->json` may be NULL). Errors: of the parts. */
QD_CHECKED enum qd_status qd_recipe_build(const struct qd_recipe *recipe,
                                          const struct qd_component_settings *settings,
                                          struct qd_analyzer *analyzer, struct qd_error *error);

#endif
