#include "analysis/word_memo.h"

#include <stdlib.h>

#include "analysis/codepoint.h"
#include "analysis/word_break_table.h"
#include "base/prng.h"
#include "base/test.h"

static const struct qd_analyzer *analyzer_of(struct qd_arena *arena, const char *settings, const char *name)
{
    struct qd_error error;
    qd_error_init(&error, arena);
    struct qd_json_document document = { 0 };
    assert_ok(qd_json_parse(arena, qd_slice_from_string(settings), &document, &error));
    struct qd_analysis_registry *registry = NULL;
    struct qd_analysis_limits limits = { .max_ngram_diff = 1, .max_shingle_diff = 3 };
    assert_ok(qd_analysis_create(arena, document.root, &limits, &registry, &error));
    const struct qd_analyzer *analyzer = qd_analysis_analyzer(registry, qd_slice_from_string(name));
    assert_non_null(analyzer);
    return analyzer;
}

static void assert_same(const struct qd_token_list *left, const struct qd_token_list *right)
{
    assert_int_equal(left->count, right->count);
    assert_int_equal(left->final_position_increment, right->final_position_increment);
    assert_int_equal(left->final_offset, right->final_offset);
    for (size_t i = 0; i < left->count; i++) {
        const struct qd_token *a = &left->data[i];
        const struct qd_token *b = &right->data[i];
        assert_true(qd_slice_equal(a->term, b->term));
        assert_int_equal(a->start_offset, b->start_offset);
        assert_int_equal(a->end_offset, b->end_offset);
        assert_int_equal(a->position_increment, b->position_increment);
        assert_int_equal(a->position_length, b->position_length);
        assert_string_equal(a->type, b->type);
        assert_int_equal(a->keyword, b->keyword);
    }
}

static const char *const parts[] = {
    "The", "running", "dog's", "a", "An", "internationalisation", "of", "\xC3\x84pfel", "x86", "and", "_id_",
    "relational", "skies", "1.5", "foo.bar", "can't", "0", "THE", "Skies", "-", "\xE6\xBC\xA2\xE5\xAD\x97"
};

static struct qd_slice random_text(struct qd_arena *arena, struct qd_prng *prng)
{
    struct qd_slice text = QD_SLICE("");
    uint64_t count = qd_prng_below(prng, 12);
    for (uint64_t i = 0; i < count; i++) {
        const char *part = parts[qd_prng_below(prng, sizeof(parts) / sizeof(*parts))];
        text = qd_arena_format(arena, "%.*s%s%s", QD_SLICE_ARG(text), part, i % 3 == 2 ? ", " : " ");
    }
    return text;
}

/* A memo of a few places: words push each other out, and come back. */
TEST(word_memo, gives_what_the_analyzer_gives)
{
    static const char *const settings =
        "{\"analyzer\":{\"k\":{\"tokenizer\":\"standard\",\"filter\":[\"lowercase\",\"m\",\"porter_stem\"]},"
        "\"s\":{\"tokenizer\":\"standard\",\"filter\":[\"lowercase\",\"shingle\"]},"
        "\"t\":{\"tokenizer\":\"standard\",\"filter\":[\"t\"]}},"
        "\"filter\":{\"m\":{\"type\":\"keyword_marker\",\"keywords\":[\"skies\"]},"
        "\"t\":{\"type\":\"stop\",\"remove_trailing\":false,\"ignore_case\":true}}}";
    static const char *const names[] = { "english", "standard", "k", "s", "t", "stop", "german", "keyword" };
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_word_memo *memo = qd_word_memo_create(arena, 1);
    struct qd_error error;
    struct qd_prng prng;
    qd_prng_seed(&prng, 7);
    qd_error_init(&error, arena);
    for (size_t round = 0; round < 400; round++) {
        const struct qd_analyzer *analyzer =
            analyzer_of(arena, settings, names[round / 50]);
        struct qd_token_list plain;
        struct qd_token_list remembered;
        for (size_t i = 0; i < 5; i++) {
            struct qd_slice text = random_text(arena, &prng);
            assert_ok(qd_analyzer_run(analyzer, arena, text, &plain, &error));
            assert_ok(qd_word_memo_run(memo, analyzer, arena, text, &remembered, &error));
            assert_same(&plain, &remembered);
        }
    }
    qd_arena_destroy(arena);
}

