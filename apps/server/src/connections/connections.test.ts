import { connection, connectionUse, problemDocument } from '@millrace/contract'
import { emptyFlow, type Flow } from '@millrace/engine'
import { postgresTestServer } from '@millrace/engine/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { TestServer } from '../testing/test-server.ts'

const server = new TestServer()
beforeAll(() => server.start())
afterAll(() => server.dispose())
beforeEach(async () => {
  for (const { id } of z.array(z.object({ id: z.string() })).parse(await json('GET', '/flows')))
    await server.request('DELETE', `/flows/${id}`)
  for (const { id } of await list()) await server.request('DELETE', `/connections/${id}`)
})

/** Nothing listens there. */
const settings = { host: '127.0.0.1', port: 1, database: 'sales', user: 'ana' }
const json = async (method: string, address: string, body?: unknown): Promise<unknown> =>
  (await server.request(method, address, body)).json()
const list = async () => z.array(connection).parse(await json('GET', '/connections'))
const create = (changes: object = {}) =>
  server.request('POST', '/connections', {
    connector: 'postgres',
    name: 'Sales',
    settings,
    secrets: { password: 'canary-create' },
    ...changes,
  })
const made = async (changes: object = {}) => connection.parse(await (await create(changes)).json())
const refusal = async (answer: Response) => ({
  status: answer.status,
  ...problemDocument.pick({ code: true, problems: true, detail: true }).parse(await answer.json()),
})
const save = (id: string, changes: object) =>
  server.request('PUT', `/connections/${id}`, { name: 'Sales', settings, ...changes })

describe('a connection', () => {
  it('is kept, listed and shown without its secrets', async () => {
    const answer = await create()
    expect(answer.status).toBe(201)
    const text = await answer.text()
    const found = connection.parse(JSON.parse(text))
    expect(found).toMatchObject({
      id: 'sales',
      connector: 'postgres',
      description: { en: 'sales at 127.0.0.1:1' },
      settings: { ...settings, tls: 'prefer' },
      secretsSet: ['password'],
      lastTest: null,
      usedBy: [],
    })
    expect(text).not.toContain('canary')
    for (const address of ['/connections', '/connections/sales'])
      expect(await (await server.request('GET', address)).text()).not.toContain('canary')
    expect(await list()).toEqual([found])
  })

  it.each([
    ['Sales (EU)', 'sales-eu'],
    ['Čeština Ürün', 'cestina-urun'],
    ['销售库', 'postgres'],
    ['--- ', 'postgres'],
    ['constructor', 'constructor'],
    ['__proto__', 'proto'],
    ['Test', 'test-2'],
    ['x'.repeat(100), 'x'.repeat(50)],
  ])('called %j has the id %s', async (name, id) => {
    expect((await made({ name })).id).toBe(id)
    expect((await made({ name })).id).not.toBe(id)
    expect((await server.request('GET', `/connections/${id}`)).status).toBe(200)
  })

  it('keeps its id under another name', async () => {
    await made()
    expect(await (await save('sales', { name: 'Marketing' })).json()).toMatchObject({
      id: 'sales',
      name: 'Marketing',
    })
  })

  it.each([
    [{ connector: 'csv' }, undefined],
    [{ connector: '__proto__' }, undefined],
    [{ settings: { ...settings, options: '-c log_statement=all' } }, 'options'],
    [{ settings: { ...settings, socketPath: '/etc/passwd' } }, 'socketPath'],
    [{ settings: { ...settings, port: '5432; DROP' } }, 'port'],
    [{ settings: { ...settings, port: 70_000 } }, 'port'],
    [{ settings: { ...settings, tls: 'never' } }, 'tls'],
    [{ settings: { host: 'x' } }, 'database'],
    [{ settings: { ...settings, password: 'in the wrong place' } }, undefined],
    [{ secrets: { user: 'ana' } }, undefined],
  ])('takes no settings but those of its connector: %j', async (changes, field) => {
    const { status, code, problems } = await refusal(await create(changes))
    expect([status, code]).toEqual([422, 'connection-invalid'])
    if (field !== undefined) expect(problems.map(({ location }) => location.field)).toContain(field)
    expect(await list()).toEqual([])
  })

  it.each(['GET', 'PUT', 'DELETE'])('that is not there is not found: %s', async (method) => {
    const body = method === 'PUT' ? { name: 'x', settings } : undefined
    for (const id of ['nowhere', '..%2Fsecrets-keys', '__proto__', '%00', 'SALES', 'a'.repeat(500)])
      expect((await server.request(method, `/connections/${id}`, body)).status).toBe(404)
  })

  it('that is not there can be neither tested, browsed nor asked whom it serves', async () => {
    for (const [method, path, body] of [
      ['POST', 'test', undefined],
      ['POST', 'browse', { path: [] }],
      ['POST', 'columns', { path: ['a'] }],
      ['GET', 'used-by', undefined],
    ] as const)
      expect((await server.request(method, `/connections/nowhere/${path}`, body)).status).toBe(404)
    const unsaved = { connector: 'postgres', settings, id: 'nowhere' }
    expect((await server.request('POST', '/connections/test', unsaved)).status).toBe(404)
  })
})

