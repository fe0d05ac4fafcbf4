#include "analysis/registry.h"

#include "analysis/filters.h"
#include "analysis/recipe.h"
#include "analysis/tokenizers.h"
#include "base/assert.h"
#include "base/buffer.h"
#include "base/json_writer.h"

const char *qd_registry_type_name(enum qd_component_type type)
{
    switch (type) {
    case QD_COMPONENT_CHAR_FILTER: return "char_filter";
    case QD_COMPONENT_TOKENIZER: return "tokenizer";
    case QD_COMPONENT_FILTER: break;
    }
    return "filter";
}

enum qd_status qd_registry_component(const struct qd_registry_scope *scope, enum qd_component_type type,
                                     struct qd_slice name, const struct qd_analyzer *chain, bool *found,
                                     struct qd_component *component, struct qd_error *error)
{
    const struct qd_registry_entry *entry =
        scope->own ? qd_map_get(&scope->registry->components[type], name) : NULL;
    *found = true;
    if (entry != NULL && !entry->kind->needs_chain) {
        *component = entry->component;
    } else if (entry != NULL) {
        struct qd_component_settings settings = entry->settings;
        settings.arena = scope->arena;
        settings.chain = chain;
        settings.own = scope->own;
        settings.depth = scope->depth;
        QD_TRY(qd_component_create(entry->kind, &settings, component, error));
    } else {
        const struct qd_component_kind *kind = qd_component_find(type, name);
        *found = kind != NULL && !(kind->named_only && scope->own);
        if (!*found) return QD_OK;
        if (kind->named_only)
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                                "Analysis settings required - can't instantiate analysis factory");
        struct qd_component_settings settings = {
            .arena = scope->arena,
            .pairs = kind->prebuilt,
            .name = qd_slice_from_string(kind->name),
            .limits = &scope->registry->limits,
            .registry = scope->registry,
            .chain = chain,
            .prebuilt = true,
            .own = scope->own,
            .depth = scope->depth,
        };
        QD_TRY(qd_component_create(kind, &settings, component, error));
    }
    return component->kind->use == NULL ? QD_OK : component->kind->use(component->state, error);
}

/* Settings groups: every member must be an object. */
static enum qd_status check_group(const char *group, const struct qd_json *members, struct qd_error *error)
{
    struct qd_json_iterator at = qd_json_iterate(members);
    while (qd_json_next(&at)) {
        if (qd_json_is_object(at.value) || qd_json_is_null(at.value)) continue;
        return qd_error_set(error, QD_SETTINGS,
                            "Failed to get setting group for [index.analysis.%s.] setting prefix and setting "
                            "[index.analysis.%s.%.*s] because of a missing '.'",
                            group, group, QD_SLICE_ARG(at.key));
    }
    return QD_OK;
}

static enum qd_status add_component(struct qd_analysis_registry *registry, enum qd_component_type type,
                                    const struct qd_json_iterator *at, struct qd_error *error)
{
    const char *group = qd_registry_type_name(type);
    struct qd_slice type_name = qd_json_text(qd_json_get(at->value, "type"));
    if (type_name.size == 0)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "%s [%.*s] must specify either an analyzer type, or a tokenizer", group,
                            QD_SLICE_ARG(at->key));
    const struct qd_component_kind *kind = qd_component_find(type, type_name);
    if (kind == NULL)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Unknown %s type [%.*s] for [%.*s]", group,
                            QD_SLICE_ARG(type_name), QD_SLICE_ARG(at->key));
    struct qd_registry_entry *entry = QD_NEW(registry->arena, struct qd_registry_entry);
    entry->kind = kind;
    entry->settings = (struct qd_component_settings){
        .arena = registry->arena,
        .json = at->value,
        .name = at->key,
        .limits = &registry->limits,
        .registry = registry,
        .own = true,
    };
    if (kind->needs_chain) entry->component = (struct qd_component){ .kind = kind, .name = at->key };
    else QD_TRY(qd_component_create(kind, &entry->settings, &entry->component, error));
    qd_map_put(&registry->components[type], at->key, entry);
    return QD_OK;
}

static enum qd_status add_components(struct qd_analysis_registry *registry, const struct qd_json *settings,
                                     enum qd_component_type type, struct qd_error *error)
{
    const char *group = qd_registry_type_name(type);
    const struct qd_json *members = qd_json_get(settings, group);
    QD_TRY(check_group(group, members, error));
    struct qd_json_iterator at = qd_json_iterate(members);
    while (qd_json_next(&at))
        if (qd_json_size(at.value) > 0) QD_TRY(add_component(registry, type, &at, error));
    return QD_OK;
}

/* Adds the components that the list setting `key` names, in order. `kind_text` is "Analyzer" or "normalizer".
 */
