const date = /^(\d{4})-(\d\d)-(\d\d)$/
const clock = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?$/
const offset = /(Z|[+-]\d\d(?::?\d\d)?)$/

const longMonths = [1, 3, 5, 7, 8, 10, 12]

/** A date that is in the calendar. */
export function isDate(text: string): boolean {
  const found = date.exec(text)
  if (!found) return false
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])]
  if (month < 1 || month > 12 || day < 1) return false
  if (day <= 28) return true
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  return day <= (month === 2 ? (isLeap ? 29 : 28) : longMonths.includes(month) ? 31 : 30)
}

/** A time of the day, no finer than microseconds. */
export function isClock(text: string): boolean {
  const [, hour = '', minute = '', second = '0', fraction = ''] = clock.exec(text) ?? []
  if (hour === '' || /[1-9]/.test(fraction.slice(6))) return false
  return Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60
}

/** What a text says as a time, in the form that DuckDB reads; undefined: it is none, or not of this type. */
export function timeText(text: string, type: 'DATE' | 'TIME' | 'TIMESTAMP' | 'TIMESTAMP WITH TIME ZONE') {
  if (type === 'TIME') return isClock(text) ? text.slice(0, 15) : undefined
  const day = text.slice(0, 10)
  if (!isDate(day)) return undefined
  const rest = text.slice(10)
  if (rest === '') return type === 'TIMESTAMP WITH TIME ZONE' ? `${day} 00:00:00+00` : day
  if (!/^[ T]/.test(rest)) return undefined
  const [zone = ''] = offset.exec(rest) ?? []
  const time = rest.slice(1, rest.length - zone.length).trimEnd()
  if (!isClock(time)) return undefined
  if (type === 'DATE') return zone === '' && /^[0:.]+$/.test(time) ? day : undefined
  const at = `${day} ${time.slice(0, 15)}`
  // Times without a zone are those of UTC.
  if (type === 'TIMESTAMP') return zone === '' || /^(Z|[+-]00(:?00)?)$/.test(zone) ? at : undefined
  return zone === '' || zone === 'Z' ? `${at}+00` : `${shifted(at, zone)}+00`
}

/** A time of another zone in UTC. */
function shifted(at: string, zone: string): string {
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? []
  const [seconds = '', fraction] = at.split('.')
  const full = seconds.length === 16 ? `${seconds}:00` : seconds
  const offsetMinutes = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1)
  const instant = new Date(Date.parse(`${full.replace(' ', 'T')}Z`) - offsetMinutes * 60_000)
  const text = instant.toISOString().slice(0, 19).replace('T', ' ')
  return fraction === undefined ? text : `${text}.${fraction}`
}
