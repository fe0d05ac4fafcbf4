/* Status codes and errors.
 *
 * QD_STATUS_TABLE is the only list of statuses: enum, names, HTTP codes and OpenSearch exception types come
 * from it. Text for people travels in `struct qd_error`, passed as the last parameter, never global.
 * Functions return the status, set the error when it is not QD_OK, and leave their outputs unset.
 * Source: OpenSearchException's registered types and RestStatus of OpenSearch 3.8.0.
 */
#ifndef QD_BASE_STATUS_H
#define QD_BASE_STATUS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"

/* row(code, HTTP status, OpenSearch exception type) */
#define QD_STATUS_TABLE(row)                                                        \
    row(OK, 200, "ok")                                                              \
    row(ILLEGAL_ARGUMENT, 400, "illegal_argument_exception")                        \
    row(PARSING, 400, "parsing_exception")                                          \
    row(PARSE, 400, "parse_exception")                                              \
    row(OPENSEARCH_PARSE, 400, "parse_exception")                                   \
    row(X_CONTENT_PARSE, 400, "x_content_parse_exception")                          \
    row(JSON_PARSE, 400, "json_parse_exception")                                    \
    row(INPUT_COERCION, 400, "input_coercion_exception")                            \
    row(STREAM_CONSTRAINTS, 400, "stream_constraints_exception")                    \
    row(JSON_EOF, 400, "json_e_o_f_exception")                                      \
    row(NOT_X_CONTENT, 400, "not_x_content_exception")                              \
    row(MAPPER_PARSING, 400, "mapper_parsing_exception")                            \
    row(STRICT_DYNAMIC_MAPPING, 400, "strict_dynamic_mapping_exception")            \
    row(ACTION_REQUEST_VALIDATION, 400, "action_request_validation_exception")      \
    row(VALIDATION, 400, "validation_exception")                                    \
    row(NUMBER_FORMAT, 400, "number_format_exception")                              \
    row(QUERY_SHARD, 400, "query_shard_exception")                                  \
    row(SETTINGS, 400, "settings_exception")                                        \
    row(RESOURCE_ALREADY_EXISTS, 400, "resource_already_exists_exception")          \
    row(INVALID_INDEX_NAME, 400, "invalid_index_name_exception")                    \
    row(INVALID_ALIAS_NAME, 400, "invalid_alias_name_exception")                    \
    row(INDEX_CLOSED, 400, "index_closed_exception")                                \
    row(ROUTING_MISSING, 400, "routing_missing_exception")                          \
    row(TOO_MANY_BUCKETS, 503, "too_many_buckets_exception")                        \
    row(TOO_MANY_CLAUSES, 400, "too_many_clauses")                                  \
    row(TOO_COMPLEX_TO_DETERMINIZE, 400, "too_complex_to_determinize_exception")    \
    row(ARITHMETIC, 400, "arithmetic_exception")                                    \
    row(DATE_TIME, 400, "date_time_exception")                                      \
    row(DATE_TIME_PARSE, 400, "date_time_parse_exception")                          \
    row(AGGREGATION_INITIALIZATION, 400, "aggregation_initialization_exception")    \
    row(INVALID_AGGREGATION_PATH, 400, "invalid_aggregation_path_exception")        \
    row(NAMED_OBJECT_NOT_FOUND, 400, "named_object_not_found_exception")            \
    row(SEARCH_PARSE, 400, "search_parse_exception")                                \
    row(TYPE_MISSING, 404, "type_missing_exception")                                \
    row(INVALID_TYPE_NAME, 400, "invalid_type_name_exception")                      \
    row(INVALID_INDEX_TEMPLATE, 400, "invalid_index_template_exception")            \
    row(INDEX_PRIMARY_SHARD_NOT_ALLOCATED, 409, "index_primary_shard_not_allocated_exception") \
    row(INDEX_NOT_FOUND, 404, "index_not_found_exception")                          \
    row(ALIASES_NOT_FOUND, 404, "aliases_not_found_exception")                      \
    row(RESOURCE_NOT_FOUND, 404, "resource_not_found_exception")                    \
    row(DOCUMENT_MISSING, 404, "document_missing_exception")                        \
    row(DOCUMENT_SOURCE_MISSING, 400, "document_source_missing_exception")          \
    row(SHARD_NOT_FOUND, 404, "shard_not_found_exception")                          \
    row(SEARCH_CONTEXT_MISSING, 404, "search_context_missing_exception")            \
    row(VERSION_CONFLICT, 409, "version_conflict_engine_exception")                 \
    row(CLUSTER_BLOCK_READ, 403, "cluster_block_exception")                         \
    row(CLUSTER_BLOCK_STATE, 503, "cluster_block_exception")                        \
    row(CLUSTER_BLOCK_RETRY, 429, "cluster_block_exception")                        \
    row(CIRCUIT_BREAKING, 429, "circuit_breaking_exception")                        \
    row(REJECTED_EXECUTION, 429, "rejected_execution_exception")                    \
    row(UNAVAILABLE_SHARDS, 503, "unavailable_shards_exception")                    \
    row(NO_SHARD_AVAILABLE, 503, "no_shard_available_action_exception")             \
    row(SEARCH_PHASE_EXECUTION, 503, "search_phase_execution_exception")            \
    row(CLUSTER_MANAGER_NOT_DISCOVERED, 503, "cluster_manager_not_discovered_exception") \
    row(PROCESS_CLUSTER_EVENT_TIMEOUT, 503, "process_cluster_event_timeout_exception") \
    row(TASK_CANCELLED, 400, "task_cancelled_exception")                            \
    row(TIMEOUT, 504, "timeout_exception")                                          \
    row(REQUEST_TOO_LARGE, 413, "content_too_long_exception")                       \
    row(METHOD_NOT_ALLOWED, 405, "method_not_allowed")                              \
    row(UNSUPPORTED_MEDIA_TYPE, 406, "media_type_header_exception")                 \
    row(CONTENT_TYPE_HEADER, 400, "content_type_header_exception")                  \
    row(BAD_PARAMETER, 400, "bad_parameter_exception")                              \
    row(NOT_IMPLEMENTED, 501, "unsupported_operation_exception")                    \
    row(UNSUPPORTED_OPERATION, 500, "unsupported_operation_exception")              \
    row(CLASS_CAST, 500, "class_cast_exception")                                    \
    row(NULL_POINTER, 500, "null_pointer_exception")                                \
    row(RUNTIME, 500, "runtime_exception")                                          \
    row(EXCEPTION, 500, "exception")                                                \
    row(ILLEGAL_STATE, 500, "illegal_state_exception")                              \
    row(IO, 500, "i_o_exception")                                                   \
    row(NO_SPACE, 500, "i_o_exception")                                             \
    row(CORRUPTION, 500, "corrupt_index_exception")                                 \
    row(TRANSLOG_CORRUPTED, 500, "translog_corrupted_exception")                    \
    row(ENGINE_CLOSED, 503, "already_closed_exception")                             \
    row(CRASHED, 500, "simulated_crash")

