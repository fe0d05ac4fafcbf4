#include "base/xcontent.h"

#include "base/json_writer.h"
#include "base/prng.h"
#include "base/test.h"

/* A document and what the reference prints for it. */
struct scene {
    enum qd_xcontent_type type;
    const char *json;
    const char *printed; /* YAML as it is, binary types in hexadecimal */
};

static const struct scene scenes[] = {
    { QD_XCONTENT_YAML,
      "{\"_index\":\"base-f\",\"_id\":\"2\",\"_version\":1,\"_seq_no\":1,\"_primary_term\":1,\"foun"
      "d\":true,\"_source\":{\"s\":\"plain\",\"q\":\"it's: \\\"x\\\" # y\",\"e\":\"\",\"num\":\"123"
      "\",\"t\":\"true\",\"y\":\"yes\",\"nul\":\"null\",\"ml\":\"line1\\nline2\\n\",\"tab\":\"a\\tb"
      "\",\"lead\":\" x\",\"trail\":\"x \",\"dash\":\"- a\",\"colon\":\"a: b\",\"hash\":\"a #b\",\""
      "star\":\"*x\",\"amp\":\"&x\",\"ex\":\"!x\",\"pct\":\"%x\",\"at\":\"@x\",\"bt\":\"`x\",\"br\""
      ":\"{a}\",\"sq\":\"[a]\",\"comma\":\"a,b\",\"q2\":\"?x\",\"pipe\":\"|x\",\"gt\":\">x\",\"bs\""
      ":\"a\\\\b\",\"uni\":\"é😀\",\"ctl\":\"a\\u0001b\",\"f\":1.5,\"fe\":1e10,\"i\":123456789012345"
      "67890,\"b\":true,\"n\":null,\"a\":[1,\"x\",[2,[]],{\"k\":1,\"l\":[{\"m\":1}]},{}],\"eo\":{},"
      "\"long\":\"word word word word word word word word word word word word word word word word w"
      "ord word word word word word word word\",\"key: x\":1,\"123\":2,\"true\":3,\"~\":\"~\",\"dat"
      "e\":\"2019-01-01\",\"oct\":\"0123\",\"hex\":\"0x1F\",\"fl\":\"1.5\",\"exp\":\"1e5\",\"dot\":"
      "\".5\",\"neg\":\"-5\",\"plus\":\"+5\",\"col2\":\"12:30\",\"eq\":\"=\",\"ltlt\":\"<<\",\"inf"
      "\":\".inf\",\"nan\":\".nan\",\"no\":\"No\",\"on\":\"ON\",\"un\":\"1_000\",\"ver\":\"1.2.3\","
      "\"sp\":\"a b\",\"nbsp\":\"a\\u00a0b\",\"bom\":\"\\ufeffx\",\"del\":\"\\u007f\",\"nel\":\"a"
      "\\u0085b\",\"ls\":\"a\\u2028b\",\"cr\":\"a\\rb\",\"uuid\":\"-abc\",\"dd\":\"---\",\"ddd\":\""
      "...\",\"kk\":\"key:\",\"u\":\"http://x/y\",\"quo\":\"\\\"a\\\"\",\"sqo\":\"'a'\",\"pct2\":\""
      "5%\"}}",
      "---\n_index: \"base-f\"\n_id: \"2\"\n_version: 1\n_seq_no: 1\n_primary_term: 1\nfound: true"
      "\n_source:\n  s: \"plain\"\n  q: \"it's: \\\"x\\\" # y\"\n  e: \"\"\n  num: \"123\"\n  t: \""
      "true\"\n  \"y\": \"yes\"\n  nul: \"null\"\n  ml: \"line1\\nline2\\n\"\n  tab: \"a\\tb\"\n  l"
      "ead: \" x\"\n  trail: \"x \"\n  dash: \"- a\"\n  colon: \"a: b\"\n  hash: \"a #b\"\n  star: "
      "\"*x\"\n  amp: \"&x\"\n  ex: \"!x\"\n  pct: \"%x\"\n  at: \"@x\"\n  bt: \"`x\"\n  br: \"{a}"
      "\"\n  sq: \"[a]\"\n  comma: \"a,b\"\n  q2: \"?x\"\n  pipe: \"|x\"\n  gt: \">x\"\n  bs: \"a"
      "\\\\b\"\n  uni: \"é😀\"\n  ctl: \"a\\x01b\"\n  f: 1.5\n  fe: 1.0E10\n  i: 1234567890123456789"
      "0\n  b: true\n  \"n\": null\n  a:\n  - 1\n  - \"x\"\n  - - 2\n    - []\n  - k: 1\n    l:\n  "
      "  - m: 1\n  - {}\n  eo: {}\n  long: \"word word word word word word word word word word word"
      " word word word word\\\n    \\ word word word word word word word word word\"\n  'key: x': 1"
      "\n  \"123\": 2\n  \"true\": 3\n  \"~\": \"~\"\n  date: \"2019-01-01\"\n  oct: \"0123\"\n  he"
      "x: \"0x1F\"\n  fl: \"1.5\"\n  exp: \"1e5\"\n  dot: \".5\"\n  neg: \"-5\"\n  plus: \"+5\"\n  "
      "col2: \"12:30\"\n  eq: \"=\"\n  ltlt: \"<<\"\n  inf: \".inf\"\n  nan: \".nan\"\n  \"no\": \""
      "No\"\n  \"on\": \"ON\"\n  un: \"1_000\"\n  ver: \"1.2.3\"\n  sp: \"a b\"\n  nbsp: \"a\\_b\""
      "\n  bom: \"﻿x\"\n  del: \"\\x7f\"\n  nel: \"a\\Nb\"\n  ls: \"a b\"\n  cr: \"a\\rb\"\n  uuid:"
      " \"-abc\"\n  dd: \"---\"\n  ddd: \"...\"\n  kk: \"key:\"\n  u: \"http://x/y\"\n  quo: \"\\\""
      "a\\\"\"\n  sqo: \"'a'\"\n  pct2: \"5%\"\n" },
    { QD_XCONTENT_YAML,
      "{\"_index\":\"base-f\",\"_id\":\"4\",\"_version\":1,\"_seq_no\":3,\"_primary_term\":1,\"foun"
      "d\":true,\"_source\":{\"p\": \"lorem ipsum dolor sit amet consectetur adipiscing elit sed do"
      " eiusmod tempor incididunt ut labore et dolore magna aliqua\", \"a\": [\"lorem ipsum dolor s"
      "it amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore mag"
      "na aliqua\", [\"lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor"
      " incididunt ut labore et dolore magna aliqua\", [\"lorem ipsum dolor sit amet consectetur ad"
      "ipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna aliqua\"]], {\"q\":"
      " \"lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt u"
      "t labore et dolore magna aliqua\", \"r\": [\"lorem ipsum dolor sit amet consectetur adipisci"
      "ng elit sed do eiusmod tempor incididunt ut labore et dolore magna aliqua\"]}], \"x\": \"xxx"
      "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
      "xxxxx\", \"y\": \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
      "xxxxxxxxxxxxxxxxxxxxxxxxxx yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
      "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\", \"z\": \"\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9"
      "\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9"
      "\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9"
      "\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9"
      "\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9"
      "\\u00e9\\u00e9 \\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9"
      "\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9"
      "\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9"
      "\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9"
      "\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9 a b c\", \"w\": \"ab "
      " cd ab  cd ab  cd ab  cd ab  cd ab  cd ab  cd ab  cd ab  cd ab  cd ab  cd ab  cd ab  cd ab  "
      "cd ab  cd ab  cd ab  cd ab  cd ab  cd ab  cd \", \"esc\": \"\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n"
      "\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n"
      "\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n"
      "\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\na b c\", \"t\": \"trailtrailtrai"
      "ltrailtrailtrailtrailtrailtrailtrailtrailtrailtrailtrailtrailtrailtrailtrailtrailtrail \", "
      "\"deep\": {\"deeper\": {\"deepest\": \"lorem ipsum dolor sit amet consectetur adipiscing eli"
      "t sed do eiusmod tempor incididunt ut labore et dolore magna aliqua\"}}, \"averyveryverylong"
      "keynameaveryveryverylongkeynameaveryveryverylongkeyname\": \"a b c d\", \"emo\": \"\\ud83d"
      "\\ude00 \\ud83d\\ude00 \\ud83d\\ude00 \\ud83d\\ude00 \\ud83d\\ude00 \\ud83d\\ude00 \\ud83d"
      "\\ude00 \\ud83d\\ude00 \\ud83d\\ude00 \\ud83d\\ude00 \\ud83d\\ude00 \\ud83d\\ude00 \\ud83d"
      "\\ude00 \\ud83d\\ude00 \\ud83d\\ude00 \\ud83d\\ude00 \\ud83d\\ude00 \\ud83d\\ude00 \\ud83d"
      "\\ude00 \\ud83d\\ude00 \\ud83d\\ude00 \\ud83d\\ude00 \\ud83d\\ude00 \\ud83d\\ude00 \\ud83d"
      "\\ude00 \\ud83d\\ude00 \\ud83d\\ude00 \\ud83d\\ude00 \\ud83d\\ude00 \\ud83d\\ude00 \\ud83d"
      "\\ude00 \\ud83d\\ude00 \\ud83d\\ude00 \\ud83d\\ude00 \\ud83d\\ude00 \\ud83d\\ude00 \\ud83d"
      "\\ude00 \\ud83d\\ude00 \\ud83d\\ude00 \\ud83d\\ude00 \"}}",
      "---\n_index: \"base-f\"\n_id: \"4\"\n_version: 1\n_seq_no: 3\n_primary_term: 1\nfound: true"
      "\n_source:\n  p: \"lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tem"
      "por\\\n    \\ incididunt ut labore et dolore magna aliqua\"\n  a:\n  - \"lorem ipsum dolor s"
      "it amet consectetur adipiscing elit sed do eiusmod tempor\\\n    \\ incididunt ut labore et "
      "dolore magna aliqua\"\n  - - \"lorem ipsum dolor sit amet consectetur adipiscing elit sed do"
      " eiusmod tempor\\\n      \\ incididunt ut labore et dolore magna aliqua\"\n    - - \"lorem i"
      "psum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor\\\n        \\ incididu"
      "nt ut labore et dolore magna aliqua\"\n  - q: \"lorem ipsum dolor sit amet consectetur adipi"
      "scing elit sed do eiusmod tempor\\\n      \\ incididunt ut labore et dolore magna aliqua\"\n"
      "    r:\n    - \"lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor"
      "\\\n      \\ incididunt ut labore et dolore magna aliqua\"\n  x: \"xxxxxxxxxxxxxxxxxxxxxxxxx"
      "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"\n  \"y\": \"xx"
      "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
      "xxxxxx\\\n    \\ yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
      "yyyyyyyyyyyyyyyyyyyyyyyyy\"\n  z: \"éééééééééééééééééééééééééééééééééééééééééééééééééééééééé"
      "éééé ééééééééééééééé\\\n    ééééééééééééééééééééééééééééééééééééééééééééé a b c\"\n  w: \"ab"
      "  cd ab  cd ab  cd ab  cd ab  cd ab  cd ab  cd ab  cd ab  cd ab  cd ab  cd\\\n    \\ ab  cd "
      "ab  cd ab  cd ab  cd ab  cd ab  cd ab  cd ab  cd ab  cd \"\n  esc: \"\\n\\n\\n\\n\\n\\n\\n"
      "\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n"
      "\\\n    \\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n"
      "\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\\n    \\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\na b c\"\n"
      "  t: \"trailtrailtrailtrailtrailtrailtrailtrailtrailtrailtrailtrailtrailtrailtrailtrailtrail"
      "trailtrailtrail \"\n  deep:\n    deeper:\n      deepest: \"lorem ipsum dolor sit amet consec"
      "tetur adipiscing elit sed do eiusmod\\\n        \\ tempor incididunt ut labore et dolore mag"
      "na aliqua\"\n  averyveryverylongkeynameaveryveryverylongkeynameaveryveryverylongkeyname: \"a"
      " b c\\\n    \\ d\"\n  emo: \"😀 😀 😀 😀 😀 😀 😀 😀 😀 😀 😀 😀 😀 😀 😀 😀 😀 😀 😀 😀 😀 😀 😀 😀 "
      "😀\\\n    \\ 😀 😀"
      " 😀 😀 😀 😀 😀 😀 😀 😀 😀 😀 😀 😀 😀 \"\n" },
    { QD_XCONTENT_YAML,
      "{\"_index\":\"base-f\",\"_id\":\"3\",\"_version\":1,\"_seq_no\":2,\"_primary_term\":1,\"foun"
      "d\":true,\"_source\":{\"123\": 1, \"1a\": 1, \"-1\": 1, \"+1\": 1, \"1.5\": 1, \".5\": 1, \""
      "1e5\": 1, \"0x1F\": 1, \"0o7\": 1, \"012\": 1, \"1_000\": 1, \"12:30\": 1, \"y\": 1, \"Y\": "
      "1, \"n\": 1, \"N\": 1, \"yes\": 1, \"Yes\": 1, \"YES\": 1, \"no\": 1, \"No\": 1, \"on\": 1, "
      "\"On\": 1, \"off\": 1, \"Off\": 1, \"true\": 1, \"True\": 1, \"TRUE\": 1, \"false\": 1, \"nu"
      "ll\": 1, \"Null\": 1, \"NULL\": 1, \"~\": 1, \"\": 1, \"a b\": 1, \"a: b\": 1, \"a:b\": 1, "
      "\"a #b\": 1, \"#a\": 1, \"a#b\": 1, \"-\": 1, \"- a\": 1, \"-a\": 1, \"--\": 1, \"---\": 1, "
      "\"?\": 1, \"? a\": 1, \"?a\": 1, \":\": 1, \":a\": 1, \"a:\": 1, \"a,b\": 1, \"[a\": 1, \"a]"
      "\": 1, \"{a\": 1, \"}\": 1, \"*a\": 1, \"&a\": 1, \"!a\": 1, \"%a\": 1, \"@a\": 1, \"`a\": 1"
      ", \"|a\": 1, \">a\": 1, \"'a\": 1, \"\\\"a\": 1, \"a'b\": 1, \"a\\\"b\": 1, \" a\": 1, \"a "
      "\": 1, \"a\\tb\": 1, \"a\\nb\": 1, \"\\u00e9\": 1, \"\\ud83d\\ude00\": 1, \"a.b\": 1, \"_id"
      "\": 1, \"=\": 1, \"<<\": 1, \"a\\\\b\": 1, \".\": 1, \"..\": 1, \"...\": 1, \".inf\": 1, \"."
      "nan\": 1, \"-.inf\": 1, \"2019-01-01\": 1, \"a\\u0001\": 1, \"kkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"
      "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"
      "kkkkkkkk\": 1, \"~a\": 1, \"0\": 1, \"00\": 1, \"1.\": 1, \"+\": 1, \"e\": 1, \"NaN\": 1, \""
      "inf\": 1, \"1,5\": 1, \"a/b\": 1, \"$x\": 1, \"a=b\": 1, \"(a)\": 1, \"0b1\": 1, \"1:2:3\": "
      "1, \"\\u00a0\": 1, \"\\ufeff\": 1, \"a\\u2028b\": 1}}",
      "---\n_index: \"base-f\"\n_id: \"3\"\n_version: 1\n_seq_no: 2\n_primary_term: 1\nfound: true"
      "\n_source:\n  \"123\": 1\n  \"1a\": 1\n  \"-1\": 1\n  \"+1\": 1\n  \"1.5\": 1\n  \".5\": 1\n"
      "  \"1e5\": 1\n  \"0x1F\": 1\n  \"0o7\": 1\n  \"012\": 1\n  \"1_000\": 1\n  \"12:30\": 1\n  "
      "\"y\": 1\n  \"Y\": 1\n  \"n\": 1\n  \"N\": 1\n  \"yes\": 1\n  \"Yes\": 1\n  \"YES\": 1\n  \""
      "no\": 1\n  \"No\": 1\n  \"on\": 1\n  \"On\": 1\n  \"off\": 1\n  \"Off\": 1\n  \"true\": 1\n "
      " \"True\": 1\n  \"TRUE\": 1\n  \"false\": 1\n  \"null\": 1\n  \"Null\": 1\n  \"NULL\": 1\n  "
      "\"~\": 1\n  ? \"\"\n  : 1\n  a b: 1\n  'a: b': 1\n  a:b: 1\n  'a #b': 1\n  '#a': 1\n  a#b: 1"
      "\n  \"-\": 1\n  \"- a\": 1\n  \"-a\": 1\n  \"--\": 1\n  \"---\": 1\n  '?': 1\n  '? a': 1\n  "
      "?a: 1\n  ':': 1\n  :a: 1\n  'a:': 1\n  a,b: 1\n  '[a': 1\n  a]: 1\n  '{a': 1\n  '}': 1\n  '*"
      "a': 1\n  '&a': 1\n  '!a': 1\n  '%a': 1\n  '@a': 1\n  '`a': 1\n  '|a': 1\n  '>a': 1\n  '''a':"
      " 1\n  '\"a': 1\n  a'b: 1\n  a\"b: 1\n  ' a': 1\n  'a ': 1\n  \"a\\tb\": 1\n  ? \"a\\nb\"\n  "
      ": 1\n  é: 1\n  😀: 1\n  a.b: 1\n  _id: 1\n  =: 1\n  <<: 1\n  a\\b: 1\n  \".\": 1\n  \"..\": 1"
      "\n  \"...\": 1\n  \".inf\": 1\n  \".nan\": 1\n  \"-.inf\": 1\n  \"2019-01-01\": 1\n  \"a\\x0"
      "1\": 1\n  ? kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"
      "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk\n  : 1\n  \"~a\": 1\n  \"0\": 1\n  \"00\""
      ": 1\n  \"1.\": 1\n  \"+\": 1\n  e: 1\n  NaN: 1\n  inf: 1\n  \"1,5\": 1\n  a/b: 1\n  $x: 1\n "
      " a=b: 1\n  (a): 1\n  \"0b1\": 1\n  \"1:2:3\": 1\n   : 1\n  ﻿: 1\n  a b: 1\n" },
    { QD_XCONTENT_CBOR,
      "{\"_index\":\"base-f\",\"_id\":\"5\",\"_version\":1,\"_seq_no\":4,\"_primary_term\":1,\"foun"
      "d\":true,\"_source\":{\"a\":[0,1,-1,15,16,-16,-17,23,24,255,256,65535,65536,4294967296,-4294"
      "967297,2147483648,12345678901234567890,1.5,true,false,null,\"\",\"é\",\"short\",\"a string t"
      "hat is longer than thirty two bytes for sure, even than sixty four bytes\"],\"a long name th"
      "at is longer than fifty six bytes, which is the limit in smile\":1,\"éé\":{\"a\":1},\"\":2}}",
      "bf665f696e64657866626173652d66635f69646135685f76657273696f6e01675f7365715f6e6f046d5f7072696d"
      "6172795f7465726d0165666f756e64f5675f736f75726365bf61619f0001200f102f3017181818ff19010019ffff"
      "1a000100001b00000001000000003b00000001000000001a80000000c24900ab54a98ceb1f0ad2fb3ff800000000"
      "0000f5f4f66062c3a96573686f727478526120737472696e672074686174206973206c6f6e676572207468616e20"
      "7468697274792074776f20627974657320666f7220737572652c206576656e207468616e20736978747920666f75"
      "72206279746573ff784c61206c6f6e67206e616d652074686174206973206c6f6e676572207468616e2066696674"
      "79207369782062797465732c20776869636820697320746865206c696d697420696e20736d696c650164c3a9c3a9"
      "bf616101ff6002ffff" },
    { QD_XCONTENT_SMILE,
      "{\"_index\":\"base-f\",\"_id\":\"5\",\"_version\":1,\"_seq_no\":4,\"_primary_term\":1,\"foun"
      "d\":true,\"_source\":{\"a\":[0,1,-1,15,16,-16,-17,23,24,255,256,65535,65536,4294967296,-4294"
      "967297,2147483648,12345678901234567890,1.5,true,false,null,\"\",\"é\",\"short\",\"a string t"
      "hat is longer than thirty two bytes for sure, even than sixty four bytes\"],\"a long name th"
      "at is longer than fifty six bytes, which is the limit in smile\":1,\"éé\":{\"a\":1},\"\":2}}",
      "3a290a05fa855f696e64657845626173652d66825f69644035875f76657273696f6ec2865f7365715f6e6fc88c5f"
      "7072696d6172795f7465726dc284666f756e6423865f736f75726365fa8061f8c0c2c1de24a0df24a124ae24b024"
      "07be240880240f7fbe241000802540000000802540000000812520000000802689002a6a4a4c33561f0534022900"
      "3f7c000000000000002322212080c3a94473686f7274e06120737472696e672074686174206973206c6f6e676572"
      "207468616e207468697274792074776f20627974657320666f7220737572652c206576656e207468616e20736978"
      "747920666f7572206279746573fcf93461206c6f6e67206e616d652074686174206973206c6f6e67657220746861"
      "6e206669667479207369782062797465732c20776869636820697320746865206c696d697420696e20736d696c65"
      "fcc2c2c3a9c3a9fa47c2fb20c4fbfb" },
};

