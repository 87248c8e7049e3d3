import type { ReactNode } from 'react'
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { useFormat } from '../i18n/Language.tsx'
import { Button } from './Button.tsx'

/** Asks once before something is lost. Says what is lost; the safe answer has the focus. */
export function Confirm({ isOpen, title, action, busy = false, onConfirm, onClose, children }: {
  isOpen: boolean
  title: ReactNode
  /** What the button does, in a verb. */
  action: string
  busy?: boolean
  onConfirm: () => void
  onClose: () => void
  children: ReactNode
}) {
  const f = useFormat()
  return (
    <ModalOverlay isOpen={isOpen} isDismissable={!busy} onOpenChange={(open) => !open && onClose()} className="modal-ground fixed inset-0 z-20 grid place-items-center p-4">
      <Modal className="w-full max-w-md rounded-xl bg-surface p-6 shadow-3 forced-colors:border">
        <Dialog role="alertdialog" className="flex flex-col gap-3">
          <Heading slot="title" className="text-h2">{title}</Heading>
          <div className="text-body text-ink-2">{children}</div>
          <div className="mt-3 flex flex-wrap justify-end gap-2">
            <Button autoFocus isDisabled={busy} onPress={onClose}>{f.t('common.cancel')}</Button>
            <Button look="destroy" busy={busy} onPress={onConfirm}>{action}</Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
