/* Inside of a mapping: the tree of objects, fields and aliases, and the tables that describe field types.
 *
 * Used by the files of this folder only. A tree is built by parsing (mapping_parse.c), changed by merging
 * (mapping_merge.c) and printed (mapping_write.c); qd_mapping_finish then freezes it with its look-up tables.
 * Each field type is one row (struct qd_field_kind): its parameters, how they configure the field, how a JSON
 * value becomes terms and numbers. Source: OpenSearch 3.8.0 ParametrizedFieldMapper, ObjectMapper.
 */
#ifndef QD_MAPPING_MAPPER_H
#define QD_MAPPING_MAPPER_H

#include "analysis/analysis.h"
#include "base/map.h"
#include "base/vector.h"
#include "mapping/document.h"
#include "mapping/mapping.h"
#include "mapping/parameter.h"

enum qd_mapper_kind { QD_MAPPER_OBJECT, QD_MAPPER_FIELD, QD_MAPPER_ALIAS };

/* Common head of the three mappers. */
struct qd_mapper {
    enum qd_mapper_kind kind;
    struct qd_slice name; /* last part; of multi-fields their own name */
    struct qd_slice path; /* full */
};

enum qd_dynamic {
    QD_DYNAMIC_UNSET,
    QD_DYNAMIC_TRUE,
    QD_DYNAMIC_FALSE,
    QD_DYNAMIC_STRICT,
    QD_DYNAMIC_STRICT_ALLOW_TEMPLATES,
    QD_DYNAMIC_FALSE_ALLOW_TEMPLATES
};

/* An object; the root has the name "_doc" and an empty path. */
struct qd_object_mapper {
    struct qd_mapper base;
    bool root;
    bool enabled;
    enum qd_dynamic dynamic;
    struct qd_map children; /* name -> struct qd_mapper *; sorted by name once finished */
};

/* An alias. */
struct qd_alias_mapper {
    struct qd_mapper base;
    struct qd_slice target; /* full path */
};

struct qd_field_kind;

/* A field with all that printing and merging need. */
struct qd_field_mapper {
    struct qd_mapper base;
    struct qd_field field;             /* what readers see; valid after qd_field_configure */
    const struct qd_field_kind *kind;
    struct qd_parameter_value values[QD_PARAMETERS_MAX]; /* values[kind->parameter_count] */
    struct qd_map multi_fields;        /* name -> struct qd_field_mapper * */
    QD_VECTOR(struct qd_slice) copy_to;
    struct qd_field_mapper *prefix_field; /* hidden sub-field of text "._index_prefix", or NULL */
    struct qd_field_mapper *phrase_field; /* the same, "._index_phrase" */
    struct qd_field_mapper *owner;     /* of a multi-field or a hidden field */
    uint32_t slot;                     /* position among all fields by name; UINT32_MAX before finishing */
    int64_t null_number;               /* null_value in the column's form, when has_null_number */
    bool has_null_number;
    struct qd_slice null_text;         /* null_value as text; data NULL: none */
    bool count_increments;             /* token_count: enable_position_increments */
};

struct qd_parse_context;
struct qd_mapping_build;

/* A field type. */
struct qd_field_kind {
    enum qd_field_type type;
    const char *name;
    const struct qd_parameter *parameters; /* parameters[parameter_count] */
    size_t parameter_count;
    /* Checks the parameters and fills mapper->field from them. */
    enum qd_status (*configure)(struct qd_mapping_build *build, struct qd_field_mapper *mapper,
                                struct qd_error *error);
    /* Adds one JSON value (never an array) to the document. */
    enum qd_status (*parse)(struct qd_parse_context *context, struct qd_field_mapper *mapper,
                            const struct qd_json *value, struct qd_error *error);
    bool metadata;
};

/* The row of a type that a mapping may name ("keyword"), or NULL. */
const struct qd_field_kind *qd_field_kind_named(struct qd_slice name);

