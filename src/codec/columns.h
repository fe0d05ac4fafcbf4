/* Doc values: columns of longs, ordinals or bytes.
 *
 * Used by sorting, aggregation, range queries, field fetching and merges. Encodings: constant, bit-packed
 * with minimum and greatest common divisor, table, block-wise; ordinals for keywords; a skip index with
 * minimum, maximum and count every 4096 documents. Documents may have no value or many. Format:
 * spec/formats/columns.md.
 */
#ifndef QD_CODEC_COLUMNS_H
#define QD_CODEC_COLUMNS_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/slice.h"
#include "base/status.h"
#include "codec/segment.h"

#define QD_COLUMN_SKIP_DOCS 4096

/* ---- writing ---- */
/* A column of longs: document docs[i] has values[starts[i] .. starts[i + 1]), ascending. docs ascending, each
 * with >= 1 value. */
struct qd_numeric_input {
    const qd_doc_id *docs;  /* docs[count] */
    const uint32_t *starts; /* starts[count + 1], or NULL: exactly one value each */
    const int64_t *values;  /* in document order */
    uint32_t count;         /* documents with a value */
};
void qd_numeric_write(struct qd_arena *scratch, struct qd_sections_writer *sections, uint32_t field,
                      uint32_t doc_count, const struct qd_numeric_input *input);

/* A column of ordinals: values are ordinals into terms[term_count], which ascend by bytes; ordinals of a
 * document ascend, none twice. */
struct qd_ordinal_input {
    struct qd_numeric_input ordinals; /* values are 0 .. term_count - 1 */
    const struct qd_slice *terms;     /* terms[term_count] */
    uint32_t term_count;
};
void qd_ordinal_write(struct qd_arena *scratch, struct qd_sections_writer *sections, uint32_t field,
                      uint32_t doc_count, const struct qd_ordinal_input *input);

/* A column of byte strings: document docs[i] has values[starts[i] .. starts[i + 1]). */
struct qd_binary_input {
    const qd_doc_id *docs;
    const uint32_t *starts; /* or NULL: one each */
    const struct qd_slice *values;
    uint32_t count;
};
void qd_binary_write(struct qd_arena *scratch, struct qd_sections_writer *sections, uint32_t field,
                     uint32_t doc_count, const struct qd_binary_input *input);

/* ---- numeric ---- */
QD_CHECKED enum qd_status qd_numeric_open(struct qd_arena *arena, const struct qd_sections *sections,
                                          uint32_t field, uint32_t doc_count,
                                          struct qd_numeric_column **column, struct qd_error *error);

/* Facts about a column. */
struct qd_column_facts {
    int64_t min; /* smallest value; 0 when there is none */
    int64_t max;
    uint64_t value_count; /* values of all documents */
    uint32_t doc_count;   /* documents with a value */
    bool single;          /* no document has more than one value */
    bool dense;           /* every document has a value */
};
struct qd_column_facts qd_numeric_facts(const struct qd_numeric_column *column);

/* Number of values of a document (0: none) and the i-th, ascending. Random access. */
uint32_t qd_numeric_count(const struct qd_numeric_column *column, qd_doc_id doc);
int64_t qd_numeric_at(const struct qd_numeric_column *column, qd_doc_id doc, uint32_t i);

/* The first value of a document into *value; false when it has none. */
bool qd_numeric_first(const struct qd_numeric_column *column, qd_doc_id doc, int64_t *value);

/* Decodes the single values of docs[count] (ascending) into values[count]; has[i] tells whether doc i has one
 * (has may be NULL for dense columns). Only for single columns; the fast way for aggregations. */
void qd_numeric_gather(const struct qd_numeric_column *column, const qd_doc_id *docs, size_t count,
                       int64_t *values, bool *has);

/* Decodes documents [from, to) of a single, dense column into values[to - from]. */
void qd_numeric_range_decode(const struct qd_numeric_column *column, qd_doc_id from, qd_doc_id to,
                             int64_t *values);

/* Bit i tells whether values[i] of values[64] lies in [low, high]: the fast way to compare what was decoded.
 */
uint64_t qd_numeric_inside(const struct qd_numeric_column *column, const int64_t *values, int64_t low,
                           int64_t high);

/* The whole column, for merges: docs[facts.doc_count] with a value, ascending; values[facts.value_count] of
 * them all. Those of docs[i] are values[starts[i] .. starts[i + 1]): starts[facts.doc_count + 1], which
 * single columns leave alone (NULL will do). */
