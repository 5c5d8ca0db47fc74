/** The browser-safe entry: model, specs, problems. */
export * from './graph/flow-diff.ts'
export * from './graph/flow-file.ts'
export * from './graph/kinds.ts'
export * from './model/index.ts'
export * from './problems/index.ts'
export * from './run/ledger.ts'
export * from './spec/index.ts'