static void put_hex(struct qd_buffer *hex, struct qd_slice bytes)
{
    for (size_t i = 0; i < bytes.size; i++) qd_buffer_format(hex, "%02x", (uint8_t)bytes.data[i]);
}

TEST(xcontent, prints_as_the_reference)
{
    for (size_t i = 0; i < sizeof(scenes) / sizeof(*scenes); i++) {
        struct qd_buffer out = { 0 }, hex = { 0 };
        assert_ok(
            qd_xcontent_from_json(qd_slice_from_string(scenes[i].json), scenes[i].type, false, &out, NULL));
        put_hex(&hex, qd_buffer_view(&out));
        bool text = scenes[i].type == QD_XCONTENT_YAML;
        assert_slice(qd_buffer_view(text ? &out : &hex), scenes[i].printed);
        qd_buffer_deinit(&out);
        qd_buffer_deinit(&hex);
    }
}

TEST(xcontent, pretty_json_is_the_references)
{
    struct qd_buffer out = { 0 };
    assert_ok(qd_xcontent_from_json(
        QD_SLICE(
            "{\"took\":1,\"a\":[1,\"x\",[2,[]],{\"k\":1,\"l\":[{\"m\":1}]},{}],\"eo\":{},\"f\":1e10,\"i\""
            ":12345678901234567890}"),
        QD_XCONTENT_JSON, true, &out, NULL));
    assert_slice(qd_buffer_view(&out),
      "{\n  \"took\" : 1,\n  \"a\" : [\n    1,\n    \"x\",\n    [\n      2,\n      [ ]\n    ],\n   "
      " {\n      \"k\" : 1,\n      \"l\" : [\n        {\n          \"m\" : 1\n        }\n      ]\n "
      "   },\n    { }\n  ],\n  \"eo\" : { },\n  \"f\" : 1.0E10,\n  \"i\" : 12345678901234567890\n}"
      "\n");
    qd_buffer_deinit(&out);
}

