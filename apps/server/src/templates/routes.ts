import type { Handlers } from '../http/routing.ts'
import type { TemplateService } from './service.ts'

export const templateRoutes = (templates: TemplateService) =>
  ({ listTemplates: () => templates.list() }) satisfies Partial<Handlers>
