#include <stdlib.h>

#include "base/text.h"

/* A name that was meant, perhaps. */
struct scored {
    float score;
    struct qd_slice name;
};

float qd_levenshtein_score(struct qd_arena *arena, struct qd_slice left, struct qd_slice right)
{
    size_t n = 0, m = 0;
    const uint16_t *a = qd_utf16_from_utf8(arena, left, &n);
    const uint16_t *b = qd_utf16_from_utf8(arena, right, &m);
    if (n == 0 || m == 0) return n == m ? 1.0f : 0.0f;
    uint32_t *row = QD_NEW_ARRAY(arena, uint32_t, n + 1);
    for (size_t i = 0; i <= n; i++) row[i] = (uint32_t)i;
    for (size_t j = 1; j <= m; j++) {
        uint32_t diagonal = row[0];
        row[0] = (uint32_t)j;
        for (size_t i = 1; i <= n; i++) {
            uint32_t best = diagonal + (a[i - 1] != b[j - 1]);
            if (row[i - 1] + 1 < best) best = row[i - 1] + 1;
            if (row[i] + 1 < best) best = row[i] + 1;
            diagonal = row[i];
            row[i] = best;
        }
    }
    return 1.0f - (float)row[n] / (float)(n > m ? n : m);
}

static int compare_scored(const void *left, const void *right)
{
    const struct scored *a = left;
    const struct scored *b = right;
    if (a->score > b->score) return -1;
    if (a->score < b->score) return 1;
    return qd_utf16_compare(a->name, b->name);
}

size_t qd_suggest_names(struct qd_arena *arena, struct qd_slice name, const struct qd_slice *candidates,
                        size_t count, float threshold, struct qd_slice **found)
{
    struct scored *scored = QD_NEW_ARRAY(arena, struct scored, count);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        float score = qd_levenshtein_score(arena, name, candidates[i]);
        if (score > threshold) scored[kept++] = (struct scored){ score, candidates[i] };
    }
    qsort(scored, kept, sizeof(*scored), compare_scored);
    *found = QD_NEW_ARRAY(arena, struct qd_slice, kept);
    for (size_t i = 0; i < kept; i++) (*found)[i] = scored[i].name;
    return kept;
}

struct qd_slice qd_did_you_mean(struct qd_arena *arena, struct qd_slice name,
                                const struct qd_slice *candidates, size_t count)
{
    struct qd_slice *found;
    size_t kept = qd_suggest_names(arena, name, candidates, count, 0.5f, &found);
    if (kept == 0) return QD_SLICE("");
    if (kept == 1) return qd_arena_format(arena, " did you mean [%.*s]?", QD_SLICE_ARG(found[0]));
    struct qd_buffer text = { 0 };
    for (size_t i = 0; i < kept; i++) {
        qd_buffer_text(&text, i == 0 ? " did you mean any of [" : ", ");
        qd_buffer_slice(&text, found[i]);
    }
    qd_buffer_text(&text, "]?");
    struct qd_slice result = qd_arena_copy(arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return result;
}
