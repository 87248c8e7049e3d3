import { readFile } from 'node:fs/promises'
import type { Locator, Page } from '@playwright/test'
import type { TestService } from '../harness/service.ts'
import { expectAccessible, expectNoSidewaysScroll } from './accessible.ts'
import { expect, load, test } from './fixtures.ts'
import { tabTo } from './keys.ts'
import { holdNews, spoilFirst } from './wire.ts'

/** Setup, as a person uses it. */
class Setup {
  readonly page: Page
  readonly main: Locator

  constructor(page: Page) {
    this.page = page
    this.main = page.getByRole('main')
  }

  heading(name: string): Locator {
    return this.main.getByRole('heading', { level: 1, name })
  }

  async choose(name: RegExp): Promise<void> {
    const radio = this.main.getByRole('radio', { name })
    await radio.locator('xpath=ancestor::label').click()
    await expect(radio).toBeChecked()
  }

  async goOn(): Promise<void> {
    await this.main.getByRole('button', { name: 'Continue' }).click()
  }

  async at(step: string): Promise<void> {
    await expect(this.page).toHaveURL(new RegExp(`#/setup/${step}$`))
    await expect(this.main.getByRole('heading', { level: 1 })).toBeVisible()
  }
}

/** As a window that was closed: the same address again would load nothing. */
async function openFresh(page: Page, service: TestService): Promise<Setup> {
  await page.goto('about:blank')
  await load(page, service.ready!.dashboard)
  return new Setup(page)
}

test('a first run goes from Setup to sharing and a test guest, by the defaults in under a minute', async ({ page, startFresh }) => {
  const service = await startFresh()
  const startMs = Date.now()
  const setup = await openFresh(page, service)
  await expect(setup.heading('Welcome')).toBeVisible()
  await setup.goOn()
  await setup.at('check')
  await expect(setup.main.getByRole('listitem').filter({ hasText: 'Can run guests safely' })).toContainText('fine')
  await setup.goOn()
  await setup.at('share')
  await setup.goOn()
  await setup.at('safety')
  await setup.goOn()
  await setup.at('review')
  await setup.main.getByRole('button', { name: 'Start sharing' }).click()
  await expect(setup.main).toContainText('You can close this window.')
  await setup.main.getByRole('button', { name: 'Run a test guest' }).click()
  await expect(setup.main.getByText('It works', { exact: true }).first()).toBeVisible({ timeout: 60_000 })
  expect(Date.now() - startMs).toBeLessThan(60_000)

  const steps = setup.main.getByRole('region', { name: 'See it work' }).getByRole('listitem')
  await expect(steps).toHaveCount(7)
  for (const step of await steps.all()) await expect(step).toContainText('done')
  const earnings = await service.json<{ earned: { leases: { state: string }[] }, spent: { total: { signed: number } } }>('earnings')
  expect(earnings.earned.leases.map(({ state }) => state)).toEqual(['final'])
  expect(await service.json('ps')).toEqual([])
  await setup.main.getByRole('link', { name: 'Open Home' }).click()
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible()
  // it is through, and does not come again
  await openFresh(page, service)
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible()
})

test('what was said is kept over a power cut, in the service and not in the browser', async ({ page, browser, startFresh }) => {
  const service = await startFresh('--engine', 'none')
  const setup = await openFresh(page, service)
  await setup.choose(/^Both/)
  await setup.goOn()
  await setup.at('check')
  await setup.goOn()
  await setup.at('share')
  await setup.choose(/^Light/)
  const processor = setup.main.getByRole('textbox', { name: 'Processor' })
  const cores = await processor.inputValue()
  await setup.main.getByRole('textbox', { name: 'Price of a kilowatt-hour' }).fill('0.20')
  await expect(setup.main).toContainText('after electricity')
  await setup.goOn()
  await setup.at('safety')
  await page.goto('about:blank')
  await service.kill()
  await service.start('--engine', 'none')

  // another browser, that never saw any of it
  const context = await browser.newContext()
  const again = await openFresh(await context.newPage(), service)
  await again.at('safety')
  await again.main.getByRole('button', { name: 'Back' }).click()
  await again.at('share')
  await expect(again.main.getByRole('radio', { name: /^Light/ })).toBeChecked()
  await expect(again.main.getByRole('textbox', { name: 'Processor' })).toHaveValue(cores)
  await expect(again.main.getByRole('textbox', { name: 'Price of a kilowatt-hour' })).toHaveValue('0.2')
  await again.page.goto(new URL('#/setup/welcome', service.ready!.dashboard).href)
  await expect(again.main.getByRole('radio', { name: /^Both/ })).toBeChecked()
  await context.close()
})

