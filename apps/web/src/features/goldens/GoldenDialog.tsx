import { Alert, Button, Loader } from '@mantine/core'
import { IconDownload, IconFlask, IconPlayerPlayFilled } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useNavigate, useParams, useSearchParams } from 'react-router'
import { addressOf, call } from '../../api/client.ts'
import { useDocument } from '../../editor/document-store.ts'
import { useText } from '../../i18n/index.ts'
import { announce } from '../../ui/Announcer.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { ErrorState } from '../../ui/ErrorState.tsx'
import { FullView } from '../../ui/FullView.tsx'
import { GoldenDetails } from './GoldenDetails.tsx'
import { GoldenList } from './GoldenList.tsx'
import styles from './goldens.module.css'
import { SaveGolden } from './SaveGolden.tsx'

/** The golden tests of the flow that is being edited: `/flows/:id/tests?node=out&port=in` begins a new one. */
export function GoldenDialog() {
  const { id = '' } = useParams()
  const { t } = useText()
  const navigate = useNavigate()
  const [address, setAddress] = useSearchParams()
  const flow = useDocument((state) => state.flow)
  const [chosen, setChosen] = useState<string>()
  const goldens = useQuery({
    queryKey: ['goldens', id],
    queryFn: () => call('listGoldens', { params: { id } }),
    refetchOnWindowFocus: false,
  })
  const test = useMutation({
    mutationFn: () => call('testGoldens', { params: { id }, body: { flow: useDocument.getState().flow } }),
    onSuccess(outcomes) {
      const passed = outcomes.filter((outcome) => outcome.passed).length
      announce(t('golden.announce', { passed, all: outcomes.length }))
      setChosen((before) => outcomes.find((outcome) => !outcome.passed)?.id ?? before ?? outcomes[0]?.id)
    },
  })
  // Tests are run whenever their list was read; they take no system and little time.
  const { mutate } = test
  const { dataUpdatedAt } = goldens
  const hasTests = (goldens.data?.length ?? 0) > 0
  useEffect(() => {
    if (hasTests && dataUpdatedAt > 0) mutate()
  }, [hasTests, dataUpdatedAt, mutate])
  const close = () => void navigate(`/flows/${id}`)
  const node = address.get('node')
  const isSaving = node !== null
  const list = goldens.data ?? []
  const current = list.find((golden) => golden.id === chosen) ?? list[0]
  const outcomes = test.data ?? []
  const passed = outcomes.filter((outcome) => outcome.passed).length
  const refresh = async (next?: string) => {
    setAddress({}, { replace: true })
    if (next !== undefined) setChosen(next)
    await goldens.refetch()
  }
  return (
    <FullView
      title={t('golden.title', { flow: flow.name })}
      icon={IconFlask}
      onClose={close}
      actions={
        <>
          {hasTests && test.data && (
            <span className={styles['summary']} data-passed={passed === outcomes.length} role="status">
              {t('golden.summary', { passed, all: outcomes.length })}
            </span>
          )}
          {hasTests && (
            <>
              <Button
                component="a"
                variant="default"
                leftSection={<IconDownload size={14} />}
                href={addressOf('downloadGoldens', { id })}
                title={t('golden.downloadHelp')}
              >
                {t('golden.download')}
              </Button>
              <Button
                leftSection={<IconPlayerPlayFilled size={14} />}
                loading={test.isPending}
                onClick={() => test.mutate()}
              >
                {t('golden.runAll')}
              </Button>
            </>
          )}
        </>
      }
    >
      <div className={styles['columns']}>
        <GoldenList
          goldens={list}
          outcomes={outcomes}
          isRunning={test.isPending}
          chosen={isSaving ? undefined : current?.id}
          onChoose={(next) => {
            setAddress({}, { replace: true })
            setChosen(next)
          }}
          onNew={() => setAddress({ node: flow.nodes.at(-1)?.id ?? '' }, { replace: true })}
        />
        <div className={styles['main']}>
          {goldens.isError && <ErrorState error={goldens.error} onRetry={() => void goldens.refetch()} />}
          {test.isError && (
            <Alert color="red" variant="light" m="md">
              <ErrorState error={test.error} onRetry={() => test.mutate()} />
            </Alert>
          )}
          {goldens.isPending && <Loader m="md" />}
          {isSaving ? (
            <SaveGolden
              key={`${node} ${address.get('port')}`}
              flowId={id}
              node={node}
              port={address.get('port') ?? undefined}
              taken={list.map(({ name }) => name)}
              onSaved={(made) => void refresh(made)}
              onCancel={() => setAddress({}, { replace: true })}
            />
          ) : current ? (
            <GoldenDetails
              key={current.id}
              flowId={id}
              golden={current}
              outcome={outcomes.find((outcome) => outcome.id === current.id)}
              onChanged={() => void refresh()}
            />
          ) : (
            goldens.data && (
              <EmptyState
                icon={<IconFlask size={44} stroke={1.2} />}
                title={t('golden.none')}
                hint={t('golden.noneHint')}
              >
                <Button
                  mt="sm"
                  disabled={flow.nodes.length === 0}
                  onClick={() => setAddress({ node: flow.nodes.at(-1)?.id ?? '' }, { replace: true })}
                >
                  {t('golden.new')}
                </Button>
              </EmptyState>
            )
          )}
        </div>
      </div>
    </FullView>
  )
}
