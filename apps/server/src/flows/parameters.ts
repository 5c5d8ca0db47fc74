import type { Run } from '@millrace/contract'
import { createProblem, type Flow } from '@millrace/engine'
import { RequestProblem } from '../http/request-problem.ts'

/** Values of parameters by name. */
export type ParameterValues = Readonly<Record<string, string>>

/** Those of these values that a flow has parameters for. */
export const parametersOf = (flow: Flow, values: ParameterValues): Record<string, string> =>
  Object.fromEntries(
    flow.parameters.flatMap(({ name }) => (values[name] === undefined ? [] : [[name, values[name]]])),
  )

/** @throws RequestProblem `flow-problem` for parameters that the flow does not have */
export function assertParameters(flow: Flow, parameters: ParameterValues): void {
  const unknown = Object.keys(parameters).filter(
    (name) => !flow.parameters.some((known) => known.name === name),
  )
  if (unknown.length > 0)
    throw new RequestProblem('flow-problem', {
      problems: unknown.map((name) => createProblem('parameter.unknown', { name })),
    })
}

/**
 * The parameters of a run together with the environment that they are of: `environmentValues` are those of it
 * in whose places the run has others. What neither gives is the default.
 */
export function withEnvironment(
  flow: Flow,
  given: ParameterValues,
  name: string | null,
  values: ParameterValues,
): Pick<Run, 'parameters' | 'environment' | 'environmentValues'> {
  const parameters = new Map(Object.entries(given))
  const environmentValues = new Map<string, string>()
  for (const parameter of name === null ? [] : flow.parameters) {
    const expected = values[parameter.name] ?? parameter.default
    const value = given[parameter.name] ?? parameter.default
    if (value === expected) continue
    parameters.set(parameter.name, value)
    environmentValues.set(parameter.name, expected)
  }
  return {
    parameters: Object.fromEntries(parameters),
    environment: name,
    environmentValues: Object.fromEntries(environmentValues),
  }
}
