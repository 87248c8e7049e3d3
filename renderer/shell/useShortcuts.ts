import { useEffect } from 'react'
import { useLocation } from 'wouter'
import { useSharing } from '../sharing/useSharing.ts'
import { useStores } from '../stores/context.tsx'
import { knownValue } from '../stores/feed.ts'
import { screens, settingsPath } from './screens.ts'

export type Shortcut = { kind: 'screen'; index: number } | { kind: 'settings' } | { kind: 'sharing' } | null

/** Ctrl or Cmd with a digit opens a screen, with comma the settings, with Shift and S toggles sharing. No single letters. */
export function shortcutOf(event: Pick<KeyboardEvent, 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey' | 'code'>): Shortcut {
  if (event.altKey || event.ctrlKey === event.metaKey) return null
  const digit = /^Digit([1-9])$/.exec(event.code)?.[1]
  if (digit !== undefined && !event.shiftKey) return { kind: 'screen', index: Number(digit) - 1 }
  if (event.code === 'Comma' && !event.shiftKey) return { kind: 'settings' }
  return event.shiftKey && event.code === 'KeyS' ? { kind: 'sharing' } : null
}

export function useShortcuts() {
  const [, navigate] = useLocation()
  const { share } = useStores()
  const { turnOn, turnOff } = useSharing()
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent) {
      const shortcut = shortcutOf(event)
      if (shortcut === null || event.defaultPrevented) return
      if (shortcut.kind !== 'sharing') {
        const path = shortcut.kind === 'settings' ? settingsPath : screens[shortcut.index]?.path
        if (path === undefined) return
        event.preventDefault()
        navigate(path)
        return
      }
      const settings = knownValue(share.store.getState())?.settings
      if (settings === undefined) return
      event.preventDefault()
      if (settings.on) turnOff()
      else turnOn()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  })
}
