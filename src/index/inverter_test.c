/* The buffer, its image and merges of images against what was put in. */
#include <stdio.h>
#include <stdlib.h>

#include "base/test.h"
#include "codec/columns.h"
#include "codec/norms.h"
#include "codec/postings.h"
#include "index/image.h"
#include "index/merge.h"

#define DOCS 700u
#define FIELDS 4u
#define VALUES 3u
#define TOKENS 40u

/* Token lists of one field in one document. */
struct text {
    struct qd_token_list lists[VALUES];
    uint32_t count; /* 0: the document lacks the field */
};

struct corpus {
    struct qd_arena *arena;
    struct text texts[DOCS][FIELDS];
    struct qd_field fields[FIELDS];
    uint64_t random;
};

static uint32_t below(struct corpus *corpus, uint32_t bound)
{
    corpus->random ^= corpus->random << 13;
    corpus->random ^= corpus->random >> 7;
    corpus->random ^= corpus->random << 17;
    return (uint32_t)((corpus->random >> 20) % bound);
}

/* Short and long words with long common beginnings, and zero bytes. */
static struct qd_slice word(struct corpus *corpus)
{
    uint32_t number = below(corpus, 3) == 0 ? below(corpus, 4000) : below(corpus, 30);
    switch (number % 4) {
    case 0: return qd_arena_format(corpus->arena, "%u", number);
    case 1: return qd_arena_format(corpus->arena, "prefix-of-words-%u", number);
    case 2: return qd_slice_make(qd_arena_format(corpus->arena, "ab%u", number % 7).data, number % 3);
    default: {
        char *text = qd_arena_zalloc(corpus->arena, 16);
        text[0] = (char)(number * 37);
        return qd_slice_make(text, 1 + number % 9);
    }
    }
}

static void fill(struct corpus *corpus, struct text *text)
{
    text->count = below(corpus, VALUES + 1);
    for (uint32_t i = 0; i < text->count; i++) {
        struct qd_token_list *list = &text->lists[i];
        uint32_t count = below(corpus, TOKENS);
        uint32_t offset = 0;
        for (uint32_t k = 0; k < count; k++) {
            struct qd_token *token = QD_PUSH(corpus->arena, list);
            token->term = word(corpus);
            token->position_increment = k == 0 ? 1 : below(corpus, 3);
            token->start_offset = offset;
            token->end_offset = offset += (uint32_t)token->term.size;
        }
        list->final_offset = offset + 3;
        list->final_position_increment = below(corpus, 2);
    }
}

static void corpus_begin(struct corpus *corpus, uint64_t seed)
{
    static const enum qd_index_options options[FIELDS] = { QD_INDEX_DOCS, QD_INDEX_FREQS, QD_INDEX_POSITIONS,
                                                           QD_INDEX_OFFSETS };
    static const char *const names[FIELDS] = { "docs", "freqs", "positions", "offsets" };
    memset(corpus, 0, sizeof(*corpus));
    corpus->arena = qd_arena_create(0);
    corpus->random = seed * 2 + 1;
    for (uint32_t i = 0; i < FIELDS; i++) {
        corpus->fields[i] = (struct qd_field){ .name = qd_slice_from_string(names[i]),
                                               .index_options = options[i],
                                               .has_norms = i != 1,
                                               .position_increment_gap = 100,
                                               .similarity = { .discount_overlaps = i == 2 } };
    }
    for (uint32_t doc = 0; doc < DOCS; doc++) {
        for (uint32_t i = 0; i < FIELDS; i++) fill(corpus, &corpus->texts[doc][i]);
    }
}

/* The image of documents [from, to). */
static struct qd_held_segment *build(struct corpus *corpus, uint32_t from, uint32_t to)
{
    struct qd_index_buffer *buffer = qd_index_buffer_create(corpus->random, NULL);
    for (uint32_t doc = from; doc < to; doc++) {
        struct qd_document_field fields[FIELDS];
        uint32_t count = 0;
        for (uint32_t i = 0; i < FIELDS; i++) {
            const struct text *text = &corpus->texts[doc][i];
            if (text->count == 0) continue;
            fields[count++] = (struct qd_document_field){ .field = &corpus->fields[i],
                                                          .token_lists = text->lists,
                                                          .token_list_count = text->count };
        }
        char id[16];
        snprintf(id, sizeof(id), "%u", doc);
        struct qd_document document =
            { .id = qd_slice_from_string(id), .source = QD_SLICE("{}"), .fields = fields,
                                        .field_count = count };
        struct qd_buffer_facts facts = { 1, doc, 1 };
        assert_int_equal(qd_index_buffer_add(buffer, &document, &facts), doc - from);
    }
    struct qd_image_options options = { QD_STORED_LZ4, 0 };
    struct qd_buffer image = { 0 };
    struct qd_held_segment *held;
    assert_ok(qd_image_build(buffer, &options, &image, NULL));
    qd_index_buffer_destroy(buffer);
    assert_ok(qd_held_segment_open_image(NULL, 1, &image, &held, NULL));
    return held;
}

