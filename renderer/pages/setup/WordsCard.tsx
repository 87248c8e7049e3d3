import { Download, Eye, EyeOff, ShieldCheck, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import type { SyntheticEvent } from 'react'
import type { KeyWords } from '../../../contract/nouns/onboarding.ts'
import { download } from '../../base/download.ts'
import { useNow } from '../../base/useNow.ts'
import { Badge, Callout } from '../../components/Badge.tsx'
import { Button } from '../../components/Button.tsx'
import { Card } from '../../components/Card.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { useStores } from '../../stores/context.tsx'
import { useOrder } from '../../stores/useOrder.ts'
import { WordsInput } from './WordsInput.tsx'

/** As many as a new key has; known for certain once they were asked for. */
const usualCount = 12

/** The words: not in the page until they are asked for, and gone from it when they are hidden or left. */
export function WordsCard({ savedAtMs }: { savedAtMs: number | null }) {
  const f = useFormat()
  const { clock } = useStores()
  const nowMs = useNow(clock, 60_000)
  const order = useOrder('words')
  const [shown, setShown] = useState<KeyWords | null>(null)

  const ask = () => order.give((client) => client.key.words())
  async function show() {
    setShown(await ask())
  }
  async function save() {
    const key = shown ?? await ask()
    if (key !== null) download('depin-words.txt', fileOf(key))
  }

  const words = shown?.words ?? Array.from({ length: usualCount }, () => null)
  return (
    <Card title={f.t('words.title', { count: words.length })} end={shown === null
      ? <Button size="small" icon={Eye} busy={order.busy} onPress={() => void show()}>{f.t('words.show')}</Button>
      : <Button size="small" icon={EyeOff} onPress={() => setShown(null)}>{f.t('words.hide')}</Button>}>
      <ol dir="ltr" aria-label={f.t('words.title', { count: words.length })} className="mt-3 grid grid-cols-2 gap-2 table:grid-cols-3">
        {words.map((word, at) => (
          <li key={at} className="flex items-baseline gap-2 rounded-sm bg-well px-3 py-1.5 font-mono text-small">
            <span className="num text-caption text-ink-3">{at + 1}</span>
            {word === null ? <><span aria-hidden="true">••••••</span><span className="sr-only">{f.t('words.hidden')}</span></> : <span translate="no">{word}</span>}
          </li>
        ))}
      </ol>
      <div className="mt-4 flex flex-wrap gap-2"><Button look="primary" icon={Download} busy={order.busy} onPress={() => void save()}>{f.t('words.save')}</Button></div>
      <div className="mt-4"><Callout tone="attention" icon={TriangleAlert}>{f.t('words.warning')}</Callout></div>
      {savedAtMs === null
        ? <ConfirmWords />
        : <p className="mt-4"><Badge tone="good" icon={ShieldCheck}>{f.t('words.saved', { time: f.exactly(savedAtMs, nowMs) })}</Badge></p>}
    </Card>
  )
}

/** By the file, or by pasting them: whoever has them passes. */
function ConfirmWords() {
  const f = useFormat()
  const order = useOrder('confirm')
  const [text, setText] = useState('')

  async function confirm(event: SyntheticEvent) {
    event.preventDefault()
    if (await order.give((client) => client.key.confirm({ text })) !== null) setText('')
  }

  return (
    <form onSubmit={(event) => void confirm(event)} className="mt-4 flex flex-col items-start gap-3 border-t border-line pt-4">
      <p className="text-small text-ink-2">{f.t('words.notSaved')}</p>
      <WordsInput value={text} onChange={setText} />
      <Button type="submit" busy={order.busy} isDisabled={text.trim() === ''}>{f.t('words.confirm')}</Button>
    </form>
  )
}

/** Read back by whoever takes words: lines with # do not count. In English, as the words are. */
function fileOf({ peerId, words }: KeyWords): string {
  return `# Depin: the ${words.length} words of ${peerId}\n# Whoever has them can be this computer.\n${words.join(' ')}\n`
}
