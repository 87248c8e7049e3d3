import { prerender } from 'react-dom/static'
import { describe, expect, it } from 'vitest'
import ar from '../i18n/ar.json'
import en from '../i18n/en.json'
import type { LoadedCatalogue } from '../i18n/Language.tsx'
import { firstRun } from './fixtures/setup.ts'
import { everything } from './fixtures/stores.ts'
import { StoryPage } from './StoryPage.tsx'
import { stories } from './stories.ts'
import type { Story } from './stories.ts'

const catalogues: LoadedCatalogue[] = [{ language: 'en', messages: en }, { language: 'ar', messages: ar }]

/** The story as the page first draws it. Anything wrong with a message fails it. */
async function drawn(story: Story, catalogue: LoadedCatalogue): Promise<string> {
  const errors: unknown[] = []
  const { prelude } = await prerender(<StoryPage story={story} catalogue={catalogue} theme="light" onError={(error) => errors.push(error)} />, {
    onError: (error) => void errors.push(error),
  })
  expect(errors).toEqual([])
  return new Response(prelude).text()
}

/** What is read: without tags, and without what is only for eyes. */
function words(html: string): string {
  return html.replace(/<svg.*?<\/svg>/gs, '').replace(/<[^>]*>/g, ' ').replace(/&#x27;/g, '\'').replace(/&amp;/g, '&').replace(/&lt;/g, '<').replace(/&gt;/g, '>')
}

describe('every screen in every state', () => {
  it.each(stories.map((story) => [story.id, story] as const))('%s is drawn in each language', async (_id, story) => {
    for (const catalogue of catalogues) {
      const html = await drawn(story, catalogue)
      expect(html.includes('<main')).toBe(true)
      expect(words(html)).not.toMatch(/undefined|NaN|\[object|Invalid Date/)
      if (catalogue.language === 'ar') expect(words(html)).toMatch(/\p{Script=Arabic}/u)
    }
  })

  it('shows names from elsewhere as text, and lets none turn what stands beside it', async () => {
    const odd = stories.find((story) => story.id === 'guests-odd')
    const html = await drawn(odd!, catalogues[0]!)
    expect(html.includes('<b>bold')).toBe(false)
    expect(html.includes('\u202E')).toBe(false)
    expect(words(html).includes('paygnp.exe <b>bold</b>')).toBe(true)
    expect(words(html).includes('a'.repeat(41))).toBe(false)
  })

  it.each([
    ['is not known yet', { kind: 'loading' }],
    ['is in Setup', { kind: 'live', value: firstRun }],
  ] as const)('shows nothing of Home that is gone in a moment, while where the owner begins %s', async (_case, onboarding) => {
    const home: Story = { id: 'home-before', path: '/', connection: { kind: 'connecting' }, initial: { ...everything, onboarding } }
    const html = await drawn(home, catalogues[0]!)
    expect(html.includes('<h1')).toBe(true)
    expect(html.includes('role="switch"')).toBe(false)
    expect(words(html)).not.toMatch(/study-pc|Turn on|Stop everything/)
    const decided = await drawn({ ...home, initial: everything }, catalogues[0]!)
    expect(decided.includes('role="switch"')).toBe(true)
  })

  it('says when it shows what was known before', async () => {
    const stale = stories.find((story) => story.id === 'home-stale')
    expect(words(await drawn(stale!, catalogues[0]!))).toMatch(/Can’t reach \u2068study-pc\u2069\. Showing 14:32\./)
  })
})