/* Writes a random value whose text is what every type reads back. */
static void put_random(struct qd_prng *prng, struct qd_json_writer *writer, int depth)
{
    static const char *const texts[] = { "",
                                         "a",
                                         "true",
                                         "12",
                                         "\xc3\xa9",
                                         "two words",
                                         "it's \"so\"",
                                         "a: b",
                                         "- x",
                                         "line\nline",
                                         "#",
                                         "0123456789012345678901234567890123456789012345678901234567"
                                         "89012345678901234567890123456789" };
    switch (qd_prng_below(prng, depth > 4 ? 6 : 9)) {
    case 0: qd_json_null(writer); return;
    case 1: qd_json_bool(writer, qd_prng_percent(prng, 50)); return;
    case 2: qd_json_int(writer, (int64_t)qd_prng_next(prng) >> qd_prng_below(prng, 64)); return;
    case 3: qd_json_double_value(writer, (double)qd_prng_between(prng, -1000, 1000) / 8); return;
    case 4:
        qd_json_raw(writer, qd_prng_percent(prng, 50) ? QD_SLICE("-18446744073709551617")
                                                      : QD_SLICE("123456789012345678901234567890"));
        return;
    case 5: qd_json_text_value(writer, texts[qd_prng_below(prng, 12)]); return;
    default: break;
    }
    bool object = qd_prng_percent(prng, 60);
    if (object) qd_json_begin_object(writer);
    else qd_json_begin_array(writer);
    for (uint64_t i = qd_prng_below(prng, 4); i > 0; i--) {
        char name[8] = { 'n', (char)('a' + i), 0 };
        if (object) qd_json_name(writer, name);
        put_random(prng, writer, depth + 1);
    }
    if (object) qd_json_end_object(writer);
    else qd_json_end_array(writer);
}

