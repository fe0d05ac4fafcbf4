"""Removes what a test left behind. Only what the test can have made is asked for, so that the cleaning
stays cheap.
"""

# Kind of thing, and the requests that remove every one of it.
REMOVALS = {
    "snapshot": [("repositories", "GET", "/_snapshot")],
    "point_in_time": [("delete", "DELETE", "/_search/point_in_time/_all")],
    "scroll": [("delete", "DELETE", "/_search/scroll/_all")],
    "data_stream": [("delete", "DELETE", "/_data_stream/*?expand_wildcards=all")],
    "index": [("delete", "DELETE", "/*?expand_wildcards=open,closed,hidden")],
    "legacy_template": [("delete", "DELETE", "/_template/*")],
    "index_template": [("delete", "DELETE", "/_index_template/*")],
    "component_template": [("delete", "DELETE", "/_component_template/*")],
    "pipeline": [("delete", "DELETE", "/_ingest/pipeline/*")],
    "search_pipeline": [("delete", "DELETE", "/_search/pipeline/*")],
    "script": [("scripts", "GET", "/_cluster/state/metadata?filter_path=metadata.stored_scripts")],
    "settings": [("settings", "GET", "/_cluster/settings?flat_settings=true")],
}
# What a successful write below a path can leave behind, beside indices.
MADE_BY = [
    ("/_snapshot", "snapshot"),
    ("/_data_stream", "data_stream"),
    ("/_template", "legacy_template"),
    ("/_index_template", "index_template"),
    ("/_component_template", "component_template"),
    ("/_ingest/pipeline", "pipeline"),
    ("/_search/pipeline", "search_pipeline"),
    ("/_scripts", "script"),
    ("/_cluster/settings", "settings"),
]
# An index that a failed test left read-only refuses to be deleted, and lets one block a request be lifted.
BLOCKS = ["index.blocks.read_only", "index.blocks.metadata", "index.blocks.read_only_allow_delete"]
ORDER = list(REMOVALS)


class Wiper:
    """Watches the requests of a test and undoes them afterwards."""

    def __init__(self, client):
        self.client = client
        self.dirty = set(ORDER)
        self.unknown = set()

    def saw(self, method, path, query):
        if (query and "scroll" in query) or "scroll=" in path:
            self.dirty.add("scroll")
        if path.split("?")[0].endswith("/_search/point_in_time"):
            self.dirty.add("point_in_time")
        if method not in ("PUT", "POST", "DELETE"):
            return
        if method != "DELETE":
            self.dirty.add("index")
        for prefix, kind in MADE_BY:
            if path.startswith(prefix):
                self.dirty.add(kind)
        if path.startswith("/_index_template") or path.startswith("/_data_stream"):
            self.dirty.add("data_stream")

    def wipe(self):
        """Removes everything of the dirty kinds, in an order in which nothing is still in use."""
        for kind in ORDER:
            if kind not in self.dirty or kind in self.unknown:
                continue
            for action, method, path in REMOVALS[kind]:
                response = self.client.request(method, path)
                if response.status in (400, 405) and "no handler" in response.text:
                    # This server does not have that kind of thing: it is not asked again.
                    self.unknown.add(kind)
                    break
                if response.status != 200 and kind == "index":
                    for block in BLOCKS:
                        self.client.request(
                            "PUT", "/_all/_settings?expand_wildcards=all", None, {block: None}
                        )
                    response = self.client.request(method, path)
                    if response.status != 200:
                        raise AssertionError(
                            f"the indices of the last test cannot be deleted: {response.text[:500]}"
                        )
                if action != "delete" and response.status == 200 and isinstance(response.body, dict):
                    getattr(self, "remove_" + action)(response.body)
        self.dirty.clear()

    def remove_repositories(self, repositories):
        for name, repository in repositories.items():
            if repository.get("type") == "fs":
                found = self.client.request("GET", f"/_snapshot/{name}/_all?ignore_unavailable=true").body
                for snapshot in (found or {}).get("snapshots", []):
                    self.client.request("DELETE", f"/_snapshot/{name}/{snapshot['snapshot']}")
            self.client.request("DELETE", f"/_snapshot/{name}")

    def remove_scripts(self, state):
        for name in state.get("metadata", {}).get("stored_scripts", {}):
            self.client.request("DELETE", f"/_scripts/{name}")

    def remove_settings(self, settings):
        body = {
            level: {key: None for key in settings[level]}
            for level in ("persistent", "transient")
            if settings.get(level)
        }
        if body:
            self.client.request("PUT", "/_cluster/settings", None, body)
