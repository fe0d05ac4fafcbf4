#include "analysis/stem_word.h"

#include <string.h>

#include "analysis/codepoint.h"

/* Code points of a rule's text; rules are short. */
#define TEXT_MAX 24

struct text {
    uint32_t letters[TEXT_MAX];
    size_t count;
};

static struct text decode(const char *text)
{
    struct text out = { .count = 0 };
    const char *end = text + strlen(text);
    while (text < end && out.count < TEXT_MAX) {
        text += qd_codepoint_read(text, end, &out.letters[out.count++]);
    }
    return out;
}

struct qd_stem_word qd_stem_word_read(struct qd_arena *arena, struct qd_slice term)
{
    struct qd_stem_word word = { QD_NEW_ARRAY(arena, uint32_t, term.size + 1), 0 };
    for (size_t at = 0; at < term.size;)
        at += qd_codepoint_read(term.data + at, term.data + term.size, &word.text[word.size++]);
    return word;
}

struct qd_slice qd_stem_word_write(struct qd_arena *arena, const struct qd_stem_word *word)
{
    char *out = qd_arena_alloc(arena, word->size * 4 + 1);
    size_t size = 0;
    for (size_t i = 0; i < word->size; i++) size += qd_codepoint_write(word->text[i], out + size);
    return qd_slice_make(out, size);
}

bool qd_stem_word_starts(const struct qd_stem_word *word, const char *text)
{
    struct text wanted = decode(text);
    return wanted.count <= word->size &&
           memcmp(word->text, wanted.letters, wanted.count * sizeof(*word->text)) == 0;
}

bool qd_stem_word_ends(const struct qd_stem_word *word, const char *text)
{
    struct text wanted = decode(text);
    return wanted.count <= word->size && memcmp(word->text + word->size - wanted.count, wanted.letters,
                                                wanted.count * sizeof(*word->text)) == 0;
}

bool qd_stem_word_among(uint32_t letter, const char *letters)
{
    const char *end = letters + strlen(letters);
    while (letters < end) {
        uint32_t candidate;
        letters += qd_codepoint_read(letters, end, &candidate);
        if (candidate == letter) return true;
    }
    return false;
}

bool qd_stem_word_apply(struct qd_stem_word *word, const struct qd_stem_rule *rules)
{
    for (const struct qd_stem_rule *rule = rules; rule->suffix != NULL; rule++) {
        if (word->size < rule->size_min || !qd_stem_word_ends(word, rule->suffix)) continue;
        word->size -= decode(rule->suffix).count;
        if (rule->replacement == NULL) return true;
        struct text tail = decode(rule->replacement);
        memcpy(word->text + word->size, tail.letters, tail.count * sizeof(*word->text));
        word->size += tail.count;
        return true;
    }
    return false;
}

void qd_stem_word_skip(struct qd_stem_word *word, size_t count)
{
    word->text += count;
    word->size -= count;
}

void qd_stem_word_fold(struct qd_stem_word *word, const struct qd_stem_letters *letters)
{
    for (size_t i = 0; i < word->size; i++) {
        for (const struct qd_stem_letters *row = letters; row->from != NULL; row++) {
            if (!qd_stem_word_among(word->text[i], row->from)) continue;
            word->text[i] = row->to;
            break;
        }
    }
}
