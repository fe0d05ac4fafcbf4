#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json_writer.h"
#include "base/prng.h"
#include "base/test.h"

/* A body and what the reference says: P json_parse, E end of input, I illegal argument, - accepted. Parts
 * of the reason that are always the same are shortened: " @" is the location, "[@" its start, (VALUES) the
 * list of values. */
struct scene {
    const char *body;
    char kind;
    const char *reason;
};

static const struct scene scenes[] = {
    { "{", 'E',
      "Unexpected end-of-input: expected close marker for Object (start marker at [@UNKNOWN]) @1]" },
    { "{\"a\"", 'E', "Unexpected end-of-input within/between Object entries @4]" },
    { "{\"a\":", 'E', "Unexpected end-of-input within/between Object entries @5]" },
    { "{\"a\":1", 'E',
      "Unexpected end-of-input: expected close marker for Object (start marker at [@UNKNOWN]) @6]" },
    { "{\"a\":1,", 'P', "Unexpected end-of-input within/between Object entries @7]" },
    { "{\"a\":1,}", 'P',
      "Unexpected character ('}' (code 125)): was expecting double-quote to start property name @7"
      "]" },
    { "{a:1}", 'P',
      "Unexpected character ('a' (code 97)): was expecting double-quote to start property name @1]"
      "" },
    { "{\"a\":tru}", 'P', "Unrecognized token 'tru': was expecting (VALUES) @5]" },
    { "{\"a\":nul}", 'P', "Unrecognized token 'nul': was expecting (VALUES) @5]" },
    { "{\"a\":falsee}", 'P', "Unrecognized token 'falsee': was expecting (VALUES) @5]" },
    { "{\"a\":True}", 'P', "Unrecognized token 'True': was expecting (VALUES) @5]" },
    { "{\"a\":01}", 'P', "Invalid numeric value: Leading zeroes not allowed @6]" },
    { "{\"a\":-}", 'P',
      "Unexpected character ('}' (code 125)) in numeric value: expected digit (0-9) to follow minu"
      "s sign, for valid numeric value @6]" },
    { "{\"a\":1.}", 'P',
      "Unexpected character ('}' (code 125)) in numeric value: Decimal point not followed by a dig"
      "it @7]" },
    { "{\"a\":1e}", 'P',
      "Unexpected character ('}' (code 125)) in numeric value: Exponent indicator not followed by "
      "a digit @7]" },
    { "{\"a\":.5}", 'P', "Unexpected character ('.' (code 46)): expected a valid value (VALUES) @5]" },
    { "{\"a\":+1}", 'P',
      "Unexpected character ('+' (code 43)) in numeric value: JSON spec does not allow numbers to "
      "have plus signs: enable `JsonReadFeature.ALLOW_LEADING_PLUS_SIGN_FOR_NUMBERS` to allow @6]" },
    { "{\"a\":-01}", 'P', "Invalid numeric value: Leading zeroes not allowed @7]" },
    { "{\"a\":1 2}", 'P',
      "Unexpected character ('2' (code 50)): was expecting comma to separate Object entries @7]" },
    { "{\"a\":1}}", 'P', "Unexpected close marker '}': no open Object to close @7]" },
    { "{\"a\":1} x", 'P', "Unrecognized token 'x': was expecting (VALUES) @8]" },
    { "{\"a\":\"\\x\"}", 'P', "Unrecognized character escape 'x' (code 120) @7]" },
    { "{\"a\":\"\\u12\"}", 'P',
      "Unexpected character ('\"' (code 34)): expected a hex-digit for character escape sequence @"
      "10]" },
    { "{\"a\":\"\\u12G4\"}", 'P',
      "Unexpected character ('G' (code 71)): expected a hex-digit for character escape sequence @1"
      "0]" },
    { "{\"a\":\"x\ny\"}", 'P',
      "Illegal unquoted character ((CTRL-CHAR, code 10)): has to be escaped using backslash to be "
      "included in string value @7]" },
    { "{\"a\":\"x\001y\"}", 'P',
      "Illegal unquoted character ((CTRL-CHAR, code 1)): has to be escaped using backslash to be i"
      "ncluded in string value @7]" },
    { "{\"a\":\"abc", 'E', "Unexpected end-of-input in VALUE_STRING @9]" },
    { "{\"a\":\"abc\\", 'E', "Unexpected end-of-input in character escape sequence @10]" },
    { "{\"a\":'x'}", 'P', "Unexpected character (''' (code 39)): expected a valid value (VALUES) @5]" },
    { "{'a':1}", 'P',
      "Unexpected character (''' (code 39)): was expecting double-quote to start property name @1]"
      "" },
    { "{\"a\":1,\"a\":2}", 'P', "Duplicate Object property \"a\" @10]" },
    { "{\"query\":{\"x\":1,\"x\":2}}", 'P', "Duplicate Object property \"x\" @19]" },
    { "{\"a\" 1}", 'P',
      "Unexpected character ('1' (code 49)): was expecting a colon to separate property name and v"
      "alue @5]" },
    { "{\"a\"::1}", 'P', "Unexpected character (':' (code 58)): expected a valid value (VALUES) @5]" },
    { "{,}", 'P',
      "Unexpected character (',' (code 44)): was expecting double-quote to start property name @1]"
      "" },
    { "{\"a\":[1 2]}", 'P',
      "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries @8]" },
    { "{\"a\":}", 'P', "Unexpected character ('}' (code 125)): expected a value @5]" },
    { "{\"a\":NaN}", 'P',
      "Non-standard token 'NaN': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow @8]" },
    { "{\"a\":Infinity}", 'P',
      "Non-standard token 'Infinity': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow "
      "@13]" },
    { "{\"a\":-Infinity}", 'P',
      "Non-standard token '-Infinity': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow"
      " @14]" },
    { "{\"a\":1ee3}", 'P',
      "Unexpected character ('e' (code 101)) in numeric value: Exponent indicator not followed by "
      "a digit @7]" },
    { "{\"a\":1.5.5}", 'P',
      "Unexpected character ('.' (code 46)) in numeric value: Cannot parse number with more than o"
      "ne decimal point @8]" },
    { "{\"a\":0x10}", 'P',
      "Unexpected character ('x' (code 120)): hexadecimal number literals require enabling `JsonRe"
      "adFeature.ALLOW_HEXADECIMAL_NUMBERS` @6]" },
    { "{\"a\":1_000}", 'P',
      "Unexpected character ('_' (code 95)): was expecting comma to separate Object entries @6]" },
    { "{\"a\":\"\355\240\200\"}", '-', "" },
    { "{\"a\":1}/*c*/", '-', "" },
    { "{\"a\":@}", 'P', "Unexpected character ('@' (code 64)): expected a valid value (VALUES) @5]" },
    { "{\"a\":#}", 'P', "Unexpected character ('#' (code 35)): expected a valid value (VALUES) @5]" },
    { "{\"a\":\303\251}", 'P', "Invalid UTF-8 start byte 0xa9 @7]" },
    { "{\n  \"a\": 1,\n  b: 2\n}", 'P',
      "Unexpected character ('b' (code 98)): was expecting double-quote to start property name @14"
      "]" },
    { "{\n\"a\":[\n1,\n2\n}", 'P',
      "Unexpected close marker '}': expected ']' (for Array starting at [@UNKNOWN]) @13]" },
    { "{\"a\":{\"b\":[1,2}}", 'P',
      "Unexpected close marker '}': expected ']' (for Array starting at [@UNKNOWN]) @14]" },
    { "{\"a\":[}", 'P', "Unexpected close marker '}': expected ']' (for Array starting at [@UNKNOWN]) @6]" },
    { "{\"a\":]", 'P', "Unexpected character (']' (code 93)): expected a valid value (VALUES) @5]" },
    { "{1:2}", 'P',
      "Unexpected character ('1' (code 49)): was expecting double-quote to start property name @1]"
      "" },
    { "{\"a\":tr", 'P', "Unrecognized token 'tr': was expecting (VALUES) @5]" },
    { "{\"a\":-", 'E', "Unexpected end-of-input in PROPERTY_NAME @6]" },
    { "{\"a\":1.", 'P',
      "Unexpected character ('.' (code 46)) in numeric value: Decimal point not followed by a digi"
      "t @6]" },
    { "{\"a\":12", 'E',
      "Unexpected end-of-input: expected close marker for Object (start marker at [@UNKNOWN]) @7]" },
    { "{\"a\":1a}", 'P',
      "Unexpected character ('a' (code 97)): was expecting comma to separate Object entries @6]" },
    { "{\"a\":truex}", 'P', "Unrecognized token 'truex': was expecting (VALUES) @5]" },
    { "{\"a\":nullx}", 'P', "Unrecognized token 'nullx': was expecting (VALUES) @5]" },
    { "{\"a\":\"\\", 'E', "Unexpected end-of-input in character escape sequence @7]" },
    { "{\"a\":\"\\u", 'E', "Unexpected end-of-input in character escape sequence @8]" },
    { "\357\273\277{\"a\":1}", '-', "" },
    { "{\"a\":\"x\011y\"}", 'P',
      "Illegal unquoted character ((CTRL-CHAR, code 9)): has to be escaped using backslash to be i"
      "ncluded in string value @7]" },
    { "{\"a\"\n\n:x}", 'P', "Unrecognized token 'x': was expecting (VALUES) @7]" },
    { "\015\n{\015\n\"a\":x}", 'P', "Unrecognized token 'x': was expecting (VALUES) @9]" },
    { "\015{\015\"a\":x}", 'P', "Unrecognized token 'x': was expecting (VALUES) @7]" },
    { "{\"a\":1e9999999999}", '-', "" },
    { "{\"a\":1e400}", '-', "" },
    { "{\"k\":\"\303\251\",\"b\":x}", 'P', "Unrecognized token 'x': was expecting (VALUES) @14]" },
    { "{\"a\":\"\303\251", 'E', "Unexpected end-of-input in VALUE_STRING @8]" },
    { "{\"a\":abcdefghijklmnopqrstuvwxyz}", 'P',
      "Unrecognized token 'abcdefghijklmnopqrstuvwxyz': was expecting (VALUES) @5]" },
    { "{\"a\":abc-def}", 'P', "Unrecognized token 'abc': was expecting (VALUES) @5]" },
    { "{\"a\":ab.c}", 'P', "Unrecognized token 'ab': was expecting (VALUES) @5]" },
    { "{\"a\":$x}", 'P', "Unrecognized token '$x': was expecting (VALUES) @5]" },
    { "{\"a\":_x}", 'P', "Unrecognized token '_x': was expecting (VALUES) @5]" },
    { "{\"a\":ab c}", 'P', "Unrecognized token 'ab': was expecting (VALUES) @5]" },
    { "{\"a\":\"x\" \"y\"}", 'P',
      "Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries @9]" },
    { "{\"a\":1;}", 'P',
      "Unexpected character (';' (code 59)): was expecting comma to separate Object entries @6]" },
    { "{\"a\"=1}", 'P',
      "Unexpected character ('=' (code 61)): was expecting a colon to separate property name and v"
      "alue @4]" },
    { "{\"a\":1,\"b\"}", 'P',
      "Unexpected character ('}' (code 125)): was expecting a colon to separate property name and "
      "value @10]" },
    { "{\"a\":1,2}", 'P',
      "Unexpected character ('2' (code 50)): was expecting double-quote to start property name @7]"
      "" },
    { "{\"a\":[1,2]]}", 'P',
      "Unexpected close marker ']': expected '}' (for Object starting at [@UNKNOWN]) @10]" },
    { "{\"a\":\"\\u00e", 'E', "Unexpected end-of-input in character escape sequence @11]" },
    { "{\"a\":- 1}", 'P',
      "Unexpected character (' ' (code 32)) in numeric value: expected digit (0-9) to follow minus"
      " sign, for valid numeric value @6]" },
    { "{\"a\":-a}", 'P',
      "Unexpected character ('a' (code 97)) in numeric value: expected digit (0-9) to follow minus"
      " sign, for valid numeric value @6]" },
    { "{\"a\":--1}", 'P',
      "Unexpected character ('-' (code 45)) in numeric value: expected digit (0-9) to follow minus"
      " sign, for valid numeric value @6]" },
    { "{\"a\":1-}", 'P',
      "Unexpected character ('-' (code 45)): was expecting comma to separate Object entries @6]" },
    { "{\"a\":0.}", 'P',
      "Unexpected character ('}' (code 125)) in numeric value: Decimal point not followed by a dig"
      "it @7]" },
    { "{\"a\":00}", 'P', "Invalid numeric value: Leading zeroes not allowed @6]" },
    { "{\"a\":0a}", 'P',
      "Unexpected character ('a' (code 97)): was expecting comma to separate Object entries @6]" },
    { "{\"a\":1+2}", 'P',
      "Unexpected character ('+' (code 43)): was expecting comma to separate Object entries @6]" },
    { "{\"a\":1e+}", 'P',
      "Unexpected character ('}' (code 125)) in numeric value: Exponent indicator not followed by "
      "a digit @8]" },
    { "{\"a\":1.e5}", 'P',
      "Unexpected character ('e' (code 101)) in numeric value: Decimal point not followed by a dig"
      "it @7]" },
    { "{\"a\":\"\\ud800x\"}", '-', "" },
    { "{\"a\":t}", 'P', "Unrecognized token 't': was expecting (VALUES) @5]" },
    { "{\"a\":f", 'P', "Unrecognized token 'f': was expecting (VALUES) @5]" },
    { "{\"a\":n}", 'P', "Unrecognized token 'n': was expecting (VALUES) @5]" },
    { "{\"a\":\"a\342\200\250b\"}", '-', "" },
    { "{\"a\":\"\177\"}", '-', "" },
    { "{\"a\":1}\n\n", '-', "" },
    { "{\"a\":1}\n{\"b\":2}", 'I', "Malformed content, found extra data after parsing: START_OBJECT" },
    { "{\"a\":1},", 'P', "Unexpected character (',' (code 44)): expected a value @7]" },
    { "{\"a\":\"\377\"}", 'P', "Invalid UTF-8 start byte 0xff @7]" },
    { "{\"a\":\"\303(\"}", 'P', "Invalid UTF-8 middle byte 0x28 @8]" },
    { "{\"a\":\"\342\202\"}", 'P', "Invalid UTF-8 middle byte 0x22 @9]" },
    { "{\"a\":\"\300\200\"}", '-', "" },
    { "{\"a\":\"\365\200\200\200\"}", '-', "" },
    { "{\"a\":\"\342(\241\"}", 'P', "Invalid UTF-8 middle byte 0x28 @8]" },
    { "{\"a\":1}\377", 'P', "Unrecognized token '\303\277': was expecting (VALUES) @7]" },
    { "{\"a\":\"\200\"}", 'P', "Invalid UTF-8 start byte 0x80 @7]" },
    { "{\"a\":[", 'E',
      "Unexpected end-of-input: expected close marker for Array (start marker at [@UNKNOWN]) @6]" },
    { "{\"a\":[1", 'E',
      "Unexpected end-of-input: expected close marker for Array (start marker at [@UNKNOWN]) @7]" },
    { "{\"a\":[1,", 'P', "Unexpected end-of-input within/between Array entries @8]" },
    { "{\"a\":[1,]}", 'P', "Unexpected character (']' (code 93)): expected a value @8]" },
    { "{\"a\":[,1]}", 'P', "Unexpected character (',' (code 44)): expected a value @6]" },
    { "{\"a\":[{", 'E',
      "Unexpected end-of-input: expected close marker for Object (start marker at [@UNKNOWN]) @7]" },
    { "{\"a\":[tru]}", 'P', "Unrecognized token 'tru': was expecting (VALUES) @6]" },
    { "{\"a\":[1:2]}", 'P',
      "Unexpected character (':' (code 58)): was expecting comma to separate Array entries @7]" },
    { "{\"a\":[-", 'E', "Unexpected end-of-input in START_ARRAY @7]" },
    { "{\"a\":[1.", 'P',
      "Unexpected character ('.' (code 46)) in numeric value: Decimal point not followed by a digi"
      "t @7]" },
    { "{\"a\":[1e", 'E', "Unexpected end-of-input in START_ARRAY @8]" },
    { "{\"a\":1e", 'E', "Unexpected end-of-input in PROPERTY_NAME @7]" },
    { "{\"a\":[\"x", 'E', "Unexpected end-of-input in VALUE_STRING @8]" },
    { "{\"a\":1e+", 'E', "Unexpected end-of-input in PROPERTY_NAME @8]" },
    { "{\"a", 'E', "Unexpected end-of-input in property name @3]" },
    { "{\"a\\", 'E', "Unexpected end-of-input in character escape sequence @4]" },
    { "{\"a\":\"x\\u12", 'E', "Unexpected end-of-input in character escape sequence @11]" },
    { "{\"a\nb\":1}", 'P',
      "Illegal unquoted character ((CTRL-CHAR, code 10)): has to be escaped using backslash to be "
      "included in name @3]" },
    { "{\"a\\x\":1}", 'P', "Unrecognized character escape 'x' (code 120) @4]" },
    { "{\"a\\u12G4\":1}", 'P',
      "Unexpected character ('G' (code 71)): expected a hex-digit for character escape sequence @7"
      "]" },
    { "{\"a\":1/*", 'E', "Unexpected end-of-input in a comment @8]" },
    { "{\"a\":1/x}", 'P',
      "Unexpected character ('x' (code 120)): was expecting either '*' or '/' for a comment @7]" },
    { "{/*c*/\"a\"/*d*/://e\n1}", '-', "" },
    { "{\"a\":1}/", 'E', "Unexpected end-of-input in a comment @8]" },
    { "{\"a\":/", 'E', "Unexpected end-of-input in a comment @6]" },
    { "{\"a\":1 /", 'E', "Unexpected end-of-input in a comment @8]" },
    { "{\"a\":[1}", 'P', "Unexpected close marker '}': expected ']' (for Array starting at [@UNKNOWN]) @7]" },
    { "{\"a\":1]", 'P', "Unexpected close marker ']': expected '}' (for Object starting at [@UNKNOWN]) @6]" },
    { "{]}", 'P', "Unexpected close marker ']': expected '}' (for Object starting at [@UNKNOWN]) @1]" },
    { "{\"a\":[1,2", 'E',
      "Unexpected end-of-input: expected close marker for Array (start marker at [@UNKNOWN]) @9]" },
    { "{\"a\":{\"b\":1", 'E',
      "Unexpected end-of-input: expected close marker for Object (start marker at [@UNKNOWN]) @11]"
      "" },
    { "{\"a\":{\"b\":1,", 'P', "Unexpected end-of-input within/between Object entries @12]" },
    { "{\"a\":true", 'E',
      "Unexpected end-of-input: expected close marker for Object (start marker at [@UNKNOWN]) @9]" },
    { "{\"a\":t\303\251}", 'P', "Unrecognized token 't\303\251': was expecting (VALUES) @5]" },
    { "{\"a\":I}", 'P', "Unrecognized token 'I': was expecting (VALUES) @5]" },
    { "{\"a\":In}", 'P', "Unrecognized token 'In': was expecting (VALUES) @5]" },
    { "{\"a\":-I}", 'P',
      "Unexpected character ('}' (code 125)) in numeric value: expected digit (0-9) to follow minu"
      "s sign, for valid numeric value @7]" },
    { "{\"a\":-Inf}", 'P', "Unrecognized token '-Inf': was expecting (VALUES) @5]" },
    { "{\"a\":N}", 'P', "Unrecognized token 'N': was expecting (VALUES) @5]" },
    { "{\"a\":Na}", 'P', "Unrecognized token 'Na': was expecting (VALUES) @5]" },
    { "{\"a\":NaN1}", 'P', "Unrecognized token 'NaN1': was expecting (VALUES) @5]" },
    { "{\"a\":+}", 'P',
      "Unexpected character ('+' (code 43)) in numeric value: JSON spec does not allow numbers to "
      "have plus signs: enable `JsonReadFeature.ALLOW_LEADING_PLUS_SIGN_FOR_NUMBERS` to allow @6]" },
    { "{\"a\":+a}", 'P',
      "Unexpected character ('+' (code 43)) in numeric value: JSON spec does not allow numbers to "
      "have plus signs: enable `JsonReadFeature.ALLOW_LEADING_PLUS_SIGN_FOR_NUMBERS` to allow @6]" },
    { "{\"a\":+.5}", 'P',
      "Unexpected character ('+' (code 43)) in numeric value: JSON spec does not allow numbers to "
      "have plus signs: enable `JsonReadFeature.ALLOW_LEADING_PLUS_SIGN_FOR_NUMBERS` to allow @6]" },
    { "{\"a\":-.5}", 'P', "Unexpected character ('.' (code 46)): expected a valid value (VALUES) @6]" },
    { "{\"a\":+Infinity}", 'P',
      "Non-standard token '+Infinity': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow"
      " @14]" },
    { "{\"a\":0b1}", 'P',
      "Unexpected character ('b' (code 98)): was expecting comma to separate Object entries @6]" },
    { "{\"a\":0X1}", 'P',
      "Unexpected character ('X' (code 88)): hexadecimal number literals require enabling `JsonRea"
      "dFeature.ALLOW_HEXADECIMAL_NUMBERS` @6]" },
    { "{\"a\":1.5a}", 'P',
      "Unexpected character ('a' (code 97)): was expecting comma to separate Object entries @8]" },
    { "{\"a\":1.5e}", 'P',
      "Unexpected character ('}' (code 125)) in numeric value: Exponent indicator not followed by "
      "a digit @9]" },
    { "{\"a\":1e5.}", 'P',
      "Unexpected character ('.' (code 46)): was expecting comma to separate Object entries @8]" },
    { "{\"a\":1e5e}", 'P',
      "Unexpected character ('e' (code 101)): was expecting comma to separate Object entries @8]" },
    { "{\"a\":1e5a}", 'P',
      "Unexpected character ('a' (code 97)): was expecting comma to separate Object entries @8]" },
    { "{\"a\" \"b\"}", 'P',
      "Unexpected character ('\"' (code 34)): was expecting a colon to separate property name and "
      "value @5]" },
    { "{\"a\" ", 'E', "Unexpected end-of-input within/between Object entries @5]" },
    { "{\"a\": ", 'E', "Unexpected end-of-input within/between Object entries @6]" },
    { "{\"a\":1 ", 'E',
      "Unexpected end-of-input: expected close marker for Object (start marker at [@UNKNOWN]) @7]" },
    { "{ ", 'E',
      "Unexpected end-of-input: expected close marker for Object (start marker at [@UNKNOWN]) @2]" },
    { "{\"a\":1, ", 'P', "Unexpected end-of-input within/between Object entries @8]" },
    { "{\"a\":[ ", 'E',
      "Unexpected end-of-input: expected close marker for Array (start marker at [@UNKNOWN]) @7]" },
    { "{\"a\":[1 ", 'E',
      "Unexpected end-of-input: expected close marker for Array (start marker at [@UNKNOWN]) @8]" },
    { "{\"a\":[1, ", 'P', "Unexpected end-of-input within/between Array entries @9]" },
    { "{\"a\":{ ", 'E',
      "Unexpected end-of-input: expected close marker for Object (start marker at [@UNKNOWN]) @7]" },
    { "{\"a\":\001}", 'P',
      "Illegal character ((CTRL-CHAR, code 1)): only regular white space (\\r, \\n, \\t) is allowe"
      "d between tokens @5]" },
    { "{\001}", 'P',
      "Illegal character ((CTRL-CHAR, code 1)): only regular white space (\\r, \\n, \\t) is allowe"
      "d between tokens @1]" },
    { "{\"a\"\001:1}", 'P',
      "Illegal character ((CTRL-CHAR, code 1)): only regular white space (\\r, \\n, \\t) is allowe"
      "d between tokens @4]" },
    { "{\"a\":1\001}", 'P',
      "Illegal character ((CTRL-CHAR, code 1)): only regular white space (\\r, \\n, \\t) is allowe"
      "d between tokens @6]" },
    { "{\"a\":1} []", 'I', "Malformed content, found extra data after parsing: START_ARRAY" },
    { "{\"a\":1} 5", 'I', "Malformed content, found extra data after parsing: VALUE_NUMBER" },
    { "{\"a\":1} \"x\"", 'I', "Malformed content, found extra data after parsing: VALUE_STRING" },
    { "{\"a\":1} null", 'I', "Malformed content, found extra data after parsing: VALUE_NULL" },
    { "{\"a\":1} true", 'I', "Malformed content, found extra data after parsing: VALUE_BOOLEAN" },
    { "{\"a\":1} nul", 'P', "Unrecognized token 'nul': was expecting (VALUES) @8]" },
    { "{\"a\":1}]", 'P', "Unexpected close marker ']': no open Array to close @7]" },
    { "{\"a\":1}:", 'P', "Unexpected character (':' (code 58)): expected a valid value (VALUES) @7]" },
    { "{\"a\":1}{", 'I', "Malformed content, found extra data after parsing: START_OBJECT" },
    { "{\"a\":1}[", 'I', "Malformed content, found extra data after parsing: START_ARRAY" },
    { "{\"a\":1} \"x", 'I', "Malformed content, found extra data after parsing: VALUE_STRING" },
    { "{\"a\":1} 01", 'P', "Invalid numeric value: Leading zeroes not allowed @9]" },
    { "{\"a\":00", 'P', "Invalid numeric value: Leading zeroes not allowed @6]" },
    { "{\"a\":-00", 'P', "Invalid numeric value: Leading zeroes not allowed @7]" },
    { "{\"a\":12345678901234567890a}", 'P',
      "Unexpected character ('a' (code 97)): was expecting comma to separate Object entries @25]" },
    { "{\"a\":\342\202\254}", 'P', "Invalid UTF-8 start byte 0x82 @7]" },
    { "{\303\251:1}", 'P',
      "Unexpected character ('\303\251' (code 233)): was expecting double-quote to start property "
      "name @2]" },
    { "{\"a\" \303\251}", 'P',
      "Unexpected character ('\303\203' (code 195)): was expecting a colon to separate property na"
      "me and value @5]" },
    { "{\"a\":1 \303\251}", 'P',
      "Unexpected character ('\303\203' (code 195)): was expecting comma to separate Object entrie"
      "s @7]" },
    { "{\"a\":a\303\251b}", 'P', "Unrecognized token 'a\303\251b': was expecting (VALUES) @5]" },
};

