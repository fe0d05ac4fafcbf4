#include "mapping/document.h"

#include <math.h>

#include <stdlib.h>
#include <string.h>

#include "mapping/accumulate.h"
#include "mapping/dynamic.h"
#include "mapping/java_values.h"
#include "mapping/kept_source.h"

/* A dotted name has at most so many parts. */
#define NAME_PARTS_MAX QD_JSON_DEPTH_MAX

/* A member's name, split at its dots. */
struct name {
    struct qd_slice full;
    const struct qd_slice *parts; /* parts[count] */
    size_t count;
    struct qd_slice only;         /* what parts points to when there is no dot */
};

static enum qd_status parse_mapper(struct qd_parse_context *context, struct qd_mapper *mapper,
                                   struct qd_slice name, const struct qd_json *value, struct qd_error *error);
static enum qd_status parse_named(struct qd_parse_context *context, struct qd_object_mapper *parent,
                                  const struct name *name, const struct qd_json *value,
                                  struct qd_error *error);
static enum qd_status parse_unknown(struct qd_parse_context *context, struct qd_object_mapper *parent,
                                    const struct name *name, const struct qd_json *value,
                                    struct qd_error *error);

/* ---- names ---- */

static bool is_blank(struct qd_slice text)
{
    for (size_t i = 0; i < text.size; i++) {
        char byte = text.data[i];
        if (byte != ' ' && (byte < '\t' || byte > '\r')) return false;
    }
    return true;
}

static enum qd_status bad_name(struct qd_slice full, struct qd_slice part, struct qd_error *error)
{
    if (part.size > 0) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "object field cannot contain only whitespace: ['%.*s']", QD_SLICE_ARG(full));
    }
    return qd_error_set(
        error, QD_ILLEGAL_ARGUMENT,
        "object field starting or ending with a [.] makes object resolution ambiguous: [%.*s]",
        QD_SLICE_ARG(full));
}

static enum qd_status split_dotted(struct qd_parse_context *context, struct name *name,
                                   struct qd_error *error)
{
    QD_VECTOR(struct qd_slice) parts = { 0 };
    size_t start = 0;
    for (size_t i = 0; i <= name->full.size; i++) {
        if (i < name->full.size && name->full.data[i] != '.') continue;
        *QD_PUSH(context->arena, &parts) = qd_slice_sub(name->full, start, i - start);
        start = i + 1;
    }
    while (parts.count > 0 && parts.data[parts.count - 1].size == 0) parts.count--;
    if (parts.count == 0) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "field name cannot contain only the character [.]");
    }
    for (size_t i = 0; i < parts.count; i++) {
        if (is_blank(parts.data[i])) return bad_name(name->full, parts.data[i], error);
    }
    if (parts.count > NAME_PARTS_MAX) return bad_name(name->full, qd_slice_make(NULL, 0), error);
    name->parts = parts.data;
    name->count = parts.count;
    return QD_OK;
}

static enum qd_status split(struct qd_parse_context *context, struct qd_slice full, struct name *name,
                            struct qd_error *error)
{
    *name = (struct name){ .full = full, .only = full, .count = 1 };
    name->parts = &name->only;
    if (full.size == 0)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "field name cannot be an empty string");
    if (qd_slice_find_byte(full, '.') == SIZE_MAX) return QD_OK;
    return split_dotted(context, name, error);
}

/* The mapper that a name means below `parent`, or NULL. */
static struct qd_mapper *find_mapper(const struct qd_parse_context *context,
                                     const struct qd_object_mapper *parent, const struct name *name)
{
    if (parent->root && name->full.data[0] == '_') {
        struct qd_mapper *mapper = qd_map_get(&context->mapping->names, name->full);
        bool metadata = mapper != NULL && mapper->kind == QD_MAPPER_FIELD &&
                        ((struct qd_field_mapper *)mapper)->kind->metadata;
        if (metadata) return mapper;
    }
    for (size_t i = 0; i + 1 < name->count; i++) {
        struct qd_mapper *mapper = qd_map_get(&parent->children, name->parts[i]);
        if (mapper == NULL || mapper->kind != QD_MAPPER_OBJECT) return NULL;
        parent = (struct qd_object_mapper *)mapper;
    }
    return qd_map_get(&parent->children, name->parts[name->count - 1]);
}

