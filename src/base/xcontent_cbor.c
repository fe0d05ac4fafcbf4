#include <math.h>

#include "base/number.h"
#include "base/text.h"
#include "base/xcontent_bigint.h"
#include "base/xcontent_internal.h"

/* Major types of RFC 8949, in the upper three bits of an item's first byte. */
enum major {
    MAJOR_UNSIGNED,
    MAJOR_NEGATIVE,
    MAJOR_BYTES,
    MAJOR_TEXT,
    MAJOR_ARRAY, /* 4 */
    MAJOR_MAP,   /* 5 */
    MAJOR_TAG,
    MAJOR_SIMPLE
};

#define INDEFINITE 31u
#define BREAK 0xff
#define TAG_BIG 2u
#define TAG_BIG_NEGATIVE 3u

/* ---- writing ---- */

static void put_big_endian(struct qd_buffer *out, uint64_t value, size_t size)
{
    for (size_t i = size; i-- > 0;) qd_buffer_byte(out, (uint8_t)(value >> i * 8));
}

static void put_head(struct qd_buffer *out, enum major major, uint64_t value)
{
    uint8_t high = (uint8_t)(major << 5);
    if (value < 24) {
        qd_buffer_byte(out, (uint8_t)(high | value));
        return;
    }
    size_t size = value <= UINT8_MAX ? 1 : value <= UINT16_MAX ? 2 : value <= UINT32_MAX ? 4 : 8;
    unsigned code = size == 1 ? 24 : size == 2 ? 25 : size == 4 ? 26 : 27;
    qd_buffer_byte(out, (uint8_t)(high | code));
    put_big_endian(out, value, size);
}

static void put_text(struct qd_buffer *out, struct qd_slice text)
{
    put_head(out, MAJOR_TEXT, text.size);
    qd_buffer_slice(out, text);
}

/* A tag and the bytes of a magnitude, with a 0 in front where the first bit would read as a sign. */
static void put_big(struct qd_buffer *out, struct qd_slice text)
{
    bool negative = text.data[0] == '-';
    uint8_t bytes[QD_BIGINT_BYTES_MAX + 1] = { 0 };
    size_t size = qd_bigint_from_digits(qd_slice_from(text, negative ? 1 : 0), bytes + 1) + 1;
    if (negative) {
        /* -1 - n: the magnitude less one. */
        size_t last = size;
        while (last > 1 && bytes[last - 1]-- == 0) last--;
    }
    size_t spare = size > 1 && bytes[1] < 0x80 ? 1 : 0;
    put_head(out, MAJOR_TAG, negative ? TAG_BIG_NEGATIVE : TAG_BIG);
    put_head(out, MAJOR_BYTES, size - spare);
    qd_buffer_append(out, bytes + spare, size - spare);
}

static void put_number(struct qd_buffer *out, const struct qd_json *node)
{
    struct qd_slice text = qd_json_text(node);
    int64_t whole;
    double value;
    if (qd_json_is_integral(node) && qd_parse_int64(text, &whole)) {
        if (whole >= 0) put_head(out, MAJOR_UNSIGNED, (uint64_t)whole);
        else put_head(out, MAJOR_NEGATIVE, ~(uint64_t)whole);
        return;
    }
    if (qd_json_is_integral(node)) {
        put_big(out, text);
        return;
    }
    if (!qd_parse_double(text, &value)) value = (double)NAN;
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    qd_buffer_byte(out, 0xfb);
    put_big_endian(out, bits, 8);
}

/* The reference writes containers without their length. */
static void put_container(struct qd_buffer *out, const struct qd_json *node)
{
    bool object = qd_json_is_object(node);
    qd_buffer_byte(out, (uint8_t)((object ? 5u : 4u) << 5 | INDEFINITE));
    struct qd_json_iterator at = qd_json_iterate(node);
    while (qd_json_next(&at)) {
        if (object) put_text(out, at.key);
        qd_cbor_write(at.value, out);
    }
    qd_buffer_byte(out, BREAK);
}

void qd_cbor_write(const struct qd_json *node, struct qd_buffer *out)
{
    switch (qd_json_type_of(node)) {
    case QD_JSON_MISSING:
    case QD_JSON_NULL:
        qd_buffer_byte(out, 0xf6);
        return;
    case QD_JSON_BOOLEAN:
        qd_buffer_byte(out, qd_json_boolean(node) ? 0xf5 : 0xf4);
        return;
    case QD_JSON_NUMBER:
        put_number(out, node);
        return;
    case QD_JSON_STRING:
        put_text(out, qd_json_text(node));
        return;
    case QD_JSON_ARRAY:
    case QD_JSON_OBJECT:
        put_container(out, node);
        return;
    }
}

/* ---- reading ---- */

struct cbor {
    const uint8_t *at;
    const uint8_t *end;
    struct qd_json_writer *writer;
    struct qd_error *error;
    size_t depth;
};

