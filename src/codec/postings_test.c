#include "codec/postings.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/prng.h"
#include "codec/impacts.h"
#include "codec/postings_blocks.h"
#include "codec/test_image.h"

/* One occurrence. */
struct place {
    uint32_t position, start, end;
};

/* The naive postings of a term: plain arrays. */
struct model_term {
    struct qd_slice bytes;
    uint32_t count;
    uint32_t *docs;
    uint32_t *freqs;
    size_t *first; /* where a document's places begin in places[] */
    struct place *places;
    uint64_t total;
};

/* A field in both forms. */
struct fixture {
    struct test_image image;
    struct qd_prng prng;
    enum qd_index_options options;
    uint32_t doc_count;
    uint8_t *norms;
    struct model_term *terms;
    uint32_t term_count;
    struct qd_terms *opened;
};

/* How the documents of a term lie. */
enum shape { SHAPE_SPARSE, SHAPE_DENSE, SHAPE_EVERY, SHAPE_CLUSTERS, SHAPE_COUNT };

static bool chosen(struct qd_prng *prng, enum shape shape, uint32_t doc, unsigned percent)
{
    if (shape == SHAPE_EVERY) return true;
    if (shape == SHAPE_DENSE) return qd_prng_percent(prng, 60);
    if (shape == SHAPE_CLUSTERS) return doc / 700 % 5 == 0 && qd_prng_percent(prng, 90);
    return qd_prng_percent(prng, percent);
}

static void make_places(struct fixture *fixture, struct model_term *term, uint32_t i)
{
    uint32_t position = 0, start = 0;
    for (uint32_t k = 0; k < term->freqs[i]; k++) {
        position += (uint32_t)qd_prng_below(&fixture->prng, qd_prng_percent(&fixture->prng, 3) ? 100000 : 50);
        start += (uint32_t)qd_prng_below(&fixture->prng, 90);
        term->places[term->first[i] + k] = (struct place){ position, start, start + 1 + position % 12 };
    }
}

static void make_term(struct fixture *fixture, struct model_term *term, uint32_t number, uint32_t limit)
{
    struct qd_arena *arena = fixture->image.arena;
    struct qd_prng *prng = &fixture->prng;
    enum shape shape = (enum shape)qd_prng_below(prng, SHAPE_COUNT);
    unsigned percent = (unsigned)qd_prng_below(prng, 12) + 1;
    term->bytes = qd_arena_format(arena, "term%06u", number);
    term->docs = QD_NEW_ARRAY(arena, uint32_t, limit + 1);
    term->freqs = QD_NEW_ARRAY(arena, uint32_t, limit + 1);
    term->first = QD_NEW_ARRAY(arena, size_t, limit + 1);
    uint32_t doc = (uint32_t)qd_prng_below(prng, fixture->doc_count);
    if (limit > 400) doc = 0;
    for (; doc < fixture->doc_count && term->count < limit; doc++) {
        if (!chosen(prng, shape, doc, percent) && term->count > 0) continue;
        uint32_t freq = qd_prng_percent(prng, 60) ? 1 : (uint32_t)qd_prng_below(prng, 9) + 1;
        if (qd_prng_percent(prng, 1)) freq = (uint32_t)qd_prng_below(prng, 900) + 1;
        if (fixture->options < QD_INDEX_FREQS) freq = 1;
        term->docs[term->count] = doc;
        term->freqs[term->count] = freq;
        term->first[term->count++] = term->total;
        term->total += freq;
    }
    if (fixture->options < QD_INDEX_POSITIONS) return;
    term->places = QD_NEW_ARRAY(arena, struct place, term->total);
    for (uint32_t i = 0; i < term->count; i++) make_places(fixture, term, i);
}

static void write_term(const struct fixture *fixture, struct qd_postings_writer *writer,
                       const struct model_term *term)
{
    qd_postings_writer_term(writer, term->bytes);
    for (uint32_t i = 0; i < term->count; i++) {
        qd_postings_writer_doc(writer, term->docs[i], term->freqs[i]);
        if (fixture->options < QD_INDEX_POSITIONS) continue;
        for (uint32_t k = 0; k < term->freqs[i]; k++) {
            const struct place *place = &term->places[term->first[i] + k];
            qd_postings_writer_position(writer, place->position, place->start, place->end);
        }
    }
}

