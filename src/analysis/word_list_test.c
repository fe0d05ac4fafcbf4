#include "analysis/word_list.h"

#include "analysis/analysis.h"
#include "base/buffer.h"
#include "base/test.h"

/* Files in memory; directory "/c". */
static bool read_file(void *context, struct qd_arena *arena, struct qd_slice path, size_t size_max,
                      struct qd_slice *text)
{
    static const struct {
        const char *path;
        const char *text;
    } files[] = {
        { "/c/words.txt", "# comment\n  foo \r\n\r\n #x\nbar\n_english_\n" },
        { "/c/bad.txt", "\xFF\xFE\n" },
        { "/c/synonyms.txt", "# c\nfoo, bar\n" },
        { "/c/mappings.txt", "# c\na => b\n\nfoo, bar\n" },
    };
    (void)context;
    (void)arena;
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
        if (!qd_slice_is(path, files[i].path)) continue;
        *text = qd_slice_from_string(files[i].text);
        return text->size <= size_max;
    }
    return false;
}

/* The tokens of "foo bar the #x" through a filter, or the error. */
static struct qd_slice analyze(struct qd_arena *arena, const char *parts)
{
    struct qd_analysis_files files = { .directory = QD_SLICE("/c"), .read = read_file };
    struct qd_analysis_scope scope = { .files = &files, .max_token_count = 100 };
    struct qd_error error;
    struct qd_json_document document = { 0 };
    struct qd_buffer out = { 0 };
    qd_error_init(&error, arena);
    struct qd_slice body = qd_arena_format(
        arena, "{\"tokenizer\":\"whitespace\",\"text\":\"foo bar the #x\",%s}", parts);
    assert_ok(qd_json_parse(arena, body, &document, &error));
    if (qd_analysis_analyze(&scope, document.root, &out, &error) != QD_OK) {
        qd_buffer_deinit(&out);
        return error.reason;
    }
    struct qd_slice result = QD_SLICE("");
    assert_ok(qd_json_parse(arena, qd_buffer_view(&out), &document, &error));
    struct qd_json_iterator at = qd_json_iterate(qd_json_get(document.root, "tokens"));
    while (qd_json_next(&at)) {
        struct qd_slice token = qd_json_text(qd_json_get(at.value, "token"));
        result = qd_arena_format(arena, "%.*s%.*s ", QD_SLICE_ARG(result), QD_SLICE_ARG(token));
    }
    qd_buffer_deinit(&out);
    return result;
}

TEST(word_list, files_take_the_place_of_lists)
{
    struct qd_arena *arena = qd_arena_create(0);
    assert_slice(analyze(arena, "\"filter\":[{\"type\":\"stop\",\"stopwords_path\":\"words.txt\"}]"), "#x ");
    assert_slice(analyze(arena, "\"filter\":[{\"type\":\"keep\",\"keep_words_path\":\"words.txt\"}]"),
                 "foo bar ");
    assert_slice(analyze(arena, "\"filter\":[{\"type\":\"synonym\",\"synonyms_path\":\"/c/synonyms.txt\"}]"),
                 "foo bar bar foo the #x ");
    assert_slice(analyze(arena, "\"filter\":[{\"type\":\"stop\",\"stopwords_path\":\"words.txt\","
                                "\"stopwords\":\"the\"}]"),
                 "foo bar #x ");
    qd_arena_destroy(arena);
}

TEST(word_list, faults_of_files_are_the_references)
{
    struct qd_arena *arena = qd_arena_create(0);
    assert_slice(analyze(arena, "\"filter\":[{\"type\":\"stop\",\"stopwords_path\":\"none.txt\"}]"),
                 "IOException while reading stopwords_path: file not readable");
    assert_slice(analyze(arena, "\"filter\":[{\"type\":\"stop\",\"stopwords_path\":\"bad.txt\"}]"),
                 "Unsupported character encoding detected while reading stopwords_path: files must be UTF-8 "
                 "encoded");
    assert_slice(analyze(arena, "\"filter\":[{\"type\":\"stop\",\"stopwords_path\":\"../words.txt\"}]"),
                 "Resource path must be inside config directory: ../words.txt");
    assert_slice(analyze(arena, "\"filter\":[{\"type\":\"stop\",\"stopwords_path\":\"/d/words.txt\"}]"),
                 "Resource path must be inside config directory: /d/words.txt");
    assert_slice(analyze(arena, "\"filter\":[{\"type\":\"synonym\",\"synonyms_path\":\"none.txt\"}]"),
                 "IOException while reading synonyms_path_path: file not readable");
    assert_slice(analyze(arena, "\"filter\":[{\"type\":\"synonym\",\"synonyms_path\":\"bad.txt\"}]"),
                 "Failed to build synonyms");
    assert_slice(analyze(arena, "\"char_filter\":[{\"type\":\"mapping\","
                                "\"mappings_path\":\"mappings.txt\"}]"),
                 "Line [3]: Invalid mapping rule : [foo, bar]");
    qd_arena_destroy(arena);
}
