import { smallApp } from './apps.ts'
import { expect, test } from './fixtures.ts'
import { GuestsScreen } from './models/guests.ts'

/** Hosts know an app by its images. */
const guestApp = 'web'

test('a guest comes, is looked at, and is ended by the owner', async ({ open, town: { host, renter, world } }) => {
  const guests = new GuestsScreen((await open(host, '/guests')).page)
  await expect(guests.main).toContainText('No guests yet')
  await renter.json('deploy', await world.file('guest.yaml', smallApp('reading-circle')), '--wait')
  await expect(guests.guest(guestApp)).toContainText('Running')

  await guests.guest(guestApp).getByRole('link').click()
  await expect(guests.title).toContainText(guestApp)
  await expect(guests.panel).toContainText(/New guest: .*web/)
  await expect(guests.panel).toContainText(/web\S* is running here/)
  await guests.tab('Limits').click()
  await expect(guests.panel).toContainText('Only its own parts.')
  await guests.tab('Payments').click()
  await expect(guests.panel).toContainText('Signed for by the renter')
  await guests.tab('Log').click()

  await guests.end.click()
  await expect(guests.question).toContainText('Your reliability goes down a little.')
  await expect(guests.question.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await guests.question.getByRole('button', { name: 'End this guest' }).click()
  await expect(guests.title).toContainText('Ended')
  await expect(guests.panel).toContainText(/web\S* left\. The host’s owner ended it\./)

  await guests.main.getByRole('link', { name: 'Guest apps' }).click()
  await guests.ended.click()
  await expect(guests.guest(guestApp).first()).toContainText('The host’s owner ended it.')
  await renter.json('rm', 'reading-circle')
})

test('a guest that is not there says so', async ({ open, town: { host } }) => {
  const guests = new GuestsScreen((await open(host, `/guests/${'f'.repeat(32)}`)).page)
  await expect(guests.main).toContainText('There is no such guest')
})
