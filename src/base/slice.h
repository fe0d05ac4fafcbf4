/* A view of bytes that somebody else owns.
 *
 * Used everywhere that text or binary data is passed. A slice never owns its bytes and is not 0-terminated.
 */
#ifndef QD_BASE_SLICE_H
#define QD_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* `data[size]`; data may be NULL only when size is 0. */
struct qd_slice {
    const char *data; /* first byte */
    size_t size;      /* bytes */
};

/* A slice over a string literal (not over a char pointer). */
#define QD_SLICE(literal) ((struct qd_slice){ "" literal, sizeof(literal) - 1 })
/* The same as a constant initialiser for static tables. */
#define QD_SLICE_INIT(literal) { "" literal, sizeof(literal) - 1 }
/* The two arguments that printf's "%.*s" takes. */
#define QD_SLICE_ARG(slice) (int)(slice).size, (slice).data

/* Makes a slice of `size` bytes at `data`. */
static inline struct qd_slice qd_slice_make(const void *data, size_t size)
{
    return (struct qd_slice){ (const char *)data, size };
}

/* Makes a slice over a 0-terminated string, without its 0; NULL gives the empty slice. */
static inline struct qd_slice qd_slice_from_string(const char *text)
{
    return (struct qd_slice){ text, text == NULL ? 0 : strlen(text) };
}

/* True when both have the same bytes. */
static inline bool qd_slice_equal(struct qd_slice left, struct qd_slice right)
{
    return left.size == right.size && (left.size == 0 || memcmp(left.data, right.data, left.size) == 0);
}

/* True when `slice` holds exactly the bytes of the 0-terminated `text`. */
static inline bool qd_slice_is(struct qd_slice slice, const char *text)
{
    return qd_slice_equal(slice, qd_slice_from_string(text));
}

/* Orders by unsigned bytes, a prefix before what it starts: negative, 0 or positive. */
static inline int qd_slice_compare(struct qd_slice left, struct qd_slice right)
{
    size_t size = left.size < right.size ? left.size : right.size;
    int order = size == 0 ? 0 : memcmp(left.data, right.data, size);
    if (order != 0) return order;
    return left.size < right.size ? -1 : left.size > right.size;
}

/* True when `slice` begins with `prefix`. */
static inline bool qd_slice_starts_with(struct qd_slice slice, struct qd_slice prefix)
{
    return slice.size >= prefix.size &&
           (prefix.size == 0 || memcmp(slice.data, prefix.data, prefix.size) == 0);
}

/* True when `slice` ends with `suffix`. */
static inline bool qd_slice_ends_with(struct qd_slice slice, struct qd_slice suffix)
{
    return slice.size >= suffix.size &&
           (suffix.size == 0 || memcmp(slice.data + slice.size - suffix.size, suffix.data, suffix.size) == 0);
}

/* The bytes from `offset` on; offset <= slice.size. */
static inline struct qd_slice qd_slice_from(struct qd_slice slice, size_t offset)
{
    return (struct qd_slice){ slice.data == NULL ? NULL : slice.data + offset, slice.size - offset };
}

/* Bytes [offset, offset + size) of `slice`; the caller has checked that they exist. */
static inline struct qd_slice qd_slice_sub(struct qd_slice slice, size_t offset, size_t size)
{
    return (struct qd_slice){ slice.data == NULL ? NULL : slice.data + offset, size };
}

/* The offset of the first `byte`, or SIZE_MAX when there is none. */
static inline size_t qd_slice_find_byte(struct qd_slice slice, char byte)
{
    const char *at = slice.size == 0 ? NULL : memchr(slice.data, byte, slice.size);
    return at == NULL ? SIZE_MAX : (size_t)(at - slice.data);
}

#endif
