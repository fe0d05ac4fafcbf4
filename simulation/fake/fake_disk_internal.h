/* The tree of files and directories of the fake disk: what is there now and what is durable. */
#ifndef QD_SIMULATION_FAKE_DISK_INTERNAL_H
#define QD_SIMULATION_FAKE_DISK_INTERNAL_H

#include "simulation/fake/fake_internal.h"

/* A name in a directory. */
struct qd_fake_entry {
    char *name;                /* malloc'ed */
    struct qd_fake_node *node; /* what it names */
};

/* The names of a directory, sorted by bytes. */
struct qd_fake_names {
    struct qd_fake_entry *entries; /* entries[count] */
    size_t count;
    size_t capacity;
};

/* A change of a directory that is not durable yet. */
struct qd_fake_change {
    char *from;                /* name that goes away, or NULL */
    char *to;                  /* name that appears or is replaced, or NULL */
    struct qd_fake_node *node; /* what `to` names then */
};

/* A file or a directory. Bytes [0, stable) of `data` are the same at rest; the durable file goes on with
 * `tail`. */
struct qd_fake_node {
    bool is_directory;
    bool linked;                    /* has a name now */
    bool marked;                    /* reached by the sweep */
    bool sync_lies;                 /* a sync failed: later ones succeed without effect */
    uint32_t open_count;            /* open files on it */
    struct qd_fake_names now;       /* directory: names */
    struct qd_fake_names durable;   /* directory: names at rest */
    struct qd_fake_change *changes; /* directory: changes[change_count], from durable to now */
    size_t change_count;
    size_t change_capacity;
    char *data;                     /* file: bytes now */
    size_t size;
    size_t capacity;
    size_t stable;                  /* file: see above */
    char *tail;                     /* file: bytes at rest from `stable` on */
    size_t tail_size;
};

/* Finds a name; NULL when it is not there. */
struct qd_fake_node *qd_fake_names_find(const struct qd_fake_names *names, const char *name);

/* Sets or removes a name. */
void qd_fake_names_set(struct qd_fake_names *names, const char *name, struct qd_fake_node *node);
void qd_fake_names_remove(struct qd_fake_names *names, const char *name);

/* A new file or directory, linked, nothing of it durable. */
struct qd_fake_node *qd_fake_node_create(struct qd_fake_env *env, bool is_directory);

/* Changes a directory now and remembers the change. from or to may be NULL. */
void qd_fake_node_change(struct qd_fake_node *directory, const char *from, const char *to,
                         struct qd_fake_node *node);

/* Makes a directory's names, or a file's bytes, durable. */
void qd_fake_node_sync(struct qd_fake_node *node);

/* Cuts a file to `size` or extends it with zeros. */
void qd_fake_node_resize(struct qd_fake_env *env, struct qd_fake_node *node, size_t size);

/* Frees the nodes that nothing refers to, when there are many. */
void qd_fake_node_sweep(struct qd_fake_env *env);

/* Turns one drawn bit of a file that is not empty. */
void qd_fake_node_flip_bit(struct qd_fake_env *env, struct qd_fake_node *node);

/* Says that a name of the node is gone: its space is free when it is not open. */
void qd_fake_node_unlink(struct qd_fake_env *env, struct qd_fake_node *node);

#endif
