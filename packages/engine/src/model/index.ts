export * from './column.ts'
export * from './flow.ts'
export * from './label.ts'
