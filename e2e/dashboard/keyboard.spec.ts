import { smallApp } from './apps.ts'
import { expect, test } from './fixtures.ts'
import { tabTo } from './keys.ts'
import { AppScreen, AppsScreen, NewAppScreen } from './models/deploy.ts'
import { HomeScreen } from './models/home.ts'

const app = 'by-keyboard'

test('an app is brought, run and removed without a pointer', async ({ open, town: { renter } }) => {
  const { page } = await open(renter)
  const apps = new AppsScreen(page)
  await page.keyboard.press('Control+Digit3')
  await expect(apps.main).toBeFocused()
  await tabTo(page, 'New app')
  await page.keyboard.press('Enter')

  const made = new NewAppScreen(page)
  await expect(made.editor).toBeVisible()
  await tabTo(page, 'Compose file')
  await page.keyboard.insertText(smallApp(app))
  await expect(made.seeHosts).toBeEnabled()
  await tabTo(page, 'See hosts and prices')
  await page.keyboard.press('Enter')
  await expect(made.review).toBeEnabled()
  await tabTo(page, 'Review')
  await page.keyboard.press('Enter')
  await expect(made.run).toBeEnabled()
  await tabTo(page, 'Run')
  await page.keyboard.press('Enter')

  const running = new AppScreen(page)
  await expect(running.title).toHaveText(/by-keyboard\s*Running/)
  await tabTo(page, 'Remove')
  await page.keyboard.press('Enter')
  await expect(running.question.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(running.remove).toBeFocused()
  await page.keyboard.press('Enter')
  await tabTo(page, 'Remove')
  await page.keyboard.press('Enter')
  await expect(apps.card('My apps')).toContainText('Nothing runs yet')
})

test('shortcuts and the way past the sidebar', async ({ open, start }) => {
  const home = new HomeScreen((await open(await start())).page)
  const { page } = home
  await expect(home.headline).toHaveText('Sharing is off')
  await page.keyboard.press('Control+Shift+KeyS')
  await expect(home.headline).toHaveText('Ready and waiting for a guest')
  await page.keyboard.press('Tab')
  await expect(page.getByRole('button', { name: 'Skip to the content' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(home.main).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(home.switch).toBeFocused()
  await page.keyboard.press('Space')
  await expect(home.headline).toHaveText('Sharing is off')
})