TEST(xcontent, every_type_reads_what_it_writes)
{
    static const enum qd_xcontent_type types[] = { QD_XCONTENT_YAML, QD_XCONTENT_CBOR, QD_XCONTENT_SMILE };
    struct qd_prng prng;
    qd_prng_seed(&prng, 9);
    for (int i = 0; i < 3000; i++) {
        struct qd_arena *arena = qd_arena_create(0);
        struct qd_buffer json = { 0 }, coded = { 0 };
        struct qd_json_writer writer = { .out = &json };
        qd_json_begin_object(&writer);
        qd_json_name(&writer, "root");
        put_random(&prng, &writer, 0);
        qd_json_end_object(&writer);
        enum qd_xcontent_type type = types[i % 3];
        assert_ok(qd_xcontent_from_json(qd_buffer_view(&json), type, false, &coded, NULL));
        struct qd_slice back;
        assert_ok(qd_xcontent_to_json(arena, type, qd_buffer_view(&coded), &back, NULL));
        qd_buffer_byte(&json, 0);
        assert_slice(back, json.data);
        qd_buffer_deinit(&json);
        qd_buffer_deinit(&coded);
        qd_arena_destroy(arena);
    }
}

TEST(xcontent, media_types_are_known)
{
    assert_int_equal(qd_xcontent_from_media_type(QD_SLICE("application/json; charset=UTF-8")),
                     QD_XCONTENT_JSON);
    assert_int_equal(qd_xcontent_from_media_type(QD_SLICE("Application/X-NDJSON")), QD_XCONTENT_NDJSON);
    assert_int_equal(
        qd_xcontent_from_media_type(QD_SLICE("application/vnd.opensearch+yaml;compatible-with=3")),
        QD_XCONTENT_YAML);
    assert_int_equal(qd_xcontent_from_media_type(QD_SLICE("cbor")), QD_XCONTENT_CBOR);
    assert_int_equal(qd_xcontent_from_media_type(QD_SLICE("text/plain")), QD_XCONTENT_NONE);
}

