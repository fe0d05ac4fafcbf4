#include "analysis/url_match.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "analysis/codepoint.h"
#include "analysis/unicode_table.h"

static bool is_digit(char letter)
{
    return letter >= '0' && letter <= '9';
}

static bool is_alnum(char letter)
{
    char lower = (char)(letter | 0x20);
    return is_digit(letter) || (lower >= 'a' && lower <= 'z');
}

static bool is_hex(char letter)
{
    char lower = (char)(letter | 0x20);
    return is_digit(letter) || (lower >= 'a' && lower <= 'f');
}

static bool is_among(char letter, const char *letters)
{
    return letter != 0 && strchr(letters, letter) != NULL;
}

/* One character of a part of a URL: unreserved, %xx or one of `more`; returns its size. */
static size_t character(const char *at, const char *end, const char *more)
{
    if (at == end) return 0;
    if (is_alnum(*at) || is_among(*at, "-._~") || is_among(*at, more)) return 1;
    return end - at >= 3 && *at == '%' && is_hex(at[1]) && is_hex(at[2]) ? 3 : 0;
}

static const char *characters(const char *at, const char *end, const char *more)
{
    for (size_t size; (size = character(at, end, more)) > 0;) at += size;
    return at;
}

/* The end of a label (letters, digits and inner hyphens), or NULL. */
static const char *label(const char *at, const char *end)
{
    const char *last = NULL;
    for (; at < end && (is_alnum(*at) || (*at == '-' && last != NULL)); at++)
        if (is_alnum(*at)) last = at + 1;
    return last;
}

/* -1, 0 or 1: how a name in lower case compares to the first `size` letters at `at`. */
static int compare(const char *name, const char *at, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        char letter = at[i] >= 'A' && at[i] <= 'Z' ? (char)(at[i] | 0x20) : at[i];
        if (name[i] != letter) return name[i] < letter ? -1 : 1;
    }
    return name[size] == 0 ? 0 : 1;
}

/* The end of the longest top-level domain at `at`, or NULL. What follows it may be a letter. */
static const char *top_level_domain(const char *at, const char *end)
{
    size_t size_max = 0;
    while (at + size_max < end && (is_alnum(at[size_max]) || at[size_max] == '-')) size_max++;
    if (size_max > 63) size_max = 63;
    for (size_t size = size_max; size >= 2; size--) {
        size_t low = 0, high = qd_top_level_domain_count;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            int order = compare(qd_top_level_domains[middle], at, size);
            if (order == 0) return at + size;
            if (order < 0) low = middle + 1;
            else high = middle;
        }
    }
    return NULL;
}

/* True when a name cannot go on at `at`. */
static bool is_over(const char *at, const char *end)
{
    uint32_t cp;
    if (at == end) return true;
    if ((uint8_t)*at < 0x80) return !is_alnum(*at) && *at != '-' && *at != '_';
    (void)qd_codepoint_read(at, end, &cp);
    return !qd_unicode_is_letter(cp) && qd_unicode_category(cp) != QD_CATEGORY_DECIMAL_DIGIT;
}

/* The end of a name that ends in a known top-level domain, or NULL. In e-mail addresses more letters may
 * follow, which are left out. */
static const char *strict_name(const char *at, const char *end, bool email)
{
    const char *found = NULL;
    for (;;) {
        at = label(at, end);
        if (at == NULL || at == end || *at != '.') return found;
        at++;
        const char *last = top_level_domain(at, end);
        if (last == NULL || !(email || is_over(last, end))) continue;
        found = last;
        bool dot = last < end && *last == '.';
        if (dot && (email || (last + 1 < end && is_over(last + 1, end)))) found = last + 1;
    }
}

/* The end of any name, or NULL. */
static const char *loose_name(const char *at, const char *end)
{
    at = label(at, end);
    while (at != NULL && at < end && *at == '.') {
        const char *next = label(at + 1, end);
        if (next == NULL) return at;
        at = next;
    }
    return at;
}

static const char *ipv4(const char *at, const char *end)
{
    for (int octet = 0; octet < 4; octet++) {
        unsigned value = 0, digits = 0;
        if (octet > 0 && (at == end || *at++ != '.')) return NULL;
        while (at < end && is_digit(*at) && digits < 3 && value * 10 + (unsigned)(*at - '0') <= 255) {
            value = value * 10 + (unsigned)(*at++ - '0');
            digits++;
        }
        if (digits == 0) return NULL;
    }
    return at;
}

/* The end of an IPv6 address, or NULL. */
static const char *ipv6(const char *at, const char *end)
{
    int groups = 0;
    bool gap = false;
    while (at < end && *at != ']') {
        if (end - at >= 2 && at[0] == ':' && at[1] == ':' && !gap) {
            gap = true;
            at += 2;
            continue;
        }
        if (groups > 0 && at[-1] != ':') {
            if (*at != ':') return NULL;
            at++;
        }
        const char *last = ipv4(at, end);
        if (last != NULL && last < end && *last == ']') {
            groups += 2;
            at = last;
            break;
        }
        int digits = 0;
        for (; at < end && is_hex(*at) && digits < 4; at++) digits++;
        if (digits == 0) return NULL;
        groups++;
    }
    return groups == 8 || (gap && groups < 8) ? at : NULL;
}

