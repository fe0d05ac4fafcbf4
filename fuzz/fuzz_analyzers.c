/* Text and settings from outside: whatever they are, tokens stay inside the text and do not grow without
 * bound. */
#include <stdlib.h>

#include "analysis/analysis.h"
#include "base/assert.h"
#include "base/buffer.h"

/* Parts that are tried; the first bytes of the input choose among them. */
static const char *const tokenizers[] = {
    "\"standard\"",
    "\"whitespace\"",
    "\"letter\"",
    "\"keyword\"",
    "\"ngram\"",
    "\"edge_ngram\"",
    "\"path_hierarchy\"",
    "\"pattern\"",
    "{\"type\":\"char_group\",\"tokenize_on_chars\":[\"whitespace\",\"-\"]}",
    "{\"type\":\"path_hierarchy\",\"reverse\":true,\"skip\":1}",
    "{\"type\":\"path_hierarchy\",\"skip\":2,\"replacement\":\"-\"}",
    "{\"type\":\"standard\",\"max_token_length\":3}",
    "\"uax_url_email\"",
    "{\"type\":\"uax_url_email\",\"max_token_length\":9}",
    "{\"type\":\"simple_pattern\",\"pattern\":\"a+b?|[0-9]+\"}",
    "{\"type\":\"simple_pattern_split\",\"pattern\":\"[ ,]+|a\"}",
};
static const char *const filters[] = {
    "\"lowercase\"",
    "\"uppercase\"",
    "{\"type\":\"lowercase\",\"language\":\"turkish\"}",
    "{\"type\":\"lowercase\",\"language\":\"greek\"}",
    "{\"type\":\"lowercase\",\"language\":\"irish\"}",
    "{\"type\":\"asciifolding\",\"preserve_original\":true}",
    "\"stop\"",
    "\"porter_stem\"",
    "\"snowball\"",
    "\"shingle\"",
    "\"ngram\"",
    "\"edge_ngram\"",
    "{\"type\":\"word_delimiter\",\"catenate_all\":true,\"preserve_original\":true}",
    ("{\"type\":\"word_delimiter_graph\",\"catenate_all\":true,\"catenate_words\":true,"
     "\"preserve_original\":true}"),
    "{\"type\":\"synonym\",\"synonyms\":[\"a,b c\",\"d e => f g h\"]}",
    "{\"type\":\"synonym_graph\",\"synonyms\":[\"a,b c\",\"d e => f g h\"]}",
    "\"trim\"",
    "\"truncate\"",
    "\"unique\"",
    "\"reverse\"",
    "\"elision\"",
    "\"apostrophe\"",
    "\"fingerprint\"",
    "\"decimal_digit\"",
    "\"keyword_repeat\"",
    "\"cjk_bigram\"",
    "{\"type\":\"cjk_bigram\",\"output_unigrams\":true}",
    "\"cjk_width\"",
    "\"bengali_normalization\"",
    "\"hindi_normalization\"",
    "\"indic_normalization\"",
    "\"sorani_normalization\"",
    "\"german_normalization\"",
    "\"scandinavian_folding\"",
    "{\"type\":\"common_grams\",\"common_words\":[\"a\",\"the\"]}",
    "{\"type\":\"common_grams\",\"common_words\":[\"a\",\"the\"],\"query_mode\":true}",
    "{\"type\":\"dictionary_decompounder\",\"word_list\":[\"a\",\"ab\",\"cd\"],\"min_subword_size\":1}",
    "{\"type\":\"pattern_capture\",\"patterns\":[\"(a.)(b)?\",\"(.)\"]}",
    "{\"type\":\"multiplexer\",\"filters\":[\"lowercase, reverse\",\"stop\"]}",
    "\"delimited_payload\"",
    "{\"type\":\"stemmer_override\",\"rules\":[\"a, b => c\"]}",
    "{\"type\":\"stemmer\",\"language\":\"light_french\"}",
    "{\"type\":\"stemmer\",\"language\":\"light_finnish\"}",
    "{\"type\":\"stemmer\",\"language\":\"light_hungarian\"}",
    "{\"type\":\"stemmer\",\"language\":\"indonesian\"}",
    "{\"type\":\"stemmer\",\"language\":\"arabic\"}",
    "{\"type\":\"stemmer\",\"language\":\"latvian\"}",
    "{\"type\":\"stemmer\",\"language\":\"czech\"}",
    "{\"type\":\"stemmer\",\"language\":\"bulgarian\"}",
    "{\"type\":\"pattern_replace\",\"pattern\":\"[aeiou]+\",\"replacement\":\"<$0>\"}",
};
static const char *const char_filters[] = {
    "",
    "\"html_strip\"",
    "{\"type\":\"mapping\",\"mappings\":[\"a => bcd\",\"bc => x\"]}",
    "{\"type\":\"pattern_replace\",\"pattern\":\"([a-c])x\",\"replacement\":\"$1$1$1\"}",
};
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_tokens(const struct qd_token_list *tokens, size_t text_size)
{
    for (size_t i = 0; i < tokens->count; i++) {
        const struct qd_token *token = &tokens->data[i];
        qd_assert(token->start_offset <= token->end_offset);
        qd_assert(token->end_offset <= text_size);
        qd_assert(token->position_length >= 1);
    }
    qd_assert(tokens->final_offset <= text_size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 4 || size > 4096) return 0;
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_error error;
    qd_error_init(&error, arena);
    const char *first = filters[data[2] % COUNT(filters)], *second = filters[data[3] % COUNT(filters)];
    struct qd_slice json = qd_arena_format(
        arena,
        "{\"analyzer\":{\"a\":{\"tokenizer\":\"t\",\"filter\":[\"f\",\"g\"],\"char_filter\":[%s]}},"
        "\"tokenizer\":{\"t\":%s},\"filter\":{\"f\":%s,\"g\":%s},\"char_filter\":{\"c\":%s}}",
        data[1] % COUNT(char_filters) == 0 ? "" : "\"c\"", tokenizers[data[0] % COUNT(tokenizers)], first,
        second, data[1] % COUNT(char_filters) == 0 ? "null" : char_filters[data[1] % COUNT(char_filters)]);
    /* A bare name stands for its type. */
    struct qd_buffer text = { 0 };
    for (size_t i = 0; i < json.size; i++) {
        bool value = i > 0 && json.data[i] == '"' && json.data[i - 1] == ':' && json.data[i + 1] != '"';
        bool group = value && (i < 5 || memcmp(json.data + i - 4, "\"t\":", 4) == 0 ||
                               memcmp(json.data + i - 4, "\"f\":", 4) == 0 ||
                               memcmp(json.data + i - 4, "\"g\":", 4) == 0 ||
                               memcmp(json.data + i - 4, "\"c\":", 4) == 0);
        if (!group) {
            qd_buffer_byte(&text, (uint8_t)json.data[i]);
            continue;
        }
        size_t end = i + 1;
        while (json.data[end] != '"') end++;
        qd_buffer_format(&text, "{\"type\":%.*s}", (int)(end + 1 - i), json.data + i);
        i = end;
    }
    struct qd_json_document document = { 0 };
    struct qd_analysis_registry *registry = NULL;
    struct qd_analysis_limits limits = { .max_ngram_diff = 1, .max_shingle_diff = 3 };
    struct qd_slice input = { (const char *)data + 4, size - 4 };
    bool ready = qd_json_parse(arena, qd_buffer_view(&text), &document, &error) == QD_OK &&
                 qd_analysis_create(arena, document.root, &limits, &registry, &error) == QD_OK;
    qd_buffer_deinit(&text);
    if (ready) {
        const struct qd_analyzer *analyzer = qd_analysis_analyzer(registry, QD_SLICE("a"));
        struct qd_token_list tokens;
        if (qd_analyzer_run(analyzer, arena, input, &tokens, &error) == QD_OK) {
            check_tokens(&tokens, input.size);
        }
        struct qd_slice normal = qd_analyzer_normalize(analyzer, arena, input);
        qd_assert(normal.size <= 64 * input.size + 64);
    }
    qd_arena_destroy(arena);
    return 0;
}
