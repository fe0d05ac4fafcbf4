/* Runs of letters, as Lucene's LetterTokenizer; `lowercase` gives them in lower case. */
#include "analysis/codepoint.h"
#include "analysis/component.h"
#include "analysis/filters.h"
#include "analysis/tokenizers.h"
#include "analysis/tokenizer_char.h"
#include "analysis/unicode_table.h"

static bool is_letter(const void *data, uint32_t cp)
{
    (void)data;
    return qd_unicode_is_letter(cp);
}

static enum qd_status run_letter(const void *data, struct qd_component_run *run)
{
    (void)data;
    qd_tokenizer_char_run(run, QD_TOKENIZER_CHAR_MAX, is_letter, NULL);
    return QD_OK;
}

static enum qd_status run_lowercase(const void *data, struct qd_component_run *run)
{
    (void)data;
    qd_tokenizer_char_run(run, QD_TOKENIZER_CHAR_MAX, is_letter, NULL);
    for (size_t i = 0; i < run->tokens->count; i++)
        run->tokens->data[i].term = qd_filter_lowercase_term(run->arena, run->tokens->data[i].term);
    return QD_OK;
}

const struct qd_component_kind qd_tokenizer_letter = { .name = "letter", .run = run_letter };
const struct qd_component_kind qd_tokenizer_lowercase = { .name = "lowercase", .run = run_lowercase };
