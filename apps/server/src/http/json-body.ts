import { RequestProblem } from './request-problem.ts'

/** Deeper than any flow; what is deeper was made to exhaust a stack. */
const deepest = 100

/**
 * Parses a JSON body of a request.
 * @throws RequestProblem `invalid-json` for bad syntax, nesting beyond 100 levels, or a `__proto__` key.
 */
export function parseJsonBody(text: string): unknown {
  if (isDeeperThan(text, deepest))
    throw new RequestProblem('invalid-json', { detail: `nested more than ${deepest} levels deep` })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new RequestProblem('invalid-json')
  }
  refusePrototypeKeys(value)
  return value
}

/** Looks at the text, because parsing it would already be the recursion to be avoided. */
function isDeeperThan(text: string, limit: number): boolean {
  let depth = 0
  let inString = false
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index)
    if (inString) {
      if (character === 0x5c) index++
      else if (character === 0x22) inString = false
    } else if (character === 0x22) inString = true
    else if (character === 0x5b || character === 0x7b) {
      depth++
      if (depth > limit) return true
    } else if (character === 0x5d || character === 0x7d) depth--
  }
  return false
}

function refusePrototypeKeys(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  if (Object.hasOwn(value, '__proto__'))
    throw new RequestProblem('invalid-json', { detail: 'a key may not be called __proto__' })
  for (const inner of Object.values(value)) refusePrototypeKeys(inner)
}
