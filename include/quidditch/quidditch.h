/* Quidditch inside another process: a whole node, called with method, path and body instead of over HTTP.
 *
 * Used by programs that link build/release/libquidditch.a; needs no other header. The node runs in the thread
 * that calls it (its workers are threads of its own): background work that is due, like refreshes and merges,
 * goes on during quidditch_call and quidditch_poll. A node is used by one thread at a time.
 */
#ifndef QUIDDITCH_QUIDDITCH_H
#define QUIDDITCH_QUIDDITCH_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A node with its roles, shards and cluster of one. */
struct quidditch_node;

/* One setting of the node, as in quidditch.yml: {"path.data", "/var/lib/x"}. */
struct quidditch_setting {
    const char *key;   /* dotted */
    const char *value; /* text; lists separated by commas */
};

/* What is asked: one request of the REST API. */
struct quidditch_request {
    const char *method;       /* "GET", "POST", ... */
    const char *target;       /* path with query string, URL-encoded: "/books/_search?size=1" */
    const char *content_type; /* of the body; NULL: "application/json" */
    const void *body;         /* any bytes; NULL: none */
    size_t body_size;         /* in bytes */
};

/* What came back. Memory: quidditch_answer_free. */
struct quidditch_answer {
    int status;         /* HTTP status: 200, 404, ... */
    char *content_type; /* ends with 0 */
    char *body;         /* body_size bytes, then a 0 that is not counted */
    size_t body_size;   /* in bytes */
};

/* Opens the data directory (setting path.data, default "data"; it is locked against other processes) and
 * loads the cluster state. Returns 0; else -1 and the reason in `message` (at most message_size bytes with
 * the ending 0). Blocks: yes. */
int quidditch_open(const struct quidditch_setting *settings, size_t count, struct quidditch_node **node,
                   char *message, size_t message_size);

/* Carries out one request. Errors are answers (status 400 and above) in OpenSearch's shape. Blocks: until the
 * answer is there. */
void quidditch_call(struct quidditch_node *node, const struct quidditch_request *request,
                    struct quidditch_answer *answer);

/* Gives an answer's memory back. */
void quidditch_answer_free(struct quidditch_answer *answer);

/* Lets what is due in the background go on; with `wait` blocks until something happens. */
void quidditch_poll(struct quidditch_node *node, int wait);

/* Ends work under way, closes the shards and gives everything back. Acknowledged writes are durable whether
 * this is called or not. Blocks: yes. */
void quidditch_close(struct quidditch_node *node);

#ifdef __cplusplus
}
#endif

#endif
