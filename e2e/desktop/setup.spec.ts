import { testDocker } from '../../service/testing/engine-images.ts'
import { TestService } from '../harness/service.ts'
import { removeAllOf } from '../harness/world.ts'
import { expect, test } from './fixtures.ts'

test('the first start opens Setup: at login, sharing, and a guest of one’s own', async ({ start, depin }) => {
  const app = await start({ args: ['--engine', 'auto'] })
  const page = await app.electron.firstWindow()
  const main = page.getByRole('main')
  const goOn = () => main.getByRole('button', { name: 'Continue' }).click()
  await expect(main.getByRole('heading', { level: 1, name: 'Welcome' })).toBeVisible()
  await goOn()
  await expect(main.getByRole('heading', { level: 1, name: 'Check this computer' })).toBeVisible()
  await goOn()
  const atLogin = main.getByRole('switch', { name: 'Open when this computer starts' })
  await expect(atLogin).not.toBeChecked()
  await app.flip(page, 'Open when this computer starts')
  await expect(atLogin).toBeChecked()
  await app.flip(page, 'Open when this computer starts')
  await expect(atLogin).not.toBeChecked()
  await goOn()
  await expect(main.getByRole('heading', { level: 1, name: 'Keep your key safe' })).toBeVisible()
  await goOn()
  await main.getByRole('button', { name: 'Start sharing' }).click()
  await expect(main).toContainText('You can close this window.')
  await main.getByRole('button', { name: 'Run a test guest' }).click()
  await expect(main.getByText('It works', { exact: true }).first()).toBeVisible({ timeout: 60_000 })
  expect(await depin('ps')).toEqual([])
  const { peerId } = await depin<{ peerId: string }>('status')
  await app.end()
  // a pod that waits for a lease outlives the app
  await removeAllOf(testDocker(), peerId)
})

test('a backup brings the old computer back, over the window’s own line', async ({ start, depin }) => {
  const old = await TestService.create()
  const { peerId } = await old.start('--engine', 'none')
  const { words } = await old.json<{ words: string[] }>('words')
  await old.dispose()
  const app = await start()
  const page = await app.electron.firstWindow()
  const pid = await app.servicePid()
  await page.getByRole('button', { name: 'I have a backup' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'The words' }).fill(words.join(' '))
  await dialog.getByRole('button', { name: 'Bring it back' }).click()
  await expect(dialog).toContainText('It’s back.', { timeout: 30_000 })
  expect((await depin<{ peerId: string }>('status')).peerId).toBe(peerId)
  // the same process: nothing crashed, and nothing was waited out
  expect(await app.servicePid()).toBe(pid)
})
