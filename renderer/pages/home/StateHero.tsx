import { CircleAlert, Download, KeyRound, Pause, Play, Power, RotateCw, SlidersHorizontal, Stethoscope } from 'lucide-react'
import type { LucideIcon } from 'lucide-react'
import type { EngineStatus } from '../../../contract/nouns/node.ts'
import { useNow } from '../../base/useNow.ts'
import { Dot } from '../../components/Badge.tsx'
import { Button, LinkButton } from '../../components/Button.tsx'
import type { ButtonSize } from '../../components/Button.tsx'
import { Icon } from '../../components/Icon.tsx'
import { Switch } from '../../components/Switch.tsx'
import { Tree } from '../../components/Tree.tsx'
import { Skeleton } from '../../components/Waiting.tsx'
import type { MessageId } from '../../i18n/messages.ts'
import { useFormat } from '../../i18n/Language.tsx'
import { useKnown, useStores } from '../../stores/context.tsx'
import { useSharing } from '../../sharing/useSharing.ts'
import type { HeroAction, HeroView } from '../../sharing/hero.ts'
import { useHero } from '../../sharing/useHero.ts'
import { ConnectButton } from '../connect/ConnectButton.tsx'
import { PauseMenu } from './PauseMenu.tsx'

/** The one switch, the one sentence. Changes of it are announced by the shell. */
export function StateHero() {
  const view = useHero()
  const guests = useKnown('node')?.guests ?? 0
  const engine = useKnown('node')?.engine ?? null
  if (view === null) return <HeroSkeleton />
  return (
    <section aria-labelledby="hero-headline" data-tone={view.tone} className="hero flex flex-col justify-between gap-5 px-5 py-6.5 table:px-7">
      <div className="hero-words">
        <p className="hero-accent flex items-center gap-2 text-small font-semibold"><StatusMark view={view} />{view.status}</p>
        <h1 id="hero-headline" className="mt-2 text-hero tracking-tight">{view.headline}</h1>
        <p className="mt-1.5 text-lead text-ink-2">{view.sentence}</p>
      </div>
      <div className="hero-words relative z-1 flex flex-wrap items-center gap-4">
        <Controls view={view} />
        {engine?.state === 'stopped' && view.urgent && <NextTry engine={engine} />}
      </div>
      <Tree guests={guests} mood={view.mood} className="hero-tree" />
    </section>
  )
}

function StatusMark({ view }: { view: HeroView }) {
  switch (view.tone) {
    case 'on': return <Dot tone="good" />
    case 'plain': return <Dot tone="plain" />
    case 'pause': return <Icon of={Pause} />
    case 'stop': return <Icon of={CircleAlert} />
  }
}

type OrderAction = Exclude<HeroAction, 'connect' | LinkAction>
type LinkAction = 'change-rule' | 'install-engine' | 'restart-engine' | 'allow-engine' | 'what-happened' | 'share-less' | 'test-connection'

const orderLooks: Record<OrderAction, { icon: LucideIcon; label: MessageId }> = {
  'turn-on': { icon: Power, label: 'hero.turnOn' },
  'turn-off': { icon: Power, label: 'hero.turnOff' },
  pause: { icon: Pause, label: 'hero.pause' },
  resume: { icon: Play, label: 'hero.resume' },
  anyway: { icon: Play, label: 'sharing.anyway' },
  'network-fine': { icon: Play, label: 'sharing.networkFine' },
  'start-engine': { icon: Power, label: 'hero.startEngine' },
  'retry-engine': { icon: RotateCw, label: 'common.tryAgain' },
}
const links: Record<LinkAction, { icon: LucideIcon; label: MessageId; href: string }> = {
  'change-rule': { icon: SlidersHorizontal, label: 'hero.changeRule', href: '#/settings/when' },
  'install-engine': { icon: Download, label: 'hero.installEngine', href: '#/settings/engine' },
  // the words come before the deed
  'restart-engine': { icon: RotateCw, label: 'hero.restartEngine', href: '#/settings/engine' },
  'allow-engine': { icon: KeyRound, label: 'hero.allowEngine', href: '#/settings/engine' },
  'what-happened': { icon: Stethoscope, label: 'hero.whatHappened', href: '#/diagnostics' },
  'test-connection': { icon: Stethoscope, label: 'hero.testConnection', href: '#/diagnostics' },
  'share-less': { icon: SlidersHorizontal, label: 'hero.shareLess', href: '#/settings/share' },
}

function Controls({ view }: { view: HeroView }) {
  const f = useFormat()
  const sharing = useSharing()
  const size = view.switch === null ? 'large' : 'medium'
  return (
    <>
      {view.switch !== null && (
        <Switch size="big" look={view.switch} label={f.t('sharing.label')} busy={sharing.busy} onChange={(wanted) => wanted ? sharing.turnOn() : sharing.turnOff()} />
      )}
      {view.actions.map((action, index) => {
        const main = index === 0 && view.tone !== 'on' && view.tone !== 'pause'
        if (action === 'connect') return <ConnectButton key={action} look="hero" />
        if (isLink(action)) {
          const { icon, label, href } = links[action]
          return <LinkButton key={action} href={href} icon={icon} size={size} look={main ? 'primary' : action === 'change-rule' ? 'ghost' : 'hero'}>{f.t(label)}</LinkButton>
        }
        return <OrderButton key={action} action={action} sharing={sharing} size={size} main={main} />
      })}
      {view.actions.includes('pause') && <PauseMenu sharing={sharing} size={size} />}
    </>
  )
}

function isLink(action: HeroAction): action is LinkAction {
  return Object.hasOwn(links, action)
}

function OrderButton({ action, sharing, size, main }: { action: OrderAction; sharing: ReturnType<typeof useSharing>; size: ButtonSize; main: boolean }) {
  const f = useFormat()
  const run: Record<OrderAction, () => void> = {
    'turn-on': sharing.turnOn, 'turn-off': sharing.turnOff, pause: () => sharing.pause(), resume: sharing.resume, anyway: sharing.anyway, 'network-fine': sharing.anyway,
    'start-engine': () => void sharing.startEngine(), 'retry-engine': sharing.retryEngine,
  }
  const { icon, label } = orderLooks[action]
  const busy = action === 'retry-engine' || action === 'start-engine' ? sharing.retrying : sharing.busy
  return <Button look={main ? 'primary' : 'hero'} size={size} icon={icon} busy={busy} onPress={run[action]}>{f.t(label)}</Button>
}

function NextTry({ engine }: { engine: Extract<EngineStatus, { state: 'stopped' }> }) {
  const f = useFormat()
  const nowMs = useNow(useStores().clock, 1000)
  const leftMs = engine.nextRetryMs - nowMs
  return <span className="num text-small text-ink-2">{leftMs > 0 ? f.t('hero.engineStopped.nextTry', { left: f.countdown(leftMs) }) : f.t('hero.engineStopped.trying')}</span>
}

function HeroSkeleton() {
  const f = useFormat()
  return (
    <section data-tone="plain" className="hero flex flex-col justify-between gap-5 px-5 py-6.5 table:px-7">
      <div className="flex flex-col gap-3">
        <h1 className="sr-only">{f.t('nav.home')}</h1>
        <Skeleton className="h-4 w-36" />
        <Skeleton className="h-8 w-72" />
        <Skeleton className="h-4 w-96 max-w-full" />
        <p className="late text-caption text-ink-3">{f.t('common.loading')}</p>
      </div>
      <Skeleton className="h-10 w-18" />
    </section>
  )
}
