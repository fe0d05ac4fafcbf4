"""The official clients over a running server (`--url`): an index name for each test, removed afterwards."""

import os
import uuid

import pytest
from opensearchpy import OpenSearch


def address(config):
    return config.getoption("--url") or os.environ["COMPAT_URL"]


@pytest.fixture(scope="session")
def url(pytestconfig):
    return address(pytestconfig)


@pytest.fixture(scope="session")
def client(url):
    with OpenSearch(hosts=[url], timeout=30) as client:
        yield client


@pytest.fixture
def index(client):
    name = "clients-" + uuid.uuid4().hex[:12]
    yield name
    client.indices.delete(index=name, ignore=[404])
