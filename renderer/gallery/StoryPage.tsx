import { useState } from 'react'
import { Router } from 'wouter'
import type { BaseLocationHook } from 'wouter'
import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import { LanguageProvider } from '../i18n/Language.tsx'
import type { LoadedCatalogue } from '../i18n/Language.tsx'
import { Frame } from '../shell/Root.tsx'
import { StoresProvider } from '../stores/context.tsx'
import type { Theme } from '../stores/preferences.ts'
import { fixtureStores } from './fixtures/stores.ts'
import type { Story } from './stories.ts'

/** British English has the dates and the clock of the design's pictures. */
const wanted = ['en-GB', 'ar']

/** One screen in one state, in one language and light. */
export function StoryPage({ story, catalogue, theme, onError }: { story: Story; catalogue: LoadedCatalogue; theme: Theme; onError?: (error: Error) => void }) {
  const [stores] = useState(() => fixtureStores({ initial: story.initial, connection: story.connection, language: catalogue.language, theme }))
  const [useStoryLocation] = useState(() => locationFrom(story.path))
  return (
    <LanguageProvider language={catalogue.language} wanted={wanted} timeZone="UTC" initial={catalogue} {...onError !== undefined && { onError }}>
      <StoresProvider stores={stores}>
        <Router hook={useStoryLocation}><Frame /></Router>
      </StoresProvider>
    </LanguageProvider>
  )
}

/** An address of its own, that the page's own address knows nothing of. */
function locationFrom(path: string): BaseLocationHook {
  const store = createStore<{ path: string }>(() => ({ path }))
  const navigate = (to: string) => store.setState({ path: to })
  return function useStoryLocation() {
    return [useStore(store, (state) => state.path), navigate]
  }
}