static enum qd_status malformed(struct cbor *cbor, const char *what)
{
    return qd_error_set(cbor->error, QD_JSON_PARSE, "Invalid CBOR: %s", what);
}

static enum qd_status truncated(struct cbor *cbor)
{
    return qd_error_set(cbor->error, QD_JSON_EOF, "Unexpected end-of-input in CBOR");
}

/* An item's first byte and the number behind it. */
struct head {
    enum major major;
    unsigned code;  /* low five bits */
    uint64_t value;
};

static enum qd_status read_head(struct cbor *cbor, struct head *head)
{
    if (cbor->at == cbor->end) return truncated(cbor);
    uint8_t first = *cbor->at++;
    head->major = (enum major)(first >> 5);
    head->code = first & 31u;
    head->value = head->code;
    if (head->code < 24 || head->code == INDEFINITE) return QD_OK;
    if (head->code > 27) return malformed(cbor, "reserved length");
    size_t size = (size_t)1 << (head->code - 24);
    if ((size_t)(cbor->end - cbor->at) < size) return truncated(cbor);
    head->value = 0;
    for (size_t i = 0; i < size; i++) head->value = head->value << 8 | *cbor->at++;
    return QD_OK;
}

/* The bytes of a string, pieces put together in `text`. */
static enum qd_status read_string(struct cbor *cbor, struct head head, struct qd_buffer *text)
{
    if (head.code != INDEFINITE) {
        if (head.value > (uint64_t)(cbor->end - cbor->at)) return truncated(cbor);
        qd_buffer_append(text, cbor->at, (size_t)head.value);
        cbor->at += head.value;
        return QD_OK;
    }
    while (cbor->at < cbor->end && *cbor->at != BREAK) {
        struct head piece;
        QD_TRY(read_head(cbor, &piece));
        if (piece.major != head.major || piece.code == INDEFINITE)
            return malformed(cbor, "piece of another string");
        QD_TRY(read_string(cbor, piece, text));
    }
    if (cbor->at == cbor->end) return truncated(cbor);
    cbor->at++;
    return QD_OK;
}

static enum qd_status write_string(struct cbor *cbor, struct head head, bool name)
{
    struct qd_buffer text = { 0 };
    enum qd_status status = read_string(cbor, head, &text);
    struct qd_slice view = qd_buffer_view(&text);
    if (status == QD_OK && head.major == MAJOR_TEXT && !qd_utf8_valid(view))
        status = malformed(cbor, "bad UTF-8");
    if (status == QD_OK && name) qd_json_name_slice(cbor->writer, view);
    if (status == QD_OK && !name && head.major == MAJOR_TEXT) qd_json_string(cbor->writer, view);
    if (status == QD_OK && !name && head.major == MAJOR_BYTES) {
        struct qd_arena *arena = qd_arena_create(0);
        qd_json_string(cbor->writer, qd_base64_encode(arena, view));
        qd_arena_destroy(arena);
    }
    qd_buffer_deinit(&text);
    return status;
}

/* -1 - value, in decimal. */
static void write_negative(struct qd_json_writer *writer, uint64_t value)
{
    if (value <= INT64_MAX) qd_json_int(writer, (int64_t)~value);
    else if (value == UINT64_MAX) qd_json_raw(writer, QD_SLICE("-18446744073709551616"));
    else {
        char text[QD_NUMBER_TEXT_MAX] = "-";
        struct qd_buffer digits = { 0 };
        qd_buffer_format(&digits, "%s%llu", text, (unsigned long long)(value + 1));
        qd_json_raw(writer, qd_buffer_view(&digits));
        qd_buffer_deinit(&digits);
    }
}

/* Tags 2 and 3; other tags say nothing that JSON could. */
static enum qd_status write_big(struct cbor *cbor, bool negative)
{
    struct head head;
    QD_TRY(read_head(cbor, &head));
    if (head.major != MAJOR_BYTES) return malformed(cbor, "big number without bytes");
    struct qd_buffer bytes = { 0 }, digits = { 0 };
    enum qd_status status = read_string(cbor, head, &bytes);
    if (status == QD_OK && negative) {
        qd_buffer_byte(&digits, '-');
        size_t last = bytes.size;
        while (last > 0 && (uint8_t)++bytes.data[last - 1] == 0) last--;
        if (last == 0 && bytes.size > 0) status = malformed(cbor, "big number out of range");
    }
    bool fits = status == QD_OK && qd_bigint_print(&digits, (const uint8_t *)bytes.data, bytes.size);
    if (status == QD_OK && !fits) status = malformed(cbor, "big number out of range");
    if (status == QD_OK) qd_json_raw(cbor->writer, qd_buffer_view(&digits));
    qd_buffer_deinit(&bytes);
    qd_buffer_deinit(&digits);
    return status;
}

