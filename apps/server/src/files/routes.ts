import type { Handlers } from '../http/routing.ts'
import { sendFile } from '../http/send-file.ts'
import type { FileService } from './service.ts'

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
