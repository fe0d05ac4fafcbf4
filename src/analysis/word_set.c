#include "analysis/word_set.h"

#include <stdlib.h>

#include "analysis/filters.h"
#include "analysis/stop_words_table.h"
#include "analysis/word_list.h"

static int compare(const void *left, const void *right)
{
    return qd_slice_compare(*(const struct qd_slice *)left, *(const struct qd_slice *)right);
}

static void index_words(struct qd_word_set *set, const struct qd_slice *words, size_t count)
{
    *set = (struct qd_word_set){ .words = words, .count = count };
    for (size_t i = 0; i < count; i++) {
        if (words[i].size == 0) {
            set->has_empty = true;
            continue;
        }
        uint8_t first = (uint8_t)words[i].data[0];
        set->size_bits |= 1ULL << (words[i].size < 63 ? words[i].size : 63);
        set->first_bits[first >> 5] |= 1U << (first & 31);
    }
}

void qd_word_set_init(struct qd_word_set *set, struct qd_slice *words, size_t count)
{
    if (count > 1) qsort(words, count, sizeof(*words), compare);
    index_words(set, words, count);
}

static const struct qd_stop_words *find_language(struct qd_slice language)
{
    for (const struct qd_stop_words *row = qd_stop_words_table; row->language != NULL; row++)
        if (qd_slice_is(language, row->language)) return row;
    return NULL;
}

bool qd_word_set_language(struct qd_word_set *set, const char *language)
{
    const struct qd_stop_words *row = find_language(qd_slice_from_string(language));
    if (row == NULL) return false;
    index_words(set, row->words, row->count);
    return true;
}

/* "_english_" names the table's row "english". */
static const struct qd_stop_words *named_words(struct qd_slice word)
{
    if (word.size < 3 || word.data[0] != '_' || word.data[word.size - 1] != '_') return NULL;
    return find_language(qd_slice_sub(word, 1, word.size - 2));
}

enum qd_status qd_word_set_read(const struct qd_component_settings *settings,
                                const struct qd_word_set_source *source, struct qd_word_set *set,
                                struct qd_error *error)
{
    bool found;
    struct qd_component_list list;
    struct qd_slice text = qd_component_text(settings, source->key, &found);
    bool none = found && qd_slice_is(text, "_none_"), comments = source->listed;
    list = qd_component_list(settings, source->key, &found);
    if (!found || !source->named) {
        if (!found) comments = true;
        QD_TRY(qd_word_list_read(settings, source->key, &found, &list, error));
    }
    index_words(set, NULL, 0);
    if (!found && source->fallback != NULL) (void)qd_word_set_language(set, source->fallback);
    if (found && !none) {
        QD_VECTOR(struct qd_slice) words = { 0 };
        for (size_t i = 0; i < list.count; i++) {
            if (comments && qd_word_list_is_comment(list.items[i])) continue;
            const struct qd_stop_words *row = source->named ? named_words(list.items[i]) : NULL;
            for (size_t j = 0; row != NULL && j < row->count; j++) {
                *QD_PUSH(settings->arena, &words) = row->words[j];
            }
            if (row != NULL) continue;
            struct qd_slice word = qd_arena_copy(settings->arena, list.items[i]);
            if (source->ignore_case) word = qd_filter_lowercase_term(settings->arena, word);
            *QD_PUSH(settings->arena, &words) = word;
        }
        qd_word_set_init(set, words.data, words.count);
    }
    /* The default lists are looked up as they are, whatever the setting says: so does the reference. */
    set->ignore_case = source->ignore_case && found;
    return QD_OK;
}

bool qd_word_set_has_exact(const struct qd_word_set *set, struct qd_slice term)
{
    size_t low = 0, high = set->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = qd_slice_compare(set->words[middle], term);
        if (order == 0) return true;
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    return false;
}

bool qd_word_set_has(const struct qd_word_set *set, struct qd_arena *arena, struct qd_slice term)
{
    if (set->ignore_case) term = qd_filter_lowercase_term(arena, term);
    return qd_word_set_maybe(set, term) && qd_word_set_has_exact(set, term);
}
