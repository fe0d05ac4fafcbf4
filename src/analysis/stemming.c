#include "analysis/stemming.h"

#include <strings.h>

#include <libstemmer.h>

/* libstemmer takes int lengths; longer terms cannot be indexed anyway. */
#define TERM_SIZE_MAX (1 << 20)

/* Replaces every occurrence of from[i] by to[i]; all of the same size or shorter. */
static struct qd_slice exchange(struct qd_arena *arena, struct qd_slice term, const char *const (*pairs)[2],
                                size_t count)
{
    char *out = qd_arena_alloc(arena, term.size + 1);
    size_t size = 0;
    for (size_t at = 0; at < term.size;) {
        size_t i = 0;
        while (i < count &&
               !qd_slice_starts_with(qd_slice_from(term, at), qd_slice_from_string(pairs[i][0]))) {
            i++;
        }
        if (i == count) {
            out[size++] = term.data[at++];
            continue;
        }
        memcpy(out + size, pairs[i][1], strlen(pairs[i][1]));
        size += strlen(pairs[i][1]);
        at += strlen(pairs[i][0]);
    }
    return qd_slice_make(out, size);
}

/* True when what is written so far ends in a vowel, umlauts included, or in q. */
static bool after_vowel(const char *out, size_t size)
{
    if (size == 0) return false;
    if (out[size - 1] != 0 && strchr("aeiouyq", out[size - 1]) != NULL) return true;
    uint8_t last = (uint8_t)out[size - 1];
    return size > 1 && (uint8_t)out[size - 2] == 0xC3 && (last == 0xA4 || last == 0xB6 || last == 0xBC);
}

/* Since Snowball 3 ae, oe and ue stand for umlauts; ue not after a vowel or q. */
static struct qd_slice before_german(struct qd_arena *arena, struct qd_slice term)
{
    char *out = qd_arena_alloc(arena, term.size + 1);
    size_t size = 0;
    for (size_t at = 0; at < term.size; at++) {
        char letter = term.data[at];
        bool e_follows = at + 1 < term.size && term.data[at + 1] == 'e';
        uint8_t umlaut = letter == 'a' ? 0xA4 : letter == 'o' ? 0xB6 : letter == 'u' ? 0xBC : 0;
        if (!e_follows || umlaut == 0 || (letter == 'u' && after_vowel(out, size))) {
            out[size++] = letter;
            continue;
        }
        out[size++] = (char)0xC3;
        out[size++] = (char)umlaut;
        at++;
    }
    return qd_slice_make(out, size);
}

/* Since Snowball 3 the letters with a comma are the standard ones; libstemmer 2 knows them with a cedilla. */
static struct qd_slice before_romanian(struct qd_arena *arena, struct qd_slice term)
{
    static const char *const pairs[][2] = { { "\xC8\x99", "\xC5\x9F" }, { "\xC8\x9B", "\xC5\xA3" } };
    return exchange(arena, term, pairs, 2);
}

static struct qd_slice after_romanian(struct qd_arena *arena, struct qd_slice term, struct qd_slice stem)
{
    static const char *const pairs[][2] = { { "\xC5\x9F", "\xC8\x99" }, { "\xC5\xA3", "\xC8\x9B" } };
    (void)term;
    return exchange(arena, stem, pairs, 2);
}

/* Since Snowball 3 add, egg and off keep their double letter. */
static struct qd_slice after_english(struct qd_arena *arena, struct qd_slice term, struct qd_slice stem)
{
    (void)arena;
    if (stem.size != 2 || term.size < 4 || term.data[0] != stem.data[0] || term.data[1] != stem.data[1] ||
        term.data[2] != term.data[1])
        return stem;
    bool first = term.data[0] == 'a' || term.data[0] == 'e' || term.data[0] == 'o';
    return first ? qd_slice_sub(term, 0, 3) : stem;
}

