"""Seeded random requests that go through every option of queries, sorting, fetching and highlighting, over an
index with a field of each kind. Some requests are wild: a few of their values are of a wrong type or size.
"""

import random

WORDS = (
    "alpha beta gamma delta quick brown fox foxes jumping jumps lazy dog dogs the of and to über straße naïve 東京 "
    "data search engine index shard node cluster running ran 2020 3.14 o'neil wi-fi fo quic"
).split()
SENTENCES = (
    "The quick brown fox jumps over the lazy dog. It was running! Did the dogs run? ",
    "Search engine data; index of shards, nodes and a cluster.\nA second line, with alpha beta. ",
    "Dr. Smith <b>paid</b> $3.14 & left. \"Quoted fox\" said o'neil: wi-fi is 'naïve'. ",
    "東京の検索。データ shard! ",
)
TAGS = ["red", "green", "blue", "Red", "light blue", "", "ünï", "ÜNÏ", "a*b", "x" * 40]
TEXTS = ["title", "body", "plain", "bare", "freqs", "title.raw", "obj.text", "alias_text", "dotted"]
KEYWORDS = ["tag", "tags", "low", "tag_bare", "tag_hidden", "title.raw", "obj.tag", "alias_tag", "_id"]
NUMBERS = ["b", "s", "n", "big", "ul", "hf", "ratio", "price", "cents", "n_bare", "n_hidden", "ns", "obj.n"]
DATES = ["day", "day_form", "nano", "days", "day_hidden"]
OTHERS = ["ok", "ip", "blob", "unseen.x", "nosuch", "obj", "alias_n", "_index", "_source", "_routing", "_seq_no"]
FIELDS = TEXTS + KEYWORDS + NUMBERS + DATES + OTHERS
SORTED = ["tag", "tags", "low", "tag_bare", "b", "s", "n", "big", "ul", "hf", "ratio", "price", "cents", "ns"] + [
    "day", "day_form", "nano", "days", "ok", "ip", "obj.n", "alias_n", "alias_tag", "n_bare", "title.raw",
]
PROPERTIES = {
    "title": {"type": "text", "fields": {"raw": {"type": "keyword", "ignore_above": 60}}},
    "body": {"type": "text", "index_options": "offsets"},
    "plain": {"type": "text", "analyzer": "english", "norms": False},
    "bare": {"type": "text", "index": False},
    "freqs": {"type": "text", "index_options": "freqs", "analyzer": "simple"},
    "dotted": {"type": "text", "analyzer": "whitespace", "search_analyzer": "standard", "position_increment_gap": 0},
    "alias_text": {"type": "alias", "path": "title"},
    "tag": {"type": "keyword"},
    "tags": {"type": "keyword", "split_queries_on_whitespace": True},
    "low": {"type": "keyword", "normalizer": "lowercase", "null_value": "NONE"},
    "tag_bare": {"type": "keyword", "index": False},
    "tag_hidden": {"type": "keyword", "doc_values": False},
    "alias_tag": {"type": "alias", "path": "tag"},
    "b": {"type": "byte"},
    "s": {"type": "short", "null_value": 7},
    "n": {"type": "integer"},
    "big": {"type": "long"},
    "ul": {"type": "unsigned_long"},
    "hf": {"type": "half_float"},
    "ratio": {"type": "float"},
    "price": {"type": "double"},
    "cents": {"type": "scaled_float", "scaling_factor": 100},
    "n_bare": {"type": "integer", "index": False},
    "n_hidden": {"type": "long", "doc_values": False},
    "ns": {"type": "integer", "coerce": False},
    "alias_n": {"type": "alias", "path": "n"},
    "day": {"type": "date"},
    "days": {"type": "date"},
    "day_form": {"type": "date", "format": "yyyy/MM/dd||epoch_second"},
    "nano": {"type": "date_nanos"},
    "day_hidden": {"type": "date", "doc_values": False},
    "ok": {"type": "boolean"},
    "ip": {"type": "ip"},
    "blob": {"type": "binary"},
    "unseen": {"type": "object", "enabled": False},
    "obj": {
        "properties": {"text": {"type": "text"}, "tag": {"type": "keyword"}, "n": {"type": "long"}},
    },
}
RANGES = {"b": 100, "s": 1000, "n": 60, "n_bare": 60, "n_hidden": 60, "ns": 60, "obj.n": 20, "alias_n": 60}
ODD = [
    None, "", [], {}, [1], ["a", "b"], {"a": 1}, True, False, "true", 1.5, -1, 0, 2**31, 2**63, 2**64, "abc", " ",
    "NaN", "1e3", "-1", "100%", [None], [[]], "1,2", -0.0, 1e39,
]
MSM = [0, 1, 2, -1, "1", "50%", "-25%", "2<50%", "1<-1 3<75%", "3", "100%", "-100%", 5, "2<-25% 9<-3"]
REWRITES = [
    "constant_score", "constant_score_boolean", "scoring_boolean", "top_terms_2", "top_terms_boost_2",
    "top_terms_blended_freqs_3",
]
ANALYZERS = ["standard", "simple", "english", "keyword", "whitespace", "stop", "nosuch"]
FUZZY = ["AUTO", "AUTO:2,4", 0, 1, 2, "1", "auto", "AUTO:0,1"]
BOOSTS = [0, 0.5, 1, 2, 2.5, 1e-3, 1000]
TYPES = ["best_fields", "most_fields", "cross_fields", "phrase", "phrase_prefix", "bool_prefix"]
ZONES = ["Europe/Berlin", "+05:30", "America/New_York", "Z", "-08:00", "UTC"]
FORMATS = ["yyyy-MM-dd", "epoch_millis", "dd/MM/yyyy||yyyy", "strict_date_optional_time", "basic_date", "yyyy"]


