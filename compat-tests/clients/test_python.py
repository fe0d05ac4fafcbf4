"""opensearch-py: documents, bulk helpers, scrolling, searches, templates of queries, classes of errors."""

import datetime

import pytest
from opensearchpy import NotFoundError, RequestError, exceptions, helpers

COUNT = 2500


@pytest.fixture
def filled(client, index):
    client.indices.create(
        index=index,
        body={
            "settings": {"number_of_shards": 2, "number_of_replicas": 0},
            "mappings": {
                "properties": {
                    "group": {"type": "keyword"},
                    "n": {"type": "integer"},
                    "text": {"type": "text"},
                }
            },
        },
    )
    actions = (
        {"_index": index, "_id": str(n), "n": n, "group": f"g{n % 7}", "text": f"word{n % 13} common"}
        for n in range(COUNT)
    )
    done, errors = helpers.bulk(client, actions, chunk_size=400, refresh=True)
    assert (done, errors) == (COUNT, [])
    return index


def test_info_says_who_it_is(client):
    info = client.info()
    assert info["version"]["distribution"] == "opensearch"
    assert info["version"]["number"] == "3.8.0"
    assert client.ping()


def test_document_life(client, index):
    made = client.index(
        index=index, id="1", body={"title": "first", "at": datetime.datetime(2020, 1, 2, 3, 4)}
    )
    assert (made["result"], made["_version"], made["_seq_no"]) == ("created", 1, 0)
    assert client.get(index=index, id="1")["_source"] == {"title": "first", "at": "2020-01-02T03:04:00"}
    assert client.exists(index=index, id="1")
    assert not client.exists(index=index, id="2")
    assert client.update(index=index, id="1", body={"doc": {"title": "second"}})["_version"] == 2
    assert client.update(index=index, id="1", body={"doc": {"title": "second"}})["result"] == "noop"
    assert client.get_source(index=index, id="1")["title"] == "second"
    assert client.delete(index=index, id="1")["result"] == "deleted"
    with pytest.raises(NotFoundError):
        client.get(index=index, id="1")


def test_automatic_ids_differ(client, index):
    ids = {client.index(index=index, body={"n": n})["_id"] for n in range(20)}
    assert len(ids) == 20
    assert all(len(one) == 20 for one in ids)


def test_create_refuses_what_exists(client, index):
    client.create(index=index, id="1", body={})
    with pytest.raises(exceptions.ConflictError) as caught:
        client.create(index=index, id="1", body={})
    assert caught.value.status_code == 409
    assert caught.value.error == "version_conflict_engine_exception"


def test_optimistic_concurrency(client, index):
    first = client.index(index=index, id="1", body={"n": 1})
    client.index(
        index=index, id="1", body={"n": 2}, if_seq_no=first["_seq_no"], if_primary_term=first["_primary_term"]
    )
    with pytest.raises(exceptions.ConflictError):
        client.index(
            index=index,
            id="1",
            body={"n": 3},
            if_seq_no=first["_seq_no"],
            if_primary_term=first["_primary_term"],
        )


def test_bulk_reports_each_item(client, index):
    client.indices.create(index=index, body={"mappings": {"properties": {"n": {"type": "integer"}}}})
    actions = [
        {"_index": index, "_id": "1", "n": 1},
        {"_index": index, "_id": "2", "n": "x"},
        {"_op_type": "delete", "_index": index, "_id": "9"},
    ]
    done, errors = helpers.bulk(client, actions, raise_on_error=False)
    assert done == 1
    assert sorted(next(iter(error.values()))["status"] for error in errors) == [400, 404]


def test_streaming_bulk_keeps_order(client, index):
    actions = [{"_index": index, "_id": str(n), "n": n} for n in range(50)]
    results = list(helpers.streaming_bulk(client, actions, chunk_size=7))
    assert [found["index"]["_id"] for ok, found in results if ok] == [str(n) for n in range(50)]


def test_parallel_bulk_loses_nothing(client, index):
    actions = ({"_index": index, "_id": str(n), "n": n} for n in range(3000))
    assert all(ok for ok, _ in helpers.parallel_bulk(client, actions, thread_count=4, chunk_size=200))
    client.indices.refresh(index=index)
    assert client.count(index=index)["count"] == 3000


def test_scan_sees_each_document_once(client, filled):
    seen = [
        hit["_source"]["n"]
        for hit in helpers.scan(client, index=filled, size=300, query={"query": {"match_all": {}}})
    ]
    assert sorted(seen) == list(range(COUNT))


def test_scroll_in_order(client, filled):
    page = client.search(index=filled, scroll="1m", size=900, body={"sort": ["n"]})
    seen = []
    while page["hits"]["hits"]:
        seen += [hit["_source"]["n"] for hit in page["hits"]["hits"]]
        page = client.scroll(body={"scroll_id": page["_scroll_id"], "scroll": "1m"})
    assert seen == list(range(COUNT))
    assert client.clear_scroll(body={"scroll_id": page["_scroll_id"]})["succeeded"]


