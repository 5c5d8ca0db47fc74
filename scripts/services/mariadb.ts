import { existsSync } from 'node:fs'
import { chown, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { accountOf, folderFor, freePort, launch, listening, runProgram, type Service } from './service.ts'

const password = 'millrace'
const server = '/usr/sbin/mariadbd'

/** A certificate for 127.0.0.1 that is its own authority. */
async function certify(folder: string, account: ReturnType<typeof accountOf>) {
  const certificate = path.join(folder, 'server.pem')
  const key = path.join(folder, 'server.key')
  const request = '-x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=localhost'.split(' ')
  const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  runProgram('openssl', ['req', ...request, ...names, '-keyout', key, '-out', certificate], account)
  return { certificate, key }
}

/**
 * MariaDB with a certificate of its own. Stable distributions do not carry MySQL itself: docs/databases.md
 * tells how to run the suites on one.
 */
export const mariadbService: Service = {
  name: 'MariaDB',
  variables: ['MILLRACE_TEST_MYSQL'],
  packages: ['mariadb-server', 'openssl'],
  programs: () => (existsSync(server) ? '/usr/bin' : undefined),
  async start(bin, folder) {
    const account = accountOf('mysql')
    const own = await folderFor(path.join(folder, 'server'), account)
    const data = path.join(own, 'data')
    const temporary = await folderFor(path.join(own, 'temporary'), account)
    const log = path.join(own, 'log')
    const initial = path.join(own, 'initial.sql')
    await writeFile(log, '')
    // One statement a line: the server reads no more of it.
    const statements = [
      `CREATE USER 'millrace'@'%' IDENTIFIED BY '${password}';`,
      `GRANT ALL ON *.* TO 'millrace'@'%' WITH GRANT OPTION;`,
      'CREATE DATABASE millrace CHARACTER SET utf8mb4;',
    ]
    await writeFile(initial, statements.map((statement) => `${statement}\n`).join(''))
    if (account) for (const file of [log, initial]) await chown(file, account.uid, account.gid)
    runProgram(
      path.join(bin, 'mariadb-install-db'),
      ['--no-defaults', `--datadir=${data}`, '--skip-test-db', '--auth-root-authentication-method=normal'],
      account,
    )
    const { certificate, key } = await certify(own, account)
    const port = await freePort()
    const options = [
      '--no-defaults',
      `--datadir=${data}`,
      `--tmpdir=${temporary}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${path.join(own, 'socket')}`,
      `--pid-file=${path.join(own, 'pid')}`,
      `--init-file=${initial}`,
      `--ssl-cert=${certificate}`,
      `--ssl-key=${key}`,
      '--local-infile=ON',
      '--innodb-buffer-pool-size=512M',
      '--innodb-log-file-size=512M',
      '--skip-name-resolve',
    ]
    const pid = launch(server, options, log, account)
    await listening(port, pid)
    const authority = path.join(folder, 'authority.pem')
    await writeFile(authority, runProgram('openssl', ['x509', '-in', certificate]), { mode: 0o644 })
    return {
      environment: {
        MILLRACE_TEST_MYSQL: `mysql://millrace:${password}@127.0.0.1:${port}/millrace`,
        MILLRACE_TEST_MYSQL_CA: authority,
      },
      processes: [pid],
    }
  },
}
