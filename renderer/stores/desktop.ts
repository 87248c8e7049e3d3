/** The desktop shell around this page, where there is one. */
import { createStore } from 'zustand/vanilla'
import type { StoreApi } from 'zustand/vanilla'
import type { DesktopBridge, ScreenPath, ShellState } from '../../contract/desktop/shell.ts'
import type { PreferencesStore } from './preferences.ts'

export interface Desktop {
  /** Null until main has said. */
  readonly state: StoreApi<ShellState | null>
  readonly bridge: Pick<DesktopBridge, 'retryService' | 'setOpenAtLogin' | 'setNotify' | 'setKeySealed' | 'joinSeen' | 'quit'>
  /** Begins to listen. Returns the end of it. */
  start(go: (path: ScreenPath) => void): () => void
}

/** @param preferences main speaks the language that is chosen here */
export function createDesktop(bridge: DesktopBridge, preferences: PreferencesStore): Desktop {
  const state = createStore<ShellState | null>(() => null)
  const tell = ({ language }: { language: 'en' | 'ar' }) => void bridge.setLanguage(language)
  return {
    state,
    bridge,
    start(go) {
      const stops = [
        bridge.on('state', (shell) => state.setState(shell, true)),
        bridge.on('go', go),
        preferences.subscribe((now, before) => {
          if (now.language !== before.language) tell(now)
        }),
      ]
      tell(preferences.getState())
      void bridge.state().then((shell) => state.setState(shell, true))
      return () => {
        for (const stop of stops) stop()
      }
    },
  }
}

/** A shell that stands still: for the gallery. */
export function stillDesktop(shell: ShellState): Desktop {
  const done = () => Promise.resolve(undefined)
  return {
    state: createStore<ShellState | null>(() => shell),
    bridge: { retryService: done, setOpenAtLogin: done, setNotify: done, setKeySealed: done, joinSeen: done, quit: done },
    start: () => () => undefined,
  }
}
