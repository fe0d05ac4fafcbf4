#include "index/column_buffer.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"

static void *grow(struct qd_arena *arena, void *data, size_t width, uint32_t old, uint32_t wanted)
{
    return qd_arena_grow(arena, data, old * width, wanted * width);
}

void qd_column_buffer_reserve(struct qd_column_buffer *column, struct qd_arena *arena,
                              const struct qd_column_size *size)
{
    qd_assert(column->capacity == 0);
    column->capacity = size->docs;
    column->value_capacity = size->values;
    column->values = qd_arena_alloc(arena, column->value_capacity * size->width);
}

static uint32_t *identity(struct qd_arena *arena, uint32_t count, uint32_t capacity)
{
    uint32_t *numbers = qd_arena_alloc(arena, capacity * sizeof(*numbers));
    for (uint32_t i = 0; i < count; i++) numbers[i] = i;
    return numbers;
}

const uint32_t *qd_column_buffer_docs(const struct qd_column_buffer *column, struct qd_arena *arena)
{
    return column->docs != NULL ? column->docs : identity(arena, column->count, column->count);
}

static void grow_documents(struct qd_column_buffer *column, struct qd_arena *arena)
{
    uint32_t old = column->capacity;
    uint32_t wanted = old == 0 ? 16 : old * 2;
    if (column->docs != NULL) column->docs = grow(arena, column->docs, sizeof(*column->docs), old, wanted);
    if (column->starts != NULL) {
        column->starts = grow(arena, column->starts, sizeof(*column->starts), old + 1, wanted + 1);
    }
    column->capacity = wanted;
}

static void grow_values(struct qd_column_buffer *column, struct qd_arena *arena, uint32_t count, size_t width)
{
    uint32_t wanted = column->value_capacity == 0 ? 16 : column->value_capacity * 2;
    if (wanted - column->value_count < count) wanted = column->value_count + count;
    column->values = grow(arena, column->values, width, column->value_capacity, wanted);
    column->value_capacity = wanted;
}

void *qd_column_buffer_add(struct qd_column_buffer *column, struct qd_arena *arena, uint32_t doc,
                           uint32_t count, size_t width)
{
    qd_assert(count > 0);
    if (column->count == column->capacity) grow_documents(column, arena);
    if (column->docs == NULL && doc != column->count) {
        column->docs = identity(arena, column->count, column->capacity);
    }
    if (column->starts == NULL && count > 1) {
        column->starts = identity(arena, column->count + 1, column->capacity + 1);
    }
    if (column->value_capacity - column->value_count < count) grow_values(column, arena, count, width);
    char *result = (char *)column->values + column->value_count * width;
    if (column->docs != NULL) {
        qd_assert_slow(column->count == 0 || column->docs[column->count - 1] < doc);
        column->docs[column->count] = doc;
    }
    column->count++;
    column->value_count += count;
    if (column->starts != NULL) column->starts[column->count] = column->value_count;
    return result;
}

static int compare_int64(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return a < b ? -1 : a > b;
}

void qd_sort_int64(int64_t *values, uint32_t count)
{
    if (count > 32) {
        qsort(values, count, sizeof(*values), compare_int64);
        return;
    }
    for (uint32_t i = 1; i < count; i++) {
        int64_t value = values[i];
        uint32_t at = i;
        for (; at > 0 && values[at - 1] > value; at--) values[at] = values[at - 1];
        values[at] = value;
    }
}

void qd_point_buffer_reserve(struct qd_point_buffer *points, struct qd_arena *arena, uint32_t count,
                             size_t width)
{
    qd_assert(points->capacity == 0);
    points->values = qd_arena_alloc(arena, count * width);
    points->docs = qd_arena_alloc(arena, count * sizeof(*points->docs));
    points->capacity = count;
}

uint8_t *qd_point_buffer_add(struct qd_point_buffer *points, struct qd_arena *arena, uint32_t doc,
                             size_t width)
{
    if (points->count == points->capacity) {
        uint32_t wanted = points->capacity == 0 ? 16 : points->capacity * 2;
        points->values = grow(arena, points->values, width, points->capacity, wanted);
        points->docs = grow(arena, points->docs, sizeof(*points->docs), points->capacity, wanted);
        points->capacity = wanted;
    }
    points->docs[points->count] = doc;
    return points->values + points->count++ * width;
}

void qd_norm_buffer_cover(struct qd_norm_buffer *norms, struct qd_arena *arena, uint32_t doc_count)
{
    if (doc_count <= norms->capacity) return;
    uint32_t wanted = norms->capacity == 0 ? 64 : norms->capacity * 2;
    while (wanted < doc_count) wanted *= 2;
    uint32_t old = norms->capacity;
    norms->bytes = grow(arena, norms->bytes, 1, old, wanted);
    memset(norms->bytes + old, 0, wanted - old);
    norms->present = grow(arena, norms->present, sizeof(*norms->present), old / 64, wanted / 64);
    memset(norms->present + old / 64, 0, (wanted - old) / 8);
    norms->capacity = wanted;
}

void qd_norm_buffer_set(struct qd_norm_buffer *norms, struct qd_arena *arena, uint32_t doc, uint8_t norm)
{
    qd_norm_buffer_cover(norms, arena, doc + 1);
    norms->bytes[doc] = norm;
    norms->present[doc / 64] |= (uint64_t)1 << (doc % 64);
    norms->count++;
}
