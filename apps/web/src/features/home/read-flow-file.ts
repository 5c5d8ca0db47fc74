import { createProblem, type Flow, type Problem, ProblemError, parseFlow } from '@millrace/engine'
import { ApiError, call } from '../../api/client.ts'

/** Larger files are no flows; the server takes no more either. */
export const largestFile = 16 * 1024 * 1024

/** What a file holds: a flow with what is wrong with it, or why it is none. */
export type FlowFile =
  | { readonly flow: Flow; readonly problems: readonly Problem[] }
  | { readonly flow: undefined; readonly problems: readonly Problem[] }

const refused = (detail: string): FlowFile => ({
  flow: undefined,
  problems: [createProblem('flow.invalid', { detail })],
})

/**
 * Reads a flow file and has it checked, before anything is stored. Files of a newer format, too large ones
 * and those that are no flow are refused; everything else can be taken and mended.
 */
export async function readFlowFile(file: File): Promise<FlowFile> {
  if (file.size > largestFile) return refused(`${(file.size / 1e6).toFixed(0)} MB > ${largestFile / 1e6} MB`)
  try {
    // A byte order mark is no part of JSON.
    const flow = parseFlow((await file.text()).replace(/^\uFEFF/, ''))
    const { problems } = await call('infer', { body: { flow } })
    return { flow, problems }
  } catch (error) {
    if (error instanceof ProblemError) return { flow: undefined, problems: [error.problem] }
    if (error instanceof ApiError && error.document.problems.length > 0)
      return { flow: undefined, problems: error.document.problems }
    if (error instanceof ApiError) return refused(error.message)
    throw error
  }
}

/** A name that no other flow has: `Orders`, `Orders 2`, `Orders 3`. */
export function freeName(wanted: string, taken: readonly string[]): string {
  const names = new Set(taken)
  if (!names.has(wanted)) return wanted
  for (let n = 2; ; n++) {
    const name = `${wanted.slice(0, 190)} ${n}`
    if (!names.has(name)) return name
  }
}
