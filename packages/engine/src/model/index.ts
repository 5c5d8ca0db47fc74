export * from './column.ts'
export * from './flow.ts'
export * from './key-name.ts'
export * from './label.ts'
