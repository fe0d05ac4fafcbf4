/* Fields that documents introduce: dynamic templates, detection of types.
 *
 * Used by the document parser. Source: OpenSearch DocumentParser, DynamicTemplate, RootObjectMapper.
 */
#ifndef QD_MAPPING_DYNAMIC_H
#define QD_MAPPING_DYNAMIC_H

#include "mapping/accumulate.h"

/* Makes the mapper for `value` (not null, not an array) that came as `name` below `parent` and notes it for
 * the mapping update. *made is NULL when nothing is to be added (false_allow_templates without a template).
 * Errors: QD_STRICT_DYNAMIC_MAPPING (strict_allow_templates without a template), what parsing the template
 * gives. */
enum qd_status qd_dynamic_make(struct qd_parse_context *context, struct qd_object_mapper *parent,
                               struct qd_slice name, const struct qd_json *value, struct qd_mapper **made,
                               struct qd_error *error);

/* Arrays of unknown fields look for a template of objects first. *skip: the array is left out
 * (false_allow_templates without a template). Errors: QD_STRICT_DYNAMIC_MAPPING for strict_allow_templates.
 */
enum qd_status qd_dynamic_array(struct qd_parse_context *context, struct qd_object_mapper *parent,
                                struct qd_slice name, bool *skip, struct qd_error *error);

/* Makes an object between `parent` and a dotted name's last part. */
enum qd_status qd_dynamic_make_object(struct qd_parse_context *context, struct qd_object_mapper *parent,
                                      struct qd_slice name, struct qd_object_mapper **made,
                                      struct qd_error *error);

/* The setting that holds for `object`: its own or the nearest parent's. */
enum qd_dynamic qd_dynamic_of(const struct qd_mapping *mapping, const struct qd_object_mapper *object);

/* "mapping set to strict, dynamic introduction of [x] within [y] is not allowed". */
enum qd_status qd_dynamic_refuse(enum qd_dynamic dynamic, const struct qd_object_mapper *parent,
                                 struct qd_slice name, struct qd_error *error);

/* The mapping update of all that was noted, as JSON text; empty when nothing was. */
enum qd_status qd_dynamic_update(struct qd_parse_context *context, struct qd_slice *update,
                                 struct qd_error *error);

#endif