static enum qd_status resolve_list(const struct qd_component_settings *settings, enum qd_component_type type,
                                   struct qd_analyzer *analyzer, const char *kind_text,
                                   struct qd_error *error)
{
    bool found;
    const char *group = qd_registry_type_name(type);
    struct qd_component_list names = qd_component_list(settings, group, &found);
    struct qd_component *components = QD_NEW_ARRAY(settings->arena, struct qd_component, names.count + 1);
    struct qd_registry_scope scope = { settings->registry, settings->arena, true, 0 };
    size_t *count = type == QD_COMPONENT_FILTER ? &analyzer->filter_count : &analyzer->char_filter_count;
    if (type == QD_COMPONENT_FILTER) analyzer->filters = components;
    else analyzer->char_filters = components;
    for (size_t i = 0; i < names.count; i++) {
        QD_TRY(qd_registry_component(&scope, type, names.items[i], analyzer, &found, &components[i], error));
        if (!found)
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                                "Custom %s [%.*s] failed to find %s under name [%.*s]", kind_text,
                                QD_SLICE_ARG(settings->name), group, QD_SLICE_ARG(names.items[i]));
        components[i].name = names.items[i];
        *count = i + 1;
    }
    return QD_OK;
}

static enum qd_status build_custom(const struct qd_component_settings *settings, struct qd_analyzer *analyzer,
                                   struct qd_error *error)
{
    bool found;
    struct qd_slice name = qd_component_text(settings, "tokenizer", &found);
    if (!found)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Custom Analyzer [%.*s] must be configured with a tokenizer",
                            QD_SLICE_ARG(settings->name));
    struct qd_registry_scope scope = { settings->registry, settings->arena, true, 0 };
    QD_TRY(qd_registry_component(&scope, QD_COMPONENT_TOKENIZER, name, NULL, &found, &analyzer->tokenizer,
                                 error));
    if (!found)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Custom Analyzer [%.*s] failed to find tokenizer under name [%.*s]",
                            QD_SLICE_ARG(settings->name), QD_SLICE_ARG(name));
    analyzer->tokenizer.name = name;
    analyzer->custom = true;
    QD_TRY(
        qd_component_int(settings, "position_increment_gap", 100, &analyzer->position_increment_gap, error));
    QD_TRY(resolve_list(settings, QD_COMPONENT_CHAR_FILTER, analyzer, "Analyzer", error));
    return resolve_list(settings, QD_COMPONENT_FILTER, analyzer, "Analyzer", error);
}

static const struct qd_recipe *find_recipe(struct qd_slice name)
{
    for (const struct qd_recipe *row = qd_recipe_table; row->name != NULL; row++)
        if (qd_slice_is(name, row->name)) return row;
    return NULL;
}

static enum qd_status build_analyzer(struct qd_component_settings *settings, const struct qd_recipe *recipe,
                                     struct qd_analyzer *analyzer, struct qd_error *error)
{
    analyzer->name = settings->name;
    analyzer->position_increment_gap = 100;
    return recipe == NULL ? build_custom(settings, analyzer, error)
                          : qd_recipe_build(recipe, settings, analyzer, error);
}

/* Analyzers that could not be built: their names and the errors as JSON. */
struct failures {
    struct qd_buffer names;
    struct qd_buffer suppressed;
};

static void write_error(struct qd_json_writer *writer, const struct qd_error *error, struct qd_slice prefix)
{
    qd_json_begin_object(writer);
    const char *type = error->type_override != NULL ? error->type_override : qd_status_type(error->status);
    qd_json_member_text(writer, "type", prefix.size > 0 ? "illegal_argument_exception" : type);
    struct qd_slice reason = error->reason;
    if (prefix.size > 0)
        reason = qd_arena_format(error->arena, "[%.*s] %.*s", QD_SLICE_ARG(prefix),
                                 QD_SLICE_ARG(error->reason));
    qd_json_member_string(writer, "reason", reason);
    const struct qd_error *cause = prefix.size > 0 ? error : error->cause;
    if (cause != NULL) {
        qd_json_name(writer, "caused_by");
        write_error(writer, cause, QD_SLICE(""));
    }
    qd_json_end_object(writer);
}

static void record_failure(struct failures *failures, struct qd_slice name, const struct qd_error *error)
{
    if (failures->names.size > 0) {
        qd_buffer_text(&failures->names, ", ");
        qd_buffer_byte(&failures->suppressed, ',');
    }
    qd_buffer_slice(&failures->names, name);
    struct qd_json_writer writer = { .out = &failures->suppressed };
    if (error != NULL && error->arena != NULL) write_error(&writer, error, name);
}

