/**
 * The gallery: every screen in every state, and every component, from the fixtures of the tests. `?story=home-sharing`
 * shows one screen; `theme=dark` and `lang=ar` go with it.
 */
import { StrictMode, useEffect } from 'react'
import { createRoot } from 'react-dom/client'
import type { Root } from 'react-dom/client'
import { loadCatalogue } from '../i18n/catalogue.ts'
import { isLanguage } from '../i18n/language.ts'
import { themes } from '../stores/preferences.ts'
import '../styles/app.css'
import { ComponentsPage } from './ComponentsPage.tsx'
import { Contents } from './Contents.tsx'
import { SignInStory } from './SignInStory.tsx'
import { stories } from './stories.ts'
import { StoryPage } from './StoryPage.tsx'

async function show(container: HTMLElement, root: Root) {
  const { search } = location
  const query = new URLSearchParams(search)
  const lang = query.get('lang')
  const language = isLanguage(lang) ? lang : 'en'
  const theme = themes.find((one) => one === query.get('theme')) ?? 'auto'
  if (theme === 'auto') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
  const catalogue = { language, messages: await loadCatalogue(language) }
  const id = query.get('story')
  const story = stories.find((one) => one.id === id)
  root.render(
    <StrictMode key={search}>
      {story !== undefined && <StoryPage story={story} catalogue={catalogue} theme={theme} />}
      {story === undefined && id === 'components' && <ComponentsPage catalogue={catalogue} />}
      {story === undefined && id !== null && id.startsWith('sign-in') && <SignInStory catalogue={catalogue} refused={id === 'sign-in-refused'} />}
      {id === null && <Contents ids={['components', 'sign-in', 'sign-in-refused', ...stories.map((one) => one.id)]} />}
      <Shown onShown={() => { container.dataset['shown'] = search }} />
    </StrictMode>,
  )
}

/** Tells whoever waits for it that what the address says is drawn. */
function Shown({ onShown }: { onShown: () => void }) {
  useEffect(onShown)
  return null
}

function start(container: HTMLElement) {
  const root = createRoot(container)
  addEventListener('popstate', () => void show(container, root))
  void show(container, root)
}

const container = document.getElementById('root')
if (container !== null) start(container)
