#include "aggregation/query_rewrite.h"

/* Deeper queries are not looked into; parsing bounds them anyway. */
#define DEPTH_MAX 32

static bool is_one_of(struct qd_slice name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (qd_slice_is(name, names[i])) return true;
    }
    return false;
}

/* A field that is not mapped matches nothing; _index is known to match all or nothing. */
static bool field_is_decided(struct qd_slice name, const struct qd_mapping *mapping)
{
    return qd_slice_is(name, "_index") || qd_mapping_field(mapping, name) == NULL;
}

/* The field of {"term": {"field": ...}}: the member that is no option. */
static bool leaf_is_decided(const struct qd_json *body, const struct qd_mapping *mapping)
{
    struct qd_json_iterator at = qd_json_iterate(body);
    while (qd_json_next(&at)) {
        if (qd_slice_is(at.key, "boost") || qd_slice_is(at.key, "_name")) continue;
        return field_is_decided(at.key, mapping);
    }
    return false;
}

static bool is_rewritten(const struct qd_json *query, const struct qd_mapping *mapping, unsigned depth);

/* One query or several, in a clause of a compound. */
static bool clause_is_rewritten(const struct qd_json *clause, const struct qd_mapping *mapping,
                                unsigned depth)
{
    if (qd_json_is_object(clause)) return is_rewritten(clause, mapping, depth);
    if (!qd_json_is_array(clause)) return false;
    struct qd_json_iterator at = qd_json_iterate(clause);
    while (qd_json_next(&at)) {
        if (is_rewritten(at.value, mapping, depth)) return true;
    }
    return false;
}

static bool compound_is_rewritten(struct qd_slice kind, const struct qd_json *body,
                                  const struct qd_mapping *mapping, unsigned depth)
{
    static const char *const clauses[] = { "must", "filter", "must_not", "should", "queries" };
    struct qd_json_iterator at = qd_json_iterate(body);
    bool empty = true; /* a bool without clauses matches all */
    while (qd_json_next(&at)) {
        if (!is_one_of(at.key, clauses, sizeof(clauses) / sizeof(clauses[0]))) continue;
        empty = empty && qd_json_is_array(at.value) && qd_json_size(at.value) == 0;
        if (clause_is_rewritten(at.value, mapping, depth + 1)) return true;
    }
    return empty && qd_slice_is(kind, "bool");
}

static bool is_rewritten(const struct qd_json *query, const struct qd_mapping *mapping, unsigned depth)
{
    static const char *const leaves[] = { "term", "terms", "range", "prefix", "wildcard", "fuzzy" };
    static const char *const compounds[] = { "bool", "constant_score", "dis_max" };
    struct qd_json_iterator at = qd_json_iterate(query);
    if (depth > DEPTH_MAX || !qd_json_is_object(query) || !qd_json_next(&at)) return false;
    if (!qd_json_is_object(at.value)) return false;
    if (is_one_of(at.key, leaves, sizeof(leaves) / sizeof(leaves[0]))) {
        return leaf_is_decided(at.value, mapping);
    }
    if (qd_slice_is(at.key, "exists")) {
        const struct qd_json *field = qd_json_get(at.value, "field");
        return field != NULL && field_is_decided(qd_json_text(field), mapping);
    }
    if (is_one_of(at.key, compounds, sizeof(compounds) / sizeof(compounds[0]))) {
        return compound_is_rewritten(at.key, at.value, mapping, depth);
    }
    return false;
}

bool qd_query_is_rewritten(const struct qd_json *query, const struct qd_mapping *mapping)
{
    return is_rewritten(query, mapping, 0);
}
