import { type Browser, expect, type Page } from '@playwright/test'
import { AppScreen, NewAppScreen } from '../dashboard/models/deploy.ts'
import { HomeScreen } from '../dashboard/models/home.ts'
import { type Demo, siteFile } from '../harness/demo.ts'
import { save } from './save.ts'

const looks = [
  { name: 'light', colorScheme: 'light', locale: 'en-GB' },
  { name: 'dark', colorScheme: 'dark', locale: 'en-GB' },
  { name: 'arabic', colorScheme: 'light', locale: 'ar' },
] as const
const patience = { timeout: 60_000 }

export async function takeDashboard(browser: Browser, demo: Demo): Promise<void> {
  for (const look of looks) await takeAll(browser, demo, look)
}

async function takeAll(from: Browser, { home, renter }: Demo, { name, ...look }: typeof looks[number]): Promise<void> {
  const context = await from.newContext({ ...look, viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1.2, reducedMotion: 'reduce' })
  const page = await context.newPage()
  await page.goto(home.ready!.dashboard)
  await expect(page.getByRole('navigation', { name: /./ }).getByText('2', { exact: true }), 'two guests').toBeVisible(patience)
  await expect(page.getByRole('meter')).toHaveCount(3, patience)
  await expect(new HomeScreen(page).hero).toHaveAttribute('data-tone', 'on', patience)
  await take(page, `home-${name}`)
  await goTo(page, home.ready!.dashboard, '/setup/welcome')
  await expect(page.getByRole('radiogroup')).toHaveCount(2, patience)
  await take(page, `setup-${name}`)
  if (look.locale === 'en-GB') await takeApps(page, renter.ready!.dashboard, name)
  await context.close()
}

async function takeApps(page: Page, dashboard: string, name: string): Promise<void> {
  await page.goto(dashboard)
  await goTo(page, dashboard, '/apps')
  await expect(page.getByRole('row')).toHaveCount(3, patience)
  await take(page, `deploy-${name}`)
  await goTo(page, dashboard, '/apps/village-site')
  await expect.poll(() => new AppScreen(page).log.locator('time').count(), patience).toBeGreaterThan(10)
  await take(page, `app-${name}`)
  await goTo(page, dashboard, '/apps/new/app')
  const made = new NewAppScreen(page)
  await made.write(siteFile.replace('village-site', 'library'))
  const next = made.main.locator('button').last()
  await expect(next).toBeEnabled(patience)
  await take(page, `new-${name}`)
  await next.click()
  await expect(page.getByRole('checkbox')).toHaveCount(3, patience)
  await expect(next).toBeEnabled(patience)
  await take(page, `hosts-${name}`)
}

async function goTo(page: Page, dashboard: string, path: string): Promise<void> {
  await page.goto(`${new URL(dashboard).origin}/#${path}`)
}

async function take(page: Page, name: string): Promise<void> {
  await rest(page)
  await save(page, name)
}

/** Nothing is pointed at, focused, scrolled or still being loaded. */
export async function rest(page: Page): Promise<void> {
  await page.evaluate(() => document.fonts.ready.then(() => undefined))
  await page.mouse.move(0, 0)
  await page.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
    document.querySelector('main')?.scrollTo(0, 0)
  })
}
