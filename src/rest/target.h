/* Request targets: percent-decoding, query parameters, and checking parameters against a route.
 *
 * Used by rest.c. Source: OpenSearch RestUtils, BaseRestHandler.
 */
#ifndef QD_REST_TARGET_H
#define QD_REST_TARGET_H

#include "coordinator/call.h"
#include "rest/route.h"

/* Decodes %XX (a plus stays a plus); what is no UTF-8 then becomes U+FFFD, as in Java. Errors:
 * QD_ILLEGAL_ARGUMENT for a broken escape. */
QD_CHECKED enum qd_status qd_target_decode(struct qd_arena *arena, struct qd_slice text,
                                           struct qd_slice *decoded, struct qd_error *error);

/* The text itself, or a copy with U+FFFD for every byte that is no UTF-8, so that answers that repeat it are
 * valid JSON. */
struct qd_slice qd_target_clean(struct qd_arena *arena, struct qd_slice text);

/* Splits an encoded path into decoded parts. Slashes at both ends mean nothing; two in a row elsewhere have
 * an empty part between them. At most `max` are stored; the number found is returned. */
size_t qd_target_split(struct qd_arena *arena, struct qd_slice path, struct qd_slice *parts, size_t max);

/* Decodes "a=b&c" into parameters (name -> struct qd_slice *); a plus is a blank; the last of equal names
 * wins. */
QD_CHECKED enum qd_status qd_target_query(struct qd_arena *arena, struct qd_slice query,
                                          struct qd_map *parameters, struct qd_error *error);

/* Fails when a parameter has a value of the wrong type (parameter_rules.h), and with "request [..] contains
 * unrecognized parameter: [x] -> did you mean [y]?" when the route does not know one. What is
 * wrong with the body of a search is told first. */
QD_CHECKED enum qd_status qd_target_check(struct qd_call *call, const struct qd_route *route,
                                          const struct qd_route_match *match, struct qd_error *error);

#endif
