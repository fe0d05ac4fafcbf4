/* The fields that text keeps besides itself: "x._index_prefix" and "x._index_phrase".
 *
 * Used by type_text.c. They are fields like others to whoever reads a mapping, but no mapping names their
 * types, and documents have no values for them: theirs are made of their owner's tokens.
 */
#ifndef QD_MAPPING_TYPE_HIDDEN_H
#define QD_MAPPING_TYPE_HIDDEN_H

#include "mapping/accumulate.h"
#include "mapping/mapper.h"

/* Sets mapper->prefix_field and mapper->phrase_field as index_prefixes and index_phrases ask; NULL without.
 * mapper->field must be filled. */
void qd_hidden_fields_make(struct qd_mapping_build *build, struct qd_field_mapper *mapper);

/* Adds what a hidden field (NULL: nothing is done) keeps of its owner's tokens, which stay as they are.
 * Errors: those of analysis. */
enum qd_status qd_hidden_field_add(struct qd_parse_context *context, struct qd_field_mapper *hidden,
                                   const struct qd_token_list *tokens, struct qd_error *error);

/* Keeps a value of the owner's, as JSON text, in a hidden field that is stored (NULL: nothing is done). */
void qd_hidden_field_store(struct qd_parse_context *context, struct qd_field_mapper *hidden,
                           struct qd_slice json);

#endif
