#include "analysis/recipe.h"

#include "analysis/char_filters.h"
#include "analysis/filters.h"
#include "base/assert.h"

const struct qd_recipe qd_recipe_table[] = {
    { "arabic",
      "standard",
      "arabic",
      { "lowercase", "decimal_digit", "stop",
        "arabic_normalization", "stem_exclusion", "stemmer=arabic" } },
    { "armenian", "standard", "armenian", { "lowercase", "stop", "stem_exclusion", "snowball=Armenian" } },
    { "basque", "standard", "basque", { "lowercase", "stop", "stem_exclusion", "snowball=Basque" } },
    { "bengali",
      "standard",
      "bengali",
      { "lowercase", "decimal_digit", "stem_exclusion",
        "indic_normalization", "bengali_normalization", "stop", "stemmer=bengali" } },
    { "bulgarian",
      "standard",
      "bulgarian",
      { "lowercase", "stop", "stem_exclusion", "stemmer=bulgarian" } },
    { "catalan",
      "standard",
      "catalan",
      { "elision=catalan", "lowercase", "stop", "stem_exclusion", "snowball=Catalan" } },
    { "cjk", "standard", "cjk", { "cjk_width", "lowercase", "cjk_bigram", "stop" } },
    { "czech", "standard", "czech", { "lowercase", "stop", "stem_exclusion", "stemmer=czech" } },
    { "danish", "standard", "danish", { "lowercase", "stop", "stem_exclusion", "snowball=Danish" } },
    { "dutch",
      "standard",
      "dutch",
      { "lowercase", "stop", "stem_exclusion", "stemmer_override=dutch", "snowball=Dutch" } },
    { "english",
      "standard",
      "english",
      { "stemmer=possessive_english", "lowercase", "stop", "stem_exclusion", "porter_stem" } },
    { "fingerprint", "standard", NULL, { "lowercase", "asciifolding", "stop", "fingerprint" } },
    { "finnish", "standard", "finnish", { "lowercase", "stop", "stem_exclusion", "snowball=Finnish" } },
    { "french",
      "standard",
      "french",
      { "elision=french", "lowercase", "stop", "stem_exclusion", "stemmer=light_french" } },
    { "german",
      "standard",
      "german",
      { "lowercase", "stop", "stem_exclusion", "german_normalization", "stemmer=light_german" } },
    { "hindi",
      "standard",
      "hindi",
      { "lowercase", "decimal_digit", "stem_exclusion",
        "indic_normalization", "hindi_normalization", "stop", "stemmer=hindi" } },
    { "hungarian",
      "standard",
      "hungarian",
      { "lowercase", "stop", "stem_exclusion", "snowball=Hungarian" } },
    { "indonesian",
      "standard",
      "indonesian",
      { "lowercase", "stop", "stem_exclusion", "stemmer=indonesian" } },
    { "irish",
      "standard",
      "irish",
      { "stop=h,n,t", "elision=irish", "lowercase=irish", "stop", "stem_exclusion", "snowball=Irish" } },
    { "italian",
      "standard",
      "italian",
      { "elision=italian", "lowercase", "stop", "stem_exclusion", "stemmer=light_italian" } },
    { "keyword", "keyword", NULL, { NULL } },
    { "latvian", "standard", "latvian", { "lowercase", "stop", "stem_exclusion", "stemmer=latvian" } },
    { "lithuanian",
      "standard",
      "lithuanian",
      { "lowercase", "stop", "stem_exclusion", "snowball=Lithuanian" } },
    { "norwegian",
      "standard",
      "norwegian",
      { "lowercase", "stop", "stem_exclusion", "snowball=Norwegian" } },
    { "pattern", "pattern", NULL, { "lowercase", "stop" } },
    { "persian",
      "standard",
      "persian",
      { "lowercase", "decimal_digit", "arabic_normalization",
        "persian_normalization", "stop", "stem_exclusion", "stemmer=persian" } },
    { "portuguese",
      "standard",
      "portuguese",
      { "lowercase", "stop", "stem_exclusion", "stemmer=light_portuguese" } },
    { "romanian", "standard", "romanian", { "lowercase", "stop", "stem_exclusion", "snowball=Romanian" } },
    { "russian", "standard", "russian", { "lowercase", "stop", "stem_exclusion", "snowball=Russian" } },
    { "simple", "letter", NULL, { "lowercase" } },
    { "snowball",
      "standard",
      "english",
      { "stemmer=possessive_english", "lowercase", "stop", "snowball" } },
    { "sorani",
      "standard",
      "sorani",
      { "sorani_normalization", "lowercase", "decimal_digit",
        "stop", "stem_exclusion", "stemmer=sorani" } },
    { "spanish",
      "standard",
      "spanish",
      { "lowercase", "stop", "stem_exclusion", "stemmer=light_spanish" } },
    { "standard", "standard", NULL, { "lowercase", "stop" } },
    { "stop", "letter", "english", { "lowercase", "stop" } },
    { "swedish", "standard", "swedish", { "lowercase", "stop", "stem_exclusion", "snowball=Swedish" } },
    { "turkish",
      "standard",
      "turkish",
      { "apostrophe", "lowercase=turkish", "stop", "stem_exclusion", "snowball=Turkish" } },
    { "whitespace", "whitespace", NULL, { NULL } },
    { NULL, NULL, NULL, { NULL } },
};

