/**
 * The gallery: every screen in every state, and every component, from the fixtures of the tests. `?story=home-sharing`
 * shows one screen; `theme=dark` and `lang=ar` go with it.
 */
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { loadCatalogue } from '../i18n/catalogue.ts'
import { isLanguage } from '../i18n/language.ts'
import { themes } from '../stores/preferences.ts'
import '../styles/app.css'
import { ComponentsPage } from './ComponentsPage.tsx'
import { Contents } from './Contents.tsx'
import { SignInStory } from './SignInStory.tsx'
import { stories } from './stories.ts'
import { StoryPage } from './StoryPage.tsx'

async function start(container: HTMLElement) {
  const query = new URLSearchParams(location.search)
  const lang = query.get('lang')
  const language = isLanguage(lang) ? lang : 'en'
  const theme = themes.find((one) => one === query.get('theme')) ?? 'auto'
  if (theme !== 'auto') document.documentElement.dataset['theme'] = theme
  const catalogue = { language, messages: await loadCatalogue(language) }
  const id = query.get('story')
  const story = stories.find((one) => one.id === id)
  createRoot(container).render(
    <StrictMode>
      {story !== undefined && <StoryPage story={story} catalogue={catalogue} theme={theme} />}
      {story === undefined && id === 'components' && <ComponentsPage catalogue={catalogue} />}
      {story === undefined && id !== null && id.startsWith('sign-in') && <SignInStory catalogue={catalogue} refused={id === 'sign-in-refused'} />}
      {id === null && <Contents ids={['components', 'sign-in', 'sign-in-refused', ...stories.map((one) => one.id)]} />}
    </StrictMode>,
  )
}

const container = document.getElementById('root')
if (container !== null) void start(container)
