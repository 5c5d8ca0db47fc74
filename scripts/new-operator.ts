/** `pnpm new:operator NAME`: a folder that passes the conformance suite, and its line in the registry. */
import { main, namingOf, register, writeFolder } from './scaffold.ts'

const folder = 'packages/engine/src/operators'

main(() => {
  const naming = namingOf(process.argv.slice(2), 'new:operator')
  const files = writeFolder('operator', folder, naming)
  const registry = register(`${folder}/index.ts`, {
    imports: [`import { ${naming.name} } from './${naming.kind}/compile.ts'`],
    opening: 'const list = [',
    closing: ']',
    entry: naming.name,
  })
  return [...files, registry]
}, 'Change spec.ts and compile.ts to what the operator does, then: pnpm generate && pnpm test')
