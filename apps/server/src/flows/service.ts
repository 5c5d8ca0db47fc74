import { createHash } from 'node:crypto'
import {
  type Backfill,
  type FlowDocument,
  type FlowSummary,
  type FlowVersion,
  flowThumbnail,
  type Run,
  type retryRun,
} from '@millrace/contract'
import {
  createProblem,
  type Flow,
  formatFlow,
  isFinal,
  isIncremental,
  parseFlow,
  readFlow,
  usedFlowIds,
} from '@millrace/engine'
import type { z } from 'zod'
import { thumbnailOf } from '../flow-thumbnail.ts'
import { RequestProblem } from '../http/request-problem.ts'
import { newId } from '../identifier.ts'
import type { RunService } from '../runs/service.ts'
import type { EnvironmentService } from './environments.ts'
import { assertParameters, type ParameterValues, parametersOf, withEnvironment } from './parameters.ts'
import type { DraftRecord, FlowRepository } from './repository.ts'

type StoredFlow = NonNullable<Awaited<ReturnType<FlowRepository['find']>>>

function recordOf(flow: Flow): DraftRecord {
  const draft = formatFlow(flow)
  return {
    name: flow.name,
    description: flow.description,
    draft,
    draftHash: createHash('sha256').update(draft).digest('hex'),
    thumbnail: JSON.stringify(thumbnailOf(flow)),
  }
}

const documentOf = (stored: StoredFlow): FlowDocument => ({
  id: stored.id,
  revision: stored.revision,
  draft: parseFlow(stored.draft),
  publishedVersion: stored.publishedVersion,
  unpublished: stored.draftHash !== stored.publishedHash,
  createdAt: stored.createdAt.toISOString(),
  updatedAt: stored.updatedAt.toISOString(),
})

/** Whether a node reads on from a cursor. */
const readsOn = (flow: Flow, nodeId: string): boolean =>
  flow.nodes.some((node) => node.id === nodeId && isIncremental(node))

/** Versions of a flow that hold older ones of it would grow with every version. */
function assertNotInItself(id: string, flow: Flow): void {
  if (!usedFlowIds(flow).has(id)) return
  throw new RequestProblem('flow-problem', {
    problems: [createProblem('subflow.recursion', { flow: flow.name })],
  })
}

/** Flows, their drafts and their published versions. */
export class FlowService {
  readonly #repository: FlowRepository
  readonly #environments: EnvironmentService
  readonly #runs: RunService

  constructor(repository: FlowRepository, environments: EnvironmentService, runs: RunService) {
    this.#repository = repository
    this.#environments = environments
    this.#runs = runs
  }

