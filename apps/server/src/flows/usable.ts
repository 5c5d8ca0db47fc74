import type { UsableFlow } from '@millrace/contract'
import { inputsOfFlow, outputsOfFlow, parseFlow, usedFlowIds } from '@millrace/engine'
import type { Database } from '../database/database.ts'

/**
 * The published flows that other flows can use as a node, by name: those with an input or an output of
 * their own, in their newest version.
 */
export async function usableFlows(database: Database): Promise<UsableFlow[]> {
  const flows = await database.flow.findMany({
    where: { publishedVersion: { not: null } },
    select: { id: true, publishedVersion: true },
  })
  if (flows.length === 0) return []
  const versions = await database.flowVersion.findMany({
    where: {
      OR: flows.flatMap(({ id, publishedVersion: version }) =>
        version === null ? [] : [{ flowId: id, version }],
      ),
      // Only these can have ports; the rest need not be read.
      AND: {
        OR: [{ content: { contains: '"kind": "output"' } }, { content: { contains: '"kind": "input"' } }],
      },
    },
    select: { flowId: true, version: true, content: true },
  })
  return versions
    .map(({ flowId, version, content }) => {
      const flow = parseFlow(content)
      return {
        flow: flowId,
        version,
        name: flow.name,
        inputs: inputsOfFlow(flow).map(({ name }) => name),
        outputs: outputsOfFlow(flow).map(({ name }) => name),
        uses: [...usedFlowIds(flow)],
      }
    })
    .filter(({ inputs, outputs }) => inputs.length + outputs.length > 0)
    .sort((one, other) => one.name.localeCompare(other.name))
}
