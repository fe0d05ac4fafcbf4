#include "index/merge_policy.h"

#include <math.h>

/* Share of deleted documents, in percent, from which a large segment is merged after all, and from which
 * "only deletes" merges. */
#define DELETES_PERCENT_ALLOWED 20
#define DELETES_PERCENT_FORCED 10
/* A segment holds at most this many documents. */
#define DOCS_MAX ((uint64_t)1 << 30)
/* Candidates that are looked at; a shard has far fewer segments. */
#define CANDIDATES_MAX 4096

/* A candidate that is free, with its size without deletes. */
struct item {
    size_t index;
    uint64_t bytes;
    uint64_t docs;
};

static uint64_t live_bytes(const struct qd_merge_candidate *candidate)
{
    if (candidate->doc_count == 0) return 0;
    return (uint64_t)((double)candidate->bytes * candidate->live_count / candidate->doc_count);
}

static bool more_deleted_than(const struct qd_merge_candidate *candidate, uint64_t percent)
{
    uint64_t deleted = candidate->doc_count - candidate->live_count;
    return deleted * 100 > percent * candidate->doc_count;
}

/* Inserts keeping larger ones first and equal ones in order of age. */
static void insert(struct item *items, size_t *count, struct item item)
{
    size_t at = (*count)++;
    for (; at > 0 && items[at - 1].bytes < item.bytes; at--) items[at] = items[at - 1];
    items[at] = item;
}

static size_t collect(const struct qd_merge_candidate *candidates, size_t count, struct item *items)
{
    size_t found = 0;
    for (size_t i = 0; i < count && found < CANDIDATES_MAX; i++) {
        if (candidates[i].merging) continue;
        insert(items, &found, (struct item){ i, live_bytes(&candidates[i]), candidates[i].live_count });
    }
    return found;
}

static size_t finish(const struct item *items, size_t count, size_t *chosen)
{
    for (size_t i = 0; i < count; i++) {
        size_t at = i;
        for (; at > 0 && chosen[at - 1] > items[i].index; at--) chosen[at] = chosen[at - 1];
        chosen[at] = items[i].index;
    }
    return count;
}

/* How many segments a shard of this size may have: tiers of segments_per_tier segments, each tier at_once_max
 * times as large as the one before. */
static double segments_allowed(const struct qd_merge_policy *policy, const struct item *items, size_t count)
{
    double left = 0;
    for (size_t i = 0; i < count; i++) left += (double)items[i].bytes;
    uint64_t smallest = items[count - 1].bytes;
    double level = (double)(smallest > policy->floor_bytes ? smallest : policy->floor_bytes);
    double allowed = 0;
    for (;;) {
        double wanted = left / level;
        if (wanted < policy->segments_per_tier || level >= (double)policy->bytes_max) {
            return allowed + ceil(wanted);
        }
        allowed += policy->segments_per_tier;
        left -= policy->segments_per_tier * level;
        level = fmin((double)policy->bytes_max, level * policy->at_once_max);
    }
}

/* Segments of items[from..] that fit into one merge; smaller is better: even sizes, small total, many
 * deletes. */
static double score_from(const struct qd_merge_policy *policy, const struct qd_merge_candidate *candidates,
                         const struct item *items, size_t count, size_t from, size_t *taken)
{
    double total = 0;
    double floored = 0;
    double before = 0;
    double largest = 0;
    uint64_t docs = 0;
    *taken = 0;
    for (size_t i = from; i < count && *taken < policy->at_once_max; i++) {
        if (total + (double)items[i].bytes > (double)policy->bytes_max || docs + items[i].docs > DOCS_MAX) {
            break;
        }
        double size = (double)(items[i].bytes > policy->floor_bytes ? items[i].bytes : policy->floor_bytes);
        if (*taken == 0) largest = size;
        total += (double)items[i].bytes;
        floored += size;
        before += (double)candidates[items[i].index].bytes;
        docs += items[i].docs;
        ++*taken;
    }
    if (*taken < 2) return INFINITY;
    double live = before > 0 ? total / before : 1;
    return largest / floored * pow(total, 0.05) * live * live;
}

size_t qd_merge_policy_natural(const struct qd_merge_policy *policy,
                               const struct qd_merge_candidate *candidates, size_t count, size_t *chosen)
{
    struct item items[CANDIDATES_MAX];
    size_t found = collect(candidates, count, items);
    /* The largest are left alone while they have few deletes. */
    size_t first = 0;
    while (first < found && items[first].bytes > policy->bytes_max / 2 &&
           !more_deleted_than(&candidates[items[first].index], DELETES_PERCENT_ALLOWED)) {
        first++;
    }
    found -= first;
    const struct item *free_items = items + first;
    if (found < 2 || found <= policy->segments_per_tier) return 0;
    if ((double)found <= segments_allowed(policy, free_items, found)) return 0;
    double best = INFINITY;
    size_t best_from = 0;
    size_t best_taken = 0;
    for (size_t from = 0; from + 1 < found; from++) {
        size_t taken;
        double score = score_from(policy, candidates, free_items, found, from, &taken);
        if (score >= best) continue;
        best = score;
        best_from = from;
        best_taken = taken;
    }
    return finish(free_items + best_from, best_taken, chosen);
}

size_t qd_merge_policy_forced(const struct qd_merge_candidate *candidates, size_t count,
                              uint32_t segments_max, size_t *chosen)
{
    struct item items[CANDIDATES_MAX];
    size_t found = collect(candidates, count, items);
    if (found == 0) return 0;
    if (found == 1 && segments_max == 1) {
        const struct qd_merge_candidate *only = &candidates[items[0].index];
        return only->live_count < only->doc_count ? finish(items, 1, chosen) : 0;
    }
    if (found <= segments_max) return 0;
    /* The smallest ones, so that what is left is segments_max segments. */
    size_t taken = found - segments_max + 1;
    uint64_t docs = 0;
    for (size_t i = 0; i < taken; i++) {
        docs += items[found - 1 - i].docs;
        if (docs > DOCS_MAX) taken = i;
    }
    return taken < 2 ? 0 : finish(items + (found - taken), taken, chosen);
}

size_t qd_merge_policy_deletes(const struct qd_merge_policy *policy,
                               const struct qd_merge_candidate *candidates, size_t count, size_t *chosen)
{
    struct item items[CANDIDATES_MAX];
    struct item taken[CANDIDATES_MAX];
    size_t found = collect(candidates, count, items);
    size_t used = 0;
    uint64_t total = 0;
    for (size_t i = 0; i < found && used < policy->at_once_max; i++) {
        if (!more_deleted_than(&candidates[items[i].index], DELETES_PERCENT_FORCED)) continue;
        if (used > 0 && total + items[i].bytes > policy->bytes_max) continue;
        total += items[i].bytes;
        taken[used++] = items[i];
    }
    return finish(taken, used, chosen);
}
