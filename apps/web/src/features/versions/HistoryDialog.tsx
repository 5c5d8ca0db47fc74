import { Button, Select } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconHistory } from '@tabler/icons-react'
import { useState } from 'react'
import { useNavigate, useParams, useSearchParams } from 'react-router'
import { useAuthor } from '../../editor/author.ts'
import { publishDraft, useSaving } from '../../editor/autosave.ts'
import { useDocument } from '../../editor/document-store.ts'
import { useText } from '../../i18n/index.ts'
import { announce } from '../../ui/Announcer.tsx'
import { ErrorState } from '../../ui/ErrorState.tsx'
import { FullView } from '../../ui/FullView.tsx'
import { useErrorText } from '../../ui/use-error-text.ts'
import { Comparison } from './Comparison.tsx'
import { RestoreDialog } from './RestoreDialog.tsx'
import { restoration } from './restore.ts'
import { inOrder, type Side, sideOf, useSide, useVersions } from './sides.ts'
import { VersionList } from './VersionList.tsx'
import styles from './versions.module.css'

/**
 * The versions of the flow that is being edited: `/flows/:id/versions?show=3&against=2`. It lies over the
 * editor, so that what is restored is one more edit there.
 */
export function HistoryDialog() {
  const { id = '' } = useParams()
  const { t } = useText()
  const errorText = useErrorText()
  const navigate = useNavigate()
  const [address, setAddress] = useSearchParams()
  const [restoring, setRestoring] = useState(false)
  const versions = useVersions(id)
  const saving = useSaving()
  const name = useDocument((state) => state.flow.name)
  const numbers = versions.data?.map(({ version }) => version) ?? []
  const shown = sideOf(address.get('show')) ?? (saving.unpublished ? 'draft' : (numbers[0] ?? 'draft'))
  const against =
    address.get('against') === 'none'
      ? undefined
      : (sideOf(address.get('against')) ??
        numbers.find((version) => version !== shown && isBefore(version, shown)))
  const [older, younger] = against === undefined ? [undefined, shown] : inOrder(against, shown)
  const left = useSide(id, older)
  const right = useSide(id, younger)
  const show = (side: Side, other: Side | 'none' | undefined) =>
    setAddress(
      { show: String(side), ...(other !== undefined && { against: String(other) }) },
      { replace: true },
    )
  const close = () => void navigate(`/flows/${id}`)
  const title = (side: Side) =>
    typeof side === 'number'
      ? t('versions.version', { version: side })
      : side === 'saved'
        ? t('versions.saved')
        : t(saving.state === 'conflict' ? 'versions.mine' : 'versions.draft')
  const restore = async (version: number, keepsDraft: boolean) => {
    const wanted = right.flow && younger === version ? right.flow : left.flow
    setRestoring(false)
    if (!wanted) return
    try {
      if (keepsDraft) {
        const kept = await publishDraft(t('versions.restoreKept', { version }), useAuthor.getState().name)
        if (kept === undefined) {
          notifications.show({ color: 'red', message: t('versions.restoreNotKept') })
          return
        }
      }
      const { flow, make } = useDocument.getState()
      make(restoration(flow, wanted, version))
      const message = t('versions.restored', { version })
      notifications.show({ message })
      announce(message)
      close()
    } catch (error) {
      notifications.show({ color: 'red', message: errorText(error) })
    }
  }
  const sides: Side[] = ['draft', ...(saving.state === 'conflict' ? (['saved'] as const) : []), ...numbers]
  const error = versions.error ?? left.error ?? right.error
  return (
    <FullView
      title={t('versions.title', { flow: name })}
      icon={IconHistory}
      onClose={close}
      actions={
        <>
          <Select
            className={styles['against'] ?? ''}
            aria-label={t('versions.compare')}
            leftSection={<span className={styles['inlineLabel']}>{t('versions.compare')}</span>}
            leftSectionWidth={104}
            allowDeselect={false}
            value={against === undefined ? 'none' : String(against)}
            data={[
              { value: 'none', label: t('versions.compareNone') },
              ...sides
                .filter((side) => side !== shown)
                .map((side) => ({ value: String(side), label: title(side) })),
            ]}
            onChange={(value) => show(shown, sideOf(value) ?? 'none')}
          />
          {typeof shown === 'number' && (
            <Button disabled={saving.state === 'conflict' || !right.flow} onClick={() => setRestoring(true)}>
              {t('versions.restore', { version: shown })}
            </Button>
          )}
        </>
      }
    >
      <div className={styles['columns']}>
        <VersionList
          versions={versions.data ?? []}
          shown={shown}
          against={against}
          onShow={(side) => show(side, undefined)}
        />
        {error !== null && error !== undefined ? (
          <div className={styles['fault']}>
            <ErrorState error={error} onRetry={() => void versions.refetch()} />
          </div>
        ) : (
          right.flow &&
          (older === undefined || left.flow) && (
            <Comparison
              key={`${older} ${younger}`}
              before={older === undefined ? undefined : left.flow}
              after={right.flow}
              titles={[older === undefined ? '' : title(older), title(younger)]}
            />
          )
        )}
      </div>
      {restoring && typeof shown === 'number' && (
        <RestoreDialog
          version={shown}
          isUnpublished={saving.unpublished}
          onRestore={(keeps) => void restore(shown, keeps)}
          onClose={() => setRestoring(false)}
        />
      )}
    </FullView>
  )
}

const isBefore = (version: number, side: Side) => typeof side !== 'number' || version < side
