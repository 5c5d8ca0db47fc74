import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { appendFile, chown, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { accountOf, folderFor, freePort, launch, listening, runProgram, type Service } from './service.ts'

const root = '/usr/lib/postgresql'
const password = 'millrace'

function programs(): string | undefined {
  try {
    const [newest] = readdirSync(root).toSorted((a, b) => Number(b) - Number(a))
    return newest === undefined ? undefined : path.join(root, newest, 'bin')
  } catch {
    return undefined
  }
}

/**
 * One cluster with a certificate of its own; `prepared` is its max_prepared_transactions.
 * @param more further settings, as postgresql.conf spells them
 */
export async function startCluster(
  bin: string,
  folder: string,
  prepared: number,
  more: Readonly<Record<string, string>> = {},
) {
  const account = accountOf('postgres')
  const data = path.join(await folderFor(folder, account), 'data')
  const secret = path.join(folder, 'password')
  const log = path.join(folder, 'log')
  await writeFile(secret, password)
  await writeFile(log, '')
  if (account) for (const file of [secret, log]) await chown(file, account.uid, account.gid)
  const options = ['--username=postgres', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync']
  runProgram(
    path.join(bin, 'initdb'),
    ['-D', data, ...options, '--auth=scram-sha-256', `--pwfile=${secret}`],
    account,
  )
  const certificate = path.join(data, 'server.crt')
  const key = path.join(data, 'server.key')
  const request = '-x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=localhost'.split(' ')
  const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  runProgram('openssl', ['req', ...request, ...names, '-keyout', key, '-out', certificate], account)
  const port = await freePort()
  const settings = {
    port,
    listen_addresses: "'127.0.0.1'",
    unix_socket_directories: "''",
    ssl: 'on',
    max_prepared_transactions: prepared,
    max_connections: 60,
    shared_buffers: "'256MB'",
    max_wal_size: "'4GB'",
    log_min_messages: 'error',
    ...more,
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`)
  await appendFile(path.join(data, 'postgresql.conf'), lines.join(''))
  const pid = launch(path.join(bin, 'postgres'), ['-D', data], log, account)
  await listening(port, pid)
  await accepting(bin, port)
  return { url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`, certificate, pid, port }
}

/** It listens before it lets anybody in. Without the program that tells, its word is taken for it. */
async function accepting(bin: string, port: number): Promise<void> {
  const parameters = ['-q', '-h', '127.0.0.1', '-p', String(port)]
  for (let waited = 0; waited < 60_000; waited += 100) {
    const { status, error } = spawnSync(path.join(bin, 'pg_isready'), parameters)
    if (status === 0 || error) return
    await setTimeout(100)
  }
  throw new Error('it let nobody in within 60 s')
}

/** The other accounts cannot look into the data folder, so the certificate is put beside it. */
const readable = (bytes: string, file: string) => writeFile(file, bytes, { mode: 0o644 })

/** PostgreSQL twice: with prepared transactions, and without as it comes. */
export const postgresService: Service = {
  name: 'PostgreSQL',
  variables: ['MILLRACE_TEST_POSTGRES', 'MILLRACE_TEST_POSTGRES_PLAIN', 'MILLRACE_TEST_POSTGRES_CA'],
  packages: ['postgresql', 'openssl'],
  programs,
  async start(bin, folder) {
    const [prepared, plain] = await Promise.all([
      startCluster(bin, path.join(folder, 'prepared'), 20),
      startCluster(bin, path.join(folder, 'plain'), 0),
    ])
    const authority = path.join(folder, 'authority.pem')
    await readable(runProgram('openssl', ['x509', '-in', prepared.certificate]), authority)
    return {
      environment: {
        MILLRACE_TEST_POSTGRES: prepared.url,
        MILLRACE_TEST_POSTGRES_PLAIN: plain.url,
        MILLRACE_TEST_POSTGRES_CA: authority,
      },
      processes: [prepared.pid, plain.pid],
    }
  },
}
