#include "rest/route.h"

#include "base/assert.h"

/* One part of a path. A node has literal children and at most one parameter child. */
struct node {
    struct qd_map literals;              /* text -> struct node * */
    struct node *parameter;              /* NULL: none */
    const struct qd_route *routes[QD_HTTP_METHOD_COUNT];
};

struct qd_router {
    struct qd_arena *arena;
    struct node *root;
};

static const struct qd_route_table *const tables[] = { &qd_routes_documents, &qd_routes_indices,
                                                       &qd_routes_search, &qd_routes_cluster,
                                                       &qd_routes_cat };

static struct node *new_node(struct qd_arena *arena)
{
    struct node *node = QD_NEW(arena, struct node);
    qd_map_init(&node->literals, arena);
    return node;
}

static struct node *child(struct qd_router *router, struct node *parent, struct qd_slice part)
{
    if (part.data[0] == '{') {
        if (parent->parameter == NULL) parent->parameter = new_node(router->arena);
        return parent->parameter;
    }
    struct node *found = qd_map_get(&parent->literals, part);
    if (found == NULL) {
        found = new_node(router->arena);
        qd_map_put(&parent->literals, part, found);
    }
    return found;
}

/* The next part of a row's path; false at the end. */
static bool next_part(struct qd_slice *rest, struct qd_slice *part)
{
    if (rest->size <= 1) return false;
    struct qd_slice path = qd_slice_from(*rest, 1);
    size_t slash = qd_slice_find_byte(path, '/');
    size_t size = slash == SIZE_MAX ? path.size : slash;
    *part = qd_slice_sub(path, 0, size);
    *rest = qd_slice_from(path, size);
    return true;
}

static void add_route(struct qd_router *router, const struct qd_route *route)
{
    struct node *node = router->root;
    struct qd_slice rest = qd_slice_from_string(route->path);
    struct qd_slice part;
    while (next_part(&rest, &part)) node = child(router, node, part);
    qd_assert(node->routes[route->method] == NULL);
    node->routes[route->method] = route;
}

struct qd_router *qd_router_create(struct qd_arena *arena)
{
    struct qd_router *router = QD_NEW(arena, struct qd_router);
    router->arena = arena;
    router->root = new_node(arena);
    for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
        for (size_t i = 0; i < tables[t]->count; i++) add_route(router, &tables[t]->rows[i]);
    }
    return router;
}

static const struct qd_route *any_route(const struct node *node, unsigned *methods)
{
    const struct qd_route *any = NULL;
    for (unsigned m = 0; m < QD_HTTP_METHOD_COUNT; m++) {
        if (node->routes[m] == NULL) continue;
        any = node->routes[m];
        *methods |= 1u << m;
    }
    return any;
}

/* The node of a path: literal children first; goes back when they lead nowhere. A literal path hides one with
 * parameters for all methods, as in the reference's trie. */
static const struct node *find_at(const struct node *node, const struct qd_slice *parts, size_t count)
{
    unsigned ignored = 0;
    if (count == 0) return any_route(node, &ignored) == NULL ? NULL : node;
    const struct node *literal = qd_map_get(&node->literals, parts[0]);
    const struct node *found = NULL;
    if (literal != NULL) found = find_at(literal, parts + 1, count - 1);
    if (found == NULL && node->parameter != NULL) found = find_at(node->parameter, parts + 1, count - 1);
    return found;
}

void qd_router_find(const struct qd_router *router, enum qd_http_method method, const struct qd_slice *parts,
                    size_t count, struct qd_route_match *match)
{
    struct qd_slice part;
    *match = (struct qd_route_match){ 0 };
    if (count > QD_PATH_PARTS_MAX) return;
    const struct node *found = find_at(router->root, parts, count);
    match->path_exists = found != NULL;
    if (found == NULL) return;
    (void)any_route(found, &match->methods);
    match->route = found->routes[method];
    if (match->route == NULL) return;
    struct qd_slice rest = qd_slice_from_string(match->route->path);
    for (size_t i = 0; next_part(&rest, &part); i++) {
        if (part.data[0] != '{') continue;
        qd_assert(match->parameter_count < sizeof(match->names) / sizeof(match->names[0]));
        match->names[match->parameter_count] = qd_slice_sub(part, 1, part.size - 2);
        match->values[match->parameter_count++] = parts[i];
    }
}
