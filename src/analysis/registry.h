/* The components of one index, by name.
 *
 * Used inside src/analysis only.
 */
#ifndef QD_ANALYSIS_REGISTRY_H
#define QD_ANALYSIS_REGISTRY_H

#include "analysis/analyzer.h"
#include "base/map.h"

/* A component that the index's settings define. */
struct qd_registry_entry {
    const struct qd_component_kind *kind;
    struct qd_component_settings settings; /* what it was created from */
    struct qd_component component;
};

struct qd_analysis_registry {
    struct qd_arena *arena;
    struct qd_analysis_limits limits;
    struct qd_map components[3]; /* by qd_component_type: name to struct qd_registry_entry */
    struct qd_map analyzers;     /* name to struct qd_analyzer; the index's own and the prebuilt ones */
    struct qd_map normalizers;   /* name to struct qd_analyzer */
};

/* Where components are looked for and made: the registry may be the index's; `arena` holds what is made. */
struct qd_registry_scope {
    const struct qd_analysis_registry *registry;
    struct qd_arena *arena;
    bool own; /* the index's own components are known */
    unsigned depth; /* of filters that are made of filters */
};

/* The component named `name`: the registry's own or a prebuilt one. *found is false when there is none.
 * `chain` is what stands before it. Errors: of the kind. */
QD_CHECKED enum qd_status qd_registry_component(const struct qd_registry_scope *scope,
                                                enum qd_component_type type, struct qd_slice name,
                                                const struct qd_analyzer *chain, bool *found,
                                                struct qd_component *component, struct qd_error *error);

/* "char_filter", "tokenizer" or "filter". */
const char *qd_registry_type_name(enum qd_component_type type);

#endif
