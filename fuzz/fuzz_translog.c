/* Corrupt translogs, manifests and stored records: reading gives an error or some answer, never a crash.
 *
 * First byte, lowest two bits: 0: the rest is a translog file; 1: the rest describes changes of a valid
 * translog (groups of three: place, new byte, what to do: odd makes the checksum of the first record right
 * again); 2: the rest is a manifest whose checksum is made right; 3: the rest is a stored record.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/checksum.h"
#include "index/commit.h"
#include "index/record.h"
#include "index/translog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define OPERATIONS_MAX 100000

static const uint8_t uuid[QD_TRANSLOG_UUID_SIZE] = { 1, 2, 3 };

static enum qd_status visit(void *context, const struct qd_translog_operation *operation,
                            struct qd_error *error)
{
    size_t *bytes = context;
    (void)error;
    /* Every byte of the views is touched, so that a bad one is seen. */
    for (size_t i = 0; i < operation->id.size; i++) *bytes += (uint8_t)operation->id.data[i];
    for (size_t i = 0; i < operation->source.size; i++) *bytes += (uint8_t)operation->source.data[i];
    for (size_t i = 0; i < operation->routing.size; i++) *bytes += (uint8_t)operation->routing.data[i];
    return QD_OK;
}

static void parse_translog(struct qd_slice bytes)
{
    size_t sum = 0;
    uint64_t valid = 0;
    uint64_t operations = 0;
    struct qd_translog_visitor visitor = { &sum, visit };
    struct qd_translog_previous previous;
    struct qd_translog_file file =
        { .name = QD_SLICE("fuzz"), .bytes = bytes, .uuid = uuid, .generation = 1 };
    (void)qd_translog_parse_header(&file, &previous);
    enum qd_status status = qd_translog_parse(&file, &visitor, &valid, &operations, NULL);
    if (status == QD_OK && operations > OPERATIONS_MAX) abort();
}

static void put_record(struct qd_buffer *out, struct qd_slice payload)
{
    uint32_t checksum = qd_translog_checksum(1, out->size, payload);
    qd_buffer_u32(out, (uint32_t)payload.size);
    qd_buffer_u32(out, checksum);
    qd_buffer_slice(out, payload);
}

static void build_translog(struct qd_buffer *out)
{
    while (out->size < QD_TRANSLOG_HEADER_SIZE) qd_buffer_byte(out, 0);
    for (unsigned i = 0; i < 4; i++) {
        struct qd_buffer payload = { 0 };
        qd_buffer_byte(&payload, i == 3 ? QD_TRANSLOG_MARKER : QD_TRANSLOG_INDEX);
        if (i == 3) {
            qd_buffer_u64(&payload, QD_TRANSLOG_MARKER_MAGIC);
            qd_buffer_u64(&payload, out->size);
        } else {
            for (int k = 0; k < 3; k++) qd_buffer_zigzag(&payload, k);
            qd_buffer_sized(&payload, QD_SLICE("id"));
            qd_buffer_byte(&payload, 1);
            qd_buffer_sized(&payload, QD_SLICE("routing"));
            qd_buffer_sized(&payload, QD_SLICE("{\"a\":1}"));
        }
        put_record(out, qd_buffer_view(&payload));
        qd_buffer_deinit(&payload);
    }
}

static void repair_first(struct qd_buffer *file)
{
    struct qd_reader reader = qd_reader_make(qd_slice_from(qd_buffer_view(file), QD_TRANSLOG_HEADER_SIZE));
    uint32_t size = qd_reader_u32(&reader);
    if (size > qd_reader_left(&reader) - 4) return;
    struct qd_slice payload = qd_slice_sub(qd_buffer_view(file), QD_TRANSLOG_HEADER_SIZE + 8, size);
    uint32_t checksum = qd_translog_checksum(1, QD_TRANSLOG_HEADER_SIZE, payload);
    memcpy(file->data + QD_TRANSLOG_HEADER_SIZE + 4, &checksum, sizeof(checksum));
}

static void change_translog(const uint8_t *data, size_t size)
{
    struct qd_buffer file = { 0 };
    build_translog(&file);
    for (size_t i = 0; i + 3 <= size; i += 3) {
        file.data[data[i] % file.size] = (char)data[i + 1];
        if ((data[i + 2] & 1) != 0) repair_first(&file);
    }
    parse_translog(qd_buffer_view(&file));
    qd_buffer_deinit(&file);
}

static void parse_manifest(const uint8_t *data, size_t size)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_buffer bytes = { 0 };
    struct qd_commit commit;
    qd_buffer_append(&bytes, data, size);
    qd_buffer_u32(&bytes, qd_crc32c(bytes.data, bytes.size));
    (void)!qd_commit_parse(QD_SLICE("fuzz"), qd_buffer_view(&bytes), arena, &commit, NULL);
    qd_buffer_deinit(&bytes);
    qd_arena_destroy(arena);
}

static void parse_record(const uint8_t *data, size_t size)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_record record;
    if (qd_record_parse(qd_slice_make(data, size), arena, &record, NULL) == QD_OK) {
        for (uint32_t i = 0; i < record.field_count; i++) {
            if (record.fields[i].value_count > size) abort();
        }
    }
    qd_arena_destroy(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) return 0;
    switch (data[0] & 3) {
    case 0: parse_translog(qd_slice_make(data + 1, size - 1)); break;
    case 1: change_translog(data + 1, size - 1); break;
    case 2: parse_manifest(data + 1, size - 1); break;
    default: parse_record(data + 1, size - 1); break;
    }
    return 0;
}
