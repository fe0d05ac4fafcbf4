/* The parts that analyzers are made of: char filters, tokenizers and token filters, and how they read
 * settings.
 *
 * Used inside src/analysis only. One kind is one file and one row of component_table.c. A component is
 * created once from its settings (immutable afterwards, in the registry's arena) and run for every text.
 */
#ifndef QD_ANALYSIS_COMPONENT_H
#define QD_ANALYSIS_COMPONENT_H

#include "analysis/analysis.h"

/* A setting given by a table instead of by a user. */
struct qd_component_pair {
    const char *key;   /* "language" */
    const char *value; /* "english" */
};

/* What a component is created from. */
struct qd_component_settings {
    struct qd_arena *arena;                   /* the registry's; states live in it */
    const struct qd_json *json;               /* the user's settings object, or NULL */
    const struct qd_component_pair *pairs;    /* further settings, ended by a NULL key; or NULL */
    struct qd_slice name;                     /* the component's name, for messages */
    const struct qd_analysis_limits *limits;  /* never NULL */
    const struct qd_analysis_registry *registry; /* other components; may be only partly built */
    const struct qd_analyzer *chain; /* what stands before this filter in its analyzer, or NULL (synonyms) */
    bool prebuilt;                            /* created by name without settings */
    unsigned depth;                           /* filters of filters: how deep this one is */
    bool own;                                 /* for an index, whose own components are known */
};

/* Where a char filter moved text: from `output` on (bytes of the filtered text) an offset is `shift` more. */
struct qd_offset_shift {
    uint32_t output; /* first byte of the filtered text that it holds for */
    int64_t shift;   /* original offset minus filtered offset */
};

/* The shifts of one char filter, ascending by output. */
QD_VECTOR_TYPE(qd_offset_map, struct qd_offset_shift);

/* A text on its way through the char filters. */
struct qd_filtered_text {
    struct qd_slice text;       /* after the filters so far */
    struct qd_offset_map *maps; /* maps[map_count], first filter first */
    size_t map_count;
    struct qd_slice original; /* before all filters */
};

/* One run of a component. */
struct qd_component_run {
    struct qd_arena *arena;       /* of the run */
    struct qd_slice text;         /* what a tokenizer reads */
    struct qd_slice original;     /* before char filters: what offsets point into */
    struct qd_token_list *tokens; /* filled by tokenizers, rewritten by filters */
    struct qd_error *error;       /* may be NULL */
};

enum qd_component_type { QD_COMPONENT_CHAR_FILTER, QD_COMPONENT_TOKENIZER, QD_COMPONENT_FILTER };

/* One kind of component: a row of component_table.c. */
struct qd_component_kind {
    const char *name; /* setting "type" */
    /* Reads settings into *state; NULL when there are none. Errors: the reference's. */
    enum qd_status (*create)(const struct qd_component_settings *settings, void **state,
                             struct qd_error *error);
    /* Tokenizers and filters. */
    enum qd_status (*run)(const void *state, struct qd_component_run *run);
    /* Char filters: gives the new text and its shifts. */
    enum qd_status (*filter)(const void *state, struct qd_arena *arena, struct qd_slice in,
                             struct qd_slice *out, struct qd_offset_map *map);
    /* Checks that come only when an analyzer uses the component; NULL: none. */
    enum qd_status (*use)(const void *state, struct qd_error *error);
    /* True when explain shows the keyword attribute after this filter; NULL: it does not. */
    bool (*keyword)(const void *state);
    /* True when what becomes of a token follows from its term and its keyword attribute alone, and is one
     * token with another term or attribute, or none; NULL: it does not (word_memo.h). */
    bool (*by_word)(const void *state);
    bool normalizes;                             /* may stand in a normalizer */
    bool needs_chain;                            /* created anew for every analyzer, with settings->chain */
    bool no_synonyms;                            /* synonyms may not be parsed through it */
    bool skip_synonyms;                          /* left out when synonyms are parsed */
    bool no_frequency;                           /* explain shows no term frequency of its tokens */
    bool named_only;                             /* needs settings: not known by its bare name */
    const struct qd_component_pair *prebuilt;    /* settings when it is asked for by its bare name, or NULL */
};

/* A created component. */
struct qd_component {
    const struct qd_component_kind *kind;
    const void *state;    /* what create made */
    struct qd_slice name; /* under which it was asked for */
};

/* The kinds of a type, ended by NULL. */
const struct qd_component_kind *const *qd_component_table(enum qd_component_type type);

/* The kind named `name`, or NULL. */
const struct qd_component_kind *qd_component_find(enum qd_component_type type, struct qd_slice name);

/* Creates a component of `kind`. Errors: of the kind. */
QD_CHECKED enum qd_status qd_component_create(const struct qd_component_kind *kind,
                                              const struct qd_component_settings *settings,
                                              struct qd_component *component, struct qd_error *error);

/* The text of a setting, or the empty slice with *found false. Memory: the settings'. */
struct qd_slice qd_component_text(const struct qd_component_settings *settings, const char *key, bool *found);

/* Settings with defaults. Errors: the reference's for values that are not numbers or booleans. */
QD_CHECKED enum qd_status qd_component_int(const struct qd_component_settings *settings, const char *key,
                                           int32_t fallback, int32_t *value, struct qd_error *error);
QD_CHECKED enum qd_status qd_component_bool(const struct qd_component_settings *settings, const char *key,
                                            bool fallback, bool *value, struct qd_error *error);

/* A list setting: an array, or text split at commas. *found is false when it is not set. Memory: the arena.
 */
struct qd_component_list {
    struct qd_slice *items; /* items[count] */
    size_t count;
};
struct qd_component_list qd_component_list(const struct qd_component_settings *settings, const char *key,
                                           bool *found);

/* For the row of a filter that always works with the keyword attribute. */
bool qd_component_keyword(const void *state);

/* For the row of a filter that always looks at one word at a time. */
bool qd_component_by_word(const void *state);

/* Appends a token with position increment and length 1. Valid until the next push. */
static inline struct qd_token *qd_component_push(struct qd_arena *arena, struct qd_token_list *tokens)
{
    if (tokens->count == tokens->capacity) {
        size_t wanted = tokens->capacity == 0 ? 4 : tokens->capacity * 2;
        tokens->data = qd_arena_grow(arena, tokens->data, tokens->capacity * sizeof(*tokens->data),
                                     wanted * sizeof(*tokens->data));
        tokens->capacity = wanted;
    }
    struct qd_token *token = &tokens->data[tokens->count++];
    *token = (struct qd_token){ .position_increment = 1, .position_length = 1 };
    return token;
}

/* The result of a filter takes the place of its input; holes at the end stay. */
static inline void qd_component_replace(struct qd_token_list *tokens, const struct qd_token_list *result)
{
    tokens->data = result->data;
    tokens->count = result->count;
    tokens->capacity = result->capacity;
}

/* Appends a token of the tokenizer: bytes [start, end) of run->text. */
static inline struct qd_token *qd_component_emit(struct qd_component_run *run, size_t start, size_t end,
                                                 const char *type)
{
    struct qd_token *token = qd_component_push(run->arena, run->tokens);
    token->term = (struct qd_slice){ run->text.data + start, end - start };
    token->start_offset = (uint32_t)start;
    token->end_offset = (uint32_t)end;
    token->type = type;
    return token;
}

/* The offset in the text before a char filter of an offset after it. */
uint32_t qd_offset_map_correct(const struct qd_offset_map *map, uint32_t offset);

#endif