/* The setting that the value of a step is for. */
static const char *const step_key = "language";

/* The cjk analyzer has a list of its own, which has no name. */
static const char cjk_stop_words[] =
    "a,and,are,as,at,be,but,by,for,if,in,into,is,it,no,not,of,on,or,s,such,t,that,the,their,"
    "then,there,these,they,this,to,was,will,with,www";

/* Language of the default stop words; the snowball analyzer's follow its language. */
static const char *default_stop_words(const struct qd_recipe *recipe,
                                      const struct qd_component_settings *settings)
{
    static const struct {
        const char *language;
        const char *words;
    } rows[] = {
        { "Dutch", "_dutch_" },     { "English", "_english_" }, { "French", "_french_" },
        { "German", "_german_" },   { "German2", "_german_" },
    };
    bool found;
    if (recipe->stopwords == NULL) return "_none_";
    if (strcmp(recipe->name, "cjk") == 0) return cjk_stop_words;
    if (strcmp(recipe->name, "snowball") != 0)
        return qd_arena_string(settings->arena, qd_arena_format(settings->arena, "_%s_", recipe->stopwords));
    struct qd_slice language = qd_component_text(settings, "language", &found);
    if (!found) language = QD_SLICE("English");
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (qd_slice_is(language, rows[i].language)) return rows[i].words;
    return "_none_";
}

/* True for a step that the analyzer's settings switch off. */
static enum qd_status is_off(const struct qd_recipe *recipe, const struct qd_component_settings *settings,
                             const char *step, bool *off, struct qd_error *error)
{
    bool found, lowercase = true;
    *off = false;
    if (strcmp(step, "stem_exclusion") == 0) *off = qd_json_get(settings->json, "stem_exclusion") == NULL;
    if (strcmp(recipe->name, "pattern") == 0 && strcmp(step, "lowercase") == 0) {
        QD_TRY(qd_component_bool(settings, "lowercase", true, &lowercase, error));
        *off = !lowercase;
    }
    if (strcmp(recipe->name, "snowball") == 0 && strcmp(step, "stemmer=possessive_english") == 0) {
        struct qd_slice language = qd_component_text(settings, "language", &found);
        *off = found && !qd_slice_is(language, "English") && !qd_slice_is(language, "Porter");
    }
    return QD_OK;
}

