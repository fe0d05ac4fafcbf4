#include "analysis/stemming.h"

#include <libstemmer.h>

/* libstemmer takes int lengths; longer terms cannot be indexed anyway. */
#define TERM_SIZE_MAX (1 << 20)

static enum qd_status run_snowball(const char *algorithm, struct qd_component_run *run)
{
    struct sb_stemmer *stemmer = sb_stemmer_new(algorithm, NULL);
    if (stemmer == NULL)
        return qd_error_set(run->error, QD_ILLEGAL_STATE, "no stemmer of the name [%s]", algorithm);
    for (size_t i = 0; i < run->tokens->count; i++) {
        struct qd_token *token = &run->tokens->data[i];
        if (token->keyword || token->term.size > TERM_SIZE_MAX) continue;
        const sb_symbol *stem =
            sb_stemmer_stem(stemmer, (const sb_symbol *)token->term.data, (int)token->term.size);
        if (stem == NULL) continue;
        struct qd_slice result = qd_slice_make(stem, (size_t)sb_stemmer_length(stemmer));
        if (qd_slice_starts_with(token->term, result)) token->term.size = result.size;
        else token->term = qd_arena_copy(run->arena, result);
    }
    sb_stemmer_delete(stemmer);
    return QD_OK;
}

enum qd_status qd_stemmer_run(const struct qd_stemmer *stemmer, struct qd_component_run *run)
{
    if (stemmer->snowball != NULL) return run_snowball(stemmer->snowball, run);
    for (size_t i = 0; i < run->tokens->count; i++) {
        struct qd_token *token = &run->tokens->data[i];
        if (!token->keyword) token->term = stemmer->stem(run->arena, token->term);
    }
    return QD_OK;
}

enum qd_status qd_stemmer_unknown(struct qd_slice language, struct qd_error *error)
{
    (void)qd_error_set(error, QD_ILLEGAL_ARGUMENT, "org.tartarus.snowball.ext.%.*sStemmer", QD_SLICE_ARG(language));
    if (error != NULL) error->type_override = "class_not_found_exception";
    return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT, "Invalid stemmer class specified: %.*s", QD_SLICE_ARG(language));
}
