import type { Page } from '@playwright/test'
import { expectAccessible, expectNoSidewaysScroll } from './accessible.ts'
import { counterApp, smallApp } from './apps.ts'
import { expect, load, test, type Town } from './fixtures.ts'
import { AppScreen, NewAppScreen } from './models/deploy.ts'
import { HomeScreen } from './models/home.ts'

const looks = [
  { name: 'light', use: { colorScheme: 'light', locale: 'en-GB' } },
  { name: 'dark', use: { colorScheme: 'dark', locale: 'en-GB' } },
  { name: 'Arabic', use: { colorScheme: 'light', locale: 'ar' } },
] as const

const app = 'library'

test.describe('every screen, with a guest', () => {
  test.beforeAll(async ({ town: { renter, world } }) => {
    await renter.json('deploy', await world.file('library.yaml', counterApp(app)), '--wait')
  })
  test.afterAll(async ({ town: { renter } }) => {
    await renter.json('rm', app)
  })

  for (const { name, use } of looks) {
    test.describe(() => {
      test.use(use)
      test(`is accessible in ${name}`, async ({ page, town }) => {
        await walk(page, town, async (where) => expectAccessible(page, `${where}, ${name}`))
      })
    })
  }

  test.describe(() => {
    test.use({ viewport: { width: 360, height: 640 } })
    test('fits a narrow window', async ({ page, town }) => {
      await walk(page, town, async (where) => expectNoSidewaysScroll(page, where))
    })
  })
})

test('language and light are chosen on the page, and kept', async ({ open, page, town }) => {
  const home = new HomeScreen((await open(town.renter)).page)
  const html = page.locator('html')
  await home.choose('Dark')
  await expect(html).toHaveAttribute('data-theme', 'dark')
  await home.choose('العربية')
  await expect(html).toHaveAttribute('dir', 'rtl')
  await expect(html).toHaveAttribute('lang', 'ar')
  const [nav, main] = await Promise.all([page.getByRole('navigation').first().boundingBox(), page.getByRole('main').boundingBox()])
  expect(nav!.x).toBeGreaterThan(main!.x)
  await load(page, page.url())
  await expect(html).toHaveAttribute('dir', 'rtl')
  await expect(html).toHaveAttribute('data-theme', 'dark')
})

/** Visits every screen, by its address, since words change with the language. */
async function walk(page: Page, { host, renter }: Town, look: (where: string) => Promise<void>): Promise<void> {
  await load(page, new URL(host.ready!.dashboard).origin)
  await expect(page.getByRole('textbox')).toBeVisible()
  await look('sign in')

  await load(page, host.ready!.dashboard)
  const home = new HomeScreen(page)
  await expect(home.hero).toHaveAttribute('data-tone', 'on')
  await expect(page.getByRole('meter')).toHaveCount(3)
  await look('home')
  const origin = new URL(host.ready!.dashboard).origin
  const open = (path: string): Promise<unknown> => page.goto(`${origin}/#${path}`)
  await open('/guests')
  await expect(page.getByRole('row')).toHaveCount(2)
  await look('guests')
  await page.getByRole('row').getByRole('link').click()
  await expect(page.getByRole('tab')).toHaveCount(3)
  await look('one guest')
  for (const section of ['share', 'when', 'safety', 'engine']) {
    await open(`/settings/${section}`)
    await expect(page.getByRole('main').getByRole('region')).not.toHaveCount(0)
    await look(`settings: ${section}`)
  }
  await open('/diagnostics')
  await expect(page.getByRole('main').getByRole('listitem')).not.toHaveCount(0)
  await look('diagnostics')

  const signedIn = new URL(renter.ready!.dashboard)
  const goTo = (path: string): Promise<unknown> => page.goto(`${signedIn.origin}/#${path}`)
  await load(page, signedIn.href)
  await goTo('/apps')
  await expect(page.getByRole('row')).toHaveCount(2)
  await look('apps')
  await goTo(`/apps/${app}`)
  await expect(new AppScreen(page).title).toContainText(app)
  await expect(page.getByRole('log')).toBeVisible()
  await look('one app')
  await goTo('/apps/new/app')
  await new NewAppScreen(page).write(smallApp('reading-room'))
  const next = page.getByRole('main').locator('button').last()
  await expect(next).toBeEnabled()
  await look('a new app')
  await next.click()
  await expect(page.getByRole('checkbox')).toHaveCount(1)
  await look('hosts')
}
