/* What an analyzer is made of.
 *
 * Used inside src/analysis only: registry.c builds analyzers, analyzer.c runs them, analyze.c runs them stage
 * by stage.
 */
#ifndef QD_ANALYSIS_ANALYZER_H
#define QD_ANALYSIS_ANALYZER_H

#include "analysis/component.h"

/* Char filters, then one tokenizer, then filters. */
struct qd_analyzer {
    struct qd_slice name;
    const struct qd_component *char_filters; /* char_filters[char_filter_count] */
    size_t char_filter_count;
    struct qd_component tokenizer;
    const struct qd_component *filters; /* filters[filter_count] */
    size_t filter_count;
    int32_t position_increment_gap; /* positions between two values of a field */
    bool custom;                    /* built from named components: _analyze explains its stages */
    bool prebuilt;                  /* made by this program, not by the index's settings */
};

/* Runs the char filters. Memory: the arena. */
QD_CHECKED enum qd_status qd_analyzer_filter_text(const struct qd_analyzer *analyzer, struct qd_arena *arena,
                                                  struct qd_slice text, size_t char_filter_count,
                                                  struct qd_filtered_text *filtered);

/* Runs the tokenizer and the first filter_count filters over filtered text. */
QD_CHECKED enum qd_status qd_analyzer_run_stages(const struct qd_analyzer *analyzer, struct qd_arena *arena,
                                                 const struct qd_filtered_text *filtered, size_t filter_count,
                                                 struct qd_token_list *tokens, struct qd_error *error);

#endif
