import { ApiError } from '../api/client.ts'
import { type TextKey, useText } from '../i18n/index.ts'

const faults = [
  'invalid-request',
  'invalid-json',
  'invalid-path',
  'foreign-host',
  'foreign-origin',
  'read-only',
  'not-found',
  'method-not-allowed',
  'flow-changed',
  'file-exists',
  'environment-exists',
  'golden-exists',
  'key-exists',
  'cursor-moved',
  'cursor-invalid',
  'connection-in-use',
  'connection-changed',
  'connection-invalid',
  'connection-secret-required',
  'connection-problem',
  'run-active',
  'run-not-held',
  'reject-closed',
  'run-not-approvable',
  'not-resumable',
  'approval-required',
  'approval-used',
  'output-gone',
  'too-large',
  'unsupported-media-type',
  'backfill-impossible',
  'flow-problem',
  'internal',
  'stopping',
  'disk-full',
  'unreachable',
] as const

/** Says in the language of the interface why something failed; texts of the engine are bilingual already. */
export function useErrorText(): (error: unknown) => string {
  const { t, label, language } = useText()
  return (error) => {
    if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error)
    const { code, detail, problems } = error.document
    const [first] = problems
    if (first) return label(first.message)
    const known = faults.find((fault) => fault === code)
    const key: TextKey | undefined = known && `fault.${known}`
    // What the server adds in its own words is English.
    if (!key || (language === 'en' && detail)) return detail ?? error.message
    return t(key)
  }
}
