/* Bodies that hold nothing but a query: count, explain, validate; those of searches.
 *
 * Source: OpenSearch RestActions.getQueryContent, urlParamsToQueryBuilder.
 */
#ifndef QD_COORDINATOR_QUERY_BODY_H
#define QD_COORDINATOR_QUERY_BODY_H

#include "coordinator/call.h"

/* {"query":...} from the body, or from ?q=; empty when neither is there. The query is parsed once, so that
 * errors carry the user's positions. Errors: QD_PARSING "request does not support [x]", and the query's own.
 */
QD_CHECKED enum qd_status qd_query_only_body(struct qd_call *call, struct qd_slice *body,
                                             struct qd_error *error);

/* Parses a body whose only member is `name`, a query; the root is NULL when there is nothing in it. Errors:
 * QD_PARSING as above, and what the text breaks at as the cause of "Failed to parse". */
QD_CHECKED enum qd_status qd_query_member_body(struct qd_call *call, const char *name,
                                               struct qd_json_document *document, struct qd_error *error);

/* Parses the body of a search, which is checked from its beginning; the root is NULL when there is none.
 * Errors: QD_PARSING for blanks alone and for what follows the first value, those of the request, of its
 * aggregations and of the text. */
QD_CHECKED enum qd_status qd_query_search_body(struct qd_call *call, struct qd_json_document *document,
                                               struct qd_error *error);

/* What is wrong with the body of a search. Errors: those of qd_query_search_body and of its members. */
QD_CHECKED enum qd_status qd_query_search_body_check(struct qd_call *call, struct qd_error *error);

#endif
