#include "base/xcontent_bigint.h"

#include <string.h>

size_t qd_bigint_from_digits(struct qd_slice digits, uint8_t *bytes)
{
    uint8_t little[QD_BIGINT_BYTES_MAX] = { 0 };
    size_t size = 0;
    for (size_t i = 0; i < digits.size; i++) {
        unsigned carry = (unsigned)(digits.data[i] - '0');
        for (size_t j = 0; j < size; j++) {
            unsigned product = little[j] * 10u + carry;
            little[j] = (uint8_t)product;
            carry = product >> 8;
        }
        if (carry != 0 && size < QD_BIGINT_BYTES_MAX) little[size++] = (uint8_t)carry;
    }
    for (size_t i = 0; i < size; i++) bytes[i] = little[size - 1 - i];
    return size;
}

bool qd_bigint_print(struct qd_buffer *out, const uint8_t *bytes, size_t size)
{
    uint8_t rest[QD_BIGINT_BYTES_MAX];
    char digits[QD_BIGINT_BYTES_MAX * 3];
    size_t count = 0;
    if (size > QD_BIGINT_BYTES_MAX) return false;
    if (size > 0) memcpy(rest, bytes, size);
    size_t first = 0;
    do {
        unsigned remainder = 0;
        for (size_t i = first; i < size; i++) {
            unsigned value = remainder << 8 | rest[i];
            rest[i] = (uint8_t)(value / 10);
            remainder = value % 10;
        }
        digits[count++] = (char)('0' + remainder);
        while (first < size && rest[first] == 0) first++;
    } while (first < size);
    while (count > 0) qd_buffer_byte(out, (uint8_t)digits[--count]);
    return true;
}
