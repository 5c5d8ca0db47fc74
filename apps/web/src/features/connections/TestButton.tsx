import { Button } from '@mantine/core'
import { IconPlugConnected } from '@tabler/icons-react'
import { call } from '../../api/client.ts'
import { useChange } from '../../api/queries.ts'
import { useText } from '../../i18n/index.ts'
import { ErrorState } from '../../ui/ErrorState.tsx'

interface Props {
  readonly id: string
  readonly name: string
  readonly prominent?: boolean
}

/** Tests a connection as it is stored; how that came out is then shown wherever the connection is. */
export function TestButton({ id, name, prominent = false }: Props) {
  const { t } = useText()
  const test = useChange(() => call('testConnection', { params: { id } }), ['connections'])
  return (
    <>
      <Button
        size={prominent ? 'sm' : 'xs'}
        variant="default"
        aria-label={`${t('connections.test')}: ${name}`}
        leftSection={<IconPlugConnected size={prominent ? 16 : 14} aria-hidden />}
        loading={test.isPending}
        onClick={() => test.mutate(undefined)}
      >
        {t('connections.test')}
      </Button>
      {test.isError && <ErrorState error={test.error} />}
    </>
  )
}
