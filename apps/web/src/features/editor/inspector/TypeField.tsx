import { Group, NumberInput, Select } from '@mantine/core'
import { kindOf, typesOffered } from '@millrace/engine'
import { useText } from '../../../i18n/index.ts'

const kinds = ['text', 'integer', 'decimal', 'float', 'boolean', 'date', 'time', 'timestamp', 'json'] as const

interface TypeFieldProps {
  readonly value: string
  readonly name: string
  readonly onChange: (type: string) => void
  readonly size?: 'xs' | 'sm'
}

/** A column type in an analyst's words; decimals also say how many digits they have. */
export function TypeField({ value, name, onChange, size = 'sm' }: TypeFieldProps) {
  const { t } = useText()
  const [, width = '18', scale = '2'] = /^DECIMAL\((\d+),(\d+)\)$/.exec(value) ?? []
  const offered = kinds.map((kind) => ({ value: kind as string, label: t(`editor.kind.${kind}`) }))
  const found = kinds.find((kind) => kind === kindOf(value))
  // Types that the list does not offer (HUGEINT, lists …) keep standing as they are.
  const data = found || value === '' ? offered : [...offered, { value, label: value }]
  const decimal = (digits: number, places: number) =>
    onChange(`DECIMAL(${digits},${Math.min(places, digits)})`)
  return (
    <Group gap={4} wrap="nowrap" align="flex-start">
      <Select
        aria-label={name}
        size={size}
        style={{ flex: 1, minWidth: 0 }}
        allowDeselect={false}
        data={data}
        value={found ?? (value === '' ? null : value)}
        onChange={(kind) => {
          const chosen = kinds.find((one) => one === kind)
          if (chosen) onChange(typesOffered[chosen])
        }}
      />
      {found === 'decimal' && (
        <>
          <NumberInput
            aria-label={t('editor.field.digits')}
            title={t('editor.field.digits')}
            size={size}
            w={52}
            hideControls
            min={1}
            max={38}
            value={Number(width)}
            onChange={(digits) =>
              typeof digits === 'number' && digits >= 1 && decimal(Math.min(38, digits), Number(scale))
            }
          />
          <NumberInput
            aria-label={t('editor.field.places')}
            title={t('editor.field.places')}
            size={size}
            w={44}
            hideControls
            min={0}
            max={Number(width)}
            value={Number(scale)}
            onChange={(places) => typeof places === 'number' && places >= 0 && decimal(Number(width), places)}
          />
        </>
      )}
    </Group>
  )
}
