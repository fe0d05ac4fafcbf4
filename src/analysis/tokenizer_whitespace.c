/* Words between white space, as Lucene's WhitespaceTokenizer. */
#include "analysis/component.h"
#include "analysis/tokenizer_char.h"
#include "analysis/tokenizers.h"
#include "analysis/unicode_table.h"

#define MAX_TOKEN_LENGTH_LIMIT (1024 * 1024)

struct state {
    int32_t max_token_length; /* UTF-16 units */
};

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    QD_TRY(qd_component_int(settings, "max_token_length", QD_TOKENIZER_CHAR_MAX, &state->max_token_length,
                            error));
    *out = state;
    return QD_OK;
}

static enum qd_status use(const void *data, struct qd_error *error)
{
    const struct state *state = data;
    if (state->max_token_length > 0 && state->max_token_length <= MAX_TOKEN_LENGTH_LIMIT) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "maxTokenLen must be greater than 0 and less than %d passed: %d",
                        MAX_TOKEN_LENGTH_LIMIT, state->max_token_length);
}

static bool inside(const void *data, uint32_t cp)
{
    (void)data;
    return !qd_unicode_is_whitespace(cp);
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    const struct state *state = data;
    qd_tokenizer_char_run(run, state->max_token_length, inside, NULL);
    return QD_OK;
}

const struct qd_component_kind qd_tokenizer_whitespace = {
    .name = "whitespace", .create = create, .use = use, .run = run,
};
