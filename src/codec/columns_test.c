#include "codec/columns.h"
#include "codec/test_image.h"

/* The naive column: values[doc][0 .. counts[doc]). */
#define PER_DOC_MAX 6u

struct model {
    struct qd_arena *arena;
    uint32_t doc_count;
    uint32_t *counts;
    int64_t (*values)[PER_DOC_MAX];
    struct qd_numeric_input input;
};

/* How a column is made up. */
struct shape {
    uint32_t doc_count;
    uint32_t present_in; /* one document in so many has values */
    uint32_t per_doc;    /* up to so many values each */
    unsigned kind;       /* of values */
    int64_t bound;       /* values stay below it; 0: any */
};

static int64_t draw(const struct shape *shape, uint32_t doc, uint64_t *seed)
{
    uint64_t random = test_random(seed);
    if (shape->bound > 0) return (int64_t)(random % (uint64_t)shape->bound);
    switch (shape->kind) {
    case 0: return 7;
    case 1: return (int64_t)(random >> 3) - INT64_MAX / 16;
    case 2: return (int64_t)(random % 256);
    case 3: return (int64_t)doc * 1000 + (int64_t)(random % 500);
    case 4: return (int64_t)(random % 3) * 1000000000000;
    default: return (int64_t)(random % 50000) - 25000;
    }
}

static void insert_sorted(int64_t *values, uint32_t count, int64_t value)
{
    uint32_t at = count;
    for (; at > 0 && values[at - 1] > value; at--) values[at] = values[at - 1];
    values[at] = value;
}

static bool holds(const int64_t *values, uint32_t count, int64_t value)
{
    for (uint32_t i = 0; i < count; i++) {
        if (values[i] == value) return true;
    }
    return false;
}

static void make_model(struct model *model, struct qd_arena *arena, const struct shape *shape, uint64_t *seed)
{
    uint32_t n = shape->doc_count;
    model->arena = arena;
    model->doc_count = n;
    model->counts = QD_NEW_ARRAY(arena, uint32_t, n);
    model->values = qd_arena_zalloc(arena, sizeof(*model->values) * n);
    qd_doc_id *docs = QD_NEW_ARRAY(arena, qd_doc_id, n);
    uint32_t *starts = QD_NEW_ARRAY(arena, uint32_t, n + 1);
    int64_t *values = QD_NEW_ARRAY(arena, int64_t, (size_t)n * PER_DOC_MAX);
    uint32_t count = 0;
    uint32_t total = 0;
    for (uint32_t doc = 0; doc < n; doc++) {
        if (test_below(seed, shape->present_in) != 0) continue;
        uint32_t wanted = 1 + test_below(seed, shape->per_doc);
        for (uint32_t i = 0; i < wanted; i++) {
            int64_t value = draw(shape, doc, seed);
            if (shape->bound > 0 && holds(model->values[doc], model->counts[doc], value)) continue;
            insert_sorted(model->values[doc], model->counts[doc]++, value);
        }
        docs[count] = doc;
        starts[count++] = total;
        memcpy(values + total, model->values[doc], model->counts[doc] * sizeof(int64_t));
        total += model->counts[doc];
    }
    starts[count] = total;
    model->input = (struct qd_numeric_input){ docs, shape->per_doc == 1 ? NULL : starts, values, count };
}

static void check_values(const struct model *model, const struct qd_numeric_column *column)
{
    struct qd_column_facts facts = qd_numeric_facts(column);
    uint64_t total = 0;
    uint32_t present = 0;
    for (uint32_t doc = 0; doc < model->doc_count; doc++) {
        int64_t first = 0;
        uint32_t count = model->counts[doc];
        assert_int_equal(qd_numeric_count(column, doc), count);
        assert_int_equal(qd_numeric_first(column, doc, &first), count > 0);
        if (count > 0) assert_int_equal(first, model->values[doc][0]);
        for (uint32_t i = 0; i < count; i++) {
            assert_int_equal(qd_numeric_at(column, doc, i), model->values[doc][i]);
            assert_true(model->values[doc][i] >= facts.min);
            assert_true(model->values[doc][i] <= facts.max);
        }
        if (count > 1) assert_false(facts.single);
        total += count;
        present += count > 0;
    }
    assert_int_equal(facts.value_count, total);
    assert_int_equal(facts.doc_count, present);
    assert_int_equal(facts.single, total == present);
    assert_int_equal(facts.dense, present == model->doc_count);
}

