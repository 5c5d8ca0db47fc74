import { type Icon, IconArrowsMove, IconMinus, IconPencil, IconPlus } from '@tabler/icons-react'
import { useText } from '../i18n/index.ts'
import styles from './differences.module.css'

/** What became of something between two versions. */
export type DiffMark = 'added' | 'removed' | 'changed' | 'moved'

const icons: Readonly<Record<DiffMark, Icon>> = {
  added: IconPlus,
  removed: IconMinus,
  changed: IconPencil,
  moved: IconArrowsMove,
}

/** The mark as colour, shape and word; small, the word is a title. */
export function DiffBadge({ mark, isSmall = false }: { mark: DiffMark; isSmall?: boolean }) {
  const { t } = useText()
  const Shown = icons[mark]
  const word = t(`versions.mark.${mark}`)
  return (
    <span
      className={styles['diffBadge']}
      data-mark={mark}
      {...(isSmall && { role: 'img', 'aria-label': word, title: word })}
    >
      <Shown size={13} stroke={2.4} aria-hidden />
      {!isSmall && word}
    </span>
  )
}
