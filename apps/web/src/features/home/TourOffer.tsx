import { Button, Text } from '@mantine/core'
import { IconMap2 } from '@tabler/icons-react'
import { useText } from '../../i18n/index.ts'
import { useStartTour } from '../../shell/tour/start-tour.ts'
import { endTour, useTour } from '../../shell/tour/tour-store.ts'
import classes from './HomePage.module.css'

/** Offers the tour until it has been taken or refused once. */
export function TourOffer() {
  const { t } = useText()
  const isKnown = useTour((tour) => tour.isKnown)
  const start = useStartTour()
  if (isKnown) return null
  return (
    <aside className={`panel ${classes['offer']}`} aria-label={t('tour.offer.title')}>
      <IconMap2 size={24} stroke={1.5} aria-hidden />
      <Text size="sm" style={{ flex: 1 }}>
        <strong>{t('tour.offer.title')}</strong> {t('tour.offer.text')}
      </Text>
      <Button size="xs" loading={start.isPending} onClick={() => start.mutate(undefined)}>
        {t('tour.offer.start')}
      </Button>
      <Button size="xs" variant="subtle" color="gray" onClick={endTour}>
        {t('tour.offer.later')}
      </Button>
    </aside>
  )
}
