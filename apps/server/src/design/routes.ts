import type { Handlers } from '../http/routing.ts'
import type { DesignService } from './service.ts'

export const designRoutes = (design: DesignService) =>
  ({
    infer: ({ body }) => design.infer(body.flow),
    renameColumn: ({ body }) => design.renameColumn(body),
    breakages: ({ body }) => design.breakages(body),
    lineage: ({ body }) => design.lineage(body),
    preview: ({ body }) => design.preview(body),
    compareRows: ({ body }) => design.compareRows(body),
    evaluate: ({ body }) => design.evaluate(body),
    detect: ({ body }) => design.detect(body.kind, body.settings),
  }) satisfies Partial<Handlers>
