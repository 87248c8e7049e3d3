import { Check, Circle, CircleAlert, LoaderCircle, Undo2, X } from 'lucide-react'
import type { LucideIcon } from 'lucide-react'
import { useState } from 'react'
import { useStore } from 'zustand'
import type { SetupRun } from '../../../contract/nouns/engine-setup.ts'
import { Badge } from '../../components/Badge.tsx'
import type { Tone } from '../../components/Badge.tsx'
import { Button } from '../../components/Button.tsx'
import { Card } from '../../components/Card.tsx'
import { Confirm } from '../../components/Confirm.tsx'
import { Icon } from '../../components/Icon.tsx'
import { Outside } from '../../components/Outside.tsx'
import { Problem } from '../../components/Problem.tsx'
import { Progress } from '../../components/RoomBar.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { useStores } from '../../stores/context.tsx'
import { isUnderWay } from '../../stores/engineSetup.ts'

const stateTones: Record<SetupRun['state'], Tone> = {
  'running': 'info', 'waiting-for-consent': 'attention', 'done': 'good', 'failed': 'problem', 'cancelled': 'plain', 'restart-needed': 'attention', 'interrupted': 'attention',
}

/** A setup, step by step, as it goes; afterwards what it did, and the way back. */
export function EngineRun({ run }: { run: SetupRun }) {
  const f = useFormat()
  const { engineSetup } = useStores()
  const under = isUnderWay(run)
  return (
    <Card title={f.t(`run.${run.kind}`, { engine: f.name(run.engineName) })} end={<Badge tone={stateTones[run.state]} dot>{f.t(`run.state.${run.state}`)}</Badge>}>
      {under && <div className="mt-3"><Progress percent={run.percent} label={f.t('run.progress')} spoken={f.percent(run.percent / 100)} /></div>}
      {run.state === 'waiting-for-consent' && <p className="mt-3 text-small">{f.t('run.consent')}</p>}
      {run.state === 'restart-needed' && <p className="mt-3 text-small">{f.t('run.restartNeeded')}</p>}
      <ol className="mt-3 flex flex-col gap-1.5">{run.steps.map((step) => <Step key={step.id} step={step} />)}</ol>
      {run.problem !== null && <div className="mt-3"><Problem error={run.problem} /></div>}
      {under && run.output.length > 0 && (
        <pre dir="ltr" tabIndex={0} aria-label={f.t('run.output')} className="mt-3 max-h-40 overflow-auto rounded-md bg-well p-3 font-mono text-caption">{run.output.join('\n')}</pre>
      )}
      {!under && run.did.length > 0 && <ul className="mt-3 list-inside list-disc text-small text-ink-2">{run.did.map((text) => <li key={text}><Outside text={text} maxLength={300} /></li>)}</ul>}
      <div className="mt-4 flex flex-wrap gap-2">
        {under && <Button icon={X} onPress={() => void engineSetup.cancel()}>{f.t('common.cancel')}</Button>}
        {canUndo(run) && <UndoSetup run={run} />}
      </div>
    </Card>
  )
}

function canUndo(run: SetupRun): boolean {
  return run.kind === 'install' && !isUnderWay(run) && run.steps.some(({ state }) => state === 'done' || state === 'failed')
}

const stepLooks: Record<SetupRun['steps'][number]['state'], { icon: LucideIcon; ink: string }> = {
  waiting: { icon: Circle, ink: 'text-ink-3' }, running: { icon: LoaderCircle, ink: 'text-primary-text spin' }, done: { icon: Check, ink: 'text-on' }, already: { icon: Check, ink: 'text-ink-3' },
  failed: { icon: CircleAlert, ink: 'text-clay-text' }, undone: { icon: Undo2, ink: 'text-ink-3' }, kept: { icon: Check, ink: 'text-ink-3' },
}

function Step({ step }: { step: SetupRun['steps'][number] }) {
  const f = useFormat()
  const { icon, ink } = stepLooks[step.state]
  return (
    <li className="flex items-start gap-2.5 text-small" {...step.state === 'running' && { 'aria-current': 'step' as const }}>
      <Icon of={icon} className={`mt-0.5 ${ink}`} />
      <span className="min-w-0">
        <Outside text={step.title} maxLength={200} /> <span className="text-caption text-ink-3">{f.t(`run.step.${step.state}`)}</span>
        {step.note !== null && <span className="block text-caption text-ink-2"><Outside text={step.note} maxLength={200} /></span>}
      </span>
    </li>
  )
}

function UndoSetup({ run }: { run: SetupRun }) {
  const f = useFormat()
  const { engineSetup } = useStores()
  const following = useStore(engineSetup.store, (state) => state.following)
  const [asking, setAsking] = useState(false)
  return (
    <>
      <Button look="danger" icon={Undo2} busy={following} onPress={() => setAsking(true)}>{f.t('run.undo.action')}</Button>
      <Confirm isOpen={asking} title={f.t('run.undo.title', { engine: f.name(run.engineName) })} action={f.t('run.undo.action')} onClose={() => setAsking(false)} onConfirm={() => {
        setAsking(false)
        void engineSetup.undo()
      }}>{f.t('run.undo.text')}</Confirm>
    </>
  )
}
