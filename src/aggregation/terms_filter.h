/* include and exclude of terms: regular expressions, lists, partitions.
 *
 * Source: OpenSearch IncludeExclude.
 */
#ifndef QD_AGGREGATION_TERMS_FILTER_H
#define QD_AGGREGATION_TERMS_FILTER_H

#include "aggregation/aggregation_source.h"
#include "base/map.h"
#include "codec/automaton.h"

/* As parsed. */
struct qd_terms_filter_options {
    const struct qd_json *include_list, *exclude_list; /* arrays, or NULL */
    struct qd_slice include_regexp, exclude_regexp;    /* data NULL: none */
    bool has_partition;
    int64_t partition, partition_count;
};

/* Made ready for a field. */
struct qd_terms_filter {
    bool active;
    bool has_partition;
    int64_t partition, partition_count;
    const struct qd_automaton *include, *exclude; /* or NULL */
    struct qd_map *include_set, *exclude_set;     /* bytes, or 8 bytes of a number; NULL: none */
    bool flipped; /* numbers are those of an unsigned_long, the top bit flipped */
    bool real;    /* numbers are the bits of doubles */
};

/* Setters of the options include and exclude. */
QD_CHECKED enum qd_status qd_terms_filter_include(struct qd_aggregation_parser *parser,
                                                  struct qd_terms_filter_options *options,
                                                  const struct qd_json *value, struct qd_error *error);
QD_CHECKED enum qd_status qd_terms_filter_exclude(struct qd_terms_filter_options *options,
                                                  const struct qd_json *value, struct qd_error *error);

/* Prepares the filter for a source. Errors: regular expressions on numbers, values that cannot be read. */
QD_CHECKED enum qd_status qd_terms_filter_make(const struct qd_terms_filter_options *options,
                                               const struct qd_aggregation *aggregation,
                                               struct qd_aggregation_run *run, const struct qd_source *source,
                                               struct qd_terms_filter *filter, struct qd_error *error);

/* True when the term (or number: its key bits) is wanted. */
bool qd_terms_filter_bytes(const struct qd_terms_filter *filter, struct qd_slice term);
bool qd_terms_filter_number(const struct qd_terms_filter *filter, uint64_t key);

#endif
