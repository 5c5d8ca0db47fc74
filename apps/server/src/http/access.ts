import { isIP } from 'node:net'
import os from 'node:os'
import type { RequestHandler } from 'express'
import { RequestProblem } from './request-problem.ts'

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]'])
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

const hostName = (host: string): string => host.replace(/:\d+$/, '').toLowerCase()

/** Whether only programs of this machine reach an address that a server listens on. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host.startsWith('127.')

/**
 * Refuses requests that a foreign web page makes through a visitor's browser: names that were rebound
 * to this machine (by the Host header), and changes from another origin (by Origin and Sec-Fetch-Site).
 * @param boundTo the address the server listens on
 * @param names further host names that people reach it by
 */
export function refuseForeign(boundTo: string, names: readonly string[]): RequestHandler {
  const isLocal = isLoopback(boundTo)
  const known = new Set([...loopbackNames, ...names.map((name) => name.toLowerCase())])
  if (!isLocal) known.add(os.hostname().toLowerCase())
  // An address cannot be rebound, only a name can.
  const isAddress = (name: string) => isIP(name.replace(/^\[|\]$/g, '')) !== 0
  return (request, _response, next) => {
    const host = request.headers.host ?? ''
    const name = hostName(host)
    if (!known.has(name) && (isLocal || !isAddress(name))) throw new RequestProblem('foreign-host')
    if (!safeMethods.has(request.method)) {
      const { origin } = request.headers
      const isOwn = origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)
      if (!isOwn || request.headers['sec-fetch-site'] === 'cross-site')
        throw new RequestProblem('foreign-origin')
    }
    next()
  }
}
