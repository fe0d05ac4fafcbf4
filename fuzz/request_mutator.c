#include "fuzz/request_mutator.h"

#include <string.h>

#include "base/buffer.h"
#include "base/prng.h"
#include "rest/route.h"

/* libFuzzer's own mutator, with its dictionary; other drivers have none. */
__attribute__((weak)) size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t size_max);

static const char *const methods[] = { "GET", "PUT", "POST", "DELETE", "HEAD" };

/* What stands for {index}, {id} and other parts of a path. */
static const char *const parts[] = { "i",   "j",        "new", "a",     "*",   "i,j",  "-i",     "_all", "no",
                                     "1",   "2",        "x",   "_none", "%20", "<i-{now/d}>", "t",
                                     "n,k", "settings", "_local", "i*,-j", ".h", "A" };

/* Values of query parameters. */
static const char *const arguments[] = { "true", "false", "", "0", "1", "-1", "5m", "1ms", "all", "_all", "t",
                                         "*", "wait_for", "yaml", "json", "9223372036854775808", "k,-n",
                                         "open,closed", "none", "t:fox~ OR n:[1 TO 3}", "_id:asc,n:desc" };

/* Values that meet the edges of parsers and limits. */
static const char *const values[] = { "null",
                                      "true",
                                      "false",
                                      "0",
                                      "-1",
                                      "1",
                                      "3",
                                      "1.5",
                                      "-0.0",
                                      "1e400",
                                      "9223372036854775807",
                                      "9223372036854775808",
                                      "18446744073709551616",
                                      "2147483648",
                                      "\"\"",
                                      "\"*\"",
                                      "\"_all\"",
                                      "\"1\"",
                                      "\"-1\"",
                                      "\"a b\"",
                                      "\"t\"",
                                      "\"k\"",
                                      "\"n\"",
                                      "\"d\"",
                                      "\"b\"",
                                      "\"ip\"",
                                      "\"o\"",
                                      "\"o.x\"",
                                      "\"_id\"",
                                      "\"_score\"",
                                      "\"_source\"",
                                      "\"fox\"",
                                      "\"now-1d/d\"",
                                      "\"2020-01-01||+1M/M\"",
                                      "\"10%\"",
                                      "\"3<75%\"",
                                      "\"AUTO\"",
                                      "\"1d\"",
                                      "\"5mb\"",
                                      "\"::1/64\"",
                                      "\"+01:00\"",
                                      "\"Europe/Berlin\"",
                                      "\"\\ud83d\\ude00\"",
                                      "\"\\u0000\"",
                                      "[]",
                                      "{}",
                                      "[null]",
                                      "[[]]",
                                      "{\"x\":null}",
                                      "{\"match_all\":{}}",
                                      "{\"n\":\"asc\"}",
                                      "[1,\"a\"]",
                                      "{\"type\":\"long\"}",
                                      "{\"properties\":{\"x\":{\"type\":\"keyword\"}}}" };

static const struct qd_route_table *const tables[] = { &qd_routes_documents, &qd_routes_indices,
                                                       &qd_routes_search, &qd_routes_cluster,
                                                       &qd_routes_cat };

#define PICK(prng, array) ((array)[qd_prng_below((prng), sizeof(array) / sizeof((array)[0]))])

/* ---- reading ---- */

/* The method at the beginning of a line that begins a request; empty: it begins none. */
static struct qd_slice method_of(struct qd_slice line)
{
    size_t size = 0;
    while (size < line.size && line.data[size] >= 'A' && line.data[size] <= 'Z') size++;
    bool begins = size > 0 && size < 8 && size + 1 < line.size && line.data[size] == ' ' &&
                  line.data[size + 1] == '/';
    return begins ? qd_slice_sub(line, 0, size) : (struct qd_slice){ 0 };
}

