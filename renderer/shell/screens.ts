import { Boxes, CloudUpload, House, Settings, Stethoscope } from 'lucide-react'
import type { LucideIcon } from 'lucide-react'
import type { MessageId } from '../i18n/messages.ts'

export interface Screen {
  /** The route, and what stands below it. */
  path: string
  label: MessageId
  icon: LucideIcon
  /** The heading above it in the sidebar, if it begins a group. */
  group?: MessageId
}

/** In the order of the sidebar, which is the order of their shortcuts. Addresses stand behind the `#`. */
export const screens: readonly Screen[] = [
  { path: '/', label: 'nav.home', icon: House },
  { path: '/guests', label: 'nav.guests', icon: Boxes },
  { path: '/apps', label: 'nav.deploy', icon: CloudUpload, group: 'nav.cloud' },
]

export const settingsPath = '/settings'
/** Home, where it shows what was earned. */
export const earningsPath = '/earnings'

/** At the foot of the sidebar. */
export const footScreens: readonly Screen[] = [
  { path: settingsPath, label: 'nav.settings', icon: Settings },
  { path: '/diagnostics', label: 'nav.diagnostics', icon: Stethoscope },
]

export function isCurrent(screen: Screen, location: string): boolean {
  return screen.path === '/' ? location === '/' || location === earningsPath : location === screen.path || location.startsWith(`${screen.path}/`)
}
