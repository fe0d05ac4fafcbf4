/* Text to tokens: analyzers, tokenizers, token filters, char filters and normalizers.
 *
 * Used by mapping (indexing), search (query text), highlighting and the _analyze call. A registry is built
 * from an index's `analysis` settings, is immutable afterwards and may be used by many threads at once; every
 * run takes its memory from the caller's arena. A value is analysed as one batch: the tokenizer fills a token
 * list, each filter rewrites it. Offsets are byte offsets into the original UTF-8 text (before char filters);
 * the _analyze call turns them into UTF-16 units, which OpenSearch prints. Source: Lucene 10.5
 * analysis-common, OpenSearch 3.8.0 analysis-common module.
 */
#ifndef QD_ANALYSIS_ANALYSIS_H
#define QD_ANALYSIS_ANALYSIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/slice.h"
#include "base/status.h"
#include "base/vector.h"

/* Lucene's limit: a longer term is an error when it is indexed. Bytes. */
#define QD_TERM_SIZE_MAX 32766

/* One token. */
struct qd_token {
    struct qd_slice term;        /* UTF-8; in the run's arena or in the input text */
    uint32_t start_offset;       /* bytes into the original text */
    uint32_t end_offset;         /* one past the last byte */
    uint32_t position_increment; /* 0: same position as the token before */
    uint32_t position_length;    /* positions that it spans, >= 1 */
    const char *type;            /* "<ALPHANUM>", "word", "SYNONYM", ...; static storage */
    bool keyword;                /* stemmers leave it alone */
};

/* The tokens of one text, in order. */
struct qd_token_list {
    struct qd_token *data; /* data[count], room for capacity */
    size_t count;          /* tokens */
    size_t capacity;       /* room of data */
    uint32_t final_position_increment; /* holes after the last token (removed stop words) */
    uint32_t final_offset;             /* end of the text in bytes of the original */
};

struct qd_analyzer;          /* char filters + tokenizer + token filters; immutable */
struct qd_analysis_registry; /* the named components of one index */

/* Builds the registry of an index. `settings` is the JSON object below `index.analysis` in nested form
 * ({"analyzer":{...},"tokenizer":{...},"filter":{...},"char_filter":{...},"normalizer":{...}}) or NULL;
 * values may be strings where numbers and booleans are meant. `limits` bounds what settings may ask for.
 * Memory: the registry lives in `arena`, and what it points to in `settings` must live as long.
 * Errors: QD_ILLEGAL_ARGUMENT with the reference's reason, for unknown types and bad parameters. */
struct qd_analysis_files {
    void *context;             /* for read */
    struct qd_slice directory; /* absolute path of the configuration directory; empty: there is none */
    /* Reads a whole file of at most size_max bytes into `arena`; false when it cannot be read. */
    bool (*read)(void *context, struct qd_arena *arena, struct qd_slice path, size_t size_max,
                 struct qd_slice *text);
};
struct qd_analysis_limits {
    int64_t max_ngram_diff;   /* index.max_ngram_diff, 1 by default */
    int64_t max_shingle_diff; /* index.max_shingle_diff, 3 by default */
    const struct qd_analysis_files *files; /* for settings that name files; NULL: none can be read */
};
QD_CHECKED enum qd_status qd_analysis_create(struct qd_arena *arena, const struct qd_json *settings,
                                             const struct qd_analysis_limits *limits,
                                             struct qd_analysis_registry **registry, struct qd_error *error);

/* The analyzer named `name`: one of the index's own or a prebuilt one ("standard", "english", ...); NULL when
 * there is none. "default" is the index's default analyzer. */
const struct qd_analyzer *qd_analysis_analyzer(const struct qd_analysis_registry *registry,
                                               struct qd_slice name);

/* The analyzer for indexing when a field names none ("default", else standard), and for searching
 * ("default_search", else "default", else standard). */
const struct qd_analyzer *qd_analysis_default(const struct qd_analysis_registry *registry);
const struct qd_analyzer *qd_analysis_default_search(const struct qd_analysis_registry *registry);

