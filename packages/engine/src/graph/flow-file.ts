import { type Flow, type FlowNode, flow } from '../model/index.ts'
import { fail } from '../problems/index.ts'
import { migrate } from './migrations.ts'
import { wordsOf } from './settings.ts'

/** Deeper than any flow, and shallow enough for every walk over it. */
const deepest = 100

/** Reads a flow from the text of a `*.flow.json` file; throws a problem that says what is wrong and where. */
export function parseFlow(text: string): Flow {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    return fail('flow.invalid', {
      detail: { en: error instanceof Error ? error.message : String(error), zh: '文件内容不是有效的 JSON。' },
    })
  }
  return readFlow(json)
}

/** The same for JSON that has been parsed already. */
export function readFlow(json: unknown): Flow {
  if (depthOf(json) > deepest)
    return fail('flow.invalid', {
      detail: { en: `nested more than ${deepest} levels deep`, zh: `嵌套超过 ${deepest} 层` },
    })
  const parsed = flow.safeParse(migrate(json))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const place = issue?.path.map(String).join('.') || 'flow'
  const words = issue ? wordsOf(issue) : { en: '', zh: '' }
  return fail('flow.invalid', { detail: { en: `${place}: ${words.en}`, zh: `${place}：${words.zh}` } })
}

/** Nesting depth without recursion, so that hostile input cannot exhaust the stack. */
function depthOf(json: unknown): number {
  let depth = 0
  for (let level = [json]; level.length > 0; depth++) {
    if (depth > deepest) return depth
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    )
  }
  return depth
}

/** Writes a flow so that a diff in git reads well: keys in a fixed order, what is as by default left out. */
export function formatFlow(value: Flow): string {
  const document = {
    format: value.format,
    version: value.version,
    name: value.name,
    ...(value.description && { description: value.description }),
    ...(value.parameters.length > 0 && {
      parameters: value.parameters.map(({ name, type, default: initial, description }) => ({
        name,
        type,
        default: initial,
        ...(description && { description }),
      })),
    }),
    ...(value.requiresApproval && { requiresApproval: true }),
    nodes: value.nodes.map(formatNode),
    edges: value.edges.map(({ from, to }) => ({
      from: { node: from.node, port: from.port },
      to: { node: to.node, port: to.port },
    })),
    ...(value.groups?.length && {
      groups: value.groups.map(({ id, title, nodes, color }) => ({
        id,
        ...(title && { title }),
        nodes,
        ...(color && { color }),
      })),
    }),
    ...(value.notes?.length && {
      notes: value.notes.map(({ id, text, position, size, color }) => ({
        id,
        ...(text && { text }),
        position: { x: position.x, y: position.y },
        size: { width: size.width, height: size.height },
        ...(color && { color }),
      })),
    }),
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

const formatNode = ({
  id,
  kind,
  label,
  position,
  settings,
  disabled,
  note,
  color,
  pinned,
  guard,
  retry,
}: FlowNode) => ({
  id,
  kind,
  ...(label && { label }),
  position: { x: position.x, y: position.y },
  settings,
  ...(disabled && { disabled }),
  ...(note && { note }),
  ...(color && { color }),
  ...(guard && { guard }),
  ...(retry && { retry }),
  ...(pinned && { pinned: { columns: pinned.columns, rows: pinned.rows } }),
})
