/* The Porter stemmer, with the departures that Lucene's PorterStemFilter keeps. Source: Porter 1980, "An
 * algorithm for suffix stripping", and the author's later reference program ("bli", "logi"). */
#include "analysis/codepoint.h"
#include "analysis/stemming.h"

/* Words up to this many bytes need no memory. */
#define WORD_SIZE_SMALL 64

/* letters[0, size) is the word; [0, stem) what is before the ending that matched last. */
struct word {
    uint32_t *letters;
    size_t size;
    size_t stem;
};

/* An ending and what takes its place. */
struct ending {
    const char *from;
    const char *to;
};

static bool is_plain_vowel(uint32_t letter)
{
    return letter == 'a' || letter == 'e' || letter == 'i' || letter == 'o' || letter == 'u';
}

/* A y is a vowel after a consonant; in a run of them they take turns. */
static bool is_consonant(const struct word *word, size_t at)
{
    size_t start = at;
    while (start > 0 && word->letters[start] == 'y') start--;
    bool consonant = !is_plain_vowel(word->letters[start]);
    return (at - start) % 2 == 0 ? consonant : !consonant;
}

/* How many times vowels are followed by consonants in [0, stem). */
static size_t measure(const struct word *word)
{
    size_t count = 0;
    bool vowel = false, consonant = true;
    for (size_t i = 0; i < word->stem; i++) {
        uint32_t letter = word->letters[i];
        consonant = !is_plain_vowel(letter) && (letter != 'y' || i == 0 || !consonant);
        count += consonant && vowel;
        vowel = !consonant;
    }
    return count;
}

static bool has_vowel(const struct word *word)
{
    bool consonant = false;
    for (size_t i = 0; i < word->stem; i++) {
        uint32_t letter = word->letters[i];
        consonant = !is_plain_vowel(letter) && (letter != 'y' || i == 0 || !consonant);
        if (!consonant) return true;
    }
    return false;
}

static bool ends_double(const struct word *word)
{
    size_t size = word->size;
    if (size < 2 || word->letters[size - 1] != word->letters[size - 2]) return false;
    return word->letters[size - 1] != 'y' && is_consonant(word, size - 1);
}

/* Consonant, vowel, consonant before `end`, the last not w, x or y: hop, but not snow. */
static bool ends_short(const struct word *word, size_t end)
{
    if (end < 3) return false;
    uint32_t last = word->letters[end - 1];
    if (last == 'w' || last == 'x' || last == 'y') return false;
    return is_consonant(word, end - 1) && !is_consonant(word, end - 2) && is_consonant(word, end - 3);
}

static bool ends_with(struct word *word, const char *ending)
{
    size_t size = strlen(ending);
    if (size > word->size) return false;
    for (size_t i = 0; i < size; i++)
        if (word->letters[word->size - size + i] != (uint8_t)ending[i]) return false;
    word->stem = word->size - size;
    return true;
}

static void set_ending(struct word *word, const char *ending)
{
    size_t size = strlen(ending);
    for (size_t i = 0; i < size; i++) word->letters[word->stem + i] = (uint8_t)ending[i];
    word->size = word->stem + size;
}

/* Plurals, -ed and -ing. */
static void step1(struct word *word)
{
    if (word->letters[word->size - 1] == 's') {
        if (ends_with(word, "sses")) word->size -= 2;
        else if (ends_with(word, "ies")) set_ending(word, "i");
        else if (word->size > 1 && word->letters[word->size - 2] != 's') word->size--;
    }
    if (ends_with(word, "eed")) {
        if (measure(word) > 0) word->size--;
    } else if ((ends_with(word, "ed") || ends_with(word, "ing")) && has_vowel(word)) {
        word->size = word->stem;
        if (ends_with(word, "at")) set_ending(word, "ate");
        else if (ends_with(word, "bl")) set_ending(word, "ble");
        else if (ends_with(word, "iz")) set_ending(word, "ize");
        else if (ends_double(word)) {
            uint32_t last = word->letters[word->size - 1];
            if (last != 'l' && last != 's' && last != 'z') word->size--;
        } else {
            word->stem = word->size;
            if (measure(word) == 1 && ends_short(word, word->size)) {
                word->stem = word->size;
                set_ending(word, "e");
            }
        }
    }
    if (ends_with(word, "y") && has_vowel(word)) word->letters[word->size - 1] = 'i';
}

