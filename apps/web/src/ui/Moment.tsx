import { useFormat } from '../i18n/index.ts'

/** A date and its time; where there is no room for both in a line, each has its own. */
export function Moment({ iso }: { readonly iso: string }) {
  const format = useFormat()
  return (
    <time dateTime={iso} title={format.dateTime(iso)}>
      <span style={{ whiteSpace: 'nowrap' }}>{format.moment(iso, { dateStyle: 'medium' })}</span>{' '}
      <span style={{ whiteSpace: 'nowrap' }}>{format.time(iso)}</span>
    </time>
  )
}
