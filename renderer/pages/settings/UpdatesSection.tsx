import { Download, RefreshCw, TriangleAlert } from 'lucide-react'
import { updateChannels } from '../../../contract/nouns/updates.ts'
import type { UpdateState, UpdateStatus } from '../../../contract/nouns/updates.ts'
import { Badge, Callout } from '../../components/Badge.tsx'
import type { Tone } from '../../components/Badge.tsx'
import { Button } from '../../components/Button.tsx'
import { Card } from '../../components/Card.tsx'
import { CopyButton } from '../../components/CopyButton.tsx'
import { KeyValue, KeyValues } from '../../components/KeyValue.tsx'
import { Outside } from '../../components/Outside.tsx'
import { Problem } from '../../components/Problem.tsx'
import { Segments } from '../../components/Segments.tsx'
import { LoadingLines } from '../../components/Waiting.tsx'
import { useNow } from '../../base/useNow.ts'
import { useFormat } from '../../i18n/Language.tsx'
import type { MessageId } from '../../i18n/messages.ts'
import { useFeed, useStores } from '../../stores/context.tsx'
import { useOrder } from '../../stores/useOrder.ts'
import { updateSentence } from '../../updates/sentence.ts'

/** Which version this is, whether there is a newer one, and how it comes. */
export function UpdatesSection() {
  const f = useFormat()
  const feed = useFeed('updates')
  if (feed.kind === 'loading') return <LoadingLines lines={4} />
  if (feed.kind === 'failed' && feed.value === null) return <Problem error={feed.error} />
  const status = feed.value
  return status === null ? null : (
    <>
      <Card title={f.t('settings.updates')} end={<Badge tone={looks[status.state.kind].tone} dot>{f.t(looks[status.state.kind].word)}</Badge>}>
        <Known status={status} />
      </Card>
      {status.way.kind !== 'none' && status.way.kind !== 'elsewhere' && <Channel status={status} />}
    </>
  )
}

const looks: Record<UpdateState['kind'], { tone: Tone; word: MessageId }> = {
  idle: { tone: 'good', word: 'updates.idle' }, checking: { tone: 'plain', word: 'updates.checking' }, available: { tone: 'info', word: 'updates.available' },
  downloading: { tone: 'info', word: 'updates.downloading' }, ready: { tone: 'info', word: 'updates.ready' }, installing: { tone: 'info', word: 'updates.installing' },
  failed: { tone: 'attention', word: 'updates.failed' },
}

/** It is there, and was tried. */
function isNotInstalled(state: UpdateState): boolean {
  return state.kind === 'failed' && state.reason === 'install-failed' && state.version !== null
}

function Known({ status }: { status: UpdateStatus }) {
  const f = useFormat()
  const { state, way } = status
  const nowMs = useNow(useStores().clock, 60_000)
  const order = useOrder('updates')
  const canAsk = way.kind === 'desktop' || way.kind === 'command'
  return (
    <div className="mt-2 flex flex-col gap-3.5">
      <KeyValues>
        <KeyValue name={f.t('updates.installed')}><bdi>{status.installed}</bdi></KeyValue>
        {state.kind === 'idle' && state.checkedAtMs !== null && <KeyValue name={f.t('updates.checkedAt')}>{f.exactly(state.checkedAtMs, nowMs)}</KeyValue>}
      </KeyValues>
      {state.kind === 'failed' ? <Callout tone="attention" icon={TriangleAlert}>{updateSentence(status, f)}</Callout> : <p className="text-small text-ink-2" role="status">{updateSentence(status, f)}</p>}
      <div className="flex flex-wrap gap-2.5">
        {canAsk && state.kind !== 'ready' && (
          <Button size="small" icon={RefreshCw} busy={order.busy || state.kind === 'checking'} onPress={() => void order.give((client) => client.updates.check())}>{f.t('updates.check')}</Button>
        )}
        {way.kind === 'desktop' && (state.kind === 'ready' || isNotInstalled(state)) && (
          <Button size="small" look={state.kind === 'ready' ? 'primary' : 'plain'} icon={Download} busy={order.busy} onPress={() => void order.give((client) => client.updates.install())}>{f.t('updates.now')}</Button>
        )}
      </div>
      {(way.kind === 'command' || way.kind === 'elsewhere') && (
        <p className="flex flex-wrap items-center gap-2 text-small text-ink-2">
          <Outside code text={way.command} maxLength={200} /><CopyButton text={way.command} label={f.t('common.copy')} iconOnly />
        </p>
      )}
    </div>
  )
}

function Channel({ status }: { status: UpdateStatus }) {
  const f = useFormat()
  const order = useOrder('update-channel')
  return (
    <Card title={f.t('updates.channel')}>
      <p className="mt-1 mb-3 text-small text-ink-2">{f.t('updates.channelText')}</p>
      <Segments label={f.t('updates.channel')} chosen={status.channel} segments={updateChannels.map((id) => ({ id, label: f.t(`updates.channel.${id}`) }))}
        onChoose={(channel) => { if (channel !== status.channel) void order.give((client) => client.updates.setChannel({ channel }), { text: f.t('settings.changed'), action: null }) }} />
    </Card>
  )
}
