/** Runs SQL written by hand in a process of its own: `node bench/by-hand.ts SQL`. */
import { DuckDBInstance } from '@duckdb/node-api'

const [sql = ''] = process.argv.slice(2)
const connection = await (await DuckDBInstance.create(':memory:', { memory_limit: '614MiB' })).connect()
for (const statement of sql.split(';\n')) await connection.run(statement)
