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
    struct qd_slice from;
    struct qd_slice to;
};

#define ENDING(from, to) { QD_SLICE_INIT(from), QD_SLICE_INIT(to) }
/* The bit of a small letter in a set of letters. */
#define LETTER(letter) (UINT32_C(1) << ((letter) - 'a'))

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

/* Most words do not have most endings: the last letter, looked at first, rules nearly all of them out. */
static inline bool ends_with_slice(struct word *word, struct qd_slice ending)
{
    size_t size = ending.size;
    if (size > word->size || word->letters[word->size - 1] != (uint8_t)ending.data[size - 1]) return false;
    const uint32_t *letters = word->letters + word->size - size;
    for (size_t i = 0; i + 1 < size; i++)
        if (letters[i] != (uint8_t)ending.data[i]) return false;
    word->stem = word->size - size;
    return true;
}

static inline void set_ending_slice(struct word *word, struct qd_slice ending)
{
    for (size_t i = 0; i < ending.size; i++) word->letters[word->stem + i] = (uint8_t)ending.data[i];
    word->size = word->stem + ending.size;
}

#define ends_with(word, ending) ends_with_slice((word), QD_SLICE(ending))
#define set_ending(word, ending) set_ending_slice((word), QD_SLICE(ending))

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

/* Endings that are tried in order. */
struct endings {
    const struct ending *rows; /* rows[count] */
    size_t count;
    uint32_t last_letters;     /* of all rows, as a set of LETTER */
};

/* The first ending that fits is replaced when what is before it measures more than `least`. */
static void replace(struct word *word, const struct endings *endings, size_t least)
{
    uint32_t last = word->letters[word->size - 1] - 'a';
    if (last > 25 || (endings->last_letters >> last & 1) == 0) return;
    for (size_t i = 0; i < endings->count; i++) {
        if (!ends_with_slice(word, endings->rows[i].from)) continue;
        if (measure(word) > least) set_ending_slice(word, endings->rows[i].to);
        return;
    }
}

/* -ion goes only after s or t. */
static void step5(struct word *word)
{
    static const struct ending rows[] = {
        ENDING("al", ""),   ENDING("ance", ""), ENDING("ence", ""), ENDING("er", ""),    ENDING("ic", ""),
        ENDING("able", ""), ENDING("ible", ""), ENDING("ant", ""),  ENDING("ement", ""), ENDING("ment", ""),
        ENDING("ent", ""),  ENDING("ion", ""),  ENDING("ou", ""),   ENDING("ism", ""),   ENDING("ate", ""),
        ENDING("iti", ""),  ENDING("ous", ""),  ENDING("ive", ""),  ENDING("ize", ""),
    };
    static const struct endings endings = {
        rows, sizeof(rows) / sizeof(*rows),
        LETTER('l') | LETTER('e') | LETTER('r') | LETTER('c') | LETTER('t') | LETTER('n') | LETTER('u') |
            LETTER('m') | LETTER('i') | LETTER('s'),
    };
    if (ends_with(word, "ion")) {
        uint32_t before = word->stem == 0 ? 0 : word->letters[word->stem - 1];
        if (before != 's' && before != 't') return;
    }
    replace(word, &endings, 1);
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

static void step3(struct word *word)
{
    static const struct ending rows[] = {
        ENDING("ational", "ate"), ENDING("tional", "tion"), ENDING("enci", "ence"),
        ENDING("anci", "ance"),   ENDING("izer", "ize"),    ENDING("bli", "ble"),
        ENDING("alli", "al"),     ENDING("entli", "ent"),   ENDING("eli", "e"),
        ENDING("ousli", "ous"),   ENDING("ization", "ize"), ENDING("ation", "ate"),
        ENDING("ator", "ate"),    ENDING("alism", "al"),    ENDING("iveness", "ive"),
        ENDING("fulness", "ful"), ENDING("ousness", "ous"), ENDING("aliti", "al"),
        ENDING("iviti", "ive"),   ENDING("biliti", "ble"),  ENDING("logi", "log"),
    };
    static const struct endings endings = {
        rows, sizeof(rows) / sizeof(*rows),
        LETTER('l') | LETTER('i') | LETTER('r') | LETTER('n') | LETTER('m') | LETTER('s'),
    };
    replace(word, &endings, 0);
}

static void step4(struct word *word)
{
    static const struct ending rows[] = {
        ENDING("icate", "ic"), ENDING("ative", ""), ENDING("alize", "al"), ENDING("iciti", "ic"),
        ENDING("ical", "ic"),  ENDING("ful", ""),   ENDING("ness", ""),
    };
    static const struct endings endings = {
        rows, sizeof(rows) / sizeof(*rows),
        LETTER('e') | LETTER('i') | LETTER('l') | LETTER('s'),
    };
    replace(word, &endings, 0);
}

/* The letters of a term. */
static void read_letters(struct qd_slice term, struct word *word)
{
    for (size_t at = 0; at < term.size;) {
        uint8_t byte = (uint8_t)term.data[at];
        if (byte < 0x80) {
            word->letters[word->size++] = byte;
            at++;
            continue;
        }
        at += qd_codepoint_read(term.data + at, term.data + term.size, &word->letters[word->size++]);
    }
}

struct qd_slice qd_stemmer_porter(struct qd_arena *arena, struct qd_slice term)
{
    /* No step makes a word longer than it was, but for an e after -at, -bl or -iz. */
    uint32_t small[WORD_SIZE_SMALL];
    struct word word = { .letters = small };
    if (term.size + 4 > WORD_SIZE_SMALL) word.letters = QD_NEW_ARRAY(arena, uint32_t, term.size + 4);
    read_letters(term, &word);
    if (word.size <= 2) return term;
    step1(&word);
    step3(&word);
    if (word.size > 0) step4(&word);
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