size_t qd_fuzz_requests_read(struct qd_slice text, struct qd_fuzz_request *requests)
{
    size_t count = 0;
    for (size_t at = 0; at < text.size;) {
        struct qd_slice rest = qd_slice_from(text, at);
        size_t size = qd_slice_find_byte(rest, '\n');
        struct qd_slice line = size == SIZE_MAX ? rest : qd_slice_sub(rest, 0, size);
        struct qd_slice method = method_of(line);
        if (method.size > 0) {
            if (count == QD_FUZZ_REQUESTS_MAX) break;
            requests[count++] = (struct qd_fuzz_request){ .method = method,
                                                          .target = qd_slice_from(line, method.size + 1),
                                                          .body = qd_slice_make(line.data + line.size, 0) };
        } else if (count > 0) {
            struct qd_slice *body = &requests[count - 1].body;
            const char *start = body->size == 0 ? line.data : body->data;
            *body = qd_slice_make(start, (size_t)(line.data + line.size - start));
        }
        at += line.size + 1;
    }
    return count;
}

/* ---- writing ---- */

static void write_request(const struct qd_fuzz_request *request, struct qd_buffer *out)
{
    qd_buffer_slice(out, request->method);
    qd_buffer_text(out, " ");
    qd_buffer_slice(out, request->target);
    qd_buffer_text(out, "\n");
    if (request->body.size == 0) return;
    qd_buffer_slice(out, request->body);
    qd_buffer_text(out, "\n");
}

static const struct qd_route *pick_route(struct qd_prng *prng)
{
    const struct qd_route_table *table = PICK(prng, tables);
    return &table->rows[qd_prng_below(prng, table->count)];
}

/* A parameter that the route knows, with some value. */
static void write_parameter(struct qd_prng *prng, const struct qd_route *route, bool first,
                            struct qd_buffer *out)
{
    struct qd_slice names = qd_slice_from_string(route->parameters == NULL ? "filter_path"
                                                                           : route->parameters);
    size_t start = qd_prng_below(prng, names.size + 1);
    while (start > 0 && names.data[start - 1] != ' ') start--;
    struct qd_slice name = qd_slice_from(names, start);
    size_t end = qd_slice_find_byte(name, ' ');
    if (end != SIZE_MAX) name = qd_slice_sub(name, 0, end);
    qd_buffer_text(out, first ? "?" : "&");
    qd_buffer_slice(out, name);
    qd_buffer_text(out, "=");
    qd_buffer_text(out, PICK(prng, arguments));
}

static void write_target(struct qd_prng *prng, const struct qd_route *route, struct qd_buffer *out)
{
    for (const char *at = route->path; *at != '\0'; at++) {
        if (*at != '{') {
            qd_buffer_byte(out, (uint8_t)*at);
            continue;
        }
        bool index = strncmp(at, "{index}", 7) == 0;
        qd_buffer_text(out, index && qd_prng_below(prng, 2) == 0 ? "i" : PICK(prng, parts));
        while (*at != '}') at++;
    }
    uint64_t count = qd_prng_below(prng, 3);
    for (uint64_t i = 0; i < count; i++) write_parameter(prng, route, i == 0, out);
}

/* ---- JSON ---- */

static bool begins_value(char byte)
{
    return byte == '"' || byte == '{' || byte == '[' || byte == '-' || (byte >= '0' && byte <= '9') ||
           byte == 't' || byte == 'f' || byte == 'n';
}

static size_t string_end(struct qd_slice text, size_t at)
{
    for (at++; at < text.size && text.data[at] != '"'; at++) {
        if (text.data[at] == '\\') at++;
    }
    return at + 1 < text.size ? at + 1 : text.size;
}

/* The end of the value that begins at `at`, roughly: brackets are balanced, strings skipped. */
static size_t value_end(struct qd_slice text, size_t at)
{
    size_t depth = 0;
    if (text.data[at] == '"') return string_end(text, at);
    if (text.data[at] != '{' && text.data[at] != '[') {
        while (at < text.size && strchr(",]} \n:", text.data[at]) == NULL) at++;
        return at;
    }
    while (at < text.size) {
        char byte = text.data[at];
        if (byte == '"') {
            at = string_end(text, at);
            continue;
        }
        if (byte == '{' || byte == '[') depth++;
        if ((byte == '}' || byte == ']') && --depth == 0) return at + 1;
        at++;
    }
    return text.size;
}

/* Some value in `text`; empty: there is none. */
static struct qd_slice pick_value(struct qd_prng *prng, struct qd_slice text)
{
    if (text.size == 0) return (struct qd_slice){ 0 };
    size_t at = qd_prng_below(prng, text.size);
    while (at < text.size && (!begins_value(text.data[at]) || (at > 0 && text.data[at - 1] >= 'a'))) at++;
    if (at >= text.size) return (struct qd_slice){ 0 };
    return qd_slice_sub(text, at, value_end(text, at) - at);
}