static void replace(struct qd_buffer *text, const char *from, const char *to)
{
    struct qd_buffer out = { 0 };
    size_t size = strlen(from);
    for (size_t i = 0; i < text->size; i++) {
        if (text->size - i >= size && memcmp(text->data + i, from, size) == 0) {
            qd_buffer_text(&out, to);
            i += size - 1;
        } else {
            qd_buffer_byte(&out, (uint8_t)text->data[i]);
        }
    }
    qd_buffer_deinit(text);
    *text = out;
}

static void shorten(struct qd_buffer *text)
{
#define SOURCE "[Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); byte offset: #"
    replace(text, "\n at " SOURCE, " @");
    replace(text, SOURCE, "[@");
    replace(text, "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')", "(VALUES)");
}

static void expect(const struct scene *scene)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_error error;
    qd_error_init(&error, arena);
    struct qd_json_document document;
    enum qd_status status = qd_json_parse(arena, qd_slice_from_string(scene->body), &document, &error);
    char kind = status == QD_OK ? '-' : status == QD_JSON_PARSE ? 'P' : status == QD_JSON_EOF ? 'E' : 'I';
    struct qd_buffer reason = { 0 };
    qd_buffer_byte(&reason, (uint8_t)kind);
    if (status != QD_OK) qd_buffer_slice(&reason, error.reason);
    shorten(&reason);
    char wanted[1024];
    snprintf(wanted, sizeof(wanted), "%c%s", scene->kind, scene->reason);
    assert_slice(qd_buffer_view(&reason), wanted);
    if (status == QD_JSON_PARSE) assert_string_equal(error.cause->type_override, "stream_read_exception");
    qd_buffer_deinit(&reason);
    qd_arena_destroy(arena);
}

