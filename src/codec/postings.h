/* Terms and postings of one field: writing, looking up, walking.
 *
 * Used by the in-memory index builder, merges, queries and highlighting. Postings come in blocks of 256
 * documents, delta coded and bit-packed (dense blocks as bitsets), with frequencies, impacts (pairs of
 * frequency and norm) in two skip levels (each block, each 32 blocks), positions and offsets in streams of
 * their own.
 * Format: spec/formats/postings.md. Source: Lucene 10.5 Lucene104PostingsFormat (idea), simdcomp.
 */
#ifndef QD_CODEC_POSTINGS_H
#define QD_CODEC_POSTINGS_H

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"
#include "codec/automaton.h"
#include "codec/segment.h"

#define QD_POSTINGS_BLOCK 256

/* ---- writing ---- */
struct qd_postings_writer;

/* Starts the inverted index of `field` (number set). `norms[doc_count]` or NULL: the norm byte of each
 * document, for impacts. */
struct qd_postings_writer *qd_postings_writer_create(struct qd_arena *arena,
                                                     struct qd_sections_writer *sections,
                                                     const struct qd_segment_field *field,
                                                     const uint8_t *norms,
                                                     uint32_t doc_count);

/* Starts a term; terms come in ascending byte order, none twice. */
void qd_postings_writer_term(struct qd_postings_writer *writer, struct qd_slice term);

/* Adds a document to the term, ascending. `freq` >= 1 (1 when frequencies are not indexed). When positions
 * are indexed exactly `freq` calls of qd_postings_writer_position follow. */
void qd_postings_writer_doc(struct qd_postings_writer *writer, qd_doc_id doc, uint32_t freq);

/* Adds a position (not descending) and, with offsets indexed, the byte offsets of the token. */
void qd_postings_writer_position(struct qd_postings_writer *writer, uint32_t position, uint32_t start_offset,
                                 uint32_t end_offset);

/* Documents of one term together, for qd_postings_writer_run. */
struct qd_postings_docs {
    const qd_doc_id *docs;      /* docs[count], ascending */
    const uint32_t *freqs;      /* freqs[count], each >= 1; NULL: all 1 */
    uint32_t count;             /* documents, at least 1 */
    /* for each occurrence how far it is behind the one before in its document, or behind 0; NULL without
     * positions */
    const uint32_t *distances;
};

/* Adds a run of documents as qd_postings_writer_doc and qd_postings_writer_position do one by one. Not for
 * fields with offsets. */
void qd_postings_writer_run(struct qd_postings_writer *writer, const struct qd_postings_docs *run);

/* Writes the field's sections. doc_count_with_field: documents that have at least one term. */
void qd_postings_writer_finish(struct qd_postings_writer *writer);

/* ---- terms ---- */
/* Collection statistics of a field within one segment (deleted documents still count, as in Lucene). */
struct qd_terms_stats {
    uint64_t term_count;
    uint64_t doc_count;            /* documents with at least one term */
    uint64_t sum_doc_freq;         /* postings */
    uint64_t sum_total_term_freq;  /* tokens; equals sum_doc_freq without frequencies */
};

/* Opens a field's terms; used by qd_segment_terms. Errors: QD_CORRUPTION. */
QD_CHECKED enum qd_status qd_terms_open(struct qd_arena *arena, const struct qd_sections *sections,
                                        const struct qd_segment_field *field, uint32_t doc_count,
                                        struct qd_terms **terms, struct qd_error *error);

/* Statistics of the field. */
struct qd_terms_stats qd_terms_stats(const struct qd_terms *terms);

/* What is known of a term; pass it to qd_postings_init. */
struct qd_term_info {
    uint32_t doc_freq;        /* documents, >= 1 */
    uint64_t total_term_freq; /* occurrences */
    uint64_t postings;        /* private: where the postings begin */
    uint64_t positions;       /* private */
    uint64_t offsets;         /* private */
};

/* Looks `term` up. False when it is not there. */
bool qd_terms_find(const struct qd_terms *terms, struct qd_slice term, struct qd_term_info *info);

/* Walks terms in ascending byte order. The term's bytes are valid until the next move. */
struct qd_terms_iterator;

/* A walk over all terms >= `from` (empty: all), NULL end. Memory: `arena`. */
struct qd_terms_iterator *qd_terms_iterate(struct qd_arena *arena, const struct qd_terms *terms,
                                           struct qd_slice from);

/* A walk over the terms that `automaton` accepts; skips what it cannot accept. */
struct qd_terms_iterator *qd_terms_intersect(struct qd_arena *arena, const struct qd_terms *terms,
                                             const struct qd_automaton *automaton);

/* Moves to the next term; false at the end. */
bool qd_terms_next(struct qd_terms_iterator *iterator, struct qd_slice *term, struct qd_term_info *info);

/* ---- postings ---- */
enum qd_postings_flags {
    QD_POSTINGS_DOCS = 0,
    QD_POSTINGS_FREQS = 1,
    QD_POSTINGS_POSITIONS = 2,
    QD_POSTINGS_OFFSETS = 4
};

/* A cursor over one term's documents; embed it by value in scorers. Fields are read-only for callers. */
struct qd_postings {
    qd_doc_id doc;  /* current document; before the first next: none; QD_DOC_END at the end */
    uint32_t freq_;  /* private, see qd_postings_freq */
    uint32_t block_at;    /* index of `doc` in docs[] */
    uint32_t block_count; /* valid entries of docs[] */
    uint32_t docs[QD_POSTINGS_BLOCK + 8];  /* the decoded block, ascending doc ids */
    /* their frequencies, decoded on first use: call qd_postings_freqs */
    uint32_t freqs[QD_POSTINGS_BLOCK + 8];
    bool freqs_ready;                      /* freqs[] belongs to this block */
    struct qd_postings_state *state;       /* private; in the arena */
};

