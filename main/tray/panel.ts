/** Whether the panel that the icon is in is dark. It need not be as apps are: Windows has a setting of its own, and some desktops' panels are always dark. */
export interface PanelFacts {
  platform: NodeJS.Platform
  /** `XDG_CURRENT_DESKTOP`: Linux only. */
  desktop: string | undefined
  isAppDark: boolean
  /** Of the taskbar: Windows and macOS only. */
  isSystemDark: boolean
}

const alwaysDark = new Set(['GNOME', 'Unity', 'Pantheon'])

export function isPanelDark({ platform, desktop, isAppDark, isSystemDark }: PanelFacts): boolean {
  if (platform !== 'linux') return isSystemDark
  return isAppDark || (desktop ?? '').split(':').some((name) => alwaysDark.has(name))
}
