import { Switch } from '../components/Switch.tsx'
import { useFormat } from '../i18n/Language.tsx'
import { barSwitch } from '../sharing/hero.ts'
import { useHero } from '../sharing/useHero.ts'
import { useSharing } from '../sharing/useSharing.ts'
import { useKnown } from '../stores/context.tsx'

/** The state of sharing in two lines, with its switch, on every screen. */
export function SharingBar() {
  const f = useFormat()
  const view = useHero()
  const share = useKnown('share')
  const sharing = useSharing()
  const purpose = useKnown('onboarding')?.purpose ?? null
  if (view === null || share === null || (purpose === 'deploy' && !share.settings.on)) return null
  return (
    <section aria-label={f.t('sharing.label')} className="flex items-center justify-center gap-2.5 rounded-md border border-line bg-surface p-2.5 side:justify-between">
      <p className="sr-only min-w-0 side:not-sr-only">
        <span className="block text-small font-semibold">{f.t('sharing.label')}</span>
        <span className="block text-caption text-ink-3">{view.note}</span>
      </p>
      <Switch look={barSwitch(share.state, share.settings.on)} label={f.t('sharing.label')} busy={sharing.busy}
        onChange={(wanted) => wanted ? sharing.turnOn() : sharing.turnOff()} />
    </section>
  )
}
