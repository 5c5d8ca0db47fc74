export * from './conversion.ts'
export * from './faults.ts'
export * from './json-pointer.ts'
export * from './sql.ts'
