#include <math.h>

#include "base/map.h"
#include "base/number.h"
#include "base/text.h"
#include "base/xcontent_bigint.h"
#include "base/xcontent_internal.h"

/* The header: ":)\n", then version 0, raw binary allowed, names shared. */
static const char header[] = { ':', ')', '\n', 0x05 };

enum feature { FEATURE_SHARED_NAMES = 1, FEATURE_SHARED_VALUES = 2 };

#define SHARED_MAX 1024
#define SHARED_SIZE_MAX 64
#define END_OF_STRING 0xfc

/* ---- writing ---- */

struct out {
    struct qd_buffer *bytes;
    struct qd_arena *arena;
    struct qd_map names;      /* name -> 1 + its number */
    uintptr_t name_count;
};

/* Six bits in the last byte, which has its high bit set, seven in those before. */
static void put_vint(struct qd_buffer *out, uint64_t value)
{
    uint8_t bytes[11];
    size_t at = sizeof(bytes);
    bytes[--at] = (uint8_t)(0x80 | (value & 0x3f));
    for (value >>= 6; value != 0; value >>= 7) bytes[--at] = (uint8_t)(value & 0x7f);
    qd_buffer_append(out, bytes + at, sizeof(bytes) - at);
}

static uint64_t zigzag(int64_t value)
{
    return (uint64_t)value << 1 ^ (uint64_t)(value >> 63);
}

/* `size` bytes as groups of seven bits, the last one short. */
static void put_seven_bit(struct qd_buffer *out, const uint8_t *bytes, size_t size)
{
    unsigned held = 0, count = 0;
    for (size_t i = 0; i < size; i++) {
        held = held << 8 | bytes[i];
        count += 8;
        while (count >= 7) {
            count -= 7;
            qd_buffer_byte(out, (uint8_t)(held >> count & 0x7f));
        }
        held &= (1u << count) - 1;
    }
    if (count > 0) qd_buffer_byte(out, (uint8_t)held);
}

static void put_number(struct out *out, const struct qd_json *node)
{
    struct qd_slice text = qd_json_text(node);
    int64_t whole;
    double value;
    if (qd_json_is_integral(node) && qd_parse_int64(text, &whole)) {
        if (whole >= -16 && whole <= 15) {
            qd_buffer_byte(out->bytes, (uint8_t)(0xc0 + zigzag(whole)));
            return;
        }
        qd_buffer_byte(out->bytes, whole >= INT32_MIN && whole <= INT32_MAX ? 0x24 : 0x25);
        put_vint(out->bytes, zigzag(whole));
        return;
    }
    if (qd_json_is_integral(node)) {
        /* Two's complement with a sign bit, as BigInteger.toByteArray. */
        bool negative = text.data[0] == '-';
        uint8_t bytes[QD_BIGINT_BYTES_MAX + 1] = { 0 };
        size_t size = qd_bigint_from_digits(qd_slice_from(text, negative ? 1 : 0), bytes + 1) + 1;
        if (negative) {
            for (size_t i = 0; i < size; i++) bytes[i] = (uint8_t)~bytes[i];
            for (size_t i = size; i > 0 && ++bytes[i - 1] == 0; i--) {}
        }
        bool spare = size > 1 && bytes[0] == (negative ? 0xff : 0) && (bytes[1] >> 7) == negative;
        qd_buffer_byte(out->bytes, 0x26);
        put_vint(out->bytes, size - spare);
        put_seven_bit(out->bytes, bytes + spare, size - spare);
        return;
    }
    if (!qd_parse_double(text, &value)) value = (double)NAN;
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    qd_buffer_byte(out->bytes, 0x29);
    for (unsigned shift = 70; shift > 0;) {
        shift -= 7;
        qd_buffer_byte(out->bytes, (uint8_t)(bits >> shift & 0x7f));
    }
}