static enum qd_status report_failures(struct failures *failures, struct qd_error *error)
{
    enum qd_status status = QD_OK;
    if (failures->names.size > 0) {
        status = qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Failed to build analyzers: [%.*s]",
                              QD_SLICE_ARG(qd_buffer_view(&failures->names)));
        struct qd_buffer array = { 0 };
        qd_buffer_byte(&array, '[');
        qd_buffer_slice(&array, qd_buffer_view(&failures->suppressed));
        qd_buffer_byte(&array, ']');
        if (error != NULL && error->arena != NULL) {
            qd_error_add_raw(error, "suppressed", qd_buffer_view(&array));
        }
        qd_buffer_deinit(&array);
    }
    qd_buffer_deinit(&failures->names);
    qd_buffer_deinit(&failures->suppressed);
    return status;
}

/* Finds what an analyzer's settings ask for: *recipe is NULL for a custom one. */
static enum qd_status analyzer_type(const struct qd_json_iterator *at, const struct qd_recipe **recipe,
                                    struct qd_error *error)
{
    if (at->key.size > 0 && at->key.data[0] == '_')
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "analyzer name must not start with '_'. got \"%.*s\"",
                            QD_SLICE_ARG(at->key));
    struct qd_slice type = qd_json_text(qd_json_get(at->value, "type"));
    *recipe = NULL;
    if (type.size == 0 && qd_json_get(at->value, "tokenizer") == NULL)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "analyzer [%.*s] must specify either an analyzer type, or a tokenizer",
                            QD_SLICE_ARG(at->key));
    if (type.size == 0 || qd_slice_is(type, "custom")) return QD_OK;
    *recipe = find_recipe(type);
    if (*recipe != NULL) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Unknown analyzer type [%.*s] for [%.*s]",
                        QD_SLICE_ARG(type), QD_SLICE_ARG(at->key));
}

static enum qd_status add_analyzers(struct qd_analysis_registry *registry, const struct qd_json *settings,
                                    struct qd_error *error)
{
    const struct qd_json *members = qd_json_get(settings, "analyzer");
    const struct qd_recipe *recipe;
    QD_TRY(check_group("analyzer", members, error));
    struct qd_json_iterator at = qd_json_iterate(members);
    while (qd_json_next(&at))
        if (qd_json_size(at.value) > 0) QD_TRY(analyzer_type(&at, &recipe, error));
    struct failures failures = { 0 };
    at = qd_json_iterate(members);
    while (qd_json_next(&at)) {
        if (qd_json_size(at.value) == 0) continue;
        if (analyzer_type(&at, &recipe, error) != QD_OK) break;
        struct qd_analyzer *analyzer = QD_NEW(registry->arena, struct qd_analyzer);
        struct qd_component_settings own = {
            .arena = registry->arena,
            .json = at.value,
            .name = at.key,
            .limits = &registry->limits,
            .registry = registry,
        };
        enum qd_status status = build_analyzer(&own, recipe, analyzer, error);
        /* The reference makes the analyzers of a type before it puts custom ones together. */
        if (status != QD_OK && recipe != NULL) {
            qd_buffer_deinit(&failures.names);
            qd_buffer_deinit(&failures.suppressed);
            return status;
        }
        if (status != QD_OK) record_failure(&failures, at.key, error);
        else qd_map_put(&registry->analyzers, at.key, analyzer);
    }
    return report_failures(&failures, error);
}

static enum qd_status build_normalizer(const struct qd_component_settings *settings,
                                       struct qd_analyzer *normalizer, struct qd_error *error)
{
    normalizer->name = settings->name;
    normalizer->tokenizer = (struct qd_component){ .kind = &qd_tokenizer_keyword,
                                                   .name = QD_SLICE("keyword") };
    normalizer->custom = true;
    if (qd_json_get(settings->json, "tokenizer") != NULL)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Custom normalizer [%.*s] cannot configure a tokenizer",
                            QD_SLICE_ARG(settings->name));
    QD_TRY(resolve_list(settings, QD_COMPONENT_CHAR_FILTER, normalizer, "normalizer", error));
    for (size_t i = 0; i < normalizer->char_filter_count; i++)
        if (!normalizer->char_filters[i].kind->normalizes)
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                                "Custom normalizer [%.*s] may not use char filter [%.*s]",
                                QD_SLICE_ARG(settings->name), QD_SLICE_ARG(normalizer->char_filters[i].name));
    QD_TRY(resolve_list(settings, QD_COMPONENT_FILTER, normalizer, "Analyzer", error));
    for (size_t i = 0; i < normalizer->filter_count; i++)
        if (!normalizer->filters[i].kind->normalizes)
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                                "Custom normalizer [%.*s] may not use filter [%.*s]",
                                QD_SLICE_ARG(settings->name), QD_SLICE_ARG(normalizer->filters[i].name));
    return QD_OK;
}

