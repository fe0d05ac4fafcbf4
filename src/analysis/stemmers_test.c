#include <stdio.h>
#include <stdlib.h>

#include "analysis/analysis.h"
#include "base/buffer.h"
#include "base/test.h"

/* The stems of a text's words, with spaces between; an empty stem is "-". */
static struct qd_slice stem(struct qd_arena *arena, struct qd_slice language, struct qd_slice words)
{
    struct qd_error error;
    struct qd_json_document document = { 0 };
    struct qd_analysis_registry *registry = NULL;
    struct qd_analysis_limits limits = { .max_ngram_diff = 1, .max_shingle_diff = 3 };
    struct qd_token_list tokens;
    struct qd_buffer out = { 0 };
    qd_error_init(&error, arena);
    struct qd_slice settings = qd_arena_format(
        arena,
        "{\"analyzer\":{\"a\":{\"tokenizer\":\"whitespace\",\"filter\":[\"f\"]}},"
        "\"filter\":{\"f\":{\"type\":\"stemmer\",\"language\":\"%.*s\"}}}",
        QD_SLICE_ARG(language));
    assert_ok(qd_json_parse(arena, settings, &document, &error));
    assert_ok(qd_analysis_create(arena, document.root, &limits, &registry, &error));
    assert_ok(
        qd_analyzer_run(qd_analysis_analyzer(registry, QD_SLICE("a")), arena, words, &tokens, &error));
    for (size_t i = 0; i < tokens.count; i++) {
        if (i > 0) qd_buffer_byte(&out, ' ');
        if (tokens.data[i].term.size == 0) qd_buffer_byte(&out, '-');
        else qd_buffer_slice(&out, tokens.data[i].term);
    }
    struct qd_slice result = qd_arena_copy(arena, qd_buffer_view(&out));
    qd_buffer_deinit(&out);
    return result;
}

/* Each line is a language, its words, and the stems that OpenSearch 3.8.0 gives them. */
TEST(stemmers, stems_as_recorded_from_the_reference)
{
    FILE *file = fopen("src/analysis/testdata/stems.tsv", "r");
    assert_non_null(file);
    char *line = NULL;
    size_t capacity = 0, count = 0;
    ssize_t size;
    while ((size = getline(&line, &capacity, file)) > 0) {
        struct qd_arena *arena = qd_arena_create(0);
        struct qd_slice text = { line, (size_t)size - 1 };
        size_t tab = qd_slice_find_byte(text, '\t');
        struct qd_slice rest = qd_slice_from(text, tab + 1);
        size_t second = qd_slice_find_byte(rest, '\t');
        struct qd_slice stems = stem(arena, qd_slice_sub(text, 0, tab), qd_slice_sub(rest, 0, second));
        assert_slice(stems, qd_arena_string(arena, qd_slice_from(rest, second + 1)));
        qd_arena_destroy(arena);
        count++;
    }
    free(line);
    fclose(file);
    assert_true(count >= 24);
}
