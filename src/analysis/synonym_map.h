/* Synonym rules: parsed, analysed, and found again by the words of a text.
 *
 * Used by filter_synonym.c. Source: Lucene SynonymMap, SolrSynonymParser, WordnetSynonymParser.
 */
#ifndef QD_ANALYSIS_SYNONYM_MAP_H
#define QD_ANALYSIS_SYNONYM_MAP_H

#include "analysis/component.h"
#include "base/map.h"

/* The words of one output. */
struct qd_synonym_path {
    struct qd_slice *words; /* words[count] */
    size_t count;
};

/* What a sequence of words is replaced by. */
struct qd_synonym_rule {
    QD_VECTOR(struct qd_synonym_path) paths; /* in the order of the rules, no duplicates */
    bool keep_original;
};

/* A node of the tree of inputs: words lead to further nodes. */
struct qd_synonym_node {
    struct qd_map children;       /* word to struct qd_synonym_node */
    struct qd_synonym_rule *rule; /* the input that ends here, or NULL */
};

struct qd_synonym_map {
    struct qd_synonym_node *root;
    struct qd_arena *arena;
    size_t longest; /* words of the longest output */
};

/* Builds a map from the settings `synonyms`, `format`, `expand` and `lenient`, analysing with
 * settings->chain. Errors: "failed to build synonyms" with the rule's fault as cause. */
QD_CHECKED enum qd_status qd_synonym_map_create(const struct qd_component_settings *settings,
                                                struct qd_synonym_map **map, struct qd_error *error);

/* The longest input that begins at tokens[0]: its rule, and its number of tokens in *length; or NULL. */
const struct qd_synonym_rule *qd_synonym_map_match(const struct qd_synonym_map *map,
                                                   const struct qd_token *tokens, size_t count,
                                                   size_t *length);

#endif
