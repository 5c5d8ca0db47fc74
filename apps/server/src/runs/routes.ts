import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Response } from 'express'
import { attachment } from '../http/attachment.ts'
import type { Handlers } from '../http/routing.ts'
import { sendFile } from '../http/send-file.ts'
import { streamEvents } from './event-stream.ts'
import { changeCsvColumns, rejectCsvColumns, rowsCsv } from './rows-csv.ts'
import type { RunService } from './service.ts'

async function sendCsv(response: Response, name: string, text: AsyncGenerator<string>): Promise<void> {
  response.set({
    'Content-Type': 'text/csv; charset=utf-8',
    'Content-Disposition': attachment(name),
    'Cache-Control': 'no-store',
  })
  await pipeline(Readable.from(text), response)
}

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
      const text = rowsCsv(rejectCsvColumns, runs.allRejects(params.id))
      await sendCsv(response, `rejects-${params.id}.csv`, text)
      return undefined
    },
    getRunChanges: ({ params, query }) => runs.changes(params.id, query),
    async downloadRunChanges({ params, query, response }) {
      await runs.get(params.id)
      const text = rowsCsv(changeCsvColumns, runs.allChanges(params.id, query))
      await sendCsv(response, `changes-${params.id}.csv`, text)
      return undefined
    },
    releaseRun: ({ params, body }) => runs.decide(params.id, 'release', body.author),
    discardRun: ({ params, body }) => runs.decide(params.id, 'discard', body.author),
    approveRun: ({ params }) => runs.approve(params.id),
    downloadRunOutput: async ({ params, response }) =>
      sendFile(response, await runs.output(params.id, params.nodeId)),
    async runEvents({ params, request, response }) {
      await streamEvents(runs, params.id, request, response)
      return undefined
    },
  }) satisfies Partial<Handlers>
