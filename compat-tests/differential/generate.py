"""Seeded random mappings, documents and requests. One seed gives one stream, whatever the servers answer."""

import random

WORDS = (
    "alpha beta gamma delta quick brown fox foxes jumping jumps lazy dog dogs the of and to be über straße naïve 東京 "
    "data search engine index shard node cluster query run running ran 2020 3.14 o'neil wi-fi"
).split()
TAGS = ["red", "green", "blue", "Red", "light blue", "", "ünï", "x" * 40]
DAYS = [
    "2020-01-01",
    "2020-02-29T12:00:00Z",
    "2019-12-31T23:59:59.999+02:00",
    "2021-07-04",
    "1969-07-20T20:17:40Z",
    1583020800000,
]
FIELDS = {
    "title": "text",
    "body": "text",
    "tag": "keyword",
    "tags": "keyword",
    "n": "integer",
    "big": "long",
    "price": "double",
    "ratio": "float",
    "ok": "boolean",
    "day": "date",
    "ip": "ip",
}
NUMBERS = ["n", "big", "price", "ratio"]
TEXTS = ["title", "body"]
SORTABLE = ["tag", "n", "big", "price", "ratio", "ok", "day", "ip"]
DEPTH_MAX = 3


class Generator:
    """All random choices come from one seeded source."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, values):
        return values[self.random.randrange(len(values))]

    def chance(self, share):
        return self.random.random() < share

    # Index and documents.

    def index(self):
        properties = {name: {"type": kind} for name, kind in FIELDS.items()}
        if self.chance(0.5):
            properties["title"]["fields"] = {"raw": {"type": "keyword", "ignore_above": 60}}
        if self.chance(0.4):
            properties["title"]["analyzer"] = self.pick(["english", "simple", "whitespace", "standard"])
        if self.chance(0.3):
            properties["tag"]["null_value"] = "none"
        if self.chance(0.3):
            properties["body"]["index_options"] = self.pick(["docs", "freqs", "positions", "offsets"])
        return {
            "settings": {"number_of_shards": 1, "number_of_replicas": 0},
            "mappings": {"properties": properties},
        }

    def text(self, words_max=12):
        return " ".join(self.pick(WORDS) for _ in range(self.random.randint(1, words_max)))

    def value(self, kind):
        if kind == "text":
            return self.text()
        if kind == "keyword":
            return self.pick(TAGS)
        if kind == "integer":
            return self.random.randint(-20, 60)
        if kind == "long":
            return self.pick([0, 1, -1, 2**53 + 1, 2**62, self.random.randint(-1000, 1000)])
        if kind in ("double", "float"):
            return self.pick([0.5, -1.25, 3.0, 99.99, 1e10, round(self.random.uniform(-5, 5), 3)])
        if kind == "boolean":
            return self.pick([True, False])
        if kind == "date":
            return self.pick(DAYS)
        return f"10.0.{self.random.randint(0, 2)}.{self.random.randint(0, 255)}"

    def document(self):
        found = {}
        for name, kind in FIELDS.items():
            if self.chance(0.2):
                continue
            if self.chance(0.03):
                found[name] = None
            elif name == "tags" or self.chance(0.05):
                found[name] = [self.value(kind) for _ in range(self.random.randint(0, 3))]
            else:
                found[name] = self.value(kind)
        return found

    # Queries.

    def query(self, depth=0):
        if depth < DEPTH_MAX and self.chance(0.45):
            return self.compound(depth)
        return self.leaf()

    def compound(self, depth):
        kind = self.pick(["bool", "bool", "bool", "dis_max", "constant_score", "boosting", "function_score"])
        inner = lambda: self.query(depth + 1)  # noqa: E731
        if kind == "bool":
            body = {}
            for clause in ("must", "should", "filter", "must_not"):
                if self.chance(0.45):
                    body[clause] = [inner() for _ in range(self.random.randint(1, 3))]
            if "should" in body and self.chance(0.3):
                body["minimum_should_match"] = self.pick([1, 2, "50%", -1])
        elif kind == "dis_max":
            body = {"queries": [inner() for _ in range(self.random.randint(1, 3))]}
            if self.chance(0.5):
                body["tie_breaker"] = 0.3
        elif kind == "constant_score":
            body = {"filter": inner(), "boost": self.pick([1, 1.5, 3])}
        elif kind == "boosting":
            body = {"positive": inner(), "negative": inner(), "negative_boost": 0.4}
        else:
            body = (
                {"query": inner(), "weight": 2}
                if self.chance(0.5)
                else {
                    "query": inner(),
                    "functions": [{"filter": self.leaf(), "weight": 3}, {"weight": 1.5}],
                    "score_mode": self.pick(["sum", "multiply", "avg", "max", "min", "first"]),
                    "boost_mode": self.pick(["multiply", "sum", "replace", "avg", "max", "min"]),
                }
            )
        return {kind: body}

    def leaf(self):
        return getattr(
            self,
            "leaf_"
            + self.pick(
                [
                    "match",
                    "match",
                    "phrase",
                    "multi_match",
                    "term",
                    "term",
                    "terms",
                    "range",
                    "range",
                    "prefix",
                    "wildcard",
                    "fuzzy",
                    "regexp",
                    "exists",
                    "ids",
                    "match_all",
                    "query_string",
                    "simple",
                    "bool_prefix",
                    "phrase_prefix",
                ]
            ),
        )()

    def leaf_match(self):
        body = {"query": self.text(4)}
        if self.chance(0.3):
            body["operator"] = self.pick(["and", "or"])
        if self.chance(0.15):
            body["fuzziness"] = self.pick(["AUTO", 1, 0])
        if self.chance(0.15):
            body["boost"] = 2.5
        return {"match": {self.pick(TEXTS): body}}

    def leaf_phrase(self):
        return {
            "match_phrase": {self.pick(TEXTS): {"query": self.text(3), "slop": self.random.randint(0, 2)}}
        }

    def leaf_phrase_prefix(self):
        return {"match_phrase_prefix": {"title": self.text(2)[: self.random.randint(2, 12)].strip() or "a"}}

    def leaf_bool_prefix(self):
        return {"match_bool_prefix": {self.pick(TEXTS): self.text(3)}}

    def leaf_multi_match(self):
        kind = self.pick(["best_fields", "most_fields", "cross_fields", "phrase"])
        return {"multi_match": {"query": self.text(3), "fields": ["title^2", "body"], "type": kind}}

    def leaf_term(self):
        field = self.pick(list(FIELDS))
        return {
            "term": {
                field: {"value": self.pick(WORDS) if FIELDS[field] == "text" else self.value(FIELDS[field])}
            }
        }

    def leaf_terms(self):
        field = self.pick(["tag", "tags", "n", "big", "title"])
        values = [self.pick(WORDS) if field == "title" else self.value(FIELDS[field]) for _ in range(3)]
        return {"terms": {field: values}}

    def leaf_range(self):
        field = self.pick(["n", "big", "price", "ratio", "day", "ip", "tag"])
        body = {self.pick(["gt", "gte"]): self.value(FIELDS[field])}
        if self.chance(0.6):
            body[self.pick(["lt", "lte"])] = self.value(FIELDS[field])
        return {"range": {field: body}}

    def leaf_prefix(self):
        return {"prefix": {self.pick(["title", "tag"]): self.pick(["a", "qu", "re", "", "x"])}}

    def leaf_wildcard(self):
        return {
            "wildcard": {
                self.pick(["title", "tag"]): {"value": self.pick(["*ox*", "?ed", "r*", "*", "d?t*"])}
            }
        }

    def leaf_fuzzy(self):
        return {
            "fuzzy": {self.pick(["title", "tag"]): {"value": self.pick(["quikc", "fxo", "rde", "lazyy"])}}
        }

    def leaf_regexp(self):
        return {
            "regexp": {
                self.pick(["title", "tag"]): self.pick(["fo(x|xes)", "r.*", "[a-d]+", "(run|ran)(ning)?"])
            }
        }

    def leaf_exists(self):
        return {"exists": {"field": self.pick([*FIELDS, "nosuch"])}}

    def leaf_ids(self):
        return {"ids": {"values": [str(self.random.randint(0, 60)) for _ in range(3)]}}

    def leaf_match_all(self):
        return {"match_all": {} if self.chance(0.7) else {"boost": 1.5}}

    def leaf_query_string(self):
        text = self.pick(
            [
                "{0} AND {1}",
                "{0} OR {1}",
                "+{0} -{1}",
                '"{0} {1}"',
                "title:{0}",
                "{0}*",
                "n:[1 TO 20]",
                "tag:red",
                "NOT {0}",
                "({0} OR {1}) AND body:{2}",
                "{0}^2 {1}",
                "_exists_:price",
                "{0}~1",
            ]
        ).format(*(self.pick(WORDS[:20]) for _ in range(3)))
        return {"query_string": {"query": text, "default_field": self.pick(TEXTS)}}

    def leaf_simple(self):
        text = self.pick(["{0} + {1}", "{0} | {1}", "-{0}", '"{0} {1}"~2', "{0}*", "({0} | {1}) + {2}"])
        return {
            "simple_query_string": {
                "query": text.format(*(self.pick(WORDS[:20]) for _ in range(3))),
                "fields": ["title", "body"],
            }
        }

    # Aggregations.

    def aggregations(self, depth=0):
        found = {}
        for at in range(self.random.randint(1, 2)):
            kind = self.pick(
                [
                    "metric",
                    "metric",
                    "terms",
                    "histogram",
                    "date_histogram",
                    "range",
                    "filter",
                    "missing",
                    "date_range",
                ]
            )
            body = getattr(self, "bucket_" + kind)() if kind != "metric" else self.metric()
            if kind != "metric" and depth < 1 and self.chance(0.6):
                body["aggs"] = self.aggregations(depth + 1)
            found[f"a{at}"] = body
        return found

    def metric(self):
        kind = self.pick(
            ["avg", "sum", "min", "max", "stats", "extended_stats", "value_count", "cardinality"]
        )
        return {kind: {"field": self.pick(["n", "price", "big"] if kind != "cardinality" else ["tag", "n"])}}

    def bucket_terms(self):
        body = {"field": self.pick(["tag", "tags", "n", "ok", "price"])}
        if self.chance(0.4):
            body["size"] = self.random.randint(1, 5)
        if self.chance(0.4):
            body["order"] = self.pick([{"_key": "asc"}, {"_key": "desc"}, {"_count": "asc"}])
        if self.chance(0.2):
            body["min_doc_count"] = self.pick([0, 2])
        return {"terms": body}

    def bucket_histogram(self):
        body = {"field": self.pick(["n", "ratio"]), "interval": self.pick([10, 7, 25.5])}
        if body["field"] == "ratio":
            body["min_doc_count"] = 1
        if self.chance(0.3):
            body["offset"] = 3
        return {"histogram": body}

    def bucket_date_histogram(self):
        body = {
            "field": "day",
            "calendar_interval": self.pick(["year", "quarter", "month"]),
            "min_doc_count": self.pick([0, 1]),
        }
        if self.chance(0.4):
            body["time_zone"] = self.pick(["Europe/Berlin", "+05:30", "America/New_York"])
        if self.chance(0.3):
            body["format"] = "yyyy-MM"
        return {"date_histogram": body}

    def bucket_range(self):
        return {
            "range": {
                "field": self.pick(NUMBERS),
                "ranges": [{"to": 0}, {"from": 0, "to": 10.5}, {"from": 10.5}],
            }
        }

    def bucket_date_range(self):
        return {
            "date_range": {
                "field": "day",
                "ranges": [{"to": "2020-01-01"}, {"from": "2020-01-01", "to": "2020||+1y"}],
            }
        }

    def bucket_filter(self):
        return {"filter": self.leaf()}

    def bucket_missing(self):
        return {"missing": {"field": self.pick(SORTABLE)}}

    # Whole requests.

    def search(self):
        body = {"query": self.query()}
        if self.chance(0.4):
            body["sort"] = self.sort()
        if self.chance(0.3):
            body["aggs"] = self.aggregations()
        if self.chance(0.2):
            body["highlight"] = {"fields": {self.pick(TEXTS): {"type": self.pick(["unified", "plain"])}}}
        if self.chance(0.2):
            body["_source"] = self.pick([False, ["t*"], {"excludes": ["body"]}, "n"])
        if self.chance(0.2):
            body["from"], body["size"] = self.random.randint(0, 5), self.random.randint(0, 30)
        if self.chance(0.1):
            body["docvalue_fields"] = [self.pick(SORTABLE)]
        if self.chance(0.05):
            body["min_score"] = 0.5
        if self.chance(0.05):
            body["post_filter"] = self.leaf()
        if self.chance(0.05):
            body["explain"] = True
        if self.chance(0.1):
            body["track_total_hits"] = self.pick([True, False, 5])
        return body

    def sort(self):
        field = self.pick(SORTABLE)
        options = {"order": self.pick(["asc", "desc"])}
        if self.chance(0.3):
            options["missing"] = self.pick(["_first", "_last"])
        return [{field: options}, self.pick(["_doc", {"n": "desc"}])]

    def spoil(self, body):
        """A search that is wrong in one place."""
        place = self.random.randint(0, 7)
        if place == 0:
            body["nosuch"] = 1
        elif place == 1:
            body["query"] = {self.pick(["nosuch", "mach", "terms", "bool"]): self.pick([{}, [], 5, {"x": 1}])}
        elif place == 2:
            body["size"] = self.pick([-1, 10001, "x", 1.5])
        elif place == 3:
            body["sort"] = self.pick([["nosuch"], [{"title": "asc"}], 5, [{"n": "up"}]])
        elif place == 4:
            body["aggs"] = {
                "a": {self.pick(["nosuch", "terms", "avg"]): self.pick([{}, {"field": "title"}, 5])}
            }
        elif place == 5:
            body["query"] = {"range": {self.pick(["n", "day", "ip"]): {"gte": "nope"}}}
        elif place == 6:
            body["_source"] = 5
        else:
            body["query"] = {"query_string": {"query": self.pick(["(a", "a AND", "[1 TO", "n:x", '"a'])}}
        return body

    def request(self, index):
        """(method, path, body) of one random request."""
        if self.chance(0.1):
            return "POST", f"/{index}/_search", self.spoil(self.search())
        if self.chance(0.06):
            return "POST", f"/{index}/_count", {"query": self.query()}
        if self.chance(0.05):
            return "POST", f"/{index}/_analyze", {"field": self.pick(TEXTS), "text": self.text()}
        if self.chance(0.05):
            return (
                "GET",
                f"/{index}/_explain/{self.random.randint(0, 60)}",
                {"query": self.query(DEPTH_MAX - 1)},
            )
        if self.chance(0.05):
            return "GET", f"/{index}/_doc/{self.random.randint(0, 80)}", None
        return "POST", f"/{index}/_search", self.search()