static const char *host(const char *at, const char *end, bool strict)
{
    if (at == end) return NULL;
    if (*at == '[') {
        const char *last = ipv6(at + 1, end);
        return last != NULL && last < end && *last == ']' ? last + 1 : NULL;
    }
    const char *number = ipv4(at, end), *name = strict ? strict_name(at, end, false) : loose_name(at, end);
    if (strict && number != NULL && !is_over(number, end)) number = NULL;
    if (number == NULL || (name != NULL && name > number)) return name;
    return number;
}

static const char *port(const char *at, const char *end)
{
    const char *last = at + 1;
    if (at == end || *at != ':') return at;
    while (last < end && is_digit(*last) && last - at <= 5) last++;
    return last > at + 1 ? last : at;
}

static const char *path(const char *at, const char *end, const char *more)
{
    while (at < end && *at == '/') at = characters(at + 1, end, more);
    return at;
}

/* Path, query and fragment of a web address. */
static const char *web_rest(const char *at, const char *end)
{
    static const char query[] = "!$&'()*+,;=:@/?";
    at = path(port(at, end), end, ";:@&=");
    if (at < end && *at == '?') at = characters(at + 1, end, query);
    if (at < end && *at == '#') at = characters(at + 1, end, query);
    return at;
}

/* The end of "user:password@", or NULL. */
static const char *login(const char *at, const char *end)
{
    at = characters(at, end, "!$&'()*+,;=");
    if (at < end && *at == ':') at = characters(at + 1, end, "!$&'()*+,;=");
    return at < end && *at == '@' ? at + 1 : NULL;
}

static const char *after(const char *at, const char *end, const char *scheme)
{
    for (; *scheme != 0; at++, scheme++) {
        char letter = at == end ? 0 : *at;
        if (letter >= 'A' && letter <= 'Z') letter = (char)(letter | 0x20);
        if (letter != *scheme) return NULL;
    }
    return at;
}

static const char *later(const char *left, const char *right)
{
    if (left == NULL) return right;
    return right != NULL && right > left ? right : left;
}

/* Host and what may stand before and behind it; NULL when there is none. */
static const char *authority(const char *at, const char *end)
{
    const char *behind = login(at, end), *last = host(at, end, false);
    if (behind != NULL) last = later(last, host(behind, end, false));
    return last;
}

static const char *file_path(const char *at, const char *end)
{
    return at < end && *at == '/' ? path(at, end, "?:@&=#") : NULL;
}

size_t qd_url_match(const char *at, const char *end)
{
    const char *best = host(at, end, true), *rest, *last;
    if (!is_alnum(*at) && *at != '[') return 0;
    if (best != NULL) best = web_rest(best, end);
    rest = after(at, end, "http://");
    if (rest == NULL) rest = after(at, end, "https://");
    if (rest != NULL && (last = authority(rest, end)) != NULL) best = later(best, web_rest(last, end));
    rest = after(at, end, "ftp://");
    if (rest != NULL && (last = authority(rest, end)) != NULL) {
        last = file_path(port(last, end), end);
        const char *type = last == NULL ? NULL : after(last, end, ";type=");
        bool typed = type != NULL && type < end && is_among((char)(*type | 0x20), "aid");
        best = later(best, typed ? type + 1 : last);
    }
    rest = after(at, end, "file://");
    if (rest != NULL) {
        last = host(rest, end, false);
        best = later(best, file_path(last == NULL ? rest : last, end));
    }
    return best == NULL ? 0 : (size_t)(best - at);
}

/* The end of one label of the part before the @, or NULL. */
static const char *local_label(const char *at, const char *end)
{
    const char *start = at;
    if (at < end && *at == '"') {
        for (at++; at < end && *at != '"'; at++) {
            bool plain = (uint8_t)*at < 0x80 && !is_among(*at, "\t\n\r") && *at != 0;
            if (*at == '\\' && at + 1 < end && (uint8_t)at[1] < 0x80) at++;
            else if (!plain) return NULL;
        }
        return at < end ? at + 1 : NULL;
    }
    while (at < end && (is_alnum(*at) || is_among(*at, "!#$%&'*+-,./=?^_`{|}~"))) at++;
    return at > start ? at : NULL;
}

size_t qd_email_match(const char *at, const char *end)
{
    const char *start = at;
    at = local_label(at, end);
    while (at != NULL && at < end && *at == '"' && at - start > 1 && at[-1] == '.') {
        /* The point belongs to the letters of a label, too; here it parts two. */
        at = local_label(at, end);
        if (at != NULL && at < end && *at == '.') at = local_label(at + 1, end);
    }
    if (at == NULL || at == end || *at++ != '@') return 0;
    const char *last = strict_name(at, end, true);
    if (last == NULL && at < end && *at == '[') {
        const char *prefix = after(at + 1, end, "ipv6:");
        last = prefix == NULL ? ipv4(at + 1, end) : ipv6(prefix, end);
        last = last != NULL && last < end && *last == ']' ? last + 1 : NULL;
    }
    return last == NULL ? 0 : (size_t)(last - start);
}

bool qd_mailto_match(const char *at, const char *end)
{
    const char *address = after(at, end, "mailto:");
    return address != NULL && address < end && qd_email_match(address, end) > 0;
}
