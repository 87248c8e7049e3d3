import { CircleCheck, TriangleAlert } from 'lucide-react'
import type { OnboardingStep } from '../../../contract/nouns/onboarding.ts'
import { Callout } from '../../components/Badge.tsx'
import { Button, LinkButton, TextButton } from '../../components/Button.tsx'
import { Card } from '../../components/Card.tsx'
import { LoadingLines } from '../../components/Waiting.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { useHero } from '../../sharing/useHero.ts'
import { useKnown } from '../../stores/context.tsx'
import { useOrder } from '../../stores/useOrder.ts'
import { StepFoot, StepHead } from './StepFrame.tsx'
import type { StepProps } from './StepFrame.tsx'
import { TestGuestCard } from './TestGuestCard.tsx'
import { whenOf } from './when.ts'

interface Line {
  step: OnboardingStep
  name: string
  value: string
}

/** All of it in five lines, and one button. */
export function ReviewStep({ onboarding, moves }: StepProps) {
  const f = useFormat()
  const share = useKnown('share')
  const node = useKnown('node')
  const order = useOrder('share')
  if (share === null || node === null) return <LoadingLines lines={6} />
  const { limits, rules, on } = share.settings
  const onlyDeploys = onboarding.purpose === 'deploy'
  const lines: Line[] = [
    ...onlyDeploys ? [] : [
      { step: 'check', name: f.t('setup.line.computer'), value: f.t(node.engine.state === 'ready' ? 'setup.line.engineReady' : 'setup.line.engineNot', { name: f.name(node.label, 63) }) } as const,
      { step: 'share', name: f.t('setup.line.much'), value: f.t('unit.resources', { cores: f.cores(limits.cpuMilli), memory: f.size(limits.memoryMiB), disk: f.size(limits.diskMiB) }) } as const,
      { step: 'share', name: f.t('setup.when'), value: f.t(`setup.when.${whenOf(rules)}`) } as const,
    ],
    { step: 'safety', name: f.t('setup.line.key'), value: f.t(onboarding.keySavedAtMs === null ? 'setup.line.keyNot' : 'setup.line.keySaved') },
    { step: 'safety', name: f.t('setup.line.payout'), value: f.t(`payout.${onboarding.payout ?? 'later'}`) },
  ]

  async function start() {
    if (!onlyDeploys && await order.give((client) => client.share.set({ on: true, pausedUntilMs: null })) === null) return
    await moves.save({ state: 'done', step: 'review' })
  }

  const isDone = onboarding.state === 'done' && (on || onlyDeploys)
  return (
    <>
      <StepHead title={f.t('setup.review.title')} text={f.t(onlyDeploys ? 'setup.review.deployText' : 'setup.review.text')} />
      <Card title={f.t('setup.review.lines')}>
        <dl className="divide-y divide-line">
          {lines.map(({ step, name, value }) => (
            <div key={name} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5 text-small">
              <dt className="basis-40 text-ink-2">{name}</dt>
              <dd className="num min-w-0 flex-1 font-medium">{value}</dd>
              <dd><TextButton onPress={() => void moves.go(step)}>{f.t('setup.change')}<span className="sr-only">{`: ${name}`}</span></TextButton></dd>
            </div>
          ))}
        </dl>
      </Card>
      {isDone && <Started onlyDeploys={onlyDeploys} />}
      {isDone && !onlyDeploys && <TestGuestCard />}
      <StepFoot step="review" onboarding={onboarding} moves={moves} action={isDone
        ? <LinkButton look="primary" size="large" href={onlyDeploys ? '#/apps' : '#/'}>{f.t(onlyDeploys ? 'setup.openDeploy' : 'setup.openHome')}</LinkButton>
        : <Button look="primary" size="large" busy={order.busy || moves.busy} onPress={() => void start()}>{f.t(onlyDeploys ? 'setup.finish' : 'setup.start')}</Button>} />
    </>
  )
}

/** What became of it, in the words of the one sharing state. */
function Started({ onlyDeploys }: { onlyDeploys: boolean }) {
  const f = useFormat()
  const hero = useHero()
  const isWell = onlyDeploys || hero?.tone !== 'stop'
  return (
    <div role="status">
      <Callout tone={isWell ? 'good' : 'attention'} icon={isWell ? CircleCheck : TriangleAlert}>
        <p className="font-medium text-ink">{onlyDeploys ? f.t('setup.doneDeploy') : hero?.headline ?? f.t('common.loading')}</p>
        <p>{isWell ? f.t(onlyDeploys ? 'setup.doneDeployText' : 'setup.canClose') : hero.sentence}</p>
      </Callout>
    </div>
  )
}
