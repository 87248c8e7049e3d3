import { CircleAlert, CircleCheck, X } from 'lucide-react'
import { useStore } from 'zustand'
import { Button, IconButton } from '../components/Button.tsx'
import { Icon } from '../components/Icon.tsx'
import { useFormat } from '../i18n/Language.tsx'
import { useStores } from '../stores/context.tsx'

/** What was just done, with its way back; the live regions say it aloud. Stays while somebody points at it or has focus inside. */
export function Toasts() {
  const f = useFormat()
  const { notices } = useStores()
  const shown = useStore(notices.store, (state) => state.notices)
  return (
    <section aria-label={f.t('notices.label')} className="pointer-events-none fixed inset-x-4 bottom-4 z-30 flex flex-col items-center gap-2">
      {shown.map(({ id, tone, text, action }) => (
        <div key={id} onPointerEnter={() => notices.hold(id)} onPointerLeave={() => notices.release(id)} onFocus={() => notices.hold(id)} onBlur={() => notices.release(id)}
          className="pointer-events-auto flex w-full max-w-lg items-center gap-3 rounded-lg bg-surface py-2.5 ps-4 pe-2 text-small shadow-3 forced-colors:border">
          <Icon of={tone === 'problem' ? CircleAlert : CircleCheck} look="nav" className={tone === 'problem' ? 'text-clay-text' : 'text-on'} />
          <span className="min-w-0 flex-1">{text}</span>
          {action !== null && (
            <Button size="small" onPress={() => {
              notices.dismiss(id)
              action.run()
            }}>{action.label}</Button>
          )}
          <IconButton icon={X} size="small" label={f.t('notices.dismiss')} onPress={() => notices.dismiss(id)} />
        </div>
      ))}
    </section>
  )
}
