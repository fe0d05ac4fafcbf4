"""Seeded random aggregations: every kind with every option, right, odd and wrong ones, over a field of each kind.

Whatever is left out of a request, no histogram has many buckets: the reference makes room for all of them first.
"""

import random

NUMBERS = ["n", "big", "price", "ratio", "huge", "half", "scaled", "tiny"]
FIELDS = [*NUMBERS, "day", "nanos", "tag", "tags", "ok", "ip", "title", "bytes", "nosuch"]
ODD = [None, True, "true", 0, 1, -1, 1.5, "1", "x", "", [], {}, [1], {"a": 1}, "1e2", -5]
MISSING = [0, 1, -5, 2.5, "a", "true", "2020-01-01", "1.2.3.4", None, "", True]
FORMATS = ["0.0", "#,##0.##", "yyyy-MM", "epoch_second", "0;(0)", "yyyy||epoch_millis", "0.#0", "$0%", "##0.#E0"]
ORDERS = [
    {"_key": "asc"},
    {"_key": "desc"},
    {"_count": "asc"},
    {"_count": "desc"},
    [{"_count": "asc"}, {"_key": "desc"}],
    {"x": "asc"},
    {"x.value": "desc"},
    {"s.avg": "asc"},
    {"s.max": "desc"},
    {"g>x": "desc"},
    {"p[50.0]": "desc"},
    {"_term": "asc"},
    {"_key": "up"},
    {"e.std_deviation": "asc"},
]
TYPES = {
    "n": {"type": "integer"},
    "big": {"type": "long"},
    "price": {"type": "double"},
    "ratio": {"type": "float"},
    "huge": {"type": "unsigned_long"},
    "half": {"type": "half_float"},
    "scaled": {"type": "scaled_float", "scaling_factor": 100},
    "tiny": {"type": "byte"},
    "day": {"type": "date"},
    "nanos": {"type": "date_nanos"},
    "tag": {"type": "keyword"},
    "tags": {"type": "keyword"},
    "ok": {"type": "boolean"},
    "ip": {"type": "ip"},
    "title": {"type": "text"},
    "bytes": {"type": "binary", "doc_values": True},
}
VALUES = {
    "n": [0, 1, -1, 5, 7, -50, 49, 33],
    "big": [0, 1, -1, 2**53 + 1, 2**62, 2**63 - 1, -(2**63), 500],
    "price": [0.5, -1.25, 3.0, 99.99, 1e10, -0.0, 0.1, 4.35],
    "ratio": [0.5, -1.25, 0.1, 99.99, 2.5],
    "huge": [0, 1, 2**63 - 1, 2**63, 2**64 - 1, 700],
    "half": [0.5, -1.25, 0.1, 99.99, 2.5],
    "scaled": [0.5, -1.25, 0.1, 4.56, 99.99],
    "tiny": [0, 1, -128, 127, 20],
    "day": ["2020-01-01", "2020-02-29T12:00:00Z", "2019-12-31T23:59:59.999+02:00", "1969-07-20T20:17:40Z", 1583020800000],
    "nanos": ["2020-01-01", "2020-02-29T12:00:00.123456789Z", "1970-01-01", "2021-07-04T00:00:00.000000001Z"],
    "tag": ["red", "green", "blue", "Red", "", "a b", "ü", "10"],
    "tags": ["red", "green", "blue"],
    "ok": [True, False],
    "ip": ["1.2.3.4", "10.0.0.1", "10.0.0.255", "::1", "2001:db8::1"],
    "title": ["quick brown fox", "lazy dog", ""],
    "bytes": ["YWI=", "Yw=="],
}
LEAVES = [
    {"match_all": {}},
    {"term": {"tag": "red"}},
    {"range": {"n": {"gte": 0}}},
    {"exists": {"field": "price"}},
    {"match": {"title": "fox"}},
    {"term": {"ok": True}},
    {"match_none": {}},
]
RANGES = [
    [{"to": 0}, {"from": 0, "to": 10.5}, {"from": 10.5}],
    [{"from": -5, "to": 50}, {"from": 0, "to": 20, "key": "k"}],
    [{"from": "1", "to": "5"}],
    [{"key": "a"}],
    [],
    [{"from": 5, "to": 1}],
    [{"from": None, "to": 3}],
    [{"from": 1.5, "to": 2.5}, {"from": 1.5, "to": 2.5}],
    [{"to": "x"}],
    [{"frm": 1}],
    [{"from": True}],
    [5],
    {"from": 1},
]
DATE_RANGES = [
    [{"to": "2020-01-01"}, {"from": "2020-01-01", "to": "2020-01-01||+1y"}],
    [{"from": "2020", "key": "x"}],
    [{"from": 1577836800000}],
    [{"from": "x"}],
    [],
    [{"from": "2021", "to": "2020"}],
    [{"from": 1.5e12}],
    [{"from": "2020-01-01||/M"}],
    [{"from": None}],
]
ADDRESS_RANGES = [
    [{"from": "10.0.0.0"}, {"to": "10.0.0.0"}],
    [{"mask": "10.0.0.0/8"}],
    [{"mask": "x"}],
    [{"from": "::1", "to": "::ffff", "key": "q"}],
    [],
    [{"mask": "10.0.0.0/8", "key": "w"}, {"mask": "::/0"}],
    [{"from": 5}],
    [{"mask": "1.2.3.4/40"}],
]
METRICS = [
    "avg",
    "sum",
    "min",
    "max",
    "value_count",
    "stats",
    "extended_stats",
    "cardinality",
    "percentiles",
    "percentile_ranks",
    "median_absolute_deviation",
    "weighted_avg",
    "multivalue_doc_count",
]
BUCKETS = [
    "terms",
    "terms",
    "histogram",
    "date_histogram",
    "range",
    "date_range",
    "ip_range",
    "filter",
    "filters",
    "missing",
    "global",
]