/* True when a dotted name leads through an object that is not enabled. */
static bool leads_through_disabled(const struct qd_object_mapper *parent, const struct name *name)
{
    for (size_t i = 0; i + 1 < name->count; i++) {
        struct qd_mapper *mapper = qd_map_get(&parent->children, name->parts[i]);
        if (mapper == NULL || mapper->kind != QD_MAPPER_OBJECT) return false;
        parent = (struct qd_object_mapper *)mapper;
        if (!parent->enabled) return true;
    }
    return false;
}

static const char *type_name_of(const struct qd_mapper *mapper)
{
    if (mapper->kind == QD_MAPPER_ALIAS) return "alias";
    return ((const struct qd_field_mapper *)mapper)->kind->name;
}

/* The object that is to hold the last part of a name that the mapping does not know: objects in between are
 * made. */
static enum qd_status dynamic_parent(struct qd_parse_context *context, struct qd_object_mapper **parent,
                                     const struct name *name, struct qd_error *error)
{
    for (size_t i = 0; i + 1 < name->count; i++) {
        struct qd_slice path = qd_path_join(context->arena, (*parent)->base.path, name->parts[i]);
        const struct qd_mapper *field = qd_map_get(&context->mapping->names, path);
        if (field != NULL) {
            return qd_error_set(
                error, QD_MAPPER_PARSING,
                "Could not dynamically add mapping for field [%.*s]. Existing mapping for [%.*s] must "
                "be of type object but found [%s].",
                QD_SLICE_ARG(name->full), QD_SLICE_ARG(path), type_name_of(field));
        }
        struct qd_object_mapper *next = qd_map_get(&context->mapping->objects, path);
        if (next == NULL) {
            enum qd_dynamic dynamic = qd_dynamic_of(context->mapping, *parent);
            if (dynamic == QD_DYNAMIC_STRICT) {
                return qd_dynamic_refuse(dynamic, *parent, name->parts[i], error);
            }
            if (dynamic == QD_DYNAMIC_FALSE) return QD_OK;
            QD_TRY(qd_dynamic_make_object(context, *parent, name->parts[i], &next, error));
            if (next == NULL) return QD_OK;
        }
        *parent = next;
    }
    return QD_OK;
}

/* ---- fields ---- */

/* "failed to parse field [x] of type [y] ..." around the reason. */
static enum qd_status wrap_field(struct qd_parse_context *context, const struct qd_field_mapper *mapper,
                                 const struct qd_json *value, struct qd_error *error)
{
    int64_t whole = 0;
    bool huge = qd_json_is_number(value) && qd_json_is_integral(value) && !qd_json_int64(value, &whole);
    enum qd_field_type type = mapper->kind->type;
    bool narrow = type == QD_FIELD_HALF_FLOAT || type == QD_FIELD_FLOAT;
    if (huge && (narrow || type == QD_FIELD_DOUBLE || type == QD_FIELD_SCALED_FLOAT)) {
        return qd_error_wrap(
            error, QD_MAPPER_PARSING,
            "failed to parse field [%.*s] of type [%s] in document with id '%.*s'. Could not parse "
            "field value preview,",
            QD_SLICE_ARG(mapper->base.path), mapper->field.type_name, QD_SLICE_ARG(context->input->id));
    }
    struct qd_slice preview = qd_java_text(context->arena, value);
    double real = 0;
    /* The preview of a float is the number as a float has it. */
    if (narrow && qd_json_is_number(value) && qd_json_double(value, &real) && isinf((float)real))
        preview = real > 0 ? QD_SLICE("Infinity") : QD_SLICE("-Infinity");
    return qd_error_wrap(
        error, QD_MAPPER_PARSING,
        "failed to parse field [%.*s] of type [%s] in document with id '%.*s'. Preview of field's "
        "value: '%.*s'",
        QD_SLICE_ARG(mapper->base.path), mapper->field.type_name, QD_SLICE_ARG(context->input->id),
        QD_SLICE_ARG(preview));
}