static void put_long_text(struct qd_buffer *out, uint8_t token, struct qd_slice text)
{
    qd_buffer_byte(out, token);
    qd_buffer_slice(out, text);
    qd_buffer_byte(out, END_OF_STRING);
}

static void put_text(struct qd_buffer *out, struct qd_slice text)
{
    bool ascii = qd_is_ascii(text);
    if (text.size == 0) {
        qd_buffer_byte(out, 0x20);
    } else if (text.size <= SHARED_SIZE_MAX) {
        qd_buffer_byte(out, (uint8_t)((ascii ? 0x3f : 0x7e) + text.size));
        qd_buffer_slice(out, text);
    } else {
        put_long_text(out, ascii ? 0xe0 : 0xe4, text);
    }
}

static void put_name(struct out *out, struct qd_slice name)
{
    if (name.size == 0) {
        qd_buffer_byte(out->bytes, 0x20);
        return;
    }
    uintptr_t number = (uintptr_t)qd_map_get(&out->names, name);
    if (number > 64) {
        qd_buffer_byte(out->bytes, (uint8_t)(0x30 | (number - 1) >> 8));
        qd_buffer_byte(out->bytes, (uint8_t)(number - 1));
        return;
    }
    if (number > 0) {
        qd_buffer_byte(out->bytes, (uint8_t)(0x40 + number - 1));
        return;
    }
    bool ascii = qd_is_ascii(name);
    if (ascii && name.size <= SHARED_SIZE_MAX) qd_buffer_byte(out->bytes, (uint8_t)(0x7f + name.size));
    else if (!ascii && name.size <= 56) qd_buffer_byte(out->bytes, (uint8_t)(0xbe + name.size));
    else {
        put_long_text(out->bytes, 0x34, name);
        return;
    }
    qd_buffer_slice(out->bytes, name);
    if (out->name_count == SHARED_MAX) {
        qd_map_init(&out->names, out->arena);
        out->name_count = 0;
    }
    (void)qd_map_put(&out->names, name, (void *)++out->name_count);
}

static void put_value(struct out *out, const struct qd_json *node)
{
    switch (qd_json_type_of(node)) {
    case QD_JSON_MISSING:
    case QD_JSON_NULL:
        qd_buffer_byte(out->bytes, 0x21);
        return;
    case QD_JSON_BOOLEAN:
        qd_buffer_byte(out->bytes, qd_json_boolean(node) ? 0x23 : 0x22);
        return;
    case QD_JSON_NUMBER:
        put_number(out, node);
        return;
    case QD_JSON_STRING:
        put_text(out->bytes, qd_json_text(node));
        return;
    case QD_JSON_ARRAY:
    case QD_JSON_OBJECT:
        break;
    }
    bool object = qd_json_is_object(node);
    qd_buffer_byte(out->bytes, object ? 0xfa : 0xf8);
    struct qd_json_iterator at = qd_json_iterate(node);
    while (qd_json_next(&at)) {
        if (object) put_name(out, at.key);
        put_value(out, at.value);
    }
    qd_buffer_byte(out->bytes, object ? 0xfb : 0xf9);
}

void qd_smile_write(const struct qd_json *node, struct qd_buffer *bytes)
{
    struct out out = { .bytes = bytes, .arena = qd_arena_create(0) };
    qd_map_init(&out.names, out.arena);
    qd_buffer_append(bytes, header, sizeof(header));
    put_value(&out, node);
    qd_arena_destroy(out.arena);
}

/* ---- reading ---- */

struct shared {
    struct qd_slice text[SHARED_MAX]; /* views of the body */
    size_t count;
    bool on;
};

struct smile {
    const uint8_t *at;
    const uint8_t *end;
    struct qd_json_writer *writer;
    struct qd_error *error;
    struct shared *names;
    struct shared *values;
    size_t depth;
};

static enum qd_status malformed(struct smile *smile, const char *what)
{
    return qd_error_set(smile->error, QD_JSON_PARSE, "Invalid SMILE: %s", what);
}

