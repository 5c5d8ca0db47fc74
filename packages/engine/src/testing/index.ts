export * from './conformance.ts'
export * from './engine-bench.ts'
export * from './flow-builder.ts'
