/* Gathering the values of one document, field by field.
 *
 * Used by the document parser and the field types' parse functions. Values go to the slot of their field; a
 * field that the mapping does not have yet (dynamic) has no slot, its values are checked and dropped.
 */
#ifndef QD_MAPPING_ACCUMULATE_H
#define QD_MAPPING_ACCUMULATE_H

#include "analysis/word_memo.h"
#include "mapping/mapper.h"

/* The values of one field so far. The first number and term live inside; what is more goes to arrays. */
struct qd_accumulator {
    struct qd_field_mapper *mapper;     /* the field */
    struct qd_token_list *token_lists;  /* token_lists[token_list_count] */
    int64_t *numbers;                   /* numbers[number_count] */
    struct qd_slice *terms;             /* terms[term_count] */
    struct qd_slice *stored;            /* stored[stored_count] */
    uint32_t token_list_count, token_list_capacity; /* used and room */
    uint32_t number_count, number_capacity;         /* used and room */
    uint32_t term_count, term_capacity;             /* used and room */
    uint32_t stored_count, stored_capacity;         /* used and room */
    int64_t first_number;               /* what numbers points to at first */
    struct qd_slice first_term;         /* what terms points to at first */
    size_t longest;                     /* bytes of the longest term */
};

/* A field or object that the document introduced. */
struct qd_new_mapper {
    struct qd_mapper *mapper; /* a field or an object */
    size_t order; /* in the document */
};

/* Names up to this size are remembered. */
#define QD_NAME_MEMO_SIZE 16
/* Places for them; a power of two. A name has two: its hash's and the one beside it. */
#define QD_NAME_MEMO_COUNT 128

/* A member's name in an object and what it means there. */
struct qd_name_memo {
    const struct qd_object_mapper *parent; /* the object */
    struct qd_mapper *mapper;              /* its child of that name */
    uint64_t low;                          /* the name's first eight bytes, or all of fewer */
    uint64_t high;                         /* its last eight bytes, or 0 */
    uint32_t size;                         /* of the name; 0: a free place */
};

/* See mapping/document.h. */
struct qd_parse_memo {
    const struct qd_mapping *mapping;              /* that the names were looked up in */
    struct qd_word_memo *words;                    /* what analysis has made of words */
    struct qd_name_memo names[QD_NAME_MEMO_COUNT]; /* by hash; of two names the newer stays */
};

/* One run over a document. */
struct qd_parse_context {
    const struct qd_mapping *mapping;      /* of the index */
    const struct qd_document_input *input; /* the document */
    struct qd_arena *arena;        /* for what the document is made of */
    struct qd_arena *scratch;      /* for slots and accumulators */
    struct qd_accumulator **slots; /* slots[mapping->slot_count], NULL where nothing was added */
    uint64_t *touched; /* bit set of slots in use */
    struct qd_accumulator *spare;  /* spare[spare_count]: not yet in use */
    uint32_t spare_count;          /* how many */
    QD_VECTOR(struct qd_new_mapper) added; /* what the document brought */
    struct qd_map ignored; /* names of fields with malformed or too long values */
    struct qd_mapping_build build; /* for new fields */
    uint32_t depth; /* of objects */
    uint32_t array_depth; /* of arrays */
    bool in_copy_to;      /* the value at hand is a copy */
    bool in_array; /* the value at hand is an element */
    bool plain_error; /* the error is Lucene's: nothing is put around it */
};

/* The accumulator of a field; NULL when the field has no slot. */
struct qd_accumulator *qd_accumulate(struct qd_parse_context *context, struct qd_field_mapper *mapper);

/* Adds one value. */
void qd_add_number(struct qd_parse_context *context, struct qd_field_mapper *mapper, int64_t number);
void qd_add_term(struct qd_parse_context *context, struct qd_field_mapper *mapper, struct qd_slice term);
void qd_add_stored(struct qd_parse_context *context, struct qd_field_mapper *mapper, struct qd_slice json);
struct qd_token_list *qd_add_token_list(struct qd_parse_context *context, struct qd_field_mapper *mapper);

/* Notes that a field's value was left out (_ignored). */
void qd_add_ignored(struct qd_parse_context *context, const struct qd_field_mapper *mapper);

/* Notes a field that exists queries find by _field_names (see mapping.h). */
void qd_add_field_name(struct qd_parse_context *context, struct qd_field_mapper *mapper);

/* Text as a JSON string. Memory: the context's arena. */
struct qd_slice qd_json_quote(struct qd_arena *arena, struct qd_slice text);

/* The reference's "Can't get text on a START_OBJECT at 1:7". */
enum qd_status qd_value_refuse_object(struct qd_parse_context *context, const struct qd_json *value,
                                      struct qd_error *error);

/* The text of a scalar for types that take text. Objects: qd_value_refuse_object. */
static inline enum qd_status qd_value_text(struct qd_parse_context *context, const struct qd_json *value,
                                           struct qd_slice *text, struct qd_error *error)
{
    if (qd_json_is_object(value)) return qd_value_refuse_object(context, value, error);
    *text = qd_json_text(value);
    return QD_OK;
}

/* Jackson's complaint about a token, twice as the reference shows it; the position is appended. */
enum qd_status qd_coercion_error(struct qd_parse_context *context, const struct qd_json *value,
                                 struct qd_slice reason, struct qd_error *error);

/* The same for json_parse_exception over stream_read_exception. */
enum qd_status qd_stream_error(struct qd_parse_context *context, const struct qd_json *value,
                               struct qd_slice reason, struct qd_error *error);

/* "VALUE_TRUE", "START_OBJECT", ... */
const char *qd_token_name(const struct qd_json *value);

/* _doc_count. */
enum qd_status qd_doc_count_parse(struct qd_parse_context *context, struct qd_field_mapper *mapper,
                                  const struct qd_json *value, struct qd_error *error);

#endif
