/**
 * Notices (toasts) and announcements. A notice says what was done or what did not work, holds at most one action and
 * leaves after 8 s, but not while somebody points at it or has focus inside. An announcement is only heard.
 */
import { createStore } from 'zustand/vanilla'
import type { StoreApi } from 'zustand/vanilla'
import type { Clock } from '../base/clock.ts'

export interface Notice {
  id: number
  /** What it is about: newer news about the same thing takes its place. */
  topic: string | null
  tone: 'info' | 'problem'
  text: string
  action: { label: string; run: () => void } | null
}

export interface NoticesState {
  notices: readonly Notice[]
  /** What was last said aloud: politely, and at once. */
  polite: string
  assertive: string
}

export interface Notices {
  readonly store: StoreApi<NoticesState>
  show: (notice: Omit<Notice, 'id'>) => void
  dismiss: (id: number) => void
  /** Whatever is shown about this is no longer so. */
  dismissTopic: (topic: string) => void
  /** Holds all notices while somebody reads them, and lets them go again. */
  hold: () => void
  release: () => void
  announce: (text: string, urgency: 'polite' | 'assertive') => void
}

const shownForMs = 8_000
const shownAtMost = 3

export function createNotices(clock: Clock): Notices {
  const store = createStore<NoticesState>(() => ({ notices: [], polite: '', assertive: '' }))
  const timers = new Map<number, () => void>()
  let lastId = 0
  let held = false

  function leaveLater(id: number) {
    timers.get(id)?.()
    timers.set(id, clock.after(shownForMs, () => dismiss(id)))
  }

  function dismiss(id: number) {
    timers.get(id)?.()
    timers.delete(id)
    store.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }))
  }

  function announce(text: string, urgency: 'polite' | 'assertive') {
    store.setState(urgency === 'polite' ? { polite: text } : { assertive: text })
  }

  function dismissTopic(topic: string) {
    for (const notice of store.getState().notices) if (notice.topic === topic) dismiss(notice.id)
  }

  return {
    store,
    show(notice) {
      if (notice.topic !== null) dismissTopic(notice.topic)
      const id = ++lastId
      const { notices } = store.getState()
      for (const old of notices.slice(0, Math.max(0, notices.length + 1 - shownAtMost))) dismiss(old.id)
      store.setState(({ notices: kept }) => ({ notices: [...kept, { ...notice, id }] }))
      announce(notice.text, notice.tone === 'problem' ? 'assertive' : 'polite')
      if (!held) leaveLater(id)
    },
    dismiss,
    dismissTopic,
    hold() {
      held = true
      for (const cancel of timers.values()) cancel()
      timers.clear()
    },
    release() {
      held = false
      for (const { id } of store.getState().notices) leaveLater(id)
    },
    announce,
  }
}