TEST(xcontent, yaml_that_people_write_is_read)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_slice json;
    assert_ok(qd_xcontent_to_json(arena, QD_XCONTENT_YAML, QD_SLICE(
      "# comment\nquery:\n  bool:\n    must:\n    - match: {title: \"a b\", n: 1.5}\n    - term:\n "
      "       k: 'it''s'   # c\n    filter:\n      - range: { d: { gte: 2019-01-01, lt: now/d } }\n"
      "      - [1, two, [3, ~]]\nsize: 0x10\nfrom: 012\nt: \"multi\n  line\"\nlit: |\n  a\n   b\n\n"
      "  c\nfold: >-\n  x\n  y\n\n  z\nempty:\nb: true\nbig: 123456789012345678901\n"), &json, NULL));
    assert_slice(json,
      "{\"query\":{\"bool\":{\"must\":[{\"match\":{\"title\":\"a b\",\"n\":1.5}},{\"term\":{\"k\":"
      "\"it's\"}}],\"filter\":[{\"range\":{\"d\":{\"gte\":\"2019-01-01\",\"lt\":\"now/d\"}}},[1,\"t"
      "wo\",[3,null]]]}},\"size\":\"0x10\",\"from\":\"012\",\"t\":\"multi line\",\"lit\":\"a\\n b"
      "\\n\\nc\\n\",\"fold\":\"x y\\n\\nz\",\"empty\":null,\"b\":true,\"big\":123456789012345678901"
      "}");
    qd_arena_destroy(arena);
}

/* JSON whose type is said to be a binary one: its first byte begins a text there, whose kind is told before
 * its bytes are looked for. */
TEST(xcontent, text_that_is_cut_is_still_a_text)
{
    static const enum qd_xcontent_type types[] = { QD_XCONTENT_CBOR, QD_XCONTENT_SMILE };
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_slice json;
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        assert_int_equal(qd_xcontent_to_json(arena, types[i], QD_SLICE("{\"query\":{}}"), &json, NULL),
                         QD_OK);
        assert_true(qd_slice_is(json, "\"\""));
    }
    /* A map that is cut is none. */
    assert_int_equal(qd_xcontent_to_json(arena, QD_XCONTENT_CBOR, QD_SLICE("\xa1\x61q"), &json, NULL),
                     QD_JSON_EOF);
    assert_int_equal(qd_xcontent_to_json(arena, QD_XCONTENT_SMILE, QD_SLICE("\xfa\x80q"), &json, NULL),
                     QD_JSON_EOF);
    qd_arena_destroy(arena);
}