static enum qd_status parse_copies(struct qd_parse_context *context, struct qd_field_mapper *mapper,
                                   const struct qd_json *value, struct qd_error *error);

/* A field, its multi-fields and the fields it is copied to. */
static enum qd_status parse_field(struct qd_parse_context *context, struct qd_field_mapper *mapper,
                                  const struct qd_json *value, struct qd_error *error)
{
    enum qd_status status = mapper->kind->parse(context, mapper, value, error);
    if (status != QD_OK) {
        if (context->plain_error) return status;
        bool skips = mapper->kind->type == QD_FIELD_SCALED_FLOAT && qd_json_is_object(value);
        if (!context->mapping->limits.ignore_malformed || skips)
            return wrap_field(context, mapper, value, error);
        qd_add_ignored(context, mapper);
    }
    for (size_t i = 0; i < mapper->multi_fields.entry_count; i++) {
        QD_TRY(parse_field(context, mapper->multi_fields.entries[i].value, value, error));
    }
    if (mapper->copy_to.count == 0 || context->in_copy_to) return QD_OK;
    return parse_copies(context, mapper, value, error);
}

static enum qd_status parse_dynamic(struct qd_parse_context *context, struct qd_object_mapper *parent,
                                    struct qd_slice name, const struct qd_json *value, struct qd_error *error)
{
    enum qd_dynamic dynamic = qd_dynamic_of(context->mapping, parent);
    if (dynamic == QD_DYNAMIC_STRICT) return qd_dynamic_refuse(dynamic, parent, name, error);
    if (dynamic == QD_DYNAMIC_FALSE) return QD_OK;
    struct qd_mapper *made = NULL;
    QD_TRY(qd_dynamic_make(context, parent, name, value, &made, error));
    return made == NULL ? QD_OK : parse_mapper(context, made, name, value, error);
}

static enum qd_status parse_copy(struct qd_parse_context *context, struct qd_slice target,
                                 const struct qd_json *value, struct qd_error *error)
{
    struct qd_mapper *mapper = qd_map_get(&context->mapping->names, target);
    if (mapper != NULL && mapper->kind == QD_MAPPER_ALIAS) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Cannot copy to a field alias [%.*s].",
                            QD_SLICE_ARG(target));
    }
    if (mapper != NULL) return parse_field(context, (struct qd_field_mapper *)mapper, value, error);
    struct name name;
    struct qd_object_mapper *parent = context->mapping->root;
    QD_TRY(split(context, target, &name, error));
    QD_TRY(dynamic_parent(context, &parent, &name, error));
    if (qd_json_is_null(value)) return QD_OK;
    return parse_dynamic(context, parent, name.parts[name.count - 1], value, error);
}

static enum qd_status parse_copies(struct qd_parse_context *context, struct qd_field_mapper *mapper,
                                   const struct qd_json *value, struct qd_error *error)
{
    context->in_copy_to = true;
    for (size_t i = 0; i < mapper->copy_to.count; i++) {
        QD_TRY(parse_copy(context, mapper->copy_to.data[i], value, error));
    }
    context->in_copy_to = false;
    return QD_OK;
}

/* ---- objects and arrays ---- */

static enum qd_status parse_found(struct qd_parse_context *context, struct qd_mapper *mapper,
                                  struct qd_slice name, const struct qd_json *value, struct qd_error *error);

/* What a place of the memo holds for a name; its size is 0 when the name is too long for one. Two numbers
 * tell a name from others of its size: its first and last eight or four bytes, which overlap, or all of up to
 * three. */
