/** What a person chose for this browser: language and light. Kept here, since another browser may want another. */
import { createStore } from 'zustand/vanilla'
import type { StoreApi } from 'zustand/vanilla'
import { isLanguage, pickLanguage } from '../i18n/language.ts'
import type { Language } from '../i18n/language.ts'

export const themes = ['auto', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

export interface Preferences {
  language: Language
  /** browser: what it asks for, until the person at it, or the owner in Setup, says something else. */
  languageFrom: 'browser' | 'person'
  theme: Theme
}

const storageKey = 'depin.preferences'

export type PreferencesStore = StoreApi<Preferences>

export function createPreferences(options: { storage: Pick<Storage, 'getItem' | 'setItem'>; wanted: readonly string[] }): PreferencesStore {
  const store = createStore<Preferences>(() => read(options.storage.getItem(storageKey), options.wanted))
  store.subscribe((preferences) => options.storage.setItem(storageKey, JSON.stringify(preferences)))
  return store
}

/** What is kept may be from another version, or damaged: whatever is not understood falls back. */
function read(text: string | null, wanted: readonly string[]): Preferences {
  const kept = parsed(text)
  const isChosen = isLanguage(kept['language']) && kept['languageFrom'] !== 'browser'
  return {
    language: isLanguage(kept['language']) ? kept['language'] : pickLanguage(wanted),
    languageFrom: isChosen ? 'person' : 'browser',
    theme: themes.find((theme) => theme === kept['theme']) ?? 'auto',
  }
}

function parsed(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? '{}')
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
