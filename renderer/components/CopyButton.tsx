import { Copy } from 'lucide-react'
import { useFormat } from '../i18n/Language.tsx'
import { useStores } from '../stores/context.tsx'
import { Button, IconButton } from './Button.tsx'

/** Puts text on the clipboard and says whether that worked. */
export function useCopy(): (text: string) => void {
  const f = useFormat()
  const { notices } = useStores()
  return (text) => {
    navigator.clipboard.writeText(text).then(
      () => notices.show({ topic: 'copy', tone: 'info', text: f.t('common.copied'), action: null }),
      () => notices.show({ topic: 'copy', tone: 'problem', text: f.t('common.copyFailed'), action: null }),
    )
  }
}

export function CopyButton({ text, label, iconOnly = false }: { text: string; label: string; iconOnly?: boolean }) {
  const copy = useCopy()
  return iconOnly
    ? <IconButton icon={Copy} label={label} look="plain" size="small" onPress={() => copy(text)} />
    : <Button icon={Copy} size="small" onPress={() => copy(text)}>{label}</Button>
}

/** A command to run elsewhere, with a button that copies it. */
export function Command({ text }: { text: string }) {
  const f = useFormat()
  return (
    <div className="flex max-w-full items-center gap-2 rounded-md border border-line bg-surface p-1 ps-3">
      <code dir="ltr" tabIndex={0} className="min-w-0 flex-1 overflow-x-auto font-mono text-small whitespace-pre">{text}</code>
      <CopyButton text={text} label={f.t('common.copy')} iconOnly />
    </div>
  )
}