static enum qd_status truncated(struct smile *smile)
{
    return qd_error_set(smile->error, QD_JSON_EOF, "Unexpected end-of-input in SMILE");
}

static enum qd_status take(struct smile *smile, size_t size, struct qd_slice *text)
{
    if ((size_t)(smile->end - smile->at) < size) return truncated(smile);
    *text = qd_slice_make(smile->at, size);
    smile->at += size;
    return qd_utf8_valid(*text) ? QD_OK : malformed(smile, "bad UTF-8");
}

static enum qd_status take_long(struct smile *smile, struct qd_slice *text)
{
    size_t left = (size_t)(smile->end - smile->at);
    const uint8_t *stop = left == 0 ? NULL : memchr(smile->at, END_OF_STRING, left);
    if (stop == NULL) return truncated(smile);
    QD_TRY(take(smile, (size_t)(stop - smile->at), text));
    smile->at++;
    return QD_OK;
}

static enum qd_status take_vint(struct smile *smile, uint64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < 11; i++) {
        if (smile->at == smile->end) return truncated(smile);
        uint8_t byte = *smile->at++;
        if ((byte & 0x80) != 0) {
            *value = *value << 6 | (byte & 0x3fu);
            return QD_OK;
        }
        *value = *value << 7 | byte;
    }
    return malformed(smile, "number too long");
}

/* `size` bytes from groups of seven bits, appended to `out`. */
static enum qd_status take_seven_bit(struct smile *smile, uint64_t size, struct qd_buffer *out)
{
    uint64_t left = (uint64_t)(smile->end - smile->at);
    if (size > left || (size * 8 + 6) / 7 > left) return truncated(smile);
    unsigned held = 0, count = 0;
    for (uint64_t i = 0; i < size; i++) {
        while (count < 8) {
            uint64_t missing = (size - i) * 8 - count;
            unsigned bits = missing < 7 ? (unsigned)missing : 7;
            held = held << bits | (*smile->at++ & ((1u << bits) - 1));
            count += bits;
        }
        count -= 8;
        qd_buffer_byte(out, (uint8_t)(held >> count));
        held &= (1u << count) - 1;
    }
    return QD_OK;
}

static enum qd_status refer(struct smile *smile, const struct shared *shared, size_t index,
                            struct qd_slice *text)
{
    if (!shared->on || index >= shared->count) return malformed(smile, "reference to nothing");
    *text = shared->text[index];
    return QD_OK;
}

static void remember(struct shared *shared, struct qd_slice text)
{
    if (!shared->on || text.size > SHARED_SIZE_MAX) return;
    if (shared->count == SHARED_MAX) shared->count = 0;
    shared->text[shared->count++] = text;
}

static enum qd_status take_reference(struct smile *smile, uint8_t high, size_t *index)
{
    if (smile->at == smile->end) return truncated(smile);
    *index = (size_t)(high & 3) << 8 | *smile->at++;
    return QD_OK;
}

static enum qd_status read_name(struct smile *smile, uint8_t token)
{
    struct qd_slice name = QD_SLICE("");
    size_t index = 0;
    if (token == 0x20) {
    } else if (token >= 0x30 && token <= 0x33) {
        QD_TRY(take_reference(smile, token, &index));
        QD_TRY(refer(smile, smile->names, index, &name));
    } else if (token == 0x34) {
        QD_TRY(take_long(smile, &name));
    } else if (token >= 0x40 && token <= 0x7f) {
        QD_TRY(refer(smile, smile->names, token - 0x40u, &name));
    } else if (token >= 0x80 && token <= 0xf7) {
        QD_TRY(take(smile, token < 0xc0 ? token - 0x7fu : token - 0xbeu, &name));
        remember(smile->names, name);
    } else {
        return malformed(smile, "unknown name token");
    }
    qd_json_name_slice(smile->writer, name);
    return QD_OK;
}

