/* Mappings: the fields of an index, their types and parameters.
 *
 * Used by indexing (document.h), queries, aggregations, fetching and the mapping calls. A mapping is
 * immutable; an update gives a new one. It lives in the arena it was made in and points to the index's
 * analysis registry.
 *
 * Columns hold: byte to long, token_count, dates (milliseconds; date_nanos: nanoseconds), booleans (0, 1) as
 * they are; unsigned_long with its top bit flipped; half_float, float and double as Lucene's sortable bits;
 * scaled_float as the rounded product; keyword and ip ordinals of the term bytes. See values.h for the way
 * back. exists queries: a field with a column has its documents there; else a field with has_norms has them
 * in its norms; else
 * `_field_names` holds the field's full path (leaf fields and multi-fields, never objects) for each document
 * in which it got a value while it is indexed or stored. match_only_text and text without norms are of the
 * third kind. Booleans are indexed as the terms "T" and "F". Hidden sub-fields of text:
 * "<path>._index_prefix" (each token's prefixes) and "<path>._index_phrase" (pairs of adjacent tokens, one
 * blank between). They are fields of types that no mapping can name: lists and qd_mapping_field have them,
 * qd_mapping_write leaves them out.
 * `_routing: required` is checked by the coordinator, which knows the index's name.
 * Source: OpenSearch 3.8.0 field mappers.
 */
#ifndef QD_MAPPING_MAPPING_H
#define QD_MAPPING_MAPPING_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/analysis.h"
#include "base/arena.h"
#include "base/date.h"
#include "base/field_kinds.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "base/slice.h"
#include "base/status.h"

enum qd_field_type {
    QD_FIELD_TEXT,
    QD_FIELD_MATCH_ONLY_TEXT,
    QD_FIELD_PREFIX, /* x._index_prefix, which no mapping names itself */
    QD_FIELD_PHRASE, /* x._index_phrase */
    QD_FIELD_KEYWORD,
    QD_FIELD_BYTE,
    QD_FIELD_SHORT,
    QD_FIELD_INTEGER,
    QD_FIELD_LONG,
    QD_FIELD_UNSIGNED_LONG,
    QD_FIELD_HALF_FLOAT,
    QD_FIELD_FLOAT,
    QD_FIELD_DOUBLE,
    QD_FIELD_SCALED_FLOAT,
    QD_FIELD_TOKEN_COUNT,
    QD_FIELD_BOOLEAN,
    QD_FIELD_BINARY,
    QD_FIELD_IP,
    QD_FIELD_DATE,
    QD_FIELD_DATE_NANOS,
    QD_FIELD_OBJECT,
    QD_FIELD_ALIAS,
    /* metadata */
    QD_FIELD_ID,
    QD_FIELD_INDEX,
    QD_FIELD_ROUTING,
    QD_FIELD_SOURCE,
    QD_FIELD_IGNORED,
    QD_FIELD_FIELD_NAMES,
    QD_FIELD_SEQ_NO,
    QD_FIELD_VERSION,
    QD_FIELD_PRIMARY_TERM,
    QD_FIELD_DOC_COUNT,
    QD_FIELD_NESTED_PATH,
    QD_FIELD_DATA_STREAM_TIMESTAMP,
    QD_FIELD_TYPE_COUNT
};

/* Similarities with their parameters. */
enum qd_similarity_kind { QD_SIMILARITY_BM25, QD_SIMILARITY_BOOLEAN };
struct qd_similarity {
    enum qd_similarity_kind kind;
    float k1; /* 1.2 */
    float b;  /* 0.75 */
    bool discount_overlaps;
};

/* A leaf field (multi-fields and metadata fields too). Read-only. */
struct qd_field {
    struct qd_slice name;                  /* full path */
    enum qd_field_type type;
    const char *type_name;                 /* "keyword", ...; static */
    bool indexed;                          /* can be searched (inverted index or points) */
    bool stored;                           /* store: true */
    enum qd_index_options
        index_options;   /* inverted index of text, keyword, boolean, metadata; else QD_INDEX_NONE */
    bool has_norms;
    enum qd_column_kind column;            /* doc values */
    uint8_t point_bytes; /* 0: no points; 8: numbers (big-endian of number ^ sign bit); 16: ip */
    const struct qd_analyzer *analyzer; /* text: index time */
    struct qd_slice analyzer_name; /* as the mapping names it; "default" when it names none */
    const struct qd_analyzer *search_analyzer; /* text: search time */
    struct qd_slice search_analyzer_name; /* as the mapping names it; "default" when it names none */
    const struct qd_analyzer *search_quote_analyzer;
    const struct qd_analyzer *normalizer; /* keyword, or NULL */
    bool split_queries_on_whitespace; /* keyword */
    bool fielddata; /* text: sorting and aggregating allowed */
    double fielddata_min, fielddata_max; /* its filter: documents of a term; a share up to 1 */
    int64_t fielddata_segment_min; /* documents of a segment from which on the filter holds */
    uint32_t position_increment_gap; /* text */
    int64_t ignore_above; /* keyword: longer values (UTF-16 units) are ignored; INT64_MAX none */
    double scaling_factor; /* scaled_float */
    bool coerce; /* numbers */
    bool ignore_malformed;
    const struct qd_json *null_value; /* or NULL */
    const struct qd_date_format *format; /* date, date_nanos */
    struct qd_slice format_pattern; /* as given, or the default */
    const struct qd_date_format *print_format; /* date, date_nanos: for output; print_format, else format */
    struct qd_similarity similarity;
    float boost; /* of term queries on text, keyword, boolean and dates; 0 and 1: none */
    bool eager_global_ordinals;
    bool index_phrases;
    int index_prefix_min, index_prefix_max; /* index_prefixes; 0, 0: off */
    const struct qd_slice *copy_to; /* copy_to[copy_to_count]: full paths */
    uint32_t copy_to_count;
    const struct qd_field *parent; /* the field whose multi-field this is, or NULL */
    bool is_metadata;
    const struct qd_json *meta; /* "meta" parameter, or NULL */
};

