#include "rest/http_compress.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/assert.h"
#include "base/number.h"

#define OUTPUT_SIZE ((size_t)16 << 10)
#define WINDOW_GZIP (15 + 16)
#define WINDOW_ZLIB 15
#define WINDOW_RAW (-15)
#define MEMORY_LEVEL 8

struct qd_http_inflater {
    z_stream stream;
    enum qd_http_coding coding;
    bool started; /* the first byte was seen and the stream's kind is known */
    bool complete;
};

struct qd_http_inflater *qd_http_inflater_create(enum qd_http_coding coding)
{
    qd_assert(coding != QD_HTTP_IDENTITY);
    struct qd_http_inflater *inflater = calloc(1, sizeof(*inflater));
    qd_assert(inflater != NULL);
    inflater->coding = coding;
    return inflater;
}

void qd_http_inflater_destroy(struct qd_http_inflater *inflater)
{
    if (inflater == NULL) return;
    if (inflater->started) inflateEnd(&inflater->stream);
    free(inflater);
}

/* "deflate" means zlib's format, but some clients send the raw one. A zlib stream begins with method 8 and a
 * window of at most 32 KiB; a raw stream beginning so would be a stored or fixed block that no encoder begins
 * with. */
static void start(struct qd_http_inflater *inflater, unsigned char first)
{
    int window = inflater->coding == QD_HTTP_GZIP ? WINDOW_GZIP : WINDOW_ZLIB;
    if (inflater->coding == QD_HTTP_DEFLATE && ((first & 15) != 8 || first >> 4 > 7)) window = WINDOW_RAW;
    qd_assert(inflateInit2(&inflater->stream, window) == Z_OK);
    inflater->started = true;
}

enum qd_http_inflate qd_http_inflater_feed(struct qd_http_inflater *inflater, struct qd_slice piece,
                                           struct qd_buffer *out, size_t size_max)
{
    if (piece.size == 0) return QD_HTTP_INFLATE_OK;
    if (inflater->complete) return QD_HTTP_INFLATE_BAD;
    if (!inflater->started) start(inflater, (unsigned char)piece.data[0]);
    z_stream *stream = &inflater->stream;
    qd_assert(piece.size <= UINT32_MAX);
    stream->next_in = (Bytef *)(uintptr_t)piece.data;
    stream->avail_in = (uInt)piece.size;
    do {
        char output[OUTPUT_SIZE];
        stream->next_out = (Bytef *)output;
        stream->avail_out = sizeof(output);
        int result = inflate(stream, Z_NO_FLUSH);
        if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) return QD_HTTP_INFLATE_BAD;
        size_t size = sizeof(output) - stream->avail_out;
        if (size > size_max - out->size) return QD_HTTP_INFLATE_TOO_LARGE;
        qd_buffer_append(out, output, size);
        inflater->complete = result == Z_STREAM_END;
        if (inflater->complete) return stream->avail_in == 0 ? QD_HTTP_INFLATE_OK : QD_HTTP_INFLATE_BAD;
    } while (stream->avail_in > 0 || stream->avail_out == 0);
    return QD_HTTP_INFLATE_OK;
}

bool qd_http_inflater_is_complete(const struct qd_http_inflater *inflater)
{
    return inflater->complete;
}

/* How much an element of Accept-Encoding is wanted: what stands behind its first "=", 1 without one, 0 when
 * that is no number. */
static double quality_of(struct qd_slice parameters)
{
    double quality = 0;
    size_t equals = qd_slice_find_byte(parameters, '=');
    if (equals == SIZE_MAX) return 1;
    return qd_parse_double(qd_slice_from(parameters, equals + 1), &quality) ? quality : 0;
}

/* Below 0: not named. */
struct wishes {
    double gzip, deflate, any;
};

static struct wishes read_wishes(struct qd_slice accept_encoding)
{
    struct wishes wishes = { -1, -1, -1 };
    struct qd_slice element;
    while (qd_http_next_element(&accept_encoding, &element)) {
        size_t semicolon = qd_slice_find_byte(element, ';');
        double quality = semicolon == SIZE_MAX ? 1 : quality_of(qd_slice_from(element, semicolon));
        struct qd_slice name = semicolon == SIZE_MAX ? element : qd_slice_sub(element, 0, semicolon);
        while (name.size > 0 && name.data[name.size - 1] == ' ') name.size--;
        bool old = name.size > 2 && qd_http_equal_no_case(qd_slice_sub(name, 0, 2), "x-");
        if (old) name = qd_slice_from(name, 2);
        if (qd_http_equal_no_case(name, "gzip") && quality > wishes.gzip) wishes.gzip = quality;
        if (qd_http_equal_no_case(name, "deflate") && quality > wishes.deflate) wishes.deflate = quality;
        if (!old && qd_slice_is(name, "*") && quality > wishes.any) wishes.any = quality;
    }
    return wishes;
}

enum qd_http_coding qd_http_choose_coding(struct qd_slice accept_encoding)
{
    struct wishes wishes = read_wishes(accept_encoding);
    if (wishes.gzip > 0 && wishes.gzip >= wishes.deflate) return QD_HTTP_GZIP;
    if (wishes.deflate > 0) return QD_HTTP_DEFLATE;
    if (wishes.any <= 0) return QD_HTTP_IDENTITY;
    if (wishes.gzip < 0) return QD_HTTP_GZIP;
    return wishes.deflate < 0 ? QD_HTTP_DEFLATE : QD_HTTP_IDENTITY;
}

void qd_http_deflate(struct qd_buffer *body, enum qd_http_coding coding, int level)
{
    z_stream stream = { 0 };
    struct qd_buffer out = { 0 };
    int window = coding == QD_HTTP_GZIP ? WINDOW_GZIP : WINDOW_ZLIB;
    qd_assert(deflateInit2(&stream, level, Z_DEFLATED, window, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) == Z_OK);
    size_t left = body->size;
    stream.next_in = (Bytef *)body->data;
    int result;
    do {
        size_t part = left < ((size_t)1 << 30) ? left : (size_t)1 << 30;
        if (stream.avail_in == 0) {
            stream.avail_in = (uInt)part;
            left -= part;
        }
        stream.next_out = (Bytef *)qd_buffer_reserve(&out, OUTPUT_SIZE);
        stream.avail_out = OUTPUT_SIZE;
        result = deflate(&stream, left == 0 ? Z_FINISH : Z_NO_FLUSH);
        qd_assert(result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR);
        out.size += OUTPUT_SIZE - stream.avail_out;
    } while (result != Z_STREAM_END);
    deflateEnd(&stream);
    qd_buffer_deinit(body);
    *body = out;
}
