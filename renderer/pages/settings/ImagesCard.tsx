import { Plus, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { ImagePolicy, ImageRule } from '../../../contract/nouns/images.ts'
import { ImageSubject } from '../../../contract/wire/v1/blocklist.ts'
import type { Client } from '../../api/types.ts'
import { Badge } from '../../components/Badge.tsx'
import { Button, IconButton } from '../../components/Button.tsx'
import { Card } from '../../components/Card.tsx'
import { Field } from '../../components/Field.tsx'
import { Outside } from '../../components/Outside.tsx'
import { Problem } from '../../components/Problem.tsx'
import { Segments } from '../../components/Segments.tsx'
import { Switch } from '../../components/Switch.tsx'
import { LoadingLines } from '../../components/Waiting.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { useStores } from '../../stores/context.tsx'
import { policyOf } from '../../stores/imagePolicy.ts'
import { useOrder } from '../../stores/useOrder.ts'

/** Which images the owner accepts: their own rules, and the lists of others that they follow. */
export function ImagesCard() {
  const f = useFormat()
  const { imagePolicy, connection } = useStores()
  const state = useStore(imagePolicy.store)
  const isOpen = useStore(connection.state, ({ kind }) => kind === 'open')
  useEffect(() => {
    if (isOpen) void imagePolicy.look()
  }, [isOpen, imagePolicy])
  const policy = policyOf(state)
  return (
    <Card title={f.t('images.title')}>
      {state.kind === 'loading' && <LoadingLines lines={3} quiet />}
      {state.kind === 'failed' && <div className="mt-3"><Problem error={state.error} onRetry={() => void imagePolicy.look()} /></div>}
      {policy !== null && <Policy policy={policy} />}
    </Card>
  )
}

/** Each change answers with all the rules as they are now; what is shown can be taken back. */
function usePolicy() {
  const f = useFormat()
  const { imagePolicy } = useStores()
  const order = useOrder('images')
  async function apply(run: (client: Client) => Promise<ImagePolicy>, back: (client: Client) => Promise<ImagePolicy>) {
    const policy = await order.give(run, { text: f.t('settings.changed'), action: { label: f.t('common.undo'), run: () => void undo(back) } })
    if (policy !== null) imagePolicy.put(policy)
  }
  async function undo(back: (client: Client) => Promise<ImagePolicy>) {
    const policy = await order.give(back)
    if (policy !== null) imagePolicy.put(policy)
  }
  return { busy: order.busy, apply }
}

function Policy({ policy }: { policy: ImagePolicy }) {
  const f = useFormat()
  const { apply, busy } = usePolicy()
  const { onlyAllowed, rules, blocklists } = policy
  return (
    <ul className="divide-y divide-line">
      <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3.5">
        <div className="min-w-0 flex-1 basis-60"><p className="font-medium">{f.t('images.onlyAllowed')}</p><p className="text-small text-ink-2">{f.t('images.onlyAllowedText')}</p></div>
        <Switch look={onlyAllowed ? 'on' : 'off'} label={f.t('images.onlyAllowed')} busy={busy}
          onChange={(on) => void apply((client) => client.images.setOnlyAllowed({ on }), (client) => client.images.setOnlyAllowed({ on: onlyAllowed }))} />
      </li>
      {rules.map((rule) => (
        <li key={rule.subject} className="flex items-center gap-3 py-2 text-small">
          <Badge tone={rule.action === 'allow' ? 'good' : 'problem'}>{f.t(`images.${rule.action}`)}</Badge>
          <span className="min-w-0 flex-1"><Outside code text={rule.subject} maxLength={120} /></span>
          <IconButton icon={X} size="small" label={f.t('images.remove', { subject: rule.subject })}
            onPress={() => void apply((client) => client.images.removeRule({ subject: rule.subject }), (client) => client.images.setRule(rule))} />
        </li>
      ))}
      <li className="py-3.5"><NewRule onAdd={(rule) => void apply((client) => client.images.setRule(rule), (client) => client.images.removeRule({ subject: rule.subject }))} /></li>
      {blocklists.map((list) => (
        <li key={list.source} className="py-3 text-small">
          <p className="flex flex-wrap items-center gap-2 font-medium">
            {list.name === null ? <Outside code text={list.source} /> : <Outside text={list.name} />}
            <Badge tone={list.state === 'current' ? 'good' : 'attention'}>{f.t(`images.list.${list.state}`)}</Badge>
          </p>
          <p className="text-ink-2">{f.t('images.entries', { entries: list.entries })}</p>
          {list.problem !== null && <p className="text-ink-2"><Outside text={list.problem} maxLength={300} /></p>}
        </li>
      ))}
    </ul>
  )
}

function NewRule({ onAdd }: { onAdd: (rule: ImageRule) => void }) {
  const f = useFormat()
  const [action, setAction] = useState<ImageRule['action']>('deny')
  const [text, setText] = useState('')
  const subject = ImageSubject.safeParse(text.trim())
  const [tried, setTried] = useState(false)
  return (
    <form className="flex flex-wrap items-end gap-3" onSubmit={(event) => {
      event.preventDefault()
      setTried(!subject.success)
      if (!subject.success) return
      onAdd({ action, subject: subject.data })
      setText('')
    }}>
      <Segments label={f.t('images.action')} chosen={action} onChoose={setAction} segments={[{ id: 'deny', label: f.t('images.deny') }, { id: 'allow', label: f.t('images.allow') }]} />
      <div className="min-w-48 flex-1"><Field label={f.t('images.subject')} value={text} onChange={setText} hint={f.t('images.subjectHint')} error={tried && !subject.success ? f.t('images.subjectError') : null} /></div>
      <Button type="submit" icon={Plus}>{f.t('images.add')}</Button>
    </form>
  )
}