TEST(json, refuses_with_jacksons_words)
{
    for (size_t i = 0; i < sizeof(scenes) / sizeof(*scenes); i++) expect(&scenes[i]);
}

/* A body made of a repeated piece. */
static enum qd_status parse_long(const char *before, const char *piece, size_t count, const char *after,
                                 struct qd_arena *arena, struct qd_error *error)
{
    struct qd_buffer body = { 0 };
    qd_buffer_text(&body, before);
    for (size_t i = 0; i < count; i++) qd_buffer_text(&body, piece);
    qd_buffer_text(&body, after);
    struct qd_json_document document;
    enum qd_status status = qd_json_parse(arena, qd_buffer_view(&body), &document, error);
    qd_buffer_deinit(&body);
    return status;
}

TEST(json, limits_are_the_references)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_error error;
    qd_error_init(&error, arena);
    assert_int_equal(parse_long("{\"", "k", 50001, "\":1}", arena, &error), QD_STREAM_CONSTRAINTS);
    assert_slice(error.reason, "Name length (50001) exceeds the maximum allowed (50000, from "
                               "`StreamReadConstraints.getMaxNameLength()`)");
    assert_ok(parse_long("{\"", "k", 50000, "\":1}", arena, &error));
    assert_ok(parse_long("{\"k\":\"", "k", 60000, "\"}", arena, &error));
    assert_int_equal(parse_long("", "[", 1001, "", arena, &error), QD_STREAM_CONSTRAINTS);
    assert_slice(error.reason, "Document nesting depth (1001) exceeds the maximum allowed (1000, from "
                               "`StreamReadConstraints.getMaxNestingDepth()`)");
    assert_int_equal(parse_long("", "[", 1000, "", arena, &error), QD_JSON_EOF);
    assert_int_equal(parse_long("[", "1", 1001, "]", arena, &error), QD_STREAM_CONSTRAINTS);
    assert_slice(error.reason, "Number value length (1001) exceeds the maximum allowed (1000, from "
                               "`StreamReadConstraints.getMaxNumberLength()`)");
    assert_ok(parse_long("[", "1", 1000, "]", arena, &error));
    qd_arena_destroy(arena);
}

