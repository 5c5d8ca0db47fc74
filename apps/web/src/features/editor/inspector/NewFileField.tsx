import { TextInput } from '@mantine/core'
import { useText } from '../../../i18n/index.ts'
import { textOf, type WidgetProps } from './field-context.ts'

/** The name of a file that a target will write; its ending is added when one leaves the field. */
export function NewFileField({ meta, name, value, problems, onChange }: WidgetProps<'newFile'>) {
  const { t } = useText()
  const complete = (text: string) => {
    const path = text.trim()
    if (path === '' || /\.[A-Za-z0-9]{1,8}$/.test(path)) return path
    return `${path}.${meta.extension}`
  }
  return (
    <TextInput
      aria-label={name}
      size="sm"
      error={problems.length > 0}
      value={textOf(value)}
      placeholder={t('editor.field.newFile', { extension: meta.extension })}
      onChange={(event) => onChange(event.currentTarget.value)}
      onBlur={(event) => {
        const path = complete(event.currentTarget.value)
        if (path !== textOf(value)) onChange(path)
      }}
    />
  )
}
