import { BatteryWarning, Boxes, CircleAlert, CloudUpload, HardDrive, Pause, Play, PlugZap, Power, RefreshCw, Server } from 'lucide-react'
import type { LucideIcon } from 'lucide-react'
import { useState } from 'react'
import type { Activity, ActivityKind } from '../../../contract/nouns/node.ts'
import { useNow } from '../../base/useNow.ts'
import { TextButton } from '../../components/Button.tsx'
import { Card } from '../../components/Card.tsx'
import { Icon } from '../../components/Icon.tsx'
import { Problem } from '../../components/Problem.tsx'
import { LoadingLines } from '../../components/Waiting.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { useFeed, useStores } from '../../stores/context.tsx'
import { activityText } from './activityText.ts'

const shownAtFirst = 5

/** What happened, most recent first, a line each. */
export function ActivityCard() {
  const f = useFormat()
  const feed = useFeed('activity')
  const [all, setAll] = useState(false)
  const lines = feed.kind === 'loading' ? null : feed.value
  const hasMore = (lines?.length ?? 0) > shownAtFirst
  return (
    <Card title={f.t('activity.title')} {...hasMore && { end: <TextButton expanded={all} onPress={() => setAll(!all)}>{f.t(all ? 'activity.less' : 'activity.all')}</TextButton> }}>
      {feed.kind === 'loading' && <LoadingLines lines={4} quiet />}
      {feed.kind === 'failed' && <div className="mt-3"><Problem error={feed.error} /></div>}
      {lines?.length === 0 && <p className="mt-3 text-small text-ink-2">{f.t('activity.empty')}</p>}
      {lines !== null && lines.length > 0 && (
        <ul className="mt-1">{lines.slice(0, all ? lines.length : shownAtFirst).map((line) => <ActivityLine key={line.seq} line={line} />)}</ul>
      )}
    </Card>
  )
}

const icons: Record<ActivityKind, LucideIcon> = {
  'node-created': Server, 'node-started': Power, 'power-returned': PlugZap,
  'sharing-on': Power, 'sharing-off': Power, 'sharing-paused': Pause, 'sharing-resumed': Play, 'sharing-anyway': Play,
  'engine-ready': Server, 'engine-stopped': CircleAlert, 'engine-missing': CircleAlert, 'engine-forbidden': CircleAlert, 'engine-installed': Server, 'engine-removed': Server, 'disk-low': HardDrive, 'update-installed': RefreshCw, 'update-taken-back': CircleAlert,
  'guest-arrived': Boxes, 'guest-running': Boxes, 'guest-suspended': BatteryWarning, 'guest-resumed': Play, 'guest-ended': Boxes,
  'guest-restarted': RefreshCw, 'guest-network-lost': RefreshCw, 'guest-throttled': CircleAlert, 'guest-unthrottled': Play, 'egress-used-up': CircleAlert,
  'app-created': CloudUpload, 'app-running': CloudUpload, 'app-copy-lost': CircleAlert, 'app-copy-replaced': RefreshCw, 'app-copy-asleep': BatteryWarning, 'app-copy-awake': Play,
  'app-waiting': CloudUpload, 'app-failed': CircleAlert, 'app-removed': CloudUpload,
}
const inks: Record<Activity['tone'], string> = { info: 'text-ink-3', good: 'text-ink-3', attention: 'text-sun-text', problem: 'text-clay-text' }

function ActivityLine({ line }: { line: Activity }) {
  const f = useFormat()
  const nowMs = useNow(useStores().clock, 60_000)
  const text = activityText(line, f, nowMs)
  return (
    <li className="flex min-h-9 items-center gap-2.5 text-small">
      <Icon of={icons[line.kind]} className={inks[line.tone]} />
      <span className="min-w-0 truncate" title={text}>{text}</span>
      <time dateTime={new Date(line.atMs).toISOString()} className="num ms-auto shrink-0 text-caption text-ink-3">{f.when(line.atMs, nowMs)}</time>
    </li>
  )
}
