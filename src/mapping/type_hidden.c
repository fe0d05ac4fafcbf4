#include "mapping/type_hidden.h"

/* What the mapping of such a field prints; none of it can be set. */
static const struct qd_parameter parameters[] = {
    { .name = "boost", .kind = QD_PARAMETER_FLOAT, .default_integer = 1 },
    { .name = "index", .kind = QD_PARAMETER_BOOLEAN, .default_integer = 1 },
    { .name = "doc_values", .kind = QD_PARAMETER_BOOLEAN, .default_integer = 1 },
    { .name = "store", .kind = QD_PARAMETER_BOOLEAN },
    { .name = "meta", .kind = QD_PARAMETER_META },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static enum qd_status configure(struct qd_mapping_build *build, struct qd_field_mapper *mapper,
                                struct qd_error *error)
{
    (void)build, (void)mapper, (void)error;
    return QD_OK;
}

static enum qd_status parse(struct qd_parse_context *context, struct qd_field_mapper *mapper,
                            const struct qd_json *value, struct qd_error *error)
{
    (void)context, (void)mapper, (void)value;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "a hidden field takes no values");
}

static const struct qd_field_kind prefix_kind = { QD_FIELD_PREFIX, "prefix", parameters, COUNT(parameters),
                                                  configure,       parse,    false };
static const struct qd_field_kind phrase_kind = { QD_FIELD_PHRASE, "phrase", parameters, COUNT(parameters),
                                                  configure,       parse,    false };

static void set_flag(struct qd_field_mapper *hidden, size_t parameter, bool value)
{
    hidden->values[parameter].boolean = value;
    hidden->values[parameter].json = value ? QD_SLICE("true") : QD_SLICE("false");
}

static struct qd_field_mapper *make(struct qd_mapping_build *build, struct qd_field_mapper *owner,
                                    struct qd_slice suffix, const struct qd_field_kind *kind)
{
    struct qd_field_mapper *hidden = QD_NEW(build->arena, struct qd_field_mapper);
    hidden->base.kind = QD_MAPPER_FIELD;
    hidden->base.path = qd_path_join(build->arena, owner->base.path, suffix);
    hidden->base.name = hidden->base.path;
    hidden->kind = kind;
    hidden->slot = UINT32_MAX;
    hidden->owner = owner;
    qd_map_init(&hidden->multi_fields, build->arena);
    for (size_t i = 0; i < COUNT(parameters); i++) {
        qd_parameter_default(build, &parameters[i], &hidden->values[i]);
    }
    set_flag(hidden, 2, false);
    set_flag(hidden, 3, owner->field.stored);
    hidden->field = owner->field;
    hidden->field.name = hidden->base.path;
    hidden->field.type = kind->type;
    hidden->field.type_name = kind->name;
    hidden->field.boost = 1;
    hidden->field.fielddata = false;
    hidden->field.eager_global_ordinals = false;
    hidden->field.index_phrases = false;
    hidden->field.index_prefix_min = 0;
    hidden->field.index_prefix_max = 0;
    hidden->field.meta = NULL;
    return hidden;
}

void qd_hidden_fields_make(struct qd_mapping_build *build, struct qd_field_mapper *mapper)
{
    const struct qd_field *text = &mapper->field;
    mapper->prefix_field = NULL;
    mapper->phrase_field = NULL;
    if (text->index_prefix_max > 0) {
        mapper->prefix_field = make(build, mapper, QD_SLICE("_index_prefix"), &prefix_kind);
        struct qd_field *field = &mapper->prefix_field->field;
        if (text->index_options < QD_INDEX_POSITIONS) field->index_options = QD_INDEX_DOCS;
        field->has_norms = false;
        field->index_prefix_min = text->index_prefix_min;
        field->index_prefix_max = text->index_prefix_max;
        field->analyzer = qd_analyzer_of_prefixes(build->arena, text->analyzer, text->index_prefix_min,
                                                  text->index_prefix_max);
    }
    if (text->index_phrases) {
        mapper->phrase_field = make(build, mapper, QD_SLICE("_index_phrase"), &phrase_kind);
        struct qd_field *field = &mapper->phrase_field->field;
        field->index_options = QD_INDEX_POSITIONS;
        field->analyzer = qd_analyzer_of_pairs(build->arena, text->analyzer);
        field->position_increment_gap = qd_analyzer_position_increment_gap(field->analyzer);
    }
}

enum qd_status qd_hidden_field_add(struct qd_parse_context *context, struct qd_field_mapper *hidden,
                                   const struct qd_token_list *tokens, struct qd_error *error)
{
    if (hidden == NULL) return QD_OK;
    struct qd_token_list *list = qd_add_token_list(context, hidden);
    if (list == NULL) return QD_OK;
    *list = *tokens;
    return qd_analyzer_run_last(hidden->field.analyzer, context->arena, list, error);
}

void qd_hidden_field_store(struct qd_parse_context *context, struct qd_field_mapper *hidden,
                           struct qd_slice json)
{
    if (hidden != NULL && hidden->field.stored) qd_add_stored(context, hidden, json);
}
