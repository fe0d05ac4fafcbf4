/* For tests of a whole node: one without HTTP in a simulated world, and the answer to its last request.
 *
 * Used by the tests of this folder.
 */
#ifndef QD_NODE_NODE_TEST_SUPPORT_H
#define QD_NODE_NODE_TEST_SUPPORT_H

#include "base/test.h"
#include "node/node.h"
#include "simulation/fake/fake_env.h"

/* The world of one test. */
struct world {
    struct qd_env *env;      /* fake */
    struct qd_arena *arena;  /* holds answers */
    struct qd_config config; /* of the node */
    struct qd_node *node;    /* started */
    int status;              /* of the last answer */
    struct qd_slice body;    /* of the last answer, in arena */
    bool done;               /* what the test waits for has happened */
};

/* Starts a node with one setting (key NULL: none) that has joined its cluster. */
void start_world(struct world *world, const char *key, const char *value);

/* Stops the node and gives everything back. */
void stop_world(struct world *world);

/* Goes on with a new node over the same disk. */
void restart_node(struct world *world);

/* Lets so much of the world's time pass, without a request. */
void pass_ms(struct world *world, int64_t ms);

/* Carries out one request and returns its status. */
int call(struct world *world, const char *method, const char *target, const char *body);

/* True when the last answer has the text. */
bool says(const struct world *world, const char *text);

/* Fails when the last answer does not have the part, and shows it. */
void assert_has(const struct world *world, const char *part);

#endif
