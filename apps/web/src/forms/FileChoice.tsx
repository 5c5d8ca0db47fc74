import { Autocomplete, type AutocompleteProps } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { call } from '../api/client.ts'
import { useText } from '../i18n/index.ts'

interface Props extends Omit<AutocompleteProps, 'data' | 'placeholder'> {
  /** Endings that are offered, without the point; none: all files. */
  readonly extensions: readonly string[]
}

/** A file by its path: typed, or chosen from the Files area. */
export function FileChoice({ extensions, ...input }: Props) {
  const { t } = useText()
  const files = useQuery({ queryKey: ['files'], queryFn: () => call('listFiles') })
  const offered = (files.data ?? [])
    .map(({ path }) => path)
    .filter(
      (path) =>
        extensions.length === 0 || extensions.some((ending) => path.toLowerCase().endsWith(`.${ending}`)),
    )
  return (
    <Autocomplete
      {...input}
      data={offered}
      placeholder={t('editor.file.choose')}
      autoComplete="off"
      spellCheck={false}
    />
  )
}
