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
  /** Somebody points at this notice or has focus in it: all of them stay until that is over. */
  hold: (id: number) => void
  release: (id: number) => void
  announce: (text: string, urgency: 'polite' | 'assertive') => void
}

const shownForMs = 8_000
const shownAtMost = 3

export function createNotices(clock: Clock): Notices {
  const store = createStore<NoticesState>(() => ({ notices: [], polite: '', assertive: '' }))
  const timers = new Map<number, () => void>()
  let lastId = 0
  /** Those that somebody reads. One that goes is read no more, whatever the pointer does. */
  const held = new Set<number>()

  function leaveLater(id: number) {
    timers.get(id)?.()
    timers.set(id, clock.after(shownForMs, () => dismiss(id)))
  }

  function dismiss(id: number) {
    timers.get(id)?.()
    timers.delete(id)
    store.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }))
    release(id)
  }

  function release(id: number) {
    if (!held.delete(id) || held.size > 0) return
    for (const notice of store.getState().notices) leaveLater(notice.id)
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
      if (held.size === 0) leaveLater(id)
    },
    dismiss,
    dismissTopic,
    hold(id) {
      held.add(id)
      for (const cancel of timers.values()) cancel()
      timers.clear()
    },
    release,
    announce,
  }
}
