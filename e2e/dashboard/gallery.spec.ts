import { expectAccessible, expectNoSidewaysScroll } from './accessible.ts'
import { expect, load, test } from './fixtures.ts'

/** In turn, so that each tone and each part comes up in both lights and both directions, at half the time. */
const looks = ['theme=light&lang=en', 'theme=dark&lang=ar'] as const

// A trace would keep a copy of every page and of the program that looks at it; what fails names its place anyway.
test.use({ trace: 'off' })

test('every state of every screen is accessible', async ({ page, context, town }) => {
  test.setTimeout(600_000)
  const { origin } = new URL(town.host.ready!.dashboard)
  await load(page, `${origin}/gallery.html`)
  const stories = await page.locator('[data-story]').evaluateAll((links) => [...new Set(links.map((link) => link.getAttribute('data-story')!))])
  expect(stories.length).toBeGreaterThan(40)
  const left = stories.entries()
  // while one page is looked at, the other loads
  await Promise.all([page, await context.newPage()].map(async (one) => {
    for (const [index, story] of left) {
      const where = `story=${story}&${looks[index % looks.length]!}`
      await load(one, `${origin}/gallery.html?${where}`)
      await expect(one.getByRole('heading', { level: 1 })).not.toHaveCount(0)
      // The frame is the same around all of them, and looked at by the other specs.
      await expectAccessible(one, where, 'main')
      await expectNoSidewaysScroll(one, where)
    }
  }))
})
