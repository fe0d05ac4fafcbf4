/* Which shard a document belongs to: Murmur3 (x86, 32 bit) over the UTF-16LE units of the routing value.
 * Source: OpenSearch OperationRouting, Murmur3HashFunction. */
#include "base/murmur3.h"
#include "base/text.h"
#include "coordinator/resolve.h"

static int32_t hash_text(struct qd_slice text)
{
    struct qd_arena *arena = qd_arena_create(text.size * 4 + 64);
    size_t count;
    uint16_t *units = qd_utf16_from_utf8(arena, text, &count);
    uint8_t *bytes = qd_arena_alloc(arena, count * 2 + 1);
    for (size_t i = 0; i < count; i++) {
        bytes[2 * i] = (uint8_t)units[i];
        bytes[2 * i + 1] = (uint8_t)(units[i] >> 8);
    }
    int32_t hash = (int32_t)qd_murmur3_32((struct qd_slice){ (const char *)bytes, count * 2 }, 0);
    qd_arena_destroy(arena);
    return hash;
}

static uint32_t floor_mod(int32_t value, int32_t modulus)
{
    int32_t rest = value % modulus;
    return (uint32_t)(rest < 0 ? rest + modulus : rest);
}

uint32_t qd_route_document(const struct qd_index_metadata *index, struct qd_slice id, struct qd_slice routing)
{
    uint32_t partition = 0;
    struct qd_slice effective = routing.data == NULL ? id : routing;
    if (index->shard_count == 1) return 0;
    if (index->routing_partition_size > 1) {
        partition = floor_mod(hash_text(id), (int32_t)index->routing_partition_size);
    }
    int32_t hash = (int32_t)((uint32_t)hash_text(effective) + partition);
    return floor_mod(hash, (int32_t)index->routing_shard_count) /
           (index->routing_shard_count / index->shard_count);
}