TEST(json, an_empty_text_has_no_root)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_json_document document;
    assert_ok(qd_json_parse(arena, QD_SLICE(" \n"), &document, NULL));
    assert_null(document.root);
    assert_int_equal(qd_json_type_of(document.root), QD_JSON_MISSING);
    qd_arena_destroy(arena);
}

TEST(json, scalars_are_what_was_written)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_json_document document;
    assert_ok(qd_json_parse(
        arena,
        QD_SLICE("{\"a\":1.50,\"b\":\"x\\u00e9\",\"c\":true,\"d\":null,\"e\":12345678901234567890,"
                 "\"f\":\"42\",\"g\":1e2,\"h\":[1]}"),
        &document, NULL));
    const struct qd_json *root = document.root;
    int64_t whole = 0;
    double number = 0;
    assert_slice(qd_json_text(qd_json_get(root, "a")), "1.50");
    assert_slice(qd_json_text(qd_json_get(root, "b")), "x\xc3\xa9");
    assert_slice(qd_json_text(qd_json_get(root, "c")), "true");
    assert_true(qd_json_boolean(qd_json_get(root, "c")));
    assert_slice(qd_json_text(qd_json_get(root, "d")), "null");
    assert_true(qd_json_is_integral(qd_json_get(root, "e")));
    assert_false(qd_json_int64(qd_json_get(root, "e"), &whole));
    assert_true(qd_json_double(qd_json_get(root, "e"), &number) && number == 12345678901234567890.0);
    assert_true(qd_json_int64(qd_json_get(root, "f"), &whole) && whole == 42);
    assert_true(qd_json_int64(qd_json_get(root, "g"), &whole) && whole == 100);
    assert_false(qd_json_int64(qd_json_get(root, "a"), &whole));
    assert_false(qd_json_int64(qd_json_get(root, "h"), &whole));
    assert_null(qd_json_get(root, "z"));
    assert_null(qd_json_get(qd_json_get(root, "a"), "z"));
    assert_int_equal(qd_json_size(root), 8);
    qd_arena_destroy(arena);
}