static enum qd_status add_normalizers(struct qd_analysis_registry *registry, const struct qd_json *settings,
                                      struct qd_error *error)
{
    const struct qd_json *members = qd_json_get(settings, "normalizer");
    QD_TRY(check_group("normalizer", members, error));
    struct qd_json_iterator at = qd_json_iterate(members);
    while (qd_json_next(&at)) {
        /* An empty group is no setting at all. */
        if (qd_json_size(at.value) == 0) continue;
        struct qd_slice type = qd_json_text(qd_json_get(at.value, "type"));
        if (type.size > 0 && !qd_slice_is(type, "custom"))
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Unknown normalizer type [%.*s] for [%.*s]",
                                QD_SLICE_ARG(type), QD_SLICE_ARG(at.key));
        struct qd_analyzer *normalizer = QD_NEW(registry->arena, struct qd_analyzer);
        struct qd_component_settings own = {
            .arena = registry->arena,
            .json = at.value,
            .name = at.key,
            .limits = &registry->limits,
            .registry = registry,
        };
        QD_TRY(build_normalizer(&own, normalizer, error));
        qd_map_put(&registry->normalizers, at.key, normalizer);
    }
    return QD_OK;
}

static enum qd_status add_prebuilt(struct qd_analysis_registry *registry, struct qd_error *error)
{
    for (const struct qd_recipe *row = qd_recipe_table; row->name != NULL; row++) {
        struct qd_analyzer *analyzer = QD_NEW(registry->arena, struct qd_analyzer);
        analyzer->prebuilt = true;
        struct qd_component_settings own = {
            .arena = registry->arena,
            .name = qd_slice_from_string(row->name),
            .limits = &registry->limits,
            .registry = registry,
            .prebuilt = true,
        };
        QD_TRY(build_analyzer(&own, row, analyzer, error));
        qd_map_put(&registry->analyzers, own.name, analyzer);
    }
    struct qd_analyzer *lowercase = QD_NEW(registry->arena, struct qd_analyzer);
    struct qd_component *filter = QD_NEW(registry->arena, struct qd_component);
    struct qd_component_settings own = { .arena = registry->arena, .name = QD_SLICE("lowercase") };
    QD_TRY(qd_component_create(&qd_filter_lowercase, &own, filter, error));
    lowercase->name = own.name;
    lowercase->tokenizer = (struct qd_component){ .kind = &qd_tokenizer_keyword,
                                                  .name = QD_SLICE("keyword") };
    lowercase->filters = filter;
    lowercase->filter_count = 1;
    lowercase->prebuilt = true;
    qd_map_put(&registry->normalizers, own.name, lowercase);
    return QD_OK;
}

enum qd_status qd_analysis_create(struct qd_arena *arena, const struct qd_json *settings,
                                  const struct qd_analysis_limits *limits, struct qd_analysis_registry **out,
                                  struct qd_error *error)
{
    struct qd_analysis_registry *registry = QD_NEW(arena, struct qd_analysis_registry);
    registry->arena = arena;
    registry->limits = *limits;
    if (limits->files != NULL) {
        struct qd_analysis_files *files = QD_NEW(arena, struct qd_analysis_files);
        *files = *limits->files;
        registry->limits.files = files;
    }
    for (size_t i = 0; i < 3; i++) qd_map_init(&registry->components[i], arena);
    qd_map_init(&registry->analyzers, arena);
    qd_map_init(&registry->normalizers, arena);
    QD_TRY(add_prebuilt(registry, error));
    QD_TRY(add_components(registry, settings, QD_COMPONENT_CHAR_FILTER, error));
    QD_TRY(add_components(registry, settings, QD_COMPONENT_TOKENIZER, error));
    QD_TRY(add_components(registry, settings, QD_COMPONENT_FILTER, error));
    QD_TRY(add_normalizers(registry, settings, error));
    QD_TRY(add_analyzers(registry, settings, error));
    *out = registry;
    return QD_OK;
}

const struct qd_analyzer *qd_analysis_analyzer(const struct qd_analysis_registry *registry,
                                               struct qd_slice name)
{
    if (qd_slice_is(name, "default")) return qd_analysis_default(registry);
    return qd_map_get(&registry->analyzers, name);
}

const struct qd_analyzer *qd_analysis_default(const struct qd_analysis_registry *registry)
{
    const struct qd_analyzer *analyzer = qd_map_get(&registry->analyzers, QD_SLICE("default"));
    return analyzer != NULL ? analyzer : qd_map_get(&registry->analyzers, QD_SLICE("standard"));
}

const struct qd_analyzer *qd_analysis_default_search(const struct qd_analysis_registry *registry)
{
    const struct qd_analyzer *analyzer = qd_map_get(&registry->analyzers, QD_SLICE("default_search"));
    return analyzer != NULL ? analyzer : qd_analysis_default(registry);
}

const struct qd_analyzer *qd_analysis_normalizer(const struct qd_analysis_registry *registry,
                                                 struct qd_slice name)
{
    return qd_map_get(&registry->normalizers, name);
}
