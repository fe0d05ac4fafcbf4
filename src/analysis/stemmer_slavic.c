/* Stemmers of Russian, Bulgarian and Czech. Algorithms: L. Dolamic and J. Savoy, "Indexing and stemming
 * approaches for the Czech language" and "... for the Russian language" (2009); P. Nakov, "BulStem" (2003);
 * the rules here were fitted to the stems that OpenSearch 3.8.0 answers. */
#include "analysis/rule_stemmers.h"

void qd_stemmer_russian_light(struct qd_stem_word *word)
{
    static const struct qd_stem_rule cases[] = {
        { "иями", 7, NULL }, { "оями", 7, NULL }, { "иям", 6, NULL }, { "иях", 6, NULL }, { "оях", 6, NULL },
        { "ями", 6, NULL },  { "оям", 6, NULL },  { "оьв", 6, NULL }, { "ами", 6, NULL }, { "его", 6, NULL },
        { "ему", 6, NULL },  { "ери", 6, NULL },  { "ими", 6, NULL }, { "ого", 6, NULL }, { "ому", 6, NULL },
        { "ыми", 6, NULL },  { "оев", 6, NULL },  { "ая", 5, NULL },  { "яя", 5, NULL },  { "ях", 5, NULL },
        { "юю", 5, NULL },   { "ах", 5, NULL },   { "ею", 5, NULL },  { "их", 5, NULL },  { "ия", 5, NULL },
        { "ию", 5, NULL },   { "ьв", 5, NULL },   { "ою", 5, NULL },  { "ую", 5, NULL },  { "ям", 5, NULL },
        { "ых", 5, NULL },   { "ея", 5, NULL },   { "ам", 5, NULL },  { "ем", 5, NULL },  { "ей", 5, NULL },
        { "ём", 5, NULL },   { "ев", 5, NULL },   { "ий", 5, NULL },  { "им", 5, NULL },  { "ое", 5, NULL },
        { "ой", 5, NULL },   { "ом", 5, NULL },   { "ов", 5, NULL },  { "ые", 5, NULL },  { "ый", 5, NULL },
        { "ым", 5, NULL },   { "ми", 5, NULL },   { "а", 4, NULL },   { "е", 4, NULL },   { "и", 4, NULL },
        { "о", 4, NULL },    { "у", 4, NULL },    { "й", 4, NULL },   { "ы", 4, NULL },   { "я", 4, NULL },
        { "ь", 4, NULL },    { NULL, 0, NULL },
    };
    static const struct qd_stem_rule rest[] = {
        { "ь", 4, NULL }, { "и", 4, NULL }, { "нн", 4, "н" }, { NULL, 0, NULL }
    };
    (void)qd_stem_word_apply(word, cases);
    (void)qd_stem_word_apply(word, rest);
}

void qd_stemmer_bulgarian(struct qd_stem_word *word)
{
    static const struct qd_stem_rule ishta[] = { { "ища", 6, NULL }, { NULL, 0, NULL } };
    static const struct qd_stem_rule articles[] = {
        { "ият", 7, NULL }, { "ът", 6, NULL }, { "то", 6, NULL }, { "те", 6, NULL },
        { "та", 6, NULL },  { "ия", 6, NULL }, { "ят", 5, NULL }, { NULL, 0, NULL },
    };
    static const struct qd_stem_rule plurals[] = {
        { "овци", 7, "о" }, { "ове", 7, NULL }, { "еве", 7, "й" }, { "ища", 6, NULL },
        { "та", 6, NULL },  { "ци", 6, "к" },   { "зи", 6, "г" },  { NULL, 0, NULL },
    };
    static const struct qd_stem_rule short_plurals[] = {
        { "си", 5, "х" }, { "и", 5, NULL }, { NULL, 0, NULL }
    };
    static const struct qd_stem_rule ya[] = { { "я", 4, NULL }, { NULL, 0, NULL } };
    static const struct qd_stem_rule vowels[] = {
        { "а", 3, NULL }, { "о", 3, NULL }, { "е", 3, NULL }, { NULL, 0, NULL }
    };
    static const struct qd_stem_rule en[] = { { "ен", 5, "н" }, { NULL, 0, NULL } };
    if (word->size < 4 || qd_stem_word_apply(word, ishta)) return;
    (void)qd_stem_word_apply(word, articles);
    if (!qd_stem_word_apply(word, plurals)) {
        if (word->size > 5 && qd_stem_word_at(word, 1) == 0x438 && qd_stem_word_at(word, 3) == 0x435) {
            word->text[word->size - 3] = 0x44F;
            word->size--;
        } else {
            (void)qd_stem_word_apply(word, short_plurals);
        }
    }
    bool longer = word->size > 3;
    (void)qd_stem_word_apply(word, ya);
    if (longer) (void)qd_stem_word_apply(word, vowels);
    (void)qd_stem_word_apply(word, en);
    if (word->size > 5 && qd_stem_word_at(word, 2) == 0x44A) {
        word->text[word->size - 2] = qd_stem_word_at(word, 1);
        word->size--;
    }
}