/* Random text with random white space and comments; every value is `"N..."`, [..] or {..} with a number N
 * that tells where it begins. */
struct growth {
    struct qd_prng prng;
    struct qd_buffer text;
};

static void put_space(struct growth *growth)
{
    static const char *const spaces[] = { "", "", " ", "\n", "\r\n", "\t", "/* \"{ */" };
    qd_buffer_text(&growth->text, spaces[qd_prng_below(&growth->prng, 7)]);
}

static void put_value(struct growth *growth, int depth)
{
    uint64_t kind = qd_prng_below(&growth->prng, depth > 5 ? 2 : 4);
    if (kind < 2) {
        qd_buffer_format(&growth->text, kind == 0 ? "\"%zu \\\"\\\\ ]\"" : "%zu.5", growth->text.size);
        return;
    }
    qd_buffer_byte(&growth->text, kind == 2 ? '{' : '[');
    uint64_t count = qd_prng_below(&growth->prng, 4);
    for (uint64_t i = 0; i < count; i++) {
        if (i > 0) qd_buffer_byte(&growth->text, ',');
        put_space(growth);
        if (kind == 2) {
            qd_buffer_format(&growth->text, "\"%zu\"", growth->text.size);
            put_space(growth);
            qd_buffer_byte(&growth->text, ':');
            put_space(growth);
        }
        put_value(growth, depth + 1);
        put_space(growth);
    }
    qd_buffer_byte(&growth->text, kind == 2 ? '}' : ']');
}

