/* Stemmers of Persian, Sorani, Bengali and Indonesian. Algorithms: F. Tala, "A study of stemming effects on
 * information retrieval in Bahasa Indonesia" (2003); the rules here were fitted to the stems that OpenSearch
 * 3.8.0 answers. */
#include "analysis/rule_stemmers.h"

/* Every ending of the list is tried once, in order. */
static void cut_each(struct qd_stem_word *word, const struct qd_stem_rule *rules)
{
    for (const struct qd_stem_rule *rule = rules; rule->suffix != NULL; rule++) {
        const struct qd_stem_rule one[] = { *rule, { NULL, 0, NULL } };
        (void)qd_stem_word_apply(word, one);
    }
}

void qd_stemmer_persian(struct qd_stem_word *word)
{
    static const struct qd_stem_rule suffixes[] = {
        { "ات", 4, NULL }, { "ان", 4, NULL }, { "ترين", 6, NULL }, { "تر", 4, NULL },
        { "يي", 4, NULL }, { "ي", 3, NULL },  { "ها", 4, NULL },   { "\xE2\x80\x8C", 3, NULL },
        { NULL, 0, NULL },
    };
    cut_each(word, suffixes);
}

void qd_stemmer_sorani(struct qd_stem_word *word)
{
    static const struct qd_stem_rule postpositions[] = {
        { "دا", 6, NULL }, { "نا", 5, "ن" }, { "ەوە", 7, NULL }, { NULL, 0, NULL }
    };
    static const struct qd_stem_rule pronouns[] = {
        { "مان", 7, NULL }, { "یان", 7, NULL }, { "تان", 7, NULL }, { NULL, 0, NULL }
    };
    static const struct qd_stem_rule nouns[] = {
        { "ێکی", 7, NULL }, { "یەکی", 8, NULL }, { "ێک", 6, NULL },   { "یەک", 7, NULL },  { "ەکە", 7, NULL },
        { "کە", 6, NULL },  { "ەکان", 8, NULL }, { "کان", 7, NULL },  { "یانی", 8, NULL }, { "انی", 7, NULL },
        { "یان", 7, NULL }, { "ان", 6, NULL },   { "یانە", 8, NULL }, { "انە", 7, NULL },  { "ایە", 6, "ا" },
        { "ەیە", 6, "ە" },  { "ە", 5, NULL },    { "ی", 5, NULL },    { NULL, 0, NULL },
    };
    (void)qd_stem_word_apply(word, postpositions);
    (void)qd_stem_word_apply(word, pronouns);
    (void)qd_stem_word_apply(word, nouns);
}

