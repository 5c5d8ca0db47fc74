import { NativeSelect, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useText } from '../../i18n/index.ts'
import { type FlowOrder, type FlowState, flowOrders, flowStates } from './flow-list.ts'
import classes from './HomePage.module.css'

export interface FlowChoice {
  readonly search: string
  readonly state: FlowState
  readonly order: FlowOrder
}

interface FlowFiltersProps {
  readonly choice: FlowChoice
  readonly counts: Readonly<Record<FlowState, number>>
  readonly onChange: (choice: FlowChoice) => void
}

/** Which flows are shown, and in which order. */
export function FlowFilters({ choice, counts, onChange }: FlowFiltersProps) {
  const { t } = useText()
  // A state that no flow is in is no choice, unless it is the one that was made.
  const states = flowStates.filter((state) => state === 'all' || counts[state] > 0 || state === choice.state)
  return (
    <div className={classes['filters']}>
      <fieldset className={classes['states']} aria-label={t('home.state')}>
        {states.map((state) => (
          <button
            key={state}
            type="button"
            aria-pressed={state === choice.state}
            onClick={() => onChange({ ...choice, state })}
          >
            {t(`home.state.${state}`)}
            <span>{counts[state]}</span>
          </button>
        ))}
      </fieldset>
      <TextInput
        size="sm"
        aria-label={t('home.search')}
        placeholder={t('home.search')}
        leftSection={<IconSearch size={16} />}
        value={choice.search}
        onChange={(event) => onChange({ ...choice, search: event.currentTarget.value })}
      />
      <NativeSelect
        size="sm"
        aria-label={t('home.order')}
        value={choice.order}
        data={flowOrders.map((value) => ({ value, label: t(`home.order.${value}`) }))}
        onChange={(event) => {
          const order = flowOrders.find((known) => known === event.currentTarget.value)
          if (order) onChange({ ...choice, order })
        }}
      />
    </div>
  )
}
