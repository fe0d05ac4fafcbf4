#include "analysis/affixes.h"

#include <string.h>

#include "analysis/codepoint.h"

/* The longest affix found so far. */
struct match {
    size_t size;                     /* code points; 0: none */
    const struct qd_affix_row *row;  /* that it stands in */
};

/* Code points of the affix [text, end) when the word has it at that side, otherwise 0. */
static size_t match_affix(const struct qd_stem_word *word, bool prefix, const char *text, const char *end)
{
    size_t size = 0;
    uint32_t letter;
    for (const char *at = text; at < end; size++) at += qd_codepoint_read(at, end, &letter);
    if (size > word->size) return 0;
    const uint32_t *place = prefix ? word->text : word->text + word->size - size;
    while (text < end) {
        text += qd_codepoint_read(text, end, &letter);
        if (letter != *place++) return 0;
    }
    return size;
}

static bool leaves_enough(const struct qd_stem_word *word, const struct qd_affix_step *step,
                          const struct qd_affix_row *row, size_t size)
{
    const uint32_t *stem = step->prefix ? word->text + size : word->text;
    size_t left = word->size - size;
    if (left < row->stem_min) return false;
    if (row->vowels == NULL) return true;
    for (size_t i = 0; i < left; i++) {
        if (qd_stem_word_among(stem[i], row->vowels)) return true;
    }
    return false;
}

static void match_row(const struct qd_stem_word *word, const struct qd_affix_step *step,
                      const struct qd_affix_row *row, struct match *best)
{
    const char *end = row->affixes + strlen(row->affixes);
    for (const char *at = row->affixes; at < end;) {
        const char *space = memchr(at, ' ', (size_t)(end - at));
        const char *stop = space == NULL ? end : space;
        size_t size = match_affix(word, step->prefix, at, stop);
        if (size > best->size && leaves_enough(word, step, row, size)) *best = (struct match){ size, row };
        at = space == NULL ? end : space + 1;
    }
}

static void take_step(struct qd_stem_word *word, const struct qd_affix_step *step)
{
    struct match best = { 0, NULL };
    for (size_t i = 0; i < step->count; i++) match_row(word, step, &step->rows[i], &best);
    if (best.row == NULL) return;
    if (step->prefix) {
        qd_stem_word_skip(word, best.size);
    } else {
        word->size -= best.size;
    }
    if (best.row->mends != NULL) (void)qd_stem_word_apply(word, best.row->mends);
}

void qd_affixes_strip(struct qd_stem_word *word, const struct qd_affix_step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) take_step(word, &steps[i]);
}