void qd_stemmer_czech(struct qd_stem_word *word)
{
    static const struct qd_stem_rule cases[] = {
        { "atech", 8, NULL }, { "ětem", 7, NULL }, { "etem", 7, NULL }, { "atům", 7, NULL },
        { "ech", 6, NULL },   { "ich", 6, NULL },  { "ích", 6, NULL },  { "ého", 6, NULL },
        { "ěmi", 6, NULL },   { "emi", 6, NULL },  { "ému", 6, NULL },  { "ěte", 6, NULL },
        { "ete", 6, NULL },   { "ěti", 6, NULL },  { "eti", 6, NULL },  { "ího", 6, NULL },
        { "iho", 6, NULL },   { "ími", 6, NULL },  { "ímu", 6, NULL },  { "imu", 6, NULL },
        { "ách", 6, NULL },   { "ata", 6, NULL },  { "aty", 6, NULL },  { "ých", 6, NULL },
        { "ama", 6, NULL },   { "ami", 6, NULL },  { "ové", 6, NULL },  { "ovi", 6, NULL },
        { "ými", 6, NULL },   { "em", 5, NULL },   { "es", 5, NULL },   { "ém", 5, NULL },
        { "ím", 5, NULL },    { "ům", 5, NULL },   { "at", 5, NULL },   { "ám", 5, NULL },
        { "os", 5, NULL },    { "us", 5, NULL },   { "ým", 5, NULL },   { "mi", 5, NULL },
        { "ou", 5, NULL },    { "a", 4, NULL },    { "e", 4, NULL },    { "i", 4, NULL },
        { "o", 4, NULL },     { "u", 4, NULL },    { "ů", 4, NULL },    { "y", 4, NULL },
        { "á", 4, NULL },     { "é", 4, NULL },    { "í", 4, NULL },    { "ý", 4, NULL },
        { "ě", 4, NULL },     { NULL, 0, NULL },
    };
    static const struct qd_stem_rule possessives[] = {
        { "ov", 6, NULL }, { "in", 6, NULL }, { "ův", 6, NULL }, { NULL, 0, NULL }
    };
    static const struct qd_stem_rule consonants[] = {
        { "čt", 2, "ck" }, { "št", 2, "sk" }, { "c", 1, "k" },   { "č", 1, "k" },
        { "z", 1, "h" },   { "ž", 1, "h" },   { NULL, 0, NULL },
    };
    (void)qd_stem_word_apply(word, cases);
    (void)qd_stem_word_apply(word, possessives);
    if (qd_stem_word_apply(word, consonants)) return;
    if (word->size > 1 && qd_stem_word_at(word, 2) == 'e') {
        word->text[word->size - 2] = qd_stem_word_at(word, 1);
        word->size--;
    } else if (word->size > 2 && qd_stem_word_at(word, 2) == 0x16F) {
        word->text[word->size - 2] = 'o';
    }
}
