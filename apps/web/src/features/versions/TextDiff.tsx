import { type Change, diffWordsWithSpace } from 'diff'
import { useMemo } from 'react'
import { useText } from '../../i18n/index.ts'
import styles from './versions.module.css'

interface TextDiffProps {
  readonly before: string | null
  readonly after: string | null
}

/** Longer texts are shown whole: finding the words in which they differ would take too long. */
const longest = 20_000

/** Two texts side by side; what is only in one of them is marked, by colour and by a line. */
export function TextDiff({ before, after }: TextDiffProps) {
  const { t } = useText()
  const parts = useMemo(
    () =>
      before !== null && after !== null && before.length + after.length <= longest
        ? diffWordsWithSpace(before, after)
        : undefined,
    [before, after],
  )
  return (
    <div className={styles['sides']}>
      <Side name={t('versions.before')} text={before} parts={parts?.filter(({ added }) => !added)} />
      <Side name={t('versions.after')} text={after} parts={parts?.filter(({ removed }) => !removed)} />
    </div>
  )
}

function Side({ name, text, parts }: { name: string; text: string | null; parts: Change[] | undefined }) {
  const { t } = useText()
  return (
    <div className={styles['text']} data-empty={text === null || undefined}>
      <span className="visually-hidden">{name}: </span>
      {text === null ? <em>{t('versions.nothing')}</em> : parts ? parts.map(shown) : text}
    </div>
  )
}

function shown({ value, added, removed }: Change, index: number) {
  if (added) return <ins key={index}>{value}</ins>
  if (removed) return <del key={index}>{value}</del>
  return <span key={index}>{value}</span>
}