test.describe('in a language of its own', () => {
  test('Arabic is chosen first, turns the page round, and is there in the next browser', async ({ page, browser, startFresh }) => {
    const service = await startFresh('--engine', 'none')
    const setup = await openFresh(page, service)
    await setup.choose(/العربية/)
    await expect(page.locator('html')).toHaveAttribute('dir', 'rtl')
    await expect(setup.heading('مرحبًا')).toBeVisible()
    const [rail, main] = await Promise.all([page.getByRole('navigation').boundingBox(), setup.main.boundingBox()])
    expect(rail!.x).toBeGreaterThan(main!.x)
    const context = await browser.newContext()
    const other = await openFresh(await context.newPage(), service)
    await expect(other.heading('مرحبًا')).toBeVisible()
    await context.close()
  })
})

test('the estimate follows the slider while it moves, from the prices that are asked', async ({ page, startFresh }) => {
  const service = await startFresh('--engine', 'none')
  const setup = await openFresh(page, service)
  await page.goto(new URL('#/setup/share', service.ready!.dashboard).href)
  const panel = setup.main.getByRole('region', { name: 'You could earn about' })
  const range = panel.locator('.text-hero')
  const before = await range.textContent()
  const slider = setup.main.getByRole('slider', { name: 'Memory' })
  await slider.focus()
  await page.keyboard.press('ArrowLeft')
  await expect(range).not.toHaveText(before!)
  const lower = await range.textContent()
  await service.json('share', 'set', '--price', 'memory=100')
  await expect(range).not.toHaveText(lower!)
})

test('the words are shown when asked for, saved, and confirmed by file or by pasting', async ({ page, startFresh }) => {
  const service = await startFresh('--engine', 'none')
  const setup = await openFresh(page, service)
  const { words } = await service.json<{ words: string[] }>('words')
  await page.goto(new URL('#/setup/safety', service.ready!.dashboard).href)
  await expect(setup.main).toContainText('Your 12 words')
  await expect(setup.main).not.toContainText(words.join(''))
  expect(await page.content()).not.toContain(`>${words[0]}<`)
  await setup.main.getByRole('button', { name: 'Show' }).click()
  await expect(setup.main.getByRole('list', { name: 'Your 12 words' }).getByRole('listitem').last()).toContainText(words.at(-1)!)
  await setup.main.getByRole('button', { name: 'Hide' }).click()
  expect(await page.content()).not.toContain(`>${words[0]}<`)

  const downloading = page.waitForEvent('download')
  await setup.main.getByRole('button', { name: 'Save as a file' }).click()
  const path = await (await downloading).path()
  expect(await readFile(path, 'utf8')).toContain(words.join(' '))

  const field = setup.main.getByRole('textbox', { name: 'The words' })
  await field.fill('ozone drill grab fiber curtain grace pudding thank cruise elder eight picnic')
  await setup.main.getByRole('button', { name: 'I have them' }).click()
  await expect(page.getByText('These are the words of another computer’s key.').first()).toBeVisible()
  await field.fill('')
  const choosing = page.waitForEvent('filechooser')
  await setup.main.getByRole('button', { name: 'Choose the saved file' }).click()
  await (await choosing).setFiles(path)
  await expect(field).toHaveValue(new RegExp(words.join(' ')))
  await setup.main.getByRole('button', { name: 'I have them' }).click()
  await expect(setup.main).toContainText('You have them, since')
})

