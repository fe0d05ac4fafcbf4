#include <stdio.h>
#include <stdlib.h>

#include "analysis/analysis.h"
#include "base/buffer.h"
#include "base/test.h"

/* "term start-end/type+increment ..." of a text. */
static struct qd_slice render(struct qd_arena *arena, const char *settings, const char *analyzer_name,
                              const char *text)
{
    struct qd_error error;
    qd_error_init(&error, arena);
    struct qd_json_document document = { 0 };
    assert_ok(qd_json_parse(arena, qd_slice_from_string(settings), &document, &error));
    struct qd_analysis_registry *registry = NULL;
    struct qd_analysis_limits limits = { .max_ngram_diff = 1, .max_shingle_diff = 3 };
    if (qd_analysis_create(arena, document.root, &limits, &registry, &error) != QD_OK) return error.reason;
    const struct qd_analyzer *analyzer = qd_analysis_analyzer(registry, qd_slice_from_string(analyzer_name));
    assert_non_null(analyzer);
    struct qd_token_list tokens;
    if (qd_analyzer_run(analyzer, arena, qd_slice_from_string(text), &tokens, &error) != QD_OK) {
        return error.reason;
    }
    struct qd_slice result = QD_SLICE("");
    for (size_t i = 0; i < tokens.count; i++) {
        const struct qd_token *token = &tokens.data[i];
        result = qd_arena_format(arena, "%.*s%s%.*s %u-%u%s+%u", QD_SLICE_ARG(result), i == 0 ? "" : " ",
                                 QD_SLICE_ARG(token->term), token->start_offset, token->end_offset,
                                 token->type, token->position_increment);
    }
    return result;
}

TEST(analysis, standard_cuts_words_numbers_and_scripts)
{
    struct qd_arena *arena = qd_arena_create(0);
    assert_slice(render(arena, "{}", "standard", "The 3.14 can't \xE6\xBC\xA2\xE5\xAD\x97"),
                 "the 0-3<ALPHANUM>+1 3.14 4-8<NUM>+1 can't 9-14<ALPHANUM>+1 "
                 "\xE6\xBC\xA2 15-18<IDEOGRAPHIC>+1 \xE5\xAD\x97 18-21<IDEOGRAPHIC>+1");
    qd_arena_destroy(arena);
}

TEST(analysis, english_stems_and_leaves_holes)
{
    struct qd_arena *arena = qd_arena_create(0);
    assert_slice(render(arena, "{}", "english", "The dog's running"),
                 "dog 4-9<ALPHANUM>+2 run 10-17<ALPHANUM>+1");
    qd_arena_destroy(arena);
}

TEST(analysis, custom_analyzer_joins_named_parts)
{
    struct qd_arena *arena = qd_arena_create(0);
    assert_slice(render(arena,
                        "{\"analyzer\":{\"a\":{\"tokenizer\":\"t\",\"filter\":[\"lowercase\",\"f\"]}},"
                        "\"tokenizer\":{\"t\":{\"type\":\"whitespace\",\"max_token_length\":\"3\"}},"
                        "\"filter\":{\"f\":{\"type\":\"stop\",\"stopwords\":[\"xy\"]}}}",
                        "a", "ABCD XY z"),
                 "abc 0-3word+1 d 3-4word+1 z 8-9word+2");
    qd_arena_destroy(arena);
}

static void expect_made(struct qd_arena *arena, const struct qd_analyzer *analyzer, const char *text,
                        const char *expected)
{
    struct qd_error error;
    struct qd_token_list tokens;
    struct qd_slice result = QD_SLICE("");
    qd_error_init(&error, arena);
    assert_ok(qd_analyzer_run(analyzer, arena, qd_slice_from_string(text), &tokens, &error));
    for (size_t i = 0; i < tokens.count; i++) {
        const struct qd_token *token = &tokens.data[i];
        result = qd_arena_format(arena, "%.*s[%.*s %u-%u %s+%u]", QD_SLICE_ARG(result),
                                 QD_SLICE_ARG(token->term), token->start_offset, token->end_offset,
                                 token->type, token->position_increment);
    }
    assert_slice(result, expected);
}

/* What _analyze of the reference gives for the hidden fields of text. */
TEST(analysis, hidden_fields_have_prefixes_and_pairs)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_analysis_registry *registry = NULL;
    struct qd_analysis_limits limits = { .max_ngram_diff = 1, .max_shingle_diff = 3 };
    assert_ok(qd_analysis_create(arena, NULL, &limits, &registry, NULL));
    const struct qd_analyzer *english = qd_analysis_analyzer(registry, QD_SLICE("english"));
    const struct qd_analyzer *prefixes = qd_analyzer_of_prefixes(arena, english, 2, 3);
    const struct qd_analyzer *pairs = qd_analyzer_of_pairs(arena, english);
    expect_made(arena, prefixes, "The fox x r\xC3\xA9sum\xC3\xA9 the",
                "[fo 4-7 <ALPHANUM>+2][fox 4-7 <ALPHANUM>+0][r\xC3\xA9 10-18 <ALPHANUM>+2]"
                "[r\xC3\xA9s 10-18 <ALPHANUM>+0]");
    expect_made(arena, pairs, "quick the brown fox the",
                "[quick _ 0-5 shingle+1][brown fox 10-19 shingle+2][fox _ 16-19 shingle+1]");
    expect_made(arena, pairs, "fox", "");
    assert_int_equal(qd_analyzer_position_increment_gap(prefixes), 100);
    assert_int_equal(qd_analyzer_position_increment_gap(pairs), 0);
    qd_arena_destroy(arena);
}

