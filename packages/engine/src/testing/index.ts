export * from './conformance.ts'
export * from './flow-builder.ts'