test('a backup brings the old computer back, in place', async ({ page, startFresh }) => {
  const old = await startFresh('--engine', 'none')
  const { words } = await old.json<{ words: string[] }>('words')
  const { peerId } = old.ready!
  await old.stop()
  const service = await startFresh('--engine', 'none')
  const before = service.peerId
  const setup = await openFresh(page, service)
  await setup.main.getByRole('button', { name: 'I have a backup' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'The words' }).fill('not words at all')
  await dialog.getByRole('button', { name: 'Bring it back' }).click()
  await expect(dialog).toContainText('E_BAD_INPUT')
  await dialog.getByRole('textbox', { name: 'The words' }).fill(words.join(' '))
  await dialog.getByRole('button', { name: 'Bring it back' }).click()
  await expect(dialog).toContainText('It’s back.', { timeout: 30_000 })
  await dialog.getByRole('button', { name: 'Continue' }).click()
  await expect(setup.heading('Welcome')).toBeVisible()
  const status = await service.json<{ peerId: string }>('status')
  expect([status.peerId, status.peerId === before]).toEqual([peerId, false])
})

test('a first run shows nothing of Home before Setup, however late the news of it comes', async ({ page, startFresh }) => {
  const service = await startFresh('--engine', 'none')
  const onboarding = await holdNews(page, 'onboarding/watch', ['node/watch', 'share/watch'])
  await page.goto(service.ready!.dashboard)
  await onboarding.rest
  // what the page has been told is drawn
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible()
  expect(await page.getByRole('switch').count()).toBe(0)
  onboarding.letGo()
  await expect(new Setup(page).heading('Welcome')).toBeVisible()
})

test('a step that could not be kept is gone on from by “Try again”', async ({ page, startFresh }) => {
  const service = await startFresh('--engine', 'none')
  await spoilFirst(page, 'onboarding/save')
  const setup = await openFresh(page, service)
  await page.getByRole('button', { name: 'Set up later' }).click()
  await page.getByRole('region', { name: 'Notices' }).getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible()
  await expect(setup.heading('Welcome')).toHaveCount(0)
})

test('it can be put off, and opened again from Settings; who only runs apps begins with Deploy', async ({ page, startFresh }) => {
  const service = await startFresh('--engine', 'none')
  const setup = await openFresh(page, service)
  await page.getByRole('button', { name: 'Set up later' }).click()
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible()
  await openFresh(page, service)
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible()
  await page.goto(new URL('#/settings', service.ready!.dashboard).href)
  await setup.main.getByRole('link', { name: 'Setup' }).click()
  await setup.at('welcome')
  await setup.choose(/^Run my apps/)
  await setup.goOn()
  await setup.at('safety')
  await setup.goOn()
  await setup.at('review')
  await setup.main.getByRole('button', { name: 'Finish' }).click()
  await setup.main.getByRole('link', { name: 'Open Deploy' }).click()
  await openFresh(page, service)
  await expect(page).toHaveURL(/#\/apps$/)
  await expect(page.getByRole('region', { name: 'Sharing', exact: true })).toHaveCount(0)
})

test('by keyboard alone, accessible and within a narrow window at every step', async ({ page, startFresh }) => {
  const service = await startFresh()
  const setup = await openFresh(page, service)
  await page.setViewportSize({ width: 360, height: 640 })
  for (const step of ['welcome', 'check', 'share', 'safety', 'review']) {
    await setup.at(step)
    await expectAccessible(page, step, '#root')
    await expectNoSidewaysScroll(page, step)
    if (step === 'review') break
    await tabTo(page, 'Continue')
    await page.keyboard.press('Enter')
  }
})
