export * from './conversion.ts'
export * from './faults.ts'
export * from './sql.ts'
