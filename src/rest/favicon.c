/* GET /favicon.ico: what browsers ask for beside every page. */
#include "rest/route.h"

/* One picture of 16 x 16 points in two colours, the lowest line first: a lens with its handle. */
#define SIDE 16
#define LINE_SIZE 4 /* lines are filled up to four bytes */
static const uint16_t lens[SIDE] = { 0x0000, 0x0006, 0x000e, 0x001c, 0x0038, 0x0f70, 0x3fe0, 0x70e0,
                                     0x6060, 0xc030, 0xc030, 0xc030, 0x6060, 0x70e0, 0x3fc0, 0x0f00 };

static void put(struct qd_buffer *out, uint32_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) qd_buffer_byte(out, (uint8_t)(value >> (8 * i)));
}

static void put_line(struct qd_buffer *out, uint16_t points)
{
    qd_buffer_byte(out, (uint8_t)(points >> 8));
    qd_buffer_byte(out, (uint8_t)points);
    put(out, 0, LINE_SIZE - 2);
}

/* The directory of one picture: width, height, colours, planes, bits, size and place of the picture. */
static void put_directory(struct qd_buffer *out, uint32_t picture_size)
{
    put(out, 0x00010000, 4);
    put(out, 1, 2);
    put(out, SIDE, 1);
    put(out, SIDE, 1);
    put(out, 2, 2);
    put(out, 0x00010001, 4);
    put(out, picture_size, 4);
    put(out, 6 + 16, 4);
}

void qd_favicon(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct qd_buffer *out = &call->response;
    (void)coordinator;
    put_directory(out, 40 + 2 * 4 + 2 * SIDE * LINE_SIZE);
    /* The header of the picture, which counts the lines of the mask too. */
    put(out, 40, 4);
    put(out, SIDE, 4);
    put(out, 2 * SIDE, 4);
    put(out, 0x00010001, 4);
    for (unsigned i = 0; i < 6; i++) put(out, 0, 4);
    put(out, 0x000000, 4);
    put(out, 0x205080, 4);
    for (unsigned i = 0; i < SIDE; i++) put_line(out, lens[i]);
    for (unsigned i = 0; i < SIDE; i++) put_line(out, (uint16_t)~lens[i]);
    call->content_type = "image/x-icon";
    qd_call_finish(call, 200);
}
