/** `pnpm check`: everything that needs no test to be seen wrong. Prints what fails; exit code 1 then. */
import { cycles, importsOf, sourceFiles, violation } from './boundaries.ts'
import { missingPictures, outdatedDocuments } from './generate.ts'
import { prepareClient } from './prepare.ts'
import { type Outcome, runTool } from './tool.ts'

function boundaries(): Outcome {
  const imports = sourceFiles().flatMap(importsOf)
  const crossed = imports.flatMap((entry) => {
    const why = violation(entry)
    return why === undefined ? [] : [`${entry.from} → ${entry.to}: ${why}`]
  })
  const circles = cycles(imports).map((files) => `import cycle: ${files.join(' → ')}`)
  const output = [...crossed, ...circles].join('\n')
  return { ok: output === '', output }
}

function generated(): Outcome {
  const outdated = outdatedDocuments().map((file) => `${file} is out of date: pnpm generate`)
  const missing = missingPictures().map((file) => `${file} is missing: node e2e/pictures.ts`)
  const output = [...outdated, ...missing].join('\n')
  return { ok: output === '', output }
}

const checks: Readonly<Record<string, () => Outcome>> = {
  'format and lint': () => runTool('biome', ['ci', '--colors=off', '--error-on-warnings', '.']),
  'types of server, engine and scripts': () => runTool('tsc', ['-p', 'tsconfig.json']),
  'types of the web app': () => runTool('tsc', ['-p', 'apps/web/tsconfig.json']),
  'types of the journeys': () => runTool('tsc', ['-p', 'e2e/tsconfig.json']),
  boundaries,
  'generated files': generated,
}

prepareClient()
let failed = 0
for (const [name, check] of Object.entries(checks)) {
  const { ok, output } = check()
  console.log(`${ok ? '✓' : '✗'} ${name}`)
  if (!ok) {
    failed++
    console.log(output.trim())
  }
}
process.exitCode = failed === 0 ? 0 : 1
