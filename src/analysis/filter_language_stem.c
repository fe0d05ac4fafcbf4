/* Stemmers that are filters of their own: arabic_stem and so on. Source: the stem filters of
 * OpenSearch 3.8.0. */
#include "analysis/component.h"
#include "analysis/filters.h"
#include "analysis/rule_stemmers.h"
#include "analysis/stemming.h"

#define RULES(id, function)                                                            \
    static enum qd_status run_##id(const void *state, struct qd_component_run *run)    \
    {                                                                                  \
        static const struct qd_stemmer stemmer = { .language = #id, .rules = function }; \
        (void)state;                                                                   \
        return qd_stemmer_run(&stemmer, run);                                          \
    }                                                                                  \
    const struct qd_component_kind qd_filter_##id##_stem = {                           \
        .name = #id "_stem", .run = run_##id, .keyword = qd_component_keyword          \
    }

#define SNOWBALL(id)                                                                   \
    static enum qd_status run_##id(const void *state, struct qd_component_run *run)    \
    {                                                                                  \
        static const struct qd_stemmer stemmer = { .language = #id, .snowball = #id }; \
        (void)state;                                                                   \
        return qd_stemmer_run(&stemmer, run);                                          \
    }                                                                                  \
    const struct qd_component_kind qd_filter_##id##_stem = {                           \
        .name = #id "_stem", .run = run_##id, .keyword = qd_component_keyword          \
    }

RULES(arabic, qd_stemmer_arabic);
RULES(czech, qd_stemmer_czech);
RULES(persian, qd_stemmer_persian);
SNOWBALL(dutch);
SNOWBALL(french);
SNOWBALL(russian);
