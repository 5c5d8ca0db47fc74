import { z } from 'zod'
import { type Column, type Flow, flow, type Label } from '../model/index.ts'
import { arrivingProblems } from '../operators/input/arriving.ts'
import { inputSpec } from '../operators/input/spec.ts'
import { outputSpec } from '../operators/output/spec.ts'
import { defineOperator, field, laws, type OperatorSpec, type PortSpec } from '../spec/index.ts'

/**
 * The flow that a node stands for: which it is, and all of it as that version was published. A flow
 * is whole by itself this way: what it uses may change or go, and its runs, old and new, stay what they are.
 */
export const usedFlow = z.strictObject({
  flow: z.string().min(1),
  version: z.number().int().min(1),
  content: flow,
})
export type UsedFlow = z.infer<typeof usedFlow>

/** The kind of a flow's input; rows can be pinned at it as at a source. */
export const inputKind: string = inputSpec.kind

/** A port of a flow, and the node inside that it belongs to. */
export interface FlowPort extends PortSpec {
  readonly nodeId: string
  /** Inputs only: what has to arrive. */
  readonly columns: readonly Column[]
}

const port = (nodeId: string, name: string, columns: readonly Column[]): FlowPort => {
  const label: Label = { en: name, zh: name }
  return { nodeId, name, label, columns }
}

/** The inputs of a flow where others use it. Nodes that are disabled or not set up yet are none. */
export const inputsOfFlow = ({ nodes }: Flow): FlowPort[] =>
  nodes.flatMap(({ id, kind, settings, disabled }) => {
    const parsed = kind === inputSpec.kind && !disabled ? inputSpec.settings.safeParse(settings) : undefined
    return parsed?.success ? [port(id, parsed.data.name, parsed.data.columns)] : []
  })

/** The outputs of a flow where others use it. */
export const outputsOfFlow = ({ nodes }: Flow): FlowPort[] =>
  nodes.flatMap(({ id, kind, settings, disabled }) => {
    const parsed = kind === outputSpec.kind && !disabled ? outputSpec.settings.safeParse(settings) : undefined
    return parsed?.success ? [port(id, parsed.data.name, [])] : []
  })

const settings = z.strictObject({
  uses: field(usedFlow, { widget: 'subflow', label: { en: 'Flow', zh: '流程' } }),
  parameters: field(z.record(z.string(), z.string()).default({}), {
    widget: 'flowParameters',
    label: { en: 'Its parameters', zh: '流程参数' },
  }),
})
export type SubflowSettings = z.infer<typeof settings>

export const subflowSpec = {
  kind: 'subflow',
  category: 'flow',
  label: { en: 'Sub-flow', zh: '子流程' },
  summary: {
    en: 'Another flow, in the version that was chosen, as one node.',
    zh: '将另一个流程的指定版本作为一个节点使用。',
  },
  icon: 'IconSitemap',
  settings,
  inputs: ({ uses }) => inputsOfFlow(uses.content),
  outputs: ({ uses }) => outputsOfFlow(uses.content),
  law: laws.preserve,
  provenance: 'end',
  describe: ({ uses: { content, version } }) => ({
    en: `Version ${version} · ${content.name}`,
    zh: `版本 ${version} · ${content.name}`,
  }),
  examples: [
    { title: { en: 'A published flow', zh: '已发布的流程' }, settings: {}, inputs: {}, outputs: {} },
  ],
} as const satisfies OperatorSpec<typeof settings>

/**
 * What a node of this kind gives is not SQL of its own: its flow is put in its place before anything
 * is inferred, planned or run (see subflows.ts). This only tells what does not arrive as it must.
 */
export const subflow = defineOperator(subflowSpec, ({ settings: { uses }, inputs, report }) => {
  for (const { name, columns } of inputsOfFlow(uses.content)) {
    const [arriving] = inputs[name] ?? []
    if (arriving) for (const problem of arrivingProblems(arriving.columns, columns, name)) report(problem)
  }
  return { outputs: {} }
})