static enum qd_status read_big(struct smile *smile)
{
    uint64_t size;
    QD_TRY(take_vint(smile, &size));
    struct qd_buffer bytes = { 0 }, digits = { 0 };
    enum qd_status status = take_seven_bit(smile, size, &bytes);
    bool negative = status == QD_OK && bytes.size > 0 && (bytes.data[0] & 0x80) != 0;
    if (negative) {
        qd_buffer_byte(&digits, '-');
        for (size_t i = 0; i < bytes.size; i++) bytes.data[i] = (char)~bytes.data[i];
        for (size_t i = bytes.size; i > 0 && ++bytes.data[i - 1] == 0; i--) {}
    }
    bool fits = status == QD_OK && qd_bigint_print(&digits, (const uint8_t *)bytes.data, bytes.size);
    if (status == QD_OK && !fits) status = malformed(smile, "number out of range");
    if (status == QD_OK) qd_json_raw(smile->writer, qd_buffer_view(&digits));
    qd_buffer_deinit(&bytes);
    qd_buffer_deinit(&digits);
    return status;
}

static enum qd_status read_float(struct smile *smile, bool wide)
{
    size_t size = wide ? 10 : 5;
    if ((size_t)(smile->end - smile->at) < size) return truncated(smile);
    uint64_t bits = 0;
    for (size_t i = 0; i < size; i++) bits = bits << 7 | (*smile->at++ & 0x7fu);
    uint32_t single_bits = (uint32_t)bits;
    float single;
    double value;
    memcpy(&single, &single_bits, sizeof(single));
    memcpy(&value, &bits, sizeof(value));
    if (wide) qd_json_double_value(smile->writer, value);
    else qd_json_float_value(smile->writer, single);
    return QD_OK;
}

/* Binary data becomes base64. */
static enum qd_status read_binary(struct smile *smile, bool raw)
{
    uint64_t size;
    QD_TRY(take_vint(smile, &size));
    struct qd_buffer bytes = { 0 };
    enum qd_status status = QD_OK;
    if (!raw) {
        status = take_seven_bit(smile, size, &bytes);
    } else if (size > (uint64_t)(smile->end - smile->at)) {
        status = truncated(smile);
    } else {
        qd_buffer_append(&bytes, smile->at, (size_t)size);
        smile->at += size;
    }
    if (status == QD_OK) {
        struct qd_arena *arena = qd_arena_create(0);
        qd_json_string(smile->writer, qd_base64_encode(arena, qd_buffer_view(&bytes)));
        qd_arena_destroy(arena);
    }
    qd_buffer_deinit(&bytes);
    return status;
}

static enum qd_status read_text(struct smile *smile, uint8_t token)
{
    struct qd_slice text = QD_SLICE("");
    size_t index = 0;
    if (token == 0x20) {
    } else if (token < 0x20) {
        QD_TRY(refer(smile, smile->values, token - 1u, &text));
    } else if (token >= 0xec) {
        QD_TRY(take_reference(smile, token, &index));
        QD_TRY(refer(smile, smile->values, index, &text));
    } else if (token >= 0xe0) {
        QD_TRY(take_long(smile, &text));
    } else {
        QD_TRY(take(smile, token < 0x80 ? token - 0x3fu : token - 0x7eu, &text));
        remember(smile->values, text);
    }
    qd_json_string(smile->writer, text);
    return QD_OK;
}

static enum qd_status read_value(struct smile *smile);

