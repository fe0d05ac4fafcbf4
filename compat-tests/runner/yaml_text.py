"""YAML as the official runner reads it: no dates, no yes/no, and `1e10` is text (Jackson's rules, not
YAML 1.1's).
"""

import re

import yaml

BASE = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Loader(BASE):
    """libyaml's parser with the narrower set of implicit types."""

    yaml_implicit_resolvers = {}


Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)
Loader.add_implicit_resolver(
    "tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""]
)
Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^[-+]?[0-9][0-9_]*$"), list("-+0123456789")
)
Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?[0-9][0-9_]*\.[0-9]*(?:[eE][-+]?[0-9]+)?$"),
    list("-+0123456789"),
)


def _decimal(loader, node):
    return int(loader.construct_scalar(node).replace("_", ""))


Loader.add_constructor("tag:yaml.org,2002:int", _decimal)


def documents(text):
    """Every document of `text`, in order; empty ones are left out."""
    return [document for document in yaml.load_all(text, Loader) if document is not None]


def value(text):
    """The one value that `text` holds."""
    return yaml.load(text, Loader)
