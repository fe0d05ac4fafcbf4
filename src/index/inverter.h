/* The inverted index of one field in memory: terms in a hash table, postings as byte streams.
 *
 * Used by the index buffer. Terms are numbered as they appear; short ones live inside their record. Documents
 * are added in ascending order. Call order: init, (intern, add)*, sort, write; ordinal columns use intern and
 * sort alone. Source: Lucene TermsHash, FreqProxTermsWriter (idea).
 */
#ifndef QD_INDEX_INVERTER_H
#define QD_INDEX_INVERTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/field_kinds.h"
#include "base/slice.h"
#include "codec/postings.h"
#include "index/byte_pool.h"

/* Terms up to this size live inside their record. */
#define QD_INVERTER_INLINE 16

/* One term. Small, because there are as many as a buffer has words and nearly every look at one is a miss of
 * the cache. */
struct qd_inverted_term {
    union {
        char inlined[QD_INVERTER_INLINE]; /* size <= QD_INVERTER_INLINE */
        const char *data;                 /* longer ones: in the arena */
    } key;
    uint32_t size;                   /* bytes */
    uint32_t last_document;          /* newest document, when there is a stream */
    uint32_t last_position;          /* newest position in last_document */
    uint32_t last_offset;            /* newest start offset in last_document */
    struct qd_byte_stream stream;    /* postings */
};

/* One field's terms. */
struct qd_inverter {
    struct qd_arena *arena;
    struct qd_byte_pool *pool;       /* shared by the fields of a buffer */
    enum qd_index_options options;   /* QD_INDEX_NONE: terms only */
    uint64_t seed;                   /* of the hash; never shows in output */
    struct qd_inverted_term *terms;  /* terms[term_count] */
    uint32_t term_count;
    uint32_t term_capacity;
    uint64_t *slots;                 /* high half: low half of the hash; low half: 1 + term, 0 free */
    uint32_t slot_count;             /* a power of two, or 0 */
};

/* An empty inverter. */
void qd_inverter_init(struct qd_inverter *inverter, struct qd_arena *arena, struct qd_byte_pool *pool,
                      uint64_t seed);

/* Room for so many terms before any is added. */
void qd_inverter_reserve(struct qd_inverter *inverter, uint32_t terms);

/* A look-up of one term in three steps, so that a caller with many inverters can overlap what they wait for:
 * expect gives the term's hash and asks for its slot, expect_entry asks for what the slot names, and
 * intern_expected gives its number; a new term is copied. Nothing else is added to the inverter in between.
 * term.size <= QD_TERM_SIZE_MAX is the caller's duty. */
uint64_t qd_inverter_expect(struct qd_inverter *inverter, struct qd_slice term);
void qd_inverter_expect_entry(const struct qd_inverter *inverter, uint64_t hash);
uint32_t qd_inverter_intern_expected(struct qd_inverter *inverter, struct qd_slice term, uint64_t hash);

/* At most so many terms are looked up together. */
#define QD_INVERTER_BATCH 32

/* The numbers of terms[count], count <= QD_INVERTER_BATCH: the same as one look-up after the
 * other, but what each look-up needs from memory is asked for before the first one waits for it. */
void qd_inverter_intern_all(struct qd_inverter *inverter, const struct qd_slice *terms, uint32_t count,
                            uint32_t *numbers);

/* One occurrence of a term. */
struct qd_occurrence {
    uint32_t document; /* not below the ones before */
    uint32_t position; /* within a document not below the ones of this term before */
    uint32_t start;    /* byte offsets */
    uint32_t end;
};

/* Adds an occurrence; what is kept of it follows from `options`. True when it is the term's first in this
 * document. */
bool qd_inverter_add(struct qd_inverter *inverter, uint32_t term, const struct qd_occurrence *occurrence);

/* The bytes of a term: a view. */
struct qd_slice qd_inverter_term(const struct qd_inverter *inverter, uint32_t term);

/* All terms in byte order: term numbers[term_count], in `arena`. */
uint32_t *qd_inverter_sort(const struct qd_inverter *inverter, struct qd_arena *arena);

/* Asks the memory for what will be needed of a few terms behind order[at], the order of qd_inverter_sort. */
void qd_inverter_expect_terms(const struct qd_inverter *inverter, const uint32_t *order, uint32_t at);

/* Writes all terms that have postings, in the given order. `scratch` takes temporary memory. */
void qd_inverter_write(const struct qd_inverter *inverter, const uint32_t *order, struct qd_arena *scratch,
                       struct qd_postings_writer *writer);

#endif
