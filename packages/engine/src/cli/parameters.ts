import { readFile } from 'node:fs/promises'
import { z } from 'zod'

/** As the server hands environments out, or only their values. */
const environmentFile = z.union([
  z.strictObject({ name: z.string().optional(), values: z.record(z.string(), z.string()) }),
  z.record(z.string(), z.string()).transform((values) => ({ values })),
])

/** The values of an environment in a JSON file. Throws an Error that a person at a terminal understands. */
export async function readEnvironment(file: string): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(file, 'utf8')
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new Error(`${file} is no JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  const parsed = environmentFile.safeParse(json)
  if (!parsed.success)
    throw new Error(`${file} is no environment. It should look like {"values": {"since": "2026-01-31"}}`)
  return parsed.data.values
}

/**
 * The digests of `--approved DIGEST`, or `--approved NODE=DIGEST` where a flow has several targets, by node.
 * Throws an Error that a person at a terminal understands.
 */
export function readApproval(given: readonly string[], targets: readonly string[]): Record<string, string> {
  const [only] = targets.length === 1 ? targets : []
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf('=')
      const nodeId = at < 0 ? only : text.slice(0, at)
      if (nodeId === undefined || !targets.includes(nodeId))
        throw new Error(`--approved takes NODE=DIGEST of one of ${targets.join(', ')}, not "${text}"`)
      return [nodeId, text.slice(at + 1)]
    }),
  )
}

/** The values of `--param name=value`, one text each. */
export function readParameters(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf('=')
      if (at < 1) throw new Error(`--param takes name=value, not "${text}"`)
      return [text.slice(0, at), text.slice(at + 1)]
    }),
  )
}
