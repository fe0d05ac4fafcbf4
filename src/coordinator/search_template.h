/* Search templates: the request's body, and the search that a template makes.
 *
 * Used by coordinator/search_template.c for single searches and renderings, msearch.c for
 * several, and stored_scripts.c, which keeps templates.
 */
#ifndef QD_COORDINATOR_SEARCH_TEMPLATE_H
#define QD_COORDINATOR_SEARCH_TEMPLATE_H

#include "coordinator/search_run.h"

/* Stored scripts are customs of the cluster state with this in front of their ids. */
#define QD_STORED_SCRIPT_PREFIX "stored_script/"

/* A body as sent. */
struct qd_search_template {
    struct qd_slice text;         /* the template or the id of a stored one; data NULL: none */
    bool typed;                   /* one of source and id was given */
    bool stored;                  /* text is an id */
    const struct qd_json *params; /* an object, or NULL */
    bool explain, profile;        /* what the search shall do */
};

/* The text of a template that was sent as a string or an object, in `arena`. */
struct qd_slice qd_search_template_source(const struct qd_json *node, struct qd_arena *arena);

/* Reads a body. Errors: QD_X_CONTENT_PARSE for unknown fields and wrong types. */
QD_CHECKED enum qd_status qd_search_template_parse(const struct qd_json_document *body,
                                                   struct qd_arena *arena,
                                                   struct qd_search_template *template,
                                                   struct qd_error *error);

/* The text that a template gives, in `arena`. Errors: QD_RESOURCE_NOT_FOUND for an unknown id, those of
 * qd_mustache_compile and qd_mustache_render. */
QD_CHECKED enum qd_status qd_search_template_render(const struct qd_coordinator *coordinator,
                                                    const struct qd_search_template *template,
                                                    struct qd_arena *arena, struct qd_slice *text,
                                                    struct qd_error *error);

/* Makes the rendered text the body of `run` (coordinator, call and total_as_int are set). Errors: those of
 * parsing a search. */
QD_CHECKED enum qd_status qd_search_template_apply(const struct qd_search_template *template,
                                                   struct qd_slice text, struct qd_search_run *run,
                                                   struct qd_error *error);

#endif