void qd_stemmer_bengali(struct qd_stem_word *word)
{
    static const struct qd_stem_rule endings[] = {
        { "িয়াছিলাম", 10, NULL }, { "িতেছিলাম", 10, NULL }, { "িতেছিলেন", 10, NULL },
        { "ইতেছিলেন", 10, NULL }, { "িয়াছিলেন", 10, NULL }, { "ইয়াছিলেন", 10, NULL },
        { "িতেছিলি", 9, NULL },   { "িতেছিলে", 9, NULL },   { "িয়াছিলা", 9, NULL },
        { "িয়াছিলে", 9, NULL },   { "িতেছিলা", 9, NULL },   { "িয়াছিলি", 9, NULL },
        { "য়েদেরকে", 9, NULL },   { "িতেছিস", 8, NULL },    { "িতেছেন", 8, NULL },
        { "িয়াছিস", 8, NULL },    { "িয়াছেন", 8, NULL },    { "েছিলাম", 8, NULL },
        { "েছিলেন", 8, NULL },    { "েদেরকে", 8, NULL },    { "িতেছি", 7, NULL },
        { "িতেছা", 7, NULL },     { "িতেছে", 7, NULL },     { "ছিলাম", 7, NULL },
        { "ছিলেন", 7, NULL },     { "িয়াছি", 7, NULL },     { "িয়াছা", 7, NULL },
        { "িয়াছে", 7, NULL },     { "েছিলে", 7, NULL },     { "েছিলা", 7, NULL },
        { "য়েদের", 7, NULL },     { "দেরকে", 7, NULL },     { "িলাম", 6, NULL },
        { "িলেন", 6, NULL },      { "িতাম", 6, NULL },      { "িতেন", 6, NULL },
        { "িবেন", 6, NULL },      { "ছিলি", 6, NULL },      { "ছিলে", 6, NULL },
        { "ছিলা", 6, NULL },      { "তেছে", 6, NULL },      { "িতেছ", 6, NULL },
        { "খানা", 6, NULL },      { "খানি", 6, NULL },      { "গুলো", 6, NULL },
        { "গুলি", 6, NULL },       { "য়েরা", 6, NULL },      { "েদের", 6, NULL },
        { "লাম", 5, NULL },       { "িলি", 5, NULL },       { "ইলি", 5, NULL },
        { "িলে", 5, NULL },       { "ইলে", 5, NULL },       { "লেন", 5, NULL },
        { "িলা", 5, NULL },       { "ইলা", 5, NULL },       { "তাম", 5, NULL },
        { "িতি", 5, NULL },       { "ইতি", 5, NULL },       { "িতে", 5, NULL },
        { "ইতে", 5, NULL },       { "তেন", 5, NULL },       { "িতা", 5, NULL },
        { "িবা", 5, NULL },       { "ইবা", 5, NULL },       { "িবি", 5, NULL },
        { "ইবি", 5, NULL },       { "বেন", 5, NULL },       { "িবে", 5, NULL },
        { "ইবে", 5, NULL },       { "ছেন", 5, NULL },       { "য়োন", 5, NULL },
        { "য়ের", 5, NULL },       { "েরা", 5, NULL },       { "দের", 5, NULL },
        { "িস", 4, NULL },        { "েন", 4, NULL },        { "লি", 4, NULL },
        { "লে", 4, NULL },        { "লা", 4, NULL },        { "তি", 4, NULL },
        { "তে", 4, NULL },        { "তা", 4, NULL },        { "বি", 4, NULL },
        { "বে", 4, NULL },        { "বা", 4, NULL },        { "ছি", 4, NULL },
        { "ছা", 4, NULL },        { "ছে", 4, NULL },        { "ুন", 4, NULL },
        { "ুক", 4, NULL },         { "টা", 4, NULL },        { "টি", 4, NULL },
        { "নি", 4, NULL },        { "ের", 4, NULL },        { "তে", 4, NULL },
        { "রা", 4, NULL },        { "কে", 4, NULL },        { "ি", 3, NULL },
        { "ী", 3, NULL },         { "া", 3, NULL },         { "ো", 3, NULL },
        { "ে", 3, NULL },         { "ব", 3, NULL },         { "ত", 3, NULL },
        { NULL, 0, NULL },
    };
    (void)qd_stem_word_apply(word, endings);
}

/* Which affix of an Indonesian word has gone: some do not occur together. */
enum { MENG = 1, PENG = 2, DI = 4, TER = 8, KE = 16, BER = 32, PE = 64 };

struct indonesian {
    struct qd_stem_word *word;
    size_t syllables;
    unsigned removed;
};

static bool is_vowel(uint32_t letter)
{
    return qd_stem_word_among(letter, "aeiou");
}

/* A prefix of `size` letters goes; `letter` (0: none) stands for its last one. */
static void drop_prefix(struct indonesian *state, size_t size, char letter, unsigned affix)
{
    qd_stem_word_skip(state->word, size - (letter != 0));
    if (letter != 0) state->word->text[0] = (uint32_t)letter;
    state->removed |= affix;
    state->syllables--;
}

static void drop_suffix(struct indonesian *state, size_t size)
{
    state->word->size -= size;
    state->syllables--;
}