/* Rows of all types, defined in type_*.c. */
extern const struct qd_field_kind qd_kind_byte, qd_kind_short, qd_kind_integer, qd_kind_long,
    qd_kind_unsigned_long, qd_kind_half_float, qd_kind_float, qd_kind_double, qd_kind_scaled_float,
    qd_kind_token_count, qd_kind_boolean, qd_kind_binary, qd_kind_ip, qd_kind_date, qd_kind_date_nanos,
    qd_kind_text, qd_kind_match_only_text, qd_kind_keyword;

/* What parsing a mapping needs. */
struct qd_mapping_build {
    struct qd_arena *arena;
    const struct qd_analysis_registry *registry;
    const struct qd_mapping_limits *limits;
    const struct qd_json *similarity_settings; /* or NULL */
    size_t depth;                              /* of nested properties, bounded */
    bool lenient; /* unknown members of objects are ignored (dynamic templates) */
};

/* A dynamic template. */
struct qd_dynamic_template {
    struct qd_slice name;
    struct qd_slice match, unmatch, path_match, path_unmatch, match_mapping_type; /* data NULL: none */
    bool regex; /* match_pattern: regex */
    const struct qd_json *mapping; /* object */
};

/* Metadata that can be configured, as fields of their own parameter tables. */
enum { QD_META_DATA_STREAM_TIMESTAMP, QD_META_FIELD_NAMES, QD_META_ROUTING, QD_META_SOURCE, QD_META_COUNT };
extern const struct qd_field_kind qd_metadata_kinds[QD_META_COUNT];

/* Include and exclude lists of _source, ready for use; NULL when everything is kept. */
struct qd_kept_source;

struct qd_mapping {
    struct qd_arena *arena;
    const struct qd_analysis_registry *registry;
    struct qd_mapping_limits limits;
    struct qd_object_mapper *root;
    struct qd_field_mapper metadata[QD_META_COUNT];
    const struct qd_json *meta; /* _meta, or NULL */
    bool has_date_formats; /* dynamic_date_formats given */
    QD_VECTOR(struct qd_slice) date_patterns;
    QD_VECTOR(const struct qd_date_format *) date_formats;
    bool has_templates;
    QD_VECTOR(struct qd_dynamic_template) templates;
    bool has_date_detection, date_detection;
    bool has_numeric_detection, numeric_detection;
    /* filled by qd_mapping_finish */
    struct qd_map names; /* full path -> struct qd_mapper *: fields, multi-fields, aliases, metadata */
    struct qd_map objects; /* full path -> struct qd_object_mapper *, ascending */
    struct qd_mapper **listed; /* listed[listed_count]: fields and aliases, ascending, without metadata */
    size_t listed_count;
    struct qd_mapper **matched; /* matched[listed_count]: the same, as patterns meet them */
    struct qd_field_mapper **slots; /* slots[slot_count]: all fields that a document may fill, ascending */
    uint32_t slot_count;
    struct qd_field_mapper *routing, *ignored, *field_names, *doc_count;
    const struct qd_kept_source *source_filter;
};

/* The value of the parameter `name` of a field; the type must have it. */
const struct qd_parameter_value *qd_field_value(const struct qd_field_mapper *mapper, const char *name);

/* ---- parameter.c ---- */

/* Sets a parameter to its default. */
void qd_parameter_default(struct qd_mapping_build *build, const struct qd_parameter *parameter,
                          struct qd_parameter_value *value);

/* Reads all members of `node` that are parameters; "type", "fields", "copy_to" are read too. */
enum qd_status qd_field_parse(struct qd_mapping_build *build, struct qd_field_mapper *mapper,
                              const struct qd_json *node, struct qd_error *error);

/* Prints the parameters that differ from their defaults (all with include_defaults). */
void qd_field_write(const struct qd_field_mapper *mapper, bool include_defaults,
                    struct qd_json_writer *writer);

/* Takes over the values of `from`; conflicts are collected into one QD_ILLEGAL_ARGUMENT. */
enum qd_status qd_field_merge_values(struct qd_mapping_build *build, struct qd_field_mapper *into,
                                     const struct qd_field_mapper *from, struct qd_error *error);

