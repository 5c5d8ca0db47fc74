import { Text } from '@mantine/core'
import type { ConnectionDiagnosis } from '@millrace/contract'
import type { ConnectionStep } from '@millrace/engine'
import { IconAlertTriangle, IconCheck, IconMinus, IconX } from '@tabler/icons-react'
import { useFormat, useText } from '../i18n/index.ts'
import classes from './forms.module.css'

const looks = {
  ok: { Icon: IconCheck, key: 'connections.step.ok' },
  wish: { Icon: IconAlertTriangle, key: 'connections.step.wish' },
  failed: { Icon: IconX, key: 'connections.step.failed' },
  unneeded: { Icon: IconMinus, key: 'connections.step.unneeded' },
  skipped: { Icon: IconMinus, key: 'connections.step.skipped' },
} as const

export const isSound = ({ steps }: ConnectionDiagnosis): boolean => steps.every(({ ok }) => ok)

interface Props {
  readonly diagnosis: ConnectionDiagnosis
  /** Those that a test of such a system has. */
  readonly expected: readonly ConnectionStep[]
}

/** How far a test came, step by step, and what to do where it stopped. */
export function DiagnosisSteps({ diagnosis, expected }: Props) {
  const { t, label } = useText()
  const format = useFormat()
  const { steps, system, durationMs } = diagnosis
  const last = Math.max(...steps.map(({ step }) => expected.indexOf(step)))
  const sound = isSound(diagnosis)
  return (
    <div className={classes['diagnosis']} data-sound={sound || undefined} role="status">
      <div className={classes['verdict']}>
        <Text fw={600} size="sm">
          {t(sound ? 'connections.answered' : 'connections.stopped')}
        </Text>
        <Text size="xs" c="dimmed">
          {[system, format.duration(durationMs)].filter(Boolean).join(' · ')}
        </Text>
      </div>
      <ol className={classes['steps']}>
        {expected.map((step, index) => {
          const found = steps.find((one) => one.step === step)
          const state = !found
            ? index < last
              ? 'unneeded'
              : 'skipped'
            : !found.ok
              ? 'failed'
              : found.problem
                ? 'wish'
                : 'ok'
          const { Icon, key } = looks[state]
          return (
            <li key={step} className={classes['step']} data-state={state}>
              <span className={classes['stepMark']}>
                <Icon size={13} stroke={2.4} aria-hidden />
              </span>
              <div className={classes['stepText']}>
                <span>{t(`connections.step.${step}`)}</span>
                <span
                  className={state === 'ok' || state === 'failed' ? 'visually-hidden' : classes['stepState']}
                >
                  {t(key)}
                </span>
                {found?.problem && (
                  <div className={classes['stepProblem']}>{label(found.problem.message)}</div>
                )}
              </div>
            </li>
          )
        })}
      </ol>
    </div>
  )
}