/* A frequency and the norm byte it came with: the best scores of a block are reached by one of its impacts.
 * */
struct qd_impact {
    uint32_t freq;
    uint8_t norm;
};

/* Points the cursor before the first document of a term. `flags` of enum qd_postings_flags that the caller
 * will ask for. */
void qd_postings_init(struct qd_postings *postings, struct qd_arena *arena, const struct qd_terms *terms,
                      const struct qd_term_info *info, unsigned flags);

/* Points a cursor before the first document of another term of the same dictionary; it keeps its memory. */
void qd_postings_restart(struct qd_postings *postings, const struct qd_term_info *info);

/* Moves to the next document / the first document >= target; returns it (QD_DOC_END at the end). target >
 * doc. */
qd_doc_id qd_postings_next(struct qd_postings *postings);
qd_doc_id qd_postings_advance(struct qd_postings *postings, qd_doc_id target);

/* The index of the first document >= target in docs[at .. count) of a cursor's block, which holds one. Eight
 * entries are counted at a time without branches: mostly it is near. */
static inline uint32_t qd_postings_search(const uint32_t *docs, uint32_t at, uint32_t count, qd_doc_id target)
{
    for (uint32_t round = 0; round < 2; round++, at += 8) {
        uint32_t below = 1;
        if (docs[at] >= target) return at;
        if (docs[at + 7] < target) continue;
        for (uint32_t i = 1; i < 8; i++) below += docs[at + i] < target;
        return at + below; /* docs[] ends in QD_DOC_END eight times. */
    }
    const uint32_t *base = docs + at;
    uint32_t left = count - at;
    while (left > 1) {
        uint32_t half = left / 2;
        base += base[half - 1] < target ? half : 0;
        left -= half;
    }
    return (uint32_t)(base - docs);
}

/* Moves to the block that holds the first document >= target, or stays in it; false at the end. A block that
 * is stored as bits is not listed: of docs[] only the first and the last of the block are set then. Until
 * qd_postings_list only qd_postings_find, qd_postings_freqs and qd_postings_whole may follow. */
bool qd_postings_enter(struct qd_postings *postings, qd_doc_id target);

/* Lists the documents of a block that was entered: afterwards everything may be called. */
void qd_postings_list(struct qd_postings *postings);

/* Documents to be looked up in a cursor's block. */
struct qd_postings_lookup {
    const qd_doc_id *docs; /* docs[count + 8], ascending, from the block's first document to its last */
    uint32_t count;        /* of docs[] */
    uint32_t *from;        /* 0 in a new block, then left alone: where the search goes on */
    uint16_t *numbers;     /* numbers[count]: of the documents found, in docs[] here ... */
    uint16_t *indices;     /* indices[count]: ... and in that of the block */
};

/* Looks documents up; returns how many the block has. */
uint32_t qd_postings_find(const struct qd_postings *postings, const struct qd_postings_lookup *lookup);

/* Frequency of the current document (1 without frequencies). */
uint32_t qd_postings_freq(struct qd_postings *postings);

/* freqs[] of the whole current block; after it freqs_ready holds. */
const uint32_t *qd_postings_freqs(struct qd_postings *postings);

/* Positions of the current document: exactly freq calls; valid once per document. Offsets of the position
 * just read. */
uint32_t qd_postings_next_position(struct qd_postings *postings);
void qd_postings_offsets(struct qd_postings *postings, uint32_t *start, uint32_t *end);

/* All positions of the current document at once into positions[freq] (arena memory of the cursor, valid until
 * the next document). */
const uint32_t *qd_postings_positions(struct qd_postings *postings);

/* The same of the document docs[index]; the cursor does not move. Cheap while the index ascends. After it
 * freqs[] is ready. */
const uint32_t *qd_postings_positions_at(struct qd_postings *postings, uint32_t index);

/* All positions of the current block: those of docs[i] are numbers (*starts)[i] to (*starts)[i + 1] of
 * *differences, each as the difference to the one before it (a document's first counts from 0), modulo 2^32.
 * Cheaper than one document after another when several are looked at. False, and nothing given, when there
 * are too many for that. Cursor memory, valid until the next block. */
bool qd_postings_whole(struct qd_postings *postings, const uint32_t **starts, const uint32_t **differences);

/* Whole blocks, for merges. Moves to the first document of the next block and returns how many documents it
 * has: docs[0 .. n), with the frequencies of qd_postings_freqs; 0 at the end. */
uint32_t qd_postings_next_block(struct qd_postings *postings);

/* For each occurrence in the documents of the block that was just entered how far it is behind the one before
 * in its document, or behind 0: as many as the block's frequencies add up to. Arena memory of the cursor,
 * valid until the next block. May lower frequencies that cannot be true: ask for them after it. Positions of
 * single documents of the block cannot be asked for any more. */
uint32_t *qd_postings_block_distances(struct qd_postings *postings);

/* Impacts of the documents in [target, *up_to] without decoding them: impacts[*count] ascending by freq, in
 * cursor memory. level 0: the block that holds target, level 1: its 32 blocks. *up_to is the last document
 * covered (QD_DOC_END - 1 past the last block). The cursor does not move. */
const struct qd_impact *qd_postings_impacts(struct qd_postings *postings, qd_doc_id target, int level,
                                            size_t *count,
                                            qd_doc_id *up_to);

/* Sets bits of documents in [from, to) that are >= the current one: bits[doc - from]. The cursor ends at the
 * first document >= to. Fast for dense blocks. `words` has room for (to - from + 63) / 64 words, which are
 * ORed into. */
void qd_postings_into_bits(struct qd_postings *postings, qd_doc_id from, qd_doc_id to, uint64_t *words);

#endif