/* Scalars and names say where they begin; a container ends behind its last bracket. */
static void check_extents(const struct qd_json_document *document, const struct qd_json *node)
{
    size_t start = 0, end = 0;
    qd_json_extent(document, node, &start, &end);
    const char *text = document->source.data;
    if (!qd_json_is_array(node) && !qd_json_is_object(node)) {
        assert_int_equal(strtoul(qd_json_text(node).data, NULL, 10), start);
        assert_true(end == document->source.size || strchr(",:]} \t\r\n", text[end]) != NULL);
        int64_t line = 0, column = 0, lines = 1;
        for (size_t i = 0; i < start; i++) lines += text[i] == '\n';
        qd_json_position(document, node, &line, &column);
        assert_int_equal(line, lines);
        assert_true(column >= 1 && (size_t)column <= start + 1);
        return;
    }
    assert_int_equal(text[start], qd_json_is_object(node) ? '{' : '[');
    assert_int_equal(text[end - 1], qd_json_is_object(node) ? '}' : ']');
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_json_document part;
    assert_ok(qd_json_parse(arena, qd_slice_make(text + start, end - start), &part, NULL));
    assert_int_equal(qd_json_size(part.root), qd_json_size(node));
    qd_arena_destroy(arena);
    struct qd_json_iterator at = qd_json_iterate(node);
    while (qd_json_next(&at)) {
        if (at.name != NULL) check_extents(document, at.name);
        check_extents(document, at.value);
    }
}

