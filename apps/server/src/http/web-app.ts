import { existsSync } from 'node:fs'
import path from 'node:path'
import express, { Router } from 'express'
import { RequestProblem } from './request-problem.ts'

/** Serves the built web app; every address that is no file is a page of it. */
export function serveWebApp(root: string): Router {
  const router = Router()
  const index = path.join(root, 'index.html')
  router.use(
    express.static(root, {
      index: false,
      redirect: false,
      dotfiles: 'ignore',
      setHeaders(response, file) {
        const isHashed = path.relative(root, file).startsWith(`assets${path.sep}`)
        response.set('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    }),
  )
  router.get('/*page', sendIndex)
  router.get('/', sendIndex)
  return router

  function sendIndex(request: express.Request, response: express.Response): void {
    const isPage = path.extname(request.path) === '' && request.accepts('html') !== false
    if (!isPage || !existsSync(index)) throw new RequestProblem('not-found')
    response.set('Cache-Control', 'no-cache').sendFile(index)
  }
}
