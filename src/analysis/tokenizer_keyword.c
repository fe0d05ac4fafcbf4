/* The whole text as one token, as Lucene's KeywordTokenizer. */
#include "analysis/component.h"
#include "analysis/tokenizers.h"

struct state {
    int32_t buffer_size; /* only checked: the text is already in memory */
};

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    QD_TRY(qd_component_int(settings, "buffer_size", 256, &state->buffer_size, error));
    *out = state;
    return QD_OK;
}

static enum qd_status use(const void *data, struct qd_error *error)
{
    const struct state *state = data;
    if (state->buffer_size > 0 && state->buffer_size <= 1024 * 1024) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "maxTokenLen must be greater than 0 and less than %d passed: %d", 1024 * 1024,
                        state->buffer_size);
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    (void)data;
    (void)qd_component_emit(run, 0, run->text.size, "word");
    return QD_OK;
}

const struct qd_component_kind qd_tokenizer_keyword = {
    .name = "keyword", .create = create, .use = use, .run = run,
};
