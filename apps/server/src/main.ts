import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import path from 'node:path'
import { createEngine, fileAccess, KeyRing } from '@millrace/engine/runtime'
import { createApp } from './app.ts'
import { connectionRoutes } from './connections/routes.ts'
import { ConnectionService } from './connections/service.ts'
import { Sweeper } from './connections/sweeper.ts'
import { openDatabase } from './database/database.ts'
import { claimFolder } from './database/shared-folder.ts'
import { designRoutes } from './design/routes.ts'
import { DesignService } from './design/service.ts'
import { fileRoutes } from './files/routes.ts'
import { FileService } from './files/service.ts'
import { CursorService, cursorRoutes } from './flows/cursors.ts'
import { EnvironmentService, environmentRoutes } from './flows/environments.ts'
import { GoldenService, goldenRoutes } from './flows/goldens.ts'
import { createFlowRepository } from './flows/repository.ts'
import { flowRoutes } from './flows/routes.ts'
import { FlowService } from './flows/service.ts'
import { usableFlows } from './flows/usable.ts'
import { lockHome } from './home-lock.ts'
import { isLoopback } from './http/access.ts'
import { createLog } from './http/log.ts'
import { keyRoutes } from './keys/routes.ts'
import { KeyService } from './keys/service.ts'
import { OptionError, readOptions, type ServerOptions } from './options.ts'
import { overviewRoutes } from './overview/routes.ts'
import { OverviewService } from './overview/service.ts'
import { createRejectRepository } from './rejects/repository.ts'
import { rejectRoutes } from './rejects/routes.ts'
import { RejectService } from './rejects/service.ts'
import { StoredRows } from './rejects/stored-rows.ts'
import { RunsElsewhere } from './runs/elsewhere.ts'
import { History } from './runs/history.ts'
import { KeptRuns } from './runs/kept-runs.ts'
import { Payloads } from './runs/payloads.ts'
import { createRunRepository } from './runs/repository.ts'
import { runRoutes } from './runs/routes.ts'
import { Runner } from './runs/runner.ts'
import { aloneOn, SharedServers, serverId } from './runs/servers.ts'
import { RunService } from './runs/service.ts'
import { installSamples } from './templates/install.ts'
import { templateRoutes } from './templates/routes.ts'
import { TemplateService } from './templates/service.ts'

export { OptionError }

export interface RunningServer {
  /** Without a slash at its end. */
  readonly url: string
  /** Ends running runs truthfully, then everything else; within seconds. */
  close(): Promise<void>
}

const hour = 3_600_000

const version = (): string => {
  const { version: text }: { version: string } = JSON.parse(
    readFileSync(path.resolve(import.meta.dirname, '../package.json'), 'utf8'),
  )
  return text
}

/**
 * Starts a server: data folder, database, engine, queue of runs, HTTP.
 * What is not given comes from the environment.
 * @throws OptionError for a setting that cannot be; an error with code EADDRINUSE when the port is taken
 */
