import { problemDocument } from '@millrace/contract'
import { ApiError, addressOf } from './client.ts'

export interface Upload {
  readonly done: Promise<void>
  cancel(): void
}

/** Sends one file; XMLHttpRequest, because only it tells how much has gone up. Rejects with ApiError. */
export function uploadFile(file: File, overwrite: boolean, onProgress: (fraction: number) => void): Upload {
  const request = new XMLHttpRequest()
  const done = new Promise<void>((resolve, reject) => {
    const refuse = (title: string, status = 0, code = 'unreachable') =>
      reject(new ApiError({ type: 'about:blank', title, status, code, problems: [] }))
    request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 0 : loaded / total)
    request.onerror = () => refuse('The server cannot be reached')
    request.onabort = () => refuse('Cancelled', 0, 'cancelled')
    request.onload = () => {
      if (request.status < 300) return resolve()
      const parsed = problemDocument.safeParse(readJson(request.responseText))
      if (parsed.success) reject(new ApiError(parsed.data))
      else refuse(request.statusText, request.status, 'error')
    }
  })
  const form = new FormData()
  form.append('file', file, file.name)
  request.open('POST', addressOf('uploadFile', {}, { overwrite }))
  request.send(form)
  return { done, cancel: () => request.abort() }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