class Options:
    """All random choices come from one seeded source."""

    def __init__(self, seed):
        self.random = random.Random(f"options {seed}")
        self.wild = False
        self.odd_left = 0

    def pick(self, values):
        return values[self.random.randrange(len(values))]

    def chance(self, share):
        return self.random.random() < share

    def of(self, values):
        """One of `values`, in a wild request once something else."""
        if self.odd_left and self.chance(0.06):
            self.odd_left -= 1
            return self.pick(ODD)
        return self.pick(values)

    def some(self, share=0.2, **values):
        """An object with some of the named members."""
        found = {name: self.of(choice) for name, choice in values.items() if self.chance(share)}
        if self.wild and self.chance(0.02):
            found["nosuch"] = self.pick(ODD)
        return found

    # Index and documents.

    def index(self):
        return {
            "settings": {"number_of_shards": 1, "number_of_replicas": 0},
            "mappings": {"properties": PROPERTIES},
        }

    def words(self, most=4):
        return " ".join(self.pick(WORDS) for _ in range(self.random.randint(1, most)))

    def prose(self):
        if self.chance(0.5):
            return self.words(12)
        return "".join(self.pick(SENTENCES) for _ in range(self.random.randint(1, 5)))

    def number(self, name):
        if name in RANGES:
            return self.random.randint(-RANGES[name], RANGES[name])
        if name == "big":
            return self.pick([0, 1, -1, 2**53 + 1, 2**62, 2**63 - 1, -(2**63), self.random.randint(-99, 99)])
        if name == "ul":
            return self.pick([0, 1, 2**63, 2**64 - 1, 2**53 + 1, self.random.randint(0, 99)])
        return self.pick([0, 0.5, -1.25, 3.0, 99.99, -0.0, 1000, 0.1, round(self.random.uniform(-5, 5), 3)])

    def date(self, name):
        if name == "day_form":
            return self.pick(["2020/01/01", "2020/02/29", "1583020800", 86400, "1969/12/31"])
        days = ["2020-01-01", "2020-02-29T12:00:00Z", "2019-12-31T23:59:59.999+02:00", "2021-07-04", 1583020800000]
        if name == "nano":
            return self.pick([*days, "2020-01-01T00:00:00.123456789Z", "1970-01-01"])
        return self.pick([*days, "1969-07-20T20:17:40Z", -1, "2020-03-29T02:30:00"])

    def value(self, name):
        if name in NUMBERS or name == "alias_n":
            return self.number(name)
        if name in DATES:
            return self.date(name)
        if name == "_id":
            return str(self.random.randint(0, 70))
        if name in KEYWORDS:
            return self.pick(TAGS)
        if name in TEXTS:
            return self.prose()
        if name == "ok":
            return self.pick([True, False])
        if name == "ip":
            return self.pick(["10.0.0.1", "10.0.1.7", "192.168.0.1", "::1", "2001:db8::1", "10.0.0.0"])
        return "aGVsbG8="

    def document(self):
        found = {}
        for name, mapping in PROPERTIES.items():
            if mapping.get("type") == "alias" or self.chance(0.2):
                continue
            if name == "unseen":
                found[name] = {"x": self.words()}
            elif name == "obj":
                found[name] = {part: self.value(f"obj.{part}") for part in ("text", "tag", "n") if self.chance(0.8)}
            elif self.chance(0.04):
                found[name] = None
            elif name in ("tags", "days") or self.chance(0.08):
                found[name] = [self.value(name) for _ in range(self.random.randint(0, 3))]
            else:
                found[name] = self.value(name)
        return found

    # Queries.

    def field(self, *kinds):
        """A field of one of these lists, rarely any other."""
        if self.chance(0.12):
            return self.pick(FIELDS)
        return self.pick(self.pick(kinds))

    def fields(self):
        names = [self.field(TEXTS, TEXTS, KEYWORDS, NUMBERS) for _ in range(self.random.randint(1, 3))]
        if self.chance(0.25):
            names = [self.pick(["ti*", "t*", "*", "obj.*", "title.*", "nosuch*", "alias*", "_all"])] + names[1:]
        if self.chance(0.6):
            names = [self.pick(["title", "body", "plain", "freqs", "obj.text"]) for _ in range(2)]
        found = [name + self.of(["", "", "^2", "^0.5", "^0", "^1.0"]) if self.chance(0.6) else name for name in names] \
            if not self.wild else [self.of([name, name, name + "^3", name + "^-1", name + "^x", name + "^"]) for name in names]
        return self.of([found]) if self.chance(0.9) else found[0]

    def common(self):
        found = self.some(0.1, boost=BOOSTS)
        if self.chance(0.08):
            found["_name"] = self.of(["q" + str(self.random.randint(1, 4))])
        return found

    def query(self, depth=0):
        if depth < 2 and self.chance(0.35):
            kind = self.pick(["bool", "bool", "dis_max", "constant_score", "boosting", "function_score", "function_score"])
            return {kind: getattr(self, "compound_" + kind)(depth + 1)}
        kind = self.pick(LEAVES)
        return {kind: getattr(self, "leaf_" + kind)()}

    def clause(self, depth):
        return self.of([self.query(depth)])

    def compound_bool(self, depth):
        body = self.common()
        for name in ("must", "should", "filter", "must_not"):
            if self.chance(0.4):
                body[name] = self.of([[self.clause(depth) for _ in range(self.random.randint(0, 3))]])
                if self.chance(0.2):
                    body[name] = self.clause(depth)
        return {**body, **self.some(0.2, minimum_should_match=MSM, adjust_pure_negative=[True, False])}

    def compound_dis_max(self, depth):
        queries = [self.clause(depth) for _ in range(self.random.randint(0 if self.wild else 1, 3))]
        return {"queries": self.of([queries]), **self.some(0.5, tie_breaker=[0, 0.3, 1, 2, -1]), **self.common()}

    def compound_constant_score(self, depth):
        return {"filter": self.clause(depth), **self.common()}

    def compound_boosting(self, depth):
        return {
            "positive": self.clause(depth),
            "negative": self.clause(depth),
            "negative_boost": self.of([0, 0.2, 0.5, 1, 2]),
            **self.common(),
        }

    def compound_function_score(self, depth):
        body = self.common()
        if self.chance(0.85):
            body["query"] = self.clause(depth)
        if self.chance(0.4):
            body.update(self.function())
        else:
            body["functions"] = self.of([[self.filtered() for _ in range(self.random.randint(0, 3))]])
        return {
            **body,
            **self.some(
                0.3,
                score_mode=["sum", "multiply", "avg", "max", "min", "first", "SUM"],
                boost_mode=["multiply", "sum", "replace", "avg", "max", "min"],
                max_boost=[1, 2.5, 0, 1e10, 0.1],
                min_score=[0, 0.5, 1, 3],
            ),
        }

    def filtered(self):
        body = self.function()
        if self.chance(0.5):
            body["filter"] = self.clause(2)
        return body

    def function(self):
        kind = self.pick(["weight", "random", "value", "decay", "decay", "value"])
        body = self.some(0.3, weight=[0, 0.5, 1, 2, 3.25, 100])
        if kind == "weight":
            return {"weight": self.of([0, 0.5, 1, 2, 3.25, 100])}
        if kind == "random":
            inner = {"seed": self.of([1, 42, "abc", 2**40, -5, 0])}
            inner["field"] = self.of(["_seq_no", "tag", "n", "big", "_id", "nosuch", "price", "title"])
            return {**body, "random_score": inner}
        if kind == "value":
            inner = {"field": self.of(["s", "b", "price", "cents", "hf", "ul", "ok", "day", "nosuch", self.field(NUMBERS)])}
            inner.update(self.some(0.4, factor=[1, 1.2, 0.1, 10, 0, 2]))
            if self.chance(0.8):
                inner["missing"] = self.of([1, 0, 2.5, 10])
            if self.chance(0.7):
                inner["modifier"] = self.of(
                    ["none", "log", "log1p", "log2p", "ln", "ln1p", "ln2p", "square", "sqrt", "reciprocal", "SQRT"]
                )
            return {**body, "field_value_factor": inner}
        return {**body, self.pick(["gauss", "exp", "linear"]): self.decay()}

    def decay(self):
        if self.chance(0.5):
            name = self.pick(["day", "days", "day_form", "nano", self.field(DATES)])
            inner = {"scale": self.of(["10d", "1h", "365d", "30m", "1.5d", "0d", 5])}
            if self.chance(0.9):
                inner["origin"] = self.of(["2020-01-01", "2020-02-01||+1M/d", 1583020800000, "2020/01/01"])
            inner.update(self.some(0.4, offset=["1d", "0", "5h", "10d", "-1d"]))
        else:
            name = self.field(NUMBERS)
            inner = {"origin": self.of([0, 10, -5.5, "3", 100]), "scale": self.of([1, 10, 0.5, "5", 0, 100])}
            inner.update(self.some(0.4, offset=[0, 1, 5, 0.25, -1, "2"]))
        inner.update(self.some(0.4, decay=[0.5, 0.1, 0.9, 0.33, 0, 1]))
        found = {name: self.of([inner])}
        return {**found, **self.some(0.3, multi_value_mode=["min", "max", "avg", "sum", "MIN", "median"])}

    def match_options(self):
        return self.some(
            0.12,
            operator=["and", "or", "AND", "Or"],
            analyzer=ANALYZERS,
            minimum_should_match=MSM,
            fuzziness=FUZZY,
            prefix_length=[0, 1, 3],
            max_expansions=[1, 2, 50],
            fuzzy_transpositions=[True, False],
            fuzzy_rewrite=REWRITES,
            lenient=[True, False],
            zero_terms_query=["none", "all", "ALL"],
            auto_generate_synonyms_phrase_query=[True, False],
        )

    def said(self, name):
        """What is looked for in this field: mostly words for texts, else a value of its kind."""
        if name in TEXTS or self.chance(0.2):
            return self.of([self.words(4), self.words(2), self.words(1), "the of", "!?"])
        return self.of([self.value(name)])

    def leaf_match(self):
        name = self.field(TEXTS, TEXTS, KEYWORDS, NUMBERS, DATES, OTHERS)
        if self.chance(0.15):
            return {name: self.said(name)}
        return {name: {"query": self.said(name), **self.match_options(), **self.common()}}

    def leaf_match_phrase(self):
        name = self.field(TEXTS, TEXTS, KEYWORDS, NUMBERS)
        options = self.some(0.3, slop=[0, 1, 2, 5], analyzer=ANALYZERS, zero_terms_query=["none", "all"])
        return {name: {"query": self.said(name), **options, **self.common()}}

    def leaf_match_phrase_prefix(self):
        name = self.field(TEXTS, TEXTS, KEYWORDS, NUMBERS)
        said = self.said(name)
        if isinstance(said, str) and self.chance(0.7):
            said = said[: self.random.randint(1, 12)]
        options = self.some(
            0.3, slop=[0, 1, 2], analyzer=ANALYZERS, zero_terms_query=["none", "all"], max_expansions=[1, 2, 50]
        )
        return {name: {"query": said, **options, **self.common()}}

    def leaf_match_bool_prefix(self):
        name = self.field(TEXTS, TEXTS, KEYWORDS, NUMBERS)
        options = self.match_options()
        for left in ("lenient", "zero_terms_query", "auto_generate_synonyms_phrase_query"):
            if not self.wild:
                options.pop(left, None)
        return {name: {"query": self.said(name), **options, **self.common()}}

    def leaf_multi_match(self):
        kind = self.pick(TYPES)
        options = self.match_options()
        if not self.wild and kind in ("phrase", "phrase_prefix", "cross_fields"):
            options.pop("fuzziness", None)
        if not self.wild and kind == "bool_prefix":
            options.pop("slop", None)
        options.update(self.some(0.25, tie_breaker=[0, 0.3, 1, 0.75]))
        if kind.startswith("phrase"):
            options.update(self.some(0.4, slop=[0, 1, 3]))
        found = {"query": self.said("title"), "fields": self.fields(), **options, **self.common()}
        if self.chance(0.9):
            found["type"] = self.of([kind])
        return found

    def leaf_combined_fields(self):
        names = [self.pick(["title", "alias_text", "obj.text", "body"]) for _ in range(self.random.randint(1, 2))]
        names = [name + self.pick(["", "^2", "^1.5"]) for name in names]
        options = self.some(0.3, operator=["and", "or"], minimum_should_match=MSM)
        return {"query": self.said("title"), "fields": self.of([names]), **options, **self.common()}

    def grammar(self):
        """Text of a query_string."""
        text = self.pick(
            [
                "{0}", "{0} {1}", "{0} {1} {2}", "{0} AND {1}", "{0} OR {1}", "+{0} -{1}", '"{0} {1}"', '"{0} {1}"~2',
                "title:{0}", "{0}*", "n:[1 TO 20]", "n:>5", "price:<=3", "big:{{-5 TO *]", "tag:red", "NOT {0}",
                "({0} OR {1}) AND body:{2}", "{0}^2 {1}", "_exists_:price", "{0}~1", "{0}~", "t*:{0}", "*:*", "{0}?",
                "*{0}", "/fo[ox]+/", "title:(+{0} {1})", "day:[2020-01-01 TO 2020-12-31}}", "day:2020-01-01",
                "obj.\\*:{0}", "{0} && {1} || {2}", "!{0}", "tag:\"light blue\"", "title:/qu.*k/", "{0}*{1}",
                '"{0} {1}"^3', "({0} {1})^2.5", "low:RED", "ok:true", "ip:10.0.0.0\\/16", "_id:3", "tag:[a TO m]",
                "alias_n:7", "title:{0}~0.6", "\\*{0}", "n:7 ul:7", "hf:[0 TO 3]", "*", "title:*", "nosuch:{0}",
                "_exists_:nosuch", "body:\"{0} {1} {2}\"~3", "tags:(red green)", "({0}) {1}", "{0} and {1} or {2}",
            ]
        )
        return text.format(*(self.pick(WORDS[:26]) for _ in range(3)))

    def leaf_query_string(self):
        found = {"query": self.of([self.grammar()])}
        if self.wild and self.chance(0.2):
            found["query"] = self.pick(["(a", "a AND", "[1 TO", "n:x", '"a', "a)", "n:[x TO 2]", "day:nope", "a^x", "/a"])
        if self.chance(0.6):
            found["fields"] = self.fields()
        elif self.chance(0.5):
            found["default_field"] = self.of(["title", "body", "*", "n", "tag", "nosuch", "t*", "obj.text"])
        return {
            **found,
            **self.some(
                0.09,
                default_operator=["and", "or", "AND"],
                analyzer=ANALYZERS,
                quote_analyzer=ANALYZERS,
                allow_leading_wildcard=[True, False],
                max_determinized_states=[10000, 5],
                enable_position_increments=[True, False],
                escape=[True, False],
                fuzziness=FUZZY,
                fuzzy_prefix_length=[0, 1, 3],
                fuzzy_max_expansions=[1, 50],
                fuzzy_transpositions=[True, False],
                fuzzy_rewrite=REWRITES,
                phrase_slop=[0, 1, 3],
                tie_breaker=[0, 0.3, 1],
                analyze_wildcard=[True, False],
                rewrite=REWRITES,
                minimum_should_match=MSM,
                quote_field_suffix=[".raw", ".nosuch"],
                lenient=[True, False],
                time_zone=ZONES,
                type=TYPES,
                auto_generate_synonyms_phrase_query=[True, False],
            ),
            **self.common(),
        }

    def leaf_simple_query_string(self):
        text = self.pick(
            ["{0}", "{0} {1}", "{0} + {1}", "{0} | {1}", "-{0}", '"{0} {1}"~2', "{0}*", "({0} | {1}) + {2}", "{0}~1"]
            + ["{0} -{1}", '"{0} {1}"', "{0}~", "(({0})", "{0} + -{1} | {2}", "\\+{0}", "*", "", "{0}~5", '"{0}"*']
        )
        found = {"query": self.of([text.format(*(self.pick(WORDS[:26]) for _ in range(3)))])}
        if self.chance(0.75):
            found["fields"] = self.fields()
        flags = ["ALL", "NONE", "AND|OR", "PREFIX", "PHRASE|NOT", "PRECEDENCE|ESCAPE|WHITESPACE", "FUZZY|NEAR", "SLOP"]
        return {
            **found,
            **self.some(
                0.12,
                flags=[*flags, "and|or", -1, 3, ""],
                default_operator=["and", "or"],
                analyzer=ANALYZERS,
                analyze_wildcard=[True, False],
                lenient=[True, False],
                minimum_should_match=MSM,
                fuzzy_prefix_length=[0, 1, 3],
                fuzzy_max_expansions=[1, 50],
                fuzzy_transpositions=[True, False],
                quote_field_suffix=[".raw"],
                auto_generate_synonyms_phrase_query=[True, False],
            ),
            **self.common(),
        }

    def token(self, name):
        return self.of([self.pick(WORDS)]) if name in TEXTS else self.of([self.value(name)])

    def leaf_term(self):
        name = self.pick(FIELDS)
        if self.chance(0.2):
            return {name: self.token(name)}
        return {name: {"value": self.token(name), **self.some(0.15, case_insensitive=[True, False]), **self.common()}}

    def leaf_terms(self):
        name = self.pick(FIELDS)
        values = [self.token(name) for _ in range(self.random.randint(0, 4))]
        return {name: self.of([values]), **self.common()}

    def leaf_range(self):
        name = self.pick([self.pick(NUMBERS), self.pick(DATES), self.pick(KEYWORDS), "ip", "alias_n", self.pick(FIELDS)])
        body = {}
        for sides in (("gt", "gte", "from"), ("lt", "lte", "to")):
            if self.chance(0.75):
                body[self.pick(sides[:2] * 3 + sides[2:])] = self.bound(name)
        if "from" in body or "to" in body or self.chance(0.02):
            body.update(self.some(0.4, include_lower=[True, False], include_upper=[True, False]))
        if name in DATES:
            body.update(self.some(0.2, time_zone=ZONES, format=FORMATS))
        elif self.chance(0.03):
            body.update(self.some(0.5, time_zone=ZONES, format=FORMATS))
        body.update(self.some(0.08, relation=["intersects", "within", "CONTAINS", "disjoint"]))
        return {name: {**body, **self.common()}}

    def bound(self, name):
        if name in DATES and self.chance(0.4):
            return self.of(
                ["2020-01-01||/M", "2020-01-15||+1M/d", "now", "now-10y/y", "2020", "2020-02", "2020||/y", "2020-01-01||-1d"]
                + ["2020-01-01T10", "now/d", "2020-06-31", 0, "1577836800000", "2020-01-01||+1y-3M/w"]
            )
        if name in NUMBERS and self.chance(0.3):
            return self.of([0, 1.5, "3", -1, "2.5", 1e10, 2**63, 127, 128, "-3", 0.1, -0.5, 65504, 65520])
        if name == "ip" and self.chance(0.2):
            return self.of(["10.0.0.0/8", "::", "10.0.0.255"])
        return self.of([self.value(name)]) if self.chance(0.95) else None

    def leaf_exists(self):
        return {"field": self.of([*FIELDS, "obj", "t*", "*", "title.*"]), **self.common()}

    def pattern(self, name, kind):
        values = {
            "prefix": ["a", "qu", "re", "", "x", "R", "ü", "1", "10."],
            "wildcard": ["*ox*", "?ed", "r*", "*", "d?t*", "", "R*", "\\*", "a\\*b", "*ü*", "RED", "l* b*"],
            "regexp": ["fo(x|xes)", "r.*", "[a-d]+", "(run|ran)(ning)?", ".*", "", "R.d", "~r.*", "<1-30>", "a&b|re@", "[^a]+"],
            "fuzzy": ["quikc", "fxo", "rde", "lazyy", "", "re", "Red", "gren", "2021", "7"],
        }
        return self.of(values[kind])

    def leaf_prefix(self):
        name = self.field(TEXTS, KEYWORDS, KEYWORDS, NUMBERS, OTHERS)
        value = self.pattern(name, "prefix")
        if self.chance(0.2):
            return {name: value}
        return {
            name: {
                "value": value,
                **self.some(0.25, rewrite=REWRITES, case_insensitive=[True, False]),
                **self.common(),
            }
        }

    def leaf_wildcard(self):
        name = self.field(TEXTS, KEYWORDS, KEYWORDS, NUMBERS, OTHERS)
        value = self.pattern(name, "wildcard")
        if self.chance(0.2):
            return {name: value}
        return {
            name: {
                self.pick(["value", "wildcard"]): value,
                **self.some(0.25, rewrite=REWRITES, case_insensitive=[True, False]),
                **self.common(),
            }
        }

    def leaf_regexp(self):
        name = self.field(TEXTS, KEYWORDS, KEYWORDS, NUMBERS, OTHERS)
        value = self.pattern(name, "regexp")
        if self.chance(0.2):
            return {name: value}
        flags = ["ALL", "NONE", "COMPLEMENT", "INTERVAL", "INTERSECTION|EMPTY", "ANYSTRING", "AUTOMATON", "nosuch", ""]
        return {
            name: {
                "value": value,
                **self.some(
                    0.25,
                    rewrite=REWRITES,
                    case_insensitive=[True, False],
                    flags=flags,
                    flags_value=[0, 1, 255, 65535],
                    max_determinized_states=[10000, 3, 1],
                ),
                **self.common(),
            }
        }

    def leaf_fuzzy(self):
        name = self.field(TEXTS, KEYWORDS, KEYWORDS, NUMBERS, OTHERS)
        value = self.pattern(name, "fuzzy")
        if self.chance(0.2):
            return {name: value}
        return {
            name: {
                "value": value,
                **self.some(
                    0.25,
                    fuzziness=FUZZY,
                    prefix_length=[0, 1, 3],
                    max_expansions=[1, 2, 50],
                    transpositions=[True, False],
                    rewrite=REWRITES,
                ),
                **self.common(),
            }
        }

    def leaf_ids(self):
        values = [self.of([str(self.random.randint(0, 70)), self.random.randint(0, 70)]) for _ in range(3)]
        return {"values": self.of([values]) if self.chance(0.9) else "3", **self.common()}

    def leaf_match_all(self):
        return self.common()

    def leaf_match_none(self):
        return self.common()

    def leaf_wrapper(self):
        import base64
        import json

        text = json.dumps(self.query(2))
        return {"query": self.of([base64.b64encode(text.encode()).decode()])}

    # Sorting.

    def sort(self):
        found = []
        for _ in range(self.random.randint(1, 3)):
            found.append(self.sort_key())
        if self.wild and self.chance(0.1):
            return self.pick(ODD)
        return found if self.chance(0.8) else found[0]

    def sort_key(self):
        roll = self.random.random()
        if roll < 0.1:
            return self.of(["_score", "_doc", {"_score": {"order": "asc"}}, {"_doc": "desc"}, {"_score": "desc"}])
        if roll < 0.25:
            return self.of([*SORTED, "title", "nosuch", "_id", "bare", "unseen.x", "obj", "_shard_doc", "tag:desc"])
        name = self.pick(SORTED) if self.chance(0.9) else self.pick(FIELDS)
        if roll < 0.35:
            return {name: self.of(["asc", "desc", "ASC"])}
        body = self.some(0.35, order=["asc", "desc"], mode=["min", "max", "sum", "avg", "median"])
        body.update(self.some(0.12, unmapped_type=["long", "keyword", "date", "text", "nosuch", "unsigned_long"]))
        body.update(self.some(0.12, numeric_type=["long", "double", "date", "date_nanos", "unsigned_long"]))
        if self.chance(0.35):
            value = self.value(name)
            body["missing"] = self.of(["_first", "_last", value, "_last", 5, "x"])
        if name in DATES:
            body.update(self.some(0.25, format=[*FORMATS, "epoch_second", "strict_date_time"]))
        elif self.wild:
            body.update(self.some(0.2, format=["0.00", "yyyy", "#,##0.0", ""]))
        if self.wild and self.chance(0.1):
            body["nested"] = self.pick([{"path": "obj"}, {"path": "nosuch"}, {}, {"path": "obj", "filter": {}}])
        return {name: body}

    def after(self, sort):
        """Values for search_after beside a sort."""
        keys = sort if isinstance(sort, list) else [sort]
        found = []
        for key in keys:
            name = next(iter(key)) if isinstance(key, dict) and key else key
            if name == "_score":
                found.append(self.of([1.0, 0.5, 0]))
            elif name in ("_doc", "_shard_doc"):
                found.append(self.of([0, 5, 30]))
            else:
                found.append(self.of([self.value(str(name)), self.value(str(name)), None]))
        if self.wild and self.chance(0.15):
            found = found[1:] if self.chance(0.5) else [*found, 1]
        return found

    # Fetching.

    def fetch(self, body):
        if self.chance(0.3):
            source = [True, False, "n", ["t*"], {"excludes": ["body", "o*"]}, {"includes": ["obj.*"], "excludes": "*.n"}]
            body["_source"] = self.of([*source, {"includes": []}, [], "*.n", "obj", {"include": "n"}, "*t*", ["obj", "*.tag"]])
        else:
            body["_source"] = False
        if self.chance(0.2):
            body["fields"] = [self.fetched() for _ in range(self.random.randint(1, 3))]
        if self.chance(0.15):
            body["docvalue_fields"] = [self.fetched() for _ in range(self.random.randint(1, 3))]
        if self.chance(0.06):
            body["stored_fields"] = self.of(["_none_", "_source", ["_source"], "title", [], "*", ["_none_", "n"], "_id", "_routing"])
        return body

    def fetched(self):
        name = self.of([*FIELDS, *SORTED, "obj.*", "*", "t*", "ti*le"])
        if self.chance(0.5) or not isinstance(name, str):
            return name
        found = {"field": name}
        if name in DATES:
            found.update(self.some(0.6, format=[*FORMATS, "epoch_second"]))
        elif name in NUMBERS:
            found.update(self.some(0.3, format=["0.00", "#", "use_field_mapping"]))
        elif self.chance(0.1):
            found["format"] = self.of(FORMATS)
        if self.wild:
            found.update(self.some(0.2, include_unmapped=[True, False]))
        return found

    # Highlighting.

    def highlight(self):
        found = self.highlight_options()
        found.update(self.some(0.15, encoder=["html", "default", "nosuch"], tags_schema=["styled", "default", "nosuch"]))
        names = [self.of(["title", "body", "plain", "t*", "*", "obj.text", "title.raw", "tag", "alias_text", "dotted"])
                 for _ in range(self.random.randint(1, 2))]
        if self.chance(0.3):
            names = ["body"]
        fields = {str(name): self.highlight_options() if self.chance(0.5) else {} for name in names}
        if self.chance(0.1):
            found["fields"] = [{name: options} for name, options in fields.items()]
        else:
            found["fields"] = self.of([fields])
        return found

    def highlight_options(self):
        found = self.some(
            0.1,
            type=["unified", "plain", "unified", "plain", "fvh", "nosuch"],
            fragment_size=[0, 1, 10, 18, 30, 60, 100, 1000],
            number_of_fragments=[0, 1, 2, 5],
            no_match_size=[0, 1, 10, 40, 1000],
            order=["score", "none"],
            boundary_scanner=["sentence", "word", "chars"],
            boundary_scanner_locale=["en-US", "ja", "xx", ""],
            boundary_chars=[".,!? \t\n", "", "x"],
            boundary_max_scan=[0, 1, 20, 100],
            fragmenter=["simple", "span"],
            require_field_match=[True, False],
            phrase_limit=[1, 256],
            max_analyzer_offset=[1, 10, 1000, -1],
            pre_tags=[["<b>"], ["<1>", "<2>"], [""], "<i>"],
            post_tags=[["</b>"], ["</1>", "</2>"], [""], "</i>"],
            force_source=[True, False],
            options=[{}, {"a": 1}],
            fragment_offset=[0, 5],
        )
        if self.chance(0.08):
            found["highlight_query"] = self.of([self.query(1)])
        if self.chance(0.02):
            found["matched_fields"] = self.of([["title"], ["title", "body"], []])
        if self.wild and "pre_tags" in found:
            found.setdefault("post_tags", ["</z>"])
        return found

    # Whole requests.

    def search(self):
        body = {"query": self.of([self.query()])} if self.chance(0.97) else {}
        body["size"] = self.of([5, 10, 10, 30, 100, 0])
        if self.chance(0.3):
            body["sort"] = self.sort()
            if self.chance(0.3):
                body["search_after"] = self.of([self.after(body["sort"])])
        if self.chance(0.25):
            body["highlight"] = self.of([self.highlight()])
        self.fetch(body)
        if self.chance(0.15):
            body["explain"] = self.of([True])
        body.update(
            self.some(
                0.05,
                version=[True, False],
                seq_no_primary_term=[True, False],
                track_scores=[True, False],
                include_named_queries_score=[True, False],
                track_total_hits=[True, False, 0, 3, 5, 10000, -1, "true", "5"],
                min_score=[0, 0.5, 1, 2],
                terminate_after=[0, 1, 1000],
                timeout=["1m", "10s"],
                indices_boost=[[{"*": 2}], [{"nosuch": 1}]],
                post_filter=[self.query(2)],
                stats=[["a"], []],
            )
        )
        body["from"] = self.of([0, 0, 0, 3, 9990, 10000]) if "search_after" not in body and self.chance(0.1) else 0
        return body

    def uri(self):
        options = self.some(
            0.1,
            q=[self.grammar()],
            df=["title", "body", "n", "*"],
            default_operator=["AND", "or", "x"],
            analyzer=ANALYZERS,
            analyze_wildcard=["true", "false"],
            lenient=["true", "false"],
            sort=["n", "n:desc", "day:asc,n:desc", "_score", "_doc", "title", "n:up", ":", "nosuch"],
            size=["3", "0", "-1", "x"],
            _source=["false", "t*", "n,tag", "true", ""],
            _source_includes=["n*"],
            _source_excludes=["*t*"],
            docvalue_fields=["n", "day,tag", "title"],
            stored_fields=["_none_", "n", "_source"],
            explain=["true"],
            version=["true", "x"],
            seq_no_primary_term=["true", ""],
            track_scores=["true"],
            track_total_hits=["true", "false", "3", "x"],
            terminate_after=["0", "1000", "-1"],
            include_named_queries_score=["true"],
            search_type=["query_then_fetch", "dfs_query_then_fetch", "x"],
            rest_total_hits_as_int=["true"],
            request_cache=["true", "false"],
            batched_reduce_size=["2", "1", "512"],
            max_concurrent_shard_requests=["1", "0"],
            pre_filter_shard_size=["1", "0"],
            preference=["_local", "abc", "_nosuch"],
            ignore_unavailable=["true"],
            allow_partial_search_results=["true", "false"],
            typed_keys=["true"],
            timeout=["10s", "x", "-1"],
            from_=["2", "-1"],
        )
        options.setdefault("q", self.grammar())
        return {name.rstrip("_"): value for name, value in options.items() if isinstance(value, str)}

    def request(self, index):
        """(method, path, body) of one random request."""
        from urllib.parse import urlencode

        self.wild = self.chance(0.35)
        self.odd_left = 1 if self.wild else 0
        roll = self.random.random()
        if roll < 0.08:
            return "GET", f"/{index}/_search?{urlencode(self.uri())}", {}
        if roll < 0.13:
            return "POST", f"/{index}/_count", {"query": self.query(), **self.some(0.03, size=[1])}
        if roll < 0.21:
            return "GET", f"/{index}/_explain/{self.random.randint(0, 70)}", {"query": self.query(1)}
        if roll < 0.27:
            flags = self.pick(["explain=true", "explain=true&rewrite=true", "rewrite=true", "all_shards=true", ""])
            return "POST", f"/{index}/_validate/query?{flags}", {"query": self.query()}
        if roll < 0.29:
            body = self.search()
            body["slice"] = {"id": self.of([0, 1, 2]), "max": self.of([2, 3, 1]), **self.some(0.4, field=["n", "_id", "tag", "title", "_doc"])}
            return "POST", f"/{index}/_search?scroll=2s", body
        return "POST", f"/{index}/_search", self.search()


LEAVES = (
    ["match"] * 4
    + ["match_phrase", "match_phrase_prefix", "match_bool_prefix", "combined_fields"] * 2
    + ["multi_match", "query_string", "simple_query_string"] * 4
    + ["term", "terms", "range", "range", "exists", "prefix", "wildcard", "regexp", "fuzzy", "ids"] * 2
    + ["match_all", "match_none", "wrapper"]
)
