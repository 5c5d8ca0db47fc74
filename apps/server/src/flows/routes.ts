import { emptyFlow } from '@millrace/engine'
import type { Handlers } from '../http/routing.ts'
import type { TemplateService } from '../templates/service.ts'
import type { GoldenService } from './goldens.ts'
import type { FlowService } from './service.ts'

export const flowRoutes = (flows: FlowService, templates: TemplateService, goldens: GoldenService) =>
  ({
    listFlows: () => flows.list(),
    async createFlow({ body }) {
      const begun =
        body.flow ?? (body.template === undefined ? undefined : await templates.begin(body.template))
      const flow = begun ?? emptyFlow('Untitled flow')
      return flows.create({ ...flow, name: body.name ?? flow.name })
    },
    getFlow: ({ params }) => flows.get(params.id),
    saveDraft: ({ params, body }) => flows.saveDraft(params.id, body.revision, body.flow),
    publishFlow: ({ params, body }) => flows.publish(params.id, body.revision, body.message, body.author),
    listVersions: ({ params }) => flows.versions(params.id),
    getVersion: ({ params }) => flows.version(params.id, Number(params.version)),
    async deleteFlow({ params }) {
      await goldens.deletingFlow(params.id, () => flows.delete(params.id))
      return undefined
    },
    startRun: ({ params, body }) => flows.startRun(params.id, body),
    retryRun: ({ params, body }) => flows.retryRun(params.id, body),
  }) satisfies Partial<Handlers>