def test_point_in_time_does_not_move(client, filled):
    pit = client.create_pit(index=filled, params={"keep_alive": "1m"})["pit_id"]
    client.index(index=filled, id="late", body={"n": 1000000}, refresh=True)
    body = {"size": 0, "track_total_hits": True, "pit": {"id": pit, "keep_alive": "1m"}}
    assert client.search(body=body)["hits"]["total"]["value"] == COUNT
    assert client.count(index=filled)["count"] == COUNT + 1
    assert client.delete_pit(body={"pit_id": [pit]})["pits"][0]["successful"]


def test_search_after_walks_through(client, filled):
    after, seen = None, 0
    while True:
        body = {"size": 500, "sort": [{"n": "desc"}], **({"search_after": after} if after else {})}
        hits = client.search(index=filled, body=body)["hits"]["hits"]
        if not hits:
            break
        seen += len(hits)
        after = hits[-1]["sort"]
    assert seen == COUNT


def test_search_and_aggregate(client, filled):
    found = client.search(
        index=filled,
        body={
            "query": {
                "bool": {"must": [{"match": {"text": "word5"}}], "filter": [{"range": {"n": {"lt": 1000}}}]}
            },
            "track_total_hits": True,
            "aggs": {
                "groups": {"terms": {"field": "group", "size": 10}, "aggs": {"most": {"max": {"field": "n"}}}}
            },
        },
    )
    wanted = [n for n in range(1000) if n % 13 == 5]
    assert found["hits"]["total"] == {"value": len(wanted), "relation": "eq"}
    buckets = {
        bucket["key"]: (bucket["doc_count"], bucket["most"]["value"])
        for bucket in found["aggregations"]["groups"]["buckets"]
    }
    expected = {}
    for n in wanted:
        count, most = expected.get(f"g{n % 7}", (0, 0.0))
        expected[f"g{n % 7}"] = (count + 1, max(most, float(n)))
    assert buckets == expected


def test_msearch_answers_in_order(client, filled):
    lines = [
        {"index": filled},
        {"query": {"term": {"n": 5}}},
        {"index": "nosuch"},
        {},
        {"index": filled},
        {"size": 0},
    ]
    answers = client.msearch(body=lines)["responses"]
    assert [answer["status"] for answer in answers] == [200, 404, 200]
    assert answers[0]["hits"]["hits"][0]["_id"] == "5"


def test_mget_mixes_found_and_missing(client, filled):
    docs = client.mget(index=filled, body={"ids": ["1", "nosuch", "3"]})["docs"]
    assert [doc["found"] for doc in docs] == [True, False, True]


def test_mapping_and_settings(client, index):
    client.indices.create(index=index, body={"settings": {"refresh_interval": "7s"}})
    client.indices.put_mapping(index=index, body={"properties": {"a": {"type": "keyword"}}})
    assert client.indices.get_mapping(index=index)[index]["mappings"] == {
        "properties": {"a": {"type": "keyword"}}
    }
    client.indices.put_settings(index=index, body={"index": {"refresh_interval": "9s"}})
    assert client.indices.get_settings(index=index)[index]["settings"]["index"]["refresh_interval"] == "9s"


def test_aliases(client, index):
    client.indices.create(index=index)
    client.indices.put_alias(index=index, name=index + "-alias")
    assert client.indices.exists_alias(name=index + "-alias")
    client.index(index=index + "-alias", id="1", body={}, refresh=True)
    assert client.count(index=index)["count"] == 1


def test_analyze(client):
    tokens = client.indices.analyze(body={"analyzer": "english", "text": "The running foxes"})["tokens"]
    assert [token["token"] for token in tokens] == ["run", "fox"]


def test_explain_and_validate(client, filled):
    assert client.explain(index=filled, id="5", body={"query": {"match": {"text": "common"}}})["matched"]
    assert not client.indices.validate_query(index=filled, body={"query": {"nosuch": {}}})["valid"]


def test_cat_and_health(client, filled):
    rows = client.cat.indices(index=filled, format="json")
    assert (rows[0]["index"], rows[0]["docs.count"]) == (filled, str(COUNT))
    assert client.cluster.health(index=filled)["status"] == "green"


def test_parsing_errors_are_request_errors(client, index):
    client.indices.create(index=index)
    with pytest.raises(RequestError) as caught:
        client.search(index=index, body={"query": {"nosuch": {}}})
    assert (caught.value.status_code, caught.value.error) == (400, "parsing_exception")


def test_missing_index_is_not_found(client):
    with pytest.raises(NotFoundError) as caught:
        client.search(index="clients-nosuch")
    assert caught.value.error == "index_not_found_exception"


def test_existing_index_is_refused(client, index):
    client.indices.create(index=index)
    with pytest.raises(RequestError) as caught:
        client.indices.create(index=index)
    assert caught.value.error == "resource_already_exists_exception"


def test_template_of_a_query(client, filled):
    body = {"source": {"query": {"term": {"n": "{{n}}"}}}, "params": {"n": 7}}
    assert client.search_template(index=filled, body=body)["hits"]["hits"][0]["_id"] == "7"


def test_compressed_bodies(url, index):
    from opensearchpy import OpenSearch

    with OpenSearch(hosts=[url], http_compress=True) as client:
        client.index(index=index, id="1", body={"text": "x" * 5000}, refresh=True)
        assert client.search(index=index)["hits"]["hits"][0]["_source"]["text"] == "x" * 5000
