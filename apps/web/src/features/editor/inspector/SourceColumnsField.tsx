import { Autocomplete, Button, Loader } from '@mantine/core'
import { kindOf, nameInSource, type SourceColumn, sourceColumn, timeFormats } from '@millrace/engine'
import { IconRefresh } from '@tabler/icons-react'
import { Fragment } from 'react'
import { z } from 'zod'
import { useDetections } from '../../../editor/detection.ts'
import { readColumnsAgain } from '../../../editor/source-columns.ts'
import { useText } from '../../../i18n/index.ts'
import { ColumnNameInput } from './ColumnNameInput.tsx'
import { useForm, type WidgetProps } from './field-context.ts'
import styles from './inspector.module.css'
import { offers } from './offers.tsx'
import { TypeField } from './TypeField.tsx'

const list = z.array(sourceColumn)

/** The columns of a source with the evidence for their types; names, types and formats can be mended. */
export function SourceColumnsField({ value, onChange }: WidgetProps<'sourceColumns'>) {
  const { t, label, language } = useText()
  const { nodeId } = useForm()
  const detection = useDetections((state) => state.byNode.get(nodeId))
  const parsed = list.safeParse(value)
  const columns = parsed.success ? parsed.data : []
  const number = (count: number) => new Intl.NumberFormat(language === 'zh' ? 'zh-CN' : 'en').format(count)
  const edit = (index: number, change: Partial<SourceColumn>) => {
    const column = columns[index]
    if (column) onChange(columns.with(index, { ...column, ...change }))
  }
  return (
    <div>
      {columns.length === 0 && detection?.state !== 'working' && (
        <p className={styles['help']}>{t('editor.columns.none')}</p>
      )}
      {columns.length > 0 && (
        <table className={styles['columnTable']}>
          <thead>
            <tr>
              <th scope="col">{t('editor.columns.name')}</th>
              <th scope="col">{t('editor.columns.type')}</th>
            </tr>
          </thead>
          <tbody>
            {columns.map((column, index) => {
              // By name: columns may have been taken away since.
              const evidence = detection?.evidence.find(({ name }) => name === nameInSource(column))
              const isSame = evidence !== undefined && evidence.type === column.type
              const unfit = evidence ? evidence.examined - evidence.fitting : 0
              const isTimed = ['date', 'time', 'timestamp'].includes(kindOf(column.type))
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns are found by their place in the file
                <Fragment key={index}>
                  <tr>
                    <td>
                      <ColumnNameInput
                        size="xs"
                        aria-label={t('editor.columns.nameOf', { number: index + 1 })}
                        value={column.name}
                        onChange={(name) => edit(index, { name })}
                      />
                    </td>
                    <td>
                      <TypeField
                        size="xs"
                        name={t('editor.columns.typeOf', { column: column.name })}
                        value={column.type}
                        onChange={(type) => edit(index, { type, format: '' })}
                      />
                      {isTimed && (
                        <Autocomplete
                          {...offers(timeFormats)}
                          mt={2}
                          size="xs"
                          // Not only those that look like the one that is set.
                          filter={({ options }) => options}
                          aria-label={t('editor.columns.formatOf', { column: column.name })}
                          placeholder={t('editor.columns.format')}
                          value={column.format}
                          onChange={(format) => edit(index, { format })}
                        />
                      )}
                    </td>
                  </tr>
                  {evidence && (
                    <tr>
                      <td
                        colSpan={2}
                        className={styles['evidence']}
                        data-unfit={(isSame && unfit > 0) || undefined}
                      >
                        {isSame &&
                          unfit > 0 &&
                          t('editor.columns.unfit', {
                            fitting: number(evidence.fitting),
                            examined: number(evidence.examined),
                            unfit: number(unfit),
                          })}
                        {isSame &&
                          unfit === 0 &&
                          t('editor.columns.fit', { examined: number(evidence.examined) })}
                        {!isSame && t('editor.columns.changed')}
                        {evidence.missing > 0 &&
                          ` · ${t('editor.columns.missing', { missing: number(evidence.missing) })}`}
                        {evidence.reason && ` · ${label(evidence.reason)}`}
                        {evidence.samples.length > 0 &&
                          ` · ${evidence.samples.slice(0, 2).join(', ').slice(0, 60)}`}
                      </td>
                    </tr>
                  )}
                </Fragment>
              )
            })}
          </tbody>
        </table>
      )}
      {detection?.state === 'failed' && (
        <div className={styles['problem']} role="alert">
          {label(detection.fault)}
        </div>
      )}
      <Button
        mt={8}
        size="compact-xs"
        variant="default"
        disabled={detection?.state === 'working'}
        leftSection={detection?.state === 'working' ? <Loader size={12} /> : <IconRefresh size={14} />}
        onClick={() => void readColumnsAgain(nodeId)}
      >
        {detection?.state === 'working' ? t('editor.columns.reading') : t('editor.columns.read')}
      </Button>
    </div>
  )
}
