import { expect, openDashboard, test } from './fixtures.ts'
import { ConnectDialog } from './models/connect.ts'
import { HomeScreen } from './models/home.ts'

// its services end before their pages do, which then look for them
test.use({ expectedTrouble: /ERR_CONNECTION_REFUSED/ })

test('one computer invites another from the dashboard', async ({ browser, open, start }) => {
  const mine = await start('--share')
  const theirs = await start('--share')
  const home = new HomeScreen((await open(mine)).page)
  await expect(home.hero).toContainText('No other computer is connected yet')
  await home.action('Connect a computer').click()
  const link = await new ConnectDialog(home.page).invite()
  expect(link).toMatch(/^depin:/)

  const other = await browser.newContext()
  const there = new HomeScreen((await openDashboard(await other.newPage(), theirs)).page)
  await there.action('Connect a computer').click()
  const dialog = new ConnectDialog(there.page)
  await dialog.join('depin:nonsense')
  await expect(dialog.dialog.getByRole('alert')).toBeVisible()
  await dialog.join(link)
  await expect(dialog.dialog).toBeHidden()
  await expect(there.notice('Connected to')).toBeVisible()
  await expect(there.hero).toContainText('1 computer is connected')
  await other.close()

  await home.page.keyboard.press('Escape')
  await expect(home.hero).toContainText('1 computer is connected')
  await expect(home.action('Connect a computer')).toBeHidden()
})
