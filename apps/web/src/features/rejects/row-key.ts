import type { DeskReject } from '@millrace/contract'

/** What tells a rejected row from all others, as it stands in the address. */
export const rowKey = ({ runId, number }: Pick<DeskReject, 'runId' | 'number'>): string =>
  `${runId}:${number}`
