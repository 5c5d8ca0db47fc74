import { notifications } from '@mantine/notifications'
import { call } from '../../api/client.ts'
import { useChange } from '../../api/queries.ts'
import { useErrorText } from '../../ui/use-error-text.ts'

interface Order {
  readonly name: 'dropRejects' | 'restoreRejects'
  readonly body: { readonly items: { runId: string; number: number }[]; readonly author: string }
}

/** Drops rows or takes that back, and tells when it cannot be. */
export function useDeskCall(onDone: () => void) {
  const errorText = useErrorText()
  return useChange(
    async ({ name, body }: Order) => {
      try {
        await call(name, { body })
        onDone()
      } catch (error) {
        notifications.show({ color: 'red', message: errorText(error) })
      }
    },
    ['rejects'],
  )
}
