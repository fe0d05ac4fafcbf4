/* Metadata fields: those that queries and documents meet, and those that a mapping configures.
 *
 * Used by mapping_finish.c and the document parser. Source: OpenSearch MetadataFieldMapper and its kinds.
 */
#ifndef QD_MAPPING_TYPE_METADATA_H
#define QD_MAPPING_TYPE_METADATA_H

#include "mapping/mapper.h"

/* How many metadata fields every mapping has. */
extern const size_t qd_metadata_field_count;

/* The i-th of them, ready for use. Memory: the build's arena. */
struct qd_field_mapper *qd_metadata_field_make(struct qd_mapping_build *build, size_t i);

#endif
