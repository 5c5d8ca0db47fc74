import type { Handlers } from '../http/routing.ts'
import type { DesignService } from './service.ts'

export const designRoutes = (design: DesignService) =>
  ({
    infer: ({ body }) => design.infer(body.flow),
    preview: ({ body }) => design.preview(body),
    detect: ({ body }) => design.detect(body.kind, body.settings),
  }) satisfies Partial<Handlers>
