import type { Handlers } from '../http/routing.ts'
import type { RejectService } from './service.ts'

const placeOf = ({ runId, number }: { runId: string; number: string }) => ({
  runId,
  // What is no number is nowhere.
  number: /^\d{1,15}$/.test(number) ? Number(number) : Number.MAX_SAFE_INTEGER,
})

export const rejectRoutes = (rejects: RejectService) =>
  ({
    searchRejects: ({ query }) => rejects.search(query),
    getReject: ({ params }) => rejects.get(placeOf(params)),
    mendReject: ({ params, body }) => rejects.mend(placeOf(params), body.cells, body.author),
    async dropRejects({ body }) {
      await rejects.drop(body.items, body.author)
      return undefined
    },
    async restoreRejects({ body }) {
      await rejects.restore(body.items, body.author)
      return undefined
    },
    replayRejects: ({ body }) => rejects.replay(body),
  }) satisfies Partial<Handlers>