TEST(json, nodes_are_found_again_in_the_source)
{
    struct growth growth = { .prng = { { 0 } } };
    qd_prng_seed(&growth.prng, 10);
    for (int i = 0; i < 500; i++) {
        struct qd_arena *arena = qd_arena_create(0);
        struct qd_json_document document;
        growth.text.size = 0;
        put_space(&growth);
        put_value(&growth, 0);
        assert_ok(qd_json_parse(arena, qd_buffer_view(&growth.text), &document, NULL));
        check_extents(&document, document.root);
        qd_arena_destroy(arena);
    }
    qd_buffer_deinit(&growth.text);
}

TEST(json, duplicates_are_seen_in_large_objects)
{
    struct qd_buffer body = { 0 };
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_json_document document;
    for (int i = 0; i < 1000; i++) qd_buffer_format(&body, "%c\"n%d\":1", i == 0 ? '{' : ',', i);
    size_t size = body.size;
    qd_buffer_byte(&body, '}');
    assert_ok(qd_json_parse(arena, qd_buffer_view(&body), &document, NULL));
    body.size = size;
    qd_buffer_text(&body, ",\"\\u006e500\":2}");
    assert_int_equal(qd_json_parse(arena, qd_buffer_view(&body), &document, NULL), QD_JSON_PARSE);
    qd_buffer_deinit(&body);
    qd_arena_destroy(arena);
}

