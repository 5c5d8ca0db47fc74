import { Badge, Text } from '@mantine/core'
import type { Connection } from '@millrace/contract'
import { IconAlertTriangle, IconCheck, IconMinus } from '@tabler/icons-react'
import { useFormat, useText } from '../i18n/index.ts'
import { isSound } from './DiagnosisSteps.tsx'
import classes from './forms.module.css'

/** Whether a connection worked when it was last tested, and when that was. */
export function TestState({ lastTest }: Pick<Connection, 'lastTest'>) {
  const { t } = useText()
  const format = useFormat()
  const state = !lastTest ? 'untested' : isSound(lastTest.diagnosis) ? 'works' : 'fails'
  const Icon = { untested: IconMinus, works: IconCheck, fails: IconAlertTriangle }[state]
  const color = { untested: 'gray', works: 'teal', fails: 'red' }[state]
  return (
    <span className={classes['state']}>
      <Badge
        color={color}
        variant="light"
        tt="none"
        fw={600}
        leftSection={<Icon size={12} stroke={2.2} aria-hidden />}
      >
        {t(`connections.${state}`)}
      </Badge>
      {lastTest && (
        <Text size="xs" c="dimmed" title={format.dateTime(lastTest.at)}>
          {format.ago(lastTest.at)}
        </Text>
      )}
    </span>
  )
}