/* Writes `text` with `value` replaced: by an edge value, another value of the input, itself within brackets,
 * or twice. */
static void write_changed_value(struct qd_prng *prng, struct qd_slice text, struct qd_slice value,
                                struct qd_buffer *out)
{
    size_t before = (size_t)(value.data - text.data);
    struct qd_slice other = pick_value(prng, text);
    qd_buffer_slice(out, qd_slice_sub(text, 0, before));
    switch (qd_prng_below(prng, 6)) {
    case 0:
    case 1: qd_buffer_text(out, PICK(prng, values)); break;
    case 2:
    case 3: qd_buffer_slice(out, other); break;
    case 4:
        qd_buffer_text(out, "[");
        qd_buffer_slice(out, value);
        qd_buffer_text(out, "]");
        break;
    default:
        qd_buffer_slice(out, value);
        qd_buffer_text(out, ",");
        qd_buffer_slice(out, other);
        break;
    }
    qd_buffer_slice(out, qd_slice_from(text, before + value.size));
}

/* ---- one mutation ---- */

static void change_request(struct qd_prng *prng, const struct qd_fuzz_request *request, struct qd_slice all,
                           struct qd_buffer *out)
{
    struct qd_fuzz_request changed = *request;
    struct qd_buffer text = { 0 };
    const struct qd_route *route = pick_route(prng);
    struct qd_slice value = pick_value(prng, request->body);
    uint64_t choice = qd_prng_below(prng, value.size > 0 ? 10 : 5);
    if (choice == 0) {
        changed.method = qd_slice_from_string(PICK(prng, methods));
    } else if (choice == 1) {
        qd_buffer_slice(&text, request->target);
        write_parameter(prng, route, qd_slice_find_byte(request->target, '?') == SIZE_MAX, &text);
        changed.target = qd_buffer_view(&text);
    } else if (choice == 2) {
        write_target(prng, route, &text);
        changed.target = qd_buffer_view(&text);
    } else if (choice == 3) {
        changed.body = pick_value(prng, all);
    } else if (choice > 4) {
        write_changed_value(prng, request->body, value, &text);
        changed.body = qd_buffer_view(&text);
    }
    write_request(&changed, out);
    if (choice == 4) write_request(request, out);
    qd_buffer_deinit(&text);
}

static void write_new(struct qd_prng *prng, struct qd_slice all, struct qd_buffer *out)
{
    struct qd_buffer target = { 0 };
    const struct qd_route *route = pick_route(prng);
    write_target(prng, route, &target);
    struct qd_fuzz_request request = { .method = qd_slice_from_string(PICK(prng, methods)),
                                       .target = qd_buffer_view(&target) };
    if (qd_prng_below(prng, 2) == 0) request.body = pick_value(prng, all);
    write_request(&request, out);
    qd_buffer_deinit(&target);
}

size_t qd_fuzz_requests_mutate(uint8_t *data, size_t size, size_t size_max, unsigned seed)
{
    struct qd_prng prng;
    struct qd_fuzz_request requests[QD_FUZZ_REQUESTS_MAX];
    struct qd_buffer out = { 0 };
    struct qd_slice all = qd_slice_make((const char *)data, size);
    qd_prng_seed(&prng, seed);
    if (qd_prng_below(&prng, 4) == 0 && LLVMFuzzerMutate != NULL) {
        return LLVMFuzzerMutate(data, size, size_max);
    }
    size_t count = qd_fuzz_requests_read(all, requests);
    size_t place = count == 0 ? 0 : qd_prng_below(&prng, count);
    uint64_t choice = qd_prng_below(&prng, 8);
    for (size_t i = 0; i < count; i++) {
        if (i == place && choice == 0) write_new(&prng, all, &out);
        if (i == place && choice == 1 && count > 1) continue;
        if (i == place && choice > 1) {
            change_request(&prng, &requests[i], all, &out);
        } else {
            write_request(&requests[i], &out);
        }
    }
    if (count == 0 || choice == 0) write_new(&prng, all, &out);
    size_t written = out.size < size_max ? out.size : size_max;
    memcpy(data, out.data, written);
    qd_buffer_deinit(&out);
    return written;
}
