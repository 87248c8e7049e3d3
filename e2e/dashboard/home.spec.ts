import { join } from 'node:path'
import { smallApp } from './apps.ts'
import { callApi, expect, test } from './fixtures.ts'
import { HomeScreen } from './models/home.ts'

test('sharing is turned off and on, paused and resumed', async ({ open, town }) => {
  const home = new HomeScreen((await open(town.host)).page)
  const barSwitch = home.sharingBar.getByRole('switch')
  await expect(home.headline).toHaveText('Ready and waiting for a guest')
  await expect(home.sharingBar).toContainText('No guests yet')

  await home.toggle(home.switch)
  await expect(home.headline).toHaveText('Sharing is off')
  await expect(barSwitch).not.toBeChecked()
  await expect(home.notice('Sharing is off.')).toBeVisible()
  await home.notice('Sharing is off.').getByRole('button', { name: 'Undo' }).click()
  await expect(home.headline).toHaveText('Ready and waiting for a guest')

  await home.action('Pause for 1 hour').click()
  await expect(home.headline).toHaveText(/^Paused until \d/)
  await expect(home.sharingBar).toContainText(/Paused until \d/)
  await home.action('Resume now').click()
  await expect(home.headline).toHaveText('Ready and waiting for a guest')

  // as long as the tray can pause it, where a desktop has none
  await home.action('Other times').click()
  await home.page.getByRole('menuitem', { name: 'Until I start it again' }).click()
  await expect(home.headline).toHaveText('Paused until you start it again')
  await home.action('Resume now').click()
  await expect(home.headline).toHaveText('Ready and waiting for a guest')

  await home.toggle(barSwitch)
  await expect(home.switch).not.toBeChecked()
  await home.action('Turn on').click()
  await expect(home.switch).toBeChecked()
  await expect(home.activity.first()).toContainText('Sharing was turned on')
})

test('a guest comes, earns while one looks, and goes', async ({ open, town: { host, renter, world } }) => {
  const home = new HomeScreen((await open(host)).page)
  await renter.json('deploy', await world.file('guest.yaml', smallApp('village-site')), '--wait')

  await expect(home.headline).toHaveText('Your computer is sharing')
  await expect(home.sharingBar).toContainText('1 guest app')
  await expect(home.card('What you’re sharing')).toContainText(/Guests have rented [\d.]+ cores?/)
  await expect(home.card('Activity')).toContainText(/web\S* is running here/)

  await expect(home.today).not.toHaveText('$0.00')
  const first = await home.today.innerText()
  await expect(home.today).not.toHaveText(first)
  expect(dollars(await home.today.innerText())).toBeGreaterThan(dollars(first))
  await expect(home.card('Earnings')).toContainText(/renters signed for \$/)

  await renter.json('rm', 'village-site')
  await expect(home.headline).toHaveText('Ready and waiting for a guest')
})

test('everything is stopped at once, after one question', async ({ open, start }) => {
  const home = new HomeScreen((await open(await start('--share'))).page)
  await expect(home.headline).toHaveText('Ready and waiting for a guest')
  await home.page.getByRole('button', { name: 'Stop everything' }).click()
  const question = home.page.getByRole('alertdialog', { name: 'Stop everything?' })
  await expect(question.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await question.getByRole('button', { name: 'Stop everything' }).click()
  await expect(home.headline).toHaveText('Sharing is off')
  await expect(home.notice('Sharing is off. Nothing of guests was running.')).toBeVisible()
})

test('a rule pauses it, says so, and gives way to the owner', async ({ open, start }) => {
  const home = new HomeScreen((await open(await start('--share'))).page)
  await expect(home.headline).toHaveText('Ready and waiting for a guest')
  // No hour of the week: the one rule whose signal every machine has.
  const none = Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => false))
  await callApi(home.page, 'share/set', { rules: { hours: { on: true, grid: none } } })
  await expect(home.headline).toHaveText(/^Paused/)
  await expect(home.card('When it pauses').getByRole('listitem').filter({ hasText: 'Sharing hours' })).toContainText(/Active now|Until/)
  await home.action('Share anyway').click()
  await expect(home.headline).toHaveText('Ready and waiting for a guest')
  await expect(home.hero).toContainText('You chose to share anyway')
})

test('without an engine it says so, and how to get one', async ({ open, start }) => {
  const service = await start('--engine', 'none', '--share')
  const home = new HomeScreen((await open(service)).page)
  await expect(home.headline).toHaveText('One more thing to install')
  await expect(home.action('Install the engine')).toBeVisible()
  await expect(home.card('What this affects')).toContainText('No guest app is here')
  await expect(home.switch).toHaveCount(0)
  await expect(home.sharingBar).toContainText('Needs you')
  await expect(home.card('Health')).toContainText('Not installed')
  await home.action('Try again').click()
  await expect(home.headline).toHaveText('One more thing to install')
})

test('an engine that does not answer is tried again, and says when', async ({ open, start, town }) => {
  const service = await start('--engine', join(town.world.folder, 'nobody.sock'), '--share')
  const home = new HomeScreen((await open(service)).page)
  await expect(home.headline).toHaveText(/Sharing stopped: the engine isn’t running|One more thing to install/)
  await expect(home.action('Start the engine').or(home.action('Install the engine'))).toBeVisible()
  await expect(home.hero).toHaveAttribute('data-tone', 'stop')
})

function dollars(text: string): number {
  return Number(text.replace('$', ''))
}
