#include "base/buffer.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"

#define VARINT_SIZE_MAX 10

void qd_buffer_deinit(struct qd_buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct qd_buffer){ 0 };
}

void qd_buffer_grow(struct qd_buffer *buffer, size_t extra)
{
    size_t need = buffer->size + extra;
    qd_assert(need >= extra);
    size_t capacity = buffer->capacity < 64 ? 64 : buffer->capacity + buffer->capacity / 2;
    if (capacity < need) capacity = need;
    char *data = realloc(buffer->data, capacity);
    if (data == NULL) qd_assert_memory_fail();
    buffer->data = data;
    buffer->capacity = capacity;
}

void qd_buffer_text(struct qd_buffer *buffer, const char *text)
{
    qd_buffer_append(buffer, text, strlen(text));
}

void qd_buffer_format(struct qd_buffer *buffer, const char *format, ...)
{
    va_list arguments;
    va_list again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    qd_assert(size >= 0);
    vsnprintf(qd_buffer_reserve(buffer, (size_t)size + 1), (size_t)size + 1, format, again);
    va_end(again);
    buffer->size += (size_t)size;
}

void qd_buffer_u16(struct qd_buffer *buffer, uint16_t value)
{
    uint8_t bytes[2] = { (uint8_t)value, (uint8_t)(value >> 8) };
    qd_buffer_append(buffer, bytes, sizeof(bytes));
}

void qd_buffer_u32(struct qd_buffer *buffer, uint32_t value)
{
    uint8_t bytes[4];
    for (unsigned i = 0; i < 4; i++) bytes[i] = (uint8_t)(value >> (8 * i));
    qd_buffer_append(buffer, bytes, sizeof(bytes));
}

void qd_buffer_u64(struct qd_buffer *buffer, uint64_t value)
{
    uint8_t bytes[8];
    for (unsigned i = 0; i < 8; i++) bytes[i] = (uint8_t)(value >> (8 * i));
    qd_buffer_append(buffer, bytes, sizeof(bytes));
}

void qd_buffer_varint(struct qd_buffer *buffer, uint64_t value)
{
    uint8_t *at = (uint8_t *)qd_buffer_reserve(buffer, VARINT_SIZE_MAX);
    size_t size = 0;
    while (value >= 0x80) {
        at[size++] = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    at[size++] = (uint8_t)value;
    buffer->size += size;
}

void qd_buffer_zigzag(struct qd_buffer *buffer, int64_t value)
{
    qd_buffer_varint(buffer, ((uint64_t)value << 1) ^ (uint64_t)(value >> 63));
}

void qd_buffer_sized(struct qd_buffer *buffer, struct qd_slice slice)
{
    qd_buffer_varint(buffer, slice.size);
    qd_buffer_slice(buffer, slice);
}

static bool take(struct qd_reader *reader, size_t size)
{
    if (reader->failed || qd_reader_left(reader) < size) {
        reader->failed = true;
        return false;
    }
    return true;
}

uint8_t qd_reader_byte(struct qd_reader *reader)
{
    return take(reader, 1) ? *reader->at++ : 0;
}

static uint64_t read_fixed(struct qd_reader *reader, unsigned size)
{
    uint64_t value = 0;
    if (!take(reader, size)) return 0;
    for (unsigned i = 0; i < size; i++) value |= (uint64_t)reader->at[i] << (8 * i);
    reader->at += size;
    return value;
}

uint16_t qd_reader_u16(struct qd_reader *reader)
{
    return (uint16_t)read_fixed(reader, 2);
}

uint32_t qd_reader_u32(struct qd_reader *reader)
{
    return (uint32_t)read_fixed(reader, 4);
}

uint64_t qd_reader_u64(struct qd_reader *reader)
{
    return read_fixed(reader, 8);
}

uint64_t qd_reader_varint(struct qd_reader *reader)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (!take(reader, 1)) return 0;
        uint8_t byte = *reader->at++;
        if (shift == 63 && byte > 1) break;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0) return value;
    }
    reader->failed = true;
    return 0;
}

int64_t qd_reader_zigzag(struct qd_reader *reader)
{
    uint64_t value = qd_reader_varint(reader);
    return (int64_t)((value >> 1) ^ (0 - (value & 1)));
}

struct qd_slice qd_reader_bytes(struct qd_reader *reader, size_t size)
{
    if (!take(reader, size)) return (struct qd_slice){ 0 };
    struct qd_slice bytes = qd_slice_make(reader->at, size);
    reader->at += size;
    return bytes;
}

struct qd_slice qd_reader_sized(struct qd_reader *reader)
{
    uint64_t size = qd_reader_varint(reader);
    if (size > qd_reader_left(reader)) {
        reader->failed = true;
        return (struct qd_slice){ 0 };
    }
    return qd_reader_bytes(reader, (size_t)size);
}
