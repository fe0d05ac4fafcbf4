/* Which segments to merge: tiers of sizes. Pure functions.
 *
 * Used by the engine's merge planning. Source: Lucene TieredMergePolicy (idea and constants).
 */
#ifndef QD_INDEX_MERGE_POLICY_H
#define QD_INDEX_MERGE_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A segment that may be merged. */
struct qd_merge_candidate {
    uint64_t bytes;      /* of the segment; deletes are taken off by the policy */
    uint32_t doc_count;
    uint32_t live_count;
    bool merging;        /* taken by another merge */
};

struct qd_merge_policy {
    uint32_t segments_per_tier; /* at least 2 */
    uint32_t at_once_max;       /* at least 2 */
    uint64_t floor_bytes;       /* smaller segments count as this large; at least 1 */
    uint64_t bytes_max;         /* no natural merge makes a larger segment */
};

/* Chooses among candidates[count]; indices ascend into chosen[count]. Returns how many (0: nothing to do). */
size_t qd_merge_policy_natural(const struct qd_merge_policy *policy,
                               const struct qd_merge_candidate *candidates, size_t count, size_t *chosen);

/* The same for a forced merge to at most segments_max segments, which knows no size limit. */
size_t qd_merge_policy_forced(const struct qd_merge_candidate *candidates, size_t count,
                              uint32_t segments_max, size_t *chosen);

/* The same for segments of which more than a tenth is deleted. */
size_t qd_merge_policy_deletes(const struct qd_merge_policy *policy,
                               const struct qd_merge_candidate *candidates, size_t count, size_t *chosen);

#endif
