import { Modal, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { type ReactNode, useCallback, useId, useState } from 'react'
import styles from './editor.module.css'

export interface Choice {
  readonly id: string
  readonly text: string
  readonly detail: string
  readonly icon?: ReactNode
  readonly end?: ReactNode
  readonly disabled?: boolean
}

interface SearchDialogProps {
  readonly title: string
  readonly none: string
  readonly find: (search: string) => readonly Choice[]
  readonly onChoose: (id: string) => void
  readonly onClose: () => void
}

/** A list that is searched by typing and walked through by arrow keys. */
export function SearchDialog({ title, none, find, onChoose, onClose }: SearchDialogProps) {
  const [search, setSearch] = useState('')
  const [active, setActive] = useState(0)
  const list = useId()
  // At once: who has pressed `/` goes on typing before the dialog has faded in.
  const focus = useCallback((input: HTMLInputElement | null) => input?.focus(), [])
  const found = find(search)
  const at = Math.min(active, found.length - 1)
  const choose = (choice: Choice | undefined) => {
    if (!choice || choice.disabled) return
    onClose()
    onChoose(choice.id)
  }
  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      padding={0}
      size={480}
      yOffset="12vh"
      aria-label={title}
      transitionProps={{ duration: 0 }}
    >
      <TextInput
        data-autofocus
        ref={focus}
        variant="unstyled"
        size="md"
        px={12}
        role="combobox"
        aria-label={title}
        aria-expanded
        aria-controls={list}
        aria-activedescendant={found[at] ? `${list}-${found[at].id}` : undefined}
        placeholder={title}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={search}
        onChange={(event) => {
          setSearch(event.currentTarget.value)
          setActive(0)
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') setActive((at + 1) % Math.max(1, found.length))
          else if (event.key === 'ArrowUp') setActive((at - 1 + found.length) % Math.max(1, found.length))
          else if (event.key === 'Enter') choose(found[at])
          else return
          event.preventDefault()
        }}
      />
      <div role="listbox" id={list} aria-label={title} className={styles['choices']}>
        {found.map((choice, index) => (
          <div
            key={choice.id}
            id={`${list}-${choice.id}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            aria-disabled={choice.disabled}
            className={styles['choice']}
            ref={index === at ? (element) => element?.scrollIntoView({ block: 'nearest' }) : undefined}
            onMouseMove={() => setActive(index)}
            onClick={() => choose(choice)}
            onKeyDown={(event) => event.key === 'Enter' && choose(choice)}
          >
            {choice.icon}
            <span className={styles['choiceText']}>
              {choice.text}
              <small>{choice.detail}</small>
            </span>
            {choice.end}
          </div>
        ))}
        {found.length === 0 && <p className={styles['quiet']}>{none}</p>}
      </div>
    </Modal>
  )
}
