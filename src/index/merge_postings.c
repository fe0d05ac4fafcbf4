/* Merging terms and postings: a heap of term walks, and documents of equal terms one input after the
 * other. */
#include <string.h>

#include "codec/postings.h"
#include "index/merge_internal.h"

/* The walk over one input's terms. */
struct walk {
    const struct qd_merge_source *source;
    const struct qd_terms *terms;
    struct qd_terms_iterator *iterator;
    struct qd_slice term;        /* where it stands */
    struct qd_term_info info;
    struct qd_postings *postings; /* of the term copied last; NULL: of none yet */
};

/* One field's merge. */
struct field_merge {
    struct walk *heap;           /* heap[count], smallest term first, equal ones in order of inputs */
    size_t count;
    enum qd_index_options options;
    struct qd_postings_writer *writer;
    struct qd_arena *cursors;    /* postings cursors, one of each input */
    struct qd_slice written;     /* the present term */
    bool started;                /* it has been given to the writer */
};

static bool walk_less(const struct walk *left, const struct walk *right)
{
    int order = qd_slice_compare(left->term, right->term);
    return order != 0 ? order < 0 : left->source < right->source;
}

static void sift_down(struct field_merge *merge)
{
    size_t at = 0;
    for (;;) {
        size_t child = at * 2 + 1;
        if (child >= merge->count) return;
        if (child + 1 < merge->count && walk_less(&merge->heap[child + 1], &merge->heap[child])) child++;
        if (!walk_less(&merge->heap[child], &merge->heap[at])) return;
        struct walk keep = merge->heap[at];
        merge->heap[at] = merge->heap[child];
        merge->heap[child] = keep;
        at = child;
    }
}

