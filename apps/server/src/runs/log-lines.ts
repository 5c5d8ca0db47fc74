import type { LogLine, RunEvent, VolumeViolation } from '@millrace/contract'
import type { Problem, RunStatus } from '@millrace/engine'
import type { RunEvent as EngineEvent } from '@millrace/engine/runtime'
import type { Totals } from './records.ts'

const line = (level: LogLine['level'], nodeId: string | null, en: string, zh: string): LogLine => ({
  at: new Date().toISOString(),
  level,
  nodeId,
  message: { en, zh },
})

const endings = {
  succeeded: { en: 'The run succeeded', zh: '运行成功' },
  failed: { en: 'The run failed', zh: '运行失败' },
  cancelled: { en: 'The run was cancelled', zh: '运行已取消' },
} as const satisfies Partial<Record<RunStatus, LogLine['message']>>

const dryEndings = {
  succeeded: { en: 'The dry run succeeded and wrote nothing', zh: '试运行成功，未写入任何数据' },
  failed: { en: 'The dry run failed', zh: '试运行失败' },
  cancelled: { en: 'The dry run was cancelled', zh: '试运行已取消' },
} as const satisfies Record<keyof typeof endings, LogLine['message']>

/** What the log says of an event; the sentences of nodes begin where the node's name is shown. */
export function logLinesOf(event: RunEvent): LogLine[] {
  if (event.type === 'node' && event.state === 'running')
    return [line('info', event.nodeId, 'Started.', '开始执行。')]
  if (event.type === 'node' && event.problem)
    return [line('error', event.nodeId, event.problem.message.en, event.problem.message.zh)]
  if (event.type === 'node' && event.state === 'cancelled')
    return [line('warning', event.nodeId, 'Stopped before its end.', '未执行完即停止。')]
  if (event.type === 'ledger') {
    const { nodeId, equation, balanced, rejected } = event.ledger
    const level = !balanced ? 'error' : rejected > 0 ? 'warning' : 'info'
    return [line(level, nodeId, `Rows: ${equation}`, `行数：${equation}`)]
  }
  return []
}

/** That a node waits before it tries again, and why. */
export function retryLine({
  nodeId,
  attempt,
  attempts,
  waitSeconds,
  problem,
}: Extract<EngineEvent, { type: 'retry' }>): LogLine {
  const told = line(
    'warning',
    nodeId,
    `Attempt ${attempt} of ${attempts}, waiting ${waitSeconds} s: ${problem.message.en}`,
    `第 ${attempt} 次尝试（共 ${attempts} 次），等待 ${waitSeconds} 秒：${problem.message.zh}`,
  )
  return { ...told, retry: { attempt, attempts, waitSeconds } }
}

export const beginningLine = (): LogLine => line('info', null, 'The run started.', '运行开始。')

export const cancelLine = (): LogLine =>
  line('warning', null, 'Somebody asked to cancel the run.', '收到取消运行的请求。')

/** What an unusual number of rows is, and what would have been usual. */
export function violationLine({ nodeId, rows, least, most }: VolumeViolation): LogLine {
  const expected = most === null ? `≥ ${least}` : `${least} – ${most}`
  return line(
    'warning',
    nodeId,
    `Gives ${rows} rows; its guard expects ${expected}.`,
    `产生 ${rows} 行，行数保护要求 ${expected}。`,
  )
}

/** Who let a held run write, or ended it. */
export function decisionLine(decision: 'release' | 'discard', author: string): LogLine {
  const who = { en: author === '' ? 'Somebody' : author, zh: author === '' ? '有人' : author }
  return decision === 'release'
    ? line('info', null, `${who.en} released the held run.`, `${who.zh}放行了已暂停的运行。`)
    : line('warning', null, `${who.en} discarded the held run.`, `${who.zh}放弃了已暂停的运行。`)
}

/** The last line of a run. */
export function endingLine(
  status: keyof typeof endings,
  totals: Totals,
  durationMs: number | null,
  problem: Problem | null,
  dry: boolean,
): LogLine {
  const { en, zh } = (dry ? dryEndings : endings)[status]
  if (problem && problem.location.nodeId === undefined)
    return line('error', null, `${en}: ${problem.message.en}`, `${zh}：${problem.message.zh}`)
  const { rowsIn, rowsOut, filtered, rejected } = totals
  const seconds = durationMs === null ? '?' : (durationMs / 1000).toFixed(1)
  const written = dry ? { en: 'to be written', zh: '待写入' } : { en: 'written', zh: '写入' }
  const counts = {
    en: `${rowsIn} rows read, ${rowsOut} ${written.en}, ${filtered} filtered, ${rejected} rejected, in ${seconds} s.`,
    zh: `读取 ${rowsIn} 行，${written.zh} ${rowsOut} 行，筛除 ${filtered} 行，拒绝 ${rejected} 行，用时 ${seconds} 秒。`,
  }
  const level = status === 'succeeded' ? 'info' : status === 'failed' ? 'error' : 'warning'
  return line(level, null, `${en}: ${counts.en}`, `${zh}：${counts.zh}`)
}
