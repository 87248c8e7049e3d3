import { OctagonX } from 'lucide-react'
import { useState } from 'react'
import { Button as AriaButton } from 'react-aria-components'
import type { PanicReport } from '../../contract/nouns/panic.ts'
import { Confirm } from '../components/Confirm.tsx'
import { Icon } from '../components/Icon.tsx'
import { Tip } from '../components/Tip.tsx'
import type { Format } from '../format/format.ts'
import { useFormat } from '../i18n/Language.tsx'
import { useKnown, useStores } from '../stores/context.tsx'
import { useOrder } from '../stores/useOrder.ts'

/** Stops everything at once: sharing off, every guest ended. Asks once, and says what it did. */
export function PanicButton() {
  const f = useFormat()
  const { notices } = useStores()
  const order = useOrder('panic')
  const known = useKnown('share') !== null
  const [asking, setAsking] = useState(false)

  async function stopEverything() {
    const report = await order.give((client) => client.share.panic())
    setAsking(false)
    if (report !== null) notices.show({ topic: 'panic', tone: report.left.length === 0 ? 'info' : 'problem', text: panicText(report, f), action: null })
  }

  if (!known) return null
  return (
    <>
      <Tip text={f.t('panic.action')} onlyNarrow>
        <AriaButton onPress={() => setAsking(true)} className="flex h-9 items-center justify-center gap-2.75 rounded-md px-2.5 font-medium text-clay-text hovered:bg-clay-soft side:justify-start">
          <Icon of={OctagonX} look="nav" />
          <span className="sr-only side:not-sr-only">{f.t('panic.action')}</span>
        </AriaButton>
      </Tip>
      <Confirm isOpen={asking} title={f.t('panic.title')} action={f.t('panic.action')} busy={order.busy} onConfirm={() => void stopEverything()} onClose={() => setAsking(false)}>
        {f.t('panic.text')}
      </Confirm>
    </>
  )
}

/** What was stopped, and what may still run. */
export function panicText({ stopped, left, tookMs }: PanicReport, f: Format): string {
  const seconds = f.number(tookMs / 1000, { maximumFractionDigits: 1 })
  return left.length === 0 ? f.t('panic.done', { stopped, seconds }) : f.t('panic.left', { left: left.length, why: f.name(left[0]?.why ?? '', 200) })
}
