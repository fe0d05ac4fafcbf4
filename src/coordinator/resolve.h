/* Index expressions to indices.
 *
 * Used by every operation that names indices. Comma lists, wildcards, exclusions, _all, date math, aliases,
 * and the options ignore_unavailable, allow_no_indices, expand_wildcards. Pure over the cluster state.
 * Source: OpenSearch IndexNameExpressionResolver, IndicesOptions.
 */
#ifndef QD_COORDINATOR_RESOLVE_H
#define QD_COORDINATOR_RESOLVE_H

#include "coordinator/call.h"
#include "master/cluster_state.h"

/* Parts of an expression that are looked at. */
#define QD_EXPRESSION_PARTS_MAX 10000

struct qd_indices_options {
    bool ignore_unavailable;
    bool allow_no_indices;
    bool expand_open, expand_closed, expand_hidden;
    bool forbid_closed;          /* a closed index that is named is an error */
    bool forbid_aliases;         /* aliases are errors (delete index) */
    bool single;                 /* the expression must give exactly one index */
};

/* The reference's presets. */
struct qd_indices_options qd_options_search(void);      /* strictExpandOpenAndForbidClosed */
struct qd_indices_options qd_options_open_closed(void); /* strictExpand */
struct qd_indices_options qd_options_open(void);        /* strictExpandOpen */
struct qd_indices_options qd_options_lenient(void);     /* lenientExpandOpen */
struct qd_indices_options qd_options_single(void);      /* strictSingleIndexNoExpandForbidClosed */

/* Lets ignore_unavailable, allow_no_indices and expand_wildcards of a call replace a preset. Errors:
 * QD_ILLEGAL_ARGUMENT. */
QD_CHECKED enum qd_status qd_options_of_call(const struct qd_call *call, struct qd_indices_options *options,
                                             struct qd_error *error);

/* One index that an expression means. */
struct qd_resolved {
    const struct qd_index_metadata *index;
    struct qd_slice filter; /* JSON text of the alias filter that applies (several are in a bool/should); data
                               NULL: none */
    struct qd_slice *routings;       /* search routings of the aliases it was reached by */
    size_t routing_count;            /* 0: no alias restricts the routing */
};

/* Resolves a comma list (empty or _all: all indices). results[*count], ascending by name, each index once.
 * Memory: `arena`; indices stay the state's. Errors: QD_INDEX_NOT_FOUND, QD_INDEX_CLOSED,
 * QD_ILLEGAL_ARGUMENT, with the reference's texts and members. */
struct qd_expression {
    const struct qd_cluster_state *state;
    struct qd_slice text;
    struct qd_indices_options options;
    int64_t now_ms;                  /* for date math */
};
QD_CHECKED enum qd_status qd_resolve(const struct qd_expression *expression, struct qd_arena *arena,
                                     struct qd_resolved **results, size_t *count, struct qd_error *error);

/* Resolves the "index" parameter of a call with a preset that the call may change. */
QD_CHECKED enum qd_status qd_resolve_call(struct qd_call *call, const struct qd_cluster_state *state,
                                          struct qd_indices_options preset, struct qd_resolved **results,
                                          size_t *count);

/* The one index that a write to `name` goes to: an index, or the write index of an alias. *alias (may be
 * NULL) gets the alias or NULL. Errors: QD_INDEX_NOT_FOUND, QD_ILLEGAL_ARGUMENT ("no write index is defined
 * for alias [x]. ..."). */
QD_CHECKED enum qd_status qd_resolve_write(const struct qd_cluster_state *state, struct qd_slice name,
                                           int64_t now_ms, struct qd_arena *arena,
                                           const struct qd_index_metadata **index,
                                           const struct qd_alias **alias, struct qd_error *error);

/* Gives an operation on one document that names an alias the routing of that alias for writing; `alias` NULL:
 * nothing changes. Errors: QD_ILLEGAL_ARGUMENT when it has several values, or `routing` is another one. */
QD_CHECKED enum qd_status qd_alias_routing(const struct qd_alias *alias, struct qd_slice target,
                                           struct qd_slice *routing, struct qd_error *error);

/* <logs-{now/d}> and the like to a plain name; others are returned unchanged. Errors: QD_OPENSEARCH_PARSE. */
QD_CHECKED enum qd_status qd_resolve_date_math(struct qd_slice text, int64_t now_ms, struct qd_arena *arena,
                                               struct qd_slice *name, struct qd_error *error);

/* Checks a name for a new index / alias. Errors: QD_INVALID_INDEX_NAME, QD_INVALID_ALIAS_NAME with the
 * reference's texts. */
QD_CHECKED enum qd_status qd_check_index_name(struct qd_slice name, struct qd_error *error);
QD_CHECKED enum qd_status qd_check_alias_name(struct qd_slice name, struct qd_error *error);

/* index_not_found_exception as every operation gives it. */
enum qd_status qd_no_such_index(struct qd_slice name, struct qd_error *error);

/* The shard of a document: murmur3 of routing (or id) as OpenSearch has it. */
uint32_t qd_route_document(const struct qd_index_metadata *index, struct qd_slice id,
                           struct qd_slice routing);

#endif
