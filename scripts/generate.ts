/** `pnpm generate`: reference documents that derive from the specs. `pnpm check` compares them. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { endpoints } from '@millrace/contract'
import {
  fieldsOf,
  flow,
  type Label,
  type Language,
  languages,
  type NodeKind,
  nodeKinds,
} from '@millrace/engine'
import { z } from 'zod'
import { repository } from './boundaries.ts'

const folder = 'docs/reference'

const headings = {
  nodes: { en: 'Nodes', zh: '节点' },
  inputs: { en: 'Inputs', zh: '输入' },
  outputs: { en: 'Outputs', zh: '输出' },
  settings: { en: 'Settings', zh: '设置' },
  picture: { en: 'The form of {name}', zh: '“{name}”的设置表单' },
  law: { en: 'Row law', zh: '行数守恒' },
  guarantee: { en: 'Guarantee', zh: '写入保证' },
} as const satisfies Record<string, Label>

/** The picture of a kind's form, by its path in the repository. Made by `e2e/pictures.ts`. */
export const pictureOf = (kind: string, language: Language): string =>
  `${folder}/pictures/${kind}.${language}.webp`

function settingsTable(kind: NodeKind, language: Language): string {
  const rows = fieldsOf(kind.settings).map(({ name, meta }) => {
    const help = meta.help?.[language] ?? ''
    return `| \`${name}\` | ${meta.label[language]} | ${meta.widget} | ${help.replaceAll('|', '\\|')} |`
  })
  return rows.length === 0 ? '' : ['| | | | |', '| --- | --- | --- | --- |', ...rows].join('\n')
}

function section(kind: NodeKind, language: Language): string {
  const ports = (list: readonly { name: string; label: Label }[]) =>
    list.map(({ name, label }) => `\`${name}\` ${label[language]}`).join(', ')
  const lines = [`## ${kind.label[language]} (\`${kind.kind}\`)`, kind.summary[language]]
  const inputs = kind.inputs({})
  if (inputs.length > 0) lines.push(`**${headings.inputs[language]}**: ${ports(inputs)}`)
  const outputs = kind.outputs({})
  if (outputs.length > 0) lines.push(`**${headings.outputs[language]}**: ${ports(outputs)}`)
  if (kind.role === 'operator') {
    const { left, right } = kind.operator.spec.law
    lines.push(`**${headings.law[language]}**: \`${left.join(' + ')} = ${right.join(' + ')}\``)
  }
  if (kind.role === 'target')
    lines.push(
      `**${headings.guarantee[language]}**: ${kind.end.guarantee}. ${kind.end.guaranteeNote[language]}`,
    )
  const about = headings.picture[language].replace('{name}', kind.label[language])
  lines.push(`![${about}](${path.posix.relative(folder, pictureOf(kind.kind, language))})`)
  const settings = settingsTable(kind, language)
  if (settings !== '') lines.push(`### ${headings.settings[language]}`, settings)
  return lines.join('\n\n')
}

const reference = (language: Language): string =>
  `${[`# ${headings.nodes[language]}`, ...[...nodeKinds.values()].map((kind) => section(kind, language))].join('\n\n')}\n`

/** What a browser needs of the contract before anything else: where to ask; the schemas would triple its script. */
function routes(): string {
  const lines = Object.entries(endpoints).map(
    ([name, { method, path: address, ...rest }]) =>
      `  ${name}: { method: '${method}', path: '${address}', answers: ${'answer' in rest} },`,
  )
  return [
    '// Generated from the contract by `pnpm generate`.',
    "import type { EndpointName } from '@millrace/contract'",
    '',
    'interface Route {',
    '  readonly method: string',
    '  readonly path: string',
    '  /** Whether a success has a JSON document. */',
    '  readonly answers: boolean',
    '}',
    '',
    'export const routes: Readonly<Record<EndpointName, Route>> = {',
    ...lines,
    '}',
    '',
  ].join('\n')
}

/** Every generated document by its path in the repository. */
function documents(): Map<string, string> {
  const found = new Map<string, string>()
  const schema = z.toJSONSchema(flow, { io: 'input' })
  found.set(`${folder}/flow.schema.json`, `${JSON.stringify(schema, null, 2)}\n`)
  for (const language of languages) found.set(`${folder}/nodes.${language}.md`, reference(language))
  found.set('apps/web/src/api/routes.ts', routes())
  return found
}

/** Pictures that no form has been photographed for yet. */
export const missingPictures = (): string[] =>
  [...nodeKinds.keys()]
    .flatMap((kind) => languages.map((language) => pictureOf(kind, language)))
    .filter((name) => !existsSync(path.join(repository, name)))

export function outdatedDocuments(): string[] {
  return [...documents()].flatMap(([name, text]) => {
    const file = path.join(repository, name)
    return existsSync(file) && readFileSync(file, 'utf8') === text ? [] : [name]
  })
}

if (import.meta.main) {
  for (const [name, text] of documents()) {
    const file = path.join(repository, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
}
