/* Stemmers of Arabic, Hindi and Latvian as tables of affixes. Algorithms: L. Larkey, L. Ballesteros and
 * M. Connell, "Light stemming for Arabic information retrieval" (2007), the stemmer light10; A. Ramanathan
 * and D. Rao, "A lightweight stemmer for Hindi" (2003); K. Kreslins, "A stemming algorithm for Latvian"
 * (1996). Lengths that the papers leave open are those of the stems that OpenSearch 3.8.0 answers. */
#include "analysis/affixes.h"
#include "analysis/rule_stemmers.h"

#define STRIP(word, steps) qd_affixes_strip((word), (steps), sizeof(steps) / sizeof((steps)[0]))
#define ROWS(rows) (rows), sizeof(rows) / sizeof((rows)[0])

/* light10: the conjunction and the article go, alone or together, and then each suffix once, in the paper's
 * order. */
void qd_stemmer_arabic(struct qd_stem_word *word)
{
#define ONE_SUFFIX(suffix) { false, &(const struct qd_affix_row){ suffix, 2, NULL, NULL }, 1 }
    static const struct qd_affix_row front[] = { { "ال وال بال كال فال لل", 2, NULL, NULL },
                                                 { "و", 3, NULL, NULL } };
    const struct qd_affix_step steps[] = {
        { true, ROWS(front) }, ONE_SUFFIX("ها"), ONE_SUFFIX("ان"), ONE_SUFFIX("ات"),
        ONE_SUFFIX("ون"),      ONE_SUFFIX("ين"), ONE_SUFFIX("يه"), ONE_SUFFIX("ية"),
        ONE_SUFFIX("ه"),       ONE_SUFFIX("ة"),  ONE_SUFFIX("ي"),
    };
#undef ONE_SUFFIX
    STRIP(word, steps);
}

/* One suffix goes, of the inflections of nouns, adjectives and verbs. */
void qd_stemmer_hindi(struct qd_stem_word *word)
{
    static const struct qd_affix_row endings[] = {
        { "ा ि ी ु ू े ो", 2, NULL, NULL },
        { "ाँ ां ीं ें ों ाए ाओ िए ाई ता ती ते ना नी ने कर", 2, NULL, NULL },
        { "ाएं ाओं ुएं ुओं ुआं ाईं ाइए ाया ाकर ाता ाती ाते तीं ाना ाने", 2, NULL, NULL },
        { "ेगा ेगी ोगी ोगे", 2, NULL, NULL },
        { "ियाँ ियां ियों ताएं ताओं नाएं नाओं ातीं", 2, NULL, NULL },
        { "ाएगा ाएगी ाओगी ाओगे ूंगा ूंगी ेंगे ेंगी एंगे एंगी", 2, NULL, NULL },
        { "ाइयाँ ाइयां ाइयों ाऊंगा ाऊंगी ाएंगे ाएंगी", 2, NULL, NULL },
    };
    static const struct qd_affix_step steps[] = { { false, ROWS(endings) } };
    STRIP(word, steps);
}

/* One ending goes, where the stem keeps a vowel. Before some endings the last consonants of the stem are
 * softened, which is undone. */
void qd_stemmer_latvian(struct qd_stem_word *word)
{
    static const char vowels[] = "aāeēiīouū";
#define HARDEN                                                                                               \
    { "šņ", 0, "sn" }, { "žņ", 0, "zn" }, { "šļ", 0, "sl" }, { "žļ", 0, "zl" }, { "ļņ", 0, "ln" },           \
        { "ļļ", 0, "ll" }, { "pj", 0, "p" }, { "bj", 0, "b" }, { "mj", 0, "m" }, { "vj", 0, "v" },           \
        { "č", 0, "c" }, { "ļ", 0, "l" }, { "ņ", 0, "n" },                                                   \
    {                                                                                                        \
        NULL, 0, NULL                                                                                        \
    }
    static const struct qd_stem_rule harden[] = { HARDEN };
    static const struct qd_stem_rule harden_u[] = { { "kš", 0, "kst" }, { "ņņ", 0, "nn" }, HARDEN };
#undef HARDEN
    static const struct qd_affix_row endings[] = {
        { "ajiem ajai ajam ajām ajos ajās ajā", 3, vowels, NULL },
        { "ais ai ei ām am ēm īm im um as ās es ij īs ēs is", 3, vowels, NULL },
        { "e ā ē ī ū o s š", 3, vowels, NULL },
        { "ie", 3, NULL, NULL },
        { "iem os a i", 3, vowels, harden },
        { "us u", 3, vowels, harden_u },
    };
    static const struct qd_affix_step steps[] = { { false, ROWS(endings) } };
    STRIP(word, steps);
}
