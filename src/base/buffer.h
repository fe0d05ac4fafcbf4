/* A growable run of bytes on the heap: text and binary output.
 *
 * Used by JSON writing, wire frames and segment images. Growing cannot fail (see arena.h). `{ 0 }` is a
 * valid empty buffer; qd_buffer_deinit gives its memory back.
 */
#ifndef QD_BASE_BUFFER_H
#define QD_BASE_BUFFER_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/* `data[size]`, room for capacity bytes. */
struct qd_buffer {
    char *data;      /* malloc'ed, NULL when nothing was ever written */
    size_t size;     /* bytes written */
    size_t capacity; /* bytes that fit */
};

/* Gives the memory back and makes the buffer empty. */
void qd_buffer_deinit(struct qd_buffer *buffer);

/* Makes the capacity larger by `extra` bytes or more; for qd_buffer_reserve only. */
void qd_buffer_grow(struct qd_buffer *buffer, size_t extra);

/* Makes room for `extra` more bytes; returns where they go. size is unchanged. */
static inline char *qd_buffer_reserve(struct qd_buffer *buffer, size_t extra)
{
    if (buffer->capacity - buffer->size < extra) qd_buffer_grow(buffer, extra);
    return buffer->data == NULL ? NULL : buffer->data + buffer->size;
}

/* Appends bytes. */
static inline void qd_buffer_append(struct qd_buffer *buffer, const void *data, size_t size)
{
    if (size == 0) return;
    memcpy(qd_buffer_reserve(buffer, size), data, size);
    buffer->size += size;
}

/* Appends the bytes of a slice. */
static inline void qd_buffer_slice(struct qd_buffer *buffer, struct qd_slice slice)
{
    qd_buffer_append(buffer, slice.data, slice.size);
}

/* Appends a 0-terminated string without its 0. */
void qd_buffer_text(struct qd_buffer *buffer, const char *text);

/* Appends one byte. */
static inline void qd_buffer_byte(struct qd_buffer *buffer, uint8_t byte)
{
    *qd_buffer_reserve(buffer, 1) = (char)byte;
    buffer->size++;
}

/* Appends text formatted as by printf. */
void qd_buffer_format(struct qd_buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Appends little-endian integers of fixed width. */
void qd_buffer_u16(struct qd_buffer *buffer, uint16_t value);
void qd_buffer_u32(struct qd_buffer *buffer, uint32_t value);
void qd_buffer_u64(struct qd_buffer *buffer, uint64_t value);

/* Appends an unsigned LEB128 number, 1 to 10 bytes. */
void qd_buffer_varint(struct qd_buffer *buffer, uint64_t value);

/* Appends a signed number, zig-zag then LEB128. */
void qd_buffer_zigzag(struct qd_buffer *buffer, int64_t value);

/* Appends a varint length and the bytes. */
void qd_buffer_sized(struct qd_buffer *buffer, struct qd_slice slice);

/* What was written, valid until the next append. */
static inline struct qd_slice qd_buffer_view(const struct qd_buffer *buffer)
{
    return (struct qd_slice){ buffer->data, buffer->size };
}

/* Reads what the functions above wrote. Sticky: after a read past the end every read gives 0 or an empty
 * slice and `failed` stays true; check it once at the end. */
struct qd_reader {
    const uint8_t *at;  /* next byte */
    const uint8_t *end; /* one past the last byte */
    bool failed;        /* a read went past the end or met a malformed number */
};

/* A reader over `bytes`. */
static inline struct qd_reader qd_reader_make(struct qd_slice bytes)
{
    const uint8_t *start = (const uint8_t *)bytes.data;
    return (struct qd_reader){ start, start == NULL ? NULL : start + bytes.size, false };
}

/* Bytes not read yet. */
static inline size_t qd_reader_left(const struct qd_reader *reader)
{
    return reader->at == NULL ? 0 : (size_t)(reader->end - reader->at);
}

/* Each reads one value; 0 or empty after a failure. qd_reader_bytes yields a view of `size` bytes;
 * qd_reader_sized reads a varint length first. */
uint8_t qd_reader_byte(struct qd_reader *reader);
uint16_t qd_reader_u16(struct qd_reader *reader);
uint32_t qd_reader_u32(struct qd_reader *reader);
uint64_t qd_reader_u64(struct qd_reader *reader);
uint64_t qd_reader_varint(struct qd_reader *reader);
int64_t qd_reader_zigzag(struct qd_reader *reader);
struct qd_slice qd_reader_bytes(struct qd_reader *reader, size_t size);
struct qd_slice qd_reader_sized(struct qd_reader *reader);

#endif
