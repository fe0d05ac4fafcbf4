/* What is wrong with a document whose text is no JSON.
 *
 * Used by data/write.c. The reference reads fields while it reads text: what it finds in the part before the
 * break is told first. Source: OpenSearch DocumentParser, FieldMapper.
 */
#ifndef QD_DATA_BROKEN_DOCUMENT_H
#define QD_DATA_BROKEN_DOCUMENT_H

#include "mapping/document.h"

/* Puts what the reference says into *error, which holds the error of qd_json_parse over `source`. `input` has
 * everything but the document. Returns the new status, which is never QD_OK. Memory: `arena`. */
enum qd_status qd_broken_document(const struct qd_mapping *mapping, const struct qd_document_input *input,
                                  struct qd_slice source, struct qd_arena *arena, struct qd_error *error);

#endif
