import { useState } from 'react'
import type { SyntheticEvent } from 'react'
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { Button } from '../../components/Button.tsx'
import { Command } from '../../components/CopyButton.tsx'
import { Field } from '../../components/Field.tsx'
import { Problem } from '../../components/Problem.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import type { ErrorReport } from '../../../contract/errors.ts'
import { useStores } from '../../stores/context.tsx'

const inviteForMs = 7 * 86_400_000

/** Connects two computers by a link: this one makes it, or takes it. `link`: one that was opened, for the owner to decide about. */
export function ConnectDialog({ link, onClose }: { link?: string; onClose: () => void }) {
  const f = useFormat()
  return (
    <ModalOverlay isOpen isDismissable onOpenChange={(open) => !open && onClose()} className="modal-ground fixed inset-0 z-20 grid place-items-center p-4">
      <Modal className="max-h-full w-full max-w-lg overflow-y-auto rounded-xl bg-surface p-6 shadow-3 forced-colors:border">
        <Dialog className="flex flex-col gap-5">
          <Heading slot="title" className="text-h2">{f.t('connect.title')}</Heading>
          {link === undefined && <Invite />}
          <Join given={link ?? ''} onDone={onClose} />
          <div className="flex justify-end"><Button onPress={onClose}>{f.t('common.close')}</Button></div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

type Made = { kind: 'no' } | { kind: 'making' } | { kind: 'yes'; link: string } | { kind: 'failed'; error: ErrorReport }

function Invite() {
  const f = useFormat()
  const { orders } = useStores()
  const [made, setMade] = useState<Made>({ kind: 'no' })

  async function make() {
    setMade({ kind: 'making' })
    const outcome = await orders.give('invite', (client) => client.node.invite({ validForMs: inviteForMs }))
    setMade(outcome.ok ? { kind: 'yes', link: outcome.value.link } : { kind: 'failed', error: outcome.error })
  }

  return (
    <section className="flex flex-col items-start gap-2">
      <h3 className="text-h3">{f.t('connect.invite')}</h3>
      <p className="text-small text-ink-2">{f.t('connect.inviteText')}</p>
      {made.kind === 'yes' ? <Command text={made.link} /> : <Button busy={made.kind === 'making'} onPress={() => void make()}>{f.t('connect.make')}</Button>}
      {made.kind === 'failed' && <Problem error={made.error} />}
    </section>
  )
}

function Join({ given, onDone }: { given: string; onDone: () => void }) {
  const f = useFormat()
  const { orders, notices } = useStores()
  const [link, setLink] = useState(given)
  const [state, setState] = useState<{ kind: 'idle' } | { kind: 'joining' } | { kind: 'failed'; error: ErrorReport }>({ kind: 'idle' })

  async function join(event: SyntheticEvent) {
    event.preventDefault()
    setState({ kind: 'joining' })
    const outcome = await orders.give('join', (client) => client.node.join({ link: link.trim() }))
    if (!outcome.ok) {
      setState({ kind: 'failed', error: outcome.error })
      return
    }
    notices.show({ topic: 'join', tone: 'info', text: f.t('connect.joined', { host: f.name(outcome.value.label, 40) }), action: null })
    onDone()
  }

  return (
    <form onSubmit={(event) => void join(event)} className="flex flex-col gap-2">
      <h3 className="text-h3">{f.t('connect.join')}</h3>
      <Field label={f.t('connect.link')} value={link} onChange={setLink} end={(
        <Button type="submit" busy={state.kind === 'joining'} isDisabled={link.trim() === ''}>{f.t('connect.joinNow')}</Button>
      )} />
      {state.kind === 'failed' && <Problem error={state.error} />}
    </form>
  )
}
