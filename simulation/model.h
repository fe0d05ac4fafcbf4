/* The naive model of one index: what every document must be.
 *
 * Used by simulation/run.c. A document whose last operation has no certain outcome has several candidates
 * until a restart shows which one it is.
 */
#ifndef QD_SIMULATION_MODEL_H
#define QD_SIMULATION_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/json.h"

#define QD_MODEL_IDS 64        /* documents are "0" .. "63" */
#define QD_MODEL_WORDS 12      /* the text's vocabulary: bits of `words` */
#define QD_MODEL_KEYS 6        /* values of the keyword field */
#define QD_MODEL_CANDIDATES 24 /* uncertain outcomes that are kept for one document */

/* What a document holds. */
struct qd_model_document {
    bool exists;
    int64_t number;   /* field "n" */
    uint32_t key;     /* field "k": "k<key>" */
    uint32_t words;   /* field "t": bit i: "w<i>" */
    int64_t extra;    /* field "x<extra % 5>", 0: absent */
    uint32_t padding; /* bytes of field "p", 0: absent */
};

/* One id: exactly one candidate when its state is certain. */
struct qd_model_slot {
    struct qd_model_document candidates[QD_MODEL_CANDIDATES];
    uint32_t candidate_count;
    int64_t seq_no;   /* of the present document; -2: unknown */
    int64_t term;
    bool busy;        /* an operation is under way */
    uint64_t changes; /* operations that were begun */
};

/* The whole index. */
struct qd_model {
    struct qd_model_slot slots[QD_MODEL_IDS];
};

/* An index without documents. */
void qd_model_init(struct qd_model *model);

/* True when a slot's document is certain. */
static inline bool qd_model_certain(const struct qd_model_slot *slot)
{
    return slot->candidate_count == 1 && !slot->busy;
}

/* The slot is this document now, for certain. */
void qd_model_set(struct qd_model_slot *slot, const struct qd_model_document *document);

/* The slot may also be this document. False when there is no room for another candidate. */
bool qd_model_may_be(struct qd_model_slot *slot, const struct qd_model_document *document);

/* Equality of documents. */
bool qd_model_equal(const struct qd_model_document *left, const struct qd_model_document *right);

/* Writes a document's source. */
void qd_model_source(const struct qd_model_document *document, struct qd_buffer *out);

/* Reads a source back (NULL: the document does not exist). False when it holds anything unexpected. */
bool qd_model_parse(const struct qd_json *source, struct qd_model_document *document);

#endif
