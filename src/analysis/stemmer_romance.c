/* Light and minimal stemmers of French, Spanish, Italian, Portuguese and Galician. Algorithms: J. Savoy's
 * stemmers for the CLEF campaigns and "A stemming procedure and stopword list for general French corpora"
 * (1999); the rules here were fitted to the stems that OpenSearch 3.8.0 answers. */
#include "analysis/codepoint.h"
#include "analysis/rule_stemmers.h"
#include "analysis/unicode_table.h"

/* Takes a double letter at the end for one. */
static void undouble_end(struct qd_stem_word *word)
{
    uint32_t last = qd_stem_word_at(word, 1);
    if (word->size > 1 && last == qd_stem_word_at(word, 2) && qd_unicode_is_letter(last)) word->size--;
}

static void cut_letter(struct qd_stem_word *word, uint32_t letter)
{
    if (qd_stem_word_at(word, 1) == letter) word->size--;
}

void qd_stemmer_french_minimal(struct qd_stem_word *word)
{
    static const struct qd_stem_rule plural[] = {
        { "aux", 6, "al" }, { "x", 6, NULL }, { NULL, 0, NULL }
    };
    if (word->size < 6 || qd_stem_word_apply(word, plural)) return;
    cut_letter(word, 's');
    cut_letter(word, 'r');
    cut_letter(word, 'e');
    cut_letter(word, 0xE9);
    undouble_end(word);
}

/* Accents go, letters in a row become one, and what is left of an ending goes. */
static void french_normalize(struct qd_stem_word *word)
{
  static const struct qd_stem_letters accents[] = {
      {"àáâ", 'a'}, {"ô", 'o'}, {"èéê", 'e'}, {"ùû", 'u'},
      {"î", 'i'},   {"ç", 'c'}, {NULL, 0},
  };
  static const struct qd_stem_rule ie[] = {{"ie", 5, NULL}, {NULL, 0, NULL}};
  if (word->size > 4) {
    size_t kept = 1;
    qd_stem_word_fold(word, accents);
    for (size_t i = 1; i < word->size; i++) {
      bool again = word->text[i] == word->text[kept - 1] &&
                   qd_unicode_is_letter(word->text[i]);
      if (!again)
        word->text[kept++] = word->text[i];
    }
    word->size = kept;
    }
    (void)qd_stem_word_apply(word, ie);
    if (word->size <= 4) return;
    cut_letter(word, 'r');
    cut_letter(word, 'e');
    cut_letter(word, 'e');
    undouble_end(word);
}

/* Rules after which nothing but normalising follows. */
static bool french_derivation(struct qd_stem_word *word)
{
    static const struct qd_stem_rule endings[] = {
        { "issement", 10, "ir" },   { "issant", 9, "ir" },    { "ivement", 7, "if" },  { "ement", 7, "e" },
        { "ficatrice", 12, "fier" }, { "ficateur", 11, "fier" }, { "catrice", 10, "quer" },
        { "cateur", 9, "quer" },    { "atrice", 9, "er" },    { "ateur", 8, "er" },    { NULL, 0, NULL },
    };
    static const struct qd_stem_rule trice[] = { { "trice", 7, "teur" }, { NULL, 0, NULL } };
    static const struct qd_stem_rule nouns[] = {
        { "ième", 6, NULL }, { "teuse", 8, "ter" }, { "teur", 7, "ter" },  { "euse", 6, "eu" },
        { "ère", 9, "er" },  { "ive", 8, "if" },    { "folle", 5, "fou" }, { "molle", 5, "mou" },
        { "nnelle", 10, "n" }, { "nnel", 10, "n" }, { NULL, 0, NULL },
    };
    if (qd_stem_word_apply(word, endings)) return true;
    (void)qd_stem_word_apply(word, trice);
    return qd_stem_word_apply(word, nouns);
}

void qd_stemmer_french_light(struct qd_stem_word *word)
{
    static const struct qd_stem_rule eaux[] = { { "eaux", 6, "eau" }, { "aux", 6, "al" }, { NULL, 0, NULL } };
    static const struct qd_stem_rule plural[] = { { "x", 4, NULL }, { NULL, 0, NULL } };
    static const struct qd_stem_rule adjectives[] = { { "ète", 5, "et" }, { NULL, 0, NULL } };
    static const struct qd_stem_rule ique[] = { { "ique", 9, NULL }, { NULL, 0, NULL } };
    static const struct qd_stem_rule rest[] = {
        { "esse", 9, "e" },      { "inage", 8, "in" },    { "ualisation", 13, "uel" },
        { "isation", 10, NULL }, { "isateur", 10, NULL }, { "ation", 9, NULL },
        { "ition", 9, NULL },    { NULL, 0, NULL },
    };
    if (!qd_stem_word_apply(word, eaux)) (void)qd_stem_word_apply(word, plural);
    (void)qd_stem_word_apply(word, plural);
    if (word->size > 3) cut_letter(word, 's');
    if (!french_derivation(word)) {
        (void)qd_stem_word_apply(word, adjectives);
        (void)qd_stem_word_apply(word, ique);
        (void)qd_stem_word_apply(word, rest);
    }
    french_normalize(word);
}

