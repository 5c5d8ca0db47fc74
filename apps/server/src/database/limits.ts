/** Writers wait for each other in turn; none of them holds what the next one needs for long. In ms. */
export const waiting = { maxWait: 60_000, timeout: 60_000 } as const
