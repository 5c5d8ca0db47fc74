import { z } from 'zod'
import type { Label } from '../model/index.ts'
import { field } from '../spec/index.ts'

/** The name of a port that a flow has where other flows use it. */
export const portNameField = (label: Label, initial: string) =>
  field(z.string().trim().min(1).max(60).default(initial), {
    widget: 'text',
    label,
    help: {
      en: 'Stands at the port of the node where the flow is used.',
      zh: '显示在使用此流程的节点的端口上。',
    },
  })

/** Set where a flow is put in the place of the node that uses it; no name of a port makes a form show it. */
export const insideField = field(z.boolean().default(false), {
  widget: 'switch',
  label: { en: 'Inside another flow', zh: '位于其他流程内' },
  help: { en: 'Set by Millrace itself when a flow runs.', zh: '流程运行时由系统自行设置。' },
  when: { field: 'name', is: [] },
})
