import { useNavigate } from 'react-router'
import { call } from '../../api/client.ts'
import { useChange } from '../../api/queries.ts'
import { useText } from '../../i18n/index.ts'
import { beginTour } from './tour-store.ts'

/** Begins the tour with an empty flow of its own. */
export function useStartTour() {
  const { t } = useText()
  const navigate = useNavigate()
  return useChange(async () => {
    const { id } = await call('createFlow', { body: { name: t('tour.flowName') } })
    beginTour(id)
    await navigate(`/flows/${id}`)
  }, ['flows'])
}
