import { IconPencil, IconRoute, IconTrash } from '@tabler/icons-react'
import { createContext, useContext } from 'react'
import { askRemoval, askRename, type ColumnPlace, traceColumn } from '../../../editor/columns.ts'
import { useText } from '../../../i18n/index.ts'
import styles from './columns.module.css'

/** The port whose columns are shown; null where they cannot be acted on. */
export const ColumnPortContext = createContext<{ readonly nodeId: string; readonly port: string } | null>(
  null,
)

/** What can be done with a column of the port that is shown. */
export function ColumnActions({ column, onDone }: { column: string; onDone: () => void }) {
  const { t } = useText()
  const port = useContext(ColumnPortContext)
  if (!port) return null
  const acts = [
    { text: t('columns.trace'), Mark: IconRoute, act: traceColumn },
    { text: t('columns.rename'), Mark: IconPencil, act: askRename },
    { text: t('columns.remove'), Mark: IconTrash, act: (at: ColumnPlace) => askRemoval(at) },
  ]
  return (
    <div className={styles['actions']}>
      {acts.map(({ text, Mark, act }) => (
        <button
          key={text}
          type="button"
          onClick={() => {
            onDone()
            act({ ...port, column })
          }}
        >
          <Mark size={15} aria-hidden />
          {text}
        </button>
      ))}
    </div>
  )
}