/* The normalizer named `name` (the index's own, or "lowercase"), or NULL. A normalizer is an analyzer that
 * gives at most one token. */
const struct qd_analyzer *qd_analysis_normalizer(const struct qd_analysis_registry *registry,
                                                 struct qd_slice name);

/* Analyses `text`. `tokens` is overwritten. Pure: same input, same tokens.
 * Errors: QD_ILLEGAL_ARGUMENT (a filter refuses the text), QD_ILLEGAL_STATE. */
QD_CHECKED enum qd_status qd_analyzer_run(const struct qd_analyzer *analyzer, struct qd_arena *arena,
                                          struct qd_slice text, struct qd_token_list *tokens,
                                          struct qd_error *error);

/* Analyzers of the hidden fields of text: `base` and one more filter, under base's name. The one gives each
 * token's prefixes of min to max code points and keeps the gap; the other gives pairs of adjacent tokens with
 * a blank between, and has a gap only when `base` was built from named components.
 * Memory: `arena`; what `base` points to is shared. */
const struct qd_analyzer *qd_analyzer_of_prefixes(struct qd_arena *arena, const struct qd_analyzer *base,
                                                  int32_t min, int32_t max);
const struct qd_analyzer *qd_analyzer_of_pairs(struct qd_arena *arena, const struct qd_analyzer *base);

/* Runs the last filter of `analyzer` alone, over tokens that what stands before it has given. The tokens that
 * come in are left as they are, only the list changes. Errors: those of qd_analyzer_run. */
QD_CHECKED enum qd_status qd_analyzer_run_last(const struct qd_analyzer *analyzer, struct qd_arena *arena,
                                               struct qd_token_list *tokens, struct qd_error *error);

/* What an analyzer does to the text of a single term without tokenizing it, for prefix, wildcard, regexp,
 * fuzzy and range on analysed fields (Lucene's Analyzer.normalize: char filters and filters that normalise,
 * e.g. lowercase and asciifolding). */
struct qd_slice qd_analyzer_normalize(const struct qd_analyzer *analyzer, struct qd_arena *arena,
                                      struct qd_slice text);

/* The name under which the analyzer is known; static or registry memory. */
struct qd_slice qd_analyzer_name(const struct qd_analyzer *analyzer);

/* position_increment_gap of a custom analyzer (100 by default) and position of its setting. */
uint32_t qd_analyzer_position_increment_gap(const struct qd_analyzer *analyzer);

/* True when a filter puts tokens of several lengths at one position (shingles, pairs of letters): a text is
 * then no graph whose paths queries should follow. Source: OpenSearch DisableGraphAttribute. */
bool qd_analyzer_mixes_lengths(const struct qd_analyzer *analyzer);

/* What an _analyze call is answered with. */
struct qd_analysis_scope {
    /* The index's, or NULL for a request without an index (the messages then speak of "global" components).
     */
    const struct qd_analysis_registry *registry;
    const struct qd_analysis_files *files;    /* without an index; may be NULL */
    const struct qd_analyzer *field_analyzer; /* what the caller resolved `field` to, or NULL */
    int64_t max_token_count;                  /* index.analyze.max_token_count */
};

/* Answers a body of the _analyze call ({"analyzer","tokenizer","filter","char_filter","normalizer","text",
 * "explain","attributes"}) as JSON text of the response into `out`. Errors: the reference's for each bad
 * request. */
struct qd_buffer;
QD_CHECKED enum qd_status qd_analysis_analyze(const struct qd_analysis_scope *scope,
                                              const struct qd_json *body, struct qd_buffer *out,
                                              struct qd_error *error);

/* Checks the shape of an _analyze body (unknown fields, wrong types), with the positions that the reference
 * names. Call it before qd_analysis_analyze. Errors: QD_X_CONTENT_PARSE. */
QD_CHECKED enum qd_status qd_analysis_check_body(const struct qd_json_document *document,
                                                 struct qd_error *error);

#endif
