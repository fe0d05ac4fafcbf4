/* Whole windows and segments: collectors that can take the bits of a window do, the others get a batch. */
#include "aggregation/aggregation_collector.h"

size_t qd_window_docs(const struct qd_hit_window *window, const uint64_t *filter, qd_doc_id *docs)
{
    size_t count = 0;
    for (uint32_t i = 0; i * 64 < window->size; i++) {
        uint64_t word = filter == NULL ? window->words[i] : window->words[i] & filter[i];
        qd_doc_id first = window->base + i * 64;
        if (word == UINT64_MAX) {
            for (uint32_t bit = 0; bit < 64; bit++) docs[count + bit] = first + bit;
            count += 64;
            continue;
        }
        for (; word != 0; word &= word - 1) docs[count++] = first + (qd_doc_id)__builtin_ctzll(word);
    }
    return count;
}

uint32_t qd_window_count(const struct qd_hit_window *window, const uint64_t *filter)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i * 64 < window->size; i++) {
        count += (uint32_t)__builtin_popcountll(window->words[i] & filter[i]);
    }
    return count;
}

/* The documents of the window that all roots look at, listed once for those that want a list. */
static void list_documents(struct qd_aggregation_run *run, const struct qd_hit_window *window)
{
    if (run->listed) return;
    if (run->list == NULL) run->list = QD_NEW_ARRAY(run->arena, qd_doc_id, QD_COLLECT_MAX);
    (void)qd_window_docs(window, NULL, run->list);
    run->listed = true;
}

enum qd_status qd_collect_window(struct qd_collector *collector, const struct qd_hit_window *window,
                                 struct qd_error *error)
{
    struct qd_aggregation_run *run = collector->run;
    bool done = false;
    if (collector->operations->collect_window != NULL && run->weights == NULL) {
        QD_TRY(collector->operations->collect_window(collector, window, &done, error));
    }
    if (done) return QD_OK;
    list_documents(run, window);
    struct qd_collect_batch batch = { .docs = run->list, .count = window->count };
    return collector->operations->collect(collector, &batch, error);
}

/* All documents of the segment, window by window. */
static enum qd_status collect_all_windows(struct qd_collector *collector, struct qd_error *error)
{
    struct qd_aggregation_run *run = collector->run;
    uint64_t words[QD_COLLECT_MAX / 64];
    struct qd_hit_window window = { .words = words };
    memset(words, 0xff, sizeof(words));
    for (; window.base < run->segment_docs; window.base += QD_COLLECT_MAX) {
        uint32_t left = run->segment_docs - window.base;
        if (run->view->cancelled != NULL && atomic_load(run->view->cancelled)) {
            return qd_error_set(error, QD_TASK_CANCELLED, "task cancelled");
        }
        window.size = left < QD_COLLECT_MAX ? left : QD_COLLECT_MAX;
        window.count = window.size;
        for (uint32_t i = window.size / 64; i < QD_COLLECT_MAX / 64 && window.size < QD_COLLECT_MAX; i++) {
            uint32_t bits = i == window.size / 64 ? window.size % 64 : 0;
            words[i] = (UINT64_C(1) << bits) - 1;
        }
        run->listed = false;
        QD_TRY(qd_collect_window(collector, &window, error));
    }
    return QD_OK;
}

enum qd_status qd_collect_segment(struct qd_collector *collector, struct qd_error *error)
{
    bool done = false;
    if (collector->operations->collect_segment != NULL && collector->run->weights == NULL) {
        QD_TRY(collector->operations->collect_segment(collector, &done, error));
    }
    return done ? QD_OK : collect_all_windows(collector, error);
}
