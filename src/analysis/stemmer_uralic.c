/* Light stemmers of Finnish and Hungarian. Algorithms: J. Savoy, "Light stemming approaches for the French,
 * Portuguese, German and Hungarian languages" (2006) and his Finnish stemmer for the CLEF campaigns, as
 * OpenSearch 3.8.0 applies them. */
#include "analysis/rule_stemmers.h"

static bool finnish_vowel(uint32_t letter)
{
    return qd_stem_word_among(letter, "aeiouy");
}

/* Cases of longer words; false: none fits. */
static bool finnish_case(struct qd_stem_word *word)
{
    static const struct qd_stem_rule derived[] = {
        { "lla", 6, NULL }, { "tse", 6, NULL }, { "sti", 6, NULL }, { "ni", 6, NULL }, { "aa", 6, "a" },
        { NULL, 0, NULL },
    };
    static const struct qd_stem_rule long_cases[] = {
        { "nnen", 9, "s" }, { "ntena", 9, "s" }, { "tten", 9, NULL }, { "eiden", 9, NULL }, { NULL, 0, NULL },
    };
    static const struct qd_stem_rule cases[] = {
        { "neen", 7, NULL }, { "niin", 7, NULL }, { "seen", 7, NULL }, { "teen", 7, NULL },
        { "inen", 7, NULL }, { NULL, 0, NULL },
    };
    static const struct qd_stem_rule local[] = {
        { "den", 7, "s" },  { "ksen", 7, "s" }, { "ssa", 7, NULL }, { "sta", 7, NULL }, { "lla", 7, NULL },
        { "lta", 7, NULL }, { "tta", 7, NULL }, { "ksi", 7, NULL }, { "lle", 7, NULL }, { NULL, 0, NULL },
    };
    static const struct qd_stem_rule essive[] = {
        { "na", 6, NULL }, { "ne", 6, NULL }, { "nei", 6, NULL }, { NULL, 0, NULL }
    };
    static const struct qd_stem_rule partitive[] = {
        { "ja", 5, NULL }, { "ta", 5, NULL }, { "a", 5, NULL }, { NULL, 0, NULL }
    };
    (void)qd_stem_word_apply(word, derived);
    if (qd_stem_word_apply(word, long_cases) || qd_stem_word_apply(word, cases)) return true;
    bool illative = word->size > 6 && qd_stem_word_at(word, 1) == 'n' && qd_stem_word_at(word, 3) == 'h' &&
                    finnish_vowel(qd_stem_word_at(word, 2));
    if (illative) {
        word->size -= 3;
        return true;
    }
    if (qd_stem_word_apply(word, local) || qd_stem_word_apply(word, essive)) return true;
    if (qd_stem_word_apply(word, partitive)) return true;
    if (word->size <= 4 || qd_stem_word_at(word, 1) != 'n') return false;
    word->size -= finnish_vowel(qd_stem_word_at(word, 2)) ? 2 : 1;
    return true;
}

/* Double letters k, p and t become one. */
static void finnish_undouble(struct qd_stem_word *word)
{
    size_t kept = 1;
    if (word->size <= 4) return;
    for (size_t i = 1; i < word->size; i++) {
        bool again = word->text[i] == word->text[kept - 1] && qd_stem_word_among(word->text[i], "kpt");
        if (!again) word->text[kept++] = word->text[i];
    }
    word->size = kept;
}

void qd_stemmer_finnish_light(struct qd_stem_word *word)
{
    static const struct qd_stem_letters letters[] = { { "äå", 'a' }, { "ö", 'o' }, { NULL, 0 } };
    static const struct qd_stem_rule clitics[] = { { "kin", 9, NULL }, { "ko", 9, NULL }, { NULL, 0, NULL } };
    static const struct qd_stem_rule dell[] = {
        { "dellinen", 12, NULL }, { "dellisuus", 12, NULL }, { NULL, 0, NULL }
    };
    static const struct qd_stem_rule rest[] = {
        { "hde", 6, "ksi" }, { "ei", 5, NULL }, { "at", 5, NULL }, { "t", 4, NULL }, { "s", 4, NULL },
        { "j", 4, NULL },    { "e", 4, NULL },  { "a", 4, NULL },  { "i", 4, NULL }, { NULL, 0, NULL },
    };
    static const struct qd_stem_rule ends[] = {
        { "e", 9, NULL }, { "o", 9, NULL }, { "u", 9, NULL }, { NULL, 0, NULL }
    };
    static const struct qd_stem_rule plural[] = { { "i", 5, NULL }, { NULL, 0, NULL } };
    if (word->size < 4) return;
    qd_stem_word_fold(word, letters);
    (void)qd_stem_word_apply(word, clitics);
    (void)qd_stem_word_apply(word, dell);
    (void)finnish_case(word);
    (void)qd_stem_word_apply(word, rest);
    (void)qd_stem_word_apply(word, ends);
    (void)qd_stem_word_apply(word, plural);
    finnish_undouble(word);
}

static bool hungarian_vowel(uint32_t letter)
{
    return qd_stem_word_among(letter, "aeiouy");
}

