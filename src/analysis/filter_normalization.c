/* Filters that write letters in one way only: arabic_normalization, cjk_width and so on. Source: the
 * normalising filters of OpenSearch 3.8.0; their letters are in normalization_table.c, what depends on the
 * neighbours is here. */
#include "analysis/component.h"
#include "analysis/filters.h"
#include "analysis/normalization_table.h"
#include "analysis/stem_word.h"

/* One term being rewritten. */
struct text {
    uint32_t *in;       /* in[size], and a 0 behind */
    size_t size;
    size_t at;          /* what is read next */
    uint32_t *out;      /* room for two letters for each of `in` */
    size_t count;       /* written */
};

static uint32_t written(const struct text *text)
{
    return text->count == 0 ? 0 : text->out[text->count - 1];
}

static void write_letter(struct text *text, uint32_t letter)
{
    text->out[text->count++] = letter;
}

/* Reads one letter and writes what the table makes of it. */
static void map_letter(struct text *text, const struct qd_normalization_letter *table, size_t count)
{
    uint32_t letter = text->in[text->at++];
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (table[middle].from < letter) low = middle + 1;
        else high = middle;
    }
    if (low == count || table[low].from != letter) {
        write_letter(text, letter);
        return;
    }
    for (size_t i = 0; i < 2; i++)
        if (table[low].to[i] != 0) write_letter(text, table[low].to[i]);
}

/* True when the next letter joined the one written last. */
static bool join_pair(struct text *text, const struct qd_normalization_pair *table, size_t count,
                      uint32_t first)
{
    for (size_t i = 0; i < count; i++) {
        if (table[i].first != first || table[i].second != text->in[text->at]) continue;
        text->out[text->count - 1] = table[i].to;
        text->at++;
        return true;
    }
    return false;
}

static void arabic(struct text *text)
{
    map_letter(text, qd_arabic_normalization_letters, qd_arabic_normalization_letter_count);
}

static void persian(struct text *text)
{
    map_letter(text, qd_persian_normalization_letters, qd_persian_normalization_letter_count);
}

static void serbian(struct text *text)
{
    map_letter(text, qd_serbian_normalization_letters, qd_serbian_normalization_letter_count);
}

/* A final or separated heh is a vowel, an initial reh is the strong one. */
static void sorani(struct text *text)
{
    enum { REH = 0x631, STRONG_REH = 0x695, HEH = 0x647, AE = 0x6D5, NON_JOINER = 0x200C };
    uint32_t letter = text->in[text->at];
    bool last = text->at + 1 == text->size;
    if (letter == REH && text->count > 0) {
        write_letter(text, REH);
        text->at++;
    } else if (letter == HEH && !last) {
        write_letter(text, HEH);
        text->at++;
    } else {
        if (letter == NON_JOINER && written(text) == HEH) text->out[text->count - 1] = AE;
        map_letter(text, qd_sorani_normalization_letters, qd_sorani_normalization_letter_count);
    }
}

/* na with a virama is a nasal. */
static void hindi(struct text *text)
{
    if (text->in[text->at] == 0x928 && text->in[text->at + 1] == 0x94D) {
        write_letter(text, 0x902);
        text->at += 2;
        return;
    }
    map_letter(text, qd_hindi_normalization_letters, qd_hindi_normalization_letter_count);
}

static void indic(struct text *text)
{
    bool joined = text->count > 0 &&
                  join_pair(text, qd_indic_normalization_pairs, qd_indic_normalization_pair_count,
                            written(text));
    if (!joined) write_letter(text, text->in[text->at++]);
}

static void cjk_width(struct text *text)
{
    uint32_t before = text->at == 0 ? 0 : text->in[text->at - 1];
    bool joined = text->count > 0 &&
                  join_pair(text, qd_cjk_width_pairs, qd_cjk_width_pair_count, before);
    if (!joined) map_letter(text, qd_cjk_width_letters, qd_cjk_width_letter_count);
}

enum { VIRAMA = 0x9CD };

/* What follows a virama: signs that stand for another sound. */
static bool bengali_virama(struct text *text)
{
    enum { KA = 0x995, KHA = 0x996, BA = 0x9AC, YA = 0x9AF, AA = 0x9BE, I = 0x9BF, E = 0x9C7 };
    uint32_t next = text->in[text->at + 1];
    if (next == I && written(text) == KA) {
        if (text->count == 1) text->out[0] = KHA;
        else write_letter(text, KHA);
    } else if (next == BA && text->count > 0) {
        bool joined = text->count > 1 && text->out[text->count - 2] == VIRAMA;
        if (text->count > 1 && !joined) write_letter(text, written(text));
    } else if (next == YA) {
        if (text->count == 1) write_letter(text, E);
        if (text->count == 2 && text->at == 1 && text->in[text->at + 2] == AA) text->at++;
    } else {
        return false;
    }
    text->at += 2;
    if (written(text) == VIRAMA) {
        /* What went may have brought another sign behind an earlier virama. */
        text->count--;
        text->in[--text->at] = VIRAMA;
    }
    return true;
}

