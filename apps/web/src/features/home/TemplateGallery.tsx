import { Modal, SimpleGrid, Skeleton, Text } from '@mantine/core'
import { useTemplates } from '../../api/queries.ts'
import { useText } from '../../i18n/index.ts'
import { ErrorState } from '../../ui/ErrorState.tsx'
import { FlowPicture } from '../../ui/FlowPicture.tsx'
import classes from './HomePage.module.css'

interface TemplateGalleryProps {
  readonly isBusy: boolean
  readonly onChoose: (template: string) => void
  readonly onClose: () => void
}

/** The flows that Millrace brings along, to begin with. */
export function TemplateGallery({ isBusy, onChoose, onClose }: TemplateGalleryProps) {
  const { t, label } = useText()
  const templates = useTemplates()
  return (
    <Modal
      opened
      onClose={onClose}
      size={920}
      title={t('gallery.title')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <Text size="sm" c="dimmed" mb="md">
        {t('gallery.text')}
      </Text>
      {templates.isError && <ErrorState error={templates.error} onRetry={() => void templates.refetch()} />}
      {templates.isPending && <Skeleton height={220} />}
      {templates.data?.length === 0 && <Text>{t('gallery.none')}</Text>}
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
        {templates.data?.map((template) => (
          <button
            key={template.id}
            type="button"
            className={classes.galleryCard}
            disabled={isBusy}
            onClick={() => onChoose(template.id)}
          >
            <span className={classes.picture}>
              <FlowPicture thumbnail={template.thumbnail} title={t('home.picture')} />
            </span>
            <span className={classes.body}>
              <Text component="span" display="block" fw={600}>
                {label(template.name)}
              </Text>
              <Text component="span" display="block" size="sm" c="dimmed" mt={2}>
                {label(template.description)}
              </Text>
            </span>
          </button>
        ))}
      </SimpleGrid>
    </Modal>
  )
}
