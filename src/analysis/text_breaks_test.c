/* Facts of the reference about breaks of sentences and words. */
#include "base/test.h"

#include "analysis/text_breaks.h"
#include "base/text.h"

/* Pieces of `text` at its breaks, joined by |. */
static struct qd_slice pieces(struct qd_arena *arena, const char *text, bool words)
{
    size_t count;
    uint16_t *units = qd_utf16_from_utf8(arena, qd_slice_from_string(text), &count);
    struct qd_text_breaks breaks = words ? qd_text_breaks_words(units, count, arena)
                                         : qd_text_breaks_sentences(units, count, arena);
    struct qd_slice result = QD_SLICE("");
    for (size_t i = 1; i < breaks.count; i++) {
        struct qd_slice piece = qd_utf16_to_utf8(arena, units + breaks.at[i - 1],
                                                 breaks.at[i] - breaks.at[i - 1]);
        result = qd_arena_format(arena, "%.*s%s%.*s", QD_SLICE_ARG(result), i > 1 ? "|" : "",
                                 QD_SLICE_ARG(piece));
    }
    return result;
}

TEST(text_breaks, sentences_end_where_javas_do)
{
    static const char *const facts[][2] = {
        { "One. Two. three. 4 five", "One. |Two. three. 4 five" },
        { "Ends! next? 5 on", "Ends! |next? |5 on" },
        { "a.  b. (c. \"d. - e", "a.  |b. |(c. |\"d. - e" },
        { "a.\"b.) c.\") D", "a.\"|b.) c.\") |D" },
        { "line\nline.\nLine", "line\nline.\n|Line" },
        { "e.g. it is 3.5 p.m. on Monday.", "e.g. it is 3.5 p.m. on Monday." },
    };
    struct qd_arena *arena = qd_arena_create(0);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        assert_slice(pieces(arena, facts[i][0], false), facts[i][1]);
    }
    qd_arena_destroy(arena);
}

TEST(text_breaks, words_end_where_javas_do)
{
    struct qd_arena *arena = qd_arena_create(0);
    assert_slice(pieces(arena, "well-known don't a_b fox.com  $5.99, 100% x/y", true),
                 "well-known| |don't| |a_b| |fox.com|  |$5.99|,| |100%| |x|/|y");
    qd_arena_destroy(arena);
}