/* The first ending that fits is replaced when what is before it measures more than `least`. */
static void replace(struct word *word, const struct ending *endings, size_t count, size_t least)
{
    for (size_t i = 0; i < count; i++) {
        if (!ends_with(word, endings[i].from)) continue;
        if (measure(word) > least) set_ending(word, endings[i].to);
        return;
    }
}

/* -ion goes only after s or t. */
static void step5(struct word *word)
{
    static const struct ending endings[] = {
        { "al", "" },   { "ance", "" }, { "ence", "" }, { "er", "" },    { "ic", "" },
        { "able", "" }, { "ible", "" }, { "ant", "" },  { "ement", "" }, { "ment", "" },
        { "ent", "" },  { "ion", "" },  { "ou", "" },   { "ism", "" },   { "ate", "" },
        { "iti", "" },  { "ous", "" },  { "ive", "" },  { "ize", "" },
    };
    if (ends_with(word, "ion")) {
        uint32_t before = word->stem == 0 ? 0 : word->letters[word->stem - 1];
        if (before != 's' && before != 't') return;
    }
    replace(word, endings, sizeof(endings) / sizeof(*endings), 1);
}

static void step6(struct word *word)
{
    if (word->letters[word->size - 1] == 'e') {
        word->stem = word->size - 1;
        size_t count = measure(word);
        if (count > 1 || (count == 1 && !ends_short(word, word->size - 1))) word->size--;
    }
    word->stem = word->size;
    if (word->size > 0 && word->letters[word->size - 1] == 'l' && ends_double(word) && measure(word) > 1)
        word->size--;
}

struct qd_slice qd_stemmer_porter(struct qd_arena *arena, struct qd_slice term)
{
    static const struct ending step3[] = {
        { "ational", "ate" }, { "tional", "tion" }, { "enci", "ence" },   { "anci", "ance" },
        { "izer", "ize" },    { "bli", "ble" },     { "alli", "al" },     { "entli", "ent" },
        { "eli", "e" },       { "ousli", "ous" },   { "ization", "ize" }, { "ation", "ate" },
        { "ator", "ate" },    { "alism", "al" },    { "iveness", "ive" }, { "fulness", "ful" },
        { "ousness", "ous" }, { "aliti", "al" },    { "iviti", "ive" },   { "biliti", "ble" },
        { "logi", "log" },
    };
    static const struct ending step4[] = {
        { "icate", "ic" }, { "ative", "" }, { "alize", "al" }, { "iciti", "ic" },
        { "ical", "ic" },  { "ful", "" },   { "ness", "" },
    };
    /* No step makes a word longer than it was, but for an e after -at, -bl or -iz. */
    uint32_t small[WORD_SIZE_SMALL];
    struct word word = { .letters = small };
    if (term.size + 4 > WORD_SIZE_SMALL) word.letters = QD_NEW_ARRAY(arena, uint32_t, term.size + 4);
    for (size_t at = 0; at < term.size;)
        at += qd_codepoint_read(term.data + at, term.data + term.size, &word.letters[word.size++]);
    if (word.size <= 2) return term;
    step1(&word);
    replace(&word, step3, sizeof(step3) / sizeof(*step3), 0);
    replace(&word, step4, sizeof(step4) / sizeof(*step4), 0);
    if (word.size > 0) step5(&word);
    if (word.size > 0) step6(&word);
    size_t same = 0;
    while (same < word.size && same < term.size && word.letters[same] < 0x80 &&
           word.letters[same] == (uint8_t)term.data[same]) same++;
    if (same == word.size) return qd_slice_sub(term, 0, same);
    char *out = qd_arena_alloc(arena, word.size * 4 + 4);
    size_t size = 0;
    for (size_t i = 0; i < word.size; i++) size += qd_codepoint_write(word.letters[i], out + size);
    return qd_slice_make(out, size);
}