void qd_stemmer_spanish_light(struct qd_stem_word *word)
{
  static const struct qd_stem_letters accents[] = {
      {"àáâä", 'a'}, {"òóôö", 'o'}, {"èéêë", 'e'},
      {"ùúûü", 'u'}, {"ìíîï", 'i'}, {NULL, 0},
  };
  static const struct qd_stem_rule rules[] = {
      {"eses", 5, "es"}, {"ces", 5, "z"}, {"os", 5, NULL},
      {"as", 5, NULL},   {"es", 5, NULL}, {"o", 5, NULL},
      {"a", 5, NULL},    {"e", 5, NULL},  {NULL, 0, NULL},
  };
  if (word->size < 5)
    return;
  qd_stem_word_fold(word, accents);
  (void)qd_stem_word_apply(word, rules);
}

void qd_stemmer_italian_light(struct qd_stem_word *word)
{
  static const struct qd_stem_letters accents[] = {
      {"àáâä", 'a'}, {"òóôö", 'o'}, {"èéêë", 'e'},
      {"ùúûü", 'u'}, {"ìíîï", 'i'}, {NULL, 0},
  };
  static const struct qd_stem_rule rules[] = {
      {"ie", 6, NULL}, {"he", 6, NULL}, {"hi", 6, NULL}, {"ii", 6, NULL},
      {"ia", 6, NULL}, {"io", 6, NULL}, {"e", 6, NULL},  {"i", 6, NULL},
      {"a", 6, NULL},  {"o", 6, NULL},  {NULL, 0, NULL},
  };
  if (word->size < 6)
    return;
  qd_stem_word_fold(word, accents);
  (void)qd_stem_word_apply(word, rules);
}

static void portuguese_number(struct qd_stem_word *word)
{
    static const struct qd_stem_rule rules[] = {
        { "res", 5, "r" },  { "ses", 5, "s" },  { "les", 5, "l" },  { "zes", 5, "z" },   { "ns", 4, "m" },
        { "eis", 5, "el" }, { "éis", 5, "el" }, { "ais", 5, "al" }, { "óis", 5, "ol" },  { "is", 5, "il" },
        { "ões", 4, "ão" }, { "ães", 4, "ão" }, { "mente", 7, NULL }, { "s", 4, NULL }, { NULL, 0, NULL },
    };
    (void)qd_stem_word_apply(word, rules);
}

void qd_stemmer_portuguese_light(struct qd_stem_word *word)
{
    static const struct qd_stem_rule feminine[] = {
        { "inha", 8, "inho" }, { "iaca", 8, "iaco" }, { "eira", 8, "eiro" }, { "osa", 7, "oso" },
        { "ica", 7, "ico" },   { "ida", 7, "ido" },   { "ada", 7, "ado" },   { "iva", 7, "ivo" },
        { "ama", 7, "amo" },   { "ona", 7, "ão" },    { "ora", 7, "or" },    { "esa", 7, "ês" },
        { "na", 7, "no" },     { NULL, 0, NULL },
    };
    static const struct qd_stem_rule vowels[] = {
        { "e", 5, NULL }, { "a", 5, NULL }, { "o", 5, NULL }, { NULL, 0, NULL }
    };
    static const struct qd_stem_letters accents[] = {
        { "àáâäã", 'a' }, { "òóôöõ", 'o' }, { "èéêë", 'e' }, { "ùúûü", 'u' },
        { "ìíîï", 'i' },  { "ç", 'c' },     { NULL, 0 },
    };
    if (word->size < 4) return;
    portuguese_number(word);
    (void)qd_stem_word_apply(word, feminine);
    (void)qd_stem_word_apply(word, vowels);
    qd_stem_word_fold(word, accents);
}

/* True when the word is one of the list. */
static bool is_one_of(const struct qd_stem_word *word, const char *const *list)
{
    for (; *list != NULL; list++) {
        const struct qd_slice entry = qd_slice_from_string(*list);
        if (qd_codepoint_count(entry) == word->size && qd_stem_word_ends(word, *list)) return true;
    }
    return false;
}

/* The rules of V. Orengo and C. Huyck for plurals ("A stemming algorithm for the Portuguese language", 2001),
 * with the words that they name as exceptions. */
void qd_stemmer_portuguese_minimal(struct qd_stem_word *word)
{
  static const struct qd_stem_rule rules[] = {
      {"ns", 3, "m"},   {"ões", 6, "ão"}, {"ães", 4, "ão"}, {"ais", 4, "al"},
      {"éis", 5, "el"}, {"eis", 5, "el"}, {"óis", 5, "ol"}, {"is", 4, "il"},
      {"les", 6, "l"},  {"res", 6, "r"},  {NULL, 0, NULL},
  };
  static const char *const irregular[] = {
      "mães", "lápis",  "cais", "mais", "crúcis", "biquínis",
      "pois", "depois", "dois", "leis", "pires",  NULL,
  };
  static const char *const singular[] = {
      "aliás", "pires",  "lápis",   "cais",    "mais",   "mas",
      "menos", "férias", "fezes",   "pêsames", "crúcis", "gás",
      "atrás", "moisés", "através", "convés",  "país",   "após",
      "ambas", "ambos",  "messias", "depois",  NULL,
  };
  if (word->size < 3 || qd_stem_word_at(word, 1) != 's')
    return;
  bool done = !is_one_of(word, irregular) && qd_stem_word_apply(word, rules);
  if (!done && !is_one_of(word, singular))
    word->size--;
}
