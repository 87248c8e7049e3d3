import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, load, test } from './fixtures.ts'
import { Dashboard } from './models/dashboard.ts'
import { HomeScreen } from './models/home.ts'

test('the printed address opens the dashboard, and its code does not stay in the address', async ({ page, town }) => {
  const address = new URL(town.host.ready!.dashboard)
  expect(address.hash).toContain('token=')
  await load(page, address.href)
  await new Dashboard(page).ready()
  await expect(page).toHaveTitle('Home · Depin Desktop')
  expect(page.url()).not.toContain(address.hash.slice(1))
  await load(page, page.url())
  await new Dashboard(page).ready()
  expect(await page.evaluate(() => history.length)).toBeLessThan(5)
})

test('without the code there is only a place to give it', async ({ page, town }) => {
  const address = new URL(town.host.ready!.dashboard)
  await load(page, address.origin)
  const field = page.getByRole('textbox', { name: 'The address, or the code in it' })
  await expect(page.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible()
  await expect(field).toBeFocused()
  await expect(page.getByRole('navigation')).toHaveCount(0)

  await field.fill('http://127.0.0.1:1/#token=aaaaaaaaaaaaaaaa')
  await page.keyboard.press('Enter')
  await expect(page.getByText('That address leads to')).toBeVisible()
  await field.fill('not a code')
  await page.keyboard.press('Enter')
  await expect(page.getByText('There is no code in that.')).toBeVisible()

  await field.fill(address.href)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await new Dashboard(page).ready()
})

test('a wrong code is refused, plainly', async ({ page, town }) => {
  const { origin } = new URL(town.host.ready!.dashboard)
  await load(page, `${origin}/#token=${'x'.repeat(43)}`)
  await expect(page.getByRole('alert')).toHaveText(/That code doesn’t work any more/)
  await expect(page.getByRole('textbox')).toBeVisible()
})

test.describe('when the service ends', () => {
  test.use({ expectedTrouble: /WebSocket connection to .* failed|ERR_CONNECTION_REFUSED/ })

  test('what was known stays, with its time, and is live again when the service is', async ({ open, start }) => {
    const service = await start('--share')
    const { port } = new URL(service.ready!.dashboard)
    const home = new HomeScreen((await open(service)).page)
    const { staleNote } = home
    await expect(home.headline).toHaveText('Ready and waiting for a guest')

    await service.kill()
    await expect(staleNote).toHaveText(/Can’t reach .*Showing/)
    await expect(home.headline).toHaveText('Ready and waiting for a guest')
    await expect(home.card('Activity')).toContainText('Sharing was turned on')

    await staleNote.getByRole('button', { name: 'Try now' }).click()
    await expect(staleNote).toBeVisible()
    await service.start('--share', '--http', `127.0.0.1:${port}`)
    await expect(staleNote).toBeHidden()
    await home.toggle(home.switch)
    await expect(home.headline).toHaveText('Sharing is off')
  })

  test('a code that has expired asks to sign in again, with what to do', async ({ open, start }) => {
    const service = await start()
    const { port } = new URL(service.ready!.dashboard)
    const { page } = await open(service)
    await service.stop()
    await rm(join(service.dataDir, 'api-token'))
    await service.start('--http', `127.0.0.1:${port}`)
    await expect(page.getByRole('alert')).toHaveText(/That code doesn’t work any more/)
    await expect(page.locator('code')).toHaveText(/depin -- status/)

    await page.getByRole('textbox').fill(service.ready!.dashboard)
    await page.keyboard.press('Enter')
    await new Dashboard(page).ready()
  })
})
