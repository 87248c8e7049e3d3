import { Check, Circle, CircleAlert, LoaderCircle, Play } from 'lucide-react'
import type { LucideIcon } from 'lucide-react'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import type { TestGuest } from '../../../contract/nouns/onboarding.ts'
import { Badge } from '../../components/Badge.tsx'
import type { Tone } from '../../components/Badge.tsx'
import { Button } from '../../components/Button.tsx'
import { Card } from '../../components/Card.tsx'
import { Icon } from '../../components/Icon.tsx'
import { Problem } from '../../components/Problem.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { useStores } from '../../stores/context.tsx'

const tones: Record<TestGuest['state'], Tone> = { running: 'info', done: 'good', failed: 'problem' }

/** A guest of one's own, the whole way: to see it work before the first stranger comes. */
export function TestGuestCard() {
  const f = useFormat()
  const { testGuest, connection } = useStores()
  const { run, following, problem } = useStore(testGuest.store)
  const isOpen = useStore(connection.state, ({ kind }) => kind === 'open')
  useEffect(() => {
    if (isOpen) void testGuest.look()
  }, [isOpen, testGuest])
  return (
    <Card title={f.t('test.title')} {...run !== null && { end: <Badge tone={tones[run.state]} dot>{f.t(`test.state.${run.state}`)}</Badge> }}>
      <p className="mt-1 max-w-prose text-small text-ink-2">{f.t('test.text')}</p>
      {run !== null && <ol className="mt-3 flex flex-col gap-1.5">{run.steps.map((step) => <Step key={step.id} step={step} run={run} />)}</ol>}
      <p role="status" className="sr-only">{run === null ? '' : f.t(`test.state.${run.state}`)}</p>
      {run?.state === 'done' && run.settledMicro !== null && run.voucherMicro !== null && (
        <p className="mt-3 text-small">{f.t('test.done', { settled: f.amount(run.settledMicro), voucher: f.amount(run.voucherMicro) })}</p>
      )}
      {run?.problem != null && <div className="mt-3"><Problem error={run.problem} /></div>}
      {problem !== null && <div className="mt-3"><Problem error={problem} /></div>}
      <div className="mt-4"><Button icon={Play} busy={following || run?.state === 'running'} onPress={() => void testGuest.begin()}>{f.t(run === null ? 'test.run' : 'test.again')}</Button></div>
    </Card>
  )
}

const looks: Record<TestGuest['steps'][number]['state'], { icon: LucideIcon; ink: string }> = {
  waiting: { icon: Circle, ink: 'text-ink-3' }, running: { icon: LoaderCircle, ink: 'text-primary-text spin' }, done: { icon: Check, ink: 'text-on' }, failed: { icon: CircleAlert, ink: 'text-clay-text' },
}

function Step({ step, run }: { step: TestGuest['steps'][number]; run: TestGuest }) {
  const f = useFormat()
  const { icon, ink } = looks[step.state]
  return (
    <li className="flex items-start gap-2.5 text-small" {...step.state === 'running' && { 'aria-current': 'step' as const }}>
      <Icon of={icon} className={`mt-0.5 ${ink}`} />
      <span className="min-w-0">
        {f.t(`test.step.${step.id}`)}<span className="sr-only">{`: ${f.t(`test.stepState.${step.state}`)}`}</span>
        {step.tookMs !== null && <span className="num text-caption text-ink-3"> {f.milliseconds(step.tookMs)}</span>}
        {step.id === 'price' && run.rateMonthMicro !== null && <span className="block text-caption text-ink-2">{f.t('money.perMonth', { price: f.price(run.rateMonthMicro) })}</span>}
      </span>
    </li>
  )
}
