import { type Flow, formatFlow } from '@millrace/engine'

/** A name that every file system takes, and that says what the file is. */
export const fileNameOf = (flowName: string): string =>
  `${
    flowName
      .replace(/[\\/:*?"<>|\p{Cc}]+/gu, '-')
      .replace(/^[.\s]+|[.\s]+$/g, '')
      .slice(0, 120) || 'flow'
  }.flow.json`

/** Hands a text to the person as a file. */
export function download(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The download has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}

/** The flow as a file that any Millrace and the command line read. */
export const downloadFlow = (flow: Flow): void => download(fileNameOf(flow.name), formatFlow(flow))
