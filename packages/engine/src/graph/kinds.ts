import type { z } from 'zod'
import { connectors } from '../connectors/index.ts'
import type { Label } from '../model/index.ts'
import { type AnyOperator, operators } from '../operators/index.ts'
import {
  type Category,
  type ConnectorSpec,
  inPort,
  inputPorts,
  outPort,
  type PortSpec,
  rejectsPort,
  type SourceSpec,
  type TargetSpec,
} from '../spec/index.ts'

import { subflow } from './subflow-kind.ts'

interface KindBase {
  readonly kind: string
  readonly category: Category
  readonly label: Label
  readonly summary: Label
  readonly icon: string
  readonly settings: z.ZodObject
  /** The input ports for (possibly not yet valid) settings. */
  inputs(settings: unknown): readonly PortSpec[]
  /** The output ports for (possibly not yet valid) settings. */
  outputs(settings: unknown): readonly PortSpec[]
  /** The line on the node's card; undefined while the settings are not valid. */
  describe(settings: unknown): Label | undefined
}

/** Everything a node can be, one shape for palette, forms, canvas and compiler. */
export type NodeKind =
  | (KindBase & { readonly role: 'operator'; readonly operator: AnyOperator })
  | (KindBase & { readonly role: 'source'; readonly connector: ConnectorSpec; readonly end: SourceSpec })
  | (KindBase & { readonly role: 'target'; readonly connector: ConnectorSpec; readonly end: TargetSpec })

function describeWith(schema: z.ZodObject, describe: (settings: never) => Label): KindBase['describe'] {
  return (settings) => {
    const parsed = schema.safeParse(settings)
    return parsed.success ? describe(parsed.data as never) : undefined
  }
}

function kindOfOperator(operator: AnyOperator): NodeKind {
  const { spec } = operator
  return {
    ...spec,
    role: 'operator',
    operator,
    describe: describeWith(spec.settings, spec.describe),
    inputs: (settings) => inputPorts(spec, settings),
    outputs(settings) {
      if (typeof spec.outputs !== 'function') return spec.outputs
      const parsed = spec.settings.safeParse(settings)
      return parsed.success ? spec.outputs(parsed.data) : [outPort]
    },
  }
}

function kindsOfConnector(connector: ConnectorSpec): NodeKind[] {
  const { source, target, icon } = connector
  const kinds: NodeKind[] = []
  if (source)
    kinds.push({
      ...source,
      role: 'source',
      connector,
      end: source,
      icon,
      category: 'source',
      inputs: () => [],
      outputs: () => (source.rejects ? [outPort, rejectsPort] : [outPort]),
      describe: describeWith(source.settings, source.describe),
    })
  if (target)
    kinds.push({
      ...target,
      role: 'target',
      connector,
      end: target,
      icon,
      category: 'target',
      inputs: () => [inPort],
      outputs: () => [],
      describe: describeWith(target.settings, target.describe),
    })
  return kinds
}

/** By kind, in the order of the palette. */
export const nodeKinds: ReadonlyMap<string, NodeKind> = new Map(
  [
    ...connectors.flatMap((connector) => kindsOfConnector(connector)),
    ...[...operators.values(), subflow as unknown as AnyOperator].map(kindOfOperator),
  ].map((kind) => [kind.kind, kind]),
)

/** What a new node of a kind is set to before anybody has touched it. */
export function defaultSettings(kind: NodeKind): Record<string, unknown> {
  const settings: Record<string, unknown> = {}
  for (const [name, schema] of Object.entries(kind.settings.shape)) {
    const parsed = (schema as z.ZodType).safeParse(undefined)
    if (parsed.success && parsed.data !== undefined) settings[name] = parsed.data
  }
  return settings
}
