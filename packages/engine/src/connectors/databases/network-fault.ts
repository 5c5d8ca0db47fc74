/** Codes of Node.js, and of drivers, for a connection that broke or was closed by the other side. */
const codes =
  /^(E(CONN(RESET|ABORTED|REFUSED)|PIPE|TIMEDOUT|HOSTUNREACH|HOSTDOWN|NETUNREACH|NETDOWN|NETRESET)|ERR_(STREAM_(PREMATURE_CLOSE|DESTROYED|WRITE_AFTER_END)|SOCKET_CLOSED)|PROTOCOL_\w+)$/

/** What drivers say where they give no code. */
const sentences =
  /connection (was |has been )?(terminated|closed|lost|ended)|closed state|connection error|not queryable|premature close|socket has been ended|timeout/i

/** Whether an error that is no server's comes from the way to it. */
export function isNetworkFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return codes.test(code) || sentences.test(error.message)
}