TEST(analysis, unknown_parts_are_named)
{
    struct qd_arena *arena = qd_arena_create(0);
    assert_slice(render(arena, "{\"analyzer\":{\"a\":{\"tokenizer\":\"t\"}}}", "standard", ""),
                 "Failed to build analyzers: [a]");
    assert_slice(render(arena, "{\"filter\":{\"a\":{\"type\":\"nope\"}}}", "standard", ""),
                 "Unknown filter type [nope] for [a]");
    qd_arena_destroy(arena);
}

/* Answers one recorded request; gives the answer, or "!" and the reason with line feeds as \n. */
static struct qd_slice answer(struct qd_arena *arena, struct qd_slice request)
{
    struct qd_error error;
    struct qd_json_document document = { 0 };
    struct qd_buffer out = { 0 };
    qd_error_init(&error, arena);
    assert_ok(qd_json_parse(arena, request, &document, &error));
    enum qd_status status = qd_analysis_analyze(&(struct qd_analysis_scope){ .max_token_count = 10000 },
                                                document.root, &out, &error);
    if (status != QD_OK) {
        qd_buffer_byte(&out, '!');
        for (size_t i = 0; i < error.reason.size; i++) {
            if (error.reason.data[i] == '\n') qd_buffer_text(&out, "\\n");
            else qd_buffer_byte(&out, (uint8_t)error.reason.data[i]);
        }
    }
    struct qd_slice result = qd_arena_copy(arena, qd_buffer_view(&out));
    qd_buffer_deinit(&out);
    return result;
}

/* Each line of the file is a request, a tab, and what OpenSearch 3.8.0 answers. */
TEST(analysis, answers_as_recorded_from_the_reference)
{
    FILE *file = fopen("src/analysis/testdata/analyze.tsv", "r");
    assert_non_null(file);
    char *line = NULL;
    size_t capacity = 0, count = 0;
    ssize_t size;
    while ((size = getline(&line, &capacity, file)) > 0) {
        struct qd_arena *arena = qd_arena_create(0);
        struct qd_slice text = { line, (size_t)size - 1 };
        size_t tab = qd_slice_find_byte(text, '\t');
        assert_true(tab != SIZE_MAX);
        char *expected = qd_arena_string(arena, qd_slice_from(text, tab + 1));
        assert_slice(answer(arena, qd_slice_sub(text, 0, tab)), expected);
        qd_arena_destroy(arena);
        count++;
    }
    free(line);
    fclose(file);
    assert_true(count > 100);
}

TEST(analysis, normalize_keeps_one_term)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_error error;
    qd_error_init(&error, arena);
    struct qd_json_document document = { 0 };
    struct qd_analysis_registry *registry = NULL;
    struct qd_analysis_limits limits = { .max_ngram_diff = 1, .max_shingle_diff = 3 };
    assert_ok(
        qd_json_parse(arena,
                      QD_SLICE("{\"analyzer\":{\"a\":{\"tokenizer\":\"standard\",\"filter\":[\"lowercase\","
                               "\"asciifolding\",\"porter_stem\"]}}}"),
                      &document, &error));
    assert_ok(qd_analysis_create(arena, document.root, &limits, &registry, &error));
    const struct qd_analyzer *analyzer = qd_analysis_analyzer(registry, QD_SLICE("a"));
    assert_slice(qd_analyzer_normalize(analyzer, arena, QD_SLICE("Running \xC3\x89* b")), "running e* b");
    qd_arena_destroy(arena);
}

TEST(analysis, bad_bodies_name_the_place)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_error error;
    struct qd_json_document document = { 0 };
    qd_error_init(&error, arena);
    assert_ok(qd_json_parse(arena, QD_SLICE("{\"text\": \"x\", \"analyzer\": \"standard\", \"foo\": 1}"),
                            &document, &error));
    assert_int_equal(qd_analysis_check_body(&document, &error), QD_X_CONTENT_PARSE);
    assert_slice(error.reason, "[1:39] [analyze_request] unknown field [foo]");
    assert_ok(qd_json_parse(arena, QD_SLICE("{\"analyzer\": 1, \"text\": \"A\"}"), &document, &error));
    assert_int_equal(qd_analysis_check_body(&document, &error), QD_X_CONTENT_PARSE);
    assert_slice(error.reason,
                 "[1:14] [analyze_request] analyzer doesn't support values of type: VALUE_NUMBER");
    qd_arena_destroy(arena);
}
