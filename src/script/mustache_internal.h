/* The tree of a compiled template: what mustache.c makes and mustache_render.c walks. */
#ifndef QD_SCRIPT_MUSTACHE_INTERNAL_H
#define QD_SCRIPT_MUSTACHE_INTERNAL_H

#include "script/mustache.h"

/* Kinds of nodes. */
enum qd_mustache_kind {
    QD_MUSTACHE_TEXT,
    QD_MUSTACHE_VALUE,    /* {{name}}: escaped */
    QD_MUSTACHE_RAW,      /* {{{name}}} and {{&name}} */
    QD_MUSTACHE_SECTION,  /* {{#name}} */
    QD_MUSTACHE_INVERTED, /* {{^name}} */
    QD_MUSTACHE_BLOCK,    /* {{$name}}: its content, always */
    QD_MUSTACHE_TO_JSON,  /* {{#toJson}} */
    QD_MUSTACHE_JOIN,     /* {{#join}} */
    QD_MUSTACHE_URL       /* {{#url}} */
};

/* A node. */
struct qd_mustache_node {
    enum qd_mustache_kind kind;     /* what it is */
    struct qd_slice text;           /* the text or the name as written; JOIN: the delimiter */
    struct qd_slice name;           /* TO_JSON and JOIN: the name inside; data NULL: none is meant */
    size_t line;                    /* where the tag begins, from 1 */
    struct qd_mustache_node *first; /* what is inside */
    struct qd_mustache_node *next;  /* what follows on the same level */
};

/* A template. */
struct qd_mustache {
    struct qd_mustache_node *first; /* the outermost level */
};

#endif
