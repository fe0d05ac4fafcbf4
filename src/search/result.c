/* Results of the query phase on the wire, and their order between shards. */
#include <math.h>
#include <string.h>

#include "search/search.h"
#include "search/sort.h"

static uint32_t float_bits(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof(bits));
    return bits;
}

static float bits_float(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

static void write_value(const struct qd_sort_value *value, struct qd_buffer *buffer)
{
    uint64_t bits;
    qd_buffer_byte(buffer, (uint8_t)value->kind);
    switch (value->kind) {
    case QD_SORT_VALUE_MISSING: break;
    case QD_SORT_VALUE_LONG: qd_buffer_zigzag(buffer, value->number); break;
    case QD_SORT_VALUE_DOUBLE:
        memcpy(&bits, &value->real, sizeof(bits));
        qd_buffer_u64(buffer, bits);
        break;
    case QD_SORT_VALUE_BYTES: qd_buffer_sized(buffer, value->bytes); break;
    }
}

static struct qd_sort_value read_value(struct qd_reader *reader, struct qd_arena *arena)
{
    struct qd_sort_value value = { .kind = QD_SORT_VALUE_MISSING };
    uint64_t bits;
    uint8_t kind = qd_reader_byte(reader);
    if (kind > QD_SORT_VALUE_BYTES) {
        reader->failed = true;
        return value;
    }
    value.kind = (enum qd_sort_value_kind)kind;
    switch (value.kind) {
    case QD_SORT_VALUE_MISSING: break;
    case QD_SORT_VALUE_LONG: value.number = qd_reader_zigzag(reader); break;
    case QD_SORT_VALUE_DOUBLE:
        bits = qd_reader_u64(reader);
        memcpy(&value.real, &bits, sizeof(bits));
        break;
    case QD_SORT_VALUE_BYTES: value.bytes = qd_arena_copy(arena, qd_reader_sized(reader)); break;
    }
    return value;
}

void qd_query_result_write(const struct qd_query_result *result, struct qd_buffer *buffer)
{
    qd_buffer_varint(buffer, result->doc_count);
    qd_buffer_varint(buffer, result->sort_count);
    qd_buffer_varint(buffer, result->total);
    qd_buffer_byte(buffer, (uint8_t)(result->total_is_lower_bound | result->terminated_early << 1 |
                                     result->timed_out << 2));
    qd_buffer_u32(buffer, float_bits(result->max_score));
    for (uint32_t i = 0; i < result->doc_count; i++) {
        const struct qd_top_doc *doc = &result->docs[i];
        qd_buffer_varint(buffer, doc->segment);
        qd_buffer_varint(buffer, doc->doc);
        qd_buffer_u32(buffer, float_bits(doc->score));
        for (size_t k = 0; k < result->sort_count; k++) {
            write_value(&doc->sort_values[k], buffer);
        }
    }
    qd_buffer_sized(buffer, result->aggregations);
}

enum qd_status qd_query_result_read(struct qd_slice bytes, struct qd_arena *arena,
                                    struct qd_query_result *result, struct qd_error *error)
{
    *result = (struct qd_query_result){ 0 };
    struct qd_reader reader = qd_reader_make(bytes);
    uint64_t count = qd_reader_varint(&reader);
    uint64_t sorts = qd_reader_varint(&reader);
    result->total = qd_reader_varint(&reader);
    uint8_t flags = qd_reader_byte(&reader);
    result->max_score = bits_float(qd_reader_u32(&reader));
    /* Every document takes at least six bytes, every value one: larger counts are lies. */
    if (reader.failed || count > bytes.size || sorts > bytes.size ||
        count * (sorts + 1) > bytes.size + count) {
        return qd_error_set(error, QD_ILLEGAL_STATE, "malformed query result");
    }
    result->total_is_lower_bound = (flags & 1) != 0;
    result->terminated_early = (flags & 2) != 0;
    result->timed_out = (flags & 4) != 0;
    result->doc_count = (uint32_t)count;
    result->sort_count = (size_t)sorts;
    result->docs = QD_NEW_ARRAY(arena, struct qd_top_doc, count + 1);
    for (uint64_t i = 0; i < count; i++) {
        struct qd_top_doc *doc = &result->docs[i];
        doc->segment = (uint32_t)qd_reader_varint(&reader);
        doc->doc = (uint32_t)qd_reader_varint(&reader);
        doc->score = bits_float(qd_reader_u32(&reader));
        if (sorts == 0) {
            continue;
        }
        struct qd_sort_value *values = QD_NEW_ARRAY(arena, struct qd_sort_value, sorts);
        for (uint64_t k = 0; k < sorts; k++) {
            values[k] = read_value(&reader, arena);
        }
        doc->sort_values = values;
    }
    result->aggregations = qd_arena_copy(arena, qd_reader_sized(&reader));
    return reader.failed ? qd_error_set(error, QD_ILLEGAL_STATE, "malformed query result") : QD_OK;
}

int qd_top_doc_compare(const struct qd_search_request *request, const struct qd_top_doc *left,
                       const struct qd_top_doc *right)
{
    if (left->sort_values != NULL && right->sort_values != NULL) {
        for (size_t i = 0; i < request->sort_count; i++) {
            int order = qd_sort_compare(&request->sorts[i], &left->sort_values[i], &right->sort_values[i]);
            if (order != 0) {
                return order;
            }
        }
    } else if (left->score != right->score) {
        return left->score > right->score ? -1 : 1;
    }
    if (left->shard_index != right->shard_index) {
        return left->shard_index < right->shard_index ? -1 : 1;
    }
    if (left->segment != right->segment) {
        return left->segment < right->segment ? -1 : 1;
    }
    return left->doc < right->doc ? -1 : left->doc > right->doc;
}
