import type { CompileContext, Input } from '../spec/index.ts'

/** The single relation at an input port; `graph/` has made sure that it is there. */
export function onlyInput(context: Pick<CompileContext<unknown>, 'inputs'>, port = 'in'): Input {
  const input = context.inputs[port]?.[0]
  if (!input) throw new Error(`compiled without the input "${port}"`)
  return input
}
