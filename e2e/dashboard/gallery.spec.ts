import type { Page } from '@playwright/test'
import { expectAccessible, expectNoSidewaysScroll } from './accessible.ts'
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

/** Another story on the same page, as by its own address. */
async function show(page: Page, search: string): Promise<void> {
  await page.evaluate((wanted) => {
    history.pushState(null, '', wanted)
    dispatchEvent(new PopStateEvent('popstate'))
  }, search)
  await page.locator(`#root[data-shown="${search}"]`).waitFor()
}