static void check_all(const struct model *model, const struct qd_numeric_column *column)
{
    struct qd_column_facts facts = qd_numeric_facts(column);
    qd_doc_id *docs = QD_NEW_ARRAY(model->arena, qd_doc_id, facts.doc_count);
    uint32_t *starts = facts.single ? NULL : QD_NEW_ARRAY(model->arena, uint32_t, facts.doc_count + 1);
    int64_t *values = QD_NEW_ARRAY(model->arena, int64_t, facts.value_count);
    qd_numeric_decode_all(column, docs, starts, values);
    uint32_t at = 0;
    for (uint32_t i = 0; i < facts.doc_count; i++) {
        assert_true(i == 0 || docs[i] > docs[i - 1]);
        if (starts != NULL) assert_int_equal(starts[i], at);
        for (uint32_t k = 0; k < model->counts[docs[i]]; k++, at++) {
            assert_int_equal(values[at], model->values[docs[i]][k]);
        }
    }
    assert_int_equal(at, facts.value_count);
}

static void check_gather(const struct model *model, const struct qd_numeric_column *column, uint64_t *seed)
{
    struct qd_column_facts facts = qd_numeric_facts(column);
    uint32_t n = model->doc_count;
    qd_doc_id *docs = QD_NEW_ARRAY(model->arena, qd_doc_id, n);
    int64_t *values = QD_NEW_ARRAY(model->arena, int64_t, n);
    bool *has = QD_NEW_ARRAY(model->arena, bool, n);
    if (!facts.single) return;
    for (uint32_t step = 1; step < 40; step += 7) {
        uint32_t count = 0;
        for (uint32_t doc = test_below(seed, step); doc < n; doc += 1 + test_below(seed, step))
            docs[count++] = doc;
        qd_numeric_gather(column, docs, count, values, has);
        for (uint32_t i = 0; i < count; i++) {
            assert_int_equal(has[i], model->counts[docs[i]] > 0);
            assert_int_equal(values[i], model->values[docs[i]][0]);
        }
    }
    if (!facts.dense) return;
    uint32_t from = test_below(seed, n);
    qd_numeric_range_decode(column, from, n, values);
    for (uint32_t doc = from; doc < n; doc++) assert_int_equal(values[doc - from], model->values[doc][0]);
}

static void check_skip(const struct model *model, const struct qd_numeric_column *column)
{
    for (uint32_t first = 0; first < model->doc_count; first += QD_COLUMN_SKIP_DOCS) {
        struct qd_skip_entry skip = qd_numeric_skip(column, first + 1 < model->doc_count ? first + 1 : first);
        uint32_t present = 0;
        int64_t min = INT64_MAX;
        int64_t max = INT64_MIN;
        for (uint32_t doc = skip.first; doc <= skip.last; doc++) {
            uint32_t count = model->counts[doc];
            if (count == 0) continue;
            present++;
            if (model->values[doc][0] < min) min = model->values[doc][0];
            if (model->values[doc][count - 1] > max) max = model->values[doc][count - 1];
        }
        assert_int_equal(skip.first, first);
        assert_int_equal(skip.doc_count, present);
        if (present > 0) assert_int_equal(skip.min, min);
        if (present > 0) assert_int_equal(skip.max, max);
    }
}

static void check_range(const struct model *model, const struct qd_numeric_column *column, int64_t lower,
                        int64_t upper, uint64_t *seed)
{
    uint32_t from = test_below(seed, 3) == 0 ? 0 : test_below(seed, model->doc_count);
    uint32_t to = from + test_below(seed, model->doc_count - from + 1);
    size_t word_count = (size_t)(to - from + 63) / 64;
    uint64_t *words = QD_NEW_ARRAY(model->arena, uint64_t, word_count);
    uint64_t *present = QD_NEW_ARRAY(model->arena, uint64_t, word_count);
    qd_numeric_match_range(column, lower, upper, from, to, words);
    qd_numeric_exists(column, from, to, present);
    for (uint32_t doc = from; doc < to; doc++) {
        bool inside = false;
        for (uint32_t i = 0; i < model->counts[doc]; i++) {
            inside = inside || (model->values[doc][i] >= lower && model->values[doc][i] <= upper);
        }
        assert_int_equal(words[(doc - from) / 64] >> ((doc - from) % 64) & 1, inside);
        assert_int_equal(present[(doc - from) / 64] >> ((doc - from) % 64) & 1, model->counts[doc] > 0);
    }
    if ((to - from) % 64 != 0) assert_int_equal(words[word_count - 1] >> ((to - from) % 64), 0);
}