static void fixture_write(struct fixture *fixture, const uint8_t *norms)
{
    struct qd_segment_field field = { .number = 3, .index_options = fixture->options };
    struct test_image *image = &fixture->image;
    struct qd_postings_writer *writer =
        qd_postings_writer_create(image->arena, image->writer, &field, norms, fixture->doc_count);
    for (uint32_t i = 0; i < fixture->term_count; i++) write_term(fixture, writer, &fixture->terms[i]);
    qd_postings_writer_finish(writer);
    test_image_open(image);
    assert_ok(qd_terms_open(image->arena, image->sections, &field, fixture->doc_count, &fixture->opened,
                            &image->error));
}

static void fixture_begin(struct fixture *fixture, uint64_t seed, enum qd_index_options options,
                          uint32_t doc_count,
                          uint32_t term_count)
{
    static const uint32_t limits[] = { 1, 2, 31, 32, 255, 256, 257, 512, 8191, 8192, 8193, 20000, 1, 3, 40,
                                       300 };
    *fixture = (struct fixture){ .options = options, .doc_count = doc_count, .term_count = term_count };
    qd_prng_seed(&fixture->prng, seed);
    test_image_begin(&fixture->image);
    fixture->norms = QD_NEW_ARRAY(fixture->image.arena, uint8_t, doc_count);
    for (uint32_t i = 0; i < doc_count; i++) {
        fixture->norms[i] = (uint8_t)(1 + qd_prng_below(&fixture->prng, 60));
    }
    fixture->terms = QD_NEW_ARRAY(fixture->image.arena, struct model_term, term_count);
    for (uint32_t i = 0; i < term_count; i++) make_term(fixture, &fixture->terms[i], i * 3, limits[i % 16]);
    fixture_write(fixture, fixture->norms);
}

static void start(struct fixture *fixture, const struct model_term *term, unsigned flags,
                  struct qd_postings *postings)
{
    struct qd_term_info info;
    assert_true(qd_terms_find(fixture->opened, term->bytes, &info));
    assert_int_equal(info.doc_freq, term->count);
    assert_true(info.total_term_freq == term->total);
    if (qd_prng_below(&fixture->prng, 2) == 0) {
        qd_postings_init(postings, fixture->image.arena, fixture->opened, &info, flags);
        return;
    }
    /* A cursor that has read some of another term is as good as a new one. */
    const struct model_term *other =
        &fixture->terms[qd_prng_below(&fixture->prng, fixture->term_count)];
    struct qd_term_info before;
    assert_true(qd_terms_find(fixture->opened, other->bytes, &before));
    qd_postings_init(postings, fixture->image.arena, fixture->opened, &before, flags);
    for (uint64_t left = qd_prng_below(&fixture->prng, 600); left > 0; left--) {
        if (qd_postings_next(postings) == QD_DOC_END) break;
        (void)qd_postings_freq(postings);
        if ((flags & QD_POSTINGS_POSITIONS) != 0 && fixture->options >= QD_INDEX_POSITIONS) {
            (void)qd_postings_next_position(postings);
        }
    }
    qd_postings_restart(postings, &info);
}

#define ALL_FLAGS (QD_POSTINGS_FREQS | QD_POSTINGS_POSITIONS | QD_POSTINGS_OFFSETS)

static void check_places(const struct fixture *fixture, const struct model_term *term, uint32_t i,
                         struct qd_postings *postings)
{
    const struct place *places = term->places + term->first[i];
    if (i % 2 == 0) {
        const uint32_t *positions = qd_postings_positions(postings);
        for (uint32_t k = 0; k < term->freqs[i]; k++) assert_int_equal(positions[k], places[k].position);
    }
    for (uint32_t k = 0; k < term->freqs[i]; k++) {
        assert_int_equal(qd_postings_next_position(postings), places[k].position);
        if (fixture->options < QD_INDEX_OFFSETS) continue;
        uint32_t from, to;
        qd_postings_offsets(postings, &from, &to);
        assert_int_equal(from, places[k].start);
        assert_int_equal(to, places[k].end);
    }
}

