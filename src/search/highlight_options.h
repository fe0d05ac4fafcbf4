/* The options of highlighting: one set per field, global ones filled in.
 *
 * Used by highlight*.c. Source: OpenSearch HighlightBuilder, AbstractHighlighterBuilder.
 */
#ifndef QD_SEARCH_HIGHLIGHT_OPTIONS_H
#define QD_SEARCH_HIGHLIGHT_OPTIONS_H

#include "base/json.h"
#include "search/query.h"

/* boundary_scanner. */
enum qd_boundary_scanner { QD_BOUNDARY_SENTENCE, QD_BOUNDARY_WORD, QD_BOUNDARY_CHARS };

/* Options of one field. Numbers are -1 until they are given. */
struct qd_highlight_options {
    struct qd_slice type;                           /* data NULL: unified */
    struct qd_slice fragmenter;                     /* plain: data NULL: span */
    struct qd_slice pre_tag, post_tag;              /* around a match */
    int64_t fragment_size;                          /* UTF-16 units; 100 */
    int64_t number_of_fragments;                    /* 5; 0: whole values */
    int64_t no_match_size;                          /* 0 */
    int64_t max_analyzer_offset;                    /* -1: the index setting is a limit that fails */
    bool score_order;                               /* order: score */
    bool require_field_match;                       /* only leaves of the field itself count */
    bool require_given, order_given, scanner_given, offset_given; /* this level said something */
    enum qd_boundary_scanner scanner;               /* sentence by default */
    const struct qd_query *query;                   /* highlight_query, or NULL */
};

/* A field as the request names it, perhaps by a pattern. */
struct qd_highlight_field {
    struct qd_slice name;                /* perhaps a pattern */
    struct qd_highlight_options options; /* complete */
};

/* A parsed highlight object. */
struct qd_highlight_request {
    const struct qd_highlight_field *fields; /* fields[count], in the order of the request */
    size_t count;                            /* fields named */
    struct qd_highlight_options global;      /* as given beside the fields */
    bool html;                               /* encoder */
};

/* Parses a `highlight` object. Memory: `arena`. Errors: the reference's. */
QD_CHECKED enum qd_status qd_highlight_options_parse(const struct qd_json_document *document,
                                                     const struct qd_json *json, struct qd_arena *arena,
                                                     struct qd_highlight_request *request,
                                                     struct qd_error *error);

#endif
