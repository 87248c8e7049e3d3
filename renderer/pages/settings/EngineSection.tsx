import { Power, RotateCw } from 'lucide-react'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import type { FoundEngine } from '../../../contract/nouns/engine-setup.ts'
import type { EngineStatus } from '../../../contract/nouns/node.ts'
import { Badge } from '../../components/Badge.tsx'
import type { Tone } from '../../components/Badge.tsx'
import { Button, TextButton } from '../../components/Button.tsx'
import { Card } from '../../components/Card.tsx'
import { KeyValue, KeyValues } from '../../components/KeyValue.tsx'
import { Outside } from '../../components/Outside.tsx'
import { Problem } from '../../components/Problem.tsx'
import { LoadingLines } from '../../components/Waiting.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import type { MessageId } from '../../i18n/messages.ts'
import { engineStoppedText } from '../../sharing/hero.ts'
import { useKnown, useStores } from '../../stores/context.tsx'
import { isUnderWay } from '../../stores/engineSetup.ts'
import { EnginePlan } from './EnginePlan.tsx'
import { EngineRun } from './EngineRun.tsx'

/** The engine that guest apps run in: whether it is well, what there is, and getting one. */
export function EngineSection() {
  const f = useFormat()
  const { engineSetup, connection } = useStores()
  const state = useStore(engineSetup.store)
  const isOpen = useStore(connection.state, ({ kind }) => kind === 'open')
  const engine = useKnown('node')?.engine ?? null
  useEffect(() => {
    if (isOpen) void engineSetup.look()
  }, [isOpen, engineSetup])
  return (
    <>
      <Card title={f.t('health.engine')} {...engine !== null && { end: <EngineBadge engine={engine} /> }}>
        {engine === null ? <LoadingLines lines={3} quiet /> : <Status engine={engine} />}
      </Card>
      {state.problem !== null && <Problem error={state.problem} onRetry={() => void engineSetup.look()} />}
      {state.run !== null && <EngineRun run={state.run} />}
      {state.found !== null && !isUnderWay(state.run) && engine?.state !== 'ready' && <EnginePlan plan={state.found.plan} />}
      <Card title={f.t('engines.title')} end={<TextButton onPress={() => void engineSetup.look()}>{f.t(state.looking ? 'engines.looking' : 'engines.again')}</TextButton>}>
        {state.found === null && state.problem === null && <LoadingLines lines={2} quiet />}
        {state.found?.engines.length === 0 && <p className="mt-2 text-small text-ink-2">{f.t('engines.none')}</p>}
        <ul className="mt-1 divide-y divide-line">{state.found?.engines.map((one) => <Found key={`${one.product} ${one.place ?? one.foundBy}`} engine={one} busy={state.following} />)}</ul>
      </Card>
    </>
  )
}

function EngineBadge({ engine }: { engine: EngineStatus }) {
  const f = useFormat()
  const { tone, word } = statusLooks[engine.state]
  return <Badge tone={tone} dot>{f.t(engine.state === 'stopped' && engine.hung ? 'engine.state.hung' : word)}</Badge>
}

const statusLooks: Record<EngineStatus['state'], { tone: Tone; word: MessageId }> = {
  ready: { tone: 'good', word: 'engine.state.running' }, missing: { tone: 'attention', word: 'engine.state.missing' }, stopped: { tone: 'problem', word: 'engine.state.stopped' },
  forbidden: { tone: 'problem', word: 'engine.state.forbidden' }, unsafe: { tone: 'problem', word: 'engine.state.unsafe' }, looking: { tone: 'plain', word: 'engine.state.looking' },
}

function Status({ engine }: { engine: EngineStatus }) {
  const f = useFormat()
  switch (engine.state) {
    case 'ready': return (
      <KeyValues>
        <KeyValue name={f.t('engine.version')}><Outside text={`${engine.kind} ${engine.version}`} /></KeyValue>
        <KeyValue name={f.t('engine.isolation')}>{f.t(`isolation.${engine.isolation}`)}</KeyValue>
        <KeyValue name={f.t('engine.containment')}>{f.t(`engine.containment.${engine.containment}`)}</KeyValue>
        {engine.leaks?.map((leak) => <KeyValue key={leak} name={f.t('engine.leak')}><Outside text={leak} maxLength={300} /></KeyValue>)}
        {engine.doubts?.map((doubt) => <KeyValue key={doubt} name={f.t('engine.doubt')}><Outside text={doubt} maxLength={300} /></KeyValue>)}
      </KeyValues>
    )
    case 'missing': return <p className="mt-2 text-small text-ink-2">{f.t('hero.engineMissing.sentence')}</p>
    case 'looking': return <p className="mt-2 text-small text-ink-2">{f.t('hero.starting.engine')}</p>
    case 'stopped': return <p className="mt-2 text-small text-ink-2">{engineStoppedText(engine, f.time(engine.sinceMs), f)}</p>
    case 'forbidden': return <p className="mt-2 text-small text-ink-2">{f.t('hero.engineForbidden.sentence')}</p>
    case 'unsafe': return <p className="mt-2 text-small text-ink-2"><Outside text={`${engine.message} ${engine.update}`} maxLength={400} /></p>
  }
}

/** Which version has which hole, and why one cannot be used, are the service's and the engine's own words. */
function FoundText({ engine: { state, message } }: { engine: FoundEngine }) {
  const f = useFormat()
  return state === 'unsafe' || state === 'unfit' ? <Outside text={message} maxLength={300} /> : f.t(`engines.found.${state}`)
}

const foundLooks: Record<FoundEngine['state'], { tone: Tone; word: MessageId }> = {
  running: { tone: 'good', word: 'engine.state.running' }, stopped: { tone: 'plain', word: 'engine.state.stopped' }, hung: { tone: 'problem', word: 'engine.state.hung' },
  forbidden: { tone: 'attention', word: 'engine.state.forbidden' }, unsafe: { tone: 'problem', word: 'engine.state.unsafe' }, unfit: { tone: 'attention', word: 'engine.state.unfit' },
}

function Found({ engine, busy }: { engine: FoundEngine; busy: boolean }) {
  const f = useFormat()
  const { engineSetup } = useStores()
  const { tone, word } = foundLooks[engine.state]
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3 text-small">
      <div className="min-w-0 flex-1 basis-60">
        <p className="flex flex-wrap items-center gap-2 font-semibold"><Outside text={engine.name} /><Badge tone={tone} dot>{f.t(word)}</Badge></p>
        <p className="text-ink-2"><FoundText engine={engine} /></p>
        {engine.place !== null && <p className="text-caption text-ink-3"><Outside code text={engine.place} maxLength={120} /></p>}
      </div>
      {engine.canStart && <Button size="small" icon={Power} busy={busy} onPress={() => void engineSetup.start()}>{f.t('engines.start')}</Button>}
      {engine.state === 'hung' && <Button size="small" icon={RotateCw} onPress={() => void engineSetup.look()}>{f.t('engines.again')}</Button>}
    </li>
  )
}
