import { ActionIcon, Anchor, Button, FileButton, Group, Table, Text, Tooltip } from '@mantine/core'
import type { FileEntry } from '@millrace/contract'
import { IconDownload, IconFolderOpen, IconTrash, IconUpload } from '@tabler/icons-react'
import { type DragEvent, useState } from 'react'
import { addressOf, call } from '../../api/client.ts'
import { useChange, useFiles } from '../../api/queries.ts'
import { useFormat, useText } from '../../i18n/index.ts'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { ErrorState } from '../../ui/ErrorState.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { FilePreviewDrawer } from './FilePreviewDrawer.tsx'
import classes from './FilesPage.module.css'
import { UploadList, useUploads } from './UploadList.tsx'

/** The Files area: what flows read and what they wrote. */
export function FilesPage() {
  const { t } = useText()
  const files = useFiles()
  const uploads = useUploads()
  const [over, setOver] = useState(false)
  const [shown, setShown] = useState<string>()
  const onDrop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    uploads.add([...event.dataTransfer.files])
  }
  const onDragOver = (event: DragEvent) => {
    event.preventDefault()
    setOver(true)
  }
  return (
    <section
      className="page"
      aria-label={t('files.title')}
      onDrop={onDrop}
      onDragOver={onDragOver}
      onDragLeave={() => setOver(false)}
    >
      <div className="page-inner">
        <PageHeader title={t('files.title')} />
        <div className={classes.drop} data-over={over || undefined}>
          <IconUpload size={22} stroke={1.5} aria-hidden />
          <div>
            <Text size="sm" fw={500}>
              {t('files.drop')}
            </Text>
            <Text size="xs" c="dimmed">
              {t('files.hint')}
            </Text>
          </div>
          <FileButton multiple onChange={(chosen) => uploads.add(chosen)}>
            {(props) => (
              <Button variant="light" ml="auto" {...props}>
                {t('files.choose')}
              </Button>
            )}
          </FileButton>
        </div>
        <UploadList uploads={uploads} />
        {files.isError && <ErrorState error={files.error} onRetry={() => void files.refetch()} />}
        {files.data?.length === 0 && (
          <EmptyState
            icon={<IconFolderOpen size={44} stroke={1.2} />}
            title={t('files.empty')}
            hint={t('files.emptyHint')}
          />
        )}
        {files.data && files.data.length > 0 && <FileTable files={files.data} onShow={setShown} />}
      </div>
      <FilePreviewDrawer path={shown} onClose={() => setShown(undefined)} />
    </section>
  )
}

function FileTable({ files, onShow }: { readonly files: readonly FileEntry[]; onShow(path: string): void }) {
  const { t } = useText()
  const format = useFormat()
  return (
    <div className={`panel ${classes.table}`}>
      <Table verticalSpacing="xs" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('files.name')}</Table.Th>
            <Table.Th className="numbers">{t('files.size')}</Table.Th>
            <Table.Th>{t('files.modified')}</Table.Th>
            <Table.Th className="numbers">{t('files.actions')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {files.map((file) => (
            <Table.Tr key={file.path}>
              <Table.Td>
                {file.connector === null ? (
                  <Text size="sm">{file.path}</Text>
                ) : (
                  <Anchor
                    component="button"
                    size="sm"
                    ta="left"
                    onClick={() => onShow(file.path)}
                    aria-label={t('files.preview', { name: file.path })}
                  >
                    {file.path}
                  </Anchor>
                )}
              </Table.Td>
              <Table.Td className="numbers">{format.bytes(file.bytes)}</Table.Td>
              <Table.Td>{format.dateTime(file.modifiedAt)}</Table.Td>
              <Table.Td>
                <FileActions file={file} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}

function FileActions({ file }: { readonly file: FileEntry }) {
  const { t } = useText()
  const [asking, setAsking] = useState(false)
  const remove = useChange(() => call('deleteFile', { query: { path: file.path } }), ['files'])
  return (
    <Group gap={4} justify="flex-end" wrap="nowrap">
      <Tooltip label={t('action.download')}>
        <ActionIcon
          component="a"
          href={addressOf('downloadFile', {}, { path: file.path })}
          download
          variant="subtle"
          color="gray"
          aria-label={`${t('action.download')} ${file.path}`}
        >
          <IconDownload size={18} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
      {!file.readOnly && (
        <Tooltip label={t('action.delete')}>
          <ActionIcon
            variant="subtle"
            color="gray"
            onClick={() => setAsking(true)}
            aria-label={`${t('action.delete')} ${file.path}`}
          >
            <IconTrash size={18} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      )}
      <ConfirmDialog
        opened={asking}
        onClose={() => setAsking(false)}
        title={t('files.deleteTitle', { name: file.path })}
        text={t('files.deleteText')}
        onConfirm={() => remove.mutate(undefined)}
      />
    </Group>
  )
}
