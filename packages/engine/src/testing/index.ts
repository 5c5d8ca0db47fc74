export * from './conformance.ts'
export * from './engine-bench.ts'
export * from './flow-builder.ts'
export { postgresAt, testServer as postgresTestServer } from './postgres-server.ts'