export async function startServer(given: Partial<ServerOptions> = {}): Promise<RunningServer> {
  const read = readOptions(process.env)
  const options: ServerOptions = {
    ...read,
    ...(given.home !== undefined && { shared: given.home }),
    ...given,
  }
  const log = createLog(options.logLevel)
  const inHome = (name: string) => path.join(options.home, name)
  const inShared = (name: string) => path.join(options.shared, name)
  const unlock = await lockHome(options.home)
  const closing: (() => Promise<void> | void)[] = [unlock]
  const closeAll = async () => {
    while (closing.length > 0) await closing.pop()?.()
  }
  try {
    const { database, returnDisk, ignoringCase, shared } = await openDatabase(
      options.home,
      options.migrations,
      options.databaseUrl,
    )
    closing.push(() => database.$disconnect())
    const id = serverId(inHome('server-id'))
    const sharedServers = shared ? new SharedServers(id, database, log) : undefined
    const servers = sharedServers ?? aloneOn(id)
    if (sharedServers) {
      await claimFolder(database, options.shared)
      closing.push(() => sharedServers.leave())
      await sharedServers.join()
    }
    const roots = { files: inShared('files'), folders: options.folders }
    const connections = new ConnectionService(database, inShared('secrets-keys'), fileAccess(roots))
    const engine = createEngine({
      connections,
      roots,
      work: inHome('work'),
      keys: inShared('keys'),
      warm: options.warm,
      inputLimit: options.inputBytes,
      sharedFolders: shared,
    })
    closing.push(() => engine.close())

    const design = new DesignService(engine)
    const files = new FileService({
      files: inShared('files'),
      folders: options.folders,
      staging: inShared('uploads'),
      uploadBytes: options.uploadBytes,
      design,
    })
    const payloads = new Payloads(inShared('runs'))
    const repository = createRunRepository(database, ignoringCase)
    const rejectRepository = createRejectRepository(database)
    const storedRows = new StoredRows(engine, payloads, rejectRepository)
    const keptRuns = new KeptRuns(repository, payloads)
    const limits = { bytes: options.historyBytes, days: options.historyDays }
    const history = new History(repository, payloads, limits, log, returnDisk)
    const runner = new Runner({
      repository,
      engine,
      payloads,
      keptRuns,
      files,
      storedRows,
      servers,
      log,
      concurrency: options.concurrentRuns,
      runSeconds: options.runSeconds,
      onEnd: () => history.pruneSoon(),
    })
    const elsewhere = shared ? new RunsElsewhere(runner, repository, log) : undefined
    const runs = new RunService({ repository, runner, elsewhere, history, payloads, files, engine })
    const environments = new EnvironmentService(database)
    const flows = new FlowService(createFlowRepository(database), environments, runs)
    const rejects = new RejectService({
      repository: rejectRepository,
      rows: storedRows,
      engine,
      payloads,
      runs,
      flows,
    })
    const goldens = new GoldenService(database, engine, inShared('goldens'))
    const templates = new TemplateService(options.samples, files)

    await runner.recover()
    // What nobody here knows may be what another server is just writing.
    if ((await servers.others()).length === 0) {
      await engine.sweep()
      await goldens.sweep()
    }
    await payloads.sweep(() => repository.allIds())
    await keptRuns.sweep()
    await installSamples(database, templates, flows).catch((error: unknown) => {
      log.warn({ err: error }, 'the sample flows could not be installed')
    })

    const health = { status: 'ok' as const, version: version() }
    const handlers = {
      health: async () => health,
      ...flowRoutes(flows, templates, goldens),
      ...goldenRoutes(goldens),
      ...cursorRoutes(new CursorService(database, design)),
      listUsableFlows: () => usableFlows(database),
      ...environmentRoutes(environments),
      ...templateRoutes(templates),
      ...runRoutes(runs),
      ...rejectRoutes(rejects),
      ...overviewRoutes(new OverviewService(database)),
      ...fileRoutes(files),
      ...designRoutes(design),
      ...connectionRoutes(connections),
      ...keyRoutes(new KeyService(new KeyRing(inShared('keys')))),
    }
    const server = createServer(createApp(handlers, options, health.version, log))
    // Uploads of gigabytes take longer than Node's five minutes; a slow header is an attack.
    server.requestTimeout = 6 * hour
    server.headersTimeout = 30_000
    // Longer than browsers and proxies keep a connection: one that is just being used again is never closed.
    server.keepAliveTimeout = 120_000
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(options.port, options.host, resolve)
    })
    closing.push(() => history.stop())
    closing.push(() => runner.stop())
    closing.push(
      () =>
        new Promise<void>((resolve) => {
          server.close(() => resolve())
          server.closeAllConnections()
        }),
    )
    if (!isLoopback(options.host))
      log.warn(
        { host: options.host },
        'whoever reaches this address can use Millrace: put a login in front of it',
      )
    const unsettled = () => repository.unsettled()
    const sweeper = new Sweeper({ connections, unsettled, log })
    closing.push(() => sweeper.stop())
    void runner.pump()
    if (elsewhere) {
      closing.push(() => elsewhere.stop())
      elsewhere.start()
    }
    const pruning = setInterval(() => void history.prune(), hour)
    closing.push(() => clearInterval(pruning))
    void history.prune()

    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : options.port
    const host = options.host.includes(':') ? `[${options.host}]` : options.host
    let closed: Promise<void> | undefined
    return {
      url: `http://${host}:${port}`,
      close() {
        closed ??= closeAll()
        return closed
      },
    }
  } catch (error) {
    await closeAll()
    throw error
  }
}
