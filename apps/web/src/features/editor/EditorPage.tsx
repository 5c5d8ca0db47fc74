import { Button, Loader } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { Outlet, useNavigate, useParams } from 'react-router'
import { call } from '../../api/client.ts'
import { opened, useAutosave, useSaving } from '../../editor/autosave.ts'
import { useColumns } from '../../editor/columns.ts'
import { useDocument } from '../../editor/document-store.ts'
import { useLiveInference } from '../../editor/inference.ts'
import { closeRun } from '../../editor/running.ts'
import { useView } from '../../editor/view-store.ts'
import { useText } from '../../i18n/index.ts'
import { ErrorState } from '../../ui/ErrorState.tsx'
import { Designer } from './Designer.tsx'
import styles from './editor.module.css'
import { TopBar } from './TopBar.tsx'
import { useActions } from './use-actions.tsx'
import { useAnnouncements } from './use-announcements.ts'
import { useShortcuts } from './use-shortcuts.ts'

/** The designer of one flow: `/flows/:id`. */
export function EditorPage() {
  const { id = '' } = useParams()
  const [turn, setTurn] = useState(0)
  return <LoadedFlow key={`${id} ${turn}`} id={id} onReload={() => setTurn(turn + 1)} />
}

/** Fetches the flow once; loading it again is mounting this again. */
function LoadedFlow({ id, onReload }: { readonly id: string; readonly onReload: () => void }) {
  const { t } = useText()
  const [loaded, setLoaded] = useState<{ readonly error?: unknown }>()

  useEffect(() => {
    let isOver = false
    const load = async () => {
      try {
        const found = await call('getFlow', { params: { id } })
        if (isOver) return
        useDocument.getState().open(id, found.draft)
        useView.getState().reset()
        closeRun()
        useColumns.setState({ asked: null, panel: null })
        opened(found)
        setLoaded({})
      } catch (error) {
        if (!isOver) setLoaded({ error })
      }
    }
    void load()
    return () => {
      isOver = true
    }
  }, [id])

  if (!loaded)
    return (
      <div className={styles['emptyCanvas']} role="status" style={{ position: 'static', height: '100%' }}>
        <Loader />
        {t('editor.loading')}
      </div>
    )
  if (loaded.error !== undefined)
    return (
      <div style={{ padding: 32 }}>
        <ErrorState error={loaded.error} onRetry={onReload} />
      </div>
    )
  return <OpenFlow onReload={onReload} />
}

function OpenFlow({ onReload }: { onReload: () => void }) {
  const { t } = useText()
  const isEmpty = useDocument((state) => state.flow.nodes.length === 0)
  const actions = useActions()
  useAutosave()
  useLiveInference(true)
  useAnnouncements()
  useShortcuts(actions.target)
  return (
    <div className={styles['page']}>
      <div>
        <TopBar target={actions.target} />
        <ConflictBanner onReload={onReload} />
      </div>
      <Designer actions={actions}>
        {isEmpty && (
          <div className={styles['emptyCanvas']}>
            <h2>{t('editor.canvas.emptyTitle')}</h2>
            <p>{t('editor.canvas.emptyText')}</p>
            <Button
              size="sm"
              variant="default"
              leftSection={<IconPlus size={14} />}
              onClick={() => useView.getState().show('add')}
            >
              {t('editor.canvas.addSource')}
            </Button>
          </div>
        )}
      </Designer>
      {actions.dialogs}
      <Outlet />
    </div>
  )
}

/** Somebody else saved in between: nothing is overwritten, the person chooses. */
function ConflictBanner({ onReload }: { onReload: () => void }) {
  const { t } = useText()
  const state = useSaving((saving) => saving.state)
  const navigate = useNavigate()
  if (state !== 'conflict') return null
  const keep = async () => {
    const { flow } = useDocument.getState()
    const name = t('editor.save.copyName', { name: flow.name }).slice(0, 200)
    const copy = await call('createFlow', { body: { flow: { ...flow, name } } })
    await navigate(`/flows/${copy.id}`)
  }
  return (
    <div className={styles['banner']} role="alert">
      {t('editor.save.conflictText')}
      <div className={styles['spacer']} />
      <Button
        size="xs"
        variant="default"
        onClick={() => void navigate('versions?show=draft&against=saved', { relative: 'path' })}
      >
        {t('versions.conflictCompare')}
      </Button>
      <Button size="xs" variant="default" onClick={onReload}>
        {t('editor.save.reload')}
      </Button>
      <Button size="xs" onClick={() => void keep()}>
        {t('editor.save.keep')}
      </Button>
    </div>
  )
}
