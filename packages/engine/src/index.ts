/** The browser-safe entry: model, specs, problems. */
export * from './connectors/connectable.ts'
export * from './golden/golden.ts'
export * from './golden/ordered-port.ts'
export * from './graph/approval.ts'
export * from './graph/flow-diff.ts'
export * from './graph/flow-file.ts'
export * from './graph/incremental.ts'
export * from './graph/kinds.ts'
export { type ReplayEffect, replayFlow, replayNodeId, replayTargets } from './graph/replay.ts'
export { bindParameters, clockNames, settingProblems, withParameterNames } from './graph/settings.ts'
export * from './graph/subflow-kind.ts'
export {
  expandFlow,
  innerId,
  isInnerId,
  pathOfId,
  placeOfPort,
  usedFlowIds,
  wholeFlow,
} from './graph/subflows.ts'
export * from './model/index.ts'
export { type ConditionReading, readConditions } from './operators/condition-parse.ts'
export { textOfConditions } from './operators/condition-text.ts'
export * from './operators/map/propose.ts'
export * from './problems/index.ts'
export * from './run/ledger.ts'
export * from './spec/index.ts'
export { type FunctionHelp, functionGroups, functionHelp } from './sql/function-help.ts'
export { nameInText, quotedName } from './sql/quoted-name.ts'
