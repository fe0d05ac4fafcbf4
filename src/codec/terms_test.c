#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "codec/postings.h"
#include "codec/test_image.h"

/* A field of terms, each in a few documents; terms[] ascends. */
struct fixture {
    struct test_image image;
    struct qd_slice *terms;
    size_t count;
    struct qd_terms *opened;
};

static int by_bytes(const void *left, const void *right)
{
    return qd_slice_compare(*(const struct qd_slice *)left, *(const struct qd_slice *)right);
}

/* A random term: `kind` chooses words with common beginnings, binary strings or long ones. */
static struct qd_slice make_term(struct qd_arena *arena, struct qd_prng *prng, int kind)
{
    size_t size = qd_prng_below(prng, kind == 2 ? 700 : 12);
    char *bytes = qd_arena_alloc(arena, size + 16);
    size_t shared = kind == 1 ? 0 : 9;
    memcpy(bytes, "prefixes/", shared);
    for (size_t i = 0; i < size; i++) {
        bytes[shared + i] = (char)(kind == 1 ? qd_prng_below(prng, 256) : 'a' + qd_prng_below(prng, 4));
    }
    return qd_slice_make(bytes, shared + size);
}

static void fixture_begin(struct fixture *fixture, uint64_t seed, size_t count, int kind)
{
    struct qd_prng prng;
    qd_prng_seed(&prng, seed);
    *fixture = (struct fixture){ 0 };
    test_image_begin(&fixture->image);
    struct qd_arena *arena = fixture->image.arena;
    fixture->terms = QD_NEW_ARRAY(arena, struct qd_slice, count);
    for (size_t i = 0; i < count; i++) fixture->terms[i] = make_term(arena, &prng, kind);
    qsort(fixture->terms, count, sizeof(struct qd_slice), by_bytes);
    for (size_t i = 0; i < count; i++) {
        bool again = fixture->count > 0 && qd_slice_equal(fixture->terms[fixture->count - 1],
                                                          fixture->terms[i]);
        if (!again) fixture->terms[fixture->count++] = fixture->terms[i];
    }
    struct qd_segment_field field = { .number = 1, .index_options = QD_INDEX_FREQS };
    struct qd_postings_writer *writer = qd_postings_writer_create(arena, fixture->image.writer, &field, NULL,
                                                                  1000);
    for (size_t i = 0; i < fixture->count; i++) {
        qd_postings_writer_term(writer, fixture->terms[i]);
        for (uint32_t k = 0; k <= i % 3; k++) {
            qd_postings_writer_doc(writer, (uint32_t)(i % 900) + k, 1 + (uint32_t)i % 5);
        }
    }
    qd_postings_writer_finish(writer);
    test_image_open(&fixture->image);
    assert_ok(qd_terms_open(arena, fixture->image.sections, &field, 1000, &fixture->opened,
                            &fixture->image.error));
}

static void check_info(const struct fixture *fixture, size_t i, const struct qd_term_info *info)
{
    struct qd_postings postings;
    assert_int_equal(info->doc_freq, i % 3 + 1);
    assert_int_equal(info->total_term_freq, (i % 3 + 1) * (1 + i % 5));
    qd_postings_init(&postings, fixture->image.arena, fixture->opened, info, QD_POSTINGS_FREQS);
    assert_int_equal(qd_postings_next(&postings), i % 900);
    assert_int_equal(qd_postings_freq(&postings), 1 + i % 5);
}

/* The number of terms smaller than `term`. */
static size_t rank_of(const struct fixture *fixture, struct qd_slice term)
{
    size_t rank = 0;
    while (rank < fixture->count && qd_slice_compare(fixture->terms[rank], term) < 0) rank++;
    return rank;
}

static void check_find(const struct fixture *fixture, struct qd_slice term)
{
    struct qd_term_info info;
    size_t rank = rank_of(fixture, term);
    bool there = rank < fixture->count && qd_slice_equal(fixture->terms[rank], term);
    assert_int_equal(qd_terms_find(fixture->opened, term, &info), there);
    if (there) check_info(fixture, rank, &info);
    struct qd_terms_iterator *iterator = qd_terms_iterate(fixture->image.arena, fixture->opened, term);
    for (size_t i = rank; i < rank + 40 && i <= fixture->count; i++) {
        struct qd_slice found;
        assert_int_equal(qd_terms_next(iterator, &found, &info), i < fixture->count);
        if (i < fixture->count) assert_true(qd_slice_equal(found, fixture->terms[i]));
    }
}