  async list(): Promise<FlowSummary[]> {
    const [flows, lastRuns] = await Promise.all([this.#repository.list(), this.#runs.lastOfFlows()])
    return flows.map((flow) => {
      const last = lastRuns.get(flow.id)
      return {
        id: flow.id,
        name: flow.name,
        description: flow.description,
        updatedAt: flow.updatedAt.toISOString(),
        publishedVersion: flow.publishedVersion,
        unpublished: flow.draftHash !== flow.publishedHash,
        thumbnail: flowThumbnail.parse(JSON.parse(flow.thumbnail)),
        lastRun: last ?? null,
      }
    })
  }

  async create(flow: Flow): Promise<FlowDocument> {
    return documentOf(await this.#repository.create(newId(), new Date(), recordOf(readFlow(flow))))
  }

  async get(id: string): Promise<FlowDocument> {
    return documentOf(await this.#find(id))
  }

  /** @throws RequestProblem `flow-changed` with the stored revision when `revision` is not that one. */
  async saveDraft(id: string, revision: number, flow: Flow): Promise<FlowDocument> {
    const saved = await this.#repository.saveDraft(id, revision, new Date(), recordOf(readFlow(flow)))
    const stored = await this.#find(id)
    if (!saved) throw new RequestProblem('flow-changed', { revision: stored.revision })
    return documentOf(stored)
  }

  /** @throws RequestProblem `flow-changed`, `flow-problem` for a flow that uses itself */
  async publish(id: string, revision: number, message: string, author: string): Promise<FlowVersion> {
    const stored = await this.#find(id)
    const version = {
      version: (stored.publishedVersion ?? 0) + 1,
      message,
      author,
      content: stored.draft,
      publishedAt: new Date(),
    }
    assertNotInItself(id, parseFlow(stored.draft))
    const isCurrent = stored.revision === revision
    if (!isCurrent || !(await this.#repository.publish(id, revision, version, stored.draftHash)))
      throw new RequestProblem('flow-changed', { revision: (await this.#find(id)).revision })
    return { version: version.version, message, author, publishedAt: version.publishedAt.toISOString() }
  }

  async versions(id: string): Promise<FlowVersion[]> {
    await this.#find(id)
    const versions = await this.#repository.versions(id)
    return versions.map((version) => ({ ...version, publishedAt: version.publishedAt.toISOString() }))
  }

  async version(id: string, version: number): Promise<Flow> {
    const stored = Number.isSafeInteger(version) && (await this.#repository.version(id, version))
    if (!stored) throw new RequestProblem('not-found')
    return parseFlow(stored.content)
  }

  /** Deletes the flow, then ends and deletes its runs. */
  async delete(id: string): Promise<void> {
    if (!(await this.#repository.delete(id))) throw new RequestProblem('not-found')
    await this.#runs.deleteOfFlow(id)
  }

  /** @throws RequestProblem `flow-problem` for parameters that the flow does not have, `not-found` */
  async startRun(
    id: string,
    request: {
      parameters: ParameterValues
      environment?: string | undefined
      version?: number | undefined
      dry: boolean
      backfill?: Backfill | undefined
    },
  ): Promise<Run> {
    const stored = await this.#find(id)
    const { version, environment, dry, backfill } = request
    const flow = version === undefined ? parseFlow(stored.draft) : await this.version(id, version)
    assertParameters(flow, request.parameters)
    const values = environment === undefined ? {} : await this.#valuesOf(id, environment)
    const parameters = { ...parametersOf(flow, values), ...request.parameters }
    if (backfill && !readsOn(flow, backfill.nodeId)) throw new RequestProblem('backfill-impossible')
    return this.#runs.start({
      flowId: id,
      flow,
      version: version ?? null,
      ...withEnvironment(flow, parameters, environment ?? null, values),
      trigger: 'person',
      dry,
      backfill: backfill ?? null,
    })
  }

  /**
   * Does a run that has ended once more, with the choices of `request`.
   * @throws RequestProblem `run-active` while it goes on, `flow-problem` for unknown parameters
   */
  async retryRun(runId: string, request: z.output<typeof retryRun>): Promise<Run> {
    const run = await this.#runs.get(runId)
    if (!isFinal(run.status)) throw new RequestProblem('run-active')
    const isSame = request.flow === 'same'
    const flow = isSame ? await this.#runs.flow(runId) : (await this.get(run.flowId)).draft
    const before = parametersOf(flow, run.parameters)
    const parameters = request.parameters ?? before
    assertParameters(flow, parameters)
    // By now the environment may have others, or be gone.
    const values = { ...before, ...run.environmentValues }
    return this.#runs.start({
      flowId: run.flowId,
      flow,
      version: isSame ? run.version : null,
      ...withEnvironment(flow, parameters, run.environment, values),
      trigger: 'person',
      dry: run.dry,
      backfill: run.backfill,
      retries: runId,
      resumes: request.from === 'failure',
      ...(request.clock === 'same' && { clock: new Date(run.clock) }),
      // What was approved is checked again: the same may be written as long as it would change the same.
      ...(run.approves !== null && isSame && flow.requiresApproval && { approves: run.approves }),
    })
  }

  async #valuesOf(flowId: string, name: string): Promise<ParameterValues> {
    const found = (await this.#environments.list(flowId)).find((environment) => environment.name === name)
    if (!found) throw new RequestProblem('not-found')
    return found.values
  }

  async #find(id: string): Promise<StoredFlow> {
    const stored = await this.#repository.find(id)
    if (!stored) throw new RequestProblem('not-found')
    return stored
  }
}