/* True when the two values are the same. */
bool qd_parameter_equal(const struct qd_parameter_value *left, const struct qd_parameter_value *right);

/* "true" and "false" as boolean or string. `name`: NULL, or that of "Could not convert [name]". */
enum qd_status qd_node_boolean(const struct qd_json *node, const char *name, bool *value,
                               struct qd_error *error);

/* ---- mapping_parse.c ---- */

/* A mapping without anything in it. */
struct qd_mapping *qd_mapping_new(struct qd_mapping_build *build);

/* Reads a mapping source (an object or NULL) into `mapping`. */
enum qd_status qd_mapping_parse(struct qd_mapping_build *build, const struct qd_json *source,
                                struct qd_mapping *mapping, struct qd_error *error);

/* Makes the mapper that `node` describes, named `name` below `parent` (dots make objects in between) and adds
 * it. */
enum qd_status qd_mapper_parse(struct qd_mapping_build *build, struct qd_object_mapper *parent,
                               struct qd_slice name, const struct qd_json *node, struct qd_error *error);

/* Where a mapper is to be. */
struct qd_mapper_place {
    const struct qd_object_mapper *parent;
    struct qd_slice name; /* last part */
    struct qd_slice declared; /* as the mapping wrote it, for errors */
};

/* Makes the mapper that `node` describes without adding it anywhere. */
enum qd_status qd_mapper_make(struct qd_mapping_build *build, const struct qd_mapper_place *place,
                              const struct qd_json *node, struct qd_mapper **mapper, struct qd_error *error);

/* Makes a field mapper of `kind` and configures it. */
enum qd_status qd_field_make(struct qd_mapping_build *build, const struct qd_field_kind *kind,
                             struct qd_slice name, struct qd_slice path, struct qd_field_mapper **mapper,
                             const struct qd_json *node, struct qd_error *error);

/* A new empty object below `parent` (NULL: the root), not yet added to it. */
struct qd_object_mapper *qd_object_make(struct qd_arena *arena, const struct qd_object_mapper *parent,
                                        struct qd_slice name);

/* parent's path, a dot, name. */
struct qd_slice qd_path_join(struct qd_arena *arena, struct qd_slice parent, struct qd_slice name);

/* Reads "dynamic_templates" into mapping->templates. */
enum qd_status qd_templates_parse(struct qd_mapping_build *build, const struct qd_json *node,
                                  struct qd_mapping *mapping, struct qd_error *error);

/* ---- mapping_merge.c ---- */

/* Adds `from` to `object`, merging it with what has the same name. */
enum qd_status qd_object_put(struct qd_mapping_build *build, struct qd_object_mapper *object,
                             struct qd_mapper *from, struct qd_error *error);

/* Merges `from` into `into` (same name). */
enum qd_status qd_mapper_merge(struct qd_mapping_build *build, struct qd_mapper *into, struct qd_mapper *from,
                               struct qd_error *error);

/* Merges whole mappings. */
enum qd_status qd_mapping_merge_trees(struct qd_mapping_build *build, struct qd_mapping *into,
                                      struct qd_mapping *from, struct qd_error *error);

/* Refuses two fields of one name (one of them hidden): QD_MAPPER_PARSING. */
enum qd_status qd_mapping_check_unique(struct qd_mapping_build *build, const struct qd_mapping *mapping,
                                       struct qd_error *error);

/* Freezes the tree: sorts, fills tables, checks limits, aliases and copy_to. */
enum qd_status qd_mapping_finish(struct qd_mapping_build *build, struct qd_mapping *mapping,
                                 bool check_limits, struct qd_error *error);

/* ---- mapping_write.c ---- */

/* Prints the members of an object ("dynamic", "properties", ...) without braces. */
void qd_object_write_properties(const struct qd_object_mapper *object, struct qd_arena *arena,
                                struct qd_json_writer *writer);

/* Java's simple name of what kind of mapper this is: "ObjectMapper", "FieldAliasMapper",
 * "KeywordFieldMapper". */
const char *qd_mapper_class(const struct qd_mapper *mapper);

#endif
