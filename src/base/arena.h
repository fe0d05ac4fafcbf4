/* Memory that is given back all at once.
 *
 * Used by everything whose memory shares one lifetime: a request, a segment build, a mapping. An arena is
 * used by one thread at a time. Allocation cannot fail: the process ends when the machine is out of memory.
 * What is proportional to input is reserved from a breaker first (base/breaker.h). With -DQD_ARENA_MALLOC
 * each allocation is a malloc of its own, so that leak and overflow checkers see it; in ASan builds free
 * arena space is poisoned.
 */
#ifndef QD_BASE_ARENA_H
#define QD_BASE_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

struct qd_arena;

/* Creates an arena whose blocks hold `block_size` bytes (0: 4096). Memory: the caller's, qd_arena_destroy. */
struct qd_arena *qd_arena_create(size_t block_size);

/* Gives back the arena and everything allocated from it; NULL does nothing. */
void qd_arena_destroy(struct qd_arena *arena);

/* Forgets everything allocated, keeps the first block for reuse. */
void qd_arena_reset(struct qd_arena *arena);

/* `size` bytes, uninitialised, aligned to 16. size 0 gives a valid pointer. Memory: the arena's. */
void *qd_arena_alloc(struct qd_arena *arena, size_t size);

/* The same, all bytes 0. */
void *qd_arena_zalloc(struct qd_arena *arena, size_t size);

/* Grows an allocation: the new one begins with the old bytes. The old pointer is dead. Growing the newest
 * allocation in place is free. */
void *qd_arena_grow(struct qd_arena *arena, void *old, size_t old_size, size_t new_size);

/* A copy of `slice` in the arena, followed by a 0 byte that does not count. */
struct qd_slice qd_arena_copy(struct qd_arena *arena, struct qd_slice slice);

/* A 0-terminated copy of `slice`. */
char *qd_arena_string(struct qd_arena *arena, struct qd_slice slice);

/* Text formatted as by printf. */
struct qd_slice qd_arena_format(struct qd_arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same with a va_list. */
struct qd_slice qd_arena_vformat(struct qd_arena *arena, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

/* Bytes held from the system, used or not. */
size_t qd_arena_size(const struct qd_arena *arena);

/* One zeroed object of `type`. */
#define QD_NEW(arena, type) ((type *)qd_arena_zalloc((arena), sizeof(type)))
/* `count` zeroed objects of `type`. */
#define QD_NEW_ARRAY(arena, type, count) ((type *)qd_arena_zalloc((arena), sizeof(type) * (size_t)(count)))

#endif
