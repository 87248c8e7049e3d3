import { TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import type { SyntheticEvent } from 'react'
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import type { ErrorReport } from '../../../contract/errors.ts'
import { Callout } from '../../components/Badge.tsx'
import { Button } from '../../components/Button.tsx'
import { Problem } from '../../components/Problem.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { useKnown, useStores } from '../../stores/context.tsx'
import { WordsInput } from './WordsInput.tsx'

type State = { kind: 'asking' } | { kind: 'busy' } | { kind: 'failed'; error: ErrorReport } | { kind: 'done'; peerId: string }

/** “I have a backup”: this computer becomes the one that the words are of. */
export function RestoreDialog({ onClose }: { onClose: () => void }) {
  const f = useFormat()
  const { orders } = useStores()
  const peerIdNow = useKnown('node')?.peerId
  const [text, setText] = useState('')
  const [state, setState] = useState<State>({ kind: 'asking' })

  async function restore(event: SyntheticEvent) {
    event.preventDefault()
    setState({ kind: 'busy' })
    const outcome = await orders.give('restore', (client) => client.key.restore({ text }))
    if (outcome.ok) setText('')
    setState(outcome.ok ? { kind: 'done', peerId: outcome.value.peerId } : { kind: 'failed', error: outcome.error })
  }

  return (
    <ModalOverlay isOpen isDismissable={state.kind !== 'busy'} onOpenChange={(open) => !open && onClose()} className="modal-ground fixed inset-0 z-20 grid place-items-center p-4">
      <Modal className="max-h-full w-full max-w-lg overflow-y-auto rounded-xl bg-surface p-6 shadow-3 forced-colors:border">
        <Dialog className="flex flex-col gap-4">
          <Heading slot="title" className="text-h2">{f.t('restore.title')}</Heading>
          {state.kind === 'done' ? (
            <p role="status" className="text-body">{f.t(state.peerId === peerIdNow ? 'restore.done' : 'restore.restarting')}</p>
          ) : (
            <form onSubmit={(event) => void restore(event)} className="flex flex-col gap-4">
              <p className="text-small text-ink-2">{f.t('restore.text')}</p>
              <WordsInput value={text} onChange={setText} autoFocus />
              <Callout tone="attention" icon={TriangleAlert}>{f.t('restore.once')}</Callout>
              {state.kind === 'failed' && <Problem error={state.error} />}
              <div className="flex justify-end gap-2">
                <Button onPress={onClose} isDisabled={state.kind === 'busy'}>{f.t('common.cancel')}</Button>
                <Button type="submit" look="primary" busy={state.kind === 'busy'} isDisabled={text.trim() === ''}>{f.t('restore.action')}</Button>
              </div>
            </form>
          )}
          {state.kind === 'done' && <div className="flex justify-end"><Button look="primary" isDisabled={state.peerId !== peerIdNow} onPress={onClose}>{f.t('setup.continue')}</Button></div>}
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