static inline struct qd_name_memo memo_of(const struct qd_object_mapper *parent, struct qd_slice name)
{
    struct qd_name_memo memo = { .parent = parent };
    if (name.size == 0 || name.size > QD_NAME_MEMO_SIZE) return memo;
    memo.size = (uint32_t)name.size;
    if (name.size >= 8) {
        memcpy(&memo.low, name.data, 8);
        memcpy(&memo.high, name.data + name.size - 8, 8);
    } else if (name.size >= 4) {
        uint32_t first;
        uint32_t last;
        memcpy(&first, name.data, 4);
        memcpy(&last, name.data + name.size - 4, 4);
        memo.low = (uint64_t)last << 32 | first;
    } else {
        const uint8_t *bytes = (const uint8_t *)name.data;
        memo.low = (uint64_t)bytes[0] << 16 | (uint64_t)bytes[name.size / 2] << 8 | bytes[name.size - 1];
    }
    return memo;
}

static inline bool is_name(const struct qd_name_memo *place, const struct qd_name_memo *wanted)
{
    return place->low == wanted->low && place->high == wanted->high && place->size == wanted->size &&
           place->parent == wanted->parent;
}

/* The first of a name's two places. */
static inline struct qd_name_memo *memo_places(struct qd_parse_memo *memo, const struct qd_name_memo *wanted)
{
    uint64_t key = wanted->low ^ wanted->high * 31 ^ (uintptr_t)wanted->parent;
    return &memo->names[key * UINT64_C(0x9e3779b97f4a7c15) >> 32 & (QD_NAME_MEMO_COUNT - 2)];
}

/* A member that the memo does not know. */
static enum qd_status parse_new_member(struct qd_parse_context *context, struct qd_object_mapper *object,
                                       const struct qd_json_iterator *member, struct qd_error *error)
{
    struct name name;
    QD_TRY(split(context, member->key, &name, error));
    if (name.count > 1 && leads_through_disabled(object, &name)) return QD_OK;
    struct qd_mapper *mapper = find_mapper(context, object, &name);
    if (mapper == NULL) return parse_unknown(context, object, &name, member->value, error);
    struct qd_name_memo found = memo_of(object, member->key);
    if (context->input->memo != NULL && found.size > 0 && name.parts == &name.only) {
        struct qd_name_memo *places = memo_places(context->input->memo, &found);
        found.mapper = mapper;
        places[1] = places[0];
        places[0] = found;
    }
    return parse_found(context, mapper, name.full, member->value, error);
}

/* A name without dots that the mapping knows means the same in every document. */
static inline enum qd_status parse_member(struct qd_parse_context *context, struct qd_object_mapper *object,
                                          const struct qd_json_iterator *member, struct qd_error *error)
{
    struct qd_name_memo wanted = memo_of(object, member->key);
    if (context->input->memo != NULL && wanted.size > 0) {
        const struct qd_name_memo *places = memo_places(context->input->memo, &wanted);
        for (int i = 0; i < 2; i++) {
            if (!is_name(&places[i], &wanted)) continue;
            return parse_found(context, places[i].mapper, member->key, member->value, error);
        }
    }
    return parse_new_member(context, object, member, error);
}

static enum qd_status parse_members(struct qd_parse_context *context, struct qd_object_mapper *object,
                                    const struct qd_json *node, struct qd_error *error)
{
    if (++context->depth > context->mapping->limits.depth) {
        return qd_error_set(
            error, QD_OPENSEARCH_PARSE,
            "The depth of the field has exceeded the allowed limit of [%lld]. This limit can be set by "
            "changing the [index.mapping.depth.limit] index level setting.",
            (long long)context->mapping->limits.depth);
    }
    struct qd_json_iterator at = qd_json_iterate(node);
    while (qd_json_next(&at)) QD_TRY(parse_member(context, object, &at, error));
    context->depth--;
    return QD_OK;
}