static void hungarian_case(struct qd_stem_word *word)
{
    static const struct qd_stem_rule cases[] = {
        { "kent", 7, NULL }, { "nak", 6, NULL }, { "nek", 6, NULL }, { "val", 6, NULL }, { "vel", 6, NULL },
        { "ert", 6, NULL },  { "rol", 6, NULL }, { "ban", 6, NULL }, { "ben", 6, NULL }, { "bol", 6, NULL },
        { "nal", 6, NULL },  { "nel", 6, NULL }, { "hoz", 6, NULL }, { "hez", 6, NULL }, { "tol", 6, NULL },
        { NULL, 0, NULL },
    };
    static const struct qd_stem_rule short_cases[] = {
        { "at", 5, NULL }, { "et", 5, NULL }, { "ot", 5, NULL }, { "va", 5, NULL }, { "ve", 5, NULL },
        { "ra", 5, NULL }, { "re", 5, NULL }, { "ba", 5, NULL }, { "be", 5, NULL }, { "ul", 5, NULL },
        { "ig", 5, NULL }, { NULL, 0, NULL },
    };
    static const struct qd_stem_rule last[] = { { "t", 5, NULL }, { "n", 5, NULL }, { NULL, 0, NULL } };
    uint32_t third, second;
    if (qd_stem_word_apply(word, cases)) return;
    third = qd_stem_word_at(word, 3);
    bool instrumental = qd_stem_word_ends(word, "al") || qd_stem_word_ends(word, "el");
    if (word->size > 5 && instrumental && !hungarian_vowel(third) && third == qd_stem_word_at(word, 4)) {
        word->size -= 3;
        return;
    }
    if (qd_stem_word_apply(word, short_cases) || word->size <= 4) return;
    bool on = qd_stem_word_ends(word, "on") || qd_stem_word_ends(word, "en");
    if (on && !hungarian_vowel(third)) {
        word->size -= 2;
        return;
    }
    second = qd_stem_word_at(word, 2);
    if (qd_stem_word_apply(word, last)) return;
    if (qd_stem_word_among(qd_stem_word_at(word, 1), "ae") && second == third && !hungarian_vowel(second))
        word->size -= 2;
}

/* A possessive ending goes when the letter before it is a vowel, or is none. */
struct possessive {
    const char *suffix;
    size_t size;
    size_t size_min;
    char before; /* 'v': a vowel, 'c': no vowel, 'x': any */
};

static void hungarian_possessive(struct qd_stem_word *word)
{
    static const struct possessive rows[] = {
        { "atok", 4, 7, 'c' }, { "otok", 4, 7, 'c' }, { "etek", 4, 7, 'c' }, { "itek", 4, 7, 'x' },
        { "itok", 4, 7, 'x' }, { "unk", 3, 6, 'c' },  { "tok", 3, 6, 'c' },  { "tek", 3, 6, 'c' },
        { "juk", 3, 6, 'v' },  { "ink", 3, 6, 'x' },  { "am", 2, 5, 'c' },   { "em", 2, 5, 'c' },
        { "om", 2, 5, 'c' },   { "ad", 2, 5, 'c' },   { "ed", 2, 5, 'c' },   { "od", 2, 5, 'c' },
        { "uk", 2, 5, 'c' },   { "nk", 2, 5, 'v' },   { "ja", 2, 5, 'v' },   { "je", 2, 5, 'v' },
        { "im", 2, 5, 'x' },   { "id", 2, 5, 'x' },   { "ik", 2, 5, 'x' },   { "a", 1, 4, 'c' },
        { "e", 1, 4, 'c' },    { "m", 1, 4, 'v' },    { "d", 1, 4, 'v' },    { "i", 1, 4, 'x' },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        if (word->size < rows[i].size_min || !qd_stem_word_ends(word, rows[i].suffix)) continue;
        bool vowel = hungarian_vowel(qd_stem_word_at(word, rows[i].size + 1));
        if (rows[i].before != 'x' && vowel != (rows[i].before == 'v')) continue;
        word->size -= rows[i].size;
        return;
    }
}

void qd_stemmer_hungarian_light(struct qd_stem_word *word)
{
    static const struct qd_stem_letters letters[] = {
        { "á", 'a' }, { "ëé", 'e' }, { "í", 'i' }, { "óőõöô", 'o' }, { "úűũûü", 'u' }, { NULL, 0 },
    };
    static const struct qd_stem_rule plural[] = {
        { "ak", 5, NULL }, { "ok", 5, NULL }, { "ek", 5, NULL }, { "k", 4, NULL }, { NULL, 0, NULL },
    };
    static const struct qd_stem_rule vowels[] = {
        { "a", 4, NULL }, { "e", 4, NULL }, { "i", 4, NULL }, { "o", 4, NULL }, { NULL, 0, NULL },
    };
    qd_stem_word_fold(word, letters);
    hungarian_case(word);
    hungarian_possessive(word);
    (void)qd_stem_word_apply(word, plural);
    (void)qd_stem_word_apply(word, vowels);
}