const struct qd_stemmer qd_stemmer_snowball[] = {
    { .language = "arabic", .snowball = "arabic" },
    { .language = "armenian", .snowball = "armenian" },
    { .language = "basque", .snowball = "basque" },
    { .language = "catalan", .snowball = "catalan" },
    { .language = "danish", .snowball = "danish" },
    { .language = "dutch", .snowball = "dutch" },
    { .language = "english", .snowball = "english", .after = after_english },
    { .language = "finnish", .snowball = "finnish" },
    { .language = "french", .snowball = "french" },
    { .language = "german", .snowball = "german", .before = before_german },
    { .language = "greek", .snowball = "greek" },
    { .language = "hindi", .snowball = "hindi" },
    { .language = "hungarian", .snowball = "hungarian" },
    { .language = "indonesian", .snowball = "indonesian" },
    { .language = "irish", .snowball = "irish" },
    { .language = "italian", .snowball = "italian" },
    { .language = "lithuanian", .snowball = "lithuanian" },
    { .language = "nepali", .snowball = "nepali" },
    { .language = "norwegian", .snowball = "norwegian" },
    { .language = "porter", .snowball = "porter" },
    { .language = "portuguese", .snowball = "portuguese" },
    { .language = "romanian", .snowball = "romanian", .before = before_romanian, .after = after_romanian },
    { .language = "russian", .snowball = "russian" },
    { .language = "serbian", .snowball = "serbian" },
    { .language = "spanish", .snowball = "spanish" },
    { .language = "swedish", .snowball = "swedish" },
    { .language = "tamil", .snowball = "tamil" },
    { .language = "turkish", .snowball = "turkish" },
    { .language = "yiddish", .snowball = "yiddish" },
    { .language = NULL },
};

const struct qd_stemmer *qd_stemmer_find(struct qd_slice language)
{
    for (const struct qd_stemmer *row = qd_stemmer_snowball; row->language != NULL; row++)
        if (strlen(row->language) == language.size &&
            strncasecmp(row->language, language.data, language.size) == 0) {
            return row;
        }
    return NULL;
}

static enum qd_status run_snowball(const struct qd_stemmer *kind, struct qd_component_run *run)
{
    struct sb_stemmer *stemmer = sb_stemmer_new(kind->snowball, NULL);
    if (stemmer == NULL)
        return qd_error_set(run->error, QD_ILLEGAL_STATE, "no stemmer of the name [%s]", kind->snowball);
    for (size_t i = 0; i < run->tokens->count; i++) {
        struct qd_token *token = &run->tokens->data[i];
        if (token->keyword || token->term.size > TERM_SIZE_MAX) continue;
        struct qd_slice term = token->term;
        if (kind->before != NULL) term = kind->before(run->arena, term);
        const sb_symbol *stem = sb_stemmer_stem(stemmer, (const sb_symbol *)term.data, (int)term.size);
        if (stem == NULL) continue;
        struct qd_slice result = qd_slice_make(stem, (size_t)sb_stemmer_length(stemmer));
        if (kind->after != NULL) result = kind->after(run->arena, token->term, result);
        if (qd_slice_starts_with(token->term, result)) token->term.size = result.size;
        else token->term = qd_arena_copy(run->arena, result);
    }
    sb_stemmer_delete(stemmer);
    return QD_OK;
}

static struct qd_slice stem_by_rules(struct qd_arena *arena, const struct qd_stemmer *stemmer,
                                     struct qd_slice term)
{
    if (term.size == 0) return term;
    struct qd_stem_word word = qd_stem_word_read(arena, term);
    stemmer->rules(&word);
    struct qd_slice stem = qd_stem_word_write(arena, &word);
    return qd_slice_starts_with(term, stem) ? qd_slice_sub(term, 0, stem.size) : stem;
}

enum qd_status qd_stemmer_run(const struct qd_stemmer *stemmer, struct qd_component_run *run)
{
    if (stemmer->snowball != NULL) return run_snowball(stemmer, run);
    for (size_t i = 0; i < run->tokens->count; i++) {
        struct qd_token *token = &run->tokens->data[i];
        if (token->keyword) continue;
        if (stemmer->stem != NULL) token->term = stemmer->stem(run->arena, token->term);
        else token->term = stem_by_rules(run->arena, stemmer, token->term);
    }
    return QD_OK;
}

enum qd_status qd_stemmer_unknown(struct qd_slice language, struct qd_error *error)
{
    (void)qd_error_set(error, QD_ILLEGAL_ARGUMENT, "org.tartarus.snowball.ext.%.*sStemmer",
                       QD_SLICE_ARG(language));
    if (error != NULL) error->type_override = "class_not_found_exception";
    return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT, "Invalid stemmer class specified: %.*s",
                         QD_SLICE_ARG(language));
}