static enum qd_status parse_object(struct qd_parse_context *context, struct qd_object_mapper *object,
                                   struct qd_slice name, const struct qd_json *value, struct qd_error *error)
{
    if (!object->enabled || qd_json_is_null(value)) return QD_OK;
    if (!qd_json_is_object(value)) {
        struct qd_slice current = context->in_array ? QD_SLICE("null") : name;
        return qd_error_set(
            error, QD_MAPPER_PARSING,
            "object mapping for [%.*s] tried to parse field [%.*s] as object, but found a concrete "
            "value",
            QD_SLICE_ARG(object->base.path), QD_SLICE_ARG(current));
    }
    bool in_array = context->in_array;
    context->in_array = false;
    QD_TRY(parse_members(context, object, value, error));
    context->in_array = in_array;
    return QD_OK;
}

static enum qd_status parse_mapper(struct qd_parse_context *context, struct qd_mapper *mapper,
                                   struct qd_slice name, const struct qd_json *value, struct qd_error *error)
{
    if (mapper->kind == QD_MAPPER_FIELD) {
        return parse_field(context, (struct qd_field_mapper *)mapper, value, error);
    }
    if (mapper->kind == QD_MAPPER_OBJECT) {
        return parse_object(context, (struct qd_object_mapper *)mapper, name, value, error);
    }
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Cannot write to a field alias [%.*s].",
                        QD_SLICE_ARG(mapper->path));
}

static enum qd_status parse_elements(struct qd_parse_context *context, struct qd_object_mapper *parent,
                                     const struct name *name, const struct qd_json *array,
                                     struct qd_error *error)
{
    bool in_array = context->in_array;
    struct qd_json_iterator at = qd_json_iterate(array);
    while (qd_json_next(&at)) {
        context->in_array = true;
        QD_TRY(parse_named(context, parent, name, at.value, error));
    }
    context->in_array = in_array;
    return QD_OK;
}

static enum qd_status enter_array(struct qd_parse_context *context, struct qd_error *error)
{
    if (++context->array_depth <= context->mapping->limits.depth) return QD_OK;
    return qd_error_set(
        error, QD_OPENSEARCH_PARSE,
        "The depth of the nested array field has exceeded the allowed limit of [%lld]. This limit "
        "can be set by changing the [index.mapping.depth.limit] index level setting.",
        (long long)context->mapping->limits.depth);
}

/* A value whose mapper is there: an array's elements have the same. */
static enum qd_status parse_found(struct qd_parse_context *context, struct qd_mapper *mapper,
                                  struct qd_slice name, const struct qd_json *value, struct qd_error *error)
{
    if (!qd_json_is_array(value)) {
        if (mapper->kind != QD_MAPPER_FIELD) return parse_mapper(context, mapper, name, value, error);
        return parse_field(context, (struct qd_field_mapper *)mapper, value, error);
    }
    QD_TRY(enter_array(context, error));
    bool in_array = context->in_array;
    struct qd_json_iterator at = qd_json_iterate(value);
    while (qd_json_next(&at)) {
        context->in_array = true;
        QD_TRY(parse_found(context, mapper, name, at.value, error));
    }
    context->in_array = in_array;
    context->array_depth--;
    return QD_OK;
}

static enum qd_status parse_unknown_array(struct qd_parse_context *context, struct qd_object_mapper *parent,
                                          const struct name *name, const struct qd_json *array,
                                          struct qd_error *error)
{
    QD_TRY(enter_array(context, error));
    struct name last = { .count = 1 };
    bool skip = false;
    QD_TRY(dynamic_parent(context, &parent, name, error));
    last.full = name->parts[name->count - 1];
    last.only = last.full;
    last.parts = &last.only;
    QD_TRY(qd_dynamic_array(context, parent, last.full, &skip, error));
    if (!skip) QD_TRY(parse_elements(context, parent, &last, array, error));
    context->array_depth--;
    return QD_OK;
}

