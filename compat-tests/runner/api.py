"""The API descriptions of the official suite (`rest-api-spec/api/*.json`): from a call by name to a
request.
"""

import json
from urllib.parse import quote


class BadCall(Exception):
    """The call is wrong before anything is sent: unknown API or parameter, or a required path part is
    missing.
    """


class Catalogue:
    """All APIs by name. `read(name)` gives the text of a file of the suite."""

    def __init__(self, names, read):
        common = json.loads(read("rest-api-spec/api/_common.json"))
        self.common = set(common["params"])
        self.apis = {}
        for file in names:
            if (
                not file.startswith("rest-api-spec/api/")
                or not file.endswith(".json")
                or file.endswith("_common.json")
            ):
                continue
            for name, spec in json.loads(read(file)).items():
                self.apis[name] = spec

    def build(self, name, arguments):
        """(method, path, query, rest): `rest` holds the arguments that are neither in the path nor in
        the query.
        """
        spec = self.apis.get(name)
        if spec is None:
            raise BadCall(f"unknown API [{name}]")
        arguments = dict(arguments)
        rest = {key: arguments.pop(key) for key in ("body", "ignore") if key in arguments}
        known = spec.get("params", {})
        parts = {part for path in spec["url"]["paths"] for part in path.get("parts", {})}
        given = {key for key in arguments if key in parts}
        empty = [key for key in given if arguments[key] is None]
        if empty:
            raise BadCall(f"[{name}] is called with an empty {empty[0]}")
        best = None
        for path in spec["url"]["paths"]:
            wanted = set(path.get("parts", {}))
            if wanted <= given and (best is None or len(wanted) > len(best[1])):
                best = (path, wanted)
        if best is None:
            raise BadCall(f"[{name}] needs more path parts than {sorted(given)}")
        path, used = best
        target = path["path"]
        for part in used:
            target = target.replace("{" + part + "}", quote(as_text(arguments.pop(part)), safe=",*"))
        query = {}
        for key, value in arguments.items():
            if key not in known and key not in self.common and key not in parts:
                raise BadCall(f"[{name}] has no parameter [{key}]")
            query[key] = as_text(value)
        return path["methods"][0], target, query, rest


def as_text(value):
    """A parameter's text: lists joined by commas, booleans and null in lower case."""
    if isinstance(value, (list, tuple)):
        return ",".join(as_text(item) for item in value)
    if value is True or value is False:
        return "true" if value else "false"
    if value is None:
        return ""
    return str(value)
