import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Response } from 'express'
import { attachment } from './attachment.ts'

/** Answers with a file, to be saved and never to be shown: it may be a web page. */
export async function sendFile(
  response: Response,
  { name, bytes, stream }: { readonly name: string; readonly bytes: number; readonly stream: Readable },
): Promise<undefined> {
  response.set({
    'Content-Type': 'application/octet-stream',
    'Content-Length': String(bytes),
    'Content-Disposition': attachment(name),
    'Cache-Control': 'no-store',
  })
  await pipeline(stream, response)
}
