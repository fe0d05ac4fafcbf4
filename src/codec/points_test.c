#include "codec/points.h"
#include "codec/test_image.h"

#define STRIDE_MAX (QD_POINT_DIMENSIONS_MAX * QD_POINT_BYTES_MAX)

/* The naive tree: the points as they were given. */
struct model {
    uint8_t *values;
    qd_doc_id *docs;
    uint32_t count;
    uint32_t doc_count;
    size_t dimensions;
    size_t bytes;
    size_t stride;
};

/* How points are made up: 0 anywhere, 1 few distinct values, 2 ascending with the document, 3 all the same.
 */
struct shape {
    uint8_t dimensions;
    uint8_t bytes;
    uint32_t count;
    unsigned kind;
    bool several; /* documents with several points, in any order */
};

static void draw_value(const struct shape *shape, uint32_t i, uint8_t *value, uint64_t *seed)
{
    uint64_t random = shape->kind == 0 ? test_random(seed) : shape->kind == 1 ? test_below(seed, 5) : 0;
    if (shape->kind == 2) random = (uint64_t)i * 3 + test_below(seed, 3);
    memset(value, 0x20, shape->bytes);
    for (size_t at = shape->bytes, used = 0; at-- > 0 && used < 8; used++, random >>= 8)
        value[at] = (uint8_t)random;
}

static void make_model(struct model *model, struct qd_arena *arena, const struct shape *shape, uint64_t *seed)
{
    *model = (struct model){ .count = shape->count,
                             .dimensions = shape->dimensions,
                             .bytes = shape->bytes,
                             .stride = (size_t)shape->dimensions * shape->bytes,
                             .doc_count = shape->several ? shape->count / 3 + 1 : shape->count * 2 + 1 };
    model->values = qd_arena_alloc(arena, model->stride * model->count);
    model->docs = QD_NEW_ARRAY(arena, qd_doc_id, model->count);
    for (uint32_t i = 0; i < model->count; i++) {
        model->docs[i] = shape->several     ? test_below(seed, model->doc_count)
                         : shape->kind == 2 ? i
                                            : i * 2 + test_below(seed, 2);
        for (size_t j = 0; j < model->dimensions; j++) {
            draw_value(shape, i, model->values + i * model->stride + j * model->bytes, seed);
        }
    }
}

static bool inside(const struct model *model, uint32_t i, const uint8_t *lower, const uint8_t *upper)
{
    for (size_t at = 0; at < model->stride; at += model->bytes) {
        const uint8_t *value = model->values + i * model->stride + at;
        if (memcmp(value, lower + at, model->bytes) < 0 || memcmp(value, upper + at, model->bytes) > 0)
            return false;
    }
    return true;
}

static void draw_box(const struct model *model, uint8_t *lower, uint8_t *upper, uint64_t *seed)
{
    for (size_t at = 0; at < model->stride; at += model->bytes) {
        const uint8_t *a = model->values + test_below(seed, model->count) * model->stride + at;
        const uint8_t *b = model->values + test_below(seed, model->count) * model->stride + at;
        bool swap = memcmp(a, b, model->bytes) > 0 && test_below(seed, 8) != 0;
        memcpy(lower + at, swap ? b : a, model->bytes);
        memcpy(upper + at, swap ? a : b, model->bytes);
        if (test_below(seed, 4) == 0) memset(lower + at, 0, model->bytes);
        if (test_below(seed, 4) == 0) memset(upper + at, 255, model->bytes);
    }
}

/* A box as a shape, whose relate never says inside for more than a few calls: leaves are looked into. */
struct box_shape {
    const struct model *model;
    const uint8_t *lower;
    const uint8_t *upper;
};

static enum qd_points_relation relate(void *context, const uint8_t *min, const uint8_t *max)
{
    const struct box_shape *shape = context;
    bool within = true;
    for (size_t at = 0; at < shape->model->stride; at += shape->model->bytes) {
        size_t bytes = shape->model->bytes;
        if (memcmp(max + at, shape->lower + at, bytes) < 0) return QD_POINTS_OUTSIDE;
        if (memcmp(min + at, shape->upper + at, bytes) > 0) return QD_POINTS_OUTSIDE;
        within = within && memcmp(min + at, shape->lower + at, bytes) >= 0 &&
                 memcmp(max + at, shape->upper + at, bytes) <= 0;
    }
    return within ? QD_POINTS_INSIDE : QD_POINTS_CROSSES;
}