describe('a stored secret', () => {
  beforeEach(() => made())

  it('stays when it is left out, is replaced when it is given, and goes when it is given as empty', async () => {
    const secretsSet = async (changes: object) =>
      connection.parse(await (await save('sales', changes)).json()).secretsSet
    expect(await secretsSet({ settings: { ...settings, user: 'bo' } })).toEqual(['password'])
    expect(await secretsSet({ secrets: { password: 'canary-next' } })).toEqual(['password'])
    expect(await secretsSet({ secrets: { password: '' } })).toEqual([])
    expect(await secretsSet({})).toEqual([])
  })

  it.each([{ host: 'attacker.example' }, { port: 2 }, { tls: 'off' }, { certificateAuthority: 'x' }])(
    'has to be given again when it would go elsewhere: %j',
    async (change) => {
      const moved = { ...settings, ...change }
      const expected = {
        status: 422,
        code: 'connection-secret-required',
        problems: [expect.objectContaining({ location: { field: 'password' } })],
      }
      expect(await refusal(await save('sales', { settings: moved }))).toMatchObject(expected)
      const test = { connector: 'postgres', settings: moved, id: 'sales' }
      expect(await refusal(await server.request('POST', '/connections/test', test))).toMatchObject(expected)
      expect((await list())[0]?.settings).toMatchObject(settings)
      expect((await save('sales', { settings: moved, secrets: { password: 'new' } })).status).toBe(200)
      expect((await list())[0]?.settings).toMatchObject(moved)
    },
  )

  it('is not lent to a test of another connector', async () => {
    const body = { connector: 'mysql', settings, id: 'sales' }
    expect((await server.request('POST', '/connections/test', body)).status).toBe(404)
  })

  it('never meets the address of somebody who saves at the same time', async () => {
    const places = Array.from({ length: 20 }, (_, index) => 100 + index)
    await Promise.all(
      places.map((port) =>
        save('sales', { settings: { ...settings, port }, secrets: { password: `canary-${port}` } }),
      ),
    )
    const [found] = await list()
    expect(places).toContain(found?.settings['port'])
    expect((await save('sales', { settings: found?.settings ?? {} })).status).toBe(200)
  })
})

describe('a test', () => {
  it('says where it stopped and what to do, and is kept until the settings change', async () => {
    await made()
    const answer = await json('POST', '/connections/sales/test')
    expect(answer).toMatchObject({
      system: '',
      steps: [
        { step: 'name', ok: true },
        { step: 'reach', ok: false, problem: { code: 'connection.refused' } },
      ],
    })
    expect((await list())[0]?.lastTest?.diagnosis).toEqual(answer)
    await save('sales', { name: 'Renamed' })
    expect((await list())[0]?.lastTest).not.toBeNull()
    await save('sales', { settings: { ...settings, user: 'bo' } })
    expect((await list())[0]?.lastTest).toBeNull()
  })

  it('of settings that are not stored leaves nothing behind', async () => {
    const body = { connector: 'postgres', settings: { ...settings, host: 'nowhere.invalid' } }
    expect(await json('POST', '/connections/test', body)).toMatchObject({
      steps: [{ step: 'name', ok: false, problem: { code: 'connection.nameNotFound' } }],
    })
    expect(await list()).toEqual([])
  })

  it('of what cannot be reached is no fault of the server when it is browsed', async () => {
    await made()
    const { status, code, problems } = await refusal(
      await server.request('POST', '/connections/sales/browse', { path: [] }),
    )
    expect([status, code]).toEqual([422, 'connection-problem'])
    expect(problems[0]?.code).toMatch(/^connection\./)
  })
})