/* Whether a field's terms are what an analyzer makes of text: text, match_only_text, prefix, phrase. */
bool qd_field_is_analyzed(const struct qd_field *field);

/* Whether a field holds words: one that is analyzed, or a keyword (Lucene's string field types). */
bool qd_field_has_words(const struct qd_field *field);

struct qd_mapping;

/* What a mapping needs to know of its index. */
struct qd_mapping_limits {
    int64_t total_fields; /* index.mapping.total_fields.limit 1000 */
    int64_t depth; /* 20 */
    int64_t nested_fields; /* 50 */
    int64_t nested_objects; /* 10000 */
    int64_t field_name_length; /* 50000 */
    bool ignore_malformed; /* index.mapping.ignore_malformed */
    bool coerce; /* index.mapping.coerce, true */
};

/* Merges a mapping update (`source`: {"properties":...} possibly with "dynamic", "_source", ...; NULL: none)
 * into `old` (NULL: the index is being created; errors of parsing then carry "Failed to parse mapping [_doc]:
 * " in front). A mapping below "_doc" is refused as the reference does. The result points neither to `old`
 * nor to `source`. `registry` serves analyzer names and must outlive the result. Errors: QD_MAPPER_PARSING,
 * QD_ILLEGAL_ARGUMENT (conflicts, limits) with the reference's texts; `old` is unchanged. */
struct qd_mapping_update {
    const struct qd_mapping *old;
    const struct qd_analysis_registry *registry;
    struct qd_mapping_limits limits;
    const struct qd_json *similarity_settings; /* index.similarity, or NULL */
    bool accepted; /* the source was checked when it was made: limits are not asked about it again */
};
QD_CHECKED enum qd_status qd_mapping_merge(struct qd_arena *arena, const struct qd_mapping_update *update,
                                           const struct qd_json *source, struct qd_mapping **mapping,
                                           struct qd_error *error);

/* Writes the mapping as GET _mapping shows it: {"dynamic":...,"properties":{...}} ({} when nothing is
 * mapped). The text read back by qd_mapping_merge gives an equal mapping: this is also how the cluster state
 * keeps it. */
void qd_mapping_write(const struct qd_mapping *mapping, struct qd_json_writer *writer);

/* True when both print the same. */
bool qd_mapping_equal(const struct qd_mapping *left, const struct qd_mapping *right);

/* Writes the answer of _mapping/field for one field: {"full_name":...,"mapping":{last part:{...}}}. False
 * when there is no such field. */
bool qd_mapping_write_field(const struct qd_mapping *mapping, struct qd_slice name, bool include_defaults,
                            struct qd_json_writer *writer);

/* The field at a full path; aliases are followed. NULL when unmapped or an object. Metadata fields are found
 * too. */
const struct qd_field *qd_mapping_field(const struct qd_mapping *mapping, struct qd_slice name);

/* True when `name` is an object path. */
bool qd_mapping_is_object(const struct qd_mapping *mapping, struct qd_slice name);

/* All leaf fields and aliases, ascending by name, without metadata: count and i-th. *alias_name (may be NULL)
 * gets the name under which it is mapped (differs from field->name for aliases). */
size_t qd_mapping_field_count(const struct qd_mapping *mapping);
const struct qd_field *qd_mapping_field_at(const struct qd_mapping *mapping, size_t i,
                                           struct qd_slice *alias_name);

/* Fields whose mapped name matches a wildcard pattern, in the order of the reference's hash set of them; in
 * `arena`. Metadata is left out. */
size_t qd_mapping_match(const struct qd_mapping *mapping, struct qd_slice pattern, struct qd_arena *arena,
                        struct qd_slice **names);

/* Facts about _source and _routing. */
bool qd_mapping_source_enabled(const struct qd_mapping *mapping);
bool qd_mapping_routing_required(const struct qd_mapping *mapping);

#endif