static enum qd_status write_simple(struct cbor *cbor, struct head head)
{
    struct qd_json_writer *writer = cbor->writer;
    uint32_t single = (uint32_t)head.value;
    float value;
    double wide;
    switch (head.code) {
    case 20:
    case 21:
        qd_json_bool(writer, head.code == 21);
        return QD_OK;
    case 22:
    case 23:
        qd_json_null(writer);
        return QD_OK;
    case 25:
        qd_json_float_value(writer, qd_half_to_float((uint16_t)head.value));
        return QD_OK;
    case 26:
        memcpy(&value, &single, sizeof(value));
        qd_json_float_value(writer, value);
        return QD_OK;
    case 27:
        memcpy(&wide, &head.value, sizeof(wide));
        qd_json_double_value(writer, wide);
        return QD_OK;
    default:
        return malformed(cbor, "unknown simple value");
    }
}

static enum qd_status read_item(struct cbor *cbor);

static enum qd_status read_name(struct cbor *cbor)
{
    struct head head;
    QD_TRY(read_head(cbor, &head));
    if (head.major == MAJOR_TEXT || head.major == MAJOR_BYTES) return write_string(cbor, head, true);
    if (head.major > MAJOR_NEGATIVE || head.code == INDEFINITE) return malformed(cbor, "name is no text");
    struct qd_buffer name = { 0 };
    struct qd_json_writer writer = { .out = &name };
    if (head.major == MAJOR_UNSIGNED) qd_json_uint(&writer, head.value);
    else write_negative(&writer, head.value);
    qd_json_name_slice(cbor->writer, qd_buffer_view(&name));
    qd_buffer_deinit(&name);
    return QD_OK;
}

static enum qd_status read_container(struct cbor *cbor, struct head head)
{
    bool map = head.major == MAJOR_MAP;
    if (++cbor->depth > QD_JSON_DEPTH_MAX) {
        return qd_error_set(cbor->error, QD_STREAM_CONSTRAINTS,
                            "Document nesting depth (%d) exceeds the maximum allowed (%d, from "
                            "`StreamReadConstraints.getMaxNestingDepth()`)",
                            QD_JSON_DEPTH_MAX + 1, QD_JSON_DEPTH_MAX);
    }
    if (map) qd_json_begin_object(cbor->writer);
    else qd_json_begin_array(cbor->writer);
    for (uint64_t i = 0; head.code == INDEFINITE || i < head.value; i++) {
        if (cbor->at == cbor->end) return truncated(cbor);
        if (head.code == INDEFINITE && *cbor->at == BREAK) {
            cbor->at++;
            break;
        }
        if (map) QD_TRY(read_name(cbor));
        QD_TRY(read_item(cbor));
    }
    if (map) qd_json_end_object(cbor->writer);
    else qd_json_end_array(cbor->writer);
    cbor->depth--;
    return QD_OK;
}

static enum qd_status read_item(struct cbor *cbor)
{
    struct head head;
    QD_TRY(read_head(cbor, &head));
    while (head.major == MAJOR_TAG) {
        if (head.value == TAG_BIG || head.value == TAG_BIG_NEGATIVE) {
            return write_big(cbor, head.value == TAG_BIG_NEGATIVE);
        }
        QD_TRY(read_head(cbor, &head));
    }
    bool unsized = head.code == INDEFINITE && (head.major < MAJOR_BYTES || head.major == MAJOR_SIMPLE);
    if (unsized) return malformed(cbor, "unexpected break");
    switch (head.major) {
    case MAJOR_UNSIGNED:
        qd_json_uint(cbor->writer, head.value);
        return QD_OK;
    case MAJOR_NEGATIVE:
        write_negative(cbor->writer, head.value);
        return QD_OK;
    case MAJOR_BYTES:
    case MAJOR_TEXT:
        return write_string(cbor, head, false);
    case MAJOR_ARRAY:
    case MAJOR_MAP:
        return read_container(cbor, head);
    case MAJOR_TAG:
    case MAJOR_SIMPLE:
        break;
    }
    return write_simple(cbor, head);
}

/* A reader of the reference tells the kind of a text before it looks for its bytes. A body that is one text
 * and ends too early is a text to whoever asks for an object: JSON that is called CBOR begins like that. */
static bool is_cut_text(struct cbor *cbor, const uint8_t *start)
{
    return cbor->end > start && start[0] >> 5 == MAJOR_TEXT && cbor->at > start;
}

enum qd_status qd_cbor_read(struct qd_slice bytes, struct qd_json_writer *writer, struct qd_error *error)
{
    const uint8_t *start = (const uint8_t *)bytes.data;
    struct cbor cbor = { .at = start, .end = start + bytes.size, .writer = writer, .error = error };
    enum qd_status status = read_item(&cbor);
    if (status == QD_JSON_EOF && is_cut_text(&cbor, start)) {
        if (error != NULL) qd_error_init(error, error->arena);
        qd_json_string(writer, QD_SLICE(""));
        return QD_OK;
    }
    QD_TRY(status);
    return cbor.at == cbor.end ? QD_OK : malformed(&cbor, "bytes after the value");
}