TEST(json, duplicates_are_seen_wherever_they_are)
{
    static const char *const names[] = { "",     "a",     "ab",            "abc",
                                         "abcd", "abcde", "a_longer_name", "a_longer_nome" };
    struct qd_buffer body = { 0 };
    for (int i = 0; i < 80; i++) {
        for (int j = 0; j < i; j++) {
            struct qd_arena *arena = qd_arena_create(0);
            struct qd_json_document document;
            body.size = 0;
            for (int k = 0; k <= i; k++) {
                int name = k < i ? k : j;
                qd_buffer_format(&body, "%c\"%s%d\":1", k == 0 ? '{' : ',', names[name % 8], name / 8);
            }
            qd_buffer_byte(&body, '}');
            assert_int_equal(qd_json_parse(arena, qd_buffer_view(&body), &document, NULL), QD_JSON_PARSE);
            body.size--;
            body.data[body.size - 4] = '_';
            qd_buffer_byte(&body, '}');
            assert_ok(qd_json_parse(arena, qd_buffer_view(&body), &document, NULL));
            qd_arena_destroy(arena);
        }
    }
    qd_buffer_deinit(&body);
}

TEST(json_writer, escapes_and_commas)
{
    struct qd_buffer out = { 0 };
    struct qd_json_writer writer = { .out = &out };
    qd_json_begin_object(&writer);
    qd_json_member_text(&writer, "a\"", "\x01\x1f/\\\b\f\n\r\t\x7f");
    qd_json_member_array(&writer, "b");
    qd_json_int(&writer, INT64_MIN);
    qd_json_uint(&writer, UINT64_MAX);
    qd_json_double_value(&writer, 1e10);
    qd_json_float_value(&writer, 0.1f);
    qd_json_double_value(&writer, (double)INFINITY);
    qd_json_begin_object(&writer);
    qd_json_end_object(&writer);
    qd_json_raw(&writer, QD_SLICE("[]"));
    qd_json_end_array(&writer);
    qd_json_member_bool(&writer, "c", false);
    qd_json_member_text(&writer, "d", NULL);
    qd_json_end_object(&writer);
    assert_slice(
        qd_buffer_view(&out),
        "{\"a\\\"\":\"\\u0001\\u001F/\\\\\\b\\f\\n\\r\\t\x7f\",\"b\":["
        "-9223372036854775808,18446744073709551615,1.0E10,0.1,\"Infinity\",{},[]],\"c\":false,\"d\":null}");
    qd_buffer_deinit(&out);
}

TEST(json, a_view_does_not_copy_what_needs_no_mending)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_slice plain = QD_SLICE("{\"a\":\"x\\ty\",\"b\":[1,2]}");
    struct qd_slice twice = QD_SLICE("{\"a\":1,\"a\":2}");
    struct qd_json_document document;
    assert_ok(qd_json_parse_view(arena, arena, plain, &document, NULL));
    assert_ptr_equal(document.source.data, plain.data);
    assert_slice(qd_json_text(qd_json_get(document.root, "a")), "x\ty");
    assert_slice(plain, "{\"a\":\"x\\ty\",\"b\":[1,2]}");
    assert_int_equal(qd_json_parse_view(arena, arena, twice, &document, NULL),
                     qd_json_parse(arena, twice, &document, NULL));
    assert_int_not_equal(qd_json_parse_view(arena, arena, twice, &document, NULL), QD_OK);
    assert_ok(qd_json_parse_view(arena, arena, QD_SLICE(""), &document, NULL));
    assert_null(document.root);
    qd_arena_destroy(arena);
}
