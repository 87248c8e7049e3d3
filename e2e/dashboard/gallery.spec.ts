import { expectAccessible, expectNoSidewaysScroll } from './accessible.ts'
import { expect, load, test } from './fixtures.ts'

/** In turn, so that each tone and each part comes up in both lights and both directions, at half the time. */
const looks = ['theme=light&lang=en', 'theme=dark&lang=ar'] as const

test('every state of every screen is accessible', async ({ page, town }) => {
  test.setTimeout(600_000)
  const { origin } = new URL(town.host.ready!.dashboard)
  await load(page, `${origin}/gallery.html`)
  const stories = await page.locator('[data-story]').evaluateAll((links) => [...new Set(links.map((link) => link.getAttribute('data-story')!))])
  expect(stories.length).toBeGreaterThan(40)
  for (const [index, story] of stories.entries()) {
    const where = `story=${story}&${looks[index % looks.length]!}`
    await load(page, `${origin}/gallery.html?${where}`)
    await expect(page.getByRole('heading', { level: 1 })).not.toHaveCount(0)
    // The frame is the same around all of them, and looked at by the other specs.
    await expectAccessible(page, where, 'main')
    await expectNoSidewaysScroll(page, where)
  }
})