static void bengali(struct text *text)
{
    enum { VISARGA = 0x983 };
    uint32_t letter = text->in[text->at];
    bool last = text->at + 1 == text->size;
    if (letter == VIRAMA && bengali_virama(text)) return;
    if (letter == VISARGA && !last) {
        write_letter(text, text->in[text->at + 1]);
        text->at++;
    } else if (letter == VISARGA && text->count > 2) {
        text->at++;
    } else {
        map_letter(text, qd_bengali_normalization_letters, qd_bengali_normalization_letter_count);
    }
}

/* An e after a, o or u stands for the dots of an umlaut; after another vowel ue does not. */
static void german(struct text *text)
{
    uint32_t letter = text->in[text->at++];
    uint32_t before = text->at < 2 ? 0 : text->in[text->at - 2];
    uint32_t second = text->at < 3 ? 0 : text->in[text->at - 3];
    bool umlaut = before == 'a' || before == 'o' ||
                  (before == 'u' && !qd_stem_word_among(second, "aeiouqyäöü"));
    if (letter == 'e' && umlaut) return;
    if (letter == 0xDF) write_letter(text, 's');
    if (letter == 0xDF) letter = 's';
    write_letter(text, letter == 0xE4 ? 'a' : letter == 0xF6 ? 'o' : letter == 0xFC ? 'u' : letter);
}

/* aa and ao are å, ae and ä are æ; oo, oe and ö are ø. */
static uint32_t scandinavian(struct text *text)
{
    static const struct {
        uint32_t first;
        const char *second;
        uint32_t to;
    } pairs[] = {
        { 'a', "aAoO", 0xE5 }, { 'a', "eE", 0xE6 }, { 'A', "aAoO", 0xC5 },   { 'A', "eE", 0xC6 },
        { 'o', "oOeE", 0xF8 }, { 'O', "oOeE", 0xD8 },
    };
    uint32_t letter = text->in[text->at++];
    for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs) && text->at < text->size; i++) {
        if (letter != pairs[i].first || !qd_stem_word_among(text->in[text->at], pairs[i].second)) continue;
        text->at++;
        return pairs[i].to;
    }
    return letter == 0xE4   ? 0xE6
           : letter == 0xC4 ? 0xC6
           : letter == 0xF6 ? 0xF8
           : letter == 0xD6 ? 0xD8
                            : letter;
}

static void scandinavian_normalization(struct text *text)
{
    write_letter(text, scandinavian(text));
}

static void scandinavian_folding(struct text *text)
{
    uint32_t letter = scandinavian(text);
    if (letter == 0xE5 || letter == 0xE6) letter = 'a';
    if (letter == 0xC5 || letter == 0xC6) letter = 'A';
    write_letter(text, letter == 0xF8 ? 'o' : letter == 0xD8 ? 'O' : letter);
}

/* Rewrites every term letter by letter. */
static enum qd_status rewrite(struct qd_component_run *run, void (*step)(struct text *text))
{
    for (size_t i = 0; i < run->tokens->count; i++) {
        struct qd_slice term = run->tokens->data[i].term;
        struct qd_stem_word word = qd_stem_word_read(run->arena, term);
        struct text text = { .in = word.text, .size = word.size };
        word.text[word.size] = 0;
        text.out = QD_NEW_ARRAY(run->arena, uint32_t, word.size * 2 + 2);
        while (text.at < text.size) step(&text);
        struct qd_stem_word result = { text.out, text.count };
        bool same = result.size == word.size &&
                    memcmp(result.text, word.text, word.size * sizeof(*word.text)) == 0;
        if (!same) run->tokens->data[i].term = qd_stem_word_write(run->arena, &result);
    }
    return QD_OK;
}

#define NORMALIZATION(id, step)                                                        \
    static enum qd_status run_##id(const void *state, struct qd_component_run *run)    \
    {                                                                                  \
        (void)state;                                                                   \
        return rewrite(run, step);                                                     \
    }                                                                                  \
    const struct qd_component_kind qd_filter_##id = { .name = #id, .run = run_##id, .normalizes = true }

NORMALIZATION(arabic_normalization, arabic);
NORMALIZATION(bengali_normalization, bengali);
NORMALIZATION(cjk_width, cjk_width);
NORMALIZATION(german_normalization, german);
NORMALIZATION(hindi_normalization, hindi);
NORMALIZATION(indic_normalization, indic);
NORMALIZATION(persian_normalization, persian);
NORMALIZATION(scandinavian_folding, scandinavian_folding);
NORMALIZATION(scandinavian_normalization, scandinavian_normalization);
NORMALIZATION(serbian_normalization, serbian);
NORMALIZATION(sorani_normalization, sorani);
