import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { EngineBench, flowOf, postgresAt } from '@millrace/engine/testing'
import { describe, expect, it } from 'vitest'
import { postgresService, startCluster } from '../../scripts/services/postgres.ts'
import { isRunning, Restartable } from './processes.ts'

const programs = postgresService.programs()

describe.skipIf(!programs || !process.env['MILLRACE_TEST_POSTGRES_PLAIN'])(
  'a PostgreSQL that crashes',
  () => {
    it('gives out the number of a lost transaction again, and its run is not taken for done', async () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'millrace-crash-'))
      chmodSync(folder, 0o711)
      const own = path.join(folder, 'cluster')
      mkdirSync(own, { mode: 0o711 })
      // Nothing is made durable that nobody asks for.
      const { url, pid } = await startCluster(programs ?? '', own, 0, { wal_writer_delay: "'10s'" })
      const cluster = new Restartable(pid)
      const server = postgresAt(url)
      const bench = new EngineBench({ connections: server.connections })
      try {
        await server.run('CREATE TABLE target (id int); CREATE TABLE others (id int)')
        bench.write('in.csv', 'id\n1\n2\n')
        const target = { connection: 'db', table: 'target', mode: 'append' }
        const flow = flowOf(
          [
            { id: 'in', kind: 'csv.source', settings: { path: 'in.csv' } },
            { id: 'out', kind: 'postgres.target', settings: target },
          ],
          ['in -> out'],
        )
        const crash = async () => {
          await cluster.kill()
          for (let waited = 0; ; waited += 50) {
            if (!isRunning(cluster.pid)) cluster.start()
            const isBack = await server.run('SELECT 1').then(
              () => true,
              () => false,
            )
            if (isBack || waited > 30_000) break
            await setTimeout(50)
          }
          for (let n = 0; n < 20; n++) await server.run('INSERT INTO others VALUES (1)')
        }
        const { status } = await bench.run(flow, { onPrepared: crash })
        const rows = await server.query('SELECT id FROM target')
        expect({ status, rows }).toEqual({ status: 'failed', rows: [] })
      } finally {
        await bench.close()
        await cluster.kill()
        rmSync(folder, { recursive: true, force: true })
      }
    }, 120_000)
  },
)