/* One expected occurrence, sorted by term, document, order. */
struct expected {
    struct qd_slice term;
    uint32_t doc;
    uint32_t order;
    uint32_t position;
    uint32_t start;
    uint32_t end;
};

static int compare(const void *left, const void *right)
{
    const struct expected *a = left;
    const struct expected *b = right;
    int order = qd_slice_compare(a->term, b->term);
    if (order != 0) return order;
    if (a->doc != b->doc) return a->doc < b->doc ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

/* The occurrences of a field in documents docs[count], which are numbered from 0 on. */
static size_t expect(const struct corpus *corpus, uint32_t field, const uint32_t *docs, uint32_t count,
                     struct expected *out)
{
    size_t used = 0;
    for (uint32_t doc = 0; doc < count; doc++) {
        const struct text *text = &corpus->texts[docs[doc]][field];
        int64_t position = -1;
        uint32_t base = 0;
        uint32_t order = 0;
        for (uint32_t i = 0; i < text->count; i++) {
            const struct qd_token_list *list = &text->lists[i];
            for (size_t k = 0; k < list->count; k++) {
                position += list->data[k].position_increment;
                out[used++] = (struct expected){ list->data[k].term, doc, order++, (uint32_t)position,
                                                 base + list->data[k].start_offset,
                                                     base + list->data[k].end_offset };
            }
            position += 100 + list->final_position_increment;
            base += list->final_offset + 1;
        }
    }
    qsort(out, used, sizeof(*out), compare);
    return used;
}

static void check_term(const struct corpus *corpus, uint32_t field, struct qd_postings *postings,
                       const struct expected *expected, size_t count)
{
    size_t at = 0;
    enum qd_index_options options = corpus->fields[field].index_options;
    for (qd_doc_id doc = qd_postings_next(postings); doc != QD_DOC_END; doc = qd_postings_next(postings)) {
        assert_true(at < count);
        assert_int_equal(doc, expected[at].doc);
        size_t end = at;
        while (end < count && expected[end].doc == doc) end++;
        if (options >= QD_INDEX_FREQS) assert_int_equal(qd_postings_freq(postings), end - at);
        for (; at < end; at++) {
            if (options < QD_INDEX_POSITIONS) continue;
            assert_int_equal(qd_postings_next_position(postings), expected[at].position);
            if (options < QD_INDEX_OFFSETS) continue;
            uint32_t start;
            uint32_t stop;
            qd_postings_offsets(postings, &start, &stop);
            assert_int_equal(start, expected[at].start);
            assert_int_equal(stop, expected[at].end);
        }
    }
    assert_int_equal(at, count);
}

static void check_norms(const struct corpus *corpus, uint32_t field, struct qd_segment *segment,
                        const uint32_t *docs, uint32_t count)
{
    struct qd_norms *norms;
    assert_ok(qd_segment_norms(segment, corpus->fields[field].name, &norms, NULL));
    if (!corpus->fields[field].has_norms) {
        assert_null(norms);
        return;
    }
    for (uint32_t doc = 0; doc < count; doc++) {
        const struct text *text = &corpus->texts[docs[doc]][field];
        uint32_t length = 0;
        for (uint32_t i = 0; i < text->count; i++) {
            for (size_t k = 0; k < text->lists[i].count; k++) {
                length += field != 2 || text->lists[i].data[k].position_increment > 0;
            }
        }
        /* With documents alone distinct terms count, never more than tokens. */
        uint32_t shown = qd_norm_decode(qd_norms_bytes(norms)[doc]);
        uint32_t tokens = qd_norm_decode(qd_norm_encode(length));
        assert_true(field == 0 ? shown <= tokens && (shown > 0) == (tokens > 0) : shown == tokens);
        const uint64_t *present = qd_norms_present(norms);
        bool has = present == NULL || (present[doc / 64] >> (doc % 64) & 1) != 0;
        assert_int_equal(has, text->count > 0);
    }
}

static void check_segment(const struct corpus *corpus, struct qd_segment *segment, const uint32_t *docs,
                          uint32_t count)
{
    assert_int_equal(qd_segment_doc_count(segment), count);
    struct qd_arena *arena = qd_arena_create(0);
    struct expected *expected = malloc(sizeof(*expected) * DOCS * VALUES * TOKENS);
    assert_non_null(expected);
    for (uint32_t field = 0; field < FIELDS; field++) {
        size_t total = expect(corpus, field, docs, count, expected);
        struct qd_terms *terms;
        struct qd_slice term;
        struct qd_term_info info;
        assert_ok(qd_segment_terms(segment, corpus->fields[field].name, &terms, NULL));
        struct qd_terms_iterator *iterator = qd_terms_iterate(arena, terms, (struct qd_slice){ NULL, 0 });
        size_t at = 0;
        while (qd_terms_next(iterator, &term, &info)) {
            assert_true(at < total);
            assert_true(qd_slice_equal(term, expected[at].term));
            size_t end = at;
            while (end < total && qd_slice_equal(expected[end].term, term)) end++;
            struct qd_postings postings;
            qd_postings_init(&postings, arena, terms, &info,
                             QD_POSTINGS_FREQS | QD_POSTINGS_POSITIONS | QD_POSTINGS_OFFSETS);
            check_term(corpus, field, &postings, expected + at, end - at);
            at = end;
        }
        assert_int_equal(at, total);
        check_norms(corpus, field, segment, docs, count);
    }
    free(expected);
    qd_arena_destroy(arena);
}

TEST(inverter, an_image_holds_what_was_put_in)
{
    for (uint64_t seed = 1; seed < 5; seed++) {
        struct corpus *corpus = malloc(sizeof(*corpus));
        uint32_t docs[DOCS];
        corpus_begin(corpus, seed);
        for (uint32_t i = 0; i < DOCS; i++) docs[i] = i;
        struct qd_held_segment *held = build(corpus, 0, DOCS);
        check_segment(corpus, held->segment, docs, DOCS);
        qd_held_segment_release(held);
        qd_arena_destroy(corpus->arena);
        free(corpus);
    }
}

static enum qd_status append(void *context, const void *data, size_t size, struct qd_error *error)
{
    (void)error;
    qd_buffer_append(context, data, size);
    return QD_OK;
}

TEST(merge, keeps_live_documents_in_order)
{
    for (uint64_t seed = 1; seed < 5; seed++) {
        struct corpus *corpus = malloc(sizeof(*corpus));
        uint32_t docs[DOCS];
        uint32_t count = 0;
        struct qd_merge_input inputs[3];
        static const uint32_t borders[4] = { 0, 100, 390, DOCS };
        corpus_begin(corpus, seed);
        for (uint32_t i = 0; i < 3; i++) {
            uint32_t size = borders[i + 1] - borders[i];
            inputs[i] = (struct qd_merge_input){ build(corpus, borders[i], borders[i + 1]), NULL, size };
            if (i != 1) inputs[i].live = qd_live_docs_create(size, NULL);
            for (uint32_t k = 0; k < size; k++) {
                if (i != 1 && below(corpus, 3) == 0) {
                    qd_live_docs_clear(inputs[i].live, k);
                } else {
                    docs[count++] = borders[i] + k;
                }
            }
            if (i != 1) inputs[i].live_count = inputs[i].live->live_count;
        }
        struct qd_buffer bytes = { 0 };
        struct qd_image_options options = { QD_STORED_LZ4, 0 };
        assert_ok(qd_merge_write(inputs, 3, &options, (struct qd_sink){ &bytes, append }, NULL));
        struct qd_held_segment *merged;
        assert_ok(qd_held_segment_open_image(NULL, 2, &bytes, &merged, NULL));
        check_segment(corpus, merged->segment, docs, count);
        struct qd_numeric_column *seq_no;
        assert_ok(qd_segment_numeric(merged->segment, QD_SLICE("_seq_no"), &seq_no, NULL));
        for (uint32_t i = 0; i < count; i++) assert_int_equal(qd_numeric_at(seq_no, i, 0), docs[i]);
        qd_held_segment_release(merged);
        for (uint32_t i = 0; i < 3; i++) {
            qd_held_segment_release(inputs[i].held);
            qd_live_docs_release(inputs[i].live);
        }
        qd_arena_destroy(corpus->arena);
        free(corpus);
    }
}