void qd_numeric_decode_all(const struct qd_numeric_column *column, qd_doc_id *docs, uint32_t *starts,
                           int64_t *values);

/* Where tallies are added. */
struct qd_tally_target {
    uint32_t *tallies; /* see qd_numeric_tally_words */
    size_t lane;       /* 0, or at least qd_numeric_tally_size() */
};

/* Adds to tallies[value] how many values of the column there are; the values are 0 or more, as ordinals are.
 * tallies has room for qd_numeric_tally_size() entries: a little more than the values need. */
void qd_numeric_tally(const struct qd_numeric_column *column, uint32_t *tallies);
size_t qd_numeric_tally_size(const struct qd_numeric_column *column);

/* The same for the documents from + i whose bits are set in words[word_count], only for single, dense
 * columns. With lane > 0 a count is the sum of tallies[value + k * lane], k = 0 .. 3. */
void qd_numeric_tally_words(const struct qd_numeric_column *column, qd_doc_id from, const uint64_t *words,
                            size_t word_count, struct qd_tally_target target);

/* Skip index: the entry of the group that holds `doc`: documents [*first, *last], min, max, documents with
 * values. */
struct qd_skip_entry {
    qd_doc_id first; /* group's first document, a multiple of QD_COLUMN_SKIP_DOCS */
    qd_doc_id last;  /* its last one, inclusive */
    int64_t min;     /* of the group's values */
    int64_t max;
    uint32_t doc_count; /* documents with a value */
};
struct qd_skip_entry qd_numeric_skip(const struct qd_numeric_column *column, qd_doc_id doc);

/* Sets bits[doc - from] for documents in [from, to) with at least one value in [lower, upper]. Uses the skip
 * index. */
void qd_numeric_match_range(const struct qd_numeric_column *column, int64_t lower, int64_t upper,
                            qd_doc_id from, qd_doc_id to, uint64_t *words);

/* Sets bits[doc - from] for documents in [from, to) with a value. */
void qd_numeric_exists(const struct qd_numeric_column *column, qd_doc_id from, qd_doc_id to, uint64_t *words);

/* ---- ordinals ---- */
QD_CHECKED enum qd_status qd_ordinal_open(struct qd_arena *arena, const struct qd_sections *sections,
                                          uint32_t field, uint32_t doc_count,
                                          struct qd_ordinal_column **column, struct qd_error *error);

/* The column of ordinals itself: count, at, gather, skip, match_range ... all work on it with ordinals as
 * values. */
const struct qd_numeric_column *qd_ordinal_numbers(const struct qd_ordinal_column *column);

/* Distinct terms. */
uint32_t qd_ordinal_term_count(const struct qd_ordinal_column *column);

/* The term of an ordinal, decoded into `arena` or a view of the column. */
struct qd_slice qd_ordinal_term(const struct qd_ordinal_column *column, uint32_t ordinal,
                                struct qd_arena *arena);

/* All terms in order, each made from the one before. Begins as { .column = column }. */
struct qd_ordinal_walk {
    const struct qd_ordinal_column *column; /* whose terms */
    uint32_t next;          /* ordinal of the next term */
    struct qd_reader block; /* behind the term before */
    char *bytes;            /* the term before, in the arena of the steps */
    size_t size;            /* its size */
    size_t capacity;        /* of bytes */
};

/* The term walk->next, which must be less than the number of terms. Valid until the next step. */
struct qd_slice qd_ordinal_walk_next(struct qd_ordinal_walk *walk, struct qd_arena *arena);

/* The term of an ordinal that is not less than walk->next; those between are passed over, whole blocks of
 * them unread. Valid until the next step. */
struct qd_slice qd_ordinal_walk_to(struct qd_ordinal_walk *walk, uint32_t ordinal, struct qd_arena *arena);

/* The ordinal of `term`: its own (true), or that of the first term greater (false; term_count when none). */
bool qd_ordinal_find(const struct qd_ordinal_column *column, struct qd_slice term, uint32_t *ordinal);

/* ---- binary ---- */
QD_CHECKED enum qd_status qd_binary_open(struct qd_arena *arena, const struct qd_sections *sections,
                                         uint32_t field, uint32_t doc_count, struct qd_binary_column **column,
                                         struct qd_error *error);
uint32_t qd_binary_count(const struct qd_binary_column *column, qd_doc_id doc);
struct qd_slice qd_binary_at(const struct qd_binary_column *column, qd_doc_id doc, uint32_t i);
void qd_binary_exists(const struct qd_binary_column *column, qd_doc_id from, qd_doc_id to, uint64_t *words);

#endif