static enum qd_status read_container(struct smile *smile, bool object)
{
    if (++smile->depth > QD_JSON_DEPTH_MAX) {
        return qd_error_set(smile->error, QD_STREAM_CONSTRAINTS,
                            "Document nesting depth (%d) exceeds the maximum allowed (%d, from "
                            "`StreamReadConstraints.getMaxNestingDepth()`)",
                            QD_JSON_DEPTH_MAX + 1, QD_JSON_DEPTH_MAX);
    }
    if (object) qd_json_begin_object(smile->writer);
    else qd_json_begin_array(smile->writer);
    for (;;) {
        if (smile->at == smile->end) return truncated(smile);
        if (*smile->at == (object ? 0xfb : 0xf9)) break;
        if (object) QD_TRY(read_name(smile, *smile->at++));
        QD_TRY(read_value(smile));
    }
    smile->at++;
    if (object) qd_json_end_object(smile->writer);
    else qd_json_end_array(smile->writer);
    smile->depth--;
    return QD_OK;
}

static bool is_text(uint8_t token)
{
    return (token >= 0x01 && token <= 0x20) || (token >= 0x40 && token <= 0xbf) || token == 0xe0 ||
           token == 0xe4 || (token >= 0xec && token <= 0xef);
}

static enum qd_status read_value(struct smile *smile)
{
    if (smile->at == smile->end) return truncated(smile);
    uint8_t token = *smile->at++;
    uint64_t number;
    if (is_text(token)) return read_text(smile, token);
    if (token >= 0xc0 && token <= 0xdf) {
        number = token & 31u;
        qd_json_int(smile->writer, (int64_t)(number >> 1) ^ -(int64_t)(number & 1));
        return QD_OK;
    }
    switch (token) {
    case 0x21:
        qd_json_null(smile->writer);
        return QD_OK;
    case 0x22:
    case 0x23:
        qd_json_bool(smile->writer, token == 0x23);
        return QD_OK;
    case 0x24:
    case 0x25:
        QD_TRY(take_vint(smile, &number));
        qd_json_int(smile->writer, (int64_t)(number >> 1) ^ -(int64_t)(number & 1));
        return QD_OK;
    case 0x26:
        return read_big(smile);
    case 0x28:
    case 0x29:
        return read_float(smile, token == 0x29);
    case 0xe8:
    case 0xfd:
        return read_binary(smile, token == 0xfd);
    case 0xf8:
    case 0xfa:
        return read_container(smile, token == 0xfa);
    default:
        return malformed(smile, "unknown value token");
    }
}

/* A body that is one text says of which kind it is before its bytes are looked for, and nobody asks what is
 * behind it: JSON that is called SMILE begins like that. */
static enum qd_status read_root_text(struct smile *smile)
{
    enum qd_status status = read_value(smile);
    if (status != QD_JSON_EOF) return status;
    if (smile->error != NULL) qd_error_init(smile->error, smile->error->arena);
    qd_json_string(smile->writer, QD_SLICE(""));
    return QD_OK;
}

enum qd_status qd_smile_read(struct qd_slice bytes, struct qd_json_writer *writer, struct qd_error *error)
{
    const uint8_t *start = (const uint8_t *)bytes.data;
    struct smile smile = { .at = start, .end = start + bytes.size, .writer = writer, .error = error };
    bool headed = bytes.size >= sizeof(header) && memcmp(bytes.data, header, 3) == 0;
    struct qd_arena *arena = qd_arena_create(0);
    smile.names = QD_NEW(arena, struct shared);
    smile.values = QD_NEW(arena, struct shared);
    smile.names->on = !headed || (start[3] & FEATURE_SHARED_NAMES) != 0;
    smile.values->on = headed && (start[3] & FEATURE_SHARED_VALUES) != 0;
    if (headed) smile.at += sizeof(header);
    bool text = smile.at < smile.end && is_text(*smile.at);
    enum qd_status status = text ? read_root_text(&smile) : read_value(&smile);
    if (text) smile.at = smile.end;
    if (status == QD_OK && smile.at < smile.end && *smile.at == 0xff) smile.at++;
    if (status == QD_OK && smile.at != smile.end) status = malformed(&smile, "bytes after the value");
    qd_arena_destroy(arena);
    return status;
}
