import { Info, Power } from 'lucide-react'
import { useStore } from 'zustand'
import { noticeKinds } from '../../../contract/desktop/shell.ts'
import { Callout } from '../../components/Badge.tsx'
import { Button } from '../../components/Button.tsx'
import { Card } from '../../components/Card.tsx'
import { Switch } from '../../components/Switch.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { useKnown, useStores } from '../../stores/context.tsx'
import type { Desktop } from '../../stores/desktop.ts'
import { useOrder } from '../../stores/useOrder.ts'

/** What belongs to this copy of the app, and to no other: only on the desktop. */
export function AppSection() {
  const { desktop } = useStores()
  return desktop === null ? null : <OfDesktop desktop={desktop} />
}

function OfDesktop({ desktop: { state, bridge } }: { desktop: Desktop }) {
  const f = useFormat()
  const shell = useStore(state)
  const order = useOrder('app')
  const areWordsKept = (useKnown('onboarding')?.keySavedAtMs ?? null) !== null
  if (shell === null) return null
  return (
    <>
      <Card title={f.t('settings.app')} end={<Button size="small" icon={Power} onPress={() => void bridge.quit()}>{f.t('tray.quit')}</Button>}>
        <ul className="divide-y divide-line">
          <Row title={f.t('app.login')} text={f.t(shell.openAtLogin === null ? 'app.loginUnable' : 'app.loginText')} on={shell.openAtLogin ?? false}
            busy={order.busy || shell.openAtLogin === null} onChange={(on) => void order.give(() => bridge.setOpenAtLogin(on))} />
          {shell.keySealed !== null && (
            <Row title={f.t('app.seal')} text={f.t(areWordsKept || shell.keySealed ? 'app.sealText' : 'app.sealWordsFirst')} on={shell.keySealed}
              busy={order.busy || !(areWordsKept || shell.keySealed)} onChange={(on) => void order.give(() => bridge.setKeySealed(on))} />
          )}
        </ul>
        {!shell.tray && <Callout tone="info" icon={Info}>{f.t('app.noTray')}</Callout>}
        {shell.service.kind === 'elsewhere' && <Callout tone="info" icon={Info}>{f.t('service.elsewhere', { pid: String(shell.service.pid) })}</Callout>}
      </Card>
      <Card title={f.t('app.notify')}>
        <p className="mt-1 text-small text-ink-2">{f.t('app.notifyText')}</p>
        <ul className="divide-y divide-line">
          {noticeKinds.map((kind) => (
            <Row key={kind} title={f.t(`app.notify.${kind}`)} on={shell.notify[kind]} busy={order.busy}
              onChange={(on) => void order.give(() => bridge.setNotify({ kind, on }))} />
          ))}
        </ul>
      </Card>
    </>
  )
}

function Row({ title, text, on, busy, onChange }: { title: string; text?: string; on: boolean; busy: boolean; onChange: (on: boolean) => void }) {
  return (
    <li className="flex items-center gap-4 py-3.5">
      <div className="min-w-0 flex-1">
        <p className="font-medium">{title}</p>
        {text !== undefined && <p className="text-small text-ink-2">{text}</p>}
      </div>
      <Switch look={on ? 'on' : 'off'} label={title} busy={busy} onChange={onChange} />
    </li>
  )
}