TEST(word_memo, a_word_is_filtered_once)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_word_memo *memo = qd_word_memo_create(arena, 64);
    const struct qd_analyzer *analyzer = analyzer_of(arena, "{}", "english");
    struct qd_error error;
    struct qd_token_list tokens;
    qd_error_init(&error, arena);
    assert_ok(qd_word_memo_run(memo, analyzer, arena, QD_SLICE("Running"), &tokens, &error));
    const char *first = tokens.data[0].term.data;
    assert_ok(qd_word_memo_run(memo, analyzer, arena, QD_SLICE("Running"), &tokens, &error));
    assert_ptr_equal(tokens.data[0].term.data, first);
    assert_ok(qd_word_memo_run(NULL, analyzer, arena, QD_SLICE("Running"), &tokens, &error));
    assert_ptr_not_equal(tokens.data[0].term.data, first);
    qd_arena_destroy(arena);
}

/* The standard tokenizer by its automaton alone; no code point here is two units. */
static size_t longest_match(struct qd_slice text, size_t at, size_t units, enum qd_word_kind *kind)
{
    uint8_t state = 1;
    size_t end = at;
    *kind = QD_WORD_NONE;
    for (size_t i = at; i < text.size && units > 0; units--) {
        uint32_t cp;
        size_t size = qd_codepoint_read(text.data + i, text.data + text.size, &cp);
        state = qd_word_break_next[state][qd_word_break_class(cp)];
        if (state == 0) break;
        i += size;
        if (qd_word_break_accept[state] == QD_WORD_NONE) continue;
        *kind = (enum qd_word_kind)qd_word_break_accept[state];
        end = i;
    }
    return end;
}

TEST(word_memo, runs_of_letters_and_digits_are_the_automatons_words)
{
    static const char bytes[] = "abzAZ0019_.,:;'\"-# \t*/@";
    struct qd_arena *arena = qd_arena_create(0);
    const struct qd_analyzer *analyzer =
        analyzer_of(arena, "{\"analyzer\":{\"a\":{\"tokenizer\":\"t\"}},\"tokenizer\":{\"t\":{\"type\":"
                           "\"standard\",\"max_token_length\":5}}}", "a");
    struct qd_error error;
    struct qd_prng prng;
    qd_prng_seed(&prng, 11);
    qd_error_init(&error, arena);
    for (size_t round = 0; round < 20000; round++) {
        char text[32];
        size_t size = (size_t)qd_prng_below(&prng, 24);
        for (size_t i = 0; i < size; i++) text[i] = bytes[qd_prng_below(&prng, sizeof(bytes) - 1)];
        if (size > 4 && round % 5 == 0) memcpy(text + size - 3, "\xC3\xA9" "a", 3);
        struct qd_token_list tokens;
        assert_ok(qd_analyzer_run(analyzer, arena, qd_slice_make(text, size), &tokens, &error));
        size_t found = 0;
        for (size_t at = 0; at < size;) {
            enum qd_word_kind kind;
            size_t end = longest_match(qd_slice_make(text, size), at, 5, &kind);
            if (kind == QD_WORD_NONE) {
                at += (uint8_t)text[at] < 0x80 ? 1 : 2;
                continue;
            }
            assert_true(found < tokens.count);
            assert_int_equal(tokens.data[found].start_offset, at);
            assert_int_equal(tokens.data[found].end_offset, end);
            assert_string_equal(tokens.data[found].type, kind == QD_WORD_NUMBER ? "<NUM>" : "<ALPHANUM>");
            found++;
            at = end;
        }
        assert_int_equal(found, tokens.count);
    }
    qd_arena_destroy(arena);
}
