import type { Database } from '../database/database.ts'
import type { FlowService } from '../flows/service.ts'
import type { TemplateService } from './service.ts'

const done = 'samples.installed'

/** On the first start of a data folder: the templates' data and flows, so that there is something to look at. */
export async function installSamples(
  database: Database,
  templates: TemplateService,
  flows: FlowService,
): Promise<void> {
  if (await database.setting.findUnique({ where: { key: done } })) return
  const ids = await templates.ids()
  // Last changed comes first in the list: created backwards, they stand in the templates' order.
  for (const id of ids.toReversed()) await flows.create(await templates.begin(id))
  if (ids.length > 0) await database.setting.create({ data: { key: done, value: new Date().toISOString() } })
}