/* A null of an unknown field matters to the strict settings only, and only to the object's own. */
static enum qd_status parse_unknown_null(const struct qd_object_mapper *parent, const struct name *name,
                                         struct qd_error *error)
{
    if (parent->dynamic != QD_DYNAMIC_STRICT && parent->dynamic != QD_DYNAMIC_STRICT_ALLOW_TEMPLATES)
        return QD_OK;
    return qd_dynamic_refuse(parent->dynamic, parent, name->full, error);
}

static enum qd_status parse_unknown(struct qd_parse_context *context, struct qd_object_mapper *parent,
                                    const struct name *name, const struct qd_json *value,
                                    struct qd_error *error)
{
    if (qd_json_is_array(value)) return parse_unknown_array(context, parent, name, value, error);
    if (qd_json_is_null(value)) return parse_unknown_null(parent, name, error);
    QD_TRY(dynamic_parent(context, &parent, name, error));
    return parse_dynamic(context, parent, name->parts[name->count - 1], value, error);
}

static enum qd_status parse_named(struct qd_parse_context *context, struct qd_object_mapper *parent,
                                  const struct name *name, const struct qd_json *value,
                                  struct qd_error *error)
{
    struct qd_mapper *mapper = find_mapper(context, parent, name);
    if (mapper != NULL) return parse_found(context, mapper, name->full, value, error);
    return parse_unknown(context, parent, name, value, error);
}

/* ---- the document ---- */

static int compare_slices(const void *left, const void *right)
{
    return qd_slice_compare(*(const struct qd_slice *)left, *(const struct qd_slice *)right);
}

static void add_metadata(struct qd_parse_context *context)
{
    if (context->input->routing.data != NULL) {
        qd_add_term(context, context->mapping->routing, context->input->routing);
    }
    size_t count = context->ignored.entry_count;
    if (count == 0) return;
    struct qd_slice *names = QD_NEW_ARRAY(context->arena, struct qd_slice, count);
    for (size_t i = 0; i < count; i++) names[i] = context->ignored.entries[i].key;
    qsort(names, count, sizeof(*names), compare_slices);
    for (size_t i = 0; i < count; i++) qd_add_term(context, context->mapping->ignored, names[i]);
}

/* Looked at while the tokens are still in the cache of the processor that made them; the shard's lane, on
 * another one, then does not have to. */
static bool terms_fit(const struct qd_accumulator *values)
{
    size_t longest = values->longest;
    for (uint32_t i = 0; i < values->token_list_count; i++) {
        const struct qd_token_list *list = &values->token_lists[i];
        for (size_t k = 0; k < list->count; k++) {
            if (list->data[k].term.size > longest) longest = list->data[k].term.size;
        }
    }
    return longest <= QD_TERM_SIZE_MAX;
}

/* What was gathered of a field. Single values move out of the accumulator, which lives as long as the parser
 * only. */
static void collect_field(const struct qd_accumulator *from, struct qd_document_field *field)
{
    *field = (struct qd_document_field){ .field = &from->mapper->field,
                                         .token_lists = from->token_lists,
                                         .terms = from->terms,
                                         .numbers = from->numbers,
                                         .stored = from->stored,
                                         .token_list_count = from->token_list_count,
                                         .term_count = from->term_count,
                                         .number_count = from->number_count,
                                         .stored_count = from->stored_count,
                                         .one_number = from->first_number,
                                         .one_term = from->first_term };
    if (from->numbers == &from->first_number) field->numbers = &field->one_number;
    if (from->terms == &from->first_term) field->terms = &field->one_term;
}

