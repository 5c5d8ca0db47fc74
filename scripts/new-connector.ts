/** `pnpm new:connector NAME`: a folder that passes the conformance suite, and its lines in the registries. */
import { main, namingOf, register, writeFolder } from './scaffold.ts'

const folder = 'packages/engine/src/connectors'

main(() => {
  const { kind, name, title } = namingOf(process.argv.slice(2), 'new:connector')
  const files = writeFolder('connector', folder, { kind, name, title })
  const specs = register(`${folder}/index.ts`, {
    imports: [`import { ${name} } from './${kind}/spec.ts'`],
    opening: 'export const connectors = [',
    closing: ']',
    entry: name,
  })
  const key = kind === name ? kind : `'${kind}'`
  const runtimes = register(`${folder}/runtime.ts`, {
    imports: [
      `import { ${name}Source } from './${kind}/source.ts'`,
      `import { ${name}Target } from './${kind}/target.ts'`,
    ],
    opening: 'export const connectorRuntimes = {',
    closing: '} as const',
    entry: `${key}: { source: ${name}Source, target: ${name}Target },\n`,
  })
  return [...files, specs, runtimes]
}, 'Change spec.ts, source.ts and target.ts to the format, then: pnpm generate && pnpm test')