static void push(struct field_merge *merge, struct walk walk)
{
    size_t at = merge->count++;
    while (at > 0 && walk_less(&walk, &merge->heap[(at - 1) / 2])) {
        merge->heap[at] = merge->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    merge->heap[at] = walk;
}

static void copy_positions(struct field_merge *merge, struct qd_postings *postings, uint32_t freq)
{
    for (uint32_t i = 0; i < freq; i++) {
        uint32_t position = qd_postings_next_position(postings);
        uint32_t start = 0;
        uint32_t end = 0;
        qd_postings_offsets(postings, &start, &end);
        qd_postings_writer_position(merge->writer, position, start, end);
    }
}

static unsigned flags_of(enum qd_index_options options)
{
    unsigned flags = QD_POSTINGS_DOCS;
    if (options >= QD_INDEX_FREQS) flags |= QD_POSTINGS_FREQS;
    if (options >= QD_INDEX_POSITIONS) flags |= QD_POSTINGS_POSITIONS;
    if (options >= QD_INDEX_OFFSETS) flags |= QD_POSTINGS_OFFSETS;
    return flags;
}

static void start_term(struct field_merge *merge)
{
    if (merge->started) return;
    qd_postings_writer_term(merge->writer, merge->written);
    merge->started = true;
}

/* Adds the live documents one by one, with offsets. */
static void copy_docs(struct field_merge *merge, const struct walk *walk)
{
    struct qd_postings *postings = walk->postings;
    for (qd_doc_id doc = qd_postings_next(postings); doc != QD_DOC_END; doc = qd_postings_next(postings)) {
        qd_doc_id target = qd_merge_map(walk->source, doc);
        if (target == QD_DOC_END) continue;
        start_term(merge);
        uint32_t freq = qd_postings_freq(postings);
        qd_postings_writer_doc(merge->writer, target, freq);
        copy_positions(merge, postings, freq);
    }
}

/* What is live of a block, moved together in docs[], freqs[] and distances[]. */
static uint32_t keep_live(const struct qd_merge_source *source, const struct qd_postings_docs *block,
                          qd_doc_id *docs, uint32_t *freqs, uint32_t *distances)
{
    uint32_t kept = 0;
    const uint32_t *from = block->distances;
    for (uint32_t i = 0; i < block->count; i++) {
        qd_doc_id target = source->map[block->docs[i]];
        uint32_t freq = block->freqs == NULL ? 1 : block->freqs[i];
        if (target != QD_DOC_END && from != NULL) {
            memmove(distances, from, freq * sizeof(*from));
            distances += freq;
        }
        if (from != NULL) from += freq;
        docs[kept] = target;
        freqs[kept] = freq;
        kept += target != QD_DOC_END;
    }
    return kept;
}

/* Adds the live documents block by block. */
static void copy_blocks(struct field_merge *merge, const struct walk *walk)
{
    struct qd_postings *postings = walk->postings;
    const struct qd_merge_source *source = walk->source;
    uint32_t count;
    while ((count = qd_postings_next_block(postings)) > 0) {
        uint32_t docs[QD_POSTINGS_BLOCK];
        uint32_t freqs[QD_POSTINGS_BLOCK];
        struct qd_postings_docs run = { .docs = postings->docs, .count = count };
        uint32_t *distances = NULL;
        if (merge->options >= QD_INDEX_POSITIONS) {
            distances = qd_postings_block_distances(postings);
            run.distances = distances;
        }
        if (merge->options >= QD_INDEX_FREQS) run.freqs = qd_postings_freqs(postings);
        if (source->map == NULL) {
            for (uint32_t i = 0; i < count; i++) docs[i] = postings->docs[i] + source->base;
        } else {
            run.count = keep_live(source, &run, docs, freqs, distances);
            run.freqs = freqs;
        }
        run.docs = docs;
        if (run.count == 0) continue;
        start_term(merge);
        qd_postings_writer_run(merge->writer, &run);
    }
}

/* Adds the live documents of the term on top of the heap. */
static void copy_term(struct field_merge *merge)
{
    struct walk *walk = &merge->heap[0];
    struct qd_postings *postings = walk->postings;
    if (postings != NULL) {
        qd_postings_restart(postings, &walk->info);
    } else {
        postings = walk->postings = QD_NEW(merge->cursors, struct qd_postings);
        qd_postings_init(postings, merge->cursors, walk->terms, &walk->info, flags_of(merge->options));
    }
    if (merge->options == QD_INDEX_OFFSETS) copy_docs(merge, walk);
    else copy_blocks(merge, walk);
}

static void advance(struct field_merge *merge)
{
    struct walk *top = &merge->heap[0];
    if (!qd_terms_next(top->iterator, &top->term, &top->info)) merge->heap[0] = merge->heap[--merge->count];
    if (merge->count > 1) sift_down(merge);
}

static void merge_terms(struct field_merge *merge)
{
    struct qd_buffer term = { 0 };
    while (merge->count > 0) {
        term.size = 0;
        qd_buffer_slice(&term, merge->heap[0].term);
        merge->written = qd_buffer_view(&term);
        merge->started = false;
        while (merge->count > 0 && qd_slice_equal(merge->heap[0].term, merge->written)) {
            copy_term(merge);
            advance(merge);
        }
    }
    qd_buffer_deinit(&term);
}

static enum qd_status open_walks(struct qd_merge_state *state, const struct qd_segment_field *field,
                                 struct field_merge *merge, struct qd_error *error)
{
    for (uint32_t i = 0; i < state->source_count; i++) {
        const struct qd_merge_source *source = &state->sources[i];
        struct qd_terms *terms;
        QD_TRY(qd_segment_terms(source->segment, field->name, &terms, error));
        if (terms == NULL) continue;
        struct walk walk = { .source = source, .terms = terms };
        walk.iterator = qd_terms_iterate(state->scratch, terms, (struct qd_slice){ NULL, 0 });
        if (qd_terms_next(walk.iterator, &walk.term, &walk.info)) push(merge, walk);
    }
    return QD_OK;
}

enum qd_status qd_merge_postings(struct qd_merge_state *state, const struct qd_segment_field *field,
                                 const uint8_t *norms, struct qd_error *error)
{
    struct field_merge merge = { .options = field->index_options };
    merge.heap = QD_NEW_ARRAY(state->scratch, struct walk, state->source_count);
    QD_TRY(open_walks(state, field, &merge, error));
    merge.writer = qd_postings_writer_create(state->scratch, state->sections, field, norms, state->doc_count);
    merge.cursors = qd_arena_create(64 * 1024);
    merge_terms(&merge);
    qd_arena_destroy(merge.cursors);
    qd_postings_writer_finish(merge.writer);
    return QD_OK;
}