enum qd_status {
#define QD_STATUS_ENUM(code, http, type) QD_##code,
    QD_STATUS_TABLE(QD_STATUS_ENUM)
#undef QD_STATUS_ENUM
    QD_STATUS_COUNT
};

/* Marks functions whose status must be looked at. */
#define QD_CHECKED __attribute__((warn_unused_result))

/* Returns from the enclosing function when `call` does not give QD_OK. */
#define QD_TRY(call)                                 \
    do {                                             \
        enum qd_status qd_try_status_ = (call);      \
        if (qd_try_status_ != QD_OK) return qd_try_status_; \
    } while (0)

/* The HTTP status of a row, 200 to 599. */
int qd_status_http(enum qd_status status);

/* The OpenSearch exception type of a row, static storage. */
const char *qd_status_type(enum qd_status status);

/* One further member of an error body, such as "index" or "line". */
struct qd_error_field {
    struct qd_slice key;          /* member name */
    struct qd_slice value;        /* text, or JSON when raw */
    bool raw;                     /* value is rendered as it is, not quoted */
    struct qd_error_field *next;  /* in the order in which they were added */
};

/* What went wrong, for people. Zero-initialise and set `arena` (qd_error_init); an error without an arena
 * keeps only the status. Memory: all text lives in `arena`. */
struct qd_error {
    struct qd_arena *arena;       /* holds texts and causes; may be NULL */
    enum qd_status status;        /* QD_OK: nothing happened */
    struct qd_slice reason;       /* a sentence */
    const char *type_override;    /* exception type instead of the row's, or NULL; static storage */
    struct qd_error_field *first; /* further members */
    struct qd_error *cause;       /* caused_by, or NULL */
    struct qd_error
        *next_root; /* further entries of root_cause; NULL: root_cause is derived from the chain */
    bool null_reason;             /* the reason is JSON null */
    bool no_root;                 /* root_cause is empty */
    int http_override;            /* HTTP status instead of the row's, or 0 */
};

/* Makes an error empty; texts will live in `arena`. `error` may be NULL (then nothing happens). */
static inline void qd_error_init(struct qd_error *error, struct qd_arena *arena)
{
    if (error != NULL) *error = (struct qd_error){ .arena = arena };
}

/* Fills the error (NULL: nothing) and returns `status`, for `return qd_error_set(...)`. Earlier content is
 * dropped. */
enum qd_status qd_error_set(struct qd_error *error, enum qd_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The present content becomes the cause of a new error. Returns `status`. */
enum qd_status qd_error_wrap(struct qd_error *error, enum qd_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds a text member; both slices are copied. */
void qd_error_add(struct qd_error *error, const char *key, struct qd_slice value);

/* Adds a number member. */
void qd_error_add_number(struct qd_error *error, const char *key, int64_t value);

/* Adds a member whose value is JSON text. */
void qd_error_add_raw(struct qd_error *error, const char *key, struct qd_slice json);

/* The HTTP status of an error: its own, or the row's. */
int qd_error_http(const struct qd_error *error);

/* Sets caused_by to a copy of `cause` (without its further root causes). */
void qd_error_attach_cause(struct qd_error *error, const struct qd_error *cause);

/* A deep copy of `from` with all memory in `arena`, for an error that outlives its first arena. */
void qd_error_copy(struct qd_error *to, struct qd_arena *arena, const struct qd_error *from);

/* Reports corruption found in stored bytes; records file name, offset and the source line that found it. */
#define qd_corrupt(error, file, offset, what)                                                                \
    qd_error_corrupt((error), (file), (uint64_t)(offset), (what), __FILE__, __LINE__)

/* See qd_corrupt. Returns QD_CORRUPTION. */
enum qd_status qd_error_corrupt(struct qd_error *error, struct qd_slice file, uint64_t offset,
                                const char *what, const char *source_file, int source_line);

#endif
