/* Arrays per bucket, counts, and numbers for keys. */
#include "aggregation/aggregation_collector.h"

enum qd_status qd_bucket_array_grow(struct qd_collector *collector, void **data, size_t size,
                                    uint32_t *capacity, uint32_t bucket, struct qd_error *error)
{
    if (bucket < *capacity) return QD_OK;
    uint64_t wanted = *capacity == 0 ? 1 : (uint64_t)*capacity * 2;
    if (wanted < 16 && bucket > 0) wanted = 16;
    if (wanted <= bucket) wanted = (uint64_t)bucket + 1;
    if (wanted > QD_BUCKET_NONE) wanted = QD_BUCKET_NONE;
    QD_TRY(qd_run_reserve(collector, (size_t)(wanted - *capacity) * size, error));
    *data = qd_arena_grow(collector->run->arena, *data, *capacity * size, (size_t)wanted * size);
    memset((char *)*data + *capacity * size, 0, (size_t)(wanted - *capacity) * size);
    *capacity = (uint32_t)wanted;
    return QD_OK;
}

uint32_t qd_batch_bucket_max(const struct qd_collect_batch *batch)
{
    uint32_t max = 0;
    if (batch->buckets == NULL) return 0;
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->buckets[i] > max) max = batch->buckets[i];
    }
    return max;
}

/* Documents that stand for several (_doc_count). */
static void count_weighted(const struct qd_numeric_column *weights, int64_t *counts,
                           const struct qd_collect_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        int64_t weight;
        if (!qd_numeric_first(weights, batch->docs[i], &weight)) weight = 1;
        counts[batch->buckets == NULL ? 0 : batch->buckets[i]] += weight;
    }
}

enum qd_status qd_bucket_counts_reserve(struct qd_collector *collector, struct qd_bucket_counts *counts,
                                        uint32_t bucket, struct qd_error *error)
{
    void *data = counts->counts;
    QD_TRY(qd_bucket_array_grow(collector, &data, sizeof(int64_t), &counts->capacity, bucket, error));
    counts->counts = data;
    return QD_OK;
}

enum qd_status qd_buckets_collect(struct qd_collector *collector, struct qd_bucket_counts *counts,
                                  const struct qd_collect_batch *batch, struct qd_error *error)
{
    QD_TRY(qd_bucket_counts_reserve(collector, counts, qd_batch_bucket_max(batch), error));
    if (collector->run->weights != NULL) {
        count_weighted(collector->run->weights, counts->counts, batch);
    } else if (batch->buckets == NULL) {
        counts->counts[0] += (int64_t)batch->count;
    } else {
        for (size_t i = 0; i < batch->count; i++) counts->counts[batch->buckets[i]]++;
    }
    if (collector->aggregation->children.count == 0) return QD_OK;
    return qd_collect_children(collector, batch, error);
}

/* ---- numbers for keys ---- */

static uint64_t mix(uint32_t owner, uint64_t key)
{
    uint64_t hash = (key ^ (uint64_t)owner * 0x9E3779B97F4A7C15u) * 0xBF58476D1CE4E5B9u;
    hash ^= hash >> 29;
    hash *= 0x94D049BB133111EBu;
    return hash ^ hash >> 32;
}

static enum qd_status grow_slots(struct qd_bucket_table *table, struct qd_error *error)
{
    uint32_t slot_count = table->slot_count == 0 ? 16 : table->slot_count * 2;
    while (table->count + 1 > slot_count / 4 * 3) slot_count *= 2; /* some were appended */
    QD_TRY(qd_run_reserve(table->collector, slot_count * sizeof(uint32_t), error));
    uint32_t *slots = QD_NEW_ARRAY(table->collector->run->arena, uint32_t, slot_count);
    for (uint32_t i = 0; i < table->count; i++) {
        uint64_t at = mix(table->owners[i], table->keys[i]) & (slot_count - 1);
        while (slots[at] != 0) at = (at + 1) & (slot_count - 1);
        slots[at] = i + 1;
    }
    table->slots = slots;
    table->slot_count = slot_count;
    return QD_OK;
}

enum qd_status qd_bucket_table_append(struct qd_bucket_table *table, uint32_t owner, uint64_t key,
                                      uint32_t *bucket, struct qd_error *error)
{
    uint32_t capacity = table->capacity;
    void *owners = table->owners;
    void *keys = table->keys;
    QD_TRY(qd_bucket_array_grow(table->collector, &owners, sizeof(uint32_t), &capacity, table->count, error));
    table->owners = owners;
    capacity = table->capacity;
    QD_TRY(qd_bucket_array_grow(table->collector, &keys, sizeof(uint64_t), &capacity, table->count, error));
    table->keys = keys;
    table->capacity = capacity;
    table->owners[table->count] = owner;
    table->keys[table->count] = key;
    *bucket = table->count++;
    return QD_OK;
}

enum qd_status qd_bucket_table_add(struct qd_bucket_table *table, uint32_t owner, uint64_t key,
                                   uint32_t *bucket, struct qd_error *error)
{
    if (table->count + 1 > table->slot_count / 4 * 3) QD_TRY(grow_slots(table, error));
    uint64_t at = mix(owner, key) & (table->slot_count - 1);
    while (table->slots[at] != 0) {
        uint32_t found = table->slots[at] - 1;
        if (table->keys[found] == key && table->owners[found] == owner) {
            *bucket = found;
            return QD_OK;
        }
        at = (at + 1) & (table->slot_count - 1);
    }
    QD_TRY(qd_bucket_table_append(table, owner, key, bucket, error));
    table->slots[at] = table->count;
    return QD_OK;
}

void qd_bucket_table_group(const struct qd_bucket_table *table, struct qd_bucket_groups *groups)
{
    struct qd_arena *arena = table->collector->run->arena;
    uint32_t owner_count = 0;
    for (uint32_t i = 0; i < table->count; i++) {
        if (table->owners[i] >= owner_count) owner_count = table->owners[i] + 1;
    }
    groups->owner_count = owner_count;
    groups->starts = QD_NEW_ARRAY(arena, uint32_t, (size_t)owner_count + 2);
    groups->buckets = QD_NEW_ARRAY(arena, uint32_t, table->count);
    for (uint32_t i = 0; i < table->count; i++) groups->starts[table->owners[i] + 2]++;
    for (uint32_t i = 2; i < owner_count + 2; i++) groups->starts[i] += groups->starts[i - 1];
    for (uint32_t i = 0; i < table->count; i++) groups->buckets[groups->starts[table->owners[i] + 1]++] = i;
}
