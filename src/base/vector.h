/* Growable arrays in an arena, one struct per element type.
 *
 * `QD_VECTOR(struct foo) foos = { 0 }; *QD_PUSH(arena, &foos) = foo;` or name the type with QD_VECTOR_TYPE.
 * Growing copies, so a pointer to an element is dead after the next push.
 */
#ifndef QD_BASE_VECTOR_H
#define QD_BASE_VECTOR_H

#include <stddef.h>
#include <string.h>

#include "base/arena.h"

/* An anonymous vector of `type`: data[count], room for capacity. */
#define QD_VECTOR(type)  \
    struct {             \
        type *data;      \
        size_t count;    \
        size_t capacity; \
    }

/* Declares `struct name`, a vector of `type`. */
#define QD_VECTOR_TYPE(name, type) \
    struct name {                  \
        type *data;                \
        size_t count;              \
        size_t capacity;           \
    }

/* Grows data (elements of `size` bytes) so that one more fits; returns the new data. */
static inline void *qd_vector_grow(struct qd_arena *arena, void *data, size_t size, size_t count,
                                   size_t *capacity)
{
    if (count < *capacity) return data;
    size_t wanted = *capacity == 0 ? 8 : *capacity * 2;
    data = qd_arena_grow(arena, data, *capacity * size, wanted * size);
    *capacity = wanted;
    return data;
}

/* Appends one zeroed element and yields a pointer to it. */
#define QD_PUSH(arena, vector)                                                                               \
    ((vector)->data = qd_vector_grow((arena), (vector)->data, sizeof(*(vector)->data), (vector)->count,      \
                                     &(vector)->capacity),                                                   \
     memset(&(vector)->data[(vector)->count], 0, sizeof(*(vector)->data)),                                   \
     &(vector)->data[(vector)->count++])

#endif
