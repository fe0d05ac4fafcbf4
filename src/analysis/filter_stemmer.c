/* Stemmers by language. Source: StemmerTokenFilterFactory of OpenSearch 3.8.0. */
#include "analysis/component.h"
#include "analysis/filters.h"
#include "analysis/rule_stemmers.h"
#include "analysis/stemming.h"

/* English possessives end in 's with a straight, curly or full-width apostrophe. Lucene
 * EnglishPossessiveFilter. */
static struct qd_slice possessive_english(struct qd_arena *arena, struct qd_slice term)
{
    (void)arena;
    if (term.size < 2 || (term.data[term.size - 1] | 0x20) != 's') return term;
    struct qd_slice rest = { term.data, term.size - 1 };
    if (rest.data[rest.size - 1] == '\'') return qd_slice_sub(rest, 0, rest.size - 1);
    if (qd_slice_ends_with(rest, QD_SLICE("\xE2\x80\x99")) ||
        qd_slice_ends_with(rest, QD_SLICE("\xEF\xBC\x87"))) {
        return qd_slice_sub(rest, 0, rest.size - 3);
    }
    return term;
}

/* Plural endings only. Source: Lucene EnglishMinimalStemmer, after Harman 1991. */
static struct qd_slice minimal_english(struct qd_arena *arena, struct qd_slice term)
{
    size_t size = term.size;
    if (size < 3 || term.data[size - 1] != 's') return term;
    char before = term.data[size - 2];
    if (before == 'u' || before == 's') return term;
    if (before == 'e') {
        if (size > 3 && term.data[size - 3] == 'i' && term.data[size - 4] != 'a' &&
            term.data[size - 4] != 'e') {
            char *stem = qd_arena_string(arena, qd_slice_sub(term, 0, size - 2));
            stem[size - 3] = 'y';
            return qd_slice_make(stem, size - 2);
        }
        char third = term.data[size - 3];
        if (third == 'i' || third == 'a' || third == 'o' || third == 'e') return term;
    }
    return qd_slice_sub(term, 0, size - 1);
}

/* Stemmers of our own, and other names for libstemmer's. */
static const struct qd_stemmer stemmers[] = {
    { .language = "english", .stem = qd_stemmer_porter },
    { .language = "porter", .stem = qd_stemmer_porter },
    { .language = "minimal_english", .stem = minimal_english },
    { .language = "minimalEnglish", .stem = minimal_english },
    { .language = "possessive_english", .stem = possessive_english },
    { .language = "possessiveEnglish", .stem = possessive_english },
    { .language = "arabic", .rules = qd_stemmer_arabic },
    { .language = "bengali", .rules = qd_stemmer_bengali },
    { .language = "bulgarian", .rules = qd_stemmer_bulgarian },
    { .language = "czech", .rules = qd_stemmer_czech },
    { .language = "hindi", .rules = qd_stemmer_hindi },
    { .language = "indonesian", .rules = qd_stemmer_indonesian },
    { .language = "latvian", .rules = qd_stemmer_latvian },
    { .language = "light_finish", .rules = qd_stemmer_finnish_light },
    { .language = "lightFinish", .rules = qd_stemmer_finnish_light },
    { .language = "light_finnish", .rules = qd_stemmer_finnish_light },
    { .language = "lightFinnish", .rules = qd_stemmer_finnish_light },
    { .language = "light_french", .rules = qd_stemmer_french_light },
    { .language = "lightFrench", .rules = qd_stemmer_french_light },
    { .language = "minimal_french", .rules = qd_stemmer_french_minimal },
    { .language = "minimalFrench", .rules = qd_stemmer_french_minimal },
    { .language = "light_german", .rules = qd_stemmer_german_light },
    { .language = "lightGerman", .rules = qd_stemmer_german_light },
    { .language = "minimal_german", .rules = qd_stemmer_german_minimal },
    { .language = "minimalGerman", .rules = qd_stemmer_german_minimal },
    { .language = "light_hungarian", .rules = qd_stemmer_hungarian_light },
    { .language = "lightHungarian", .rules = qd_stemmer_hungarian_light },
    { .language = "light_italian", .rules = qd_stemmer_italian_light },
    { .language = "lightItalian", .rules = qd_stemmer_italian_light },
    { .language = "light_norwegian", .rules = qd_stemmer_norwegian_light },
    { .language = "lightNorwegian", .rules = qd_stemmer_norwegian_light },
    { .language = "minimal_norwegian", .rules = qd_stemmer_norwegian_minimal },
    { .language = "minimalNorwegian", .rules = qd_stemmer_norwegian_minimal },
    { .language = "light_nynorsk", .rules = qd_stemmer_nynorsk_light },
    { .language = "lightNynorsk", .rules = qd_stemmer_nynorsk_light },
    { .language = "minimal_nynorsk", .rules = qd_stemmer_nynorsk_minimal },
    { .language = "minimalNynorsk", .rules = qd_stemmer_nynorsk_minimal },
    { .language = "persian", .rules = qd_stemmer_persian },
    { .language = "light_portuguese", .rules = qd_stemmer_portuguese_light },
    { .language = "lightPortuguese", .rules = qd_stemmer_portuguese_light },
    { .language = "minimal_portuguese", .rules = qd_stemmer_portuguese_minimal },
    { .language = "minimalPortuguese", .rules = qd_stemmer_portuguese_minimal },
    { .language = "light_russian", .rules = qd_stemmer_russian_light },
    { .language = "lightRussian", .rules = qd_stemmer_russian_light },
    { .language = "light_spanish", .rules = qd_stemmer_spanish_light },
    { .language = "lightSpanish", .rules = qd_stemmer_spanish_light },
    { .language = "sorani", .rules = qd_stemmer_sorani },
    { .language = "light_swedish", .rules = qd_stemmer_swedish_light },
    { .language = "lightSwedish", .rules = qd_stemmer_swedish_light },
};