static void check_doc(const struct fixture *fixture, const struct model_term *term, uint32_t i,
                      struct qd_postings *postings, unsigned percent)
{
    struct qd_prng prng;
    qd_prng_seed(&prng, i + term->total);
    assert_int_equal(postings->doc, term->docs[i]);
    if (!qd_prng_percent(&prng, percent)) return;
    assert_int_equal(qd_postings_freq(postings), term->freqs[i]);
    if (fixture->options >= QD_INDEX_POSITIONS) check_places(fixture, term, i, postings);
}

/* Every document in order, frequencies and positions of `percent` of them. */
static void check_all(struct fixture *fixture, const struct model_term *term, unsigned percent)
{
    struct qd_postings postings;
    start(fixture, term, ALL_FLAGS, &postings);
    for (uint32_t i = 0; i < term->count; i++) {
        assert_int_equal(qd_postings_next(&postings), term->docs[i]);
        check_doc(fixture, term, i, &postings, percent);
    }
    assert_int_equal(qd_postings_next(&postings), QD_DOC_END);
    assert_int_equal(postings.doc, QD_DOC_END);
    assert_int_equal(qd_postings_next(&postings), QD_DOC_END);
}

/* The index of the first document >= target. */
static uint32_t model_find(const struct model_term *term, uint32_t target)
{
    uint32_t low = 0, high = term->count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (term->docs[middle] < target) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* Random jumps of a size up to `step`. */
static void check_advance(struct fixture *fixture, const struct model_term *term, uint32_t step)
{
    struct qd_postings postings;
    start(fixture, term, ALL_FLAGS, &postings);
    uint32_t target = (uint32_t)qd_prng_below(&fixture->prng, step);
    for (;;) {
        uint32_t i = model_find(term, target);
        qd_doc_id doc = qd_postings_advance(&postings, target);
        if (i == term->count) {
            assert_int_equal(doc, QD_DOC_END);
            break;
        }
        assert_int_equal(doc, term->docs[i]);
        check_doc(fixture, term, i, &postings, 40);
        target = doc + 1 + (uint32_t)qd_prng_below(&fixture->prng, step);
    }
}

/* The block's whole occurrences, of those documents that were found. */
static void check_whole(const struct model_term *term, uint32_t first, struct qd_postings *postings)
{
    const uint32_t *starts, *differences, *freqs = qd_postings_freqs(postings);
    uint64_t total = 0;
    for (uint32_t i = 0; i < postings->block_count; i++) {
        assert_int_equal(freqs[i], term->freqs[first + i]);
        total += freqs[i];
    }
    bool whole = qd_postings_whole(postings, &starts, &differences);
    assert_int_equal(whole, total <= 4096);
    for (uint32_t i = 0; whole && i < postings->block_count; i++) {
        const struct place *places = term->places + term->first[first + i];
        uint32_t position = 0;
        assert_int_equal(starts[i + 1] - starts[i], freqs[i]);
        for (uint32_t k = 0; k < freqs[i]; k++) {
            position += differences[starts[i] + k];
            assert_int_equal(position, places[k].position);
        }
    }
}

/* Looks up some of the documents from the block's first to its last. */
static void check_find(struct fixture *fixture, const struct model_term *term, uint32_t first,
                       struct qd_postings *postings, uint32_t *from)
{
    qd_doc_id docs[700 + 8];
    uint16_t numbers[700], indices[700];
    struct qd_postings_lookup lookup = { docs, 0, from, numbers, indices };
    uint32_t step = 1 + (uint32_t)qd_prng_below(&fixture->prng, 60), found = 0;
    qd_doc_id doc = postings->docs[*from == 0 ? 0 : postings->block_count - 1];
    qd_doc_id last = postings->docs[postings->block_count - 1];
    if (*from == 0) doc += (uint32_t)qd_prng_below(&fixture->prng, (last - doc) / 2 + 1);
    for (; doc <= last && lookup.count < 700; doc += 1 + (uint32_t)qd_prng_below(&fixture->prng, step))
        docs[lookup.count++] = doc;
    for (uint32_t i = 0; i < 8; i++) docs[lookup.count + i] = QD_DOC_END;
    uint32_t count = qd_postings_find(postings, &lookup);
    for (uint32_t i = 0; i < lookup.count; i++) {
        uint32_t at = model_find(term, docs[i]);
        if (at == term->count || term->docs[at] != docs[i]) continue;
        assert_true(found < count);
        assert_int_equal(numbers[found], i);
        assert_int_equal(indices[found++], at - first);
    }
    assert_int_equal(found, count);
}

/* Blocks that are entered, looked into, and sometimes listed. */
static void check_enter(struct fixture *fixture, const struct model_term *term)
{
    struct qd_postings postings;
    struct qd_prng *prng = &fixture->prng;
    start(fixture, term, ALL_FLAGS, &postings);
    (void)qd_postings_next(&postings);
    uint32_t target = (uint32_t)qd_prng_below(prng, 2000), i, from = 0;
    for (; (i = model_find(term, target)) < term->count; from = 0) {
        assert_true(qd_postings_enter(&postings, target));
        uint32_t first = i - i % QD_POSTINGS_BLOCK;
        assert_int_equal(postings.docs[0], term->docs[first]);
        if (qd_prng_percent(prng, 70)) check_find(fixture, term, first, &postings, &from);
        if (qd_prng_percent(prng, 50)) check_find(fixture, term, first, &postings, &from);
        if (qd_prng_percent(prng, 50)) check_whole(term, first, &postings);
        target = postings.docs[postings.block_count - 1] + 1 + (uint32_t)qd_prng_below(prng, 3000);
        if (!qd_prng_percent(prng, 40)) continue;
        qd_postings_list(&postings);
        if (postings.doc < term->docs[i]) (void)qd_postings_advance(&postings, term->docs[i]);
        assert_int_equal(postings.doc, term->docs[i]);
        check_places(fixture, term, i, &postings);
        if (i % QD_POSTINGS_BLOCK > 0) (void)qd_postings_positions_at(&postings, i % QD_POSTINGS_BLOCK - 1);
        if (i % QD_POSTINGS_BLOCK > 0 && term->freqs[i - 1] > 0)
            assert_int_equal(*qd_postings_positions_at(&postings, i % QD_POSTINGS_BLOCK - 1),
                             term->places[term->first[i - 1]].position);
    }
    assert_false(qd_postings_enter(&postings, target));
    assert_int_equal(postings.doc, QD_DOC_END);
}

static void check_bits(struct fixture *fixture, const struct model_term *term, uint32_t window)
{
    struct qd_postings postings;
    uint64_t words[80];
    start(fixture, term, QD_POSTINGS_DOCS, &postings);
    for (uint32_t from = 0; from < fixture->doc_count; from += window) {
        uint32_t skip = (uint32_t)qd_prng_below(&fixture->prng, window / 2);
        uint32_t first = from + skip, to = from + window;
        memset(words, 0, sizeof(words));
        qd_postings_into_bits(&postings, first, to, words);
        uint32_t i = model_find(term, first);
        for (uint32_t doc = first; doc < to; doc++) {
            bool set = (words[(doc - first) / 64] >> (doc - first) % 64 & 1) != 0;
            bool wanted = i < term->count && term->docs[i] == doc;
            assert_int_equal(set, wanted);
            i += wanted;
        }
        assert_int_equal(postings.doc, i == term->count ? QD_DOC_END : term->docs[i]);
        if (i == term->count) break;
    }
}

/* Some impact must be at least as good as each document that the answer covers. */
static void check_cover(const struct fixture *fixture, const struct model_term *term, uint32_t target,
                        uint32_t up_to,
                        const struct qd_impact *impacts, size_t count)
{
    assert_true(up_to >= target);
    for (uint32_t i = model_find(term, target); i < term->count && term->docs[i] <= up_to; i++) {
        bool covered = false;
        uint8_t norm = fixture->norms[term->docs[i]];
        for (size_t k = 0; k < count; k++) {
            covered |= impacts[k].freq >= term->freqs[i] && impacts[k].norm <= norm;
        }
        assert_true(covered);
    }
    for (size_t k = 1; k < count; k++) assert_true(impacts[k].freq > impacts[k - 1].freq);
}

static void check_impacts(struct fixture *fixture, const struct model_term *term)
{
    struct qd_postings postings;
    start(fixture, term, QD_POSTINGS_FREQS, &postings);
    uint32_t doc = qd_postings_next(&postings);
    for (int round = 0; round < 60 && doc != QD_DOC_END; round++) {
        uint32_t target = doc + (uint32_t)qd_prng_below(&fixture->prng, 3000);
        for (int level = 1; level >= 0; level--) {
            size_t count;
            qd_doc_id up_to;
            const struct qd_impact *impacts = qd_postings_impacts(&postings, target, level, &count, &up_to);
            check_cover(fixture, term, target, up_to, impacts, count);
            assert_int_equal(postings.doc, doc);
        }
        if (round % 3 == 0) doc = qd_postings_advance(&postings, target + 1);
    }
}

/* Documents from `from` on, some of which the term has, to docs[capacity], ascending; returns how many. */
static uint32_t draw_candidates(struct fixture *fixture, uint32_t from, uint32_t *docs, uint32_t capacity)
{
    static const uint32_t steps[] = { 2, 9, 150, 4000 };
    uint32_t step = steps[qd_prng_below(&fixture->prng, 4)], count = 0;
    for (uint32_t doc = from; doc < fixture->doc_count && count < capacity; count++) {
        docs[count] = doc;
        doc += 1 + (uint32_t)qd_prng_below(&fixture->prng, step);
    }
    return count;
}

/* Looks candidates up and seeks, in turns, by the table of blocks; twice, for a rewound cursor starts anew.
 * */
static void check_lookup(struct fixture *fixture, const struct model_term *term)
{
    struct qd_postings postings;
    uint32_t docs[300], freqs[300];
    size_t blocks;
    bool with_freqs = qd_prng_below(&fixture->prng, 2) == 0;
    start(fixture, term, QD_POSTINGS_FREQS, &postings);
    uint32_t from = qd_prng_below(&fixture->prng, 2) == 0 ? 0 : qd_postings_next(&postings);
    bool table = qd_postings_blocks(&postings, &blocks) != NULL;
    size_t full = (term->count + QD_POSTINGS_BLOCK - 1) / QD_POSTINGS_BLOCK;
    assert_int_equal(blocks, term->count == 1 ? 0 : full);
    assert_int_equal(table, term->count > 1);
    for (int round = 0; table && round < 2; round++) {
        while (from < fixture->doc_count) {
            uint32_t count = draw_candidates(fixture, from, docs, 300);
            assert_true(qd_postings_freqs_of(&postings, docs, count, with_freqs, freqs));
            for (uint32_t i = 0; i < count; i++) {
                uint32_t at = model_find(term, docs[i]);
                bool hit = at < term->count && term->docs[at] == docs[i];
                assert_int_equal(freqs[i], !hit ? 0 : with_freqs ? term->freqs[at] : 1);
            }
            from = docs[count - 1] + 1 + (uint32_t)qd_prng_below(&fixture->prng, 900);
            uint32_t at = model_find(term, from);
            bool stands = postings.block_count > 0 && postings.doc >= from;
            qd_doc_id doc = stands ? postings.doc : qd_postings_advance(&postings, from);
            if (at == term->count) break;
            assert_int_equal(doc, term->docs[at]);
            assert_int_equal(qd_postings_freq(&postings), term->freqs[at]);
            from = doc;
        }
        qd_postings_rewind(&postings);
        from = 0;
    }
    if (table) assert_int_equal(qd_postings_next(&postings), term->docs[0]);
}

static void check_fixture(struct fixture *fixture)
{
    for (uint32_t i = 0; i < fixture->term_count; i++) {
        const struct model_term *term = &fixture->terms[i];
        check_all(fixture, term, 100);
        check_all(fixture, term, 5);
        check_advance(fixture, term, 20);
        check_advance(fixture, term, 2000);
        if (fixture->options >= QD_INDEX_POSITIONS) check_enter(fixture, term);
        check_bits(fixture, term, 4096);
        check_bits(fixture, term, 130);
        check_impacts(fixture, term);
        check_lookup(fixture, term);
        check_lookup(fixture, term);
    }
}

static void run_model(uint64_t seed, enum qd_index_options options)
{
    struct fixture fixture;
    fixture_begin(&fixture, seed, options, 30000, 64);
    check_fixture(&fixture);
    struct qd_terms_stats stats = qd_terms_stats(fixture.opened);
    assert_int_equal(stats.term_count, fixture.term_count);
    test_image_end(&fixture.image);
}

TEST(postings, documents_match_the_model)
{
    run_model(1, QD_INDEX_DOCS);
}

TEST(postings, frequencies_match_the_model)
{
    run_model(2, QD_INDEX_FREQS);
}

TEST(postings, positions_match_the_model)
{
    run_model(3, QD_INDEX_POSITIONS);
}

TEST(postings, offsets_match_the_model)
{
    run_model(4, QD_INDEX_OFFSETS);
}

/* Hands the documents of a block on in parts of any length. */
static void copy_block(struct fixture *fixture, struct qd_postings *postings, uint32_t count,
                       struct qd_postings_writer *writer)
{
    bool positions = fixture->options >= QD_INDEX_POSITIONS;
    const uint32_t *distances = positions ? qd_postings_block_distances(postings) : NULL;
    const uint32_t *freqs = fixture->options >= QD_INDEX_FREQS ? qd_postings_freqs(postings) : NULL;
    for (uint32_t done = 0; done < count;) {
        uint32_t part = 1 + (uint32_t)qd_prng_below(&fixture->prng, count - done);
        struct qd_postings_docs run = { postings->docs + done, freqs == NULL ? NULL : freqs + done, part,
                                        distances };
        qd_postings_writer_run(writer, &run);
        for (uint32_t i = done; positions && i < done + part; i++) distances += freqs[i];
        done += part;
    }
}

static void check_copy(uint64_t seed, enum qd_index_options options)
{
    struct fixture fixture;
    struct test_image copy = { 0 };
    fixture_begin(&fixture, seed, options, 30000, 40);
    struct qd_segment_field field = { .number = 3, .index_options = options };
    test_image_begin(&copy);
    struct qd_postings_writer *writer =
        qd_postings_writer_create(copy.arena, copy.writer, &field, fixture.norms, fixture.doc_count);
    for (uint32_t i = 0; i < fixture.term_count; i++) {
        struct qd_term_info info;
        struct qd_postings postings;
        uint32_t count;
        assert_true(qd_terms_find(fixture.opened, fixture.terms[i].bytes, &info));
        qd_postings_init(&postings, copy.arena, fixture.opened, &info,
                         QD_POSTINGS_FREQS | QD_POSTINGS_POSITIONS);
        qd_postings_writer_term(writer, fixture.terms[i].bytes);
        while ((count = qd_postings_next_block(&postings)) > 0) {
            copy_block(&fixture, &postings, count, writer);
        }
    }
    qd_postings_writer_finish(writer);
    test_image_open(&copy);
    assert_true(qd_slice_equal(qd_buffer_view(&copy.buffer), qd_buffer_view(&fixture.image.buffer)));
    test_image_end(&copy);
    test_image_end(&fixture.image);
}

TEST(postings, whole_blocks_copy_to_the_same_bytes)
{
    for (uint64_t seed = 1; seed < 4; seed++) {
        check_copy(seed, QD_INDEX_DOCS);
        check_copy(seed, QD_INDEX_FREQS);
        check_copy(seed, QD_INDEX_POSITIONS);
    }
}

TEST(postings, impacts_are_the_competitive_pairs)
{
    struct qd_impacts impacts = { 0 };
    struct qd_impact pairs[QD_IMPACTS_MAX], again[QD_IMPACTS_MAX];
    uint8_t bytes[QD_IMPACTS_BYTES_MAX];
    qd_impacts_add(&impacts, 3, 10);
    qd_impacts_add(&impacts, 2, 10);
    qd_impacts_add(&impacts, 3, 12); /* Longer and not more frequent: cannot be the best. */
    qd_impacts_add(&impacts, 1, 200);
    qd_impacts_add(&impacts, 1, 9);
    qd_impacts_add(&impacts, UINT32_MAX, 255);
    size_t count = qd_impacts_list(&impacts, pairs);
    assert_int_equal(count, 3);
    assert_int_equal(pairs[0].freq, 1);
    assert_int_equal(pairs[0].norm, 9);
    assert_int_equal(pairs[1].freq, 3);
    assert_int_equal(pairs[1].norm, 10);
    assert_int_equal(pairs[2].norm, 255);
    size_t size = qd_impacts_write(pairs, count, bytes);
    assert_int_equal(qd_impacts_read(qd_slice_make(bytes, size), again), count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(pairs[i].freq, again[i].freq);
        assert_int_equal(pairs[i].norm, again[i].norm);
    }
    assert_int_equal(qd_impacts_read(qd_slice_make(bytes, size - 1), again), 0);
    qd_impacts_clear(&impacts);
    assert_int_equal(qd_impacts_list(&impacts, pairs), 0);
}

/* Stored impacts must prune: a block of rare words must not claim the frequencies of its neighbours. */
TEST(postings, impacts_of_a_block_are_its_own)
{
    struct fixture fixture = { .options = QD_INDEX_FREQS, .doc_count = 20000, .term_count = 1 };
    test_image_begin(&fixture.image);
    struct model_term term = { .bytes = QD_SLICE("a") };
    fixture.terms = &term;
    term.docs = QD_NEW_ARRAY(fixture.image.arena, uint32_t, 20000);
    term.freqs = QD_NEW_ARRAY(fixture.image.arena, uint32_t, 20000);
    for (uint32_t i = 0; i < 20000; i++) {
        term.docs[i] = i;
        term.freqs[i] = i / 256 + 1;
        term.total += term.freqs[i];
    }
    term.count = 20000;
    fixture_write(&fixture, NULL);
    struct qd_postings postings;
    start(&fixture, &term, QD_POSTINGS_FREQS, &postings);
    size_t count;
    qd_doc_id up_to;
    const struct qd_impact *impacts = qd_postings_impacts(&postings, 600, 0, &count, &up_to);
    assert_int_equal(count, 1);
    assert_int_equal(impacts[0].freq, 3);
    assert_int_equal(impacts[0].norm, 1);
    assert_int_equal(up_to, 767);
    impacts = qd_postings_impacts(&postings, 600, 1, &count, &up_to);
    assert_int_equal(impacts[0].freq, 32);
    assert_int_equal(up_to, 8191);
    impacts = qd_postings_impacts(&postings, 19999, 0, &count, &up_to);
    assert_int_equal(impacts[0].freq, 79);
    assert_int_equal(up_to, QD_DOC_END - 1);
    test_image_end(&fixture.image);
}

TEST(postings, statistics_count_documents_once)
{
    struct fixture fixture = { .options = QD_INDEX_DOCS, .doc_count = 100, .term_count = 2 };
    test_image_begin(&fixture.image);
    uint32_t docs[] = { 4, 7, 99 }, freqs[] = { 5, 1, 1 };
    struct model_term terms[2] = { { .bytes = QD_SLICE(""), .docs = docs, .freqs = freqs, .count = 3 },
                                   { .bytes = QD_SLICE("b"), .docs = docs, .freqs = freqs, .count = 2 } };
    fixture.terms = terms;
    fixture_write(&fixture, NULL);
    struct qd_terms_stats stats = qd_terms_stats(fixture.opened);
    assert_int_equal(stats.term_count, 2);
    assert_int_equal(stats.doc_count, 3);
    assert_int_equal(stats.sum_doc_freq, 5);
    assert_int_equal(stats.sum_total_term_freq, 5);
    struct qd_term_info info;
    assert_true(qd_terms_find(fixture.opened, QD_SLICE(""), &info));
    assert_int_equal(info.doc_freq, 3);
    test_image_end(&fixture.image);
}