class Aggregations:
    """All random choices come from one seeded source."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def any(self, values):
        return values[self.random.randrange(len(values))]

    def chance(self, share):
        return self.random.random() < share

    def index(self):
        return {"settings": {"number_of_shards": 1, "number_of_replicas": 0}, "mappings": {"properties": TYPES}}

    def document(self):
        found = {}
        for name, values in VALUES.items():
            if self.chance(0.25):
                continue
            many = self.chance(0.25)
            found[name] = [self.any(values) for _ in range(self.random.randint(0, 3))] if many else self.any(values)
        return found

    def request(self, index):
        """(method, path, body) of one random request."""
        body = {"size": 0, "aggs": {"a": self.any_tree()}}
        if self.chance(0.2):
            body["query"] = self.any(LEAVES)
        return "POST", f"/{index}/_search{'?typed_keys=true' if self.chance(0.15) else ''}", body

    def pick(self, *good):
        """One of `good`, now and then something that is not."""
        return self.any(good) if self.chance(0.85) else self.any(ODD)

    def maybe(self, body, share, name, *good):
        if self.chance(share):
            body[name] = self.pick(*good)

    def source(self, usual=None, formatted=True):
        body = {"field": self.any(usual) if usual and self.chance(0.7) else self.any(FIELDS)}
        if self.chance(0.25):
            body["missing"] = self.any(MISSING)
        if formatted:
            self.maybe(body, 0.2, "format", *FORMATS)
        self.maybe(body, 0.06, "value_type", "long", "double", "date", "boolean", "number", "string", "ip")
        return body

    def any_tree(self, depth=0):
        kind = self.any(BUCKETS + METRICS[:4]) if depth == 0 else self.any(BUCKETS[:6] + METRICS)
        body = getattr(self, "kind_" + kind)() if kind in BUCKETS else self.metric(kind)
        if isinstance(body, dict) and self.chance(0.08):
            body = {**body, self.any(["foo", "fields", "Field", "size", "order", "keyed", "format"]): self.any(ODD)}
        tree = {kind: body}
        if self.chance(0.1):
            tree["meta"] = self.any([{"a": 1}, {}, {"x": {"y": [1]}}, 5, None, [1]])
        if depth < 2 and self.chance(0.6):
            tree[self.any(["aggs", "aggregations"])] = self.children(depth)
        return tree

    def children(self, depth):
        found = {}
        if self.chance(0.7):
            found["x"] = {self.any(["avg", "max", "sum", "cardinality"]): {"field": self.any(NUMBERS)}}
        if self.chance(0.4):
            found["s"] = {"stats": {"field": self.any(NUMBERS)}}
        if self.chance(0.2):
            found["e"] = {"extended_stats": {"field": self.any(NUMBERS)}}
        if self.chance(0.2):
            found["p"] = {"percentiles": {"field": self.any(["n", "tiny"])}}
        if self.chance(0.2):
            found["g"] = {"filter": {"match_all": {}}, "aggs": {"x": {"avg": {"field": "n"}}}}
        if self.chance(0.3):
            found["y"] = self.any_tree(depth + 1)
        return found

    def metric(self, kind):
        body = self.source([*NUMBERS, "day", "nanos"])
        if kind == "extended_stats":
            self.maybe(body, 0.3, "sigma", 1, 3, 0.5, -1, "2")
        elif kind == "cardinality":
            self.maybe(body, 0.3, "precision_threshold", 0, 10, 40000, -1)
            self.maybe(body, 0.2, "execution_hint", "direct", "ordinals", "save_memory_heuristic", "x")
        elif kind in ("percentiles", "percentile_ranks"):
            name = "percents" if kind == "percentiles" else "values"
            self.maybe(body, 0.5 if kind == "percentiles" else 1, name, [50], [1, 99.5], [0, 100], [-1], ["5"], 5)
            self.maybe(body, 0.3, "keyed", True, False)
            self.maybe(body, 0.2, "tdigest", {"compression": 50}, {"compression": -1}, {"x": 1})
        elif kind == "median_absolute_deviation":
            self.maybe(body, 0.3, "compression", 50, 10, -1, "20")
        elif kind == "weighted_avg":
            body = {"value": self.source(formatted=False), "weight": self.source(formatted=False)}
            self.maybe(body, 0.3, "format", "0.0", "$0")
        return body

    def kind_terms(self):
        body = self.source()
        self.maybe(body, 0.4, "size", 1, 2, 5, 100, "3", 0)
        self.maybe(body, 0.2, "shard_size", 1, 10, 100)
        self.maybe(body, 0.3, "min_doc_count", 0, 1, 2, 5)
        self.maybe(body, 0.1, "shard_min_doc_count", 0, 1, 2)
        self.maybe(body, 0.35, "order", *ORDERS)
        partition = {"partition": 0, "num_partitions": 3}
        self.maybe(body, 0.2, "include", "r.*", ["red", "blue"], partition, ["1", "5", 7], [1.5, 0.5], [True])
        self.maybe(body, 0.15, "exclude", "g.*", ["red", "10"], [0, 1], ["1.2.3.4"], ".*e")
        self.maybe(body, 0.1, "execution_hint", "map", "global_ordinals", "x")
        self.maybe(body, 0.1, "collect_mode", "depth_first", "breadth_first", "x")
        self.maybe(body, 0.15, "show_term_doc_count_error", True, False, "true")
        return body

    def kind_histogram(self):
        """Intervals are long where values are large: the reference fills what is empty between."""
        body = self.source(["n", "half", "scaled", "tiny", "ok"])
        if body["field"] in ("n", "half", "scaled", "tiny", "ok", "ip", "title", "tag", "tags", "bytes"):
            body["interval"] = self.any([10, 7, 25.5, "5", 3, 0, -1, "x", None])
            self.maybe(body, 0.3, "offset", 3, -2.5, 100, "4")
            self.maybe(body, 0.2, "extended_bounds", {"min": -20, "max": 70}, {"max": 3}, {"min": 10, "max": 5})
        else:
            body.update(interval=1e18, min_doc_count=1)
        self.maybe(body, 0.2, "hard_bounds", {"min": -20, "max": 30}, {"min": 0}, {"min": 10, "max": 5})
        self.maybe(body, 0.2, "keyed", True, False, "true")
        self.maybe(body, 0.25, "order", *ORDERS)
        return body

    def kind_date_histogram(self):
        body = self.source()
        body["field"] = self.any(["day", "day", "day", "nanos", "nanos", "n", "tag", "title", "ok", "ip", "nosuch"])
        kind = self.any(["calendar_interval", "fixed_interval", "interval"])
        known = {
            "calendar_interval": ["year", "quarter", "month", "week", "1y", "2M"],
            "fixed_interval": ["365d", "1000d", "90d", "5x", "0d", "-1d"],
            "interval": ["year", "90d", "month"],
        }
        body[kind] = self.any(known[kind]) if self.chance(0.95) else self.any(["", None, True, "x", [], {}])
        self.maybe(body, 0.3, "time_zone", "Europe/Berlin", "+05:30", "America/New_York", "UTC", "-08:00", 3)
        self.maybe(body, 0.25, "offset", "+6h", "-1d", "1d", "x", 3600000)
        body["min_doc_count"] = 1
        self.maybe(body, 0.2, "extended_bounds", {"min": "2018", "max": "2022"}, {"min": "2025", "max": "2020"})
        self.maybe(body, 0.15, "hard_bounds", {"min": "2020", "max": "2021"}, {"min": "2020-03", "max": "2022"})
        self.maybe(body, 0.2, "keyed", True, False)
        self.maybe(body, 0.2, "order", *ORDERS)
        return body

    def kind_range(self):
        body = {**self.source(NUMBERS), "ranges": self.any(RANGES)}
        self.maybe(body, 0.3, "keyed", True, False)
        return body

    def kind_date_range(self):
        body = {**self.source(["day", "nanos"]), "ranges": self.any(DATE_RANGES)}
        self.maybe(body, 0.3, "time_zone", "Europe/Berlin", "+05:30", "Z")
        self.maybe(body, 0.3, "keyed", True, False)
        return body

    def kind_ip_range(self):
        body = {**self.source(["ip"], formatted=False), "ranges": self.any(ADDRESS_RANGES)}
        self.maybe(body, 0.3, "keyed", True, False)
        return body

    def kind_filter(self):
        return self.any(LEAVES) if self.chance(0.9) else self.any([{}, {"x": {}}, [], 5, None])

    def kind_filters(self):
        one, other = self.any(LEAVES), self.any(LEAVES)
        named = self.any([{"a": one, "b": other}, [one, other], {"z": one}, {}, [], [5], 5, None])
        body = {"filters": named}
        self.maybe(body, 0.3, "other_bucket", True, False, "true")
        self.maybe(body, 0.3, "other_bucket_key", "rest", "a", 5)
        self.maybe(body, 0.2, "keyed", True, False)
        return body

    def kind_missing(self):
        return self.source()

    def kind_global(self):
        return {} if self.chance(0.8) else self.any([{"a": 1}, [], 5, None])
