export * from './faults.ts'
export * from './sql.ts'
