import { type Change, diffWordsWithSpace } from 'diff'
import { useMemo } from 'react'
import { useText } from '../../i18n/index.ts'
import styles from './versions.module.css'

interface TextDiffProps {
  readonly before: string | null
  readonly after: string | null
  /** Whether the words in which they differ are marked, not one value against the other. */
  readonly byWord: boolean
}

/** Longer texts are shown whole: finding the words in which they differ would take too long. */
const longest = 20_000

/** Two texts side by side; what is only in one of them is marked, by colour and by a line. */
export function TextDiff({ before, after, byWord }: TextDiffProps) {
  const { t } = useText()
  const parts = useMemo((): Change[] | undefined => {
    if (before === null || after === null || before.length + after.length > longest) return undefined
    if (byWord) return diffWordsWithSpace(before, after)
    return [
      { value: before, count: 1, added: false, removed: true },
      { value: after, count: 1, added: true, removed: false },
    ]
  }, [before, after, byWord])
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