static bool contains(void *context, const uint8_t *value)
{
    const struct box_shape *shape = context;
    for (size_t at = 0; at < shape->model->stride; at += shape->model->bytes) {
        size_t bytes = shape->model->bytes;
        if (memcmp(value + at, shape->lower + at, bytes) < 0) return false;
        if (memcmp(value + at, shape->upper + at, bytes) > 0) return false;
    }
    return true;
}

static void check_box(const struct model *model, const struct qd_points *points, uint64_t *seed)
{
    struct qd_arena *arena = qd_arena_create(0);
    uint8_t lower[STRIDE_MAX];
    uint8_t upper[STRIDE_MAX];
    size_t word_count = model->doc_count / 64 + 1;
    uint64_t *wanted = QD_NEW_ARRAY(arena, uint64_t, word_count);
    uint64_t *words = QD_NEW_ARRAY(arena, uint64_t, word_count);
    uint64_t *shaped = QD_NEW_ARRAY(arena, uint64_t, word_count);
    uint64_t count = 0;
    draw_box(model, lower, upper, seed);
    for (uint32_t i = 0; i < model->count; i++) {
        if (!inside(model, i, lower, upper)) continue;
        wanted[model->docs[i] / 64] |= (uint64_t)1 << (model->docs[i] % 64);
        count++;
    }
    assert_int_equal(qd_points_range(points, lower, upper, words), count);
    assert_memory_equal(words, wanted, word_count * 8);
    if (model->dimensions == 1) assert_int_equal(qd_points_count_range(points, lower, upper), count);
    uint64_t estimate = qd_points_estimate(points, lower, upper);
    assert_true(estimate <= model->count);
    if (model->dimensions == 1) assert_true(estimate + 512 >= count && estimate <= count + 512);
    struct box_shape box = { model, lower, upper };
    struct qd_points_shape shape = { relate, contains, &box };
    qd_points_match_shape(points, &shape, shaped);
    assert_memory_equal(shaped, wanted, word_count * 8);
    qd_arena_destroy(arena);
}

/* What a walk in order has seen. */
struct walk_state {
    const struct model *model;
    bool descending;
    uint8_t last[QD_POINT_BYTES_MAX];
    uint32_t seen;
    uint32_t stop_at;
    uint64_t doc_sum;
};

static bool visit(void *context, const uint8_t *value, qd_doc_id doc)
{
    struct walk_state *state = context;
    int order = state->seen == 0 ? 0 : memcmp(state->last, value, state->model->bytes);
    assert_true(state->descending ? order >= 0 : order <= 0);
    memcpy(state->last, value, state->model->bytes);
    state->doc_sum += doc;
    return ++state->seen != state->stop_at;
}

static void check_walk(const struct model *model, const struct qd_points *points, bool descending,
                       uint64_t *seed)
{
    uint8_t lower[STRIDE_MAX];
    uint8_t upper[STRIDE_MAX];
    uint32_t count = 0;
    uint64_t doc_sum = 0;
    draw_box(model, lower, upper, seed);
    for (uint32_t i = 0; i < model->count; i++) {
        if (!inside(model, i, lower, upper)) continue;
        count++;
        doc_sum += model->docs[i];
    }
    struct walk_state state = { .model = model, .descending = descending };
    struct qd_points_walk walk = { lower, upper, descending, visit, &state };
    qd_points_in_order(points, &walk);
    assert_int_equal(state.seen, count);
    assert_int_equal(state.doc_sum, doc_sum);
    struct walk_state short_state = { .model = model, .descending = descending, .stop_at = 3 };
    struct qd_points_walk all = { NULL, NULL, descending, visit, &short_state };
    qd_points_in_order(points, &all);
    assert_int_equal(short_state.seen, model->count < 3 ? model->count : 3);
}

