/* Mutations that know the text form of request sequences, for libFuzzer's custom mutator.
 *
 * Used by fuzz/fuzz_rest.c. The form: a line "METHOD /target" begins a request, the lines up to the next such
 * line are its body.
 */
#ifndef QD_FUZZ_REQUEST_MUTATOR_H
#define QD_FUZZ_REQUEST_MUTATOR_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/* Requests of one input that are looked at. */
#define QD_FUZZ_REQUESTS_MAX 24

/* One request of an input; slices into it. */
struct qd_fuzz_request {
    struct qd_slice method; /* upper-case letters */
    struct qd_slice target; /* from "/" to the end of the line */
    struct qd_slice body;   /* without the newline that ends it; may be empty */
};

/* Reads the requests of `text`; bytes before the first one are no request. Returns how many. */
size_t qd_fuzz_requests_read(struct qd_slice text, struct qd_fuzz_request *requests);

/* Changes the input in place; returns its new size, at most `size_max`. */
size_t qd_fuzz_requests_mutate(uint8_t *data, size_t size, size_t size_max, unsigned seed);

#endif
