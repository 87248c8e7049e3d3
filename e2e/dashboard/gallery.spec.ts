import type { Page } from '@playwright/test'
import { minimumSize } from '../../main/window/bounds.ts'
import { expectAccessible, expectNoSidewaysScroll, expectNothingCovered } from './accessible.ts'
import { expect, load, test } from './fixtures.ts'

/** In turn, so that each tone and each part comes up in both lights and both directions, at half the time. */
const looks = ['theme=light&lang=en', 'theme=dark&lang=ar'] as const

// A trace would keep a copy of every page and of the program that looks at it; what fails names its place anyway.
test.use({ trace: 'off' })

test('every state of every screen is accessible', async ({ page, context, town }) => {
  test.setTimeout(600_000)
  const { origin } = new URL(town.host.ready!.dashboard)
  const contents = `${origin}/gallery.html`
  await load(page, contents)
  const stories = await page.locator('[data-story]').evaluateAll((links) => [...new Set(links.map((link) => link.getAttribute('data-story')!))])
  expect(stories.length).toBeGreaterThan(40)
  // each look on a page of its own, side by side
  await Promise.all(looks.map(async (look, turn) => {
    const one = turn === 0 ? page : await context.newPage()
    await load(one, contents)
    for (const story of stories.filter((_, index) => index % looks.length === turn)) {
      const where = `story=${story}&${look}`
      await show(one, `?${where}`)
      await one.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' })
      // The frame is the same around all of them, and looked at by the other specs.
      await expectAccessible(one, where, 'main')
      await expectNoSidewaysScroll(one, where)
    }
  }))
})

test('every screen fits the smallest window of the desktop, in both directions', async ({ page, town }) => {
  test.setTimeout(300_000)
  await page.setViewportSize(minimumSize)
  const { origin } = new URL(town.host.ready!.dashboard)
  await load(page, `${origin}/gallery.html`)
  const stories = await page.locator('[data-story]').evaluateAll((links) => [...new Set(links.map((link) => link.getAttribute('data-story')!))].filter((id) => /^(setup|settings|home|guest|app|new|diagnostics|deploy)/.test(id)))
  expect(stories.length).toBeGreaterThan(100)
  for (const [index, story] of stories.entries()) {
    const where = `story=${story}&${looks[index % looks.length]!}`
    await show(page, `?${where}`)
    await page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' })
    await expectNoSidewaysScroll(page, where)
    await expectNothingCovered(page, where)
  }
})

/** Another story on the same page, as by its own address. */
async function show(page: Page, search: string): Promise<void> {
  await page.evaluate((wanted) => {
    history.pushState(null, '', wanted)
    dispatchEvent(new PopStateEvent('popstate'))
  }, search)
  await page.locator(`#root[data-shown="${search}"]`).waitFor()
}
