import type { Label } from '../model/label.ts'
import type { ConnectionSpec, ConnectorSpec } from '../spec/index.ts'
import { connectors } from './index.ts'

/** A connector that connections are made of. */
export interface Connectable {
  readonly name: string
  readonly label: Label
  readonly icon: string
  readonly connection: ConnectionSpec
}

export const connectables: readonly Connectable[] = connectors.flatMap(
  ({ name, label, icon, connection }: ConnectorSpec) =>
    connection ? [{ name, label, icon, connection }] : [],
)

/** Undefined: there is no such connector, or it takes no connections. */
export const connectableOf = (name: string): Connectable | undefined =>
  connectables.find((connectable) => connectable.name === name)
