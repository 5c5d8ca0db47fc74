import express, { type Express } from 'express'
import helmet from 'helmet'
import type { Logger } from 'pino'
import { refuseForeign } from './http/access.ts'
import { answerProblems } from './http/answer-problem.ts'
import { openApi } from './http/openapi.ts'
import { createRouter, type Handlers } from './http/routing.ts'
import { serveWebApp } from './http/web-app.ts'
import type { ServerOptions } from './options.ts'

/** Everything between a socket and the services. */
export function createApp(handlers: Handlers, options: ServerOptions, version: string, log: Logger): Express {
  const app = express()
  app.set('etag', false)
  app.set('query parser', 'simple')
  app.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'self'"],
          scriptSrc: ["'self'"],
          // The component library puts style elements into the page.
          styleSrc: ["'self'", "'unsafe-inline'"],
          imgSrc: ["'self'", 'data:', 'blob:'],
          fontSrc: ["'self'", 'data:'],
          connectSrc: ["'self'"],
          workerSrc: ["'self'", 'blob:'],
          objectSrc: ["'none'"],
          baseUri: ["'self'"],
          formAction: ["'self'"],
          frameAncestors: ["'none'"],
        },
      },
      // Plain HTTP on loopback is the default; a proxy that adds TLS adds this too.
      strictTransportSecurity: false,
      xFrameOptions: { action: 'deny' },
    }),
  )
  app.use(refuseForeign(options.host, options.hostNames))
  app.get('/api/openapi.json', (_request, response) => {
    response.json(openApi(version))
  })
  app.use('/api', createRouter(handlers))
  if (options.webRoot !== undefined) app.use(serveWebApp(options.webRoot))
  app.use(answerProblems(log))
  return app
}
