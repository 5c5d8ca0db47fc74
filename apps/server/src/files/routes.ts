import { pipeline } from 'node:stream/promises'
import type { Response } from 'express'
import { attachment } from '../http/attachment.ts'
import type { Handlers } from '../http/routing.ts'
import type { FileService, OpenedFile } from './service.ts'

/** Answers with a file, to be saved and never to be shown: it may be a web page. */
export async function sendFile(response: Response, { name, bytes, stream }: OpenedFile): Promise<undefined> {
  response.set({
    'Content-Type': 'application/octet-stream',
    'Content-Length': String(bytes),
    'Content-Disposition': attachment(name),
    'Cache-Control': 'no-store',
  })
  await pipeline(stream, response)
}

export const fileRoutes = (files: FileService) =>
  ({
    listFiles: () => files.list(),
    uploadFile: ({ request, query }) => files.upload(request, query.overwrite === 'true'),
    downloadFile: async ({ query, response }) => sendFile(response, await files.open(query.path)),
    previewFile: ({ query }) => files.preview(query.path),
    async deleteFile({ query }) {
      await files.delete(query.path)
      return undefined
    },
  }) satisfies Partial<Handlers>
