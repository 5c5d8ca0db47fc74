import { X509Certificate } from 'node:crypto'
import { createProblem, type Problem } from '../../problems/index.ts'
import { certificateChecks, type ServerSettings } from './server-connection.ts'

/** What OpenSSL says of a certificate whose authority it does not know; one driver gives no code of it. */
const unknownAuthority =
  /self.signed certificate|unable to (verify the first|get (local )?issuer) certificate/i

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0
  } catch {
    return false
  }
}

/** What to do about an encrypted connection that failed; `detail`: as the driver says it. */
export function tlsProblem(detail: string, settings: ServerSettings): Problem {
  if (!unknownAuthority.test(detail)) return createProblem('connection.tls', { detail }, { field: 'tls' })
  const { authority } = certificateChecks(settings)
  // Node passes over a text that is no certificate, and then knows no authority at all.
  const code =
    authority === undefined || isCertificate(authority)
      ? 'connection.authorityUnknown'
      : 'connection.authorityInvalid'
  return createProblem(code, {}, { field: 'certificateAuthority' })
}