static void run_dictionary(uint64_t seed, size_t count, int kind)
{
    struct fixture fixture;
    struct qd_prng prng;
    fixture_begin(&fixture, seed, count, kind);
    qd_prng_seed(&prng, seed + 1);
    assert_int_equal(qd_terms_stats(fixture.opened).term_count, fixture.count);
    for (size_t i = 0; i < fixture.count; i++) {
        struct qd_term_info info;
        assert_true(qd_terms_find(fixture.opened, fixture.terms[i], &info));
        check_info(&fixture, i, &info);
    }
    for (int i = 0; i < 300; i++) {
        struct qd_slice term = make_term(fixture.image.arena, &prng, kind);
        check_find(&fixture, term);
        check_find(&fixture, qd_slice_sub(term, 0, qd_prng_below(&prng, term.size + 1)));
    }
    check_find(&fixture, (struct qd_slice){ NULL, 0 });
    check_find(&fixture, QD_SLICE("\xff\xff"));
    test_image_end(&fixture.image);
}

TEST(terms, words_are_found_and_walked)
{
    run_dictionary(1, 3000, 0);
}

TEST(terms, binary_terms_are_found_and_walked)
{
    run_dictionary(2, 2000, 1);
}

TEST(terms, long_terms_are_found_and_walked)
{
    run_dictionary(3, 300, 2);
}

TEST(terms, a_field_without_terms_is_empty)
{
    run_dictionary(4, 0, 0);
}

static void check_intersection(const struct fixture *fixture, const struct qd_automaton *automaton)
{
    struct qd_terms_iterator *iterator = qd_terms_intersect(fixture->image.arena, fixture->opened, automaton);
    struct qd_slice found;
    struct qd_term_info info;
    for (size_t i = 0; i < fixture->count; i++) {
        if (!qd_automaton_matches(automaton, fixture->terms[i])) continue;
        assert_true(qd_terms_next(iterator, &found, &info));
        assert_true(qd_slice_equal(found, fixture->terms[i]));
        check_info(fixture, i, &info);
    }
    assert_false(qd_terms_next(iterator, &found, &info));
    assert_false(qd_terms_next(iterator, &found, &info));
}

TEST(terms, intersection_gives_what_the_automaton_accepts)
{
    static const char *const patterns[] = { "prefixes/a.*", "prefixes/",     ".*",
                                            "prefixes/[ab]c.{2,5}d",
                                            ".*a",          "x.*",           "",
                                            "prefixes/(abc|dcba?)*",
                                            "zzz",          "prefixes/.*dd", "prefixes/d.*",
                                            "prefixes/abcd@&@a",
                                            "#",            "prefixes/d+" };
    struct fixture fixture;
    struct qd_prng prng;
    fixture_begin(&fixture, 7, 6000, 0);
    qd_prng_seed(&prng, 8);
    for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
        struct qd_regexp_options options = { QD_REGEXP_ALL, false, QD_AUTOMATON_WORK_DEFAULT };
        struct qd_automaton *automaton = NULL;
        assert_ok(qd_automaton_regexp(fixture.image.arena, qd_slice_from_string(patterns[i]), &options,
                                      &automaton,
                                      NULL));
        check_intersection(&fixture, automaton);
    }
    for (int i = 0; i < 30; i++) {
        struct qd_fuzzy_options options = { 1 + i % 2, (int)qd_prng_below(&prng, 11), true };
        struct qd_automaton *automaton = NULL;
        struct qd_slice term = make_term(fixture.image.arena, &prng, 0);
        assert_ok(qd_automaton_fuzzy(fixture.image.arena, term, &options, &automaton, NULL));
        check_intersection(&fixture, automaton);
    }
    test_image_end(&fixture.image);
}

TEST(terms, a_malformed_dictionary_is_refused)
{
    struct qd_segment_field field = { .number = 1, .index_options = QD_INDEX_DOCS };
    struct test_image image = { 0 };
    struct qd_terms *opened = NULL;
    test_image_begin(&image);
    qd_sections_begin(image.writer, QD_SECTION_TERMS, 1);
    qd_sections_append(image.writer, "QDT1 and nothing of the kind", 28);
    qd_sections_end(image.writer);
    test_image_open(&image);
    assert_int_equal(qd_terms_open(image.arena, image.sections, &field, 10, &opened, &image.error),
                     QD_CORRUPTION);
    test_image_end(&image);
}
