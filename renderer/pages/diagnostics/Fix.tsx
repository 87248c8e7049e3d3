import { Download, KeyRound, Power, RotateCw, SlidersHorizontal } from 'lucide-react'
import type { DoctorFinding } from '../../../contract/nouns/node.ts'
import { Button, LinkButton } from '../../components/Button.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { useSharing } from '../../sharing/useSharing.ts'
import { useKnown, useStores } from '../../stores/context.tsx'
import { ConnectButton } from '../connect/ConnectButton.tsx'

/** The button that mends it, where one can. */
export function Fix({ finding: { id, status } }: { finding: DoctorFinding }) {
  const f = useFormat()
  if (status === 'ok') return null
  switch (id) {
    case 'engine': return <FixEngine />
    case 'disk': return <LinkButton size="small" href="#/settings/share" icon={SlidersHorizontal}>{f.t('hero.shareLess')}</LinkButton>
    case 'peers': case 'network': return <ConnectButton look="plain" />
    case 'updates': return <LinkButton size="small" href="#/settings/updates" icon={Download}>{f.t('settings.updates')}</LinkButton>
    case 'clock': case 'data-dir': case 'service': case 'node': return <CheckAgain />
  }
}

function FixEngine() {
  const f = useFormat()
  const { doctor } = useStores()
  const sharing = useSharing()
  const engine = useKnown('node')?.engine
  if (engine?.state === 'missing') return <LinkButton size="small" look="primary" href="#/settings/engine" icon={Download}>{f.t('hero.installEngine')}</LinkButton>
  if (engine?.state === 'forbidden') return <LinkButton size="small" look="primary" href="#/settings/engine" icon={KeyRound}>{f.t('hero.allowEngine')}</LinkButton>
  if (engine?.state === 'stopped' && engine.hung) return <LinkButton size="small" look="primary" href="#/settings/engine" icon={RotateCw}>{f.t('hero.restartEngine')}</LinkButton>
  if (engine?.state === 'stopped') return <Button size="small" look="primary" icon={Power} busy={sharing.retrying} onPress={() => void sharing.startEngine().then(() => doctor.run())}>{f.t('hero.startEngine')}</Button>
  return <CheckAgain />
}

/** What only the owner can mend is looked at again afterwards. */
function CheckAgain() {
  const f = useFormat()
  const { doctor } = useStores()
  return <Button size="small" icon={RotateCw} onPress={() => void doctor.run()}>{f.t('health.again')}</Button>
}
