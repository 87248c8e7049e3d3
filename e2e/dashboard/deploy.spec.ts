import { counterApp, smallApp } from './apps.ts'
import { expect, hostLabel, test } from './fixtures.ts'
import { AppScreen, AppsScreen, NewAppScreen } from './models/deploy.ts'

test.describe('the whole way', () => {
  // Of the guest's own page, which has no icon.
  test.use({ expectedTrouble: /status of 404/ })

  test('a file is pasted, offers come, it runs, is read and reached, and is removed', async ({ context, open, town: { host, renter, world } }) => {
    const apps = new AppsScreen((await open(renter)).page)
    const { page } = apps
    await apps.goTo('Deploy')
    await expect(apps.card('My apps')).toContainText('Nothing runs yet')
    await apps.newApp.click()

    const made = new NewAppScreen(page)
    await expect(made.seeHosts).toBeDisabled()
    await made.paste(counterApp('counter'))
    await expect(made.found).toContainText('This can run.')
    await expect(made.found).toContainText('web and store')
    await made.seeHosts.click()

    await expect(made.hosts).toContainText('Asked 1 host, 1 answered')
    await expect(made.host(hostLabel)).toContainText(/\$\d/)
    await expect(made.host(hostLabel).getByRole('checkbox')).toBeChecked()
    await made.review.click()
    await expect(made.card('What will run')).toContainText('Port 8080')
    await expect(made.card('Good to know')).toContainText('If a host leaves')
    await made.run.click()

    const app = new AppScreen(page)
    await expect(app.title).toHaveText(/counter\s*Running/)
    await expect(app.copies).toContainText('1 of 1')
    await expect(app.copies).toContainText(hostLabel)
    await expect(app.card('Cost')).toContainText(/\$[\d.]+ a month/)

    await app.toggle(app.reach('web:8080'))
    await expect(app.address).toBeVisible()
    const address = (await app.address.getAttribute('href'))!
    await expect(app.log).toHaveText('Nothing has been printed yet.')
    const opened = context.waitForEvent('page')
    await app.address.click()
    const visitor = await opened
    await expect(visitor.locator('body')).toHaveText('hello from web')
    expect(await visitor.evaluate(() => opener === null)).toBe(true)
    await visitor.close()
    await expect(app.log).toContainText('url:/')
    await expect(app.card('Reach it')).toContainText(/received/)
    await app.toggle(app.reach('web:8080'))
    await expect(app.address).toBeHidden()
    await expect(fetch(address)).rejects.toThrow()

    await app.remove.click()
    await expect(app.question.getByRole('button', { name: 'Cancel' })).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(app.question).toBeHidden()
    await app.remove.click()
    await app.question.getByRole('button', { name: 'Remove' }).click()
    await expect(apps.notice(/counter\S* was removed/)).toBeVisible()
    await expect(apps.card('My apps')).toContainText('Nothing runs yet')
    await expect.poll(() => world.leftovers(host)).toEqual([])
  })
})

test('what is wrong with a file stands at its line', async ({ open, town: { renter } }) => {
  const made = new NewAppScreen((await open(renter, '/apps/new/app')).page)
  await made.paste('services:\n  web:\n    image: nginx\n    privileged: true\n  db:\n    imagee: postgres\n')
  await expect(made.found).toContainText('keep')
  await expect(made.found).toContainText('privileged')
  await expect(made.seeHosts).toBeDisabled()
  await made.found.getByRole('button', { name: 'Line 4' }).first().click()
  await expect(made.editor).toBeFocused()
  await expect(made.editor.locator('.cm-activeLine')).toHaveText(/privileged: true/)
  await expect(made.main.locator('.cm-lintRange-error').first()).toBeVisible()

  await made.paste('services:\n  web: [\n')
  await expect(made.found).toContainText(/Line [23]/)
  await made.paste(smallApp('mended'))
  await expect(made.found).toContainText('This can run.')
  await expect(made.seeHosts).toBeEnabled()
})

test('a file is chosen, and the files it names are asked for', async ({ open, town: { renter } }) => {
  const made = new NewAppScreen((await open(renter, '/apps/new/app')).page)
  await made.addFile('docker-compose.yml', `${smallApp('with-env')}    env_file: settings.env\n`)
  await expect(made.editor).toContainText('env_file')
  await expect(made.found).toContainText('settings.env')
  await expect(made.files.getByRole('listitem')).toContainText('settings.env')
  await expect(made.seeHosts).toBeDisabled()
  await made.addFile('settings.env', 'COLOUR=green\n')
  await expect(made.files.getByRole('button', { name: /^Remove .*settings\.env/ })).toBeVisible()
  await expect(made.seeHosts).toBeEnabled()

  await made.goTo('Home')
  await made.page.goBack()
  await expect(made.editor).toContainText('env_file')
})

test('what costs too much says by how much, and leads back', async ({ open, town: { renter } }) => {
  const made = new NewAppScreen((await open(renter, '/apps/new/app')).page)
  await made.paste(smallApp('thrifty'))
  await made.main.getByRole('textbox', { name: /Most you’d pay/ }).fill('0.01')
  await made.seeHosts.click()
  await expect(made.host(hostLabel)).toContainText(/\$0\.01/)
  await expect(made.host(hostLabel).getByRole('checkbox')).not.toBeChecked()
  await expect(made.review).toBeDisabled()
  await made.main.getByRole('button', { name: 'Back' }).click()
  await expect(made.editor).toContainText('thrifty')
})
