#include "coordinator/counters.h"

#include "base/assert.h"

enum qd_answer_class qd_answer_class_of(int http_status)
{
    if (http_status < 400) return QD_ANSWER_SUCCESS;
    return http_status < 500 ? QD_ANSWER_USER_ERROR : QD_ANSWER_SYSTEM_FAILURE;
}

void qd_phase_begin(struct qd_phase_counter *phase)
{
    phase->current++;
}

void qd_phase_end(struct qd_phase_counter *phase, bool well, int64_t nanoseconds)
{
    qd_assert(phase->current > 0);
    phase->current--;
    if (!well) return;
    phase->total++;
    phase->ns += nanoseconds < 0 ? 0 : (uint64_t)nanoseconds;
}

const char *qd_search_phase_name(enum qd_search_phase phase)
{
    static const char *const names[QD_SEARCH_PHASE_COUNT] = {
        [QD_SEARCH_PHASE_TOOK] = "took",
        [QD_SEARCH_PHASE_DFS_PRE_QUERY] = "dfs_pre_query",
        [QD_SEARCH_PHASE_QUERY] = "query",
        [QD_SEARCH_PHASE_FETCH] = "fetch",
        [QD_SEARCH_PHASE_DFS_QUERY] = "dfs_query",
        [QD_SEARCH_PHASE_EXPAND] = "expand",
        [QD_SEARCH_PHASE_CAN_MATCH] = "can_match",
    };
    return names[phase];
}
