/* Text: UTF-8, case, base64, comparing and suggesting names.
 *
 * Pure functions over slices; results live in the arena given. Full Unicode case mapping is ICU's with the
 * root locale, ASCII takes a fast path.
 * Source: Unicode 15, RFC 4648, Lucene LevenshteinDistance (search.spell).
 */
#ifndef QD_BASE_TEXT_H
#define QD_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/slice.h"
#include "base/status.h"

/* What qd_utf8_decode gives for a malformed sequence. */
#define QD_UTF8_REPLACEMENT 0xFFFDu

/* True when all bytes are well-formed UTF-8 (no surrogates, no overlong forms). */
bool qd_utf8_valid(struct qd_slice text);

/* True when all bytes are below 0x80. */
bool qd_is_ascii(struct qd_slice text);

/* Reads the code point at text[*at] (*at < size) and moves *at behind it. A malformed sequence gives
 * QD_UTF8_REPLACEMENT and moves by one byte. */
uint32_t qd_utf8_decode(struct qd_slice text, size_t *at);

/* Reads the code point that ends before text[*at] (*at > 0) and moves *at to its start. */
uint32_t qd_utf8_decode_back(struct qd_slice text, size_t *at);

/* Writes 1 to 4 bytes to out[4]; returns how many. Surrogates and what is beyond 0x10FFFF become U+FFFD. */
size_t qd_utf8_encode(uint32_t code_point, char *out);

/* Appends a code point. */
void qd_utf8_append(struct qd_buffer *buffer, uint32_t code_point);

/* How many code points. */
size_t qd_utf8_count(struct qd_slice text);

/* How many UTF-16 units (Java's String.length) the text has. */
size_t qd_utf16_length(struct qd_slice text);

/* The byte offset at which UTF-16 unit `unit` begins; text.size when the text is shorter. A unit inside a
 * surrogate pair gives the start of its code point. */
size_t qd_utf16_to_byte(struct qd_slice text, size_t unit);

/* UTF-16 units of the text, and back (unpaired surrogates become U+FFFD). Memory: the arena's. */
uint16_t *qd_utf16_from_utf8(struct qd_arena *arena, struct qd_slice text, size_t *unit_count);
struct qd_slice qd_utf16_to_utf8(struct qd_arena *arena, const uint16_t *units, size_t unit_count);

/* Orders like Java's String.compareTo (by UTF-16 units). */
int qd_utf16_compare(struct qd_slice left, struct qd_slice right);

/* Java's toLowerCase(Locale.ROOT) and toUpperCase(Locale.ROOT): full mapping, may change the length. */
struct qd_slice qd_lowercase(struct qd_arena *arena, struct qd_slice text);
struct qd_slice qd_uppercase(struct qd_arena *arena, struct qd_slice text);

/* One code point's simple mapping (Character.toLowerCase/toUpperCase). */
uint32_t qd_lowercase_code_point(uint32_t code_point);
uint32_t qd_uppercase_code_point(uint32_t code_point);

/* Equality without regard to the case of ASCII letters. */
bool qd_equal_ignore_case(struct qd_slice left, struct qd_slice right);

/* True when `text` begins with `prefix`, ASCII case ignored. */
bool qd_starts_with_ignore_case(struct qd_slice text, struct qd_slice prefix);

/* Without Java's String.trim characters (all up to U+0020) at both ends. */
struct qd_slice qd_trim(struct qd_slice text);

/* Splits off what is before `separator`: true gives *part and moves *rest; false when *rest was used up
 * (data NULL). "a,,b" gives "a", "", "b"; "" gives "" once. Start with *rest = text (data not NULL). */
bool qd_split_next(struct qd_slice *rest, char separator, struct qd_slice *part);

/* The longest beginning of at most `limit` bytes that ends at a code point's border. */
struct qd_slice qd_utf8_truncate(struct qd_slice text, size_t limit);

/* Base64. Encoding: standard alphabet with padding, or the URL-safe alphabet without padding. Decoding
 * accepts both alphabets' own characters only, padding optional; false for anything else. Memory: the
 * arena's. */
struct qd_slice qd_base64_encode(struct qd_arena *arena, struct qd_slice bytes);
struct qd_slice qd_base64_url_encode(struct qd_arena *arena, struct qd_slice bytes);
bool qd_base64_decode(struct qd_arena *arena, struct qd_slice text, struct qd_slice *bytes);
bool qd_base64_url_decode(struct qd_arena *arena, struct qd_slice text, struct qd_slice *bytes);

/* Why a text is no base 64 of the standard or the URL-safe alphabet, as Java's decoder says it:
 * QD_ILLEGAL_ARGUMENT in *error, which may be NULL. */
void qd_base64_explain(struct qd_slice text, bool url_safe, struct qd_error *error);

/* Lucene's LevenshteinDistance.getDistance: 1 for equal, 0 for nothing in common; over UTF-16 units. */
float qd_levenshtein_score(struct qd_arena *arena, struct qd_slice left, struct qd_slice right);

/* The names of candidates[count] whose score against `name` is above `threshold` (the reference uses 0.5),
 * best first, equal scores in the order of the names. Returns how many; *found is in the arena. */
size_t qd_suggest_names(struct qd_arena *arena, struct qd_slice name, const struct qd_slice *candidates,
                        size_t count, float threshold, struct qd_slice **found);

/* " did you mean [x]?" or " did you mean any of [a, b]?" or "" from qd_suggest_names with threshold 0.5. */
struct qd_slice qd_did_you_mean(struct qd_arena *arena, struct qd_slice name,
                                const struct qd_slice *candidates, size_t count);

#endif