const flowWith = (name: string, id: string, parameters: Flow['parameters'] = []): Flow => ({
  ...emptyFlow(name),
  parameters,
  nodes: [
    {
      id: 'read',
      kind: 'postgres.source',
      label: 'Orders',
      note: '',
      disabled: false,
      position: { x: 0, y: 0 },
      settings: { connection: id, table: 'orders' },
    },
  ],
})

describe('who uses a connection', () => {
  const uses = async () => z.array(connectionUse).parse(await json('GET', '/connections/sales/used-by'))

  it('is told of drafts and published versions, and keeps it from being deleted', async () => {
    await made()
    const { id, revision } = await server.createFlow(flowWith('Daily', 'sales'))
    await server.createFlow(flowWith('Other', 'sales-eu'))
    expect(await uses()).toEqual([
      {
        flowId: id,
        flowName: 'Daily',
        draft: true,
        published: false,
        nodes: [{ id: 'read', kind: 'postgres.source', label: 'Orders' }],
      },
    ])
    await server.request('POST', `/flows/${id}/versions`, { revision })
    await server.request('PUT', `/flows/${id}/draft`, { revision, flow: flowWith('Daily', 'elsewhere') })
    expect(await uses()).toMatchObject([{ draft: false, published: true }])
    const refused = await refusal(await server.request('DELETE', '/connections/sales'))
    expect(refused).toMatchObject({ status: 409, code: 'connection-in-use' })
    expect(refused.problems[0]?.message.en).toContain('“Daily”')
    await server.request('DELETE', `/flows/${id}`)
    expect((await server.request('DELETE', '/connections/sales')).status).toBe(204)
  })

  it('is told where a parameter names it, by default or in an environment', async () => {
    await made()
    const parameters = [{ name: 'where', type: 'text' as const, default: 'sales', description: '' }]
    await server.createFlow(flowWith('By default', '${where}', parameters))
    const { id } = await server.createFlow(
      flowWith('By environment', '${where}', [
        { name: 'where', type: 'text', default: 'none', description: '' },
      ]),
    )
    expect((await uses()).map(({ flowName }) => flowName)).toEqual(['By default'])
    await server.request('POST', `/flows/${id}/environments`, {
      name: 'Production',
      values: { where: 'sales' },
    })
    expect((await uses()).map(({ flowName }) => flowName)).toEqual(['By default', 'By environment'])
  })
})

describe.skipIf(!postgresTestServer)('what lies inside of a connection', () => {
  const database = postgresTestServer as NonNullable<typeof postgresTestServer>

  it('is named as it is, though its password is a name there too; comments do not tell it', async () => {
    const { host, port, database: name, user, password } = database.settings
    const schema = `"${password}"`
    await database.run(`DROP SCHEMA IF EXISTS ${schema} CASCADE; CREATE SCHEMA ${schema};
      CREATE TABLE ${schema}.${schema} (${schema} int); COMMENT ON TABLE ${schema}.${schema} IS 'is ${password}'`)
    try {
      const { id } = await made({ settings: { host, port, database: name, user }, secrets: { password } })
      const browse = (path: string[]) => json('POST', `/connections/${id}/browse`, { path })
      expect(await browse([])).toContainEqual(expect.objectContaining({ name: password, type: 'schema' }))
      expect(await browse([password])).toMatchObject([{ name: password, comment: 'is ••••' }])
      const columns = await json('POST', `/connections/${id}/columns`, { path: [password, password] })
      expect(columns).toMatchObject([{ name: password }])
    } finally {
      await database.run(`DROP SCHEMA ${schema} CASCADE`)
    }
  })
})
