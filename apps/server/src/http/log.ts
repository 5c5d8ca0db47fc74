import { type Logger, pino } from 'pino'

const names: Readonly<Record<number, string>> = { 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' }

/** One short line per record on a terminal, JSON lines elsewhere. */
export function createLog(level: string, output: NodeJS.WriteStream = process.stdout): Logger {
  if (!output.isTTY) return pino({ level, base: undefined }, output)
  return pino(
    { level, base: undefined },
    {
      write(line: string) {
        const { time, level: number, msg, err, ...rest } = JSON.parse(line)
        const details = Object.entries(rest).map(([name, value]) => ` ${name}=${String(value)}`)
        const stack = err?.stack ? `\n${err.stack}` : ''
        const clock = new Date(time).toTimeString().slice(0, 8)
        output.write(`${clock} ${names[number] ?? 'debug'} ${msg ?? ''}${details.join('')}${stack}\n`)
      },
    },
  )
}