static void check_column(const struct model *model, const struct qd_numeric_column *column, uint64_t *seed)
{
    check_values(model, column);
    check_all(model, column);
    check_gather(model, column, seed);
    check_skip(model, column);
    for (int i = 0; i < 12 && model->doc_count > 0; i++) {
        int64_t limits[2] = { INT64_MIN, INT64_MAX };
        for (int j = 0; j < 2; j++) {
            uint32_t doc = test_below(seed, model->doc_count);
            if (i > 0) limits[j] = model->values[doc][0];
        }
        check_range(model, column, limits[0], limits[1], seed);
    }
}

static const uint32_t doc_counts[] = { 1, 64, 1000, 4096, 9001, 40000 };
static const uint32_t presences[] = { 1, 2, 30, 200 };
static const uint32_t per_docs[] = { 1, 3 };

/* Calls `check` with columns of every mixture of size, density, number of values and kind of values. */
static void for_each_shape(unsigned kinds, int64_t bound,
                           void (*check)(const struct shape *shape, uint64_t *seed))
{
    uint64_t seed = 2024;
    for (unsigned i = 0; i < 6 * 4 * 2 * kinds; i++) {
        unsigned rest = i / kinds;
        struct shape shape = { .kind = i % kinds,
                               .per_doc = per_docs[rest % 2],
                               .present_in = presences[rest / 2 % 4],
                               .doc_count = doc_counts[rest / 8],
                               .bound = bound };
        check(&shape, &seed);
    }
}

static void check_numeric(const struct shape *shape, uint64_t *seed)
{
    struct test_image image = { 0 };
    struct model model;
    struct qd_numeric_column *column;
    test_image_begin(&image);
    make_model(&model, image.arena, shape, seed);
    qd_numeric_write(image.arena, image.writer, 5, shape->doc_count, &model.input);
    test_image_open(&image);
    assert_ok(qd_numeric_open(image.arena, image.sections, 5, shape->doc_count, &column, &image.error));
    check_column(&model, column, seed);
    assert_int_equal(
        qd_numeric_open(image.arena, image.sections, 5, shape->doc_count + 1, &column, &image.error),
        QD_CORRUPTION);
    test_image_end(&image);
}

TEST(numeric, answers_as_the_naive_column)
{
    for_each_shape(6, 0, check_numeric);
}

/* ---- ordinals ---- */

static int compare_slices(const void *left, const void *right)
{
    return qd_slice_compare(*(const struct qd_slice *)left, *(const struct qd_slice *)right);
}

#define TERMS 300u

/* Distinct terms with shared beginnings, ascending; the first is empty. */
static uint32_t make_terms(struct qd_arena *arena, struct qd_slice *terms, uint64_t *seed)
{
    for (uint32_t i = 0; i < TERMS; i++) {
        uint32_t number = test_below(seed, 100000);
        terms[i] = i == 0
                       ? (struct qd_slice){ NULL, 0 }
                       : qd_arena_format(arena, "%s%x", number % 3 == 0 ? "common/start/" : "\xf0q", number);
    }
    qsort(terms, TERMS, sizeof(*terms), compare_slices);
    uint32_t count = 1;
    for (uint32_t i = 1; i < TERMS; i++) {
        if (!qd_slice_equal(terms[i], terms[count - 1])) terms[count++] = terms[i];
    }
    return count;
}

static void check_terms(struct qd_arena *arena, const struct qd_ordinal_column *column,
                        const struct qd_slice *terms, uint32_t count, uint64_t *seed)
{
    uint32_t ordinal;
    struct qd_ordinal_walk walk = { .column = column };
    assert_int_equal(qd_ordinal_term_count(column), count);
    for (uint32_t i = 0; i < count; i++) {
        assert_true(qd_slice_equal(qd_ordinal_term(column, i, arena), terms[i]));
        assert_true(qd_slice_equal(qd_ordinal_walk_next(&walk, arena), terms[i]));
        assert_true(qd_ordinal_find(column, terms[i], &ordinal));
        assert_int_equal(ordinal, i);
    }
    for (int i = 0; i < 500; i++) {
        struct qd_slice term = qd_arena_format(arena, "%s%x",
                                               i % 3 == 0   ? "common/start/"
                                               : i % 3 == 1 ? "\xf0q"
                                                            : "c",
                                               test_below(seed, 200000));
        uint32_t wanted = 0;
        while (wanted < count && qd_slice_compare(terms[wanted], term) < 0) wanted++;
        bool there = wanted < count && qd_slice_equal(terms[wanted], term);
        assert_int_equal(qd_ordinal_find(column, term, &ordinal), there);
        assert_int_equal(ordinal, wanted);
    }
}

