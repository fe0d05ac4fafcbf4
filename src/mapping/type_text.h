/* What text and keyword fields share.
 *
 * Source: OpenSearch TypeParsers, SimilarityService.
 */
#ifndef QD_MAPPING_TYPE_TEXT_H
#define QD_MAPPING_TYPE_TEXT_H

#include "mapping/mapper.h"

/* The similarity that a field's `similarity` parameter names; the index's "default" (BM25) when it is null.
 */
struct qd_similarity qd_similarity_named(const struct qd_mapping_build *build,
                                         const struct qd_parameter_value *value);

#endif
