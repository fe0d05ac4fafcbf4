/* The shards of this node, for the actions of data only: everybody else asks over the link of the transport,
 * so that a shard may be on another node. `make tidy` checks it (scripts/layers.txt). Loop only.
 */
#ifndef QD_DATA_SHARDS_H
#define QD_DATA_SHARDS_H

#include "data/data.h"
#include "data/shard.h"

/* Shards of this node in order of index name and number. */
size_t qd_data_shard_count(const struct qd_data *data);
struct qd_shard *qd_data_shard_at(const struct qd_data *data, size_t i);

/* The started shard of an index, or NULL. */
struct qd_shard *qd_data_shard(const struct qd_data *data, struct qd_slice index_uuid, uint32_t shard);

#endif
