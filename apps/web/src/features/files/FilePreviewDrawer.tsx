import { Drawer, Loader, ScrollArea, Table, Text } from '@mantine/core'
import { useFilePreview } from '../../api/queries.ts'
import { useText } from '../../i18n/index.ts'
import { ErrorState } from '../../ui/ErrorState.tsx'

interface Props {
  readonly path: string | undefined
  onClose(): void
}

/** The first rows of a file as a flow would read it. */
export function FilePreviewDrawer({ path, onClose }: Props) {
  const { t } = useText()
  const preview = useFilePreview(path)
  return (
    <Drawer
      opened={path !== undefined}
      onClose={onClose}
      position="bottom"
      size="60%"
      title={`${path ?? ''} · ${t('files.firstRows')}`}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      {preview.isFetching && <Loader aria-label={t('loading')} />}
      {preview.isError && <ErrorState error={preview.error} />}
      {preview.data && (
        <ScrollArea>
          <Table withTableBorder withColumnBorders fz="sm">
            <Table.Thead>
              <Table.Tr>
                {preview.data.columns.map(({ name, type }) => (
                  <Table.Th key={name}>
                    {name}
                    <Text size="xs" c="dimmed" fw={400}>
                      {type}
                    </Text>
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {preview.data.rows.map((row, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file have no identity but their place
                <Table.Tr key={index}>
                  {row.map((cell, column) => (
                    <Table.Td
                      key={preview.data.columns[column]?.name ?? column}
                      style={{ whiteSpace: 'pre' }}
                    >
                      {cell ?? (
                        <Text span size="xs" c="dimmed" fs="italic">
                          NULL
                        </Text>
                      )}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea>
      )}
    </Drawer>
  )
}
