import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { NodeStatus } from '../../contract/nouns/node.ts'
import { expect, test } from './fixtures.ts'
import type { Place } from './models/place.ts'

const program = join(import.meta.dirname, '../../dist/cli/depin.mjs')
const lock = 'Lock your key with this computer’s keychain'
const identity = (place: Place): { seed?: string, sealed?: object } => JSON.parse(readFileSync(join(place.dataDir, 'identity.json'), 'utf8')) as object

/** What a service without a desktop says when it does not start. */
async function headless(place: Place): Promise<string> {
  const args = ['serve', '--json', '--data-dir', place.dataDir, '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0', '--http', '127.0.0.1:0', '--engine', 'none']
  return await promisify(execFile)(process.execPath, [program, ...args], { env: { ...process.env, ...place.env }, timeout: 20_000 }).then(() => 'ran', (error: unknown) => (error as { stderr: string }).stderr)
}

test('the key is locked with the keychain once its words are kept, and opens at the next start; without the app the words open it', async ({ start, depin, place }) => {
  const app = await start()
  const page = await app.ready()
  await page.goto(`${page.url().split('#')[0]!}#/settings/app`)
  const toggle = page.getByRole('switch', { name: lock })
  await expect(toggle).toBeDisabled()
  const { words } = await depin<{ words: string[] }>('words')
  const kept = join(place.folder, 'words.txt')
  writeFileSync(kept, words.join(' '), { mode: 0o600 })
  await depin('words', '--confirm', kept)
  await expect(toggle).toBeEnabled()
  await app.flip(page, lock)
  await expect(toggle).toBeChecked()
  expect(Object.keys(identity(place))).not.toContain('seed')
  const { peerId } = await depin<NodeStatus>('status')
  await app.clickTray('quit')
  expect(await app.exited()).toBe(0)

  // a copy of the folder is nobody
  expect(await headless(place)).toContain('E_KEY_SEALED')
  const again = await start()
  await again.ready()
  expect((await depin<NodeStatus>('status')).peerId).toBe(peerId)
  await again.clickTray('quit')
  expect(await again.exited()).toBe(0)

  // a keychain that is gone
  const lost = await start({ env: { ELECTRON_DOUBLE_KEYCHAIN: 'none' } })
  await expect((await lost.electron.firstWindow()).getByText('Depin Desktop’s service isn’t running: ')).toContainText('sealed with this computer’s keychain')
  await lost.end()
  expect(await depin('restore', '--file', kept)).toMatchObject({ peerId, outcome: 'same' })
  expect(identity(place).sealed).toBeUndefined()
})

test('it is unlocked as it was locked, and where there is no keychain nothing is offered', async ({ start, depin, place }) => {
  const app = await start()
  const page = await app.ready()
  const { words } = await depin<{ words: string[] }>('words')
  const kept = join(place.folder, 'words.txt')
  writeFileSync(kept, words.join(' '), { mode: 0o600 })
  await depin('words', '--confirm', kept)
  const before = identity(place)
  await page.goto(`${page.url().split('#')[0]!}#/settings/app`)
  const toggle = page.getByRole('switch', { name: lock })
  await expect(toggle).toBeEnabled()
  for (const isOn of [true, false]) {
    await app.flip(page, lock)
    await expect(toggle).toBeChecked({ checked: isOn })
  }
  expect(identity(place)).toEqual(before)
  await app.end()

  const bare = await start({ env: { ELECTRON_DOUBLE_KEYCHAIN: 'none' } })
  const barePage = await bare.ready()
  await barePage.goto(`${barePage.url().split('#')[0]!}#/settings/app`)
  await expect(barePage.getByRole('switch', { name: 'Open when this computer starts' })).toBeVisible()
  await expect(barePage.getByRole('switch', { name: lock })).toHaveCount(0)
})