static void collect(struct qd_parse_context *context, struct qd_document *document)
{
    size_t words = (context->mapping->slot_count + 63) / 64;
    uint32_t count = 0;
    for (size_t i = 0; i < words; i++) count += (uint32_t)__builtin_popcountll(context->touched[i]);
    struct qd_document_field *fields = qd_arena_alloc(context->arena, sizeof(*fields) * (count + 1));
    count = 0;
    document->terms_fit = true;
    for (size_t i = 0; i < words; i++) {
        for (uint64_t left = context->touched[i]; left != 0; left &= left - 1) {
            const struct qd_accumulator *from = context->slots[i * 64 + (size_t)__builtin_ctzll(left)];
            collect_field(from, &fields[count]);
            document->terms_fit = terms_fit(from) && document->terms_fit;
            count++;
        }
    }
    document->fields = fields;
    document->field_count = count;
}

/* Errors that are no mapper_parsing_exception get one around them. */
static enum qd_status wrap_document(const struct qd_parse_context *context, enum qd_status status,
                                    struct qd_error *error)
{
    bool done = status == QD_OK || status == QD_MAPPER_PARSING || status == QD_STRICT_DYNAMIC_MAPPING;
    if (done || context->plain_error) return status;
    return qd_error_wrap(error, QD_MAPPER_PARSING, "failed to parse");
}

static void context_init(struct qd_parse_context *context, const struct qd_mapping *mapping,
                         const struct qd_document_input *input, struct qd_arena *arena)
{
    *context = (struct qd_parse_context){ .mapping = mapping, .input = input, .arena = arena };
    context->scratch = input->scratch != NULL ? input->scratch : arena;
    context->slots = QD_NEW_ARRAY(context->scratch, struct qd_accumulator *, mapping->slot_count);
    context->touched = QD_NEW_ARRAY(context->scratch, uint64_t, (mapping->slot_count + 63) / 64);
    qd_map_init(&context->ignored, arena);
    if (input->memo != NULL && input->memo->mapping != mapping) {
        memset(input->memo->names, 0, sizeof(input->memo->names));
        input->memo->mapping = mapping;
    }
    context->build = (struct qd_mapping_build){ .arena = arena,
                                                .registry = mapping->registry,
                                                .limits = &mapping->limits };
}

/* A document of a catalogue or a log has some dozens of words of which half are new. */
#define WORDS_PER_DOCUMENT 8
/* Below this a memo costs more than it saves. */
#define MEMO_DOCUMENTS_MIN 16

struct qd_parse_memo *qd_parse_memo_create(struct qd_arena *arena, size_t document_count)
{
    if (document_count < MEMO_DOCUMENTS_MIN) return NULL;
    struct qd_parse_memo *memo = QD_NEW(arena, struct qd_parse_memo);
    memo->words = qd_word_memo_create(arena, document_count * WORDS_PER_DOCUMENT);
    return memo;
}

enum qd_status qd_document_parse(const struct qd_mapping *mapping, const struct qd_document_input *input,
                                 struct qd_arena *arena, struct qd_document *document,
                                 struct qd_slice *dynamic_update, struct qd_error *error)
{
    struct qd_parse_context context;
    context_init(&context, mapping, input, arena);
    const struct qd_json *root = input->json->root;
    if (!qd_json_is_object(root)) {
        (void)qd_error_set(
            error, QD_NOT_X_CONTENT,
            "Compressor detection can only be called on some xcontent bytes or compressed xcontent "
            "bytes");
        return qd_error_wrap(error, QD_MAPPER_PARSING, "failed to parse");
    }
    enum qd_status status = QD_OK;
    if (mapping->root->enabled) status = parse_members(&context, mapping->root, root, error);
    QD_TRY(wrap_document(&context, status, error));
    QD_TRY(qd_dynamic_update(&context, dynamic_update, error));
    add_metadata(&context);
    *document = (struct qd_document){ .id = input->id, .routing = input->routing };
    if (qd_mapping_source_enabled(mapping)) {
        document->source = mapping->source_filter == NULL
                               ? input->json->source
                               : qd_kept_source_apply(mapping->source_filter, root, arena);
    }
    collect(&context, document);
    return QD_OK;
}