static void check_ordinals(const struct shape *shape, uint64_t *seed)
{
    struct test_image image = { 0 };
    struct model model;
    struct qd_ordinal_column *column;
    struct qd_slice terms[TERMS];
    test_image_begin(&image);
    struct shape bounded = *shape;
    bounded.bound = make_terms(image.arena, terms, seed);
    make_model(&model, image.arena, &bounded, seed);
    struct qd_ordinal_input input = { model.input, terms, (uint32_t)bounded.bound };
    qd_ordinal_write(image.arena, image.writer, 5, shape->doc_count, &input);
    test_image_open(&image);
    assert_ok(qd_ordinal_open(image.arena, image.sections, 5, shape->doc_count, &column, &image.error));
    check_column(&model, qd_ordinal_numbers(column), seed);
    check_terms(image.arena, column, terms, input.term_count, seed);
    test_image_end(&image);
}

TEST(ordinal, answers_as_the_naive_column)
{
    for_each_shape(1, 1, check_ordinals);
}

TEST(ordinal, a_column_without_terms)
{
    struct test_image image = { 0 };
    struct qd_ordinal_input input = { .term_count = 0 };
    struct qd_ordinal_column *column;
    uint32_t ordinal = 9;
    test_image_begin(&image);
    qd_ordinal_write(image.arena, image.writer, 5, 10, &input);
    test_image_open(&image);
    assert_ok(qd_ordinal_open(image.arena, image.sections, 5, 10, &column, &image.error));
    assert_false(qd_ordinal_find(column, QD_SLICE("x"), &ordinal));
    assert_int_equal(ordinal, 0);
    assert_int_equal(qd_numeric_count(qd_ordinal_numbers(column), 3), 0);
    test_image_end(&image);
}

/* ---- binary ---- */

/* The bytes that stand for a number of the model. */
static struct qd_slice make_bytes(struct qd_arena *arena, int64_t number, bool fixed)
{
    if (fixed) return qd_arena_format(arena, "%08llx", (unsigned long long)((uint64_t)number & 0xffffffffu));
    size_t size = (size_t)((uint64_t)number % 40);
    char *bytes = qd_arena_alloc(arena, size + 1);
    for (size_t i = 0; i < size; i++) bytes[i] = (char)(number + (int64_t)i);
    return qd_slice_make(bytes, size);
}

static void check_binary(const struct shape *shape, uint64_t *seed)
{
    struct test_image image = { 0 };
    struct model model;
    struct qd_binary_column *column;
    bool fixed = shape->kind == 0;
    test_image_begin(&image);
    struct shape any = *shape;
    any.kind = 5;
    make_model(&model, image.arena, &any, seed);
    uint32_t total = model.input.starts == NULL ? model.input.count : model.input.starts[model.input.count];
    struct qd_slice *values = QD_NEW_ARRAY(image.arena, struct qd_slice, total);
    for (uint32_t i = 0; i < total; i++) values[i] = make_bytes(image.arena, model.input.values[i], fixed);
    struct qd_binary_input input = { model.input.docs, model.input.starts, values, model.input.count };
    qd_binary_write(image.arena, image.writer, 5, shape->doc_count, &input);
    test_image_open(&image);
    assert_ok(qd_binary_open(image.arena, image.sections, 5, shape->doc_count, &column, &image.error));
    uint64_t *words = QD_NEW_ARRAY(image.arena, uint64_t, shape->doc_count / 64 + 1);
    qd_binary_exists(column, 0, shape->doc_count, words);
    for (uint32_t doc = 0; doc < shape->doc_count; doc++) {
        assert_int_equal(qd_binary_count(column, doc), model.counts[doc]);
        assert_int_equal(words[doc / 64] >> (doc % 64) & 1, model.counts[doc] > 0);
        for (uint32_t i = 0; i < model.counts[doc]; i++) {
            struct qd_slice wanted = make_bytes(image.arena, model.values[doc][i], fixed);
            assert_true(qd_slice_equal(qd_binary_at(column, doc, i), wanted));
        }
    }
    test_image_end(&image);
}

TEST(binary, answers_as_the_naive_column)
{
    for_each_shape(2, 0, check_binary);
}
