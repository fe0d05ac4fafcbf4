/* The parts of a search body that are more than a scalar: _source, fields, slice, pit, boosts, features that
 * are refused.
 *
 * Used by request.c only. Every function has the same shape: it parses the value of one body key into the
 * request; the kind of the value has been checked before. Source: OpenSearch SearchSourceBuilder,
 * FetchSourceContext, SliceBuilder, PointInTimeBuilder.
 */
#ifndef QD_SEARCH_REQUEST_PARTS_H
#define QD_SEARCH_REQUEST_PARTS_H

#include "search/request_object.h"
#include "search/search.h"

typedef enum qd_status qd_request_part(struct qd_object_parser *parser, const struct qd_json *value,
                                       struct qd_search_request *request, struct qd_error *error);

/* "Unknown key for a VALUE_NUMBER in [x]." at `value`; a data of NULL prints as null. */
enum qd_status qd_request_unknown_key(struct qd_object_parser *parser, const struct qd_json *value,
                                      struct qd_slice name, struct qd_error *error);

/* "_source": a boolean, a pattern, patterns, or {"includes","excludes"}. */
qd_request_part qd_request_source;
/* "stored_fields": a name, or names; "_none_" stands alone. */
qd_request_part qd_request_stored_fields;
/* "docvalue_fields" and "fields": names or {"field","format"}. */
qd_request_part qd_request_docvalue_fields;
qd_request_part qd_request_fields;
/* "slice": {"id","max","field"}. */
qd_request_part qd_request_slice;
/* "pit": {"id","keep_alive"}; kept as it is. */
qd_request_part qd_request_pit;
/* "indices_boost": {"index":2} or [{"index":2},..]; kept as it is. */
qd_request_part qd_request_indices_boost;
/* "stats": names; kept as they are. */
qd_request_part qd_request_stats;
/* "search_after": scalars; kept as they are. */
qd_request_part qd_request_search_after;
/* "ext": nothing is registered, so only {} is taken. */
qd_request_part qd_request_ext;
/* Features of the reference that this version does not have: anything but what asks for nothing is refused by
 * name. */
qd_request_part qd_request_suggest;
qd_request_part qd_request_rescore;
qd_request_part qd_request_collapse;
qd_request_part qd_request_script_fields;
qd_request_part qd_request_derived;
qd_request_part qd_request_profile;
qd_request_part qd_request_search_pipeline;
qd_request_part qd_request_verbose_pipeline;

/* The factor that `indices_boost` gives to an index (1: none). In the object form and the array form the
 * first entry that names the index counts. */
float qd_request_index_boost(const struct qd_search_request *request, struct qd_slice index);

#endif
