/* Parts of a search request that search, msearch, scroll and point in time share.
 *
 * Used by coordinator/search.c, msearch.c, scroll.c and pit.c.
 */
#ifndef QD_COORDINATOR_SEARCH_OPTIONS_H
#define QD_COORDINATOR_SEARCH_OPTIONS_H

#include "coordinator/resolve.h"
#include "coordinator/search_run.h"

/* Parses a body with its aggregations. Of several errors the first one in the text is told. Errors: as
 * qd_search_request_parse and qd_aggregations_parse. */
QD_CHECKED enum qd_status qd_search_parse_request(const struct qd_json_document *document,
                                                  struct qd_arena *arena, struct qd_search_request *request,
                                                  struct qd_error *error);

/* Parses the body and merges the URL's parameters: run->body, request, now_ms. */
QD_CHECKED enum qd_status qd_search_parse_body(struct qd_search_run *run, const struct qd_json_document *body,
                                               struct qd_error *error);

/* allow_partial_search_results, typed_keys, rest_total_hits_as_int. */
QD_CHECKED enum qd_status qd_search_read_options(struct qd_search_run *run, struct qd_error *error);

/* search_type, and options that do not go together. */
QD_CHECKED enum qd_status qd_search_check_request(struct qd_search_run *run, struct qd_error *error);

/* A total as a plain number must be exact. Errors: QD_ILLEGAL_ARGUMENT. */
QD_CHECKED enum qd_status qd_search_check_total(const struct qd_search_run *run, struct qd_error *error);

/* Resolves an index expression and makes the legs. */
QD_CHECKED enum qd_status qd_search_resolve(struct qd_search_run *run, struct qd_indices_options options,
                                            struct qd_slice text, struct qd_error *error);

/* Decides whether shards are asked first whether they can match, once the legs are there:
 * pre_filter_shard_size. */
QD_CHECKED enum qd_status qd_search_choose_pre_filter(struct qd_search_run *run, struct qd_error *error);

/* Answers the call with what was found, or with run->error: the `done` of a run that is a call's own. */
void qd_search_done(struct qd_search_run *run);

/* Answers the call with run->error. */
void qd_search_fail(struct qd_search_run *run);

/* scroll.c: makes the run the first page of a scroll; checks what a scroll may not have. `keep_alive` is a
 * time value. Errors: QD_ILLEGAL_ARGUMENT (keep alive too large, from with scroll),
 * QD_ACTION_REQUEST_VALIDATION. */
QD_CHECKED enum qd_status qd_search_open_scroll(struct qd_search_run *run, struct qd_slice keep_alive,
                                                struct qd_error *error);

/* The _scroll_id of a run whose query phase has kept contexts. */
struct qd_slice qd_scroll_id_make(const struct qd_search_run *run);

/* A further page of a scroll: takes the search that has opened it, which decides size and order, from what
 * the shards have answered. Errors: those of parsing a search. */
QD_CHECKED enum qd_status qd_scroll_read_search(struct qd_search_run *run, struct qd_error *error);

/* pit.c: makes legs of the body's point in time. */
QD_CHECKED enum qd_status qd_search_use_pit(struct qd_search_run *run, struct qd_error *error);

/* Checks of the whole request ("Validation Failed: ...") such as from with scroll, search_after with from,
 * size 0 with scroll. */
QD_CHECKED enum qd_status qd_search_check_window(const struct qd_search_run *run, struct qd_error *error);

/* Applies a `preference` to the legs: some are left out, others have no copy that may be asked. Errors: those
 * of qd_preference_choose. */
QD_CHECKED enum qd_status qd_search_prefer(struct qd_search_run *run, struct qd_slice text,
                                           struct qd_error *error);

/* A slice asks only the shards of each index that it has a part of; run->request and the legs are set.
 * Source: OpenSearch SliceBuilder.shardMatches. */
void qd_search_keep_sliced(struct qd_search_run *run);

/* JSON object text with one more member. */
struct qd_slice qd_json_with_member(struct qd_slice object, struct qd_slice key, struct qd_slice value,
                                    struct qd_arena *arena);

#endif
