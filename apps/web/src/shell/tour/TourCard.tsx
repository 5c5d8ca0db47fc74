import { Button, CloseButton } from '@mantine/core'
import { isFinal } from '@millrace/engine'
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { focusArea } from '../../editor/areas.ts'
import { useDocument } from '../../editor/document-store.ts'
import { useInference } from '../../editor/inference.ts'
import { useRun } from '../../editor/run-store.ts'
import { useView } from '../../editor/view-store.ts'
import { useText } from '../../i18n/index.ts'
import { announce } from '../../ui/Announcer.tsx'
import { type Box, placeBeside } from './place.ts'
import { stepState } from './progress.ts'
import classes from './TourCard.module.css'
import { endTour, moveTour, type TourStep, tourSteps, useTour } from './tour-store.ts'

/** What is done must stay so for a moment, in ms: nobody is led on in the middle of a word. */
const settled = 1400

/** Which part of the editor a step speaks of, and the name that part has in this language. */
const parts = {
  source: { pane: 'palette', name: 'editor.palette.title' },
  file: { pane: 'inspector', name: 'editor.inspector.title' },
  data: { pane: 'data', name: 'editor.data.title' },
  filter: { pane: 'palette', name: 'editor.palette.title' },
  condition: { pane: 'inspector', name: 'editor.inspector.title' },
  target: { pane: 'inspector', name: 'editor.inspector.title' },
  run: { pane: null, name: 'tour.run.title' },
  ledger: { pane: 'data', name: 'editor.data.title' },
} as const satisfies Record<TourStep, { pane: 'palette' | 'inspector' | 'data' | null; name: string }>

function useProgress() {
  const nodes = useDocument((state) => state.flow.nodes)
  const byNode = useInference((state) => state.byNode)
  const isCurrent = useInference((state) => state.state === 'current')
  const hasEnded = useRun((state) => state.status !== null && isFinal(state.status))
  return { nodes, byNode, isCurrent, hasEnded }
}

/** One step of the tour beside the part of the editor that it speaks of. The editor stays usable. */
export function TourCard() {
  const { t } = useText()
  const { step } = useTour()
  const state = stepState(step, useProgress())
  const edition = useDocument((document) => document.edition)
  const title = useId()
  const heading = useRef<HTMLHeadingElement>(null)
  const { box, card, place, find } = usePlace(step)

  // A step that was open and is done leads on by itself, once the hands rest.
  const wasOpen = useRef<TourStep>(undefined)
  if (state === 'open') wasOpen.current = step
  // biome-ignore lint/correctness/useExhaustiveDependencies: every edit begins the moment anew
  useEffect(() => {
    if (state !== 'done' || wasOpen.current !== step) return
    const timer = setTimeout(() => moveTour(1), settled)
    return () => clearTimeout(timer)
  }, [state, step, edition])

  // The first step is gone to; later ones are said, so that nobody is torn from what they do.
  const isFirst = useRef(true)
  useEffect(() => {
    if (isFirst.current) heading.current?.focus()
    else announce(`${t(`tour.${step}.title`)}. ${t(`tour.${step}.text`)} ${t('tour.back.hint')}`)
    isFirst.current = false
  }, [step, t])
  const index = tourSteps.indexOf(step)
  const isLast = index === tourSteps.length - 1
  const move = (by: 1 | -1) => {
    moveTour(by)
    heading.current?.focus()
  }
  return (
    <>
      {box && (
        <div
          className={classes['ring']}
          style={{ left: box.left + 2, top: box.top + 2, width: box.width - 4, height: box.height - 4 }}
        />
      )}
      <div
        ref={card}
        className={classes['card']}
        style={place}
        data-area="tour"
        role="dialog"
        aria-modal={false}
        aria-labelledby={title}
        onKeyDown={(event) => {
          if (event.key === 'Escape') endTour()
          if (event.key === 'F6') {
            event.preventDefault()
            focusArea(event.shiftKey ? -1 : 1)
          }
          // What is typed here is no shortcut of the canvas.
          event.stopPropagation()
        }}
      >
        <CloseButton className={classes['close']} size="sm" aria-label={t('tour.skip')} onClick={endTour} />
        <h2 id={title} ref={heading} tabIndex={-1}>
          {t(`tour.${step}.title`)}
        </h2>
        <p>{t(`tour.${step}.text`)}</p>
        <p className={classes['keys']}>{t(`tour.${step}.keys`)}</p>
        <div className={classes['foot']}>
          <span className={classes['count']}>
            {t('tour.count', { step: index + 1, steps: tourSteps.length })}
          </span>
          {index > 0 && (
            <Button size="xs" variant="subtle" color="gray" onClick={() => move(-1)}>
              {t('tour.back')}
            </Button>
          )}
          {state === 'open' ? (
            <Button size="xs" variant="light" onClick={() => focusInside(find())}>
              {t('tour.goThere')}
            </Button>
          ) : (
            <Button size="xs" onClick={() => (isLast ? endTour() : move(1))}>
              {t(isLast ? 'tour.finish' : 'tour.next')}
            </Button>
          )}
        </div>
      </div>
    </>
  )
}

const focusable = 'input:not([type=file], [hidden]), button, [tabindex="0"], select, textarea, a[href]'

function focusInside(part: Element | null): void {
  const inside = part?.matches('button') ? part : part?.querySelector(focusable)
  if (inside instanceof HTMLElement) inside.focus()
}

/** Follows the part that a step speaks of, which may be opened, resized or not be there. */
function usePlace(step: TourStep) {
  const { t } = useText()
  const card = useRef<HTMLDivElement>(null)
  const [box, setBox] = useState<Box>()
  const [place, setPlace] = useState({ left: 0, top: 0 })
  const { pane, name } = parts[step]
  const find = () =>
    document.querySelector(
      pane === null ? '[data-command=run], [data-command=cancelRun]' : `section[aria-label="${t(name)}"]`,
    )
  useEffect(() => {
    if (pane) useView.setState({ [pane]: true })
    if (step === 'ledger') useView.getState().openTab('run')
  }, [pane, step])
  useLayoutEffect(() => {
    const measure = () => {
      const found = find()?.getBoundingClientRect()
      const own = card.current?.getBoundingClientRect()
      const window = { left: 0, top: 0, width: innerWidth, height: innerHeight }
      const middle = { left: innerWidth / 2, top: innerHeight / 3, width: 0, height: 0 }
      setBox((before) => (found && !isSame(before, found) ? found : found ? before : undefined))
      const next = placeBeside(found ?? middle, own ?? { width: 320, height: 220 }, window)
      setPlace((before) => (before.left === next.left && before.top === next.top ? before : next))
    }
    measure()
    const timer = setInterval(measure, 250)
    return () => clearInterval(timer)
  })
  return { box, card, place, find }
}

const isSame = (a: Box | undefined, b: Box): boolean =>
  a !== undefined && a.left === b.left && a.top === b.top && a.width === b.width && a.height === b.height