/* Settings whose stemmer is libstemmer's; the other languages of libstemmer have light stemmers in the
 * reference. */
static const struct {
    const char *language;
    const char *snowball;
} snowball_names[] = {
    { "armenian", "armenian" },     { "basque", "basque" },       { "catalan", "catalan" },
    { "danish", "danish" },         { "finnish", "finnish" },     { "french", "french" },
    { "german", "german" },         { "german2", "german" },      { "hungarian", "hungarian" },
    { "irish", "irish" },           { "italian", "italian" },     { "lithuanian", "lithuanian" },
    { "norwegian", "norwegian" },   { "porter2", "english" },     { "portuguese", "portuguese" },
    { "romanian", "romanian" },     { "russian", "russian" },     { "spanish", "spanish" },
    { "swedish", "swedish" },       { "dutch", "dutch" },         { "turkish", "turkish" },
};

static const struct qd_stemmer *find_stemmer(struct qd_slice language)
{
    for (size_t i = 0; i < sizeof(stemmers) / sizeof(*stemmers); i++)
        if (qd_slice_is(language, stemmers[i].language)) return &stemmers[i];
    for (size_t i = 0; i < sizeof(snowball_names) / sizeof(*snowball_names); i++)
        if (qd_slice_is(language, snowball_names[i].language))
            return qd_stemmer_find(qd_slice_from_string(snowball_names[i].snowball));
    /* Any other name is that of a class, which is written with one capital. */
    for (size_t i = 1; i < language.size; i++)
        if (language.data[i] >= 'A' && language.data[i] <= 'Z') return NULL;
    return qd_slice_is(language, "German2") ? qd_stemmer_find(QD_SLICE("german")) : qd_stemmer_find(language);
}

/* The class name begins with a capital. */
static enum qd_status unknown(struct qd_arena *arena, struct qd_slice language, struct qd_error *error)
{
    char *name = qd_arena_string(arena, language);
    if (name[0] >= 'a' && name[0] <= 'z') name[0] = (char)(name[0] - 'a' + 'A');
    return qd_stemmer_unknown(qd_slice_make(name, language.size), error);
}

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    bool found;
    struct qd_slice language = qd_component_text(settings, "language", &found);
    if (!found) language = qd_component_text(settings, "name", &found);
    if (!found) language = QD_SLICE("porter");
    const struct qd_stemmer **state = (const struct qd_stemmer **)QD_NEW(settings->arena,
                                                                         struct qd_stemmer *);
    *state = find_stemmer(language);
    if (*state == NULL)
        return unknown(settings->arena, language, error);
    *out = state;
    return QD_OK;
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    const struct qd_stemmer *const *state = data;
    return qd_stemmer_run(*state, run);
}

/* Possessives know nothing of keywords. */
static bool keyword(const void *data)
{
    const struct qd_stemmer *const *state = data;
    return (*state)->stem != possessive_english;
}

/* libstemmer's are set up once for each text: one word at a time they would cost more than they save. */
static bool by_word(const void *data)
{
    const struct qd_stemmer *const *state = data;
    return (*state)->snowball == NULL;
}

const struct qd_component_kind qd_filter_stemmer = {
    .name = "stemmer", .create = create, .run = run, .keyword = keyword, .by_word = by_word,
};

static enum qd_status run_porter(const void *data, struct qd_component_run *run)
{
    (void)data;
    static const struct qd_stemmer porter = { .language = "porter", .stem = qd_stemmer_porter };
    return qd_stemmer_run(&porter, run);
}

const struct qd_component_kind qd_filter_porter_stem = { .name = "porter_stem",
                                                         .run = run_porter,
                                                         .keyword = qd_component_keyword,
                                                         .by_word = qd_component_by_word };
