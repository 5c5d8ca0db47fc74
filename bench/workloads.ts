import { emptyFlow, type Flow } from '@millrace/engine'

export interface Workload {
  readonly name: string
  readonly flow: Flow
  /** The same by hand, as one would write it in DuckDB: typed readers, COPY. */
  readonly sql: (folder: string) => string
}

type NodeSettings = Record<string, unknown>

const flow = (
  nodes: readonly [id: string, kind: string, settings: NodeSettings][],
  edges: readonly string[],
): Flow => ({
  ...emptyFlow('bench'),
  nodes: nodes.map(([id, kind, settings]) => ({
    id,
    kind,
    settings,
    label: '',
    position: { x: 0, y: 0 },
    disabled: false,
    note: '',
  })),
  edges: edges.map((text) => {
    const [from = [], to = []] = text.split(' -> ').map((end) => end.split(':'))
    return {
      from: { node: from[0] ?? '', port: from[1] ?? 'out' },
      to: { node: to[0] ?? '', port: to[1] ?? 'in' },
    }
  }),
})

const customerTypes = {
  customer_id: 'BIGINT',
  name: 'VARCHAR',
  source: 'VARCHAR',
  state: 'VARCHAR',
  email: 'VARCHAR',
  phone: 'VARCHAR',
  department: 'VARCHAR',
  born: 'DATE',
  note: 'VARCHAR',
}
const orderTypes = {
  order_no: 'VARCHAR',
  customer_id: 'BIGINT',
  ordered_on: 'VARCHAR',
  amount: 'VARCHAR',
  currency: 'VARCHAR',
  quantity: 'VARCHAR',
  weight_g: 'BIGINT',
}

const columns = (types: Readonly<Record<string, string>>) =>
  Object.entries(types).map(([name, type]) => ({ name, type, format: '' }))

const reader = (file: string, types: Readonly<Record<string, string>>) =>
  `read_csv('${file}', auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', columns = {${Object.entries(
    types,
  )
    .map(([name, type]) => `${name}: '${type}'`)
    .join(', ')}})`

const customers: [string, string, NodeSettings] = [
  'customers',
  'csv.source',
  { path: 'customers.csv', columns: columns(customerTypes) },
]
const orders: [string, string, NodeSettings] = [
  'orders',
  'csv.source',
  { path: 'orders.csv', columns: columns(orderTypes) },
]
const target: [string, string, NodeSettings] = [
  'out',
  'csv.target',
  { path: 'out.csv', guardFormulas: false },
]

const email = '[A-Za-z0-9._-]+@[A-Za-z0-9-]+[.][a-z]+'

export const workloads: readonly Workload[] = [
  {
    name: 'filter and map',
    flow: flow(
      [
        customers,
        ['filter', 'filter', { expression: "source = '网络推广' AND born >= DATE '1960-01-01'" }],
        [
          'map',
          'map',
          {
            columns: [
              { name: 'id', expression: 'customer_id' },
              { name: 'name', expression: 'upper(name)' },
              { name: 'year', expression: 'year(born)' },
              { name: 'email', expression: 'email' },
              { name: 'note', expression: 'note' },
            ],
          },
        ],
        target,
      ],
      ['customers -> filter', 'filter -> map', 'map -> out'],
    ),
    sql: (folder) =>
      `COPY (SELECT customer_id AS id, upper(name) AS name, year(born) AS year, email, note FROM ${reader(`${folder}/customers.csv`, customerTypes)} WHERE source = '网络推广' AND born >= DATE '1960-01-01') TO '${folder}/hand.csv' (FORMAT csv, HEADER)`,
  },
  {
    name: 'join and aggregate',
    flow: flow(
      [
        orders,
        customers,
        ['join', 'join', { how: 'inner', keys: [{ left: 'customer_id', right: 'customer_id' }] }],
        [
          'sum',
          'aggregate',
          {
            groups: ['source', 'currency'],
            measures: [
              { name: 'orders', how: 'count' },
              { name: 'weight', how: 'sum', column: 'weight_g' },
            ],
          },
        ],
        target,
      ],
      ['orders -> join:left', 'customers -> join:right', 'join -> sum', 'sum -> out'],
    ),
    sql: (folder) =>
      `COPY (SELECT source, currency, count(*) AS orders, sum(weight_g) AS weight FROM ${reader(`${folder}/orders.csv`, orderTypes)} o JOIN ${reader(`${folder}/customers.csv`, customerTypes)} c USING (customer_id) GROUP BY ALL ORDER BY ALL) TO '${folder}/hand.csv' (FORMAT csv, HEADER)`,
  },
  {
    name: 'validate, distinct and reject',
    flow: flow(
      [
        customers,
        [
          'check',
          'validate',
          {
            rules: [
              { column: 'email', check: 'required' },
              { column: 'email', check: 'pattern', pattern: email },
            ],
          },
        ],
        ['once', 'distinct', { keys: ['customer_id'] }],
        target,
      ],
      ['customers -> check', 'check -> once', 'once -> out'],
    ),
    sql: (folder) => {
      const source = reader(`${folder}/customers.csv`, customerTypes)
      const good = `coalesce(trim(email) <> '' AND regexp_full_match(email, '${email}'), false)`
      return `COPY (SELECT * EXCLUDE (place, rank) FROM (SELECT *, row_number() OVER (PARTITION BY customer_id ORDER BY place) AS rank FROM (SELECT *, row_number() OVER () AS place FROM ${source} WHERE ${good})) WHERE rank = 1 ORDER BY place) TO '${folder}/hand.csv' (FORMAT csv, HEADER);
      COPY (SELECT * FROM ${source} WHERE NOT ${good}) TO '${folder}/hand-rejects.parquet' (FORMAT parquet, COMPRESSION zstd)`
    },
  },
]
