/* What the route tables do not say about parameters: of what type their values are, and which of them are
 * known only beside another parameter or for some metrics.
 *
 * Used by target.c. The rules are rows in parameter_rules.c. Source: the answers of OpenSearch 3.8.0
 * (`make audit`), RestRequest, RestActions, IndicesOptions.
 */
#ifndef QD_REST_PARAMETER_RULES_H
#define QD_REST_PARAMETER_RULES_H

#include "coordinator/call.h"
#include "rest/route.h"

/* Whether the call's route reads `name`, a parameter of its row, for this request: "df" only beside "q",
 * "completion_fields" only for a metric that has it, the parts of a cat table's path not for its help. */
bool qd_parameter_is_read(const struct qd_call *call, const struct qd_route *route, struct qd_slice name);

/* Whether a known name is offered for a misspelt one: the reference offers what it has read, and some it
 * reads only after it has seen that they are there. */
bool qd_parameter_is_hint(const struct qd_call *call, const struct qd_route *route, struct qd_slice name);

/* Checks the values of names[count], the parameters that the route knows. Errors: QD_ILLEGAL_ARGUMENT and
 * others with the reference's text. */
QD_CHECKED enum qd_status qd_parameters_check(const struct qd_call *call, const struct qd_route *route,
                                              const struct qd_slice *names, size_t count,
                                              struct qd_error *error);

#endif
