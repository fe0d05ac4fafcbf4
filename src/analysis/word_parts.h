/* Cutting words at delimiters, case changes and digits.
 *
 * Used by filter_word_delimiter.c and filter_word_delimiter_graph.c. Source: Lucene WordDelimiterIterator.
 */
#ifndef QD_ANALYSIS_WORD_PARTS_H
#define QD_ANALYSIS_WORD_PARTS_H

#include "analysis/word_set.h"

/* Classes of characters, as bits. */
enum {
    QD_PART_LOWER = 1,
    QD_PART_UPPER = 2,
    QD_PART_DIGIT = 4,
    QD_PART_DELIMITER = 8,
    QD_PART_ALPHA = 3,
    QD_PART_ALPHANUM = 7
};

/* A character whose class the settings give. */
struct qd_word_parts_type {
    uint32_t code_point;
    uint8_t type;
};

/* Settings of both filters. */
struct qd_word_parts_options {
    bool generate_word_parts;
    bool generate_number_parts;
    bool catenate_words;
    bool catenate_numbers;
    bool catenate_all;
    bool split_on_case_change;
    bool preserve_original;
    bool split_on_numerics;
    bool stem_english_possessive;
    bool adjust_offsets;
    bool ignore_keywords;
    struct qd_word_set protected_words;
    struct qd_word_parts_type *types; /* types[type_count] */
    size_t type_count;
};

/* A walk over the parts of one term. Offsets are bytes of the term. */
struct qd_word_parts {
    const struct qd_word_parts_options *options;
    struct qd_slice term;
    size_t *borders; /* borders[count + 1]: byte offsets of the characters, then the end */
    uint8_t *types;  /* types[count] */
    size_t count;    /* characters */
    size_t first;    /* first character that is no delimiter */
    size_t bound;    /* one past the last character that is no delimiter */
    size_t current;  /* first character of the present part */
    size_t end;      /* one past its last character */
    bool done;       /* no further part */
    bool final_possessive;
    bool skip_possessive;
};

/* Reads the settings. Errors: bad types and booleans. */
QD_CHECKED enum qd_status qd_word_parts_read(const struct qd_component_settings *settings,
                                             struct qd_word_parts_options *options, struct qd_error *error);

/* Starts a walk; qd_word_parts_next finds the first part. Memory: the arena's. */
void qd_word_parts_start(struct qd_word_parts *parts, const struct qd_word_parts_options *options,
                         struct qd_arena *arena, struct qd_slice term);

/* Moves to the next part; sets done when there is none. */
void qd_word_parts_next(struct qd_word_parts *parts);

/* The class of the present part. */
uint8_t qd_word_parts_type(const struct qd_word_parts *parts);

/* True when the part is all of the term but delimiters and a possessive. */
bool qd_word_parts_single(const struct qd_word_parts *parts);

/* The bytes of characters [from, to). */
struct qd_slice qd_word_parts_slice(const struct qd_word_parts *parts, size_t from, size_t to);

/* True when parts of a class are joined, or given on their own. */
bool qd_word_parts_joins(const struct qd_word_parts_options *options, uint8_t type);
bool qd_word_parts_generates(const struct qd_word_parts_options *options, uint8_t type);

/* Byte offsets in the original text of characters [from, to) of a token's term. `exact` says whether the term
 * has as many UTF-16 units as its place in the text. */
struct qd_word_parts_place {
    bool exact;
    uint32_t *offsets; /* offsets[count + 1] when exact */
};
void qd_word_parts_locate(const struct qd_word_parts *parts, const struct qd_component_run *run,
                          const struct qd_token *token, struct qd_word_parts_place *place);

#endif
