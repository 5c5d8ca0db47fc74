import { EngineBench, flowOf } from '../testing/index.ts'
const b = new EngineBench()
const n = Number(process.argv[2])
const names = Array.from({ length: n }, (_, i) => `column ${i}`)
b.write('wide.csv', `${names.join(',')}\n${`${names.map((_, at) => at).join(',')}\n`.repeat(20)}`)
const t = performance.now()
const r = await b.engine.run({ flow: flowOf([{ id: 'in', kind: 'csv.source', settings: { path: 'wide.csv' } }, { id: 'out', kind: 'csv.target', settings: { path: 'out.csv', guardFormulas: process.argv[3] === 'g' } }], ['in -> out']), runId: 'x', clock: new Date().toISOString(), parameters: {}, resultFolder: b.results, onEvent: (e) => console.log(Math.round(performance.now() - t), e.type, 'nodeId' in e ? e.nodeId : '', 'state' in e ? e.state : ''), onPrepared: () => Promise.resolve() })
console.log(n, r.status, r.problems.map(p => [p.code, p.location]), Math.round(performance.now() - t))
await b.close()
