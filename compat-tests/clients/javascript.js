// The official JavaScript client over a running server: `node javascript.js URL INDEX`. Prints a line a
// check, `ok name` or `not ok name: why`, which test_javascript.py turns into test results.
'use strict'
const assert = require('node:assert')
const { Client, errors } = require('@opensearch-project/opensearch')

const [url, index] = process.argv.slice(2)
const client = new Client({ node: url })
const COUNT = 1500

const checks = {
  async info () {
    const { body } = await client.info()
    assert.strictEqual(body.version.distribution, 'opensearch')
  },
  async document_life () {
    const made = await client.index({ index, id: 'a', body: { title: 'first' }, refresh: true })
    assert.strictEqual(made.body.result, 'created')
    const found = await client.get({ index, id: 'a' })
    assert.deepStrictEqual(found.body._source, { title: 'first' })
    await client.update({ index, id: 'a', body: { doc: { title: 'second' } } })
    assert.strictEqual((await client.get({ index, id: 'a' })).body._source.title, 'second')
    assert.strictEqual((await client.exists({ index, id: 'a' })).body, true)
    assert.strictEqual((await client.delete({ index, id: 'a' })).body.result, 'deleted')
    assert.strictEqual((await client.exists({ index, id: 'a' })).body, false)
  },
  async bulk_helper () {
    async function * documents () {
      for (let n = 0; n < COUNT; n++) yield { n, group: `g${n % 5}` }
    }
    const result = await client.helpers.bulk({
      datasource: documents(),
      onDocument: (document) => ({ index: { _index: index, _id: String(document.n) } }),
      refreshOnCompletion: index,
      flushBytes: 20000
    })
    assert.strictEqual(result.successful, COUNT)
    assert.strictEqual((await client.count({ index })).body.count, COUNT)
  },
  async scroll_helper () {
    let seen = 0
    for await (const page of client.helpers.scrollSearch({ index, size: 400, body: {} })) {
      seen += page.documents.length
    }
    assert.strictEqual(seen, COUNT)
  },
  async search () {
    const { body } = await client.search({
      index,
      body: {
        query: { range: { n: { gte: 10, lt: 20 } } },
        sort: [{ n: 'desc' }],
        aggs: { s: { sum: { field: 'n' } } }
      }
    })
    const numbers = body.hits.hits.map((hit) => hit._source.n)
    assert.deepStrictEqual(numbers, [19, 18, 17, 16, 15, 14, 13, 12, 11, 10])
    assert.strictEqual(body.aggregations.s.value, 145)
  },
  async msearch () {
    const lines = [{ index }, { query: { term: { n: 3 } } }, { index: index + '-nosuch' }, {}]
    const { body } = await client.msearch({ body: lines })
    assert.deepStrictEqual(body.responses.map((response) => response.status), [200, 404])
  },
  async error_classes () {
    await assert.rejects(client.search({ index, body: { query: { nosuch: {} } } }), (error) => {
      assert.ok(error instanceof errors.ResponseError)
      assert.strictEqual(error.statusCode, 400)
      assert.strictEqual(error.body.error.type, 'parsing_exception')
      return true
    })
    await assert.rejects(client.get({ index, id: 'nosuch' }), (error) => error.statusCode === 404)
    const exists = 'resource_already_exists_exception'
    await assert.rejects(client.indices.create({ index }), (error) => error.body.error.type === exists)
  },
  async long_numbers () {
    await client.index({ index, id: 'long', body: '{"big":9007199254740993}', refresh: true })
    const exact = new Client({ node: url, enableLongNumeralSupport: true })
    const { body } = await exact.get({ index, id: 'long' })
    await exact.close()
    assert.strictEqual(String(body._source.big), '9007199254740993')
  },
  async cat () {
    const { body } = await client.cat.indices({ index, format: 'json', h: 'index,status' })
    assert.deepStrictEqual(body, [{ index, status: 'open' }])
  },
  async mapping () {
    const { body } = await client.indices.getMapping({ index })
    assert.strictEqual(body[index].mappings.properties.n.type, 'long')
  }
}

async function main () {
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check()
      console.log(`ok ${name}`)
    } catch (error) {
      console.log(`not ok ${name}: ${String(error.message).replace(/\s+/g, ' ').slice(0, 400)}`)
    }
  }
  await client.indices.delete({ index, ignore_unavailable: true })
  await client.close()
}

main()
