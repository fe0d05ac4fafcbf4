/* Light stemmers of German, Swedish and Norwegian. Algorithms: J. Savoy's stemmers for the CLEF campaigns
 * ("Light stemming approaches for the French, Portuguese, German and Hungarian languages", 2006); the rules
 * here were fitted to the stems that OpenSearch 3.8.0 answers. */
#include "analysis/rule_stemmers.h"

void qd_stemmer_german_minimal(struct qd_stem_word *word)
{
    static const struct qd_stem_letters umlauts[] = { { "ä", 'a' }, { "ö", 'o' }, { "ü", 'u' }, { NULL, 0 } };
    static const struct qd_stem_rule rules[] = {
        { "nen", 7, NULL }, { "en", 6, NULL }, { "se", 6, NULL }, { "es", 6, NULL }, { "er", 6, NULL },
        { "n", 5, NULL },   { "e", 5, NULL },  { "s", 5, NULL },  { "r", 5, NULL },  { NULL, 0, NULL },
    };
    if (word->size < 5) return;
    qd_stem_word_fold(word, umlauts);
    (void)qd_stem_word_apply(word, rules);
}

/* Consonants after which an s or st is an ending. */
static bool takes_ending(uint32_t letter)
{
    return qd_stem_word_among(letter, "bdfghklmnt");
}

void qd_stemmer_german_light(struct qd_stem_word *word)
{
    static const struct qd_stem_letters accents[] = {
        { "äàáâ", 'a' }, { "öòóô", 'o' }, { "ïìíî", 'i' }, { "üùúû", 'u' }, { NULL, 0 },
    };
    static const struct qd_stem_rule cases[] = {
        { "ern", 6, NULL }, { "em", 5, NULL }, { "en", 5, NULL },  { "er", 5, NULL },
        { "es", 5, NULL },  { "e", 4, NULL },  { NULL, 0, NULL },
    };
    static const struct qd_stem_rule degrees[] = {
        { "est", 6, NULL }, { "er", 5, NULL }, { "en", 5, NULL }, { NULL, 0, NULL },
    };
    qd_stem_word_fold(word, accents);
    bool done = qd_stem_word_apply(word, cases);
    if (!done && word->size > 3 && qd_stem_word_at(word, 1) == 's' && takes_ending(qd_stem_word_at(word, 2)))
        word->size--;
    done = qd_stem_word_apply(word, degrees);
    if (!done && word->size > 4 && qd_stem_word_ends(word, "st") && takes_ending(qd_stem_word_at(word, 3)))
        word->size -= 2;
}

void qd_stemmer_swedish_light(struct qd_stem_word *word)
{
    static const struct qd_stem_rule rules[] = {
        { "elser", 8, NULL }, { "heten", 8, NULL }, { "arne", 7, NULL }, { "erna", 7, NULL },
        { "ande", 7, NULL },  { "else", 7, NULL },  { "aste", 7, NULL }, { "orna", 7, NULL },
        { "aren", 7, NULL },  { "are", 6, NULL },   { "ast", 6, NULL },  { "het", 6, NULL },
        { "ar", 5, NULL },    { "er", 5, NULL },    { "or", 5, NULL },   { "en", 5, NULL },
        { "at", 5, NULL },    { "te", 5, NULL },    { "et", 5, NULL },   { "t", 4, NULL },
        { "a", 4, NULL },     { "e", 4, NULL },     { "n", 4, NULL },    { NULL, 0, NULL },
    };
    if (word->size > 4 && qd_stem_word_at(word, 1) == 's') word->size--;
    (void)qd_stem_word_apply(word, rules);
}

/* The possessive goes, then one ending. */
static void norwegian(struct qd_stem_word *word, const struct qd_stem_rule *rules)
{
    if (word->size > 4 && qd_stem_word_at(word, 1) == 's') word->size--;
    (void)qd_stem_word_apply(word, rules);
}

void qd_stemmer_norwegian_light(struct qd_stem_word *word)
{
    static const struct qd_stem_rule rules[] = {
        { "heter", 8, NULL }, { "heten", 8, NULL }, { "dom", 6, NULL }, { "het", 6, NULL },
        { "elser", 8, NULL }, { "elsen", 8, NULL }, { "ende", 7, NULL }, { "else", 7, NULL },
        { "este", 7, NULL },  { "eren", 7, NULL },  { "ere", 6, NULL }, { "est", 6, NULL },
        { "ene", 6, NULL },   { "er", 5, NULL },    { "en", 5, NULL },  { "et", 5, NULL },
        { "st", 5, NULL },    { "te", 5, NULL },    { "a", 4, NULL },   { "e", 4, NULL },
        { "n", 4, NULL },     { NULL, 0, NULL },
    };
    norwegian(word, rules);
}

void qd_stemmer_nynorsk_light(struct qd_stem_word *word)
{
    static const struct qd_stem_rule rules[] = {
        { "heita", 8, NULL },  { "heiter", 9, NULL }, { "leiken", 9, NULL }, { "leikar", 9, NULL },
        { "dom", 6, NULL },    { "heit", 7, NULL },   { "semd", 7, NULL },   { "leik", 7, NULL },
        { "elser", 8, NULL },  { "elsen", 8, NULL },  { "ande", 7, NULL },   { "else", 7, NULL },
        { "aste", 7, NULL },   { "aren", 7, NULL },   { "are", 6, NULL },    { "ast", 6, NULL },
        { "ane", 6, NULL },    { "ene", 6, NULL },    { "ar", 5, NULL },     { "er", 5, NULL },
        { "en", 5, NULL },     { "et", 5, NULL },      { "te", 5, NULL },
        { "a", 4, NULL },      { "e", 4, NULL },      { "n", 4, NULL },      { NULL, 0, NULL },
    };
    norwegian(word, rules);
}

void qd_stemmer_norwegian_minimal(struct qd_stem_word *word)
{
    static const struct qd_stem_rule rules[] = {
        { "ene", 6, NULL }, { "er", 5, NULL }, { "en", 5, NULL },  { "et", 5, NULL },
        { "a", 4, NULL },   { "e", 4, NULL },  { NULL, 0, NULL },
    };
    norwegian(word, rules);
}

void qd_stemmer_nynorsk_minimal(struct qd_stem_word *word)
{
    static const struct qd_stem_rule rules[] = {
        { "ene", 6, NULL }, { "ane", 6, NULL }, { "er", 5, NULL }, { "en", 5, NULL }, { "et", 5, NULL },
        { "ar", 5, NULL },  { "a", 4, NULL },   { "e", 4, NULL },  { NULL, 0, NULL },
    };
    norwegian(word, rules);
}
