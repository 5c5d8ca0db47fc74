import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { attachment } from '../http/attachment.ts'
import type { Handlers } from '../http/routing.ts'
import { sendFile } from '../http/send-file.ts'
import { streamEvents } from './event-stream.ts'
import { rejectsCsv } from './rejects-csv.ts'
import type { RunService } from './service.ts'

export const runRoutes = (runs: RunService) =>
  ({
    listRuns: ({ query }) => runs.list(query),
    getRun: ({ params }) => runs.get(params.id),
    getRunFlow: ({ params }) => runs.flow(params.id),
    cancelRun: ({ params }) => runs.cancel(params.id),
    async deleteRun({ params }) {
      await runs.delete(params.id)
      return undefined
    },
    getRunLog: ({ params }) => runs.log(params.id),
    getRunRejects: ({ params, query }) => runs.rejects(params.id, query),
    async downloadRunRejects({ params, response }) {
      await runs.get(params.id)
      response.set({
        'Content-Type': 'text/csv; charset=utf-8',
        'Content-Disposition': attachment(`rejects-${params.id}.csv`),
        'Cache-Control': 'no-store',
      })
      await pipeline(Readable.from(rejectsCsv(runs.allRejects(params.id))), response)
      return undefined
    },
    downloadRunOutput: async ({ params, response }) =>
      sendFile(response, await runs.output(params.id, params.nodeId)),
    async runEvents({ params, request, response }) {
      await streamEvents(runs, params.id, request, response)
      return undefined
    },
  }) satisfies Partial<Handlers>
