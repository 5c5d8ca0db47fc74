import type { ConnectorRuntime } from '../spec/index.ts'
import { csvSource } from './csv/source.ts'
import { csvTarget } from './csv/target.ts'
import { excelSource } from './excel/source.ts'
import { excelTarget } from './excel/target.ts'
import type { ConnectorName } from './index.ts'
import { jsonSource } from './json/source.ts'
import { jsonTarget } from './json/target.ts'
import { mysqlConnection } from './mysql/connection.ts'
import { mysqlMaintenance } from './mysql/maintenance.ts'
import { mysqlSource } from './mysql/source.ts'
import { mysqlTarget } from './mysql/target.ts'
import { parquetSource } from './parquet/source.ts'
import { parquetTarget } from './parquet/target.ts'
import { postgresConnection } from './postgres/connection.ts'
import { postgresMaintenance } from './postgres/maintenance.ts'
import { postgresSource } from './postgres/source.ts'
import { postgresTarget } from './postgres/target.ts'
import { sqliteConnection } from './sqlite/connection.ts'
import { sqliteMaintenance } from './sqlite/maintenance.ts'
import { sqliteSource } from './sqlite/source.ts'
import { sqliteTarget } from './sqlite/target.ts'
import { xmlSource } from './xml/source.ts'
import { xmlTarget } from './xml/target.ts'

/** What reads and writes, by connector. Adding one is a line here; see also `index.ts`. */
export const connectorRuntimes = {
  csv: { source: csvSource, target: csvTarget },
  excel: { source: excelSource, target: excelTarget },
  json: { source: jsonSource, target: jsonTarget },
  mysql: {
    connection: mysqlConnection,
    maintenance: mysqlMaintenance,
    source: mysqlSource,
    target: mysqlTarget,
  },
  parquet: { source: parquetSource, target: parquetTarget },
  postgres: {
    connection: postgresConnection,
    maintenance: postgresMaintenance,
    source: postgresSource,
    target: postgresTarget,
  },
  sqlite: {
    connection: sqliteConnection,
    maintenance: sqliteMaintenance,
    source: sqliteSource,
    target: sqliteTarget,
  },
  xml: { source: xmlSource, target: xmlTarget },
} as const satisfies Readonly<Record<ConnectorName, ConnectorRuntime>>
