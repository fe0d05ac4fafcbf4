/* One JSON body out of a search call's body and URL parameters.
 *
 * Used by search, msearch and scroll: shards get one text and parse it alone. Source: OpenSearch
 * RestSearchAction.parseSearchSource.
 */
#ifndef QD_COORDINATOR_SEARCH_BODY_H
#define QD_COORDINATOR_SEARCH_BODY_H

#include "coordinator/call.h"
#include "search/search.h"

/* Makes the body: members of `body` (root may be NULL) with those that URL parameters replace. When no
 * parameter says anything, *text is the source itself. Errors: the reference's for malformed parameters. */
QD_CHECKED enum qd_status qd_search_body(const struct qd_call *call, const struct qd_json_document *body,
                                         struct qd_slice *text, struct qd_error *error);

/* The query of ?q= and its companions as JSON text; data NULL when there is no q. */
QD_CHECKED enum qd_status qd_search_uri_query(const struct qd_call *call, struct qd_slice *text,
                                              struct qd_error *error);

#endif
