import { Group, Text } from '@mantine/core'

interface Offer {
  readonly value: string
  readonly example: string
}

/** Values that a field offers, each beside what it stands for. */
export function offers(list: readonly Offer[]) {
  const examples = new Map(list.map(({ value, example }) => [value, example]))
  return {
    data: list.map(({ value }) => value),
    renderOption: ({ option }: { readonly option: { readonly value: string } }) => (
      <Group justify="space-between" wrap="nowrap" gap={8} w="100%">
        <Text size="xs">{examples.get(option.value)}</Text>
        <Text size="xs" c="dimmed" className="mono">
          {option.value}
        </Text>
      </Group>
    ),
  }
}