static void check_bounds(const struct model *model, const struct qd_points *points)
{
    for (size_t at = 0; at < model->stride; at += model->bytes) {
        const uint8_t *min = model->values + at;
        const uint8_t *max = model->values + at;
        for (uint32_t i = 0; i < model->count; i++) {
            const uint8_t *value = model->values + i * model->stride + at;
            if (memcmp(value, min, model->bytes) < 0) min = value;
            if (memcmp(value, max, model->bytes) > 0) max = value;
        }
        assert_memory_equal(qd_points_min(points) + at, min, model->bytes);
        assert_memory_equal(qd_points_max(points) + at, max, model->bytes);
    }
}

static void check_points(const struct shape *shape, uint64_t *seed)
{
    struct test_image image = { 0 };
    struct model model;
    struct qd_points *points;
    test_image_begin(&image);
    make_model(&model, image.arena, shape, seed);
    struct qd_points_input input = { qd_arena_alloc(image.arena, model.stride * model.count),
                                     QD_NEW_ARRAY(image.arena, qd_doc_id, model.count), model.count,
                                     shape->dimensions, shape->bytes };
    memcpy(input.values, model.values, model.stride * model.count);
    memcpy(input.docs, model.docs, model.count * sizeof(qd_doc_id));
    qd_points_write(image.arena, image.writer, 2, &input);
    test_image_open(&image);
    struct qd_segment_field field = { .number = 2,
                                      .point_dimensions = shape->dimensions,
                                      .point_bytes = shape->bytes };
    assert_ok(qd_points_open(image.arena, image.sections, &field, model.doc_count, &points, &image.error));
    assert_int_equal(qd_points_count(points), model.count);
    check_bounds(&model, points);
    for (int i = 0; i < 8; i++) check_box(&model, points, seed);
    for (int i = 0; i < 4 && shape->dimensions == 1; i++) check_walk(&model, points, i % 2 == 0, seed);
    test_image_end(&image);
}

TEST(points, answer_as_the_naive_list)
{
    static const uint8_t widths[] = { 1, 4, 8, 16, 3, 12 };
    static const uint8_t dimensions[] = { 1, 2, 1, 4, 8, 1, 3 };
    static const uint32_t counts[] = { 1, 511, 513, 2048, 5000 };
    uint64_t seed = 31;
    for (unsigned i = 0; i < 6 * 7 * 5; i++) {
        struct shape shape = { dimensions[i % 7], widths[i % 6], counts[i % 5], test_below(&seed, 4),
                               test_below(&seed, 2) != 0 };
        check_points(&shape, &seed);
    }
}

TEST(points, a_tree_without_points)
{
    struct test_image image = { 0 };
    struct qd_points *points;
    struct qd_points_input input = { .dimensions = 1, .bytes = 8 };
    struct qd_segment_field field = { .number = 2, .point_dimensions = 1, .point_bytes = 8 };
    uint8_t low[8] = { 0 };
    uint64_t word = 0;
    test_image_begin(&image);
    qd_points_write(image.arena, image.writer, 2, &input);
    test_image_open(&image);
    assert_ok(qd_points_open(image.arena, image.sections, &field, 10, &points, &image.error));
    assert_int_equal(qd_points_range(points, low, low, &word), 0);
    assert_int_equal(qd_points_estimate(points, low, low), 0);
    assert_memory_equal(qd_points_min(points), low, 8);
    test_image_end(&image);
}

TEST(points, count_documents_once)
{
    struct test_image image = { 0 };
    struct qd_points *points;
    uint8_t values[5] = { 9, 1, 5, 5, 2 };
    qd_doc_id docs[5] = { 3, 3, 70, 1, 70 };
    struct qd_points_input input = { values, docs, 5, 1, 1 };
    struct qd_segment_field field = { .number = 2, .point_dimensions = 1, .point_bytes = 1 };
    test_image_begin(&image);
    qd_points_write(image.arena, image.writer, 2, &input);
    test_image_open(&image);
    assert_ok(qd_points_open(image.arena, image.sections, &field, 71, &points, &image.error));
    assert_int_equal(qd_points_doc_count(points), 3);
    test_image_end(&image);
}
