import { CircleAlert, Download, KeyRound, Power, RotateCw } from 'lucide-react'
import { Button as Trigger, Disclosure, DisclosurePanel } from 'react-aria-components'
import type { SetupPlan, SetupStepView } from '../../../contract/nouns/engine-setup.ts'
import { Callout } from '../../components/Badge.tsx'
import { Button, LinkButton } from '../../components/Button.tsx'
import { Card } from '../../components/Card.tsx'
import { Outside } from '../../components/Outside.tsx'
import type { Format } from '../../format/format.ts'
import { useFormat } from '../../i18n/Language.tsx'
import { useStores } from '../../stores/context.tsx'

/** What getting an engine would do, said before it is done; one button does it. */
export function EnginePlan({ plan }: { plan: SetupPlan }) {
  const f = useFormat()
  const { engineSetup } = useStores()
  switch (plan.kind) {
    case 'ready': return null
    case 'start': case 'restart': case 'allow': return (
      <Card title={f.t(`plan.${plan.kind}`, { engine: f.name(plan.engine.name) })}>
        <Sentences sentences={[f.t(`plan.${plan.kind}.text`, { engine: f.name(plan.engine.name), group: f.name('docker') }), ...promptSentences(plan, f)]} />
        <div className="mt-4"><Button look="primary" size="large" icon={mends[plan.kind].icon} onPress={() => void engineSetup.carryOut(plan.planId)}>{f.t(mends[plan.kind].label)}</Button></div>
        <StepDetails steps={plan.steps} done={[]} />
      </Card>
    )
    case 'install': return (
      <Card title={f.t('plan.install', { engine: f.name(plan.engineName) })}>
        <Sentences sentences={promptSentences(plan, f)} />
        <p className="num mt-2 text-small text-ink-2">{f.t('plan.size', { download: f.size(plan.downloadMiB), disk: f.size(plan.diskMiB), source: f.name(plan.source) })}</p>
        <div className="mt-4 flex flex-wrap items-center gap-3">
          <Button look="primary" size="large" icon={Download} onPress={() => void engineSetup.carryOut(plan.planId)}>{f.t(plan.done.length > 0 ? 'plan.goOn' : 'plan.installNow', { engine: f.name(plan.engineName) })}</Button>
          {plan.terms !== null && plan.terms.url.startsWith('https://') && <LinkButton href={plan.terms.url} elsewhere look="ghost">{f.t('plan.terms', { terms: f.name(plan.terms.name) })}</LinkButton>}
        </div>
        {plan.terms !== null && <p className="mt-2 text-caption text-ink-2">{f.t('plan.accepts', { terms: f.name(plan.terms.name) })}</p>}
        <StepDetails steps={plan.steps} done={plan.done} />
      </Card>
    )
    case 'blocked': return (
      <Card title={f.t('plan.blocked')}>
        <div className="mt-3">
          <Callout tone="attention" icon={CircleAlert}>
            <p className="font-medium text-ink"><Outside text={plan.message} maxLength={400} /></p>
            {plan.next !== null && <p><Outside text={plan.next} maxLength={400} /></p>}
          </Callout>
        </div>
        {plan.stillWorks.length > 0 && <p className="mt-3 text-small font-medium">{f.t('plan.stillWorks')}</p>}
        <ul className="list-inside list-disc text-small text-ink-2">{plan.stillWorks.map((text) => <li key={text}><Outside text={text} maxLength={300} /></li>)}</ul>
      </Card>
    )
  }
}

const mends = {
  start: { icon: Power, label: 'hero.startEngine' }, restart: { icon: RotateCw, label: 'hero.restartEngine' }, allow: { icon: KeyRound, label: 'hero.allowEngine' },
} as const

/** Told before the system's prompt opens, and only where one does. */
function promptSentences({ kind, prompt }: Extract<SetupPlan, { prompt: unknown }>, f: Format): string[] {
  return prompt === 'none' ? [] : [f.t(prompt === 'itself' ? 'plan.prompt.itself' : `plan.prompt.${kind}`)]
}

function Sentences({ sentences }: { sentences: readonly string[] }) {
  return <div className="mt-2 flex flex-col gap-1 text-body text-ink-2">{sentences.map((text) => <p key={text}>{text}</p>)}</div>
}

/** Exactly what is run, for those who want to know. */
function StepDetails({ steps, done }: { steps: readonly SetupStepView[]; done: readonly string[] }) {
  const f = useFormat()
  if (steps.length === 0) return null
  return (
    <Disclosure className="mt-4">
      <Trigger slot="trigger" className="inline-flex min-h-6 items-center rounded-sm text-small font-medium text-primary-text hovered:underline">{f.t('plan.details')}</Trigger>
      <DisclosurePanel>
        <ol className="mt-2 flex flex-col gap-3">
          {steps.map((step) => (
            <li key={step.id} className="text-small">
              <p className="font-medium"><Outside text={step.title} maxLength={200} /> {done.includes(step.id) && <span className="text-ink-3">{f.t('plan.stepDone')}</span>}</p>
              <code dir="ltr" className="mt-1 block overflow-x-auto rounded-sm bg-well px-2.5 py-1.5 font-mono text-caption whitespace-pre" tabIndex={0}>{step.command}</code>
              <p className="text-caption text-ink-2">{step.undo === null ? f.t('plan.noUndo') : <>{f.t('plan.undo')} <Outside code text={step.undo} maxLength={300} /></>}</p>
            </li>
          ))}
        </ol>
      </DisclosurePanel>
    </Disclosure>
  )
}