static void first_prefix(struct indonesian *state)
{
    /* `letter` comes in place of the prefix's last one when a vowel follows; where `vowel` is set the rule is
     * for that case only. */
    static const struct {
        const char *prefix;
        size_t size;
        char letter;
        bool vowel;
        unsigned affix;
    } rules[] = {
        { "meng", 4, 0, false, MENG }, { "meny", 4, 's', true, MENG }, { "men", 3, 0, false, MENG },
        { "mem", 3, 0, false, MENG },  { "me", 2, 0, false, MENG },    { "peng", 4, 0, false, PENG },
        { "peny", 4, 's', true, PENG }, { "peny", 4, 0, false, PENG }, { "pen", 3, 't', true, PENG },
        { "pen", 3, 0, false, PENG },  { "pem", 3, 0, false, PENG },   { "di", 2, 0, false, DI },
        { "ter", 3, 0, false, TER },   { "ke", 2, 0, false, KE },
    };
    const struct qd_stem_word *word = state->word;
    for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
        if (!qd_stem_word_starts(word, rules[i].prefix)) continue;
        if (rules[i].vowel && (word->size <= rules[i].size || !is_vowel(word->text[rules[i].size]))) continue;
        drop_prefix(state, rules[i].size, rules[i].letter, rules[i].affix);
        return;
    }
}

static void second_prefix(struct indonesian *state)
{
    const struct qd_stem_word *word = state->word;
    bool seven = word->size == 7;
    if (qd_stem_word_starts(word, "ber") || (seven && qd_stem_word_starts(word, "belajar"))) {
        drop_prefix(state, 3, 0, BER);
    } else if (word->size > 4 && qd_stem_word_starts(word, "be") && !is_vowel(word->text[2]) &&
               word->text[3] == 'e' && word->text[4] == 'r') {
        drop_prefix(state, 2, 0, BER);
    } else if (qd_stem_word_starts(word, "per") || (seven && qd_stem_word_starts(word, "pelajar"))) {
        drop_prefix(state, 3, 0, 0);
    } else if (qd_stem_word_starts(word, "pe")) {
        drop_prefix(state, 2, 0, PE);
    }
}

static void derivational_suffix(struct indonesian *state)
{
    const struct qd_stem_word *word = state->word;
    if (qd_stem_word_ends(word, "kan") && (state->removed & (KE | PENG | PE)) == 0) {
        drop_suffix(state, 3);
    } else if (qd_stem_word_ends(word, "an") && (state->removed & (DI | MENG | TER)) == 0) {
        drop_suffix(state, 2);
    } else if (qd_stem_word_ends(word, "i") && !qd_stem_word_ends(word, "si") &&
               (state->removed & (BER | KE | PENG)) == 0) {
        drop_suffix(state, 1);
    }
}

void qd_stemmer_indonesian(struct qd_stem_word *word)
{
    struct indonesian state = { .word = word };
    for (size_t i = 0; i < word->size; i++) state.syllables += is_vowel(word->text[i]);
    bool particle = qd_stem_word_ends(word, "kah") || qd_stem_word_ends(word, "lah") ||
                    qd_stem_word_ends(word, "pun");
    if (state.syllables > 2 && particle) drop_suffix(&state, 3);
    if (state.syllables > 2) {
        if (qd_stem_word_ends(word, "ku") || qd_stem_word_ends(word, "mu")) drop_suffix(&state, 2);
        else if (qd_stem_word_ends(word, "nya")) drop_suffix(&state, 3);
    }
    size_t size = word->size;
    if (state.syllables > 2) first_prefix(&state);
    if (word->size != size) {
        size = word->size;
        if (state.syllables > 2) derivational_suffix(&state);
        if (word->size != size && state.syllables > 2) second_prefix(&state);
        return;
    }
    if (state.syllables > 2) second_prefix(&state);
    if (state.syllables > 2) derivational_suffix(&state);
}