static enum qd_status add_step(const struct qd_recipe *recipe, const struct qd_component_settings *settings,
                               const char *step, struct qd_component *filter, struct qd_error *error)
{
    const char *equals = strchr(step, '=');
    struct qd_slice kind_name = { step, equals == NULL ? strlen(step) : (size_t)(equals - step) };
    struct qd_component_pair *pairs = QD_NEW_ARRAY(settings->arena, struct qd_component_pair, 2);
    struct qd_component_settings own = *settings;
    own.name = kind_name;
    own.pairs = pairs;
    own.json = NULL;
    bool fixed_stop = equals != NULL && qd_slice_is(kind_name, "stop");
    if (equals != NULL) {
        pairs[0] = (struct qd_component_pair){ fixed_stop ? "stopwords" : step_key, equals + 1 };
    } else if (strcmp(step, "snowball") == 0 || strcmp(step, "fingerprint") == 0) {
        /* These read the analyzer's own settings. */
        own.json = settings->json;
    }
    if (strcmp(step, "stop") == 0) {
        bool found;
        own.json = settings->json;
        (void)qd_component_list(settings, "stopwords", &found);
        if (!found) (void)qd_component_text(settings, "stopwords_path", &found);
        const char *words = default_stop_words(recipe, settings);
        if (!found) pairs[0] = (struct qd_component_pair){ "stopwords", words };
    }
    const struct qd_component_kind *kind = qd_component_find(QD_COMPONENT_FILTER, kind_name);
    qd_assert(kind != NULL);
    return qd_component_create(kind, &own, filter, error);
}

/* In Persian a zero-width non-joiner stands between the parts of a word. */
static enum qd_status part_words(const struct qd_component_settings *settings, struct qd_analyzer *analyzer,
                                 struct qd_error *error)
{
    static const struct qd_component_pair pairs[] = { { "mappings", "\\u200C=>\\u0020" }, { NULL, NULL } };
    struct qd_component *filter = QD_NEW(settings->arena, struct qd_component);
    struct qd_component_settings own = *settings;
    own.json = NULL;
    own.pairs = pairs;
    own.name = QD_SLICE("mapping");
    QD_TRY(qd_component_create(&qd_char_filter_mapping, &own, filter, error));
    analyzer->char_filters = filter;
    analyzer->char_filter_count = 1;
    return QD_OK;
}

enum qd_status qd_recipe_build(const struct qd_recipe *recipe, const struct qd_component_settings *settings,
                               struct qd_analyzer *analyzer, struct qd_error *error)
{
    const struct qd_component_kind *tokenizer =
        qd_component_find(QD_COMPONENT_TOKENIZER, qd_slice_from_string(recipe->tokenizer));
    qd_assert(tokenizer != NULL);
    /* Only these two hand their settings to the tokenizer. */
    struct qd_component_settings own_tokenizer = *settings;
    bool configured = strcmp(recipe->name, "standard") == 0 || strcmp(recipe->name, "pattern") == 0;
    if (!configured) own_tokenizer.json = NULL;
    QD_TRY(qd_component_create(tokenizer, &own_tokenizer, &analyzer->tokenizer, error));
    if (tokenizer->use != NULL) QD_TRY(tokenizer->use(analyzer->tokenizer.state, error));
    size_t capacity = sizeof(recipe->steps) / sizeof(*recipe->steps);
    struct qd_component *filters = QD_NEW_ARRAY(settings->arena, struct qd_component, capacity);
    for (size_t i = 0; i < capacity && recipe->steps[i] != NULL; i++) {
        const char *step = recipe->steps[i];
        bool off;
        QD_TRY(is_off(recipe, settings, step, &off, error));
        if (off) continue;
        if (strcmp(step, "stem_exclusion") == 0) {
            struct qd_component_settings own = *settings;
            own.name = QD_SLICE("keyword_marker");
            own.pairs = NULL;
            QD_TRY(qd_component_create(&qd_filter_stem_exclusion, &own, &filters[analyzer->filter_count],
                                       error));
            analyzer->filter_count++;
            continue;
        }
        QD_TRY(add_step(recipe, settings, step, &filters[analyzer->filter_count], error));
        analyzer->filter_count++;
    }
    analyzer->filters = filters;
    return strcmp(recipe->name, "persian") == 0 ? part_words(settings, analyzer, error) : QD_OK;
}
